"""A multipart body made in chunks: a file of any size never lies in memory whole."""

from __future__ import annotations

import uuid
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import BinaryIO, Final, TypeVar, TypeVarTuple

import anyio.to_thread

from nemo_nb.errors import BrokenMedia

T = TypeVar("T")
Args = TypeVarTuple("Args")

CHUNK_BYTES: Final = 256 * 1024
_FIELD: Final = "files"
# What HTML's form rules escape inside a quoted file name; everything else goes as UTF-8.
_ESCAPES: Final = {'"': "%22", "\r": "%0D", "\n": "%0A"}


@dataclass(frozen=True, slots=True)
class UploadFile:
    """One file to send.

    Attributes:
        name: Its name for the server, without folders.
        mime: Its media type.
        size_bytes: Its length; what is sent must be exactly as long.
        open: Opens it anew, at its beginning, for each sending.
        source: Where it came from, for people; the name where it was never a file.
    """

    name: str
    mime: str
    size_bytes: int
    open: Callable[[], BinaryIO]
    source: str = ""


class Multipart:
    """The body for *files* and the headers that go with it.

    Args:
        files: What to send, in order.
        on_progress: Called with name, bytes sent and bytes in all of one file.
    """

    def __init__(
        self,
        files: Sequence[UploadFile],
        on_progress: Callable[[str, int, int], None] | None = None,
    ) -> None:
        self._files = tuple(files)
        self._on_progress = on_progress
        boundary = uuid.uuid4().hex
        self._heads = [_head(boundary, file) for file in self._files]
        self._end = f"--{boundary}--\r\n".encode()
        length = len(self._end) + sum(
            len(head) + file.size_bytes + len(b"\r\n")
            for head, file in zip(self._heads, self._files, strict=True)
        )
        self.headers: Final = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Content-Length": str(length),
        }

    async def chunks(self) -> AsyncGenerator[bytes]:
        """Yield the body; each call begins anew.

        Raises:
            BrokenMedia: A file changed its length while it was being sent, or went away.
        """
        for head, file in zip(self._heads, self._files, strict=True):
            yield head
            async with aclosing(self._content(file)) as content:
                async for chunk in content:
                    yield chunk
            yield b"\r\n"
        yield self._end

    async def _content(self, file: UploadFile) -> AsyncGenerator[bytes]:
        # Reading in a thread: a slow disk must not hold up the loop that runs all sessions.
        source = await _in_thread(file, file.open)
        try:
            sent = 0
            while chunk := await _in_thread(file, source.read, CHUNK_BYTES):
                sent += len(chunk)
                if sent > file.size_bytes:
                    raise _changed(file)
                yield chunk
                if self._on_progress:
                    self._on_progress(file.name, sent, file.size_bytes)
            if sent < file.size_bytes:
                raise _changed(file)
        finally:
            source.close()


async def _in_thread(file: UploadFile, work: Callable[[*Args], T], *args: *Args) -> T:
    try:
        return await anyio.to_thread.run_sync(work, *args)
    except OSError as error:
        raise BrokenMedia(
            f"{file.name} cannot be read any more.",
            f"{error.strerror}." if error.strerror else "",
            "Check that it is still there, then upload it again.",
        ) from error


def _changed(file: UploadFile) -> BrokenMedia:
    return BrokenMedia(
        f"{file.name} changed while it was being sent.",
        fix="Upload it again once it is written completely.",
    )


def _head(boundary: str, file: UploadFile) -> bytes:
    name = "".join(_ESCAPES.get(char, char) for char in file.name)
    return (
        f"--{boundary}\r\n"
        f'Content-Disposition: form-data; name="{_FIELD}"; filename="{name}"\r\n'
        f"Content-Type: {file.mime}\r\n\r\n"
    ).encode()
