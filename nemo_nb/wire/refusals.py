"""An answer that is no success → what kind of fault it is, and the error that tells it.

The codes are those of PROTOCOL.md's table; they come in the ``{"code": …}`` envelope on HTTP
200 and 4xx alike, inside the stream, or only as an HTTP status. Of a body, only its
``message`` or ``detail`` is ever quoted, on one line and cut short.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from nemo_nb import skills
from nemo_nb.errors import (
    ApiError,
    BadToken,
    EditRefused,
    FileTooLarge,
    MissingClientId,
    NemoError,
    NoCredits,
    NotSupported,
    PlanBlocked,
    ProtocolError,
    RateLimited,
    SessionLost,
    TurnFailed,
    UnsupportedFile,
)
from nemo_nb.wire import envelope
from nemo_nb.wire.events import StreamError
from nemo_nb.wire.retry import Call, Fault

_MB: Final = 1_000_000
_SERVER_ERROR: Final = 500
_CLIENT_ERROR: Final = 400
_REDIRECT: Final = 300
_MINUTE_S: Final = 60
_HOUR_S: Final = 3600

# HTTP statuses that mean the same as a code of the table, where no code came with them.
_STATUS_CODES: Final = {
    401: 1001,
    402: 402,
    403: 403,
    409: 409,
    413: 4002,
    415: 4001,
    429: 429,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked, and by whom: all that an error needs to be useful.

    Attributes:
        call: Which call it was.
        endpoint: Method and path template, without ids.
        anonymous: Whether the token is an anonymous one.
        user_id: The anonymous id, for the registration link.
        web_url: Base of links for people.
        skill: The skill in whose name the call was made.
        sizes: File name → bytes, for an upload.
    """

    call: Call
    endpoint: str
    anonymous: bool
    user_id: str | None
    web_url: str
    skill: skills.Skill
    sizes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A fault for the retry table, and the error to raise if nothing mends it."""

    fault: Fault
    error: NemoError
    retry_after_s: float | None = None


def refusal(
    status: int, value: Any, asked: Asked, *, retry_after_s: float | None = None
) -> Refusal | None:
    """Return why this answer is no success, or None where it is one.

    Args:
        status: The HTTP status.
        value: The body's JSON value, None where it is not JSON.
        asked: What was asked.
        retry_after_s: The ``Retry-After`` header, in seconds.
    """
    code = envelope.code_of(value)
    said = envelope.said(value)
    if status >= _SERVER_ERROR:
        return Refusal(Fault.SERVER_ERROR, _server_error(status, said, asked))
    if _REDIRECT <= status < _CLIENT_ERROR:
        return Refusal(Fault.REFUSED, _moved(status, asked))
    if status < _REDIRECT:
        if code or envelope.unsuccessful(value):
            return _by_code(code or 0, status, said, asked, retry_after_s)
        if not isinstance(value, Mapping):
            return Refusal(Fault.UNREADABLE, _unreadable(status, asked))
        return None
    if not code and _is_lost_session(status, said):
        code = SessionLost.default_code
    return _by_code(code or _STATUS_CODES.get(status, status), status, said, asked, retry_after_s)


def stream_error(event: StreamError, asked: Asked, *, reply: Any = None) -> NemoError:
    """Return the error for a failure that was told inside the stream.

    A code of the table gives the error of its row; anything else is a `TurnFailed`.
    """
    if isinstance(event.code, int) and event.code in _ROWS:
        error = _by_code(event.code, None, envelope.quote(event.message), asked, None).error
        error.reply = reply
        return error
    word = f" ({event.code})" if event.code not in (None, "") else ""
    return TurnFailed(
        f"The backend reported an error in its answer{word}.",
        envelope.quote(event.message),
        "What it did until then is kept; look at session.timeline() before asking again.",
        code=event.code if isinstance(event.code, int) else None,
        endpoint=asked.endpoint,
        reply=reply,
    )


def _by_code(
    code: int, status: int | None, said: str, asked: Asked, retry_after_s: float | None
) -> Refusal:
    where: dict[str, Any] = {"code": code, "status": status, "endpoint": asked.endpoint}
    row = _ROWS.get(code)
    if row is None:
        number = f", code {code}" if code else ""
        what = f"The server refused ({asked.endpoint}{number})."
        where["code"] = code or None
        return Refusal(Fault.REFUSED, ApiError(what, said, **where))
    fault, make = row
    if fault is Fault.RATE_LIMITED:
        return Refusal(fault, _rate_limited(said, asked, where, retry_after_s), retry_after_s)
    return Refusal(fault, make(said, asked, where))


_Make = Callable[[str, Asked, dict[str, Any]], NemoError]


def _bad_token(said: str, asked: Asked, where: dict[str, Any]) -> NemoError:
    if asked.anonymous:
        return BadToken(
            "The server does not accept the free starter token, nor a new one.",
            said or "A client gets one of them in seven days.",
            "Try again later, or register and set NEMO_TOKEN.",
            **where,
        )
    return BadToken(
        "The server does not accept your token.",
        said or "It is mistyped, has expired, or belongs to another server.",
        "Set NEMO_TOKEN (or token=) to a valid token; it was not replaced by a free one.",
        **where,
    )


def _session_lost(said: str, _asked: Asked, where: dict[str, Any]) -> NemoError:
    return SessionLost(
        "The server no longer knows this session; its timeline is gone.",
        said or "It has ended there, or belongs to another account.",
        **where,
    )


def _no_credits(said: str, asked: Asked, where: dict[str, Any]) -> NemoError:
    fix = f"Register to go on with this work: {_register_link(asked)}" if asked.anonymous else ""
    # PROTOCOL.md's approximate costs.
    why = said or "Generating costs about 100 credits a clip, editing about 50 a session."
    return NoCredits("No credits are left.", why, fix, **where)


def _register_link(asked: Asked) -> str:
    """Return where an anonymous user registers; the id keeps the work with the new account."""
    bind = f"?bind={quote(asked.user_id, safe='')}" if asked.user_id else ""
    return f"{asked.web_url}/register{bind}"


def _unsupported(said: str, _asked: Asked, where: dict[str, Any]) -> NemoError:
    formats = " ".join(skills.UPLOAD_FORMATS)
    return UnsupportedFile(
        "The server did not take the file.",
        said or "Its content is of a kind that it does not read.",
        f"It takes {formats}.",
        **where,
    )


def _too_large(said: str, asked: Asked, where: dict[str, Any]) -> NemoError:
    limit = f"{asked.skill.limit_bytes / _MB:.0f} MB"
    sizes = ", ".join(f"{name} has {size / _MB:.1f} MB" for name, size in asked.sizes.items())
    return FileTooLarge(
        f"The file is too large: {sizes or 'the server says so'}.",
        said or f"{asked.skill.title} takes files up to {limit}.",
        f"Compress or trim it below {limit} and upload it again.",
        **where,
    )


def _no_client_id(said: str, asked: Asked, where: dict[str, Any]) -> NemoError:
    if asked.call is Call.TOKEN:
        return MissingClientId(
            "The server gave no starter token: it misses a client id.",
            said,
            "Delete ~/.config/nemovideo/client_id, or set NEMO_CLIENT_ID to a UUID.",
            **where,
        )
    return ApiError(f"The server refused the request ({asked.endpoint}).", said, **where)


def _plan_blocked(said: str, asked: Asked, where: dict[str, Any]) -> NemoError:
    fix = f"{PlanBlocked.default_fix} {_register_link(asked)}" if asked.anonymous else ""
    why = said or "It is the plan, not the credits."
    return PlanBlocked("The plan of this account does not allow it.", why, fix, **where)


def _edit_refused(said: str, _asked: Asked, where: dict[str, Any]) -> NemoError:
    return EditRefused(
        said.removeprefix(envelope.SAYS) or "The timeline does not allow this now.",
        fix="Nothing was changed; session.timeline() shows how it stands.",
        **where,
    )


def _rate_limited(
    said: str, asked: Asked, where: dict[str, Any], wait_s: float | None = None
) -> NemoError:
    fix = f"Wait {_span(wait_s)} before trying again." if wait_s else ""
    if asked.call is Call.TOKEN:
        # PROTOCOL.md's numbers.
        why = said or "A client gets one starter token in seven days, a network about ten."
        fix = f"{fix or RateLimited.default_fix} A token of your own, in NEMO_TOKEN, needs none."
        return RateLimited("The server gives no starter token now.", why, fix, **where)
    why = said or "It had too many from this account or this network."
    return RateLimited("The server asks for fewer requests.", why, fix, **where)


def _span(seconds: float) -> str:
    if seconds < 2 * _MINUTE_S:
        return f"{math.ceil(seconds)} s"
    if seconds < 2 * _HOUR_S:
        return f"{math.ceil(seconds / _MINUTE_S)} minutes"
    return f"{math.ceil(seconds / _HOUR_S)} hours"


def _not_supported(said: str, asked: Asked, where: dict[str, Any]) -> NemoError:
    return NotSupported(f"This backend cannot do that ({asked.endpoint}).", said, **where)


_ROWS: Final[dict[int, tuple[Fault, _Make]]] = {
    1001: (Fault.BAD_TOKEN, _bad_token),
    1002: (Fault.SESSION_LOST, _session_lost),
    2001: (Fault.REFUSED, _no_credits),
    4001: (Fault.REFUSED, _unsupported),
    4002: (Fault.REFUSED, _too_large),
    400: (Fault.NO_CLIENT_ID, _no_client_id),
    402: (Fault.REFUSED, _plan_blocked),
    403: (Fault.REFUSED, _plan_blocked),
    405: (Fault.REFUSED, _not_supported),
    409: (Fault.REFUSED, _edit_refused),
    429: (Fault.RATE_LIMITED, _rate_limited),
    501: (Fault.REFUSED, _not_supported),
}


def _server_error(status: int, said: str, asked: Asked) -> NemoError:
    return ApiError(
        f"The server failed ({asked.endpoint}, HTTP {status}).",
        said,
        "Try again in a moment.",
        status=status,
        endpoint=asked.endpoint,
    )


def _moved(status: int, asked: Asked) -> NemoError:
    return ProtocolError(
        f"The server sends this request elsewhere ({asked.endpoint}, HTTP {status}).",
        "A token is never sent on to another address.",
        "Set NEMO_API_URL (or the URL given to connect) to the API's own address, https included.",
        status=status,
        endpoint=asked.endpoint,
    )


def _unreadable(status: int, asked: Asked) -> NemoError:
    return ProtocolError(
        f"The server's answer is not one of the Nemo API ({asked.endpoint}, HTTP {status}).",
        "A proxy or a login page may stand in between.",
        "Check the backend's URL and the network.",
        status=status,
        endpoint=asked.endpoint,
    )


def _is_lost_session(status: int, said: str) -> bool:
    # ADK: 404 {"detail": "Session not found: …"}; a route that is missing says "Not Found".
    return status == 404 and "session" in said.lower()  # noqa: PLR2004 - an HTTP status
