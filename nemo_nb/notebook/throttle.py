"""At most so many updates a second, the last one never lost.

jupyter_server drops what comes faster than 3,000 messages in 3 s, and a browser paints no
more than it can: text is coalesced to 30 updates a second before it leaves the kernel.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, Generic, TypeVar

UPDATES_PER_SECOND: Final = 30

T = TypeVar("T")


class Throttle(Generic[T]):
    """Pass on the latest value pushed, no more often than *per_second*.

    Call everything on one running event loop; *emit* is called on it, at once for the first
    value and otherwise when its time has come.
    """

    def __init__(self, emit: Callable[[T], None], per_second: float = UPDATES_PER_SECOND) -> None:
        self._emit = emit
        self._interval_s = 1 / per_second
        self._pending: list[T] = []
        self._timer: asyncio.TimerHandle | None = None

    def push(self, value: T) -> None:
        """Emit *value* now if the interval has passed, else keep it as the latest."""
        if self._timer is None:
            self._emit(value)
            self._start()
        else:
            self._pending[:] = [value]

    def flush(self) -> None:
        """Emit what is pending and stop the clock. Safe to call twice."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._pending:
            self._emit(self._pending.pop())

    def _start(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._interval_s, self._tick)

    def _tick(self) -> None:
        self._timer = None
        if self._pending:
            self.push(self._pending.pop())
