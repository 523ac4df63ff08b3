"""Which token goes out: the user's own, or an anonymous one that all kernels share.

The user's own token is never replaced and never written. An anonymous one is had once in
seven days for a client id, so it is kept for all kernels (`token_store`), by origin and with
its expiry; ``NEMO_TOKEN_CACHE=0`` turns that off.
"""

from __future__ import annotations

import math
import os
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import anyio

from nemo_nb.errors import ConfigError, ProtocolError
from nemo_nb.redact import Secret, logger
from nemo_nb.wire.lockfile import alone
from nemo_nb.wire.token_store import CACHE_NAME, Entry, TokenStore, write_private

TOKEN_PATH: Final = "/api/auth/anonymous-token"  # noqa: S105 - where one is asked for
LOCK_NAME: Final = "anonymous_token.lock"
LIFETIME_S: Final = 7 * 24 * 3600.0
"""How long an anonymous token lives where the server does not say (PROTOCOL.md)."""
RENEW_EARLY_S: Final = 600.0
"""A token is renewed this long before its end, or at nine tenths of a shorter life."""

# How long another kernel may take to fetch the token that serves both.
_OTHER_KERNEL_S: Final = 60.0
# Epoch values above this are milliseconds.
_MILLISECONDS_FROM: Final = 1e11

_log = logger("nemo_nb.wire.auth")


@dataclass(frozen=True, slots=True)
class Grant:
    """An anonymous token, whose it is, and when to ask for another (epoch seconds)."""

    token: Secret
    user_id: str | None
    renew_at_s: float


class TokenSource:
    """Hands out the token for one origin.

    Args:
        origin: Scheme, host and port; the key of the cache.
        own: The user's own token; with it nothing else here is used.
        client_id_file: Where the client id lives, the cache beside it; None keeps neither.
        ask: Sends the token request with the client id and returns the answer's ``data``.
        env: The environment.
        now: Epoch seconds.
    """

    def __init__(
        self,
        *,
        origin: str,
        own: Secret | None,
        client_id_file: Path | None,
        ask: Callable[[], Awaitable[Mapping[str, Any]]],
        env: Mapping[str, str] | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        environ = os.environ if env is None else env
        self._origin = origin
        self._own = own
        self._client_id_file = client_id_file
        self._fixed_client_id = environ.get("NEMO_CLIENT_ID", "").strip()
        self._store = None
        if client_id_file and environ.get("NEMO_TOKEN_CACHE", "").strip() != "0":
            self._store = TokenStore(client_id_file.with_name(CACHE_NAME))
        self._ask = ask
        self._now = now
        self._grant: Grant | None = None
        self._client_id = ""
        self._lock = anyio.Lock()

    @property
    def anonymous(self) -> bool:
        """Whether the token is one of the free starter tokens."""
        return self._own is None

    @property
    def user_id(self) -> str | None:
        """The anonymous user's id once it is known; it is no secret."""
        return self._grant.user_id if self._grant else None

    async def token(self) -> Secret:
        """Return the token to send now; an anonymous one is fetched or renewed if need be.

        Raises:
            NemoError: No anonymous token could be had.
        """
        if self._own:
            return self._own
        async with self._lock:
            if not self._grant or not self._fresh(self._grant):
                self._grant = await self._shared()
            return self._grant.token

    async def renew(self, refused: Secret) -> None:
        """Replace the anonymous token that the server has just refused.

        Another kernel may have renewed it already; then that one is taken.
        """
        async with self._lock:
            if self._grant and self._grant.token != refused:
                return
            self._grant = await self._shared(refused)

    def new_client_id(self) -> None:
        """Throw the client id away: the server did not take it for one."""
        if not self._fixed_client_id:
            self._client_id = _write_client_id(self._client_id_file, replace=True)

    def client_id(self) -> str:
        """Return the client id, made and kept on first use.

        Raises:
            ConfigError: ``NEMO_CLIENT_ID`` is no UUID.
        """
        if self._fixed_client_id:
            if not _is_uuid(self._fixed_client_id):
                raise ConfigError(
                    "NEMO_CLIENT_ID is not a UUID.",
                    fix="Unset it: a client id is then generated and kept.",
                )
            return self._fixed_client_id
        if not self._client_id:
            file = self._client_id_file
            self._client_id = _read_client_id(file) or _write_client_id(file)
        return self._client_id

    def _fresh(self, grant: Grant) -> bool:
        return grant.renew_at_s > self._now()

    async def _shared(self, refused: Secret | None = None) -> Grant:
        """Return the token that all kernels share; the first to need it fetches it."""
        if cached := await self._cached(refused):
            _log.debug("the starter token of another call or kernel is used")
            return cached
        lock = self._store and alone(self._store.file.with_name(LOCK_NAME), limit_s=_OTHER_KERNEL_S)
        async with lock or nullcontext():
            return await self._cached(refused) or await self._fetch()

    async def _fetch(self) -> Grant:
        data = await self._ask()
        token = data.get("token")
        if not isinstance(token, str) or not token:
            raise ProtocolError(
                "The server's answer holds no starter token.",
                fix="Check the backend's URL, or set NEMO_TOKEN (or token=) to a token of yours.",
                endpoint=f"POST {TOKEN_PATH}",
            )
        user_id = data.get("user_id", data.get("userId"))
        now = self._now()
        ends_at_s = _epoch_s(data.get("expires_at", data.get("expiresAt")))
        if ends_at_s is None or ends_at_s <= now:
            # Nobody grants a token that has ended: one of the two clocks is wrong. It is sent
            # until it is refused, and not asked for again at each call.
            ends_at_s = now + LIFETIME_S
        renew_at_s = ends_at_s - min(RENEW_EARLY_S, (ends_at_s - now) / 10)
        grant = Grant(Secret(token), user_id if isinstance(user_id, str) else None, renew_at_s)
        _log.debug("a new starter token, good for %.0f s", renew_at_s - now)
        if self._store:
            await self._store.save(
                self._origin,
                {
                    "token": token,
                    "user_id": grant.user_id,
                    "expires_at": ends_at_s,
                    "renew_at": renew_at_s,
                    "client_id": self.client_id(),
                },
            )
        return grant

    async def _cached(self, refused: Secret | None = None) -> Grant | None:
        """Return the token that is kept, if it is one to send now."""
        kept = await self._store.load(self._origin) if self._store else []
        grants = filter(None, map(self._granted, kept))
        return next((one for one in grants if self._fresh(one) and one.token != refused), None)

    def _granted(self, kept: Entry) -> Grant | None:
        token, user_id = kept.get("token"), kept.get("user_id")
        renew_at_s = _epoch_s(kept.get("renew_at"))
        if not isinstance(token, str) or not token or renew_at_s is None:
            return None
        # A token belongs to the client id it was given for.
        if kept.get("client_id") != self.client_id():
            return None
        return Grant(Secret(token), user_id if isinstance(user_id, str) else None, renew_at_s)


def _read_client_id(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
    return text if _is_uuid(text) else ""


def _write_client_id(path: Path | None, *, replace: bool = False) -> str:
    """Make a client id and keep it; one that another kernel has just kept goes before.

    Args:
        path: Where; None keeps it nowhere.
        replace: Also in the place of a good one.
    """
    made = str(uuid.uuid4())
    if path is None:
        return made
    try:
        try:
            write_private(path, made, exclusive=not replace)
        except FileExistsError:
            if kept := _read_client_id(path):
                return kept
            # What is there is no id.
            write_private(path, made)
    except OSError as error:
        _log.warning("the client id is kept for this process only: %s", error.strerror)
        return made
    # Another kernel may have replaced it at the same time: the file decides.
    return _read_client_id(path) or made


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _epoch_s(value: Any) -> float | None:
    """Return a time given as epoch seconds, epoch ms or ISO text as epoch seconds."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            try:
                moment = datetime.fromisoformat(value)
                # A server that names no zone means its own, which is everybody's.
                return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
            except (ValueError, OverflowError, OSError):
                return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if not math.isfinite(value):
        return None
    return value / 1000 if value > _MILLISECONDS_FROM else float(value)
