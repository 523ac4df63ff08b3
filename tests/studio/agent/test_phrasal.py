"""Words that belong together though others stand between, read off the tokens."""

from __future__ import annotations

import pytest

from nemo_nb.studio.agent.lexer import tokenize


def told(message):
    return {(token.kind, token.value) for token in tokenize(message) if token.kind != "filler"}


@pytest.mark.parametrize(
    ("message", "tokens"),
    [
        ("fade the music in and out", {("fade", "both")}),
        ("fade the music in over 2 s", {("fade", "in"), ("time", 2000)}),
        ("slide the title in from the left", {("entrance", "slide-right")}),
        ("slide between the photos", {("crossing", "slide")}),
        ("stop it at 10 seconds", {("verb", "keep"), ("time", 10_000)}),
        ("stop it halfway", {("verb", "cut"), ("moment", "0.5")}),
        ("到一半就停", {("verb", "cut"), ("moment", "0.5")}),
        ("end it 2 seconds earlier", {("verb", "trim"), ("edge", "last")}),
        ("start the video two seconds later", {("verb", "trim"), ("edge", "first")}),
        ("make it last 5 seconds", {("verb", "show"), ("time", 5000)}),
        ("take the captions off", {("out", "out")}),
        ("leave the second half out", {("verb", "remove")}),
        ("only the first 4 seconds", {("verb", "keep"), ("edge", "first")}),
        ("恢复亮度", {("verb", "reset"), ("adjust", "brightness")}),
        ("掐头两秒", {("verb", "cut"), ("edge", "first")}),
        ("brightness up", {("position", "top")}),
    ],
)
def test_reads(message, tokens):
    assert tokens <= told(message)


@pytest.mark.parametrize(
    "message",
    [
        "演出10点结束",
        "give up",
        "the meeting ends at 10:00",
        "cut the clip last",
        "slide over there",
    ],
)
def test_leaves_alone_what_is_something_else(message):
    assert not {("verb", "keep"), ("verb", "trim"), ("verb", "show")} & told(message)
    assert ("position", "top") not in told(message)


def test_spans_stay_in_order():
    for message in ("end it 2 seconds earlier", "去头两秒", "start the clip 1 s later"):
        last = 0
        for token in tokenize(message):
            assert last <= token.start < token.end <= len(message)
            last = token.end
