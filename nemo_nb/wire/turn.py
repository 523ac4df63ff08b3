# ruff: noqa: RUF001 - Chinese marks too part a sentence from another
"""One turn of chat, put together from its events. Pure.

Deltas are what an author says so far; a whole text takes their place; a turn may hold
several whole texts, and all of them count, in order. Reasoning and tools are no part of the
answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from nemo_nb.wire.events import (
    Event,
    Heartbeat,
    StreamError,
    TextDelta,
    TextFinal,
    ToolCall,
    ToolResult,
)

# Only at the end, only as a sentence of its own: behind a word or a comma it is part of one,
# inside quotes it is somebody's caption. A reply may well end in an emoji.
_NOISE: Final = re.compile(
    r"(?:\A|\n|[^\w\s,，、;；\"'“‘「『《-]|_)\s*"
    r"(?P<noise>I encountered a temporary issue[^\n]*\s*)\Z"
)
_PARAGRAPH: Final = "\n\n"


@dataclass(slots=True)
class ToolUse:
    """One piece of work of the backend; ``done`` once its result came."""

    id: str
    name: str
    args: Mapping[str, Any]
    result: Any = None
    done: bool = False


@dataclass(slots=True)
class _Passage:
    """A stretch of one author's words: open while it is made of deltas."""

    author: str
    pieces: list[str] = field(default_factory=list[str])
    final: bool = False

    @property
    def text(self) -> str:
        return "".join(self.pieces)


class Turn:
    """Feed it the events of one turn in order: `begin`, `feed` for each, `finish`.

    It can be read at any time; after `finish` nothing changes any more.
    """

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Start over."""
        self._passages: list[_Passage] = []
        self._tools: list[ToolUse] = []
        self._errors: list[StreamError] = []
        self._last_was_error = False
        self._text: str | None = ""
        self.finished = False

    def finish(self) -> None:
        """Note that the stream has ended by itself, not by a cut or a stop."""
        self.finished = True

    def feed(self, event: Event) -> None:
        """Take the next event in."""
        after_error, self._last_was_error = self._last_was_error, False
        match event:
            case TextDelta(text, author):
                self._say(text, author)
            case TextFinal(text, author):
                self._settle(text, author)
            case ToolCall():
                self._call(event)
            case ToolResult():
                self._answer(event)
            case StreamError():
                self._fail(event, after_error=after_error)
                self._last_was_error = True
            case Heartbeat():
                self._last_was_error = after_error
            case _:
                pass

    @property
    def text(self) -> str:
        """The answer so far, without trailing noise."""
        if self._text is None:
            said = (passage.text.strip() for passage in self._passages)
            self._text = _without_noise(_PARAGRAPH.join(text for text in said if text))
        return self._text

    @property
    def tools(self) -> tuple[ToolUse, ...]:
        """The backend's work, each call once, in order."""
        return tuple(self._tools)

    @property
    def errors(self) -> tuple[StreamError, ...]:
        """The failures told inside the stream, each once."""
        return tuple(self._errors)

    @property
    def unanswered_calls(self) -> tuple[ToolUse, ...]:
        """The calls whose result never came."""
        return tuple(tool for tool in self._tools if not tool.done)

    @property
    def dangling(self) -> bool:
        """Whether there are deltas whose whole text never came."""
        return any(not passage.final and passage.text for passage in self._passages)

    @property
    def clean(self) -> bool:
        """Whether the turn ended as it should; if not, the state tells what happened."""
        return bool(
            self.finished
            and self.text
            and not self._errors
            and not self.unanswered_calls
            and not self.dangling
        )

    def _say(self, text: str, author: str) -> None:
        last = self._passages[-1] if self._passages else None
        if last is None or last.final or last.author != author:
            last = _Passage(author)
            self._passages.append(last)
        last.pieces.append(text)
        self._text = None

    def _settle(self, text: str, author: str) -> None:
        if not text.strip():
            return
        open_ones = [
            passage for passage in self._passages if passage.author == author and not passage.final
        ]
        if len(open_ones) > 1 and open_ones[-1].text == text:
            # It repeats what was said after a tool's work, not what was said before it.
            del open_ones[:-1]
        whole = _Passage(author, [text], final=True)
        if open_ones:
            self._passages[_index(self._passages, open_ones[0])] = whole
            for passage in open_ones[1:]:
                del self._passages[_index(self._passages, passage)]
        else:
            self._passages.append(whole)
        self._text = None

    def _call(self, call: ToolCall) -> None:
        known = next((tool for tool in self._tools if call.id and tool.id == call.id), None)
        if known is None:
            self._tools.append(ToolUse(call.id, call.name, call.args))
            # What follows a call is a new passage, however the text is framed.
            self._passages.append(_Passage(author=""))
        elif call.args:
            known.args = call.args

    def _answer(self, result: ToolResult) -> None:
        waiting = self.unanswered_calls
        by_id = (tool for tool in waiting if result.id and tool.id == result.id)
        by_name = (
            tool for tool in waiting if tool.name == result.name and not (tool.id and result.id)
        )
        tool = next(by_id, None) or next(by_name, None)
        if tool is None:
            tool = ToolUse(result.id, result.name, {})
            self._tools.append(tool)
        tool.result, tool.done = result.result, True

    def _fail(self, error: StreamError, *, after_error: bool) -> None:
        # google-adk tells one failure twice: as an event, then as a frame right behind it.
        same = after_error and _same_failure(self._errors[-1], error)
        if same:
            first = self._errors[-1]
            code = error.code if first.code is None else first.code
            self._errors[-1] = StreamError(code, first.message or error.message, first.raw)
        else:
            self._errors.append(error)


def _index(passages: list[_Passage], wanted: _Passage) -> int:
    return next(index for index, passage in enumerate(passages) if passage is wanted)


def _same_failure(first: StreamError, second: StreamError) -> bool:
    if first.code is not None and second.code is None:
        return True
    if first.code is None or first.code == second.code:
        return (
            not first.message
            or not second.message
            or first.message in second.message
            or second.message in first.message
        )
    return False


def _without_noise(text: str) -> str:
    noise = _NOISE.search(text)
    before = text[: noise.start("noise")].rstrip() if noise else ""
    return before or text
