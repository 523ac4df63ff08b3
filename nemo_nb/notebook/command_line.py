"""What can be typed behind ``%nemo`` and ``%%nemo``: commands, options, help, near misses.

Pure: a line in, what it asks for out. :mod:`nemo_nb.notebook.magics` does it, and
:mod:`nemo_nb.notebook.completion` offers what comes next from the same parsers.
"""

from __future__ import annotations

import argparse
import difflib
import re
import shlex
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from string import Formatter
from typing import Any, Final, NoReturn

from nemo_nb.errors import ConfigError
from nemo_nb.export import FORMATS, QUALITIES
from nemo_nb.skills import SKILLS

LINE: Final = "%nemo"
CELL: Final = "%%nemo"

COMMANDS: Final[dict[str, str]] = {
    "credits": "show what is left of the account's credits",
    "status": "show the timeline as it is now",
    "upload": "add files to the end of the timeline",
    "export": "render the timeline to a file and show it",
    "connect": "start a session, which the next commands go to",
    "undo": "take the last edit back",
    "redo": "bring back what undo took",
    "history": "list what was asked and what was answered",
    "sessions": "list the sessions that have a name",
    "jobs": "list every render, from any notebook",
    "help": "show this, or all about one command",
}
_PATHS: Final = (
    "A path with spaces stands in quotes. {name} and $name stand for the variable of that name."
)
_MORE: Final[dict[str, str]] = {
    "upload": f"Photos, clips, sounds, subtitles; ~ and globs such as clips/*.mp4. {_PATHS}",
    "export": "Without PATH the file gets a free name in this folder; its ending says the format.",
    "connect": (
        "BACKEND is local (the studio in this kernel), cloud, or a URL. Without it: NEMO_API_URL "
        "if that is set, else the cloud if NEMO_TOKEN is set, else local."
    ),
}
_EXAMPLES: Final[dict[str, tuple[str, ...]]] = {
    "upload": ("%nemo upload clip.mp4 'my photos/*.jpg'", "%nemo upload {path} $subtitles"),
    "export": ("%nemo export out.mp4 --resolution 1080p", "%nemo export loop.gif --fps 12"),
    "connect": ("%nemo connect", "%nemo connect --name holiday", "%nemo connect cloud"),
}
_WIDTH: Final = 78
_OVERVIEW: Final = "Edit video by chat: a command on a line, or a message as a cell."
_MESSAGE: Final = "%%nemo\nadd a title 'Urban Dreams' for 3 seconds"

CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "format": FORMATS,
    "quality": QUALITIES,
    "skill": tuple(SKILLS),
    "resolution": ("720p", "1080p", "2160p", "1920x1080", "1080x1920"),
    "language": ("en", "zh"),
    "backend": ("local", "cloud"),
    "command": tuple(COMMANDS),
}
"""What a value is likely to be, by the name of the argument."""

# How argparse says it.
_REQUIRED: Final = re.compile(r"the following arguments are required: (\w+)")
_VALUELESS: Final = re.compile(r"argument ([^:]+): expected one argument")
# A word with its quotes, also one that is still being typed.
_WORD: Final = re.compile(r"""(?:[^\s'"\\]|\\.?|'[^']*'?|"(?:\\.|[^"\\])*"?)+""", re.DOTALL)
_QUOTED: Final = re.compile(r"""\\.|"(?:\\.|[^"\\])*"|'(?P<literal>[^']*)'""", re.DOTALL)
# As in a shell, single quotes take the meaning from these; they return as they were.
_MASKED: Final = {ord("$"): "\ue001", ord("{"): "\ue002"}
_UNMASKED: Final = {ord(mask): chr(sign) for sign, mask in _MASKED.items()}
_VARIABLE: Final = re.compile(r"\{([A-Za-z_][\w.]*(?:\[[^\[\]{}]*\])*)\}|\$([A-Za-z_]\w*)")


class HelpShown(Exception):
    """The line asked for help, and that is all there is to do."""


class CommandParser(argparse.ArgumentParser):
    """Reports a wrong line as an error of ours, and shows help without leaving Python."""

    def __init__(self, prog: str, **more: Any) -> None:
        super().__init__(
            prog=prog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
            add_help=False,
            **more,
        )
        self.add_argument("--help", "-h", action="help", help="show this")

    @property
    def options(self) -> dict[str, argparse.Action]:
        """Every option by each of its spellings."""
        return dict(self._option_string_actions)

    @property
    def positional(self) -> argparse.Action | None:
        """What is not an option, if the command takes any."""
        return next(iter(self._get_positional_actions()), None)

    def read(self, words: Sequence[str]) -> argparse.Namespace:
        """Return what *words* ask for.

        Raises:
            ConfigError: They cannot be read.
            HelpShown: They asked for help, which has been printed.
        """
        found, rest = self.parse_known_args(list(words))
        if rest:
            raise self._unknown(rest[0])
        return found

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:  # noqa: ARG002 - its form
        """End the reading, not Python."""
        raise HelpShown

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the line, and how it goes."""
        missing = _REQUIRED.fullmatch(message)
        valueless = _VALUELESS.fullmatch(message)
        if missing is not None:
            what = f"{self.prog} needs a {missing[1]}."
        elif valueless is not None:
            what = f"{self.prog} needs a value behind {valueless[1]}."
        else:
            what = f"{self.prog} could not read that: {message}."
        raise ConfigError(what, fix=self._way_out())

    def _unknown(self, word: str) -> ConfigError:
        name = word.partition("=")[0]
        if name.startswith("-"):
            near = _nearest(name, self.options)
            return ConfigError(f"{self.prog} has no option {name}.", near, self._way_out())
        if self.prog == CELL:
            near = f"A command goes on a line of its own: {LINE} {word}." * (word in COMMANDS)
            return ConfigError(
                f"{CELL} takes no {word!r} behind it.",
                near or "The message stands in the lines below.",
                self._way_out(),
            )
        return ConfigError(
            f"{self.prog} does not know what to do with {word!r}.",
            "A path with spaces needs quotes.",
            self._way_out(),
        )

    def _way_out(self) -> str:
        usage = " ".join(
            self.format_usage().removeprefix("usage: ").replace("[--help]", "").split()
        )
        return f"Usage: {usage}. More: {self.prog} --help."


def command_parser(command: str) -> CommandParser:
    """Return the parser of what follows *command* on the line.

    Raises:
        ConfigError: There is no such command; the message names the nearest.
    """
    if command not in COMMANDS:
        near = _nearest(command, COMMANDS) or f"The commands are {', '.join(COMMANDS)}."
        raise ConfigError(
            f"{LINE} has no command {command!r}.",
            near,
            f"{LINE} help shows them all; a message goes into a cell that begins with {CELL}.",
        )
    head = COMMANDS[command]
    description = f"{head[:1].upper()}{head[1:]}."
    parser = CommandParser(
        f"{LINE} {command}",
        description=textwrap.fill(f"{description} {_MORE.get(command, '')}".strip(), _WIDTH),
        epilog=_examples(_EXAMPLES.get(command, ())),
    )
    match command:
        case "upload":
            parser.add_argument("path", metavar="PATH", nargs="+", help="file or glob")
            parser.add_argument("--skill", metavar="SKILL", help="in the name of another skill")
        case "export":
            _add_export(parser)
        case "connect":
            parser.add_argument("backend", metavar="BACKEND", nargs="?", help="see above")
            parser.add_argument(
                "--name", metavar="NAME", help="reopen it, or start it by this name"
            )
            parser.add_argument("--skill", metavar="SKILL", help=", ".join(SKILLS))
            parser.add_argument("--language", metavar="LANGUAGE", help="en or zh")
            parser.add_argument("--into", metavar="VAR", help="a variable for the session")
        case "help":
            parser.add_argument("command", metavar="COMMAND", nargs="?", help="one of them")
        case _:
            pass
    if command not in ("connect", "help", "sessions", "jobs"):
        _add_session(parser)
    return parser


def cell_parser() -> CommandParser:
    """Return the parser of what follows ``%%nemo`` on its line."""
    parser = CommandParser(
        CELL,
        description="Send the lines below as a message, and show the answer as it comes.",
        epilog=_examples((_MESSAGE,)),
    )
    _add_session(parser)
    parser.add_argument("--into", metavar="VAR", help="a variable for the reply, then not shown")
    return parser


def overview() -> str:
    """Return what ``%nemo`` alone shows."""
    lines = [f"  {name:<10}{words}" for name, words in COMMANDS.items()]
    usage = (
        f"usage: {LINE} COMMAND …\n       {CELL} [--session NAME] [--into VAR]   (message below)"
    )
    more = f"{LINE} COMMAND --help tells all about one."
    parts = [usage, _OVERVIEW, "\n".join(["commands:", *lines]), _examples((_MESSAGE,)), more]
    return "\n\n".join(parts) + "\n"


def split(line: str) -> list[str]:
    """Return the words of *line*, quoted as in a shell; what may be a variable stays as it is.

    Raises:
        ConfigError: A quote is open.
    """

    def masked(found: re.Match[str]) -> str:
        return found[0] if found["literal"] is None else found[0].translate(_MASKED)

    try:
        return shlex.split(_QUOTED.sub(masked, line))
    except ValueError:
        raise ConfigError(
            f"{LINE} could not read {line.strip()!r}.",
            "A quote is open at its end.",
            "Close it, or put a backslash before it if it belongs to a name.",
        ) from None


def last_word(line: str) -> str:
    """Return the word that *line* ends in, with its quotes; "" where a new one begins."""
    found = [match for match in _WORD.finditer(line) if match.end() == len(line)]
    return found[0][0] if found else ""


def filled(word: str, namespace: Mapping[str, Any]) -> Any:
    """Return *word* with its variables filled in: ``$name``, ``{name}``, ``{name.part[0]}``.

    Nothing is evaluated but names, parts and items, and a value stays one word whatever is in
    it. A word that is all variable gives the value itself; an unknown name stays as it is.
    """
    whole = _VARIABLE.fullmatch(word)
    if whole is not None:
        known, value = _value(whole, namespace)
        if known:
            return value

    def put(found: re.Match[str]) -> str:
        known, value = _value(found, namespace)
        return str(value) if known else found[0]

    return _VARIABLE.sub(put, word).translate(_UNMASKED)


def _value(found: re.Match[str], namespace: Mapping[str, Any]) -> tuple[bool, Any]:
    field = found[1] or found[2]
    try:
        value, _ = Formatter().get_field(field, (), namespace)
    except (LookupError, AttributeError, TypeError, ValueError):
        return False, None
    return True, value


def _add_export(parser: CommandParser) -> None:
    parser.add_argument("path", metavar="PATH", nargs="?", help="a file or a folder")
    parser.add_argument("--format", metavar="FORMAT", help=", ".join(FORMATS))
    parser.add_argument("--quality", metavar="QUALITY", help=", ".join(QUALITIES))
    parser.add_argument("--resolution", metavar="SIZE", help="1080p, or 1920x1080")
    parser.add_argument("--fps", metavar="FPS", help="frames a second")
    parser.add_argument("--each", action="store_true", help="each uploaded file for itself")
    parser.add_argument("--no-wait", action="store_true", help="render while you go on")


def _add_session(parser: CommandParser) -> None:
    parser.add_argument("--session", metavar="NAME", help="a session's variable or name")


def _examples(lines: Sequence[str]) -> str:
    indented = "\n".join(f"  {part}" for line in lines for part in line.split("\n"))
    return f"for example:\n{indented}" if lines else ""


def _nearest(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(known), n=1)
    return f"Did you mean {near[0]}?" if near else ""


def nearest_session(word: str, known: Iterable[str]) -> str:
    """Return the name that *word* was meant to be, or "" where it is a new one."""
    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=0.75)), "")
