"""Failures that are not the studio's own: a disk or a database that cannot be written."""

from __future__ import annotations

import errno
import sqlite3
from typing import Final

FULL: Final = "The disk of the studio is full. Free some space and try again."
_READ_ONLY: Final = "The workspace of the studio cannot be written. Check its permissions."
_DAMAGED: Final = (
    "The studio's database is damaged. Stop the studio and move studio.sqlite3 away, "
    "or use another workspace."
)
_BY_DISK: Final = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EROFS: _READ_ONLY,
    errno.EACCES: _READ_ONLY,
}
_BY_DATABASE: Final = {
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
}
_PRIMARY: Final = 0xFF  # SQLite's extended codes hold the primary one in the low byte


def named(error: BaseException) -> str | None:
    """Return what the user can do about *error*, or None where it is the studio's own failure."""
    if isinstance(error, OSError):
        return _BY_DISK.get(error.errno or 0)
    if isinstance(error, sqlite3.Error):
        return _BY_DATABASE.get(getattr(error, "sqlite_errorcode", 0) & _PRIMARY)
    return None
