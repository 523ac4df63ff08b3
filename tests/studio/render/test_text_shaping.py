"""Clusters, faces, direction: what HarfBuzz is asked and what comes back."""

# ruff: noqa: RUF001, RUF003 - full-width and look-alike letters are what is tested

import pytest

from nemo_nb.studio.render.bidi import levels, visual_order
from nemo_nb.studio.render.fonts import font_set
from nemo_nb.studio.render.shaping import read


def paragraph(text):
    (only,), _ = read(text, font_set())
    return only


def shaped(text):
    part = paragraph(text)
    return part.line(0, len(part.clusters))


def families(text):
    return {face.family.removeprefix("Noto") for face in paragraph(text).faces}


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("Hello", "Sans"),
        ("Žluťoučký", "Sans"),
        ("Привет", "Sans"),
        ("Γειά", "Sans"),
        ("नमस्ते", "Sans"),
        ("Tiếng", "Sans"),
        ("مرحبا", "SansArabic"),
        ("שלום", "SansHebrew"),
        ("สวัสดี", "SansThai"),
        ("今天後體", "SansSC"),
        ("ひらがな", "SansSC"),
        ("鰯匁", "SansJP"),
        ("안녕", "SansKR"),
        ("✗➤", "SansSymbols2"),
        ("🎉", "ColorEmoji"),
    ],
)
def test_each_script_has_its_font(text, family):
    assert families(text) == {family}
    assert all(glyph.id for glyph in shaped(text).glyphs)


@pytest.mark.parametrize(
    "emoji",
    [
        "👨‍👩‍👧‍👦",
        "🇩🇪",
        "👍🏽",
        "1️⃣",
        "❤️",
        "🏳️‍🌈",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    ],
)
def test_a_joined_emoji_is_one_cluster_and_one_picture(emoji):
    assert paragraph(emoji).clusters == (emoji,)
    glyphs = shaped(emoji).glyphs
    seen = [glyph for glyph in glyphs if glyph.face.font.get_glyph_extents(glyph.id).width]
    assert len(seen) == 1
    assert seen[0].face.is_emoji
    alone = shaped("😀")
    assert shaped(emoji).width == pytest.approx(alone.width)


def test_text_presentation_is_not_coloured():
    assert families("❤︎") == {"SansSymbols2"}
    assert families("❤️") == {"ColorEmoji"}
    assert families("5") == {"Sans"}


def test_marks_stay_on_their_letter():
    assert paragraph("q\u0303x").clusters == ("q\u0303", "x")
    line = shaped("q\u0303")
    assert line.width == pytest.approx(shaped("q").width)
    assert line.ascent > shaped("q").ascent


def test_a_fullwidth_quote_only_beside_chinese():
    assert shaped("“你”他").width > 3
    assert families("it’s “fine”") == {"Sans"}
    assert families("“안녕”") == {"Sans", "SansKR"}


def test_chinese_punctuation_gives_up_its_blank_halves():
    # 10 full-width signs; one half goes between 。and “, one between ？ and ”, one at the end.
    assert shaped("今天好。“真的吗？”").width == pytest.approx(10 - 3 * 0.5)
    assert shaped("（好）").width == pytest.approx(2)


def test_letters_without_a_glyph_become_plain_ones():
    part, missing = read("𝗯𝗼𝗹𝗱 Ⅳ", font_set())
    assert "".join(part[0].clusters) == "bold IV"
    assert missing == ()


def test_a_mark_without_a_glyph_is_missing_but_its_letter_is_drawn():
    part, missing = read("a\U0001d165", font_set())
    assert "".join(part[0].clusters).startswith("a")
    assert missing == ("\U0001d165",)


def test_devanagari_beside_latin_is_shaped_as_devanagari():
    alone = [glyph.id for glyph in shaped("क्षि").glyphs]
    beside = [glyph.id for glyph in shaped("ab क्षि").glyphs]
    assert beside[-len(alone) :] == alone


def test_hebrew_runs_from_right_to_left_and_numbers_do_not():
    letters = [glyph.id for glyph in shaped("אבג").glyphs]
    single = [shaped(letter).glyphs[0].id for letter in "גבא"]
    assert letters == single
    digits = [shaped(digit).glyphs[0].id for digit in "123"]
    assert [glyph.id for glyph in shaped("אבג 123").glyphs][:3] == digits


def test_brackets_around_latin_in_hebrew_are_paired():
    # UAX #9 N0: both brackets take the direction of the sentence, and are mirrored.
    text = "שלום (world) יום"
    assert [levels(text)[text.index(sign)] for sign in "()"] == [1, 1]
    order = [glyph.id for glyph in shaped(text).glyphs]
    opening, closing = (shaped(sign).glyphs[0].id for sign in "()")
    assert order.index(opening) < order.index(closing)


def test_brackets_around_hebrew_in_latin_stay_outside():
    text = "see (שלום) here"
    assert [levels(text)[text.index(sign)] for sign in "()"] == [0, 0]


def test_isolates_and_marks_change_direction_and_draw_nothing():
    assert levels("\u2067a\u2069")[1] == 2
    assert shaped("ab\u200e").width == pytest.approx(shaped("ab").width)


def test_visual_order_reverses_nested_runs():
    assert visual_order([0, 1, 2, 1, 0]) == [0, 3, 2, 1, 4]
    assert visual_order([1, 2]) == [1, 0]
    assert visual_order([]) == []
