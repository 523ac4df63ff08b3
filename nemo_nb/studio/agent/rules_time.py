"""Rules for clauses about time, pictures, sound and the canvas."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from nemo_nb.studio.agent.clauses import EMPTY, Clause
from nemo_nb.studio.agent.intents import (
    Ask,
    CutRange,
    CutShare,
    Edge,
    Fit,
    Intent,
    KeepEdge,
    KeepPictures,
    KeepRange,
    PhotoLength,
    Ratio,
    RemoveIt,
    RemovePicture,
    Speed,
    TotalLength,
    Trim,
    Which,
)
from nemo_nb.studio.agent.intents_show import Split
from nemo_nb.studio.agent.reading import edge_lengths, lengths, places_of
from nemo_nb.studio.agent.reading_picture import part_of, which_of
from nemo_nb.studio.agent.tokens import Token

# "Start at 2 seconds", 从第2秒开始: nothing else is said.
_START: Final = frozenset({"begin", "prep", "time", "filler", "polite", "noun", "edge"})
_FASTER, _SLOWER = 1.5, 0.5
_ITS_REMOVAL: Final = frozenset({"verb", "noun", "filler", "polite", "out"})
_KEPT: Final = frozenset({"verb", "place", "noun", "filler", "polite", "prep", "sep", "scope"})


def time_intents(clause: Clause, skipped: str) -> list[Intent]:
    """Return what *clause* asks of pictures, sound and time; empty where nothing fits."""
    for rule in (_speed, _photo_length, _total, _lasting, _cuts, _pictures, _canvas):
        found = rule(clause, skipped)
        if found:
            shaped = rule is _speed and not clause.all("time", "range", "place")
            return [*_canvas(clause, skipped), *found] if shaped else found  # 竖屏 2倍速
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
    if not (faster or slower or named or plain) or clause.nouns & {"text", "caption", "title"}:
        return []
    if skipped and not (clause.nouns or factors or percents or clause.all("time", "range", "edge")):
        return []  # "slow food movement"
    absolute = not (faster or slower)
    factor = float(factors[0].value) if factors else 0.0
    if factors and factor <= 0:
        return []
    if percents:
        share = float(percents[0].value) / 100
        absolute = absolute or (clause.has("prep", "to") and not clause.has("prep", "by"))
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


def _total(clause: Clause, skipped: str) -> list[Intent]:
    """Read "make it 30 seconds long", "total length 30 s", "shorten the length to 4 seconds"."""
    verbs, times = set(clause.verbs), lengths(clause)
    if len(times) != 1 or clause.all("edge", "range", "moment", "number", "place"):
        return []
    if clause.nouns - {"it", "video"} or clause.has("scope", "each"):
        return []
    meant = bool(clause.nouns & {"it", "video"}) or clause.has("scope", "whole")
    obliged = clause.has("filler", "oblige")
    wanted = obliged or verbs & {"make", "set", "change", "show"} or clause.has("polite", "want")
    asked = verbs <= {"make", "set", "change", "show", "keep"} and wanted and meant
    asked = asked or (clause.has("scope", "whole") and "video" in clause.nouns and not verbs)
    said = clause.has("total") and verbs <= {"make", "set", "change", "trim", "keep", "extend"}
    if not (asked or said):
        return []
    if clause.has("prep", "from") or clause.has("prep", "at") or clause.has("begin"):
        return []
    it = "it" in clause.nouns
    return [TotalLength(span=clause.span, skipped=skipped, length_ms=times[0], it=it)]


def _lasting(clause: Clause, skipped: str) -> list[Intent]:
    """Ask how long "longer" is: "make it longer", "make the video shorter"."""
    kinds = {token.kind for token in clause.tokens}
    named = clause.nouns <= {"it", "video", "photo", "photos"} and clause.nouns
    if (
        not clause.has("longer")
        or not named
        or kinds - (EMPTY | {"longer", "noun", "verb", "scope"})
    ):
        return []
    if not set(clause.verbs) <= {"make", "set", "change", "keep", "show"} or skipped:
        return []
    return [Ask(span=clause.span, question="how_long")]


def _cuts(  # noqa: C901, PLR0911, PLR0912, PLR0915 - one rule a return
    clause: Clause, skipped: str
) -> list[Intent]:
    verbs, span = set(clause.verbs), clause.span
    keeps = "keep" in verbs or bool("crop" in verbs and clause.all("range"))
    placed = clause.has("position") and not clause.all("range")
    if placed or ("photo" in clause.nouns and clause.all("edge")):
        return []
    if clause.nouns & {"sound", "music"} or clause.has("voice"):
        return []  # a part of the music is not a part of the pictures
    kinds = {token.kind for token in clause.tokens}
    begun = clause.has("begin") or clause.has("prep", "from") or clause.has("edge", "first")
    itself = "it" in clause.nouns and clause.has("prep", "at")  # "make it start at 2 s"
    starts = not verbs or (verbs == {"make"} and itself)
    if starts and begun and kinds <= _START | {"verb"} and len(lengths(clause)) == 1:
        whole = clause.has("begin") or clause.has("prep", "from") or "video" in clause.nouns
        whole = whole or itself
        ms = lengths(clause)[0]
        return [Trim(span=span, skipped=skipped, edge="first", length_ms=ms)] if whole else []
    halves = clause.has("factor", "0.5") and kinds <= EMPTY | {"verb", "noun", "factor"}
    shorter = verbs == {"make"} and clause.has("prep", "for")
    if halves and (verbs & {"cut"} or shorter) and clause.nouns <= {"it", "video"}:
        low = CutShare(span=span, skipped=skipped, low=0.0, high=0.5, keep=True)
        parts = (("first", low), ("last", replace(low, low=0.5, high=1.0)))
        parted = ("split", Split(span=span, skipped=skipped, at_ms=None, share=0.5))
        return [Ask(span=span, question="which_half", choices=(*parts, parted))]
    if keeps and clause.has("factor", "0.5") and not clause.all("time", "range"):
        return [CutShare(span=span, skipped=skipped, low=0.0, high=0.5, keep=True)]
    cuts = verbs & {"trim", "cut", "remove"} or (
        "crop" in verbs and clause.all("edge") and clause.all("time")
    )
    if not keeps and not cuts:
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
    edges, percents = clause.all("edge"), clause.all("percent")
    if len(edges) == 1 and len(percents) == 1 and not clause.all("time", "number", "adjust"):
        part = float(percents[0].value) / 100  # "keep the first 50%"
        low, high = (1 - part, 1.0) if edges[0].value == "last" else (0.0, part)
        return [CutShare(span=span, skipped=skipped, low=low, high=high, keep=keeps)]
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
    if len(times) > 1 and clause.has("prep", "from"):
        start, end = sorted(times[:2])  # 从5秒剪到8秒: that part, or all but it?
        kinds_of = (CutRange, KeepRange)
        wishes = [kind(span=span, skipped=skipped, start_ms=start, end_ms=end) for kind in kinds_of]
        choices = (("cut", wishes[0]), ("keep", wishes[1]))
        return [Ask(span=span, question="trim_range", choices=choices)]
    after, before = clause.has("prep", "after"), clause.has("prep", "before")
    if after or before:
        start = after if keeps else before
        kind = Trim if start else KeepEdge
        return [kind(span=span, skipped=skipped, edge="first", length_ms=times[0])]
    if verbs == {"remove"} and clause.has("prep", "to"):  # "delete everything up to 2 s"
        return [Trim(span=span, skipped=skipped, edge="first", length_ms=times[0])]
    if keeps or clause.has("prep", "to"):
        it = "it" in clause.nouns
        return [KeepEdge(span=span, skipped=skipped, edge="first", length_ms=times[0], it=it)]
    ends: tuple[Edge, Edge] = ("first", "last")
    choices = tuple(
        (edge, Trim(span=span, skipped=skipped, edge=edge, length_ms=times[0])) for edge in ends
    )
    return [Ask(span=span, question="which_end", choices=choices)]


def _pictures(clause: Clause, skipped: str) -> list[Intent]:
    which = which_of(clause)
    told = {token.kind for token in clause.tokens}
    if clause.verbs == ["keep"] and which.places and told <= _KEPT:
        return [KeepPictures(span=clause.span, skipped=skipped, which=Which(which.places))]
    if not set(clause.verbs) & {"remove", "cut"}:
        return []
    if set(clause.verbs) == {"remove"} and clause.nouns == {"it"} and told <= _ITS_REMOVAL:
        return [RemoveIt(span=clause.span, skipped=skipped)]
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
    for token in clause.all("pixels"):
        return [Ratio(span=clause.span, skipped=skipped, ratio="", size=token.value)]
    shapes = clause.all("ratio") or _platform(clause)
    found: list[Intent] = [
        Ratio(span=clause.span, skipped=skipped, ratio=str(token.value)) for token in shapes[:1]
    ]
    fits = clause.all("fit")
    if clause.has("bars") and not fits:
        blurred = clause.has("tone", "blur+")
        fit = "blur" if blurred else "cover" if "remove" in clause.verbs else ""
        return [*found, Fit(span=clause.span, skipped=skipped, fit=fit)] if fit else found
    if found and not fits and clause.has("ground") and clause.has("tone", "blur+"):
        return [*found, Fit(span=clause.span, skipped=skipped, fit="blur")]
    if fits:
        found.append(Fit(span=clause.span, skipped=skipped, fit=str(fits[0].value)))
    return found


def _platform(clause: Clause) -> list[Token]:
    """Return the place to publish whose shape is asked for: "for TikTok", "reels format"."""
    named = clause.all("platform")
    told = {str(token.value) for token in clause.all("prep")} & {"for", "to"}
    asked = told or "canvas" in clause.nouns or set(clause.verbs) & {"make", "set", "change"}
    return named if asked or clause.nouns & {"video", "size"} else []
