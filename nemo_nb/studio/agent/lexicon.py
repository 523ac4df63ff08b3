"""The lexicon: phrases of ``lexicon.toml`` and the named text styles, ready to be looked up."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from nemo_nb.timeline.styles import presets

# Kinds whose words are worth guessing when misspelt: what an edit is made of.
_GUESSED: Final = frozenset({"verb", "noun", "color", "preset", "decoration", "ratio", "unit"})
_GUESSED_EDGES: Final = frozenset({"first", "bottom", "middle", "center", "centre", "beginning"})
_MIN_GUESS_CHARS: Final = 4
_MIN_EDIT_CHARS: Final = 5


@dataclass(frozen=True, slots=True)
class Entry:
    """One meaning: a kind (``verb``, ``color``, …) and its value (``add``, ``#ff3b30``, …)."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Phrases by form.

    Attributes:
        latin: Phrases of lower-case words with single spaces, by phrase.
        chinese: Phrases that match anywhere, by phrase.
        latin_words: Words in the longest Latin phrase.
        chinese_chars: Characters in the longest Chinese phrase.
        guessable: Single Latin words that a misspelling may stand for.
    """

    latin: dict[str, Entry]
    chinese: dict[str, Entry]
    latin_words: int
    chinese_chars: int
    guessable: tuple[str, ...]

    def guess(self, word: str) -> str | None:
        """Return the one known word that *word* misspells, or None.

        One wrong, missing, doubled or swapped letter is forgiven; in a word of four letters
        only a swap, because "trip" is no "trim".
        """
        if len(word) < _MIN_GUESS_CHARS:
            return None
        found = {known for known in self.guessable if _near(word, known)}
        meanings = {self.latin[known] for known in found}
        return min(found) if len(meanings) == 1 else None


@cache
def lexicon() -> Lexicon:
    """Return the lexicon.

    Raises:
        ValueError: A phrase has two meanings; ``lexicon.toml`` must be mended.
    """
    table = tomllib.loads(files("nemo_nb.studio.agent").joinpath("lexicon.toml").read_text("utf-8"))
    latin: dict[str, Entry] = {}
    chinese: dict[str, Entry] = {}
    for kind, values in table.items():
        for value, phrases in values.items():
            for phrase in phrases:
                form = phrase.replace("-", " ")
                home = latin if form.isascii() else chinese
                entry = Entry(kind, value)
                if home.setdefault(form, entry) != entry:
                    raise ValueError(f"{phrase!r} means {home[form]} and {entry}")
    for name, style in presets().items():
        for form in {name.replace("-", " "), style.title.lower()}:
            known = latin.get(form)
            if known is None or known.kind not in ("decoration", "preset"):
                latin[form] = Entry("preset", name)
    guessable = tuple(
        form
        for form, entry in latin.items()
        if " " not in form
        and len(form) >= _MIN_GUESS_CHARS
        and (entry.kind in _GUESSED or form in _GUESSED_EDGES)
    )
    return Lexicon(
        latin,
        chinese,
        max(form.count(" ") + 1 for form in latin),
        max(len(form) for form in chinese),
        guessable,
    )


def _near(word: str, known: str) -> bool:
    """Whether one slip of a finger turns *known* into *word*."""
    if abs(len(word) - len(known)) > 1:
        return False
    start = next(
        (i for i, (a, b) in enumerate(zip(word, known, strict=False)) if a != b),
        min(len(word), len(known)),
    )
    rest, right = word[start:], known[start:]
    if len(rest) == len(right) and rest[:2] == right[1::-1] and rest[2:] == right[2:]:
        return len(rest) > 1
    if min(len(word), len(known)) < _MIN_EDIT_CHARS - (len(word) > len(known)):
        return False
    return rest[1:] == right[1:] or rest[1:] == right or rest == right[1:]
