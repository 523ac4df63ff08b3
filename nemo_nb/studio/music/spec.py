"""Which music is wished for: genre, tempo, mood and seed. Pure; no sound is made here."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal, cast

from nemo_nb.studio.music.book import book
from nemo_nb.timeline.draft import number

MIN_BPM: Final = 50.0
MAX_BPM: Final = 200.0
_MUSIC_KEY: Final = "music"
_DEFAULT_GENRE: Final = "lo-fi"


@dataclass(frozen=True, slots=True)
class MusicSpec:
    """A piece of music, fully named: the same spec gives the same piece everywhere.

    Attributes:
        genre: A name of :func:`genres`.
        bpm: Beats (quarter notes) a minute, 50-200.
        mood: A name of :func:`moods`.
        seed: Which of countless pieces of that kind.
    """

    genre: str
    bpm: float
    mood: str
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """A genre or mood that can be asked for, with its titles in English and Chinese."""

    name: str
    en: str
    zh: str


def genres() -> tuple[Choice, ...]:
    """Return the genres that can be asked for, in the order to offer them."""
    return tuple(Choice(name, genre.en, genre.zh) for name, genre in book().genres.items())


def moods() -> tuple[Choice, ...]:
    """Return the moods that can be asked for."""
    return tuple(Choice(name, mood.en, mood.zh) for name, mood in book().moods.items())


def read_music(meta: Mapping[str, Any]) -> MusicSpec | None:
    """Return the music that a segment's ``m.music`` asks for; None where it asks for none.

    What is missing is filled in from the genre; a tempo out of bounds is held at the nearest.
    A genre or mood that is not known is looked for among their other names (``"lofi"``,
    ``"轻松"``), and otherwise taken as missing.
    """
    asked: Any = meta.get(_MUSIC_KEY)
    if isinstance(asked, str):
        asked = {"genre": asked}
    if not isinstance(asked, Mapping):
        return None
    wish = cast("Mapping[str, Any]", asked)
    mood = find("moods", wish.get("mood"))
    genre = find("genres", wish.get("genre")) or _genre_of(mood)
    usual = book().genres[genre]
    bpm = number(wish.get("bpm"))
    return MusicSpec(
        genre=genre,
        bpm=float(usual.bpm) if bpm is None else min(MAX_BPM, max(MIN_BPM, bpm)),
        mood=mood or usual.mood,
        seed=_seed(wish.get("seed")),
    )


def names() -> frozenset[str]:
    """Return every name of a genre or mood, in English and Chinese."""
    entries = (*book().genres.items(), *book().moods.items())
    return frozenset(word for name, e in entries for word in (*e.also, name, e.en, e.zh))


def find(kind: Literal["genres", "moods"], wish: Any) -> str:
    """Return the name that *wish* means among ``genres`` or ``moods``, or an empty string."""
    return _names(kind).get(_plain(wish), "") if isinstance(wish, str) else ""


@cache
def _names(kind: Literal["genres", "moods"]) -> Mapping[str, str]:
    entries = book().genres if kind == "genres" else book().moods
    return {
        _plain(word): name
        for name, entry in entries.items()
        for word in (*entry.also, name, entry.en, entry.zh)
    }


def _plain(word: str) -> str:
    return "".join(letter for letter in word.casefold() if letter.isalnum())


def _genre_of(mood: str) -> str:
    return book().moods[mood].genre if mood else _DEFAULT_GENRE


def _seed(wish: Any) -> int:
    if isinstance(wish, int):
        return int(wish)
    return zlib.crc32(str(wish).encode()) if isinstance(wish, (str, float)) else 0
