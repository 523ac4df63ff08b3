"""Frames painted ahead in a thread of their own, so that painting and encoding overlap."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from nemo_nb.studio.render.compose import Compositor
from nemo_nb.studio.render.footage import Viewing
from nemo_nb.studio.render.painter_pool import PainterPool
from nemo_nb.studio.render.plan import Plan
from nemo_nb.studio.render.watch import Watch

if TYPE_CHECKING:
    import av

# A few frames even out slow ones (a photo to load, a key frame) at 3 MB each for 1080p.
_AHEAD: Final = 4
# How soon either side notices that the other has given up; cancelling promises 0.5 s.
_PATIENCE_S: Final = 0.1


class Feed:
    """Paints frames of a plan in a thread; leaving the ``with`` block stops it.

    Args:
        plan: What to paint.
        assets: The media files by their name in the draft.
        frames: Which frames, in order; those left out are neither decoded nor painted.
    """

    def __init__(self, plan: Plan, assets: Mapping[str, Path], frames: Sequence[int]) -> None:
        self._plan = plan
        self._assets = assets
        self._wanted = frames
        self._queue: queue.Queue[av.VideoFrame | BaseException] = queue.Queue(_AHEAD)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._paint, name="nemo-nb-paint", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        # It may be in the middle of decoding a large photo; it closes its own files after.
        self._thread.join(_PATIENCE_S)

    def frames(self, watch: Watch) -> Iterator[av.VideoFrame]:
        """Yield the frames in order.

        Raises:
            RenderCancelled: *watch* said so.
            NemoError: What painting raised.
        """
        for _ in self._wanted:
            item = self._next(watch)
            if isinstance(item, BaseException):
                raise item
            yield item

    def _next(self, watch: Watch) -> av.VideoFrame | BaseException:
        while True:
            watch.check()
            try:
                return self._queue.get(timeout=_PATIENCE_S)
            except queue.Empty:
                continue

    def _paint(self) -> None:
        pool = PainterPool(Viewing(decoders=1))
        try:
            with closing(Compositor(self._plan, self._assets, pool)) as compositor:
                for index in self._wanted:
                    if not self._put(compositor.frame(index)):
                        return
        except BaseException as error:  # noqa: BLE001  raised again in the thread that encodes
            self._put(error)

    def _put(self, item: av.VideoFrame | BaseException) -> bool:
        """Hand *item* over; False when nobody wants it any more."""
        while not self._stop.is_set():
            try:
                self._queue.put(item, timeout=_PATIENCE_S)
            except queue.Full:
                continue
            return True
        return False
