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
    | {"ratio", "reset", "marker", "preset"}
)

_PICTURED: Final = ("tone", "adjust", "motion", "rotation", "angle", "flip", "cutout", "ground")
_CUTTING: Final = frozenset({"trim", "cut", "remove", "keep"})
_AIMS: Final = frozenset({*_PICTURED, "percent", "transparent", "reset", "fit"})
_AIMED: Final = EMPTY | _AIMS | {"place", "noun", "position", "number"}
_DEEDS: Final = frozenset({"make", "rotate", "flip", "crop", "set", "change"})
_LEAD: Final = frozenset({"time", "range", "edge", "moment"})
_SHOW_NOUNS: Final = frozenset({"music", "transition", "title", "card", "photo", "photos", "video"})


def _goes_on_cutting(
    last: Clause, clause: Clause, verbs: set[str], lead: set[str], kinds: set[str]
) -> bool:
    """Whether several parts are cut, kept or split, or a part that was named is paced."""
    plain = kinds <= EMPTY | {"range", "verb", "out", "unit"} and clause.has("range")
    if last.has("range") and plain and not last.quotes:
        if verbs:
            return lead <= EMPTY | {"range", "unit"} and verbs <= _CUTTING
        return bool(last.verbs) and set(last.verbs) <= _CUTTING  # "cut 2-4 s and 7-9 s"
    splits = last.has("piece", "split") and bool(last.all("time") and clause.all("time"))
    if splits and kinds <= EMPTY | {"time"}:
        return True  # "split at 3 s and at 8 s"
    paced = verbs & {"faster", "slower"} or "speed" in clause.nouns or clause.has("factor")
    whole = not clause.all("time", "range", "edge", "place", "quote")
    part = lead <= EMPTY | _LEAD and last.all("time", "range") and not last.verbs
    return bool(part and paced and whole)  # "the last 3 seconds, half speed"


def _leads_to_words(last: Clause, clause: Clause, verbs: set[str], kinds: set[str]) -> bool:
    """Whether the times of *last* are those of words that follow: "at the end, show …"."""
    lasts = clause.all("time") and clause.has("prep", "for")
    if last.has("edge") and lasts and kinds <= EMPTY | {"time"}:
        return True  # "at the very end, for 3 seconds"
    untimed = not clause.all(*_LEAD) or (bool(lasts) and last.has("prep", "at"))
    return untimed and bool(clause.quotes) and verbs <= {"add", "show"}


def same_matter(  # noqa: C901, PLR0911, PLR0912, PLR0915 - one rule a return
    last: Clause, clause: Clause
) -> bool:
    """Whether *clause* names no deed and only more of what *last* is about."""
    kinds = {token.kind for token in clause.tokens}
    nouns = clause.nouns
    named = last.has("again", "one") or (last.has("again", "same") and bool(kinds & LOOKS))
    if named and {t.kind for t in last.tokens} <= EMPTY | {"again"}:
        return True  # "the same, but blue"
    named = {token.kind for token in last.tokens} - EMPTY == {"adjust"} and not last.all("degree")
    taken = {token.kind for token in last.tokens} - EMPTY == {"verb", "adjust"}
    taken = taken and last.verbs in (["remove"], ["reset"])
    taken = taken and {t.kind for t in clause.tokens} <= EMPTY | {"adjust", "verb"}
    named = named or (taken and {str(t.value) for t in clause.all("verb")} <= {"change"})
    if named and clause.has("adjust") and not clause.all("reset", "tone"):
        return True  # "brightness and contrast up by 20"
    verbs = {str(token.value) for token in clause.all("verb")}
    lead = {token.kind for token in last.tokens}
    counted = last.has("place") and clause.has("place") and not last.quotes
    aimed = kinds <= _AIMED and bool(kinds & _AIMS) and nouns <= {"photo", "photos", "video"}
    begun = lead <= EMPTY | {"verb", "place", "noun"} and set(last.verbs) <= _DEEDS
    sided = last.has("position") and not last.all("percent", "number") and not last.quotes
    cropping = set(last.verbs) and set(last.verbs) <= {"crop", "cut", "trim"} and not verbs
    if sided and cropping and clause.has("position") and clause.all("percent"):
        return kinds <= EMPTY | {"position", "percent", "noun"}  # "crop the top and bottom by 15%"
    if counted and begun and last.verbs and not verbs and aimed:
        return True  # "rotate the first and the last photo by 180 degrees"
    if lead <= EMPTY | {"place", "noun"} and counted and not clause.quotes:
        return True  # "photo 1 and photo 2 trade places"
    picked = kinds - EMPTY <= {"file", "verb"} and verbs <= {"make", "change", "set"}
    if last.has("ground") and not last.all("file") and "file" in kinds and picked:
        return True  # "change the background: beach.jpg", "…, use beach.jpg"
    if lead <= EMPTY | _LEAD and lead & _LEAD and clause.has("piece"):
        return True  # "at 5 seconds, freeze for 2 seconds"
    names = lead <= EMPTY | {"noun"} and last.nouns and last.nouns <= {"caption", "title"}
    if names and kinds <= EMPTY | {"quote"} and len(clause.quotes) == 1:
        return True  # 'new caption, "Hello"'
    if lead <= EMPTY | _LEAD and lead & _LEAD and _leads_to_words(last, clause, verbs, kinds):
        return True
    if _goes_on_cutting(last, clause, verbs, lead, kinds):
        return True
    cutting = bool(verbs) and verbs <= {"trim", "cut", "remove", "keep"}
    leads = lead <= EMPTY | _LEAD and bool(lead & {"edge", "range", "moment"})
    if leads and cutting and kinds <= EMPTY | {"verb", "out"}:
        return True  # "first 2 seconds, cut!"
    timed_lead = lead <= EMPTY | _LEAD | {"scope"} and bool(lead & _LEAD) and not last.has("out")
    timed_lead = timed_lead and not last.has("scope", "each", "others")
    scored = clause.has("genre") or "music" in nouns
    if timed_lead and scored and not clause.all(*_LEAD) and kinds <= _ON_MUSIC | {"noun", "verb"}:
        return verbs <= {"add", "show"}  # "from 5 s to the end, ambient music"
    edged = lead <= EMPTY | {"edge"} and last.has("edge") and not clause.has("edge")
    if edged and cutting and clause.all("time"):
        return True  # "from the start, cut 2 seconds"
    untimed = last.has("edge") and not last.all("time", "range", "number")
    cut = set(last.verbs) & {"trim", "cut", "remove"}
    timed = kinds <= _ON | {"time"} and bool(clause.all("time"))
    if untimed and cut and timed and not last.is_textual:
        return True  # "remove the end, 2 seconds"
    if cut and last.all("time") and last.has("edge") and kinds <= _ON | {"edge"} and not nouns:
        return clause.has("edge")  # "2 s off the start and the end"
    going = lead <= EMPTY | {"noun", "goal", "verb"} and last.has("goal")
    going = going and not last.has("place")
    if going and nouns <= {"photo", "video"} and kinds <= EMPTY | {"noun"}:
        return True  # "photo first, then the video"
    pair = len(last.all("file")) == len(clause.all("file")) == 1 and last.verbs == ["swap"]
    if pair and kinds <= EMPTY | {"file"}:
        return True  # "swap a.jpg and b.jpg"
    if last.has("layout") and kinds <= EMPTY | {"position"}:
        return True  # "split screen, top and bottom"
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
    puts = last.verbs == ["add"] and last.all("file")  # "put logo.png on the video, lower left"
    if puts and kinds <= EMPTY | {"position"}:
        return True
    laid = last.has("overlay") or last.has("atop") or (last.all("file") and last.all("position"))
    if laid and kinds <= _ON_OVERLAY | {"noun"}:
        return nouns <= {"opacity", "size", "position"}
    musical = "music" in last.nouns or last.has("genre")
    loud = {"number", "factor"} if "sound" in nouns else set[str]()
    if musical and kinds <= _ON_MUSIC | {"noun"} | loud and not last.has("crossing"):
        named = bool(kinds & {"genre", "mood", "bpm", "percent", "level", "tune", *loud})
        return named and nouns <= {"sound"} and not (clause.has("genre") and last.has("genre"))
    if last.has("piece", "freeze") and kinds <= _ON | {"piece", "time", "noun"}:
        return nouns <= {"it"} and bool(clause.all("time"))
    if last.all("tone", "adjust") and kinds <= _ON_COLOUR:
        return bool(clause.all("tone", "adjust", "percent", "number", "sign"))
    if "speed" in last.nouns or set(last.verbs) & {"faster", "slower"}:
        crosses = last.has("crossing") and kinds <= _ON | {"time", "noun"} and clause.all("time")
        if crosses and nouns <= {"transition"}:
            return True  # "slow crossfades, 1.5 seconds"
        paced = nouns == {"speed"} or (not nouns and bool(clause.all("factor", "times")))
        return kinds <= _ON | {"factor", "times", "noun"} and paced
    where = {"place"} if not last.has("place") else set[str]()
    if last.has("crossing") and kinds <= _ON | {"time", "noun", "position", "axis"} | where:
        return nouns <= {"photo", "photos", "transition", "video"}
    return False
