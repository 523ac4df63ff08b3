"""The sum of all sounds, block by block: nothing is ever held whole in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from nemo_nb.studio.render.blocks import Fifo, silence
from nemo_nb.studio.render.ducking import AHEAD, Ducker
from nemo_nb.studio.render.sounds import Sound
from nemo_nb.studio.render.voices import Voice

if TYPE_CHECKING:
    from nemo_nb.studio.render.blocks import Block

_STEP: Final = 9600


class Mixer:
    """Sounds added up at their volumes. Sources open and close on the way.

    Read it from the beginning to the end; its peaks may go beyond full scale.
    """

    def __init__(self, sounds: Sequence[Sound], assets: Mapping[str, Path]) -> None:
        voices = [Voice(sound, assets) for sound in sounds]
        self._waiting = sorted(voices, key=lambda voice: voice.start, reverse=True)
        self._playing: list[Voice] = []
        self._at = 0
        # One queue for each depth that somebody steps back by; 0 dB is who does not.
        self._queues = {depth: Fifo() for depth in {0.0, *(voice.duck_db for voice in voices)}}
        self._ducker = Ducker() if len(self._queues) > 1 else None

    def read(self, samples: int) -> Block:
        """Return the next block of *samples*, shape (2, samples).

        Raises:
            BrokenMedia: A source cannot be read; it is named.
        """
        if self._ducker is None:
            return self._mixed(samples)[0.0]
        others = self._queues[0.0]
        while others.size < samples + AHEAD:
            for depth, block in self._mixed(_STEP).items():
                self._queues[depth].push(block)
                if not depth:
                    self._ducker.hear(block)
        amounts = self._ducker.amounts(samples)
        result = others.pop(samples)
        for depth, queue in self._queues.items():
            if depth:
                result += queue.pop(samples) * np.exp(amounts * np.float32(-depth * _PER_DB))
        return result

    def close(self) -> None:
        """Close every source."""
        for voice in self._playing:
            voice.close()

    def _mixed(self, samples: int) -> dict[float, Block]:
        blocks = {depth: silence(samples) for depth in self._queues}
        until = self._at + samples
        while self._waiting and self._waiting[-1].start < until:
            self._playing.append(self._waiting.pop())
        for voice in self._playing:
            voice.add_to(blocks[voice.duck_db], self._at)
        self._playing = [voice for voice in self._playing if voice.end > until]
        self._at = until
        return blocks


_PER_DB: Final = float(np.log(10) / 20)
"""From decibels to the exponent of a gain."""
