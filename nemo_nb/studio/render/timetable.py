"""Finding what is on at a moment without asking everything: thousands of captions are usual."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Generic, TypeVar

T = TypeVar("T")

# An item is listed in every slot it touches: few items need few slots, and this many bound
# what a long one costs.
_SLOTS: Final = 1024


class Timetable(Generic[T]):
    """Items with a beginning and an end, in ms, in the order given."""

    def __init__(self, items: Iterable[tuple[T, float, float]]) -> None:
        listed = list(items)
        last_ms = max((end for _, _, end in listed), default=0.0)
        self._slot_ms = max(1.0, last_ms / max(1, min(_SLOTS, 2 * len(listed))))
        self._slots: dict[int, list[T]] = {}
        for item, start, end in listed:
            for slot in range(int(start // self._slot_ms), int(end // self._slot_ms) + 1):
                self._slots.setdefault(slot, []).append(item)

    def near(self, at_ms: float) -> Sequence[T]:
        """Return, in order, the items that may be on at *at_ms*: all that are, and few more."""
        return self._slots.get(int(at_ms // self._slot_ms), ())
