"""Files on their way from the browser: chunks in, one whole file out."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Final

from nemo_nb.errors import FileTooLarge, InputError

CHUNK_BYTES: Final = 512 * 1024
"""Far below the 10 MB that Jupyter lets one message have, and below Colab's 1 MB."""

_MB: Final = 1_000_000
_NAME_BYTES: Final = 200
_FORBIDDEN: Final = frozenset('<>:"/\\|?*')


@dataclass(slots=True)
class _File:
    path: Path
    size_bytes: int
    parts: dict[int, int] = field(default_factory=dict[int, int])

    @property
    def received_bytes(self) -> int:
        return sum(self.parts.values())


class Incoming:
    """A temporary folder of files that are being received.

    Chunks may come in any order and more than once: each says where it belongs.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._files: dict[str, _File] = {}
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def begin(self, upload: str, name: str, size_bytes: int) -> None:
        """Make room for a file.

        Raises:
            FileTooLarge: It is over the limit.
            InputError: It is empty, or *upload* is in use.
        """
        if size_bytes > self._limit_bytes:
            raise FileTooLarge(
                f"“{name}” has {size_bytes / _MB:.0f} MB.",
                f"The limit is {self._limit_bytes / _MB:.0f} MB.",
                "Compress or trim it first.",
            )
        if size_bytes == 0:
            raise InputError(f"“{name}” is empty.")
        if upload in self._files:
            raise InputError(f"“{name}” is being received already.")
        # A folder each: two files of one name keep it.
        folder = Path(tempfile.mkdtemp(dir=self._root()))
        path = folder / safe_name(name)
        path.touch()
        self._files[upload] = _File(path, size_bytes)

    def write(self, upload: str, offset: int, chunk: memoryview | bytes) -> int:
        """Put *chunk* at *offset*; return how many bytes are there now.

        Raises:
            InputError: There is no such upload, or the chunk does not fit the file.
        """
        entry = self._entry(upload)
        size = len(chunk) if isinstance(chunk, bytes) else chunk.nbytes
        if not 0 < size <= CHUNK_BYTES or offset + size > entry.size_bytes:
            raise InputError("A part of the file does not fit it.", fix="Add the file again.")
        with entry.path.open("r+b") as file:
            file.seek(offset)
            file.write(chunk)
        entry.parts[offset] = size
        return entry.received_bytes

    def finished(self, upload: str) -> Path:
        """Return the file; it is there until :meth:`drop`.

        Raises:
            InputError: There is no such upload, or parts are missing.
        """
        entry = self._entry(upload)
        if entry.received_bytes != entry.size_bytes:
            raise InputError("Parts of the file did not arrive.", fix="Add the file again.")
        return entry.path

    def drop(self, upload: str) -> None:
        """Forget an upload and remove its file; nothing happens where there is none."""
        entry = self._files.pop(upload, None)
        if entry is not None:
            entry.path.unlink(missing_ok=True)
            entry.path.parent.rmdir()

    def close(self) -> None:
        """Remove everything."""
        self._files.clear()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _root(self) -> str:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(
                prefix="nemo_nb-", ignore_cleanup_errors=True
            )
        return self._folder.name

    def _entry(self, upload: str) -> _File:
        try:
            return self._files[upload]
        except KeyError:
            raise InputError("This upload is not known.", fix="Add the file again.") from None


def safe_name(name: str) -> str:
    """Return *name* as a file name of any system: no folders, nothing a shell could trip on."""
    base = PureWindowsPath(PurePosixPath(name).name).name
    kept = "".join("_" if char in _FORBIDDEN or not char.isprintable() else char for char in base)
    kept = kept.strip(" .") or "file"
    stem, dot, ending = kept.rpartition(".")
    if not dot:
        return _cut(kept, _NAME_BYTES)
    return f"{_cut(stem, _NAME_BYTES - len(ending.encode()) - 1)}.{ending}"


def _cut(text: str, most_bytes: int) -> str:
    return text.encode()[: max(1, most_bytes)].decode(errors="ignore")
