"""Which words beside "music" name its genre, its mood or its tempo.

Their names are those of ``studio/music/music.toml``. Many mean other things elsewhere ("warm",
"dark", "pop"), so they are read as music only beside a word for music.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from nemo_nb.studio.agent.tokens import Token
from nemo_nb.studio.music.spec import find, names

_NEVER: Final = frozenset(
    {"quote", "open_quote", "file", "stop", "noun", "time", "range", "number", "percent", "edge"}
)
_COLONS: Final = (":", "\uff1a")
_MOST_WORDS: Final = 3
_STEMS: Final = (("ier", "y"), ("er", ""), ("er", "e"), ("y", ""))


def musical(tokens: list[Token], folded: str) -> list[Token]:
    """Return *tokens* with those that name a genre or mood beside a word for music turned so.

    Args:
        tokens: As the other readers left them.
        folded: The message they came from, folded.
    """
    tokens = _background(tokens, folded)
    if not any(_is_music(token) for token in tokens):
        return tokens
    result: list[Token] = []
    index = 0
    while index < len(tokens):
        token, after = _named(tokens, index, folded)
        result.append(token)
        index = after
    return result


def _background(tokens: list[Token], folded: str) -> list[Token]:
    """Read "something sad in the background", "play something sad" as music."""
    for index, token in enumerate(tokens):
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        if after is None or folded[token.start : token.end] != "something":
            continue
        plays = any(folded[t.start : t.end] == "play" for t in tokens[:index])
        under = any(t.kind == "ground" for t in tokens[index:])
        if (plays or under) and named_music(folded[after.start : after.end]):
            music = Token("noun", "music", token.start, token.end)
            rest = [t for t in tokens[index + 1 :] if t.kind != "ground"]
            return [*tokens[:index], music, *rest]
    return tokens


def named_music(text: str) -> tuple[str, str] | None:
    """Return (``mood`` or ``genre``, its name) for a word of *text*; "calmer" is calm."""
    forms = [text, *(text.removesuffix(end) + new for end, new in _STEMS if text.endswith(end))]
    for form in forms:
        if not form:
            continue
        if mood := _moods().get(form):
            return "mood", mood
        if mood := find("moods", form):
            return "mood", mood
        if genre := find("genres", form):
            return "genre", genre
    return None


def musical_names() -> frozenset[str]:
    """Return every name of a genre or mood that is read."""
    return names() | _moods().keys()


@cache
def _moods() -> Mapping[str, str]:
    """Return our own words for moods: word → mood."""
    text = files("nemo_nb.studio.agent").joinpath("music_words.toml").read_text("utf-8")
    return {word: mood for mood, words in tomllib.loads(text)["mood"].items() for word in words}


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
                token.kind in ("noun", "verb", "ground", "slideshow") and not _is_music(token)
            ):
                break
            yield token
            at += step
