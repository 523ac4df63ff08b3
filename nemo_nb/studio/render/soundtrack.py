"""The mix encoded alongside the pictures, to exactly their length."""

# pyright: reportUnknownMemberType=false
# PyAV's stubs leave the stream type of a Packet open in encode and mux.

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

import av
import numpy as np

from nemo_nb.studio.render.audio import Mix
from nemo_nb.studio.render.blocks import RATE
from nemo_nb.studio.render.plan import Plan
from nemo_nb.studio.render.watch import Watch

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import OutputContainer

    from nemo_nb.studio.render.blocks import Block

_BLOCK: Final = 1024  # what an AAC frame holds; the other encoders take any length
_LOOK_EVERY: Final = 64


def total_samples(plan: Plan) -> int:
    """Return the length of the sound: that of the pictures."""
    return round(plan.frames * RATE / plan.rate)


class SoundTrack:
    """Writes the mix into *stream*. Close it."""

    def __init__(
        self,
        plan: Plan,
        assets: Mapping[str, Path],
        target: OutputContainer,
        stream: AudioStream,
        watch: Watch,
    ) -> None:
        self._rate = plan.rate
        self._target = target
        self._stream = stream
        self._watch = watch
        self._at = 0
        self._total = total_samples(plan)
        self._mix = _mix(plan, assets, watch)

    def write_until(self, frame: int) -> None:
        """Write whole blocks up to the time of *frame*."""
        wanted = min(self._total, round(frame * RATE / self._rate))
        for count in range((wanted - self._at) // _BLOCK):
            self._write(_BLOCK, check=count % _LOOK_EVERY == 0)

    def finish(self) -> None:
        """Write what is left, then let the encoder out."""
        while self._at < self._total:
            self._write(min(_BLOCK, self._total - self._at))
        self._target.mux(self._stream.encode(None))

    def close(self) -> None:
        """Close every source."""
        self._mix.close()

    def _write(self, samples: int, *, check: bool = True) -> None:
        if check:
            self._watch.check()
        block = np.ascontiguousarray(self._mix.read(samples))
        self._target.mux(self._stream.encode(sound_frame(block, self._at)))
        self._at += samples


def sound_frame(block: Block, at: int) -> av.AudioFrame:
    """Return *block*, float32 of shape (2, n), as a frame that begins at sample *at*."""
    frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
    frame.sample_rate = RATE
    frame.pts, frame.time_base = at, Fraction(1, RATE)
    return frame


def blocks(plan: Plan, assets: Mapping[str, Path], samples: int, watch: Watch) -> Iterator[Block]:
    """Yield the whole mix in blocks of *samples*, float32 of shape (2, n)."""
    left = total_samples(plan)
    with closing(_mix(plan, assets, watch)) as mix:
        while left > 0:
            watch.check()
            yield np.ascontiguousarray(mix.read(min(samples, left)))
            left -= samples


def _mix(plan: Plan, assets: Mapping[str, Path], watch: Watch) -> Mix:
    return Mix(plan.sounds, assets, plan.loudness, lambda: watch.cancelled)
