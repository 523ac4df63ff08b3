"""A real HTTP peer on a loopback socket, scripted answer by answer, down to resets."""

from __future__ import annotations

import asyncio
import io
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from nemo_nb.redact import Secret
from nemo_nb.settings import load
from nemo_nb.skills import skill_named
from nemo_nb.wire.client import ApiClient, UploadFile

TOKEN = "nmv_usr_test_0123456789"


@dataclass
class Seen:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    chunks: int = 0

    @property
    def route(self) -> str:
        return f"{self.method} {self.path.partition('?')[0]}"

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Wire:
    """What a script may do with the connection."""

    def __init__(
        self, seen: Seen, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.seen = seen
        self.reader = reader
        self._writer = writer

    async def raw(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def head(self, status: int = 200, **headers: str) -> None:
        lines = [f"HTTP/1.1 {status} X", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        await self.raw("\r\n".join(lines).encode() + b"\r\n\r\n")

    async def reply(self, body: bytes, status: int = 200, **headers: str) -> None:
        await self.head(status, Content_Length=str(len(body)), **headers)
        await self.raw(body)

    async def reply_json(self, value: Any, status: int = 200, **headers: str) -> None:
        body = json.dumps(value).encode()
        await self.reply(body, status, **{"Content_Type": "application/json", **headers})

    async def sse(self, *chunks: bytes) -> None:
        await self.head(Content_Type="text/event-stream")
        for chunk in chunks:
            await self.raw(chunk)

    def reset(self) -> None:
        """Drop the connection with a TCP RST."""
        sock: socket.socket = self._writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()


Script = Callable[[Wire], Awaitable[None]]


@dataclass
class Peer:
    """The server: ``on(route, *scripts)`` answers one request each, the last one for ever."""

    seen: list[Seen] = field(default_factory=list)
    port: int = 0
    _scripts: dict[str, list[Script]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def on(self, route: str, *answers: Script | Any) -> None:
        self._scripts[route] = [
            answer if callable(answer) else _json_script(answer) for answer in answers
        ]

    def requests(self, route: str) -> list[Seen]:
        return [seen for seen in self.seen if seen.route == route]

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.split("\r\n")
            method, path, _ = first.split(" ")
            headers = {k.lower(): v.strip() for k, _, v in (x.partition(":") for x in lines if x)}
            seen = Seen(method, path, headers, b"")
            self.seen.append(seen)
            scripts = self._scripts.get(seen.route)
            wire = Wire(seen, reader, writer)
            if scripts is None:
                await wire.reply_json({"detail": "Not Found"}, 404)
                return
            script = scripts.pop(0) if len(scripts) > 1 else scripts[0]
            if not getattr(script, "before_body", False):
                length = int(headers.get("content-length", "0"))
                while len(seen.body) < length:
                    seen.body += await reader.read(1 << 16)
                    seen.chunks += 1
            await script(wire)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


def _json_script(value: Any) -> Script:
    async def answer(wire: Wire) -> None:
        await wire.reply_json(value)

    return answer


@asynccontextmanager
async def serving() -> AsyncIterator[Peer]:
    peer = Peer()
    server = await asyncio.start_server(peer.handle, "127.0.0.1", 0)
    peer.port = server.sockets[0].getsockname()[1]
    try:
        yield peer
    finally:
        server.close()
        await server.wait_closed()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    async with serving() as one:
        yield one


@pytest.fixture
async def other_peer() -> AsyncIterator[Peer]:
    async with serving() as one:
        yield one


@pytest.fixture
def unused_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Client:
    """An `ApiClient` whose waits are written down instead of waited."""

    api: ApiClient
    waits: list[float]


@pytest.fixture
async def connect(monkeypatch):
    for name in ("NEMO_CLIENT_ID", "NEMO_TOKEN_CACHE"):
        monkeypatch.delenv(name, raising=False)
    made = []

    def make(url, *, token=TOKEN, settings=None, **options):
        waits = []

        async def sleep(seconds):
            waits.append(seconds)

        api = ApiClient(
            settings or load(url, env={"SKILL_SOURCE": "unit"}),
            base_url=url,
            skill=skill_named("caption-ab"),
            token=Secret(token) if token else None,
            sleep=sleep,
            **options,
        )
        made.append(Client(api, waits))
        return made[-1]

    yield make
    for client in made:
        await client.api.aclose()


@pytest.fixture
def upload_file():
    def make(name, content, size=None):
        return UploadFile(name, "video/mp4", size or len(content), lambda: io.BytesIO(content))

    return make
