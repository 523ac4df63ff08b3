"""The notes of a piece, bar by bar: what every part plays. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from nemo_nb.studio.music.book import Part, book
from nemo_nb.studio.music.form import STEPS_A_BAR, Dice, Form, Section
from nemo_nb.studio.music.spec import MusicSpec
from nemo_nb.studio.music.theory import OCTAVE, Key, near, voiced

_CHORDS_AT: Final = 60
_ARP_AT: Final = 64
_TUNE_AT: Final = 67
_BASS_AT: Final = 38
_HITS: Final[dict[str, float]] = {"X": 1.0, "x": 0.8, "o": 0.45}
_BACKBEAT: Final = ("snare", "clap", "taiko")
_SWELL_S: Final = 1.2
_STRUM_S: Final = 0.012
_SEVENTH: Final = 4

# Rhythms of a melody's bar: "x" a note, "-" held, "." silent. The last is for a phrase's end.
_TUNES: Final = (
    "x---x-x-x---x---",
    "x-----x-x---x-x-",
    "..x-x-x-x-------",
    "x---....x-x-x---",
    "x-------x---x---",
    "x-x-x---..x-x---",
    "....x-x-x---x---",
)
_TUNE_END: Final = "x-----------...."


@dataclass(frozen=True, slots=True)
class Event:
    """One note or stroke.

    Attributes:
        at_s: When it begins.
        instrument: A name of ``music.toml``'s instruments, or of its drums.
        note: MIDI number; 0 for a drum.
        length_s: How long it is held.
        loud: 0-1.
        pan: -1 (left) to 1.
        low: Whether it is the bass, which stays out of the room's echo.
    """

    at_s: float
    instrument: str
    note: int
    length_s: float
    loud: float
    pan: float
    low: bool = False


class Score:
    """All notes of one piece, made when they are asked for: an hour is never held whole."""

    def __init__(self, spec: MusicSpec, form: Form) -> None:
        self._spec = spec
        self._form = form
        self._genre = book().genres[spec.genre]
        mood = book().moods[spec.mood]
        self._progressions, self._cadence = mood.progressions, mood.cadence
        self.key = Key(self._dice("key").among(OCTAVE), mood.scale)
        self._first = self._dice("harmony").among(len(self._progressions))
        self._voicings = lru_cache(64)(self._voiced_line)

    def bar(self, number: int) -> list[Event]:
        """Return what bar *number* holds, in order of time."""
        section = self._section(number)
        return sorted(self._events(number, section), key=lambda event: event.at_s)

    def ending(self) -> list[Event]:
        """Return the last chord, held until the piece is over."""
        form, at = self._form, self._form.end_s
        ring = form.length_s - at
        events: list[Event] = []
        for index, part in enumerate(self._genre.parts):
            role, octave = part.role, OCTAVE * part.octave
            if role == "bass":
                notes: Sequence[int] = [near(self.key.note(1), _BASS_AT)]
            elif role in ("melody", "arp"):
                notes = [near(self.key.note(1), _TUNE_AT) + octave]
            else:
                chord = self.key.chord(1, min(_SEVENTH, self._genre.color))
                notes = [note + octave for note in voiced(chord, (), _CHORDS_AT)]
            for place, note in enumerate(notes):
                late = _STRUM_S * place if role == "chords" else 0.0
                events.append(self._played(part, index, at + late, note, ring, 0.85))
        if self._genre.drums and form.half_bars:
            names = [name for name in ("kick", "taiko") if name in self._genre.drums]
            names += ["crash"] if self._genre.crash else []
            events += [self._struck(name, at, 0.9) for name in names]
        return events

    def _section(self, bar: int) -> Section:
        sections = self._form.sections
        return next(part for part in reversed(sections) if part.start <= bar)

    def _events(self, bar: int, section: Section) -> Iterator[Event]:
        start = bar * self._form.bar_s
        for index, part in enumerate(self._genre.parts):
            if part.level <= section.level:
                yield from self._part(index, part, bar, section, start)
        if section.level > 1:
            yield from self._rhythm(bar, section, start)
        last = bar == section.start + section.bars - 1
        if last and self._genre.swell and self._form.bar_s >= _SWELL_S:
            end = start + self._form.steps(bar) * self._form.bar_s / STEPS_A_BAR
            yield self._struck("swell", max(start, end - _SWELL_S), 0.6)

    def _part(
        self, index: int, part: Part, bar: int, section: Section, start: float
    ) -> Iterator[Event]:
        degree, place = self._degree(bar, section)
        octave = OCTAVE * part.octave
        role = part.role
        steps = self._form.steps(bar)
        if role == "pad":
            if place and self._form.steps(bar) == STEPS_A_BAR:
                return
            held = self._genre.chord_bars * self._form.bar_s
            held = min(held, self._form.end_s - start)
            for note in self._voicings(section.kind, section.turn)[degree]:
                yield self._played(part, index, start, note + octave, held, 0.7)
            return
        line = self._line(index, part, bar, section)
        for step, length, symbol in _strokes(line[:steps]):
            at = start + self._swung(step)
            held = self._swung(step + length) - self._swung(step)
            loud = 0.85 if step % 8 == 0 else 0.7 if step % 4 == 0 else 0.6
            if role == "chords":
                for voice, note in enumerate(self._voicings(section.kind, section.turn)[degree]):
                    late = _STRUM_S * voice if part.instrument == "guitar" else 0.0
                    yield self._played(part, index, at + late, note + octave, held, loud)
            elif role == "melody":
                note = self._tune_note(bar, section, step, degree)
                yield self._played(part, index, at, note + octave, held, loud)
            else:
                centre = _BASS_AT if role == "bass" else _ARP_AT
                root = near(self.key.note(degree), centre)
                above = self.key.note(degree + int(symbol) - 1) - self.key.note(degree)
                yield self._played(part, index, at, root + above + octave, held, loud)

    def _line(self, index: int, part: Part, bar: int, section: Section) -> str:
        """Return the 16 steps that a part plays in *bar*."""
        if part.role != "melody":
            lines = part.play
            return lines[self._dice(index, section.kind, section.turn).among(len(lines))]
        inside = (bar - section.start) % 4
        if inside == 3 or bar == self._form.bars - 1:  # noqa: PLR2004  a phrase is four bars
            return _TUNE_END
        # The first bar's rhythm comes again in the third: that is what makes it a tune.
        dice = self._dice("rhythm", section.kind, section.turn, inside % 2)
        return _TUNES[dice.among(len(_TUNES))]

    def _tune_note(self, bar: int, section: Section, step: int, degree: int) -> int:
        """Return a melody's note: chord tones on the strong beats, small steps between."""
        inside = (bar - section.start) % 4
        dice = self._dice("tune", section.kind, section.turn, inside % 2, step)
        if step % 8 == 0:
            tones = [self.key.note(degree + third) for third in (0, 2, 4)]
        else:
            tones = [self.key.note(tone) for tone in self.key.tune()]
        centre = _TUNE_AT + round(4 * self._dice("arc", section.kind, inside).around())
        notes = sorted((near(tone, centre) for tone in tones), key=lambda note: abs(note - centre))
        return notes[dice.among(min(3, len(notes)))]

    def _rhythm(self, bar: int, section: Section, start: float) -> Iterator[Event]:
        drums = self._genre.drums
        steps = self._form.steps(bar)
        names = list(drums)
        if section.level < 3 and len(names) > 2:  # noqa: PLR2004  a usual section leaves one out
            names = names[:-1]
        last = bar == section.start + section.bars - 1
        dice = self._dice("bar", bar)
        for name in names:
            lines = drums[name]
            line = lines[self._dice(name, section.kind, section.turn).among(len(lines))]
            for step, symbol in enumerate(line[:steps]):
                if symbol in _HITS:
                    late = 0.0 if name == "kick" else self._off(dice) / 2
                    loud = _HITS[symbol] * (1 + 0.08 * dice.around())
                    yield self._struck(name, max(0.0, start + self._swung(step) + late), loud)
        if last and section.bars > 1 and dice.roll() < 0.7:  # noqa: PLR2004  most, not all
            fill = next((name for name in names if name in _BACKBEAT), "")
            for step in range(steps - 4, steps) if fill else ():
                if dice.roll() < 0.75:  # noqa: PLR2004  likewise
                    loud = 0.4 + 0.12 * (step - steps + 4)
                    yield self._struck(fill, start + self._swung(step), loud)
        if bar == section.start and bar and self._genre.crash:
            yield self._struck("crash", start, 0.7)

    def _degree(self, bar: int, section: Section) -> tuple[int, int]:
        """Return the degree of the chord of *bar*, and for how many bars it has been on."""
        left = self._form.bars - bar
        if left <= len(self._cadence) and self._form.bars > len(self._cadence):
            return self._cadence[-left], 0
        line = self._progression(section.kind, section.turn)
        chord, place = divmod(bar - section.start, self._genre.chord_bars)
        return line[chord % len(line)], place

    def _progression(self, kind: str, turn: int) -> tuple[int, ...]:
        others = {"A": 0, "B": 1, "C": 2}[kind]
        return self._progressions[(self._first + others + turn) % len(self._progressions)]

    def _voiced_line(self, kind: str, turn: int) -> dict[int, tuple[int, ...]]:
        """Return each chord of a section as notes, voices led from one to the next.

        A ninth leaves its root to the bass: five notes in one octave are mud.
        """
        result: dict[int, tuple[int, ...]] = {}
        before: tuple[int, ...] = ()
        for degree in (*self._progression(kind, turn), *self._cadence):
            if degree not in result:
                chord = self.key.chord(degree, self._genre.color)
                chord = chord[1:] if len(chord) > _SEVENTH else chord
                before = result[degree] = voiced(chord, before, _CHORDS_AT)
        return result

    def _played(
        self, part: Part, index: int, at: float, note: int, held: float, loud: float
    ) -> Event:
        dice = self._dice("hand", index, round(at * 1000), note)
        return Event(
            at_s=max(0.0, at + self._off(dice)),
            instrument=part.instrument,
            note=note,
            length_s=held,
            loud=part.gain * loud * (1 + 0.1 * dice.around()),
            pan=part.pan,
            low=part.role == "bass",
        )

    def _struck(self, name: str, at: float, loud: float) -> Event:
        drum = book().drums[name]
        return Event(at, name, 0, 0.0, loud * drum.gain, drum.pan)

    def _off(self, dice: Dice) -> float:
        return self._genre.loose / 1000 * dice.around()

    def _swung(self, step: int) -> float:
        late = self._genre.swing if step % 2 else 0.0
        return (step + late) * self._form.bar_s / STEPS_A_BAR

    def _dice(self, *labels: object) -> Dice:
        return Dice(self._spec.genre, self._spec.mood, self._spec.seed, *labels)


def _strokes(line: str) -> Iterator[tuple[int, int, str]]:
    """Yield step, length and symbol of each note; "-" and "0" hold the one before."""
    step = 0
    while step < len(line):
        symbol = line[step]
        length = 1
        while step + length < len(line) and line[step + length] in "-0":
            length += 1
        if symbol not in ".-0":
            yield step, length, symbol
        step += length
