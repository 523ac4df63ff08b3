"""One way from a plan to pictures, for exports and for single frames alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nemo_nb.media.probe import inspect
from nemo_nb.models import Canvas, MediaInfo
from nemo_nb.studio.render import planes as px
from nemo_nb.studio.render.gops import identity
from nemo_nb.studio.render.layer import lay
from nemo_nb.studio.render.painter_pool import Lent, PainterPool
from nemo_nb.studio.render.plan import Plan, make_plan, sources
from nemo_nb.studio.render.region import Region
from nemo_nb.studio.render.segments import ROUNDING_MS
from nemo_nb.studio.render.shots import Shot, shots_at
from nemo_nb.studio.render.timetable import Timetable
from nemo_nb.studio.render.transitions import between
from nemo_nb.studio.render.writing import Writing

if TYPE_CHECKING:
    import av

    from nemo_nb.studio.render.painters import Painter

_KEPT_LOOKS: Final = 256


class Compositor:
    """Paints the frames of a plan, best in order; sources are open only while they show.

    Args:
        plan: What to paint.
        assets: The media files by their name in the draft.
        pool: Where painters come from and go to.
        ground: The luma of what lies under all pictures: black, as films have it.
    """

    def __init__(
        self,
        plan: Plan,
        assets: Mapping[str, Path],
        pool: PainterPool | None = None,
        *,
        ground: int = px.BLACK_LUMA,
    ) -> None:
        self._plan = plan
        self._ground = ground
        self._assets = assets
        self._pool = pool or PainterPool()
        self._lent: dict[Shot, Lent] = {}
        self._lanes = [
            Timetable((shot, shot.shown_from_ms, shot.shown_to_ms) for shot in lane)
            for lane in plan.lanes
        ]
        self._writing = Writing(plan.words, plan.canvas, assets)

    def frame(self, index: int) -> av.VideoFrame:
        """Return frame *index*: a new yuv420p frame, BT.709 limited, its time unset.

        Raises:
            BrokenMedia: A source cannot be read; it is named.
        """
        canvas, at_ms = self._plan.canvas, self._plan.time_ms(index)
        frame = px.new_frame(canvas.width, canvas.height)
        planes = px.views(frame)
        self._paint_lanes(planes, at_ms)
        self._writing.paint(planes, at_ms)
        return frame

    @property
    def missing(self) -> tuple[str, ...]:
        """Characters that no font can draw; they are left out of the picture."""
        return self._writing.missing

    @property
    def missing_fonts(self) -> tuple[str, ...]:
        """Font families and files that styles name and that are not there."""
        return self._writing.missing_fonts

    def rest(self) -> None:
        """Give the painters back until the next frame."""
        self._close_unseen(set())

    def close(self) -> None:
        """Close every source."""
        self.rest()
        self._writing.close()

    def _paint_lanes(self, planes: px.Planes, at_ms: float) -> None:
        shown = [shots_at(lane.near(at_ms + ROUNDING_MS), at_ms) for lane in self._lanes]
        self._close_unseen({shot for shots in shown for shot in shots})
        # Whatever lies under a picture that fills the canvas is neither decoded nor painted.
        visible: list[tuple[Shot, ...]] = []
        for shots in filter(None, reversed(shown)):
            visible.append(shots)
            if all(self._covers(shot, at_ms) for shot in shots):
                break
        else:
            px.clear(planes, self._ground)
        for shots in reversed(visible):
            self._paint(self._within(planes, shots[0].region), shots, at_ms)

    def _covers(self, shot: Shot, at_ms: float) -> bool:
        return shot.region is None and self._painter(shot, at_ms).covers(at_ms)

    def _paint(self, planes: px.Planes, shots: tuple[Shot, ...], at_ms: float) -> None:
        transition = shots[-1].transition
        if len(shots) == 1 or transition is None:
            self._painter(shots[-1], at_ms).paint(planes, at_ms)
            return
        before, after = (self._painter(shot, at_ms).layer(at_ms) for shot in shots)
        lay(planes, between(before, after, shots[-1].arrival(at_ms), transition))

    def _painter(self, shot: Shot, at_ms: float) -> Painter:
        lent = self._lent.get(shot)
        if lent is None:
            canvas = self._canvas(shot.region)
            size = canvas.width, canvas.height
            lent = self._lent[shot] = self._pool.take(shot, self._assets, size, at_ms)
        lent.at_ms = at_ms
        return lent.painter

    def _close_unseen(self, seen: set[Shot]) -> None:
        for shot in [shot for shot in self._lent if shot not in seen]:
            self._pool.give(self._lent.pop(shot))

    def _canvas(self, region: Region | None) -> Canvas:
        if region is None:
            return self._plan.canvas
        _, _, width, height = region.pixels(self._plan.canvas)
        return replace(self._plan.canvas, width=width, height=height)

    def _within(self, planes: px.Planes, region: Region | None) -> px.Planes:
        return planes if region is None else px.window(planes, *region.pixels(self._plan.canvas))


def plan_of(draft: Any, assets: Mapping[str, Path], canvas: Canvas | None = None) -> Plan:
    """Return the plan of *draft* with its sources looked into.

    Raises:
        NotReady: There is nothing to render.
        RenderFailed: A source is not in *assets*, or the size or length is out of bounds.
        BrokenMedia: A source is gone or cannot be read; it is named.
    """
    media = {name: _look(assets[name], name) for name in sources(draft) if name in assets}
    return make_plan(draft, media, canvas)


def _look(path: Path, name: str) -> MediaInfo:
    return _look_once(path, name, identity(path, name))


@lru_cache(maxsize=_KEPT_LOOKS)
def _look_once(path: Path, name: str, _identity: str) -> MediaInfo:
    """Look into a file that has not changed only once: previews come by the dozen."""
    return inspect(path, name=name)
