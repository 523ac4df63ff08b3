"""A piece of music as sound: its notes laid into blocks, the room, the last polish."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np

from nemo_nb.studio.music.book import Genre, book
from nemo_nb.studio.music.form import Form
from nemo_nb.studio.music.instruments import LONGEST_S, Band, white
from nemo_nb.studio.music.room import Room
from nemo_nb.studio.music.score import Event, Score
from nemo_nb.studio.music.spec import MusicSpec
from nemo_nb.studio.render.blocks import RATE, Fifo, samples_of, silence
from nemo_nb.studio.render.filters import Biquads, highpass, lowpass
from nemo_nb.studio.render.limiter import Limiter
from nemo_nb.studio.render.loudness import Meter

if TYPE_CHECKING:
    from nemo_nb.studio.render.blocks import Block

LEVEL_LUFS: Final = -16.0
"""How loud every piece is, whatever its genre."""
CEILING_DBTP: Final = -1.0

_BLOCK: Final = 1 << 17
_MEASURED_MS: Final = 60_000
_BRIEF_MS: Final = 30_000
_MARGIN_S: Final = 0.1
_BUSES: Final = ("drums", "bass", "band")
_DRUMS_WET: Final = 0.25
_RUMBLE_HZ: Final = 28.0


def compose(spec: MusicSpec, duration_ms: int) -> Iterator[Block]:
    """Yield a piece of exactly *duration_ms*, float32 blocks of shape (2, n) at 48 kHz.

    It ends with an ending: the last chord is struck on a beat and has died away to nothing
    at the very last sample. The same spec and length give the same piece on every machine.
    Memory does not grow with the length.
    """
    total = samples_of(duration_ms)
    band = Band(book().moods[spec.mood].light)
    blocks = _raw(spec, duration_ms, band)
    # A long piece is too long to be held and measured: its tunes played briefly tell as much.
    whole = duration_ms <= _MEASURED_MS
    head = list(blocks if whole else _raw(spec, _BRIEF_MS, band))
    meter = Meter()
    for block in head:
        meter.feed(block)
    measured = meter.levels().integrated()
    gain = 0.0 if math.isinf(measured) else LEVEL_LUFS - measured
    coming = Fifo()
    for block in head if whole else ():
        coming.push(block)
    head.clear()

    def ahead(samples: int) -> Block:
        while coming.size < samples:
            block = next(blocks, None)
            if block is None:
                break
            coming.push(block)
        return coming.pop(samples)

    limiter = Limiter(ahead, gain, CEILING_DBTP)
    for at in range(0, total, RATE):
        yield limiter.read(min(RATE, total - at))


class Player:
    """A piece that is read like a file."""

    def __init__(self, spec: MusicSpec, duration_ms: int) -> None:
        self._blocks = compose(spec, duration_ms)
        self._fifo = Fifo()

    def read(self, samples: int) -> Block:
        """Return the next *samples*, silence when it is over."""
        while self._fifo.size < samples:
            block = next(self._blocks, None)
            if block is None:
                break
            self._fifo.push(block)
        return self._fifo.pop(samples)

    def close(self) -> None:
        """Forget the piece."""
        self._blocks = iter(())


def _raw(spec: MusicSpec, duration_ms: int, band: Band) -> Iterator[Block]:
    """Yield the piece at the level it happens to have."""
    form = Form(spec, duration_ms)
    genre = book().genres[spec.genre]
    stage = _Stage(band)
    score = Score(spec, form)
    room = Room(genre.room, _BLOCK)
    polish = _Polish(spec, genre, form)
    bar, total = 0, samples_of(duration_ms)
    for at in range(0, total, _BLOCK):
        until_s = (at + _BLOCK) / RATE + _MARGIN_S
        while bar < form.bars and bar * form.bar_s < until_s:
            stage.place(score.bar(bar))
            bar += 1
        if bar == form.bars and form.end_s < until_s:
            stage.place(score.ending())
            bar += 1
        drums, bass, rest = stage.taken()
        push = polish.push(at)
        wet = room((rest * push + drums * np.float32(_DRUMS_WET)).astype(np.float32)) * np.float32(
            2 * genre.wet
        )
        mixed = polish((drums + (bass + rest) * push + wet).astype(np.float32), at)
        yield mixed[:, : total - at]


class _Stage:
    """Where notes are laid: three buses, as long as a block and the longest note after it."""

    def __init__(self, band: Band) -> None:
        self._band = band
        slowest_bar = round(6 * RATE)
        size = _BLOCK + slowest_bar + round((LONGEST_S + _MARGIN_S) * RATE)
        self._buses = {name: silence(size) for name in _BUSES}
        self._at = 0

    def place(self, events: list[Event]) -> None:
        """Lay *events* down."""
        for event in events:
            sound = self._band.sound(event.instrument, event.note, event.length_s)
            first = round(event.at_s * RATE) - self._at
            bus = "bass" if event.low else "band" if event.note else "drums"
            # Equal power from left to right; the middle is as loud as it was.
            angle = (event.pan + 1) * np.pi / 4
            gain = np.array([[np.cos(angle)], [np.sin(angle)]]) * np.sqrt(2) * event.loud
            target = self._buses[bus][:, first : first + sound.shape[1]]
            target += sound[:, : target.shape[1]] * gain.astype(np.float32)

    def taken(self) -> list[Block]:
        """Return the next block of each bus."""
        result: list[Block] = []
        for name, bus in self._buses.items():
            result.append(bus[:, :_BLOCK].copy())
            bus[:, :-_BLOCK] = bus[:, _BLOCK:]
            bus[:, -_BLOCK:] = 0
            self._buses[name] = bus
        self._at += _BLOCK
        return result


class _Polish:
    """What is done to the whole: the kick's push, a record's age, no rumble, the ending."""

    def __init__(self, spec: MusicSpec, genre: Genre, form: Form) -> None:
        self._form = form
        self._seed = spec.seed
        self._pump = genre.pump
        self._crackle = genre.crackle
        self._rumble = Biquads([highpass(_RUMBLE_HZ)])
        self._dark = Biquads([lowpass(genre.dark)]) if genre.dark else None

    def push(self, at: int) -> Block:
        """Return the gain of the band under the kick, from sample *at* on, shape (n,)."""
        if not self._pump:
            return np.ones(1, np.float32)
        beat = ((np.arange(at, at + _BLOCK) / RATE) % self._form.beat_s) / self._form.beat_s
        # It goes down just before the beat and comes back over half of it.
        back = np.clip(1 - beat / 0.6, 0, 1) ** 2
        down = np.clip((beat - 0.97) / 0.03, 0, 1)
        return (1 - self._pump * np.maximum(back, down)).astype(np.float32)

    def __call__(self, block: Block, at: int) -> Block:
        """Return *block*, which begins at sample *at*, as it is heard."""
        if self._crackle:
            block = block + self._worn(at)
        if self._dark is not None:
            block = self._dark(block).astype(np.float32)
        block = self._rumble(block).astype(np.float32)
        ring_s = self._form.length_s - self._form.end_s
        left = self._form.length_s - np.arange(at, at + _BLOCK) / RATE
        if left[-1] < ring_s:
            # The chord dies away by itself, and then entirely: to nothing at the last sample.
            gone = np.clip(left / (0.8 * ring_s), 0, 1)
            block = block * (0.5 - 0.5 * np.cos(np.pi * gone)).astype(np.float32)
        return block

    def _worn(self, at: int) -> Block:
        """Return hiss and the odd crack of a record, sample by sample by chance."""
        noise = white(2 * _BLOCK, f"{self._seed}/{at}").reshape(2, -1).astype(np.float32)
        cracks = np.where(np.abs(noise) > 0.99993, noise * 12, 0)  # noqa: PLR2004  3 a second
        return (noise * np.float32(0.25) + cracks).astype(np.float32) * np.float32(self._crackle)
