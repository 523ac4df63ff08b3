"""Listening to the network: every request and answer noted, nothing changed.

What goes wrong in here is kept in :attr:`Recorder.problem` and told when the recording ends;
the session that is recorded never meets it.
"""

from __future__ import annotations

import asyncio
import base64
import functools
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

import anyio
import httpx

from nemo_nb.wire.cassette import Call, Chunk, Media
from nemo_nb.wire.parts import PartsDigest
from nemo_nb.wire.spool import Spool

# Headers of an answer that mean something to this client; no others are kept.
_HEADERS: Final = (
    "content-type",
    "content-length",
    "content-range",
    "etag",
    "last-modified",
    "location",
    "retry-after",
)
# Media up to this many bytes stand in the cassette itself.
INLINE_BYTES: Final = 48 * 1024
_BEARER: Final = "Bearer "

P = ParamSpec("P")
R = TypeVar("R")


@dataclass
class Noted:
    """One request as it was heard: the call, and what is not ready for the file yet.

    Attributes:
        call: Without its bodies.
        body: The request's body as text; empty for an upload.
        pieces: The answer's body as it came, with the ms of each piece.
        encoding: The answer's ``Content-Encoding``.
        media: The answer's body where it is no text.
        streamed: Whether the answer is an event stream, whose pieces are kept apart.
        over: Whether nothing more can come.
    """

    call: Call
    body: str = ""
    pieces: list[tuple[int, bytes]] = field(default_factory=list[tuple[int, bytes]])
    encoding: str = ""
    media: Spool | None = None
    streamed: bool = False
    over: bool = False

    def chunks(self) -> list[Chunk]:
        """Return the answer's body as text, in the pieces in which it came."""
        # Bytes that are no UTF-8 survive as lone surrogates, also where a piece cuts a letter.
        return [
            Chunk(at_ms, piece.decode("utf-8", "surrogateescape"))
            for at_ms, piece in _decoded(self.pieces, self.encoding)
        ]


def _quietly(
    method: Callable[Concatenate[Recorder, P], R],
) -> Callable[Concatenate[Recorder, P], R | None]:
    """Have what *method* raises kept in the recorder instead, and the recording ended."""

    @functools.wraps(method)
    def guarded(self: Recorder, *args: P.args, **kwargs: P.kwargs) -> R | None:
        with self.lock:
            if not self.listening:
                return None
            try:
                return method(self, *args, **kwargs)
            except Exception as error:  # noqa: BLE001 - the session must not meet any of them
                self.problem = error
                self.listening = False
                return None

    return guarded


class Recorder:
    """Notes the requests of its clients until :meth:`stop`.

    Args:
        media_bytes: A body that is no text is kept up to this size.
        clock: Seconds.

    Attributes:
        noted: What was heard, in the order in which the requests began.
        secrets: Tokens and client ids that were sent.
        problem: What broke the recording, if something did.
        listening: Whether it still notes anything.
        lock: Held while something is noted: sessions may live on different loops.
    """

    def __init__(self, *, media_bytes: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.noted: list[Noted] = []
        self.secrets: dict[str, str] = {}
        self.problem: Exception | None = None
        self.listening = True
        self.lock = threading.RLock()
        self._media_bytes = media_bytes
        self._clock = clock
        self._began = clock()

    def client(self, **options: Any) -> httpx.AsyncClient:
        """Return connections that are listened to."""
        return _Client(self, **options)

    async def sleep(self, seconds: float) -> None:
        """Wait, as without a recorder."""
        await anyio.sleep(seconds)

    def stop(self) -> None:
        """Note nothing from now on; what is still open counts as left."""
        with self.lock:
            now_ms = self._now_ms()
            for one in self.noted:
                if not one.over:
                    one.call.ended_ms = now_ms
            self.listening = False

    def close(self) -> None:
        """Forget every body."""
        for one in self.noted:
            if one.media is not None:
                one.media.close()

    @_quietly
    def began(self, request: httpx.Request) -> Noted:
        """Note a request about to be sent; its stream is listened to if it is one."""
        for name, kind in (("authorization", "TOKEN"), ("x-client-id", "CLIENT")):
            value = request.headers.get(name, "").removeprefix(_BEARER)
            if value:
                self.secrets.setdefault(value, kind)
        call = Call(len(self.noted) + 1, self._now_ms(), request.method, str(request.url))
        one = Noted(call)
        if isinstance(request.stream, httpx.ByteStream):
            one.body = request.read().decode("utf-8", "surrogateescape")
        elif isinstance(request.stream, httpx.AsyncByteStream):
            digest = PartsDigest(request.headers.get("content-type", ""))
            call.parts = digest.parts
            request.stream = _Heard(request.stream, lambda data: self.sent(digest, data))
        self.noted.append(one)
        return one

    @_quietly
    def sent(self, digest: PartsDigest, data: bytes) -> None:
        """Note a piece of an upload."""
        digest.feed(data)

    @_quietly
    def answered(self, one: Noted, response: httpx.Response) -> None:
        """Note the head of an answer and listen to its body."""
        call, headers = one.call, response.headers
        call.status, call.answered_ms = response.status_code, self._now_ms()
        call.headers = {name: headers[name] for name in _HEADERS if name in headers}
        one.encoding = headers.get("content-encoding", "")
        accepts = response.request.headers.get("accept", "")
        one.streamed = "text/event-stream" in accepts
        if not one.streamed and not is_text(headers.get("content-type", "")):
            one.media = Spool(self._media_bytes)
        stream = response.stream
        if isinstance(stream, httpx.AsyncByteStream):
            response.stream = _Heard(
                stream,
                lambda data: self.received(one, data),
                ended=lambda error: self.ended(one, error),
            )

    @_quietly
    def received(self, one: Noted, data: bytes) -> None:
        """Note a piece of an answer."""
        one.call.ended_ms = self._now_ms()
        if one.media is None:
            one.pieces.append((one.call.ended_ms, data))
        else:
            one.media.add(data)

    @_quietly
    def ended(self, one: Noted, error: BaseException | None) -> None:
        """Note the end of an answer, or what broke it; anything but httpx's errors is leaving."""
        if one.over:
            return
        one.over, one.call.ended_ms = True, self._now_ms()
        if error is None:
            one.call.ending = "end"
        elif isinstance(error, httpx.TransportError):
            one.call.ending = "fault"
            one.call.fault, one.call.why = type(error).__name__, str(error)

    def _now_ms(self) -> int:
        return round((self._clock() - self._began) * 1000)


class _Client(httpx.AsyncClient):
    """httpx's own client, listened to."""

    def __init__(self, recorder: Recorder, **options: Any) -> None:
        super().__init__(**options)
        self._recorder = recorder

    async def send(self, request: httpx.Request, *args: Any, **options: Any) -> httpx.Response:
        one = self._recorder.began(request)
        try:
            response = await super().send(request, *args, **options)
        except BaseException as error:
            if one is not None:
                self._recorder.ended(one, error)
            raise
        if one is not None:
            self._recorder.answered(one, response)
        return response


class _Heard(httpx.AsyncByteStream):
    """A stream whose bytes are told to *hear* as they pass, and its end to *ended*."""

    def __init__(
        self,
        stream: httpx.AsyncByteStream,
        hear: Callable[[bytes], object],
        *,
        ended: Callable[[BaseException | None], object] = lambda _: None,
    ) -> None:
        self._stream = stream
        self._hear = hear
        self._ended = ended
        self._iterator: AsyncIterator[bytes] | None = None

    def __aiter__(self) -> AsyncIterator[bytes]:
        # No generator: one that is left early would be closed by the garbage collector.
        self._iterator = aiter(self._stream)
        return self

    async def __anext__(self) -> bytes:
        if self._iterator is None:
            self._iterator = aiter(self._stream)
        try:
            data = await anext(self._iterator)
        except StopAsyncIteration:
            self._ended(None)
            raise
        except Exception as error:
            self._ended(error)
            raise
        self._hear(data)
        return data

    async def aclose(self) -> None:
        # Nothing is changed by this where the end has been told already.
        self._ended(asyncio.CancelledError())
        await self._stream.aclose()


class _Pieces(httpx.SyncByteStream):
    """Pieces of a body; knows which one was taken last."""

    def __init__(self, pieces: list[tuple[int, bytes]]) -> None:
        self._pieces = pieces
        self.at_ms = 0

    def __iter__(self) -> Iterator[bytes]:
        for at_ms, piece in self._pieces:
            self.at_ms = at_ms
            yield piece


def is_text(content_type: str) -> bool:
    """Whether a body of this type is kept as text."""
    media_type = content_type.partition(";")[0].strip().lower()
    return not media_type or media_type.startswith("text/") or media_type.endswith(("json", "xml"))


def media_of(one: Noted, file: str | None) -> Media | None:
    """Return the line for a body that is no text, *file* being where it is kept, if it is."""
    if one.media is None:
        return None
    content = one.media.content()
    inline = content is not None and len(content) <= INLINE_BYTES
    return Media(
        one.call.ended_ms,
        one.media.size_bytes,
        one.media.sha256,
        base64.b64encode(content).decode() if content is not None and inline else None,
        None if inline else file,
    )


def _decoded(pieces: list[tuple[int, bytes]], encoding: str) -> list[tuple[int, bytes]]:
    """Return *pieces* without the content encoding, so that what is in them can be read."""
    if not encoding:
        return pieces
    source = _Pieces(pieces)
    body = httpx.Response(200, headers={"content-encoding": encoding}, stream=source)
    result: list[tuple[int, bytes]] = []
    try:
        # iter_bytes tells each piece as soon as it is decoded, so the source knows its time.
        result += [(source.at_ms, piece) for piece in body.iter_bytes()]
    except httpx.DecodingError:
        # A body that the session could not read either: its readable part.
        return result
    return result
