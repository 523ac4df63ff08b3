"""The lexicon: phrases of ``lexicon*.toml``, named text styles and fonts, ready to be looked up."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final

from nemo_nb.timeline.styles import FONTS, presets

_FILES: Final = (
    "lexicon.toml",
    "lexicon_picture.toml",
    "lexicon_sound.toml",
    "lexicon_show.toml",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One meaning: a kind (``verb``, ``color``, …) and its value (``add``, ``#ff3b30``, …)."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """Phrases by form.

    Attributes:
        latin: Phrases of lower-case words with single spaces, by phrase.
        chinese: Phrases that match anywhere, by phrase.
        latin_words: Words in the longest Latin phrase.
        chinese_chars: Characters in the longest Chinese phrase.
    """

    latin: dict[str, Entry]
    chinese: dict[str, Entry]
    latin_words: int
    chinese_chars: int


def lexicon() -> Lexicon:
    """Return the lexicon, with the named styles as they are now: more can be loaded.

    Raises:
        ValueError: A phrase has two meanings; the tables must be mended.
    """
    return _with_styles(tuple((n, s.title.lower(), s.title_zh) for n, s in presets().items()))


@lru_cache(maxsize=4)
def _with_styles(styles: tuple[tuple[str, str, str], ...]) -> Lexicon:
    latin, chinese = (dict(home) for home in _phrases())
    for name, title, title_zh in styles:
        for form in (name.replace("-", " ").lower(), title.replace("-", " "), title_zh.lower()):
            home = latin if form.isascii() else chinese
            known = home.get(form)
            # "Outline" and 描边 are decorations; alone they are read as the style by the rules.
            if form and (known is None or (form in latin and known.kind in _YIELDING)):
                home[form] = Entry("preset", name)
    return Lexicon(
        latin,
        chinese,
        max(form.count(" ") + 1 for form in latin),
        max(len(form) for form in chinese),
    )


_YIELDING: Final = frozenset({"color", "textsize"})


@cache
def _phrases() -> tuple[Mapping[str, Entry], Mapping[str, Entry]]:
    """Return the phrases of the tables, Latin and Chinese ones."""
    latin: dict[str, Entry] = {}
    chinese: dict[str, Entry] = {}
    for kind, value, phrases in _entries():
        for phrase in phrases:
            form = phrase.lower().replace("-", " ").replace("/", " ")
            home = latin if form.isascii() else chinese
            entry = Entry(kind, value)
            if home.setdefault(form, entry) != entry:
                raise ValueError(f"{phrase!r} means {home[form]} and {entry}")
    for form in [form for form in latin if "'" in form]:
        latin.setdefault(form.replace("'", ""), latin[form])  # "dont need"
    for family in FONTS:
        latin.setdefault(family.lower(), Entry("family", family))
    return latin, chinese


def _entries() -> list[tuple[str, str, list[str]]]:
    found: list[tuple[str, str, list[str]]] = []
    for name in _FILES:
        text = files("nemo_nb.studio.agent").joinpath(name).read_text("utf-8")
        table: dict[str, dict[str, Any]] = tomllib.loads(text)
        found += [(kind, value, words) for kind, v in table.items() for value, words in v.items()]
    return found
