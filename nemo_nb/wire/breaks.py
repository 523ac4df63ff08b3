"""A connection that failed → what kind of fault it is, and the error that tells it."""

from __future__ import annotations

import httpx

from nemo_nb.errors import ConfigError, NemoError, StudioGone, Unreachable
from nemo_nb.settings import LOCAL, Settings
from nemo_nb.wire.request import Dropped
from nemo_nb.wire.retry import Fault


def broken(
    error: httpx.TransportError, settings: Settings, endpoint: str
) -> tuple[Fault, NemoError]:
    """Return the fault and the error for a connection that failed."""
    never_opened = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
    if isinstance(error, never_opened):
        told = _not_connected(settings, error, endpoint)
        told.__cause__ = error
        refused = settings.backend == LOCAL and isinstance(error, httpx.ConnectError)
        return (Fault.STUDIO_GONE if refused else Fault.NOT_CONNECTED), told
    if isinstance(error, (httpx.UnsupportedProtocol, httpx.LocalProtocolError)):
        told = ConfigError(
            f"The request cannot be sent ({endpoint}).", _why(error), endpoint=endpoint
        )
        return Fault.REFUSED, told
    timed_out = isinstance(error, httpx.TimeoutException)
    told = Unreachable(
        f"The server {'did not answer in time' if timed_out else 'broke the connection'}"
        f" ({endpoint}).",
        _why(error),
        "Try again in a moment.",
        endpoint=endpoint,
    )
    told.__cause__ = error
    return (Fault.TIMED_OUT if timed_out else Fault.RESET), told


def _not_connected(settings: Settings, error: Exception, endpoint: str) -> NemoError:
    if settings.backend == LOCAL:
        return StudioGone("The embedded studio does not answer any more.", endpoint=endpoint)
    return Unreachable(
        f"Nothing answers at {settings.api_url} ({endpoint}).",
        _why(error),
        "Check that it is running, the URL, the network and the proxy.",
        endpoint=endpoint,
    )


def dropped(error: NemoError) -> Dropped:
    """Return *error* as the one that says: it may have arrived."""
    return Dropped(
        error.what, error.why, code=error.code, status=error.status, endpoint=error.endpoint
    )


def cut(error: Exception, endpoint: str) -> Unreachable:
    """Return the error for an answer that broke off."""
    told = Unreachable(
        "The connection broke in the middle of the answer.", _why(error), endpoint=endpoint
    )
    told.__cause__ = error
    return told


def _why(error: Exception) -> str:
    """Return what the library says, as a sentence; empty where it says nothing."""
    said = str(error).strip().rstrip(".")
    return f"{said}." if said else ""
