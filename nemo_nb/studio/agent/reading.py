"""What a clause says about times and lengths, and which texts and pictures it counts."""

from __future__ import annotations

import itertools
from typing import Final, cast

from nemo_nb.studio.agent.clauses import Clause
from nemo_nb.studio.agent.intents import Edge, Pick, Span, Timing
from nemo_nb.studio.agent.references import PLACES
from nemo_nb.studio.agent.tokens import SECOND_MS, Token

_LASTING: Final = frozenset({"show", "extend"})
_NAMES: Final = ("title", "caption", "text")
_COUNTED: Final = frozenset({"noun", "filler"})
_EVER_MS: Final = 1 << 40
_PAIR: Final = 2


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
            elif edge is None and prep == "to" and clause.verbs == ["move"] and start is None:
                start = ms  # "move the title to 2 seconds"
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
    shared: int | None = None
    for token, following in itertools.zip_longest(clause.tokens, clause.tokens[1:]):
        if token.kind == "number" and following is not None and following.kind in _COUNTED:
            continue  # "the two clips"
        if token.kind == "edge":
            edge: Edge = "last" if token.value == "last" else "first"
            if waiting is not None:
                pairs.append((edge, waiting))
                shared, waiting = waiting, None
            elif edge not in edges:  # 开头的前2秒 names one end
                edges.append(edge)
        elif token.kind in ("time", "number") or (token.kind == "unit" and edges):
            length = int(token.value) if token.kind == "unit" else ms_of(token)
            if edges:
                pairs.extend((known, length) for known in edges)
                edges = []
            else:
                waiting = length
    if shared is not None and waiting is None and pairs:
        pairs.extend((edge, shared) for edge in edges)  # "2 s off the start and the end"
    return pairs


def begun_length(clause: Clause) -> tuple[int, int] | None:
    """Return (from, how long): "3 seconds starting at 4 s", "from second 4 … 3 seconds"."""
    times = [n for n, token in enumerate(clause.tokens) if token.kind == "time"]
    if len(times) != _PAIR or clause.has("prep", "to") or clause.all("edge", "range"):
        return None
    led = [n for n in times if n and _leads(clause.tokens[:n])]
    if len(led) != 1:
        return None
    start = clause.tokens[led[0]]
    after = clause.tokens[led[0] + 1 : led[0] + 2]
    if after and (after[0].kind, after[0].value) == ("noun", "video"):
        return None  # "2 seconds from the 12 second clip"
    (length,) = (clause.tokens[n] for n in times if n != led[0])
    return ms_of(start), ms_of(length)


def _leads(before: tuple[Token, ...]) -> bool:
    """Whether what stands before a time says that something begins there."""
    told = [token for token in before if token.kind != "filler"]
    return bool(told) and told[-1].kind == "prep" and told[-1].value in ("from", "at", "after")


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
