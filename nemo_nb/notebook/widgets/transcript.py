"""The conversation as the panel shows it: plain records, and the deltas between them.

Kept in the kernel, because custom messages are not replayed: a view that appears later, or
that missed a delta, asks for a snapshot.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from nemo_nb.notebook.widgets.protocol import Message, notice

RUNNING = "running"


@dataclass(slots=True)
class TurnItem:
    """One exchange. ``seq`` counts the deltas that ``reply`` holds."""

    item: int
    action: str
    text: str
    reply: str = ""
    progress: str = ""
    status: str = RUNNING
    suggestions: list[str] = field(default_factory=list[str])
    notes: list[str] = field(default_factory=list[str])
    changes: str = ""
    problem: Message | None = None
    started_at_ms: int = 0
    duration_ms: int = 0
    seq: int = 0
    type: str = "turn"


@dataclass(slots=True)
class FilesItem:
    """Files that joined the media pool, one after the other."""

    item: int
    names: list[str]
    notes: list[str] = field(default_factory=list[str])
    type: str = "files"


@dataclass(slots=True)
class StepItem:
    """An edit that was taken back or made again; ``changes`` says what that changed."""

    item: int
    what: str
    changes: str
    type: str = "step"


Item = TurnItem | FilesItem | StepItem


def now_ms() -> int:
    """Return the wall clock in ms since 1970, as the browser's ``Date.now()``."""
    return time.time_ns() // 1_000_000


class Transcript:
    """All items so far. Every change returns the notice that tells a view about it."""

    def __init__(self) -> None:
        self._items: list[Item] = []
        self._turns: dict[int, TurnItem] = {}

    @property
    def items(self) -> tuple[Item, ...]:
        """The items, oldest first."""
        return tuple(self._items)

    @property
    def running(self) -> TurnItem | None:
        """The turn that is running, if one is."""
        return next((turn for turn in self._turns.values() if turn.status == RUNNING), None)

    @property
    def last_turn(self) -> TurnItem | None:
        """The newest turn."""
        return next((item for item in reversed(self._items) if isinstance(item, TurnItem)), None)

    def snapshot(self) -> list[Message]:
        """Return every item as a message holds it."""
        return [asdict(item) for item in self._items]

    def knows(self, turn: int) -> bool:
        """Whether the session's turn *turn* is among the items."""
        return turn in self._turns

    def start(self, turn: int, action: str, text: str) -> Message:
        """A turn begins."""
        entry = TurnItem(self._next(), action, text, started_at_ms=now_ms())
        self._turns[turn] = entry
        return self._added(entry)

    def advance(self, turn: int, text: str, progress: str) -> Message | None:
        """Let the answer so far be *text*; None where nothing has changed.

        What is told is the text that was added, or, where a backend has rewritten what it
        said, the whole of it.
        """
        entry = self._turns.get(turn)
        if entry is None or (entry.reply, entry.progress) == (text, progress):
            return None
        grows = text.startswith(entry.reply)
        add = text[len(entry.reply) :] if grows else text
        entry.reply, entry.progress, entry.seq = text, progress, entry.seq + 1
        return notice(
            "delta",
            item=entry.item,
            seq=entry.seq,
            add=add,
            replace=not grows,
            progress=progress,
        )

    def end(
        self,
        turn: int,
        status: str,
        *,
        reply: str | None = None,
        suggestions: Iterable[str] = (),
        notes: Iterable[str] = (),
        changes: str = "",
        problem: Message | None = None,
    ) -> Message | None:
        """A turn is over; *reply* None leaves the text as it was. None for an unknown turn."""
        entry = self._turns.get(turn)
        if entry is None:
            return None
        entry.status = status
        entry.reply = entry.reply if reply is None else reply
        entry.progress = ""
        entry.suggestions, entry.notes = list(suggestions), list(notes)
        entry.changes = changes
        entry.problem = problem
        entry.duration_ms = max(0, now_ms() - entry.started_at_ms)
        return notice("item", item=asdict(entry))

    def recall(self, turn: int, row: Mapping[str, Any]) -> Message:
        """Add a turn of the past: *row* holds ``action text reply status started_at_ms``."""
        entry = TurnItem(self._next(), **row)
        self._turns[turn] = entry
        return self._added(entry)

    def refuse(self, text: str, problem: Message) -> Message:
        """Add a message that never became a turn."""
        return self._added(
            TurnItem(
                self._next(),
                "chat",
                text,
                status="failed",
                problem=problem,
                started_at_ms=now_ms(),
            )
        )

    def add_files(self, names: Iterable[str], notes: Iterable[str] = ()) -> Message:
        """Files have joined the media pool; those that follow each other become one item."""
        last = self._items[-1] if self._items else None
        if isinstance(last, FilesItem):
            last.names.extend(names)
            last.notes.extend(notes)
            return notice("item", item=asdict(last))
        return self._added(FilesItem(self._next(), list(names), list(notes)))

    def add_step(self, what: str, changes: str) -> Message:
        """An edit was taken back or made again."""
        return self._added(StepItem(self._next(), what, changes))

    def _next(self) -> int:
        return len(self._items) + 1

    def _added(self, entry: Item) -> Message:
        self._items.append(entry)
        return notice("item", item=asdict(entry))
