"""Sounds on the timeline: the clips' own and the audio tracks'. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nemo_nb.models import MediaInfo
from nemo_nb.studio.render.segments import info_of, playable, speed_of
from nemo_nb.studio.render.shots import Shot
from nemo_nb.timeline.draft import Segment, Track


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound on the timeline; ramps at its ends make crossfades."""

    name: str
    start_ms: float
    duration_ms: float
    in_ms: float
    speed: float
    volume: float
    ramp_in_ms: float = 0.0
    ramp_out_ms: float = 0.0


def lane_sounds(
    lane: Sequence[tuple[Shot, Segment]], media: Mapping[str, MediaInfo]
) -> Iterator[Sound]:
    """Yield the clips' own sound; under a dissolve it runs into the handles and crossfades."""
    for shot, segment in lane:
        info = media[shot.name]
        if not info.has_audio:
            continue
        lead = min(shot.lead_ms, shot.in_ms / shot.speed)
        start = shot.start_ms - lead
        yield Sound(
            name=shot.name,
            start_ms=start,
            duration_ms=shot.shown_to_ms - start,
            in_ms=shot.source_ms(start),
            speed=shot.speed,
            volume=_volume(segment),
            ramp_in_ms=lead + shot.lead_ms,
            ramp_out_ms=2 * shot.tail_ms,
        )


def music_sounds(track: Track, media: Mapping[str, MediaInfo]) -> Iterator[Sound]:
    """Yield what an audio track plays."""
    for segment in playable(track):
        if not segment.source or not info_of(segment, media).has_audio:
            continue
        start, speed = max(0, segment.start_ms), speed_of(segment)
        yield Sound(
            name=segment.source,
            start_ms=start,
            duration_ms=segment.end_ms - start,
            in_ms=max(0, segment.source_in_ms) + (start - segment.start_ms) * speed,
            speed=speed,
            volume=_volume(segment),
        )


def _volume(segment: Segment) -> float:
    return 1.0 if segment.volume is None else min(1.0, max(0.0, segment.volume))
