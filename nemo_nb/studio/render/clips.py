"""Reading a moving source at any time: clips through PyAV, animations through Pillow."""

from __future__ import annotations

from bisect import bisect_right
from contextlib import ExitStack
from itertools import accumulate
from pathlib import Path
from typing import Final, Protocol

import av
import numpy as np

from nemo_nb.errors import BrokenMedia
from nemo_nb.media import containers, stills
from nemo_nb.media.probe import display_size, frame_durations_ms
from nemo_nb.media.sniff import sniff_file

# Container times are rounded (Matroska to whole ms), and so are a draft's.
_TOLERANCE_S: Final = 0.001
# Decoding on is cheaper than seeking for less than about a GOP of a phone's clip.
_SEEK_AHEAD_S: Final = 2.0


class FrameSource(Protocol):
    """A moving source.

    ``size`` is upright, in square pixels; ``rotation`` is how far its frames must be turned
    counter-clockwise to stand upright.
    """

    size: tuple[int, int]
    rotation: int

    def at(self, source_ms: float) -> av.VideoFrame:
        """Return the frame that shows at *source_ms*: the first or last one beyond the ends."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


def open_clip(path: Path, name: str) -> FrameSource:
    """Open the clip or animation at *path*.

    Raises:
        BrokenMedia: It cannot be played.
    """
    found = sniff_file(path)
    if found is not None and found.kind == "image":
        return Animation(path, name)
    return Clip(path, name)


class Clip:
    """A video file, scheduled by its frames' own times, so that variable rates come right."""

    def __init__(self, path: Path, name: str) -> None:
        self._name = name
        self._container = containers.open_input(path, name)
        try:
            with containers.naming(name):
                self._open()
        except BaseException:
            self._container.close()
            raise

    def _open(self) -> None:
        video = containers.picture_stream(self._container)
        if video is None:
            raise BrokenMedia(f"{self._name} holds no picture.", fix="Use it as sound instead.")
        containers.check_size(video, self._name)
        video.thread_type = "AUTO"
        self._stream = video
        self._start_s = containers.start_s(self._container)
        rate = video.average_rate or video.guessed_rate
        self._step_s = float(1 / rate) if rate else 1 / 30
        self._read()
        self._first_s, first = self._now
        self.rotation = first.rotation
        width, height = display_size(first.width, first.height, video.sample_aspect_ratio)
        self.size = (height, width) if self.rotation // 90 % 2 else (width, height)

    def at(self, source_ms: float) -> av.VideoFrame:
        """Return the frame that shows at *source_ms*."""
        wanted = source_ms / 1000 + _TOLERANCE_S
        passed = self._first_s < self._now[0] and wanted < self._now[0]
        far = self._next is not None and wanted > self._next[0] + _SEEK_AHEAD_S
        if passed or far:
            with containers.naming(self._name):
                self._seek(wanted)
        while self._next is not None and self._next[0] <= wanted:
            self._now, self._next = self._next, self._pull()
        return self._now[1]

    def close(self) -> None:
        """Let go of the file."""
        self._container.close()

    def _seek(self, wanted_s: float) -> None:
        self._container.seek(round((wanted_s + self._start_s) * containers.MICROSECONDS))
        self._read()
        if self._now[0] > max(wanted_s, self._first_s):
            # A file with a poor index may land too late; from its start it cannot.
            self._container.seek(round(self._start_s * containers.MICROSECONDS))
            self._read()

    def _read(self) -> None:
        """Begin to decode wherever the container stands."""
        self._frames = containers.decoded(self._container, self._stream)
        self._last_s = -self._step_s
        now = self._pull()
        if now is None:
            raise BrokenMedia(
                f"{self._name} cannot be played.",
                "It holds no frame that can be decoded.",
                "Save it again as MP4 (H.264, AAC) and upload that.",
            )
        self._now, self._next = now, self._pull()

    def _pull(self) -> tuple[float, av.VideoFrame] | None:
        frame = next(self._frames, None)
        if frame is None:
            return None
        time = self._last_s + self._step_s if frame.pts is None else frame.time - self._start_s
        self._last_s = time
        return time, frame


class Animation:
    """An animated GIF or WebP, played in a loop, its transparency over black."""

    rotation = 0

    def __init__(self, path: Path, name: str) -> None:
        self._name = name
        with ExitStack() as files:
            self._image = files.enter_context(stills.opened(path, name))
            self._ends_ms = list(accumulate(frame_durations_ms(self._image)))
            self._files = files.pop_all()
        self.size = self._image.size
        self._shown = -1
        self._frame: av.VideoFrame | None = None

    def at(self, source_ms: float) -> av.VideoFrame:
        """Return the frame that shows at *source_ms*."""
        index = bisect_right(self._ends_ms, (source_ms + 1000 * _TOLERANCE_S) % self._ends_ms[-1])
        if self._frame is None or index != self._shown:
            with stills.naming(self._name):
                self._image.seek(index)
                rgb = np.asarray(stills.to_rgb(self._image.copy()))
            self._frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
            self._shown = index
        return self._frame

    def close(self) -> None:
        """Let go of the file."""
        self._files.close()
