"""Drawn text, measured on its pixels."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import cv2
import numpy as np
import pytest

from nemo_nb.models import Canvas
from nemo_nb.studio.render.text import draw_text
from nemo_nb.timeline.styles import POSITIONS, TextStyle, presets

LANDSCAPE = Canvas(1920, 1080)
PORTRAIT = Canvas(1080, 1920)
PLAIN = TextStyle()
LONG = "The quick brown fox jumps over the lazy dog and runs away into the dark forest"


def ink_box(image, threshold=24):
    """Left, top, right, bottom of the visible pixels, on the canvas."""
    solid = image.rgba[..., 3] > threshold
    columns, rows = np.flatnonzero(solid.any(axis=0)), np.flatnonzero(solid.any(axis=1))
    return (
        image.x + columns[0],
        image.y + rows[0],
        image.x + columns[-1] + 1,
        image.y + rows[-1] + 1,
    )


def share(image, colour, tolerance=30):
    """The share of opaque pixels that have about this colour."""
    opaque = image.rgba[image.rgba[..., 3] > 200][:, :3].astype(int)
    return float((np.abs(opaque - colour).max(axis=1) <= tolerance).mean())


@pytest.mark.parametrize("canvas", [LANDSCAPE, PORTRAIT, Canvas(720, 720), Canvas(64, 48)])
@pytest.mark.parametrize("preset", presets())
def test_every_preset_stays_inside_the_canvas_on_even_pixels(preset, canvas):
    image = draw_text(LONG, presets()[preset], canvas)
    height, width = image.rgba.shape[:2]
    assert image.rgba.dtype == np.uint8
    assert width > 0
    assert height > 0
    assert [value % 2 for value in (image.x, image.y, width, height)] == [0, 0, 0, 0]
    assert image.x >= 0
    assert image.y >= 0
    assert image.x + width <= canvas.width
    assert image.y + height <= canvas.height


@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize("canvas", [LANDSCAPE, PORTRAIT])
def test_a_box_lies_on_its_anchor_within_the_margin(position, canvas):
    style = replace(presets()["boxed"], position=position, margin=10.0, safe_area="off")
    left, top, right, bottom = ink_box(draw_text("Hello there", style, canvas))
    margin = canvas.short_side * 0.1
    horizontal = {"left": left - margin, "right": right - (canvas.width - margin)}
    vertical = {"top": top - margin, "bottom": bottom - (canvas.height - margin)}
    centre = {"x": (left + right - canvas.width) / 2, "y": (top + bottom - canvas.height) / 2}
    off_x = next((off for side, off in horizontal.items() if side in position), centre["x"])
    off_y = next((off for side, off in vertical.items() if side in position), centre["y"])
    assert abs(off_x) <= 1.5
    assert abs(off_y) <= 1.5


@pytest.mark.parametrize("preset", ["outline", "clean-white", "loud"])
def test_text_without_a_box_is_centred_by_its_ink(preset):
    style = replace(presets()[preset], position="middle", shadow="")
    left, _, right, _ = ink_box(draw_text("HOH", style, LANDSCAPE))
    assert abs((left + right) / 2 - 960) <= 1.5


def test_letters_sit_in_the_middle_of_their_box():
    style = replace(presets()["highlight"], size=12.0)
    image = draw_text("HOH", style, LANDSCAPE)
    dark = (image.rgba[..., 3] > 200) & (image.rgba[..., :3].max(axis=2) < 60)
    rows = np.flatnonzero(dark.any(axis=1))
    above, below = rows[0], image.rgba.shape[0] - 1 - rows[-1]
    em = 0.12 * 1080
    assert above > 0.2 * em
    assert abs(above - below) < 0.1 * em


def test_alignment_moves_the_shorter_line():
    text = "A rather long first line\nshort"
    starts = {}
    for align in ("left", "center", "right"):
        image = draw_text(text, replace(PLAIN, shadow="", align=align), LANDSCAPE)
        lower = image.rgba[image.rgba.shape[0] * 2 // 3 :, :, 3]
        starts[align] = np.flatnonzero((lower > 24).any(axis=0))[[0, -1]]
    assert starts["left"][0] < 10
    assert starts["center"][0] > starts["left"][0] + 50
    assert starts["right"][0] > starts["center"][0] + 50
    assert starts["right"][1] == pytest.approx(image.rgba.shape[1], abs=8)


def test_fill_stroke_and_box_have_their_colours():
    yellow = draw_text("Hello", presets()["bold-yellow"], LANDSCAPE)
    assert share(yellow, (255, 214, 10)) > 0.3
    assert share(yellow, (0, 0, 0)) > 0.2
    boxed = draw_text("Hello", presets()["highlight"], LANDSCAPE)
    assert share(boxed, (255, 214, 10)) > 0.5
    assert share(boxed, (17, 17, 17)) > 0.1


def test_a_stroke_grows_the_letters_by_its_width_on_every_side():
    bare = replace(PLAIN, size=20.0, position="middle", weight=700)
    stroked = replace(bare, stroke="#ff0000", stroke_width=10.0)
    thin = ink_box(draw_text("O", bare, LANDSCAPE))
    thick = ink_box(draw_text("O", stroked, LANDSCAPE))
    grown = np.abs(np.subtract(thick, thin))
    assert grown == pytest.approx([0.1 * 216] * 4, abs=1.5)


def test_a_translucent_fill_does_not_show_the_stroke_through():
    style = replace(PLAIN, size=40.0, weight=700, color="#ffffff40", stroke="#ff0000")
    image = draw_text("I", style, LANDSCAPE)
    middle = image.rgba[image.rgba.shape[0] // 2, image.rgba.shape[1] // 2]
    assert list(middle) == pytest.approx([255, 255, 255, 64], abs=2)


def test_edges_are_smooth():
    alpha = draw_text("Soft", replace(PLAIN, size=20.0), LANDSCAPE).rgba[..., 3]
    assert len(np.unique(alpha)) > 64


def test_a_shadow_is_soft_and_falls_below():
    style = replace(PLAIN, size=20.0, shadow="#000000ff", position="middle")
    bare = ink_box(draw_text("H", replace(style, shadow=""), LANDSCAPE), threshold=0)
    cast = ink_box(draw_text("H", style, LANDSCAPE), threshold=0)
    assert cast[3] - bare[3] > bare[1] - cast[1]
    assert share(draw_text("H", style, LANDSCAPE), (255, 255, 255)) > 0.3


def test_round_corners_leave_the_corner_empty():
    square = draw_text("Hi", replace(presets()["boxed"], radius=0.0), LANDSCAPE).rgba
    rounded = draw_text("Hi", replace(presets()["boxed"], radius=60.0), LANDSCAPE).rgba
    assert square[2, 2, 3] > 150
    assert rounded[2, 2, 3] == 0


def test_bold_is_heavier():
    regular, bold = (
        (draw_text("你好 Hello", replace(PLAIN, weight=weight), LANDSCAPE).rgba[..., 3] > 128).sum()
        for weight in (400, 700)
    )
    assert bold > regular * 1.2


def test_emoji_keep_their_colours():
    image = draw_text("🔥❤️", replace(PLAIN, color="#0000ff"), LANDSCAPE)
    assert share(image, (0, 0, 255)) < 0.01
    red = image.rgba[(image.rgba[..., 3] > 200)][:, :3].astype(int)
    assert (red[:, 0] > red[:, 2] + 80).mean() > 0.5


def test_what_no_font_has_is_reported_and_not_drawn():
    image = draw_text("a𓀀b𓂀", PLAIN, LANDSCAPE)
    assert image.missing == ("𓀀", "𓂀")
    assert image.lines == ("ab",)
    assert np.array_equal(image.rgba, draw_text("ab", PLAIN, LANDSCAPE).rgba)


@pytest.mark.parametrize("text", ["", "  ", "\n \n", "\u200b", "\x00\x07", "𓀀"])
def test_nothing_to_draw_is_an_empty_picture(text):
    image = draw_text(text, presets()["boxed"], LANDSCAPE)
    assert image.rgba.shape == (0, 0, 4)
    assert (image.x, image.y, image.lines) == (0, 0, ())


def test_controls_are_dropped_and_line_breaks_kept():
    image = draw_text("one\x00\x1b two\r\n\r\nthree\u2028four\n", PLAIN, LANDSCAPE)
    assert image.lines == ("one two", "", "three", "four")


def test_a_text_too_long_for_the_canvas_is_set_smaller_and_not_cut():
    text = " ".join(f"word{number}" for number in range(400))
    style = replace(PLAIN, size=8.0, shadow="", margin=5.0)
    image = draw_text(text, style, LANDSCAPE)
    assert " ".join(image.lines) == text
    _, top, _, bottom = ink_box(image)
    assert top >= 53
    assert bottom <= 1080 - 53
    assert bottom - top > 700


def test_a_word_wider_than_the_line_is_broken_inside():
    image = draw_text("x" * 200, replace(PLAIN, shadow=""), PORTRAIT)
    assert len(image.lines) > 2
    assert "".join(image.lines) == "x" * 200
    left, _, right, _ = ink_box(image)
    assert right - left <= 1080 * 0.82 + 1


def test_a_colour_that_is_none_falls_back_to_white():
    image = draw_text("Hi", replace(PLAIN, color="chartreuse", shadow="", box="?"), LANDSCAPE)
    assert share(image, (255, 255, 255)) > 0.9


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1e9, 0.0, 1e9])
@pytest.mark.parametrize(
    "name", ["size", "stroke_width", "padding", "radius", "margin", "max_width", "line_height"]
)
def test_absurd_numbers_still_draw_something_inside(name, value):
    style = replace(presets()["loud"], box="#000000", shadow="#000000", **{name: value})
    image = draw_text("Hello there", style, Canvas(320, 180))
    height, width = image.rgba.shape[:2]
    assert image.lines
    assert 0 < width <= 320 - image.x
    assert 0 < height <= 180 - image.y


def test_the_same_text_is_drawn_once_and_cannot_be_written_to():
    image = draw_text("again", PLAIN, LANDSCAPE)
    assert draw_text("again", PLAIN, LANDSCAPE) is image
    with pytest.raises(ValueError, match="read-only"):
        image.rgba[0, 0] = 0


def test_threads_draw_what_one_thread_draws():
    texts = [f"{word} {number}" for number in range(6) for word in ("Hello", "你好", "שלום", "🔥")]
    styles = [presets()["outline"]] * len(texts)
    canvases = [Canvas(640, 360)] * len(texts)
    alone = [draw_text.__wrapped__(*job).rgba for job in zip(texts, styles, canvases, strict=True)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(draw_text.__wrapped__, texts, styles, canvases))
    for one, other in zip(alone, together, strict=True):
        assert np.array_equal(one, other.rgba)


@pytest.mark.parametrize("preset", ["clean-white", "minimal", "headline"])
def test_white_letters_can_be_read_on_white(preset):
    image = draw_text("Hello", presets()[preset], LANDSCAPE)
    rgba = image.rgba.astype(float)
    alpha = rgba[..., 3:] / 255
    on_white = (rgba[..., :3] * alpha + 255 * (1 - alpha)).mean(axis=2)
    edges = (on_white < 140).mean()  # WCAG: 3.4 to 1 against white, or more
    assert edges > 0.08


# Brightness and alpha in percent, means of 2 rows of 8 parts: coarse enough for another
# version of the rasteriser, fine enough for a wrong glyph, place, stroke or box.
_GOLDEN = {
    "outline": (
        (120, 22),
        [28, 10, 40, 38, 29, 24, 29, 26, 21, 16, 28, 28, 20, 26, 22, 21],
        [59, 31, 81, 82, 57, 57, 62, 60, 51, 46, 69, 69, 41, 60, 49, 57],
    ),
    "boxed": (
        (128, 30),
        [6, 9, 19, 19, 14, 14, 12, 8, 8, 15, 17, 19, 15, 15, 18, 9],
        [64, 69, 72, 72, 70, 70, 70, 65, 69, 75, 75, 76, 75, 75, 76, 69],
    ),
    "comic": (
        (196, 36),
        [21, 14, 27, 27, 14, 18, 18, 13, 23, 17, 28, 24, 20, 17, 23, 16],
        [59, 47, 75, 80, 39, 59, 52, 49, 71, 60, 82, 72, 53, 64, 64, 54],
    ),
    "handwritten": (
        (164, 36),
        [14, 11, 29, 28, 13, 19, 17, 10, 16, 12, 28, 29, 14, 22, 25, 6],
        [27, 27, 48, 49, 26, 34, 30, 25, 39, 36, 61, 62, 35, 48, 51, 22],
    ),
}


@pytest.mark.parametrize("preset", _GOLDEN)
def test_a_text_of_three_scripts_looks_as_it_did(preset):
    size, brightness, opacity = _GOLDEN[preset]
    rgba = draw_text("Hi, 你好 שלום!", presets()[preset], Canvas(640, 360)).rgba.astype(np.float32)
    alpha = rgba[..., 3] / 255
    luma = rgba[..., :3].mean(axis=2) / 255 * alpha

    def parts(values):
        return cv2.resize(values, (8, 2), interpolation=cv2.INTER_AREA).ravel() * 100

    assert rgba.shape[1::-1] == pytest.approx(size, abs=2)
    assert parts(luma) == pytest.approx(brightness, abs=4)
    assert parts(alpha) == pytest.approx(opacity, abs=6)
