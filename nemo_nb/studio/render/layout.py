"""Where a text's lines are broken and how big it is set.

Breaks are those of UAX #14; within the fewest lines that fit, the lines come out as even as
they can be. A word wider than the line is broken inside. Text too tall for its room is set
smaller until it fits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final

from nemo_nb.studio.render.shaping import Line, Paragraph

# Ink room every block has, in em: the accents of capitals above, descenders below. Blocks
# with and without them then share their baselines, so captions do not jump.
_ASCENT: Final = 0.93
_DESCENT: Final = 0.25
# Lines whose ink would touch are pushed apart to this gap, in em (stacked vowel signs).
_MIN_GAP: Final = 0.04
# A line may be this share of the room off the even length to end where a reader pauses.
_PAUSE_SLACK: Final = 0.12
_PAUSES: Final = frozenset(
    ",;:.!?\u2026\u2014\u060c\u061b\u061f\u3001\u3002\uff0c\uff1b\uff1a\uff01\uff1f\u201d\u300d\u300f\uff09)"
)
# One step of shrinking. The floor is below what anyone can read; it ends the search.
_SHRINK: Final = 0.93
_MIN_FONT_PX: Final = 4.0
# Thai and Lao are written without spaces. No dictionary ships with this package, but a vowel
# that is written before its consonant always starts a syllable.
_LEADING_VOWELS: Final = frozenset("เแโใไເແໂໃໄ")


@dataclass(frozen=True, slots=True)
class Block:
    """Lines set at one size; lengths in px.

    Attributes:
        font_px: The size of an em.
        baselines: Of each line, below the block's top.
        width, height: Of the block: the widest line; ink room above the first baseline to
            below the last.
    """

    lines: tuple[Line, ...]
    font_px: float
    baselines: tuple[float, ...]
    width: float
    height: float


def fit(
    paragraphs: Sequence[Paragraph],
    font_px: float,
    room: tuple[float, float],
    *,
    line_height: float,
    frame_em: tuple[float, float] = (0.0, 0.0),
) -> Block:
    """Set *paragraphs* as large as *font_px*, smaller where *room* asks for it.

    Args:
        paragraphs: From :func:`nemo_nb.studio.render.shaping.read`.
        font_px: The wanted size of an em in px.
        room: Width and height in px that block and frame must fit into.
        line_height: Distance of baselines in em.
        frame_em: What padding or stroke adds on each side, horizontally and vertically, in em.
    """
    while True:
        width_em = max(room[0] / font_px - 2 * frame_em[0], 0.0)
        height_em = room[1] / font_px - 2 * frame_em[1]
        smallest = font_px * _SHRINK < _MIN_FONT_PX
        # Counting lines is cheap, shaping them is not: a long text is only counted until it
        # is about small enough.
        estimate = _height(_count(paragraphs, width_em), line_height)
        if estimate <= height_em or smallest:
            lines = [line for part in paragraphs for line in break_lines(part, width_em)]
            block = _stack(lines, font_px, line_height)
            too_tall = block.height > height_em * font_px
            too_wide = block.width > width_em * font_px + 1
            if smallest or not (too_tall or too_wide):
                return block
        # Half the size takes half the lines, each half as high.
        jump = math.sqrt(max(height_em, 0.0) / estimate)
        font_px = max(font_px * min(jump, _SHRINK), _MIN_FONT_PX)


def break_lines(paragraph: Paragraph, max_width: float) -> list[Line]:
    """Cut *paragraph* into as few lines as fit *max_width* (em).

    Among those, the most even one is taken (least sum of squared widths), with some favour
    for lines that end in punctuation.
    """
    if not paragraph.clusters:
        return [paragraph.line(0, 0)]
    units = _units(paragraph, max_width)
    widths = [paragraph.widths[start:end] for start, end in units]
    advance = [0.0, *accumulate(sum(unit) for unit in widths)]
    space = [_trailing_space(paragraph, start, end) for start, end in units]
    # Moving one word over by s from even lines adds 2 s² to the sum: what a pause is worth.
    favour = 2 * (_PAUSE_SLACK * max_width) ** 2
    pause = [_pauses(paragraph, start, end) for start, end in units]
    # best[j]: the fewest lines for the first j units, then the least sum of squared widths,
    # and where the last of those lines begins.
    best: list[tuple[int, float, int]] = [(0, 0.0, 0)]
    for end in range(1, len(units) + 1):
        options: list[tuple[int, float, int]] = []
        for start in range(end - 1, -1, -1):
            width = advance[end] - advance[start] - space[end - 1]
            if width > max_width and start < end - 1:
                break
            lines, cost, _ = best[start]
            cost += width * width - (favour if pause[end - 1] else 0.0)
            options.append((lines + 1, cost, start))
        best.append(min(options))
    cuts = [len(units)]
    while cuts[-1]:
        cuts.append(best[cuts[-1]][2])
    cuts.reverse()
    return [_line(paragraph, units[start][0], units[end - 1][1]) for start, end in pairwise(cuts)]


def _stack(lines: Sequence[Line], font_px: float, line_height: float) -> Block:
    ascent = max(_ASCENT, lines[0].ascent)
    descent = max(_DESCENT, lines[-1].descent)
    pitch = max(
        [
            line_height,
            *(a.descent + b.ascent + _MIN_GAP for a, b in pairwise(lines)),
        ]
    )
    return Block(
        lines=tuple(lines),
        font_px=font_px,
        baselines=tuple((ascent + index * pitch) * font_px for index in range(len(lines))),
        width=max(line.width for line in lines) * font_px,
        height=_height(len(lines), pitch, ascent, descent) * font_px,
    )


def _height(lines: int, pitch: float, ascent: float = _ASCENT, descent: float = _DESCENT) -> float:
    return ascent + (lines - 1) * pitch + descent


def _count(paragraphs: Sequence[Paragraph], max_width: float) -> int:
    """Return how many lines :func:`break_lines` makes: filling each up gives the fewest too."""
    lines = 0
    for paragraph in paragraphs:
        lines += 1
        filled = 0.0
        for start, end in _units(paragraph, max_width):
            width = sum(paragraph.widths[start:end])
            if filled and filled + width - _trailing_space(paragraph, start, end) > max_width:
                lines += 1
                filled = 0.0
            filled += width
    return lines


def _units(paragraph: Paragraph, max_width: float) -> list[tuple[int, int]]:
    """Return spans of clusters that no line break may cut; those too wide come in pieces."""
    return [
        piece
        for start, end in pairwise((0, *paragraph.breaks))
        for piece in _pieces(paragraph, start, end, max_width)
    ]


def _pieces(paragraph: Paragraph, start: int, end: int, max_width: float) -> list[tuple[int, int]]:
    def wide(first: int, last: int) -> bool:
        width = sum(paragraph.widths[first:last]) - _trailing_space(paragraph, first, last)
        return width > max_width

    if not wide(start, end):
        return [(start, end)]
    cuts = [
        start,
        *(i for i in range(start + 1, end) if paragraph.clusters[i][0] in _LEADING_VOWELS),
        end,
    ]
    pieces: list[tuple[int, int]] = []
    for first, last in pairwise(cuts):
        if wide(first, last):
            pieces.extend((i, i + 1) for i in range(first, last))
        else:
            pieces.append((first, last))
    return pieces


def _trailing_space(paragraph: Paragraph, start: int, end: int) -> float:
    width = 0.0
    while end > start and paragraph.clusters[end - 1].isspace():
        end -= 1
        width += paragraph.widths[end]
    return width


def _pauses(paragraph: Paragraph, start: int, end: int) -> bool:
    text = "".join(paragraph.clusters[start:end]).rstrip()
    return text[-1:] in _PAUSES


def _line(paragraph: Paragraph, start: int, end: int) -> Line:
    while end > start and paragraph.clusters[end - 1].isspace():
        end -= 1
    while start < end and paragraph.clusters[start].isspace():
        start += 1
    return paragraph.line(start, end)
