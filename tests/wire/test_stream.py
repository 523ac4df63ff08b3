import gzip
import itertools
import zlib
from contextlib import suppress

import anyio
import pytest
from anyio.lowlevel import checkpoint

from nemo_nb.errors import NoCredits, TurnFailed, TurnTimeout, Unreachable
from nemo_nb.wire.client import Dropped
from nemo_nb.wire.events import Heartbeat, StreamError, TextDelta, TextFinal

pytestmark = pytest.mark.anyio

CHAT = "POST /run_sse"
HELLO = '{"type": "text", "content": "Grüße\u2028 ✓"}'


async def said(client, **limits):
    async with client.api.stream("s1", "hi", **limits) as events:
        return [event async for event in events]


async def test_a_stream_in_single_bytes(peer, connect):
    client = connect(peer.url)
    body = f": hi\r\ndata: {HELLO}\r\n\r\ndata: {HELLO}".encode()

    async def script(wire):
        await wire.sse(*(body[at : at + 1] for at in range(len(body))))

    peer.on(CHAT, script)
    assert await said(client) == [
        Heartbeat(),
        TextDelta("Grüße\u2028 ✓", ""),
        TextDelta("Grüße\u2028 ✓", ""),
    ]


async def test_a_compressed_stream_arrives_as_it_comes(peer, connect):
    client = connect(peer.url)
    arrived = anyio.Event()

    async def script(wire):
        packer = zlib.compressobj(wbits=31)
        await wire.head(Content_Type="text/event-stream", Content_Encoding="gzip")
        first = packer.compress(f"data: {HELLO}\n\n".encode()) + packer.flush(zlib.Z_SYNC_FLUSH)
        await wire.raw(first)
        await arrived.wait()
        await wire.raw(packer.compress(f"data: {HELLO}\n\n".encode()) + packer.flush())

    peer.on(CHAT, script)
    got = []
    async with client.api.stream("s1", "hi") as events:
        async for event in events:
            got.append(event)
            arrived.set()
    assert len(got) == 2


async def test_an_answer_in_json_is_read_as_one_event(peer, connect):
    client = connect(peer.url)
    peer.on(CHAT, {"author": "a", "content": {"parts": [{"text": "Hi"}]}})
    assert await said(client) == [TextFinal("Hi", "a")]


async def test_leaving_the_context_closes_the_connection(peer, connect):
    client = connect(peer.url)
    closed = anyio.Event()

    async def script(wire):
        await wire.sse(f"data: {HELLO}\n\n".encode())
        try:
            while True:
                await wire.raw(b": still here\n\n")
                await checkpoint()
        except ConnectionError:
            closed.set()

    peer.on(CHAT, script)
    async with client.api.stream("s1", "hi") as events:
        await anext(events)
    with anyio.fail_after(5):
        await closed.wait()


@pytest.mark.parametrize("before_answer", [True, False])
async def test_a_cancelled_reader_leaves_at_once(peer, connect, before_answer):
    client = connect(peer.url)

    async def script(wire):
        if not before_answer:
            await wire.sse(f"data: {HELLO}\n\n".encode())
        await anyio.sleep_forever()

    peer.on(CHAT, script)
    with anyio.move_on_after(0.2) as scope, anyio.fail_after(5):
        await said(client)
    assert scope.cancelled_caught


def ticking(step_s):
    """A clock that goes on by *step_s* each time it is read."""
    ticks = itertools.count()
    return lambda: next(ticks) * step_s


async def endless_heartbeats(wire):
    await wire.head(Content_Type="text/event-stream")
    while True:
        await wire.raw(b": ping\n\n")
        await checkpoint()


async def endless_text(wire):
    await wire.head(Content_Type="text/event-stream")
    while True:
        await wire.raw(f"data: {HELLO}\n\n".encode())
        await checkpoint()


async def test_ten_minutes_of_heartbeats_are_a_timeout(peer, connect):
    client = connect(peer.url, clock=ticking(10.0))
    peer.on(CHAT, endless_heartbeats)
    with pytest.raises(TurnTimeout, match="said nothing for 10 minutes"):
        await said(client)


async def test_fifteen_minutes_in_all_are_a_timeout(peer, connect):
    client = connect(peer.url, clock=ticking(10.0))
    peer.on(CHAT, endless_text)
    with pytest.raises(TurnTimeout, match="longer than 15 minutes"):
        await said(client)


@pytest.mark.parametrize("before_answer", [True, False])
async def test_the_limit_holds_by_the_wall_clock_when_nothing_comes(peer, connect, before_answer):
    client = connect(peer.url)

    async def script(wire):
        if not before_answer:
            await wire.sse(f"data: {HELLO}\n\n".encode())
        await anyio.sleep_forever()

    peer.on(CHAT, script)
    with anyio.fail_after(5), pytest.raises(TurnTimeout, match=r"nothing for 0\.1 seconds"):
        await said(client, quiet_s=0.1)
    assert len(peer.seen) == 1


@pytest.mark.parametrize("before_answer", [True, False])
async def test_the_limit_holds_in_a_machine_that_slept(peer, connect, monkeypatch, before_answer):
    # The timers of an event loop stand still meanwhile; the clock of the limits goes on.
    now = [0.0]
    client = connect(peer.url, clock=lambda: now[0])
    monkeypatch.setattr("nemo_nb.wire.stream._LOOK_S", 0.01)

    async def script(wire):
        if not before_answer:
            await wire.sse(f"data: {HELLO}\n\n".encode())
        now[0] = 3600.0
        await wire.reader.read()

    peer.on(CHAT, script)
    with anyio.fail_after(10), pytest.raises(TurnTimeout, match="It may still be at work"):
        await said(client)
    assert len(peer.seen) == 1


@pytest.mark.parametrize(("promised", "ended"), [(0, "closed by the server"), (99, "Dropped")])
async def test_the_log_tells_how_a_stream_ended(peer, connect, caplog, promised, ended):
    client = connect(peer.url)

    async def script(wire):
        body = f"data: {HELLO}\n\n".encode()
        size = str(len(body) + promised)
        await wire.head(Content_Type="text/event-stream", Content_Length=size)
        await wire.raw(body)

    peer.on(CHAT, script)
    with caplog.at_level("DEBUG", "nemo_nb"), suppress(Unreachable):
        await said(client)
    last = caplog.records[-1].getMessage()
    assert last.startswith("POST /run_sse: 1 events in ")
    assert last.endswith(ended)


LABELS = [
    {},
    {"Content_Type": "text/plain"},
    {"Content_Type": "text/event-stream"},
    {"Content_Type": "application/octet-stream"},
]


@pytest.mark.parametrize("label", LABELS)
async def test_a_refusal_in_json_is_one_whatever_its_label(peer, connect, label):
    client = connect(peer.url)

    async def script(wire):
        await wire.head(**label)
        for chunk in (b"\xef\xbb", b"\xbf\n", b'{"code": 2001, ', b'"message": "none left"}'):
            await wire.raw(chunk)

    peer.on(CHAT, script)
    with pytest.raises(NoCredits, match="none left"):
        await said(client)
    assert len(peer.requests(CHAT)) == 1


async def test_a_rate_limit_under_a_streams_label_is_waited_for_once(peer, connect):
    client = connect(peer.url)

    async def limited(wire):
        await wire.reply(b'{"code": 429}', Content_Type="text/event-stream", Retry_After="7")

    async def fine(wire):
        await wire.sse(f"\n\n data: x\ndata: {HELLO}\n\n".encode())

    peer.on(CHAT, limited, fine)
    assert await said(client) == [TextDelta("Grüße\u2028 ✓", "")]
    assert client.waits == [7]


async def test_half_a_refusal_may_have_been_begun(peer, connect):
    client = connect(peer.url)

    async def script(wire):
        await wire.reply(b'{"code": 2001, ', Content_Type="text/event-stream")

    peer.on(CHAT, script)
    with pytest.raises(Dropped):
        await said(client)


async def test_broken_compression_is_a_cut(peer, connect):
    client = connect(peer.url)

    async def script(wire):
        body = gzip.compress(f"data: {HELLO}\n\n".encode() * 50)
        await wire.reply(
            body[:40] + b"garbage" + body[40:],
            Content_Type="text/event-stream",
            Content_Encoding="gzip",
        )

    peer.on(CHAT, script)
    with pytest.raises(Unreachable, match="broke in the middle"):
        await said(client)


async def test_an_error_inside_the_stream_becomes_its_row_of_the_table(peer, connect):
    client = connect(peer.url)
    spent = client.api.stream_error(StreamError(2001, "no credits"), reply="so far")
    assert type(spent) is NoCredits
    assert spent.reply == "so far"
    failed = client.api.stream_error(StreamError("SAFETY", "blocked"), reply="so far")
    assert type(failed) is TurnFailed
    assert "SAFETY" in str(failed)
    assert "blocked" in str(failed)
