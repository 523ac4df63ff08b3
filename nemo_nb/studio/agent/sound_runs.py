"""Runs of tokens, and which of them speak of sound: what the readers of such phrases share."""

from __future__ import annotations

from typing import Final

from nemo_nb.studio.agent.reading_sound import AUDIO
from nemo_nb.studio.agent.tokens import Token

Run = list[Token]
"""Tokens up to a mark or a joining word, it with them."""
IDLE: Final = frozenset({"filler", "polite", "article"})
"""Kinds that say nothing in a phrase."""
MARKS: Final = ("stop", "sep")
"""Kinds that a run ends with."""
HEARD: Final = ("music", "sound", "ownsound")
"""Nouns that are heard."""
MOST: Final = 3
"""Words of a short phrase."""


def runs_of(tokens: list[Token]) -> list[Run]:
    """Return the tokens up to each mark or joining word, it with them."""
    runs: list[Run] = [[]]
    for token in tokens:
        runs[-1].append(token)
        if token.kind in MARKS:
            runs.append([])
    return [run for run in runs if run]


def text_of(token: Token, folded: str) -> str:
    """Return how *token* is written."""
    return folded[token.start : token.end]


def told_of(run: Run) -> Run:
    """Return the tokens of *run* that say something."""
    return [token for token in run if token.kind not in IDLE and token.kind not in MARKS]


def is_heard(token: Token) -> bool:
    """Whether *token* names music, sound or a sound file."""
    named = token.kind == "noun" and token.value in HEARD
    return named or (token.kind == "file" and str(token.value).endswith(AUDIO))


def is_music(token: Token) -> bool:
    """Whether *token* names music or a sound file."""
    return is_heard(token) and token.value not in ("sound", "ownsound")


def end_of(run: Run) -> Run:
    """Return the mark that *run* ends with."""
    return [token for token in run[-1:] if token.kind in MARKS]
