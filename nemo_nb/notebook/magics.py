"""`%nemo` and `%%nemo`: the session without a line of Python.

``%nemo credits``, ``%nemo status``, ``%nemo upload PATH…``, ``%nemo export [PATH]``,
``%nemo connect [BACKEND]``; ``%%nemo [--session NAME] [--into VAR]`` sends the cell's text.
"""

from __future__ import annotations

import argparse
import shlex
from typing import Any, Final, NoReturn

from IPython.core.interactiveshell import InteractiveShell  # noqa: TC002  # Magics reads it
from IPython.core.magic import Magics, line_cell_magic, magics_class

from nemo_nb.blocking import Session
from nemo_nb.errors import ConfigError

_USAGE: Final = (
    "%nemo credits | status | upload PATH | export [PATH] | connect [BACKEND], "
    "or %%nemo [--session NAME] [--into VAR] with a message as the cell's text"
)


class _Arguments(argparse.ArgumentParser):
    """Reports a wrong line as an error of ours instead of leaving Python."""

    def error(self, message: str) -> NoReturn:
        raise ConfigError(f"%nemo could not read that: {message}.", fix=f"Usage: {_USAGE}.")


def _cell_arguments() -> _Arguments:
    parser = _Arguments(prog="%%nemo", add_help=False)
    parser.add_argument("--session", metavar="NAME")
    parser.add_argument("--into", metavar="VAR")
    return parser


@magics_class
class NemoMagics(Magics):
    """The magics; they act on the session that the notebook last connected or named."""

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell)
        self._session: Session | None = None

    @line_cell_magic
    def nemo(self, line: str, cell: str | None = None) -> Any:
        """Talk to the session: see the usage line that ``%nemo`` alone shows."""
        if cell is None:
            return self._command(shlex.split(line))
        arguments = _cell_arguments().parse_args(shlex.split(line))
        reply = self._find(arguments.session).chat(cell.strip())
        if arguments.into:
            self._namespace[arguments.into] = reply
            return None
        return reply

    def _command(self, words: list[str]) -> Any:
        match words:
            case ["credits"]:
                return self._find().credits()
            case ["status"]:
                return self._find().timeline()
            case ["upload", *paths] if paths:
                return self._find().upload(*paths)
            case ["export"]:
                return self._find().export()
            case ["export", path]:
                return self._find().export(path)
            case ["connect", *backend] if len(backend) <= 1:
                from nemo_nb.connecting import connect  # noqa: PLC0415  # it is above this package

                self._session = connect(*backend)
                return None
            case _:
                raise ConfigError(
                    f"%nemo does not know {' '.join(words)!r}."
                    if words
                    else "%nemo needs a command.",
                    fix=f"Usage: {_USAGE}.",
                )

    @property
    def _namespace(self) -> dict[str, Any]:
        shell: Any = self.shell
        return shell.user_ns

    def _find(self, name: str | None = None) -> Session:
        """Return the session meant: a variable or a saved name, else the notebook's latest."""
        from nemo_nb.connecting import connect  # noqa: PLC0415  # it is above this package

        if name is not None:
            named = self._namespace.get(name)
            return named if isinstance(named, Session) else connect(name=name)
        theirs = [value for value in self._namespace.values() if isinstance(value, Session)]
        candidates = [session for session in (self._session, *reversed(theirs)) if session]
        found = next((session for session in candidates if not session.closed), None)
        self._session = connect() if found is None else found
        return self._session


def load_ipython_extension(shell: InteractiveShell) -> None:
    """What ``%load_ext nemo_nb`` runs: the magics."""
    shell.register_magics(NemoMagics)
