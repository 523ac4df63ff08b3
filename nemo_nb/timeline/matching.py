"""Which segment of one draft is which of another.

Segments are matched by ``id``; what is left, by content and then by nearest start; what is
still left, by kind and start (its words were edited in place). Nothing is matched by its
position in a list, so an insertion at the front changes one row and not all. Sorting and
dictionaries throughout: O(n log n).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nemo_nb.timeline.draft import Segment, Track


@dataclass(frozen=True, slots=True)
class Placed:
    """A segment with the track it lies on; ``number`` and ``track_number`` count from 1."""

    track: Track
    segment: Segment

    @property
    def track_number(self) -> int:
        """The number of its track."""
        return self.track.index + 1

    @property
    def number(self) -> int:
        """Its number within the track."""
        return self.segment.index + 1

    @property
    def role(self) -> str:
        """What it is to people: title, caption, video, audio, other."""
        return self.segment.role if self.track.kind == "text" else self.track.kind

    @property
    def words(self) -> str:
        """What it shows or plays, in words."""
        segment = self.segment
        return (segment.text or segment.name) if self.track.kind == "text" else segment.name

    def described(self) -> dict[str, Any]:
        """Return it as ``before`` or ``after`` of an added or removed row."""
        key = "text" if self.track.kind == "text" else "name"
        return {
            "kind": self.role,
            key: self.words,
            "start_ms": self.segment.start_ms,
            "end_ms": self.segment.end_ms,
        }


Pair = tuple[Placed, Placed]


def placed(tracks: Iterable[Track]) -> list[Placed]:
    """Return every segment with its track, in draft order."""
    return [Placed(track, segment) for track in tracks for segment in track.segments]


def _own_id(raw: Mapping[str, Any]) -> str | None:
    given = raw.get("id")
    return str(given) if given else None


def match(old: Sequence[Placed], new: Sequence[Placed]) -> list[Pair]:
    """Return the segments of *old* that are still there, each with what it is in *new*."""
    pairs: list[Pair] = []

    def take(
        old_left: list[Placed],
        new_left: list[Placed],
        key: Callable[[Placed], Hashable | None],
    ) -> tuple[list[Placed], list[Placed]]:
        found, old_rest, new_rest = _pair_by(old_left, new_left, key)
        pairs.extend(found)
        return old_rest, new_rest

    rest = take(list(old), list(new), lambda one: _own_id(one.segment.raw))
    ids_hold = bool(pairs)
    rest = take(*rest, _content)
    rest = take(*rest, lambda one: (one.role, _identity(one)))

    # Ids that hold across the two drafts are believed: two segments with ids of their own
    # are then two segments, even in the same place.
    def place(one: Placed) -> Hashable | None:
        if ids_hold and _own_id(one.segment.raw) is not None:
            return None
        return one.role, one.segment.start_ms

    take(*rest, place)
    return pairs


def _pair_by(
    old: Iterable[Placed], new: Iterable[Placed], key: Callable[[Placed], Hashable | None]
) -> tuple[list[Pair], list[Placed], list[Placed]]:
    """Pair what has the same key, nearest starts first where a key repeats; None never pairs."""
    waiting: defaultdict[Hashable, list[Placed]] = defaultdict(list)
    old_rest: list[Placed] = []
    for one in old:
        name = key(one)
        if name is None:
            old_rest.append(one)
        else:
            waiting[name].append(one)
    coming: defaultdict[Hashable, list[Placed]] = defaultdict(list)
    new_rest: list[Placed] = []
    for one in new:
        name = key(one)
        if name is None or name not in waiting:
            new_rest.append(one)
        else:
            coming[name].append(one)
    pairs: list[Pair] = []
    for name, candidates in waiting.items():
        found, left, right = _nearest(candidates, coming.get(name, []))
        pairs += found
        old_rest += left
        new_rest += right
    return pairs, old_rest, new_rest


def _nearest(old: list[Placed], new: list[Placed]) -> tuple[list[Pair], list[Placed], list[Placed]]:
    """Pair two groups of equals: those that stayed, then the nearest, without crossing."""
    if len(old) == len(new) == 1:
        return [(old[0], new[0])], [], []
    by_start: defaultdict[int, list[Placed]] = defaultdict(list)
    for one in reversed(new):
        by_start[_start(one)].append(one)
    pairs: list[Pair] = []
    moved: list[Placed] = []
    for one in sorted(old, key=_start):
        stayed = by_start.get(_start(one))
        if stayed:
            pairs.append((one, stayed.pop()))
        else:
            moved.append(one)
    come = sorted((one for group in by_start.values() for one in group), key=_start)
    few, many = (moved, come) if len(moved) <= len(come) else (come, moved)
    chosen = _in_order([_start(one) for one in few], [_start(one) for one in many])
    for one, at in zip(few, chosen, strict=True):
        pairs.append((one, many[at]) if few is moved else (many[at], one))
    taken = set(chosen)
    rest = [one for at, one in enumerate(many) if at not in taken]
    return (pairs, [], rest) if few is moved else (pairs, rest, [])


def _in_order(few: Sequence[int], many: Sequence[int]) -> list[int]:
    """Return, for each of *few*, the index of the nearest of *many*, keeping the order."""
    chosen: list[int] = []
    low = 0
    for done, value in enumerate(few):
        # Enough must be left for those still to come.
        high = len(many) - (len(few) - done)
        at = bisect_left(many, value, low, high)
        if at > low and value - many[at - 1] <= many[at] - value:
            at -= 1
        chosen.append(at)
        low = at + 1
    return chosen


def _start(one: Placed) -> int:
    return one.segment.start_ms


def _identity(one: Placed) -> Hashable | None:
    segment = one.segment
    return (segment.text or None) if one.track.kind == "text" else (segment.source or None)


def _content(one: Placed) -> Hashable:
    segment = one.segment
    return (
        one.track.kind,
        one.role,
        segment.text,
        segment.name,
        segment.source,
        segment.source_in_ms,
        segment.duration_ms,
    )


def match_tracks(old: Sequence[Track], new: Sequence[Track]) -> Iterator[tuple[int, int]]:
    """Yield ``(index before, index after)``: by id, then by kind in order."""
    by_id: defaultdict[str | None, list[int]] = defaultdict(list)
    for track in reversed(new):
        by_id[_own_id(track.raw)].append(track.index)
    taken: set[int] = set()
    rest: list[Track] = []
    for track in old:
        own = _own_id(track.raw)
        if own is not None and by_id[own]:
            taken.add(by_id[own][-1])
            yield track.index, by_id[own].pop()
        else:
            rest.append(track)
    free: defaultdict[Hashable, list[int]] = defaultdict(list)
    for track in reversed(new):
        if track.index not in taken:
            free[track.kind, track.type].append(track.index)
    for track in rest:
        same = free[track.kind, track.type]
        if same:
            yield track.index, same.pop()
