"""Finished files on disk; the oldest are given up when all of them take too much room."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

_INDEX: Final = ".gops"
"""What ``render.reuse`` appends to a film's name for its index."""

_PARTS: Final = ".part"
_ALWAYS_KEPT: Final = 4


class Shelf:
    """A folder of finished files, each perhaps with an index beside it.

    Args:
        folder: Where they lie.
        max_bytes: How much they may take; the newest few stay in any case.
    """

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self.folder = folder
        self._max_bytes = max_bytes

    def put(self, part: Path, name: str) -> Path:
        """Move the finished *part* to *name*, make room, and return where it lies now."""
        final = self.folder / name
        with suppress(FileNotFoundError):
            # The index first: alone it is ignored, without it a film is of less use.
            _index(part).replace(_index(final))
        part.replace(final)
        self.sweep()
        return final

    def discard(self, path: Path) -> None:
        """Delete *path* and its index, if they are there."""
        for file in (path, _index(path)):
            file.unlink(missing_ok=True)

    def sweep(self) -> None:
        """Delete the oldest files beyond the limit."""
        dated: list[tuple[float, int, Path]] = []
        with os.scandir(self.folder) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):
                    if _PARTS not in entry.name and not entry.name.endswith(_INDEX):
                        stat = entry.stat(follow_symlinks=False)
                        dated.append((stat.st_mtime, stat.st_size, Path(entry.path)))
        dated.sort(reverse=True)
        total = 0
        for number, (_, size, path) in enumerate(dated):
            total += size
            if total > self._max_bytes and number >= _ALWAYS_KEPT:
                self.discard(path)


def _index(path: Path) -> Path:
    return path.with_name(path.name + _INDEX)
