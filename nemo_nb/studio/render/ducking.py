"""Stepping back under speech: how far music must have stepped back at every moment.

The others are listened to in the band where speech has its strength. What is loud there, or
stands out from the steady noise of its room, counts. The listener hears ahead, so that the
music is already down when the first word begins; it stays down over the gaps between words.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

import numpy as np

from nemo_nb.studio.render.blocks import CHANNELS, RATE
from nemo_nb.studio.render.filters import Biquads, highpass, lowpass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nemo_nb.studio.render.blocks import Block

HOP: Final = RATE // 100
"""Samples between two looks at the level: 10 ms."""
_REACH_HOPS: Final = 24
_ATTACK_HOPS: Final = 20
_HOLD_HOPS: Final = 60
_RELEASE_HOPS: Final = 100
_SMOOTH_HOPS: Final = 3
AHEAD: Final = (_REACH_HOPS + 3) * HOP
"""How many samples beyond the wanted ones must have been heard: 270 ms."""

_LOW_HZ: Final = 200.0
_HIGH_HZ: Final = 4000.0

_LOWEST_DB: Final = -90.0
# Speech in a mix lies about -30 to -15 dBFS; a whisper, or a far voice, above -50.
_QUIET_DB: Final = -50.0
_LOUD_DB: Final = -35.0
_ABOVE_FLOOR_DB: Final = 10.0
_FLOOR_RISE_DB: Final = 0.06
_STAY_DB: Final = 4.0


class Ducker:
    """Takes the others' sound and tells how far to step back, 0 (not) to 1 (fully)."""

    def __init__(self) -> None:
        self._band = Biquads([highpass(_LOW_HZ), lowpass(_HIGH_HZ)])
        self._rest = np.zeros((CHANNELS, 0), np.float32)
        self._powers: deque[float] = deque(maxlen=_SMOOTH_HOPS)
        self._floor_db: float | None = None
        self._sounding = False
        self._hops = 0
        self._until = -1
        self._levels: list[float] = []
        self._level = 0.0
        self._told = 0

    def hear(self, block: Block) -> None:
        """Listen to the next *block* of the others."""
        heard = np.concatenate([self._rest, block], axis=1) if self._rest.size else block
        whole = heard.shape[1] // HOP * HOP
        self._rest = heard[:, whole:]
        if not whole:
            return
        band = self._band(heard[:, :whole])
        powers = np.square(band).reshape(CHANNELS, -1, HOP).mean(axis=(0, 2))
        for power in powers.tolist():
            self._hop(power)

    def amounts(self, samples: int) -> NDArray[np.float32]:
        """Return how far to step back in each of the next *samples*.

        The block that was heard must reach :data:`AHEAD` samples beyond them.
        """
        first = self._told
        last = first + samples
        self._told = last
        low = first // HOP
        need = -(-last // HOP) + 1
        levels = self._levels
        at = np.arange(first, last, dtype=np.float64) / HOP - low
        result = np.interp(at, np.arange(need - low), levels[low:need])
        # What was told is not needed again: an hour would be a long list.
        drop = last // HOP
        self._told -= drop * HOP
        self._levels = levels[drop:]
        return result.astype(np.float32)

    def _hop(self, power: float) -> None:
        self._powers.append(power)
        mean = sum(self._powers) / len(self._powers)
        level = max(_LOWEST_DB, 10 * np.log10(max(mean, 1e-12)))
        floor = min(level, _LOUD_DB if self._floor_db is None else self._floor_db + _FLOOR_RISE_DB)
        self._floor_db = floor
        limit = min(_LOUD_DB, max(_QUIET_DB, floor + _ABOVE_FLOOR_DB))
        self._sounding = level > limit - (_STAY_DB if self._sounding else 0.0)
        if self._sounding:
            self._until = self._hops + _HOLD_HOPS
        now = self._hops - _REACH_HOPS
        self._hops += 1
        if now >= 0:
            self._step(now)

    def _step(self, now: int) -> None:
        # Down as soon as anything sounds within the listener's reach, and through the hold.
        wanted = self._until >= now
        step = 1 / _ATTACK_HOPS if wanted else -1 / _RELEASE_HOPS
        # What speaks from the very beginning leaves no time to step back in.
        self._level = float(wanted) if now == 0 else min(1.0, max(0.0, self._level + step))
        self._levels.append(self._level)
