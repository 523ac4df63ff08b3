"""Reading a clip towards its beginning."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from nemo_nb.studio.render.clips import KEPT_BYTES, TOLERANCE_S, Clip

if TYPE_CHECKING:
    import av


class Backwards:
    """A clip read towards its beginning: a bounded stretch is decoded forwards and kept."""

    def __init__(self, clip: Clip) -> None:
        self._clip = clip
        self.size, self.rotation = clip.size, clip.rotation
        self._times: list[float] = []
        self._frames: list[av.VideoFrame] = []
        self._until_s = 0.0

    def at(self, source_ms: float) -> av.VideoFrame:
        """Return the frame that shows at *source_ms*."""
        wanted = max(self._clip.first_s, source_ms / 1000 + TOLERANCE_S)
        if not self._frames or not self._times[0] <= wanted < self._until_s:
            self._fill(wanted)
        return self._frames[max(0, bisect_right(self._times, wanted) - 1)]

    def close(self) -> None:
        """Let go of the file."""
        self._frames.clear()
        self._clip.close()

    def _fill(self, wanted_s: float) -> None:
        self._times.clear()
        self._frames.clear()
        for time, frame in self._clip.leading_to(wanted_s):
            size = sum(plane.buffer_size for plane in frame.planes)
            if len(self._frames) >= max(2, KEPT_BYTES // size):
                # The stretch before is decoded again when it is its turn.
                del self._times[0], self._frames[0]
            self._times.append(time)
            self._frames.append(frame)
        self._until_s = self._clip.next_s
