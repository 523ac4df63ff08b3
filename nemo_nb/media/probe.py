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
from nemo_nb.media.sniff import HEAD_BYTES, Sniffed, looks_like_text, sniff, supported
from nemo_nb.models import MediaInfo

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream
    from PIL import Image

_QUARTER_TURNS: Final = (90, 270)
_HIGHEST_FPS: Final = 240.0
_PLAIN_FPS: Final = 25.0
_DEFAULT_GIF_DELAY_MS: Final = 100


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
    if found.kind == "subtitle":
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
        durations = frame_durations_ms(image)
    total = sum(durations)
    fps = round(len(durations) * 1000 / total, 3)
    return replace(info, kind="video", duration_ms=total, fps=fps)


def frame_durations_ms(image: Image.Image) -> list[int]:
    """Return how long each frame of an animation shows, in ms.

    A delay of 10 ms or less plays as 100 ms, which is what browsers do with such files.
    """
    durations: list[int] = []
    for index in range(getattr(image, "n_frames", 1)):
        image.seek(index)
        delay = round(float(image.info.get("duration", 0)))
        durations.append(delay if delay > 10 else _DEFAULT_GIF_DELAY_MS)  # noqa: PLR2004  as told above
    return durations


def _clip(path: Path, info: MediaInfo) -> MediaInfo:
    with containers.open_input(path, info.name) as container, containers.naming(info.name):
        video = containers.picture_stream(container)
        has_audio = bool(container.streams.audio)
        if video is None and not has_audio:
            raise BrokenMedia(
                f"{info.name} holds neither picture nor sound.",
                fix="Save it again as MP4 (H.264, AAC).",
                code=4001,
            )
        info = replace(info, has_audio=has_audio, duration_ms=_duration_ms(container))
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
    """Return the size in square pixels of a picture whose pixels have this aspect ratio."""
    if not aspect or aspect <= 0 or aspect == 1:
        return width, height
    return (round(width * aspect), height) if aspect > 1 else (width, round(height / aspect))


def _duration_ms(container: InputContainer) -> int:
    start_s = containers.start_s(container)
    if container.duration is not None and container.duration > 0:
        # Matroska writes where the last frame ends, other formats how long it all takes.
        before_s = start_s if "matroska" in container.format.name else 0.0
        return round(container.duration / 1000 - before_s * 1000)
    # Raw ADTS and cut MKV files know no length: read it off the packets.
    end = 0.0
    for packet in container.demux():
        if packet.pts is not None:
            end = max(end, float((packet.pts + (packet.duration or 0)) * packet.time_base))
    container.seek(0)
    return round((end - start_s) * 1000)


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
