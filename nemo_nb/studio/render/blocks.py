"""Blocks of sound, the form in which everything here hands samples on.

A block is float32 of shape (2, n): left and right at 48 kHz, 1.0 being full scale.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Block = NDArray[np.float32]

RATE: Final = 48_000
CHANNELS: Final = 2


class Source(Protocol):
    """What can be read from its beginning on, silence beyond its end, and closed."""

    def read(self, samples: int) -> Block:
        """Return the next block of *samples*, shape (2, samples)."""
        ...

    def close(self) -> None:
        """Let go of files."""
        ...


def samples_of(ms: float) -> int:
    """Return how many samples *ms* are."""
    return round(ms * RATE / 1000)


def silence(samples: int) -> Block:
    """Return a block of silence."""
    return np.zeros((CHANNELS, samples), np.float32)


class Fifo:
    """Blocks put in at one end and taken out in any size at the other."""

    def __init__(self) -> None:
        self._blocks: deque[Block] = deque()
        self.size = 0

    def push(self, block: Block) -> None:
        """Append *block*; it must not be changed afterwards."""
        if block.shape[1]:
            self._blocks.append(block)
            self.size += block.shape[1]

    def pop(self, samples: int) -> Block:
        """Return the first *samples*, silence where there are too few."""
        result = silence(samples)
        filled = 0
        while filled < samples and self._blocks:
            first = self._blocks.popleft()
            taken = min(samples - filled, first.shape[1])
            result[:, filled : filled + taken] = first[:, :taken]
            if taken < first.shape[1]:
                self._blocks.appendleft(first[:, taken:])
            filled += taken
        self.size -= filled
        return result
