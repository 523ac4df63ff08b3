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
# Kinds whose words are worth guessing when misspelt: what an edit is made of.
_GUESSED: Final = frozenset(
    {"verb", "noun", "color", "preset", "decoration", "ratio", "unit", "adjust", "tone", "crossing"}
    | {"rotation", "overlay", "slideshow", "ground", "piece", "motion", "genre"}
)
# Words of other kinds that are worth it, too.
_GUESSED_WORDS: Final = frozenset(
    {"first", "bottom", "middle", "center", "centre", "beginning", "opening", "ending", "final"}
    | {"please", "between", "through", "before", "after", "until", "during", "right", "corner"}
    | {"upper", "lower", "little", "slightly", "bigger", "smaller", "larger", "every", "should"}
    | {"three", "seven", "eight", "third", "fourth", "fifth", "halfway", "twice", "double"}
    | {"horizontally", "vertically", "clockwise", "counterclockwise", "transparent", "mirror"}
    | {"original", "ducking", "duck", "compare", "increase", "decrease", "background", "upbeat"}
    | {"there", "with", "from", "these", "something", "automatically", "while", "upside"}
)
# Other words that are one slip away from ours.
_REAL: Final = frozenset(
    {
        "beans",
        "beads",
        "bears",
        "beast",
        "boats",
        "meats",
        "seats",
        "back",
        "being",
        "better",
        "bitter",
        "blank",
        "bleak",
        "block",
        "boring",
        "bound",
    }
    | {"built", "butter", "could", "ears", "east", "easy", "ever", "every", "fight", "fist"}
    | {"form", "found", "fright", "height", "hound", "lack", "ladder", "latter", "layer"}
    | {"leaf", "lease", "least", "light", "litter", "loser", "lover", "might", "mound", "never"}
    | {"night", "plain", "plane", "pleased", "pleases", "pound", "power", "quite", "round"}
    | {"rower", "sand", "scrape", "seed", "should", "shoulder", "sight", "slack", "sped"}
    | {"star", "stare", "stat", "super", "tack", "tart", "thee", "theme", "tick", "tight"}
    | {"tile", "tilt", "title", "tower", "tree", "upped", "very", "weight", "where", "while"}
    | {"whit", "whiter", "would", "wound", "write"}
)
_MIN_GUESS_CHARS: Final = 4
_MIN_EDIT_CHARS: Final = 5
_MIN_TONE_CHARS: Final = 6  # "could" is no "cold"


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
        if len(word) < _MIN_GUESS_CHARS or word in _REAL:
            return None
        found = {known for known in self.guessable if near(word, known)}
        # "Removed" and "removes" say what somebody did or does: no slips of "remove".
        told = {word.removesuffix("d"), word.removesuffix("s")}
        found -= {known for known in found & told if self.latin[known].kind == "verb"}
        meanings = {self.latin[known] for known in found}
        return min(found) if len(meanings) == 1 else None


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
    guessable = tuple(
        form
        for form, entry in latin.items()
        if " " not in form
        and len(form) >= _MIN_GUESS_CHARS
        and (entry.kind in _GUESSED or form in _GUESSED_WORDS)
        and (entry.kind != "tone" or len(form) >= _MIN_TONE_CHARS)
    )
    return Lexicon(
        latin,
        chinese,
        max(form.count(" ") + 1 for form in latin),
        max(len(form) for form in chinese),
        guessable,
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


def near(word: str, known: str) -> bool:
    """Whether one slip of a finger turns *known* into *word*; the first letters agree."""
    if abs(len(word) - len(known)) > 1 or (word[0] != known[0] and word[1:2] != known[0]):
        return False
    start = next(
        (i for i, (a, b) in enumerate(zip(word, known, strict=False)) if a != b),
        min(len(word), len(known)),
    )
    rest, right = word[start:], known[start:]
    if len(rest) == len(right) and rest[:2] == right[1::-1] and rest[2:] == right[2:]:
        return len(rest) > 1
    if min(len(word), len(known)) < _MIN_EDIT_CHARS - (len(word) != len(known)):
        return False
    return rest[1:] == right[1:] or rest[1:] == right or rest == right[1:]
