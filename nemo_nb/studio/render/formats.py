"""What an export can be: its formats, their bounds, and an order for one. Pure data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from nemo_nb.models import Canvas, MediaInfo

PROXY: Final = "proxy"
"""The quality of an MP4 to scrub through: small, a key frame every half second."""


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file.

    Attributes:
        name: Its name on the wire, and the file's extension.
        mime: What a server calls it.
        default_side: The long side in pixels where the user asks for no resolution.
        max_side: The longest side that can be asked for.
        default_fps: The most frames a second where the user asks for no rate.
        max_fps: The highest rate that can be asked for.
        max_duration_ms: The longest timeline it can hold.
    """

    name: str
    mime: str
    default_side: int | None = None
    max_side: int | None = None
    default_fps: float | None = None
    max_fps: float | None = None
    max_duration_ms: int | None = None


FORMATS: Final = {
    form.name: form
    for form in (
        Format("mp4", "video/mp4"),
        Format("webm", "video/webm"),
        # A GIF is three to thirty times a video of the same length, and its clock counts
        # hundredths of a second: 12.5 frames a second are 8 of them each.
        Format("gif", "image/gif", 640, 1280, 12.5, 25.0, 60_000),
        Format("png", "image/png"),
        Format("wav", "audio/wav"),
    )
}


@dataclass(frozen=True, slots=True)
class Order:
    """A checked export.

    Attributes:
        format: A name of :data:`FORMATS`.
        quality: ``high``, ``medium`` or ``low``; an MP4 may also be a :data:`PROXY`.
        canvas: Size and frame rate, if not the draft's own.
        at_ms: Which frame a PNG shows; the middle one if None.
    """

    format: str = "mp4"
    quality: str = "high"
    canvas: Canvas | None = None
    at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished file.

    Attributes:
        info: What it holds.
        copied_frames: How many of its frames were copied from earlier films.
        notes: What of the timeline could not be shown as asked for, in sentences.
    """

    info: MediaInfo
    copied_frames: int = 0
    notes: tuple[str, ...] = ()
