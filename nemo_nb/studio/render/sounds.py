"""Sounds on the timeline: the clips' own and the audio tracks'. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from nemo_nb.models import MediaInfo
from nemo_nb.studio.music.spec import MusicSpec, read_music
from nemo_nb.studio.render.segments import ROUNDING_MS, info_of, mapping, playable, speed_of
from nemo_nb.studio.render.shots import Shot
from nemo_nb.timeline.draft import META_KEYS, Segment, Track, first, number

TARGET_LUFS: Final = -14.0
"""What the large video services play at; louder uploads are turned down by them."""
LOUDEST_LUFS: Final = -6.0
QUIETEST_LUFS: Final = -40.0
DUCK_DB: Final = 12.0
DEEPEST_DUCK_DB: Final = 60.0

# A sound that is cut out of the middle of its file would begin and end with a click.
_DECLICK_MS: Final = 2.0
_SHORTEST_LOOP_MS: Final = 50.0


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound on the timeline.

    Attributes:
        name: Its source; empty for generated music.
        start_ms, duration_ms: Its place.
        in_ms: The source's time that is heard first.
        speed: 0.25-4; the pitch is kept.
        volume: 0-1.
        ramp_in_ms, ramp_out_ms: Straight ramps at the ends, which add up to a crossfade.
        fade_in_ms, fade_out_ms: The user's own fades.
        reverse: Heard from ``in_ms`` backwards.
        loop: From where to where of the source it is heard again and again; to infinity means
            that it begins again when the file ends.
        duck_db: By how much it steps back while the others sound; 0 for one that does not.
        music: What is played if there is no source.
    """

    name: str
    start_ms: float
    duration_ms: float
    in_ms: float
    speed: float
    volume: float
    ramp_in_ms: float = 0.0
    ramp_out_ms: float = 0.0
    fade_in_ms: float = 0.0
    fade_out_ms: float = 0.0
    reverse: bool = False
    loop: tuple[float, float] | None = None
    duck_db: float = 0.0
    music: MusicSpec | None = None

    @property
    def end_ms(self) -> float:
        """Where it ends on the timeline."""
        return self.start_ms + self.duration_ms


def lane_sounds(
    lane: Sequence[tuple[Shot, Segment]], media: Mapping[str, MediaInfo]
) -> Iterator[Sound]:
    """Yield the clips' own sound; under a transition it runs into the handles and crossfades."""
    for index, (shot, segment) in enumerate(lane):
        info = media[shot.name]
        if not info.has_audio or segment.meta.get("freeze") is True:
            continue
        strip = _Strip.of(segment, info, shot.start_ms, shot.end_ms)
        # Before the beginning of its file a clip has no sound, however long the transition.
        lead = min(shot.lead_ms, strip.handle_ms)
        joined = index > 0 and _goes_on(lane[index - 1][1], segment)
        goes_on = index + 1 < len(lane) and _goes_on(segment, lane[index + 1][1])
        yield strip.sound(
            segment,
            lead_ms=lead,
            tail_ms=shot.tail_ms,
            ramp_in_ms=(lead + shot.lead_ms) or (0.0 if joined else strip.declick_in_ms),
            ramp_out_ms=2 * shot.tail_ms or (0.0 if goes_on else strip.declick_out_ms),
        )


def music_sounds(track: Track, media: Mapping[str, MediaInfo]) -> Iterator[Sound]:
    """Yield what an audio track plays: files, and music that the studio makes."""
    segments = sorted(playable(track), key=lambda segment: segment.start_ms)
    for index, segment in enumerate(segments):
        spec = None if segment.source else read_music(segment.meta)
        if spec is not None:
            yield _music(segment, spec)
        if not segment.source:
            continue
        info = info_of(segment, media)
        if not info.has_audio or segment.meta.get("freeze") is True:
            continue
        strip = _Strip.of(segment, info, max(0, segment.start_ms), segment.end_ms)
        joined = index > 0 and _goes_on(segments[index - 1], segment)
        goes_on = index + 1 < len(segments) and _goes_on(segment, segments[index + 1])
        yield strip.sound(
            segment,
            ramp_in_ms=0.0 if joined else strip.declick_in_ms,
            ramp_out_ms=0.0 if goes_on else strip.declick_out_ms,
            duck_db=duck_db(segment.meta),
        )


def loudness_target(draft: Any) -> float | None:
    """Return how loud the whole mix shall be, in LUFS; None for a mix left as it is."""
    meta = mapping(first(mapping(draft) or {}, META_KEYS)) or {}
    asked = meta.get("loudness")
    if asked == "as-is":
        return None
    value = number(asked)
    if value is None:
        return TARGET_LUFS
    return min(LOUDEST_LUFS, max(QUIETEST_LUFS, value))


def duck_db(meta: Mapping[str, Any]) -> float:
    """Return by how many dB a segment steps back; 0 where it does not."""
    asked = meta.get("duck")
    if asked is True:
        return DUCK_DB
    return min(DEEPEST_DUCK_DB, abs(number(asked) or 0.0))


def volume_of(segment: Segment) -> float:
    """Return how loud *segment* is, 0-1; 0 when it is muted."""
    if segment.meta.get("mute") is True:
        return 0.0
    return 1.0 if segment.volume is None else min(1.0, max(0.0, segment.volume))


def _music(segment: Segment, spec: MusicSpec) -> Sound:
    start = max(0, segment.start_ms)
    fade_in, fade_out = _fades(segment, segment.end_ms - start)
    return Sound(
        name="",
        start_ms=start,
        duration_ms=segment.end_ms - start,
        in_ms=0.0,
        speed=1.0,
        volume=volume_of(segment),
        fade_in_ms=fade_in,
        fade_out_ms=fade_out,
        duck_db=duck_db(segment.meta),
        music=spec,
    )


@dataclass(frozen=True, slots=True)
class _Strip:
    """The stretch of a source that a segment plays, and how timeline time maps onto it."""

    start_ms: float
    end_ms: float
    low_ms: float
    high_ms: float
    length_ms: float
    speed: float
    reverse: bool
    loop: bool
    moving: bool

    @classmethod
    def of(cls, segment: Segment, info: MediaInfo, start_ms: float, end_ms: float) -> _Strip:
        speed = speed_of(segment)
        low = max(0, segment.source_in_ms) + (start_ms - segment.start_ms) * speed
        length = float(info.duration_ms)
        taken, available = (end_ms - start_ms) * speed, max(1.0, length - low)
        loop = segment.meta.get("loop") is True
        return cls(
            start_ms=start_ms,
            end_ms=end_ms,
            low_ms=low,
            high_ms=low + min(taken, available),
            length_ms=length,
            speed=speed,
            reverse=segment.meta.get("reverse") is True,
            loop=loop and taken > available > _SHORTEST_LOOP_MS,
            moving=info.kind != "audio",
        )

    @property
    def handle_ms(self) -> float:
        """How much more there is before the beginning, in ms of the timeline."""
        there = self.length_ms - self.high_ms if self.reverse else self.low_ms
        return max(0.0, there) / self.speed

    @property
    def declick_in_ms(self) -> float:
        """How long to ramp in: not at all where the file itself begins."""
        whole = self.high_ms >= self.length_ms if self.reverse else self.low_ms <= 0
        return 0.0 if whole else _DECLICK_MS

    @property
    def declick_out_ms(self) -> float:
        """How long to ramp out: not at all where the file itself ends."""
        whole = self.low_ms <= 0 if self.reverse else self.high_ms >= self.length_ms
        return 0.0 if whole and not self.loop else _DECLICK_MS

    def sound(
        self,
        segment: Segment,
        *,
        lead_ms: float = 0.0,
        tail_ms: float = 0.0,
        ramp_in_ms: float,
        ramp_out_ms: float,
        duck_db: float = 0.0,
    ) -> Sound:
        """Return what is heard, from *lead_ms* before the beginning to *tail_ms* after the end."""
        loop = None
        if self.loop:
            # A piece of music begins again when it has ended, a clip with its picture.
            loop = self.low_ms, self.high_ms if self.moving or self.reverse else math.inf
        lead = lead_ms * self.speed
        duration = self.end_ms + tail_ms - self.start_ms + lead_ms
        fade_in, fade_out = _fades(segment, duration)
        return Sound(
            name=segment.source,
            start_ms=self.start_ms - lead_ms,
            duration_ms=duration,
            in_ms=self.high_ms + lead if self.reverse else self.low_ms - lead,
            speed=self.speed,
            volume=volume_of(segment),
            ramp_in_ms=ramp_in_ms,
            ramp_out_ms=ramp_out_ms,
            fade_in_ms=fade_in,
            fade_out_ms=fade_out,
            reverse=self.reverse,
            loop=loop,
            duck_db=duck_db,
        )


def _fades(segment: Segment, duration_ms: float) -> tuple[float, float]:
    """Return the fades at both ends in ms; together they last no longer than the sound."""
    begin, end = (max(0.0, number(segment.meta.get(key)) or 0.0) for key in ("fade_in", "fade_out"))
    squeeze = min(1.0, duration_ms / (begin + end)) if begin + end else 1.0
    return begin * squeeze, end * squeeze


def _goes_on(before: Segment, after: Segment) -> bool:
    """Whether *after* plays on in the source where *before* stopped, as after a split."""
    speed = speed_of(before)
    plain = not any(
        segment.meta.get(key) is True
        for segment in (before, after)
        for key in ("reverse", "loop", "freeze")
    )
    return (
        plain
        and before.source == after.source
        and before.end_ms == after.start_ms
        and speed == speed_of(after)
        and abs(before.source_out_ms - after.source_in_ms) <= 2 * ROUNDING_MS * max(1.0, speed)
    )
