"""Pixels of text: glyph coverage, coloured emoji, outlines, boxes, soft shadows.

Coverage is float32 in 0-1, shape (height, width), y downwards. Everything is drawn by
HarfBuzz's own rasteriser, which also paints COLRv1 emoji, something FreeType does not do by
itself. Measured on a line of 58 letters at 65 px: 0.4 ms against 7 ms for freetype-py, the
pictures alike within 1 % of the ink. Outlines have no HarfBuzz function: they are grown from
a distance map (8 ms or less a line, once a caption), round at every join and free of the
notches where a stroker's curves overlap.
"""

# pyright: reportUnknownVariableType=false
# cv2's stubs leave array types open; they are named again where its results are kept.

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, cast

import cv2
import numpy as np
import numpy.typing as npt

from nemo_nb.studio.render.harfbuzz import hb
from nemo_nb.studio.render.shaping import Glyph

Coverage = npt.NDArray[np.float32]
Rgba = npt.NDArray[np.float32]
Colour = tuple[float, float, float, float]
Box = tuple[float, float, float, float]
"""Left, top, right and bottom in px."""

Owners = npt.NDArray[np.int32]

# A glyph and the px position of its line's origin: left end, baseline.
Placed = tuple[Glyph, float, float]

# Outlines are grown at this many times the size, so that their edge is smooth: twice, small
# letters three times. Measured against six times on a line of 48 letters at 54 px: the mean
# difference is 0.9 of 255 in 8 ms; three times and exact distances give 0.5 in 47 ms.
_OVERSAMPLE: Final = 2
_OVERSAMPLE_FINE: Final = 3
_FINE_BELOW_PX: Final = 32
# The value from which a pixel counts as inside.
_HALF: Final = 127
_SHADOW_DENSITY: Final = 3.0
_NOBODY: Final = -1


def coverage(glyphs: Sequence[Placed], font_px: float, size: tuple[int, int]) -> Coverage:
    """Return the coverage of all uncoloured *glyphs* on a picture of *size* (width, height)."""
    return _outlines(glyphs, font_px, size)


def emoji(glyphs: Sequence[Placed], font_px: float, size: tuple[int, int]) -> Rgba | None:
    """Return the coloured *glyphs*, premultiplied RGBA in 0-1; None where there are none."""
    coloured = [placed for placed in glyphs if placed[0].face.is_emoji]
    if not coloured:
        return None
    width, height = size
    paint = hb.RasterPaint()
    paint.extents = hb.RasterExtents(0, 0, width, height, 0)
    for glyph, x, y in coloured:
        paint.transform = _placement(glyph, font_px, x, height - y, 1)
        paint.paint_glyph(glyph.face.font, glyph.id)
    bgra = _rows(paint.render(), width, height, 4)
    return _unit(bgra[..., [2, 1, 0, 3]])


def outline(
    glyphs: Sequence[Placed], font_px: float, size: tuple[int, int], radius_px: float
) -> Coverage:
    """Return the coverage of *glyphs* grown by *radius_px* on all sides, with round corners."""
    n = _OVERSAMPLE if font_px >= _FINE_BELOW_PX else _OVERSAMPLE_FINE
    big = _drawn(glyphs, font_px, size, n)
    _, free = cv2.threshold(big, _HALF, 1, cv2.THRESH_BINARY_INV)
    distance = cv2.distanceTransform(free, cv2.DIST_L2, cv2.DIST_MASK_5)
    grown = np.clip(radius_px * n + 0.5 - distance, 0, 1, dtype=np.float32)
    return cast("Coverage", cv2.resize(grown, size, interpolation=cv2.INTER_AREA))


def owners(glyphs: Sequence[Placed], font_px: float, size: tuple[int, int]) -> Owners:
    """Return for every pixel the cluster whose glyph is nearest: int32, shape (height, width).

    Strokes, shadows and overlapping swashes then belong to the letter they come from.
    """
    width, height = size
    seeds = np.full((height, width), _NOBODY, np.int32)
    for glyph, x, y in glyphs:
        extents = glyph.face.font.get_glyph_extents(glyph.id)
        if extents is None or not extents.width:
            continue
        unit = glyph.face.em * font_px
        left = max(0, int(x + glyph.x * font_px + extents.x_bearing * unit) - 1)
        top = max(0, int(y - glyph.y * font_px - extents.y_bearing * unit) - 1)
        right = min(width, left + int(abs(extents.width) * unit) + 3)
        bottom = min(height, top + int(abs(extents.height) * unit) + 3)
        if right <= left or bottom <= top:
            continue
        part = seeds[top:bottom, left:right]
        if glyph.face.is_emoji:
            part[...] = glyph.cluster
        else:
            drawn = _outlines([(glyph, x - left, y - top)], font_px, (right - left, bottom - top))
            # Half of the most: thin letters set small never fill a pixel.
            part[(drawn > 0) & (drawn >= drawn.max() / 2)] = glyph.cluster
    return nearest(seeds)


def nearest(seeds: Owners) -> Owners:
    """Return *seeds* with every pixel of nobody (-1) given to the nearest one of somebody."""
    taken = seeds != _NOBODY
    if not taken.any():
        return seeds
    found = cv2.distanceTransformWithLabels(
        (~taken).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    labels = cast("Owners", found[1])
    by_label = np.zeros(int(labels.max()) + 1, np.int32)
    by_label[labels[taken]] = seeds[taken]
    return by_label[labels]


def rounded_box(size: tuple[int, int], box: Box, radius_px: float) -> Coverage:
    """Return the coverage of a box (left, top, right, bottom in px) with round corners."""
    left, top, right, bottom = box
    radius = min(radius_px, (right - left) / 2, (bottom - top) / 2)
    x = np.arange(size[0], dtype=np.float32) + 0.5
    y = np.arange(size[1], dtype=np.float32)[:, None] + 0.5
    # The signed distance to the box's edge; half a pixel either side is the smooth edge.
    dx = np.abs(x - (left + right) / 2) - ((right - left) / 2 - radius)
    dy = np.abs(y - (top + bottom) / 2) - ((bottom - top) / 2 - radius)
    outside = np.hypot(np.maximum(dx, 0), np.maximum(dy, 0))
    distance = outside + np.minimum(np.maximum(dx, dy), 0) - radius
    return np.clip(0.5 - distance, 0, 1).astype(np.float32)


def soft_shadow(alpha: Coverage, drop_px: float, blur_px: float) -> Coverage:
    """Return *alpha* moved down by *drop_px* and blurred (sigma *blur_px*), dense at its core.

    A plain blur of thin letters is too faint for white ones to be read on a bright picture.
    """
    down = np.array([[1, 0, 0], [0, 1, drop_px]], dtype=np.float32)
    moved = cv2.warpAffine(alpha, down, (alpha.shape[1], alpha.shape[0]))
    blurred = cv2.GaussianBlur(moved, (0, 0), max(blur_px, 0.1))
    return cast("Coverage", np.minimum(blurred * _SHADOW_DENSITY, 1.0))


def tint(colour: Colour, alpha: Coverage) -> Rgba:
    """Return a picture of *colour* with coverage *alpha*, premultiplied."""
    red, green, blue, opacity = colour
    covered = alpha * np.float32(opacity)
    # Channel by channel: numpy spreads over a last axis of four at a quarter of the speed.
    return cast(
        "Rgba", cv2.merge([*(covered * np.float32(c) for c in (red, green, blue)), covered])
    )


def over_picture(below: Rgba, layer: Rgba) -> None:
    """Lay a premultiplied RGBA *layer* over *below* (premultiplied), in place."""
    below *= 1 - layer[..., 3:]
    below += layer


def straight(premultiplied: Rgba) -> npt.NDArray[np.uint8]:
    """Return a premultiplied RGBA picture in 0-1 as straight-alpha uint8."""
    if not premultiplied.size:
        return np.zeros(premultiplied.shape, np.uint8)
    red, green, blue, alpha = cv2.split(premultiplied)
    factor = np.float32(255) / np.maximum(alpha, np.float32(1e-6))
    channels = [red * factor, green * factor, blue * factor, alpha * np.float32(255)]
    # Rounds and saturates at 255.
    return cast("npt.NDArray[np.uint8]", cv2.convertScaleAbs(cv2.merge(channels)))


def _outlines(glyphs: Sequence[Placed], font_px: float, size: tuple[int, int]) -> Coverage:
    return _unit(_drawn(glyphs, font_px, size, 1))


def _drawn(
    glyphs: Sequence[Placed], font_px: float, size: tuple[int, int], scale: int
) -> npt.NDArray[np.uint8]:
    """Return the uncoloured *glyphs*, 0-255, on a picture *scale* times *size*."""
    width, height = size[0] * scale, size[1] * scale
    draw = hb.RasterDraw()
    for glyph, x, y in glyphs:
        if not glyph.face.is_emoji:
            draw.transform = _placement(glyph, font_px, x, size[1] - y, scale)
            draw.draw_glyph(glyph.face.font, glyph.id)
    draw.extents = hb.RasterExtents(0, 0, width, height, 0)
    return np.ascontiguousarray(_rows(draw.render(), width, height, 1)[..., 0])


def _placement(
    glyph: Glyph, font_px: float, x: float, y_up: float, scale: int
) -> tuple[float, float, float, float, float, float]:
    em = font_px * scale
    unit = glyph.face.em * em
    return (unit, 0.0, 0.0, unit, x * scale + glyph.x * em, y_up * scale + glyph.y * em)


def _unit(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    return np.divide(pixels, 255, dtype=np.float32)


def _rows(image: Any, width: int, height: int, channels: int) -> npt.NDArray[np.uint8]:
    """Return HarfBuzz's picture, stored from the bottom row up, as an array from the top."""
    stride = image.extents.stride
    rows = np.frombuffer(image.buffer, np.uint8).reshape(height, stride)[::-1]
    return rows[:, : width * channels].reshape(height, width, channels)
