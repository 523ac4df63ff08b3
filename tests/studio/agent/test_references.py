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
        ("speed up the captions", "texts", "did not understand"),
        ('mute "two"', "texts", "did not understand"),
        ('add caption "late" at 20s', "clip", "past the end"),
        ('add a title "Hi". Actually no, don\'t.', "clip", "nothing was changed"),
        ("去掉中间两秒", "texts", "没有听懂"),
        ("make the captions in the second half yellow", "texts", "Which one?"),
        ("make the video red", "texts", "did not understand"),
        ("cut the title short", "texts", "did not understand"),
        ("trim the first 2 seconds of the photo", "mixed", "did not understand"),
        ("remove the red caption", "texts", "did not understand"),
        ("加字幕“你好”。算了", "clip", "什么都没有改"),
    ],
)
def test_changes_nothing_and_says_why(ask, message, scene, reason):
    outcome = ask(message, scene)
    assert outcome.draft is None, outcome.reply
    assert reason in outcome.reply


@pytest.mark.parametrize(
    ("message", "facts"),
    [
        (
            "shift all captions half a second later",
            ["caption:one:500-2500", "caption:two:4500-6500", "title:Old title:0-3000"],
        ),
        ("extend the title by 2 seconds", ["title:Old title:0-5000", "caption:one:0-2000"]),
        ("标题延长两秒", ["title:Old title:0-5000", "caption:two:4000-6000"]),
    ],
)
def test_times_of_texts_are_changed_by_so_much(ask, missing, message, facts):
    outcome = ask(message, "texts")
    assert outcome.draft is not None, outcome.reply
    assert missing(outcome.draft, facts) == []


@pytest.mark.parametrize(
    ("message", "scene", "facts"),
    [
        ("mute the first 3 seconds", "clip", ["p1.volume:0", "p1.d:3000", "p2.volume:1"]),
        ("remove the sound from 3 to 5 seconds", "clip", ["segments:3", "p2.volume:0"]),
        ("volume 40% from 2s to 4s", "clip", ["segments:3", "p2.volume:0.4", "p3.volume:1"]),
        ("speed up the first half", "clip", ["p1.speed:1.5", "p2.speed:1", "d:10000"]),
        ("make the first 3 seconds slow motion", "clip", ["p1.speed:0.5", "p2.speed:1"]),
        ("make 2 to 4 s black and white", "clip", ["p2.gray:true", "p1.gray:false"]),
        ("delete photos 1 and 3", "photos", ["segments:1", "p1.src:photo2.jpg"]),
        ("rotate photos 1 and 3 by 90 degrees", "photos", ["p1.rotate:90", "p2.rotate:"]),
    ],
)
def test_a_part_or_some_of_several_may_be_meant(ask, missing, message, scene, facts):
    outcome = ask(message, scene)
    assert missing(outcome.draft, facts) == [], outcome.reply


@pytest.mark.parametrize(
    ("question", "answer", "scene", "facts"),
    [
        ("trim from 2s to 5s", "keep it", "clip", ["d:3000"]),
        ("trim from 2s to 5s", "cut it", "clip", ["d:9000"]),
        ("rotate it", "clockwise", "clip", ["p1.rotate:90"]),
        ("rotate it", "the second", "clip", ["p1.rotate:270"]),
        ("change the colour of the title", "blue", "texts", ["style:title:color:#2f7bff"]),
        ("remove that caption", "the second one", "texts", ["captions:1", "caption:one:0-2000"]),
        ("remove that caption", "two", "texts", ["captions:1", "caption:one:0-2000"]),
        ("delete the photo", "the first", "photos", ["segments:2", "p1.src:photo2.jpg"]),
        ("change the background", "blur", "photo", ["p1.background.kind:blur"]),
        ("change the background", "white", "photo", ["p1.background.color:#ffffff"]),
        ("flip it", "vertically", "clip", ["p1.flip:vertical"]),
        ("sort the photos", "reversed", "photos", ["p1.src:photo3.jpg"]),
        ("旋转一下", "逆时针", "clip", ["p1.rotate:270"]),
    ],
)
def test_a_question_is_answered_by_the_next_message(ask, missing, question, answer, scene, facts):
    first = ask(question, scene)
    assert first.draft is None
    outcome = ask(answer, scene, recent=[question])
    assert outcome.draft is not None, (first.reply, outcome.reply)
    assert missing(outcome.draft, facts) == [], outcome.reply


def test_it_may_be_what_was_laid_on_top(ask, missing):
    first = ask("put my logo top right", "logo")
    then = ask("make it bigger", "logo", draft=first.draft, recent=["put my logo top right"])
    assert missing(then.draft, ["over1.scale:0.16..0.4", "p1.scale:1"]) == [], then.reply


def test_the_look_of_one_photo_is_taken_over_by_all(ask, missing):
    first = ask("make the first photo black and white", "photos")
    recent = ["make the first photo black and white"]
    then = ask("do the same for all photos", "photos", draft=first.draft, recent=recent)
    assert missing(then.draft, ["p*.gray:true"]) == [], then.reply


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
