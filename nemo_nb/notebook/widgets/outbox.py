"""What the panel has to send, one after the other, each exactly once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from nemo_nb.errors import InputError, NemoError
from nemo_nb.notebook.widgets.protocol import Message, notice


@dataclass(frozen=True, slots=True)
class Queued:
    """Something that waits for its turn: how it reads, and what it does."""

    entry: int
    text: str
    send: Callable[[], Awaitable[object]]
    sent: asyncio.Future[None]


class Outbox:
    """Messages in their order, the next one sent when the one before is over.

    Args:
        tell: Is given a notice whenever the queue changes.
        refused: Is given the words and the reason of what never became a turn.
        start: Makes a task of a coroutine.
    """

    def __init__(
        self,
        tell: Callable[[Message], None],
        refused: Callable[[str, NemoError], None],
        start: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]],
    ) -> None:
        self._tell = tell
        self._refused = refused
        self._start = start
        self._queue: list[Queued] = []
        self._entries = 0
        self._sending: Queued | None = None
        self._pump: asyncio.Task[None] | None = None

    def add(self, text: str, send: Callable[[], Awaitable[object]]) -> int:
        """Queue *text*, which *send* sends when its turn comes; return its entry.

        Raises:
            InputError: There are no words in it.
        """
        if not text.strip():
            raise InputError("The message is empty.")
        return self._add(text, send).entry

    async def deliver(self, text: str, send: Callable[[], Awaitable[object]]) -> None:
        """Queue *text* as `add` does, and wait until it has been sent.

        Raises:
            InputError: As `add`; or it was taken off before its turn came.
            NemoError: Whatever *send* raised.
        """
        queued = self._add(text, send)
        try:
            await queued.sent
        except asyncio.CancelledError:
            if not queued.sent.cancelled():
                raise
            raise InputError("It was taken off the queue.") from None

    def _add(self, text: str, send: Callable[[], Awaitable[object]]) -> Queued:
        if not text.strip():
            raise InputError("The message is empty.")
        self._entries += 1
        sent = asyncio.get_running_loop().create_future()
        # Whoever does not wait for it needs no word of its failure: it has been told.
        sent.add_done_callback(lambda done: done.cancelled() or done.exception())
        queued = Queued(self._entries, text, send, sent)
        self._queue.append(queued)
        self._tell_queue()
        self._wake()
        return queued

    def drop(self, entry: int) -> None:
        """Take one off; nothing happens where it has been sent."""
        for queued in [queued for queued in self._queue if queued.entry == entry]:
            self._queue.remove(queued)
            queued.sent.cancel()
        if self._sending is not None and self._sending.entry == entry:
            self._stop_sending()
        self._tell_queue()

    def clear(self) -> list[str]:
        """Take everything off that has not been sent; return the words."""
        texts = [queued.text for queued in self._queue]
        for queued in self._queue:
            queued.sent.cancel()
        self._queue.clear()
        self._stop_sending()
        self._tell_queue()
        return texts

    def began(self, text: str) -> None:
        """Note that a turn with these words has begun: what was being sent waits no more."""
        sending = self._sending
        if sending is not None and sending.text.strip() == text.strip():
            self._leave(sending)
            self._sending = None

    def holds(self, entry: int) -> bool:
        """Whether *entry* has not been sent yet."""
        return any(queued.entry == entry for queued in self._queue)

    def view(self) -> list[Message]:
        """Return what waits, as a message holds it."""
        return [{"entry": queued.entry, "text": queued.text} for queued in self._queue]

    def _wake(self) -> None:
        if self._queue and self._pump is None:
            self._pump = self._start(self._send_all())
            self._pump.add_done_callback(self._rest)

    def _rest(self, _task: asyncio.Task[None]) -> None:
        self._pump = None
        self._wake()

    async def _send_all(self) -> None:
        while self._queue:
            self._sending = queued = self._queue[0]
            try:
                # The session lets one turn run at a time, also those of cells.
                await queued.send()
                _settle(queued.sent, None)
            except NemoError as error:
                _settle(queued.sent, error)
                # A turn that failed has been told; what never became one has not.
                if self._sending is queued:
                    self._leave(queued)
                    self._refused(queued.text, error)
            finally:
                self._sending = None
                # Whatever it came to: nothing is ever sent a second time by itself.
                self._leave(queued)
                queued.sent.cancel()

    def _leave(self, gone: Queued) -> None:
        if gone in self._queue:
            self._queue.remove(gone)
            self._tell_queue()

    def _stop_sending(self) -> None:
        """Take back what waits for its turn; one that runs is not touched."""
        if self._sending is not None and self._pump is not None:
            self._pump.cancel()

    def _tell_queue(self) -> None:
        self._tell(notice("queue", queue=self.view()))


def _settle(sent: asyncio.Future[None], error: NemoError | None) -> None:
    if sent.done():
        return
    if error is None:
        sent.set_result(None)
    else:
        sent.set_exception(error)
