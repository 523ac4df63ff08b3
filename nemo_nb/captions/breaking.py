"""Breaking a caption into lines of so many characters, where Unicode allows it. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate, pairwise, takewhile
from typing import Final

from uniseg.linebreak import line_break_units

from nemo_nb import words

# A break after these is where speech pauses; it outweighs lines a little less even.
_PAUSES: Final = tuple(",.;:!?…—–，。、；：！？")  # noqa: RUF001 - Chinese punctuation
_PAUSE_SHARE: Final = 0.25
_ENDLESS: Final = float("inf")
# Words between which UAX #14 breaks at spaces and nowhere else (LB13, LB18, LB25, LB29).
# uniseg takes milliseconds a caption; the tests compare the two.
_LETTER: Final = "A-Za-z0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
_PLAIN_WORD: Final = rf"[{_LETTER}]+(?:[.,:;'][{_LETTER}]+)*[.,:;!?']*"
_PLAIN: Final = re.compile(rf"{_PLAIN_WORD}(?: {_PLAIN_WORD})*")
# Two speakers in one caption: their lines begin with a dash each.
_SPEAKER: Final = re.compile(r"\s*[-\u2010-\u2015\u2212\uff0d]")
# Han, kana and their punctuation are written without spaces; Hangul is not.
_UNSPACED: Final = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff01-\uff60]")


def break_lines(text: str, limit: int) -> list[str]:
    """Return *text* as the fewest lines of at most *limit* characters, as even as can be.

    Lines break where UAX #14 allows it, rather after punctuation; a word longer than *limit*
    stands alone. Line breaks that were there are let go, but a new speaker begins a new line.

    Args:
        text: A caption.
        limit: Characters (grapheme clusters) a line, at least 1.
    """
    result: list[str] = []
    for speech in speeches(text):
        units = _units(speech)
        result += _spread(units, _fewest(units, limit), limit) if units else []
    return result


def _units(text: str) -> list[str]:
    """Return what may not be broken, each with the space behind it."""
    if _PLAIN.fullmatch(text):
        return re.findall(r"\S+ ?", text)
    return [unit for unit in line_break_units(text) if unit]


def speeches(text: str) -> list[str]:
    """Return what each speaker says in a caption, on one line: most have one speaker."""
    lines = [line for line in map(words.one_line, words.lines(text)) if line]
    spoken = [_SPEAKER.match(line) is not None for line in lines]
    if sum(spoken) < 2:  # noqa: PLR2004 - it takes two to talk
        return [_joined(lines)] if lines else []
    begins = [at for at, is_new in enumerate(spoken) if is_new or not at]
    return [_joined(lines[at:end]) for at, end in pairwise([*begins, len(lines)])]


def _joined(lines: Sequence[str]) -> str:
    result = lines[0]
    for line in lines[1:]:
        together = _UNSPACED.match(result[-1]) and _UNSPACED.match(line)
        result += line if together else f" {line}"
    return result


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
