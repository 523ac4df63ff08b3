"""What ``music.toml`` says, as records: genres and moods, instruments and drums."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal, cast

Role = Literal["chords", "pad", "bass", "arp", "melody"]


@dataclass(frozen=True, slots=True)
class Part:
    """What one player does in a genre; the meaning of each value stands in ``music.toml``."""

    instrument: str
    role: Role
    gain: float
    pan: float
    level: int
    octave: int
    play: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Genre:
    """A kind of music."""

    en: str
    zh: str
    also: tuple[str, ...]
    bpm: float
    mood: str
    color: int
    swing: float
    loose: float
    room: float
    wet: float
    parts: tuple[Part, ...]
    drums: Mapping[str, tuple[str, ...]]
    chord_bars: int = 1
    dark: float = 0.0
    crackle: float = 0.0
    pump: float = 0.0
    crash: bool = False
    swell: bool = False


@dataclass(frozen=True, slots=True)
class Mood:
    """A scale, and the chords that make it felt; ``genre`` is who plays it best."""

    en: str
    zh: str
    also: tuple[str, ...]
    genre: str
    scale: str
    light: float
    progressions: tuple[tuple[int, ...], ...]
    cadence: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tone:
    """An instrument."""

    bright: tuple[float, ...]
    dark: tuple[float, ...]
    attack: float
    decay: float
    sustain: float
    release: float
    spread: float
    width: float
    wobble: tuple[float, float] = (0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Fall:
    """The tone of a drum: from *high* to *low* Hz within about *fall* s."""

    high: float
    low: float
    fall: float
    decay: float
    gain: float


@dataclass(frozen=True, slots=True)
class Rush:
    """The noise of a drum, between *low* and *high* Hz."""

    low: float
    high: float
    decay: float
    gain: float
    hits: int = 1
    attack: float = 0.0015


@dataclass(frozen=True, slots=True)
class Drum:
    """A drum or cymbal."""

    gain: float
    pan: float
    tone: Fall | None
    noise: Rush | None


@dataclass(frozen=True, slots=True)
class Book:
    """All of it, by name, in the order written."""

    genres: Mapping[str, Genre]
    moods: Mapping[str, Mood]
    instruments: Mapping[str, Tone]
    drums: Mapping[str, Drum]


@cache
def book() -> Book:
    """Return what is written; it is read once."""
    text = resources.files(__package__ or "").joinpath("music.toml").read_text("utf-8")
    written = tomllib.loads(text)
    return Book(
        {name: _genre(entry) for name, entry in written["genres"].items()},
        {name: _mood(entry) for name, entry in written["moods"].items()},
        {name: Tone(**_fixed(entry)) for name, entry in written["instruments"].items()},
        {name: _drum(entry) for name, entry in written["drums"].items()},
    )


def _genre(entry: Mapping[str, Any]) -> Genre:
    values = _fixed(entry)
    values["parts"] = tuple(Part(**_fixed(part)) for part in entry["parts"])
    values["drums"] = _fixed(entry.get("drums", {}))
    return Genre(**values)


def _mood(entry: Mapping[str, Any]) -> Mood:
    values = _fixed(entry)
    values["progressions"] = tuple(_degrees(line) for line in entry["progressions"])
    values["cadence"] = _degrees(entry["cadence"])
    return Mood(**values)


def _drum(entry: Mapping[str, Any]) -> Drum:
    tone, noise = entry.get("tone"), entry.get("noise")
    return Drum(
        gain=entry["gain"],
        pan=entry.get("pan", 0.0),
        tone=Fall(**tone) if tone else None,
        noise=Rush(**noise) if noise else None,
    )


def _degrees(line: str) -> tuple[int, ...]:
    return tuple(int(degree) for degree in line.split())


def _fixed(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: tuple(cast("list[Any]", value)) if isinstance(value, list) else value
        for key, value in entry.items()
    }
