"""When the words of a text are spoken."""

# ruff: noqa: RUF001 - full-width forms are what is meant

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemo_nb.studio.render.speech import letter_times, word_spans, word_times
from nemo_nb.studio.render.words import Spoken
from nemo_nb.words import clusters


def words_of(text):
    parts = clusters(text)
    return ["".join(parts[first:last]) for first, last in word_spans(parts)]


def times_of(text, *spoken, duration=3000):
    parts = clusters(text)
    return {
        "".join(parts[word.first : word.last]): (round(word.start_ms), round(word.end_ms))
        for word in word_times(parts, spoken, duration)
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello, big world! It's", ["Hello,", "big", "world!", "It's"]),
        ("你好，世界。", ["你", "好，", "世", "界。"]),
        ("「東」京タワー", ["「東」", "京", "タワー"]),
        ("ไปไหนมา", ["ไป", "ไหนมา"]),
        ("مرحبا بك", ["مرحبا", "بك"]),
        ("नमस्ते दुनिया", ["नमस्ते", "दुनिया"]),
        (" 👨‍👩‍👧 wow ", ["👨‍👩‍👧", "wow"]),
        ("", []),
    ],
)
def test_words(text, expected):
    assert words_of(text) == expected


def test_known_words_keep_their_times_and_new_ones_share_the_gap():
    told = Spoken("hello", 100, 400), Spoken("Big", 900, 1200), Spoken("world", 1200, 1500)
    assert times_of("Hello, very big world! Yes", *told) == {
        "Hello,": (100, 400),
        "very": (400, 900),
        "big": (900, 1200),
        "world!": (1200, 1500),
        "Yes": (1500, 3000),
    }


def test_a_word_inside_another_is_not_that_word():
    told = Spoken("the", 0, 400), Spoken("cat", 900, 1200)
    assert times_of("there the cat", *told) == {
        "there": (0, 0),
        "the": (0, 400),
        "cat": (900, 1200),
    }


def test_chinese_words_of_several_characters_keep_their_times():
    told = Spoken("你好", 0, 400), Spoken("世界", 500, 900)
    assert times_of("你好，世界", *told) == {"你好，": (0, 400), "世界": (500, 900)}


def test_a_word_that_is_repeated_takes_the_next_time():
    parts = clusters("no no no")
    told = [Spoken("no", at, at + 100) for at in (0, 500, 900)]
    assert [word.start_ms for word in word_times(parts, told, 2000)] == [0, 500, 900]


def test_a_word_without_a_length_lasts_until_the_next():
    told = Spoken("one", 100, 100), Spoken("two", 700, 700)
    assert times_of("one two", *told) == {"one": (100, 700), "two": (700, 3000)}


def test_words_of_another_text_change_nothing():
    assert times_of("one two", Spoken("something", 5, 10)) == times_of("one two")


def test_estimates_fill_the_time_by_syllables_and_pauses():
    times = times_of("unbelievable, cat", duration=1000)
    assert times["unbelievable,"][0] == 0
    assert times["cat"][1] == 1000
    assert times["unbelievable,"][1] > 700


def test_chinese_takes_a_syllable_a_character():
    assert times_of("你好吗", duration=900) == {"你": (0, 300), "好": (300, 600), "吗": (600, 900)}


def test_letters_are_typed_evenly():
    assert letter_times("abc", 1000) == [0, 500, 1000]
    assert letter_times("a", 1000) == [0]


@given(
    st.text(max_size=30),
    st.lists(
        st.tuples(st.text(max_size=6), st.integers(0, 5000), st.integers(0, 5000)), max_size=6
    ),
    st.integers(1, 4000),
)
def test_whatever_is_told_words_are_in_order_within_the_time(text, told, duration):
    parts = clusters(text)
    spoken = sorted((Spoken(word, s, s + d) for word, s, d in told), key=lambda one: one.start_ms)
    times = word_times(parts, spoken, duration)
    reached = 0
    for word in times:
        assert reached <= word.first < word.last <= len(parts)
        assert 0 <= word.start_ms <= word.end_ms <= duration
        reached = word.last
    covered = {index for word in times for index in range(word.first, word.last)}
    assert {i for i, part in enumerate(parts) if not part.isspace()} <= covered
