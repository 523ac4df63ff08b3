"""A timeline in one line, in the form of PROTOCOL.md.

``Timeline (3 tracks): 1. Video: city timelapse (0-10s) 2. BGM: Lo-fi (0-10s, 35%)
3. Title: "Urban Dreams" (0-3s)``
"""

from __future__ import annotations

from typing import Any, Final

from nemo_nb.timeline.draft import Segment, Track, read_tracks
from nemo_nb.words import clusters, one_line

_MOST_SEGMENTS: Final = 4
_MOST_CHARS: Final = 60


def summary(draft: Any) -> str:
    """Return the summary line of *draft*; tracks count from 1."""
    tracks = read_tracks(draft)
    head = f"Timeline ({len(tracks)} track{'' if len(tracks) == 1 else 's'})"
    if not tracks:
        return f"{head}: empty"
    told = (f"{number}. {_track(track)}" for number, track in enumerate(tracks, start=1))
    return f"{head}: {' '.join(told)}"


def seconds(value_ms: float) -> str:
    """Return ms as seconds in figures, without needless zeros: ``10``, ``2.5``, ``0.083``."""
    return f"{value_ms / 1000:.3f}".rstrip("0").rstrip(".")


def clock(value_ms: float) -> str:
    """Return ms as a player shows them, to the tenth: ``0:03.2``, ``1:02:03.0``."""
    tenths = int(abs(value_ms) / 100 + 0.5)
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    sign = "-" if value_ms < 0 and tenths else ""
    lead = f"{hours}:{minutes:02}" if hours else f"{minutes}"
    return f"{sign}{lead}:{rest // 10:02}.{rest % 10}"


def span(start_ms: float, end_ms: float) -> str:
    """Return a stretch of time: ``0-3s``."""
    return f"{seconds(start_ms)}-{seconds(end_ms)}s"


def shortened(text: str, most: int = _MOST_CHARS) -> str:
    """Return *text* on one line, cut at *most* characters as a reader counts them."""
    line = one_line(text)
    # A cluster has at least one code point: what is short enough needs no counting.
    if len(line) <= most:
        return line
    parts = clusters(line)
    return line if len(parts) <= most else "".join(parts[: most - 1]).rstrip() + "…"


def track_label(track: Track) -> str:
    """Return what a track is called: Video, BGM, Title, Caption, Text or its type."""
    if track.kind == "video":
        return "Video"
    if track.kind == "audio":
        return "BGM"
    if track.kind == "text":
        roles = {segment.role for segment in track.segments}
        return {"title": "Title", "caption": "Caption"}.get(
            next(iter(roles)) if len(roles) == 1 else "", "Text"
        )
    return "Other" if track.type is None else f"Other (type {track.type})"


def _track(track: Track) -> str:
    label = track_label(track)
    if not track.segments:
        name = shortened(track.name)
        return f"{label}: {name} (empty)" if name else f"{label}: (empty)"
    shown = track.segments
    if len(shown) > _MOST_SEGMENTS:
        shown = shown[: _MOST_SEGMENTS - 1]
    parts = [_segment(segment, track) for segment in shown]
    rest = len(track.segments) - len(shown)
    if rest:
        parts.append(f"{rest} more (to {seconds(track.end_ms)}s)")
    return f"{label}: {', '.join(parts)}"


def _segment(segment: Segment, track: Track) -> str:
    notes = [span(segment.start_ms, segment.end_ms)]
    if segment.volume is not None and segment.volume != 1:
        notes.append(f"{segment.volume * 100:.0f}%")
    if segment.speed != 1:
        notes.append(f"{segment.speed:g}x")
    if track.kind == "text":
        name = f'"{shortened(segment.text or segment.name)}"'
    else:
        name = shortened(segment.name or segment.text or track.name) or "untitled"
    return f"{name} ({', '.join(notes)})"
