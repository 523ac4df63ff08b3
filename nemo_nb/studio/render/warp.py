"""Planes mapped onto others by fractions of a pixel, sharp where they shrink."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
# cv2's stubs leave array types open; they are named again where its results are kept.

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, cast

import cv2
import numpy as np

from nemo_nb.studio.render import planes as px
from nemo_nb.studio.render.layer import Layer, opaque_alphas

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from nemo_nb.studio.render.planes import Plane, Planes

    Matrix = NDArray[np.float64]

# Up to so many source pixels on one of the target, linear interpolation misses nothing that
# the eye would see flicker.
_FINE: Final = 1.25
_LINEAR: Final = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP


class Picture:
    """A layer that is looked at through many maps; smaller copies are made when needed."""

    def __init__(self, layer: Layer) -> None:
        self._levels: list[Layer] = []
        self.whole = layer
        self.size = layer.size
        self.opaque = layer.alphas is None

    def window(self, x: int, y: int, width: int, height: int) -> Layer:
        """Return views of a part of it; even numbers."""
        planes = px.window(self.whole.planes, x, y, width, height)
        if self.whole.alphas is None:
            return Layer(planes)
        full, half = self.whole.alphas
        part = px.window((full, half, half), x, y, width, height)
        return Layer(planes, part[:2])

    def through(self, matrix: Matrix, size: tuple[int, int]) -> Layer:
        """Return what shows of it in a target of *size*; beyond its edges they go on.

        Args:
            matrix: From target to picture, 2 x 3, in luma pixels with corners at 0.
            size: Width and height of the target, even.
        """
        shrink = math.sqrt(abs(np.linalg.det(matrix[:, :2])))
        if shrink <= _FINE:
            return _warped(self._level(0), matrix, size, cv2.BORDER_REPLICATE)
        # Between two sizes both are drawn and mixed: a zoom must not pop where they change.
        wanted = math.log2(shrink / _FINE)
        level, share = int(wanted), wanted % 1
        finer, coarser = (
            _warped(layer, _onto(layer, matrix, self.size), size, cv2.BORDER_REPLICATE)
            for layer in (self._level(level), self._level(level + 1))
        )
        return both(
            finer, coarser, lambda a, b: cast("Plane", cv2.addWeighted(a, 1 - share, b, share, 0))
        )

    def _level(self, level: int) -> Layer:
        if not self._levels:
            self._levels.append(self.whole.each(lambda plane, _: _written(plane)))
        while len(self._levels) <= level:
            last = self._levels[-1]
            size = tuple(max(2, 2 * round(side / 4)) for side in last.size)
            self._levels.append(last.each(lambda plane, step: _resized(plane, size, step)))  # noqa: B023  called at once
        return self._levels[level]


def moved(layer: Layer, matrix: Matrix) -> Layer:
    """Return *layer* mapped within its own frame; nothing comes in from beyond its edges."""
    opaque = layer.alphas is None
    full = Layer(layer.planes, opaque_alphas(layer)) if opaque else layer
    return _warped(full, matrix, layer.size, cv2.BORDER_CONSTANT)


def mirrored(layer: Layer, matrix: Matrix) -> Layer:
    """Return *layer* mapped within its own frame; beyond its edges its mirror image goes on."""
    return _warped(layer, matrix, layer.size, cv2.BORDER_REFLECT)


def both(one: Layer, other: Layer, join: Callable[[Plane, Plane], Plane]) -> Layer:
    """Return what *join* makes of each pair of planes, of alphas too where there are some."""
    planes = cast("Planes", tuple(map(join, one.planes, other.planes)))
    if one.alphas is None and other.alphas is None:
        return Layer(planes)
    pairs = zip(opaque_alphas(one), opaque_alphas(other), strict=True)
    full, half = (join(a, b) for a, b in pairs)
    return Layer(planes, (full, half))


def _warped(layer: Layer, matrix: Matrix, size: tuple[int, int], border: int) -> Layer:
    return layer.each(lambda plane, step: _warp(plane, matrix, size, step, border))


def _warp(plane: Plane, matrix: Matrix, size: tuple[int, int], step: int, border: int) -> Plane:
    # A pixel's value belongs to its middle: from indices to corners, and back in the source.
    shifted = matrix.copy()
    shifted[:, 2] = matrix[:, :2] @ np.array([0.5, 0.5]) + matrix[:, 2] / step - 0.5
    width, height = size[0] // step, size[1] // step
    result = cv2.warpAffine(plane, shifted, (width, height), flags=_LINEAR, borderMode=border)
    return cast("Plane", result)


def _written(plane: Plane) -> Plane:
    """Return *plane* as OpenCV reads it: a turned view would be copied each time it is asked."""
    upright = plane.strides[0] > 0 and plane.strides[1] == 1
    return plane if upright else np.ascontiguousarray(plane)


def _resized(plane: Plane, size: tuple[Any, ...], step: int) -> Plane:
    width, height = size[0] // step, size[1] // step
    return cast("Plane", cv2.resize(plane, (width, height), interpolation=cv2.INTER_AREA))


def _onto(layer: Layer, matrix: Matrix, size: tuple[int, int]) -> Matrix:
    """Return *matrix*, which leads to a picture of *size*, as one that leads to *layer*."""
    across, down = layer.size[0] / size[0], layer.size[1] / size[1]
    return matrix * np.array([[across], [down]])
