"""Server-sent events → typed events, for both dialects of the stream. No I/O.

The first dialect is Google ADK's ``Event``, its keys in camelCase or snake_case; the second
an older public document's ``{"type": "text", "content": "…"}``. Errors come in four forms
(PROTOCOL.md), all of them a :class:`StreamError` here. Nothing raises: what cannot be read
is :class:`Unreadable`, what means nothing to a chat is :class:`Other`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from nemo_nb.wire.sse import ServerSentEvent

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the answer, to be appended to what this author said so far."""

    text: str
    author: str
    raw: Any = field(repr=False, compare=False, default=None)


@dataclass(frozen=True, slots=True)
class TextFinal:
    """A whole text: it takes the place of this author's deltas."""

    text: str
    author: str
    raw: Any = field(repr=False, compare=False, default=None)


@dataclass(frozen=True, slots=True)
class Thought:
    """Reasoning; never part of the answer."""

    text: str
    raw: Any = field(repr=False, compare=False, default=None)


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The backend begins a piece of work. ``id`` may be empty."""

    id: str
    name: str
    args: Json
    raw: Any = field(repr=False, compare=False, default=None)


@dataclass(frozen=True, slots=True)
class ToolResult:
    """A piece of work is done. ``id`` may be empty."""

    id: str
    name: str
    result: Any
    raw: Any = field(repr=False, compare=False, default=None)


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The backend is at work and has nothing to say yet."""

    raw: Any = field(repr=False, compare=False, default=None)


@dataclass(frozen=True, slots=True)
class StreamError:
    """A failure told inside the stream. ``code`` is a number, a word such as SAFETY, or None."""

    code: int | str | None
    message: str
    raw: Any = field(repr=False, compare=False, default=None)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Data that is not a JSON object: skipped and counted."""

    data: str
    raw: Any = field(repr=False, compare=False, default=None)


@dataclass(frozen=True, slots=True)
class Other:
    """Something readable that is no part of the answer: files, state deltas, markers."""

    raw: Any


Event = (
    TextDelta
    | TextFinal
    | Thought
    | ToolCall
    | ToolResult
    | Heartbeat
    | StreamError
    | Unreadable
    | Other
)

_HEARTBEAT_NAMES: Final = frozenset(("heartbeat", "ping", "keepalive", "keep-alive"))
# Up to google-adk 1.22 the error frame is built by hand, so quotes and line breaks in the
# message leave something that only looks like JSON.
_ERROR_FRAME: Final = re.compile(r'\s*\{\s*"error"\s*:\s*"?(?P<message>.*)\Z', re.DOTALL)
# ADK reports the model's finish reason as errorCode where an answer holds no parts; a
# natural stop is no failure.
_NATURAL_STOPS: Final = ("STOP", "FINISH_REASON_UNSPECIFIED")
_CODE_DIGITS: Final = 9
# Keys that make a frame more than a delta of the first dialect.
_ELSEWHERE: Final = frozenset(
    ("type", "errorCode", "error_code", "errorMessage", "error_message", "error", "code")
)
_new: Final = object.__new__
_set_text: Final = TextDelta.__dict__["text"].__set__
_set_author: Final = TextDelta.__dict__["author"].__set__
_set_raw: Final = TextDelta.__dict__["raw"].__set__
# `scan_once` is the C scanner under `json.loads`; typeshed leaves it out.
_scan = cast("Callable[[str, int], tuple[Any, int]]", getattr(json.JSONDecoder(), "scan_once"))  # noqa: B009


def read(sse: ServerSentEvent) -> list[Event]:
    """Return the typed events that one server-sent event holds; never raises."""
    data, name, _id, comment = sse
    if comment or (name and name in _HEARTBEAT_NAMES):
        return [Heartbeat(sse)]
    value = _object(data)
    if value is not None:
        return read_object(value)
    if not data or data.isspace():
        return [Heartbeat(sse)]
    error = _ERROR_FRAME.match(data)
    if error:
        return [StreamError(None, error["message"].rstrip().removesuffix('"}'), data)]
    return [Unreadable(data, sse)]


def read_object(value: Json) -> list[Event]:
    """Return the typed events of one JSON object of the stream; at least one."""
    delta = _plain_delta(value)
    if delta:
        return [delta]
    kind = value.get("type")
    if isinstance(kind, str) and not isinstance(value.get("content"), Mapping):
        return [_second_dialect(kind, value)]
    events = _parts(value)
    failure = _failure(value)
    if failure:
        events.append(failure)
    return events or [Other(value)]


def _plain_delta(value: Json) -> TextDelta | None:
    """Return the delta of a frame that holds one piece of text and nothing else.

    Nearly all frames are such; the other readers here would find the same, more slowly.
    """
    if not value.get("partial") or not _ELSEWHERE.isdisjoint(value):
        return None
    try:
        (part,) = value["content"]["parts"]
        text, author = part["text"], value["author"]
    except (KeyError, TypeError, ValueError):
        return None
    if len(part) != 1 or type(text) is not str or type(author) is not str:
        return None
    if not text or author == "user":
        return None
    # What `TextDelta(...)` does; a frozen dataclass takes half as long again to do it.
    delta = _new(TextDelta)
    _set_text(delta, text)
    _set_author(delta, author)
    _set_raw(delta, value)
    return delta


def _object(data: str) -> Json | None:
    """Return the JSON object that *data* is, or None where it is none."""
    try:
        # The scanner alone: what `json.loads` does around it takes as long on short data.
        value, end = _scan(data, 0)
        if end != len(data):
            value = json.loads(data)
    except StopIteration:
        # Blanks before the value are what the scanner alone does not take.
        return _object(data.lstrip()) if data[:1].isspace() else None
    except (ValueError, RecursionError):
        return None
    # A `cast` here would be a call for each event, to say what JSON objects are anyway.
    return value if isinstance(value, dict) else None  # pyright: ignore[reportUnknownVariableType]


def _second_dialect(kind: str, value: Json) -> Event:
    content = value.get("content")
    event: Event | None = None
    if kind in _SAID and isinstance(content, str):
        event = _SAID[kind](content, value)
    elif kind == "tool_call":
        event = _call(value, value)
    elif kind == "tool_result":
        event = _result(value, value)
    elif kind in _HEARTBEAT_NAMES:
        event = Heartbeat(value)
    elif kind == "error" and not _failure(value):
        event = StreamError(_code(value.get("code")), _message(value), value)
    return event or _failure(value) or Other(value)


def _said(text: str, value: Json) -> Event:
    kind = TextFinal if value.get("partial") is False else TextDelta
    return kind(text, _text(value.get("author")), value)


_SAID: Final[Mapping[str, Callable[[str, Json], Event]]] = {
    "text": _said,
    "thought": Thought,
    "thinking": Thought,
}


def _parts(value: Json) -> list[Event]:
    content = value.get("content")
    if not isinstance(content, Mapping):
        return []
    parts = cast("Json", content).get("parts")
    if not isinstance(parts, Sequence) or isinstance(parts, str):
        return []
    author = _text(value.get("author"))
    texts: list[str] = []
    at = 0
    events: list[Event] = []
    for part in cast("Sequence[Any]", parts):
        if not isinstance(part, Mapping):
            events.append(Other(value))
            continue
        part = cast("Json", part)
        text = part.get("text")
        if isinstance(text, str):
            if part.get("thought"):
                events.append(Thought(text, value))
            elif text and author != "user":
                at = at if texts else len(events)
                texts.append(text)
            continue
        events.append(_deed(part, value))
    if texts:
        # One event holds one text, in however many parts it came.
        kind = TextDelta if value.get("partial") else TextFinal
        events.insert(at, kind("".join(texts), author, value))
    return events


def _deed(part: Json, event: Json) -> Event:
    call = part.get("functionCall", part.get("function_call"))
    if isinstance(call, Mapping):
        return _call(cast("Json", call), event)
    result = part.get("functionResponse", part.get("function_response"))
    if isinstance(result, Mapping):
        return _result(cast("Json", result), event)
    return Other(event)


def _call(call: Json, event: Json) -> ToolCall:
    args = call.get("args", call.get("arguments"))
    known = cast("Json", args if isinstance(args, Mapping) else {})
    return ToolCall(_text(call.get("id")), _text(call.get("name")), known, event)


def _result(result: Json, event: Json) -> ToolResult:
    value = result.get("response", result.get("result"))
    return ToolResult(_text(result.get("id")), _text(result.get("name")), value, event)


def _failure(value: Json) -> StreamError | None:
    code = value.get("errorCode", value.get("error_code"))
    message = _text(value.get("errorMessage", value.get("error_message")))
    if message or (code and code not in _NATURAL_STOPS):
        return StreamError(_code(code), message, value)
    error = value.get("error")
    if isinstance(error, Mapping):
        inner = cast("Json", error)
        return StreamError(_code(inner.get("code")), _message(inner), value)
    if error:
        return StreamError(_code(value.get("code")), str(error), value)
    gateway = _code(value.get("code"))
    if isinstance(gateway, int) and gateway != 0 and "content" not in value:
        return StreamError(gateway, _message(value), value)
    return None


def _code(code: Any) -> int | str | None:
    if isinstance(code, bool) or not isinstance(code, (int, str)):
        return None
    if isinstance(code, str) and code.isascii() and code.isdigit() and len(code) <= _CODE_DIGITS:
        return int(code)
    return code or None


def _message(value: Json) -> str:
    texts = (_text(value.get(key)) for key in ("message", "msg", "detail", "content"))
    return next((text for text in texts if text), "")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
