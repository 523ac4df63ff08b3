"""Misspelt words of a message, written as they were meant; places in it are kept track of."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

_WORD: Final = re.compile(r"[a-z]+(?:'[a-z]+)*(?![a-z\d])", re.IGNORECASE)
_MIN_CHARS: Final = 2
_ORDINAL: Final = ("st", "nd", "rd", "th")  # behind a number: "4th"
# A word of the dictionary that is so much rarer than ours is a slip or a name.
_RARER: Final = 500
# In a message to a video editor its words are at least as common as this, per 10⁹ or so.
_COMMON: Final = 75_000
# How much more often than its rivals a word must be written to be the one that is meant.
_CLEARLY: Final = 5
_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def _beside() -> dict[str, str]:
    """Return the neighbours of each key: beside it, and above and below, where rows are shifted."""
    keys = {key: (x + row / 2, row) for row, keys in enumerate(_ROWS) for x, key in enumerate(keys)}
    return {
        key: "".join(
            other
            for other, (ox, oy) in keys.items()
            if other != key and abs(ox - x) <= 1 and abs(oy - y) <= 1
        )
        for key, (x, y) in keys.items()
    }


_BESIDE: Final = _beside()


@dataclass(frozen=True, slots=True)
class Spelled:
    """A message as it was meant.

    Attributes:
        text: It, with the words mended.
        mended: Where words were mended, in order: where they begin and end in `text`, and
            where they began and ended in what was written.
    """

    text: str
    mended: tuple[tuple[int, int, int, int], ...] = ()

    def written(self, start: int, end: int) -> tuple[int, int]:
        """Return where in what was written the span of `text` from *start* to *end* is."""
        return self._place(start, last=False), self._place(end, last=True)

    def _place(self, at: int, *, last: bool) -> int:
        index = bisect_right(self.mended, at, key=lambda one: one[0]) - 1
        if index < 0:
            return at
        start, end, written_start, written_end = self.mended[index]
        if at == start:
            return written_start
        if at < end:
            return written_end if last else written_start
        return written_end + at - end


def words_of(text: str) -> frozenset[str]:
    """Return the Latin words of *text*, in lower case."""
    return frozenset(word.lower() for word in _WORD.findall(text))


def spelled(text: str, vocabulary: frozenset[str], hidden: tuple[tuple[int, int], ...]) -> Spelled:
    """Return *text* with the words that are none as words of *vocabulary*, where they are near.

    One wrong, missing, added or swapped letter is forgiven, in a word that English does not
    have: "trip" is no "trim". A word with a capital inside a sentence is a name.

    Args:
        text: What was written.
        vocabulary: Words in lower case.
        hidden: Spans that are left as they are.
    """
    parts: list[str] = []
    mended: list[tuple[int, int, int, int]] = []
    done = length = 0
    for match in _WORD.finditer(text):
        start, end = match.span()
        counts = match[0].lower() in _ORDINAL and text[:start][-1:].isdigit()
        known = None if counts else _meant(match[0].lower(), vocabulary)
        if known is None or any(a < end and start < b for a, b in hidden) or _is_name(text, match):
            continue
        parts += [text[done:start], known]
        length += start - done
        mended.append((length, length + len(known), start, end))
        length += len(known)
        done = end
    return Spelled("".join([*parts, text[done:]]), tuple(mended))


def _is_name(text: str, match: re.Match[str]) -> bool:
    before = text[: match.start()].rstrip(" ")
    return match[0].istitle() and bool(before) and (before[-1].isalnum() or before[-1] == ",")


@lru_cache(maxsize=4096)
def _meant(word: str, vocabulary: frozenset[str]) -> str | None:
    if len(word) < _MIN_CHARS or word in vocabulary or not word.isalpha():
        return None
    english = _english()
    counted = english.word_frequency.dictionary
    found = [one for one in english.edit_distance_1(word) & vocabulary if len(one) > _MIN_CHARS]
    if not found:
        return None
    found.sort(key=lambda one: (slip(one, word), -counted.get(one, 0), one))
    best, *others = found
    often = counted.get(best, 0)
    rivals = [one for one in others if slip(one, word) == slip(best, word)]
    open_ = any(counted.get(one, 0) * _CLEARLY > often for one in rivals)
    its_own = counted.get(word, 0) * _RARER > max(often, _COMMON)
    return None if open_ or its_own else best


def slip(meant: str, written: str) -> int:
    """Return how unlikely it is that fingers make *written* of *meant*, one edit apart."""
    both = zip(meant, written, strict=False)
    at = next((i for i, (a, b) in enumerate(both) if a != b), min(len(meant), len(written)))
    rest, wrong = meant[at:], written[at:]
    first = 0 if at else 1
    if len(rest) == len(wrong):
        if rest[:2] == wrong[1::-1] and rest[2:] == wrong[2:]:
            return 0
        return first + (1 if wrong[0] in _BESIDE[rest[0]] else 2)
    if len(rest) > len(wrong):
        return first + 1
    return 0 if wrong[0] == written[at - 1 : at] else first + 2


@cache
def _english() -> Any:
    # A tenth of a second, for the first word that is none.
    from spellchecker import SpellChecker  # noqa: PLC0415

    return SpellChecker(language="en", distance=1)
