"""The part of a draft that plays one source, as a draft of its own (pure)."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, Final

from nemo_nb.timeline.draft import (
    DURATION_KEYS,
    META_KEYS,
    SEGMENT_KEYS,
    START_KEYS,
    TRACK_KEYS,
    Segment,
    Track,
    key_of,
    read_tracks,
)

Window = tuple[int, int, int]
"""Start and end on the old timeline, start on the new one, in ms."""

_NO_WINDOWS: Final[tuple[Window, ...]] = ()


def cut_of(draft: Mapping[str, Any], source: str) -> dict[str, Any] | None:
    """Return the draft that shows only *source*: its segments, and what lies over them.

    Text and sound on other tracks are kept where the source plays, cut to it and moved with
    it. None where no video segment plays the source.
    """
    tracks = read_tracks(draft)
    windows = _windows(tracks, source)
    if not windows:
        return None
    kept: list[dict[str, Any]] = []
    for track in tracks:
        if track.kind == "video":
            plays = [segment for segment in track.segments if segment.source == source]
            segments = [
                _placed(segment, segment.start_ms, segment.end_ms, start)
                for segment, (_, _, start) in zip(plays, windows, strict=False)
            ]
            for segment in segments[:1]:
                # Nothing comes before it any more.
                _meta(segment).pop("transition", None)
        else:
            segments = [
                piece
                for segment in track.segments
                for window in windows
                if (piece := _clipped(segment, window)) is not None
            ]
        if segments:
            raw = dict(track.raw)
            raw[key_of(raw, SEGMENT_KEYS)] = segments
            kept.append(raw)
    result = dict(draft)
    result[key_of(result, TRACK_KEYS)] = kept
    result["d"] = max(new + end - start for start, end, new in windows)
    return result


def _windows(tracks: tuple[Track, ...], source: str) -> tuple[Window, ...]:
    """Lay the source's segments one after the other: the first video track that has it."""
    for track in tracks:
        plays = [item for item in track.segments if item.source == source]
        if track.kind == "video" and plays:
            cursor, windows = 0, list[Window]()
            for segment in plays:
                windows.append((segment.start_ms, segment.end_ms, cursor))
                cursor += segment.duration_ms
            return tuple(windows)
    return _NO_WINDOWS


def _clipped(segment: Segment, window: Window) -> dict[str, Any] | None:
    start, end, new = window
    begin, stop = max(segment.start_ms, start), min(segment.end_ms, end)
    return _placed(segment, begin, stop, new + begin - start) if begin < stop else None


def _placed(segment: Segment, begin: int, stop: int, at_ms: int) -> dict[str, Any]:
    """Return the piece of *segment* from *begin* to *stop*, starting at *at_ms*."""
    raw = copy.deepcopy(dict(segment.raw))
    raw[key_of(raw, START_KEYS)] = at_ms
    raw[key_of(raw, DURATION_KEYS)] = stop - begin
    if segment.source and begin > segment.start_ms:
        skipped = round((begin - segment.start_ms) * segment.speed)
        _meta(raw)["in"] = segment.source_in_ms + skipped
    return raw


def _meta(raw: dict[str, Any]) -> dict[str, Any]:
    return raw.setdefault(key_of(raw, META_KEYS), {})
