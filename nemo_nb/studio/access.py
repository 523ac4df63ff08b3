"""Who may talk to the studio: the Host and Origin of a request, and its bearer token.

The studio listens on loopback, where every page in the user's browser can reach it. A page
that rebinds its name to 127.0.0.1 shows up in ``Host``, a foreign page in ``Origin``; both
are turned away before anything is read, and there is no CORS.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers, MutableHeaders

from nemo_nb.errors import PlanBlocked
from nemo_nb.redact import Secret, logger
from nemo_nb.studio.accounts import (
    EVERYTHING,
    FREE,
    OWNER,
    Accounts,
    Caller,
    Terms,
    bad_token,
    digest,
    new_token,
)
from nemo_nb.studio.answers import Refusal, refuse, server_error

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

ATTRIBUTION: Final = ("X-Skill-Source", "X-Skill-Version", "X-Skill-Platform")

_SECURITY_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
}
_log = logger("nemo_nb.studio")


class Guard:
    """The outermost ASGI layer: local callers only, no failure without an answer.

    Args:
        app: What it protects.
        closing: Whether the studio is being stopped.
    """

    def __init__(self, app: ASGIApp, closing: Callable[[], bool]) -> None:
        self._app = app
        self._closing = closing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or hand it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def guarded_send(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in _SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        turned_away = _foreign(Headers(scope=scope), _port(scope))
        try:
            await (turned_away or self._app)(scope, receive, guarded_send)
        except asyncio.CancelledError:
            # The loop is going down with the studio: the caller is told rather than dropped.
            if begun or not self._closing():
                raise
            await refuse(503, "The studio is stopping.")(scope, receive, guarded_send)
        except Exception as error:  # noqa: BLE001  the last net: it answers and logs
            _log.exception("%s %s failed", scope["method"], scope["path"])
            if not begun:
                await server_error(error)(scope, receive, guarded_send)


def _foreign(headers: Headers, port: int) -> ASGIApp | None:
    local = {f"127.0.0.1:{port}", f"localhost:{port}"}
    if headers.get("host", "") not in local:
        return refuse(421, "This studio answers to 127.0.0.1 and localhost on its own port only.")
    origin = headers.get("origin")
    if origin is not None and origin not in {f"http://{host}" for host in local}:
        return refuse(403, "This studio does not answer pages of another origin.")
    return None


def _port(scope: Scope) -> int:
    server = scope.get("server")
    return int(server[1] or 0) if server else 0


class Access:
    """Turns a request's bearer token into its caller.

    Args:
        accounts: Of the anonymous users.
        owner_token: Of the user who started the studio.
        terms: On which it works for that token.
    """

    def __init__(
        self,
        accounts: Accounts,
        owner_token: Secret,
        terms: Terms = FREE,
    ) -> None:
        self._accounts = accounts
        self._owner_tokens = {terms: owner_token}
        # Kept as hashes: both sides of a comparison then have one length.
        self._owners = {digest(owner_token.reveal()): terms}

    def owner_token(self, terms: Terms) -> Secret:
        """Return the token with which the owner works on *terms*; it may do everything."""
        token = self._owner_tokens.get(terms)
        if token is None:
            token = Secret(new_token())
            self._owners = {**self._owners, digest(token.reveal()): terms}
            self._owner_tokens[terms] = token
        return token

    def caller(self, request: Request, scope: str) -> Caller:
        """Return who asks, if the token allows *scope*. Blocks on the store.

        Raises:
            BadToken: 1001; there is no token, or it is unknown or expired.
            Refusal: 403; the token does not cover *scope*.
        """
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            raise bad_token("The request has no Authorization: Bearer header.")
        given = digest(token)
        for known, terms in self._owners.items():
            if hmac.compare_digest(given, known):
                return Caller(OWNER, frozenset({EVERYTHING}), terms)
        caller = self._accounts.caller(token)
        if not caller.may(scope):
            raise Refusal(403, f"This token does not allow to {scope}.")
        return caller


def check_attribution(request: Request) -> None:
    """Refuse an export whose skill headers are not all there.

    Raises:
        PlanBlocked: 402, as the cloud answers.
    """
    missing = [name for name in ATTRIBUTION if not request.headers.get(name)]
    if missing:
        raise PlanBlocked(
            "The export is blocked.", f"The header {missing[0]} is missing.", status=402
        )
