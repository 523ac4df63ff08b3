"""One background event loop for everything: the blocking facade and widget messages use it.

An anyio blocking portal in a daemon thread. Whoever calls from another thread waits here; a
keyboard interrupt cancels the coroutine and lets its clean-up run before it is raised on.
Context variables travel with each call, so output lands in the cell that called.

A session made by `connect` lives there, its connections with it; in a notebook cell
``await session.aio.chat(…)`` runs on the notebook's loop and hops over (:func:`at_home`).
"""

from __future__ import annotations

import asyncio
import atexit
import concurrent.futures
import functools
import importlib
import os
import sys
import threading
import weakref
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Concatenate, Final, ParamSpec, Protocol, TypeVar, TypeVarTuple

import anyio
from anyio.from_thread import BlockingPortal, start_blocking_portal

from nemo_nb.errors import ConfigError

T = TypeVar("T")
P = ParamSpec("P")
R = TypeVar("R")
Args = TypeVarTuple("Args")

# Waiting in short steps keeps a blocked main thread interruptible on Windows as well.
_WAIT_STEP_S: Final = 0.25
# What a cancelled coroutine may take to close its stream and write down that it stopped.
_CLEANUP_S: Final = 2.0


@dataclass(slots=True)
class _Loop:
    portal: BlockingPortal
    thread: threading.Thread
    # Held so that the generator behind the portal is not collected, which would end the loop.
    manager: AbstractContextManager[BlockingPortal]


_lock = threading.Lock()
_running: list[_Loop] = []
_of_the_parent: list[_Loop] = []
_open: weakref.WeakSet[Closable] = weakref.WeakSet()
_ended = threading.Event()


def portal() -> BlockingPortal:
    """Return the portal of the background loop, starting the loop at the first call."""
    return _loop().portal


def run(coro_fn: Callable[[*Args], Awaitable[T]], *args: *Args) -> T:
    """Run ``coro_fn(*args)`` on the background loop and wait for what it returns.

    Raises:
        ConfigError: Called from the background loop itself, where waiting would never end.
        KeyboardInterrupt: Interrupted; the coroutine has been cancelled and has cleaned up,
            or has been given two seconds for it.
    """
    call = _Call()
    try:
        # Inside the try: an interrupt may come before this call has even returned.
        future = _start(call, coro_fn, *args)
        while True:
            try:
                return future.result(_WAIT_STEP_S)
            except concurrent.futures.TimeoutError:
                # The coroutine itself may have ended with a TimeoutError.
                if future.done():
                    return future.result()
    except KeyboardInterrupt:
        portal().start_task_soon(call.cancel)
        call.over.wait(_CLEANUP_S)
        raise


def spawn(coro_fn: Callable[[*Args], Awaitable[T]], *args: *Args) -> concurrent.futures.Future[T]:
    """Start ``coro_fn(*args)`` on the background loop; ``.cancel()`` works from any thread.

    Raises:
        ConfigError: Called from the background loop itself.
    """
    return _start(_Call(), coro_fn, *args)


def _start(
    call: _Call, coro_fn: Callable[[*Args], Awaitable[T]], *args: *Args
) -> concurrent.futures.Future[T]:
    loop = _loop()
    if threading.current_thread() is loop.thread:
        raise ConfigError(
            "The blocking API was called from inside nemo_nb's own event loop.",
            "Waiting there would block the loop for ever.",
            "Await the same method on session.aio instead.",
        )
    return loop.portal.start_task_soon(call.run, coro_fn, *args)


class _Call:
    """One call from another thread, with asyncio's cancellation: once, clean-up may await.

    (A portal's own cancel scope cancels every await of the clean-up again.)
    """

    def __init__(self) -> None:
        self.over = threading.Event()
        self._task: asyncio.Task[Any] | None = None

    async def run(self, coro_fn: Callable[[*Args], Awaitable[T]], *args: *Args) -> T:
        """Run ``coro_fn(*args)`` unless it has been cancelled already."""
        if self.over.is_set():
            raise asyncio.CancelledError
        task = self._task = asyncio.ensure_future(coro_fn(*args))
        try:
            await asyncio.wait((task,))
        except asyncio.CancelledError:
            task.cancel()
            with anyio.CancelScope(shield=True):
                await asyncio.wait((task,))
            raise
        finally:
            self.over.set()
        return task.result()

    def cancel(self) -> None:
        """Cancel it; only on the loop."""
        if self._task is None:
            self.over.set()
        else:
            self._task.cancel()


class Closable(Protocol):
    """Something that lives on the background loop and has connections to close."""

    def close(self) -> Coroutine[Any, Any, None]:
        """Close them."""
        ...


def close_at_exit(thing: Closable) -> None:
    """Have *thing* closed before the loop stops, if it is still around then."""
    _open.add(thing)


async def _close_all() -> None:
    with anyio.move_on_after(_CLEANUP_S):
        for thing in list(_open):
            await thing.close()


def on_loop() -> bool:
    """Whether the caller is running on the background loop."""
    return bool(_running) and threading.current_thread() is _running[0].thread


def allow_nested_asyncio() -> None:
    """Let ``asyncio.run(main())`` work in a notebook cell, where a loop runs already.

    For scripts that are pasted into a cell and use `AsyncSession`. Nothing in this package
    stands on it: an interrupt of a nested loop leaves its task running.
    """
    # Patches asyncio, so it is loaded only where it is asked for; it has no types.
    nest_asyncio2: Any = importlib.import_module("nest_asyncio2")
    nest_asyncio2.apply()


class Homed:
    """Lives on one event loop: the running one when it was made, else the first to use it."""

    def __init__(self, home: asyncio.AbstractEventLoop | None = None) -> None:
        self._home = home
        self._process = os.getpid()
        if home is None:
            try:
                self._home = asyncio.get_running_loop()
            except RuntimeError:
                # Made outside any loop.
                self._home = None

    async def at_home(self, work: Callable[[], Coroutine[Any, Any, R]]) -> R:
        """Run ``work()`` on the home loop and return what it returns; cancelling gets through.

        Raises:
            ConfigError: That loop has ended, or is another process's.
        """
        if self._process != os.getpid():
            # A forked child has the object and not the thread that would answer.
            raise ConfigError(
                f"This {type(self).__name__} was made in another process.",
                "Its connections stay there.",
                "Call nemo_nb.connect() in this process.",
            )
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


def _loop() -> _Loop:
    with _lock:
        if not _running:
            if _ended.is_set() or sys.is_finalizing():
                # A thread started now would never be waited for, or keep Python from ending.
                raise ConfigError(
                    "Python is ending, and nemo_nb's own event loop has ended already.",
                    fix="Call this before the program's end, not in an atexit function.",
                )
            manager = start_blocking_portal("asyncio", name="nemo_nb-loop")
            started = manager.__enter__()
            thread = started.call(threading.current_thread)
            _running.append(_Loop(started, thread, manager))
            atexit.register(_stop)
        return _running[0]


def _stop() -> None:
    while _running:
        # It stays the loop until it has ended: what is closed now still finds it.
        loop = _running[-1]
        if loop.thread.is_alive():
            loop.portal.call(_close_all)
            loop.portal.call(loop.portal.stop, True)  # noqa: FBT003 - anyio's own signature
            loop.thread.join(_CLEANUP_S)
        _running.remove(loop)
    _ended.set()


def _forget() -> None:
    # Kept: a portal that is collected waits for its thread, which a child does not have.
    _of_the_parent.extend(_running)
    _running.clear()


if hasattr(os, "register_at_fork"):
    # A forked child has no copy of the thread: it starts a loop of its own when it needs one.
    os.register_at_fork(after_in_child=_forget)
