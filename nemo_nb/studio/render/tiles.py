"""Laying text over planes: premultiplied YUV tiles, blended inside their own box only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nemo_nb.studio.render.planes import Planes

    Mask = NDArray[np.bool_]
    Numbers = NDArray[np.floating[Any]]

_ONE: Final = 256  # alpha 1.0 in the tiles' fixed point
# Rec. ITU-R BT.709: red and blue shares of luma, and 8-bit limited range.
_KR: Final = 0.2126
_KB: Final = 0.0722
_LUMA_SPAN: Final = 219 / 255
_CHROMA_SPAN: Final = 224 / 255


Blend = tuple["NDArray[np.uint16]", "NDArray[np.uint16]"]
"""Of one plane: the colour, premultiplied and times 256, and 256 times what shows through."""


class Tile:
    """One drawn picture. Its place and size must be even (4:2:0).

    Args:
        rgba: Straight alpha, uint8, shape (h, w, 4).
        x: Left edge on the canvas, pixels.
        y: Upper edge on the canvas, pixels.
    """

    def __init__(self, rgba: NDArray[np.uint8], x: int, y: int) -> None:
        self.x, self.y = x, y
        self.height, self.width = rgba.shape[:2]
        colour = rgba.astype(np.float32)
        alpha = colour[..., 3] / 255
        luma, blue, red = _to_yuv(colour)
        quarter = _quartered(alpha)
        weight = np.maximum(quarter, 1e-6)
        self._layers = (
            (luma, alpha),
            (_quartered(blue * alpha) / weight, quarter),
            (_quartered(red * alpha) / weight, quarter),
        )
        self._factor = -1.0
        self._blends: list[Blend] = []

    def blend(self, canvas: Planes, opacity: float, dx: int = 0, dy: int = 0) -> None:
        """Lay it over *canvas* with *opacity* 0 to 1, moved by even *dx* and *dy*."""
        lay(canvas, self.blends(opacity), self.x + dx, self.y + dy)

    def blends(self, opacity: float) -> list[Blend]:
        """Return what :func:`lay` lays: then a frame costs one product and one sum a pixel."""
        if opacity == self._factor:
            return self._blends
        self._factor, self._blends = opacity, []
        for value, alpha in self._layers:
            share = np.rint(alpha * (opacity * _ONE))
            # Half a unit is added so that the shift by 8 rounds; 255 * 256 + 128 fits 16 bits.
            color = np.rint(value * share) + _ONE // 2
            self._blends.append((color.astype(np.uint16), (_ONE - share).astype(np.uint16)))
        return self._blends


def lay(canvas: Planes, blends: Sequence[Blend], x: int, y: int) -> None:
    """Lay *blends* over *canvas*, their corner at even *x* and *y*; what is outside is cut."""
    for index, (color, rest) in enumerate(blends):
        step = 1 if index == 0 else 2
        plane = canvas[index]
        left, top = x // step, y // step
        own_left, own_top = max(0, -left), max(0, -top)
        right = min(rest.shape[1], plane.shape[1] - left)
        bottom = min(rest.shape[0], plane.shape[0] - top)
        if right <= own_left or bottom <= own_top:
            continue
        own = slice(own_top, bottom), slice(own_left, right)
        area = plane[top + own_top : top + bottom, left + own_left : left + right]
        area[...] = (area * rest[own] + color[own]) >> 8


def chosen(first: Sequence[Blend], second: Sequence[Blend], mask: Mask) -> list[Blend]:
    """Return *second* where *mask* (shape of the luma) is true, elsewhere *first*."""
    result: list[Blend] = []
    for index, (one, other) in enumerate(zip(first, second, strict=True)):
        part = mask if index == 0 else mask[::2, ::2]
        result.append((np.where(part, other[0], one[0]), np.where(part, other[1], one[1])))
    return result


def _to_yuv(
    rgb: Numbers,
) -> tuple[Numbers, Numbers, Numbers]:
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    luma = _KR * red + (1 - _KR - _KB) * green + _KB * blue
    to_blue = (blue - luma) / (2 * (1 - _KB))
    to_red = (red - luma) / (2 * (1 - _KR))
    return 16 + luma * _LUMA_SPAN, 128 + to_blue * _CHROMA_SPAN, 128 + to_red * _CHROMA_SPAN


def _quartered(values: Numbers) -> Numbers:
    """Return the means of 2 x 2 blocks."""
    height, width = values.shape
    blocks = values.reshape(height // 2, 2, width // 2, 2)
    return blocks.mean(axis=(1, 3), dtype=np.float32)
