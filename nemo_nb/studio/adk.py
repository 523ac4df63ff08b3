"""A turn as the events of google-ADK's stream. Pure: what the agent did in, dicts out."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from nemo_nb import words

AUTHOR: Final = "nemo_agent"
PIECE_CHARS: Final = 24
"""Characters of a text delta: about a tenth of a second of a model's speech."""

HEARTBEAT: Final = b"event: heartbeat\ndata: {}\n\n"

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


class Invocation:
    """The events of one turn, all under one ``invocationId``."""

    def __init__(self) -> None:
        self._id = f"e-{uuid.uuid4()}"

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
