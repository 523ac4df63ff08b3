"""A turn as the events of google-ADK's stream. Pure: what the agent did in, dicts out."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from nemo_nb import words

AUTHOR: Final = "nemo_agent"
PIECE_CHARS: Final = 24
"""Characters of a text delta: about a tenth of a second of a model's speech."""

HEARTBEAT: Final = b"event: heartbeat\ndata: {}\n\n"
# Where a sentence of prose ends; a line break is never crossed.
_SENTENCE: Final = re.compile(r"[^\n]*?(?:[.!?](?= )|[。！？])")  # noqa: RUF001 - Chinese marks

Event = dict[str, Any]


def frame(event: Mapping[str, Any]) -> bytes:
    """Return *event* as one ``data:`` frame; its JSON is on one line."""
    body = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    return f"data: {body}\n\n".encode()


def pieces(text: str) -> Iterator[str]:
    """Cut *text* into deltas that join to it, never inside a grapheme cluster."""
    clusters = words.clusters(text)
    for at in range(0, len(clusters), PIECE_CHARS):
        yield "".join(clusters[at : at + PIECE_CHARS])


def heartbeat_frames() -> tuple[bytes, ...]:
    """Return the forms in which gateways give a sign of life: an event, a comment, no data."""
    return HEARTBEAT, b": keep-alive\n\n", b"data:\n\n"


def passages(text: str, count: int) -> list[str]:
    """Cut *text* behind its sentences into up to *count* passages that join to it."""
    found: list[str] = []
    while len(found) < count - 1 and (sentence := _SENTENCE.match(text)):
        if sentence.end() == len(text):
            break
        found.append(sentence[0])
        text = text[sentence.end() :]
    return [*found, text] if text else found


def told(
    events: Invocation,
    steps: Sequence[tuple[str, Mapping[str, Any], Mapping[str, Any]]],
    reply: str,
    suggestions: Sequence[str],
) -> list[Event]:
    """Return a turn as events: a tool's call, its result, a sentence, the next call, and so on.

    Args:
        events: Of this turn.
        steps: What was done, in order: tool, arguments, result.
        reply: The whole answer, which the last event repeats.
        suggestions: The next ideas.
    """
    said = passages(reply, max(len(steps), 1))
    made: list[Event] = []
    for number, (tool, args, result) in enumerate(steps):
        event, call_id = events.call(tool, args)
        made += [event, events.response(call_id, tool, result)]
        if number < len(said) - 1:
            made += [events.delta(piece) for piece in pieces(said[number])]
    if said:
        made += [events.delta(piece) for piece in pieces(said[-1])]
    made.append(events.final(reply, suggestions))
    return made


class Invocation:
    """The events of one turn, all under one ``invocationId``."""

    def __init__(self) -> None:
        self._id = f"e-{uuid.uuid4()}"

    def thought(self, text: str) -> Event:
        """Return what the agent is about, which is no part of the answer."""
        return self._event(content=_content({"text": text, "thought": True}))

    def delta(self, text: str) -> Event:
        """Return a part of the answer."""
        return self._event(content=_content({"text": text}), partial=True)

    def call(self, tool: str, args: Mapping[str, Any]) -> tuple[Event, str]:
        """Return the event of a tool's call, and the call's id."""
        call_id = f"call-{uuid.uuid4()}"
        part = {"functionCall": {"id": call_id, "name": tool, "args": dict(args)}}
        return self._event(content=_content(part)), call_id

    def response(self, call_id: str, tool: str, result: Mapping[str, Any]) -> Event:
        """Return the event of the answer to a tool's call."""
        part = {"functionResponse": {"id": call_id, "name": tool, "response": dict(result)}}
        return self._event(content=_content(part, role="user"))

    def final(self, text: str, suggestions: Sequence[str]) -> Event:
        """Return the last event: the whole answer; the next ideas lie in ``stateDelta``."""
        delta: dict[str, Any] = {"suggestions": list(suggestions)} if suggestions else {}
        content = {"content": _content({"text": text})} if text else {}
        return self._event(state_delta=delta, partial=False, turnComplete=True, **content)

    def error(self, code: str, message: str) -> Event:
        """Return the last event of a turn that failed."""
        return self._event(errorCode=code, errorMessage=message, turnComplete=True)

    def _event(self, *, state_delta: Mapping[str, Any] | None = None, **fields: Any) -> Event:
        return {
            **fields,
            "invocationId": self._id,
            "author": AUTHOR,
            "actions": {
                "stateDelta": dict(state_delta or {}),
                "artifactDelta": {},
                "requestedAuthConfigs": {},
            },
            "id": str(uuid.uuid4()),
            "timestamp": time.time(),
        }


def _content(part: Event, role: str = "model") -> Event:
    return {"role": role, "parts": [part]}
