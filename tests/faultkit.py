"""A network that breaks: a TCP proxy before a server, with a fault for one request of a path."""

import asyncio
import socket
import struct
import threading
from dataclasses import dataclass

CHUNK = 1 << 16
LAST_CHUNK = b"0\r\n\r\n"


@dataclass(frozen=True)
class Fault:
    """What happens to one request.

    Attributes:
        how: ``unseen`` (reset, the server never hears of it), ``reset``, ``close``, ``stall``
            (nothing more comes), ``half`` (our side ends, the connection stays), ``append``.
        at: Bytes of the answer: it happens right behind them. Empty: the server has begun to
            answer and nothing of that gets through. None: behind the whole answer.
        extra: What ``append`` adds to a chunked answer's body.
    """

    how: str
    at: bytes | None = b""
    extra: bytes = b""


class FaultyNetwork:
    """Passes everything on to 127.0.0.1:*port*, a connection a request."""

    def __init__(self, port):
        self.port = port
        self.url = ""
        self._faults = {}
        # A connection that nobody reads from any more is held by nothing else.
        self._tasks = set()
        self._started = threading.Event()
        self._loop = None
        self._end = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._thread.start()
        assert self._started.wait(10)

    def next(self, path, fault):
        """Let *fault* happen to the next request of *path*."""
        self._faults[path] = fault

    def close(self):
        """End every connection."""
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(10)

    async def _run(self):
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._started.set()
        await self._end.wait()
        server.close()

    async def _serve(self, reader, writer):
        self._tasks.add(asyncio.current_task())
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ", 2)[1].decode().partition("?")[0]
            fault = self._faults.pop(path, None)
            if fault and fault.how == "unseen":
                await self._body(reader, head)
                _reset(writer)
                return
            await self._pass_on(reader, writer, head, fault)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            self._tasks.discard(asyncio.current_task())

    async def _body(self, reader, head):
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r")[0]
        await reader.readexactly(int(length or 0))

    async def _pass_on(self, reader, writer, head, fault):
        answers, upstream = await asyncio.open_connection("127.0.0.1", self.port)
        upstream.write(head.replace(b"onnection: keep-alive", b"onnection: close"))
        hung_up = asyncio.create_task(_copy(reader, upstream))
        down = asyncio.create_task(self._answer(answers, writer, fault))
        try:
            await asyncio.wait((hung_up, down), return_when=asyncio.FIRST_COMPLETED)
            if fault and down.done():
                # The server knows nothing of a network that broke on the other side.
                await _drain(answers)
        finally:
            upstream.close()
            for task in (hung_up, down):
                task.cancel()
            await asyncio.gather(hung_up, down, return_exceptions=True)

    async def _answer(self, answers, writer, fault):
        seen = b""
        while chunk := await answers.read(CHUNK):
            if fault is not None:
                sent, seen = len(seen), seen + chunk
                end = _place(seen, fault)
                chunk = seen[sent:end]
                if fault.how == "append" and end < len(seen):
                    chunk += b"%x\r\n%b\r\n%b" % (len(fault.extra), fault.extra, LAST_CHUNK)
            writer.write(chunk)
            await writer.drain()
            if fault is not None and end < len(seen):
                await self._break(writer, fault)
                return
        if fault is not None and fault.at is None:
            await self._break(writer, fault)
        else:
            writer.close()

    async def _break(self, writer, fault):
        if fault.how == "reset":
            _reset(writer)
        elif fault.how == "close":
            writer.close()
        elif fault.how == "half":
            writer.write_eof()
        elif fault.how == "stall":
            await asyncio.Event().wait()


async def _copy(reader, writer):
    """Pass the request on until the client hangs up."""
    while chunk := await reader.read(CHUNK):
        writer.write(chunk)
        await writer.drain()


async def _drain(answers):
    while await answers.read(CHUNK):
        pass


def _place(seen, fault):
    """Return how much of *seen* gets through."""
    if fault.how == "append":
        return len(seen) - len(LAST_CHUNK) if seen.endswith(LAST_CHUNK) else len(seen)
    if fault.at is None or fault.at not in seen:
        return len(seen)
    return seen.find(fault.at) + len(fault.at)


def _reset(writer):
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
