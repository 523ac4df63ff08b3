"""Pictures on the timeline: which shot shows when, and how one passes into the next. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from nemo_nb.models import MediaInfo
from nemo_nb.studio.render.adjust import Adjust, read_adjust
from nemo_nb.studio.render.background import Background, read_background
from nemo_nb.studio.render.geometry import Framing, read_framing
from nemo_nb.studio.render.motion import Motion, read_motion
from nemo_nb.studio.render.region import Region, read_region
from nemo_nb.studio.render.segments import (
    ROUNDING_MS,
    held,
    info_of,
    look_up,
    playable,
    speed_of,
)
from nemo_nb.studio.render.transitions import Transition, read_transition
from nemo_nb.timeline.draft import Segment, Track

_ENDLESS: Final = ("gif", "webp")
# Backwards, a moment shows the frame that ends there. A time that falls on the edge between
# two frames must end up before it, however container and draft have rounded.
_BEFORE_MS: Final = 2.0
_LATEST_MS: Final = 7 * 24 * 3600 * 1000  # later than any file ends that anybody edits
_SHORTEST_LOOP_MS: Final = 50.0
_PLAIN: Final = Framing()


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture source on the timeline.

    ``lead_ms`` and ``tail_ms`` are how far a transition lets it show before its start and
    after its end; ``kind`` is ``image`` or ``video``; ``length_ms`` is where its source ends,
    0 for one that has no end (a photo, an animation that loops by itself). ``transition`` is
    how the shot before passes into this one.
    """

    name: str
    kind: Literal["image", "video"]
    start_ms: int
    end_ms: int
    in_ms: int = 0
    speed: float = 1.0
    length_ms: int = 0
    reverse: bool = False
    freeze: bool = False
    loop: bool = False
    lead_ms: float = 0.0
    tail_ms: float = 0.0
    transition: Transition | None = None
    opacity: float = 1.0
    fade_in_ms: float = 0.0
    fade_out_ms: float = 0.0
    framing: Framing = _PLAIN
    motion: Motion | None = None
    adjust: Adjust | None = None
    background: Background | None = None
    region: Region | None = None

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

    def arrival(self, at_ms: float) -> float:
        """Return how far the transition into it has come at *at_ms*, 0 to 1."""
        if not self.lead_ms:
            return 1.0
        done = (at_ms + ROUNDING_MS - self.shown_from_ms) / (2 * self.lead_ms)
        return min(1.0, max(0.0, done))

    def opacity_at(self, at_ms: float) -> float:
        """Return its opacity at *at_ms*, fades included, 0 to 1."""
        at, share = at_ms + ROUNDING_MS, 1.0
        if self.fade_in_ms:
            share = min(share, (at - self.shown_from_ms) / self.fade_in_ms)
        if self.fade_out_ms:
            share = min(share, (self.shown_to_ms - at) / self.fade_out_ms)
        return self.opacity * max(0.0, share)

    @property
    def available_ms(self) -> float:
        """How much of the source there is from its in point on; infinite for a loop of its own."""
        return max(1.0, self.length_ms - self.in_ms) if self.length_ms else float("inf")

    def source_ms(self, at_ms: float) -> float:
        """Return the source's time at the timeline's *at_ms*; never before its beginning."""
        if self.freeze:
            return self.in_ms
        passed = (at_ms - self.start_ms) * self.speed
        taken = (self.end_ms - self.start_ms) * self.speed
        again = self.loop and taken > self.available_ms > _SHORTEST_LOOP_MS
        if again and passed >= 0:
            passed %= self.available_ms
        if not self.reverse:
            return max(0.0, self.in_ms + passed)
        # Its end comes first; where the source is too short, its first frame is held at last.
        latest = self.in_ms + min(taken, self.available_ms) - _BEFORE_MS
        earliest = self.in_ms if taken > self.available_ms else 0
        return max(float(earliest), latest - passed)


def shots_at(lane: Sequence[Shot], at_ms: float) -> tuple[Shot, ...]:
    """Return what *lane* shows at *at_ms*: none in a gap, one, or both sides of a transition."""
    at = at_ms + ROUNDING_MS
    shown = [shot for shot in lane if shot.shown_from_ms <= at < shot.shown_to_ms]
    if len(shown) < 2:  # noqa: PLR2004  a transition needs two
        return tuple(shown)
    before, after = shown[-2:]
    return (before, after) if after.lead_ms else (after,)


def lane_shots(track: Track, media: Mapping[str, MediaInfo]) -> list[tuple[Shot, Segment]]:
    """Return a video track's shots in order of time, transitions worked into them."""
    region = read_region(track.meta)
    segments = sorted(
        (segment for segment in playable(track) if segment.source),
        key=lambda segment: segment.start_ms,
    )
    shots: list[Shot] = []
    for segment in segments:
        shot = _shot(segment, media, region)
        previous = shots[-1] if shots else None
        if previous is not None and previous.end_ms > shot.start_ms:
            previous = shots[-1] = replace(previous, end_ms=shot.start_ms, tail_ms=0.0)
        half = _half_transition_ms(previous, shot)
        if previous is not None and half:
            shots[-1] = replace(previous, tail_ms=half)
            shot = replace(shot, lead_ms=half)
        else:
            shot = replace(shot, transition=None)
        shots.append(shot)
    return [
        (_with_fades(shot, segment.meta), segment)
        for shot, segment in zip(shots, segments, strict=True)
        if shot.end_ms > shot.start_ms
    ]


def _shot(segment: Segment, media: Mapping[str, MediaInfo], region: Region | None) -> Shot:
    info = info_of(segment, media)
    start = max(0, segment.start_ms)
    speed = speed_of(segment)
    meta = segment.meta
    begins = max(0, segment.source_in_ms) + round((start - segment.start_ms) * speed)
    background = read_background(meta)
    if background is not None and background.src:
        look_up(background.src, media)
    still = info.kind == "image"
    framing = read_framing(meta)
    if background is not None and background.kind == "transparent" and framing.fit == "blur":
        # A blurred copy of the subject would be a background again, and a halo around it.
        framing = replace(framing, fit="contain")
    return Shot(
        name=segment.source,
        kind="image" if still else "video",
        start_ms=start,
        end_ms=segment.end_ms,
        in_ms=min(_LATEST_MS, begins),
        speed=speed,
        length_ms=0 if still or info.format in _ENDLESS else info.duration_ms,
        reverse=meta.get("reverse") is True,
        freeze=meta.get("freeze") is True,
        loop=meta.get("loop") is True,
        transition=read_transition(meta),
        opacity=held(meta.get("opacity"), 0.0, 1.0, 1.0),
        framing=framing,
        motion=read_motion(meta, still=still, placed=framing.placed),
        adjust=read_adjust(meta),
        background=background,
        region=region,
    )


def background_source(segment: Segment, track: Track) -> str:
    """Return the name of the picture that lies behind the segment's subject, empty for none."""
    background = read_background(segment.meta) if track.kind == "video" else None
    return "" if background is None else background.src


def _half_transition_ms(previous: Shot | None, shot: Shot) -> float:
    """Return half the length of the transition into *shot*, 0 where there is a plain cut.

    It lies evenly about the cut and takes at most half of either shot, so that two
    transitions of one shot never meet.
    """
    if previous is None or previous.end_ms != shot.start_ms or shot.transition is None:
        return 0.0
    longest = min(previous.end_ms - previous.start_ms, shot.end_ms - shot.start_ms)
    return min(shot.transition.length_ms, longest) / 2


def _with_fades(shot: Shot, meta: Mapping[str, Any]) -> Shot:
    """Return *shot* with its fades, shortened alike where they would overlap."""
    span = shot.shown_to_ms - shot.shown_from_ms
    fade_in = held(meta.get("fade_in"), 0, span, 0)
    fade_out = held(meta.get("fade_out"), 0, span, 0)
    factor = min(1.0, span / max(span, fade_in + fade_out))
    return replace(shot, fade_in_ms=fade_in * factor, fade_out_ms=fade_out * factor)
