"""Text segments as pictures: one text, one style, one RGBA image and where it goes.

The way of a text: ``shaping`` reads it (clusters, fonts, direction), ``layout`` breaks its
lines and finds its size, ``ink`` draws it, and this module puts the parts together and in
their place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from math import isfinite
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from nemo_nb.models import Canvas
from nemo_nb.studio.render import ink
from nemo_nb.studio.render.fonts import font_set
from nemo_nb.studio.render.layout import Block, fit
from nemo_nb.studio.render.shaping import read
from nemo_nb.timeline.styles import Position, TextStyle

_COLOUR: Final = re.compile(r"#([0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")
_LONG_FORM: Final = 6
_DEFAULTS: Final = TextStyle()
_WHITE: Final[ink.Colour] = (1.0, 1.0, 1.0, 1.0)

# In em. A box's own ink room stands above and below the letters already, so its padding
# there is half of the padding beside them; measured by eye on all presets.
_BOX_PADDING_Y: Final = 0.5
_SHADOW_DROP: Final = 0.045
_SHADOW_BLUR: Final = 0.06
# How far marks may reach beyond the block; what is empty is cropped away again.
_OVERHANG: Final = 0.6

# A draft may come from anywhere: beyond these a number is taken for the limit, and what is
# no number for the default. Units as in styles.toml.
_LIMITS: Final = {
    "size": (0.5, 100.0),
    "stroke_width": (0.0, 50.0),
    "padding": (0.0, 200.0),
    "radius": (0.0, 200.0),
    "margin": (0.0, 40.0),
    "max_width": (5.0, 100.0),
    "line_height": (0.8, 4.0),
}

# Pictures are at most a canvas wide; this many of the last ones are kept for previews.
_KEPT: Final = 32


@dataclass(frozen=True, slots=True, eq=False)
class TextImage:
    """A drawn text.

    Attributes:
        rgba: Shape (h, w, 4), uint8, straight alpha, read-only. h and w are even; 0 for a
            text with nothing to draw.
        x, y: Where its top left corner goes on the canvas, px, even.
        lines: What stands on each line, in reading order.
        missing: Characters that no shipped font can draw; they were left out.
    """

    rgba: npt.NDArray[np.uint8]
    x: int
    y: int
    lines: tuple[str, ...]
    missing: tuple[str, ...]


@lru_cache(maxsize=_KEPT)
def draw_text(text: str, style: TextStyle, canvas: Canvas) -> TextImage:
    """Draw *text* in *style* for *canvas*.

    Lines break by UAX #14, evenly, within ``max_width`` and the margins; explicit line breaks
    stay. What is too tall is set smaller until it fits. Nothing lies outside the canvas.
    The one family that ships is Noto Sans with its scripts, so ``style.font`` changes nothing.

    Raises:
        ConfigError: The fonts were not built.
    """
    style = _within_limits(style)
    paragraphs, missing = read(text, font_set(style.weight))
    if not paragraphs:
        return TextImage(_frozen(np.zeros((0, 0, 4), np.uint8)), 0, 0, (), missing)

    margin = canvas.short_side * style.margin / 100
    frame = _frame_em(style)
    block = fit(
        paragraphs,
        canvas.short_side * style.size / 100,
        (
            min(canvas.width * style.max_width / 100, canvas.width - 2 * margin),
            canvas.height - 2 * margin,
        ),
        line_height=style.line_height,
        frame_em=frame,
    )
    frame_px = (frame[0] * block.font_px, frame[1] * block.font_px)
    outer = (block.width + 2 * frame_px[0], block.height + 2 * frame_px[1])
    left, top = _anchor(style.position, (canvas.width, canvas.height), outer, margin)
    return _draw(style, canvas, block, (left, top), frame_px, missing)


def _within_limits(style: TextStyle) -> TextStyle:
    numbers: dict[str, Any] = {}
    for name, (low, high) in _LIMITS.items():
        value = getattr(style, name)
        numbers[name] = min(max(value, low), high) if isfinite(value) else getattr(_DEFAULTS, name)
    return replace(style, **numbers)


def _draw(
    style: TextStyle,
    canvas: Canvas,
    block: Block,
    corner: tuple[float, float],
    frame_px: tuple[float, float],
    missing: tuple[str, ...],
) -> TextImage:
    """Draw *block* with its frame's corner at *corner* of the canvas, cropped to its ink."""
    em = block.font_px
    pad = int(_OVERHANG * em) + 2
    # The picture's own origin on the canvas, whole pixels; everything below is relative to it.
    origin = (int(corner[0]) - pad, int(corner[1]) - pad)
    left, top = corner[0] - origin[0], corner[1] - origin[1]
    right = left + block.width + 2 * frame_px[0]
    bottom = top + block.height + 2 * frame_px[1]
    size = (int(right) + pad + 1, int(bottom) + pad + 1)

    placed: list[ink.Placed] = []
    for line, baseline in zip(block.lines, block.baselines, strict=True):
        x = left + frame_px[0] + _indent(style.align, block.width - line.width * em)
        # A baseline on a pixel's edge keeps the feet of letters sharp.
        y = float(round(top + frame_px[1] + baseline))
        placed.extend((glyph, x, y) for glyph in line.glyphs)

    letters = _letters(style, placed, em, size)
    picture = _backdrop(style, letters, (left, top, right, bottom), em)
    ink.over_picture(picture, letters)
    rgba, x, y = _crop(ink.straight(picture), origin, canvas)
    return TextImage(_frozen(rgba), x, y, tuple(line.text for line in block.lines), missing)


def _letters(
    style: TextStyle, placed: list[ink.Placed], em: float, size: tuple[int, int]
) -> ink.Rgba:
    """Return fill, stroke and emoji, premultiplied."""
    letters = np.zeros((size[1], size[0], 4), np.float32)
    fill = ink.coverage(placed, em, size)
    letters += ink.tint(_rgba(style.color) or _WHITE, fill)
    stroke = _rgba(style.stroke)
    if stroke and style.stroke_width > 0:
        grown = ink.outline(placed, em, size, style.stroke_width / 100 * em)
        # Only beside the fill, never under it: a translucent fill must not show it through.
        letters += ink.tint(stroke, np.maximum(grown - fill, 0))
    pictures = ink.emoji(placed, em, size)
    if pictures is not None:
        ink.over_picture(letters, pictures)
    return letters


def _backdrop(
    style: TextStyle, letters: ink.Rgba, frame: tuple[float, float, float, float], em: float
) -> ink.Rgba:
    """Return what lies behind the letters, premultiplied: the box, and the shadow of both."""
    size = (letters.shape[1], letters.shape[0])
    box = _rgba(style.box)
    body = ink.rounded_box(size, frame, style.radius / 100 * em) if box else letters[..., 3]
    picture = np.zeros_like(letters)
    if shadow := _rgba(style.shadow):
        picture += ink.tint(
            shadow, ink.soft_shadow(body, drop_px=_SHADOW_DROP * em, blur_px=_SHADOW_BLUR * em)
        )
    if box:
        ink.over_picture(picture, ink.tint(box, body))
    return picture


def _frame_em(style: TextStyle) -> tuple[float, float]:
    """Return what the style adds beside and above the letters, in em."""
    stroke = style.stroke_width / 100 if _rgba(style.stroke) else 0.0
    if not _rgba(style.box):
        return stroke, stroke
    padding = style.padding / 100
    return stroke + padding, stroke + padding * _BOX_PADDING_Y


def _anchor(
    position: Position, canvas: tuple[int, int], size: tuple[float, float], margin: float
) -> tuple[float, float]:
    """Return the top left corner of a *size* box at one of the nine places of the safe area."""
    vertical = "top" if "top" in position else "bottom" if "bottom" in position else "middle"
    horizontal = "left" if "left" in position else "right" if "right" in position else "middle"

    def along(side: str, whole: int, part: float) -> float:
        if side in ("left", "top"):
            return margin
        return whole - part - margin if side in ("right", "bottom") else (whole - part) / 2

    return along(horizontal, canvas[0], size[0]), along(vertical, canvas[1], size[1])


def _indent(align: str, slack: float) -> float:
    return 0.0 if align == "left" else slack if align == "right" else slack / 2


def _crop(
    rgba: npt.NDArray[np.uint8], origin: tuple[int, int], canvas: Canvas
) -> tuple[npt.NDArray[np.uint8], int, int]:
    """Cut *rgba* to its visible part on the canvas, on even pixels, as 4:2:0 video wants."""
    spans: list[tuple[int, int]] = []
    for axis, start, limit in ((1, origin[0], canvas.width), (0, origin[1], canvas.height)):
        visible = np.flatnonzero(rgba[..., 3].any(axis=1 - axis)) + start
        visible = visible[(visible >= 0) & (visible < limit - limit % 2)]
        if not len(visible):
            return np.zeros((0, 0, 4), np.uint8), 0, 0
        low, high = int(visible[0]), int(visible[-1]) + 1
        spans.append((low - low % 2, high + high % 2))
    (left, right), (top, bottom) = spans
    # One empty pixel around it is enough to reach the next even one.
    padded = np.pad(rgba, ((1, 1), (1, 1), (0, 0)))
    x, y = left - origin[0] + 1, top - origin[1] + 1
    return padded[y : y + bottom - top, x : x + right - left].copy(), left, top


def _rgba(colour: str) -> ink.Colour | None:
    """Return a style's colour as RGBA in 0-1; None for none, or for what is no colour."""
    if not _COLOUR.fullmatch(colour):
        return None
    digits = colour[1:]
    if len(digits) < _LONG_FORM:
        digits = "".join(digit * 2 for digit in digits)
    red, green, blue, alpha = bytes.fromhex((digits + "ff")[:8])
    return red / 255, green / 255, blue / 255, alpha / 255


def _frozen(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    pixels.setflags(write=False)
    return pixels
