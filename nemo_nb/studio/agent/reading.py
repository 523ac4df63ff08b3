"""What a clause says about looks, times and lengths, and words that stand unquoted."""

from __future__ import annotations

import itertools
from typing import Any, Final, cast

from nemo_nb.studio.agent.clauses import Clause
from nemo_nb.studio.agent.intents import Edge, Look, Pick, Span, Timing
from nemo_nb.studio.agent.references import PLACES
from nemo_nb.studio.agent.tokens import SECOND_MS, Token

_BOX: Final = "#000000c0"
_STROKE: Final = "#000000"
_SHADOW: Final = "#000000b0"
_DECORATIONS: Final = {"box": _BOX, "stroke": _STROKE, "shadow": _SHADOW}
_AS_DECORATION: Final = {"boxed": "box", "outline": "stroke"}
_SHORT_HEX: Final = 4
_MOVING: Final = frozenset({"entrance", "exit", "karaoke", "reset", "fade"})
TEXT_FADE_MS: Final = 400
_MODIFIERS: Final = frozenset(
    {
        "time",
        "range",
        "number",
        "position",
        "color",
        "edge",
        "preset",
        "place",
        "pick",
        "anchor",
        "moment",
        "scope",
        "weight",
        "textsize",
    }
)
_LOOKING: Final = frozenset({"preset", "family", "color", "position", "karaoke", "entrance"})
_ABOUT_LOOKS: Final = frozenset({"size", "color", "position", "text", "fontname"})
_LASTING: Final = frozenset({"show", "extend"})
_NAMES: Final = ("title", "caption", "text")
_EVER_MS: Final = 1 << 40
_COLONS: Final = (":", "\uff1a")
_PLACED: Final = ("at ", "on ", "in ")


def look_of(clause: Clause) -> Look:  # noqa: C901, PLR0912 - one branch a kind of token
    """Return what *clause* says about how a text looks and where it stands."""
    changes: dict[str, Any] = {}
    grow = 1.0
    tokens = [token for token in clause.tokens if token.kind not in ("filler", "polite", "degree")]
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        before = tokens[index - 1] if index else None
        value = str(token.value)
        if token.kind == "preset":
            if "preset" in changes and value in _AS_DECORATION:
                changes[_AS_DECORATION[value]] = _DECORATIONS[_AS_DECORATION[value]]
            else:
                changes["preset"] = value
        elif token.kind == "color":
            changes[_colored(following)] = _long_hex(value)
        elif token.kind in ("decoration", "decorated"):
            if before is None or before.kind != "color" or token.kind == "decorated":
                changes[value] = _DECORATIONS[value]
        elif token.kind == "bare":
            changes[value] = ""
        elif token.kind == "weight":
            changes["weight"] = int(value)
        elif token.kind == "position":
            changes["position"] = _place(changes.get("position"), value)
        elif token.kind == "textsize":
            changes["size"] = float(value)
        elif token.kind == "grow":
            grow = float(value)
        elif token.kind in _MOVING:
            changes |= _moving(token)
        elif token.kind == "family":
            changes["font"] = value
        elif token.kind == "file" and value.endswith((".ttf", ".otf")):
            changes["font_file"] = value
    return _with_amounts(clause, changes, grow)


def _with_amounts(clause: Clause, changes: dict[str, Any], grow: float) -> Look:
    """Take in "20 % bigger", "twice as big", "size 8"."""
    if changes == {"stroke": _STROKE} and clause.has("decoration") and "add" not in clause.verbs:
        changes = {"preset": "outline"}  # "outline captions" names the style
    amounts = clause.all("percent")
    if grow != 1.0 and amounts:
        share = float(amounts[0].value) / 100
        grow = 1 + share if grow > 1 else max(1 - share, 0.01)
    factors = clause.all("factor", "times", "rounds")
    if factors and ("size" in changes or grow != 1.0):
        factor = float(factors[0].value)
        grow = 1 / factor if factor and (grow < 1 or changes.get("size", 5.0) < 5.0) else factor  # noqa: PLR2004 - letters smaller than the usual 5 %
        changes.pop("size", None)
    numbers = clause.all("number")
    if "size" in clause.nouns and numbers:
        changes["size"] = float(numbers[-1].value)
    return Look(changes, grow)


def _moving(token: Token) -> dict[str, Any]:
    """Return how a text comes, goes or is sung along with."""
    value = str(token.value)
    if token.kind == "entrance":
        return {"animation": value}
    if token.kind == "reset":
        return {"animation": "", "exit": "", "karaoke": ""} if value == "animation" else {}
    if token.kind == "fade":
        return {"fade_ms": TEXT_FADE_MS}
    return {token.kind: value}


def _colored(following: Token | None) -> str:
    """Return the field a colour is about: of what follows it, else of the letters."""
    if following is None or following.kind not in ("decoration", "ground"):
        return "color"
    return "box" if following.kind == "ground" else str(following.value)


def _long_hex(value: str) -> str:
    if len(value) == _SHORT_HEX:
        return "#" + "".join(char * 2 for char in value[1:])
    return value


def _place(known: object, value: str) -> str:
    """Join "top" and "left", said apart, to one place."""
    for rows, columns in (((known,), (value,)), ((value,), (known,))):
        if rows[0] in ("top", "bottom") and columns[0] in ("left", "right"):
            return f"{rows[0]}-{columns[0]}"
    return value


def timing_of(clause: Clause) -> Timing:  # noqa: C901 - one branch a kind of token
    """Return what *clause* says about when a text stands."""
    start = end = duration = None
    edge: Edge | None = None
    to_end = clause.has("scope", "rest")
    prep = ""
    for token in clause.tokens:
        if token.kind == "prep":
            prep = str(token.value)
        elif token.kind == "range":
            start, end = token.value
        elif token.kind == "edge":
            edge = "last" if token.value == "last" else "first"
            if (
                edge == "last"
                and prep == "to"
                and (start is not None or _LASTING & set(clause.verbs))
            ):
                edge, to_end = None, True
        elif token.kind == "time" or (token.kind == "number" and prep in ("for", "from", "to")):
            if "size" in clause.nouns and token.kind == "number":
                continue
            ms = ms_of(token)
            if edge is None and prep in ("at", "from", "after"):
                start = ms
            elif edge is None and prep in ("to", "before"):
                end = ms
            else:
                duration = ms
            prep = ""
        elif token.kind != "filler":
            prep = ""
    whole = clause.has("scope", "whole")
    return Timing(
        start,
        end,
        duration,
        edge,
        whole,
        place_of(clause),
        share=_share_of(clause),
        anchor=next((token.value for token in clause.all("anchor")), None),
        to_end=to_end,
    )


def _share_of(clause: Clause) -> tuple[float, float | None] | None:
    """Return the part of the video that is named: "halfway", "the second half"."""
    moments = clause.all("moment")
    if not moments:
        return None
    low, _, high = str(moments[0].value).partition("-")
    return float(low), float(high) if high else None


def ms_of(token: Token) -> int:
    """Return the length a time or a bare number stands for; a bare number counts seconds."""
    value = float(token.value)
    return round(value) if token.kind == "time" else round(value * SECOND_MS)


def edge_lengths(clause: Clause) -> list[tuple[Edge, int]]:
    """Return (edge, length) pairs: "the first 3 s", "2 s off the end", "first and last 2 s"."""
    edges: list[Edge] = []
    pairs: list[tuple[Edge, int]] = []
    waiting: int | None = None
    for token in clause.tokens:
        if token.kind == "edge":
            edge: Edge = "last" if token.value == "last" else "first"
            if waiting is not None:
                pairs.append((edge, waiting))
                waiting = None
            else:
                edges.append(edge)
        elif token.kind in ("time", "number") or (token.kind == "unit" and edges):
            length = int(token.value) if token.kind == "unit" else ms_of(token)
            if edges:
                pairs.extend((known, length) for known in edges)
                edges = []
            else:
                waiting = length
    return pairs


def picked(clause: Clause) -> Pick:
    """Return which of several texts is meant: "the first caption", 字幕2, "that title"."""
    places = tuple(place for token in clause.all("pick") for place in token.value)
    tokens = [token for token in clause.tokens if token.kind not in ("filler", "polite")]
    that = any(
        token.kind == following.kind == "noun" and token.value == "it" and following.value in _NAMES
        for token, following in itertools.pairwise(tokens)
    )
    return Pick(places, that=that or clause.has("oneof"))


def standing_at(clause: Clause) -> Span | None:
    """Return when a text that is meant stands: "the caption at 5 seconds", "from 4 to 6"."""
    for before, token in itertools.pairwise(clause.tokens):
        if token.kind == "range":
            return token.value
        if token.kind != "time" or before.kind != "prep":
            continue
        if before.value == "at":
            return token.value, token.value + 1
        if before.value in ("after", "before") and not clause.has("verb", "remove"):
            return (token.value, _EVER_MS) if before.value == "after" else (0, token.value)
    return None


def place_of(clause: Clause) -> int | None:
    """Return which of several pictures is meant: 0 for "the first photo", -1 for 最后一张."""
    return next(iter(places_of(clause)), None)


def places_of(clause: Clause) -> tuple[int, ...]:
    """Return which pictures are counted: "photos 1 and 3", "the second and the last photo"."""
    found: list[int] = []
    for token in clause.all("place"):
        value = token.value
        if isinstance(value, tuple):
            found += list(cast("tuple[int, ...]", value))
        else:
            found.append(value if isinstance(value, int) else PLACES[value])
    return tuple(dict.fromkeys(found))


def lengths(clause: Clause) -> list[int]:
    """Return the lengths named in *clause*, ms."""
    return [ms_of(token) for token in clause.all("time")]


def quote_unquoted(tokens: list[Token], text: str) -> list[Token]:
    """Turn words that plainly are the text of a title or caption into a quote token.

    They follow "saying", "title:" and the like; or the noun itself, where they begin with a
    capital letter or are Chinese words that mean nothing else here.
    """
    result: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        result.append(token)
        index += 1
        named = token.kind == "noun" and token.value in _NAMES
        begun = any(t.kind == "noun" and t.value in _NAMES for t in result)
        timed = len(result) > 1 and result[-2].kind in ("time", "range")
        styled = (
            begun and token.value in _COLONS and _names_style(result, tokens[index : index + 1])
        )
        colon = begun and token.value in _COLONS and not timed and not styled
        becomes = begun and _becomes(result, tokens[index : index + 1], text)
        if colon and index < len(tokens):
            result.pop()
        says = token.kind == "marker" and text[token.start : token.end] != "写"
        marked = colon or becomes or says
        if not marked and not (named and any(t.kind == "verb" for t in result)):
            continue
        while marked and index < len(tokens) and tokens[index].value in _COLONS:
            index += 1
        stop = _end_of_words(tokens, index, text, marked=marked)
        if stop > index:
            start, end = tokens[index].start, tokens[stop - 1].end
            result.append(Token("quote", text[start:end].strip(), start, end))
            index = stop
    return result


def _names_style(result: list[Token], following: list[Token]) -> bool:
    """Whether a look follows and not words: "caption style: neon", "title font: Anton"."""
    before = result[-2] if len(result) > 1 else None
    looks = bool(following) and following[0].kind in _LOOKING
    about = before is not None and (before.kind == "filler" or before.value in _ABOUT_LOOKS)
    return looks and about


def _becomes(result: list[Token], following: list[Token], text: str) -> bool:
    """Whether new words follow: "change the title to Hello", 标题改成回家."""
    token = result[-1]
    changes = any(t.kind == "verb" and t.value == "change" for t in result)
    if not following or not changes or following[0].kind in _LOOKING:
        return False
    first = text[following[0].start]
    if token.kind == "prep" and token.value == "to":
        return first.isupper()
    chinese = not first.isascii() and following[0].kind == "word"
    return chinese and token.kind == "verb"


def _end_of_words(  # noqa: C901 - one rule a break
    tokens: list[Token], start: int, text: str, *, marked: bool
) -> int:
    """Return the index after the last token of the unquoted words; *start* if there are none."""
    if start >= len(tokens) or tokens[start].kind in ("quote", "open_quote"):
        return start
    first = text[tokens[start].start]
    if not marked and (
        tokens[start].kind != "word" or not (first.isupper() or not first.isascii())
    ):
        return start
    stop = start
    while stop < len(tokens):
        token = tokens[stop]
        inner = marked and token.kind == "quote" and stop > start
        if token.kind in ("stop", "open_quote", "range", "anchor", "moment"):
            break
        if token.kind == "quote" and not (inner and tokens[stop - 1].kind == "word"):
            break
        if marked and _is_numbered(tokens, stop):
            break
        if token.kind == "sep" and stop + 1 < len(tokens) and tokens[stop + 1].kind == "verb":
            break
        if token.kind == "prep" and _leads_to_modifier(tokens, stop + 1):
            break
        if token.kind == "position" and text[token.start : token.end].lower().startswith(_PLACED):
            break
        if token.kind == "time" or (not marked and token.kind in _MODIFIERS):
            break
        stop += 1
    return stop


def _is_numbered(tokens: list[Token], index: int) -> bool:
    """Whether another text begins here: "caption 1: … caption 2: …"."""
    kinds = [token.kind for token in tokens[index : index + 3]]
    return kinds == ["noun", "pick", "stop"] and tokens[index + 2].value in _COLONS


def _leads_to_modifier(tokens: list[Token], index: int) -> bool:
    while index < len(tokens) and tokens[index].kind == "filler":
        index += 1
    return index < len(tokens) and tokens[index].kind in _MODIFIERS
