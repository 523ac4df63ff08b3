"""What goes into one turn of the agent and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from nemo_nb.models import MediaInfo


class Eyes(Protocol):
    """How the agent looks at pictures of the session. Every method blocks."""

    def draw(self, draft: Mapping[str, Any], at_ms: int, width: int | None) -> bytes:
        """Return a frame of *draft* as a PNG."""
        ...

    def focus(self, name: str) -> tuple[float, float] | None:
        """Return where the subject of a photo lies, percent; None where there is none."""
        ...

    def taken(self, name: str) -> str | None:
        """Return when a photo was taken, sortable; None where the file does not say."""
        ...


class NoReading(Exception):
    """A model gave no answer that can be used; the sentence says why."""


class Planner(Protocol):
    """A model that may be asked what a message wants. Its method blocks.

    Attributes:
        model: Its name, for people.
    """

    model: str

    def ask(self, system: str, user: str, schema: dict[str, Any]) -> str:
        """Return the text of its answer, which should be JSON of that schema.

        Raises:
            NoReading: There is none.
        """
        ...


@dataclass(frozen=True, slots=True)
class Project:
    """What the agent may know of a session.

    Attributes:
        draft: The timeline, docs/draft.md; it is read, never changed.
        media: The media pool.
        language: ``en`` or ``zh``: for a message that shows no language of its own.
        recent: The user's last messages, oldest first; the present one may be among them.
        eyes: Looks at pictures; without them nothing is measured, and nothing measured is told.
        planner: Is asked about what the grammar does not understand.
        variants: Named drafts that an earlier turn, or the notebook, has made; in order.
    """

    draft: dict[str, Any]
    media: tuple[MediaInfo, ...] = ()
    language: str = "en"
    recent: tuple[str, ...] = ()
    eyes: Eyes | None = None
    planner: Planner | None = None
    variants: tuple[tuple[str, dict[str, Any]], ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One thing the agent did, shown on the wire as a functionCall and its response."""

    tool: str
    args: dict[str, Any] = field(default_factory=dict[str, Any])
    result: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A picture that the studio drew itself, for the media pool; the draft names it in `m.src`."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a message leads to.

    Attributes:
        reply: The answer, Markdown, in the user's language.
        draft: The new timeline, or None where it stays as it is.
        history: ``undo`` or ``redo`` where that was asked for; the caller keeps the stack.
        steps: What was done, in order.
        analyses: Records for ``state.video_analyses``: ``filename, caption, confidence, by``.
        suggestions: Messages the user might send next.
        variants: Named drafts for ``state.variants``, in the place of those there; empty where
            they stay.
        no_variants: Those that were there go, and none come.
        files: What was drawn for the new timeline and is not in the media pool yet.
    """

    reply: str
    draft: dict[str, Any] | None = None
    history: Literal["undo", "redo"] | None = None
    steps: tuple[Step, ...] = ()
    analyses: tuple[dict[str, Any], ...] = ()
    suggestions: tuple[str, ...] = ()
    variants: tuple[tuple[str, dict[str, Any]], ...] = ()
    no_variants: bool = False
    files: tuple[MadeFile, ...] = ()
