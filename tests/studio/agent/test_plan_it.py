"""What "it" is: the text, the overlay, the music or the length that was spoken of last."""

from __future__ import annotations

import pytest


def after(ask, scene, *messages):
    """Send messages in turn; return the last outcome."""
    draft, recent = None, []
    for message in messages[:-1]:
        draft = ask(message, scene, recent=recent, draft=draft).draft or draft
        recent.append(message)
    return ask(messages[-1], scene, recent=recent, draft=draft)


@pytest.mark.parametrize(
    ("scene", "messages", "facts"),
    [
        ("clip", ('add a title "Trip"', "remove it"), ["titles:0", "segments:1"]),
        ("logo", ("put my logo top right", "take that off again"), ["overs:0"]),
        ("clip", ("add lo-fi music", "remove it"), ["sounds:0", "segments:1"]),
        ("clip", ('add a title "Trip"', "keep it for 5 seconds"), ["title:Trip:0-5000", "d:12000"]),
        ("clip", ('add a title "Trip"', "until the end"), ["title:Trip:0-12000"]),
        ("photos", ("show each photo for 5 seconds", "no, 4 seconds"), ["p*.d:4000"]),
        ("photos", ("show each photo for 5 seconds", "make that 4 seconds"), ["p*.d:4000"]),
        (
            "cut",
            ("turn the music down", "no, a bit louder"),
            ["a1.volume:0.4..0.45", "p1.volume:1"],
        ),
        ("texts", ("make the second caption red", "the first one too"), ["look:one:color:#ff3b30"]),
        ("texts", ("make the captions red", "and the title too"), ["style:title:color:#ff3b30"]),
    ],
)
def test_it_is_what_was_spoken_of(ask, missing, scene, messages, facts):
    outcome = after(ask, scene, *messages)
    assert outcome.draft is not None, outcome.reply
    assert missing(outcome.draft, facts) == [], outcome.reply


@pytest.mark.parametrize("message", ["remove it", "make it red", "put it at the top"])
def test_with_nothing_before_it_is_asked_for(ask, message):
    outcome = ask(message, "texts")
    assert outcome.draft is None
    assert outcome.reply.count("?") == 1


@pytest.mark.parametrize("message", ["what's there?", "list the captions", "时间线上有什么"])
def test_what_is_there_is_told(ask, message):
    outcome = ask(message, "texts")
    assert outcome.draft is None
    assert "Timeline (" in outcome.reply
    assert "“Old title”" in outcome.reply
    assert [step.tool for step in outcome.steps] == ["tell_state"]


def test_louder_and_quieter_keep_sounds_apart(ask, missing):
    outcome = ask("turn down the volume", "cut")
    assert outcome.draft is not None, outcome.reply
    facts = ["p1.volume:0.7..0.8", "a1.volume:0.3..0.4"]
    assert missing(outcome.draft, facts) == [], outcome.reply


@pytest.mark.parametrize(
    ("message", "question"), [("mirror", "Horizontally"), ("loop", "How often")]
)
def test_a_lone_word_is_asked_about(ask, message, question):
    outcome = ask(message, "clip")
    assert outcome.draft is None
    assert question in outcome.reply


@pytest.mark.parametrize(
    ("question", "answer", "facts"),
    [
        ("mirror", "horizontally", ["p1.flip:horizontal"]),
        ("loop", "3 times", ["d:36000"]),
        ("loop", "30 seconds", ["d:30000"]),
        ("music please", "jazz", ["music:jazz"]),
    ],
)
def test_the_answer_finishes_it(ask, missing, question, answer, facts):
    outcome = ask(answer, "clip", recent=[question])
    assert outcome.draft is not None, outcome.reply
    assert missing(outcome.draft, facts) == [], outcome.reply
