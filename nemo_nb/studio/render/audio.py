"""The sound of a plan, mixed block by block: nothing is ever held whole in memory.

Blocks are float32 of shape (2, n) at 48 kHz, 1.0 being full scale.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import numpy as np
from av.error import BlockingIOError as AgainError
from av.error import EOFError as EndError
from av.filter import Graph

from nemo_nb.errors import BrokenMedia
from nemo_nb.media import containers
from nemo_nb.studio.render.sounds import Sound

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from numpy.typing import NDArray

    Block = NDArray[np.float32]

RATE: Final = 48_000
CHANNELS: Final = 2

# Above the knee peaks are bent, softly, towards the ceiling; -0.2 dBFS leaves room for what
# the AAC encoder adds.
_KNEE: Final = 0.85
_CEILING: Final = 0.977
# An audio decoder needs some frames before the wanted one to come right.
_PREROLL_S: Final = 0.25
# One atempo filter blends well from half to double speed; more is a chain of them.
_TEMPO_STEP: Final = 2.0


class Mixer:
    """The sum of all sounds. Read it from the beginning; sources open and close on the way."""

    def __init__(self, sounds: Sequence[Sound], assets: Mapping[str, Path]) -> None:
        voices = (Voice(sound, assets[sound.name]) for sound in sounds)
        self._waiting = sorted(voices, key=lambda voice: voice.start, reverse=True)
        self._playing: list[Voice] = []
        self._at = 0

    def read(self, samples: int) -> Block:
        """Return the next block of *samples*, shape (2, samples).

        Raises:
            BrokenMedia: A source cannot be read; it is named.
        """
        mixed = np.zeros((CHANNELS, samples), np.float32)
        until = self._at + samples
        while self._waiting and self._waiting[-1].start < until:
            self._playing.append(self._waiting.pop())
        for voice in self._playing:
            voice.add_to(mixed, self._at)
        self._playing = [voice for voice in self._playing if voice.end > until]
        self._at = until
        return limited(mixed)

    def close(self) -> None:
        """Close every source."""
        for voice in self._playing:
            voice.close()


class Voice:
    """One sound in its place. ``start`` and ``end`` are samples of the timeline."""

    def __init__(self, sound: Sound, path: Path) -> None:
        self._sound = sound
        self._path = path
        self._reader: Reader | None = None
        self.start = round(sound.start_ms * RATE / 1000)
        self.end = self.start + round(sound.duration_ms * RATE / 1000)

    def add_to(self, block: Block, at: int) -> None:
        """Add what sounds between sample *at* and the end of *block*."""
        first, last = max(at, self.start), min(at + block.shape[1], self.end)
        if first < last:
            if self._reader is None:
                self._reader = Reader(self._path, self._sound)
            part = self._reader.read(last - first) * self._gain(first, last)
            block[:, first - at : last - at] += part
        if at + block.shape[1] >= self.end:
            self.close()

    def close(self) -> None:
        """Close the source."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _gain(self, first: int, last: int) -> Block | float:
        ramp_in = self._sound.ramp_in_ms * RATE / 1000
        ramp_out = self._sound.ramp_out_ms * RATE / 1000
        inside = first >= self.start + ramp_in and last <= self.end - ramp_out
        if inside:
            return self._sound.volume
        at = np.arange(first, last, dtype=np.float32)
        gain = np.full(at.shape, self._sound.volume, np.float32)
        if ramp_in:
            gain *= np.clip((at - self.start) / ramp_in, 0, 1)
        if ramp_out:
            gain *= np.clip((self.end - at) / ramp_out, 0, 1)
        return gain


class Reader:
    """A file's first sound stream from a point on, at a speed, its pitch kept."""

    def __init__(self, path: Path, sound: Sound) -> None:
        self._name = sound.name
        self._speed = sound.speed
        self._container = containers.open_input(path, sound.name)
        self._blocks = self._filtered()
        self._rest = np.zeros((CHANNELS, 0), np.float32)
        try:
            self._open(sound.in_ms)
        except BaseException:
            self._container.close()
            raise

    def _open(self, in_ms: float) -> None:
        if not self._container.streams.audio:
            raise BrokenMedia(f"{self._name} holds no sound.", fix="Remove it from the track.")
        self._stream = self._container.streams.audio[0]
        self._from_s = containers.start_s(self._container) + in_ms / 1000
        if in_ms > 1000 * _PREROLL_S:
            self._seek()

    def read(self, samples: int) -> Block:
        """Return the next *samples*, silence beyond the end."""
        result = np.zeros((CHANNELS, samples), np.float32)
        filled = 0
        while filled < samples:
            if not self._rest.shape[1]:
                with containers.naming(self._name):
                    block = next(self._blocks, None)
                if block is None:
                    break
                self._rest = block
            taken = min(samples - filled, self._rest.shape[1])
            result[:, filled : filled + taken] = self._rest[:, :taken]
            self._rest = self._rest[:, taken:]
            filled += taken
        return result

    def close(self) -> None:
        """Let go of the file."""
        self._container.close()

    def _seek(self) -> None:
        target = max(0.0, self._from_s - _PREROLL_S)
        with containers.naming(self._name):
            base = self._stream.time_base or Fraction(1, containers.MICROSECONDS)
            self._container.seek(round(target / base), stream=self._stream)

    def _filtered(self) -> Iterator[Block]:
        graph: Graph | None = None
        heard: tuple[object, ...] = ()
        for frame in containers.decoded(self._container, self._stream):
            form = (frame.sample_rate, frame.format.name, frame.layout.name)
            if graph is None or form != heard:
                # Some streams change their form half-way; what was under way is let out.
                yield from _drained(graph)
                begin = self._from_s if graph is None else frame.time or self._from_s
                graph, heard = self._graph(frame, begin), form
            graph.push(frame)
            yield from _pulled(graph)
        yield from _drained(graph)

    def _graph(self, like: AudioFrame, begin_s: float) -> Graph:
        """Build the filters from *begin_s* of the source on: 48 kHz stereo, at the speed."""
        graph = Graph()
        nodes = [
            graph.add_abuffer(
                sample_rate=like.sample_rate,
                format=like.format.name,
                layout=like.layout.name,
                time_base=like.time_base or Fraction(1, like.sample_rate),
            ),
            # FFmpeg's own way from mono to stereo is 3 dB too quiet for a voice.
            *([graph.add("pan", "stereo|c0=c0|c1=c0")] if like.layout.nb_channels == 1 else []),
            # first_pts cuts what comes before the in point, or waits for a late stream;
            # async=1 lays gaps between time stamps as silence.
            graph.add("aresample", f"{RATE}:async=1:first_pts={round(begin_s * RATE)}"),
            *(graph.add("atempo", f"{tempo:.6f}") for tempo in tempos(self._speed)),
            # After the tempo, which would hand on interleaved samples.
            graph.add("aformat", f"sample_fmts=fltp:channel_layouts=stereo:sample_rates={RATE}"),
            graph.add("abuffersink"),
        ]
        graph.link_nodes(*nodes).configure()
        return graph


def tempos(speed: float) -> tuple[float, ...]:
    """Return the factors of a chain of atempo filters that make *speed* together."""
    if speed == 1:
        return ()
    count = 1
    while not 1 / _TEMPO_STEP <= speed ** (1 / count) <= _TEMPO_STEP:
        count += 1
    return (speed ** (1 / count),) * count


def limited(block: Block) -> Block:
    """Bend peaks so that nothing clips; what stays below the knee is untouched."""
    loud = np.abs(block)
    if float(loud.max(initial=0.0)) <= _KNEE:
        return block
    room = _CEILING - _KNEE
    bent = _KNEE + room * np.tanh((loud - _KNEE) / room)
    return np.where(loud > _KNEE, np.copysign(bent, block), block).astype(np.float32)


def _pulled(graph: Graph) -> Iterator[Block]:
    with suppress(AgainError, EndError):
        while True:
            yield cast("Block", cast("AudioFrame", graph.pull()).to_ndarray())


def _drained(graph: Graph | None) -> Iterator[Block]:
    if graph is not None:
        graph.push(None)
        yield from _pulled(graph)
