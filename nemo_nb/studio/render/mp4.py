"""H.264 and AAC in an MP4; groups of pictures that an earlier film has are copied from it."""

# pyright: reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false
# PyAV's stubs leave the stream type of a Packet open in encode, mux and add_stream.

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, closing
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import av
from av.video.frame import PictureType
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

from nemo_nb.studio.render import gops, reuse
from nemo_nb.studio.render.blocks import RATE
from nemo_nb.studio.render.feed import Feed
from nemo_nb.studio.render.gops import Gop
from nemo_nb.studio.render.plan import Plan
from nemo_nb.studio.render.reuse import Film, Kept, Store
from nemo_nb.studio.render.soundtrack import SoundTrack
from nemo_nb.studio.render.watch import Watch

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import OutputContainer
    from av.video.stream import VideoStream

    from nemo_nb.studio.render.reuse import Packet

QUALITIES: Final[dict[str, dict[str, str]]] = {
    "high": {"preset": "veryfast", "crf": "20"},
    "medium": {"preset": "veryfast", "crf": "23"},
    "low": {"preset": "superfast", "crf": "28"},
    "proxy": {"preset": "superfast", "crf": "26"},
}
AUDIO_BITS_PER_S: Final = 160_000
KEYFRAME_EVERY_S: Final = 2.0
"""Players land on key frames: one every two seconds makes seeking feel immediate."""

PROXY_KEYFRAME_EVERY_S: Final = 0.5
# By how many frames decoding leads showing with x264's three B-frames in a pyramid.
_REORDERED: Final = 2
# What copying a frame takes, measured against encoding it.
_COPY_COST: Final = 0.02


def write_mp4(
    plan: Plan,
    assets: Mapping[str, Path],
    path: Path,
    quality: str,
    watch: Watch,
    films: Path | None = None,
) -> int:
    """Write *plan* to *path* and return how many frames were copied from earlier films.

    Args:
        plan: What to render.
        assets: The media files by their name in the draft.
        path: Where the MP4 goes; with *films* its index goes beside it.
        quality: A name of :data:`QUALITIES`.
        watch: Told how far it is, asked whether to go on.
        films: The folder of earlier films to copy from; None encodes everything.
    """
    every_s = PROXY_KEYFRAME_EVERY_S if quality == "proxy" else KEYFRAME_EVERY_S
    length = gops.gop_length(plan.rate, every_s)
    options = QUALITIES[quality]
    recipe = json.dumps([options, length, AUDIO_BITS_PER_S, str(plan.rate), repr(plan.canvas)])
    marks = gops.identities(assets) if films else {}
    groups = gops.cut(plan, marks, recipe, length)
    heard = gops.sound_key(plan, marks, recipe)
    with ExitStack() as files:
        target = files.enter_context(
            av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"})
        )
        video, audio = _streams(target, plan, options, length)
        kept: dict[str, Kept] = {}
        film: Film | None = None
        if films is not None:
            sets = reuse.parameter_sets(bytes(video.codec_context.extradata or b""))
            store = files.enter_context(closing(Store(films, recipe, sets)))
            kept = store.find(group.key for group in groups)
            film = store.find_sound(heard)
        sound: _Sound = (
            SoundTrack(plan, assets, target, audio, watch)
            if film is None
            else CopiedSound(film, plan.rate, target, audio)
        )
        files.callback(sound.close)
        pictures = _Pictures(plan, groups, kept, target, video, sound, watch)
        feed = files.enter_context(Feed(plan, assets, pictures.fresh))
        pictures.write(feed)
        sound.finish()
        watch.check()
    if films is not None:
        reuse.write_index(path, recipe, [(one.key, one.first, one.count) for one in groups], heard)
    return plan.frames - len(pictures.fresh)


def _streams(
    target: OutputContainer, plan: Plan, options: Mapping[str, str], length: int
) -> tuple[VideoStream, AudioStream]:
    # Key frames where they are forced and nowhere else: a scene change gets an I-frame inside
    # its group, so that the groups of two films begin at the same frames.
    grid = {"forced-idr": "1", "keyint_min": str(length + 1)}
    video = target.add_stream("libx264", rate=plan.rate, options={**options, **grid})
    video.width, video.height = plan.canvas.width, plan.canvas.height
    video.pix_fmt = "yuv420p"
    context = video.codec_context
    context.time_base = 1 / plan.rate
    context.profile = "High"
    context.gop_size = 2 * length + 2
    # PyAV defaults to slice threads, measured 16 % slower and larger than frame threads.
    context.thread_type = "AUTO"
    tag_bt709(context)
    context.open()
    audio = target.add_stream("aac", rate=RATE, layout="stereo")
    audio.bit_rate = AUDIO_BITS_PER_S
    return video, audio


def tag_bt709(context: Any) -> None:
    """Say what the planes are: BT.709, limited range."""
    context.color_range = ColorRange.MPEG
    context.colorspace = Colorspace.ITU709
    context.color_primaries = ColorPrimaries.BT709
    context.color_trc = ColorTrc.BT709


class _Sound(Protocol):
    def write_until(self, frame: int) -> None: ...
    def finish(self) -> None: ...
    def close(self) -> None: ...


class CopiedSound:
    """The sound track of an earlier film, packet by packet."""

    def __init__(
        self, film: Film, rate: Fraction, target: OutputContainer, stream: AudioStream
    ) -> None:
        self._packets = film.sound()
        self._next = next(self._packets, None)
        self._rate = rate
        self._target = target
        self._stream = stream

    def write_until(self, frame: int) -> None:
        """Write what begins before *frame*."""
        end_s = frame / self._rate
        while (packet := self._next) is not None:
            if (packet.pts or 0) * packet.time_base >= end_s:
                return
            self._mux(packet)

    def finish(self) -> None:
        """Write what is left."""
        while (packet := self._next) is not None:
            self._mux(packet)

    def close(self) -> None:
        """Nothing is held open: the film is the store's."""

    def _mux(self, packet: Packet) -> None:
        packet.stream = self._stream
        self._target.mux(packet)
        self._next = next(self._packets, None)


class _Pictures:
    """Brings copied and newly encoded groups into one stream, in order."""

    def __init__(
        self,
        plan: Plan,
        groups: Sequence[Gop],
        kept: Mapping[str, Kept],
        target: OutputContainer,
        stream: VideoStream,
        sound: _Sound,
        watch: Watch,
    ) -> None:
        self._groups = groups
        self._kept = kept
        self._target = target
        self._stream = stream
        self._sound = sound
        self._watch = watch
        self._time_base = 1 / plan.rate
        self._group = 0
        self._written = 0
        self._spent = 0.0
        self._starts = {group.first for group in groups}
        self.fresh = [
            frame
            for group in groups
            if group.key not in kept
            for frame in range(group.first, group.first + group.count)
        ]
        copied = plan.frames - len(self.fresh)
        self._cost = max(1e-9, len(self.fresh) + _COPY_COST * copied)

    def write(self, feed: Feed) -> None:
        """Write all groups."""
        for at, frame in enumerate(feed.frames(self._watch)):
            # The encoder counts its own frames: a gap in time would tell it that one stands
            # longer, and change how it spends its bits.
            frame.pts, frame.time_base = at, self._time_base
            if self.fresh[at] in self._starts:
                frame.pict_type = PictureType.I
            self._take(self._stream.encode(frame))
        self._take(self._stream.encode(None))
        self._copy_kept()

    def _take(self, packets: Iterable[Packet]) -> None:
        for packet in packets:
            self._copy_kept()
            assert packet.pts is not None  # noqa: S101  the encoder was given one
            self._mux(packet, self.fresh[packet.pts])
            self._done(1.0)

    def _copy_kept(self) -> None:
        """Copy the groups that come now, up to one that is being encoded."""
        while self._written == 0 and self._group < len(self._groups):
            group = self._groups[self._group]
            kept = self._kept.get(group.key)
            if kept is None:
                return
            self._watch.check()
            for number, packet in kept.packets():
                copied = av.Packet(reuse.byte_stream(packet))
                copied.is_keyframe = packet.is_keyframe
                self._mux(copied, group.first + number)
            self._done(_COPY_COST * group.count)

    def _mux(self, packet: Packet, frame: int) -> None:
        group = self._groups[self._group]
        packet.pts, packet.dts = frame, group.first + self._written - _REORDERED
        packet.time_base, packet.duration = self._time_base, 1
        packet.stream = self._stream
        self._target.mux(packet)
        self._written += 1
        if self._written == group.count:
            self._group, self._written = self._group + 1, 0
            self._sound.write_until(group.first + group.count)

    def _done(self, cost: float) -> None:
        self._spent += cost
        self._watch.done(self._spent / self._cost)
