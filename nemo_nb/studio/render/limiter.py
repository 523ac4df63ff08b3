"""Holding true peaks below a ceiling, by turning down in time instead of cutting off.

The gain follows a grid of cells of two thirds of a millisecond. A peak is seen ahead; the
gain has come down in a smooth slope when it is there, and goes up again at a steady rate.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np

from nemo_nb.studio.render.blocks import CHANNELS, RATE, Fifo

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nemo_nb.studio.render.blocks import Block

RELEASE_DB_A_S: Final = 120.0
"""Fast enough that a drum does not take the beat after it down with it."""

_CELL: Final = 32
_STEP_CELLS: Final = 300
_ATTACK_CELLS: Final = 12
_RELEASE_DB_A_CELL: Final = RELEASE_DB_A_S * _CELL / RATE
_OVERSAMPLING: Final = 4
_TAPS: Final = 24


class Limiter:
    """Reads from a source, louder by a gain, its true peak at or below a ceiling.

    Args:
        read: Returns the next so many samples; it is asked for some ahead.
        gain_db: By how much to raise it before.
        ceiling_db: dBTP.
    """

    def __init__(self, read: Callable[[int], Block], gain_db: float, ceiling_db: float) -> None:
        self._read = read
        self._gain = np.float32(10 ** (gain_db / 20))
        self._ceiling_db = ceiling_db
        self._history = np.zeros((CHANNELS, _TAPS - 1), np.float32)
        self._coming = Fifo()
        self._ready = Fifo()
        # Cells seen, not yet passed: the first one has been the previous cell.
        self._needs = np.zeros(1)
        self._released = 0.0
        self._slope: NDArray[np.float64] | None = None

    def read(self, samples: int) -> Block:
        """Return the next *samples*."""
        while self._ready.size < samples:
            self._step()
        return self._ready.pop(samples)

    def _step(self) -> None:
        block = self._read(_STEP_CELLS * _CELL) * self._gain
        self._coming.push(block)
        self._needs = np.concatenate([self._needs, self._needed(block)])
        # Cell n looks at its neighbour before and at those that come within the attack.
        reach = _ATTACK_CELLS + 2
        count = len(self._needs) - reach + 1
        windows = np.lib.stride_tricks.sliding_window_view(self._needs, reach)
        held = windows.min(axis=1)
        self._needs = self._needs[count:]
        slow = self._release(held)
        # A mix that begins with a peak begins turned down.
        before = np.full(_ATTACK_CELLS - 1, slow[0]) if self._slope is None else self._slope
        slope = np.concatenate([before, slow])
        smooth: NDArray[np.float64] = np.convolve(
            slope, np.full(_ATTACK_CELLS, 1 / _ATTACK_CELLS), "valid"
        )
        self._slope = slope[-_ATTACK_CELLS:]
        passed: Block = self._coming.pop((len(smooth) - 1) * _CELL)
        if smooth.any():
            at = np.arange(passed.shape[1], dtype=np.float64) / _CELL
            curve = np.interp(at, np.arange(len(smooth)), 10 ** (smooth / 20))
            passed *= curve.astype(np.float32)
        self._ready.push(passed)

    def _needed(self, block: Block) -> NDArray[np.float64]:
        """Return by how many dB each cell must come down, 0 or less."""
        ceiling = 10 ** (self._ceiling_db / 20)
        context = np.concatenate([self._history, block], axis=1)
        self._history = context[:, -(_TAPS - 1) :]
        peaks = np.abs(block)
        if float(np.abs(context).max()) > ceiling / _OVERSHOOT:
            # They lie half the filter later in time, which the window's margins cover.
            for phase in _PHASES:
                for channel in range(CHANNELS):
                    between = np.convolve(context[channel], phase, "valid")
                    np.maximum(peaks[channel], np.abs(between), out=peaks[channel])
        cells = peaks.max(axis=0).reshape(-1, _CELL).max(axis=1).astype(np.float64)
        return np.minimum(0.0, 20 * np.log10(ceiling / np.maximum(cells, 1e-9)))

    def _release(self, held: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return *held* with every rise slowed down to the release's rate."""
        if not self._released and not held.any():
            return held
        rise = np.arange(1, len(held) + 1) * _RELEASE_DB_A_CELL
        lowest = np.minimum.accumulate(np.minimum(held - rise, self._released))
        slow = np.minimum(0.0, lowest + rise)
        self._released = float(slow[-1])
        return slow


def _phases() -> NDArray[np.float32]:
    """Return filters for the three points between two samples: a windowed sinc."""
    middle = _TAPS // 2
    rows: list[NDArray[np.float64]] = []
    for phase in range(1, _OVERSAMPLING):
        at = np.arange(_TAPS) - (middle - 1) - phase / _OVERSAMPLING
        rows.append(np.sinc(at) * np.kaiser(_TAPS + 1, 6)[:-1])
    return np.array(rows)[:, ::-1].astype(np.float32)


_PHASES: Final = _phases()
_OVERSHOOT: Final = float(np.abs(_PHASES).sum(axis=1).max())
"""How far the signal between the samples can go beyond them."""
