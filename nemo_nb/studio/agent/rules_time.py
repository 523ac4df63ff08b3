"""Rules for clauses about time, pictures, sound and the canvas."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any, Final

from nemo_nb.studio.agent.clauses import EMPTY, Clause
from nemo_nb.studio.agent.intents import (
    Ask,
    Edge,
    Fit,
    Intent,
    KeepPictures,
    Ratio,
    RemoveIt,
    RemovePicture,
    Which,
)
from nemo_nb.studio.agent.intents_show import Split
from nemo_nb.studio.agent.intents_time import CutRange, CutShare, KeepEdge, KeepRange, Trim
from nemo_nb.studio.agent.reading import begun_length, edge_lengths, lengths
from nemo_nb.studio.agent.reading_picture import counted_of, which_of
from nemo_nb.studio.agent.rules_pace import lasting, photo_length, speed, total
from nemo_nb.studio.agent.tokens import Token

# "Start at 2 seconds", 从第2秒开始: nothing else is said.
_START: Final = frozenset({"begin", "prep", "time", "filler", "polite", "noun", "edge"})
_ITS_REMOVAL: Final = frozenset({"verb", "noun", "filler", "polite", "out"})
_KEPT: Final = frozenset({"verb", "place", "noun", "filler", "polite", "prep", "sep", "scope"})


def time_intents(clause: Clause, skipped: str) -> list[Intent]:
    """Return what *clause* asks of pictures, sound and time; empty where nothing fits."""
    for rule in (speed, photo_length, total, lasting, _cuts, _pictures, _canvas):
        found = rule(clause, skipped)
        if found:
            shaped = rule is speed and not clause.all("time", "range", "place")
            return [*_canvas(clause, skipped), *found] if shaped else found  # 竖屏 2倍速
    return []


def _counts_pictures(clause: Clause) -> bool:
    """Whether it says how many pictures are meant, not which: "the two clips"."""
    told = [token for token in clause.tokens if token.kind != "filler"]
    pairs = itertools.pairwise(told)
    counted = any(a.kind == "number" and b.value in ("video", "photo", "photos") for a, b in pairs)
    return counted and not clause.has("scope", "each")


def _cuts(  # noqa: C901, PLR0911, PLR0912, PLR0915 - one rule a return
    clause: Clause, skipped: str
) -> list[Intent]:
    verbs, span = set(clause.verbs), clause.span
    keeps = "keep" in verbs or bool("crop" in verbs and clause.all("range"))
    placed = clause.has("position") and not clause.all("range")
    middle = clause.has("moment", "0.5") or clause.has("position", "middle")
    if (middle and clause.all("time")) or _counts_pictures(clause):
        return []  # "keep the middle 6 seconds"; "the first second of the two clips"
    which = counted_of(clause)
    named = "photo" in clause.nouns and not (which and edge_lengths(clause))
    if placed or (named and clause.all("edge")):
        return []
    common: dict[str, Any] = {"span": span, "skipped": skipped, "which": which}
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
        it = not clause.nouns & {"video"}
        trim = Trim(span=span, skipped=skipped, edge="first", length_ms=ms, it=it)
        return [trim] if whole else []
    halves = clause.has("factor", "0.5")
    halves = halves and kinds <= EMPTY | {"verb", "noun", "factor", "place", "file"}
    shorter = verbs == {"make"} and clause.has("prep", "for")
    plain = clause.nouns <= {"it", "video"} or bool(which)
    if halves and (verbs & {"cut"} or shorter) and plain:
        low = CutShare(**common, low=0.0, high=0.5, keep=True)
        parts = (("first", low), ("last", replace(low, low=0.5, high=1.0)))
        parted = ("split", Split(**common, at_ms=None, share=0.5))
        return [Ask(span=span, question="which_half", choices=(*parts, parted))]
    if keeps and clause.has("factor", "0.5") and not clause.all("time", "range"):
        return [CutShare(**common, low=0.0, high=0.5, keep=True)]
    cuts = verbs & {"trim", "cut", "remove"} or (
        "crop" in verbs and clause.all("edge") and clause.all("time")
    )
    if not keeps and not cuts:
        return []
    if clause.all("range"):
        ranges = sorted(token.value for token in clause.all("range"))
        start, end = ranges[0]
        if keeps:
            # What lies between goes first; then the whole of what is left is one range.
            gaps = [(a[1], b[0]) for a, b in itertools.pairwise(ranges) if a[1] < b[0]]
            stop = ranges[-1][1] - sum(b - a for a, b in gaps)
            cuts = [CutRange(**common, start_ms=a, end_ms=b) for a, b in reversed(gaps)]
            it = "it" in clause.nouns and not cuts
            return [*cuts, KeepRange(**common, start_ms=start, end_ms=stop, it=it)]
        if verbs & {"cut", "remove"} or len(ranges) > 1:
            # From the end, so that the others stay where they are.
            return [CutRange(**common, start_ms=a, end_ms=b) for a, b in reversed(ranges)]
        choices = (
            ("cut", CutRange(**common, start_ms=start, end_ms=end)),
            ("keep", KeepRange(**common, start_ms=start, end_ms=end)),
        )
        return [Ask(span=span, question="trim_range", choices=choices)]
    share = next((str(t.value) for t in clause.all("moment")), None)
    if share is not None and not clause.all("time"):
        low, _, high = share.partition("-")
        if not high:
            return [CutShare(**common, low=float(low), high=1.0)]
        keeps = keeps or ("trim" in verbs and clause.has("prep", "to"))
        wish = CutShare(**common, low=float(low), high=float(high), keep=keeps)
        return [wish]
    edges, percents = clause.all("edge"), clause.all("percent")
    if len(edges) == 1 and len(percents) == 1 and not clause.all("time", "number", "adjust"):
        part = float(percents[0].value) / 100  # "keep the first 50%"
        low, high = (1 - part, 1.0) if edges[0].value == "last" else (0.0, part)
        return [CutShare(**common, low=low, high=high, keep=keeps)]
    pairs = edge_lengths(clause)
    if pairs and keeps:
        edge, length = pairs[0]
        return [KeepEdge(**common, edge=edge, length_ms=length)]
    if pairs:
        # The end first: its length is measured before the start moves, the result is the same.
        it = clause.has("begin") and not which and not clause.nouns
        return [Trim(**common, edge=edge, length_ms=ms, it=it) for edge, ms in pairs]
    times = lengths(clause)
    if not times:
        return []
    began = begun_length(clause)
    if began is not None and (keeps or verbs & {"cut", "remove", "trim"}):
        kind = KeepRange if keeps else CutRange
        return [kind(**common, start_ms=began[0], end_ms=sum(began))]
    if len(times) > 1 and clause.has("prep", "from"):
        start, end = sorted(times[:2])  # 从5秒剪到8秒: that part, or all but it?
        kinds_of = (CutRange, KeepRange)
        wishes = [kind(**common, start_ms=start, end_ms=end) for kind in kinds_of]
        choices = (("cut", wishes[0]), ("keep", wishes[1]))
        return [Ask(span=span, question="trim_range", choices=choices)]
    after, before = clause.has("prep", "after"), clause.has("prep", "before")
    if after or before:
        start = after if keeps else before
        kind = Trim if start else KeepEdge
        return [kind(**common, edge="first", length_ms=times[0])]
    if verbs == {"remove"} and clause.has("prep", "to"):  # "delete everything up to 2 s"
        return [Trim(**common, edge="first", length_ms=times[0])]
    if keeps or clause.has("prep", "to"):
        it = "it" in clause.nouns
        return [KeepEdge(**common, edge="first", length_ms=times[0], it=it)]
    ends: tuple[Edge, Edge] = ("first", "last")
    choices = tuple((edge, Trim(**common, edge=edge, length_ms=times[0])) for edge in ends)
    return [Ask(span=span, question="which_end", choices=choices)]


def _pictures(  # noqa: PLR0911 - one rule a return
    clause: Clause, skipped: str
) -> list[Intent]:
    which = which_of(clause)
    told = {token.kind for token in clause.tokens}
    if clause.verbs == ["keep"] and which.places and told <= _KEPT:
        return [KeepPictures(span=clause.span, skipped=skipped, which=Which(which.places))]
    if not set(clause.verbs) & {"remove", "cut"} or clause.all("range", "moment", "factor"):
        return []  # not all of a picture
    if clause.all("edge") and clause.all("time", "unit", "percent"):
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
    plain = told <= {"verb", "noun", "filler", "polite", "out"} and clause.nouns == {"video"}
    if not places and which.file is None and "photo" not in clause.nouns and not (edges or plain):
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
    fit = str(fits[0].value) if fits else ""
    if clause.has("bars") and not fits:
        blurred = clause.has("tone", "blur+")
        fit = "blur" if blurred else "cover" if "remove" in clause.verbs else ""
    elif found and not fits and clause.has("ground") and clause.has("tone", "blur+"):
        fit = "blur"
    if not fit:
        return found
    meant = which_of(clause)
    which = Which(meant.places, meant.file)
    return [*found, Fit(span=clause.span, skipped=skipped, fit=fit, which=which)]


def _platform(clause: Clause) -> list[Token]:
    """Return the place to publish whose shape is asked for: "for TikTok", "reels format"."""
    named = clause.all("platform")
    told = {str(token.value) for token in clause.all("prep")} & {"for", "to"}
    asked = told or "canvas" in clause.nouns or set(clause.verbs) & {"make", "set", "change"}
    return named if asked or clause.nouns & {"video", "size"} else []
