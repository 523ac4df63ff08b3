"""What the panel does to the timeline by itself: undo, redo, and a message sent once more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import anyio.to_thread

from nemo_nb.errors import InputError, NemoError
from nemo_nb.notebook.widgets.protocol import Message
from nemo_nb.notebook.widgets.transcript import RUNNING, Transcript

if TYPE_CHECKING:
    import pandas as pd

    from nemo_nb.notices import TurnEnded
    from nemo_nb.session import AsyncSession
    from nemo_nb.timeline.timeline import Timeline

Step = Literal["undo", "redo"]


@dataclass(frozen=True, slots=True)
class _Made:
    """What a turn has made of the timeline."""

    changes: pd.DataFrame
    timeline: Timeline


class Deeds:
    """Steps through the edits of *core*; each is told as a line of the conversation."""

    def __init__(
        self, core: AsyncSession, transcript: Transcript, tell: Callable[[Message], None]
    ) -> None:
        self._core = core
        self._transcript = transcript
        self._tell = tell
        self._last: _Made | None = None

    def ended(self, turn: TurnEnded) -> None:
        """Remember what the last turn has changed, so that it can be taken back."""
        reply: Any = turn.reply or getattr(turn.error, "reply", None)
        if reply is None or reply.changes is None or reply.timeline is None:
            self._last = None
        else:
            self._last = _Made(reply.changes, reply.timeline)

    async def step(self, what: Step) -> None:
        """Undo or redo one edit and tell what that changed.

        Raises:
            NotSupported: The backend is no studio.
            EditRefused: There is nothing to undo or to redo.
        """
        before = await self._core.timeline()
        after = await (self._core.undo() if what == "undo" else self._core.redo())
        await self._told(what, before, after)

    def message(self, item: int) -> str:
        """Return the words of the turn *item*, which may be sent once more.

        Raises:
            InputError: It is none that the user has said, is running, or is not the last.
        """
        last = self._transcript.last_turn
        if last is None or last.item != item or last.action == "edit" or not last.text:
            raise InputError("Only the last message can be sent again.", fix="Type it once more.")
        if last.status == RUNNING:
            raise InputError("It is being worked on.", fix="Stop it first.")
        return last.text

    async def again(self, text: str) -> None:
        """Send *text* once more, on the timeline as it was before the last turn.

        What that turn changed is undone where that is exactly the studio's last edit.
        """
        await self._take_back()
        await self._core.chat(text)

    async def _take_back(self) -> None:
        made, core = self._last, self._core
        if made is None or made.changes.empty or not await core.is_studio():
            return
        now = await core.timeline()
        if now.draft != made.timeline.draft:
            # Something was edited since: that must not be lost.
            return
        try:
            back = await core.undo()
        except NemoError:
            return
        changes = await anyio.to_thread.run_sync(back.diff, now)
        if not changes.equals(made.changes):
            # The last edit was another one than the turn's: the message itself said "undo".
            await core.redo()
            return
        self._last = None
        await self._told("undo", now, back)

    async def _told(self, what: Step, before: Timeline, after: Timeline) -> None:
        from nemo_nb.timeline.diff import diff_words  # noqa: PLC0415  # loads pandas

        changes = await anyio.to_thread.run_sync(before.diff, after)
        words = diff_words(changes, self._core.language or "en")
        self._tell(self._transcript.add_step(what, words))
