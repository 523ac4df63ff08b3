"""Finished files on their way to the browser, a part at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import anyio.to_thread

from nemo_nb.errors import InputError

PART_BYTES: Final = 1_000_000
"""Far below the 10 MB that Jupyter lets one message have."""


async def read_part(path: Path, offset: int, again: str) -> tuple[int, bytes]:
    """Return the size of a file in bytes, and what it holds from *offset* on.

    Args:
        path: The file.
        offset: In bytes.
        again: What the user can do where it has gone.

    Raises:
        InputError: It cannot be read.
    """
    try:
        return await anyio.to_thread.run_sync(_read, path, offset)
    except OSError as error:
        raise InputError(f"“{path.name}” cannot be read.", f"{error.strerror}.", again) from error


def _read(path: Path, offset: int) -> tuple[int, bytes]:
    with path.open("rb") as file:
        file.seek(offset)
        return path.stat().st_size, file.read(PART_BYTES)
