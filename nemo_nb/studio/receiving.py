"""Uploads off the wire onto the disk: multipart in chunks, memory flat, limits on the way.

A file over the limit stops being written at once, but the rest of the request is still read
(and dropped), because a client that is cut off while sending never sees why.
"""

from __future__ import annotations

import re
import shutil
import unicodedata
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Self

import anyio.to_thread
from python_multipart.exceptions import FormParserError, MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from nemo_nb.errors import FileTooLarge, NemoError
from nemo_nb.studio.answers import MALFORMED, Refusal
from nemo_nb.studio.failures import FULL

FIELD: Final = "files"
MAX_FILES: Final = 100
MAX_OVERRUN_BYTES: Final = 1_000_000_000
"""How much of a request that is refused already is read on before the line is cut."""

_CHUNK_BYTES: Final = 1 << 20
_KEEP_FREE_BYTES: Final = 200_000_000
_MAX_NAME_BYTES: Final = 180  # file systems allow 255; room for " (2)" and a suffix
_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f<>:"|?*\u202a-\u202e\u2066-\u2069]')


@dataclass(frozen=True, slots=True)
class Received:
    """A file as it arrived: the name it was given, cleaned, and where its bytes lie."""

    name: str
    path: Path


class Landing:
    """A folder for files that are arriving; on leaving, what was not taken away is deleted.

    Args:
        folder: Made on entering, on the same disk as where the files will stay.
        limit_bytes: The largest file that is taken.
    """

    def __init__(self, folder: Path, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        self._folder = folder / uuid.uuid4().hex

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True)
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def new_path(self) -> Path:
        """Return a path for one more file.

        Raises:
            Refusal: 507; the disk is nearly full.
        """
        if shutil.disk_usage(self._folder).free < _KEEP_FREE_BYTES:
            raise Refusal(507, FULL)
        return self._folder / uuid.uuid4().hex


def too_large(name: str, size_bytes: int, limit_bytes: int) -> FileTooLarge:
    """Return the 4002 error with both numbers in it."""
    return FileTooLarge(
        f"{name} is too large: {size_bytes / 1e6:,.1f} MB.",
        f"The limit of this skill is {limit_bytes / 1e6:,.0f} MB.",
        "Compress it, or trim it before uploading.",
        status=413,
    )


def safe_name(given: str, fallback: str = "file") -> str:
    """Return *given* as a name without folders that every file system takes.

    Letters of any script stay; control and direction characters and ``<>:"|?*`` go.
    """
    name = unicodedata.normalize("NFC", given.replace("\\", "/")).rpartition("/")[2]
    name = _UNSAFE.sub("_", name).strip(" .") or fallback
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, ""
    room = _MAX_NAME_BYTES - len(extension.encode()) - 1
    if room <= 0:
        return fallback
    stem = stem.encode()[:room].decode(errors="ignore") or fallback
    return f"{stem}.{extension}" if dot else stem


async def receive_files(
    stream: AsyncIterator[bytes], content_type: str, landing: Landing
) -> list[Received]:
    """Write every part named ``files`` of a multipart body to *landing*.

    Raises:
        FileTooLarge: 4002; with the size, as far as it was told or read.
        Refusal: 422; it is not multipart, breaks off, or holds no file.
    """
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise Refusal(
            MALFORMED,
            "The upload is neither multipart/form-data nor JSON.",
            fix=f'Send the files in the field "{FIELD}", or {{"urls": […]}}.',
        )
    with _Parts(boundary, landing) as parts:
        buffer = bytearray()
        async for chunk in stream:
            buffer += chunk
            if len(buffer) >= _CHUNK_BYTES:
                await anyio.to_thread.run_sync(parts.feed, bytes(buffer))
                buffer.clear()
                if parts.dropped_bytes > MAX_OVERRUN_BYTES:
                    break
        if buffer:
            await anyio.to_thread.run_sync(parts.feed, bytes(buffer))
        return parts.finish()


class _Parts:
    """The parser's callbacks; runs in worker threads, one call at a time."""

    def __init__(self, boundary: bytes, landing: Landing) -> None:
        self.dropped_bytes = 0
        self._landing = landing
        self._received: list[Received] = []
        self._problem: NemoError | None = None
        self._file: BinaryIO | None = None
        self._name = ""
        self._size = 0
        self._header = b""
        self._value = b""
        self._disposition = b""
        self._complete = False
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._part_begin,
                    "on_header_field": self._header_field,
                    "on_header_value": self._header_value,
                    "on_header_end": self._header_end,
                    "on_headers_finished": self._headers_finished,
                    "on_part_data": self._part_data,
                    "on_part_end": self._part_end,
                    "on_end": self._end,
                },
            )
        except FormParserError as error:
            raise Refusal(MALFORMED, "The upload cannot be read.", f"{error}.") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def feed(self, data: bytes) -> None:
        """Parse some more of the body."""
        if isinstance(self._problem, Refusal):
            self.dropped_bytes += len(data)
            return
        try:
            self._parser.write(data)
        except MultipartParseError as error:
            self._problem = Refusal(MALFORMED, "The upload cannot be read.", f"{error}.")
        except Refusal as error:
            self._problem = error

    def finish(self) -> list[Received]:
        """Return the files, or raise what went wrong on the way."""
        if self._problem is not None:
            raise self._problem
        if not self._complete:
            raise Refusal(MALFORMED, "The upload broke off before its end.")
        if not self._received:
            raise Refusal(MALFORMED, f'The upload holds no file in the field "{FIELD}".')
        return self._received

    def _part_begin(self) -> None:
        self._header = self._value = self._disposition = b""
        self._name, self._size = "", 0

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header = self._value = b""

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        if options.get(b"name") != FIELD.encode() or b"filename" not in options:
            return
        if len(self._received) >= MAX_FILES:
            raise Refusal(413, f"One upload holds {MAX_FILES} files at most.")
        path = self._landing.new_path()
        self._name = safe_name(options[b"filename"].decode("utf-8", errors="replace"))
        self._file = path.open("wb")
        self._received.append(Received(self._name, path))

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if not self._name:
            return
        self._size += end - start
        if self._file is not None and self._size > self._landing.limit_bytes:
            self._close()
        if self._file is None:
            self.dropped_bytes += end - start
        else:
            self._file.write(memoryview(data)[start:end])

    def _part_end(self) -> None:
        self._close()
        if self._name and self._size > self._landing.limit_bytes and self._problem is None:
            self._problem = too_large(self._name, self._size, self._landing.limit_bytes)

    def _end(self) -> None:
        self._complete = True

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
