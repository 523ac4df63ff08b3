"""The cloud's habits, for practice: what PROTOCOL.md tells of its streams, by seed and turn.

Off unless asked for. A turn does and stores the same whatever its habits are; only how it is
told differs, and how soon the state shows it. `Quirks.of` is deterministic, so that a lesson
or a test can be repeated.

============ ==================================================================================
`silent`     an edit is done and the stream closes without a word
`gui`        the agent speaks of buttons and panels that nobody has
`whole`      the text comes at once, not in deltas
`finals`     several whole texts, one behind each passage, under the id of its last delta
`dangling`   deltas only: the final text never comes
`unanswered` the result of a tool's call never comes
`snake`      keys in snake_case
`old`        the older dialect: ``{"type": "text", "content": "…"}``
`pause`      a long silence but for heartbeats of three kinds
`thought`    reasoning that is no part of the answer
`noise`      "I encountered a temporary issue" behind a normal reply
`nan`        a bare ``NaN``, which is no JSON, and a raw line separator (U+2028)
`lag`        the state shows the edit a moment later
============ ==================================================================================
"""

from __future__ import annotations

import random
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from nemo_nb.errors import ConfigError
from nemo_nb.studio.adk import Event, frame, heartbeat_frames

# How a text or a call is framed: one of them a turn.
_FRAMINGS: Final = ("whole", "finals", "dangling", "unanswered", "snake", "old")
# Beside that, each on its own, and in which share of the turns.
_SHARES: Final = {
    "silent": 0.3,  # PROTOCOL.md: about 30 % of edits
    "gui": 0.35,
    "pause": 0.1,
    "thought": 0.3,
    "noise": 0.15,
    "nan": 0.15,
    "lag": 0.3,
}
_FRAMED_SHARE: Final = 0.6
HABITS: Final = (*_FRAMINGS, *_SHARES)

PAUSE_BEATS: Final = 3
"""Heartbeats that a pause lasts."""
LATE_READS: Final = 1
"""Reads of the state that still show what was before. A client reads once after a reply."""
LATE_READS_SILENT: Final = 2
"""The same after a silent edit, which a client reads up to three times (DESIGN)."""

_NOISE: Final = "I encountered a temporary issue. Please try again later."
_GUI: Final = {
    "en": (
        "Click the Export button to download your video.",
        "Open the timeline panel to see it.",
        "You can preview it in the timeline.",
        "Check your account for the remaining credits.",
        "Drag the title to the end if you like it better there.",
    ),
    "zh": (
        "点击导出按钮下载视频。",
        "打开时间线面板查看。",
        "前往账户页面查看余额。",
        "可以将标题拖拽到结尾。",
    ),
}
_CAPITAL: Final = re.compile(r"(?<=[a-z])([A-Z])")


@dataclass(frozen=True, slots=True)
class Quirks:
    """Which habits a studio has.

    Attributes:
        seed: Decides which turn has which.
        always: The ones that every turn has; empty: each turn draws its own.
    """

    seed: int = 0
    always: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return ", ".join(sorted(self.always)) if self.always else f"seed {self.seed}"

    def of(self, turn: int, *, edited: bool) -> frozenset[str]:
        """Return the habits of a turn.

        Args:
            turn: Counted from 0 in its session.
            edited: Whether it changed something: a question is never left unanswered.
        """
        drawn = self.always or self._drawn(turn)
        return drawn if edited else drawn - {"silent", "lag"}

    def _drawn(self, turn: int) -> frozenset[str]:
        dice = random.Random(f"{self.seed}:{turn}")  # noqa: S311 - a lesson, no secret
        found = {habit for habit, share in _SHARES.items() if dice.random() < share}
        if dice.random() < _FRAMED_SHARE:
            found.add(dice.choice(_FRAMINGS))
        return frozenset(found)


def read_quirks(given: str) -> Quirks | None:
    """Return what *given* asks for: a seed, habits by name, or nothing where it is empty.

    Raises:
        ConfigError: It is neither, or names two framings.
    """
    text = given.strip()
    if not text:
        return None
    if text.removeprefix("-").isdecimal():
        return Quirks(int(text))
    names = frozenset(name for part in text.split(",") if (name := part.strip()))
    unknown = sorted(names - set(HABITS))
    if unknown or not names:
        raise ConfigError(
            f"There is no quirk {(unknown or [text])[0]!r}.",
            fix=f"Give a seed such as 7, or some of: {', '.join(HABITS)}.",
        )
    if len(framed := sorted(names & set(_FRAMINGS))) > 1:
        raise ConfigError(
            f"The quirks {' and '.join(framed)} exclude each other.",
            "Each is a framing of the whole stream.",
            "Give one of them, or a seed: then each turn draws its own.",
        )
    return Quirks(always=names)


def talk(reply: str, habits: frozenset[str], turn: int, language: str) -> str:
    """Return *reply* as an agent says it who thinks that the user sits before its web app."""
    if "gui" not in habits or not reply:
        return reply
    said = _GUI["zh" if language.startswith("zh") else "en"]
    return f"{reply}\n\n{said[turn % len(said)]}"


def delivered(
    events: Sequence[Event], habits: frozenset[str], beat_s: float
) -> Iterator[bytes | float]:
    """Return the frames of a turn with *habits*; a number is a pause in seconds."""
    told = list(_habitual(_with_finals(events) if "finals" in habits else events, habits))
    if "pause" in habits:
        # Behind what has been done, before it is told.
        yield from _frames(told[:1], habits)
        for beat in heartbeat_frames():
            yield beat_s * PAUSE_BEATS / 3
            yield beat
        told = told[1:]
    yield from _frames(told, habits)


def _frames(events: Sequence[Event], habits: frozenset[str]) -> Iterator[bytes]:
    for event in events:
        if "old" in habits:
            yield from (frame(one) for one in _old(event))
        else:
            yield frame(_snake(event) if "snake" in habits else event)


def _habitual(events: Sequence[Event], habits: frozenset[str]) -> Iterator[Event]:
    """Return *events* with some left out, added or repeated."""
    for number, event in enumerate(events):
        if "thought" in habits and not number:
            yield _with_text(
                event, "The user wants an edit; the draft has to change.", thought=True
            )
        texts = _texts(event)
        if texts and (
            "silent" in habits
            or ("whole" in habits and event.get("partial"))
            or ("dangling" in habits and not event.get("partial"))
        ):
            continue
        if "unanswered" in habits and _part(event, "functionResponse"):
            continue
        if "nan" in habits and (call := _part(event, "functionCall")):
            call["args"] |= {"confidence": float("nan"), "note": "one\u2028two"}
        yield event
    if "noise" in habits and "silent" not in habits and events:
        # A whole text would take the place of deltas that have none.
        deltas = bool(habits & {"dangling", "old"})
        noise = _with_text(events[-1], f"\n\n{_NOISE}" if deltas else _NOISE)
        yield noise | {"partial": deltas}


def _with_finals(events: Sequence[Event]) -> list[Event]:
    """Return *events* with a whole text behind each passage, and none for all of them."""
    made: list[Event] = []
    passage = ""
    for event in events:
        if not event.get("partial") and passage:
            made.append(_with_text(made[-1], passage) | {"id": made[-1]["id"]})
            passage = ""
        if event.get("partial"):
            passage += _texts(event)
        made.append(
            {k: v for k, v in event.items() if k != "content"} if event is events[-1] else event
        )
    return made


def _with_text(event: Event, text: str, **more: Any) -> Event:
    """Return another event of the same turn that says *text*."""
    content = {"role": "model", "parts": [{"text": text, **more}]}
    kept = {key: event[key] for key in ("invocationId", "author", "actions", "timestamp")}
    return {**kept, "content": content, "partial": False, "id": str(uuid.uuid4())}


def _texts(event: Event) -> str:
    return "".join(part.get("text", "") for part in _parts(event) if not part.get("thought"))


def _part(event: Event, key: str) -> dict[str, Any] | None:
    return next((part[key] for part in _parts(event) if key in part), None)


def _parts(event: Event) -> list[dict[str, Any]]:
    content: dict[str, Any] = event.get("content") or {}
    return content.get("parts", [])


def _snake(value: Any) -> Any:
    """Return *value* with its own keys in snake_case; what tools were given stays as it is."""
    if isinstance(value, list):
        return [_snake(item) for item in value]  # pyright: ignore[reportUnknownVariableType] - JSON
    if not isinstance(value, Mapping):
        return value
    renamed: dict[str, Any] = {}
    for key, item in value.items():  # pyright: ignore[reportUnknownVariableType] - JSON
        name = _CAPITAL.sub(r"_\1", str(key)).lower()  # pyright: ignore[reportUnknownArgumentType]
        renamed[name] = item if key in ("args", "response") else _snake(item)
    return renamed


def _old(event: Event) -> Iterator[Event]:
    """Return *event* in the older dialect, which knows text, tools and heartbeats alone."""
    for part in _parts(event):
        if "text" in part:
            # It has deltas only: a final would repeat them.
            kind = "thought" if part.get("thought") else "text"
            if event.get("partial") or part.get("thought"):
                yield {"type": kind, "content": part["text"]}
        elif call := part.get("functionCall"):
            yield {"type": "tool_call", "name": call["name"], "args": call["args"]}
        elif result := part.get("functionResponse"):
            yield {"type": "tool_result", "name": result["name"], "result": result["response"]}
    if event.get("turnComplete"):
        yield {"type": "heartbeat"}
