"""Drawing on a float picture: gradients, ridges, glows; colours as RGB 0-1, places 0-1.

Pictures are float32 arrays of shape (height, width, 3).
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (cv2's stubs leave arrays open)

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import cv2
import numpy as np

Color = tuple[float, float, float]
Picture = np.ndarray[Any, np.dtype[np.float32]]
Mask = np.ndarray[Any, np.dtype[np.float32]]

_SHIFT: Final = 4
_GRAIN_SIDE: Final = 256
_FAINT: Final = float(np.exp(-8.0))  # of a glow at its end, two radii away


def color(text: str) -> Color:
    """Return ``#rrggbb`` as RGB 0-1."""
    return (int(text[1:3], 16) / 255, int(text[3:5], 16) / 255, int(text[5:7], 16) / 255)


def mix(one: Color, other: Color, share: float) -> Color:
    """Return the colour *share* of the way from *one* to *other*."""
    keep = 1 - share
    return (
        one[0] * keep + other[0] * share,
        one[1] * keep + other[1] * share,
        one[2] * keep + other[2] * share,
    )


def gradient(size: tuple[int, int], stops: Sequence[tuple[float, Color]]) -> Picture:
    """Return a picture of (width, height) whose colours run from top to bottom."""
    width, height = size
    at = np.linspace(0, 1, height)
    places = [place for place, _ in stops]
    column = np.stack(
        [np.interp(at, places, [tone[channel] for _, tone in stops]) for channel in range(3)],
        axis=1,
    )
    return np.repeat(column[:, None, :].astype(np.float32), width, axis=1)


def shape(picture: Picture, points: Sequence[tuple[float, float]], tone: Color) -> None:
    """Fill a polygon in place; points are shares of width and height."""
    shapes(picture, [points], tone)


def shapes(
    picture: Picture,
    polygons: Sequence[Sequence[tuple[float, float]]],
    tone: Color,
    share: float = 1,
) -> None:
    """Fill several polygons of one colour in place; *share* is how opaque they are."""
    height, width = picture.shape[:2]
    # Edges are smooth on 8-bit pictures alone.
    mask = np.zeros((height, width), np.uint8)
    for points in polygons:
        scaled = np.array([(x * width, y * height) for x, y in points]) * (1 << _SHIFT)
        cv2.fillPoly(mask, [np.rint(scaled).astype(np.int32)], 255, cv2.LINE_AA, _SHIFT)
    blend(picture, mask.astype(np.float32) * (share / 255), tone)


def glow(picture: Picture, x: float, y: float, radius: float, tone: Color, power: float) -> None:
    """Add light in place: a soft disc about (x, y); *radius* in shares of the height."""
    height, width = picture.shape[:2]
    reach = max(radius, 1e-3) * height
    left, right = max(0, int(x * width - 2 * reach)), min(width, int(x * width + 2 * reach) + 1)
    top, bottom = max(0, int(y * height - 2 * reach)), min(height, int(y * height + 2 * reach) + 1)
    if left >= right or top >= bottom:
        return
    # So soft that an eighth of the points is enough.
    step = 8 if reach > 64 else 1  # noqa: PLR2004 - px; below that it would show
    across, down = np.meshgrid(np.arange(left, right, step), np.arange(top, bottom, step))
    far = np.hypot(across - x * width, down - y * height) / reach
    light = (np.exp(-(far**2) * 2) - _FAINT).clip(0).astype(np.float32)
    light = np.asarray(cv2.resize(light, (right - left, bottom - top)), np.float32)
    screen(picture[top:bottom, left:right], light * power, tone)


def screen(picture: Picture, light: Mask, tone: Color) -> None:
    """Add light of one colour in place so that nothing burns out."""
    for channel in range(3):
        layer = picture[..., channel]
        layer += (1 - np.clip(layer, 0, 1)) * light * tone[channel]


def blend(picture: Picture, mask: Mask, tone: Color | Picture) -> None:
    """Lay a colour or picture over *picture* in place where *mask* (0-1) says."""
    covered = mask[..., None]
    picture *= 1 - covered
    picture += covered * np.asarray(tone, np.float32)


def ridge(
    picture: Picture,
    rng: np.random.Generator,
    base: float,
    rise: float,
    tone: Color,
    detail: int = 6,
) -> None:
    """Draw a skyline of hills in place, from height *base* down; *rise* is how high they go."""
    points = _fractal(rng, detail) * rise
    across = np.linspace(0, 1, len(points))
    outline = [(float(x), base - float(y)) for x, y in zip(across, points, strict=True)]
    shape(picture, [(0, 1), *outline, (1, 1)], tone)


def _fractal(rng: np.random.Generator, detail: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    line = rng.random(3)
    for step in range(detail):
        line = np.interp(np.linspace(0, len(line) - 1, len(line) * 2 - 1), range(len(line)), line)
        line += rng.normal(0, 0.22 / 1.8**step, len(line))
    return np.clip(line, 0, 1.3)


def soften(picture: Picture, share: float) -> Picture:
    """Return *picture* out of focus; *share* of its width is the blur."""
    height, width = picture.shape[:2]
    sigma = share * width
    if sigma < 1:
        return picture
    # Blurred small: the same picture for a fraction of the time.
    factor = max(1, int(sigma / 3))
    small = cv2.resize(picture, (width // factor, height // factor), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), sigma / factor, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def enlarge(picture: Picture, size: tuple[int, int]) -> Picture:
    """Return *picture* at (width, height)."""
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC), np.float32)


def grain(picture: Picture, rng: np.random.Generator, amount: float) -> None:
    """Add fine noise in place, so that gradients do not band."""
    height, width = picture.shape[:2]
    tile = rng.normal(0, amount, (_GRAIN_SIDE, _GRAIN_SIDE)).astype(np.float32)
    times = (-(-height // _GRAIN_SIDE), -(-width // _GRAIN_SIDE))
    picture += np.tile(tile, times)[:height, :width, None]
