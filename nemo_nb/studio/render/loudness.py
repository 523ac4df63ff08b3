"""How loud a mix is, by ITU-R BS.1770-4, and by how much to raise or lower it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from nemo_nb.studio.render.blocks import CHANNELS, RATE
from nemo_nb.studio.render.filters import Biquads
from nemo_nb.studio.render.limiter import RELEASE_DB_A_S

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nemo_nb.studio.render.blocks import Block

MOST_GAIN_DB: Final = 18.0
"""A recording that is quieter than this can mend is mostly noise."""
_MOST_MAKE_UP_DB: Final = 6.0

# BS.1770-4 annex 1, tables 1 and 2: the head's shelf, then the high pass, at 48 kHz.
_K_WEIGHTING: Final = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585),
    (1.0, -2.0, 1.0, -1.99004745483398, 0.99007225036621),
)
_OFFSET_LU: Final = -0.691
_STEP: Final = RATE // 100
_STEPS_A_HOP: Final = 10
_HOPS_A_BLOCK: Final = 4
_ABSOLUTE_GATE_LUFS: Final = -70.0
_RELATIVE_GATE_LU: Final = -10.0


class Meter:
    """Measures what it is fed, in steps of 10 ms: 3 MB of numbers an hour are kept."""

    def __init__(self) -> None:
        self._weigh = Biquads(_K_WEIGHTING)
        self._rest = np.zeros((CHANNELS, 0), np.float32)
        self._powers: list[NDArray[np.float32]] = []
        self._peaks: list[NDArray[np.float32]] = []

    def feed(self, block: Block) -> None:
        """Take the next *block*."""
        heard = np.concatenate([self._rest, block], axis=1)
        whole = heard.shape[1] // _STEP * _STEP
        self._rest = heard[:, whole:]
        self._take(heard[:, :whole].reshape(CHANNELS, -1, _STEP))

    def levels(self) -> Levels:
        """Return what was measured; a last step that is not whole counts as far as it goes."""
        if self._rest.shape[1]:
            self._take(self._rest.reshape(CHANNELS, 1, -1))
            self._rest = self._rest[:, :0]
        nothing = np.zeros(0, np.float32)
        return Levels(
            np.concatenate([nothing, *self._powers]), np.concatenate([nothing, *self._peaks])
        )

    def _take(self, steps: Block) -> None:
        weighed = self._weigh(steps.reshape(CHANNELS, -1)).reshape(steps.shape)
        self._powers.append(np.square(weighed).mean(axis=2).sum(axis=0).astype(np.float32))
        self._peaks.append(np.abs(steps).max(axis=(0, 2)))


@dataclass(frozen=True)
class Levels:
    """Power (K-weighted, both channels) and highest sample of every 10 ms; full scale is 1."""

    powers: NDArray[np.float32]
    peaks: NDArray[np.float32]

    def integrated(self) -> float:
        """Return the loudness in LUFS, gated; minus infinity where all lies below the gate.

        What is shorter than one block of 400 ms is measured as one block of its own length.
        """
        return _integrated(self.powers)

    def limited(self, gain_db: float, ceiling_db: float) -> float:
        """Return the loudness after *gain_db* and a limiter, to about half a LU."""
        peaks_db = 20 * np.log10(np.maximum(self.peaks, 1e-9)) + gain_db
        rise = np.arange(1, len(peaks_db) + 1) * (RELEASE_DB_A_S * _STEP / RATE)
        needed = np.minimum(0.0, ceiling_db - peaks_db)
        # It sees a peak one step ahead.
        needed[:-1] = np.minimum(needed[:-1], needed[1:])
        held = np.minimum(0.0, np.minimum.accumulate(needed - rise) + rise)
        return _integrated(self.powers * 10 ** ((gain_db + held) / 10))


def gain_db(levels: Levels, target_lufs: float, loudest_volume: float, ceiling_db: float) -> float:
    """Return by how many dB a mix is raised (or lowered) to meet its target.

    The target is meant for the loudest sound at full volume: a timeline whose only sound
    was turned down to 50 % ends 6 dB below it, as its user wished. Silence and what lies
    below the gate are left alone, and nothing is raised by more than :data:`MOST_GAIN_DB`.
    What the limiter will take off high peaks is made up for, within bounds.
    """
    measured = levels.integrated()
    if math.isinf(measured) or loudest_volume <= 0:
        return 0.0
    wished = target_lufs + 20 * math.log10(loudest_volume)
    plain = gain = min(MOST_GAIN_DB, wished - measured)
    most = min(MOST_GAIN_DB, plain + _MOST_MAKE_UP_DB)
    for _ in range(4):
        missing = wished - levels.limited(gain, ceiling_db)
        gain = min(most, max(plain, gain + missing))
    return gain


def _integrated(steps: NDArray[np.floating]) -> float:
    hops = steps[: len(steps) // _STEPS_A_HOP * _STEPS_A_HOP].reshape(-1, _STEPS_A_HOP)
    if len(hops) < _HOPS_A_BLOCK:
        powers = np.array([steps.mean() if steps.size else 0.0])
    else:
        share = np.full(_HOPS_A_BLOCK, 1 / _HOPS_A_BLOCK)
        powers = np.convolve(hops.mean(axis=1, dtype=np.float64), share, "valid")
    powers = powers[_lufs(powers) > _ABSOLUTE_GATE_LUFS]
    if not powers.size:
        return -math.inf
    gate = float(_lufs(powers.mean())) + _RELATIVE_GATE_LU
    return float(_lufs(powers[_lufs(powers) > gate].mean()))


def _lufs(power: NDArray[np.float64] | np.floating) -> NDArray[np.float64]:
    return _OFFSET_LU + 10 * np.log10(np.maximum(power, 1e-30))
