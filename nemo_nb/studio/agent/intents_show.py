"""What a message asks of the order of pictures, transitions, slideshows and comparisons."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from nemo_nb.studio.agent.intents import ALL, NO_TIMING, Intent, Look, Timing, Which


@dataclass(frozen=True, slots=True, kw_only=True)
class Transitions(Intent):
    """Transitions between pictures; ``kinds`` in turn, ``none`` for hard cuts.

    Without kinds each keeps its own, and lasts ``length_ms``, or ``grow`` times as long.
    """

    kinds: tuple[str, ...]
    length_ms: int
    grow: float = 1.0
    direction: str | None = None
    which: Which = ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class Slideshow(Intent):
    """The photos one after the other; None where nothing is said.

    ``music`` is a spec (empty: any), ``card`` gives the title a picture of its own;
    ``photo_ms`` is that of each, ``length_ms`` of the whole.
    """

    photo_ms: int | None = None
    length_ms: int | None = None
    kinds: tuple[str, ...] = ()
    transition_ms: int | None = None
    direction: str | None = None
    motion: bool = True
    toward: bool = False
    music: dict[str, Any] | None = None
    volume: float | None = None
    title: str | None = None
    title_wanted: bool = False
    card: bool = False
    title_ms: int | None = None
    taken: bool = False
    rhythm: bool = False
    ratio: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleCard(Intent):
    """A title on a picture of its own, in front of the photos."""

    text: str
    length_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToTheBeat(Intent):
    """Photos change on the beats of the music."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reorder(Intent):
    """Pictures in another order: ``reverse``, ``shuffle``, ``taken``, ``name``, or ``given``.

    ``places`` are those of all pictures in the order given.
    """

    order: str
    places: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MovePicture(Intent):
    """One picture to another place: 0 first, -1 last; or before or after the one there.

    ``beside`` names that one where it is not counted.
    """

    which: Which
    to: int
    side: Literal["at", "before", "after"] = "at"
    beside: Which = ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapPictures(Intent):
    """Two pictures change places; ``both``: there are only two. ``files`` name them instead."""

    places: tuple[int, int]
    both: bool = False
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reverse(Intent):
    """Clips played backwards."""

    which: Which = ALL
    timing: Timing = NO_TIMING


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze(Intent):
    """A frame that stands still; ``at_ms`` None is the last one."""

    at_ms: int | None
    length_ms: int
    share: float | None = None
    which: Which = ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop(Intent):
    """Clips again and again: so many times, or until they last so long."""

    which: Which = ALL
    times: int = 2
    length_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Split(Intent):
    """A picture becomes two, so many ``parts`` of one length, or parts of ``every_ms``."""

    at_ms: int | None
    share: float | None = None
    parts: int = 2
    every_ms: int | None = None
    which: Which = ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate(Intent):
    """A picture stands there once more: right behind itself, or at the place ``to``."""

    which: Which
    times: int = 1
    to: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareClips(Intent):
    """Clips beside or above each other, in step: all, or those that are named, in turn."""

    layout: Literal["side-by-side", "stacked"]
    places: tuple[int, ...] = ()
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Variant:
    """One side of a comparison: how the captions look, and what they say."""

    name: str
    look: Look = field(default_factory=Look)
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TestCaptions(Intent):
    """Variants of the captions on one cut, compared; ``about`` is what shall differ."""

    __test__ = False  # a name that pytest would take for a test class

    variants: tuple[Variant, ...]
    about: str = "style"
    count: int = 2
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddCaptions(Intent):
    """Captions that were pasted: (from ms, to ms, words); times None are shared out."""

    cues: tuple[tuple[int | None, int | None, str], ...]
    look: Look = field(default_factory=Look)
