"""Pictures called by a word of their file's name or by what they show."""

from __future__ import annotations

import pytest

from nemo_nb.studio.agent.lexer import fold, tokenize
from nemo_nb.studio.agent.naming import called, words_of
from nemo_nb.studio.vision import Description


def files(message, *named):
    tokens = called(tokenize(message), fold(message), words_of(named))
    return [(t.value, message[t.start : t.end]) for t in tokens if t.kind == "file"]


def test_a_word_of_a_name_is_enough():
    assert files("put the coffee one last", ("IMG_coffee_2.jpg", "IMG_coffee_2")) == [
        ("IMG_coffee_2.jpg", "coffee one")
    ]


def test_a_word_of_two_names_names_none():
    named = (("cat1.jpg", "cat one"), ("cat2.jpg", "cat two"))
    assert files("delete the cat", *named) == []


def test_chinese_words_name_too():
    assert files("删掉咖啡那张", ("a.jpg", "一杯咖啡")) == [("a.jpg", "咖啡那张")]


def test_known_words_stay_what_they_are():
    assert files("delete the title", ("title.jpg", "title")) == []


@pytest.mark.parametrize("message", ["delete the dog one", "remove the photo of the dog"])
def test_a_photo_is_looked_at_where_its_name_says_nothing(ask, message):
    shown = {"photo2.jpg": Description("a dog", 0.9)}
    outcome = ask(message, "photos", describe=shown.get)
    assert outcome.draft is not None, outcome.reply
    left = [s["m"]["src"] for t in outcome.draft["t"] for s in t["sg"]]
    assert left == ["photo1.jpg", "photo3.jpg"]


def test_nothing_is_looked_at_for_a_message_that_is_understood(ask):
    def describe(_name):
        raise AssertionError

    assert ask("make the second photo warmer", "photos", describe=describe).draft is not None
