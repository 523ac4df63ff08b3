"""One sound in its place on the timeline, with its volume, ramps and fades."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nemo_nb.studio.render.blocks import RATE, samples_of
from nemo_nb.studio.render.reader import Reader

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nemo_nb.studio.render.blocks import Block, Source
    from nemo_nb.studio.render.sounds import Sound


class Voice:
    """A sound that is opened when it begins and closed when it ends.

    Attributes:
        start, end: Samples of the timeline.
        duck_db: By how much it steps back while others sound; 0 for one that does not.
    """

    def __init__(self, sound: Sound, assets: Mapping[str, Path]) -> None:
        self._sound = sound
        self._assets = assets
        self._source: Source | None = None
        self.start = samples_of(sound.start_ms)
        self.end = self.start + samples_of(sound.duration_ms)
        self.duck_db = sound.duck_db

    def add_to(self, block: Block, at: int) -> None:
        """Add what sounds between sample *at* and the end of *block*.

        Raises:
            BrokenMedia: The source cannot be read; it is named.
        """
        first, last = max(at, self.start), min(at + block.shape[1], self.end)
        if first < last:
            if self._source is None:
                self._source = self._opened()
            part = self._source.read(last - first) * self._gain(first, last)
            block[:, first - at : last - at] += part
        if at + block.shape[1] >= self.end:
            self.close()

    def close(self) -> None:
        """Close the source."""
        if self._source is not None:
            self._source.close()
            self._source = None

    def _opened(self) -> Source:
        sound = self._sound
        if sound.music is not None:
            # Instruments are only built where music is made.
            from nemo_nb.studio.music.player import Player  # noqa: PLC0415

            return Player(sound.music, round(sound.duration_ms))
        return Reader(self._assets[sound.name], sound)

    def _gain(self, first: int, last: int) -> NDArray[np.float32] | float:
        sound = self._sound
        begin = max(sound.ramp_in_ms, sound.fade_in_ms) * RATE / 1000
        end = max(sound.ramp_out_ms, sound.fade_out_ms) * RATE / 1000
        if first >= self.start + begin and last <= self.end - end:
            return sound.volume
        since = np.arange(first - self.start, last - self.start, dtype=np.float32)
        until = (self.end - self.start) - since
        gain = np.full(since.shape, sound.volume, np.float32)
        for ms, distance in ((sound.ramp_in_ms, since), (sound.ramp_out_ms, until)):
            if ms:
                gain *= np.clip(distance / (ms * RATE / 1000), 0, 1)
        for ms, distance in ((sound.fade_in_ms, since), (sound.fade_out_ms, until)):
            if ms:
                # Half a cosine: no corner at either end to be heard.
                come = np.clip(distance / (ms * RATE / 1000), 0, 1)
                gain *= 0.5 - 0.5 * np.cos(np.float32(np.pi) * come)
        return gain
