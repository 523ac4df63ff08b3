"""Transitions that are counted or said to lie between two pictures: "the last wipe", "2 to 3"."""

from __future__ import annotations

import itertools
from typing import Final

from nemo_nb.studio.agent.references import PLACES
from nemo_nb.studio.agent.tokens import SECOND_MS, Token

Run = list[Token]

IDLE: Final = frozenset({"filler", "article"})
"""Kinds that stand between what belongs together."""
THE: Final = frozenset({"the", "my", "that", "this", "第", "only"})
"""Words that make an ordinal count one thing."""
_MOST: Final = 50
_PAIR: Final = 2
# Beside these a number is an amount of something.
AMOUNTS: Final = frozenset({"unit", "percent", "time", "ratio", "times", "rounds", "angle", "bpm"})


def text_of(token: Token, folded: str) -> str:
    """Return what was written, folded."""
    return folded[token.start : token.end]


def count_of(token: Token) -> int | None:
    """Return the place that a bare number counts."""
    if token.kind != "number":
        return None
    value = float(token.value)
    return int(value) - 1 if value.is_integer() and 0 < value <= _MOST else None


def as_places(run: Run, numbers: Run) -> Run:
    """Return *run* with its *numbers* turned into places."""
    return [
        Token("place", count_of(t), t.start, t.end) if any(t is n for n in numbers) else t
        for t in run
    ]


def between(run: Run, folded: str) -> Run:
    """Read "a wipe between 1 and 2", "dissolve from photo 2 to 3"."""
    if not any(t.kind == "crossing" or (t.kind, t.value) == ("noun", "transition") for t in run):
        return run
    for at, token in enumerate(run):
        if (token.kind, token.value) != ("prep", "from"):
            continue
        nouns = ("photo", "photos")
        rest = [t for t in run[at + 1 :] if t.kind not in IDLE and t.value not in nouns]
        pair = rest[:3]
        joins = len(pair) > _PAIR and (pair[1].kind == "sep" or pair[1].value in ("to", "and"))
        after = rest[3].kind if len(rest) > len(pair) else ""
        counted = joins and count_of(pair[0]) is not None and count_of(pair[2]) is not None
        if counted and after not in AMOUNTS:
            span = (count_of(pair[0]), count_of(pair[2]))
            both = Token("place", span, pair[0].start, pair[2].end)
            rest = [t for t in run if t.start >= both.end]
            return between([*(t for t in run if t.end <= both.start), both, *rest], folded)
    if any(text_of(t, folded) in ("between", "之间", "in between", "中间") for t in run):
        lies = ("crossing", "to-black")  # "fade to black between the clips"
        return [
            Token("crossing", "fade-black", t.start, t.end) if (t.kind, t.value) == lies else t
            for t in run
        ]
    return run


def slides(run: Run, folded: str) -> Run:
    """Read "replace the crossfades with slides" as that kind of transition."""
    swaps = any((t.kind, t.value) in (("verb", "swap"), ("verb", "change")) for t in run)
    for index, token in enumerate(run):
        led = any(t.kind == "prep" for t in run[max(index - 2, 0) : index])
        crosses = any(t.kind == "crossing" or t.value == "transition" for t in run[:index])
        if swaps and led and crosses and text_of(token, folded) in ("slides", "slide"):
            slide = Token("crossing", "slide", token.start, token.end)
            return [*run[:index], slide, *run[index + 1 :]]
    return run


def cuts(run: Run, folded: str) -> Run:
    """Read "a fade through white on the second cut" as the transition that is counted."""
    if not any(t.kind == "crossing" or t.value == "transition" for t in run):
        return run
    result: Run = []
    for index, token in enumerate(run):
        named = index and text_of(token, folded) in ("cut", "切点")
        counted = named and _ordinal(run, index - 1, folded) is not None
        cut = Token("noun", "transition", token.start, token.end)
        result.append(cut if counted else token)
    return result


def counts_cuts(told: Run) -> bool:
    """Whether a transition was counted before: "first transition …, the second one …"."""
    pairs = itertools.pairwise(t for t in told if t.kind not in IDLE)
    return any(a.kind == "place" and (b.kind, b.value) == ("noun", "transition") for a, b in pairs)


def crossings(run: Run, folded: str, *, carried: bool) -> Run:
    """Read "the last transition", 第二个转场 as the picture that it leads to."""
    result: Run = []
    nouns = any(t.kind == "noun" for t in run)
    for index, token in enumerate(run):
        place = _ordinal(run, index, folded)
        if carried and token.kind == "place" and not nouns:
            # "…, the second one a slide"
            place = token.value if isinstance(token.value, int) else PLACES.get(token.value)
            if place is not None:
                result.append(Token("place", max(place, -2) + 1 or -1, token.start, token.end))
                continue
        ahead = next((t for t in run[index + 1 :] if t.kind not in IDLE), None)
        crosses = ahead is not None and (
            ahead.kind == "crossing" or (ahead.kind, ahead.value) == ("noun", "transition")
        )
        if place is None or not crosses:
            result.append(token)
            continue
        result.append(Token("place", place if place < 0 else place + 1, token.start, token.end))
    return result


def _ordinal(run: Run, index: int, folded: str) -> int | None:
    """Return which of several things is counted, where nothing but the ordinal says so."""
    token, before = run[index], run[index - 1] if index else None
    led = before is not None and (
        before.kind == "verb" or text_of(before, folded).split(" ")[-1] in THE
    )
    if token.kind == "place":
        text = text_of(token, folded)
        if text.endswith(("张", "幅", "段")):
            return None
        if isinstance(token.value, int):
            return token.value
        return PLACES.get(token.value) if text == token.value else None
    if token.kind == "edge" and token.value in ("first", "last"):
        ahead = next((t for t in run[index + 1 :] if t.kind not in IDLE), None)
        named = ahead is not None and ahead.value == "transition" and index == 0
        shown = any(t.kind == "noun" for t in run)
        crosses = ahead is not None and ahead.kind == "crossing" and index == 0
        named = named or (crosses and not shown)  # "first crossfade 1 second"
        counted = led or named or text_of(token, folded).startswith(("第", "最后一"))
        return PLACES[token.value] if counted else None
    second = (token.kind, str(token.value)) == ("unit", str(SECOND_MS))
    ahead = next((t for t in run[index + 1 :] if t.kind not in IDLE), None)
    led = led or (index == 0 and ahead is not None and ahead.value == "transition")
    if second and led and text_of(token, folded) == "second":
        return PLACES["second"]
    return None
