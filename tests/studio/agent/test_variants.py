"""Variants by chat: chosen, compared, added and dropped; the table beside this file."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from nemo_nb.studio.agent.agent import Project, respond
from nemo_nb.studio.agent.comparing import winner
from nemo_nb.studio.agent.plan import start
from nemo_nb.studio.agent.reading_variants import variant_intents
from nemo_nb.studio.agent.understanding import respond as understood
from nemo_nb.studio.agent.variant_looks import alike
from studio.agent.conftest import SCENES, a_cat
from studio.agent.facts import cases

TABLE = Path(__file__).with_name("corpus_variants.toml")
ROWS = cases(tomllib.loads(TABLE.read_text("utf-8")), "a")
MADE = 'test two caption styles: bold yellow and clean white with "Hi there"'


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.id}-{row.message}")
def test_messages_about_variants_do_what_they_say(wrong, row):
    assert wrong(row) == []


@pytest.fixture
def made(ask):
    """Return the two variants that most tests begin with."""
    return ask(MADE).variants


def test_what_was_chosen_is_told_in_both_languages(ask, made):
    told = ask("use the bold yellow one", recent=(MADE,), variants=made)
    assert "“bold yellow”" in told.reply
    assert "stay" in told.reply
    assert told.variants == (), "they stay as they are"
    told = ask("就用黄色那个", recent=(MADE,), variants=made)
    assert "“bold yellow”" in told.reply
    assert "保留" in told.reply


def test_a_question_names_those_that_may_be_meant(ask, made):
    reply = ask("use the variant", recent=(MADE,), variants=made).reply
    assert reply == "Which variant: “bold yellow”, “clean white”?"


def test_without_variants_it_says_how_to_make_some(ask):
    reply = ask("apply the winner").reply
    assert "test two caption styles" in reply
    assert "还没有方案" in ask("用第二个方案").reply


def test_what_the_pictures_have_become_since_is_told(ask, made):
    shorter = ask("trim the first 2 seconds", recent=(MADE,), variants=made)
    outcome = ask(
        "use A", recent=(MADE, "trim the first 2 seconds"), draft=shorter.draft, variants=made
    )
    assert outcome.draft["d"] == 12_000
    assert "edited since" in outcome.reply


def test_the_table_says_how_to_get_the_films(ask, made):
    reply = ask("show them side by side", recent=(MADE,), variants=made).reply
    assert "**bold yellow**" in reply
    assert "“export both side by side”" in reply
    assert "only a test with viewers" in reply


def test_six_are_as_many_as_are_compared(ask, made):
    variants = made
    for color in ("red", "blue", "green", "pink"):
        variants = ask(f"add a {color} variant", recent=(MADE,), variants=variants).variants
    assert [name for name, _ in variants][2:] == ["in red", "in blue", "in green", "in pink"]
    full = ask("add a black variant", recent=(MADE,), variants=variants)
    assert full.variants == ()
    assert "6" in full.reply


def test_the_same_variant_is_not_made_twice(ask, made):
    more = ask("add a red variant", recent=(MADE,), variants=made).variants
    again = ask("add another red variant", recent=(MADE,), variants=more)
    assert again.variants == ()
    assert "“in red”" in again.reply


def test_an_ordinal_of_several_photos_is_theirs_unless_variants_were_spoken_of(made):
    draft, media = SCENES["photos"]
    message = "keep the second one"
    for recent, chosen in (((), False), ((MADE,), True)):
        project = Project(draft, media, recent=recent, variants=made)
        plan = start(project, a_cat, "en", message)
        assert (variant_intents(plan) is not None) is chosen


def test_what_is_understood_of_variants_asks_no_model(made):
    class Model:
        model = "none"

        def ask(self, *_):
            pytest.fail("it was asked")

    draft, media = SCENES["clip"]
    project = Project(draft, media, planner=Model(), variants=made)
    assert "“clean white”" in understood("use the white one", project, a_cat).reply


def test_looks_tell_variants_apart_whose_names_do_not(made):
    named = tuple((f"take {n}", draft) for n, (_, draft) in enumerate(made, 1))
    assert alike(named, "the yellow one") == (0,)
    assert alike(named, "the white one") == (1,)
    draft, media = SCENES["clip"]
    outcome = respond("use the white one", Project(draft, media, variants=named), a_cat)
    assert outcome.draft == made[1][1]


def test_a_winner_is_clear_only_by_what_matters():
    def rows(**pairs):
        keys = list(pairs)
        return [(str(n), {k: float(pairs[k][n]) for k in keys}) for n in (0, 1)]

    legible = winner(rows(contrast_min=(3, 9), cps_max=(5, 5), violations=(0, 0)))
    assert (legible.place, legible.key, legible.clear) == (1, "contrast_min", True)
    shorter = winner(
        rows(contrast_min=(9, 9), cps_max=(5, 5), violations=(0, 0), chars_per_line_max=(9, 30))
    )
    assert (shorter.place, shorter.clear) == (0, False)
    assert winner(rows(contrast_min=(9, 9), cps_max=(5, 5), violations=(1, 1))) is None


def test_what_may_be_said_of_variants_is_offered_and_understood(ask, made):
    outcome = ask("which one reads better?", recent=(MADE,), variants=made)
    assert outcome.suggestions == (
        *("use bold yellow", "which one reads better?", "export them side by side"),
    )
    for hint in outcome.suggestions:
        reply = ask(hint, recent=(MADE,), variants=made).reply
        assert "did not understand" not in reply
    once = ask("drop the second variant", recent=(MADE,), variants=made)
    assert not any("side by side" in hint for hint in once.suggestions)


def test_each_step_is_shown_with_its_words(ask, made):
    (step,) = ask("use the white one", recent=(MADE,), variants=made).steps
    assert (step.tool, step.args["words"]) == ("use_variant", "use the white one")
    first, second = ask("use B and make it vertical", recent=(MADE,), variants=made).steps
    assert (first.args["words"], second.args["words"]) == ("use B", "make it vertical")


@pytest.mark.parametrize("table", ["off_topic.toml", "off_topic_more.toml"])
def test_what_is_off_topic_stays_so_where_there_are_variants(made, table):
    draft, media = SCENES["clip"]
    taken: set[str] = set()
    for message in tomllib.loads(TABLE.with_name(table).read_text("utf-8"))["say"]:
        project = Project(draft, media, recent=(MADE,), variants=made)
        if variant_intents(start(project, a_cat, "en", message)):
            taken.add(message)
    # Right after they were made these point at one.
    assert taken <= {"a", "the second one"}
