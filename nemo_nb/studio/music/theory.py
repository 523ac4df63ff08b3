"""Scales, chords and how one chord passes into the next. Pure; notes are MIDI numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

SCALES: Final[dict[str, tuple[int, ...]]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
}
"""Semitones above the tonic."""

OCTAVE: Final = 12
_A4: Final = 69
_A4_HZ: Final = 440.0
_DEGREES: Final = 7


class Key:
    """A tonic with its scale.

    Args:
        tonic: Pitch class, 0 (C) to 11.
        scale: A name of :data:`SCALES`.
    """

    def __init__(self, tonic: int, scale: str) -> None:
        self.tonic = tonic
        self.scale = scale

    def note(self, degree: int) -> int:
        """Return the pitch of the scale's *degree*, 1 being the tonic; 8 is an octave up."""
        octave, step = divmod(degree - 1, _DEGREES)
        return self.tonic + OCTAVE * octave + SCALES[self.scale][step]

    def chord(self, root: int, size: int) -> tuple[int, ...]:
        """Return thirds stacked on degree *root*: 3 for a triad, 4 a seventh, 5 a ninth."""
        return tuple(self.note(root + 2 * third) for third in range(size))

    def tune(self) -> tuple[int, ...]:
        """Return the five degrees a melody is safe on, over every chord of the key."""
        return (1, 3, 4, 5, 7) if self.scale == "minor" else (1, 2, 3, 5, 6)


def voiced(chord: Sequence[int], before: Sequence[int], centre: int) -> tuple[int, ...]:
    """Return *chord* as notes near *centre*, as near as can be to the chord before.

    Each inversion is tried; the one whose voices move least is taken.
    """
    classes = sorted({note % OCTAVE for note in chord})
    low = centre - OCTAVE // 2
    best: tuple[int, ...] = ()
    best_cost = float("inf")
    for turn in range(len(classes)):
        lowest = low + (classes[turn] - low) % OCTAVE
        notes = [lowest]
        for pitch in (*classes[turn + 1 :], *classes[:turn]):
            notes.append(notes[-1] + (pitch - notes[-1]) % OCTAVE)
        middle = sum(notes) / len(notes)
        cost = abs(middle - centre)
        if before:
            cost += sum(min(abs(note - old) for old in before) for note in notes)
        # A second at the bottom sounds like mud.
        cost += 6.0 * (notes[1] - notes[0] <= 2)  # noqa: PLR2004  semitones
        if cost < best_cost:
            best, best_cost = tuple(notes), cost
    return best


def near(pitch: int, centre: int) -> int:
    """Return the octave of *pitch* that lies nearest to *centre*."""
    return centre + (pitch - centre + OCTAVE // 2) % OCTAVE - OCTAVE // 2


def hertz(note: int) -> float:
    """Return the frequency of *note* in equal temperament."""
    return _A4_HZ * 2.0 ** ((note - _A4) / OCTAVE)
