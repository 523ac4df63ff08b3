"""What shots, sounds and words read of a segment alike. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from nemo_nb.errors import RenderFailed
from nemo_nb.models import MediaInfo
from nemo_nb.timeline.draft import Segment, Track, number

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
    return look_up(segment.source, media)


def look_up(name: str, media: Mapping[str, MediaInfo]) -> MediaInfo:
    """Return what the source called *name* holds.

    Raises:
        RenderFailed: It is not in *media*.
    """
    info = media.get(name)
    if info is None:
        raise RenderFailed(
            f"The timeline plays {name}, which is not among the uploaded media.",
            fix="Upload it again, or remove that segment.",
        )
    return info


def speed_of(segment: Segment) -> float:
    """Return how fast *segment* plays, within the bounds."""
    return min(MAX_SPEED, max(MIN_SPEED, segment.speed))


def held(value: Any, low: float, high: float, missing: float) -> float:
    """Return *value* held between *low* and *high*; *missing* where it is no number."""
    given = number(value)
    return missing if given is None else min(high, max(low, given))


def mapping(value: Any) -> Mapping[str, Any] | None:
    """Return *value* if it is an object of the draft, else None."""
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else None
