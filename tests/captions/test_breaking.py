# ruff: noqa: RUF001 - Chinese punctuation
import pytest
from hypothesis import given
from hypothesis import strategies as st
from uniseg.linebreak import line_break_units

from nemo_nb import words
from nemo_nb.captions import breaking
from nemo_nb.captions.breaking import break_lines


@pytest.mark.parametrize(
    ("text", "limit", "lines"),
    [
        ("short", 20, ["short"]),
        ("", 20, []),
        ("the quick brown fox jumps over", 16, ["the quick brown", "fox jumps over"]),
        ("one two three four", 12, ["one two", "three four"]),
        # A pause is worth some unevenness.
        ("It was late, but we went out", 20, ["It was late,", "but we went out"]),
        ("broken\nas it was", 40, ["broken as it was"]),
        ("unbreakablelongword and more", 10, ["unbreakablelongword", "and more"]),
        ("今天天气很好我们去公园散步吧", 8, ["今天天气很好我", "们去公园散步吧"]),
        ("今天天气很好，我们去公园吧", 8, ["今天天气很好，", "我们去公园吧"]),
    ],
)
def test_by_hand(text, limit, lines):
    assert break_lines(text, limit) == lines


def test_an_emoji_family_is_one_character():
    family = "👨\u200d👩\u200d👧"
    assert break_lines(f"{family} {family} {family}", 4) == [f"{family}", f"{family} {family}"]


@given(
    st.lists(st.text("abcdefgh", min_size=1, max_size=9), min_size=1, max_size=30),
    st.integers(9, 40),
)
def test_nothing_is_lost_and_every_line_fits(pieces, limit):
    text = " ".join(pieces)
    lines = break_lines(text, limit)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert max(map(words.chars, lines)) <= max(limit, *(len(piece) for piece in pieces))


@given(st.text("ab1é.,:;!?' -/\"你", max_size=24))
def test_the_short_cut_breaks_where_unicode_does(text):
    assert breaking._units(text) == [unit for unit in line_break_units(text) if unit]
