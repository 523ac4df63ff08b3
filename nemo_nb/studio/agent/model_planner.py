"""A model behind an OpenAI-compatible server, asked for JSON: Ollama, llama.cpp, vLLM, a cloud.

The one place of the studio that sends anything to another server, and only where the user named
one. The key goes to that very address: redirects are not followed. Servers differ in which
``response_format`` they take; what one has refused is not tried again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, cast

import anyio
import httpx

from nemo_nb.redact import scrub_known
from nemo_nb.studio.agent.turn import NoReading
from nemo_nb.studio.planner_choice import PlannerChoice

TOTAL_S: Final = 120.0
"""A small model on two cores reads a list of edits in half a minute when it is first asked."""
CONNECT_S: Final = 5.0
MAX_ANSWER_BYTES: Final = 1_000_000
"""A page of JSON has some kilobytes; what is more is no answer."""
MAX_TOKENS: Final = 1000

_OK: Final = 200
# With these, servers answer a ``response_format`` that they do not know or cannot compile.
_FORMAT_REFUSED: Final = frozenset({400, 415, 422, 500, 501})


class ModelPlanner:
    """Asks one model.

    Args:
        choice: Which, and where.
        total_s: How long it may take to answer, in seconds.
        transport: Takes the place of the network.
    """

    def __init__(
        self,
        choice: PlannerChoice,
        *,
        total_s: float = TOTAL_S,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.model = choice.model
        self._choice = choice
        self._total_s = total_s
        self._transport = transport
        self._dialects = [_by_schema, _by_object, _by_nothing]

    async def ask(self, system: str, user: str, schema: dict[str, Any]) -> str:
        """Return what the model says; cancelling the task hangs up, which stops the model.

        Raises:
            NoReading: It is not there, does not answer in time, or says nothing.
        """
        try:
            with anyio.fail_after(self._total_s):
                return await self._ask(system, user, schema)
        except TimeoutError:
            raise NoReading(f"no answer within {self._total_s:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # The class says enough; a message may hold what was sent.
            raise NoReading(
                f"{self._choice.place} cannot be reached: {type(error).__name__}"
            ) from None

    async def _ask(self, system: str, user: str, schema: dict[str, Any]) -> str:
        body: dict[str, Any] = {
            "model": self._choice.model,
            "messages": [
                {"role": "system", "content": system},
                {"role": "user", "content": user},
            ],
            "temperature": 0,
            "max_tokens": MAX_TOKENS,
            "stream": False,
        }
        key = self._choice.key
        headers = {} if key is None else {"Authorization": f"Bearer {key.reveal()}"}
        # Proxies of the environment are for other machines; a redirect would take the key along.
        async with httpx.AsyncClient(
            timeout=httpx.Timeout(self._total_s, connect=CONNECT_S),
            follow_redirects=False,
            trust_env=not self._choice.loopback,
            transport=self._transport,
            headers={"Accept-Encoding": "identity", **headers},
        ) as client:
            while True:
                dialect = self._dialects[0]
                status, answer = await self._post(client, body | dialect(schema))
                if status not in _FORMAT_REFUSED or len(self._dialects) == 1:
                    break
                self._dialects = self._dialects[1:]
        if status != _OK:
            self._dialects = [_by_schema, _by_object, _by_nothing]
            raise NoReading(f"{self._choice.place} answered HTTP {status}{_said(answer)}")
        return _content(answer)

    async def _post(self, client: httpx.AsyncClient, body: dict[str, Any]) -> tuple[int, bytes]:
        async with client.stream("POST", self._choice.url, json=body) as response:
            received = bytearray()
            async for chunk in response.aiter_raw(1 << 16):
                received += chunk
                if len(received) > MAX_ANSWER_BYTES:
                    raise NoReading("its answer is too long")
            return response.status_code, bytes(received)


def _by_schema(schema: dict[str, Any]) -> dict[str, Any]:
    named = {"name": "edits", "schema": schema}
    return {"response_format": {"type": "json_schema", "json_schema": named}}


def _by_object(_: dict[str, Any]) -> dict[str, Any]:
    return {"response_format": {"type": "json_object"}}


def _by_nothing(_: dict[str, Any]) -> dict[str, Any]:
    return {}


def _content(answer: bytes) -> str:
    """Return the text of a chat completion."""
    choices = _json(answer).get("choices")
    listed = cast("list[Any]", choices) if isinstance(choices, list) else []
    choice = _object(listed[0] if listed else None)
    text: Any = _object(choice.get("message")).get("content")
    if not isinstance(text, str) or not text.strip():
        raise NoReading("its answer holds no text")
    if choice.get("finish_reason") == "length":
        raise NoReading("its answer was cut off")
    return text


def _said(answer: bytes) -> str:
    """Return a server's reason for a refusal, on one line and cut short."""
    error = _json(answer).get("error")
    text: Any = _object(error).get("message") if isinstance(error, Mapping) else error
    line = " ".join(scrub_known(text).split())[:120] if isinstance(text, str) else ""
    return f": {line}" if line else ""


def _json(answer: bytes) -> Mapping[str, Any]:
    try:
        return _object(json.loads(answer))
    except (ValueError, RecursionError):
        return {}


def _object(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}
