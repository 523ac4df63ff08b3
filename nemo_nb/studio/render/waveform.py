"""A waveform to look at: the peaks of a sound in so many buckets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nemo_nb.studio.render.blocks import Block

_FINENESS: Final = 64


def peaks(blocks: Iterable[Block], buckets: int) -> NDArray[np.float32]:
    """Return the highest absolute sample of each of *buckets* equal parts, 0-1.

    The length need not be known and memory does not grow with it: parts are counted finely
    and merged in pairs whenever there are too many, so a bucket's edge is exact to about
    1/64 of its width. Fewer samples than buckets leave the last ones 0.

    Args:
        blocks: The sound, float32 of shape (2, n) each.
        buckets: How many values to return, at least 1.
    """
    fine: list[float] = []
    most = 2 * _FINENESS * buckets
    hop = 1
    rest = np.zeros(0, np.float32)
    for block in blocks:
        loud = np.concatenate([rest, np.abs(block).max(axis=0)])
        while loud.size // hop + len(fine) > most:
            pairs = np.array(fine[: len(fine) // 2 * 2], np.float32).reshape(-1, 2).max(axis=1)
            if len(fine) % 2:
                # The odd one goes back in front of what is still to be counted.
                loud = np.concatenate([np.full(hop, fine[-1], np.float32), loud])
            fine = pairs.tolist()
            hop *= 2
        whole = loud.size // hop * hop
        fine += loud[:whole].reshape(-1, hop).max(axis=1).tolist()
        rest = loud[whole:]
    if rest.size:
        fine.append(float(rest.max()))
    return _merged(np.array(fine, np.float32), buckets)


def _merged(fine: NDArray[np.float32], buckets: int) -> NDArray[np.float32]:
    result = np.zeros(buckets, np.float32)
    if fine.size < buckets:
        result[: fine.size] = fine
        return np.minimum(result, 1.0)
    edges = np.arange(buckets) * fine.size // buckets
    return np.minimum(np.maximum.reduceat(fine, edges), 1.0)
