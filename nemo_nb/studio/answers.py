"""The envelope of PROTOCOL.md: ``{"code": 0, "data": …}``, and refusals in the same form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NoReturn, cast

from starlette.responses import JSONResponse

from nemo_nb.errors import BrokenMedia, NemoError, SessionLost
from nemo_nb.redact import scrub
from nemo_nb.studio.failures import named

if TYPE_CHECKING:
    from starlette.requests import Request

MAX_JSON_BYTES: Final = 16_000_000
"""A JSON body above this is refused: a draft of an hour's captions is about 1 MB."""

NOT_FOUND: Final = 404
CONFLICT: Final = 409
MALFORMED: Final = 422

# HTTP statuses of the codes that are no HTTP status themselves.
_STATUS: Final = {1001: 401, 1002: 404, 2001: 402, 4001: 415, 4002: 413}
_SERVER_ERROR: Final = 500
_NO_STORAGE: Final = 507


class Refusal(NemoError):
    """A request the studio will not do; ``code`` and ``status`` say how it is answered."""

    def __init__(self, code: int, what: str, why: str = "", fix: str = "") -> None:
        super().__init__(what, why, fix, code=code, status=_STATUS.get(code, code))

    def __reduce__(self) -> tuple[Any, ...]:
        return Refusal, (self.code, self.what, self.why, self.fix)


def answer(data: Mapping[str, Any]) -> JSONResponse:
    """Return *data* in the envelope of success."""
    return JSONResponse({"code": 0, "message": "success", "data": data})


def refuse(code: int, message: str, status: int | None = None) -> JSONResponse:
    """Return a refusal; the message passes the scrubber."""
    return JSONResponse(
        {"code": code, "message": scrub(message), "data": None},
        status_code=_STATUS.get(code, code) if status is None else status,
    )


def refusal_of(error: NemoError) -> JSONResponse:
    """Return the answer to *error*: its own code, else 4001 for media, else 422."""
    code = error.code
    if code is None:
        code = 4001 if isinstance(error, BrokenMedia) else MALFORMED
    return refuse(code, str(error), error.status)


def session_lost() -> SessionLost:
    """Return the error for a session that is not the caller's, or not there."""
    return SessionLost(
        "This studio has no such session.",
        "It was never made here, or belongs to another user.",
        "Start a new one.",
        status=NOT_FOUND,
    )


async def json_body(request: Request) -> dict[str, Any]:
    """Read the request's JSON object, strictly: no NaN, no lone surrogates, a size limit.

    No body at all is an empty object.

    Raises:
        Refusal: 413 or 422.
    """
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MAX_JSON_BYTES:
            raise Refusal(413, f"The JSON body is larger than {MAX_JSON_BYTES // 1_000_000} MB.")
    try:
        body: Any = json.loads(bytes(raw) or b"{}", parse_constant=_no_constant)
        # A lone surrogate parses but can neither be stored nor sent again.
        json.dumps(body, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Refusal(MALFORMED, "The body is not valid JSON.", f"{error}.") from None
    if not isinstance(body, dict):
        raise Refusal(MALFORMED, "The body must be a JSON object.")
    return cast("dict[str, Any]", body)


def as_object(value: Any) -> dict[str, Any]:
    """Return *value* if it is a JSON object, else an empty one."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    """Return *value* if it is a JSON array, else an empty one."""
    return cast("list[Any]", value) if isinstance(value, list) else []


def field(body: Mapping[str, Any], *names: str, default: str | None = None) -> str:
    """Return the string field that the first present of *names* holds.

    Raises:
        Refusal: 422; it is missing and has no default, or is no string.
    """
    value = next((body[name] for name in names if name in body), default)
    if not isinstance(value, str):
        raise Refusal(MALFORMED, f"The field {names[0]!r} must be a string.")
    return value


def server_error(error: Exception) -> JSONResponse:
    """Return the answer to *error*, a failure of the studio itself; the log holds the reason."""
    told = named(error)
    if told is not None:
        return refuse(_NO_STORAGE, told)
    return refuse(_SERVER_ERROR, "The studio failed at this request. Its log says why.")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
