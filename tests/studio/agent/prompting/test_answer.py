# ruff: noqa: RUF001 - Chinese ideas have Chinese punctuation
from functools import partial

import pytest

from nemo_nb.studio import animatic
from nemo_nb.studio.agent.prompting.answer import respond_prompt, wants_prompt
from nemo_nb.studio.agent.turn import Project
from nemo_nb.timeline.timeline import Timeline

ASK = "write a video prompt for a red fox crossing a frozen lake at dawn, 15 seconds"
PHOTO = {"id": "s1", "s": 0, "d": 3000, "m": {"src": "cat.jpg"}}
OWN = {"d": 3000, "m": {}, "t": [{"tt": 0, "id": "v1", "sg": [PHOTO]}]}


@pytest.fixture(autouse=True, scope="module")
def small_cards():
    """Cards of 90 lines: what is asked here is which cards, not how they look."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(animatic, "animatic", partial(animatic.animatic, short_side=90))
        yield


def say(message, draft=None, language="en", recent=()):
    project = Project(draft=draft or {}, recent=tuple(recent))
    assert wants_prompt(message, project), message
    return respond_prompt(message, project, language)


def prompt(outcome):
    return outcome.draft["m"]["prompt"]


@pytest.fixture(scope="module")
def first(small_cards):  # noqa: ARG001 - it stands while this lives
    return respond_prompt(ASK, Project(draft={}), "en")


def test_the_reply_holds_the_prompt_the_table_and_where_it_came_from(first):
    told = prompt(first)
    assert f"```text\n{told['text']}\n```" in first.reply
    assert first.reply.count("\n| ") == len(told["shots"]) + 1
    assert "Composed by rules" in first.reply
    assert [step.tool for step in first.steps] == ["compose_prompt", "draw_animatic"]
    assert len(first.files) == len(told["shots"])


def test_the_dict_and_the_frame_are_on_the_timeline(first):
    timeline = Timeline.from_draft(first.draft)
    assert timeline.prompt["subject"] == "a red fox"
    assert timeline.prompt["text"] == prompt(first)["text"]
    assert "wish" not in timeline.prompt
    shots = timeline.shots
    assert list(shots.columns)[:4] == ["shot", "start_ms", "end_ms", "duration_ms"]
    assert shots["duration_ms"].sum() == 15_000
    assert str(shots["lens_mm"].dtype) == "Int64"
    assert Timeline.from_draft({}).shots.empty
    assert Timeline.from_draft({}).prompt == {}


def test_every_suggestion_is_understood(first):
    for suggestion in first.suggestions:
        assert wants_prompt(suggestion, Project(draft=first.draft)), suggestion


def test_it_asks_for_the_idea_and_takes_the_next_message_for_it():
    asked = say("write a video prompt")
    assert asked.draft is None
    assert "What should the video show?" in asked.reply
    recent = ["write a video prompt", "a kite over the sea, 8 s"]
    told = say(recent[1], recent=recent)
    assert prompt(told)["duration_ms"] == 8000
    assert not wants_prompt("never mind", Project(draft={}, recent=(recent[0], "never mind")))


@pytest.mark.parametrize(
    ("wish", "changed"),
    [
        ("make it darker", {"exposure": -1}),
        ("warmer and faster please", {"warmth": 1, "pace": 1}),
        ("20 seconds instead", {"duration_ms": 20_000}),
        ("make it shorter", {"duration_ms": 10_000}),
        ("for 9:16", {"aspect": "9:16"}),
        ("another variant", {"take": 1}),
        ("use variant C", {"take": 2}),
        ("in 6 shots", {"shots": 6}),
        ("set it in a bamboo forest", {"place": "forest", "setting": "in a bamboo forest"}),
        ("再暗一点", {"exposure": -1}),
        ("改成20秒，竖屏", {"duration_ms": 20_000, "aspect": "9:16"}),
    ],
)
def test_it_is_changed_by_chat_and_the_rest_stays(first, wish, changed):
    before, after = prompt(first)["wish"], prompt(say(wish, first.draft))["wish"]
    assert {key: after[key] for key in changed} == changed
    loose = {"words", "said", "setting", "place"} if "setting" in changed else set()
    same = set(before) - set(changed) - loose
    assert {key: after[key] for key in same} == {key: before[key] for key in same}


def test_a_close_up_is_added_before_the_end_and_taken_out_again(first):
    more = prompt(say("add a close-up of the logo", first.draft))
    extra = next(shot for shot in more["shots"] if shot["key"].startswith("extra"))
    assert extra["description"].startswith("The logo")
    assert extra["size"] == "Close-up"
    assert len(more["shots"]) == len(prompt(first)["shots"]) + 1
    draft = {"m": {"prompt": more}, "t": []}
    less = prompt(say(f"remove shot {extra['shot']}", draft))
    assert [s["key"] for s in less["shots"]] == [s["key"] for s in prompt(first)["shots"]]


def test_a_new_hour_replaces_the_old_one(first):
    night = prompt(say("at night", first.draft))
    assert (
        night["idea"] == "A red fox crossing a frozen lake at night" or "at night" in night["idea"]
    )
    assert "dawn" not in night["text"]
    assert night["look"]["time"] == "night"


def test_what_cannot_be_is_told_and_changes_nothing(first):
    for wish in ("remove shot 40", "use variant Z"):
        refused = say(wish, first.draft)
        assert refused.draft is None
        assert "There is no" in refused.reply
    assert "1 second to 10 minutes" in say("video prompt: rain, 3 hours long, 900 minutes").reply


NOT_MINE = """
add a title 'Fox'
undo that
trim the first 2 seconds
make the captions bigger
export
hello
set the volume to 40%
add a caption "write a prompt"
bold yellow captions
show each photo for 5 seconds
make it vibrate purple elephants
加标题“狐狸”
撤销
"""


@pytest.mark.parametrize("message", [*NOT_MINE.strip().splitlines(), ""])
def test_edits_are_left_to_the_editor(first, message):
    assert not wants_prompt(message, Project(draft=first.draft))


def test_the_users_own_pictures_stay():
    told = say(ASK, OWN)
    assert told.draft["t"] == OWN["t"]
    assert prompt(told)["duration_ms"] == 15_000
    assert [name for name, _ in told.variants] == ["Animatic"]
    assert told.variants[0][1]["d"] == 15_000


def test_words_that_exclude_each_other_are_kept_and_told():
    told = say("video prompt: a harbour at night in golden hour light, 6 s")
    assert "rarely go together" in told.reply


def test_a_fence_in_the_idea_cannot_break_the_reply():
    told = say("video prompt: a ``` sign | on *stage*")
    assert told.reply.count("```") == 2
