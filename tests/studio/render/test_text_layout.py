"""Where lines break, and how large a block is set."""

# ruff: noqa: RUF001 - full-width forms are what is tested

import pytest

from nemo_nb.studio.render.fonts import font_set
from nemo_nb.studio.render.layout import break_lines, fit
from nemo_nb.studio.render.shaping import read

ENGLISH = "The quick brown fox jumps over the lazy dog and runs away into the dark forest"
CHINESE = (
    "今天天气很好，我们一起去公园散步吧。“真的吗？”她问道：（当然）！《春天》里的故事，永远讲不完。"
)


def lines(text, width):
    parts, _ = read(text, font_set())
    return [line for part in parts for line in break_lines(part, width)]


def texts(text, width):
    return [line.text for line in lines(text, width)]


@pytest.mark.parametrize("width", [6, 9, 14, 22, 40])
def test_lines_fit_and_hold_the_whole_text(width):
    broken = lines(ENGLISH, width)
    assert all(line.width <= width + 1e-6 for line in broken)
    assert " ".join(line.text for line in broken) == ENGLISH


def test_no_more_lines_than_filling_up_makes():
    filled, current = 1, ""
    for word in ENGLISH.split():
        joined = f"{current} {word}".strip()
        if lines(joined, 1000)[0].width > 15:
            filled, current = filled + 1, word
        else:
            current = joined
    assert len(lines(ENGLISH, 15)) == filled


def test_lines_are_even():
    broken = lines("one two three four five six seven eight nine ten eleven", 24)
    assert len(broken) == 2
    widths = [line.width for line in broken]
    assert max(widths) - min(widths) < 3


def test_a_pause_is_a_good_place_to_break():
    assert texts("Stay here, we will be back", 9.5) == ["Stay here,", "we will be back"]


@pytest.mark.parametrize("width", range(5, 24))
def test_chinese_lines_never_begin_with_closing_punctuation(width):
    broken = texts(CHINESE, width)
    assert "".join(broken) == CHINESE
    assert not [line for line in broken if line[0] in "，。！？：；”）》、"]
    assert not [line for line in broken if line[-1] in "“（《"]


def test_chinese_breaks_between_characters():
    assert [len(line) for line in texts("天地玄黄宇宙洪荒日月盈昃", 4)] == [4, 4, 4]


def test_korean_and_english_break_at_spaces():
    assert texts("안녕하세요 세계 여러분", 6) == ["안녕하세요", "세계 여러분"]


def test_emoji_families_are_not_torn_apart():
    family = "👨‍👩‍👧‍👦"
    assert texts(family * 6, 3.4) == [family * 3, family * 3]


def test_thai_without_spaces_breaks_before_a_leading_vowel():
    broken = texts("ประเทศไทยรวมเลือดเนื้อชาติเชื้อไทย", 8)
    assert len(broken) > 1
    assert all(line[0] in "เแโใไ" for line in broken[1:])


def test_explicit_breaks_stay_and_each_part_is_broken_on_its_own():
    assert texts("a\n\nb c", 100) == ["a", "", "b c"]


def test_right_to_left_lines_keep_reading_order():
    words = "שלום עולם זה מבחן של שורות ארוכות"
    broken = texts(words, 8)
    assert len(broken) > 1
    assert " ".join(broken) == words


def block(text, size, room, **frame):
    parts, _ = read(text, font_set())
    return fit(parts, size, room, line_height=1.25, **frame)


def test_a_block_that_fits_keeps_its_size():
    made = block("Hello", 50.0, (1000.0, 500.0))
    assert made.font_px == 50.0
    assert made.width < 1000


def test_a_block_too_tall_shrinks_until_it_fits_but_not_much_further():
    room = (800.0, 300.0)
    made = block(ENGLISH * 4, 60.0, room, frame_em=(0.3, 0.2))
    frame = 0.2 * 2 * made.font_px
    assert made.font_px < 60
    assert 0.75 * room[1] < made.height + frame <= room[1] + 1


def test_captions_with_and_without_descenders_share_their_baseline():
    room = (1000.0, 500.0)
    plain, deep = block("aceo", 50.0, room), block("gÅpq", 50.0, room)
    assert (plain.height, plain.baselines) == (deep.height, deep.baselines)


def test_stacked_marks_push_lines_apart():
    plain, stacked = "a\na", "a\na" + "\u0301" * 8
    room = (1000.0, 900.0)
    near, far = (block(text, 50.0, room).baselines for text in (plain, stacked))
    assert far[1] - far[0] > near[1] - near[0]
