"""One process at a time: a lock on a file, which ends with the process that holds it."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import anyio

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


_STEP_S: Final = 0.05


@asynccontextmanager
async def alone(path: Path, *, limit_s: float) -> AsyncGenerator[None]:
    """Keep every other holder of *path* out; go on without where that cannot be had.

    Args:
        path: The lock file; made if need be and left where it is.
        limit_s: How long to wait for another holder.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        yield
        return
    try:
        with anyio.move_on_after(limit_s):
            while _is_held_elsewhere(handle):  # noqa: ASYNC110 - another process tells nothing
                await anyio.sleep(_STEP_S)
        yield
    finally:
        os.close(handle)


def _is_held_elsewhere(handle: int) -> bool:
    try:
        _lock(handle)
    except (BlockingIOError, PermissionError):
        return True
    except OSError:
        # A file system without locks.
        return False
    return False
