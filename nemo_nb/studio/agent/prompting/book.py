"""What prompts are composed of: the TOML files of ``data``, read once into records.

Pairs are (English, Chinese). The fields are explained at the head of each file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, TypeVar, cast

Language = Literal["en", "zh"]
Pair = tuple[str, str]

_INDEX: Final = {"en": 0, "zh": 1}
T = TypeVar("T")


def told(pair: Pair, language: Language) -> str:
    """Return the words of *pair* in *language*."""
    return pair[_INDEX[language]]


@dataclass(frozen=True, slots=True)
class Entry:
    """What every record has: its id and the words that mean it."""

    id: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place(Entry):
    """Where a shot can play."""

    backdrop: str = ""
    sounds: tuple[Pair, ...] = ()
    inside: bool = False
    always: str = ""


@dataclass(frozen=True, slots=True)
class Size(Entry):
    """A shot size."""

    name: Pair = ("", "")
    lenses: tuple[int, ...] = ()
    scale: float = 1.0
    moves: tuple[str, ...] = ()
    seen: Pair = ("", "")


@dataclass(frozen=True, slots=True)
class Move(Entry):
    """A camera move."""

    name: Pair = ("", "")
    mark: Pair = ("", "")
    motion: str = "still"
    energy: int = 0
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Named(Entry):
    """A speed or a kind of lens."""

    name: Pair = ("", "")


@dataclass(frozen=True, slots=True)
class Light(Entry):
    """A way of lighting."""

    name: Pair = ("", "")
    how: tuple[Pair, ...] = ()
    touch: tuple[Pair, ...] = ()
    times: tuple[str, ...] = ()
    where: str = "any"
    side: float = 0.0
    warm: float = 0.0
    power: float = 1.0
    backdrops: tuple[str, ...] = ()
    palettes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Palette(Entry):
    """Five colours, dark to light; the fourth is the accent."""

    name: Pair = ("", "")
    colors: tuple[str, ...] = ()
    tone: int = 0
    warm: int = 0
    times: tuple[str, ...] = ()
    mono: bool = False


@dataclass(frozen=True, slots=True)
class Mood(Entry):
    """A feeling, its pace and the music that goes with it."""

    name: Pair = ("", "")
    music: Mapping[str, str] = field(default_factory=dict[str, str])
    pace: int = 0
    tone: int = 0
    warm: int = 0


@dataclass(frozen=True, slots=True)
class Style(Entry):
    """A look of the medium."""

    name: Pair = ("", "")
    negative: tuple[Pair, ...] = ()
    drawn: bool = False


@dataclass(frozen=True, slots=True)
class Genre(Entry):
    """A kind of film; ``beats`` are (role, size, English, Chinese)."""

    name: Pair = ("", "")
    subject: Pair = ("", "")
    silhouette: str = "person"
    actions: tuple[Pair, ...] = ()
    places: tuple[tuple[str, str, str], ...] = ()
    details: tuple[Pair, ...] = ()
    sounds: tuple[Pair, ...] = ()
    negative: tuple[Pair, ...] = ()
    lights: tuple[str, ...] = ()
    palettes: tuple[str, ...] = ()
    moods: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    seconds: int = 20
    beats: tuple[tuple[str, str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Subject(Entry):
    """A thing that has details of its own."""

    silhouette: str = "person"
    details: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class Book:
    """Everything, by id, in the order of the files."""

    places: Mapping[str, Place]
    sizes: Mapping[str, Size]
    moves: Mapping[str, Move]
    speeds: Mapping[str, Named]
    glass: Mapping[str, Named]
    lights: Mapping[str, Light]
    palettes: Mapping[str, Palette]
    moods: Mapping[str, Mood]
    styles: Mapping[str, Style]
    genres: Mapping[str, Genre]
    subjects: Mapping[str, Subject]


@cache
def book() -> Book:
    """Return the book."""
    camera, looks = table("camera"), table("looks")
    return Book(
        places=_records(Place, table("places")),
        sizes=_records(Size, camera["sizes"]),
        moves=_records(Move, camera["moves"]),
        speeds=_records(Named, camera["speeds"]),
        glass=_records(Named, camera["glass"]),
        lights=_records(Light, looks["lights"]),
        palettes=_records(Palette, looks["palettes"]),
        moods=_records(Mood, looks["moods"]),
        styles=_records(Style, looks["styles"]),
        genres=_records(Genre, table("genres")),
        subjects=_records(Subject, table("subjects")),
    )


@cache
def table(name: str) -> Mapping[str, Any]:
    """Return ``data/<name>.toml``."""
    source = files("nemo_nb.studio.agent.prompting").joinpath("data", f"{name}.toml")
    return tomllib.loads(source.read_text("utf-8"))


def say(section: str, key: str, language: Language, **values: Any) -> str:
    """Return the sentence *key* of ``say.toml``."""
    pair = cast("Pair", table("say")[section][key])
    return told(pair, language).format(**values)


def _records(kind: type[T], entries: Mapping[str, Mapping[str, Any]]) -> dict[str, T]:
    return {
        name: kind(**{"id": name, **{key: _frozen(value) for key, value in entry.items()}})
        for name, entry in entries.items()
    }


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_frozen(item) for item in cast("list[Any]", value))
    return value
