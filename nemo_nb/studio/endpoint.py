"""What the studio's routes share: who asks, for which session, and work off the loop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from stat import S_ISREG
from typing import Final, TypeVar, TypeVarTuple, cast

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from nemo_nb.studio.accounts import Caller
from nemo_nb.studio.answers import NOT_FOUND, Refusal
from nemo_nb.studio.core import StudioCore
from nemo_nb.studio.projects import StudioSession

T = TypeVar("T")
Args = TypeVarTuple("Args")
Handler = Callable[[StudioCore, Request, Caller], Awaitable[Response]]

AGENT: Final = "nemo_agent"


def route(method: str, path: str, handler: Handler, scope: str) -> Route:
    """Return a route that asks for a token which covers *scope*."""

    async def run(request: Request) -> Response:
        core = core_of(request)
        caller = await in_thread(core.access.caller, request, scope)
        return await handler(core, request, caller)

    return Route(path, run, methods=[method])


def core_of(request: Request) -> StudioCore:
    """Return the studio that serves *request*."""
    return cast("StudioCore", request.app.state.core)


async def in_thread(work: Callable[[*Args], T], *args: *Args) -> T:
    """Run blocking *work* off the loop and return its result."""
    return await anyio.to_thread.run_sync(work, *args)


async def session_of(core: StudioCore, request: Request, caller: Caller) -> StudioSession:
    """Return the session that the path names, if it is the caller's.

    Raises:
        SessionLost: 1002.
        Refusal: 403; the path names another user than the token.
    """
    if request.path_params.get("user", "me") not in ("me", caller.user_id):
        raise Refusal(403, "The address names another user.", fix='Use "me".')
    return await in_thread(core.projects.get, caller.user_id, request.path_params["sid"])


def base_url(request: Request) -> str:
    """Return how the caller reaches this studio; the guard has checked the host."""
    return f"http://{request.headers['host']}"


class _File(FileResponse):
    # Fewer trips to a worker thread than with 64 KiB: a 1080p MP4 has tens of MB.
    chunk_size = 512 * 1024


def file_response(path: Path, mime: str, download_name: str | None = None) -> Response:
    """Serve a file with Range, ETag and Content-Length.

    Args:
        path: The file.
        mime: What it is by its content: a name given by a user must not decide that.
        download_name: What a browser saves it as; shown in place if None.

    Raises:
        Refusal: 404; it is not there.
    """
    try:
        # Not through a link: the studio makes none, and who did might mean any file.
        stat = path.lstat()
    except FileNotFoundError:
        stat = None
    if stat is None or not S_ISREG(stat.st_mode):
        raise Refusal(NOT_FOUND, "The file is gone from the workspace.")
    headers = {"Cache-Control": "private, no-cache"}
    return _File(path, headers=headers, stat_result=stat, media_type=mime, filename=download_name)
