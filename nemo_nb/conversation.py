"""One turn at a time: queued, routed, run, stopped, written into the history."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import anyio

from nemo_nb import routing
from nemo_nb.agent_turn import AgentTurn
from nemo_nb.errors import ConfigError, InputError, NemoError, SessionBusy, TurnTimeout
from nemo_nb.history import EventLog
from nemo_nb.ledger import TurnRow, now
from nemo_nb.notices import Notice, TurnEnded, TurnStarted
from nemo_nb.redact import logger, scrub_known
from nemo_nb.reply import Reply

if TYPE_CHECKING:
    from nemo_nb.actions import Actions
    from nemo_nb.models import Action, TurnStatus
    from nemo_nb.project import Project
    from nemo_nb.timeline.timeline import Timeline
    from nemo_nb.wire.events import Event

_log = logger("nemo_nb.conversation")

# How long the timeline may take to be read after a stop; the user is waiting.
_READ_AFTER_STOP_S: Final = 0.4
# How long a session that is closed waits for the turn it has stopped.
_END_S: Final = 2.0


@dataclass(slots=True)
class _Running:
    turn: int
    action: Action
    text: str
    work: Callable[[], Awaitable[Reply]]
    agent: AgentTurn | None = None
    started_at: str = field(default_factory=now)
    began: float = field(default_factory=time.monotonic)
    stopped: bool = False
    task: asyncio.Task[Reply] | None = None


class Conversation:
    """The turns of one session.

    Args:
        project: What they act on.
        actions: Carry out what is no message for the agent.
        tell: Hears every notice.
        past: Turns of an earlier kernel.

    Attributes:
        turns: Every turn, oldest first.
        log: The raw events of this kernel's turns.
        busy: Held while a turn runs, or anything else that changes the timeline.
    """

    def __init__(
        self,
        project: Project,
        actions: Actions,
        tell: Callable[[Notice], None],
        past: list[TurnRow],
    ) -> None:
        self.turns = past
        self.log = EventLog()
        self.busy = asyncio.Lock()
        self._project = project
        self._actions = actions
        self._tell = tell
        self._running: _Running | None = None
        self._closed = False

    @property
    def running(self) -> bool:
        """Whether a turn is under way."""
        return self._running is not None

    async def say(
        self,
        text: str,
        *,
        on_event: Callable[[Event], object] | None = None,
        timeout_s: float | None = None,
        wait: bool = True,
    ) -> Reply:
        """Run one turn and return its reply; see `AsyncSession.chat`."""
        given: Any = text
        if not isinstance(given, str):
            raise InputError(
                f"A message is text, not a {type(given).__name__}.", fix="Say what shall be done."
            )
        if not text.strip():
            raise InputError("The message is empty.", fix="Say what shall be done.")
        if not wait and self.busy.locked():
            raise SessionBusy("Another turn of this session is running.")
        async with self.busy:
            self._check_open()
            await self._project.know_variants(text)
            # A token that slipped into a message travels in its header alone, and is not kept.
            return await self._guarded(self._said(scrub_known(text.strip()), on_event), timeout_s)

    async def do(self, action: Action, text: str, work: Callable[[int], Awaitable[Reply]]) -> Reply:
        """Run *work* as a turn that asked for *text*; it is given the turn's number."""
        async with self.busy:
            self._check_open()
            number = self._next
            return await self._guarded(
                self._begin(_Running(number, action, text, lambda: work(number))), None
            )

    def stop(self) -> bool:
        """Stop the running turn; return whether there was one."""
        running = self._running
        if running is None or running.task is None:
            return False
        running.stopped = True
        running.task.cancel()
        return True

    async def aclose(self) -> None:
        """Stop what runs, let it end, and take no more messages."""
        self._closed = True
        self.stop()
        with anyio.move_on_after(_END_S):
            async with self.busy:
                return

    @property
    def _next(self) -> int:
        return self.turns[-1].turn + 1 if self.turns else 1

    def _check_open(self) -> None:
        if self._closed:
            raise ConfigError(
                "The session was closed before this message was sent.",
                fix="Make a new one with nemo_nb.connect().",
            )

    def _said(self, text: str, on_event: Callable[[Event], object] | None) -> _Running:
        number = self._next
        route = routing.route(text, list(self._project.variants))
        if route.action != "chat":
            return self._begin(
                _Running(number, route.action, text, lambda: self._actions.act(route, text, number))
            )
        agent = AgentTurn(
            self._project,
            self.log,
            self._tell,
            number=number,
            message=text,
            on_event=on_event,
            auto_export=self._actions.auto_export,
        )
        return self._begin(_Running(number, route.action, text, agent.run, agent))

    def _begin(self, running: _Running) -> _Running:
        self.log.begin(running.turn)
        self._running = running
        self._tell(TurnStarted(running.turn, running.action, running.text))
        return running

    async def _guarded(self, running: _Running, timeout_s: float | None) -> Reply:
        """Run the turn's task, and end the turn whatever happens to it."""
        running.task = asyncio.create_task(self._work(running))
        limit = asyncio.timeout(timeout_s)
        try:
            async with limit:
                reply = await running.task
        except TimeoutError as error:
            if not limit.expired():
                self._end(running, "failed", None, error)
                raise
            late = TurnTimeout(
                f"The turn took longer than {timeout_s:g} s.",
                "It was stopped; what had changed by then is kept.",
                "Allow more with timeout=, or look at session.timeline().",
                reply=await self._cut_reply(running, "timeout"),
            )
            self._end(running, "timeout", None, late)
            raise late from None
        except asyncio.CancelledError:
            reply = await self._cut_reply(running, "stopped")
            self._end(running, "stopped", reply)
            # Stopped by stop(): chat() returns. Cancelled from outside: that goes on.
            if not running.stopped or _being_cancelled():
                raise
            return reply
        except NemoError as error:
            status = "timeout" if isinstance(error, TurnTimeout) else "failed"
            if error.reply is None and running.agent is not None:
                error.reply = running.agent.partial(status)
            self._end(running, status, None, error)
            raise
        except Exception as error:
            self._end(running, "failed", None, error)
            raise
        self._end(running, reply.status, reply)
        return reply

    async def _work(self, running: _Running) -> Reply:
        return await running.work()

    async def _cut_reply(self, running: _Running, status: TurnStatus) -> Reply:
        """Return what there is of a turn that was cut short, the timeline read again."""
        after: Timeline | None = None
        # Shielded: a cancelled caller would otherwise cancel this read as well.
        with anyio.move_on_after(_READ_AFTER_STOP_S, shield=True):
            try:
                after = await self._project.read()
            except NemoError:
                after = None
        if running.agent is not None:
            return running.agent.partial(status, after)
        return Reply("", running.action, status, running.turn, timeline=after)

    def _end(
        self,
        running: _Running,
        status: TurnStatus,
        reply: Reply | None,
        error: Exception | None = None,
    ) -> None:
        told = error if isinstance(error, NemoError) else None
        answer = reply.text if reply is not None else str(told or repr(error))
        row = TurnRow(
            turn=running.turn,
            action=running.action,
            text=running.text,
            answer=answer,
            started_at=running.started_at,
            duration_ms=round((time.monotonic() - running.began) * 1000),
            status=status,
        )
        self.turns.append(row)
        if status not in ("done", "silent"):
            # What was begun may still take effect: the next turn looks before it compares.
            self._project.reread()
        try:
            self._project.keep_turn(row)
        except NemoError as problem:
            _log.warning("the history is not kept: %s", problem)
        # Before it is told: whoever hears of the end may look, or send the next message.
        self._running = None
        self._tell(TurnEnded(running.turn, status, reply, told))


def _being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
