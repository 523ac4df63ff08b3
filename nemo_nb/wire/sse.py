"""Bytes → server-sent events, incrementally and without I/O.

Follows the WHATWG rules, with three departures that PROTOCOL.md asks for: a comment line
comes out as an event of its own (a gateway's heartbeat), so does an event whose data is
empty, and a last event that lacks its blank line is kept. Lines end at CRLF, LF or CR and
nowhere else: U+2028, U+2029 and U+0085 stand raw inside the JSON of real servers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple, cast

_BOM: Final = b"\xef\xbb\xbf"
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
        # Pieces of the line that is not complete yet: joined once, so that an event of many
        # megabytes in small chunks stays linear.
        self._open_line: list[bytes] = []
        self._data: list[str] = []
        self._event = ""
        self._named = False
        self._id = ""

    def feed(self, chunk: bytes) -> list[ServerSentEvent]:
        """Return the events that *chunk* completes, in order."""
        if self._between and chunk.endswith(b"\n\n") and b"\r" not in chunk:
            return self._whole_events(chunk)
        events = self._feed(chunk)
        self._between = not (
            self._open_line or self._data or self._named or self._skip_lf or not self._started
        )
        return events

    def _whole_events(self, chunk: bytes) -> list[ServerSentEvent]:
        """Return the events of a chunk that begins and ends between two: the usual case."""
        events: list[ServerSentEvent] = []
        for block in chunk.decode("utf-8", "replace")[:-2].split("\n\n"):
            if block.startswith("data: ") and "\n" not in block:
                # What `ServerSentEvent(...)` does, without the call in Python around it.
                events.append(_new(ServerSentEvent, (block[6:], "", self._id, False)))
            else:
                events += self._lines([*block.split("\n"), ""])
        return events

    def _feed(self, chunk: bytes) -> list[ServerSentEvent]:
        if not self._started:
            chunk = self._without_bom(chunk)
        if self._skip_lf and chunk:
            self._skip_lf = False
            chunk = chunk.removeprefix(b"\n")
        end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r")) + 1
        if not end:
            if chunk:
                self._open_line.append(chunk)
            return []
        self._skip_lf = chunk.endswith(b"\r")
        if self._open_line:
            whole = b"".join((*self._open_line, chunk[:end]))
            self._open_line.clear()
        else:
            whole = chunk[:end]
        if end < len(chunk):
            self._open_line.append(chunk[end:])
        return self._lines(_split(whole))

    def close(self) -> list[ServerSentEvent]:
        """Return what the end of the stream completes: a last line, a last event."""
        self._started = True
        rest = b"".join(self._open_line)
        self._open_line.clear()
        self._between = False
        return self._lines(_split(rest + b"\n\n" if rest else b"\n"))

    def _without_bom(self, chunk: bytes) -> bytes:
        head = b"".join((*self._open_line, chunk))
        self._open_line.clear()
        if len(head) < len(_BOM) and _BOM.startswith(head):
            if head:
                self._open_line.append(head)
            return b""
        self._started = True
        return head.removeprefix(_BOM)

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


def _split(whole: bytes) -> list[str]:
    """Return the lines of *whole*, which ends with a line end.

    Whole lines only, so a character is never cut; what is not UTF-8 becomes U+FFFD.
    """
    text = whole.decode("utf-8", "replace")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    lines.pop()
    return lines
