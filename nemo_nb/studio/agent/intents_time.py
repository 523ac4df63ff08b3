"""What is asked of times: cuts, lengths and speed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nemo_nb.studio.agent.intents import ALL, NO_TIMING, Edge, Intent, Timing, Which


@dataclass(frozen=True, slots=True, kw_only=True)
class Trim(Intent):
    """Cut a length off the start or the end: of all, or of one picture that is counted or named.

    So it is with the parts below: their times are then those of that picture. ``it``: "start
    at 2 s", which may be said of a text.
    """

    edge: Edge
    length_ms: int
    which: Which = ALL
    it: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CutRange(Intent):
    """Cut a range out."""

    start_ms: int
    end_ms: int
    which: Which = ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class CutShare(Intent):
    """Cut a share of the whole out, from 0 to 1; with ``keep`` only that share stays."""

    low: float
    high: float
    keep: bool = False
    which: Which = ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepRange(Intent):
    """Keep a range, cut the rest; ``it`` may be a text."""

    start_ms: int
    end_ms: int
    which: Which = ALL
    it: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepEdge(Intent):
    """Keep a length from the start or the end, cut the rest; ``it`` may be a text."""

    edge: Edge
    length_ms: int
    it: bool = False
    which: Which = ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalLength(Intent):
    """The whole video shall be this long; ``it`` may be what was spoken of last."""

    length_ms: int
    it: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoLength(Intent):
    """Show each photo this long, or the one that is meant; or so much ``longer`` than now."""

    length_ms: int
    which: Which = ALL
    change: Literal["to", "longer", "shorter"] = "to"


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed(Intent):
    """Playback speed, against now or (``absolute``) against the recording."""

    factor: float
    absolute: bool
    which: Which = ALL
    timing: Timing = NO_TIMING
