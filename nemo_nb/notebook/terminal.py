"""What one call shows in a terminal's IPython: text as it streams, bars while files move.

Bars are drawn where a line can be drawn again; a pipe, a log file and a dumb terminal get a
line now and then instead.
"""

# tqdm has no complete types
# pyright: reportUnknownMemberType=false
from __future__ import annotations

import os
import sys
from typing import Any, Final

from IPython.core.getipython import get_ipython
from tqdm import tqdm

from nemo_nb import notices
from nemo_nb.notebook.markdown import plain
from nemo_nb.notebook.reply_view import afterwards, mark_streamed

_STEPS: Final = 4
_BYTES: Final = "{desc}: {percentage:3.0f} %|{bar}| {n_fmt}/{total_fmt}B {elapsed}<{remaining}"
_PERCENT: Final = "{desc}: {percentage:3.0f} %|{bar}| {elapsed}<{remaining}"
_ELAPSED: Final = "{desc} {elapsed}"
_WORKING: Final = ""


class TerminalView:
    """Shows the notices of one call; text on stdout, bars on stderr."""

    def __init__(self) -> None:
        self._bars: dict[str, _Bar | _Lines] = {}
        self._renders: dict[str, str] = {}
        self._text = _Text()
        self._closed = False

    def __call__(self, notice: notices.Notice) -> None:
        """Show *notice*."""
        match notice:
            case _ if self._closed:
                # An export that nobody waits for goes on while the next line is typed.
                pass
            case notices.TurnProgress(text="", progress=progress):
                self._say(progress)
            case notices.TurnProgress(text=text):
                self._clear()
                self._text.grow(plain(text))
            case notices.TurnEnded(reply=reply) if reply is not None:
                self._clear()
                self._text.end(plain(reply.text))
                self._text.end(afterwards(reply))
                mark_streamed(reply, get_ipython())
            case notices.TurnEnded():
                self._clear()
                self._text.break_off()
            case notices.UploadProgress(name=name, sent_bytes=sent, total_bytes=total):
                self._move(name, sent, total, _BYTES)
            case notices.ExportProgress(job=job, progress=progress):
                self._move(self._render_name(job), round(progress), 100, _PERCENT)
            case notices.ExportEnded(job=job):
                self._done(self._render_name(job))
            case _:
                pass

    def close(self) -> None:
        """Close every bar; what comes later is not shown."""
        self._closed = True
        self._text.break_line()
        self._clear()

    def _render_name(self, job: str) -> str:
        count = len(self._renders) + 1
        return self._renders.setdefault(job, "Rendering" if count == 1 else f"Rendering {count}")

    def _move(self, name: str, done: int, total: int, look: str) -> None:
        self._text.break_line()
        if name not in self._bars:
            make = _Bar if _can_redraw() else _Lines
            self._bars[name] = make(name, total, look)
        self._bars[name].move(done)
        if done >= total:
            # Of a hundred files only those that move have a line.
            self._bars[name].close()

    def _say(self, words: str) -> None:
        """Show what the backend is at, before there is any text."""
        if words and _can_redraw():
            if _WORKING in self._bars:
                self._bars[_WORKING].move(0, words)
            else:
                self._bars[_WORKING] = _Bar(words, 0, _ELAPSED)

    def _done(self, name: str) -> None:
        if name in self._bars:
            self._bars.pop(name).close()

    def _clear(self) -> None:
        for name in [*self._bars]:
            self._done(name)


class _Bar:
    """A bar of tqdm's, which leaves nothing behind."""

    def __init__(self, name: str, total: int, look: str) -> None:
        self._tqdm: Any = tqdm(
            desc=name,
            total=total,
            leave=False,
            bar_format=look,
            unit_scale=look is _BYTES,
            dynamic_ncols=True,
            file=sys.stderr,
        )

    def move(self, done: int, words: str = "") -> None:
        if words:
            self._tqdm.set_description_str(words)
        self._tqdm.update(done - self._tqdm.n)

    def close(self) -> None:
        self._tqdm.close()


class _Lines:
    """A line each time another quarter is done."""

    def __init__(self, name: str, total: int, _look: str) -> None:
        self._name = name
        self._total = total
        self._step = -1

    def move(self, done: int, _words: str = "") -> None:
        step = done * _STEPS // self._total if self._total else _STEPS
        if step > self._step:
            self._step = step
            print(f"{self._name}: {100 * step // _STEPS} %", file=sys.stderr, flush=True)  # noqa: T201 - its purpose

    def close(self) -> None:
        """There is nothing to take away."""


class _Text:
    """One answer as it comes. What is written stays: a terminal does not take lines back."""

    def __init__(self) -> None:
        self._written = ""
        self._in_line = False

    def grow(self, text: str) -> None:
        """Write what *text* has gained; nothing where its earlier words have changed."""
        # A backslash at the end may turn out to belong to the sign that follows it.
        text = text.removesuffix("\\")
        if text.startswith(self._written):
            self._write(text.removeprefix(self._written))
            self._written = text

    def end(self, text: str) -> None:
        """Write the rest of the whole answer, or all of it where it was put in other words."""
        if not text.startswith(self._written):
            self.break_line()
            self._written = ""
        self._write(text.removeprefix(self._written))
        self.break_off()

    def break_off(self) -> None:
        """Let nothing follow what is written; another answer may begin."""
        self.break_line()
        self._written = ""

    def break_line(self) -> None:
        """Let what comes next begin on a line of its own."""
        if self._in_line:
            self._write("\n")

    def _write(self, text: str) -> None:
        if text:
            sys.stdout.write(text)
            sys.stdout.flush()
            self._in_line = not text.endswith("\n")


def _can_redraw() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") not in ("dumb", "")
