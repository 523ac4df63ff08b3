"""Reading a clip at any time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

from av.stream import Discard

from nemo_nb.errors import BrokenMedia
from nemo_nb.media import containers
from nemo_nb.media.probe import display_size

if TYPE_CHECKING:
    import av

TOLERANCE_S: Final = 0.001
"""Container times are rounded (Matroska to whole ms), and so are a draft's."""

KEPT_BYTES: Final = 96 << 20
"""How much of a clip is held decoded where frames are wanted again or in another order: 30
frames of 1080p, so that playing backwards costs little and memory stays bounded."""

_HD_PIXELS: Final = 1920 * 1088
# What decoding anew costs beside the frames themselves, in frames: those a decoder has under way.
_SEEK_FRAMES: Final = 8
# How far to decode on where the index does not say where key frames are: a phone's GOP or two.
_BLIND_S: Final = 2.0
# And where it says that there is none: 250 frames are the longest GOP that x264 makes by itself.
_LONGEST_GOP_S: Final = 12.0
_NEVER: Final = float("-inf")


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


class Clip:
    """A video file, scheduled by its frames' own times, so that variable rates come right.

    Args:
        path: The file.
        name: What to call it.
        decoders: How many threads decode it if it is no larger than 1080p; 0 is one a core.
        threads: How PyAV spreads the decoding over them: by frames and slices, or by slices.
    """

    def __init__(
        self,
        path: Path,
        name: str,
        *,
        decoders: int = 0,
        threads: Literal["AUTO", "SLICE"] = "AUTO",
    ) -> None:
        self._name = name
        self._target_s = self._best_s = _NEVER
        self._container = containers.open_input(path, name)
        try:
            with containers.naming(name):
                self._open(decoders, threads)
        except BaseException:
            self._container.close()
            raise

    def _open(self, decoders: int, threads: str) -> None:
        video = containers.picture_stream(self._container)
        if video is None:
            raise BrokenMedia(f"{self._name} holds no picture.", fix="Use it as sound instead.")
        containers.check_size(video, self._name)
        for stream in self._container.streams:
            if stream.index != video.index:
                stream.discard = Discard.all
        video.thread_type = threads
        video.thread_count = decoders if video.width * video.height <= _HD_PIXELS else 0
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
        self._target_s = wanted
        if passed or self._is_far(wanted):
            with containers.naming(self._name):
                self._seek(wanted)
        while self._next is not None and self._next[0] <= wanted:
            self._now, self._next = self._next, self._pull()
        self._target_s = _NEVER
        return self._now[1]

    def close(self) -> None:
        """Let go of the file."""
        self._container.close()

    def _is_far(self, wanted_s: float) -> bool:
        """Whether decoding from the key frame before *wanted_s* is less work than decoding on."""
        if self._next is None:
            return False
        near_s = self._next[0] + _SEEK_FRAMES * self._step_s
        if wanted_s <= near_s:
            return False
        key_s = self._key_before(wanted_s)
        if key_s is None:
            return wanted_s > self._next[0] + _BLIND_S
        return key_s > near_s or wanted_s > self._next[0] + _LONGEST_GOP_S

    def _key_before(self, wanted_s: float) -> float | None:
        """Return when the last key frame before *wanted_s* begins, None if the index has it not."""
        entries: Any = self._stream.index_entries  # its stubs leave types open
        base = self._stream.time_base
        if not base or not len(entries):
            return None
        wanted_s += self._start_s
        # Some indexes grow as the file is read.
        if entries[-1].timestamp * base + self._step_s < wanted_s:
            return None
        number = entries.search_timestamp(round(wanted_s / base))
        return float(entries[number].timestamp * base) - self._start_s if number >= 0 else None

    def _coming(self, packet: av.Packet[Any]) -> None:
        """Leave out a frame that no other refers to, where one nearer to the target has come."""
        skipped = False
        if packet.pts is not None and not packet.is_discard:
            time_s = float(packet.pts * packet.time_base) - self._start_s
            skipped = time_s < self._best_s
            if time_s <= self._target_s:
                self._best_s = max(self._best_s, time_s)
        self._stream.codec_context.skip_frame = "NONREF" if skipped else "DEFAULT"

    def _seek(self, wanted_s: float) -> None:
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
        self._best_s = _NEVER
        self._frames = containers.decoded(self._container, self._stream, self._coming)
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
