"""Notes and strokes as sound: tables of partials read at a pitch, noise through bands.

What is made is kept: a piece plays the same few notes again and again. Phases are counted in
whole numbers and tables rounded once, so that machines agree to the last audible bit.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from nemo_nb.studio.music.book import Drum, Tone, book
from nemo_nb.studio.music.theory import hertz
from nemo_nb.studio.render.blocks import RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Wave = NDArray[np.float32]

LONGEST_S: Final = 10.0
"""No note sounds longer than this."""

_TABLE_BITS: Final = 13
_CYCLE: Final = 1 << 32
_HIGHEST_HZ: Final = 15_000.0
_KEPT_BYTES: Final = 48 << 20
_STROKE_S: Final = 2.2
_THIRD: Final = float(np.log(3))
_INAUDIBLE: Final = 6.5


class Band:
    """The players of one piece.

    Args:
        light: How bright the mood is; 1 is as the instruments are written.
    """

    def __init__(self, light: float) -> None:
        self._light = light
        self._kept: OrderedDict[tuple[str, int, int], Wave] = OrderedDict()
        self._bytes = 0

    def sound(self, instrument: str, note: int, length_s: float) -> Wave:
        """Return a note or stroke, shape (2, n); not to be written to."""
        # Lengths to 20 ms: played a little differently they are still one note.
        key = (instrument, note, round(length_s * 50))
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        if note:
            made = played(book().instruments[instrument], note, key[2] / 50, self._light)
        else:
            made = struck(book().drums[instrument], instrument)
        self._kept[key] = made
        self._bytes += made.nbytes
        while self._bytes > _KEPT_BYTES:
            self._bytes -= self._kept.popitem(last=False)[1].nbytes
        return made


def played(tone: Tone, note: int, length_s: float, light: float) -> Wave:
    """Return *note* on an instrument of ``music.toml``, held for *length_s*."""
    length_s = min(length_s, LONGEST_S - tone.release)
    if not tone.sustain:
        length_s = min(length_s, tone.decay / _THIRD * _INAUDIBLE)
    total = round((length_s + tone.release) * RATE)
    at = np.arange(total) / RATE
    decay = np.exp(-at * (_THIRD / tone.decay))
    shape = _swell(at / tone.attack) * (tone.sustain + (1 - tone.sustain) * decay)
    # The hand is taken off: a curve that ends at nothing.
    shape *= np.clip((length_s + tone.release - at) / tone.release, 0, 1) ** 2
    depth, rate = tone.wobble
    if depth:
        shape *= 1 - depth * (0.5 - 0.5 * np.cos(2 * np.pi * rate * at))
    hz = hertz(note)
    # What would be heard as harsh, or fold back from above, is left out.
    count = int(_HIGHEST_HZ / hz)
    bright, dark = (_table(partials, count, light) for partials in (tone.bright, tone.dark))
    blend = (shape * decay * decay).astype(np.float32)
    rest = (shape * (1 - decay * decay)).astype(np.float32)
    sides = (-1, 1) if tone.width else (0,)
    voices: list[Wave] = []
    for side in sides:
        phase = _phase(hz * 2 ** (side * tone.spread / 2400), total, side * note)
        voices.append((bright[phase] * blend + dark[phase] * rest).astype(np.float32))
    left, right = voices[0], voices[-1]
    share = 1 - tone.width if tone.width else 0.0
    norm = 1 / math.sqrt(1 + share * share)
    return np.stack([left + share * right, right + share * left]).astype(np.float32) * norm


def struck(drum: Drum, name: str) -> Wave:
    """Return a stroke on a drum of ``music.toml``."""
    total = round(_STROKE_S * RATE)
    at = np.arange(total) / RATE
    result = np.zeros((2, total))
    tone, noise = drum.tone, drum.noise
    if tone:
        glide = tone.low + (tone.high - tone.low) * np.exp(-at / tone.fall)
        phase = 2 * np.pi * np.cumsum(glide) / RATE
        result += np.sin(phase) * np.exp(-at / tone.decay) * tone.gain * _swell(at / 0.0015)
    if noise:
        shape = _swell(at / noise.attack)
        shape = shape * np.exp(-np.maximum(0, at - noise.attack) / noise.decay)
        for hit in range(1, noise.hits):
            late = at - 0.011 * hit
            shape = np.maximum(
                shape * (late < 0), _swell(late / 0.0015) * np.exp(-late / noise.decay)
            )
        band = banded(white(2 * total, name).reshape(2, -1), noise.low, noise.high)
        result += band * shape * noise.gain
    # It dies away by itself; the last bit of it must not be cut off.
    result *= np.clip((_STROKE_S - at) / 0.2, 0, 1)
    end = int(np.flatnonzero(np.abs(result).max(axis=0) > 1e-4)[-1]) + 1  # noqa: PLR2004  -80 dB
    return result[:, :end].astype(np.float32)


def white(samples: int, label: str) -> NDArray[np.float64]:
    """Return noise from -1 to 1, the same for the same *label* on every machine."""
    bits = np.random.PCG64(int.from_bytes(label.encode(), "big")).random_raw(samples)
    return np.asarray(bits >> np.uint64(11), np.float64) / (1 << 52) - 1.0


def banded(noise: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    """Return *noise* between two frequencies in Hz, with its mean square brought back to 1."""
    spectrum = np.fft.rfft(noise, axis=1)
    hz = np.fft.rfftfreq(noise.shape[1], 1 / RATE)
    spectrum *= 1 / np.sqrt((1 + (low / np.maximum(hz, 1)) ** 6) * (1 + (hz / high) ** 6))
    result = np.fft.irfft(spectrum, noise.shape[1], axis=1)
    return result / np.sqrt(np.mean(np.square(result)))


@lru_cache(128)
def _table(partials: tuple[float, ...], count: int, light: float) -> Wave:
    """Return one cycle with the first *count* of *partials*; not to be written to."""
    numbers = np.arange(1, len(partials) + 1)
    levels = np.array(partials) * light ** np.log2(numbers)
    levels = np.where(numbers <= count, levels, 0.0)
    levels /= np.sqrt(np.sum(np.square(partials)))
    at = np.arange(1 << _TABLE_BITS) / (1 << _TABLE_BITS)
    # Phases that differ keep the partials from adding up to one sharp peak.
    phases = 2 * np.pi * (numbers * numbers * 0.29)
    waves = np.sin(2 * np.pi * numbers[:, None] * at + phases[:, None])
    return (levels @ waves).astype(np.float32)


def _phase(hz: float, samples: int, begin: int) -> NDArray[np.uint32]:
    step = np.uint32(round(hz / RATE * _CYCLE))
    start = np.uint32(begin * 2_654_435_769 % _CYCLE)
    return (np.arange(samples, dtype=np.uint32) * step + start) >> np.uint32(32 - _TABLE_BITS)


def _swell(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return half a cosine from 0 at 0 to 1 at 1."""
    return 0.5 - 0.5 * np.cos(np.pi * np.clip(share, 0, 1))
