"""Where a picture goes on the canvas. Pure geometry, even pixels throughout (4:2:0)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Size = tuple[int, int]
Fit = Literal["contain", "cover", "blur"]


@dataclass(frozen=True, slots=True)
class Placement:
    """A picture scaled to ``width`` x ``height``, of which a part shows on the canvas.

    ``box_*`` is the visible part: its size and its place on the canvas. ``crop_*`` is where
    in the scaled picture it begins. All in pixels, all even.
    """

    width: int
    height: int
    box_x: int
    box_y: int
    box_width: int
    box_height: int
    crop_x: int
    crop_y: int

    def covers(self, canvas: Size) -> bool:
        """Whether nothing of the canvas is left beside it."""
        return (self.box_width, self.box_height) == canvas


def place(size: Size, canvas: Size, fit: Fit) -> Placement:
    """Place a picture of *size* on a *canvas*; ``blur`` is placed as ``contain`` is."""
    scales = canvas[0] / size[0], canvas[1] / size[1]
    scale = max(scales) if fit == "cover" else min(scales)
    width, height = _even(size[0] * scale), _even(size[1] * scale)
    if fit == "cover":
        width, height = max(width, canvas[0]), max(height, canvas[1])
    box_width, box_height = min(width, canvas[0]), min(height, canvas[1])
    return Placement(
        width=width,
        height=height,
        box_x=_even_down((canvas[0] - box_width) / 2),
        box_y=_even_down((canvas[1] - box_height) / 2),
        box_width=box_width,
        box_height=box_height,
        crop_x=_even_down((width - box_width) / 2),
        crop_y=_even_down((height - box_height) / 2),
    )


def _even(value: float) -> int:
    return max(2, 2 * round(value / 2))


def _even_down(value: float) -> int:
    return int(value) // 2 * 2
