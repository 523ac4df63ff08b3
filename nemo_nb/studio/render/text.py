"""Text segments as pictures: one text, one style, RGBA pixels and where they go.

The way of a text: ``shaping`` reads it (clusters, fonts, direction), ``layout`` breaks its
lines and finds its size, ``placing`` its place, ``ink`` draws it; this module puts the parts
together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from math import isfinite
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from nemo_nb.models import Canvas
from nemo_nb.studio.render import ink, placing
from nemo_nb.studio.render.fonts import FontSet, font_set
from nemo_nb.studio.render.layout import Block, fit
from nemo_nb.studio.render.shaping import read, text_clusters
from nemo_nb.timeline.styles import TextStyle

Pixels = npt.NDArray[np.uint8]
Crop = tuple[int, int, int, int]

_COLOUR: Final = re.compile(r"#([0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")
_LONG_FORM: Final = 6
_DEFAULTS: Final = TextStyle()
_WHITE: Final[ink.Colour] = (1.0, 1.0, 1.0, 1.0)

# In em. A box's own ink room stands above and below the letters already, so its padding
# there is half of the padding beside them; measured by eye on all presets.
_BOX_PADDING_Y: Final = 0.5
# How far, in em, ink may reach out of its block: swashes beside it, boxes of words and emoji
# above it. What is empty is cropped away again.
_OVERHANG: Final = 0.6
_OVERHANG_Y: Final = 0.2
# Alpha that rounds to 1 of 255.
_VISIBLE: Final = 0.5 / 255
# A blur of sigma s is gone at 3 s.
_BLUR_REACH: Final = 3.0

# A draft may come from anywhere: beyond these a number is taken for the limit, and what is
# no number for the default. Units as in styles.toml.
_LIMITS: Final = {
    "size": (0.5, 100.0),
    "stroke_width": (0.0, 50.0),
    "padding": (0.0, 200.0),
    "radius": (0.0, 200.0),
    "shadow_blur": (0.0, 50.0),
    "shadow_drop": (-50.0, 50.0),
    "margin": (0.0, 40.0),
    "max_width": (5.0, 100.0),
    "line_height": (0.8, 4.0),
    "letter_spacing": (-20.0, 200.0),
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
        missing: Characters that no font can draw; they were left out.
    """

    rgba: Pixels
    x: int
    y: int
    lines: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Setting:
    """A text set in its style and place, not drawn yet.

    Attributes:
        style: With every number within its limits.
        canvas: What it was set for.
        block: Its lines; None for a text with nothing to draw.
        corner: Where the frame around the block begins on the canvas, px.
        frame_px: What the frame adds on each side of the block, horizontally and vertically.
        clusters: The text, as far as it can be drawn, see ``shaping.text_clusters``.
        missing: Characters that no font can draw.
    """

    style: TextStyle
    canvas: Canvas
    block: Block | None
    corner: tuple[float, float]
    frame_px: tuple[float, float]
    clusters: tuple[str, ...]
    missing: tuple[str, ...]


def set_text(text: str, style: TextStyle, canvas: Canvas, own_font: Path | None = None) -> Setting:
    """Set *text* in *style* for *canvas*.

    Lines break by UAX #14, evenly, within ``max_width`` and what is kept free; explicit line
    breaks stay. What is too tall is set smaller until it fits.

    Raises:
        BrokenMedia: *own_font*, a font file, cannot be used.
        ConfigError: The fonts were not built.
    """
    style = _within_limits(style)
    paragraphs, missing = read(text, fonts_of(style, own_font), style.letter_spacing / 100)
    clusters = text_clusters(paragraphs)
    if not paragraphs:
        return Setting(style, canvas, None, (0.0, 0.0), (0.0, 0.0), clusters, missing)
    frame = _frame_em(style)
    block = fit(
        paragraphs,
        canvas.short_side * style.size / 100,
        placing.room(style, canvas),
        line_height=style.line_height,
        frame_em=frame,
    )
    frame_px = (frame[0] * block.font_px, frame[1] * block.font_px)
    outer = (block.width + 2 * frame_px[0], block.height + 2 * frame_px[1])
    corner = placing.corner(style, canvas, outer)
    return Setting(style, canvas, block, corner, frame_px, clusters, missing)


@lru_cache(maxsize=_KEPT)
def draw_text(
    text: str, style: TextStyle, canvas: Canvas, own_font: Path | None = None
) -> TextImage:
    """Draw *text* as :func:`set_text` sets it, all of it. Nothing lies outside the canvas.

    Raises:
        BrokenMedia, ConfigError: See :func:`set_text`.
    """
    setting = set_text(text, style, canvas, own_font)
    if setting.block is None:
        return TextImage(_frozen(np.zeros((0, 0, 4), np.uint8)), 0, 0, (), setting.missing)
    drawing = Drawing(setting, setting.block)
    (rgba,), crop = drawing.cropped(drawing.picture())
    x, y = (drawing.origin[0] + crop[0], drawing.origin[1] + crop[1]) if rgba.size else (0, 0)
    lines = tuple(line.text for line in setting.block.lines)
    return TextImage(_frozen(rgba), x, y, lines, setting.missing)


def fonts_of(style: TextStyle, own_font: Path | None = None) -> FontSet:
    """Return the fonts that draw *style*. Errors: see :func:`set_text`."""
    return font_set(style.font, style.weight, own_font)


class Drawing:
    """The ink of one setting, coloured as often as needed without being drawn again.

    Attributes:
        origin: Where its pictures' top left corner lies on the canvas, px.
        size: Width and height of its pictures, px.
        lines: The left end and the baseline of every line in a picture, px.
    """

    def __init__(self, setting: Setting, block: Block) -> None:
        self._setting, self._block = setting, block
        style, frame = setting.style, setting.frame_px
        em = block.font_px
        reach = (abs(style.shadow_drop) + _BLUR_REACH * style.shadow_blur) / 100
        reach = reach if rgba_of(style.shadow) else 0.0
        beside, above = (int(max(least, reach) * em) + 2 for least in (_OVERHANG, _OVERHANG_Y))
        self.origin = int(setting.corner[0]) - beside, int(setting.corner[1]) - above
        left, top = (corner - at for corner, at in zip(setting.corner, self.origin, strict=True))
        right, bottom = left + block.width + 2 * frame[0], top + block.height + 2 * frame[1]
        self.size = int(right) + beside + 1, int(bottom) + above + 1
        self._frame: ink.Box = (left, top, right, bottom)
        self.lines: list[tuple[float, float]] = []
        self._placed: list[ink.Placed] = []
        for line, baseline in zip(block.lines, block.baselines, strict=True):
            x = left + frame[0] + _indent(style.align, block.width - line.width * em)
            # A baseline on a pixel's edge keeps the feet of letters sharp.
            y = float(round(top + frame[1] + baseline))
            self.lines.append((x, y))
            self._placed.extend((glyph, x, y) for glyph in line.glyphs)

    def picture(self, colour: str = "", boxes: Sequence[ink.Box] = (), box: str = "") -> ink.Rgba:
        """Return the text, premultiplied.

        Args:
            colour: Of the letters, if not the style's own.
            boxes: Laid behind the letters, in px of the picture.
            box: Their colour.
        """
        letters = self._letters(rgba_of(colour) or rgba_of(self._setting.style.color) or _WHITE)
        picture = self.backdrop(letters)
        if tone := rgba_of(box):
            radius = self._setting.style.radius / 100 * self._block.font_px
            for one in boxes:
                coverage = ink.rounded_box(self.size, one, radius)
                ink.over_picture(picture, ink.tint(tone, coverage))
        ink.over_picture(picture, letters)
        return picture

    def backdrop(self, letters: ink.Rgba | None = None) -> ink.Rgba:
        """Return what lies behind *letters*, premultiplied: the box, and the shadow of both."""
        style, em = self._setting.style, self._block.font_px
        picture = np.zeros((self.size[1], self.size[0], 4), np.float32)
        box = rgba_of(style.box)
        if box:
            body = ink.rounded_box(self.size, self._frame, style.radius / 100 * em)
        elif letters is not None:
            body = letters[..., 3]
        else:
            return picture
        if shadow := rgba_of(style.shadow):
            drop, blur = style.shadow_drop / 100 * em, style.shadow_blur / 100 * em
            picture += ink.tint(shadow, ink.soft_shadow(body, drop_px=drop, blur_px=blur))
        if box:
            ink.over_picture(picture, ink.tint(box, body))
        return picture

    def owners(self) -> ink.Owners:
        """Return the cluster that every pixel belongs to; see :func:`ink.owners`."""
        return ink.owners(self._placed, self._block.font_px, self.size)

    def cropped(self, *pictures: ink.Rgba) -> tuple[list[Pixels], Crop]:
        """Return premultiplied *pictures* as straight RGBA, and what of them was kept.

        All are cut alike, to what any of them shows on the canvas: left, top, right, bottom,
        px of the picture. On the canvas all four are even, as 4:2:0 video wants; they may lie
        one pixel outside the picture. All 0 where nothing shows.
        """
        alpha = np.maximum.reduce([picture[..., 3] for picture in pictures])
        crop = self._shown(alpha >= _VISIBLE)
        return [ink.straight(cut(picture, crop)) for picture in pictures], crop

    def _shown(self, ink_there: npt.NDArray[np.bool_]) -> Crop:
        canvas = self._setting.canvas
        spans: list[tuple[int, int]] = []
        for axis, limit in ((1, canvas.width), (0, canvas.height)):
            start = self.origin[1 - axis]
            visible = np.flatnonzero(ink_there.any(axis=1 - axis)) + start
            visible = visible[(visible >= 0) & (visible < limit - limit % 2)]
            if not len(visible):
                return 0, 0, 0, 0
            low, high = int(visible[0]), int(visible[-1]) + 1
            spans.append((low - low % 2 - start, high + high % 2 - start))
        (left, right), (top, bottom) = spans
        return left, top, right, bottom

    @cached_property
    def _ink(self) -> tuple[ink.Coverage, ink.Coverage | None, ink.Rgba | None]:
        style, em = self._setting.style, self._block.font_px
        fill = ink.coverage(self._placed, em, self.size)
        grown = None
        if rgba_of(style.stroke) and style.stroke_width > 0:
            grown = ink.outline(self._placed, em, self.size, style.stroke_width / 100 * em)
        return fill, grown, ink.emoji(self._placed, em, self.size)

    def _letters(self, colour: ink.Colour) -> ink.Rgba:
        """Return fill, stroke and emoji, premultiplied."""
        fill, grown, pictures = self._ink
        letters = ink.tint(colour, fill)
        stroke = rgba_of(self._setting.style.stroke)
        if stroke and grown is not None:
            # Only beside the fill, never under it: a translucent fill must not show it through.
            letters += ink.tint(stroke, np.maximum(grown - fill, 0))
        if pictures is not None:
            ink.over_picture(letters, pictures)
        return letters


def cut(picture: npt.NDArray[Any], crop: Crop) -> npt.NDArray[Any]:
    """Return the part of *picture* that *crop* names; outside the picture it is 0."""
    left, top, right, bottom = crop
    # One pixel around it is enough to reach the next even one.
    around = [(1, 1), (1, 1), (0, 0)][: picture.ndim]
    padded = np.pad(picture, around)
    return padded[top + 1 : bottom + 1, left + 1 : right + 1].copy()


def rgba_of(colour: str) -> ink.Colour | None:
    """Return a style's colour as RGBA in 0-1; None for none, or for what is no colour."""
    if not _COLOUR.fullmatch(colour):
        return None
    digits = colour[1:]
    if len(digits) < _LONG_FORM:
        digits = "".join(digit * 2 for digit in digits)
    red, green, blue, alpha = bytes.fromhex((digits + "ff")[:8])
    return red / 255, green / 255, blue / 255, alpha / 255


def _within_limits(style: TextStyle) -> TextStyle:
    numbers: dict[str, Any] = {}
    for name, (low, high) in _LIMITS.items():
        value = getattr(style, name)
        numbers[name] = min(max(value, low), high) if isfinite(value) else getattr(_DEFAULTS, name)
    return replace(style, **numbers)


def _frame_em(style: TextStyle) -> tuple[float, float]:
    """Return what the style adds beside and above the letters, in em."""
    stroke = style.stroke_width / 100 if rgba_of(style.stroke) else 0.0
    if not rgba_of(style.box):
        return stroke, stroke
    padding = style.padding / 100
    return stroke + padding, stroke + padding * _BOX_PADDING_Y


def _indent(align: str, slack: float) -> float:
    return 0.0 if align == "left" else slack if align == "right" else slack / 2


def _frozen(pixels: Pixels) -> Pixels:
    pixels.setflags(write=False)
    return pixels
