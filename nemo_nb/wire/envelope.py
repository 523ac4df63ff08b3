"""The envelope of an answer, ``{"code": …, "message": …, "data": …}``. Pure; nothing raises."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, cast

SAYS: Final = "The server says: "
_QUOTE_CHARS: Final = 300


def read_body(body: bytes) -> Any:
    """Return the JSON value of *body*, or None where it is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def code_of(value: Any) -> int | None:
    """Return the envelope's non-zero code, 0 for a plain success, None without an envelope."""
    if not isinstance(value, Mapping):
        return None
    envelope = cast("Mapping[str, Any]", value)
    code = envelope.get("code")
    if isinstance(code, str) and code.lstrip("-").isascii() and code.lstrip("-").isdigit():
        code = int(code[:9])
    if isinstance(code, int) and not isinstance(code, bool):
        return code
    return 0 if envelope.get("success") is True else None


def data_of(value: Any) -> dict[str, Any]:
    """Return the envelope's ``data``, or the value itself where there is no envelope."""
    if not isinstance(value, dict):
        return {}
    body = cast("dict[str, Any]", value)
    data = body.get("data")
    return cast("dict[str, Any]", data) if isinstance(data, dict) else body


def unsuccessful(value: Any) -> bool:
    """Whether the envelope says ``"success": false``."""
    return isinstance(value, Mapping) and cast("Mapping[str, Any]", value).get("success") is False


def said(value: Any) -> str:
    """Return the server's own words, quoted on one line; empty where it has none."""
    if not isinstance(value, Mapping):
        return ""
    body = cast("Mapping[str, Any]", value)
    error = body.get("error")
    candidates: list[Any] = [body.get("message"), body.get("msg"), body.get("detail"), error]
    if isinstance(error, Mapping):
        candidates.append(cast("Mapping[str, Any]", error).get("message"))
    detail = body.get("detail")
    if isinstance(detail, list):
        # FastAPI's 422: a list of {"loc", "msg"}.
        rows = [cast("Any", row) for row in cast("list[Any]", detail) if isinstance(row, dict)]
        candidates.append("; ".join(str(row.get("msg", "")) for row in rows))
    return next((quote(text) for text in candidates if isinstance(text, str) and text), "")


def quote(text: str) -> str:
    """Return the server's *text* as a sentence, on one line and cut short."""
    line = " ".join(text.split())
    if not line:
        return ""
    short = line if len(line) <= _QUOTE_CHARS else line[: _QUOTE_CHARS - 1] + "…"
    return f"{SAYS}{short}" + ("." if short[-1].isalnum() else "")
