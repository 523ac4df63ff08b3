import pytest

from clientkit import draft_of
from nemo_nb.errors import EditRefused, InputError
from nemo_nb.retext import Retext
from nemo_nb.timeline.timeline import Timeline


def texts(timeline):
    return timeline.captions.text.tolist()


def test_nothing_but_the_words_of_that_cue_changes():
    before = Timeline(draft_of("one", "two", "two"))
    after = Retext.of(before, 2, 3, "  three ").made(before)
    assert texts(after) == ["one", "two", "three"]
    changes = before.diff(after)
    assert changes[["track", "segment", "field"]].to_numpy().tolist() == [[2, 3, "text"]]
    assert texts(before) == ["one", "two", "two"]


def test_the_cue_is_found_again_after_others_were_removed():
    wish = Retext.of(Timeline(draft_of("one", "two", "two")), 2, 3, "three")
    draft = draft_of("one", "two", "two")
    del draft["t"][1]["sg"][0]
    assert texts(wish.made(Timeline(draft))) == ["two", "three"]


def test_without_ids_the_one_nearest_to_its_place_is_meant():
    draft = {"t": [{"tt": 7, "sg": [{"d": 1000, "m": {"text": "hi"}} for _ in range(3)]}]}
    wish = Retext.of(Timeline(draft), 1, 2, "hello")
    assert texts(wish.made(Timeline(draft))) == ["hi", "hello", "hi"]


@pytest.mark.parametrize(
    "raw", [{"content": "hi"}, {"caption": "hi", "m": {}}, {"m": {"caption": "hi"}}]
)
def test_words_stay_under_the_key_that_the_draft_uses(raw):
    timeline = Timeline({"t": [{"tt": 7, "sg": [{"d": 1000, **raw}]}]})
    after = Retext.of(timeline, 1, 1, "hello").made(timeline)
    assert texts(after) == ["hello"]
    assert repr(after.draft) == repr(timeline.draft).replace("'hi'", "'hello'")


@pytest.mark.parametrize("now", [(), ("something else",)])
def test_a_cue_that_has_gone_or_changed_is_left_alone(now):
    wish = Retext.of(Timeline(draft_of("one")), 2, 1, "two")
    with pytest.raises(EditRefused, match="“one” was not changed"):
        wish.made(Timeline(draft_of(*now)))


@pytest.mark.parametrize(
    ("place", "text"), [((1, 1), "x"), ((2, 2), "x"), ((3, 1), "x"), ((0, 1), "x"), ((2, 1), " ")]
)
def test_what_is_no_text_or_has_no_words_is_refused(place, text):
    with pytest.raises(InputError):
        Retext.of(Timeline(draft_of("one")), *place, text)


def test_both_texts_are_quoted_in_the_message():
    wish = Retext.of(Timeline(draft_of("export")), 2, 1, "undo")
    assert wish.asked("en") == "Change the text “export” to “undo”."
    assert wish.asked("zh") == "把文字“export”改成“undo”。"
