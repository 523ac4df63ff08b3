"""`%nemo` and `%%nemo`: the session without a line of Python.

``%nemo`` alone shows what there is; ``%%nemo`` sends the cell's text.
"""

from __future__ import annotations

import shlex
import weakref
from argparse import Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

from IPython.core.interactiveshell import InteractiveShell  # noqa: TC002  # Magics reads it
from IPython.core.magic import (
    Magics,
    line_cell_magic,
    magics_class,
    needs_local_scope,
    no_var_expand,
)

from nemo_nb.blocking import Session
from nemo_nb.errors import ConfigError
from nemo_nb.notebook import command_line, completion
from nemo_nb.notebook.command_line import CELL, LINE, HelpShown
from nemo_nb.notebook.readable import readable


@magics_class
class NemoMagics(Magics):
    """The magics; they act on the session that the notebook last connected or named."""

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell)
        self._session: Session | None = None
        self._named: dict[str, Session] = {}
        self._seen: weakref.WeakSet[Session] = weakref.WeakSet()

    # Words are split before variables are filled in, so that a value stays one word.
    @no_var_expand
    @needs_local_scope
    @line_cell_magic
    def nemo(
        self, line: str, cell: str | None = None, local_ns: Mapping[str, Any] | None = None
    ) -> Any:
        """Edit video by chat: ``%nemo`` alone shows the commands, ``%%nemo`` sends a cell."""
        words = command_line.split(line)
        names = {**self._namespace, **(local_ns or {})}
        try:
            if cell is not None:
                return self._message(words, cell, names)
            if not words or words[0] in ("-h", "--help"):
                self._print(command_line.overview())
                return None
            parser = command_line.command_parser(words[0])
            options = _filled(parser.read(words[1:]), names)
        except HelpShown:
            return None
        return self._command(words[0], options)

    # What %nemo? shows.
    nemo.__doc__ = f"{nemo.__doc__}\n\n{command_line.overview()}"

    def _message(self, words: list[str], cell: str, names: Mapping[str, Any]) -> Any:
        options = _filled(command_line.cell_parser().read(words), names)
        text = cell.strip()
        if not text:
            raise ConfigError(
                f"{CELL} has no message to send.",
                "The cell is empty below its first line.",
                f"Write what shall happen on the lines below {CELL}; commands such as "
                f"{LINE} status take one %.",
            )
        _check_name(options.into)
        reply = self._find(options.session).chat(text)
        if options.into:
            self._namespace[options.into] = reply
            return None
        return reply

    def _command(self, command: str, options: Namespace) -> Any:
        from nemo_nb import connecting  # noqa: PLC0415  # it is above this package

        deeds: dict[str, Callable[[], Any]] = {
            "credits": lambda: self._find(options.session).credits(),
            "status": lambda: self._find(options.session).timeline(),
            "upload": lambda: self._upload(options),
            "export": lambda: self._export(options),
            "connect": lambda: self._connect(options),
            "undo": lambda: self._find(options.session).undo(),
            "redo": lambda: self._find(options.session).redo(),
            "history": lambda: readable(self._find(options.session).history, "History"),
            "sessions": lambda: readable(connecting.sessions(), "Named sessions"),
            "jobs": lambda: readable(connecting.jobs(), "Renders"),
            "help": lambda: self._help(options.command),
        }
        return deeds[command]()

    def _help(self, command: str | None) -> None:
        known = command_line.command_parser(command).format_help() if command else None
        self._print(known or command_line.overview())

    def _upload(self, options: Namespace) -> Any:
        whole = " ".join(map(str, options.path))
        if len(options.path) > 1 and Path(whole).expanduser().is_file():
            raise ConfigError(
                f"{whole!r} is one file, and was read as {len(options.path)} names.",
                "A name with spaces needs quotes.",
                f"{LINE} upload {shlex.quote(whole)}",
            )
        session = self._find(options.session)
        return readable(session.upload(*options.path, skill=options.skill), "Uploaded")

    def _export(self, options: Namespace) -> Any:
        wish = {
            "each": options.each,
            "format": options.format,
            "quality": options.quality or "high",
            "resolution": options.resolution,
            "fps": _rate(options.fps),
            "wait": not options.no_wait,
        }
        # The overloads leave no way to hand the choice on.
        export: Any = self._find(options.session).export
        return export(options.path, **wish)

    def _connect(self, options: Namespace) -> None:
        from nemo_nb.connecting import DEFAULT_SKILL, connect  # noqa: PLC0415  # above this package

        _check_name(options.into)
        self._session = connect(
            options.backend,
            name=options.name,
            skill=options.skill or DEFAULT_SKILL,
            language=options.language,
        )
        if options.name:
            self._named[options.name] = self._session
        if options.into:
            self._namespace[options.into] = self._session

    @property
    def _namespace(self) -> dict[str, Any]:
        shell: Any = self.shell
        return shell.user_ns

    def _print(self, text: str) -> None:
        print(text, end="")  # noqa: T201 - help that was asked for

    def _find(self, name: Any = None) -> Session:
        """Return the session meant: a variable or a saved name, else the notebook's latest."""
        from nemo_nb.connecting import connect  # noqa: PLC0415  # it is above this package

        if name is not None:
            return name if isinstance(name, Session) else self._named_one(str(name))
        theirs = [value for value in self._namespace.values() if isinstance(value, Session)]
        new = [session for session in theirs if session not in self._seen]
        self._seen.update(theirs)
        # What was connected since the last call comes before what that call went to.
        candidates = [*reversed(new), self._session, *reversed(theirs)]
        found = next((one for one in candidates if one is not None and not one.closed), None)
        self._session = connect() if found is None else found
        return self._session

    def _named_one(self, name: str) -> Session:
        from nemo_nb.connecting import connect  # noqa: PLC0415  # it is above this package

        named = self._namespace.get(name)
        if isinstance(named, Session):
            return named
        kept = self._named.get(name)
        if kept is not None and not kept.closed:
            return kept
        known = completion.session_names(self._namespace)
        near = "" if name in known else command_line.nearest_session(name, known)
        if near:
            raise ConfigError(
                f"There is no session {name!r}.",
                f"Did you mean {near}?",
                f"{LINE} connect --name {name} starts one of that name.",
            )
        self._named[name] = connect(name=name)
        return self._named[name]


def _filled(options: Namespace, names: Mapping[str, Any]) -> Namespace:
    """Return *options* with variables filled in: any source, a session, all else as text."""
    values: dict[str, Any] = {}
    for name, value in vars(options).items():
        if isinstance(value, list):
            words = cast("list[str]", value)
            values[name] = [command_line.filled(word, names) for word in words]
        elif isinstance(value, str):
            found = command_line.filled(value, names)
            values[name] = found if name in ("path", "session") else str(found)
        else:
            values[name] = value
    return Namespace(**values)


def _rate(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        raise ConfigError(
            f"{text!r} is no number of frames a second.", fix="For example: --fps 30."
        ) from None


def _check_name(name: str | None) -> None:
    if name is not None and not name.isidentifier():
        raise ConfigError(f"{name!r} is no name for a variable.", fix="For example: --into reply.")


def load_ipython_extension(shell: InteractiveShell) -> None:
    """What ``%load_ext nemo_nb`` runs: the magics, and what Tab offers for them."""
    shell.register_magics(NemoMagics)
    completion.register(shell)
    transforms: Any = shell.input_transformers_cleanup
    if _with_a_body not in transforms:
        transforms.append(_with_a_body)


def _with_a_body(lines: list[str]) -> list[str]:
    """Give a cell that is nothing but its ``%%nemo`` line an empty body.

    IPython refuses it otherwise, so that ``%%nemo --help`` could not be asked for.
    """
    first = lines[0].split() if lines else []
    is_bare = first[:1] == [CELL] and not "".join(lines[1:]).strip()
    return [lines[0].rstrip("\n") + "\n", "\n"] if is_bare else lines
