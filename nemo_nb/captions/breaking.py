"""Breaking a caption into lines of so many characters, where Unicode allows it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise, takewhile
from typing import Final

from uniseg.linebreak import line_break_units

from nemo_nb import words

# A break after these is where speech pauses; it outweighs lines a little less even.
_PAUSES: Final = tuple(",.;:!?…—–，。、；：！？")  # noqa: RUF001 - Chinese punctuation
_PAUSE_SHARE: Final = 0.25
_ENDLESS: Final = float("inf")


def break_lines(text: str, limit: int) -> list[str]:
    """Return *text* as the fewest lines of at most *limit* characters, as even as can be.

    Lines break where UAX #14 allows it, rather after punctuation; a word longer than *limit*
    stands alone. Line breaks that were there are let go.

    Args:
        text: A caption.
        limit: Characters (grapheme clusters) a line, at least 1.
    """
    units = [unit for unit in line_break_units(words.one_line(text)) if unit]
    if not units:
        return []
    return _spread(units, _fewest(units, limit), limit)


def _fewest(units: Sequence[str], limit: int) -> int:
    """Return how many lines are needed, each filled before the next begins."""
    count, line = 1, ""
    for unit in units:
        if line and words.chars((line + unit).rstrip()) > limit:
            count, line = count + 1, ""
        line += unit
    return count


def _spread(units: Sequence[str], count: int, limit: int) -> list[str]:
    """Return *units* on *count* lines with the smallest sum of squared lengths.

    Dynamic programming over break points, after Knuth and Plass, "Breaking paragraphs into
    lines", Software: Practice and Experience 11 (1981), with squares for their badness.
    """
    total = len(units)
    ends = list(accumulate(map(len, units), initial=0))
    whole = "".join(units)

    def line(start: int, end: int) -> str:
        return whole[ends[start] : ends[end]].strip()

    def cost(start: int, end: int) -> float:
        text = line(start, end)
        length = words.chars(text)
        if length > limit and end - start > 1:
            return _ENDLESS
        pause = end < total and text.endswith(_PAUSES)
        return length**2 - (_PAUSE_SHARE * limit**2 if pause else 0)

    prices: list[list[tuple[int, float]]] = []
    for start in range(total):
        reach = ((end, cost(start, end)) for end in range(start + 1, total + 1))
        prices.append(list(takewhile(lambda step: step[1] < _ENDLESS, reach)))
    best: dict[int, tuple[float, tuple[int, ...]]] = {total: (0.0, ())}
    for _ in range(count):
        longer: dict[int, tuple[float, tuple[int, ...]]] = {}
        for start, steps in enumerate(prices):
            # Of equals the earlier break comes first: the lower line is the longer one.
            ways = [(price + best[end][0], end) for end, price in steps if end in best]
            if ways:
                price, end = min(ways)
                longer[start] = (price, (end, *best[end][1]))
        best = longer
    _, breaks = best[0]
    return [line(start, end) for start, end in pairwise((0, *breaks))]
