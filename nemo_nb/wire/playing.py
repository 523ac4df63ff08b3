"""A recorded session in the place of the network: each request answered as it was then.

Requests that change something are answered in the order of the recording, each once. One that
only reads is answered as at that point of the recording: with the next answer that lies
before a change still to come, or else with the last one again.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, Final, cast
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx
from anyio import current_time, sleep
from anyio.lowlevel import checkpoint

from nemo_nb.errors import CassetteBroken, NotRecorded
from nemo_nb.redact import logger
from nemo_nb.wire.cassette import Call, Cassette, Media
from nemo_nb.wire.cassette_writer import origin_of
from nemo_nb.wire.disguise import RENDERS, Disguise
from nemo_nb.wire.parts import Part, PartsDigest

TOKEN_PATH: Final = "/api/auth/anonymous-token"  # noqa: S105 - an address
_FRAME_PATH: Final = re.compile(r"/studio/v1/sessions/[^/]+/frame")
_IDS: Final = re.compile(r"(?:SESSION|TASK|RENDER)-\d+")
_READS: Final = ("GET", "HEAD")
_QUOTE_CHARS: Final = 80
_PIECE_BYTES: Final = 64 * 1024
# What a client that has no token is given where the recording began with a cached one.
_GRANT: Final = {"code": 0, "data": {"token": "TOKEN-1", "user_id": "USER-1", "credits": 100}}

_log = logger("nemo_nb.wire.playing")


@dataclass(slots=True)
class _Asked:
    """One request of the replay, with placeholders."""

    method: str
    url: str
    json: Any = None
    parts: list[Part] = field(default_factory=list[Part])


class Player:
    """Answers the requests of its clients from *cassette*.

    Args:
        cassette: The recording.
        name: What errors call it.
        media: Returns the content of a file beside the cassette.
        speed: 1 for real time, 2 for twice as fast; None waits for nothing.
    """

    def __init__(
        self,
        cassette: Cassette,
        *,
        name: str,
        media: Callable[[str], bytes],
        speed: float | None,
    ) -> None:
        self.cassette = cassette
        self._name = name
        self._media = media
        self._speed = speed
        self._base = origin_of(cassette.connects[0].api)
        # Addresses as a session sees them.
        self._calls = [(call, urljoin(f"{self._base}/", call.url)) for call in cassette.calls]
        self._apis = {connect.api: origin_of(connect.api) for connect in cassette.connects}
        self._disguise = Disguise(apis=self._apis)
        self._made_here: dict[str, str] = {}
        self._played: set[int] = set()
        self._last: dict[tuple[str, str, str], Call] = {}
        # Sessions may live on different loops.
        self._lock = threading.Lock()

    def client(self, **_options: Any) -> httpx.AsyncClient:
        """Return connections to the recording; nothing of the network is used."""
        return httpx.AsyncClient(transport=_Transport(self), trust_env=False)

    async def sleep(self, seconds: float) -> None:
        """Wait as long as the replay's speed makes of it."""
        await sleep(0 if self._speed is None else seconds / self._speed)

    async def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer *request* as it was answered then.

        Raises:
            NotRecorded: It is not in the recording, or not at this point of it.
            httpx.TransportError: The one that it met then.
        """
        asked = await self._asked(request)
        with self._lock:
            call = self._find(asked)
        if call is None:
            return httpx.Response(200, json=_GRANT)
        began = current_time()
        answered_ms = call.ended_ms if call.status is None else call.answered_ms
        await self._until(began, answered_ms - call.at_ms)
        if call.status is None:
            raise _fault(call)
        return httpx.Response(
            call.status,
            headers=[(name, self._real(value)) for name, value in call.headers.items()],
            stream=_Played(self._pieces(call, began)),
        )

    async def _asked(self, request: httpx.Request) -> _Asked:
        asked = _Asked(request.method, "")
        if isinstance(request.stream, httpx.ByteStream):
            body = (await request.aread()).decode("utf-8", "surrogateescape")
        else:
            body = ""
            asked.parts = await _parts_of(request)
        with self._lock:
            asked.url = self._disguise.url(str(request.url))
            asked.json = _value(self._disguise.text(body)) if body else None
        return asked

    def _find(self, asked: _Asked) -> Call | None:
        """Return the recorded call for *asked*, None for a token that the recording had."""
        same = [call for call, url in self._calls if _same_place(asked, call, url)]
        if _reads(asked):
            found = next((call for call in same if self._is_due(call)), None)
            found = found or self._last.get(_key(asked))
        else:
            fresh = [call for call in same if call.number not in self._played]
            found = next((call for call in fresh if call.parts == asked.parts), None)
            if found is None and fresh:
                found = fresh[0]
                _log.warning(
                    "%s: the file that is uploaded is not the one that was recorded; "
                    "the answers are those to the recorded one",
                    self._name,
                )
        if found is None:
            if urlsplit(asked.url).path == TOKEN_PATH:
                return None
            raise self._unknown(asked)
        self._played.add(found.number)
        if _reads(asked):
            self._last[_key(asked)] = found
        self._take_own_id(asked, found)
        return found

    def _is_due(self, call: Call) -> bool:
        """Whether a read that has not been played lies before every change still to come."""
        if call.number in self._played or call.status is None:
            return False
        ids = _ids(call)
        return all(
            deed.number in self._played
            for deed, _ in self._calls
            if deed.number < call.number
            and not _reads(deed)
            and urlsplit(deed.url).path != TOKEN_PATH
            and (not ids or ids & _ids(deed))
        )

    def _take_own_id(self, asked: _Asked, call: Call) -> None:
        """Bind the id that this replay made for a render to the recorded one's placeholder."""
        if urlsplit(asked.url).path.endswith(RENDERS):
            own, theirs = _id_in(asked.json), _id_in(call.json)
            if own and theirs and own != theirs:
                self._disguise.bind(own, theirs)
                self._made_here[theirs] = own

    def _unknown(self, asked: _Asked) -> NotRecorded:
        waiting = [
            call
            for call in self.cassette.calls
            if call.number not in self._played
            and not _reads(call)
            and urlsplit(call.url).path != TOKEN_PATH
        ]
        url = asked.url.removeprefix(self._base)
        place = f"{asked.method} {_told_path(url)}"
        reads = [call for call in self.cassette.calls if call.number not in self._played]
        expected = waiting or reads
        return NotRecorded(
            f"{self._name} has no {place}{_words(asked.json, asked.parts)} at this point.",
            f"Next in it is {expected[0].method} {_told_path(expected[0].url)}"
            f"{_words(expected[0].json, expected[0].parts)}."
            if expected
            else "It has been played to its end.",
            endpoint=place,
        )

    async def _pieces(self, call: Call, began: float) -> AsyncIterator[bytes]:
        for chunk in call.chunks:
            await self._until(began, chunk.at_ms - call.at_ms)
            yield self._real(chunk.text).encode("utf-8", "surrogateescape")
        for value in call.value:
            yield self._real(json.dumps(value, ensure_ascii=False)).encode("utf-8", "replace")
        if call.media is not None:
            content = self._content(call.media)
            for at in range(0, len(content), _PIECE_BYTES):
                yield content[at : at + _PIECE_BYTES]
        await self._until(began, call.ended_ms - call.at_ms)
        if call.ending == "fault":
            raise _fault(call)

    def _content(self, media: Media) -> bytes:
        if media.base64 is not None:
            return base64.b64decode(media.base64)
        if media.file is None:
            raise NotRecorded(
                f"{self._name} does not hold this file of {media.size_bytes / 1e6:.1f} MB.",
                "It was over the recording's limit.",
                "Record it again with a larger media_mb.",
            )
        try:
            return self._media(media.file)
        except OSError as error:
            raise CassetteBroken(
                f"{self._name} misses its file {media.file}.",
                f"{error.strerror}.",
                "Keep the folder beside the cassette where it is.",
            ) from error

    def _real(self, text: str) -> str:
        """Return *text* with the ids that this replay has made itself."""
        for placeholder, own in self._made_here.items():
            text = re.sub(rf"{placeholder}(?!\d)", own, text)
        return text

    async def _until(self, began: float, at_ms: int) -> None:
        if self._speed is None:
            # Lets others run, as any answer from the network does.
            await checkpoint()
        else:
            await sleep(max(0.0, began + at_ms / 1000 / self._speed - current_time()))


class _Transport(httpx.AsyncBaseTransport):
    """httpx's way to a player."""

    def __init__(self, player: Player) -> None:
        self._player = player

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._player.answer(request)


class _Played(httpx.AsyncByteStream):
    """The pieces of one answer."""

    def __init__(self, pieces: AsyncIterator[bytes]) -> None:
        self._pieces = pieces

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._pieces

    async def aclose(self) -> None:
        await cast("Any", self._pieces).aclose()


async def _parts_of(request: httpx.Request) -> list[Part]:
    """Read an upload to its end, as a server does, and return what it sent."""
    digest = PartsDigest(request.headers.get("content-type", ""))
    async for piece in cast("httpx.AsyncByteStream", request.stream):
        digest.feed(piece)
    return digest.parts


def _same_place(asked: _Asked, call: Call, url: str) -> bool:
    """Whether both are the same request: method, address, JSON, and the names of files."""
    return (
        asked.method == call.method
        and _address(asked.url) == _address(url)
        and _comparable(asked.url, asked.json) == _comparable(url, call.json)
        and [part.name for part in asked.parts] == [part.name for part in call.parts]
    )


def _address(url: str) -> tuple[str, list[tuple[str, str]]]:
    address, _, query = url.partition("?")
    return address, sorted(parse_qsl(query, keep_blank_values=True))


def _id_in(value: Any) -> str:
    found = cast("dict[str, Any]", value).get("id") if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""


def _comparable(url: str, value: Any) -> Any:
    """Return a request's JSON without the id that the client makes up for a render."""
    if urlsplit(url).path.endswith(RENDERS) and isinstance(value, dict):
        return {**cast("dict[str, Any]", value), "id": ""}
    return value


def _reads(call: Call | _Asked) -> bool:
    # A picture of a draft that is not stored is asked for with POST.
    return call.method in _READS or bool(_FRAME_PATH.fullmatch(urlsplit(call.url).path))


def _ids(call: Call) -> set[str]:
    return set(_IDS.findall(f"{call.url} {json.dumps(call.json)}"))


def _key(asked: _Asked) -> tuple[str, str, str]:
    return asked.method, asked.url, json.dumps(asked.json, sort_keys=True)


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _fault(call: Call) -> httpx.TransportError:
    """Return the error that the connection met then."""
    kind = getattr(httpx, call.fault, None) if call.ending == "fault" else None
    if isinstance(kind, type) and issubclass(kind, httpx.TransportError):
        return kind(call.why)
    return httpx.ReadError("the recording was left here, before an answer came")


def _told_path(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}" if parts.netloc else parts.path


def _words(value: Any, parts: list[Part]) -> str:
    """Return what tells one request from another at the same place, short."""
    if parts:
        return f" of {', '.join(part.name for part in parts)}"
    match value:
        case {"new_message": {"parts": [{"text": str(text)}, *_]}}:
            line = " ".join(text.split())
            return f" “{line if len(line) <= _QUOTE_CHARS else line[:_QUOTE_CHARS] + '…'}”"
        case _:
            return ""
