"""Reading a draft: the vendor's short keys, known aliases, anything else left alone.

The draft is the timeline as it travels: ``t`` tracks, ``tt`` track type, ``sg`` segments,
``s`` start and ``d`` duration in ms, ``m`` metadata. A missing start means "after the
previous segment of the track". Nothing here raises on a strange draft: what cannot be read
is ``None`` or empty, and the raw objects stay within reach.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

from nemo_nb.models import Canvas

Json = Mapping[str, Any]
TrackKind = Literal["video", "audio", "text", "other"]

VIDEO: Final = 0
AUDIO: Final = 1
TEXT: Final = 7
KINDS: Final[dict[int, TrackKind]] = {VIDEO: "video", AUDIO: "audio", TEXT: "text"}

TRACK_KEYS: Final = ("t", "tracks")
SEGMENT_KEYS: Final = ("sg", "segments")
TYPE_KEYS: Final = ("tt", "type")
META_KEYS: Final = ("m", "meta", "metadata")
START_KEYS: Final = ("s", "st", "start", "start_ms", "startMs")
DURATION_KEYS: Final = ("d", "dur", "duration", "duration_ms", "durationMs")
TEXT_KEYS: Final = ("text", "content", "caption")
NAME_KEYS: Final = ("title", "name", "label")
SOURCE_KEYS: Final = ("src", "source", "file", "url")
SOURCE_IN_KEYS: Final = ("in", "in_ms", "source_in")
VOLUME_KEYS: Final = ("volume", "vol")
SPEED_KEYS: Final = ("speed", "rate")

_INT64_MAX: Final = 2**63 - 1
_NOTHING: Final[Json] = {}


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment with its place worked out. ``raw`` is the draft's own object."""

    index: int
    id: str
    start_ms: int
    duration_ms: int
    meta: Json
    raw: Json

    @property
    def end_ms(self) -> int:
        """Where it ends on the timeline."""
        return self.start_ms + self.duration_ms

    @property
    def text(self) -> str:
        """The words of a text segment, else an empty string."""
        return _text(self.meta, TEXT_KEYS) or _text(self.raw, TEXT_KEYS)

    @property
    def name(self) -> str:
        """A name for people: the title, else the source."""
        return _text(self.meta, NAME_KEYS) or _text(self.raw, NAME_KEYS) or self.source

    @property
    def source(self) -> str:
        """The media it plays: a file name of the session's media pool."""
        return _text(self.meta, SOURCE_KEYS) or _text(self.raw, SOURCE_KEYS)

    @property
    def source_in_ms(self) -> int:
        """Where in the source it begins."""
        return whole(first(self.meta, SOURCE_IN_KEYS)) or 0

    @property
    def source_out_ms(self) -> int:
        """Where in the source it ends; a speed of 2 takes twice its length."""
        return self.source_in_ms + round(self.duration_ms * self.speed)

    @property
    def speed(self) -> float:
        """Playback speed; 1.0 is normal."""
        value = number(first(self.meta, SPEED_KEYS))
        return value if value is not None and value > 0 else 1.0

    @property
    def volume(self) -> float | None:
        """Loudness factor 0-1; None where the draft says nothing."""
        return number(first(self.meta, VOLUME_KEYS))

    @property
    def role(self) -> str:
        """``caption`` or ``title``, as the draft says; ``caption`` where it says nothing."""
        role = self.meta.get("role")
        return role if isinstance(role, str) and role else "caption"

    @property
    def style(self) -> Json:
        """The style dict of a text segment."""
        return _object(self.meta.get("style"))


@dataclass(frozen=True, slots=True)
class Track:
    """One track in draft order."""

    index: int
    type: int | None
    name: str
    segments: tuple[Segment, ...]
    meta: Json
    raw: Json

    @property
    def kind(self) -> TrackKind:
        """``video``, ``audio``, ``text``, or ``other`` for a type this package does not know."""
        return KINDS.get(-1 if self.type is None else self.type, "other")

    @property
    def end_ms(self) -> int:
        """Where its last segment ends; 0 for an empty track."""
        return max((segment.end_ms for segment in self.segments), default=0)


def read_tracks(draft: Any) -> tuple[Track, ...]:
    """Return the tracks of *draft*, in order, starts worked out."""
    tracks: list[Track] = []
    for index, raw in enumerate(_objects(first(_object(draft), TRACK_KEYS))):
        meta = _object(first(raw, META_KEYS))
        tracks.append(
            Track(
                index=index,
                type=whole(first(raw, TYPE_KEYS)),
                name=_text(meta, NAME_KEYS) or _text(raw, NAME_KEYS),
                segments=tuple(_segments(index, first(raw, SEGMENT_KEYS))),
                meta=meta,
                raw=raw,
            )
        )
    return tuple(tracks)


def _segments(track: int, raw_segments: Any) -> Iterator[Segment]:
    cursor = 0
    for index, raw in enumerate(_objects(raw_segments)):
        start = whole(first(raw, START_KEYS))
        duration = whole(first(raw, DURATION_KEYS)) or 0
        segment = Segment(
            index=index,
            id=str(raw.get("id") or f"t{track}s{index}"),
            start_ms=cursor if start is None else start,
            duration_ms=duration,
            meta=_object(first(raw, META_KEYS)),
            raw=raw,
        )
        cursor = segment.end_ms
        yield segment


def duration_ms(draft: Any) -> int:
    """Return where the last segment of any track ends, in ms."""
    return max((track.end_ms for track in read_tracks(draft)), default=0)


def is_ready(draft: Any) -> bool:
    """Whether there is something to render: a track with a non-empty ``sg``."""
    return any(track.segments for track in read_tracks(draft))


def read_canvas(draft: Any, config: Any = None) -> Canvas:
    """Return the picture size and frame rate: the draft's own ``m``, else ``canvas_config``.

    A size that is missing, absurd or odd falls back to 1920x1080 or is rounded up to even.
    """
    meta, fallback, default = _object(first(_object(draft), META_KEYS)), _object(config), Canvas()
    width = whole(meta.get("width")) or whole(fallback.get("width")) or 0
    height = whole(meta.get("height")) or whole(fallback.get("height")) or 0
    fps = number(meta.get("fps")) or number(fallback.get("fps")) or default.fps
    if width <= 0 or height <= 0:
        width, height = default.width, default.height
    return Canvas(width + width % 2, height + height % 2, fps if fps > 0 else default.fps)


def first(mapping: Json, keys: Sequence[str]) -> Any:
    """Return the first value that one of *keys* names and that is not None."""
    for key in keys:
        value = mapping.get(key)
        if value is not None:
            return value
    return None


def key_of(mapping: Json, keys: Sequence[str]) -> str:
    """Return which of *keys* this object uses, else the one the studio writes."""
    return next((key for key in keys if mapping.get(key) is not None), keys[0])


def number(value: Any) -> float | None:
    """Return *value* as a finite float, or None where it is not a number."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        result = float(value)
    except (ValueError, OverflowError):
        return None
    return result if math.isfinite(result) else None


def whole(value: Any) -> int | None:
    """Return *value* as an int that fits 64 bits, or None."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) <= _INT64_MAX else None
    result = number(value)
    return round(result) if result is not None and abs(result) < _INT64_MAX else None


def _object(value: Any) -> Json:
    return cast("Json", value) if isinstance(value, Mapping) else _NOTHING


def _objects(value: Any) -> Iterator[Json]:
    if isinstance(value, (list, tuple)):
        for item in cast("Sequence[Any]", value):
            if isinstance(item, Mapping):
                yield cast("Json", item)


def _text(mapping: Json, keys: Sequence[str]) -> str:
    value = first(mapping, keys)
    return value if isinstance(value, str) else ""
