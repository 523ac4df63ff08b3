"""The sound of a plan as it goes into a file: mixed, at its loudness, its peaks held."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nemo_nb.errors import RenderCancelled
from nemo_nb.studio.render.blocks import CHANNELS, RATE, samples_of
from nemo_nb.studio.render.limiter import Limiter
from nemo_nb.studio.render.loudness import Meter, gain_db
from nemo_nb.studio.render.mixer import Mixer
from nemo_nb.studio.render.sounds import TARGET_LUFS, Sound

if TYPE_CHECKING:
    from nemo_nb.studio.render.blocks import Block

__all__ = ["CHANNELS", "RATE", "Mix"]

CEILING_DBTP: Final = -2.0
"""AAC adds up to 0.6 dB to hard peaks (measured on drums at 128-160 kbit/s); what is heard must
stay at -1 dBTP or below."""


class Mix:
    """All sounds of a plan, mixed at the wished loudness; read like a :class:`Mixer`.

    The whole mix is measured before its first block is handed out, so the first
    :meth:`read` takes as long as decoding all the sound does. Nothing is held in memory.

    Args:
        sounds: What sounds, as :attr:`Plan.sounds` has it.
        assets: The media files by name.
        loudness: The target in LUFS, as :attr:`Plan.loudness` has it; None leaves the
            level as it is (peaks are held all the same).
        cancelled: Asked every second of sound, while measuring, whether to give up.
    """

    def __init__(
        self,
        sounds: Sequence[Sound],
        assets: Mapping[str, Path],
        loudness: float | None = TARGET_LUFS,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        self._sounds = sounds
        self._assets = assets
        self._loudness = loudness
        self._cancelled = cancelled
        self._mixer = Mixer(sounds, assets)
        self._limiter: Limiter | None = None

    def read(self, samples: int) -> Block:
        """Return the next block of *samples*, float32 of shape (2, samples).

        Raises:
            BrokenMedia: A source cannot be read; it is named.
            RenderCancelled: *cancelled* said so.
        """
        if self._limiter is None:
            self._limiter = Limiter(self._mixer.read, self.gain_db(), CEILING_DBTP)
        return self._limiter.read(samples)

    def close(self) -> None:
        """Close every source."""
        self._mixer.close()

    def gain_db(self) -> float:
        """Measure the mix from beginning to end; return by how much it will be raised.

        Raises:
            BrokenMedia: A source cannot be read; it is named.
            RenderCancelled: *cancelled* said so.
        """
        if self._loudness is None or not self._sounds:
            return 0.0
        meter = Meter()
        left = samples_of(max(sound.end_ms for sound in self._sounds))
        with closing(Mixer(self._sounds, self._assets)) as mixer:
            while left > 0:
                if self._cancelled is not None and self._cancelled():
                    raise RenderCancelled("The export was cancelled.")
                meter.feed(mixer.read(min(RATE, left)))
                left -= RATE
        loudest = max(sound.volume for sound in self._sounds)
        return gain_db(meter.levels(), self._loudness, loudest, CEILING_DBTP)
