"""The names of kinds of music: genres and moods, and the words that are said of music alone."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from nemo_nb.studio.music.spec import find, names

_STEMS: Final = (
    ("ier", "y"),
    ("dder", "d"),
    ("er", ""),
    ("er", "e"),
    ("y", ""),
    ("的", ""),
    ("风", ""),
    ("感", ""),
)


def named_music(text: str) -> tuple[str, str] | None:
    """Return (``mood`` or ``genre``, its name) for a word of *text*; "calmer" is calm."""
    forms = [text, *(text.removesuffix(end) + new for end, new in _STEMS if text.endswith(end))]
    for form in forms:
        if not form:
            continue
        if mood := _moods().get(form):
            return "mood", mood
        if mood := find("moods", form):
            return "mood", mood
        if genre := find("genres", form):
            return "genre", genre
    return None


def musical_names() -> frozenset[str]:
    """Return every name of a genre or mood that is read."""
    return names() | _moods().keys()


@cache
def plainly_music() -> frozenset[str]:
    """Return the names that ask for music also where nothing else is said."""
    return frozenset(_table()["plain"])


@cache
def _moods() -> Mapping[str, str]:
    """Return our own words for moods: word → mood."""
    return {word: mood for mood, words in _table()["mood"].items() for word in words}


@cache
def _table() -> Mapping[str, Any]:
    text = files("nemo_nb.studio.agent").joinpath("music_words.toml").read_text("utf-8")
    return tomllib.loads(text)
