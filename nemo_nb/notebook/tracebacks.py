"""A short traceback for this package's errors and an interrupt of its calls.

The user's own lines, then the sentence.

The frames below a call into the package say nothing to the one who reads the cell. They are
there with ``%xmode Verbose``, and `error.__traceback__` always holds them.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

import IPython
from IPython.core.getipython import get_ipython

from nemo_nb.errors import NemoError
from nemo_nb.redact import scrub

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_OURS: Final = str(Path(__file__).parent.parent)
_SHELLS: Final = str(Path(IPython.__file__).parent)


def register(shell: InteractiveShell) -> None:
    """Have *shell* show a `NemoError` in short."""

    def render(error: NemoError) -> list[str]:
        return _render(shell, error)

    # The hook that IPython asks an exception's class for.
    hooked: Any = NemoError
    hooked._render_traceback_ = render


def shorten(interrupt: KeyboardInterrupt) -> None:
    """Have IPython show *interrupt*, which came while a call into the package ran, in short."""

    def render() -> list[str]:
        return _render(get_ipython(), interrupt)

    # IPython asks the exception for it; its class is Python's own and stays as it is.
    hooked: Any = interrupt
    hooked._render_traceback_ = render


def users_part(traceback: TracebackType | None) -> TracebackType | None:
    """Return *traceback* up to where it enters this package, or a magic's machinery."""
    kept: list[TracebackType] = []
    while traceback is not None:
        file = traceback.tb_frame.f_code.co_filename
        # The first frame is the shell's own, which it leaves out itself.
        if kept and file.startswith((_OURS, _SHELLS)):
            break
        kept.append(traceback)
        traceback = traceback.tb_next
    result: TracebackType | None = None
    for part in reversed(kept):
        result = TracebackType(result, part.tb_frame, part.tb_lasti, part.tb_lineno)
    return result


def _render(shell: Any, error: BaseException) -> list[str]:
    # With the source lines of the cell and, where asked for, the values of every frame down to
    # the library that sends the header.
    return [scrub(line) for line in _lines(shell, error)]


def _lines(shell: Any, error: BaseException) -> list[str]:
    formatter: Any = shell.InteractiveTB
    if formatter.mode == "Verbose":
        return formatter.structured_traceback(type(error), error, error.__traceback__)
    cause, suppressed = error.__cause__, error.__suppress_context__
    # What it came from is for a log; set aside while the formatter looks.
    error.__cause__, error.__suppress_context__ = None, True
    try:
        return formatter.structured_traceback(type(error), error, users_part(error.__traceback__))
    finally:
        error.__cause__, error.__suppress_context__ = cause, suppressed
