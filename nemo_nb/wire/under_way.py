"""What is being sent while its connections may be closed: closing cuts it off, and says so."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import anyio

from nemo_nb.errors import ConfigError


class UnderWay:
    """The requests that one transport is sending; all on one event loop."""

    def __init__(self) -> None:
        self._closed = False
        self._sending: dict[anyio.CancelScope, anyio.Event] = {}

    @contextmanager
    def sending(self) -> Generator[None]:
        """Send a request inside of this.

        Raises:
            ConfigError: The connections are closed, or were closed before the answer was there.
        """
        if self._closed:
            raise _closed("Nothing can be sent on them any more.")
        left = anyio.Event()
        with anyio.CancelScope() as scope:
            self._sending[scope] = left
            try:
                yield
            finally:
                del self._sending[scope]
                left.set()
        if scope.cancelled_caught:
            raise _closed("What was being sent then has been cut off.")

    async def end(self) -> None:
        """Cut everything off and wait until it has let go of its connections.

        A pool that is closed does not close a connection that is only being made.
        """
        self._closed = True
        sending = dict(self._sending)
        for scope in sending:
            scope.cancel()
        for left in sending.values():
            await left.wait()


def _closed(why: str) -> ConfigError:
    return ConfigError(
        "The connections to the backend are closed.",
        why,
        "Make a new session with nemo_nb.connect().",
    )
