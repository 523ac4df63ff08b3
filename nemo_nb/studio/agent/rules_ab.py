"""Messages that ask for variants of the captions: "test bold yellow against clean white"."""

from __future__ import annotations

from typing import Final

from nemo_nb.studio.agent.clauses import Clause
from nemo_nb.studio.agent.intents import Intent
from nemo_nb.studio.agent.intents_show import TestCaptions, Variant
from nemo_nb.studio.agent.looks import look_of
from nemo_nb.studio.agent.tokens import Token

_TEXTUAL: Final = frozenset({"caption", "title", "text"})
_OF_LOOK: Final = frozenset(
    {"preset", "color", "position", "weight", "textsize", "family", "decoration", "decorated"}
    | {"bare", "entrance", "karaoke", "ground"}
)
_ROWS: Final = frozenset({"top", "bottom", "middle"})
_CUTS: Final = frozenset({"sep", "stop", "compare"})
_MOST: Final = 6
_STYLES: Final = frozenset({"styles", "looks", "样式", "风格"})
_OFFERED: Final = _STYLES | {"options", "versions", "variants", "选项", "方案", "版本", "选择"}
# "Give me two options for the captions": it is for several at once.
_OFFERING: Final = frozenset(
    {"show", "show me", "give me", "see", "generate", "make", "make me", "create", "suggest"}
    | {"try", "i want", "i'd like", "i'd like to see", "给我", "来", "做", "给", "想看"}
)
_ELLIPSES: Final = ("…", "...", "..")


def ab_intents(tokens: list[Token], message: str) -> list[Intent]:
    """Return the comparison that *message* asks for; empty where it asks for none.

    Args:
        tokens: All of the message.
        message: The message, for the variants' names.
    """
    kinds = {(t.kind, str(t.value)) for t in tokens}
    looks = {str(t.value) for t in tokens if t.kind == "preset"}
    rows = {str(t.value) for t in tokens if t.kind == "position"} & _ROWS
    asked_when = next((n for n, t in enumerate(tokens) if t.kind == "question"), len(tokens))
    judged = [n for n, t in enumerate(tokens) if message[t.start : t.end] == "比较"]
    if judged and asked_when < judged[0]:
        return []  # 什么时候加字幕比较好
    roles = [t for t in tokens if t.kind == "noun" and t.value in _TEXTUAL]
    painted = sum(any(t.kind == "color" for t in piece) for piece in _pieces(tokens))
    several = len(looks) > 1 or len(rows) > 1 or (painted > 1 and len(roles) == 1)
    tried = several and any(message[t.start : t.end].lower() == "try" for t in tokens)
    asked = tried or any(t.kind == "ab" for t in tokens)
    compared = asked or any(t.kind == "compare" for t in tokens) or _offers(tokens, message)
    if not compared or any(t.kind in ("negation", "layout") for t in tokens):
        return []
    quotes = [str(t.value) for t in tokens if t.kind == "quote"]
    textual = any(t.kind == "noun" and t.value in _TEXTUAL for t in tokens)
    pieces = [piece for piece in _pieces(tokens) if piece]
    styled = textual or len([t for t in tokens if t.kind == "preset"]) > 1
    colors = {str(t.value) for t in tokens if t.kind == "color"}
    # "test top against bottom", "test red against blue"; "compare three styles".
    tested = any((t.kind, t.value) == ("ab", "test") for t in tokens)
    styled = styled or (tested and (len(rows) > 1 or len(colors) > 1))
    said = {message[t.start : t.end].lower() for t in tokens}
    shown = any(t.kind == "noun" and t.value in ("photo", "photos", "video") for t in tokens)
    counted = any(t.kind == "number" for t in tokens) and not shown
    styled = styled or (counted and bool(said & _STYLES))
    if not (styled or len(quotes) > 1):
        return []
    if any(k in kinds for k in (("verb", "remove"), ("verb", "trim"), ("verb", "cut"))):
        return []
    variants = _worded(quotes) if len(quotes) > 1 else _looked(pieces, message)
    only = [message[t.start : t.end] for t in tokens if t.kind == "compare"] == ["还是"]
    if only and not asked and len(variants) < 2:  # noqa: PLR2004 - a comparison takes two
        return []  # 字幕还是放到底部
    about = "position" if ("noun", "position") in kinds else "style"
    if any(t.kind == "wordings" for t in tokens) or len(quotes) > 1:
        about = "wording"
    counts = [int(n) for t in tokens if t.kind == "number" and 2 <= (n := float(t.value)) <= _MOST]  # noqa: PLR2004 - a comparison takes two
    if message.rstrip().endswith(_ELLIPSES) and not variants:
        about = "open"
    return [
        TestCaptions(
            span=(tokens[0].start, tokens[-1].end),
            variants=tuple(variants),
            about=about,
            count=counts[0] if counts else max(2, len(variants)),
            text=quotes[0] if len(quotes) == 1 else None,
        )
    ]


def _offers(tokens: list[Token], message: str) -> bool:
    """Whether several looks of captions are asked for: "show me two caption styles"."""
    said = {message[t.start : t.end].lower() for t in tokens}
    counted = any(t.kind == "number" and 2 <= float(t.value) <= _MOST for t in tokens)  # noqa: PLR2004 - a comparison takes two
    named = any((t.kind, t.value) == ("noun", "caption") for t in tokens)
    asking = any(t.kind == "question" for t in tokens)
    return counted and named and not asking and bool(said & _OFFERED) and bool(said & _OFFERING)


def _worded(quotes: list[str]) -> list[Variant]:
    return [Variant(quote[:40], text=quote) for quote in dict.fromkeys(quotes)][:_MOST]


def _pieces(tokens: list[Token]) -> list[list[Token]]:
    """Cut at joining words; keep what says how a text looks."""
    pieces: list[list[Token]] = [[]]
    for token in tokens:
        if token.kind in _CUTS:
            pieces.append([])
        elif token.kind in _OF_LOOK:
            # Two named styles side by side are two variants, "bold and yellow" is one.
            if token.kind == "preset" and any(t.kind == "preset" for t in pieces[-1]):
                pieces.append([])
            rows = {str(t.value) for t in pieces[-1] if t.kind == "position"}
            if token.kind == "position" and rows and {*rows, str(token.value)} <= _ROWS:
                pieces.append([])
            pieces[-1].append(token)
    return [piece for piece in pieces if piece]


def _looked(pieces: list[list[Token]], message: str) -> list[Variant]:
    variants: list[Variant] = []
    for piece in pieces[:_MOST]:
        look = look_of(Clause(tuple(piece)))
        name = message[piece[0].start : piece[-1].end].strip()
        if look and all(look != known.look for known in variants):
            variants.append(Variant(name[:40], look))
    return variants
