"""Rules for clauses about what lies between two pictures: kinds, directions and lengths."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any, Final

from nemo_nb.studio.agent.clauses import EMPTY, Clause
from nemo_nb.studio.agent.intents import Ask, Intent, Which
from nemo_nb.studio.agent.intents_show import Transitions
from nemo_nb.studio.agent.intents_sound import AddMusic
from nemo_nb.studio.agent.intents_time import PhotoLength
from nemo_nb.studio.agent.reading import lengths
from nemo_nb.studio.agent.reading_picture import which_of
from nemo_nb.studio.agent.reading_sound import spec_of
from nemo_nb.studio.agent.rules_sound import sound_intents

DISSOLVE_MS: Final = 600
_WAYS: Final = {"left": "left", "right": "right", "top": "up", "bottom": "down"}
_BACK: Final = {"left": "right", "right": "left", "up": "down", "down": "up"}
_PAIR: Final = 2
# What may stand beside "transition" where no kind and no length is named.
_PLAIN: Final = frozenset(
    {"noun", "verb", "scope", "place", "position", "axis", "edge", "another", "crossing", "word"}
    | {"factor", "times", "rounds"}
    | {"genre", "mood", "bpm", "percent", "level", "file", "again", "order", "rhythm", "unit"}
)


def transitions(clause: Clause, skipped: str) -> list[Intent]:  # noqa: PLR0911 - one rule a return
    """Read "dissolve between the photos", "no transitions", "make the transitions 1 second"."""
    kinds = crossings(clause)
    named = "transition" in clause.nouns
    common: dict[str, Any] = {"span": clause.span, "skipped": skipped}
    gone = {"remove", "mute"} & set(clause.verbs)  # 把转场都关了
    if clause.has("reset", "transition") or ((named or kinds) and gone):
        return [
            Transitions(**common, kinds=("none",), length_ms=DISSOLVE_MS, which=_cut_of(clause))
        ]
    if not kinds and not named:
        return []
    told = {token.kind for token in clause.tokens} - EMPTY
    if not kinds and not clause.all("time", "longer") and told - _PLAIN:
        return []  # "make the transitions pop more"
    paced = set(clause.verbs) & {"faster", "slower"} and not kinds
    grows = [float(t.value) for t in clause.all("factor", "times", "rounds")]
    if grows and grows[0] > 0 and not clause.all("time"):
        wish = Transitions(**common, kinds=(), length_ms=DISSOLVE_MS, grow=grows[0])
        return [replace(wish, which=_cut_of(clause))]  # "crossfades twice as long"
    if (paced or clause.has("longer")) and not clause.all("time"):
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
    if "music" in clause.nouns or spec_of(clause):
        heard = tuple(t for t in clause.tokens if t.kind not in ("crossing", "time", "scope"))
        music = Clause(heard, clause.inherited)
        found += [one for one in sound_intents(music, "") if isinstance(one, AddMusic)]
    return [
        *found,
        Transitions(
            **common,
            kinds=kinds or (() if times else ("dissolve",)),
            length_ms=times[0] if times else DISSOLVE_MS,
            direction=direction_of(clause),
            which=_cut_of(clause),
        ),
    ]


def _cut_of(clause: Clause) -> Which:
    """Return the pictures at the cut that is meant; all where none is named."""
    which = which_of(clause)
    if (clause.has("scope", "each") or "photos" in clause.nouns) and not which.places:
        return Which()
    places = which.places
    if len(places) == 1 and clause.has("prep", "after"):
        places = (places[0] + 1,)  # "a wipe after the first photo"
    return Which(places, which.file)


def crossings(clause: Clause) -> tuple[str, ...]:
    """Return the kinds of transition that *clause* names."""
    between = clause.nouns & {"photo", "transition"} or clause.has("slideshow")
    kinds = [str(token.value) for token in clause.all("crossing")]
    # "Fade to black" is a transition only where it is said to lie between pictures.
    kinds = ["fade-black" if k == "to-black" else k for k in kinds if k != "to-black" or between]
    slides = any(str(t.value).startswith("slide") for t in clause.all("entrance"))
    if slides and not kinds and clause.nouns & {"photo", "transition"}:
        kinds = ["slide"]
    if clause.has("fade", "both") and "photo" in clause.nouns and not kinds:
        kinds = ["dissolve"]  # 照片之间淡入淡出
    if "transition" in clause.nouns and not kinds:
        for token in clause.all("motion", "piece"):
            kinds += ["zoom"] if str(token.value).startswith("zoom") else []
        alternates = clause.has("motion", "alternate") and "change" in clause.verbs
        if (clause.has("shrunk") or alternates) and not kinds:
            kinds.append("zoom")  # 转场用缩放
        through = {"#000000": "fade-black", "#ffffff": "fade-white"}
        shades = [through[str(t.value)] for t in clause.all("color") if t.value in through]
        if shades or clause.has("fade") or "fade" in clause.verbs:
            kinds.append(shades[0] if shades else "dissolve")
    if "fade" in clause.verbs and {"photo", "video"} <= clause.nouns and clause.has("prep", "from"):
        kinds.append("dissolve")  # "fade from the clip into the photo"
    changes = {"change", "swap", "make"} & set(clause.verbs) or clause.has("prep", "to")
    if changes and len(kinds) == _PAIR and _is_exchange(clause):
        kinds = kinds[1:]
    return tuple(dict.fromkeys(kinds))


def _is_exchange(clause: Clause) -> bool:
    """Whether one kind is put for another: "replace the dissolves with wipes", 把叠化换成擦除."""
    first, second = clause.all("crossing")[:_PAIR]
    between = [t for t in clause.tokens if first.end <= t.start < second.start]
    return any(t.kind == "prep" or (t.kind, t.value) == ("verb", "change") for t in between)


def direction_of(clause: Clause) -> str | None:
    """Return where the new picture moves to: "wipe left", "slide in from the right"."""
    entrances = [str(t.value) for t in clause.all("entrance") if str(t.value).startswith("slide")]
    if entrances and not (clause.has("prep", "from") and clause.all("position")):
        return entrances[0].removeprefix("slide-")
    if clause.has("motion", "zoom-out"):
        return "out"
    if clause.has("axis"):  # "left to right", "top to bottom"
        way = str(clause.all("axis")[0].value)
        return {"horizontal": "right", "vertical": "down"}.get(way, way)
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
