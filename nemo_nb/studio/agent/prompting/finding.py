"""Known words in a text: whole words in English, anywhere in Chinese, the longest first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, cast

from nemo_nb.studio.agent.prompting.book import Book, Entry, book, table

_IN_BOOK: Final = frozenset(name for name in Book.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Found:
    """A known word: what it means, and where it stands."""

    id: str
    text: str
    start: int
    end: int


class Finder:
    """Finds the words of one kind."""

    def __init__(self, words: Mapping[str, Iterable[str]]) -> None:
        self._ids: dict[str, str] = {}
        for identity, forms in words.items():
            for form in forms:
                self._ids.setdefault(_plain(form), identity)
        forms = sorted({form for all_ in words.values() for form in all_}, key=len, reverse=True)
        latin = [_pattern(form) for form in forms if form.isascii() or _plain(form).isascii()]
        others = [re.escape(form) for form in forms if not form.isascii()]
        parts = [rf"(?<![\w-])(?:{'|'.join(latin)})(?![\w-])"] if latin else []
        parts += ["|".join(others)] if others else []
        self._form = re.compile("|".join(parts) or r"(?!)", re.IGNORECASE)

    def find(self, text: str) -> list[Found]:
        """Return what is known in *text*, in its order, nothing twice at one place."""
        return [
            Found(self._ids[_plain(match[0])], match[0], match.start(), match.end())
            for match in self._form.finditer(text)
            if _plain(match[0]) in self._ids
        ]


@cache
def finder(kind: str) -> Finder:
    """Return the finder of one kind: a part of the book, or a table of ``reading.toml``."""
    if kind in _IN_BOOK:
        entries = cast("Mapping[str, Entry]", getattr(book(), kind))
        return Finder({name: entry.words for name, entry in entries.items()})
    return Finder(cast("Mapping[str, Sequence[str]]", table("reading")[kind]))


def _plain(form: str) -> str:
    return re.sub(r"[\s-]+", "", form.casefold())


def _pattern(form: str) -> str:
    return r"[\s-]+".join(re.escape(part) for part in re.split(r"[\s-]+", form))
