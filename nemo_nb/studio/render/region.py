"""The part of the canvas that a track is laid out in, as if it were the whole. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from nemo_nb.models import Canvas
from nemo_nb.timeline.draft import number

# A smaller part, in percent of the canvas's side, shows nothing that can be made out.
_LEAST: Final = 2.0
_LEAST_PX: Final = 16


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the canvas, in percent of its width and height."""

    x: float
    y: float
    width: float
    height: float

    def pixels(self, canvas: Canvas) -> tuple[int, int, int, int]:
        """Return left, top, width and height on *canvas*: even, inside it, 16 or more."""
        left, width = _span(self.x, self.width, canvas.width)
        top, height = _span(self.y, self.height, canvas.height)
        return left, top, width, height


def read_region(meta: Mapping[str, Any]) -> Region | None:
    """Return a track's ``m.region``, held within the canvas; None where it is all of it."""
    given = meta.get("region")
    if not isinstance(given, Mapping):
        return None
    values = cast("Mapping[str, Any]", given)
    x, width = _within(number(values.get("x")), number(values.get("width")))
    y, height = _within(number(values.get("y")), number(values.get("height")))
    whole = (x, y, width, height) == (0, 0, 100, 100)
    return None if whole else Region(x, y, width, height)


def _within(start: float | None, length: float | None) -> tuple[float, float]:
    low = min(max(start or 0.0, 0.0), 100.0 - _LEAST)
    return low, min(max(100.0 if length is None else length, _LEAST), 100.0 - low)


def _span(start: float, length: float, whole: int) -> tuple[int, int]:
    # Both ends are rounded alike, so that regions that meet in percent meet in pixels.
    low, high = (round(whole * edge / 200) * 2 for edge in (start, start + length))
    low = max(0, min(low, whole - _LEAST_PX))
    return low, max(_LEAST_PX, min(high, whole) - low)
