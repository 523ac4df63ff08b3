"""What a message asks for: one frozen record per kind of edit, each with its span."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal

Span = tuple[int, int]
Role = Literal["caption", "title"]
Edge = Literal["first", "last"]


@dataclass(frozen=True, slots=True)
class Look:
    """What is said about the looks of a text.

    Attributes:
        changes: Fields of a text style, ``preset`` among them.
        grow: Factor for the size of the letters.
    """

    changes: dict[str, Any] = field(default_factory=dict[str, Any])
    grow: float = 1.0

    def __bool__(self) -> bool:
        return bool(self.changes) or self.grow != 1.0


@dataclass(frozen=True, slots=True)
class Timing:
    """What is said about when a text stands, ms; None where nothing is said.

    ``place`` is the picture it stands on: 0 the first, -1 the last. ``share`` is the part of
    the whole video (from 0 to 1), its end None where only the beginning is said. ``anchor``
    is a text to follow or lead to: (after or before, role, places). ``to_end`` is "until
    the end". ``moved_ms`` is "… later", ``longer_ms`` "… longer"; less than 0: earlier, shorter.
    """

    start_ms: int | None = None
    end_ms: int | None = None
    duration_ms: int | None = None
    edge: Edge | None = None
    whole: bool = False
    place: int | None = None
    share: tuple[float, float | None] | None = None
    anchor: tuple[str, Role, tuple[int, ...]] | None = None
    to_end: bool = False
    moved_ms: int = 0
    longer_ms: int = 0

    def __bool__(self) -> bool:
        return self != Timing()


@dataclass(frozen=True, slots=True)
class Pick:
    """Which of several texts is meant.

    Attributes:
        places: 0 the first, -1 the last; empty where they are not counted.
        at: The texts that stand within these times, ms.
        that: One that was spoken of: "that caption".
    """

    places: tuple[int, ...] = ()
    at: Span | None = None
    that: bool = False

    def __bool__(self) -> bool:
        return self != Pick()


@dataclass(frozen=True, slots=True)
class Which:
    """Which pictures or sounds are meant.

    Attributes:
        places: 0 the first, -1 the last; empty where they are not counted.
        file: A file name.
        noun: ``photo``, ``video``, ``logo``, ``watermark``, ``pip``, ``music``, ``voice`` or
            nothing: all pictures.
        it: One that was spoken of.
        every: "each", "all".
    """

    places: tuple[int, ...] = ()
    file: str | None = None
    noun: str = ""
    it: bool = False
    every: bool = False

    def __bool__(self) -> bool:
        return self != Which()


NO_TIMING: Final = Timing()
ALL: Final = Which()
"""No picture is named: all are meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """The part common to all: where in the message it stands, and words skipped in it."""

    span: Span
    skipped: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddText(Intent):
    """A caption or title; without words the agent has to ask.

    ``pick`` is its number where it has one ("caption 2: …"): one that is there is replaced. So
    is, with ``or_replaces``, the one that stands where it should: 'title: "New"' asks for no
    second one.
    """

    role: Role
    text: str | None
    look: Look
    timing: Timing
    pick: Pick = Pick()
    or_replaces: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionPhoto(Intent):
    """A caption for a photo; without words the photo is described.

    ``place`` counts the photos from 0, or from the end: -1 is the last. ``voicing`` is how a
    description is worded: ``plain``, ``playful``, ``product``.
    """

    text: str | None
    look: Look
    timing: Timing
    every: bool = False
    file: str | None = None
    place: int | None = None
    voicing: str = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoice(Intent):
    """Other wording for a caption that came of a description: ``playful``, ``product``."""

    voicing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribePhoto(Intent):
    """Say what a photo shows; nothing is edited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words(Intent):
    """Words alone: an answer to "what should it say?"."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceText(Intent):
    """Other words for a text that is there; with ``or_add`` it is added where it is not."""

    role: Role | None
    old: str | None
    text: str | None
    look: Look
    timing: Timing
    pick: Pick = Pick()
    or_add: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveText(Intent):
    """Captions or titles go away."""

    role: Role | None
    text: str | None
    pick: Pick = Pick()


@dataclass(frozen=True, slots=True, kw_only=True)
class Restyle(Intent):
    """Existing texts look different or stand elsewhere; ``it`` means the one just made."""

    role: Role | None
    text: str | None
    look: Look
    timing: Timing
    it: bool = False
    pick: Pick = Pick()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio(Intent):
    """Another canvas: of a known shape, or of a size in pixels."""

    ratio: str
    size: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit(Intent):
    """How pictures meet the canvas."""

    fit: str
    which: Which = Which()


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovePicture(Intent):
    """Photos or clips go."""

    which: Which


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepPictures(Intent):
    """These photos or clips stay, all others go."""

    which: Which


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveIt(Intent):
    """What was made or spoken of last goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UseSubtitles(Intent):
    """Captions of a subtitle file; without a name the one that was uploaded last."""

    file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TellState(Intent):
    """Say what is on the timeline; nothing is edited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History(Intent):
    """Undo or redo; one step at a time, though ``several`` may be wished for."""

    direction: Literal["undo", "redo"]
    several: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Social(Intent):
    """A greeting, thanks, a call for help, or never mind."""

    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsupported(Intent):
    """Something that this version cannot do, by topic."""

    topic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask(Intent):
    """Understood but incomplete: the question to put, by key, and what each answer means.

    ``wish`` is what lacks only the looks that are asked for.
    """

    question: str
    choices: tuple[tuple[str, Intent], ...] = ()
    wish: Intent | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Again(Intent):
    """What was done last, once more: on another thing, stronger, or with another look.

    Attributes:
        kind: ``same`` (on ``which``, ``pick`` or all texts of ``role``), ``more`` (by
            ``degree``), ``before`` (on the one before the one that was meant), ``timing``
            (at other times).
    """

    kind: Literal["same", "more", "before", "timing"]
    which: Which = Which()
    pick: Pick = Pick()
    role: Role | None = None
    degree: float = 1.0
    look: Look = field(default_factory=Look)
    timing: Timing = NO_TIMING


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear(Intent):
    """Not understood."""

    text: str
    hint: str = ""
