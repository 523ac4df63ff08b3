"""A text that turns from one look into another, letter by letter: typewriter and karaoke.

Both looks are drawn once. Every pixel belongs to the letter it is nearest to and has a time
from which, and one until which, it shows the second look; a frame picks between the two and
draws nothing. So no letter is cut by a neighbour's edge, ligatures turn as one, and what runs
from right to left turns from right to left.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from nemo_nb.studio.render import ink
from nemo_nb.studio.render.layout import Block
from nemo_nb.studio.render.speech import Timed, letter_times, word_times
from nemo_nb.studio.render.text import Drawing, Pixels, Setting, cut, rgba_of
from nemo_nb.studio.render.tiles import Blend, Tile, chosen
from nemo_nb.studio.render.words import Words

Times = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

# A typewriter's pace, and the most of a text's time that typing it may take.
_LETTER_MS: Final = 45
_TYPING_SHARE: Final = 2 / 3
# A word stays lit until the next one if that begins this soon; else there is a pause.
_BREATH_MS: Final = 400
# The box behind a spoken word, in em: beside it less than half of a space.
_BOX_BESIDE: Final = 0.11
_BOX_ABOVE: Final = 0.86
_BOX_BELOW: Final = 0.27
_FOREVER: Final = float("inf")


def turns(words: Words) -> bool:
    """Whether *words* change letter by letter or word by word."""
    style = words.style
    return bool(style.karaoke) or style.animation in ("typewriter", "words")


class Turning:
    """A text with both its looks, drawn on first use of a moment.

    Args:
        setting: The text, with something to draw.
        block: ``setting.block``.
        words: What it stands for: its style says how it turns, its times when.
    """

    def __init__(self, setting: Setting, block: Block, words: Words) -> None:
        drawing = Drawing(setting, block)
        timed = word_times(setting.clusters, words.spoken, words.duration_ms)
        style = words.style
        boxes: dict[int, ink.Box] = {}
        if style.karaoke:
            if rgba_of(style.highlight_box):
                boxes = _word_boxes(drawing, block, timed)
            lit = drawing.picture(style.highlight, tuple(boxes.values()), style.highlight_box)
            looks = drawing.picture(), lit
        else:
            looks = drawing.backdrop(), drawing.picture()
        owner = _box_owners(boxes, drawing.size) if boxes else drawing.owners()
        (self._before, self._after), crop = drawing.cropped(*looks)
        self.x, self.y = drawing.origin[0] + crop[0], drawing.origin[1] + crop[1]
        owner = ink.nearest(cut(owner + 1, crop) - 1)
        on, off = _letter_clocks(setting, words, timed)
        self._is_sweep = style.karaoke == "fill" and not boxes
        if self._is_sweep:
            x = np.arange(owner.shape[1], dtype=np.float32) + (crop[0] + 0.5)
            self._on = _sweep(drawing, block, timed, len(on))(x, owner)
        else:
            self._on = on[owner]
        self._off = off[owner]
        self._events = np.unique(np.concatenate([on, off])).tolist()
        self.height, self.width = self._before.shape[:2]
        self._tiles = (Tile(self._before, self.x, self.y), Tile(self._after, self.x, self.y))
        self._mixed: tuple[Any, list[Blend]] = (None, [])

    def state(self, at_ms: float) -> float:
        """Return what tells one look from another: equal for times that look alike."""
        return at_ms if self._is_sweep else float(bisect_right(self._events, at_ms))

    def blends(self, at_ms: float, opacity: float) -> list[Blend]:
        """Return what is laid on *at_ms* after the text's beginning."""
        key = self.state(at_ms), opacity
        if self._mixed[0] != key:
            before, after = (tile.blends(opacity) for tile in self._tiles)
            self._mixed = key, chosen(before, after, self._mask(at_ms))
        return self._mixed[1]

    def rgba(self, at_ms: float) -> Pixels:
        """Return its picture *at_ms* after the text's beginning."""
        return np.where(self._mask(at_ms)[..., None], self._after, self._before)

    def _mask(self, at_ms: float) -> Mask:
        return (self._on <= at_ms) & (at_ms < self._off)


def _letter_clocks(setting: Setting, words: Words, timed: Sequence[Timed]) -> tuple[Times, Times]:
    """Return from when and until when each cluster shows its second look, ms."""
    count = len(setting.clusters)
    on, off = np.zeros(count, np.float32), np.full(count, _FOREVER, np.float32)
    if words.style.karaoke or words.style.animation == "words":
        for word in timed:
            on[word.first : word.last] = word.start_ms
        if words.style.karaoke == "word":
            ends = [word.start_ms for word in timed[1:]] + [words.duration_ms]
            for word, following in zip(timed, ends, strict=True):
                soon = following - word.end_ms < _BREATH_MS
                off[word.first : word.last] = following if soon else word.end_ms
    else:
        given = words.style.animation_ms or _LETTER_MS * count
        total = min(given, words.duration_ms * _TYPING_SHARE)
        on[:] = letter_times(setting.clusters, total)
    return on, off


def _sweep(
    drawing: Drawing, block: Block, timed: Sequence[Timed], count: int
) -> Callable[[Times, ink.Owners], Times]:
    """Return a function of pixel columns and owners: when a sweep along each word gets there."""
    low, high = np.zeros(count, np.float32), np.ones(count, np.float32)
    start, length = np.full(count, _FOREVER, np.float32), np.zeros(count, np.float32)
    em = block.font_px
    cells = {
        cell.cluster: (x + cell.left * em, x + cell.right * em, cell.is_rtl)
        for line, (x, _) in zip(block.lines, drawing.lines, strict=True)
        for cell in line.cells
    }
    for word in timed:
        inside = [index for index in range(word.first, word.last) if index in cells]
        widths = [max(cells[index][1] - cells[index][0], 1e-3) for index in inside]
        pace = (word.end_ms - word.start_ms) / (sum(widths) or 1.0)
        at = word.start_ms
        for index, width in zip(inside, widths, strict=True):
            left, right, is_rtl = cells[index]
            low[index], high[index] = (right, left) if is_rtl else (left, right)
            start[index], length[index] = at, width * pace
            at += width * pace

    def reached(x: Times, owner: ink.Owners) -> Times:
        span = np.where(high == low, 1, high - low)[owner]
        share = np.clip((x - low[owner]) / span, 0, 1)
        return (start[owner] + share * length[owner]).astype(np.float32)

    return reached


def _word_boxes(drawing: Drawing, block: Block, timed: Sequence[Timed]) -> dict[int, ink.Box]:
    """Return a box around each word, px of the picture, by its first cluster there.

    A word that is broken over lines has one on each.
    """
    word_of = {index: word.first for word in timed for index in range(word.first, word.last)}
    em = block.font_px
    boxes: dict[int, ink.Box] = {}
    for line, (x, y) in zip(block.lines, drawing.lines, strict=True):
        spans: dict[int, list[float]] = {}
        firsts: dict[int, int] = {}
        for cell in line.cells:
            if (word := word_of.get(cell.cluster)) is not None:
                spans.setdefault(word, []).extend((cell.left, cell.right))
                firsts[word] = min(firsts.get(word, cell.cluster), cell.cluster)
        for word, ends in spans.items():
            boxes[firsts[word]] = (
                x + (min(ends) - _BOX_BESIDE) * em,
                y - _BOX_ABOVE * em,
                x + (max(ends) + _BOX_BESIDE) * em,
                y + _BOX_BELOW * em,
            )
    return boxes


def _box_owners(boxes: dict[int, ink.Box], size: tuple[int, int]) -> ink.Owners:
    seeds = np.full((size[1], size[0]), -1, np.int32)
    for first, (left, top, right, bottom) in boxes.items():
        seeds[max(0, int(top)) : int(bottom) + 1, max(0, int(left)) : int(right) + 1] = first
    return ink.nearest(seeds)
