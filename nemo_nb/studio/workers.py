"""Names for whoever renders, from which another process can tell that it has died.

A lease alone would keep the job of a killed studio waiting until it runs out.
"""

from __future__ import annotations

import hashlib
import os
import platform
import uuid
from functools import cache
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
_STATE, _STARTED = 0, 19  # proc(5): fields of "stat" after the name in brackets
_DEAD_STATES: Final = frozenset("ZXx")
_PARTS: Final = 4


def new_worker() -> str:
    """Return a new name: machine, process id, when the process began, and a random part."""
    pid = os.getpid()
    return f"{_home()}-{pid}-{_started(pid) or ''}-{uuid.uuid4().hex}"


def is_gone(worker: str) -> bool:
    """Whether the process of *worker* has certainly ended: never said of another machine.

    A process id that another process has now is told by when that one began, where the system
    says it; elsewhere the id in use counts as alive, and the lease decides.
    """
    parts = worker.split("-")
    if len(parts) != _PARTS or parts[0] != _home() or not parts[1].isdigit():
        return False
    pid = int(parts[1])
    if _PROC.joinpath("self", "stat").exists():
        return _started(pid) != parts[2]
    if os.name != "posix":
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


@cache
def _home() -> str:
    """Return a mark of this machine since it was started, and of this container."""
    marks = [platform.node()]
    for read in (
        lambda: _PROC.joinpath("sys/kernel/random/boot_id").read_text("ascii"),
        lambda: str((_PROC / "self/ns/pid").readlink()),
    ):
        try:
            marks.append(read())
        except OSError:
            marks.append("")
    return hashlib.blake2s("\n".join(marks).encode()).hexdigest()[:16]


def _started(pid: int) -> str | None:
    """Return when the process began, in clock ticks; None where it has ended or nobody says."""
    try:
        stat = _PROC.joinpath(str(pid), "stat").read_text("utf-8", "replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[_STATE] in _DEAD_STATES else fields[_STARTED]
