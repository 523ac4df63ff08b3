"""Ken Burns: how the part of a picture that is looked at moves, eased and unhurried. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from nemo_nb.studio.render.geometry import Spot, View
from nemo_nb.studio.render.segments import held, mapping

ZOOM: Final = 1.12
"""How much closer a still comes over its whole showing: seen as alive, not as a zoom. A pan
runs from edge to edge at this zoom."""

MAX_ZOOM: Final = 10.0


@dataclass(frozen=True, slots=True)
class Motion:
    """A move from one view to another."""

    begin: View
    end: View

    @property
    def closest(self) -> float:
        """The largest zoom on the way."""
        return max(self.begin.zoom, self.end.zoom)

    def within(self, spot: Spot) -> Motion:
        """Return this move with nothing beyond the picture's edges ever looked at."""
        return Motion(_inside(self.begin, spot), _inside(self.end, spot))

    def at(self, progress: float) -> View:
        """Return the view at *progress*, 0 to 1, through the showing.

        The zoom grows by a factor per time, as an eye approaching does, and the view's edges
        run straight from the first to the last.
        """
        done = eased(progress)
        begin, end = self.begin, self.end
        zoom = begin.zoom * (end.zoom / begin.zoom) ** done
        if begin.zoom != end.zoom:
            done = (1 / zoom - 1 / begin.zoom) / (1 / end.zoom - 1 / begin.zoom)
        return View(begin.x + (end.x - begin.x) * done, begin.y + (end.y - begin.y) * done, zoom)


def eased(progress: float) -> float:
    """Return *progress* half smoothstep, half linear: soft at both ends, never standing."""
    return 0.5 * progress + 0.5 * smooth(progress)


def smooth(progress: float) -> float:
    """Return *progress* along a smoothstep: from rest to rest."""
    return progress * progress * (3 - 2 * progress)


def _named() -> dict[str, Motion | None]:
    whole, close = View(), View(zoom=ZOOM)
    left, right = View(0, 0.5, ZOOM), View(1, 0.5, ZOOM)
    top, bottom = View(0.5, 0, ZOOM), View(0.5, 1, ZOOM)
    return {
        "zoom-in": Motion(whole, close),
        "zoom-out": Motion(close, whole),
        "pan-left": Motion(right, left),
        "pan-right": Motion(left, right),
        "pan-up": Motion(bottom, top),
        "pan-down": Motion(top, bottom),
        "none": None,
    }


NAMED: Final = _named()
"""Moves by name; a pan says where the gaze goes."""


def read_motion(meta: Mapping[str, Any], *, still: bool, placed: bool) -> Motion | None:
    """Return the move that a segment's *meta* asks for; None where the picture stands.

    A still comes closer where nothing is said, unless it was *placed* as an inset or a logo.
    A clip moves only where ``from`` and ``to`` are given.
    """
    asked = meta.get("motion")
    given = mapping(asked)
    if given is not None and (mapping(given.get("from")) or mapping(given.get("to"))):
        motion = Motion(_view(given.get("from")), _view(given.get("to")))
        return None if motion.begin == motion.end == View() else motion
    if not still:
        return None
    if isinstance(asked, str) and asked in NAMED:
        return NAMED[asked]
    return None if placed else NAMED["zoom-in"]


def _view(value: Any) -> View:
    given = mapping(value) or {}
    return View(
        held(given.get("x"), 0, 100, 50) / 100,
        held(given.get("y"), 0, 100, 50) / 100,
        held(given.get("zoom"), 1, MAX_ZOOM, 1),
    )


def _inside(view: View, spot: Spot) -> View:
    across, down = spot.reach()
    return View(
        _held_off(view.x, across / view.zoom), _held_off(view.y, down / view.zoom), view.zoom
    )


def _held_off(value: float, half: float) -> float:
    return 0.5 if half >= 0.5 else min(1 - half, max(half, value))  # noqa: PLR2004  the middle
