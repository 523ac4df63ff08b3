import json

import pytest

from nemo_nb.errors import ConfigError
from nemo_nb.studio.accounts import Terms
from nemo_nb.studio.adk import Invocation, told
from nemo_nb.studio.quirks import HABITS, Quirks, delivered, read_quirks, talk
from studiokit import SmallAgent, newcomer

STEPS = [("trim", {"edge": "first"}, {"ok": True}), ("add_text", {"text": "Hi"}, {"ok": True})]
REPLY = "Cut 1 s off the start. Added the title “Hi”."


def stream(*habits, reply=REPLY):
    events = told(Invocation(), STEPS, reply, ("export",))
    return list(delivered(events, frozenset(habits), 1.0))


def objects(frames):
    found = [f.decode().removeprefix("data: ") for f in frames if isinstance(f, bytes)]
    return [json.loads(one) for one in found if one.startswith("{")]


def texts(events, *, partial):
    return [
        part["text"]
        for event in events
        for part in event.get("content", {}).get("parts", [])
        if "text" in part and bool(event.get("partial")) == partial and not part.get("thought")
    ]


def test_a_seed_and_a_turn_decide_everything():
    again = [Quirks(7).of(turn, edited=True) for turn in range(40)]
    assert again == [Quirks(7).of(turn, edited=True) for turn in range(40)]
    assert again != [Quirks(8).of(turn, edited=True) for turn in range(40)]
    assert set().union(*again) == set(HABITS)


def test_about_a_third_of_edits_and_no_question_is_silent():
    silent = ["silent" in Quirks(1).of(turn, edited=True) for turn in range(1000)]
    assert 0.25 < sum(silent) / 1000 < 0.35
    assert not any({"silent", "lag"} & Quirks(1).of(turn, edited=False) for turn in range(1000))
    assert Quirks(always=frozenset({"silent"})).of(3, edited=False) == frozenset()


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("", None),
        ("7", Quirks(7)),
        ("-1", Quirks(-1)),
        (" silent, gui ", Quirks(always=frozenset({"silent", "gui"}))),
    ],
)
def test_quirks_are_a_seed_or_names(given, read):
    assert read_quirks(given) == read


@pytest.mark.parametrize("given", ["loud", "silent,loud", ",", "7.5"])
def test_what_is_neither_is_refused_with_what_there_is(given):
    with pytest.raises(ConfigError, match="silent"):
        read_quirks(given)


def test_two_framings_exclude_each_other():
    with pytest.raises(ConfigError, match="old and whole exclude"):
        read_quirks("whole,old,gui")


def test_a_served_studio_has_them_for_everybody(make_studio, photo):
    terms = Terms(quirks=Quirks(always=frozenset({"silent"})))
    studio = make_studio(engine=SmallAgent(), terms=terms)
    with newcomer(studio.url) as person:
        sid = person.session()
        person.upload(sid, ("cat.jpg", photo))
        stream = person.say(sid, "title One")
        assert texts(stream, partial=True) == texts(stream, partial=False) == []
        assert person.state(sid)["undo"] == 2
        assert texts(person.say(sid, "tell me more"), partial=False) == ["me more"]


def test_without_habits_sentences_stand_between_the_calls():
    events = objects(stream())
    order = [
        next(iter(part)) if "text" not in part else part["text"]
        for event in events
        for part in event["content"]["parts"]
    ]
    assert order[:3] == ["functionCall", "functionResponse", "Cut 1 s off the start."]
    assert order[3:5] == ["functionCall", "functionResponse"]
    assert "".join(texts(events, partial=True)) == REPLY
    assert texts(events, partial=False) == [REPLY]


def test_each_habit_changes_the_stream_as_it_says():
    assert texts(objects(stream("silent")), partial=True) == []
    assert texts(objects(stream("silent")), partial=False) == []
    assert texts(objects(stream("whole")), partial=True) == []
    assert texts(objects(stream("whole")), partial=False) == [REPLY]
    finals = objects(stream("finals"))
    assert "".join(texts(finals, partial=False)) == REPLY
    assert len(texts(finals, partial=False)) == 2
    assert len({event["id"] for event in finals}) < len(finals)
    assert texts(objects(stream("dangling")), partial=False) == []
    results = [e for e in objects(stream("unanswered")) if "functionResponse" in str(e)]
    assert results == []
    assert all("invocation_id" in event for event in objects(stream("snake")))
    assert {event["type"] for event in objects(stream("old"))} == {
        *("tool_call", "tool_result", "text", "heartbeat")
    }
    thought = objects(stream("thought"))[0]["content"]["parts"][0]
    assert thought["thought"] is True
    assert "temporary issue" in texts(objects(stream("noise")), partial=False)[-1]
    assert b"NaN" in b"".join(stream("nan"))
    assert "\u2028".encode() in b"".join(stream("nan"))


def test_a_pause_gives_signs_of_life_in_three_forms():
    frames = stream("pause")
    pauses = [piece for piece in frames if not isinstance(piece, bytes)]
    assert pauses == [1.0, 1.0, 1.0]
    assert {b": keep-alive\n\n", b"data:\n\n", b"event: heartbeat\ndata: {}\n\n"} < set(frames)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_talk_of_buttons_comes_behind_the_reply(language):
    said = {talk("Done.", frozenset({"gui"}), turn, language) for turn in range(20)}
    assert len(said) > 3
    assert all(one.startswith("Done.\n\n") for one in said)
    assert talk("Done.", frozenset(), 0, language) == "Done."
