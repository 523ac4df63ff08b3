"""Looking into a timeline without exporting it: a still, a sheet of thumbnails, a waveform."""

from __future__ import annotations

import json
import math
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nemo_nb.models import Canvas
from nemo_nb.studio.render import planes as px
from nemo_nb.studio.render.blocks import RATE
from nemo_nb.studio.render.compose import Compositor, plan_of
from nemo_nb.studio.render.footage import Viewing
from nemo_nb.studio.render.gops import identity
from nemo_nb.studio.render.painter_pool import PainterPool
from nemo_nb.studio.render.plan import Plan, sources
from nemo_nb.studio.render.soundtrack import blocks
from nemo_nb.studio.render.watch import Watch
from nemo_nb.studio.render.waveform import peaks

if TYPE_CHECKING:
    from PIL import Image

_COLUMNS: Final = 10
# Whoever measures captions looks at one moment of a timeline in half a dozen styles.
_KEPT_TIMELINES: Final = 8
# Both sides of a transition, for two callers at a time; a decoder of 1080p takes 40 MB.
_KEPT_PAINTERS: Final = 4
_KEPT_OPEN_S: Final = 10.0
_MOST_WIDER: Final = 1.5


@dataclass(frozen=True, slots=True)
class Sheet:
    """Thumbnails in one picture, row by row, each *width* x *height* pixels."""

    image: Image.Image
    columns: int
    width: int
    height: int
    times_ms: tuple[int, ...]


class Stills:
    """Stills of timelines; what the last few were made of stays open for the next one.

    Opening a file and its decoder takes longer than finding a frame in it. Threads may share
    it. Close it; it also closes what has not been looked at for a while.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: OrderedDict[str, tuple[Plan, Compositor]] = OrderedDict()
        self._pools = {
            exact: PainterPool(Viewing(in_order=False, exact=exact), _KEPT_PAINTERS)
            for exact in (True, False)
        }
        self._timer: threading.Timer | None = None

    def still(
        self,
        draft: Any,
        assets: Mapping[str, Path],
        at_ms: int,
        *,
        width: int | None = None,
        exact: bool = True,
    ) -> Image.Image:
        """Return the picture that an export of *draft* shows at *at_ms*.

        Args:
            draft: The timeline (docs/draft.md).
            assets: The media files by their name in the draft.
            at_ms: Time on the timeline; beyond its end the last frame.
            width: The picture's width in pixels.
            exact: False lets clips show the key frame before that moment, which is most of
                the work saved, and paints at *width* at once. Texts, photos and effects are
                those of the moment.

        Raises:
            NotReady, RenderFailed, BrokenMedia: See :func:`~.compose.plan_of`.
        """
        painted = None if exact else width
        key = _key(draft, assets, [painted, exact])
        with self._lock:
            held = self._idle.pop(key, None)
        plan, compositor = held or self._opened(draft, assets, painted, exact=exact)
        try:
            frame = compositor.frame(plan.frame_at(at_ms))
        except BaseException:
            compositor.close()
            raise
        compositor.rest()
        self._keep(key, plan, compositor)
        return px.to_image(frame, width)

    def close(self) -> None:
        """Close every file."""
        with self._lock:
            compositors = [compositor for _, compositor in self._idle.values()]
            self._idle.clear()
            if self._timer is not None:
                self._timer.cancel()
        for each in (*compositors, *self._pools.values()):
            each.close()

    def _opened(
        self, draft: Any, assets: Mapping[str, Path], width: int | None, *, exact: bool
    ) -> tuple[Plan, Compositor]:
        plan = plan_of(draft, assets)
        if width is not None:
            plan = plan_of(draft, assets, _in_proportion(plan.canvas, width))
        return plan, Compositor(plan, assets, self._pools[exact])

    def _keep(self, key: str, plan: Plan, compositor: Compositor) -> None:
        spare: list[Compositor] = []
        with self._lock:
            if key in self._idle:
                spare.append(self._idle.pop(key)[1])
            self._idle[key] = plan, compositor
            while len(self._idle) > _KEPT_TIMELINES:
                spare.append(self._idle.popitem(last=False)[1][1])
            if self._timer is not None:
                self._timer.cancel()
            self._timer = threading.Timer(_KEPT_OPEN_S, self.close)
            self._timer.daemon = True
            self._timer.start()
        for each in spare:
            each.close()


def sheet(
    draft: Any,
    assets: Mapping[str, Path],
    *,
    width: int,
    count: int | None = None,
    every_ms: int | None = None,
    most: int = 1000,
) -> Sheet:
    """Return thumbnails all along the timeline.

    Args:
        draft: The timeline (docs/draft.md).
        assets: The media files by their name in the draft.
        width: The width of one in pixels, even.
        count: How many, evenly: each shows the middle of its part.
        every_ms: Or how far apart, from the beginning on.
        most: No more than so many, whatever was asked for.

    Raises:
        NotReady, RenderFailed, BrokenMedia: See :func:`~.compose.plan_of`.
    """
    canvas = plan_of(draft, assets).canvas
    # Painted small: what takes the time is then reading the clips, not scaling them.
    plan = plan_of(draft, assets, _scaled(canvas, width))
    times = _times(float(plan.frames * 1000 / plan.rate), count, every_ms)[:most]
    cell = plan.canvas.width, plan.canvas.height
    columns = min(_COLUMNS, len(times))
    rows = -(-len(times) // columns)
    from PIL import Image  # noqa: PLC0415  named in annotations above without being loaded

    image = Image.new("RGB", (columns * cell[0], rows * cell[1]))
    with closing(Compositor(plan, assets)) as compositor:
        for number, at_ms in enumerate(times):
            picture = px.to_image(compositor.frame(plan.frame_at(at_ms)))
            image.paste(picture, (number % columns * cell[0], number // columns * cell[1]))
    return Sheet(image, columns, *cell, tuple(times))


def waveform(draft: Any, assets: Mapping[str, Path], buckets: int) -> tuple[list[float], int]:
    """Return the peaks, 0-1, of so many equal parts of the timeline's sound, and its length in ms.

    Raises:
        NotReady, RenderFailed, BrokenMedia: See :func:`~.compose.plan_of`.
    """
    plan = plan_of(draft, assets)
    found = peaks(blocks(plan, assets, RATE, Watch()), buckets)
    return [round(float(peak), 4) for peak in found], round(plan.frames * 1000 / plan.rate)


def _scaled(canvas: Canvas, width: int) -> Canvas:
    height = max(16, round(canvas.height * width / canvas.width / 2) * 2)
    return replace(canvas, width=max(16, width + width % 2), height=height)


def _in_proportion(canvas: Canvas, width: int) -> Canvas:
    """Return a canvas of *width* or a little more: even sides, and exactly the same shape.

    With one side rounded, what fills the canvas would leave a dark line at an edge.
    """
    common = math.gcd(canvas.width, canvas.height)
    step_width, step_height = canvas.width // common, canvas.height // common
    if step_width % 2 or step_height % 2:
        step_width, step_height = 2 * step_width, 2 * step_height
    steps = math.ceil(width / step_width)
    if steps * step_width > _MOST_WIDER * width:
        return _scaled(canvas, width)
    return replace(canvas, width=steps * step_width, height=steps * step_height)


def _times(length_ms: float, count: int | None, every_ms: int | None) -> Sequence[int]:
    if every_ms is not None:
        return range(0, max(1, math.ceil(length_ms)), every_ms)
    parts = count or _COLUMNS
    return [round((2 * part + 1) * length_ms / (2 * parts)) for part in range(parts)]


def _key(draft: Any, assets: Mapping[str, Path], look: Any) -> str:
    files = {name: identity(assets[name], name) for name in sources(draft) if name in assets}
    return json.dumps([draft, sorted(files.items()), look], sort_keys=True)
