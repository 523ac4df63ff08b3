"""Starting and stopping a studio: uvicorn on a loop of its own, in a daemon thread.

The host process keeps its signal handlers, its logging and its event loop; a studio adds a
thread, and takes it away again at exit within a second.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import errno
import os
import signal
import socket
import sqlite3
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import anyio
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from nemo_nb.errors import ConfigError
from nemo_nb.redact import Secret
from nemo_nb.settings import data_dir
from nemo_nb.studio.accounts import Terms
from nemo_nb.studio.app import build_app
from nemo_nb.studio.core import StudioCore, StudioOptions
from nemo_nb.studio.engine import Engine
from nemo_nb.studio.store import DATABASE

if TYPE_CHECKING:
    from uvicorn.server import ServerState

HOST: Final = "127.0.0.1"
_START_LIMIT_S: Final = 10.0
_STOP_LIMIT_S: Final = 0.6
_JOIN_STEP_S: Final = 0.5
_BACKLOG: Final = 128

_lock = threading.RLock()
_studios: dict[Path, Studio] = {}
_of_the_parent: list[Studio] = []


class Studio:
    """A running studio.

    Attributes:
        url: Its base URL, without a trailing slash.
        workspace: Its folder.
        core: What lies behind the server.
    """

    def __init__(self, core: StudioCore, port: int) -> None:
        self.core = core
        self.workspace = core.workspace
        self._listener = _listen(port)
        self.url = f"http://{HOST}:{self._listener.getsockname()[1]}"
        self._server = _Server(
            _Config(
                build_app(core),
                http=_Protocol,
                lifespan="off",
                ws="none",
                loop="asyncio",
                server_header=False,
                proxy_headers=False,
            ),
            core.ending,
        )
        self._stopped = False
        self._pid = os.getpid()
        self._thread = threading.Thread(target=self._serve, name="nemo-studio", daemon=True)

    def __repr__(self) -> str:
        return f"Studio({self.url!r}, {'running' if self.alive else 'stopped'})"

    @property
    def token(self) -> Secret:
        """The bearer token of the user who started it; it may do everything."""
        return self.core.token

    @property
    def alive(self) -> bool:
        """Whether it answers; never in a forked child, where its threads are missing."""
        return self._pid == os.getpid() and self._thread.is_alive()

    def token_for(self, terms: Terms) -> Secret:
        """Return that user's token for working on other *terms* than the studio's own."""
        return self.core.access.owner_token(terms)

    def stop(self) -> None:
        """Stop within a second; a running render is given back to the workspace's queue."""
        with _lock:
            if _studios.get(self.workspace) is self:
                del _studios[self.workspace]
        if self._pid != os.getpid() or self._stopped:
            return
        self._stopped = True
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(_STOP_LIMIT_S)
        self.core.close(_STOP_LIMIT_S / 2)

    def disown(self) -> None:
        """In a forked child: let go of the port, which stays the parent's."""
        self._listener.close()

    def join(self) -> None:
        """Wait until it stops; an interrupt gets through."""
        while self._thread.is_alive():
            self._thread.join(_JOIN_STEP_S)

    def start(self) -> None:
        """Begin to serve and return once it accepts; :func:`start` calls this.

        Raises:
            ConfigError: The server does not come up.
        """
        self.core.renderer.start()
        self._thread.start()
        if not self._server.ready.wait(_START_LIMIT_S):
            self.stop()
            raise ConfigError(
                "The embedded studio did not start.",
                f"Its server gave no sign within {_START_LIMIT_S:.0f} s.",
                "The log under nemo_nb says why.",
            )

    def _serve(self) -> None:
        anyio.run(self._server.serve, [self._listener])


def _listen(port: int) -> socket.socket:
    # asyncio turns Nagle's algorithm off only where the protocol is named, which
    # `socket.create_server` does not do: answers would wait 40 ms for an acknowledgement.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


class _Config(uvicorn.Config):
    """uvicorn's settings without its reach into the process's logging."""

    def configure_logging(self) -> None:
        """Leave levels and handlers to the host."""


class _Protocol(H11Protocol):
    """HTTP/1.1 without an access log: it would show every request to a host that logs."""

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.access_log = False


class _Server(uvicorn.Server):
    """uvicorn's server, telling when it accepts and when it goes down."""

    def __init__(self, config: uvicorn.Config, ending: anyio.Event) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self._ending = ending

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._ending.set()
        await super().shutdown(sockets)


def start(
    workspace: Path | None = None,
    *,
    port: int = 0,
    options: StudioOptions | None = None,
    engine: Engine | None = None,
) -> Studio:
    """Start a studio on *workspace*, or return the one that runs there in this process.

    Args:
        workspace: Its folder; the user data folder if None.
        port: 0 for any free one.
        options: See :class:`~nemo_nb.studio.core.StudioOptions`.
        engine: What probes, answers and renders; the real thing if None.

    Raises:
        ConfigError: The workspace cannot be used, or the server does not come up.
    """
    folder = (workspace or data_dir() / "studio").expanduser().resolve()
    with _lock:
        running_there = _studios.get(folder)
        if running_there is not None and running_there.alive:
            return running_there
        try:
            studio = _open(StudioCore(folder, options, engine), port)
        except (OSError, sqlite3.Error) as error:
            raise _not_started(folder, error) from error
        studio.start()
        _studios[folder] = studio
    return studio


def _not_started(folder: Path, error: OSError | sqlite3.Error) -> ConfigError:
    what = f"The studio cannot be started on {folder}."
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return ConfigError(what, f"{error}.", "Pass another port.")
    if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
        return ConfigError(
            what,
            f"Its {DATABASE} is damaged: {error}.",
            f"Move {DATABASE} away (and {DATABASE}-wal, {DATABASE}-shm) to begin anew: the "
            "sessions in it are lost, the uploaded files under media/ stay. "
            "Or pass another workspace=.",
        )
    return ConfigError(what, f"{error}.", "Pass another workspace=.")


def _open(core: StudioCore, port: int) -> Studio:
    try:
        return Studio(core, port)
    except OSError:
        core.store.close()
        raise


def running() -> list[Studio]:
    """Return the studios of this process."""
    with _lock:
        return [studio for studio in _studios.values() if studio.alive]


def serve(
    host: str = HOST,
    port: int = 8787,
    workspace: Path | None = None,
    options: StudioOptions | None = None,
) -> None:
    """Run a studio until it is interrupted, for ``nemo-nb serve``; prints how to reach it.

    Raises:
        ConfigError: *host* is not loopback, or the port is taken.
    """
    if host not in (HOST, "localhost"):
        raise ConfigError(
            f"A studio is not served on {host}.",
            "It listens on loopback only: whoever reaches it can fill the disk.",
            "Serve on 127.0.0.1 and forward the port over SSH.",
        )
    studio = start(workspace, port=port, options=options)
    print(  # noqa: T201  a command line speaks
        f"Nemo studio: {studio.url}\n"
        f"Workspace:   {studio.workspace}\n"
        f'Connect:     nemo_nb.connect("{studio.url}")\n'
        f"{_described(studio.core.options)}"
        "A client gets its own token from the studio by itself. Stop with Ctrl+C.",
        flush=True,
    )
    # A service manager says it with a signal that would skip the clean-up.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with contextlib.suppress(KeyboardInterrupt):
            studio.join()
    finally:
        studio.stop()


def _described(options: StudioOptions) -> str:
    """Return a line for each thing that is not as usual."""
    terms, lines = options.terms, list[str]()
    if terms.credits is not None:
        lines.append(f"Credits:     {terms.credits:g} for each user")
    if terms.quirks is not None:
        lines.append(f"Quirks:      {terms.quirks}")
    if options.planner is not None:
        lines.append(f"Planner:     {options.planner.model} at {options.planner.place}")
    if options.fetch.allowed:
        lines.append(f"May fetch:   {', '.join(str(net) for net in options.fetch.allowed)}")
    return "".join(f"{line}\n" for line in lines)


@atexit.register
def _stop_all() -> None:
    for studio in list(_studios.values()):
        studio.stop()


def _forget_all() -> None:
    # A forked child has the records but not the threads. It must not keep the port, nor
    # close the database: SQLite's handles are the parent's.
    for studio in _studios.values():
        studio.disown()
    _of_the_parent.extend(_studios.values())
    _studios.clear()
    _lock.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_forget_all
    )
