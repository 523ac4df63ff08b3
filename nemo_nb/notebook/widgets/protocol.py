"""What the panel and the kernel say to each other; ``protocol.ts`` holds the same tables.

A request carries ``id`` and ``kind`` and is answered exactly once, by ``{"kind": "answer",
"to": id, "ok": true, "data": …}`` or with ``"ok": false`` and an ``error``. Notices come
unasked. ``upload_chunk`` carries one buffer; so do the answers to ``asset``, ``video``,
``frame`` and ``thumbnails``. Times are integer milliseconds. A segment is named by its track
and its place on it, ``[track, segment]``, as in ``Timeline.segments``.

The answer names its request as ``to``: a message of ours with an ``id`` would be kept by
ipykernel 7.4 as a request of its own, for ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from nemo_nb.errors import InputError, NemoError
from nemo_nb.redact import scrub

PROTOCOL: Final = 2

MOST_TEXT_CHARS: Final = 100_000
"""No message, file name or id is longer; what is, was not typed by a person."""

MOST_SEGMENTS: Final = 100_000
"""No selection is longer."""

REQUESTS: Final[dict[str, dict[str, type]]] = {
    "hello": {"protocol": int},
    "hello_timeline": {"protocol": int},
    "hello_player": {"protocol": int},
    "asset": {"name": str},
    "send": {"text": str},
    "unqueue": {"entry": int},
    "stop": {},
    "upload_begin": {"upload": str, "name": str, "size_bytes": int},
    "upload_chunk": {"upload": str, "offset": int},
    "upload_end": {"upload": str},
    "upload_cancel": {"upload": str},
    "retry": {"item": int},
    "undo": {},
    "redo": {},
    "export": {"format": str},
    "export_cancel": {},
    "refresh": {},
    "video": {"video": int, "offset": int},
    "frame": {"at_ms": int, "width": int, "exact": bool},
    "thumbnails": {"count": int, "width": int},
    "waveform": {"buckets": int},
    "select": {"segments": list},
    "cue_text": {"track": int, "segment": int, "text": str},
    "film": {"film": int},
    "vote": {"cue": str, "left": str, "right": str, "winner": str},
}

NOTICES: Final[dict[str, frozenset[str]]] = {
    "item": frozenset({"item"}),
    "delta": frozenset({"item", "seq", "add", "replace", "progress"}),
    "queue": frozenset({"queue"}),
    "timeline": frozenset({"timeline"}),
    "studio": frozenset({"studio"}),
    "upload": frozenset({"name", "sent_bytes", "total_bytes"}),
    "export": frozenset({"export"}),
    "credits": frozenset({"credits"}),
    "selection": frozenset({"selection", "reveal"}),
    "film": frozenset({"film"}),
    "votes": frozenset({"count", "ballots"}),
}

Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """A request whose fields have the names and types of :data:`REQUESTS`."""

    id: str
    kind: str
    fields: Mapping[str, Any]


def request_id(content: Any) -> str:
    """Return the id of a request that may be unreadable otherwise; "" if it has none."""
    found = cast("Mapping[str, Any]", content).get("id") if isinstance(content, Mapping) else None
    return found if isinstance(found, str) and len(found) <= MOST_TEXT_CHARS else ""


def parse(content: Any) -> Request:
    """Read a request.

    Raises:
        InputError: It is none, or a field is missing or of another type. Whole numbers are
            never negative and texts never longer than :data:`MOST_TEXT_CHARS`.
    """
    if not isinstance(content, Mapping):
        raise InputError("The panel sent something that is no request.")
    message = cast("Mapping[str, Any]", content)
    kind, found = message.get("kind"), request_id(message)
    fields = REQUESTS.get(kind) if isinstance(kind, str) else None
    if not found or fields is None or not isinstance(kind, str):
        raise InputError(
            "The panel asked for something this version does not know.",
            fix="Reload the page, then run the cell again.",
        )
    for name, wanted in fields.items():
        if not _fits(message.get(name), wanted):
            raise InputError(f"The panel's request {kind!r} has no usable {name!r}.")
    return Request(found, kind, {name: message[name] for name in fields})


def _fits(value: Any, wanted: type) -> bool:
    if wanted is int:
        return _is_count(value)
    if wanted is list:
        return _are_segments(value)
    if wanted is bool:
        return isinstance(value, bool)
    return isinstance(value, str) and len(value) <= MOST_TEXT_CHARS


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _are_segments(value: Any) -> bool:
    if not isinstance(value, list):
        return False
    pairs = cast("list[Any]", value)
    return len(pairs) <= MOST_SEGMENTS and all(_is_segment(pair) for pair in pairs)


def _is_segment(value: Any) -> bool:
    return isinstance(value, list) and [*map(_is_count, cast("list[Any]", value))] == [True, True]


def notice(kind: str, **fields: Any) -> Message:
    """Return a notice; its fields must be those of :data:`NOTICES`."""
    if NOTICES[kind] != fields.keys():
        raise ValueError(f"{kind} has the fields {sorted(NOTICES[kind])}")
    return {"kind": kind, **fields}


def answer(request: str, data: Mapping[str, Any] | None = None) -> Message:
    """Return the answer to a request that succeeded."""
    return {"kind": "answer", "to": request, "ok": True, "data": dict(data or {})}


def refusal(request: str, error: BaseException) -> Message:
    """Return the answer to a request that failed."""
    return {"kind": "answer", "to": request, "ok": False, "error": problem(error)}


def problem(error: BaseException) -> Message:
    """Return an error in words: ``what``, ``why``, ``fix`` and the API's ``code``."""
    if isinstance(error, NemoError):
        return {"what": error.what, "why": error.why, "fix": error.fix, "code": error.code}
    return {
        "what": "Something went wrong in the kernel.",
        "why": f"{type(error).__name__}: {scrub(str(error))}",
        "fix": "",
        "code": None,
    }
