"""Pictures that let others through: planes with alpha, and laying them over planes.

Planes with alpha are premultiplied: luma and chroma times alpha / 255, nothing where alpha is
0. Scaling, moving and mixing them is then right at every edge. Alpha is uint8, once at the
size of the luma and once at that of the chroma.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
# cv2's stubs leave array types open; they are named again where its results are kept.

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import cv2
import numpy as np

from nemo_nb.studio.render import planes as px
from nemo_nb.studio.render.convert import from_rgb

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from nemo_nb.studio.render.planes import Plane, Planes

_FULL = 255


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A picture; ``alphas`` are those of luma and chroma, None where nothing shines through."""

    planes: Planes
    alphas: tuple[Plane, Plane] | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        height, width = self.planes[0].shape
        return width, height

    def each(self, change: Callable[[Plane, int], Plane]) -> Layer:
        """Return what *change* makes of every plane; it is told 1 for luma and 2 for chroma."""
        luma, u, v = self.planes
        planes = change(luma, 1), change(u, 2), change(v, 2)
        if self.alphas is None:
            return Layer(planes)
        return Layer(planes, (change(self.alphas[0], 1), change(self.alphas[1], 2)))

    def by_plane(self) -> tuple[Plane, Plane, Plane] | tuple[None, None, None]:
        """Return the alpha of each plane."""
        if self.alphas is None:
            return None, None, None
        return self.alphas[0], self.alphas[1], self.alphas[1]


def with_alpha(planes: Planes, alpha: Plane) -> Layer:
    """Return straight *planes* with *alpha*, shape that of the luma, as a layer."""
    alphas = alpha, halved(alpha)
    return multiplied(Layer(planes), alphas)


def from_rgba(rgba: NDArray[np.uint8]) -> Layer:
    """Return a premultiplied RGBA picture, shape (h, w, 4), even sides, as a layer."""
    alpha = np.ascontiguousarray(rgba[..., 3])
    alphas = alpha, halved(alpha)
    # Over black a premultiplied picture is itself; black is then taken out again.
    over_black = from_rgb(rgba[..., :3])
    black = px.BLACK_LUMA, px.NEUTRAL_CHROMA, px.NEUTRAL_CHROMA
    planes = tuple(
        cv2.subtract(plane, cv2.convertScaleAbs(cv2.bitwise_not(a), alpha=level / _FULL))
        for plane, a, level in zip(
            over_black, (alphas[0], alphas[1], alphas[1]), black, strict=True
        )
    )
    return Layer(cast("Planes", planes), alphas)


def premultiplied(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return straight RGBA, shape (h, w, 4), with its colours times alpha."""
    result = np.ascontiguousarray(rgba).copy()
    alpha = np.ascontiguousarray(result[..., 3])
    result[..., :3] = cv2.multiply(result[..., :3], cv2.merge([alpha] * 3), scale=1 / _FULL)
    return result


def straight(layer: Layer) -> Planes:
    """Return the planes of *layer* as they are where nothing shines through; black elsewhere."""
    if layer.alphas is None:
        return layer.planes
    black = px.BLACK_LUMA, px.NEUTRAL_CHROMA, px.NEUTRAL_CHROMA
    planes: list[Any] = []
    for plane, alpha, level in zip(layer.planes, layer.by_plane(), black, strict=True):
        value = cv2.divide(plane, cast("Any", alpha), scale=_FULL)
        value[alpha == 0] = level
        planes.append(value)
    return cast("Planes", tuple(planes))


def halved(alpha: Plane) -> Plane:
    """Return *alpha* at the size of the chroma."""
    height, width = alpha.shape
    half = cv2.resize(alpha, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    return cast("Plane", half)


def multiplied(layer: Layer, alphas: tuple[Plane, Plane]) -> Layer:
    """Return *layer* with *alphas* on top of its own."""
    planes = tuple(
        _product(plane, alpha)
        for plane, alpha in zip(layer.planes, (alphas[0], alphas[1], alphas[1]), strict=True)
    )
    if layer.alphas is not None:
        alphas = _product(layer.alphas[0], alphas[0]), _product(layer.alphas[1], alphas[1])
    return Layer(cast("Planes", planes), alphas)


def faded(layer: Layer, opacity: float) -> Layer:
    """Return *layer* with its alpha times *opacity*, 0 to 1."""
    if opacity >= 1:
        return layer
    full = layer if layer.alphas is not None else Layer(layer.planes, opaque_alphas(layer))
    return full.each(lambda plane, _: cast("Plane", cv2.convertScaleAbs(plane, alpha=opacity)))


def lay(target: Planes, layer: Layer, opacity: float = 1.0) -> None:
    """Lay *layer* over *target*, of the same size, in place."""
    if layer.alphas is None:
        if opacity >= 1:
            px.copy(layer.planes, target)
        else:
            px.mix(target, layer.planes, opacity)
        return
    shown = faded(layer, opacity)
    for under, over, alpha in zip(target, shown.planes, shown.by_plane(), strict=True):
        rest = cv2.bitwise_not(cast("Any", alpha))
        under[...] = cv2.add(cv2.multiply(under, rest, scale=1 / _FULL), over)


def spread(layer: Layer, x: int, y: int, size: tuple[int, int]) -> Layer:
    """Return *layer* as one of *size*, lying at *x*, *y* (even) and nothing around it."""
    if (x, y, layer.size) == (0, 0, size):
        return layer
    result = nothing(size)
    across, down = layer.size
    px.copy(layer.planes, px.window(result.planes, x, y, across, down))
    full, half = opaque_alphas(result)
    given = layer.alphas or (_FULL, _FULL)
    full[y : y + down, x : x + across] = given[0]
    half[y // 2 : (y + down) // 2, x // 2 : (x + across) // 2] = given[1]
    return result


def nothing(size: tuple[int, int]) -> Layer:
    """Return a layer of *size* that shows nothing."""
    width, height = size
    shapes = (height, width), (height // 2, width // 2)
    luma, u, v, full, half = (np.zeros(shapes[n], np.uint8) for n in (0, 1, 1, 0, 1))
    return Layer((luma, u, v), (full, half))


def opaque_alphas(layer: Layer) -> tuple[Plane, Plane]:
    """Return the alphas of *layer*, made where it has none."""
    if layer.alphas is not None:
        return layer.alphas
    return np.full_like(layer.planes[0], _FULL), np.full_like(layer.planes[1], _FULL)


def _product(plane: Plane, alpha: Plane) -> Plane:
    return cast("Plane", cv2.multiply(plane, alpha, scale=1 / _FULL))
