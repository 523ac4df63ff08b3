"""The room a piece is played in: noise that dies away, convolved block by block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from nemo_nb.studio.music.instruments import banded, white
from nemo_nb.studio.render.blocks import RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nemo_nb.studio.render.blocks import Block

_EARLY_S: Final = 0.018
_LOW_HZ: Final = 220.0
_HIGH_HZ: Final = 5200.0


class Room:
    """Adds its echo to blocks of one size.

    Args:
        length_s: How long the echo takes to fall by 60 dB.
        samples: The size of every block.
    """

    def __init__(self, length_s: float, samples: int) -> None:
        tail = round(length_s * RATE)
        at = np.arange(tail) / RATE
        shape = 10 ** (-3 * at / length_s) * np.clip((at - _EARLY_S) / 0.02, 0, 1)
        echo = banded(white(2 * tail, "room").reshape(2, -1), _LOW_HZ, _HIGH_HZ) * shape
        echo *= np.clip((length_s - at) / 0.1, 0, 1)
        echo /= np.sqrt(np.square(echo).sum(axis=1, keepdims=True))
        self._samples = samples
        self._size = 1 << (samples + tail - 1).bit_length()
        self._echo = np.fft.rfft(echo.astype(np.float32), self._size, axis=1)
        self._rest = np.zeros((2, self._size), np.float32)

    def __call__(self, dry: Block) -> NDArray[np.float32]:
        """Return the echo of *dry* and of all blocks before it, without *dry* itself."""
        middle = dry.mean(axis=0)
        spectrum = np.fft.rfft(middle, self._size)
        self._rest += np.fft.irfft(spectrum * self._echo, self._size, axis=1)
        wet = self._rest[:, : self._samples].copy()
        self._rest = np.concatenate(
            [self._rest[:, self._samples :], np.zeros((2, self._samples), np.float32)], axis=1
        )
        return wet
