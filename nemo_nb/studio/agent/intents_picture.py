"""What a message asks of pictures and of what lies over them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from nemo_nb.studio.agent.intents import ALL, NO_TIMING, Intent, Look, Timing, Which


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictured(Intent):
    """The part common to edits of pictures: which are meant, and in which part of the cut."""

    which: Which = ALL
    timing: Timing = NO_TIMING


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjust(Pictured):
    """Colours: how much each of ``edits_picture.ADJUSTMENTS`` changes, or (absolute) is."""

    changes: dict[str, float]
    absolute: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceBrightness(Pictured):
    """Brightness to be set by what is measured: "adjust brightness" says no direction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetLook(Pictured):
    """Back to how it was: all looks, or these."""

    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Background(Pictured):
    """What lies behind the subject; None brings the original back."""

    background: dict[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotate(Pictured):
    """A turn, degrees clockwise."""

    degrees: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip(Pictured):
    """Mirrored."""

    axis: Literal["horizontal", "vertical"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crop(Pictured):
    """Cut at the sides, percent of the upright source, or to a shape."""

    box: dict[str, float] | None = None
    ratio: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place(Pictured):
    """Where a picture lies and how big it is; ``grow`` is against now."""

    corner: str | None = None
    scale: float | None = None
    grow: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Opacity(Pictured):
    """How much of what lies below shows through: 1 nothing."""

    opacity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion(Pictured):
    """How a still moves; ``alternate`` is another move for each."""

    kind: str
    toward: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFades(Pictured):
    """From and to black; None where nothing is said, 0 takes it away."""

    fade_in_ms: int | None = None
    fade_out_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddOverlay(Intent):
    """A logo, watermark or picture in picture; a watermark may be words."""

    kind: str
    file: str | None = None
    place: int | None = None
    text: str | None = None
    corner: str | None = None
    scale: float | None = None
    opacity: float | None = None
    look: Look = field(default_factory=Look)
    timing: Timing = NO_TIMING


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveOverlay(Intent):
    """What lies over the picture goes."""

    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyLook(Intent):
    """The look of the picture last spoken of, for all."""
