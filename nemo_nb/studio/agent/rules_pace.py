"""Rules for clauses about how fast it plays, and how long a photo or the whole lasts."""

from __future__ import annotations

import itertools
from typing import Any, Final

from nemo_nb.studio.agent.clauses import EMPTY, Clause
from nemo_nb.studio.agent.intents import Ask, Intent, Which
from nemo_nb.studio.agent.intents_time import PhotoLength, Speed, TotalLength
from nemo_nb.studio.agent.reading import lengths, ms_of, places_of
from nemo_nb.studio.agent.reading_picture import part_of, which_of

_FASTER, _SLOWER = 1.5, 0.5
_HALF: Final = 0.5
_STILLS: Final = (".jpg", ".jpeg", ".png", ".webp", ".heic")


def speed(  # noqa: C901 - one rule a branch
    clause: Clause, skipped: str
) -> list[Intent]:
    """Return what *clause* asks of the pace; empty where it says nothing of it."""
    verbs = set(clause.verbs)
    factors = clause.all("times", "factor", "rounds")
    percents = clause.all("percent")
    faster, slower = "faster" in verbs, "slower" in verbs
    numbers = clause.all("number") if "speed" in clause.nouns and not factors else []
    factors = factors or numbers[-1:]
    named = "speed" in clause.nouns and (factors or percents)
    sped = clause.has("playing") and percents and float(percents[0].value) > 100  # noqa: PLR2004
    named = named or sped
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
    elif _by_a_share(clause):
        factor = 1 + factor if faster else 1 - factor  # "a quarter slower"
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


def _by_a_share(clause: Clause) -> bool:
    """Whether a share stands right before a verb: "a quarter faster", not "… as fast"."""
    pairs = itertools.pairwise(t for t in clause.tokens if t.kind != "filler")
    for before, after in pairs:
        shared = before.kind == "factor" and float(before.value) < 1
        if shared and after.value in ("faster", "slower") and float(before.value) != _HALF:
            return True
        by = (before.kind, before.value) == ("prep", "by") and after.kind == "factor"
        if by and float(after.value) < 1:
            return True  # "speed up by half"
    return False


def photo_length(  # noqa: PLR0911 - one rule a return
    clause: Clause, skipped: str
) -> list[Intent]:
    """Read "show each photo for 5 seconds", "photo 2 twice as long"."""
    times = lengths(clause)
    if clause.has("by"):
        return _photo_longer(clause, skipped)
    named = any(token.value in ("photo", "photos") for token in clause.all("noun"))
    factors = clause.all("factor", "times")
    if named and not times and len(factors) == 1 and clause.has("prep", "for"):
        told = set(clause.verbs) <= {"make", "show", "keep"} and float(factors[0].value) > 0
        pace = 1 / float(factors[0].value) if told else 0.0  # "photo 2 twice as long"
        which = Which(places_of(clause))
        common: dict[str, Any] = {"span": clause.span, "skipped": skipped, "which": which}
        return [Speed(**common, factor=pace, absolute=False)] if told else []
    if not times and clause.has("prep", "for") and clause.has("place") and not clause.verbs:
        times = [ms_of(token) for token in clause.all("number")]  # "photo 2 for 4"
    if not times or clause.all("range", "moment") or clause.has("begin"):
        return []
    verbs = set(clause.verbs)
    files = [str(token.value) for token in clause.all("file")]
    pictured = len(files) == 1 and files[0].endswith(_STILLS) and verbs <= {"keep", "show"}
    photos = "photo" in clause.nouns or pictured
    each = clause.has("scope", "each")
    each = each or clause.has("scope", "others")
    bare = each and not verbs and not clause.nouns
    if clause.has("total") or clause.has("fade") or "fade" in verbs:
        return []
    if not photos and not bare and not (each and verbs & {"show", "set", "make", "move"}):
        return []
    if verbs & {"trim", "cut", "remove"} or (
        verbs & {"keep"} and not (clause.has("scope") or clause.has("place") or pictured)
    ):
        return []
    others = clause.has("scope", "others")
    which = Which(places_of(clause), which_of(clause).file, every=others)
    return [PhotoLength(span=clause.span, skipped=skipped, length_ms=times[0], which=which)]


def _photo_longer(clause: Clause, skipped: str) -> list[Intent]:
    """Read "make the last one 2 seconds longer"."""
    told = {token.kind for token in clause.tokens}
    known = EMPTY | {"by", "noun", "verb", "place", "scope", "article", "unit"}
    verbs = set(clause.verbs) <= {"make", "show", "extend", "keep", "set", "trim", "add"}
    if not told <= known or not verbs or clause.nouns & {"video"} - {"photo"}:
        return []
    way, ms = clause.all("by")[0].value
    which = Which(places_of(clause), which_of(clause).file)
    return [PhotoLength(span=clause.span, skipped=skipped, length_ms=ms, which=which, change=way)]


def total(  # noqa: PLR0911 - one rule a return
    clause: Clause, skipped: str
) -> list[Intent]:
    """Read "make it 30 seconds long", "total length 30 s", "shorten the length to 4 seconds"."""
    verbs, times = set(clause.verbs), lengths(clause)
    if len(times) != 1 or clause.all("edge", "range", "moment", "place"):
        return []
    shared = clause.has("total") and "photo" in clause.nouns  # 三张照片一共12秒
    if clause.nouns - {"it", "video", "photo", "photos"} or (clause.has("number") and not shared):
        return []
    if clause.nouns & {"photo", "photos"} and not shared:
        return []
    if clause.has("scope", "each") and not shared:
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


def lasting(clause: Clause, skipped: str) -> list[Intent]:
    """Ask how long "longer" is: "make it longer", "make the video shorter"."""
    kinds = {token.kind for token in clause.tokens}
    if clause.verbs == ["trim"] and kinds <= EMPTY | {"verb", "noun"} and not skipped:
        whole = clause.nouns and clause.nouns <= {"it", "video"}
        return [Ask(span=clause.span, question="how_long")] if whole else []  # "shorten it"
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
