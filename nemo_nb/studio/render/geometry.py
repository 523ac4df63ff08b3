"""Where a picture goes: crop, turn, flip, fit, position and scale as one affine map. Pure.

A source is first made *upright* (as its file says), then cropped, turned by quarters and
flipped: all of that moves whole pixels. What is left is a tilt, one scale and a place:
:class:`Spot`. Where nothing is tilted a picture's box has even pixels (4:2:0), so that it
meets its neighbours without blending.

``contain`` shows all of the picture, as it is turned; ``cover`` leaves nothing of its box
free, which is as large as the canvas times the scale and stands upright whatever the tilt.
"""

# ruff: noqa: PLC0415  edits read framings, too, in a studio that starts without numpy

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from nemo_nb.studio.render.segments import held, mapping
from nemo_nb.timeline.draft import number

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

Size = tuple[int, int]
Fit = Literal["contain", "cover", "blur"]

LEAST_CROP: Final = 1.0
"""The least of a picture that a crop leaves in either direction, percent."""

SCALES: Final = (0.01, 20.0)
POSITIONS: Final = (-200.0, 300.0)
_QUARTER: Final = 90.0
_DIGITS: Final = 2  # a hundredth of a degree is a fifth of a pixel on 1080p


@dataclass(frozen=True, slots=True)
class Crop:
    """A part of the upright source, in percent of it."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Framing:
    """How a picture is laid on the canvas.

    It is cropped, turned ``quarters`` times clockwise, flipped, and tilted by ``tilt`` degrees
    clockwise as seen (-45 to 45). ``x`` and ``y`` are where its middle lies, in percent of the
    canvas; ``scale`` 1 is the size that ``fit`` gives.
    """

    fit: Fit = "contain"
    crop: Crop | None = None
    quarters: int = 0
    tilt: float = 0.0
    flip_x: bool = False
    flip_y: bool = False
    x: float = 50.0
    y: float = 50.0
    scale: float = 1.0

    @property
    def placed(self) -> bool:
        """Whether it has a place of its own on the canvas."""
        return (self.x, self.y, self.scale) != (50.0, 50.0, 1.0)


def read_framing(meta: Mapping[str, Any]) -> Framing:
    """Return how a segment's *meta* frames its picture; nonsense is taken as missing."""
    fit, flip = meta.get("fit"), meta.get("flip")
    place = mapping(meta.get("position")) or {}
    angle = round((number(meta.get("rotate")) or 0.0) % 360, _DIGITS)
    quarters = round(angle / _QUARTER)
    tilt = angle - quarters * _QUARTER
    flip_x, flip_y = flip in ("horizontal", "both"), flip in ("vertical", "both")
    return Framing(
        fit=cast("Fit", fit) if fit in ("cover", "blur") else "contain",
        crop=_read_crop(meta.get("crop")),
        quarters=quarters % 4,
        # The flip comes last: a mirror turns the sense of a tilt about.
        tilt=(-tilt if flip_x != flip_y else tilt) or 0.0,
        flip_x=flip_x,
        flip_y=flip_y,
        x=held(place.get("x"), *POSITIONS, 50.0),
        y=held(place.get("y"), *POSITIONS, 50.0),
        scale=held(meta.get("scale"), *SCALES, 1.0),
    )


def _read_crop(value: Any) -> Crop | None:
    given = mapping(value)
    if given is None:
        return None
    x = held(given.get("x"), 0, 100 - LEAST_CROP, 0)
    y = held(given.get("y"), 0, 100 - LEAST_CROP, 0)
    crop = Crop(
        x,
        y,
        held(given.get("width"), LEAST_CROP, 100 - x, 100 - x),
        held(given.get("height"), LEAST_CROP, 100 - y, 100 - y),
    )
    return None if (crop.width, crop.height) == (100, 100) else crop


@dataclass(frozen=True, slots=True)
class View:
    """The part of a picture looked at: its middle in shares of the picture, and how close."""

    x: float = 0.5
    y: float = 0.5
    zoom: float = 1.0


@dataclass(frozen=True, slots=True)
class Spot:
    """A picture's place on a canvas, in pixels.

    ``width`` and ``height`` are the whole picture's at zoom 1. The box is what of the canvas it
    may paint, even numbers, also beyond the canvas; ``middle`` is where the picture's middle
    lies. ``tilt`` is in radians, clockwise; ``slanted`` says that the picture's own edges are
    tilted inside the box.
    """

    width: int
    height: int
    box_x: int
    box_y: int
    box_width: int
    box_height: int
    middle: tuple[float, float]
    tilt: float = 0.0
    slanted: bool = False

    def covers(self, canvas: Size) -> bool:
        """Whether nothing of the canvas is left beside it."""
        return not self.slanted and self.visible(canvas) == (0, 0, *canvas)

    def visible(self, canvas: Size) -> tuple[int, int, int, int]:
        """Return the part of the box on the canvas: x, y, width, height; it may be empty."""
        x, width = _cut(self.box_x, self.box_width, canvas[0])
        y, height = _cut(self.box_y, self.box_height, canvas[1])
        return x, y, width, height

    def reach(self) -> tuple[float, float]:
        """Return how much of the picture shows at zoom 1 to either side, as shares of it."""
        if self.slanted:
            return 0.5, 0.5
        cos, sin = abs(math.cos(self.tilt)), abs(math.sin(self.tilt))
        across = cos * self.box_width + sin * self.box_height
        down = sin * self.box_width + cos * self.box_height
        return across / self.width / 2, down / self.height / 2

    def matrix(self, view: View, picture: Size, origin: tuple[int, int]) -> Matrix:
        """Return the map from canvas to picture, 2 x 3, both in pixels with corners at 0.

        Args:
            view: What is looked at.
            picture: The size in pixels of what is warped.
            origin: Where on the canvas the target's own corner lies.
        """
        import numpy as np

        across = picture[0] / (self.width * view.zoom)
        down = picture[1] / (self.height * view.zoom)
        cos, sin = math.cos(self.tilt), math.sin(self.tilt)
        linear = np.array([[across * cos, across * sin], [-down * sin, down * cos]])
        seen = np.array([view.x * picture[0], view.y * picture[1]])
        shift = seen - linear @ (np.array(self.middle) - np.array(origin))
        return np.column_stack([linear, shift])


def place(size: tuple[float, float], canvas: Size, framing: Framing) -> Spot:
    """Place a picture of *size*, cropped and turned already, on a *canvas*.

    ``blur`` is placed as ``contain`` is.
    """
    tilt = math.radians(framing.tilt)
    cos, sin = abs(math.cos(tilt)), abs(math.sin(tilt))
    covers = framing.fit == "cover"
    if covers:
        needed = canvas[0] * cos + canvas[1] * sin, canvas[0] * sin + canvas[1] * cos
        fitted = max(needed[0] / size[0], needed[1] / size[1])
    else:
        taken = size[0] * cos + size[1] * sin, size[0] * sin + size[1] * cos
        fitted = min(canvas[0] / taken[0], canvas[1] / taken[1])
    scale = fitted * framing.scale
    width, height = even(size[0] * scale), even(size[1] * scale)
    slanted = bool(tilt) and not covers
    if covers:
        box = even(canvas[0] * framing.scale), even(canvas[1] * framing.scale)
        if not tilt:
            width, height = max(width, box[0]), max(height, box[1])
    elif slanted:
        box = _even_up(width * cos + height * sin), _even_up(width * sin + height * cos)
    else:
        box = width, height
    asked = canvas[0] * framing.x / 100, canvas[1] * framing.y / 100
    box_x, box_y = _even_down(asked[0] - box[0] / 2), _even_down(asked[1] - box[1] / 2)
    return Spot(
        width=width,
        height=height,
        box_x=box_x,
        box_y=box_y,
        box_width=box[0],
        box_height=box[1],
        middle=asked if slanted else (box_x + box[0] / 2, box_y + box[1] / 2),
        tilt=tilt,
        slanted=slanted,
    )


def coverage(spot: Spot, part: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    """Return how much of each pixel of *part* (x, y, width, height) a slanted picture covers.

    Its edges are as soft as one pixel; 255 is inside. Shape (height, width).
    """
    import numpy as np

    x, y, width, height = part
    cos, sin = math.cos(spot.tilt), math.sin(spot.tilt)
    across = np.arange(width, dtype=np.float32) + (x + 0.5 - spot.middle[0])
    down = np.arange(height, dtype=np.float32) + (y + 0.5 - spot.middle[1])
    across, down = across[None, :], down[:, None]
    to_side = spot.width / 2 + 0.5 - np.abs(across * cos + down * sin)
    to_top = spot.height / 2 + 0.5 - np.abs(down * cos - across * sin)
    inside = np.clip(to_side, 0, 1) * np.clip(to_top, 0, 1)
    return np.rint(inside * 255).astype(np.uint8)


def _cut(start: int, length: int, side: int) -> tuple[int, int]:
    first, last = min(max(0, start), side), max(0, min(side, start + length))
    return first, max(0, last - first)


def even(value: float) -> int:
    """Return the nearest even number of pixels, 2 or more."""
    return max(2, 2 * round(value / 2))


def _even_up(value: float) -> int:
    return 2 * math.ceil(value / 2) + 2


def _even_down(value: float) -> int:
    return 2 * math.floor(value / 2)
