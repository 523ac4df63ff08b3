"""A multipart body → name, size and SHA-256 of each file in it; the content is not kept."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from email.message import Message
from typing import TYPE_CHECKING, Any, Final, cast

from python_multipart.multipart import MultipartParser

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

_BOUNDARY: Final = re.compile(r'boundary="?([^";,\s]+)')


@dataclass(frozen=True, slots=True)
class Part:
    """One file of an upload.

    Attributes:
        name: Its file name.
        mime: Its media type.
        size_bytes: Its length.
        sha256: Of its content, hex.
    """

    name: str
    mime: str
    size_bytes: int
    sha256: str


class PartsDigest:
    """Reads a multipart body in pieces of any size; :attr:`parts` grows as files end.

    Args:
        content_type: The header that names the boundary.

    Raises:
        ValueError: It names none, or (from :meth:`feed`) the body is no multipart body.
    """

    def __init__(self, content_type: str) -> None:
        found = _BOUNDARY.search(content_type)
        if found is None:
            raise ValueError("the body names no boundary")
        self.parts: list[Part] = []
        self._header_name = bytearray()
        self._header_value = bytearray()
        self._headers = Message()
        self._hash = hashlib.sha256()
        self._size = 0
        callbacks: MultipartCallbacks = {
            "on_part_begin": self._begin,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_header_field": self._name,
            "on_header_value": self._value,
            "on_header_end": self._header,
        }
        self._parser = MultipartParser(found[1], callbacks)

    def feed(self, data: bytes) -> None:
        """Read the next piece."""
        self._parser.write(data)

    def _begin(self) -> None:
        self._headers = Message()
        self._hash = hashlib.sha256()
        self._size = 0

    def _name(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _header(self) -> None:
        # Parsed as the mail header it is, with what a browser escapes in a file name.
        self._headers[self._header_name.decode()] = self._header_value.decode()
        self._header_name.clear()
        self._header_value.clear()

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._hash.update(memoryview(data)[start:end])
        self._size += end - start

    def _end(self) -> None:
        name: Any = self._headers.get_filename("")
        mime = self._headers.get_content_type()
        self.parts.append(Part(cast("str", name), mime, self._size, self._hash.hexdigest()))
