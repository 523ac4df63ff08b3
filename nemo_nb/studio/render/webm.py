"""VP9 and Opus in a WebM."""

# pyright: reportUnknownMemberType=false
# PyAV's stubs leave the stream type of a Packet open in encode, mux and add_stream.

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Final

import av

from nemo_nb.studio.render import gops
from nemo_nb.studio.render.blocks import RATE
from nemo_nb.studio.render.feed import Feed
from nemo_nb.studio.render.mp4 import tag_bt709
from nemo_nb.studio.render.plan import Plan
from nemo_nb.studio.render.soundtrack import SoundTrack
from nemo_nb.studio.render.watch import Watch

# Constant quality, on VP9's scale of 0-63, at about the sizes that x264's three give.
_CRF: Final = {"high": 28, "medium": 33, "low": 40}
# "good" at 5 runs at a third of x264's speed; "realtime" at 8 is a fifth faster for four times
# the size (measured on 1080p).
_SPEED: Final = {"deadline": "good", "cpu-used": "5", "row-mt": "1", "tile-columns": "2"}
_KEYFRAME_EVERY_S: Final = 4.0
_MAX_THREADS: Final = 8
_OPUS_BITS_PER_S: Final = 128_000


def write_webm(
    plan: Plan, assets: Mapping[str, Path], path: Path, quality: str, watch: Watch
) -> None:
    """Write *plan* to *path* as WebM; *quality* is ``high``, ``medium`` or ``low``."""
    with ExitStack() as files:
        target = files.enter_context(av.open(str(path), "w", format="webm"))
        video = target.add_stream(
            "libvpx-vp9", rate=plan.rate, options={**_SPEED, "crf": str(_CRF[quality])}
        )
        video.width, video.height = plan.canvas.width, plan.canvas.height
        video.pix_fmt = "yuv420p"
        video.bit_rate = 0  # which is how the encoder is told to hold the quality alone
        context = video.codec_context
        context.time_base = 1 / plan.rate
        context.gop_size = gops.gop_length(plan.rate, _KEYFRAME_EVERY_S)
        context.thread_count = min(_MAX_THREADS, os.cpu_count() or 1)
        tag_bt709(context)
        audio = target.add_stream("libopus", rate=RATE, layout="stereo")
        audio.bit_rate = _OPUS_BITS_PER_S
        sound = files.enter_context(closing(SoundTrack(plan, assets, target, audio, watch)))
        feed = files.enter_context(Feed(plan, assets, range(plan.frames)))
        for index, frame in enumerate(feed.frames(watch)):
            frame.pts, frame.time_base = index, 1 / plan.rate
            target.mux(video.encode(frame))
            sound.write_until(index + 1)
            watch.done((index + 1) / plan.frames)
        target.mux(video.encode(None))
        sound.finish()
        watch.check()
