"""Texts on the timeline: what is written when, and how strongly it shows. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from nemo_nb.studio.render.segments import ROUNDING_MS, playable
from nemo_nb.timeline.draft import Track
from nemo_nb.timeline.styles import TextStyle, resolve


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


def track_words(track: Track) -> tuple[Words, ...]:
    """Return what the text *track* writes."""
    return tuple(
        Words(
            segment.text,
            resolve(segment.style, segment.role),
            segment.start_ms,
            segment.end_ms,
        )
        for segment in playable(track)
        if segment.text.strip()
    )
