"""What a message asks of music, voices and sound."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from nemo_nb.studio.agent.intents import ALL, NO_TIMING, Intent, Timing, Which


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume(Intent):
    """Loudness: a level 0-1, or a factor on what is there; ``unmute``: as before the silence."""

    level: float | None
    factor: float = 1.0
    unmute: bool = False
    music: bool = False
    which: Which = ALL
    timing: Timing = NO_TIMING


@dataclass(frozen=True, slots=True, kw_only=True)
class AddMusic(Intent):
    """Music made by the studio, or a file as music; ``spec`` as in docs/draft.md.

    With ``replaces`` it is heard in place of the clips' own sound.
    """

    spec: dict[str, Any] = field(default_factory=dict[str, Any])
    file: str | None = None
    volume: float | None = None
    duck: bool = False
    fade_in_ms: int | None = None
    fade_out_ms: int | None = None
    timing: Timing = NO_TIMING
    replaces: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeMusic(Intent):
    """The music that plays, otherwise: what is named replaces that part of its spec."""

    spec: dict[str, Any]
    tempo: float = 1.0
    another: bool = False
    volume: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveMusic(Intent):
    """The music plays at another time; ``timing`` is a part of the video, in place of it.

    Where ``start_ms`` is None it begins where it did. With ``lasting`` it only goes on to the
    end of the pictures, again and again if need be; with ``adds`` there shall be music where
    none plays yet; ``times``: a recording is heard so often.
    """

    start_ms: int | None
    end_ms: int | None = None
    timing: Timing = NO_TIMING
    lasting: bool = False
    times: int = 0
    adds: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveMusic(Intent):
    """No more music."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddSound(Intent):
    """A sound file as voice-over; without a file the last one that was uploaded."""

    file: str | None = None
    volume: float = 1.0
    timing: Timing = NO_TIMING
    duck: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveVoice(Intent):
    """No more voice-over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundFades(Intent):
    """Sounds come from silence and go into it; 0 takes that away."""

    fade_in_ms: int | None = None
    fade_out_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duck(Intent):
    """Music steps back for speech: yes, by so many dB, or no."""

    duck: bool | float


@dataclass(frozen=True, slots=True, kw_only=True)
class Loudness(Intent):
    """The target of the whole mix, LUFS; None is the usual, ``as-is`` leaves it."""

    target: float | Literal["as-is"] | None
