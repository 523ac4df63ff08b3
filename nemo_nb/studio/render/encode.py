"""A draft to an MP4: pictures are painted in one thread and encoded in another."""

# pyright: reportUnknownMemberType=false
# PyAV's stubs leave the stream type of a Packet open in encode, mux and add_stream.

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing, suppress
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import av
import numpy as np
from av.error import FFmpegError
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

from nemo_nb.errors import RenderCancelled, RenderFailed
from nemo_nb.media.probe import probe
from nemo_nb.models import Canvas, MediaInfo
from nemo_nb.studio.render.audio import RATE, Mixer
from nemo_nb.studio.render.compose import plan_of
from nemo_nb.studio.render.feed import Feed
from nemo_nb.studio.render.plan import Plan

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import OutputContainer
    from av.video.stream import VideoStream

QUALITIES: Final[dict[str, dict[str, str]]] = {
    "high": {"preset": "veryfast", "crf": "20"},
    "medium": {"preset": "veryfast", "crf": "23"},
    "low": {"preset": "superfast", "crf": "28"},
}
AUDIO_BITS_PER_S: Final = 160_000
_AAC_FRAME: Final = 1024
_KEYFRAME_EVERY_S: Final = 2.0


def render_mp4(
    draft: Any,
    assets: Mapping[str, Path],
    out: Path,
    *,
    canvas: Canvas | None = None,
    quality: str = "high",
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> MediaInfo:
    """Render *draft* to an H.264/AAC MP4 at *out*; blocks until it is there.

    The file is written beside *out* under another name and moved when it is whole, so *out*
    never holds half a film.

    Args:
        draft: The timeline (docs/draft.md).
        assets: The media files by their name in the draft.
        out: Where the MP4 goes; an older one is replaced.
        canvas: Size and frame rate, if not the draft's own.
        quality: ``high``, ``medium`` or ``low``.
        progress: Called with 0-100, at most once a percent, from the calling thread.
        cancelled: Asked before every frame whether to give up.

    Raises:
        NotReady: There is nothing to render.
        RenderCancelled: *cancelled* said so; no file is left.
        RenderFailed: A source is unknown, a size is out of bounds, or writing failed.
        BrokenMedia: A source cannot be read; it is named.
    """
    if quality not in QUALITIES:
        raise RenderFailed(f"There is no quality {quality!r}.", fix=f"Use {', '.join(QUALITIES)}.")
    plan = plan_of(draft, assets, canvas)
    report = _Progress(plan.frames, progress)
    partial = out.with_name(f".{out.name}.{secrets.token_hex(4)}.part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        _write(plan, assets, partial, QUALITIES[quality], report, cancelled or _never)
        partial.replace(out)
    except (FFmpegError, OSError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise RenderFailed(
            f"{out.name} could not be written.", f"{reason}.", "Check the disk, then export again."
        ) from error
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
    report.finish()
    return probe(out)


def _write(
    plan: Plan,
    assets: Mapping[str, Path],
    path: Path,
    options: Mapping[str, str],
    report: _Progress,
    cancelled: Callable[[], bool],
) -> None:
    with ExitStack() as files:
        feed = files.enter_context(Feed(plan, assets))
        mixer = files.enter_context(closing(Mixer(plan.sounds, assets)))
        target = files.enter_context(
            av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"})
        )
        video, audio = _streams(target, plan, options)
        sound = _SoundTrack(plan, mixer, target, audio)
        for index, frame in enumerate(feed.frames(cancelled)):
            frame.pts, frame.time_base = index, 1 / plan.rate
            target.mux(video.encode(frame))
            sound.write_until(index + 1)
            report.frame_done(index)
        target.mux(video.encode(None))
        sound.finish()
        if cancelled():
            raise RenderCancelled("The export was cancelled.")


def _streams(
    target: OutputContainer, plan: Plan, options: Mapping[str, str]
) -> tuple[VideoStream, AudioStream]:
    video = target.add_stream("libx264", rate=plan.rate, options=dict(options))
    video.width, video.height = plan.canvas.width, plan.canvas.height
    video.pix_fmt = "yuv420p"
    context = video.codec_context
    context.time_base = 1 / plan.rate
    context.profile = "High"
    # Players land on key frames: one every two seconds makes seeking feel immediate.
    context.gop_size = max(1, round(plan.rate * Fraction(_KEYFRAME_EVERY_S)))
    # PyAV defaults to slice threads, measured 16 % slower and larger than frame threads.
    context.thread_type = "AUTO"
    context.color_range = ColorRange.MPEG
    context.colorspace = Colorspace.ITU709
    context.color_primaries = ColorPrimaries.BT709
    context.color_trc = ColorTrc.BT709
    audio = target.add_stream("aac", rate=RATE, layout="stereo")
    audio.bit_rate = AUDIO_BITS_PER_S
    return video, audio


class _SoundTrack:
    """Writes the mix alongside the pictures, to exactly their length."""

    def __init__(
        self, plan: Plan, mixer: Mixer, target: OutputContainer, stream: AudioStream
    ) -> None:
        self._plan = plan
        self._mixer = mixer
        self._target = target
        self._stream = stream
        self._at = 0
        self._total = round(plan.frames * RATE / plan.rate)

    def write_until(self, frame: int) -> None:
        """Write whole AAC frames up to the time of *frame*."""
        wanted = min(self._total, round(frame * RATE / self._plan.rate))
        while self._at + _AAC_FRAME <= wanted:
            self._write(_AAC_FRAME)

    def finish(self) -> None:
        """Write what is left, then let the encoder out."""
        while self._at < self._total:
            self._write(min(_AAC_FRAME, self._total - self._at))
        self._target.mux(self._stream.encode(None))

    def _write(self, samples: int) -> None:
        block = np.ascontiguousarray(self._mixer.read(samples))
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        frame.sample_rate = RATE
        frame.pts, frame.time_base = self._at, Fraction(1, RATE)
        self._target.mux(self._stream.encode(frame))
        self._at += samples


class _Progress:
    """Tells each whole percent once; 100 only when the file is in place."""

    def __init__(self, frames: int, tell: Callable[[float], None] | None) -> None:
        self._frames = frames
        self._tell = tell
        self._told = -1

    def frame_done(self, index: int) -> None:
        """Tell how far frame *index* has brought it."""
        percent = min(99, (index + 1) * 100 // self._frames)
        if self._tell is not None and percent > self._told:
            self._told = percent
            self._tell(float(percent))

    def finish(self) -> None:
        """Tell that it is done."""
        if self._tell is not None:
            self._tell(100.0)


def _never() -> bool:
    return False
