"""Recursive filters that keep their state from block to block."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Final, cast

import numpy as np
from av.audio.frame import AudioFrame
from av.filter import Graph

from nemo_nb.studio.render.blocks import RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nemo_nb.studio.render.blocks import Block

Section = tuple[float, float, float, float, float]
"""``b0 b1 b2 a1 a2`` of a second-order section, ``a0`` being 1."""

_BUTTERWORTH_Q: Final = math.sqrt(0.5)


class Biquads:
    """A chain of second-order sections over both channels, in double precision.

    FFmpeg does the work: SciPy would be 75 MB and a second of imports for two of them.
    """

    def __init__(self, sections: Sequence[Section]) -> None:
        self._graph = Graph()
        filters = [
            self._graph.add(
                "biquad", f"b0={b0!r}:b1={b1!r}:b2={b2!r}:a0=1:a1={a1!r}:a2={a2!r}:precision=f64"
            )
            for b0, b1, b2, a1, a2 in sections
        ]
        source = self._graph.add_abuffer(
            sample_rate=RATE, format="dblp", layout="stereo", time_base=Fraction(1, RATE)
        )
        nodes = [source, *filters, self._graph.add("abuffersink")]
        self._graph.link_nodes(*nodes).configure()
        self._at = 0

    def __call__(self, block: Block) -> NDArray[np.float64]:
        """Return *block* filtered, going on where the block before ended."""
        wide = np.ascontiguousarray(block, np.float64)
        if not wide.size:
            return wide
        frame = AudioFrame.from_ndarray(wide, format="dblp", layout="stereo")
        frame.sample_rate = RATE
        frame.pts, frame.time_base = self._at, Fraction(1, RATE)
        self._at += wide.shape[1]
        self._graph.push(frame)
        return cast("NDArray[np.float64]", cast("AudioFrame", self._graph.pull()).to_ndarray())


def lowpass(hz: float) -> Section:
    """Return a Butterworth low pass of second order at 48 kHz.

    As in R. Bristow-Johnson's "Cookbook formulae for audio EQ biquad filter coefficients".
    """
    cosine, alpha = _angle(hz)
    b = (1 - cosine) / 2
    return _normalised(b, 2 * b, b, cosine, alpha)


def highpass(hz: float) -> Section:
    """Return the high pass that belongs to :func:`lowpass`."""
    cosine, alpha = _angle(hz)
    b = (1 + cosine) / 2
    return _normalised(b, -2 * b, b, cosine, alpha)


def _angle(hz: float) -> tuple[float, float]:
    angle = 2 * math.pi * hz / RATE
    return math.cos(angle), math.sin(angle) / (2 * _BUTTERWORTH_Q)


def _normalised(b0: float, b1: float, b2: float, cosine: float, alpha: float) -> Section:
    a0 = 1 + alpha
    return b0 / a0, b1 / a0, b2 / a0, -2 * cosine / a0, (1 - alpha) / a0
