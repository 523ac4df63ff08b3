"""Painters that have finished with one frame and are kept for the next."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from nemo_nb.studio.render.footage import Viewing
from nemo_nb.studio.render.geometry import Size
from nemo_nb.studio.render.gops import identity
from nemo_nb.studio.render.painters import Painter
from nemo_nb.studio.render.shots import Shot

_Key = tuple[Shot, Size, tuple[str, ...]]


@dataclass(slots=True)
class Lent:
    """A painter, what it paints, and the time it painted last."""

    key: _Key
    painter: Painter
    at_ms: float


class PainterPool:
    """Opens painters and keeps some of those that are given back; threads may share it.

    A painter holds an open decoder, a photo as planes, a subject cut out: making them takes far
    longer than painting with them. Timelines that differ in other things share those of the
    shots they have in common.

    Args:
        viewing: How the painters' films are looked at.
        room: How many are kept; with none, one that is given back is closed.
    """

    def __init__(self, viewing: Viewing | None = None, room: int = 0) -> None:
        self._viewing = viewing or Viewing()
        self._room = room
        self._lock = threading.Lock()
        self._idle: list[Lent] = []

    def take(self, shot: Shot, assets: Mapping[str, Path], size: Size, at_ms: float) -> Lent:
        """Return a painter of *shot* on *size*; the nearest one before *at_ms* that is kept.

        Raises:
            BrokenMedia: The source cannot be read.
        """
        key = shot, size, tuple(_files(shot, assets)) if self._room else ()
        with self._lock:
            same = [one for one in self._idle if one.key == key]
            if same:
                # One that is behind has to decode on, one that is ahead has to seek.
                best = max(same, key=lambda one: (one.at_ms <= at_ms, one.at_ms))
                self._idle.remove(best)
                return best
        return Lent(key, Painter(shot, assets, size, self._viewing), at_ms)

    def give(self, lent: Lent) -> None:
        """Take a painter back."""
        with self._lock:
            self._idle.append(lent)
            spare = self._idle[: max(0, len(self._idle) - self._room)]
            del self._idle[: len(spare)]
        for one in spare:
            one.painter.close()

    def close(self) -> None:
        """Close those that are kept."""
        with self._lock:
            spare, self._idle = self._idle, []
        for one in spare:
            one.painter.close()


def _files(shot: Shot, assets: Mapping[str, Path]) -> Iterator[str]:
    behind = "" if shot.background is None else shot.background.src
    for name in filter(None, (shot.name, behind)):
        yield identity(assets[name], name)
