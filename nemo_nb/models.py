"""Frozen records that several parts share. No I/O, no behaviour beyond their own fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

MediaKind = Literal["video", "image", "audio", "subtitle", "font"]
Routed = Literal["chat", "export", "credits", "status", "upload"]
"""What a message can lead to."""
Action = Literal[Routed, "edit"]
"""What a turn can be: an ``edit`` was made by hand, in the panel."""
TurnStatus = Literal["done", "silent", "stopped", "failed", "timeout"]
JobStatus = Literal["pending", "processing", "completed", "failed", "cancelled"]

UNFINISHED: tuple[JobStatus, ...] = ("pending", "processing")


@dataclass(frozen=True, slots=True)
class Credits:
    """The account's credits. On the embedded studio everything is free."""

    available: float
    frozen: float
    total: float


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """What a media file holds, read from its content.

    Attributes:
        name: The file's name, without folders.
        kind: ``video``, ``image``, ``audio``, ``subtitle`` or ``font``.
        format: The container or file format by content, e.g. ``mp4``, ``jpg``.
        duration_ms: Length in ms; 0 for a still.
        width, height: Upright pixel size (rotation applied); 0 where there is no picture.
        fps: Average frame rate; 0.0 where there is none.
        size_bytes: File size.
        hash: SHA-256 of the content, hex.
        has_audio: Whether there is at least one audio stream.
        notes: What of it is not used, in sentences for the user.
    """

    name: str
    kind: MediaKind
    format: str
    duration_ms: int = 0
    width: int = 0
    height: int = 0
    fps: float = 0.0
    size_bytes: int = 0
    hash: str = ""
    has_audio: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Canvas:
    """The picture a timeline is rendered to: even pixel sizes, frames per second."""

    width: int = 1920
    height: int = 1080
    fps: float = 30.0

    @property
    def short_side(self) -> int:
        """The smaller of width and height, in pixels; text sizes are shares of it."""
        return min(self.width, self.height)


@dataclass(frozen=True, slots=True)
class RenderState:
    """One answer about a render job, whatever shape it came in.

    ``progress`` is 0-100; ``url`` is where the file lies once completed, if it was given;
    ``notes`` say what of the timeline could not be shown as asked for.
    """

    id: str
    status: JobStatus
    progress: float = 0.0
    url: str | None = None
    error: str | None = None
    notes: tuple[str, ...] = ()
    raw: dict[str, Any] = field(default_factory=dict[str, Any])
