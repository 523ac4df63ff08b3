"""Connections that are closed while something is being sent on them."""

import json
from contextlib import suppress

import anyio
import anyio.lowlevel
import pytest

from nemo_nb.errors import ConfigError

pytestmark = pytest.mark.anyio

CREDITS = "GET /api/credits/balance/simple"
BALANCE = {"code": 0, "data": {"available": 1, "frozen": 0, "total": 1}}


async def test_what_is_being_sent_is_cut_off_and_told(peer, connect):
    arrived, over = anyio.Event(), anyio.Event()

    async def never(wire):
        arrived.set()
        await over.wait()
        wire.reset()

    peer.on(CREDITS, never)
    client = connect(peer.url)

    async def ask():
        with pytest.raises(ConfigError, match="cut off"):
            await client.api.credits()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ask)
        await arrived.wait()
        await client.api.aclose()
        over.set()


async def test_nothing_is_sent_afterwards(peer, connect):
    client = connect(peer.url)
    await client.api.aclose()
    with pytest.raises(ConfigError, match=r"nemo_nb\.connect\(\)"):
        await client.api.credits()
    assert not peer.seen


# How far a request has got by then: from not begun over connecting to answered.
@pytest.mark.parametrize("steps", range(0, 60, 3))
async def test_no_connection_is_left_open(peer, connect, steps):
    opened, hung_up = [], []

    async def kept_alive(wire):
        opened.append(wire)
        body = json.dumps(BALANCE).encode()
        await wire.raw(b"HTTP/1.1 200 X\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        # Closed with the answer unread, it is a reset.
        with suppress(ConnectionError):
            await wire.reader.read()
        hung_up.append(wire)

    peer.on(CREDITS, kept_alive)
    client = connect(peer.url)

    async def ask():
        with suppress(ConfigError):
            await client.api.credits()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ask)
        for _ in range(steps):
            await anyio.lowlevel.checkpoint()
        await client.api.aclose()
    with anyio.fail_after(30):
        while len(hung_up) < len(opened):
            await anyio.lowlevel.checkpoint()
