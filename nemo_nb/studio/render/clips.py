"""Reading a moving source at any time: clips through PyAV, animations through Pillow."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from contextlib import ExitStack
from contextvars import ContextVar
from itertools import accumulate
from pathlib import Path
from typing import Any, Final, Protocol

import av
import numpy as np

from nemo_nb.errors import BrokenMedia
from nemo_nb.media import containers, stills
from nemo_nb.media.animations import frame_durations_ms
from nemo_nb.media.probe import display_size
from nemo_nb.media.sniff import sniff_file

TOLERANCE_S: Final = 0.001
"""Container times are rounded (Matroska to whole ms), and so are a draft's."""

HASTY: Final[ContextVar[bool]] = ContextVar("hasty", default=False)
"""Whether the key frame before the wanted one will do: for a still that is shown at once."""

DECODERS: Final[ContextVar[int]] = ContextVar("decoders", default=0)
"""How many threads decode a clip of up to 1080p, 0 for as many as there are cores. Beside an
encoder, which takes every core, one keeps pace and holds 50 MB less of frames under way."""

KEPT_BYTES: Final = 96 << 20
"""How much of a clip is held decoded where frames are wanted again or in another order: 30
frames of 1080p, so that playing backwards costs little and memory stays bounded."""

# How near to the wanted frame every one is decoded: more than a decoder has under way.
_NEAR_FRAMES: Final = 24
_HD_PIXELS: Final = 1920 * 1088
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


def open_clip(path: Path, name: str, *, backwards: bool = False) -> FrameSource:
    """Open the clip or animation at *path*, *backwards* if its times will mostly fall.

    Raises:
        BrokenMedia: It cannot be played.
    """
    found = sniff_file(path)
    if found is not None and found.kind == "image":
        return Animation(path, name)
    clip = Clip(path, name)
    return Backwards(clip) if backwards else clip


class Clip:
    """A video file, scheduled by its frames' own times, so that variable rates come right."""

    def __init__(self, path: Path, name: str) -> None:
        self._name = name
        self._passing = False
        self._alone: tuple[float, av.VideoFrame] | None = None
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
        video.thread_count = DECODERS.get() if video.width * video.height <= _HD_PIXELS else 0
        self._stream = video
        self._start_s = containers.start_s(self._container)
        rate = video.average_rate or video.guessed_rate
        self._step_s = float(1 / rate) if rate else 1 / 30
        self._read()
        self._first_s, first = self._now
        self.rotation = first.rotation
        width, height = display_size(first.width, first.height, video.sample_aspect_ratio)
        self.size = (height, width) if self.rotation // 90 % 2 else (width, height)

    @property
    def first_s(self) -> float:
        """When its first frame begins, in seconds."""
        return self._first_s

    def leading_to(self, wanted_s: float) -> Iterator[tuple[float, av.VideoFrame]]:
        """Yield frames and their times in s, from a key frame on to the one that shows then."""
        with containers.naming(self._name):
            self._seek(wanted_s)
        yield self._now
        while self._next is not None and self._next[0] <= wanted_s:
            self._now, self._next = self._next, self._pull()
            yield self._now

    @property
    def next_s(self) -> float:
        """When the frame after the one read last begins; infinite after the last."""
        return float("inf") if self._next is None else self._next[0]

    def at(self, source_ms: float) -> av.VideoFrame:
        """Return the frame that shows at *source_ms*."""
        wanted = source_ms / 1000 + TOLERANCE_S
        passed = self._first_s < self._now[0] and wanted < self._now[0]
        ahead = 0.0 if HASTY.get() else _SEEK_AHEAD_S
        far = self._next is not None and wanted > self._next[0] + ahead
        if passed or far or self._alone is not None:
            with containers.naming(self._name):
                frame = self._key_frame(wanted) if HASTY.get() else None
                if frame is not None:
                    return frame
                self._seek(wanted)
        while self._next is not None and self._next[0] <= wanted:
            self._pass_over(wanted - self._next[0] > _NEAR_FRAMES * self._step_s)
            self._now, self._next = self._next, self._pull()
        return self._now[1]

    def _pass_over(self, far: bool) -> None:  # noqa: FBT001  it is the whole question
        """Far from the wanted frame, leave out those that no other refers to."""
        if far != self._passing:
            self._passing = far
            self._stream.codec_context.skip_frame = "NONREF" if far else "DEFAULT"

    def close(self) -> None:
        """Let go of the file."""
        self._container.close()

    def _key_frame(self, wanted_s: float) -> av.VideoFrame | None:
        """Return the key frame before *wanted_s*, decoded without those that follow it."""
        if self._alone is not None and self._alone[0] == wanted_s:
            return self._alone[1]
        self._container.seek(round((wanted_s + self._start_s) * containers.MICROSECONDS))
        packet = next(self._container.demux(self._stream), None)
        if packet is None or not packet.is_keyframe:
            return None
        # A decoder that is told that nothing follows hands out what it has; whoever wants
        # another frame has to seek anew.
        context: Any = self._stream.codec_context  # its stubs leave the packet's stream open
        frames: list[av.VideoFrame] = [*packet.decode(), *context.decode(None)]
        if not frames:
            return None
        self._alone = wanted_s, frames[0]
        return frames[0]

    def _seek(self, wanted_s: float) -> None:
        self._alone = None
        self._pass_over(far=False)
        self._container.seek(round((wanted_s + self._start_s) * containers.MICROSECONDS))
        if not self._begin() or self._now[0] > max(wanted_s, self._first_s):
            # A poor index may lead too far, that of a file that was cut to where nothing is
            # left; from its start it is sure.
            self._container.seek(round(self._start_s * containers.MICROSECONDS))
            self._read()

    def _read(self) -> None:
        """Begin to decode wherever the container stands.

        Raises:
            BrokenMedia: There is nothing.
        """
        if not self._begin():
            raise BrokenMedia(
                f"{self._name} cannot be played.",
                "It holds no frame that can be decoded.",
                "Save it again as MP4 (H.264, AAC) and upload that.",
            )

    def _begin(self) -> bool:
        """Like :meth:`_read`; False where there is nothing."""
        self._frames = containers.decoded(self._container, self._stream)
        self._last_s = -self._step_s
        now = self._pull()
        if now is None:
            return False
        self._now, self._next = now, self._pull()
        return True

    def _pull(self) -> tuple[float, av.VideoFrame] | None:
        frame = next(self._frames, None)
        if frame is None:
            return None
        time = self._last_s + self._step_s if frame.pts is None else frame.time - self._start_s
        self._last_s = time
        return time, frame


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
