"""What a media file holds: kind, length, upright size, frame rate, sound, hash."""

from __future__ import annotations

import hashlib
import math
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nemo_nb.errors import BrokenMedia, UnsupportedFile
from nemo_nb.media import containers, stills
from nemo_nb.media.animations import frame_durations_ms
from nemo_nb.media.sniff import HEAD_BYTES, Sniffed, looks_like_text, sniff, supported
from nemo_nb.models import MediaInfo

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

_QUARTER_TURNS: Final = (90, 270)
_HIGHEST_FPS: Final = 240.0
_PLAIN_FPS: Final = 25.0
_LONGEST_PIXEL: Final = 10
_LONGEST_S: Final = 24 * 3600.0
_GUESSING: Final = ("mp3", "aac")


def probe(path: Path, *, name: str | None = None) -> MediaInfo:
    """Return what the file at *path* holds, judged by its content.

    Args:
        path: The file.
        name: What to call it, if not by the path's own name.

    Raises:
        UnsupportedFile: It is of a kind that is not accepted (4001).
        BrokenMedia: It is empty, damaged, or not what its name says.
    """
    info = inspect(path, name=name)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return replace(info, hash=digest)


def inspect(path: Path, *, name: str | None = None) -> MediaInfo:
    """Like :func:`probe` without the hash, so without reading the whole file."""
    called = name or path.name
    found = recognise(path, called)
    info = MediaInfo(
        name=called, kind=found.kind, format=found.format, size_bytes=path.stat().st_size
    )
    if found.kind in ("subtitle", "font"):
        return info
    if found.kind == "image":
        return _photo(path, info)
    return _clip(path, info)


def recognise(path: Path, name: str) -> Sniffed:
    """Return what the file is.

    Raises:
        UnsupportedFile: It is of a kind that is not accepted.
        BrokenMedia: It is empty, or text under a media file's name.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    found = sniff(head, name)
    if found is not None:
        return found
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if not head:
        raise BrokenMedia(
            f"{name} is empty.", "It holds 0 bytes.", "Copy or download it again.", code=4001
        )
    if extension and extension in supported() and looks_like_text(head):
        raise BrokenMedia(
            f"{name} is not {_a(extension)} file.",
            "It holds plain text.",
            "Check that the right file was chosen.",
            code=4001,
        )
    raise UnsupportedFile(f"{name} is of a kind that is not supported.", fix=f"Use {supported()}.")


def _photo(path: Path, info: MediaInfo) -> MediaInfo:
    with stills.opened(path, info.name) as image:
        width, height = stills.upright_size(image)
        info = replace(info, width=width, height=height)
        if not stills.is_animated(image):
            return info
    durations = frame_durations_ms(path, info.name)
    total = sum(durations)
    fps = round(len(durations) * 1000 / total, 3)
    return replace(info, kind="video", duration_ms=total, fps=fps)


def _clip(path: Path, info: MediaInfo) -> MediaInfo:
    with containers.open_input(path, info.name) as container, containers.naming(info.name):
        video = containers.picture_stream(container)
        sounds = container.streams.audio
        has_audio = bool(sounds)
        if video is None and not has_audio:
            raise BrokenMedia(
                f"{info.name} holds neither picture nor sound.",
                fix="Save it again as MP4 (H.264, AAC).",
                code=4001,
            )
        duration_ms, notes = _duration_ms(container, path, info.name)
        if len(sounds) > 1:
            notes += (f"It has {len(sounds)} sound tracks: the first that can be played is used.",)
        info = replace(info, has_audio=has_audio, duration_ms=duration_ms, notes=notes)
        if video is None:
            return replace(info, kind="audio")
        containers.check_size(video, info.name)
        width, height = _upright(container, video, info.name)
        fps = _fps(video)
        # A single frame may come with no length of its own; it still shows for one.
        shown_ms = info.duration_ms or round(1000 / (fps or _PLAIN_FPS))
        return replace(
            info, kind="video", width=width, height=height, fps=fps, duration_ms=shown_ms
        )


def _upright(container: InputContainer, video: VideoStream, name: str) -> tuple[int, int]:
    """Decode one frame: it alone knows the rotation, and proves that the picture decodes."""
    frame = next(container.decode(video), None)
    if frame is None:
        raise BrokenMedia(
            f"{name} cannot be played.",
            "It holds no frame that can be decoded.",
            "Save it again from the program it came from.",
            code=4001,
        )
    width, height = display_size(frame.width, frame.height, video.sample_aspect_ratio)
    return (height, width) if frame.rotation % 360 in _QUARTER_TURNS else (width, height)


def display_size(width: int, height: int, aspect: Fraction | None) -> tuple[int, int]:
    """Return the size in square pixels of a picture whose pixels have this aspect ratio.

    Pixels that claim to be ten times as long as they are wide are taken as square.
    """
    if not aspect or aspect == 1 or not 1 / _LONGEST_PIXEL < aspect < _LONGEST_PIXEL:
        return width, height
    return (round(width * aspect), height) if aspect > 1 else (width, round(height / aspect))


def _duration_ms(container: InputContainer, path: Path, name: str) -> tuple[int, tuple[str, ...]]:
    """Return how long it really is, and what is to be said of that."""
    notes: tuple[str, ...] = ()
    claimed_s = _claimed_s(container)
    if claimed_s is None:
        # Such files know no length, or guess it by their bit rate: it is read off the packets.
        found_s = containers.packets_end_s(container)
        container.seek(0)
    else:
        found_s = containers.end_s(container, path, claimed_s)
        if found_s < claimed_s:
            notes = (
                f"It was cut short: the first {found_s:.1f} of its {claimed_s:.1f} s are there.",
            )
    if found_s > _LONGEST_S:
        raise BrokenMedia(
            f"{name} cannot be used.",
            f"It claims to last {found_s / 3600:,.0f} hours; the limit is 24.",
            "Save it again from the program it came from, or cut it first.",
            code=4001,
        )
    return round(found_s * 1000), notes


def _claimed_s(container: InputContainer) -> float | None:
    if container.format.name in _GUESSING or not container.duration or container.duration < 0:
        return None
    # Matroska writes where the last frame ends, other formats how long it all takes.
    before_s = containers.start_s(container) if "matroska" in container.format.name else 0.0
    return container.duration / containers.MICROSECONDS - before_s


def _fps(video: VideoStream) -> float:
    """Return the rate as frames over time; containers' averages lie for phone clips."""
    if video.frames and video.duration and video.time_base:
        return _sane(video.frames / float(video.duration * video.time_base))
    rate = video.average_rate or video.guessed_rate or video.base_rate
    return _sane(float(rate)) if rate else 0.0


def _sane(fps: float) -> float:
    return round(fps, 3) if math.isfinite(fps) and 0 < fps <= _HIGHEST_FPS else 0.0


def _a(extension: str) -> str:
    return f"{'an' if extension[0] in 'aeim' else 'a'} {extension.upper()}"
