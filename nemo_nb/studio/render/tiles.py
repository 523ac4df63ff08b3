"""Laying text over planes: premultiplied YUV tiles, blended inside their own box only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from nemo_nb.models import Canvas

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nemo_nb.studio.render.planes import Planes

    Numbers = NDArray[np.floating[Any]]

_ONE: Final = 256  # alpha 1.0 in the tiles' fixed point
# Rec. ITU-R BT.709: red and blue shares of luma, and 8-bit limited range.
_KR: Final = 0.2126
_KB: Final = 0.0722
_LUMA_SPAN: Final = 219 / 255
_CHROMA_SPAN: Final = 224 / 255


class Tile:
    """One drawn text. Cut to the canvas; its numbers must be even (4:2:0).

    Args:
        rgba: Straight alpha, uint8, shape (h, w, 4).
        x: Left edge on the canvas, pixels.
        y: Upper edge on the canvas, pixels.
        canvas: What it is laid on.
    """

    def __init__(self, rgba: NDArray[np.uint8], x: int, y: int, canvas: Canvas) -> None:
        left, top = max(0, -x), max(0, -y)
        right = min(rgba.shape[1], canvas.width - x)
        bottom = min(rgba.shape[0], canvas.height - y)
        cut = rgba[top : max(top, bottom), left : max(left, right)].astype(np.float32)
        self.x, self.y = x + left, y + top
        self.height, self.width = cut.shape[:2]
        alpha = cut[..., 3] / 255
        luma, blue, red = _to_yuv(cut)
        quarter = _quartered(alpha)
        weight = np.maximum(quarter, 1e-6)
        self._layers = (
            (luma, alpha),
            (_quartered(blue * alpha) / weight, quarter),
            (_quartered(red * alpha) / weight, quarter),
        )
        self._factor = -1.0
        self._blends: list[tuple[NDArray[np.uint16], NDArray[np.uint16]]] = []

    def blend(self, canvas: Planes, opacity: float) -> None:
        """Lay it over *canvas* with *opacity* 0 to 1."""
        if not self.width or not self.height:
            return
        if opacity != self._factor:
            self._prepare(opacity)
        for index, (color, rest) in enumerate(self._blends):
            step = 1 if index == 0 else 2
            x, y = self.x // step, self.y // step
            area = canvas[index][y : y + rest.shape[0], x : x + rest.shape[1]]
            area[...] = (area * rest + color) >> 8

    def _prepare(self, opacity: float) -> None:
        """Premultiply for *opacity*: then a frame costs one product and one sum a pixel."""
        self._factor = opacity
        self._blends = []
        for value, alpha in self._layers:
            share = np.rint(alpha * (opacity * _ONE))
            # Half a unit is added so that the shift by 8 rounds; 255 * 256 + 128 fits 16 bits.
            color = np.rint(value * share) + _ONE // 2
            self._blends.append((color.astype(np.uint16), (_ONE - share).astype(np.uint16)))


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
