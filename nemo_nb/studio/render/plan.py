"""A draft worked out: which source shows, sounds and is written when. Pure.

The plan speaks of the timeline in ms and of the output in frames. Frame *n* shows the
timeline at ``n / fps``; everything the renderer paints or mixes is read off these records.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final

from nemo_nb.errors import NotReady, RenderFailed
from nemo_nb.models import Canvas, MediaInfo
from nemo_nb.studio.render.segments import ROUNDING_MS, playable
from nemo_nb.studio.render.shots import Shot, background_source, lane_shots
from nemo_nb.studio.render.sounds import Sound, lane_sounds, loudness_target, music_sounds
from nemo_nb.studio.render.words import Words, track_words
from nemo_nb.timeline.draft import read_canvas, read_tracks

MAX_LENGTH_MS: Final = 24 * 3600 * 1000
MIN_FPS: Final = 1.0
MAX_FPS: Final = 120.0
MIN_SIDE: Final = 16
MAX_SIDE: Final = 4096
"""H.264 level 5.2's frame size in either direction, which every browser still plays."""

_NTSC: Final = Fraction(1000, 1001)


@dataclass(frozen=True, slots=True)
class Plan:
    """All there is to render. ``lanes`` lie bottom to top, ``words`` above them."""

    canvas: Canvas
    rate: Fraction
    frames: int
    lanes: tuple[tuple[Shot, ...], ...]
    words: tuple[Words, ...]
    sounds: tuple[Sound, ...]
    loudness: float | None

    def time_ms(self, frame: int) -> float:
        """Return when *frame* begins."""
        return float(frame * 1000 / self.rate)

    def frame_at(self, at_ms: float) -> int:
        """Return the frame that shows at *at_ms*, the last one beyond the end."""
        index = math.floor((at_ms + ROUNDING_MS) * self.rate / 1000)
        return min(self.frames - 1, max(0, index))


def sources(draft: Any) -> tuple[str, ...]:
    """Return the names of the media that *draft* plays, each once, in order."""
    names = (
        name
        for track in read_tracks(draft)
        if track.kind in ("video", "audio")
        for segment in playable(track)
        if segment.source
        for name in (segment.source, background_source(segment, track))
        if name
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
    length_ms = max((track.end_ms for track in tracks if any(playable(track))), default=0)
    if length_ms <= 0:
        raise NotReady("The timeline holds nothing to render.")
    picture = _checked(canvas or read_canvas(draft), length_ms)
    rate = _rate(picture.fps)
    lanes = [lane_shots(track, media) for track in tracks if track.kind == "video"]
    sounds = [
        *(sound for lane in lanes for sound in lane_sounds(lane, media)),
        *(
            sound
            for track in tracks
            if track.kind == "audio"
            for sound in music_sounds(track, media)
        ),
    ]
    return Plan(
        canvas=picture,
        rate=rate,
        frames=max(1, round(length_ms * rate / 1000)),
        lanes=tuple(tuple(shot for shot, _ in lane) for lane in lanes),
        words=tuple(
            words for track in tracks if track.kind == "text" for words in track_words(track)
        ),
        sounds=tuple(sound for sound in sounds if sound.volume > 0 and sound.duration_ms > 0),
        loudness=loudness_target(draft),
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
