"""``m.adjust``: brightness, contrast, colour and sharpness of a picture, on its planes.

Every control runs from -1 to 1 or 0 to 1 here (the draft's -100 to 100, 0 to 100), 0 changes
nothing. With ``v`` the luma from 0 (black, 16) to 1 (white, 235), in this order:

- brightness b: ``k v / (1 + (k - 1) v)``, ``k = 4 ** b``. Black stays black and white stays
  white, so nothing clips, and -b takes back what b did.
- contrast c: slope ``3 ** c`` through middle grey; upwards it bends like brightness on either
  half, so that nothing clips, downwards it is a straight line and black and white fade.
- saturation: chroma times 1 + s, from none to twice.
- warmth: a share of the luma moves from blue to red (or back), as a white balance does:
  black stays black.
- grayscale, sepia: how far the colours give way to none, or to the tint of an old print.
- sharpen: an unsharp mask of the luma; blur: a Gaussian. Their radius is a share of the
  picture's short side, so that every resolution looks the same.

Whatever is changed ends within the limited range, luma 16-235 and chroma 16-240.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
# cv2's stubs leave array types open; they are named again where its results are kept.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, cast

import cv2
import numpy as np

from nemo_nb.timeline.draft import number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nemo_nb.studio.render.planes import Plane, Planes

_BLACK: Final = 16
_WHITE: Final = 235
_NEUTRAL: Final = 128
_CHROMA_TOP: Final = 240
_LUMA_SPAN: Final = _WHITE - _BLACK

_SIGNED: Final = frozenset({"brightness", "contrast", "saturation", "warmth"})

_BRIGHTNESS_BASE: Final = 4.0
_CONTRAST_BASE: Final = 3.0
# What white turns to at full warmth and full sepia, as steps of U and V: about
# (255, 241, 153) and (255, 241, 202) in RGB.
_WARM_TINT: Final = (-44, 16)
_SEPIA_TINT: Final = (-24, 12)

# Sigma of the Gaussians as shares of the short side: 1.2 pixels to sharpen, 43 to blur at 1080.
_SHARPEN_SIGMA: Final = 1 / 900
_MIN_SHARPEN_SIGMA: Final = 0.7
_SHARPEN_AMOUNT: Final = 2.0
_BLUR_SIGMA: Final = 1 / 25
# A Gaussian of more than this many pixels is drawn on a smaller copy: nobody sees that.
_LARGEST_SIGMA: Final = 4.0
_EDGE: Final = cv2.BORDER_REPLICATE


@dataclass(frozen=True, slots=True)
class Adjust:
    """How a picture is changed; the first four are -1 to 1, the others 0 to 1."""

    brightness: float = 0.0
    contrast: float = 0.0
    saturation: float = 0.0
    warmth: float = 0.0
    sharpen: float = 0.0
    blur: float = 0.0
    grayscale: float = 0.0
    sepia: float = 0.0

    @property
    def changes_colour(self) -> bool:
        """Whether anything but sharpness changes."""
        return self != Adjust(sharpen=self.sharpen, blur=self.blur)


def read_adjust(meta: Mapping[str, Any]) -> Adjust | None:
    """Return what a segment's *meta* asks for under ``adjust``; None where that is nothing.

    Values out of their bounds are held at the nearest one; what is no number is missing.
    """
    given = meta.get("adjust")
    if not isinstance(given, Mapping):
        return None
    asked = cast("Mapping[str, Any]", given)
    values: dict[str, float] = {}
    for field in fields(Adjust):
        value = number(asked.get(field.name)) or 0.0
        lowest = -100.0 if field.name in _SIGNED else 0.0
        values[field.name] = min(100.0, max(lowest, value)) / 100
    adjust = Adjust(**values)
    return None if adjust == Adjust() else adjust


def adjusted(planes: Planes, adjust: Adjust) -> Planes:
    """Return *planes* changed; what did not change is the same array, nothing is written into."""
    luma, u, v = planes
    if adjust.changes_colour:
        luma, u, v = _coloured(planes, _tables(adjust))
    if adjust.sharpen:
        luma = _sharpened(luma, adjust.sharpen)
    if adjust.blur:
        sigma = max(0.3, adjust.blur * _BLUR_SIGMA * min(luma.shape))
        luma = blurred(luma, sigma)
        u, v = blurred(u, sigma / 2), blurred(v, sigma / 2)
    return luma, u, v


def blurred(plane: NDArray[np.uint8], sigma: float) -> Plane:
    """Return *plane* under a Gaussian of *sigma* pixels, at a cost that hardly grows with it."""
    plane = np.ascontiguousarray(plane)
    factor = 1
    while sigma / factor > _LARGEST_SIGMA:
        factor *= 2
    if factor == 1:
        return cast("Plane", cv2.GaussianBlur(plane, (0, 0), sigma, borderType=_EDGE))
    height, width = plane.shape
    size = max(1, round(width / factor)), max(1, round(height / factor))
    small = cv2.resize(plane, size, interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), sigma / factor, borderType=_EDGE)
    return cast("Plane", cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR))


@dataclass(frozen=True, slots=True)
class _Tables:
    """One look-up table of 256 a plane, and what each chroma plane is shifted by, by luma."""

    luma: NDArray[np.uint8] | None
    chroma: NDArray[np.uint8] | None
    tints: tuple[_Tint | None, _Tint | None]


@dataclass(frozen=True, slots=True)
class _Tint:
    """By luma, how many steps to add to a chroma plane, or to take away."""

    steps: NDArray[np.uint8]
    adds: bool


@lru_cache(maxsize=64)
def _tables(adjust: Adjust) -> _Tables:
    plain = Adjust(brightness=adjust.brightness, contrast=adjust.contrast) == Adjust()
    kept = (1 - adjust.grayscale) * (1 - adjust.sepia)
    gain = (1 + adjust.saturation) * kept
    shifts = [
        adjust.warmth * kept * warm + adjust.sepia * sepia
        for warm, sepia in zip(_WARM_TINT, _SEPIA_TINT, strict=True)
    ]
    tints = tuple(_tint(shift) for shift in shifts)
    return _Tables(
        luma=None if plain else _luma_table(adjust.brightness, adjust.contrast),
        chroma=None if gain == 1 and not any(tints) else _chroma_table(gain),
        tints=cast("tuple[_Tint | None, _Tint | None]", tints),
    )


def _levels() -> NDArray[np.float64]:
    """Return the 256 codes as luma from 0 to 1."""
    return np.clip((np.arange(256) - _BLACK) / _LUMA_SPAN, 0, 1)


def _luma_table(brightness: float, contrast: float) -> NDArray[np.uint8]:
    levels = _bent(_levels(), _BRIGHTNESS_BASE**brightness)
    slope = _CONTRAST_BASE**contrast
    if contrast > 0:
        # Each half is bent towards its own end, mirrored about middle grey.
        half = 0.5 * _bent(2 * np.minimum(levels, 1 - levels), 1 / slope)
        levels = np.where(levels <= 0.5, half, 1 - half)  # noqa: PLR2004  the middle
    elif contrast < 0:
        levels = 0.5 + (levels - 0.5) * slope
    return np.rint(_BLACK + levels * _LUMA_SPAN).astype(np.uint8)


def _bent(levels: NDArray[np.float64], k: float) -> NDArray[np.float64]:
    """Bend 0-1 upwards (k > 1) or downwards; 1 / k undoes k, and mirrors it."""
    return k * levels / (1 + (k - 1) * levels)


def _chroma_table(gain: float) -> NDArray[np.uint8]:
    values = _NEUTRAL + (np.arange(256) - _NEUTRAL) * gain
    return np.rint(np.clip(values, _BLACK, _CHROMA_TOP)).astype(np.uint8)


def _tint(shift: float) -> _Tint | None:
    steps = np.rint(abs(shift) * _levels()).astype(np.uint8)
    return _Tint(steps, adds=shift > 0) if steps.any() else None


def _coloured(planes: Planes, tables: _Tables) -> Planes:
    luma: Any = planes[0]
    chroma: list[Any] = list(planes[1:])
    if tables.luma is not None:
        luma = cv2.LUT(luma, tables.luma)
    if tables.chroma is not None:
        chroma = [cv2.LUT(plane, tables.chroma) for plane in chroma]
    if any(tables.tints):
        height, width = chroma[0].shape
        quarter = cv2.resize(luma, (width, height), interpolation=cv2.INTER_AREA)
        chroma = [
            plane if tint is None else _tinted(plane, cv2.LUT(quarter, tint.steps), tint)
            for plane, tint in zip(chroma, tables.tints, strict=True)
        ]
    return cast("Planes", (luma, *chroma))


def _tinted(plane: Any, steps: Any, tint: _Tint) -> Any:
    if tint.adds:
        return np.minimum(cv2.add(plane, steps), _CHROMA_TOP)
    return np.maximum(cv2.subtract(plane, steps), _BLACK)


def _sharpened(luma: Plane, amount: float) -> Plane:
    luma = np.ascontiguousarray(luma)
    sigma = max(_MIN_SHARPEN_SIGMA, min(luma.shape) * _SHARPEN_SIGMA)
    soft = cv2.GaussianBlur(luma, (0, 0), sigma, borderType=_EDGE)
    strength = amount * _SHARPEN_AMOUNT
    sharp = cv2.addWeighted(luma, 1 + strength, soft, -strength, 0)
    return cast("Plane", np.clip(sharp, _BLACK, _WHITE))
