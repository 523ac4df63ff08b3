"""Sound out of a file: from a point on, forward or backward, again and again, at a speed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import numpy as np
from av.audio.frame import AudioFrame
from av.error import BlockingIOError as AgainError
from av.error import EOFError as EndError
from av.filter import Graph
from av.stream import Discard

from nemo_nb.errors import BrokenMedia
from nemo_nb.media import containers
from nemo_nb.studio.render.blocks import RATE, Fifo, samples_of, silence

if TYPE_CHECKING:
    from av.audio.stream import AudioStream

    from nemo_nb.studio.render.blocks import Block
    from nemo_nb.studio.render.sounds import Sound

# An audio decoder needs some frames before the wanted one to come right.
_PREROLL_S: Final = 0.25
# Time stamps of WebM and FLV are whole ms; what is further off is a gap, or a clock that drifts.
_OFF_S: Final = 0.020
# One atempo filter blends well from half to double speed; more is a chain of them.
_TEMPO_STEP: Final = 2.0
_BACKWARD_MS: Final = 4000.0
_SEAM_MS: Final = 4.0
_SILENCE_STEP: Final = RATE
# A file of 32-bit floats may hold anything; 18 dB over full scale is more than any means.
_HIGHEST: Final = 8.0


class Reader:
    """A file's first sound stream as a :class:`Sound` plays it; silence beyond its end."""

    def __init__(self, path: Path, sound: Sound) -> None:
        self._tape = Tape(path, sound.name)
        self._fifo = Fifo()
        self._blocks = stretched(played(self._tape, sound), sound.speed)

    def read(self, samples: int) -> Block:
        """Return the next *samples*.

        Raises:
            BrokenMedia: The file cannot be decoded; it is named.
        """
        while self._fifo.size < samples:
            block = next(self._blocks, None)
            if block is None:
                break
            self._fifo.push(block)
        return self._fifo.pop(samples)

    def close(self) -> None:
        """Let go of the file."""
        self._tape.close()


def played(tape: Tape, sound: Sound) -> Iterator[Block]:
    """Yield *sound* at normal speed, without its volume."""
    along = tape.backward if sound.reverse else tape.forward
    if sound.loop is None:
        yield from along(sound.in_ms, 0.0 if sound.reverse else math.inf)
        return
    low, high = sound.loop
    first, last = (high, low) if sound.reverse else (low, high)
    at = sound.in_ms
    while True:
        empty = True
        for block in along(at, last):
            empty = False
            yield block
        if empty and at == first:
            return
        at = first


class Tape:
    """A file's first sound stream as 48 kHz stereo, read from wherever one likes.

    Raises:
        BrokenMedia: The file cannot be opened, or holds no sound.
    """

    def __init__(self, path: Path, name: str) -> None:
        self._name = name
        self._container = containers.open_input(path, name)
        known = [s for s in self._container.streams.audio if _has_decoder(s)]
        # Where none is known, the first one's decoder says what is the matter.
        heard = known or list(self._container.streams.audio)
        if not heard:
            self._container.close()
            raise BrokenMedia(f"{name} holds no sound.", fix="Remove it from the track.")
        self._stream = heard[0]
        self._start_s = containers.start_s(self._container)
        self._fresh = True
        for stream in self._container.streams:
            # The demuxer then skips the pictures instead of reading gigabytes of them.
            if stream.index != self._stream.index:
                stream.discard = Discard.all

    def close(self) -> None:
        """Let go of the file."""
        self._container.close()

    def forward(self, from_ms: float, to_ms: float) -> Iterator[Block]:
        """Yield the sound between two times; up to *to_ms* exactly, unless that is infinite."""
        if math.isinf(to_ms):
            yield from self._from(from_ms, None)
            return
        total = samples_of(to_ms - from_ms)
        done = 0
        for block in self._from(from_ms, total):
            done += block.shape[1]
            yield block
        yield from _silent(total - done)

    def backward(self, from_ms: float, to_ms: float) -> Iterator[Block]:
        """Yield the sound from *from_ms* back to *to_ms*, a few seconds held at a time."""
        seam = samples_of(_SEAM_MS)
        fade = np.linspace(0, 1, seam, dtype=np.float32)
        tail: Block | None = None
        while from_ms > to_ms:
            begin = max(to_ms, from_ms - _BACKWARD_MS)
            lead = min(begin, _SEAM_MS)
            parts = list(self.forward(begin - lead, from_ms))
            block = np.concatenate(parts, axis=1)[:, ::-1]
            if tail is not None and block.shape[1] >= seam:
                # A resampler begins between two samples: the seam is blended, not butted.
                block[:, :seam] = block[:, :seam] * fade + tail * (1 - fade)
            keep = block.shape[1] - samples_of(lead)
            # What lies before this part of the file sounds next, and is read again with it.
            tail = block[:, keep:] if samples_of(lead) == seam else None
            yield block[:, :keep]
            from_ms = begin

    def _from(self, from_ms: float, total: int | None) -> Iterator[Block]:
        begin_s = self._start_s + from_ms / 1000
        if not self._fresh or from_ms > 1000 * _PREROLL_S:
            with containers.naming(self._name):
                self._seek(begin_s - _PREROLL_S)
        self._fresh = False
        yield from _placed(self._pieces(begin_s), total)

    def _seek(self, to_s: float) -> None:
        base = self._stream.time_base or Fraction(1, containers.MICROSECONDS)
        target = max(0.0, to_s)
        self._container.seek(round(target / base), stream=self._stream)

    def _pieces(self, begin_s: float) -> Iterator[tuple[int, Block]]:
        """Yield blocks with the sample, counted from *begin_s*, where each belongs."""
        run: _Run | None = None
        with containers.naming(self._name):
            for frame in containers.decoded(self._container, self._stream):
                if run is None or not run.goes_on_with(frame):
                    if run is not None:
                        yield from run.finished()
                    at_s = begin_s if frame.time is None else frame.time
                    run = _Run(frame, at_s, round((at_s - begin_s) * RATE))
                yield from run.pushed(frame)
            if run is not None:
                yield from run.finished()


class _Run:
    """Frames of one form without a gap, through one resampler: its count of samples is exact."""

    def __init__(self, first: AudioFrame, at_s: float, place: int) -> None:
        self._form = _form(first)
        self._next_s = at_s
        self._place = place
        plain = self._form == (RATE, "fltp", "stereo")
        self._graph = None if plain else _resampling(first)

    def goes_on_with(self, frame: AudioFrame) -> bool:
        """Whether *frame* has the same form and comes when it should."""
        on_time = frame.time is None or abs(frame.time - self._next_s) <= _OFF_S
        return on_time and _form(frame) == self._form

    def pushed(self, frame: AudioFrame) -> Iterator[tuple[int, Block]]:
        """Yield what comes out for *frame*."""
        self._next_s += frame.samples / frame.sample_rate
        if self._graph is None:
            yield from self._placed([cast("Block", frame.to_ndarray())])
        else:
            # The resampler counts for itself: late or missing stamps must not disturb it.
            frame.pts = None
            self._graph.push(frame)
            yield from self._placed(_pulled(self._graph))

    def finished(self) -> Iterator[tuple[int, Block]]:
        """Yield what was under way."""
        if self._graph is not None:
            self._graph.push(None)
            yield from self._placed(_pulled(self._graph))

    def _placed(self, blocks: Iterable[Block]) -> Iterator[tuple[int, Block]]:
        for block in blocks:
            yield self._place, _sane(block)
            self._place += block.shape[1]


def _placed(pieces: Iterator[tuple[int, Block]], total: int | None) -> Iterator[Block]:
    """Yield pieces one after the other: silence in the gaps, nothing twice, *total* at most."""
    done = 0
    for place, block in pieces:
        gap = place if total is None else min(place, total)
        yield from _silent(gap - done)
        done = max(done, gap)
        part = block[:, max(0, done - place) :]
        if total is not None:
            part = part[:, : total - done]
        if part.shape[1]:
            yield part
            done += part.shape[1]
        if done == total:
            return


def stretched(blocks: Iterator[Block], speed: float) -> Iterator[Block]:
    """Yield *blocks* at *speed*, their pitch kept."""
    if speed == 1:
        yield from blocks
        return
    graph = Graph()
    nodes = [
        graph.add_abuffer(
            sample_rate=RATE, format="fltp", layout="stereo", time_base=Fraction(1, RATE)
        ),
        *(graph.add("atempo", f"{tempo:.9f}") for tempo in tempos(speed)),
        # The tempo filter hands on interleaved samples.
        graph.add("aformat", f"sample_fmts=fltp:channel_layouts=stereo:sample_rates={RATE}"),
        graph.add("abuffersink"),
    ]
    graph.link_nodes(*nodes).configure()
    at = 0
    for block in blocks:
        graph.push(frame_of(block, at))
        at += block.shape[1]
        yield from _pulled(graph)
    graph.push(None)
    yield from _pulled(graph)


def tempos(speed: float) -> tuple[float, ...]:
    """Return the factors of a chain of atempo filters that make *speed* together."""
    if speed == 1:
        return ()
    count = 1
    while not 1 / _TEMPO_STEP <= speed ** (1 / count) <= _TEMPO_STEP:
        count += 1
    return (speed ** (1 / count),) * count


def frame_of(block: Block, at: int) -> AudioFrame:
    """Return *block* as a frame that begins at sample *at*."""
    frame = AudioFrame.from_ndarray(np.ascontiguousarray(block), format="fltp", layout="stereo")
    frame.sample_rate = RATE
    frame.pts, frame.time_base = at, Fraction(1, RATE)
    return frame


def _resampling(like: AudioFrame) -> Graph:
    graph = Graph()
    channels = like.layout.nb_channels
    nodes = [
        graph.add_abuffer(
            sample_rate=like.sample_rate,
            format=like.format.name,
            layout=like.layout.name,
            time_base=Fraction(1, like.sample_rate),
        ),
        # FFmpeg's own way from mono to stereo is 3 dB too quiet for a voice.
        *([graph.add("pan", "stereo|c0=c0|c1=c0")] if channels == 1 else []),
        # Surround is folded by ITU-R BS.775 without being turned down for the loudest case,
        # which whole-number formats would be: the limiter is there for that.
        graph.add("aresample", f"{RATE}:osf=fltp:ochl=stereo:rematrix_maxval=1000"),
        graph.add("aformat", f"sample_fmts=fltp:channel_layouts=stereo:sample_rates={RATE}"),
        graph.add("abuffersink"),
    ]
    graph.link_nodes(*nodes).configure()
    return graph


def _has_decoder(stream: AudioStream) -> bool:
    # PyAV types it otherwise, yet it is None where the codec is unknown.
    return cast("object", stream.codec_context) is not None


def _form(frame: AudioFrame) -> tuple[int, str, str]:
    return frame.sample_rate, frame.format.name, frame.layout.name


def _sane(block: Block) -> Block:
    loudest = float(np.abs(block).max(initial=0.0))
    if loudest <= _HIGHEST:
        return block
    return np.clip(np.nan_to_num(block, posinf=0, neginf=0), -_HIGHEST, _HIGHEST)


def _silent(samples: int) -> Iterator[Block]:
    while samples > 0:
        step = min(samples, _SILENCE_STEP)
        yield silence(step)
        samples -= step


def _pulled(graph: Graph) -> Iterator[Block]:
    with suppress(AgainError, EndError):
        while True:
            yield cast("Block", cast("AudioFrame", graph.pull()).to_ndarray())
