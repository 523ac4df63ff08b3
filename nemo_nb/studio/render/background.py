"""``m.background``: what lies behind a subject that was cut out of its picture.

The alpha comes from ``nemo_nb/studio/matte.py``. A painter takes it with the picture's
planes, frees the outline of the old background's colour (:func:`cut_out`), makes what is to
lie behind (:func:`behind`; nothing for ``transparent``) and lays the one over the other
(:func:`lay`).
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
# cv2's stubs leave array types open; they are named again where its results are kept.

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, cast, get_args

import cv2
import numpy as np

from nemo_nb.studio.render.convert import from_rgb

if TYPE_CHECKING:
    from nemo_nb.studio.render.planes import Plane, Planes

Kind = Literal["transparent", "color", "blur", "picture"]

_COLOR: Final = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
_WHITE: Final = (255, 255, 255)

# Shares of the short side. The blur leaves light and colour of a room, none of its things.
_BLUR: Final = 1 / 40
# How far around an outline its own colours and those behind it are looked for.
_FRINGE: Final = 1 / 90
# What is too thin or too far away to have a neighbour takes the mean of all.
_TRACE: Final = 1e-3


@dataclass(frozen=True, slots=True)
class Background:
    """What lies behind: ``color`` is RGB 0-255, ``src`` a name of the media pool."""

    kind: Kind
    color: tuple[int, int, int] = _WHITE
    src: str = ""


def read_background(meta: Mapping[str, Any]) -> Background | None:
    """Return what a segment's *meta* asks for under ``background``; None where that is nothing.

    A colour that is none is white; a picture without a name is transparent.
    """
    given = meta.get("background")
    if not isinstance(given, Mapping):
        return None
    asked = cast("Mapping[str, Any]", given)
    kind, src = asked.get("kind"), asked.get("src")
    if kind not in get_args(Kind):
        return None
    if kind == "picture":
        named = isinstance(src, str) and src != ""
        return Background("picture", src=cast("str", src)) if named else Background("transparent")
    color = _rgb(asked.get("color")) if kind == "color" else _WHITE
    return Background(cast("Kind", kind), color)


def _rgb(value: Any) -> tuple[int, int, int]:
    found = _COLOR.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        return _WHITE
    digits = found[1]
    if len(digits) == 3:  # noqa: PLR2004  the short form, each digit doubled
        digits = "".join(digit * 2 for digit in digits)
    red, green, blue = bytes.fromhex(digits)
    return red, green, blue


def behind(
    background: Background, planes: Planes, alpha: Plane, photo: Planes | None = None
) -> Planes | None:
    """Return what lies behind *planes*, as large as they are; None for transparent.

    Args:
        background: What was asked for.
        planes: The whole picture.
        alpha: Its subject, shape of the luma.
        photo: For ``picture``: that picture, as large as *planes*.
    """
    if background.kind == "color":
        return flat(background.color, planes)
    if background.kind == "blur":
        return _blurred_behind(planes, alpha)
    return photo if background.kind == "picture" else None


def flat(color: tuple[int, int, int], like: Planes) -> Planes:
    """Return planes of one RGB colour in the shapes of *like*."""
    codes = from_rgb(np.full((2, 2, 3), color, np.uint8))
    parts = zip(codes, like, strict=True)
    return cast("Planes", tuple(np.full(plane.shape, code[0, 0]) for code, plane in parts))


def lay(under: Planes, over: Planes, alpha: Plane, opacity: float = 1.0) -> None:
    """Blend *over* into *under* in place, by *alpha* (shape of the luma) times *opacity*."""
    if opacity < 1:
        alpha = cast("Plane", cv2.convertScaleAbs(alpha, alpha=max(0.0, opacity)))
    half = quarter(alpha)
    for base, top, weight in zip(under, over, (alpha, half, half), strict=True):
        shown = cv2.multiply(np.ascontiguousarray(top), weight, scale=1 / 255)
        rest = cv2.multiply(np.ascontiguousarray(base), cv2.bitwise_not(weight), scale=1 / 255)
        base[...] = cv2.add(shown, rest)


def quarter(alpha: Plane) -> Plane:
    """Return *alpha* for the chroma planes."""
    height, width = alpha.shape
    half = cv2.resize(alpha, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    return cast("Plane", half)


def cut_out(planes: Planes, alpha: Plane) -> Planes:
    """Return *planes* without the old background's colour along the soft edges of *alpha*.

    The colours of subject and background are averaged about each point, weighted by how sure
    alpha is of either, and what the two do not explain is the subject's (Forte, Approximate Fast
    Foreground Colour Estimation, 2021).
    """
    half = quarter(alpha)
    parts = zip(planes, (alpha, half, half), strict=True)
    return cast("Planes", tuple(_freed(plane, weight) for plane, weight in parts))


def _freed(plane: Plane, alpha: Plane) -> Plane:
    soft = (alpha > 0) & (alpha < 255)  # noqa: PLR2004  all of a pixel
    if not soft.any():
        return plane
    height, width = plane.shape
    radius = max(2, round(min(height, width) * _FRINGE))
    share = alpha.astype(np.float32) / 255
    values = plane.astype(np.float32)
    own = _mean_of(values, _surer(share), radius)[soft]
    other = _mean_of(values, _surer(1 - share), radius)[soft]
    weight = share[soft]
    own += weight * (values[soft] - weight * own - (1 - weight) * other)
    freed = np.ascontiguousarray(plane).copy()
    freed[soft] = np.rint(np.clip(own, 16, 240))
    return freed


def _mean_of(values: Any, weight: Any, radius: int) -> Any:
    """Return the weighted mean about each point; far from any weight, the mean of all."""
    side = 2 * radius + 1
    sums = cv2.blur(values * weight, (side, side)) + _TRACE * _total(values, weight)
    return sums / (cv2.blur(weight, (side, side)) + _TRACE)


def _surer(weight: Any) -> Any:
    """Return weights by which those who are sure count more: they have less of the other side."""
    return np.square(np.square(weight))


def _total(values: Any, weight: Any) -> float:
    return float(((weight + _TRACE) * values).sum() / (weight + _TRACE).sum())


def _blurred_behind(planes: Planes, alpha: Plane) -> Planes:
    """Blur what is not the subject, so that no shadow of the subject lies around it."""
    half = quarter(alpha)
    parts = zip(planes, (alpha, half, half), strict=True)
    return cast("Planes", tuple(_blurred_rest(plane, weight) for plane, weight in parts))


def _blurred_rest(plane: Plane, alpha: Plane) -> Plane:
    height, width = plane.shape
    sigma = max(0.5, min(height, width) * _BLUR)
    # Three pixels of a Gaussian are enough; drawn on a copy that is this much smaller.
    factor = max(1.0, sigma / 3)
    size = max(1, round(width / factor)), max(1, round(height / factor))
    values = cv2.resize(plane, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    rest = 1 - cv2.resize(alpha, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    rest = _surer(rest)
    total = _total(values, rest)
    sums, weights = (
        cv2.GaussianBlur(part, (0, 0), sigma / factor, borderType=cv2.BORDER_REPLICATE)
        for part in (values * rest, rest)
    )
    soft = np.rint((sums + _TRACE * total) / (weights + _TRACE)).astype(np.uint8)
    return cast("Plane", cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR))
