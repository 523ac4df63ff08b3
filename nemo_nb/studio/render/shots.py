"""Pictures on the timeline: which shot shows when, and how one passes into the next. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, cast

from nemo_nb.models import MediaInfo
from nemo_nb.studio.render.fit import Fit
from nemo_nb.studio.render.segments import ROUNDING_MS, info_of, playable, speed_of
from nemo_nb.timeline.draft import Segment, Track, number

Motion = Literal["zoom-in", "zoom-out", "none"]

_DISSOLVES: Final = ("dissolve", "crossfade", "fade")


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture source on the timeline.

    ``lead_ms`` and ``tail_ms`` are how far a dissolve lets it show before its start and after
    its end; ``kind`` is ``image`` or ``video``.
    """

    name: str
    kind: Literal["image", "video"]
    start_ms: int
    end_ms: int
    in_ms: int
    speed: float
    fit: Fit
    motion: Motion
    lead_ms: float = 0.0
    tail_ms: float = 0.0

    @property
    def shown_from_ms(self) -> float:
        """When it is first seen."""
        return self.start_ms - self.lead_ms

    @property
    def shown_to_ms(self) -> float:
        """When it is last seen."""
        return self.end_ms + self.tail_ms

    def progress(self, at_ms: float) -> float:
        """Return how far through its whole showing *at_ms* is, 0 to 1."""
        span = self.shown_to_ms - self.shown_from_ms
        return min(1.0, max(0.0, (at_ms - self.shown_from_ms) / span))

    def source_ms(self, at_ms: float) -> float:
        """Return the source's time at the timeline's *at_ms*; never before its beginning."""
        return max(0.0, self.in_ms + (at_ms - self.start_ms) * self.speed)


def shots_at(lane: Sequence[Shot], at_ms: float) -> tuple[tuple[Shot, float], ...]:
    """Return what *lane* shows at *at_ms*: shots with the weight each is laid on with.

    None in a gap; one with weight 1; or in a dissolve the earlier with 1 and the later, laid
    over it, with how far the dissolve has come.
    """
    at = at_ms + ROUNDING_MS
    shown = [shot for shot in lane if shot.shown_from_ms <= at < shot.shown_to_ms]
    if len(shown) < 2:  # noqa: PLR2004  a dissolve needs two
        return tuple((shot, 1.0) for shot in shown)
    before, after = shown[-2:]
    if not after.lead_ms:
        return ((after, 1.0),)
    weight = (at - after.shown_from_ms) / (2 * after.lead_ms)
    return (before, 1.0), (after, min(1.0, weight))


def lane_shots(track: Track, media: Mapping[str, MediaInfo]) -> list[tuple[Shot, Segment]]:
    """Return a video track's shots in order of time, dissolves worked into them."""
    segments = sorted(
        (segment for segment in playable(track) if segment.source),
        key=lambda segment: segment.start_ms,
    )
    shots: list[Shot] = []
    for segment in segments:
        shot = _shot(segment, info_of(segment, media))
        previous = shots[-1] if shots else None
        if previous is not None and previous.end_ms > shot.start_ms:
            previous = shots[-1] = replace(previous, end_ms=shot.start_ms, tail_ms=0.0)
        half = _half_dissolve_ms(segment, previous, shot)
        if previous is not None and half:
            shots[-1] = replace(previous, tail_ms=half)
            shot = replace(shot, lead_ms=half)
        shots.append(shot)
    return list(zip(shots, segments, strict=True))


def _shot(segment: Segment, info: MediaInfo) -> Shot:
    start = max(0, segment.start_ms)
    speed = speed_of(segment)
    fit, motion = segment.meta.get("fit"), segment.meta.get("motion")
    return Shot(
        name=segment.source,
        kind="image" if info.kind == "image" else "video",
        start_ms=start,
        end_ms=segment.end_ms,
        in_ms=max(0, segment.source_in_ms) + round((start - segment.start_ms) * speed),
        speed=speed,
        fit=cast("Fit", fit) if fit in ("cover", "blur") else "contain",
        motion=cast("Motion", motion) if motion in ("zoom-out", "none") else "zoom-in",
    )


def _half_dissolve_ms(segment: Segment, previous: Shot | None, shot: Shot) -> float:
    """Return half the length of the dissolve into *shot*, 0 where there is a plain cut.

    It lies evenly about the cut and takes at most half of either shot, so that two dissolves
    of one shot never meet.
    """
    transition = segment.meta.get("transition")
    if previous is None or previous.end_ms != shot.start_ms or not isinstance(transition, Mapping):
        return 0.0
    asked = cast("Mapping[str, Any]", transition)
    if asked.get("kind") not in _DISSOLVES:
        return 0.0
    longest = min(previous.end_ms - previous.start_ms, shot.end_ms - shot.start_ms)
    return max(0.0, min((number(asked.get("ms")) or 0.0) / 2, longest / 2))
