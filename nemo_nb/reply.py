"""What a chat turn answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nemo_nb.models import Action, TurnStatus
from nemo_nb.timeline.summary import shortened

if TYPE_CHECKING:
    import pandas as pd

    from nemo_nb.export import ExportFile
    from nemo_nb.timeline.timeline import Timeline


@dataclass(frozen=True, slots=True)
class ToolUse:
    """One piece of work the backend did in a turn; ``result`` is None where none was told."""

    name: str
    args: Mapping[str, Any]
    result: Any = None


@dataclass(frozen=True, slots=True, eq=False)
class Reply:
    """One answered turn.

    Attributes:
        text: The agent's words; after a silent edit our sentence about the change.
        action: What the message led to: ``chat export credits status upload``.
        status: ``done``, ``silent`` (an answer without words) or ``stopped``.
        turn: The turn's number in the session, from 1.
        changes: What changed on the timeline, as `Timeline.diff`; None if it was not read.
        timeline: The timeline after the turn; None if it was not read.
        tools: What the backend did, in order.
        suggestions: Messages the user may send next.
        notes: What else there is to know, e.g. that a new session was started.
        export: The file, after an export; of several the first.
        exports: All of them: one a variant after "export each variant".
    """

    text: str
    action: Action
    status: TurnStatus
    turn: int = 0
    changes: pd.DataFrame | None = field(default=None, repr=False)
    timeline: Timeline | None = field(default=None, repr=False)
    tools: tuple[ToolUse, ...] = field(default=(), repr=False)
    suggestions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    export: ExportFile | None = None
    exports: tuple[ExportFile, ...] = field(default=(), repr=False)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<Reply, {self.outcome}: {shortened(self.text)}>"

    @property
    def outcome(self) -> str:
        """How the turn ended, without its words: ``done, 2 changes``."""
        count = 0 if self.changes is None else len(self.changes)
        edits = f", {count} change{'' if count == 1 else 's'}" if count else ""
        return f"{self.status}{edits}"
