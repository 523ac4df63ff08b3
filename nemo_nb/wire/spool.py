"""A body that is no text: measured, hashed, and kept up to a limit."""

from __future__ import annotations

import hashlib
import tempfile
from typing import IO, Final

# What is smaller waits in memory, what is larger on disk.
_MEMORY_BYTES: Final = 1 << 20


class Spool:
    """Takes a body piece by piece.

    Args:
        limit_bytes: What is longer is not kept.
    """

    def __init__(self, limit_bytes: int) -> None:
        self.size_bytes = 0
        self._limit_bytes = limit_bytes
        self._hash = hashlib.sha256()
        # Closed by `close`, when the recording has ended.
        self._file: IO[bytes] | None = tempfile.SpooledTemporaryFile(_MEMORY_BYTES)  # noqa: SIM115

    @property
    def sha256(self) -> str:
        """Of all of it, hex."""
        return self._hash.hexdigest()

    def add(self, data: bytes) -> None:
        """Take the next piece."""
        self.size_bytes += len(data)
        self._hash.update(data)
        if self.size_bytes > self._limit_bytes:
            self.close()
        elif self._file is not None:
            self._file.write(data)

    def content(self) -> bytes | None:
        """Return all of it, or None where it was over the limit."""
        if self._file is None:
            return None
        self._file.seek(0)
        return self._file.read()

    def close(self) -> None:
        """Forget the content."""
        if self._file is not None:
            self._file.close()
            self._file = None
