"""Texts on frames: measured places, moving states, colours by time."""

# ruff: noqa: RUF001 - full-width forms are what is meant

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nemo_nb.errors import BrokenMedia
from nemo_nb.models import Canvas
from nemo_nb.studio.render import planes as px
from nemo_nb.studio.render.fonts import FONTS_DIR
from nemo_nb.studio.render.region import Region
from nemo_nb.studio.render.text import set_text
from nemo_nb.studio.render.turning import Turning
from nemo_nb.studio.render.words import Spoken, Words
from nemo_nb.studio.render.writing import Writing
from nemo_nb.timeline.styles import POSITIONS, TextStyle, presets, resolve

CANVAS = Canvas(640, 360)
RED, WHITE = (255, 0, 0), (255, 255, 255)
BARE = TextStyle(size=12.0, weight=700, highlight="#ff0000")


def frame(words, at_ms=500, canvas=CANVAS, assets=None):
    """The picture of *words* on black, RGB."""
    picture = px.new_frame(canvas.width, canvas.height)
    planes = px.views(picture)
    px.clear(planes)
    writing = words if isinstance(words, Writing) else Writing(words, canvas, assets)
    writing.paint(planes, at_ms)
    return np.asarray(px.to_image(picture)).astype(int)


def box_of(mask):
    """Left, top, right, bottom of what is true."""
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    return columns[0], rows[0], columns[-1] + 1, rows[-1] + 1


def lit(picture):
    return picture.max(axis=2) > 60


def red(picture):
    return (picture[..., 0] > 150) & (picture[..., 1] < 90)


def plain(picture):
    return picture.min(axis=2) > 150


def text(content, duration=1000, style=BARE, **fields):
    return Words(content, style, 0, duration, **fields)


# Where things go.


@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize("size", [(640, 360), (360, 640), (360, 360), (320, 400)])
@pytest.mark.parametrize(
    "region", [None, Region(50, 0, 50, 100), Region(0, 50, 100, 50), Region(25, 25, 60, 50)]
)
def test_each_anchor_of_each_shape_and_region(position, size, region):
    canvas = Canvas(*size)
    style = replace(presets()["boxed"], position=position, margin=6.0, box="#ffffff", radius=0.0)
    left, top, width, height = region.pixels(canvas) if region else (0, 0, *size)
    box = box_of(lit(frame([text("Hi you", style=style, region=region)], canvas=canvas)))
    x0, y0, x1, y1 = box[0] - left, box[1] - top, box[2] - left, box[3] - top
    edge = 0.06 * min(width, height)
    phone = height >= 1.7 * width
    free = {
        "left": max(edge, 0.06 * width * phone),
        "right": width - max(edge, 0.12 * width * phone),
        "top": max(edge, 0.14 * height * phone),
        "bottom": height - max(edge, 0.25 * height * phone),
    }
    across = next((side for side in ("left", "right") if side in position), None)
    down = next((side for side in ("top", "bottom") if side in position), None)
    measured = {"left": x0, "right": x1, "top": y0, "bottom": y1}
    assert measured[across] == pytest.approx(free[across], abs=2) if across else True
    assert measured[down] == pytest.approx(free[down], abs=2) if down else True
    if across is None:
        assert (x0 + x1) / 2 == pytest.approx(width / 2, abs=2)
    if down is None:
        assert (y0 + y1) / 2 == pytest.approx(height / 2, abs=2)


@pytest.mark.parametrize(
    ("position", "share"), [("top-left", (0, 0)), ("middle", (0.5, 0.5)), ("bottom", (0.5, 1))]
)
def test_x_and_y_place_the_point_that_the_position_names(position, share):
    style = replace(
        presets()["boxed"], position=position, x=40.0, y=60.0, box="#ffffff", radius=0.0
    )
    left, top, right, bottom = box_of(lit(frame([text("Hi", style=style)])))
    assert left + (right - left) * share[0] == pytest.approx(0.4 * 640, abs=2)
    assert top + (bottom - top) * share[1] == pytest.approx(0.6 * 360, abs=2)


def test_a_point_near_the_edge_keeps_the_text_inside():
    style = replace(presets()["boxed"], x=100.0, y=0.0, position="middle", box="#ffffff")
    left, top, right, _ = box_of(lit(frame([text("Hi there", style=style)])))
    assert right >= 638
    assert top <= 2
    assert right - left > 60


def test_a_text_at_a_point_of_its_own_is_not_pushed_away():
    pinned = text("Hi", style=replace(BARE, x=50.0, y=95.0))
    alone = frame([pinned])
    both = frame([text("HHH", style=replace(BARE, position="bottom")), pinned])
    assert (lit(both) & lit(alone)).sum() == lit(alone).sum()


def test_texts_in_two_halves_do_not_push_each_other_and_stay_in_theirs():
    halves = [Region(0, 0, 50, 100), Region(50, 0, 50, 100)]
    long = "a rather long text for half a picture"
    picture = lit(frame([text(long, region=half) for half in halves]))
    left, right = picture[:, :320], picture[:, 320:]
    assert np.array_equal(left, right)
    assert box_of(left)[2] < 315


# What moves.


def test_a_slide_moves_the_same_picture():
    sliding = Writing([text("Hi", style=replace(BARE, animation="slide-up"))], CANVAS)
    begun, rest = box_of(lit(frame(sliding, 100))), box_of(lit(frame(sliding, 600)))
    assert begun[0] == rest[0]
    assert begun[1] - rest[1] == pytest.approx(begun[3] - rest[3], abs=1)
    assert begun[1] - rest[1] > 5


def test_a_pop_grows_about_its_middle():
    popping = Writing([text("Hi", style=replace(BARE, animation="pop"))], CANVAS)
    small, rest = box_of(lit(frame(popping, 50))), box_of(lit(frame(popping, 600)))
    assert small[2] - small[0] < 0.93 * (rest[2] - rest[0])
    assert (small[0] + small[2]) / 2 == pytest.approx((rest[0] + rest[2]) / 2, abs=2)
    assert (small[1] + small[3]) / 2 == pytest.approx((rest[1] + rest[3]) / 2, abs=2)


def test_a_moment_looks_the_same_however_it_was_reached():
    for name in ("bouncy", "typed", "karaoke", "sing-along", "spoken-box", "rising", "one-by-one"):
        words = [text("one two three", 2000, presets()[name])]
        going = Writing(words, CANVAS)
        for at_ms in range(0, 1200, 40):
            frame(going, at_ms)
        assert np.array_equal(frame(going, 1200), frame(words, 1200)), name


# What turns, letter by letter.


def test_a_typewriter_reveals_letters_in_reading_order_inside_a_box_that_stands():
    style = replace(BARE, animation="typewriter", box="#0000ff", animation_ms=600)
    typing = Writing([text("HHHHHHH", style=style)], CANVAS)
    ends, frames = [], []
    for at_ms in (0, 250, 450, 700):
        picture = frame(typing, at_ms)
        frames.append(box_of(picture[..., 2] > 120))
        ends.append(box_of(plain(picture))[2])
    assert ends == sorted(ends)
    assert len(set(ends)) == 4
    assert len(set(frames)) == 1


@pytest.mark.parametrize("content", ["שלום עולם", "مرحبا بالعالم"])
def test_what_is_read_from_the_right_is_typed_from_the_right(content):
    style = replace(BARE, animation="typewriter", animation_ms=600)
    typing = Writing([text(content, style=style)], CANVAS)
    half, whole = box_of(lit(frame(typing, 300))), box_of(lit(frame(typing, 700)))
    assert half[2] == pytest.approx(whole[2], abs=2)
    assert half[0] > whole[0] + 20


def test_a_ligature_is_typed_as_one():
    style = replace(BARE, size=30.0, animation="typewriter", animation_ms=600)
    both = Writing([text("ffi", style=style)], CANVAS)  # Noto Sans draws it as one glyph
    assert np.array_equal(frame(both, 0), frame(both, 800))


def test_a_stroke_comes_with_its_letter_and_is_not_cut_by_the_next():
    style = replace(BARE, size=30.0, stroke="#ff0000", stroke_width=12.0, animation="typewriter")
    one = frame([text("H", style=replace(style, animation="", x=50.0, y=50.0))])
    typed = Writing([text("HHH", style=replace(style, animation_ms=900), duration=3000)], CANVAS)
    first = frame(typed, 100)
    assert red(first).sum() == pytest.approx(red(one).sum(), rel=0.05)


def test_an_emoji_family_is_one_letter():
    style = replace(BARE, animation="typewriter", animation_ms=600)
    typed = Writing([text("a👨‍👩‍👧‍👦", style=style)], CANVAS)
    before, after = lit(frame(typed, 590)).sum(), lit(frame(typed, 610)).sum()
    assert after > before * 2
    assert lit(frame(typed, 900)).sum() == after


def test_the_spoken_word_alone_is_lit():
    spoken = Spoken("one", 0, 300), Spoken("two", 300, 600), Spoken("three", 800, 1000)
    style = replace(BARE, karaoke="word")
    words = Writing([text("one two three", 2000, style, spoken=spoken)], CANVAS)
    lefts = [box_of(red(frame(words, at_ms)))[0] for at_ms in (100, 400, 900)]
    assert lefts == sorted(lefts)
    assert len(set(lefts)) == 3
    # A short breath keeps the word lit; when all has been said, nothing is.
    assert red(frame(words, 700)).any()
    assert not red(frame(words, 1700)).any()


def test_a_highlight_leaves_no_rim_of_the_other_colour():
    spoken = (Spoken("HOH", 0, 1000),)
    style = replace(BARE, karaoke="word", color="#00ff00")
    picture = frame([text("HOH", style=style, spoken=spoken)])
    assert (picture[..., 1] > 60).sum() == 0
    assert red(picture).any()


def test_a_filling_highlight_grows_with_the_time_from_the_side_of_reading():
    for content, side in (("HHHHHHHH", 0), ("שששששששש", 2)):
        fill = Writing([text(content, 1000, replace(BARE, karaoke="fill"))], CANVAS)
        boxes = [box_of(red(frame(fill, at_ms))) for at_ms in (250, 500, 900)]
        widths = [right - left for left, _, right, _ in boxes]
        whole = box_of(lit(frame(fill, 500)))
        assert widths[1] == pytest.approx((whole[2] - whole[0]) / 2, rel=0.1)
        assert widths == sorted(widths)
        assert max(abs(box[side] - whole[side]) for box in boxes) <= 3


def test_a_box_stands_behind_the_spoken_word():
    style = replace(BARE, karaoke="word", highlight="#ffffff", highlight_box="#ff0000")
    spoken = Spoken("one", 0, 500), Spoken("two", 500, 1000)
    words = Writing([text("one two", style=style, spoken=spoken)], CANVAS)
    first, second = box_of(red(frame(words, 200))), box_of(red(frame(words, 700)))
    assert first[2] <= second[0]
    assert plain(frame(words, 200))[first[1] : first[3], first[0] : first[2]].any()


def test_words_appear_when_they_are_spoken():
    spoken = Spoken("one", 200, 500), Spoken("two", 500, 1000)
    style = replace(BARE, animation="words")
    words = Writing([text("one two", style=style, spoken=spoken)], CANVAS)
    ink = [int(lit(frame(words, at_ms)).sum()) for at_ms in (100, 300, 600)]
    assert ink[0] == 0
    assert ink[2] > ink[1] * 1.5 > 0


def test_a_mixed_line_turns_in_reading_order():
    style = replace(BARE, size=9.0, karaoke="fill")
    setting = set_text("abc (שלום) def", style, CANVAS)
    turning = Turning(setting, setting.block, text("abc (שלום) def", 1000, style))
    shares = [float((turning._on <= at_ms).mean()) for at_ms in range(0, 1001, 100)]
    assert shares == sorted(shares)
    assert turning._on.max() <= 1000


# What cannot be drawn.


@pytest.mark.parametrize(
    "content",
    [
        "Hello, wörld! Привет Γειά",
        "你好，世界 こんにちは 안녕하세요",
        "مرحبا (بالعالم) ١٢٣",
        "שלום (עולם) 123",
        "नमस्ते दुनिया क्ष्म",
        "สวัสดีครับ น้ำ",
        "Tiếng Việt ngữ",
        "👨‍👩‍👧‍👦 🏳️‍🌈 👍🏽 ❤️ 🇩🇪 1️⃣",
    ],
)
def test_no_glyph_is_missing_in_the_scripts_of_the_world(content):
    for style in (BARE, presets()["comic"], presets()["handwritten"]):
        writing = Writing([text(content, style=style)], CANVAS)
        assert writing.missing == ()
        assert lit(frame(writing)).any()


def test_what_is_missing_is_told_once_for_all_texts():
    writing = Writing([text("a𓀀"), text("b𓂀𓀀", style=presets()["comic"])], CANVAS)
    assert writing.missing == ("𓀀", "𓂀")
    assert writing.missing_fonts == ()


def test_a_font_of_the_media_pool_is_used_by_its_name(tmp_path):
    pool = {"mine.ttf": FONTS_DIR / "Bangers-400.ttf"}
    style = resolve({"font_file": "mine.ttf", "size": 12})
    own = frame([text("Hamburg", style=style)], assets=pool)
    without = Writing([text("Hamburg", style=style)], CANVAS)
    assert not np.array_equal(own, frame(without))
    assert without.missing_fonts == ("mine.ttf",)
    broken = tmp_path / "mine.ttf"
    broken.write_bytes(b"nothing")
    with pytest.raises(BrokenMedia, match=r"mine\.ttf"):
        frame([text("Hamburg", style=style)], assets={"mine.ttf": broken})


def test_a_family_that_is_not_there_is_told_and_drawn_in_another():
    writing = Writing([text("Hi", style=replace(BARE, font="No Such Font"))], CANVAS)
    assert writing.missing_fonts == ("No Such Font",)
    assert lit(frame(writing)).any()


_JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.sampled_from(["", "#fff", "#12345678", "karaoke", "word", "fill", "pop", "typewriter"]),
    st.text(max_size=5),
    st.lists(st.integers(), max_size=2),
)
_STYLES = st.dictionaries(
    st.sampled_from([*TextStyle.__dataclass_fields__, "unknown"]), _JUNK, max_size=8
)


@settings(max_examples=60, deadline=None)
@given(_STYLES, st.sampled_from(["Hi you", "مرحبا (a) b", "👍🏽", " ", "𓀀"]), st.integers(0, 999))
def test_a_style_from_anyone_never_breaks_a_frame(style, content, at_ms):
    small = Canvas(96, 64)
    picture = frame([text(content, style=resolve(style))], at_ms, small)
    assert picture.shape == (64, 96, 3)
