"""Texts that stand in one place at one time: which row each one gets, so that none is covered.

Rows count from the edge of the picture. A text keeps its row for as long as it shows, also
when the one that kept it away has gone: nothing jumps. Whether a text in the middle reaches
one at the side is estimated from its letters, because drawing thousands to ask would take
longer than the film.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from unicodedata import east_asian_width

from nemo_nb.models import Canvas
from nemo_nb.studio.render.words import Words

GAP: Final = 1.5
"""Free space between two rows, in percent of the canvas's short side."""

_LETTER_EM: Final = 0.6  # a generous mean of Latin letters, bold ones and padding included
_WIDE_EM: Final = 1.0


def stacked(words: Sequence[Words], canvas: Canvas) -> tuple[Words, ...]:
    """Return *words*, in their order, with rows: those that begin first stand nearest the edge."""
    result = list(words)
    placed: list[Words] = []
    for index in sorted(range(len(result)), key=lambda i: result[i].start_ms):
        one = result[index]
        placed = [other for other in placed if other.end_ms > one.start_ms]
        taken = {other.row for other in placed if _meet(one, other, canvas)}
        row = next(n for n in range(len(taken) + 1) if n not in taken)
        result[index] = replace(one, row=row)
        placed.append(result[index])
    return tuple(result)


def between(one: Words, words: Sequence[Words], canvas: Canvas) -> list[list[Words]]:
    """Return, row by row, the texts between *one* and the edge while it shows."""
    rows: list[list[Words]] = [[] for _ in range(one.row)]
    for other in words:
        together = other.start_ms < one.end_ms and one.start_ms < other.end_ms
        if other.row < one.row and together and _meet(one, other, canvas):
            rows[other.row].append(other)
    return rows


def _meet(one: Words, other: Words, canvas: Canvas) -> bool:
    """Whether two texts cover each other: at one height, and side by side they have no room.

    One that was put at a point of its own stays there, whatever else does.
    """
    if one.region != other.region or _is_pinned(one) or _is_pinned(other):
        return False
    here, there = one.style.position, other.style.position
    if _height(here) != _height(there):
        return False
    if here == there:
        return True
    (left, right), (other_left, other_right) = _span(one, canvas), _span(other, canvas)
    return left < other_right and other_left < right


def _is_pinned(words: Words) -> bool:
    return words.style.x is not None or words.style.y is not None


def _height(position: str) -> str:
    return next((name for name in ("top", "bottom") if name in position), "middle")


def _span(words: Words, canvas: Canvas) -> tuple[float, float]:
    """Return about how far a text reaches from left to right, px."""
    style = words.style
    if words.region is not None:
        _, _, width, height = words.region.pixels(canvas)
        canvas = Canvas(width, height)
    short = min(canvas.width, canvas.height) / 100
    letters = max(map(_em, words.text.splitlines()), default=0.0)
    width = min(letters * style.size * short, style.max_width / 100 * canvas.width)
    margin = style.margin * short
    if "left" in style.position:
        return margin, margin + width
    if "right" in style.position:
        return canvas.width - margin - width, canvas.width - margin
    return (canvas.width - width) / 2, (canvas.width + width) / 2


def _em(line: str) -> float:
    return sum(_WIDE_EM if east_asian_width(char) in "WF" else _LETTER_EM for char in line)
