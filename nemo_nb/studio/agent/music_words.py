"""Which words beside "music" name its genre, its mood or its tempo.

Their names are those of ``studio/music/music.toml``. Many mean other things elsewhere ("warm",
"dark", "pop"), so they are read as music only beside a word for music.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from nemo_nb.studio.agent.music_names import named_music
from nemo_nb.studio.agent.music_phrases import phrased
from nemo_nb.studio.agent.tokens import Token

_NEVER: Final = frozenset(
    {"quote", "open_quote", "file", "stop", "noun", "time", "range", "number", "percent", "edge"}
)
_COLONS: Final = (":", "\uff1a")
_MOST_WORDS: Final = 3


def musical(tokens: list[Token], folded: str) -> list[Token]:
    """Return *tokens* with those that name a genre or mood beside a word for music turned so.

    Args:
        tokens: As the other readers left them.
        folded: The message they came from, folded.
    """
    tokens = phrased(tokens, folded)
    if not any(_is_music(token) for token in tokens):
        return tokens
    result: list[Token] = []
    index = 0
    while index < len(tokens):
        token, after = _named(tokens, index, folded)
        result.append(token)
        index = after
    return result


def _is_music(token: Token) -> bool:
    return (token.kind, token.value) == ("noun", "music") or token.kind == "genre"


def _named(tokens: list[Token], index: int, folded: str) -> tuple[Token, int]:
    """Return the token at *index*, read as music where it or it and the next ones name some."""
    first = tokens[index]
    if first.kind in _NEVER or not _near_music(tokens, index):
        return first, index + 1
    for count in range(min(_MOST_WORDS, len(tokens) - index), 0, -1):
        piece = tokens[index : index + count]
        if any(token.kind in _NEVER for token in piece):
            continue
        found = named_music(folded[first.start : piece[-1].end])
        if found is not None and first.kind not in ("filler", "polite", "prep", "sep", "verb"):
            return Token(*found, first.start, piece[-1].end), index + count
    return first, index + 1


def _near_music(tokens: list[Token], index: int) -> bool:
    """Whether a word for music stands in the same run of words, before the next mark."""
    return any(_is_music(token) for token in _run(tokens, index))


def _run(tokens: list[Token], index: int) -> Iterator[Token]:
    """Yield the tokens around *index* up to a mark, a quote or another thing's name."""
    for step in (1, -1):
        at = index + step
        while 0 <= at < len(tokens):
            token = tokens[at]
            colon = token.kind == "stop" and token.value in _COLONS
            if (token.kind in ("stop", "quote") and not colon) or (
                token.kind in ("noun", "verb", "ground", "slideshow")
                and not _is_music(token)
                and (token.kind, token.value) != ("verb", "change")  # 音乐换成悲伤的
            ):
                break
            yield token
            at += step
