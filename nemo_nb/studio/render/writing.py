"""The texts of a plan, laid over its frames.

A text that stands still is drawn once and blended inside its own box. One that moves is drawn
once too: a slide is an offset, a pop a few scaled copies, letters that turn one by one pick
between two drawn looks (``turning.py``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from nemo_nb.models import Canvas
from nemo_nb.studio.render import planes as px
from nemo_nb.studio.render.animation import Pose, pose
from nemo_nb.studio.render.fonts import family_named
from nemo_nb.studio.render.segments import ROUNDING_MS
from nemo_nb.studio.render.shaping import undrawable
from nemo_nb.studio.render.stacking import GAP, between, stacked
from nemo_nb.studio.render.text import Pixels, draw_text, fonts_of, set_text
from nemo_nb.studio.render.tiles import Tile, lay
from nemo_nb.studio.render.timetable import Timetable
from nemo_nb.studio.render.turning import Turning, turns
from nemo_nb.studio.render.words import Words

if TYPE_CHECKING:
    from nemo_nb.studio.render.planes import Planes
    from nemo_nb.timeline.styles import TextStyle

# A pop is about ten frames; each of its sizes is scaled once.
_KEPT_SIZES: Final = 16
_MOST_NAMED: Final = 10


class Writing:
    """Lays texts over frames, best in order; only what shows is kept drawn.

    Args:
        words: What is written when, see ``words.py``.
        canvas: The whole picture.
        assets: The media pool: where a style's ``font_file`` is found by its name. A name that
            is not in it leaves the style its ``font``.
    """

    def __init__(
        self, words: Sequence[Words], canvas: Canvas, assets: Mapping[str, Path] | None = None
    ) -> None:
        self._canvas = canvas
        self._assets = assets or {}
        self._texts = stacked(words, canvas)
        self._times = Timetable((one, one.start_ms, one.end_ms) for one in self._texts)
        self._shown: dict[Words, _Still | _Turning] = {}

    def paint(self, planes: Planes, at_ms: float) -> None:
        """Lay what is written at *at_ms* over *planes*, which have the canvas's size.

        Raises:
            BrokenMedia: A font of the media pool cannot be used; it is named.
        """
        poses = {
            words: now
            for words in self._times.near(at_ms + ROUNDING_MS)
            if (now := pose(words, at_ms))
        }
        self._shown = {words: self._shown.get(words) or self._drawn(words) for words in poses}
        for words, now in poses.items():
            self._shown[words].paint(self._part(planes, words), now, at_ms - words.start_ms)

    def close(self) -> None:
        """Forget what is drawn."""
        self._shown.clear()

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """Characters that no font can draw; they are left out of the picture."""
        found: dict[str, None] = {}
        for words in self._texts:
            fonts = fonts_of(words.style, self._file(words.style))
            found.update(dict.fromkeys(undrawable(words.text, fonts)))
        return tuple(found)

    @cached_property
    def missing_fonts(self) -> tuple[str, ...]:
        """Font families and files that styles name and that are not there; others stand in."""
        styles = dict.fromkeys(words.style for words in self._texts)
        families = (style.font for style in styles if family_named(style.font) is None)
        files = (style.font_file for style in styles if style.font_file and not self._file(style))
        return tuple(dict.fromkeys((*families, *files)))

    @property
    def notes(self) -> tuple[str, ...]:
        """What cannot be drawn as it was asked for, in sentences for the user."""
        notes: list[str] = []
        if self.missing:
            named = ", ".join(f"{char} (U+{ord(char):04X})" for char in self.missing[:_MOST_NAMED])
            more = len(self.missing) - _MOST_NAMED
            rest = f" and {more} more" if more > 0 else ""
            notes.append(f"No font here has {named}{rest}: left out of the picture.")
        notes += [
            f"There is no font {name} here: another one stands in." for name in self.missing_fonts
        ]
        return tuple(notes)

    def _drawn(self, words: Words) -> _Still | _Turning:
        room = self._room(words)
        shift = self._shift(words)
        if turns(words):
            setting = set_text(words.text, words.style, room, self._file(words.style))
            if setting.block is not None:
                return _Turning(Turning(setting, setting.block, words), shift, room)
        image = draw_text(words.text, words.style, room, self._file(words.style))
        return _Still(image.rgba, image.x, image.y + shift, room)

    def _room(self, words: Words) -> Canvas:
        """Return the canvas that *words* are laid out on: a region stands for the whole."""
        if words.region is None:
            return self._canvas
        _, _, width, height = words.region.pixels(self._canvas)
        return Canvas(width, height, self._canvas.fps)

    def _part(self, planes: Planes, words: Words) -> Planes:
        if words.region is None:
            return planes
        return px.window(planes, *words.region.pixels(self._canvas))

    def _file(self, style: TextStyle) -> Path | None:
        name = style.font_file
        if name in self._assets:
            return self._assets[name]
        # A path comes from a style file of the user's own; a draft can only name the pool.
        return Path(name) if name and Path(name).is_absolute() and Path(name).is_file() else None

    def _shift(self, words: Words) -> int:
        """Return how far *words* stand off their place for those nearer to the edge, px, even."""
        if not words.row:
            return 0
        room = self._room(words)
        gap = GAP / 100 * room.short_side
        heights = [
            max((self._height(other) for other in row), default=0)
            for row in between(words, self._texts, self._canvas)
        ]
        away = round(sum(height + gap for height in heights if height) / 2) * 2
        return -away if "bottom" in words.style.position else away

    def _height(self, words: Words) -> int:
        """Return how high *words* stand when all of them show, px."""
        room = self._room(words)
        return draw_text(words.text, words.style, room, self._file(words.style)).rgba.shape[0]


class _Still:
    """A picture that moves as a whole."""

    def __init__(self, rgba: Pixels, x: int, y: int, room: Canvas) -> None:
        self._rgba, self._x, self._y = rgba, x, y
        self._unit = room.short_side / 100
        self._tile = Tile(rgba, x, y)
        self._sizes: dict[float, Tile] = {}

    def paint(self, planes: Planes, now: Pose, _since_ms: float) -> None:
        tile = self._tile
        if now.scale != 1 and self._rgba.size:
            if now.scale not in self._sizes and len(self._sizes) >= _KEPT_SIZES:
                self._sizes.clear()
            if now.scale not in self._sizes:
                self._sizes[now.scale] = _scaled(self._rgba, self._x, self._y, now.scale)
            tile = self._sizes[now.scale]
        tile.blend(planes, now.opacity, *_even(now, self._unit))


class _Turning:
    """A picture whose letters turn; it moves as a whole too."""

    def __init__(self, turning: Turning, shift: int, room: Canvas) -> None:
        self._turning, self._shift = turning, shift
        self._unit = room.short_side / 100
        self._scaled: tuple[tuple[float, float], Tile] | None = None

    def paint(self, planes: Planes, now: Pose, since_ms: float) -> None:
        turning = self._turning
        dx, dy = _even(now, self._unit)
        since_ms += ROUNDING_MS
        if not turning.width:
            return
        if now.scale == 1:
            x, y = turning.x + dx, turning.y + dy + self._shift
            lay(planes, turning.blends(since_ms, now.opacity), x, y)
            return
        key = now.scale, turning.state(since_ms)
        if self._scaled is None or self._scaled[0] != key:
            y = turning.y + self._shift
            self._scaled = key, _scaled(turning.rgba(since_ms), turning.x, y, now.scale)
        self._scaled[1].blend(planes, now.opacity, dx, dy)


def _even(now: Pose, unit: float) -> tuple[int, int]:
    return round(now.dx * unit / 2) * 2, round(now.dy * unit / 2) * 2


def _scaled(rgba: Pixels, x: int, y: int, scale: float) -> Tile:
    """Return *rgba* at *x*, *y* made *scale* times as large about its own middle."""
    height, width = rgba.shape[:2]
    middle_x, middle_y = x + width / 2, y + height / 2
    left, right = _even_span(middle_x, width * scale)
    top, bottom = _even_span(middle_y, height * scale)
    forward = np.array(
        [
            [scale, 0, middle_x - left - scale * (width / 2 - 0.5) - 0.5],
            [0, scale, middle_y - top - scale * (height / 2 - 0.5) - 0.5],
        ]
    )
    alpha = rgba[..., 3:].astype(np.float32) / 255
    premultiplied = np.concatenate([rgba[..., :3] * alpha, alpha], axis=2)
    moved = cv2.warpAffine(premultiplied, forward, (right - left, bottom - top))
    share = moved[..., 3:]
    colour = moved[..., :3] / np.maximum(share, 1e-6)
    straight = np.concatenate([colour, share * 255], axis=2)
    return Tile(np.rint(np.clip(straight, 0, 255)).astype(np.uint8), left, top)


def _even_span(middle: float, length: float) -> tuple[int, int]:
    """Return even numbers that hold *length* about *middle*."""
    return math.floor((middle - length / 2) / 2) * 2, math.ceil((middle + length / 2) / 2) * 2
