"""Where a text goes on its canvas: anchors, margins, and what phone apps draw over. Pure."""

from __future__ import annotations

from typing import Final

from nemo_nb.models import Canvas
from nemo_nb.timeline.styles import TextStyle

# What TikTok, Reels and Shorts cover of a 9:16 picture, in percent of its height and width:
# name and search above, caption and sound below, the buttons on the right. Meta's help pages
# ask for 14 % above and 6 % at the sides; below, guides to TikTok say 20 % and to Shorts 25 %
# (Meta's 35 % is for advertisements with a button). The rail of buttons is 120-130 of 1080.
_PHONE_TOP: Final = 14.0
_PHONE_BOTTOM: Final = 25.0
_PHONE_LEFT: Final = 6.0
_PHONE_RIGHT: Final = 12.0
# From this shape on (9:16 is 1.78) a picture is taken to be made for a phone's whole screen.
_PHONE_SHAPE: Final = 1.7

Insets = tuple[float, float, float, float]


def insets(style: TextStyle, canvas: Canvas) -> Insets:
    """Return what *style* keeps free at the left, top, right and bottom of *canvas*, px."""
    margin = canvas.short_side * style.margin / 100
    if style.safe_area == "off" or canvas.height < canvas.width * _PHONE_SHAPE:
        return margin, margin, margin, margin
    return (
        max(margin, canvas.width * _PHONE_LEFT / 100),
        max(margin, canvas.height * _PHONE_TOP / 100),
        max(margin, canvas.width * _PHONE_RIGHT / 100),
        max(margin, canvas.height * _PHONE_BOTTOM / 100),
    )


def room(style: TextStyle, canvas: Canvas) -> tuple[float, float]:
    """Return the width and height in px that a text may take."""
    left, top, right, bottom = insets(style, canvas)
    # In the middle, what is kept free on one side is kept free on the other.
    across = left + right if _side(style, "left", "right") else 2 * max(left, right)
    return (
        min(canvas.width * style.max_width / 100, canvas.width - across),
        canvas.height - top - bottom,
    )


def corner(style: TextStyle, canvas: Canvas, size: tuple[float, float]) -> tuple[float, float]:
    """Return the top left corner of a *size* box, px.

    ``position`` names a place of the free area. With ``x`` or ``y`` it names the point of the
    box that lies at that percentage of the canvas; then the box is held inside the canvas.
    """
    left, top, right, bottom = insets(style, canvas)
    side, height = _side(style, "left", "right"), _side(style, "top", "bottom")
    return (
        _along(style.x, side, (canvas.width, size[0]), (left, right)),
        _along(style.y, height, (canvas.height, size[1]), (top, bottom)),
    )


def _side(style: TextStyle, low: str, high: str) -> int:
    """Return -1 for the *low* side, 1 for the *high* one, 0 between them."""
    return (high in style.position) - (low in style.position)


def _along(
    given: float | None, side: int, lengths: tuple[float, float], free: tuple[float, float]
) -> float:
    whole, part = lengths
    if given is not None:
        start = whole * given / 100 - part * (side + 1) / 2
        return max(0.0, min(start, whole - part))
    if side:
        return free[0] if side < 0 else whole - part - free[1]
    # The middle of the picture, unless that reaches into what is kept free.
    return max(free[0], min((whole - part) / 2, whole - part - free[1]))
