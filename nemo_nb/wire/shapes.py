"""The shapes that answers come in → our records. Tolerant: nothing here raises."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from nemo_nb.models import Credits, JobStatus, RenderState
from nemo_nb.timeline.draft import first, number

_STATUSES: Final[dict[str, JobStatus]] = {
    "pending": "pending",
    "queued": "pending",
    "submitted": "pending",
    "accepted": "pending",
    "created": "pending",
    "processing": "processing",
    "rendering": "processing",
    "running": "processing",
    "in_progress": "processing",
    "completed": "completed",
    "complete": "completed",
    "done": "completed",
    "success": "completed",
    "succeeded": "completed",
    "finished": "completed",
    "failed": "failed",
    "failure": "failed",
    "error": "failed",
    "cancelled": "cancelled",
    "canceled": "cancelled",
}
_FULL: Final = 100.0


@dataclass(frozen=True, slots=True)
class ServerSession:
    """A session on the server. ``task_id`` is empty where the server gave none."""

    session_id: str
    task_id: str
    user_id: str | None = None


def session(value: Any) -> ServerSession | None:
    """Return the session that was made, or None where the answer names none."""
    for body in (_object(_object(value).get("data")), _object(value)):
        session_id = first(body, ("session_id", "sessionId"))
        if isinstance(session_id, str) and session_id:
            return ServerSession(
                session_id, _text(first(body, ("task_id", "taskId"))), user_id(body)
            )
    return None


def user_id(body: Mapping[str, Any]) -> str | None:
    """Return the user's id where *body* tells a real one; ``me`` is none."""
    found = first(body, ("user_id", "userId"))
    return found if isinstance(found, str) and found not in ("", "me") else None


def credits_of(data: Mapping[str, Any]) -> Credits:
    """Return the balance; a number that is missing is worked out from the others or 0."""
    available = number(data.get("available")) or 0.0
    frozen = number(data.get("frozen")) or 0.0
    total = number(data.get("total"))
    return Credits(available, frozen, available + frozen if total is None else total)


def state(value: Any) -> dict[str, Any]:
    """Return the session's state, whose ``draft`` is always an object.

    It lies in ``data.state``, in ``state``, or is the body itself.
    """
    body = _object(value)
    data = _object(body.get("data")) or body
    inner = data.get("state")
    found = dict(_object(_parsed(inner)) if inner is not None else data)
    found["draft"] = _object(_parsed(found.get("draft")))
    return found


def files(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the uploaded files' records."""
    listed = data.get("files")
    rows = cast("list[Any]", listed) if isinstance(listed, list) else []
    return [_object(row) for row in rows if isinstance(row, dict)]


def render(render_id: str, value: Any) -> RenderState:
    """Return the state of a render job from any of the shapes it comes in.

    ``data.output.url``, ``data.outputUrl``, ``outputUrl`` at the top, with an envelope,
    ``{"success": …}`` or neither. A status that nobody documented counts as processing.
    """
    top = _object(value)
    body = {**top, **_object(top.get("data"))}
    output = _object(body.get("output"))
    url = _text(
        first(output, ("url", "outputUrl", "output_url"))
        or first(body, ("outputUrl", "output_url", "url"))
    )
    word = _text(first(body, ("status", "state"))).strip().lower()
    status = _STATUSES.get(word) or ("completed" if url and not word else _unknown(word))
    progress = _progress(body.get("progress"))
    return RenderState(
        id=render_id,
        status=status,
        progress=_FULL if status == "completed" else progress,
        url=url or None,
        error=_render_error(body) if status == "failed" else None,
        notes=_notes(body.get("notes")),
        raw=top,
    )


def _unknown(word: str) -> JobStatus:
    return "processing" if word else "pending"


def _progress(value: Any) -> float:
    if isinstance(value, str):
        value = value.strip().removesuffix("%")
    return min(_FULL, max(0.0, number(value) or 0.0))


def _render_error(body: Mapping[str, Any]) -> str | None:
    error = first(body, ("error", "errorMessage", "error_message", "message"))
    if isinstance(error, Mapping):
        error = first(cast("Mapping[str, Any]", error), ("message", "code"))
    return None if error is None else str(error)


def _notes(value: Any) -> tuple[str, ...]:
    listed = cast("list[Any]", value) if isinstance(value, list) else []
    return tuple(note for note in listed if isinstance(note, str) and note)


def _parsed(value: Any) -> Any:
    """Return *value*, read as JSON where it is JSON in a string."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None


def _object(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
