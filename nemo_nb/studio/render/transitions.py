"""How one picture passes into the next: a pure function a kind, on layers of one size.

Each takes the picture before, the picture after, how far it has come (0 to 1) and a
direction, and returns the picture between: at 0 the one before, at 1 the one after. A new
kind is one function here and its name in :data:`KINDS`.

A direction says where the new picture moves to: to the ``left`` it comes in from the right.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
# cv2's stubs leave array types open; they are named again where its results are kept.

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

import cv2
import numpy as np

from nemo_nb.studio.render.layer import Layer, multiplied, opaque_alphas
from nemo_nb.studio.render.motion import smooth
from nemo_nb.studio.render.segments import mapping
from nemo_nb.studio.render.warp import both, mirrored, moved
from nemo_nb.timeline.draft import number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nemo_nb.studio.render.planes import Plane, Planes

    Matrix = NDArray[np.float64]

Mixer = Callable[[Layer, Layer, float, str], Layer]

_TOWARDS: Final = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
_ALIASES: Final = {"crossfade": "dissolve", "fade": "dissolve"}
_BLACK: Final = (16, 128, 128)
_WHITE: Final = (235, 128, 128)
_WIPE_EDGE: Final = 0.04
"""How soft the edge of a wipe is, as a share of the way: seen as an edge, not as a stair."""
_ZOOM: Final = 1.5
"""By how much a zoom enlarges the old picture, and how much smaller the new one begins."""


@dataclass(frozen=True, slots=True)
class Transition:
    """What lies at the beginning of a shot; ``length_ms`` is what was asked for."""

    kind: str
    direction: str
    length_ms: float


def read_transition(meta: Mapping[str, Any]) -> Transition | None:
    """Return what ``m.transition`` asks for; None for a cut and for kinds nobody knows."""
    asked = mapping(meta.get("transition")) or {}
    kind, direction = asked.get("kind"), asked.get("direction")
    if not isinstance(kind, str):
        return None
    kind = _ALIASES.get(kind, kind)
    length_ms = number(asked.get("ms")) or 0.0
    if kind not in KINDS or length_ms <= 0:
        return None
    known = DIRECTIONS.get(kind, ())
    if isinstance(direction, str) and direction in known:
        return Transition(kind, direction, length_ms)
    return Transition(kind, known[0] if known else "", length_ms)


def between(before: Layer, after: Layer, done: float, transition: Transition) -> Layer:
    """Return the picture of *transition* when it is *done*, 0 to 1."""
    if done <= 0:
        return before
    if done >= 1:
        return after
    return KINDS[transition.kind](before, after, done, transition.direction)


def dissolve(before: Layer, after: Layer, done: float, _direction: str) -> Layer:
    """One shines through the other."""
    return _mixed(before, after, done)


def fade_black(before: Layer, after: Layer, done: float, _direction: str) -> Layer:
    """Down to black, and up from it."""
    return _through(before, after, done, _BLACK)


def fade_white(before: Layer, after: Layer, done: float, _direction: str) -> Layer:
    """Up to white, and down from it."""
    return _through(before, after, done, _WHITE)


def wipe(before: Layer, after: Layer, done: float, direction: str) -> Layer:
    """The new one is uncovered along an edge that runs across; nothing moves."""
    across, down = _TOWARDS[direction]
    axis, backwards = (1, across < 0) if across else (0, down < 0)
    return both(before, after, lambda a, b: _uncovered(a, b, smooth(done), axis, backwards))


def slide(before: Layer, after: Layer, done: float, direction: str) -> Layer:
    """The new one moves in over the old one, which stays."""
    return _covering(before, after, _shift(after, smooth(done) - 1, direction))


def push(before: Layer, after: Layer, done: float, direction: str) -> Layer:
    """The new one moves in and pushes the old one out."""
    way = smooth(done)
    leaving = moved(before, _shift(before, way, direction))
    coming = moved(after, _shift(after, way - 1, direction))
    # They meet along one edge and share its pixels, so their sum is whole.
    joined = both(leaving, coming, lambda a, b: cast("Plane", cv2.add(a, b)))
    opaque = before.alphas is None and after.alphas is None
    return Layer(joined.planes) if opaque else joined


def zoom(before: Layer, after: Layer, done: float, direction: str) -> Layer:
    """In: both come closer while one shines through the other. Out: both go further away.

    Beside the smaller one its mirror image goes on, so that no edge is seen.
    """
    if direction == "out":
        return zoom(after, before, 1 - done, "in")
    way = smooth(done)
    close = mirrored(before, _magnified(before, _ZOOM**way))
    far = mirrored(after, _magnified(after, _ZOOM ** (way - 1)))
    return _mixed(close, far, way)


KINDS: Final[dict[str, Mixer]] = {
    "dissolve": dissolve,
    "fade-black": fade_black,
    "fade-white": fade_white,
    "wipe": wipe,
    "slide": slide,
    "push": push,
    "zoom": zoom,
}
DIRECTIONS: Final[dict[str, tuple[str, ...]]] = {
    "wipe": tuple(_TOWARDS),
    "slide": tuple(_TOWARDS),
    "push": tuple(_TOWARDS),
    "zoom": ("in", "out"),
}
"""The directions of each kind that has some; the first is meant where none is given."""


def _mixed(one: Layer, other: Layer, share: float) -> Layer:
    return both(one, other, lambda a, b: cast("Plane", cv2.addWeighted(a, 1 - share, b, share, 0)))


def _through(before: Layer, after: Layer, done: float, color: tuple[int, int, int]) -> Layer:
    """Fade to *color* in the first half and from it in the second, where there is a picture."""
    side, share = (before, 2 * done) if done < 0.5 else (after, 2 - 2 * done)  # noqa: PLR2004  the middle
    alphas = opaque_alphas(side)
    flat = [
        cv2.convertScaleAbs(alpha, alpha=level / 255)
        for alpha, level in zip((alphas[0], alphas[1], alphas[1]), color, strict=True)
    ]
    return _mixed(side, Layer(cast("Planes", tuple(flat)), side.alphas), share)


def _uncovered(before: Plane, after: Plane, way: float, axis: int, backwards: bool) -> Plane:  # noqa: FBT001  pure arithmetic
    """Return *after* where the edge has passed, *before* where it has not."""
    length = before.shape[axis]
    places = (np.arange(length, dtype=np.float32) + 0.5) / length
    if backwards:
        places = 1 - places
    share = np.clip((way * (1 + _WIPE_EDGE) - places) / _WIPE_EDGE, 0, 1)
    result = before.copy()
    along = (slice(None),) * axis
    passed = (*along, _run(share >= 1))
    result[passed] = after[passed]
    edge = _run((share > 0) & (share < 1))
    weight = share[edge] if axis else share[edge, None]
    old, new = before[(*along, edge)].astype(np.float32), after[(*along, edge)]
    result[(*along, edge)] = np.rint(old + (new - old) * weight)
    return result


def _run(chosen: NDArray[np.bool_]) -> slice:
    """Return the one run of True in *chosen* as a slice."""
    places = np.flatnonzero(chosen)
    return slice(int(places[0]), int(places[-1]) + 1) if places.size else slice(0, 0)


def _covering(before: Layer, after: Layer, matrix: Matrix) -> Layer:
    """Lay *after*, moved by *matrix*, on *before*.

    Inside its frame it replaces the old picture, also where it lets others through: so nothing
    of the old one is left that would vanish at once at the end.
    """
    coming = moved(after, matrix)
    frame = coming.alphas if after.alphas is None else moved(Layer(after.planes), matrix).alphas
    rest = tuple(cv2.bitwise_not(alpha) for alpha in cast("Any", frame))
    left = multiplied(before, cast("tuple[Plane, Plane]", rest))
    joined = both(left, coming, lambda a, b: cast("Plane", cv2.add(a, b)))
    opaque = before.alphas is None and after.alphas is None
    return Layer(joined.planes) if opaque else joined


def _shift(layer: Layer, way: float, direction: str) -> Matrix:
    """Return the map of a picture that has gone *way* of its own size in a *direction*."""
    across, down = _TOWARDS[direction]
    width, height = layer.size
    return np.array([[1.0, 0.0, -across * way * width], [0.0, 1.0, -down * way * height]])


def _magnified(layer: Layer, factor: float) -> Matrix:
    """Return the map of a picture made larger about its middle."""
    width, height = layer.size
    kept = (1 - 1 / factor) / 2
    return np.array([[1 / factor, 0.0, kept * width], [0.0, 1 / factor, kept * height]])
