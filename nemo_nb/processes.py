"""Whether the process that wrote something down is still running."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
# proc(5): the fields of "stat" after the name in brackets, which may hold anything itself.
_STATE, _STARTED = 0, 19
_DEAD: Final = frozenset("ZXx")


def born(pid: int) -> str:
    """Return what tells process *pid* from another one that gets its number; "" if unknown."""
    fields = _stat(pid)
    if fields is None:
        return ""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        boot = ""
    return f"{fields[_STARTED]}@{boot}"


def is_running(pid: int, birth: str = "") -> bool:
    """Whether process *pid* runs, and is the one that :func:`born` described as *birth*.

    A zombie runs no more. Where the system does not say when a process began, its number is
    all there is to go by.
    """
    if pid <= 0 or sys.platform == "win32":
        # os.kill would end a process there, so only one's own is known to run.
        return pid == os.getpid()
    if not (_PROC / "self" / "stat").exists():
        return _answers(pid)
    fields = _stat(pid)
    if fields is None or fields[_STATE] in _DEAD:
        return False
    return not birth or born(pid) == birth


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _stat(pid: int) -> list[str] | None:
    try:
        text = (_PROC / str(pid) / "stat").read_text("utf-8", errors="replace")
    except OSError:
        return None
    return text.rpartition(")")[2].split() or None
