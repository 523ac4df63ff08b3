"""Calls from any event loop, carried out on the one where an object lives.

A session made by `connect` lives on the background loop, its connections with it; in a
notebook cell ``await session.aio.chat(…)`` runs on the notebook's loop and hops over.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, ParamSpec, TypeVar

from nemo_nb.errors import ConfigError

P = ParamSpec("P")
R = TypeVar("R")


class Homed:
    """Lives on one event loop: the running one when it was made, else the first to use it."""

    def __init__(self, home: asyncio.AbstractEventLoop | None = None) -> None:
        self._home = home
        if home is None:
            try:
                self._home = asyncio.get_running_loop()
            except RuntimeError:
                # Made outside any loop.
                self._home = None

    async def at_home(self, work: Callable[[], Coroutine[Any, Any, R]]) -> R:
        """Run ``work()`` on the home loop and return what it returns; cancelling gets through.

        Raises:
            ConfigError: That loop has ended.
        """
        here = asyncio.get_running_loop()
        if self._home is None:
            self._home = here
        if self._home is here:
            return await work()
        if self._home.is_closed():
            raise ConfigError(
                f"The event loop of this {type(self).__name__} has ended.",
                "Its connections went with it.",
                "Use it inside the asyncio.run() that made it, or take nemo_nb.connect().",
            )
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work(), self._home))


S = TypeVar("S", bound=Homed)


def at_home(
    method: Callable[Concatenate[S, P], Coroutine[Any, Any, R]],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, R]]:
    """Have *method* carried out on the object's home loop, whatever loop awaits it."""

    @functools.wraps(method)
    async def hop(self: S, *args: P.args, **kwargs: P.kwargs) -> R:
        return await self.at_home(lambda: method(self, *args, **kwargs))

    return hop
