"""Pictures and transitions that are counted without their noun: "swap 1 and 3", "the last wipe"."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Final

from nemo_nb.studio.agent.counted_cuts import (
    AMOUNTS,
    IDLE,
    THE,
    as_places,
    between,
    count_of,
    counts_cuts,
    crossings,
    cuts,
    slides,
    text_of,
)
from nemo_nb.studio.agent.references import PLACES
from nemo_nb.studio.agent.tokens import Token, runs

Run = list[Token]

_SWAPS: Final = frozenset({"swap", "change"})
_MOVES: Final = frozenset({"move", "add"})
_PAIR: Final = 2
_ENDS: Final = {"first": 0, "opening": 0, "last": -1, "final": -1, "closing": -1}
_WITHIN: Final = frozenset({"sep", "prep", *IDLE})


def placed(tokens: list[Token], folded: str) -> list[Token]:
    """Return *tokens* with numbers and ordinals that count pictures turned into places.

    Args:
        tokens: As they were found, in order, no number joined to what it counts.
        folded: The message they came from, folded.
    """
    result: list[Token] = []
    for run in runs(_given_order(tokens)):
        current = run
        for read in _READERS:
            current = read(current, folded)
        crossed = any(t.kind == "crossing" for t in result)
        lead = next((t for t in current if t.kind not in IDLE), None)
        if crossed and lead is not None and text_of(lead, folded) == "between":
            crossing = next(t for t in result if t.kind == "crossing")
            current = between([crossing, *current], folded)[1:]  # "one dissolve, between 1 and 2"
        result += crossings(current, folded, carried=counts_cuts(result))
    return _rest(_apiece(_in_all(result, folded), folded), folded)


def _preceded(run: Run, folded: str) -> Run:
    """Read "the photo before the clip" as the two of them, not as the one before."""
    for index, token in enumerate(run):
        ahead = next((t for t in run[index + 1 :] if t.kind not in IDLE), None)
        if text_of(token, folded) != "the photo before" or ahead is None:
            continue
        if ahead.kind in ("noun", "place", "file", "number"):
            middle = token.end - len("before")
            noun = Token("noun", "photo", token.start, middle - 1)
            before = Token("prep", "before", middle, token.end)
            return [*run[:index], noun, before, *run[index + 1 :]]
    return run


def _shown(run: Run, folded: str) -> Run:
    """Read "of the slideshow" as where something is, and not as the wish for one."""
    result: Run = []
    for index, token in enumerate(run):
        before = run[max(index - 2, 0) : index]
        inside = token.kind == "slideshow" and [t.kind for t in before] in (
            ["prep", "filler"],
            ["verb", "filler"],
            ["filler"],
        )
        told = {t.kind for t in run}
        repeats = {"playing", "rounds"} <= told or {"playing", "factor"} <= told
        repeats = repeats or any((t.kind, t.value) == ("piece", "loop") for t in run)
        shown = token.kind == "slideshow"
        about = any(t.kind == "slideshow" for t in run[:index])
        where = any(text_of(t, folded) in ("where", "in which") for t in run[: index + 1])
        if about and where and token.kind == "question":
            result.append(Token("filler", "filler", token.start, token.end))
            continue  # "a slideshow where every photo is shown for 8 s"
        led = inside and (before[0].kind != "verb" or before[0].value in ("remove", "cut"))
        the = inside and text_of(before[-1], folded) in (*THE, "of the", "in the", "on the")
        if led and the and any(t.kind in ("place", "file", "edge", "noun") for t in run[:index]):
            result.append(Token("filler", "filler", token.start, token.end))
            continue
        if shown and repeats and "time" not in told:  # "play the slideshow twice"
            result.append(Token("noun", "photos", token.start, token.end))
            continue
        named = index and run[index - 1].kind == "word" and shown
        if named and text_of(run[index - 1], folded).isascii():
            word = result.pop()  # "a wedding slideshow"
            result.append(Token("filler", "filler", word.start, word.end))
        result.append(token)
    return result


def _going(run: Run, folded: str) -> Run:
    """Read "photo 2 should go before photo 1" as where it goes, not as away with it."""
    result: Run = []
    for index, token in enumerate(run):
        goes = (token.kind, token.value) == ("verb", "remove")
        goes = goes and text_of(token, folded).endswith(" go")
        ahead = next((t for t in run[index + 1 :] if t.kind not in IDLE), None)
        led = ahead is not None and ahead.kind in ("prep", "goal", "edge", "position")
        verb = Token("verb", "move", token.start, token.end)
        result.append(verb if goes and led else token)
    return result


def _few(run: Run, folded: str) -> Run:
    """Read "the order of the first two" as two pictures."""
    orders = any(t.kind in ("sort", "order") or (t.kind, t.value) == ("verb", "swap") for t in run)
    crosses = any(t.kind == "crossing" or t.value == "transition" for t in run)
    lies = any(text_of(t, folded) == "between" for t in run)
    if not orders and not (crosses and lies):
        return run
    for index, token in enumerate(run):
        number, after = run[index + 1 : index + 2], run[index + 2 : index + 3]
        ends = not after or after[0].kind in ("stop", "sep")
        if token.kind == "edge" and number and ends and text_of(token, folded) in _ENDS:
            count = count_of(number[0])
            if count is not None and count < len(PLACES):
                first = token.value == "first"
                span = range(count + 1) if first else range(-count - 1, 0)
                few = Token("place", tuple(span), token.start, number[0].end)
                return [*run[:index], few, *run[index + 2 :]]
    return run


def _given_order(tokens: Run) -> Run:
    """Read "in the order 3, 1, 2", 按3、1、2的顺序 as the places in turn."""
    if not any(t.kind == "sort" for t in tokens):
        return tokens
    numbers = [t for t in tokens if count_of(t) is not None]
    places = [int(float(t.value)) - 1 for t in numbers]
    between = tokens[tokens.index(numbers[0]) : tokens.index(numbers[-1])] if numbers else []
    listed = all(t.kind in ("number", "stop", "sep", *IDLE) for t in between)
    ahead = tokens[tokens.index(numbers[-1]) + 1 :][:1] if numbers else []
    amounts = bool(ahead) and ahead[0].kind in AMOUNTS
    whole = len(places) > _PAIR and sorted(places) == list(range(len(places)))
    if not (listed and whole) or amounts:
        return tokens
    given = Token("place", tuple(places), numbers[0].start, numbers[-1].end)
    start, stop = tokens.index(numbers[0]), tokens.index(numbers[-1])
    head = tokens[:start]
    while head and head[-1].kind == "stop":
        head.pop()  # "order: 3, 1, 2"
    return [*head, given, *tokens[stop + 1 :]]


def _swapped(run: Run, folded: str) -> Run:
    """Read "swap 1 and 3", 1和3换一下."""
    verbs = {str(t.value) for t in run if t.kind == "verb"}
    numbers = [t for t in run if count_of(t) is not None]
    told = [t for t in run if t.kind not in ("filler", "article", "polite", "stop", "degree")]
    told = [t for t in told if text_of(t, folded) not in ("number", "numbers", "nr")]
    plain = [t.kind for t in told if t.kind != "prep"] in (
        ["verb", "number", "sep", "number"],
        ["verb", "number", "number"],
        ["number", "sep", "number", "verb"],
        ["number", "number", "verb"],
        ["verb", "noun", "number", "sep", "number"],
        ["verb", "noun", "number", "number"],
    )
    ends = [t for t in told if t.kind == "edge" and text_of(t, folded) in _ENDS]
    if verbs == {"swap"} and [t.kind for t in told] == ["verb", "edge", "sep", "edge"]:
        spans = {id(t): Token("place", _ENDS[text_of(t, folded)], t.start, t.end) for t in ends}
        return [spans.get(id(t), t) for t in run] if len(ends) == _PAIR else run
    nouns = {t.value for t in run if t.kind == "noun"} <= {"photo", "photos", "video"}
    swaps = verbs == {"swap"} or (verbs == {"change"} and bool(told) and told[-1].kind == "verb")
    fits = plain and nouns and swaps and len(numbers) == _PAIR
    return as_places(run, numbers) if fits else run


def _beside(run: Run, folded: str) -> Run:
    """Read "put photo 2 after 3", "move 3 before 1", "move photo 3 between 1 and 2"."""
    verbs = {str(t.value) for t in run if t.kind == "verb"}
    told = [t for t in run if t.kind not in ("filler", "article", "polite", "stop")]
    kinds = [t.kind for t in told]
    sides = [t for t in told if t.kind == "prep" and t.value in ("after", "before")]
    fits = [k for k in kinds if k != "noun"] == ["verb", "number", "prep", "number"]
    between = [t.kind for t in told if t.kind != "noun"] == [
        *("verb", "number", "prep", "number", "sep", "number"),
    ]
    if between and verbs <= _MOVES and any(text_of(t, folded) == "between" for t in told):
        return as_places(run, [t for t in told if count_of(t) is not None])
    fits = fits and verbs <= _MOVES and len(sides) == 1
    nouns = {t.value for t in run if t.kind == "noun"} <= {"photo", "video"}
    numbers = [t for t in told if count_of(t) is not None]
    return as_places(run, numbers) if fits and nouns and len(numbers) == _PAIR else run


def _ends(run: Run, folded: str) -> Run:
    """Read "the last pic", "the final slide"."""
    result: Run = []
    for index, token in enumerate(run):
        place = _ENDS.get(text_of(token, folded)) if token.kind == "edge" else None
        ahead = next((t for t in run[index + 1 :] if t.kind not in IDLE), None)
        pictured = ahead is not None and (ahead.kind, ahead.value) == ("noun", "photo")
        made = place is not None and pictured
        result.append(Token("place", place, token.start, token.end) if made else token)
    return result


def _goal(run: Run, folded: str) -> Run:
    """Read "photo first", "the video last" as where they go."""
    told = [t for t in run if t.kind not in ("filler", "article", "polite", "stop")]
    told = list(itertools.takewhile(lambda t: t.kind != "sep", told))
    kinds = ["verb" if t.kind == "playing" else t.kind for t in told]
    if kinds == ["noun", "number", "edge"] and count_of(told[1]) is not None:
        kinds, told = ["noun", "edge"], [told[0], told[2]]  # "photo2 first"
    if kinds not in (["noun", "edge"], ["verb", "noun", "edge"]) or told[-1].value not in _ENDS:
        return run
    noun, edge = told[-2:]
    text = text_of(edge, folded)
    going = kinds[0] == "noun" or told[0].kind == "playing" or told[0].value in (*_MOVES, "show")
    if noun.value not in ("photo", "video") or text not in ("first", "last") or not going:
        return run
    return [Token("goal", t.value, t.start, t.end) if t is edge else t for t in run]


def _foremost(run: Run, folded: str) -> Run:
    """Read 先放第二个视频 as what comes first."""
    for index, token in enumerate(run):
        rest = [t for t in run[index + 1 :] if t.kind not in IDLE]
        verb, named = rest[:1], rest[1:2]
        shows = bool(verb) and (verb[0].kind == "playing" or verb[0].value in ("move", "show"))
        pictured = bool(named) and (
            named[0].kind in ("place", "file") or named[0].value in ("photo", "video")
        )
        ends = len(rest) < 3 or rest[2].kind in ("stop", "sep", "polite", "noun")  # noqa: PLR2004 - what follows the two
        before = [t for t in run[:index] if t.kind not in IDLE and t.kind not in ("polite", "verb")]
        own = bool(before) and before[-1].kind in ("place", "file") and len(rest) < _PAIR
        if text_of(token, folded) == "先" and own:
            return [*run[:index], Token("goal", "first", token.start, token.end)]  # 第二张先出现
        if text_of(token, folded) == "先" and shows and pictured and ends:
            goal = Token("goal", "first", token.start, token.end)
            return [*run[:index], goal, *run[index + 1 :]]
    return run


def _seconds(run: Run, folded: str) -> Run:
    """Read "put photo 3 second", "to second place" as where it goes."""
    told = [t for t in run if t.kind not in (*IDLE, "polite", "stop")]
    verbs = {str(t.value) for t in run if t.kind == "verb"}
    if not told or not verbs or not verbs <= _MOVES:
        return run
    spot = text_of(told[-1], folded) in ("place", "position", "spot", "slot")
    one = told[-2] if spot and len(told) > _PAIR else told[-1]
    place = PLACES.get(text_of(one, folded))
    pictured = any(t.kind in ("place", "file") or t.value == "photo" for t in told[:-1])
    if not pictured or place is None or one.kind not in ("unit", "place", "edge"):
        return run
    if one.kind == "edge" and not spot:
        return run
    goal = Token("place", place, one.start, told[-1].end)
    return [*(t for t in run if t.end <= one.start), goal, *(t for t in run if t.start >= goal.end)]


def _in_all(tokens: list[Token], folded: str) -> list[Token]:
    """Read "6 seconds in all" as the length of the whole."""
    result: list[Token] = []
    for index, token in enumerate(tokens):
        after = tokens[index + 1 : index + 2]
        ends = not after or after[0].kind in ("stop", "sep", "polite")
        led = bool(result) and text_of(result[-1], folded) == "in"
        if led and ends and text_of(token, folded) == "all":
            result.append(Token("total", "total", result.pop().start, token.end))
            continue
        result.append(token)
    return result


def _apiece(tokens: list[Token], folded: str) -> list[Token]:
    """Read "the duration of each photo" as theirs, not as that of the whole."""
    result: list[Token] = []
    for index, token in enumerate(tokens):
        after = [text_of(t, folded) for t in tokens[index + 1 : index + 3]]
        own = after in (["of", "each"], ["of", "every"])
        ahead = next((t for t in tokens[index + 1 :] if t.kind not in _WITHIN), None)
        own = own or (ahead is not None and ahead.value == "transition")
        own = own and token.kind == "total"
        result.append(Token("filler", "filler", token.start, token.end) if own else token)
    return result


def _rest(tokens: list[Token], folded: str) -> list[Token]:
    """Read "the first 5 s and the rest 2 s" as the other photos."""
    for index, token in enumerate(tokens):
        if text_of(token, folded) not in ("rest", "the rest", "others", "剩下的", "剩下"):
            continue
        told = tokens[:index]
        counted = any(t.kind == "place" for t in told) and any(t.kind == "unit" for t in told)
        ahead = [t for t in tokens[index + 1 :] if t.kind not in _WITHIN][:2]
        if counted and [t.kind for t in ahead] == ["number", "unit"] and token.kind != "scope":
            others = Token("scope", "others", token.start, token.end)
            return [*told, others, *_rest(tokens[index + 1 :], folded)]
    return tokens


_READERS: Final[tuple[Callable[[Run, str], Run], ...]] = (
    *(_shown, _going, slides, cuts, _preceded, _few, _swapped),
    *(between, _beside, _ends, _goal, _foremost, _seconds),
)
