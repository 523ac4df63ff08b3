"""A session's turns and the raw stream behind them, as DataFrames."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from nemo_nb.ledger import TurnRow
from nemo_nb.records import records_frame
from nemo_nb.wire import events as ev

if TYPE_CHECKING:
    import pandas as pd

HISTORY_COLUMNS: Final = ("turn", "role", "action", "text", "started_at", "duration_ms", "status")
EVENT_COLUMNS: Final = ("turn", "seq", "kind", "text", "tool", "at_ms")

_KINDS: Final[dict[type, str]] = {
    ev.TextDelta: "text",
    ev.TextFinal: "final",
    ev.Thought: "thought",
    ev.ToolCall: "tool_call",
    ev.ToolResult: "tool_result",
    ev.Heartbeat: "heartbeat",
    ev.StreamError: "error",
    ev.Unreadable: "unreadable",
    ev.Other: "other",
}


@dataclass(frozen=True, slots=True)
class _EventRow:
    turn: int
    seq: int
    kind: str
    text: str
    tool: str
    at_ms: int


class EventLog:
    """Every event of every turn, with the ms since its turn began."""

    def __init__(self) -> None:
        self._rows: list[_EventRow] = []
        self._turn = 0
        self._seq = 0
        self._began = 0.0

    def begin(self, turn: int) -> None:
        """Count what follows as part of *turn*."""
        self._turn, self._seq, self._began = turn, 0, time.monotonic()

    def add(self, event: ev.Event) -> None:
        """Note *event*."""
        self._seq += 1
        at_ms = round((time.monotonic() - self._began) * 1000)
        text = _text(event)
        tool = event.name if isinstance(event, (ev.ToolCall, ev.ToolResult)) else ""
        self._rows.append(_EventRow(self._turn, self._seq, _KINDS[type(event)], text, tool, at_ms))

    def frame(self) -> pd.DataFrame:
        """Return the events: ``turn, seq, kind, text, tool, at_ms``."""
        return records_frame(
            [[getattr(row, name) for name in EVENT_COLUMNS] for row in self._rows],
            EVENT_COLUMNS,
            integers=("turn", "seq", "at_ms"),
        )


def history_frame(turns: Sequence[TurnRow]) -> pd.DataFrame:
    """Return the turns, a row for what was asked and one for what was answered.

    ``started_at`` is UTC. ``duration_ms`` stands with the answer and is the whole turn's.
    """
    rows: list[list[Any]] = []
    for turn in turns:
        asked = [turn.turn, "user", turn.action, turn.text, turn.started_at, None, turn.status]
        told = [turn.turn, "agent", turn.action, turn.answer, turn.started_at]
        rows += [asked, [*told, turn.duration_ms, turn.status]]
    return records_frame(
        rows, HISTORY_COLUMNS, integers=("turn", "duration_ms"), times=("started_at",)
    )


def _text(event: ev.Event) -> str:
    match event:
        case ev.TextDelta(text=text) | ev.TextFinal(text=text) | ev.Thought(text=text):
            return text
        case ev.StreamError(message=message):
            return message
        case ev.Unreadable(data=data):
            return data
        case ev.ToolCall(args=args):
            return str(dict(args)) if args else ""
        case ev.ToolResult(result=result):
            return "" if result is None else str(result)
        case _:
            return ""
