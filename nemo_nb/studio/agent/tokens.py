"""The token: what the lexer makes and everything after it reads."""

from __future__ import annotations

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
