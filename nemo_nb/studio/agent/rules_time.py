"""Rules for clauses about time, pictures, sound and the canvas."""

from __future__ import annotations

from typing import Final

from nemo_nb.studio.agent.clauses import Clause
from nemo_nb.studio.agent.intents import (
    Ask,
    CutRange,
    CutShare,
    Edge,
    Fit,
    Intent,
    KeepEdge,
    KeepRange,
    PhotoLength,
    Ratio,
    RemovePicture,
    Speed,
    TotalLength,
    Trim,
    Which,
)
from nemo_nb.studio.agent.reading import edge_lengths, lengths, places_of
from nemo_nb.studio.agent.reading_picture import part_of, which_of

# "Start at 2 seconds", 从第2秒开始: nothing else is said.
_START: Final = frozenset({"begin", "prep", "time", "filler", "polite", "noun", "edge"})
_FASTER, _SLOWER = 1.5, 0.5


def time_intents(clause: Clause, skipped: str) -> list[Intent]:
    """Return what *clause* asks of pictures, sound and time; empty where nothing fits."""
    for rule in (_speed, _photo_length, _cuts, _pictures, _canvas):
        found = rule(clause, skipped)
        if found:
            return found
    return []


def _speed(clause: Clause, skipped: str) -> list[Intent]:
    verbs = set(clause.verbs)
    factors = clause.all("times", "factor", "rounds")
    percents = clause.all("percent")
    faster, slower = "faster" in verbs, "slower" in verbs
    numbers = clause.all("number") if "speed" in clause.nouns and not factors else []
    factors = factors or numbers[-1:]
    named = "speed" in clause.nouns and (factors or percents)
    plain = clause.has("times") and not verbs & {"trim", "cut", "keep", "remove", "add"}
    if not (faster or slower or named or plain):
        return []
    absolute = not (faster or slower)
    factor = float(factors[0].value) if factors else 0.0
    if factors and factor <= 0:
        return []
    if percents:
        share = float(percents[0].value) / 100
        factor = share if absolute else 1 + share if faster else max(1 - share, 0.01)
    elif not factor:
        factor = _FASTER if faster else _SLOWER
    elif slower and factor > 1:
        factor = 1 / factor
    elif factor == 1 and (faster or slower):
        factor = 2.0 if faster else 0.5  # 快一倍: by once as much
    elif factor == 0:
        return []
    if factor <= 0:
        return []
    which, part = which_of(clause), part_of(clause)
    return [
        Speed(
            span=clause.span,
            skipped=skipped,
            factor=factor,
            absolute=absolute,
            which=Which(which.places, which.file, it=which.it),
            timing=part,
        )
    ]


def _photo_length(clause: Clause, skipped: str) -> list[Intent]:
    times = lengths(clause)
    if not times or clause.all("range"):
        return []
    verbs = set(clause.verbs)
    photos = "photo" in clause.nouns
    each = clause.has("scope", "each")
    bare = each and not verbs and not clause.nouns
    if not photos and not bare and not (each and verbs & {"show", "set", "make"}):
        return []
    if verbs & {"trim", "cut", "remove"} or (
        verbs & {"keep"} and not clause.has("scope") and not clause.has("place")
    ):
        return []
    which = Which(places_of(clause), which_of(clause).file)
    return [PhotoLength(span=clause.span, skipped=skipped, length_ms=times[0], which=which)]


def _cuts(  # noqa: C901, PLR0911, PLR0912 - one rule a return
    clause: Clause, skipped: str
) -> list[Intent]:
    verbs, span = set(clause.verbs), clause.span
    keeps = "keep" in verbs
    placed = clause.has("position") and not clause.all("range")
    if placed or ("photo" in clause.nouns and clause.all("edge")):
        return []
    if verbs & {"make", "set"} and clause.nouns & {"it", "video"} and not clause.all("edge"):
        return [
            TotalLength(span=span, skipped=skipped, length_ms=length)
            for length in lengths(clause)[:1]
        ]
    kinds = {token.kind for token in clause.tokens}
    begun = clause.has("begin") or clause.has("prep", "from") or clause.has("edge", "first")
    if not verbs and begun and kinds <= _START and len(lengths(clause)) == 1:
        whole = clause.has("begin") or clause.has("prep", "from") or "video" in clause.nouns
        ms = lengths(clause)[0]
        return [Trim(span=span, skipped=skipped, edge="first", length_ms=ms)] if whole else []
    if keeps and clause.has("factor", "0.5") and not clause.all("time", "range"):
        return [CutShare(span=span, skipped=skipped, low=0.0, high=0.5, keep=True)]
    if not keeps and not verbs & {"trim", "cut", "remove"}:
        return []
    if clause.all("range"):
        start, end = clause.all("range")[0].value
        if keeps:
            return [KeepRange(span=span, skipped=skipped, start_ms=start, end_ms=end)]
        if verbs & {"cut", "remove"}:
            return [CutRange(span=span, skipped=skipped, start_ms=start, end_ms=end)]
        choices = (
            ("cut", CutRange(span=span, skipped=skipped, start_ms=start, end_ms=end)),
            ("keep", KeepRange(span=span, skipped=skipped, start_ms=start, end_ms=end)),
        )
        return [Ask(span=span, question="trim_range", choices=choices)]
    share = next((str(t.value) for t in clause.all("moment")), None)
    if share is not None and not clause.all("time"):
        low, _, high = share.partition("-")
        if not high:
            return [CutShare(span=span, skipped=skipped, low=float(low), high=1.0)]
        keeps = keeps or ("trim" in verbs and clause.has("prep", "to"))
        wish = CutShare(span=span, skipped=skipped, low=float(low), high=float(high), keep=keeps)
        return [wish]
    pairs = edge_lengths(clause)
    if pairs and keeps:
        edge, length = pairs[0]
        return [KeepEdge(span=span, skipped=skipped, edge=edge, length_ms=length)]
    if pairs:
        # The end first: its length is measured before the start moves, the result is the same.
        return [Trim(span=span, skipped=skipped, edge=edge, length_ms=ms) for edge, ms in pairs]
    times = lengths(clause)
    if not times:
        return []
    after, before = clause.has("prep", "after"), clause.has("prep", "before")
    if after or before:
        start = after if keeps else before
        kind = Trim if start else KeepEdge
        return [kind(span=span, skipped=skipped, edge="first", length_ms=times[0])]
    if keeps or clause.has("prep", "to"):
        return [KeepEdge(span=span, skipped=skipped, edge="first", length_ms=times[0])]
    ends: tuple[Edge, Edge] = ("first", "last")
    choices = tuple(
        (edge, Trim(span=span, skipped=skipped, edge=edge, length_ms=times[0])) for edge in ends
    )
    return [Ask(span=span, question="which_end", choices=choices)]


def _pictures(clause: Clause, skipped: str) -> list[Intent]:
    if not set(clause.verbs) & {"remove", "cut"}:
        return []
    which = which_of(clause)
    edges = [token.value for token in clause.all("edge")]
    places = which.places
    if not places and edges and clause.nouns & {"photo", "video"}:
        places = (-1 if edges[0] == "last" else 0,)
    named = places or which.file or (clause.nouns & {"photo", "video"} and not which.every)
    if not named or clause.nouns & {"sound", "music"}:
        return []
    if not places and which.file is None and "photo" not in clause.nouns and not edges:
        return []
    wish = Which(places, which.file, which.noun, which.it)
    return [RemovePicture(span=clause.span, skipped=skipped, which=wish)]


def _canvas(clause: Clause, skipped: str) -> list[Intent]:
    found: list[Intent] = [
        Ratio(span=clause.span, skipped=skipped, ratio=str(token.value))
        for token in clause.all("ratio")[:1]
    ]
    fits = clause.all("fit")
    if fits:
        found.append(Fit(span=clause.span, skipped=skipped, fit=str(fits[0].value)))
    return found
