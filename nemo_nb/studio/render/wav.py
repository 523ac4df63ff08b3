"""The sound of the film as 16-bit PCM."""

# pyright: reportUnknownMemberType=false
# PyAV's stubs leave the stream type of a Packet open in encode, mux and add_stream.

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import av
import numpy as np

from nemo_nb.errors import NotReady
from nemo_nb.studio.render.blocks import RATE
from nemo_nb.studio.render.plan import Plan
from nemo_nb.studio.render.soundtrack import blocks, total_samples
from nemo_nb.studio.render.watch import Watch

_BLOCK: Final = RATE  # one second
_FULL_SCALE: Final = 32_767


def write_wav(plan: Plan, assets: Mapping[str, Path], path: Path, watch: Watch) -> None:
    """Write the mix of *plan* to *path*: 48 kHz, stereo.

    Raises:
        NotReady: Nothing on the timeline sounds.
    """
    if not plan.sounds:
        raise NotReady(
            "The timeline is silent.",
            "None of its clips and tracks sounds.",
            "Add music, or export a picture format.",
        )
    total, at = total_samples(plan), 0
    with av.open(str(path), "w", format="wav") as target:
        stream = target.add_stream("pcm_s16le", rate=RATE, layout="stereo")
        for block in blocks(plan, assets, _BLOCK, watch):
            scaled = np.rint(np.clip(block, -1, 1) * _FULL_SCALE).astype(np.int16)
            packed = np.ascontiguousarray(scaled.T).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(packed, format="s16", layout="stereo")
            frame.sample_rate, frame.pts = RATE, at
            target.mux(stream.encode(frame))
            at += block.shape[1]
            watch.done(at / total)
        target.mux(stream.encode(None))
