"""Which cues of several variants say the same thing at the same time.

Cues of two variants belong together when their shared time and their shared words, half and
half, reach one half: the same slot with other words, or the same words a little earlier. A
cue that was split, or joined, makes a group of several. Cues are swept by start time, so
10,000 of them cost what their overlaps cost, not their product.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Final

import pandas as pd

from nemo_nb.captions.metrics import style_words
from nemo_nb.timeline.columns import cells, rows, timed
from nemo_nb.words import split_words

# Cues further apart than this are never the same one shifted.
_REACH_MS: Final = 1000
_ENOUGH: Final = 0.5
# How much another look, or a cue a whole second away, weighs against other words.
_LOOKS: Final = 0.4
_TIMES: Final = 0.2
# So many cues at one time are no captions; the earliest to end are let go.
_MOST_AT_ONCE: Final = 32


@dataclass(frozen=True, slots=True, eq=False)
class Cue:
    """One cue of one variant; ``number`` as in its captions frame."""

    variant: int
    number: int
    role: str
    start_ms: int
    end_ms: int
    text: str
    style: Mapping[str, Any]
    words: Counter[str] = field(default_factory=Counter[str])

    @property
    def duration_ms(self) -> int:
        """How long it shows; at least 1, to divide by."""
        return max(1, self.end_ms - self.start_ms)


Groups = Sequence[Sequence[Sequence[Cue]]]
"""Aligned cues: for each group, for each variant, its cues there."""


def cues_of(captions: pd.DataFrame, variant: int) -> list[Cue]:
    """Return the cues of a captions frame that have a known time."""
    names = ("cue", "role", "start_ms", "end_ms", "text", "style")
    return [
        Cue(variant, number, role, start, end, text, style, Counter(_said(text)))
        for number, role, start, end, text, style in rows(timed(captions), *names)
    ]


def aligned(variants: Sequence[Sequence[Cue]]) -> list[list[list[Cue]]]:
    """Return groups of cues by time: for each group, its cues in each variant.

    Every cue is in exactly one group. Titles never group with captions.
    """
    everything = [cue for cues in variants for cue in cues]
    place = {id(cue): index for index, cue in enumerate(everything)}
    parents = list(range(len(everything)))

    def root(index: int) -> int:
        while parents[index] != index:
            parents[index] = parents[parents[index]]
            index = parents[index]
        return index

    for one, other in combinations(variants, 2):
        for left, right in _edges(one, other):
            parents[root(place[id(right)])] = root(place[id(left)])
    groups: dict[int, list[list[Cue]]] = {}
    for index, cue in enumerate(everything):
        group = groups.setdefault(root(index), [[] for _ in variants])
        group[cue.variant].append(cue)
    for group in groups.values():
        for cues in group:
            cues.sort(key=lambda cue: (cue.start_ms, cue.number))
    return sorted(groups.values(), key=_begin)


def aligned_frame(groups: Sequence[Sequence[Sequence[Cue]]], names: Sequence[str]) -> pd.DataFrame:
    """Return a row a group, index ``group`` from 1, columns ``(variant, field)``.

    Fields: ``cues`` (their numbers, a tuple), ``start_ms``, ``end_ms``, ``text`` (of several
    cues with " / " between), ``style`` in words. A variant without a cue there has an empty
    tuple, ``<NA>`` and empty texts.
    """
    columns: dict[tuple[str, str], Any] = {}
    for at, name in enumerate(names):
        own = [group[at] for group in groups]
        columns[name, "cues"] = cells([tuple(cue.number for cue in cues) for cues in own])
        columns[name, "start_ms"] = pd.array(
            [min((cue.start_ms for cue in cues), default=None) for cues in own], dtype="Int64"
        )
        columns[name, "end_ms"] = pd.array(
            [max((cue.end_ms for cue in cues), default=None) for cues in own], dtype="Int64"
        )
        columns[name, "text"] = pd.array(
            [" / ".join(cue.text for cue in cues) for cues in own], dtype="str"
        )
        columns[name, "style"] = pd.array([style_of(cues) for cues in own], dtype="str")
    frame = pd.DataFrame(columns, index=pd.RangeIndex(1, len(groups) + 1, name="group"))
    frame.columns = pd.MultiIndex.from_tuples(list(columns), names=["variant", "field"])
    return frame


_ASPECTS: Final[Mapping[str, Callable[[Cue], object]]] = {
    "words": lambda cue: cue.text,
    "time": lambda cue: (cue.start_ms, cue.end_ms),
    "style": lambda cue: style_words(cue.style, cue.role),
}


def differences(group: Sequence[Sequence[Cue]]) -> tuple[str, ...]:
    """Return in what the variants of a group differ: ``words``, ``time``, ``style``."""
    return tuple(
        name
        for name, aspect in _ASPECTS.items()
        if any([*map(aspect, cues)] != [*map(aspect, group[0])] for cues in group[1:])
    )


def alike(group: Sequence[Sequence[Cue]]) -> list[int]:
    """Return for each variant the first that shows the same: words, times and looks."""
    shown = [[[aspect(cue) for aspect in _ASPECTS.values()] for cue in cues] for cues in group]
    return [shown.index(own) for own in shown]


def difference(group: Sequence[Sequence[Cue]]) -> float:
    """Return how much a group differs, from 0: other words weigh most, then looks, then time."""
    reference, *others = group
    total = 0.0
    for own in others:
        if not reference or not own:
            total += 2 if reference or own else 0
            continue
        one, other = (sum((cue.words for cue in cues), Counter[str]()) for cues in (reference, own))
        said = max(one.total(), other.total())
        total += 1 - (one & other).total() / said if said else 0
        total += _LOOKS if style_of(reference) != style_of(own) else 0
        apart_ms = abs(reference[0].start_ms - own[0].start_ms)
        total += _TIMES * min(1.0, apart_ms / _REACH_MS)
    return total


def style_of(cues: Sequence[Cue]) -> str:
    """Return how *cues* look, in words, each look once."""
    looks = (style_words(cue.style, cue.role) for cue in cues)
    return "; ".join(dict.fromkeys(looks))


def _edges(one: Sequence[Cue], other: Sequence[Cue]) -> list[tuple[Cue, Cue]]:
    """Return the pairs that belong together: the best first, and each cue in one of them.

    A cue that is left over, such as the second half of one that was split, joins its best
    partner, or all of them where it lies across several. Ties go to the nearer and then to
    the earlier: a refrain that comes again and again makes pairs, not one long group.
    """
    scored = [
        (score, left, right)
        for left, right in _candidates(one, other)
        if (score := _score(left, right)) >= _ENOUGH
    ]
    scored.sort(key=lambda edge: (-edge[0], *_apart(edge[1], edge[2])))
    paired: set[int] = set()
    edges: list[tuple[Cue, Cue]] = []
    for _, left, right in scored:
        if paired.isdisjoint((id(left), id(right))):
            paired |= {id(left), id(right)}
            edges.append((left, right))
    best: dict[int, float] = {}
    for score, left, right in scored:
        edges += [
            (left, right)
            for cue in (left, right)
            if id(cue) not in paired and score >= best.setdefault(id(cue), score)
        ]
    return edges


def _apart(one: Cue, other: Cue) -> tuple[int, int, int]:
    middles = one.start_ms + one.end_ms - other.start_ms - other.end_ms
    return abs(middles), one.start_ms, other.start_ms


def _candidates(one: Sequence[Cue], other: Sequence[Cue]) -> Iterator[tuple[Cue, Cue]]:
    """Yield the pairs that overlap, or nearly do, by one sweep over both in time."""
    first = one[0].variant if one else -1
    open_cues: dict[bool, list[tuple[int, int, Cue]]] = {True: [], False: []}
    order = sorted([*one, *other], key=lambda cue: cue.start_ms)
    for count, cue in enumerate(order):
        side = cue.variant == first
        for heap in open_cues.values():
            while heap and heap[0][0] < cue.start_ms - _REACH_MS:
                heapq.heappop(heap)
        for _, _, partner in open_cues[not side]:
            if partner.role == cue.role:
                yield (cue, partner) if side else (partner, cue)
        heapq.heappush(open_cues[side], (cue.end_ms, count, cue))
        if len(open_cues[side]) > _MOST_AT_ONCE:
            heapq.heappop(open_cues[side])


def _score(one: Cue, other: Cue) -> float:
    """Return 0-1: half for shared time, half for shared words."""
    shared_ms = min(one.end_ms, other.end_ms) - max(one.start_ms, other.start_ms)
    time = max(0.0, shared_ms / min(one.duration_ms, other.duration_ms))
    sizes = one.words.total(), other.words.total()
    if not all(sizes):
        return (time + (one.text == other.text)) / 2
    both = (one.words & other.words).total()
    # A part of a split cue holds a part of its words: measured against the smaller one, but
    # only where time agrees, or any "yes" nearby would do.
    enough_time = time >= _ENOUGH
    alike = both / min(sizes) if enough_time else 2 * both / sum(sizes)
    return (time + alike) / 2


def _said(text: str) -> list[str]:
    return [word.casefold() for word in split_words(text)]


def _begin(group: Sequence[Sequence[Cue]]) -> tuple[int, int]:
    starts = [(cue.start_ms, cue.end_ms) for cues in group for cue in cues]
    return min(starts)
