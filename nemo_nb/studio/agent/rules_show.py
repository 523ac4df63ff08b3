"""Rules for clauses about slideshows, transitions, orders and parts that are handled alone."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any, Final

from nemo_nb.studio.agent.clauses import EMPTY, Clause
from nemo_nb.studio.agent.intents import Ask, Intent, Which
from nemo_nb.studio.agent.intents_show import (
    CompareClips,
    Duplicate,
    Freeze,
    Loop,
    Reorder,
    Reverse,
    Slideshow,
    Split,
    ToTheBeat,
)
from nemo_nb.studio.agent.reading import lengths, ms_of, places_of
from nemo_nb.studio.agent.reading_picture import counted_of, part_of, which_of
from nemo_nb.studio.agent.reading_sound import is_heard, spec_of
from nemo_nb.studio.agent.rules_crossing import crossings, direction_of, transitions
from nemo_nb.studio.agent.rules_order import order
from nemo_nb.studio.agent.rules_pace import speed
from nemo_nb.studio.agent.tokens import Token

FREEZE_MS: Final = 2000
_PAIR: Final = 2


def show_intents(clause: Clause, skipped: str) -> list[Intent]:
    """Return what *clause* asks of the show as a whole; empty where it is about other things."""
    if clause.has("slideshow"):
        return [_slideshow(clause, skipped)]
    if clause.quotes or clause.nouns & {"caption", "title"}:
        return []
    sided = clause.has("prep", "before") or clause.has("prep", "after")
    if sided and clause.has("crossing") and {"photo", "video"} <= clause.nouns:
        bare = tuple(token for token in clause.tokens if token.kind != "crossing")
        moved = order(replace(clause, tokens=bare), skipped)
        return [*moved, *transitions(clause, skipped)] if moved else []
    for rule in (_compared, _rhythmic, order, _pieces, transitions):
        found = rule(clause, skipped)
        if found:
            return found
    return []


def _rhythmic(clause: Clause, skipped: str) -> list[Intent]:
    """Read "match the cuts to the beat", 照片跟着音乐节拍换."""
    kinds = {token.kind for token in clause.tokens}
    verbs = set(clause.verbs) <= {"change", "swap", "cut", "make", "set", "move", "show", "keep"}
    plain = kinds <= EMPTY | {"rhythm", "noun", "verb", "scope", "piece", "crossing"}
    named = clause.nouns & {"photo", "transition"} or clause.has("crossing", "cut")
    named = named or clause.has("rhythm", "follows")
    if not (clause.has("rhythm") and plain and verbs and named and not skipped):
        return []
    if "photo" not in clause.nouns and clause.has("crossing") and not clause.has("crossing", "cut"):
        return []
    return [ToTheBeat(span=clause.span, skipped=skipped)]


def _slideshow(clause: Clause, skipped: str) -> Intent:
    photo_ms, transition_ms, title_ms, whole_ms = _slideshow_times(clause)
    kinds = crossings(clause)
    musical = "music" in clause.nouns or spec_of(clause) or clause.has("rhythm")
    percents = clause.all("percent")
    title = "\n".join(clause.quotes) or None
    still = clause.has("reset", "motion")
    bare = clause.has("reset", "transition")
    ratios = clause.all("ratio")
    silent = clause.has("reset", "music")
    return Slideshow(
        span=clause.span,
        skipped=skipped,
        photo_ms=photo_ms,
        length_ms=whole_ms,
        kinds=("cut",) if bare else kinds,
        transition_ms=transition_ms,
        direction=direction_of(clause),
        motion=not still,
        toward=clause.has("subject", "subject"),
        music=spec_of(clause) if musical and not silent else None,
        volume=float(percents[0].value) / 100 if percents else None,
        title=title,
        title_wanted="title" in clause.nouns and title is None,
        card="card" in clause.nouns,
        title_ms=title_ms,
        taken=clause.has("order", "taken"),
        rhythm=clause.has("rhythm"),
        ratio=str(ratios[0].value) if ratios else None,
    )


def _slideshow_times(
    clause: Clause,
) -> tuple[int | None, int | None, int | None, int | None]:
    """Return the lengths of a photo, of a transition, of the title and of the whole.

    A time belongs to what is named nearest before it or right after it; alone it is that of
    each photo, but of the whole where it is said of the slideshow ("a 30 second slideshow").
    """
    photo = crossing = title = whole = None
    tokens = [t for t in clause.tokens if t.kind not in ("filler", "polite", "degree")]
    for index, token in enumerate(tokens):
        if token.kind != "time":
            continue
        ms = ms_of(token)
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        near = [after] if after is not None else []
        near += [t for t in reversed(tokens[:index]) if t.kind != "prep"]
        owner = next((_owner(t) for t in near if _owner(t)), "")
        counted = [_owner(t) for t in tokens[max(index - 2, 0) : index]]
        if counted[-1:] == ["photo"] and "transition" not in counted:
            owner = "photo"  # "4 s each, wipes"
        if owner == "transition":
            crossing = ms
        elif owner == "title":
            title = ms
        elif owner == "slideshow" and not clause.has("scope", "each"):
            whole = ms
        else:
            photo = ms
    return photo, crossing, title, whole


def _owner(token: Token) -> str:
    if token.kind in ("scope", "slideshow"):
        return "photo" if token.value == "each" else "slideshow"
    if token.kind == "crossing":
        return "transition"
    if token.kind == "noun" and token.value in ("transition", "title", "photo", "photos", "video"):
        return "slideshow" if token.value == "video" else str(token.value)
    return "title" if token.kind == "quote" else ""


def _compared(clause: Clause, skipped: str) -> list[Intent]:
    layouts = [str(token.value) for token in clause.all("layout")]
    asked = clause.has("compare") and clause.nouns & {"video", "photo"}
    if not layouts and not asked:
        return []
    sides = {str(token.value) for token in clause.all("position")}
    stacked = "stacked" in layouts or {"top", "bottom"} <= sides
    layout = "stacked" if stacked else "side-by-side"
    places = places_of(clause)
    files = tuple(str(token.value) for token in clause.all("file"))
    return [
        CompareClips(
            span=clause.span,
            skipped=skipped,
            layout=layout,
            places=places if len(places) > 1 else (),
            files=files if len(files) > 1 and not places else (),
        )
    ]


def _pieces(clause: Clause, skipped: str) -> list[Intent]:  # noqa: C901, PLR0911, PLR0912 - one rule a return
    pieces = [str(token.value) for token in clause.all("piece")]
    rounds = clause.all("rounds") or clause.all("factor")
    again = (
        (clause.has("playing") or "show" in clause.verbs or _is_laid(clause))
        and rounds
        and not set(clause.verbs) & {"faster", "slower"}
    )
    if again and "speed" not in clause.nouns and not clause.all("times") and not pieces:
        pieces = ["loop"] if float(rounds[0].value) >= 2 else []  # noqa: PLR2004 - once more
    framed = "canvas" in clause.nouns and clause.has("edge") and bool(lengths(clause))
    if framed and not pieces and set(clause.verbs) & {"extend", "show", "keep"}:
        pieces = ["freeze"]  # "extend the last frame by 2 seconds", 最后一帧停留2秒
    rests = clause.has("reset", "motion") or clause.has("reset", "still")
    if rests and lengths(clause) and not pieces and not clause.has("scope"):
        pieces = ["freeze"]  # 5秒的时候画面静止2秒
    if not pieces or clause.nouns & {"transition", "music"}:
        return []
    if pieces == ["loop"] and is_heard(clause):
        return []  # "loop jingle.mp3"
    common: dict[str, Any] = {"span": clause.span, "skipped": skipped}
    which, times = which_of(clause), lengths(clause)
    counted = counted_of(clause)
    if (clause.has("prep", "after") or clause.has("prep", "before")) and not times:
        return []  # "repeat after me"
    kind = pieces[0]
    if kind == "split" and clause.all("percent") and clause.all("position"):
        return []  # "slice 20% off the bottom"
    if clause.has("piece", "loop") and clause.lone:
        return [Ask(span=clause.span, question="how_often")]
    if kind == "reverse" and clause.all("number") and not clause.nouns:
        return []  # "rewind to 1995"
    if kind == "reverse":
        if clause.has("sort"):
            return [Reorder(**common, order="reverse")]
        paced = tuple(token for token in clause.tokens if token.kind != "piece")
        paces = speed(Clause(paced, clause.inherited), "") if paced else []
        return [Reverse(**common, which=which, timing=part_of(clause)), *paces]
    if kind == "loop" and clause.has("scope", "rest") and not which.places and not times:
        if clause.nouns <= {"it"}:
            return [Loop(**common, which=Which(noun="music"))]  # what ends before the end
        return [Ask(span=clause.span, question="how_often")]
    placed = clause.all("edge", "goal")
    if kind == "loop" and len(placed) == 1 and which.places and not (times or rounds):
        to = 0 if placed[0].value == "first" else -1  # "repeat the second photo at the end"
        return [Duplicate(**common, which=Which(which.places), to=to)]
    if kind == "loop":
        return [_loop(clause, common, which)]
    if kind == "duplicate":
        counts = clause.all("times", "rounds", "number")
        times_over = round(float(counts[0].value)) if counts else 1
        ends = clause.all("edge", "goal")
        to = (0 if ends[0].value == "first" else -1) if ends and not counts else None
        return [Duplicate(**common, which=which, times=max(times_over, 1), to=to)]
    moment = next((token.value for token in clause.all("moment")), None)
    share = None if moment is None else float(str(moment).partition("-")[0])
    if kind == "split":
        halved = clause.has("factor", "0.5") or clause.has("position", "middle")
        halved = halved or (not times and pieces.count("split") > 1)
        at = times[0] if times else None
        if clause.has("parts") and not (times or clause.all("number")):
            parts = int(clause.all("parts")[0].value)
            return [Split(**common, which=counted, at_ms=None, share=0.5, parts=parts)]
        every = times or [int(token.value) for token in clause.all("unit")]
        if clause.has("scope", "each") and len(every) == 1:
            return [Split(**common, which=counted, at_ms=None, every_ms=every[0])]
        if len(times) > 1 and not clause.all("range"):
            return [Split(**common, which=counted, at_ms=one) for one in sorted(set(times))]
        if at is None and share is None and not halved:
            return [Ask(span=clause.span, question="split_where")]
        share = 0.5 if halved and at is None else share
        return [Split(**common, which=counted, at_ms=at, share=share)]
    return [_freeze(clause, {**common, "which": counted}, share)]


def _is_laid(clause: Clause) -> bool:
    """Whether it counts how often a picture stands there: 第二张放两遍."""
    kinds = {t.kind for t in clause.tokens} - EMPTY
    if not clause.verbs and not clause.has("prep"):  # "the first photo twice"
        return {"place"} < kinds <= {"place", "noun", "rounds", "factor"}
    return clause.verbs == ["move"] and kinds <= {"place", "file", "noun", "verb", "rounds"}


def _loop(clause: Clause, common: dict[str, Any], which: Which) -> Intent:
    counts, times = clause.all("times", "rounds", "factor", "number"), lengths(clause)
    if times:
        return Loop(**common, which=which, length_ms=times[0])
    count = float(counts[0].value) if counts else 2.0
    return Loop(**common, which=which, times=max(round(count), 2))


def _freeze(clause: Clause, common: dict[str, Any], share: float | None) -> Intent:
    """Read "freeze at 3 s for 2 s", "freeze the last frame for 2 seconds"."""
    at: int | None = None
    length: int | None = None
    prep = before = ""
    for token, following in itertools.zip_longest(clause.tokens, clause.tokens[1:]):
        if token.kind == "prep":
            prep = str(token.value)
        elif token.kind == "edge":
            prep = ""
        elif token.kind == "time":
            held = before == "filler" and following is not None and following.kind == "piece"
            if at is None and not held and prep in ("at", "from", "after"):
                at = ms_of(token)
            else:
                length = ms_of(token)
            prep = ""
        before = token.kind  # "a 3 second freeze": how long, not when
    first = clause.has("edge", "first") or clause.has("goal", "first") or clause.has("begin")
    last = clause.has("edge", "last") or length is not None
    if at is None and share is None and not (first or last):
        return Ask(span=clause.span, question="freeze_where")
    at = 0 if first and at is None else at
    return Freeze(**common, at_ms=at, length_ms=length or FREEZE_MS, share=share)
