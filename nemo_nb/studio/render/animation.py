"""How a text moves: its opacity, offset and size at a time. Pure.

An entrance and an exit take no more than half of the text's time each, so that it always
comes to rest. Words and letters that appear one by one are ``speech`` and ``reveal``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from nemo_nb.studio.render.segments import ROUNDING_MS
from nemo_nb.studio.render.words import Words

SLIDE_MS: Final = 350
POP_MS: Final = 300

# How far a slide goes, in percent of the short side: enough to be seen as a movement.
_SLIDE: Final = 9.0
_DIRECTIONS: Final = {
    "slide-up": (0, -1),
    "slide-down": (0, 1),
    "slide-left": (-1, 0),
    "slide-right": (1, 0),
}
# A pop begins at this size and overshoots; "back" easing after R. Penner, "Programming
# Macromedia Flash MX" (2002), whose constant overshoots by a tenth.
_POP_FROM: Final = 0.55
_OVERSHOOT: Final = 1.70158
# It is fully there after this share of a movement: what moves and is faint looks blurred.
_OPAQUE_AFTER: Final = 0.5
# Sizes are rounded to these steps, so that few pictures are scaled and both ways share them.
_SIZES: Final = 48


@dataclass(frozen=True, slots=True)
class Pose:
    """How a text is laid on: offsets in percent of the canvas's short side, y downwards."""

    opacity: float
    dx: float = 0.0
    dy: float = 0.0
    scale: float = 1.0


def pose(words: Words, at_ms: float) -> Pose | None:
    """Return how *words* show at *at_ms*; None where they do not."""
    opacity = words.alpha(at_ms)
    if opacity <= 0:
        return None
    style = words.style
    at = at_ms + ROUNDING_MS
    entered = _moved(style.animation, style.animation_ms, at - words.start_ms, words.duration_ms)
    left = _moved(style.exit, style.animation_ms, words.end_ms - at, words.duration_ms)
    dx = dy = 0.0
    scale = 1.0
    # An exit is its entrance backwards, but it goes on in the direction it is named after.
    for name, share, way in ((style.animation, entered, -1), (style.exit, left, 1)):
        if share >= 1:
            continue
        opacity *= min(1.0, share / _OPAQUE_AFTER)
        if name == "pop":
            scale *= _POP_FROM + (1 - _POP_FROM) * _back(share)
        else:
            x, y = _DIRECTIONS[name]
            rest = way * _SLIDE * (1 - share) ** 3
            dx, dy = dx + x * rest, dy + y * rest
    return Pose(opacity, dx, dy, round(scale * _SIZES) / _SIZES) if opacity > 0 else None


def _moved(name: str, given_ms: int, since_ms: float, whole_ms: int) -> float:
    """Return how far a movement has come, 0 to 1; 1 where there is none."""
    if name != "pop" and name not in _DIRECTIONS:
        return 1.0
    length = given_ms if given_ms > 0 else POP_MS if name == "pop" else SLIDE_MS
    return min(1.0, since_ms / min(length, whole_ms / 2))


def _back(share: float) -> float:
    rest = share - 1
    return 1 + (_OVERSHOOT + 1) * rest**3 + _OVERSHOOT * rest**2
