"""Texts on the timeline: what is written when, where and in which style. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, cast

from nemo_nb.studio.render.region import Region, read_region
from nemo_nb.studio.render.segments import ROUNDING_MS, playable
from nemo_nb.timeline.draft import DURATION_KEYS, START_KEYS, Segment, Track, first, whole
from nemo_nb.timeline.styles import TextStyle, resolve

# More words than anyone speaks while one caption stands; the rest is estimated.
_MOST_SPOKEN: Final = 2000


class Spoken(NamedTuple):
    """A word with its time, ms from the beginning of its text."""

    text: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Words:
    """A text on the timeline.

    Attributes:
        text, style, start_ms, end_ms: What, how, and when on the timeline.
        row: Counts from the edge where several texts share a place.
        region: The part of the canvas it is laid out in, None for the whole.
        spoken: When its words are spoken, as far as that is known.
    """

    text: str
    style: TextStyle
    start_ms: int
    end_ms: int
    row: int = 0
    region: Region | None = None
    spoken: tuple[Spoken, ...] = ()

    @property
    def duration_ms(self) -> int:
        """How long it shows."""
        return self.end_ms - self.start_ms

    def alpha(self, at_ms: float) -> float:
        """Return its fade at *at_ms*, 0 to 1: 0 where it does not show."""
        at = at_ms + ROUNDING_MS
        if not self.start_ms <= at < self.end_ms:
            return 0.0
        fade = min(self.style.fade_ms, self.duration_ms / 2)
        if fade <= 0:
            return 1.0
        return min(1.0, (at - self.start_ms) / fade, (self.end_ms - at) / fade)


def track_words(track: Track) -> tuple[Words, ...]:
    """Return what the text *track* writes."""
    region = read_region(track.meta)
    return tuple(
        Words(
            segment.text,
            resolve(segment.style, segment.role),
            segment.start_ms,
            segment.end_ms,
            region=region,
            spoken=tuple(sorted(_spoken(segment), key=lambda word: word.start_ms)),
        )
        for segment in playable(track)
        if segment.text.strip()
    )


def _spoken(segment: Segment) -> Iterator[Spoken]:
    """Yield the words of ``m.words`` that have a text and a time within the segment."""
    given = segment.meta.get("words")
    if not isinstance(given, list):
        return
    for item in cast("list[Any]", given)[:_MOST_SPOKEN]:
        if not isinstance(item, Mapping):
            continue
        word = cast("Mapping[str, Any]", item)
        text = word.get("text")
        start, length = whole(first(word, START_KEYS)), whole(first(word, DURATION_KEYS))
        if isinstance(text, str) and text.strip() and start is not None:
            start = max(0, start)
            end = start + max(0, length or 0)
            if start < segment.duration_ms:
                yield Spoken(text, start, min(end, segment.duration_ms))
