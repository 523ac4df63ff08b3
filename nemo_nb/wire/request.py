"""What is sent and what comes back: the records between the endpoints and the transport."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from nemo_nb.errors import Unreachable
from nemo_nb.wire.retry import Call

if TYPE_CHECKING:
    import httpx

CONNECT_S: Final = 10.0
ANSWER_S: Final = 60.0
UPLOAD_ANSWER_S: Final = 300.0
"""After an upload the server still stores and probes what came."""


class Dropped(Unreachable):
    """The connection broke, or the server failed, when it may already have begun.

    Nothing is sent again; what happened is read from the server's state.
    """

    default_fix = "It may have arrived: look at session.timeline() before sending it again."


@dataclass(frozen=True, slots=True)
class Request:
    """One call to the API.

    Attributes:
        call: Which it is, for the retry table.
        method, path: Where it goes, below the base URL; ids in it are quoted.
        template: The path with ``{…}`` for ids: for logs and errors.
        json: The body, if it is JSON.
        body: Makes the body anew for each sending, if it is streamed.
        headers: Headers of this call alone.
        sizes: File name → bytes of what it uploads.
        token: Whether it carries the token; all do but the token request itself.
        expect: What a success holds: ``json``, a file's ``bytes``, or a ``stream`` that is
            left open and read as it comes. JSON is read as JSON in any case.
        answer_s: How long to wait between two pieces of the answer; None for ever.
    """

    call: Call
    method: str
    path: str
    template: str
    json: Any = None
    body: Callable[[], AsyncGenerator[bytes]] | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    sizes: Mapping[str, int] = field(default_factory=dict[str, int])
    token: bool = True
    expect: Literal["json", "bytes", "stream"] = "json"
    answer_s: float | None = ANSWER_S

    @property
    def endpoint(self) -> str:
        """Method and template, for people."""
        return f"{self.method} {self.template}"


@dataclass(frozen=True, slots=True)
class Answer:
    """A success: its JSON value, or the open response where a stream was asked for.

    Attributes:
        response: The response; the reader of a stream closes it.
        value: The JSON value, or a file's bytes; None for a stream.
        chunks: The stream's bytes as they come; None for anything else.
    """

    response: httpx.Response
    value: Any = None
    chunks: AsyncGenerator[bytes] | None = None
