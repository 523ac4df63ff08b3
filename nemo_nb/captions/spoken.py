"""The words of a caption and when each is spoken (``m.words``), kept through edits. Pure.

Times count from the beginning of the text segment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, cast

from nemo_nb.timeline.draft import START_KEYS, first, key_of, whole

# A spoken word is looked for this many letters ahead; further on it is another one.
_REACH: Final = 60


@dataclass(frozen=True, slots=True)
class Spoken:
    """One timed word; ``raw`` is the draft's own object."""

    text: str
    start_ms: int
    raw: Mapping[str, Any]


def read_words(meta: Mapping[str, Any]) -> tuple[Spoken, ...]:
    """Return the timed words of a text segment in order; none where one cannot be read."""
    given = meta.get("words")
    found: list[Spoken] = []
    for item in cast("list[Any]", given) if isinstance(given, list) else ():
        raw = cast("Mapping[str, Any]", item if isinstance(item, Mapping) else {})
        text, start = raw.get("text"), whole(first(raw, START_KEYS))
        if not isinstance(text, str) or start is None:
            return ()
        found.append(Spoken(text, start, raw))
    return tuple(sorted(found, key=lambda word: word.start_ms))


def written(words: Sequence[Spoken]) -> list[dict[str, Any]]:
    """Return *words* as ``m.words`` holds them."""
    return [{**word.raw, key_of(word.raw, START_KEYS): word.start_ms} for word in words]


def moved(words: Sequence[Spoken], by_ms: int) -> tuple[Spoken, ...]:
    """Return *words* for a text that begins so much earlier; none begins before it does."""
    return tuple(replace(word, start_ms=max(0, word.start_ms + by_ms)) for word in words)


def share_words(words: Sequence[Spoken], texts: Sequence[str]) -> list[list[Spoken]]:
    """Return the timed words of each of *texts*, into which their caption was cut.

    A word that stands in none of them stays with the word before it.
    """
    letters = [_letters(text) for text in texts]
    whole_text = "".join(letters)
    ends = [sum(map(len, letters[: at + 1])) for at in range(len(letters))]
    shares: list[list[Spoken]] = [[] for _ in texts]
    cursor = at = 0
    for word in words:
        sought = _letters(word.text)
        found = whole_text.find(sought, cursor, cursor + _REACH + len(sought)) if sought else -1
        if found >= 0:
            cursor = found + len(sought)
            at = next(number for number, end in enumerate(ends) if found < end)
        shares[at].append(word)
    return shares


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
