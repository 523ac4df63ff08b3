"""One way from a plan to pictures, for exports and for single frames alike."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nemo_nb.errors import BrokenMedia
from nemo_nb.media.probe import inspect
from nemo_nb.models import Canvas, MediaInfo
from nemo_nb.studio.render import planes as px
from nemo_nb.studio.render.painters import Painter, open_painter
from nemo_nb.studio.render.plan import Plan, make_plan, sources
from nemo_nb.studio.render.segments import ROUNDING_MS
from nemo_nb.studio.render.shots import Shot, shots_at
from nemo_nb.studio.render.stacking import GAP, between, stacked
from nemo_nb.studio.render.text import TextImage, draw_text
from nemo_nb.studio.render.tiles import Tile
from nemo_nb.studio.render.timetable import Timetable
from nemo_nb.studio.render.words import Words

if TYPE_CHECKING:
    import av
    from PIL import Image

_KEPT_LOOKS: Final = 256


class Compositor:
    """Paints the frames of a plan, best in order; sources are open only while they show."""

    def __init__(self, plan: Plan, assets: Mapping[str, Path]) -> None:
        self._plan = plan
        self._assets = assets
        self._painters: dict[Shot, Painter] = {}
        self._tiles: dict[Words, Tile] = {}
        self._texts = stacked(plan.words, plan.canvas)
        self._words = Timetable((words, words.start_ms, words.end_ms) for words in self._texts)
        self._lanes = [
            Timetable((shot, shot.shown_from_ms, shot.shown_to_ms) for shot in lane)
            for lane in plan.lanes
        ]

    def frame(self, index: int) -> av.VideoFrame:
        """Return frame *index*: a new yuv420p frame, BT.709 limited, its time unset.

        Raises:
            BrokenMedia: A source cannot be read; it is named.
        """
        canvas, at_ms = self._plan.canvas, self._plan.time_ms(index)
        frame = px.new_frame(canvas.width, canvas.height)
        planes = px.views(frame)
        self._paint_lanes(planes, at_ms)
        seen = [
            (words, opacity)
            for words in self._words.near(at_ms + ROUNDING_MS)
            if (opacity := words.alpha(at_ms)) > 0
        ]
        self._tiles = {words: self._tile(words) for words, _ in seen}
        for words, opacity in seen:
            self._tiles[words].blend(planes, opacity)
        return frame

    def close(self) -> None:
        """Close every source."""
        for painter in self._painters.values():
            painter.close()
        self._painters.clear()
        self._tiles.clear()

    def _paint_lanes(self, planes: px.Planes, at_ms: float) -> None:
        shown = [shots_at(lane.near(at_ms + ROUNDING_MS), at_ms) for lane in self._lanes]
        self._close_unseen({shot for shots in shown for shot, _ in shots})
        # Whatever lies under a picture that fills the canvas is neither decoded nor painted.
        lowest = 0
        for level, shots in enumerate(shown):
            if shots and all(self._painter(shot).covers for shot, _ in shots):
                lowest = level
        visible = shown[lowest:]
        if not (visible and visible[0] and self._painter(visible[0][0][0]).covers):
            px.clear(planes)
        for shots in visible:
            for shot, weight in shots:
                self._paint(planes, shot, weight, at_ms)

    def _paint(self, planes: px.Planes, shot: Shot, weight: float, at_ms: float) -> None:
        painter = self._painter(shot)
        if weight >= 1:
            painter.paint(planes, at_ms)
            return
        under = px.duplicate(planes)
        painter.paint(planes, at_ms)
        px.mix(planes, under, 1 - weight)

    def _painter(self, shot: Shot) -> Painter:
        if shot not in self._painters:
            path = self._assets[shot.name]
            self._painters[shot] = open_painter(shot, path, self._plan.canvas)
        return self._painters[shot]

    def _close_unseen(self, seen: set[Shot]) -> None:
        for shot in [shot for shot in self._painters if shot not in seen]:
            self._painters.pop(shot).close()

    def _tile(self, words: Words) -> Tile:
        if words in self._tiles:
            return self._tiles[words]
        image = self._drawn(words)
        return Tile(image.rgba, image.x, image.y + self._pushed(words), self._plan.canvas)

    def _drawn(self, words: Words) -> TextImage:
        return draw_text(words.text, words.style, self._plan.canvas)

    def _pushed(self, words: Words) -> int:
        """Return how far *words* stand off their place for those nearer to the edge, px, even."""
        if not words.row:
            return 0
        canvas = self._plan.canvas
        gap = GAP / 100 * min(canvas.width, canvas.height)
        heights = [
            max((self._drawn(other).rgba.shape[0] for other in row), default=0)
            for row in between(words, self._texts, canvas)
        ]
        away = round(sum(height + gap for height in heights if height) / 2) * 2
        return -away if "bottom" in words.style.position else away


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
    if not path.is_file():
        raise BrokenMedia(f"{name} is gone.", "Its file no longer exists.", "Upload it again.")
    stat = path.stat()
    return _look_once(path, name, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=_KEPT_LOOKS)
def _look_once(path: Path, name: str, _mtime_ns: int, _size: int) -> MediaInfo:
    """Look into a file that has not changed only once: previews come by the dozen."""
    return inspect(path, name=name)


def render_frame(
    draft: Any, assets: Mapping[str, Path], at_ms: int, *, width: int | None = None
) -> Image.Image:
    """Return the picture that an export of *draft* shows at *at_ms*.

    Args:
        draft: The timeline (docs/draft.md).
        assets: The media files by their name in the draft.
        at_ms: Time on the timeline; beyond its end the last frame.
        width: Scale the finished picture to this width in pixels.

    Raises:
        NotReady, RenderFailed, BrokenMedia: See :func:`plan_of`.
    """
    plan = plan_of(draft, assets)
    with closing(Compositor(plan, assets)) as compositor:
        image = px.to_image(compositor.frame(plan.frame_at(at_ms)))
    if width is None or width == image.width:
        return image
    return image.resize((width, max(1, round(image.height * width / image.width))))
