"""Reading an animated GIF or WebP at any time, through Pillow."""

from __future__ import annotations

from bisect import bisect_right
from contextlib import ExitStack
from itertools import accumulate
from pathlib import Path

import av
import numpy as np

from nemo_nb.media import stills
from nemo_nb.media.animations import frame_durations_ms
from nemo_nb.studio.render.clips import KEPT_BYTES, TOLERANCE_S


class Animation:
    """An animated GIF or WebP, played in a loop; RGBA where something shines through."""

    rotation = 0

    def __init__(self, path: Path, name: str) -> None:
        self._name = name
        with ExitStack() as files:
            self._image = files.enter_context(stills.opened(path, name))
            self._ends_ms = list(accumulate(frame_durations_ms(path, name)))
            self._files = files.pop_all()
        self.size = self._image.size
        # As many frames as may be held: a loop is then decoded once, also backwards.
        self._room = max(1, KEPT_BYTES // (4 * self.size[0] * self.size[1]))
        self._last = -1
        self._kept: dict[int, av.VideoFrame] = {}

    def at(self, source_ms: float) -> av.VideoFrame:
        """Return the frame that shows at *source_ms*."""
        index = bisect_right(self._ends_ms, (source_ms + 1000 * TOLERANCE_S) % self._ends_ms[-1])
        if index not in self._kept:
            first = index
            if index < self._last:
                # Backwards, or round again: the file is read from its start whatever is wanted.
                first = max(0, index + 1 - self._room)
                self._kept.clear()
            with stills.naming(self._name):
                for each in range(first, index + 1):
                    self._keep(each)
        return self._kept[index]

    def close(self) -> None:
        """Let go of the file."""
        self._files.close()

    def _keep(self, index: int) -> None:
        self._image.seek(index)
        self._last = index
        picture = self._image.copy()
        if stills.has_alpha(picture):
            pixels, form = np.asarray(picture.convert("RGBA")), "rgba"
        else:
            pixels, form = np.asarray(stills.to_rgb(picture)), "rgb24"
        while len(self._kept) >= self._room:
            del self._kept[next(iter(self._kept))]
        self._kept[index] = av.VideoFrame.from_ndarray(pixels, format=form)
