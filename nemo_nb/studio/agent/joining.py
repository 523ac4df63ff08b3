"""Whether a piece of a sentence goes on about the same thing as the one before it."""

from __future__ import annotations

from typing import Final

from nemo_nb.studio.agent.clauses import EMPTY, LOOKS, Clause

# What the next piece of a sentence may hold to go on about the same thing, by what that is.
_ON: Final = EMPTY | {"scope"}
_ON_MUSIC: Final = _ON | {
    "genre",
    "mood",
    "bpm",
    "tune",
    "percent",
    "level",
    "fade",
    "duck",
    "speech",
}
_ON_OVERLAY: Final = _ON | {"position", "textsize", "percent", "transparent", "file", "factor"}
_ON_COLOUR: Final = _ON | {"adjust", "tone", "sign", "number", "percent"}
_ON_CUT: Final = _ON | {"crossing", "time", "position"}
_ON_SHOW: Final = (
    _ON_CUT
    | _ON_MUSIC
    | {"quote", "number", "motion", "order", "rhythm", "subject"}
    | {"ratio", "reset", "marker"}
)

_PICTURED: Final = ("tone", "adjust", "motion", "rotation", "angle", "flip", "cutout", "ground")
_LEAD: Final = frozenset({"time", "range", "edge", "moment"})
_SHOW_NOUNS: Final = frozenset({"music", "transition", "title", "card", "photo", "photos", "video"})


def same_matter(  # noqa: C901, PLR0911, PLR0912 - one rule a return
    last: Clause, clause: Clause
) -> bool:
    """Whether *clause* names no deed and only more of what *last* is about."""
    kinds = {token.kind for token in clause.tokens}
    nouns = clause.nouns
    named = last.has("again", "one") or (last.has("again", "same") and bool(kinds & LOOKS))
    if named and {t.kind for t in last.tokens} <= EMPTY | {"again"}:
        return True  # "the same, but blue"
    verbs = {str(token.value) for token in clause.all("verb")}
    lead = {token.kind for token in last.tokens}
    counted = last.has("place") and clause.has("place") and not last.quotes
    if lead <= EMPTY | {"place", "noun"} and counted and not clause.quotes:
        return True  # "photo 1 and photo 2 trade places"
    if last.has("ground") and not last.all("file") and kinds - EMPTY == {"file"}:
        return True  # "change the background: beach.jpg"
    if lead <= EMPTY | _LEAD and lead & _LEAD and clause.has("piece"):
        return True  # "at 5 seconds, freeze for 2 seconds"
    cutting = bool(verbs) and verbs <= {"trim", "cut", "remove", "keep"}
    leads = lead <= EMPTY | _LEAD and bool(lead & {"edge", "range", "moment"})
    if leads and cutting and kinds <= EMPTY | {"verb", "out"}:
        return True  # "first 2 seconds, cut!"
    edged = lead <= EMPTY | {"edge"} and last.has("edge") and not clause.has("edge")
    if edged and cutting and clause.all("time"):
        return True  # "from the start, cut 2 seconds"
    untimed = last.has("edge") and not last.all("time", "range", "number")
    cut = set(last.verbs) & {"trim", "cut", "remove"}
    timed = kinds <= _ON | {"time"} and bool(clause.all("time"))
    if untimed and cut and timed and not last.is_textual:
        return True  # "remove the end, 2 seconds"
    if last.has("longer") and kinds <= EMPTY | {"time"} and clause.all("time"):
        return True  # "make it longer, 20 seconds"
    shown = set(last.verbs) & {"show", "extend"} and not last.all("time", "range", "edge")
    if shown and last.has("place") and kinds <= EMPTY | {"time"} and clause.all("time"):
        return True  # "make the first one last longer, 6 seconds"
    fades = last.all("fade") or "fade" in last.verbs
    if fades and not last.all("time") and clause.all("time") and kinds <= _ON | {"time", "edge"}:
        return True  # "fade in from black, 1s"
    limits = clause.has("place") and not verbs and not clause.has("polite", "too")
    limits = limits and kinds <= EMPTY | {"place", "noun"}
    if limits and last.all(*_PICTURED) and not last.has("place"):
        return nouns <= {"photo", "photos", "video"}  # "black and white, only photo 2"
    prepared = lead <= _ON_SHOW | {"noun", "verb"} and set(last.verbs) <= {"make"}
    if clause.has("slideshow") and prepared and last.verbs and last.nouns <= _SHOW_NOUNS:
        return True  # 用欢快的音乐和擦除转场把照片做成幻灯片
    if last.has("slideshow"):
        return kinds <= _ON_SHOW | {"noun", "verb"} and nouns <= _SHOW_NOUNS and not verbs - {"add"}
    if verbs and verbs <= {"move", "add"} and last.has("overlay") and clause.has("position"):
        return kinds <= _ON_OVERLAY | {"verb"}
    scored = ("music" in last.nouns or last.has("genre")) and nouns == {"sound"}
    if verbs and verbs <= {"set", "make"} and scored and clause.all("percent", "level"):
        return True  # "add music, set the volume to 30%"
    if verbs:
        return False
    if kinds <= EMPTY:
        return False
    if last.has("place") and not last.quotes and kinds <= EMPTY | {"place", "noun"}:
        return nouns <= {"photo", "photos", "video"} and clause.has("place")
    laid = last.has("overlay") or last.has("atop") or (last.all("file") and last.all("position"))
    if laid and kinds <= _ON_OVERLAY | {"noun"}:
        return nouns <= {"opacity", "size", "position"}
    musical = "music" in last.nouns or last.has("genre")
    loud = {"number"} if "sound" in nouns else set[str]()
    if musical and kinds <= _ON_MUSIC | {"noun"} | loud and not last.has("crossing"):
        named = bool(kinds & {"genre", "mood", "bpm", "percent", "level", "tune", *loud})
        return named and nouns <= {"sound"} and not (clause.has("genre") and last.has("genre"))
    if last.has("piece", "freeze") and kinds <= _ON | {"piece", "time", "noun"}:
        return nouns <= {"it"} and bool(clause.all("time"))
    if last.all("tone", "adjust") and kinds <= _ON_COLOUR:
        return bool(clause.all("tone", "adjust", "percent", "number", "sign"))
    if "speed" in last.nouns or set(last.verbs) & {"faster", "slower"}:
        paced = nouns == {"speed"} or (not nouns and bool(clause.all("factor", "times")))
        return kinds <= _ON | {"factor", "times", "noun"} and paced
    if last.has("crossing") and kinds <= _ON | {"time", "noun", "position", "axis"}:
        return nouns <= {"photo", "photos", "transition", "video"}
    return False
