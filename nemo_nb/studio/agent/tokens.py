"""The token: what the lexer makes and everything after it reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

SECOND_MS: Final = 1000
IGNORED: Final = frozenset({"filler", "polite", "prep", "sep", "stop", "ma", "degree", "playing"})
"""Kinds that ask for nothing by themselves."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the message.

    Attributes:
        kind: ``quote``, ``time``, ``range``, ``number``, ``percent``, ``times``, ``ratio``,
            ``file``, ``stop`` (punctuation), ``word`` (unknown), a kind of the lexicon, or
            ``pick``, ``place`` and ``anchor`` of ``references``.
        value: Its meaning: words, ms, (from ms, to ms), a number, …
        start: Where it begins in the message.
        end: Where it ends.
    """

    kind: str
    value: Any
    start: int
    end: int


def runs(tokens: list[Token], marks: frozenset[str] = frozenset({"stop"})) -> Iterator[list[Token]]:
    """Yield the tokens up to each one whose kind is of *marks*, it with them."""
    run: list[Token] = []
    for token in tokens:
        run.append(token)
        if token.kind in marks:
            yield run
            run = []
    if run:
        yield run
