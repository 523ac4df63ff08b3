# ruff: noqa: RUF001 - Chinese messages use Chinese punctuation
"""What a message refers to: where that is unclear or impossible, nothing is edited."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("message", "scene", "reason"),
    [
        ("remove that caption", "texts", "Which one?"),
        ("delete the third caption", "texts", "There is no such text"),
        ('change caption 5 to "x"', "texts", "There is no such text"),
        ("remove the title after 3 seconds", "texts", "did not understand"),
        ("put the title below the captions", "texts", "did not understand"),
        ("shift all captions half a second later", "texts", "did not understand"),
        ("speed up the captions", "texts", "did not understand"),
        ('mute "two"', "texts", "did not understand"),
        ("mute the first 3 seconds", "clip", "of a part"),
        ("remove the sound from 3 to 5 seconds", "clip", "of a part"),
        ("volume 40% from 2s to 4s", "clip", "of a part"),
        ("speed up the first half", "clip", "of a part"),
        ("make the first 3 seconds slow motion", "clip", "of a part"),
        ("delete photos 1 and 3", "photos", "did not understand"),
        ('add caption "late" at 20s', "clip", "past the end"),
        ('add a title "Hi". Actually no, don\'t.', "clip", "nothing was changed"),
        ("去掉中间两秒", "texts", "没有听懂"),
        ("make the captions in the second half yellow", "texts", "Which one?"),
        ("make the video red", "texts", "did not understand"),
        ("cut the title short", "texts", "did not understand"),
        ("extend the title by 2 seconds", "texts", "did not understand"),
        ("标题延长两秒", "texts", "没有听懂"),
        ("trim the first 2 seconds of the photo", "mixed", "did not understand"),
        ("remove the red caption", "texts", "did not understand"),
        ("加字幕“你好”。算了", "clip", "什么都没有改"),
    ],
)
def test_changes_nothing_and_says_why(ask, message, scene, reason):
    outcome = ask(message, scene)
    assert outcome.draft is None, outcome.reply
    assert reason in outcome.reply


def test_that_caption_is_the_one_just_made(ask, missing):
    outcome = ask('add a caption "new" from 7s to 9s and make that caption red', "texts")
    facts = ["look:new:color:#ff3b30", "look:one:color:#ffffff", "look:two:color:#ffffff"]
    assert missing(outcome.draft, facts) == []


def test_chinese_replies_stay_chinese(ask):
    outcome = ask("标题改成绿色，放左上角，再大一点", "texts")
    assert "。 " not in outcome.reply
    assert "“one”、“two”" in ask("删掉所有字幕", "texts").reply
    assert "Bold" not in ask("字幕用粗体黄色", "texts").reply
    assert "“粗体黄色”" in ask("字幕用粗体黄色", "texts").reply
