r"""The file of a recorded session: JSON Lines that people can read. Pure.

The first line is the header. Each other line is one thing that happened, with its ms since the
recording began: a request (``asks``), the head of its answer (``answers``), a piece of the body
exactly as it came, and how it ended (``ends``). Lines of one request share its number, ``call``.

::

    {"nemo_nb_cassette": 1, "by": "0.1.0", "recorded_at": "…", "connects": [{…}]}
    {"call": 1, "at_ms": 12, "asks": "POST /run_sse", "json": {"app_name": "nemo_agent", …}}
    {"call": 1, "at_ms": 40, "answers": 200, "headers": {"content-type": "text/event-stream"}}
    {"call": 1, "at_ms": 55, "text": "data: {\"partial\": true, …}\n\n"}
    {"call": 1, "at_ms": 91, "ends": "end"}

A body is any number of ``text`` lines, or one ``json`` line, or one ``media`` line. Bytes that
are no UTF-8 stand in ``text`` as escaped lone surrogates, so every byte survives. ``media`` has
``size_bytes`` and ``sha256``, and the content as ``base64``, or in a ``file`` of the folder
beside the cassette, or not at all where it was over the limit. What is uploaded is told by
name, size and SHA-256 (``parts``) and never kept. ``ends`` is ``end``; ``fault`` (the
connection broke: ``fault`` and ``why`` name the httpx error); or ``left`` (the client hung up).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal, cast

from nemo_nb.errors import CassetteBroken
from nemo_nb.wire.parts import Part

VERSION: Final = 1
MARK: Final = "nemo_nb_cassette"

Ending = Literal["end", "fault", "left"]
_ENDINGS: Final = ("end", "fault", "left")

# Lone surrogates are no UTF-8, and the others end a line for many editors.
_UNWRITABLE: Final = re.compile("[\ud800-\udfff\u2028\u2029\x85]")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a body, and when it came."""

    at_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class Media:
    """A body that is no text. Neither *base64* nor *file*: it was not kept."""

    at_ms: int
    size_bytes: int
    sha256: str
    base64: str | None = None
    file: str | None = None


@dataclass(slots=True)
class Call:
    """One request and what came of it.

    Attributes:
        number: From 1, in the order in which the requests began.
        at_ms: When it began.
        method: ``GET``, ``POST`` and so on.
        url: The path on the API, or the whole address of another server.
        json: The body, where it is JSON.
        parts: The body, where it is an upload.
        status: The HTTP status; None where no answer came.
        headers: Those of the answer that matter, names in lower case.
        answered_ms: When the head of the answer came.
        chunks: The body, where it is text.
        value: The body, where it is JSON that is not streamed: ``[value]``.
        media: The body, where it is none of these.
        ending: How it ended.
        ended_ms: When.
        fault: The name of the httpx error, for a fault.
        why: Its words.
    """

    number: int
    at_ms: int
    method: str
    url: str
    json: Any = None
    parts: list[Part] = field(default_factory=list[Part])
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    answered_ms: int = 0
    chunks: list[Chunk] = field(default_factory=list[Chunk])
    value: list[Any] = field(default_factory=list[Any])
    media: Media | None = None
    ending: Ending = "left"
    ended_ms: int = 0
    fault: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Connect:
    """One `connect` of the recording.

    Attributes:
        backend: ``local``, ``cloud`` or ``url``.
        api: The API's base, a made-up one unless it is the public cloud.
        anonymous: Whether a free starter token was used.
        knobs: The waits it had: ``poll_s`` and so on.
        name: The session's name, if it has one.
        kept: What that name had reopened: ``session_id, task_id, skill, language``.
    """

    backend: str
    api: str
    anonymous: bool
    knobs: dict[str, float] = field(default_factory=dict[str, float])
    name: str | None = None
    kept: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Cassette:
    """A recorded session."""

    by: str
    recorded_at: str
    connects: list[Connect]
    calls: list[Call]


def dumps(cassette: Cassette) -> str:
    """Return the file's text."""
    header = {
        MARK: VERSION,
        "by": cassette.by,
        "recorded_at": cassette.recorded_at,
        "connects": [_without_none(asdict(connect)) for connect in cassette.connects],
    }
    lines = [line for call in cassette.calls for line in _lines(call)]
    # Stable: what happened in the same ms stays in the order of its call.
    lines.sort(key=lambda line: line["at_ms"])
    return "".join(f"{_json(line)}\n" for line in (header, *lines))


def loads(text: str, name: str = "The cassette") -> Cassette:
    """Return the cassette that *text* holds.

    Args:
        text: The file's text.
        name: What errors call it.

    Raises:
        CassetteBroken: It is none, or a newer one, or damaged; the message has the line.
    """
    # Not splitlines(): U+2028 and others are content here.
    lines = text.split("\n")
    header = _header(lines[0], name)
    calls: dict[int, Call] = {}
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        try:
            _read_line(cast("dict[str, Any]", json.loads(line)), calls)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise CassetteBroken(
                f"{name} is damaged at line {number}.",
                f"{type(error).__name__}: {error}.",
                "Record it again, or take the file from where it came from.",
            ) from error
    return Cassette(
        str(header.get("by", "")),
        str(header.get("recorded_at", "")),
        [Connect(**connect) for connect in header["connects"]],
        [calls[number] for number in sorted(calls)],
    )


def _header(line: str, name: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
        version = value[MARK]
        connects = [Connect(**connect) for connect in value["connects"]] if version == 1 else []
    except (ValueError, KeyError, TypeError, RecursionError):
        version, connects, value = None, [], {}
    if isinstance(version, int) and version > VERSION:
        raise CassetteBroken(f"{name} was recorded by a newer nemo_nb.", fix="Update nemo_nb.")
    if not connects:
        raise CassetteBroken(
            f"{name} is no recording of a session.",
            "Its first line is not that of a cassette.",
            "Make one with nemo_nb.record(path).",
        )
    return cast("dict[str, Any]", value)


def _lines(call: Call) -> Iterator[dict[str, Any]]:
    def line(at_ms: int, **rest: Any) -> dict[str, Any]:
        return {"call": call.number, "at_ms": at_ms, **rest}

    asks: dict[str, Any] = {"asks": f"{call.method} {call.url}"}
    if call.json is not None:
        asks["json"] = call.json
    if call.parts:
        asks["parts"] = [asdict(part) for part in call.parts]
    yield line(call.at_ms, **asks)
    if call.status is not None:
        yield line(call.answered_ms, answers=call.status, headers=call.headers)
    for chunk in call.chunks:
        yield line(chunk.at_ms, text=chunk.text)
    for value in call.value:
        yield line(call.ended_ms, json=value)
    if call.media is not None:
        media = _without_none(asdict(call.media))
        yield line(media.pop("at_ms"), media=media)
    ends: dict[str, Any] = {"ends": call.ending}
    if call.ending == "fault":
        ends |= {"fault": call.fault, "why": call.why}
    yield line(call.ended_ms, **ends)


def _read_line(line: Mapping[str, Any], calls: dict[int, Call]) -> None:
    number, at_ms = int(line["call"]), int(line["at_ms"])
    if "asks" in line:
        method, _, url = line["asks"].partition(" ")
        parts = [Part(**part) for part in line.get("parts", ())]
        calls[number] = Call(number, at_ms, method, url, line.get("json"), parts)
        return
    call = calls[number]
    if "answers" in line:
        call.status, call.answered_ms = int(line["answers"]), at_ms
        call.headers = {str(name): str(value) for name, value in line["headers"].items()}
    elif "text" in line:
        call.chunks.append(Chunk(at_ms, str(line["text"])))
    elif "json" in line:
        call.value.append(line["json"])
    elif "media" in line:
        call.media = Media(at_ms, **line["media"])
    else:
        if line["ends"] not in _ENDINGS:
            raise ValueError(f"a call cannot end in {line['ends']!r}")
        call.ending, call.ended_ms = line["ends"], at_ms
        call.fault, call.why = str(line.get("fault", "")), str(line.get("why", ""))


def _without_none(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if value is not None}


def _json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return _UNWRITABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
