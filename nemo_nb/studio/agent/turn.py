"""What goes into one turn of the agent and what comes out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from nemo_nb.models import MediaInfo


@dataclass(frozen=True, slots=True)
class Project:
    """What the agent may know of a session.

    Attributes:
        draft: The timeline, docs/draft.md; it is read, never changed.
        media: The media pool.
        language: ``en`` or ``zh``: for a message that shows no language of its own.
        recent: The user's last messages, oldest first; the present one may be among them.
    """

    draft: dict[str, Any]
    media: tuple[MediaInfo, ...] = ()
    language: str = "en"
    recent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One thing the agent did, shown on the wire as a functionCall and its response."""

    tool: str
    args: dict[str, Any] = field(default_factory=dict[str, Any])
    result: dict[str, Any] = field(default_factory=dict[str, Any])


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
        variants: Named drafts for ``state.variants``.
    """

    reply: str
    draft: dict[str, Any] | None = None
    history: Literal["undo", "redo"] | None = None
    steps: tuple[Step, ...] = ()
    analyses: tuple[dict[str, Any], ...] = ()
    suggestions: tuple[str, ...] = ()
    variants: tuple[tuple[str, dict[str, Any]], ...] = ()
