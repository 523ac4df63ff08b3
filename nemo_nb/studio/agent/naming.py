"""Pictures called by a word of their file's name, or by what they show: "put the cat last"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from nemo_nb.studio.agent.tokens import Token

Names = Mapping[str, str]
"""From a word, folded, to the one file that it names."""

NO_NAMES: Final[Names] = {}

_PARTS: Final = re.compile(r"[a-z]{3,}|[\u4e00-\u9fff]+")
_COUNT: Final = re.compile(r"^一[只个张条杯朵辆座片位台本把盘碗头匹](?=.)")
_PLAIN: Final = frozenset({"img", "dsc", "image", "picture", "file", "copy", "final", "edited"})
_OUT: Final = frozenset({"cut out", "cut", "isolate", "抠出", "抠"})
_ONE: Final = frozenset({"one", "那张", "那个", "这张", "那段"})
_IDLE: Final = frozenset({"filler", "article", "polite"})
_LONGEST: Final = 6  # characters of a Chinese word


def words_of(named: Iterable[tuple[str, str]]) -> Names:
    """Return which word names which file, of (file, text about it): a word of two names none."""
    found: dict[str, set[str]] = {}
    for file, text in named:
        for part in _PARTS.findall(text.lower()):
            word = _COUNT.sub("", part)
            if word not in _PLAIN:
                found.setdefault(word, set()).add(file)
    return {word: next(iter(files)) for word, files in found.items() if len(files) == 1}


def called(tokens: list[Token], folded: str, names: Names) -> list[Token]:
    """Return *tokens* with strange words that name a picture read as its file.

    Args:
        tokens: Of the message.
        folded: The message, folded.
        names: What :func:`words_of` returned.
    """
    if not names:
        return tokens
    result: list[Token] = []
    index = 0
    while index < len(tokens):
        length, file = _name_at(tokens, index, folded, names)
        if not length:
            result.append(tokens[index])
            index += 1
            continue
        start, stop = tokens[index].start, tokens[index + length - 1].end
        index += length
        if index < len(tokens) and folded[tokens[index].start : tokens[index].end] in _ONE:
            stop = tokens[index].end
            index += 1
        before = next((t for t in reversed(result) if t.kind not in _IDLE), None)
        if before is not None and folded[before.start : before.end] in _OUT:
            out = Token("cutout", "cutout", before.start, before.end)
            result = [out if token is before else token for token in result]
        result.append(Token("file", file, start, stop))
    return result


def _name_at(tokens: list[Token], index: int, folded: str, names: Names) -> tuple[int, str]:
    """Return how many tokens from *index* on are a name, and of which file."""
    if tokens[index].kind != "word":
        return 0, ""
    text = ""
    for count, token in enumerate(tokens[index : index + _LONGEST], 1):
        if token.kind != "word" or (count > 1 and token.start != tokens[index + count - 2].end):
            break
        text += folded[token.start : token.end]
        if text in names:
            return count, names[text]
        if text.isascii():
            break
    return 0, ""
