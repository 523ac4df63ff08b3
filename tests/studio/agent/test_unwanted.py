"""What shall not be: a wish to take it away, all but one, or one thing instead of another."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("message", "scene", "facts"),
    [
        ("字幕不要了", "texts", ["captions:0", "titles:1"]),
        ("不要字幕了", "texts", ["captions:0"]),
        ("I don't want the music anymore", "cut", ["sounds:0"]),
        ("remove all photos but the second", "photos", ["segments:1", "p1.src:photo2.jpg"]),
        ("除了5到8秒其他都删掉", "clip", ["d:3000", "p1.in:5000"]),
        ("5秒到8秒以外的都剪掉", "clip", ["d:3000", "p1.in:5000"]),
        ("guitar instead of lo-fi", "cut", ["music:acoustic", "sounds:1"]),
        ('"New" instead of "Old title"', "texts", ["title:New:0-3000", "titles:1"]),
        ("不要黑边", "photo", ["p1.fit:cover"]),
        ("只要音乐不要原声", "cut", ["p1.volume:0", "a1.volume:0.5"]),
    ],
)
def test_is_taken_away(ask, missing, message, scene, facts):
    outcome = ask(message, scene)
    assert outcome.draft is not None, outcome.reply
    assert missing(outcome.draft, facts) == [], outcome.reply


@pytest.mark.parametrize(
    "message",
    [
        "don't remove the captions",
        "不要标题",
        "I don't want the title to be red",
        "I don't like music",
        "everything but the kitchen sink",
        "除了标题都很好",
        "mute it instead of",
    ],
)
def test_is_left_alone(ask, message):
    for scene in ("texts", "cut", "photos"):
        assert ask(message, scene).draft is None
