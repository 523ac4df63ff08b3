"""Pictures that are given a side each: "clip 1 on the left, clip 2 on the right"."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from nemo_nb.studio.agent.references import PLACES
from nemo_nb.studio.agent.tokens import Token

_LAYOUTS: Final[dict[tuple[str, ...], str]] = {
    ("left", "right"): "side-by-side",
    ("top", "bottom"): "stacked",
}
_BESIDE: Final = frozenset(
    {"filler", "polite", "prep", "stop", "sep", "playing", "place", "file", "position"}
)
_LAYING: Final = frozenset({"move", "add", "show", "make"})
_PAIR: Final = 2


def sided(tokens: list[Token]) -> list[Token]:
    """Return *tokens* with two sides read as a layout, what lies left or on top named first.

    Args:
        tokens: With places counted.
    """
    counted = any(t.kind == "place" for t in tokens)
    given = tokens
    tokens = [_as_place(t) if counted else t for t in tokens]
    things = [t for t in tokens if t.kind in ("place", "file")]
    ways = [t for t in tokens if t.kind == "position"]
    if len(things) != _PAIR or len(ways) != _PAIR or things[0].kind != things[1].kind:
        return given
    told = tuple(str(way.value) for way in ways)
    layout = _LAYOUTS.get(told) or _LAYOUTS.get(told[::-1])
    order = [t.kind == "position" for t in tokens if t in things or t in ways]
    paired = order in ([True, False] * _PAIR, [False, True] * _PAIR)
    if layout is None or not paired or not all(_is_plain(t) for t in tokens):
        return given
    first, second = things if told in _LAYOUTS else things[::-1]
    named = {id(things[0]): first.value, id(things[1]): second.value}
    result: list[Token] = []
    for token in tokens:
        if token is ways[0]:
            result.append(Token("layout", layout, token.start, token.end))
        elif id(token) in named:
            result.append(replace(token, value=named[id(token)]))
        elif token.kind not in ("stop", "sep", "position", "verb", "factor"):
            result.append(token)
    return result


def _as_place(token: Token) -> Token:
    """Return "the first" beside a picture that is counted as one too."""
    ends = token.kind == "edge" and token.value in ("first", "last")
    return replace(token, kind="place", value=PLACES[token.value]) if ends else token


def _is_plain(token: Token) -> bool:
    """Whether it does nothing but lay pictures there."""
    named = token.kind == "noun" and token.value in ("photo", "video")
    named = named or (token.kind == "factor" and float(token.value) < 1)  # "left half clip 1"
    lays = token.kind == "verb" and token.value in _LAYING
    return token.kind in _BESIDE or named or lays
