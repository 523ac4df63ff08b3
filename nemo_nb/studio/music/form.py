"""How a piece is laid out in time: beats, sections, and where its last chord begins. Pure."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Final

from nemo_nb.studio.music.spec import MusicSpec

BEATS_A_BAR: Final = 4
STEPS_A_BAR: Final = 16

# The last chord rings at least so long, or for this share of a very short piece.
_RING_S: Final = 1.6
_RING_SHARE: Final = 0.6
_SHORT_BARS: Final = 5
_MEDIUM_BARS: Final = 14
# Intensity and material of the sections after the introduction, again and again.
_COURSE: Final = ((2, "A"), (3, "B"), (3, "A"), (2, "C"), (3, "B"))


@dataclass(frozen=True, slots=True)
class Section:
    """Bars that belong together.

    Attributes:
        start, bars: In bars from the beginning.
        level: 1 quiet, 2 usual, 3 full.
        kind: Sections of one kind share their harmony and patterns.
        turn: How often the course has come round: long pieces change on the way.
    """

    start: int
    bars: int
    level: int
    kind: str
    turn: int


class Form:
    """The frame of one piece; tempo is kept exactly, the last chord's ring takes what is left.

    Attributes:
        length_s: The whole length.
        beat_s: One beat.
        half_bars: How many half bars there are before the last chord; the last bar may be
            half a bar.
    """

    def __init__(self, spec: MusicSpec, duration_ms: int) -> None:
        self.length_s = duration_ms / 1000
        self.beat_s = 60.0 / spec.bpm
        ring_s = min(_RING_S, self.length_s * _RING_SHARE)
        half_bar_s = self.beat_s * BEATS_A_BAR / 2
        self.half_bars = max(0, math.floor((self.length_s - ring_s) / half_bar_s))
        self.sections = tuple(_sections(self.bars))

    @property
    def bar_s(self) -> float:
        """One bar."""
        return self.beat_s * BEATS_A_BAR

    @property
    def bars(self) -> int:
        """How many bars there are, a half one counted whole."""
        return (self.half_bars + 1) // 2

    @property
    def end_s(self) -> float:
        """When the last chord is struck."""
        return self.half_bars * self.bar_s / 2

    def steps(self, bar: int) -> int:
        """Return how many steps *bar* has."""
        return STEPS_A_BAR // 2 if 2 * bar + 1 == self.half_bars else STEPS_A_BAR


def beats_ms(spec: MusicSpec, duration_ms: int) -> tuple[int, ...]:
    """Return when the beats of a piece fall, in ms, the first at 0, the last its last chord."""
    form = Form(spec, duration_ms)
    count = form.half_bars * BEATS_A_BAR // 2
    return tuple(round(beat * form.beat_s * 1000) for beat in range(count + 1))


class Dice:
    """Chance that falls alike everywhere: only what Python promises to keep is used."""

    def __init__(self, *labels: object) -> None:
        self._random = random.Random("|".join(map(str, labels)))  # noqa: S311  no secret

    def roll(self) -> float:
        """Return a number from 0 up to, not including, 1."""
        return self._random.random()

    def among(self, count: int) -> int:
        """Return a whole number below *count*."""
        return int(self.roll() * count)

    def around(self) -> float:
        """Return a number between -1 and 1, mostly near 0."""
        return self.roll() + self.roll() - 1.0


def _sections(bars: int) -> list[Section]:
    if bars < _SHORT_BARS:
        return [Section(0, bars, 3, "A", 0)] if bars else []
    medium = bars < _MEDIUM_BARS
    intro, size = (2, 4) if medium else (4, 8)
    sections = [Section(0, intro, 1, "A", 0)]
    at, index = intro, 0
    while at < bars:
        left = bars - at
        # What would be a rest of a few bars belongs to the section before it.
        taken = left if left < size + size // 2 else size
        turn, place = divmod(index, len(_COURSE))
        level, kind = _COURSE[place]
        if at + taken == bars or medium:
            level = 3
        sections.append(Section(at, taken, level, kind, turn))
        at, index = at + taken, index + 1
    return sections
