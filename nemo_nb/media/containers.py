"""Opening containers with PyAV, its errors told as sentences that name the file."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import av
from av.error import FFmpegError, InvalidDataError
from av.stream import Disposition

from nemo_nb.errors import BrokenMedia

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.codeccontext import VideoCodecContext
    from av.video.stream import VideoStream

MICROSECONDS: Final = 1_000_000
"""FFmpeg's AV_TIME_BASE: the unit of a container's own start and duration."""

# Reading so much before the claimed end finds the last packets of every stream.
_TAIL_S: Final = 2.0
# Sound and picture seldom end together, and muxers round.
_SLACK_S: Final = 0.25

MAX_SIDE: Final = 16_384
"""The longest side of a video frame in pixels that is decoded: beyond 16K a header lies."""

MAX_PIXELS: Final = 1 << 26
"""The most pixels of a frame that is decoded: twice 8K, 100 MB as YUV."""


def decoded(
    container: InputContainer,
    stream: AudioStream | VideoStream,
    coming: Callable[[Packet[Any]], None] | None = None,
) -> Iterator[Any]:
    """Yield the frames of *stream* in order; *coming* is told each packet before it is decoded.

    A damaged packet costs its own frames; a file that was cut ends where it was cut.
    """
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except FFmpegError:
            return
        if packet is None:
            return
        if coming is not None:
            coming(packet)
        with suppress(InvalidDataError):
            yield from packet.decode()


def open_input(path: Path, name: str) -> InputContainer:
    """Open *path* for reading.

    Raises:
        BrokenMedia: It cannot be read as media.
    """
    with naming(name):
        try:
            return av.open(str(path), "r", metadata_errors="replace")
        except InvalidDataError as error:
            raise BrokenMedia(
                f"{name} cannot be played.", *_why_unreadable(path), code=4001
            ) from error


@contextmanager
def naming(name: str) -> Generator[None]:
    """Turn FFmpeg's errors inside the block into a BrokenMedia that names the file."""
    try:
        yield
    except BrokenMedia:
        raise
    except FileNotFoundError as error:
        raise BrokenMedia(f"{name} is gone.", "Its file no longer exists.") from error
    except (FFmpegError, OSError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise BrokenMedia(
            f"{name} cannot be played.",
            f"The decoder says: {reason}.",
            "Save it again as MP4 (H.264, AAC) and upload that.",
            code=4001,
        ) from error


def picture_stream(container: InputContainer) -> VideoStream | None:
    """Return the stream that moves; cover art inside an audio file is not one."""
    for stream in container.streams.video:
        if not stream.disposition & Disposition.attached_pic:
            return stream
    return None


def check_size(stream: VideoStream, name: str) -> None:
    """Refuse frames of absurd size before any is allocated, now and later in the stream.

    Raises:
        BrokenMedia: There is no decoder for it, no picture size, or it is over
            :data:`MAX_SIDE` or :data:`MAX_PIXELS`.
    """
    # PyAV types it otherwise, yet it is None where the codec is unknown.
    context = cast("VideoCodecContext | None", stream.codec_context)
    if context is None:
        raise BrokenMedia(
            f"{name} cannot be played.",
            "Its pictures are coded in a way that is not known here.",
            "Save it again as MP4 (H.264, AAC) and upload that.",
            code=4001,
        )
    width, height = context.width, context.height
    sides = 0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE
    if not (sides and width * height <= MAX_PIXELS):
        raise BrokenMedia(
            f"{name} cannot be played.",
            f"It claims a picture of {width} x {height} pixels.",
            "Save it again from the program it came from.",
            code=4001,
        )
    # A frame may be larger than its header told; the decoder then refuses it.
    context.options = {**context.options, "max_pixels": str(MAX_PIXELS)}


def start_s(container: InputContainer) -> float:
    """Return the container's own zero, in seconds: what its first timestamps start from."""
    # PyAV types it as int, yet it is None where the demuxer knows no start.
    return float(Fraction(container.start_time or 0, MICROSECONDS))


def end_s(container: InputContainer, path: Path, claimed_s: float) -> float:
    """Return when what *container* holds really ends, in seconds from its first timestamp.

    That is *claimed_s*, unless the file was cut short.
    """
    if is_iso(path):
        return _indexed_end_s(container, path, claimed_s)
    try:
        container.seek(max(0, round((claimed_s - _TAIL_S) * MICROSECONDS)))
    except FFmpegError:
        return claimed_s
    found = packets_end_s(container)
    container.seek(0)
    if found < claimed_s - _SLACK_S:
        # Beyond what is there a seek may lead anywhere: from the beginning it is sure.
        found = packets_end_s(container)
        container.seek(0)
    return found if 0 < found < claimed_s - _SLACK_S else claimed_s


def packets_end_s(container: InputContainer) -> float:
    """Return the end of the last packet from here on, in seconds from the first timestamp."""
    end = 0.0
    try:
        for packet in container.demux():
            if packet.pts is not None:
                end = max(end, float((packet.pts + (packet.duration or 0)) * packet.time_base))
    except FFmpegError:
        pass  # cut in the middle of a packet: what came before it counts
    return end - start_s(container)


def _indexed_end_s(container: InputContainer, path: Path, claimed_s: float) -> float:
    """An MP4 knows where each of its frames lies: those beyond the file's end are lost."""
    size = path.stat().st_size
    ends: list[float] = []
    lost = False
    for stream in container.streams:
        entries = stream.index_entries
        whole = len(entries)
        while whole and entries[whole - 1].pos + entries[whole - 1].size > size:
            whole -= 1
        lost = lost or whole < len(entries)
        if whole and stream.time_base:
            last = entries[min(whole, len(entries) - 1)]
            ends.append(float(last.timestamp * stream.time_base))
    return min(claimed_s, max(ends)) if lost and ends else claimed_s


def _why_unreadable(path: Path) -> tuple[str, str]:
    if is_iso(path) and not has_moov(path):
        return (
            "It was cut short: its index (the moov box) is missing.",
            "Copy or download it again, whole.",
        )
    return "It is damaged, or not what its name says.", "Save it again as MP4 and upload that."


def is_iso(path: Path) -> bool:
    """Whether the file begins as MP4, MOV or M4A do."""
    with path.open("rb") as file:
        return file.read(8)[4:] == b"ftyp"


def has_moov(path: Path) -> bool:
    """Whether an ISO file holds its index, looked up by walking the top-level boxes."""
    return any(kind == b"moov" for kind, _, _ in boxes(path))


def boxes(path: Path) -> Iterator[tuple[bytes, int, int]]:
    """Yield type, offset and size in bytes of each top-level box that lies whole in the file."""
    length = path.stat().st_size
    with path.open("rb") as file:
        at = 0
        while at + 8 <= length:
            file.seek(at)
            header = file.read(16)
            size = int.from_bytes(header[:4], "big")
            # ISO/IEC 14496-12: 1 means a 64-bit size follows, 0 means up to the end.
            if size == 1:
                size = int.from_bytes(header[8:16], "big")
            elif size == 0:
                size = length - at
            if size < 8 or at + size > length:  # noqa: PLR2004  a box is at least its header
                return
            yield header[4:8], at, size
            at += size
