"""Bytes → server-sent events, incrementally and without I/O.

Follows the WHATWG rules, with three departures that PROTOCOL.md asks for: a comment line
comes out as an event of its own (a gateway's heartbeat), so does an event whose data is
empty, and a last event that lacks its blank line is kept. Lines end at CRLF, LF or CR and
nowhere else: U+2028, U+2029 and U+0085 stand raw inside the JSON of real servers.
"""

from __future__ import annotations

from codecs import utf_8_decode
from collections.abc import Callable
from typing import Final, NamedTuple, cast

_BOM: Final = "\ufeff"
# typeshed leaves the item type of this open.
_new = cast(
    "Callable[..., ServerSentEvent]",
    tuple.__new__,  # pyright: ignore[reportUnknownMemberType]
)


class ServerSentEvent(NamedTuple):
    """One event as it came.

    Attributes:
        data: The data lines joined by a line feed; a comment's words if ``comment``.
        event: The event's name; empty where the server gave none.
        id: The last ``id:`` the server sent, else empty.
        comment: Whether this was a comment line and no event.
    """

    data: str = ""
    event: str = ""
    id: str = ""
    comment: bool = False


class Decoder:
    """Feed it chunks of any size; it returns the events that each one completes."""

    def __init__(self) -> None:
        self._started = False
        self._between = False
        self._skip_lf = False
        # The beginning of a character whose other bytes are still to come.
        self._rest = b""
        # Pieces of the line that is not complete yet: joined once, so that an event of many
        # megabytes in small chunks stays linear.
        self._open_line: list[str] = []
        self._data: list[str] = []
        self._event = ""
        self._named = False
        self._id = ""

    def feed(self, chunk: bytes) -> list[ServerSentEvent]:
        """Return the events that *chunk* completes, in order."""
        if self._between:
            text = chunk.decode("utf-8", "replace")
            line = text[6:-2]
            if (
                text[:6] == "data: "
                and text[-2:] == "\n\n"
                and "\n" not in line
                and "\r" not in line
            ):
                # One event a chunk is the usual case. The same as below, faster: what
                # `ServerSentEvent(...)` does without the call in Python around it.
                return [_new(ServerSentEvent, (line, "", self._id, False))]
        events = self._lines(self._complete(self._text(chunk)))
        self._between = chunk.endswith(b"\n") and not (self._data or self._named)
        return events

    def close(self) -> list[ServerSentEvent]:
        """Return what the end of the stream completes: a last line, a last event."""
        self._between = False
        return self._lines(self._complete(self._text(b"", final=True) + "\n\n"))

    def _text(self, chunk: bytes, *, final: bool = False) -> str:
        """Return the characters that *chunk* completes; what is not UTF-8 becomes U+FFFD."""
        known = self._rest + chunk if self._rest else chunk
        text, used = utf_8_decode(known, "replace", final)
        self._rest = known[used:]
        if text and not self._started:
            self._started = True
            return text.removeprefix(_BOM)
        return text

    def _complete(self, text: str) -> list[str]:
        """Return the lines that *text* completes, and keep the one that it leaves open."""
        if self._skip_lf and text:
            self._skip_lf = False
            text = text.removeprefix("\n")
        if "\r" in text:
            self._skip_lf = text.endswith("\r")
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        first, last = text.find("\n"), text.rfind("\n")
        if first < 0:
            self._open_line.append(text)
            return []
        lines = ["".join((*self._open_line, text[:first]))]
        if last > first:
            # Only here: `split` looks at each character, `find` at many at once.
            lines += text[first + 1 : last].split("\n")
        self._open_line = [text[last + 1 :]]
        return lines

    def _lines(self, lines: list[str]) -> list[ServerSentEvent]:
        events: list[ServerSentEvent] = []
        data = self._data
        for line in lines:
            if line.startswith("data: "):
                data.append(line[6:])
            elif line:
                self._field(line, events)
            elif data or self._named:
                joined = data[0] if len(data) == 1 else "\n".join(data)
                events.append(ServerSentEvent(joined, self._event, self._id))
                data.clear()
                self._event, self._named = "", False
        return events

    def _field(self, line: str, events: list[ServerSentEvent]) -> None:
        name, colon, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._event, self._named = value, True
        elif name == "id" and "\0" not in value:
            self._id = value
        elif colon and not name:
            events.append(ServerSentEvent(value, comment=True))
