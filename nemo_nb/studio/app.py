"""The studio's server: PROTOCOL.md's endpoints and the studio's own, on Starlette."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect

from nemo_nb.errors import NemoError
from nemo_nb.studio import extras, media_api, previews_api, renders_api, sessions_api
from nemo_nb.studio.access import Guard
from nemo_nb.studio.accounts import Caller
from nemo_nb.studio.answers import refusal_of, refuse
from nemo_nb.studio.chat import run_sse
from nemo_nb.studio.core import StudioCore
from nemo_nb.studio.endpoint import route
from nemo_nb.studio.receiving import MAX_OVERRUN_BYTES

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route


async def _chat(core: StudioCore, request: Request, caller: Caller) -> Response:
    return await run_sse(core, request, caller)


ROUTES: Final[tuple[Route, ...]] = (
    route("POST", "/run_sse", _chat, "write"),
    *sessions_api.ROUTES,
    *media_api.ROUTES,
    *renders_api.ROUTES,
    *previews_api.ROUTES,
    *extras.ROUTES,
)


def build_app(core: StudioCore) -> Starlette:
    """Return the ASGI application of one studio.

    Every answer but files and frames is in the envelope, refusals too.
    """
    app = Starlette(
        routes=ROUTES,
        middleware=[Middleware(Guard, closing=core.ending.is_set)],
        exception_handlers={NemoError: _refused, HTTPException: _no_route},
    )
    app.state.core = core
    return app


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, NemoError)  # noqa: S101  Starlette's types do not narrow by class
    await _read_on(request)
    return refusal_of(error)


async def _read_on(request: Request) -> None:
    """Read and drop the rest of the body: who is cut off while sending never sees why."""
    if "expect" in request.headers:
        return  # it waits to be asked for the body, so it is not sending
    dropped = 0
    # A body that has been read already says so with a RuntimeError.
    with contextlib.suppress(ClientDisconnect, RuntimeError):
        async for chunk in request.stream():
            dropped += len(chunk)
            if dropped > MAX_OVERRUN_BYTES:
                break


async def _no_route(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  likewise
    return refuse(error.status_code, f"{error.detail}: the studio has no such endpoint.")
