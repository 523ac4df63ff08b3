# ruff: noqa: RUF001 - fullwidth punctuation is part of the text
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uniseg.graphemecluster import grapheme_clusters
from uniseg.wordbreak import words as uax29_words

from nemo_nb import words

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
ASSIGNED = {"exclude_categories": ("Cs", "Cn")}
ANY_TEXT = st.text(
    alphabet=st.one_of(
        st.characters(max_codepoint=0x7F),
        st.characters(max_codepoint=0x5FF, **ASSIGNED),
        st.characters(min_codepoint=0x2000, max_codepoint=0x2130, **ASSIGNED),
        st.characters(min_codepoint=0xABF0, max_codepoint=0xAC10, **ASSIGNED),
        st.sampled_from(
            "  .,:'0aé\u2019日本語です中文漢字カタカナ、。！がぱ\u3099\u200d\u0301\ufe0f"
        ),
        st.sampled_from("🇩🇪👍🏽한글\u11a8ที่ไทย"),
    )
)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("abc", 3),
        ("a\nb\r\nc", 3),
        ("e\u0301", 1),
        (FAMILY, 1),
        ("🇩🇪🇫🇷", 2),
        ("日本語", 3),
        ("が", 1),
        ("か\u3099", 1),
        ("שלום", 4),
        ("line\u2028two", 7),
    ],
)
def test_chars_counts_what_a_reader_sees_without_line_breaks(text, count):
    assert words.chars(text) == count


@given(ANY_TEXT)
def test_clusters_agree_with_uniseg(text):
    assert words.clusters(text) == list(grapheme_clusters(text))


@given(ANY_TEXT)
def test_counts_agree_with_uniseg(text):
    parts = words.LINE_BREAK.split(text)
    assert words.chars(text) == sum(len(list(grapheme_clusters(part))) for part in parts)


@given(ANY_TEXT)
def test_words_agree_with_uax29(text):
    expected = [piece for piece in uax29_words(text) if any(c.isalnum() for c in piece)]
    assert words.split_words(text) == expected


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Don't stop, it's 3.14 o'clock!", 5),
        ("well-known", 2),
        ("snake_case", 1),
        ("...", 0),
        ("日本語", 3),
        ("Zürich für alle", 3),
        ("👍 yes", 1),
    ],
)
def test_word_count(text, count):
    assert words.word_count(text) == count


def test_reading_units_count_chinese_and_japanese_by_character():
    assert words.reading_units("今天 sunny です") == 2 + 1 + 2
    assert words.reading_units("カタカナ") == 4
    assert words.word_count("カタカナ") == 1
    assert words.reading_units("좋은 아침") == 2


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("plain words", "other"),
        ("", "other"),
        ("今天天气很好", "zh"),
        ("这是 iPhone 吗", "zh"),
        ("今日はいい天気", "ja"),
        ("좋은 아침입니다", "ko"),
        ("An English line with 中 in it", "other"),
        ("Привет", "other"),
    ],
)
def test_script_of(text, script):
    assert words.script_of(text) == script


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one", ["one"]),
        ("one\ntwo", ["one", "two"]),
        ("\n one \r\n\r\ntwo\n\n", [" one ", "", "two"]),
        ("\n \n", []),
        ("", []),
    ],
)
def test_lines_drop_the_blank_ones_around(text, expected):
    assert words.lines(text) == expected


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("the", 1),
        ("cake", 1),
        ("makes", 1),
        ("jumped", 1),
        ("wanted", 2),
        ("houses", 2),
        ("table", 2),
        ("caption", 2),
        ("video", 2),
        ("hmm", 1),
    ],
)
def test_syllables(word, count):
    assert words.syllables(word) == count


def test_flesch_by_hand():
    # 6 words, 1 sentence, 6 syllables.
    expected = 206.835 - 1.015 * 6 / 1 - 84.6 * 6 / 6
    assert words.flesch("The cat sat on the mat.") == pytest.approx(expected)


def test_flesch_falls_with_longer_words_and_sentences():
    easy = words.flesch("The sun is up. We go out.")
    hard = words.flesch(
        "Photographic documentation necessitates considerable preparation beforehand"
    )
    assert easy > 90 > hard


@pytest.mark.parametrize("text", ["", "...", "今天天气很好", "Привет всем"])
def test_flesch_is_nan_where_it_means_nothing(text):
    assert math.isnan(words.flesch(text))


@given(ANY_TEXT)
def test_nothing_raises_and_counts_are_consistent(text):
    assert 0 <= words.chars(text) <= len(text)
    assert words.word_count(text) <= len(text)
    words.flesch(text)
    words.script_of(text)
    assert words.one_line(text) == " ".join(text.split())
