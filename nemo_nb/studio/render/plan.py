"""A draft worked out: which source shows, sounds and is written when. Pure.

The plan speaks of the timeline in ms and of the output in frames. Frame *n* shows the
timeline at ``n / fps``; everything the renderer paints or mixes is read off these records.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final, Literal, cast

from nemo_nb.errors import NotReady, RenderFailed
from nemo_nb.models import Canvas, MediaInfo
from nemo_nb.studio.render.fit import Fit
from nemo_nb.timeline.draft import Segment, Track, number, read_canvas, read_tracks
from nemo_nb.timeline.styles import TextStyle, resolve

Motion = Literal["zoom-in", "zoom-out", "none"]

MIN_SPEED: Final = 0.25
MAX_SPEED: Final = 4.0
MAX_LENGTH_MS: Final = 24 * 3600 * 1000
MIN_FPS: Final = 1.0
MAX_FPS: Final = 120.0
MIN_SIDE: Final = 16
MAX_SIDE: Final = 4096
"""H.264 level 5.2's frame size in either direction, which every browser still plays."""

_DISSOLVES: Final = ("dissolve", "crossfade", "fade")
ROUNDING_MS: Final = 0.5
"""Times of a draft are whole ms, frame times are not: a cut at 66.67 ms is written 67."""

_NTSC: Final = Fraction(1000, 1001)


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


@dataclass(frozen=True, slots=True)
class Words:
    """A text on the timeline; ``row`` counts from the edge where several share a place."""

    text: str
    style: TextStyle
    start_ms: int
    end_ms: int
    row: int = 0

    def alpha(self, at_ms: float) -> float:
        """Return its opacity at *at_ms*, 0 to 1: 0 where it does not show."""
        at = at_ms + ROUNDING_MS
        if not self.start_ms <= at < self.end_ms:
            return 0.0
        fade = min(self.style.fade_ms, (self.end_ms - self.start_ms) / 2)
        if fade <= 0:
            return 1.0
        return min(1.0, (at - self.start_ms) / fade, (self.end_ms - at) / fade)


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


@dataclass(frozen=True, slots=True)
class Plan:
    """All there is to render. ``lanes`` lie bottom to top, ``words`` above them."""

    canvas: Canvas
    rate: Fraction
    frames: int
    lanes: tuple[tuple[Shot, ...], ...]
    words: tuple[Words, ...]
    sounds: tuple[Sound, ...]

    def time_ms(self, frame: int) -> float:
        """Return when *frame* begins."""
        return float(frame * 1000 / self.rate)

    def frame_at(self, at_ms: float) -> int:
        """Return the frame that shows at *at_ms*, the last one beyond the end."""
        index = math.floor((at_ms + ROUNDING_MS) * self.rate / 1000)
        return min(self.frames - 1, max(0, index))


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


def sources(draft: Any) -> tuple[str, ...]:
    """Return the names of the media that *draft* plays, each once, in order."""
    names = (
        segment.source
        for track in read_tracks(draft)
        if track.kind in ("video", "audio")
        for segment in _playable(track)
        if segment.source
    )
    return tuple(dict.fromkeys(names))


def make_plan(draft: Any, media: Mapping[str, MediaInfo], canvas: Canvas | None = None) -> Plan:
    """Work out what to render.

    Args:
        draft: The timeline (docs/draft.md).
        media: What each source holds, by its name in the draft.
        canvas: The picture to render to, if not the draft's own.

    Raises:
        NotReady: There is nothing with a length on the timeline.
        RenderFailed: A source is not in *media*, or the size or length is out of bounds.
    """
    tracks = [track for track in read_tracks(draft) if track.kind != "other"]
    length_ms = max((track.end_ms for track in tracks if any(_playable(track))), default=0)
    if length_ms <= 0:
        raise NotReady("The timeline holds nothing to render.")
    picture = _checked(canvas or read_canvas(draft), length_ms)
    rate = _rate(picture.fps)
    lanes = [_lane(track, media) for track in tracks if track.kind == "video"]
    sounds = [
        *(sound for lane in lanes for sound in _lane_sounds(lane, media)),
        *(sound for track in tracks if track.kind == "audio" for sound in _music(track, media)),
    ]
    return Plan(
        canvas=picture,
        rate=rate,
        frames=max(1, round(length_ms * rate / 1000)),
        lanes=tuple(tuple(shot for shot, _ in lane) for lane in lanes),
        words=tuple(
            Words(
                segment.text,
                resolve(segment.style, segment.role),
                segment.start_ms,
                segment.end_ms,
            )
            for track in tracks
            if track.kind == "text"
            for segment in _playable(track)
            if segment.text.strip()
        ),
        sounds=tuple(sound for sound in sounds if sound.volume > 0 and sound.duration_ms > 0),
    )


def _checked(canvas: Canvas, length_ms: int) -> Canvas:
    if length_ms > MAX_LENGTH_MS:
        raise RenderFailed(
            "The timeline is too long to render.",
            f"It ends at {length_ms / 3_600_000:.1f} hours; the limit is 24.",
            "Trim it, or export it in parts.",
        )
    width, height = canvas.width + canvas.width % 2, canvas.height + canvas.height % 2
    if not (MIN_SIDE <= width <= MAX_SIDE and MIN_SIDE <= height <= MAX_SIDE):
        raise RenderFailed(
            f"A picture of {width} x {height} pixels cannot be rendered.",
            f"Each side must be {MIN_SIDE} to {MAX_SIDE} pixels.",
            "Choose a resolution such as 1080p.",
        )
    return replace(canvas, width=width, height=height, fps=min(MAX_FPS, max(MIN_FPS, canvas.fps)))


def _rate(fps: float) -> Fraction:
    """Return the exact rate that people mean by *fps*: 29.97 is 30000/1001."""
    nearest = round(fps)
    if abs(fps - nearest) < 1e-3:  # noqa: PLR2004  29.97 is 0.03 away from 30
        return Fraction(nearest)
    ntsc = math.ceil(fps) * _NTSC
    return ntsc if abs(float(ntsc) - fps) < 0.005 else Fraction(fps).limit_denominator(1001)  # noqa: PLR2004  29.97 is 0.00003 from its exact rate


def _playable(track: Track) -> Iterator[Segment]:
    return (segment for segment in track.segments if segment.end_ms > max(0, segment.start_ms))


def _lane(track: Track, media: Mapping[str, MediaInfo]) -> list[tuple[Shot, Segment]]:
    """Return a video track's shots in order of time, dissolves worked into them."""
    segments = sorted(
        (segment for segment in _playable(track) if segment.source),
        key=lambda segment: segment.start_ms,
    )
    shots: list[Shot] = []
    for segment in segments:
        shot = _shot(segment, _info(segment, media))
        previous = shots[-1] if shots else None
        if previous is not None and previous.end_ms > shot.start_ms:
            previous = shots[-1] = replace(previous, end_ms=shot.start_ms, tail_ms=0.0)
        half = _half_dissolve_ms(segment, previous, shot)
        if previous is not None and half:
            shots[-1] = replace(previous, tail_ms=half)
            shot = replace(shot, lead_ms=half)
        shots.append(shot)
    return list(zip(shots, segments, strict=True))


def _info(segment: Segment, media: Mapping[str, MediaInfo]) -> MediaInfo:
    info = media.get(segment.source)
    if info is None:
        raise RenderFailed(
            f"The timeline plays {segment.source}, which is not among the uploaded media.",
            fix="Upload it again, or remove that segment.",
        )
    return info


def _shot(segment: Segment, info: MediaInfo) -> Shot:
    start = max(0, segment.start_ms)
    speed = _speed(segment)
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


def _speed(segment: Segment) -> float:
    return min(MAX_SPEED, max(MIN_SPEED, segment.speed))


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


def _lane_sounds(
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


def _music(track: Track, media: Mapping[str, MediaInfo]) -> Iterator[Sound]:
    for segment in _playable(track):
        if not segment.source or not _info(segment, media).has_audio:
            continue
        start, speed = max(0, segment.start_ms), _speed(segment)
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
