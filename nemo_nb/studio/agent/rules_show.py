"""Rules for clauses about slideshows, transitions, orders and parts that are handled alone."""

from __future__ import annotations

import itertools
from typing import Any, Final

from nemo_nb.studio.agent.clauses import EMPTY, Clause
from nemo_nb.studio.agent.intents import Ask, Intent, PhotoLength, Which
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
    Transitions,
)
from nemo_nb.studio.agent.intents_sound import AddMusic
from nemo_nb.studio.agent.reading import lengths, ms_of
from nemo_nb.studio.agent.reading_picture import part_of, which_of
from nemo_nb.studio.agent.rules_order import order
from nemo_nb.studio.agent.rules_sound import sound_intents, spec_of
from nemo_nb.studio.agent.tokens import Token

DISSOLVE_MS: Final = 600
FREEZE_MS: Final = 2000
_WAYS: Final = {"left": "left", "right": "right", "top": "up", "bottom": "down"}
_PAIR: Final = 2
_BACK: Final = {"left": "right", "right": "left", "up": "down", "down": "up"}


def show_intents(clause: Clause, skipped: str) -> list[Intent]:
    """Return what *clause* asks of the show as a whole; empty where it is about other things."""
    if clause.has("slideshow"):
        return [_slideshow(clause, skipped)]
    if clause.quotes or clause.nouns & {"caption", "title"}:
        return []
    for rule in (_compared, _rhythmic, order, _pieces, _transitions):
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


def crossings(clause: Clause) -> tuple[str, ...]:
    """Return the kinds of transition that *clause* names."""
    between = clause.nouns & {"photo", "transition"} or clause.has("slideshow")
    kinds = [str(token.value) for token in clause.all("crossing")]
    # "Fade to black" is a transition only where it is said to lie between pictures.
    kinds = ["fade-black" if k == "to-black" else k for k in kinds if k != "to-black" or between]
    slides = any(str(t.value).startswith("slide") for t in clause.all("entrance"))
    if slides and not kinds and "photo" in clause.nouns:
        kinds = ["slide"]
    if clause.has("fade", "both") and "photo" in clause.nouns and not kinds:
        kinds = ["dissolve"]  # 照片之间淡入淡出
    if "transition" in clause.nouns and not kinds:
        for token in clause.all("motion", "piece"):
            kinds += ["zoom"] if str(token.value).startswith("zoom") else []
        if clause.has("shrunk") and not kinds:
            kinds.append("zoom")  # 转场用缩放
        through = {"#000000": "fade-black", "#ffffff": "fade-white"}
        shades = [through[str(t.value)] for t in clause.all("color") if t.value in through]
        if shades or clause.has("fade") or "fade" in clause.verbs:
            kinds.append(shades[0] if shades else "dissolve")
    return tuple(dict.fromkeys(kinds))


def direction_of(clause: Clause) -> str | None:
    """Return where the new picture moves to: "wipe left", "slide in from the right"."""
    entrances = [str(t.value) for t in clause.all("entrance") if str(t.value).startswith("slide")]
    if entrances and not (clause.has("prep", "from") and clause.all("position")):
        return entrances[0].removeprefix("slide-")
    if clause.has("motion", "zoom-out"):
        return "out"
    if clause.has("axis"):  # "left to right", "top to bottom"
        return "right" if clause.has("axis", "horizontal") else "down"
    if clause.has("rotation", "cw"):
        return "right"  # "wipes moving to the right side"
    prep, found = "", None
    for token in clause.tokens:
        if token.kind == "prep":
            prep = str(token.value)
        elif token.kind == "position" and token.value in _WAYS:
            way = _WAYS[str(token.value)]
            found = found or (_BACK[way] if prep == "from" else way)
    return found


def _compared(clause: Clause, skipped: str) -> list[Intent]:
    layouts = [str(token.value) for token in clause.all("layout")]
    asked = clause.has("compare") and clause.nouns & {"video", "photo"}
    if not layouts and not asked:
        return []
    stacked = "stacked" in layouts
    layout = "stacked" if stacked else "side-by-side"
    return [CompareClips(span=clause.span, skipped=skipped, layout=layout)]


def _pieces(clause: Clause, skipped: str) -> list[Intent]:  # noqa: C901, PLR0911, PLR0912 - one rule a return
    pieces = [str(token.value) for token in clause.all("piece")]
    rounds = clause.all("rounds") or clause.all("factor")
    again = (
        (clause.has("playing") or "show" in clause.verbs)
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
    common: dict[str, Any] = {"span": clause.span, "skipped": skipped}
    which, times = which_of(clause), lengths(clause)
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
        return [Reverse(**common, which=which, timing=part_of(clause))]
    if kind == "loop":
        return [_loop(clause, common, which)]
    if kind == "duplicate":
        counts = clause.all("times", "rounds", "number")
        times_over = round(float(counts[0].value)) if counts else 1
        return [Duplicate(**common, which=which, times=max(times_over, 1))]
    moment = next((token.value for token in clause.all("moment")), None)
    share = None if moment is None else float(str(moment).partition("-")[0])
    if kind == "split":
        halved = clause.has("factor", "0.5") or clause.has("position", "middle")
        halved = halved or (not times and pieces.count("split") > 1)
        at = times[0] if times else None
        if at is None and share is None and not halved:
            return [Ask(span=clause.span, question="split_where")]
        return [Split(**common, at_ms=at, share=0.5 if halved and at is None else share)]
    return [_freeze(clause, common, share)]


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
    first = clause.has("edge", "first")
    last = clause.has("edge", "last") or length is not None
    if at is None and share is None and not (first or last):
        return Ask(span=clause.span, question="freeze_where")
    at = 0 if first and at is None else at
    return Freeze(**common, at_ms=at, length_ms=length or FREEZE_MS, share=share)


def _transitions(clause: Clause, skipped: str) -> list[Intent]:
    kinds = crossings(clause)
    named = "transition" in clause.nouns
    common: dict[str, Any] = {"span": clause.span, "skipped": skipped}
    if clause.has("reset", "transition") or ((named or kinds) and "remove" in clause.verbs):
        return [Transitions(**common, kinds=("none",), length_ms=DISSOLVE_MS)]
    if not kinds and not named:
        return []
    if set(clause.verbs) & {"faster", "slower"} and not (kinds or clause.all("time")):
        return [Ask(span=clause.span, question="how_long_crossing")]
    dark = clause.has("crossing", "to-black") or (
        clause.has("fade") and kinds in (("fade-black",), ("fade-white",))
    )
    if clause.has("edge") and not named and dark:
        return []  # a fade at the very end, not between two pictures
    times = lengths(clause)
    found: list[Intent] = []
    told = [t.kind for t in clause.tokens if t.kind not in ("filler", "polite", "prep", "sep")]
    pairs = itertools.pairwise(kind for kind in told if kind != "noun")
    beside = any({a, b} == {"time", "scope"} for a, b in pairs)
    first = next((t.kind for t in clause.tokens if t.kind in ("crossing", "time")), "")
    beside = beside and not (first == "crossing" and "photos" not in clause.nouns)
    theirs = named and "photo" not in clause.nouns and not kinds  # "make every transition 0.8 s"
    if times and beside and clause.has("scope", "each") and told[0] != "crossing" and not theirs:
        # "2 seconds each with crossfades": what stands before them is the photos' length.
        found.append(PhotoLength(**common, length_ms=times[0]))
        times = times[1:]
    between = clause.has("scope", "each") or "photos" in clause.nouns
    which = which_of(clause)
    if "music" in clause.nouns or spec_of(clause):
        heard = tuple(t for t in clause.tokens if t.kind not in ("crossing", "time", "scope"))
        music = Clause(heard, clause.inherited)
        found += [one for one in sound_intents(music, "") if isinstance(one, AddMusic)]
    return [
        *found,
        Transitions(
            **common,
            kinds=kinds or ("dissolve",),
            length_ms=times[0] if times else DISSOLVE_MS,
            direction=direction_of(clause),
            which=Which() if between and not which.places else Which(which.places, which.file),
        ),
    ]
