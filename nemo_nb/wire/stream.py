"""One chat turn on the wire: send once, read to the end, watch the clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterable
from contextlib import aclosing, asynccontextmanager, contextmanager
from typing import Final

import anyio
import httpx

from nemo_nb.errors import NemoError, TurnTimeout
from nemo_nb.redact import logger, scrub_known
from nemo_nb.skills import Skill
from nemo_nb.wire import events, sse
from nemo_nb.wire.breaks import cut, dropped
from nemo_nb.wire.events import Event, Heartbeat, Unreadable
from nemo_nb.wire.request import Answer, Request
from nemo_nb.wire.transport import Transport

QUIET_S: Final = 600.0
"""After ten minutes of nothing but heartbeats a turn has timed out (PROTOCOL.md)."""
TOTAL_S: Final = 900.0
"""The server's hard limit for a turn (PROTOCOL.md)."""

_MINUTE_S: Final = 60
# How often the limits are looked at while nothing comes: timers sleep with the machine.
_LOOK_S: Final = 10.0

_log = logger("nemo_nb.wire.stream")


class _Watch:
    """The two limits of a turn, by the wall clock."""

    def __init__(
        self, clock: Callable[[], float], quiet_s: float, total_s: float, endpoint: str
    ) -> None:
        self._clock = clock
        self._quiet_s = quiet_s
        self._total_s = total_s
        self._endpoint = endpoint
        self._began = clock()
        self._heard = self._began

    def heard(self) -> None:
        """Something other than a heartbeat has arrived."""
        self._heard = self._clock()

    def age_s(self) -> float:
        """Return the seconds since the turn began."""
        return self._clock() - self._began

    def limits_s(self) -> tuple[float, float]:
        """Return the seconds left of silence and of the turn."""
        now = self._clock()
        return self._heard + self._quiet_s - now, self._began + self._total_s - now

    @contextmanager
    def guard(self) -> Generator[None]:
        """End what runs inside when a limit is reached.

        Raises:
            TurnTimeout: One was.
        """
        loop = asyncio.get_running_loop()
        timer: asyncio.TimerHandle | None = None

        def look() -> None:
            nonlocal timer
            left_s = min(self.limits_s())
            if left_s <= 0:
                scope.cancel()
            else:
                timer = loop.call_later(min(left_s, _LOOK_S), look)

        with anyio.CancelScope() as scope:
            look()
            try:
                yield
            finally:
                if timer is not None:
                    timer.cancel()
        if scope.cancelled_caught:
            raise self.expired()

    def expired(self) -> TurnTimeout:
        """Return the error for the limit that was reached."""
        quiet, total = self.limits_s()
        what = (
            f"The turn took longer than {_span(self._total_s)}."
            if total <= quiet
            else f"The backend said nothing for {_span(self._quiet_s)}."
        )
        return TurnTimeout(
            what,
            "It may still be at work; the message was sent once and is not sent again.",
            "Look at session.timeline() in a while before asking again.",
            endpoint=self._endpoint,
        )


@asynccontextmanager
async def read_stream(
    wire: Transport, request: Request, skill: Skill, *, quiet_s: float, total_s: float
) -> AsyncGenerator[AsyncIterator[Event]]:
    """Send *request* and give the typed events of its answer; see `ApiClient.stream`."""
    watch = _Watch(wire.clock, quiet_s, total_s, request.endpoint)
    with watch.guard():
        answer = await wire.deliver(request, skill)
    async with aclosing(answer.response), aclosing(_typed(answer, watch, request)) as typed:
        yield typed


async def _typed(answer: Answer, watch: _Watch, request: Request) -> AsyncGenerator[Event]:
    if answer.chunks is None:
        for event in events.read_object(answer.value):
            yield event
        return
    decoder = sse.Decoder()
    count = unreadable = 0
    ended = "left early"
    try:
        async with aclosing(_chunks(answer.chunks, watch, request)) as chunks:
            async for chunk in chunks:
                for raw in decoder.feed(chunk):
                    for event in _read(raw):
                        count += 1
                        unreadable += isinstance(event, Unreadable)
                        if not isinstance(event, Heartbeat):
                            watch.heard()
                        yield event
        for raw in decoder.close():
            for event in _read(raw):
                count += 1
                unreadable += isinstance(event, Unreadable)
                yield event
        ended = "closed by the server"
    except NemoError as error:
        ended = type(error).__name__
        raise
    finally:
        _log.debug(
            "%s: %s events in %.1f s (%s unreadable), %s",
            request.endpoint,
            count,
            watch.age_s(),
            unreadable,
            ended,
        )


def _read(raw: sse.ServerSentEvent) -> Iterable[Event]:
    # A server that echoes the token would put it into the chat, and so into a saved notebook.
    data = scrub_known(raw.data)
    return events.read(raw if data is raw.data else raw._replace(data=data))


async def _chunks(
    source: AsyncGenerator[bytes], watch: _Watch, request: Request
) -> AsyncGenerator[bytes]:
    async with aclosing(source) as chunks:
        while True:
            with watch.guard():
                try:
                    chunk = await anext(chunks, b"")
                except (httpx.TransportError, httpx.DecodingError) as error:
                    raise dropped(cut(error, request.endpoint)) from error
            if min(watch.limits_s()) <= 0:
                raise watch.expired()
            if not chunk:
                return
            yield chunk


def _span(seconds: float) -> str:
    minutes, rest = divmod(seconds, _MINUTE_S)
    return f"{minutes:.0f} minutes" if minutes and not rest else f"{seconds:g} seconds"
