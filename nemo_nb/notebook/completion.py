"""What Tab offers behind ``%nemo`` and ``%%nemo``, in a terminal and in a notebook alike.

Commands, options and their values come from the parsers in
:mod:`nemo_nb.notebook.command_line`; sessions from the notebook and the ledger; paths from the
disk. A matcher of IPython's completer, which ipykernel's ``complete_request`` asks as well.
"""

from __future__ import annotations

import os
import re
import sqlite3
from argparse import Action
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from IPython.core import completer as completing
from IPython.core.completer import CompletionContext, SimpleCompletion

from nemo_nb.blocking import Session
from nemo_nb.errors import ConfigError, NemoError
from nemo_nb.ledger import Ledger
from nemo_nb.notebook import command_line
from nemo_nb.notebook.command_line import CHOICES, COMMANDS, CommandParser
from nemo_nb.redact import logger
from nemo_nb.skills import FONT_FORMATS, SUBTITLE_FORMATS, UPLOAD_FORMATS

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_log = logger(__name__)

# The line of a magic up to the cursor, also behind "name =".
_LINE: Final = re.compile(
    r"\s*(?:[A-Za-z_][\w.]*\s*=\s*)?(?P<magic>%%?)nemo\s+(?P<rest>.*)", re.DOTALL
)
_ACCEPTED: Final = frozenset((*UPLOAD_FORMATS, *SUBTITLE_FORMATS, *FONT_FORMATS, "jpeg", "heic"))
_SPECIAL: Final = re.compile(r"""[\s'"\\${}*?\[\]|&;<>()#!`]""")

_IDENTIFIER: Final = "nemo_nb.magics"

Offers = Iterable[tuple[str, str]]
"""Words that may come next, each with what it is."""


def register(shell: InteractiveShell) -> None:
    """Have *shell* complete the magics. Safe to call twice."""
    completer: Any = shell.Completer
    known = [getattr(one, "matcher_identifier", None) for one in completer.custom_matchers]
    if _IDENTIFIER not in known:
        completer.custom_matchers.append(_matcher(shell))


def session_names(namespace: Mapping[str, Any]) -> list[str]:
    """Return what ``--session`` can name: open sessions' variables, then saved names."""
    open_ones = [
        name
        for name, value in namespace.items()
        if isinstance(value, Session) and not value.closed and not name.startswith("_")
    ]
    return [*open_ones, *(name for name in _saved_names() if name not in open_ones)]


def offers(before: str, namespace: Mapping[str, Any]) -> tuple[str, list[tuple[str, str]]]:
    """Return the word being typed at the end of *before*, and what it may become.

    Args:
        before: The line up to the cursor.
        namespace: The user's variables.

    Returns:
        The word as it stands there, with its quotes, and pairs of text and kind. ("", []) where
        the line is none of these magics.
    """
    found = _LINE.fullmatch(before)
    if found is None:
        return "", []
    word = command_line.last_word(found["rest"])
    try:
        words = command_line.split(found["rest"].removesuffix(word))
        return word, list(_next(found["magic"], words, word, namespace))
    except ConfigError:
        # Nothing comes after a line that cannot be read.
        return word, []


def _matcher(shell: InteractiveShell) -> Any:
    def match(context: CompletionContext) -> dict[str, Any]:
        # Below the first line of the cell stands the message.
        is_message = context.cursor_line > 0 and context.full_text.lstrip().startswith("%%nemo")
        line = "" if is_message else context.text_until_cursor
        user: Any = shell
        try:
            word, found = offers(line, user.user_ns)
        except Exception:  # noqa: BLE001 - IPython would print it into the line being typed
            _log.exception("nothing to offer")
            word, found = "", []
        return {
            "completions": [SimpleCompletion(text=text, type=kind) for text, kind in found],
            "matched_fragment": word,
            "suppress": True,
            "ordered": True,
        }

    typed: Any = completing
    return typed.context_matcher(identifier=_IDENTIFIER)(match)


def _next(magic: str, words: list[str], word: str, namespace: Mapping[str, Any]) -> Offers:
    if magic == "%%":
        parser = command_line.cell_parser()
    elif not words:
        return _starting([(name, "command") for name in COMMANDS] + [("--help", "option")], word)
    else:
        parser = command_line.command_parser(words.pop(0))
    before = parser.options.get(words[-1]) if words else None
    if before is not None and before.nargs != 0:
        return _values(before, word, namespace)
    if word.startswith("-"):
        name, equals, value = word.partition("=")
        if equals and name in parser.options:
            found = _values(parser.options[name], value, namespace)
            return [(f"{name}={text}", kind) for text, kind in found]
        return _starting(_options(parser, words), word)
    taken = _taken(parser, words)
    free = parser.positional
    if free is None or (taken and free.nargs != "+"):
        return _starting(_options(parser, words), word)
    here = _values(free, word, namespace)
    # On an empty word, also what can be said beside it.
    return [*here, *([] if word else _options(parser, words))]


def _options(parser: CommandParser, words: list[str]) -> list[tuple[str, str]]:
    return [
        (name, "option") for name in parser.options if name.startswith("--") and name not in words
    ]


def _taken(parser: CommandParser, words: list[str]) -> int:
    """Return how many of *words* are no options and no values of options."""
    after_option = False
    count = 0
    for word in words:
        action = parser.options.get(word)
        if not after_option and action is None and not word.startswith("-"):
            count += 1
        after_option = action is not None and action.nargs != 0
    return count


def _values(action: Action, word: str, namespace: Mapping[str, Any]) -> Offers:
    if word.startswith("$"):
        return _starting(((f"${name}", "variable") for name in _variables(namespace)), word)
    if action.dest == "path":
        return _paths(word, uploads=action.nargs == "+")
    if action.dest in ("session", "name"):
        names = session_names(namespace) if action.dest == "session" else _saved_names()
        begin = _unquoted(word)
        return [(_quoted(one, word[:1]), "session") for one in names if one.startswith(begin)]
    return _starting(((text, "value") for text in CHOICES.get(action.dest, ())), word)


def _starting(texts: Offers, word: str) -> Offers:
    return [(text, kind) for text, kind in texts if text.startswith(word)]


def _variables(namespace: Mapping[str, Any]) -> Iterator[str]:
    for name, value in namespace.items():
        is_theirs = not name.startswith("_") and name not in ("In", "Out")
        if is_theirs and not callable(value) and not isinstance(value, ModuleType):
            yield name


def _saved_names() -> list[str]:
    try:
        return list(dict.fromkeys(session.name for session in Ledger().sessions()))
    except (NemoError, OSError, sqlite3.Error):
        # Offering none is better than an error in the middle of typing.
        return []


def _paths(word: str, *, uploads: bool) -> Offers:
    """Offer the files and folders that *word* begins, quoted as it is, folders first."""
    typed = _unquoted(word)
    folder, name = os.path.split(typed)
    lead = typed.removesuffix(name)
    found = list(_entries(Path(folder or ".").expanduser(), name))
    files = [entry for entry in found if not _is_folder(entry)]
    if uploads:
        files = [one for one in files if _ending(one) in _ACCEPTED] or files
    quote = word[0] if word[:1] in ("'", '"') else ""
    for entry in sorted(filter(_is_folder, found), key=_by_name):
        # Its quote stays open: the next Tab looks inside.
        yield _quoted(f"{lead}{entry.name}/", quote, closed=False), "path"
    for entry in sorted(files, key=_by_name):
        yield _quoted(f"{lead}{entry.name}", quote), "path"


def _entries(folder: Path, begin: str) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                hidden = entry.name.startswith(".") and not begin.startswith(".")
                if entry.name.startswith(begin) and not hidden:
                    yield entry
    except OSError:
        return


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _by_name(entry: os.DirEntry[str]) -> str:
    return entry.name.casefold()


def _ending(entry: os.DirEntry[str]) -> str:
    return entry.name.rpartition(".")[2].lower()


def _unquoted(word: str) -> str:
    for closing in ("", "'", '"'):
        try:
            return "".join(command_line.split(word + closing))
        except ConfigError:
            continue
    return word


def _quoted(text: str, quote: str, *, closed: bool = True) -> str:
    """Return *text* as it can stand on the line, in *quote* where one is open already."""
    if quote not in ("'", '"'):
        if not _SPECIAL.search(text):
            return text
        quote = '"' if "'" in text else "'"
    if quote == '"':
        text = re.sub(r'(["\\])', r"\\\1", text)
    elif "'" in text:
        text = text.replace("'", "'\\''")
    return f"{quote}{text}{quote if closed else ''}"
