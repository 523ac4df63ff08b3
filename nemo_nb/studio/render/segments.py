"""What shots, sounds and words read of a segment alike. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from nemo_nb.errors import RenderFailed
from nemo_nb.models import MediaInfo
from nemo_nb.timeline.draft import Segment, Track

MIN_SPEED: Final = 0.25
MAX_SPEED: Final = 4.0
ROUNDING_MS: Final = 0.5
"""Times of a draft are whole ms, frame times are not: a cut at 66.67 ms is written 67."""


def playable(track: Track) -> Iterator[Segment]:
    """Yield the segments of *track* that have a length."""
    return (segment for segment in track.segments if segment.end_ms > max(0, segment.start_ms))


def info_of(segment: Segment, media: Mapping[str, MediaInfo]) -> MediaInfo:
    """Return what the source of *segment* holds.

    Raises:
        RenderFailed: It is not in *media*.
    """
    info = media.get(segment.source)
    if info is None:
        raise RenderFailed(
            f"The timeline plays {segment.source}, which is not among the uploaded media.",
            fix="Upload it again, or remove that segment.",
        )
    return info


def speed_of(segment: Segment) -> float:
    """Return how fast *segment* plays, within the bounds."""
    return min(MAX_SPEED, max(MIN_SPEED, segment.speed))
