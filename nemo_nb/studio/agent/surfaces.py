"""Tokens read by how they stand on the page: pictographs, lists parted by spaces, seconds."""

from __future__ import annotations

from typing import Final

from nemo_nb.studio.agent.lexicon import lexicon
from nemo_nb.studio.agent.tokens import Token

_STARTING: Final = frozenset(
    {"verb", "tone", "adjust", "cutout", "crossing", "rotation", "flip", "ratio"}
)
_COMPLETE: Final = frozenset({"tone", "quote", "ratio", "cutout", "flip", "rotation", "crossing"})


def surfaced(tokens: list[Token], folded: str) -> list[Token]:
    """Return *tokens* as they come from a message, read by what stands beside them.

    Args:
        tokens: In order, nothing joined yet.
        folded: The message they came from, folded.
    """
    seconds = _counting_seconds(tokens, folded)
    return _listed(_pictographs(_second_of_them(seconds, folded), folded), folded)


def _second_of_them(tokens: list[Token], folded: str) -> list[Token]:
    """Read 'first "Rome", second "Paris"' as counting."""
    result: list[Token] = []
    for index, token in enumerate(tokens):
        quoted = [following.kind for following in tokens[index + 1 : index + 2]] == ["quote"]
        said = folded[token.start : token.end] in ("second", "the second")
        alone = not result or result[-1].kind in ("stop", "sep", "filler")
        counts = said and alone and quoted
        result.append(Token("place", "second", token.start, token.end) if counts else token)
    return result


def _counting_seconds(tokens: list[Token], folded: str) -> list[Token]:
    """Read "a 15 second video" as a length, not as the second video."""
    result: list[Token] = []
    for token in tokens:
        text = folded[token.start : token.end]
        counted = bool(result) and result[-1].kind == "number" and token.kind == "place"
        if not counted or not text.startswith("second "):
            result.append(token)
            continue
        middle = token.start + len("second")
        noun = lexicon().latin.get(text[len("second ") :])
        result.append(Token("unit", "1000", token.start, middle))
        if noun is not None:
            result.append(Token(noun.kind, noun.value, middle + 1, token.end))
    return result


def _pictographs(tokens: list[Token], folded: str) -> list[Token]:
    """Read "add 😀 at the top" as words to show; elsewhere a pictograph says nothing."""
    if not any(token.kind == "emoji" for token in tokens):
        return tokens
    quoted = any(token.kind in ("quote", "open_quote") for token in tokens)
    result: list[Token] = []
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.kind != "emoji":
            result.append(token)
            continue
        told = [t for t in result if t.kind not in ("filler", "article", "polite")][-1:]
        named = bool(told) and folded[told[0].start : told[0].end] in ("emoji", "emojis", "表情")
        adds = bool(told) and (told[0].kind, told[0].value) == ("verb", "add")
        alone = following is None or following.kind not in ("noun", "genre", "mood", "word")
        if (named or (adds and alone)) and not quoted:
            result = [t for t in result if not named or t is not told[0]]
            result.append(Token("quote", token.value, token.start, token.end))
    return result


def _listed(tokens: list[Token], folded: str) -> list[Token]:
    """Part wishes in Chinese that only a space parts: 亮一点 暖一点 加标题“你好”."""
    result: list[Token] = []
    begun: set[str] = set()
    for token in tokens:
        before = result[-1] if result else None
        if before is not None and before.end < token.start:
            sides = folded[before.end - 1] + folded[token.start]
            starts = token.kind in _STARTING and token.value not in ("make", "set", "change")
            if starts and begun & _COMPLETE and not any(char.isascii() for char in sides):
                result.append(Token("sep", "and", before.end, token.start))
                begun = set()
        begun = set() if token.kind in ("sep", "stop") else begun | {token.kind}
        result.append(token)
    return result
