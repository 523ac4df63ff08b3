"""A question to whoever sits before the cell or the terminal, where somebody does."""

from __future__ import annotations

import sys
from typing import Any, Final

_YES: Final = frozenset(("y", "yes", "ok", "sure", "是", "好", "好的", "可以"))


def agreed(question: str) -> bool | None:
    """Ask *question* and return whether the answer was yes; None where nobody can be asked."""
    if not _in_kernel() and not (sys.stdin and sys.stdin.isatty()):
        return None
    try:
        answer = input(f"{question} [y/N] ")
    except (EOFError, OSError, NotImplementedError):
        # A notebook that runs without a reader, as by nbconvert, takes no input.
        return None
    return answer.strip().lower() in _YES


def _in_kernel() -> bool:
    # Where IPython was never imported, no kernel runs.
    ipython: Any = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return getattr(shell, "kernel", None) is not None
