"""What DEBUG tells: enough to see why a call ended as it did, and no secret."""

import logging
import re

import pytest

from nemo_nb.errors import NemoError

pytestmark = pytest.mark.anyio

CREDITS = "GET /api/credits/balance/simple"
GOOD = {"code": 0, "data": {"available": 5}}
LINE = re.compile(
    r"(?P<endpoint>[A-Z]+ \S+): (?P<fault>\w+), HTTP (?P<status>\w+), code (?P<code>\w+), "
    r"\d+ ms, try (?P<attempt>\d): (?P<step>\w+) after (?P<wait>[\d.]+) s"
)


def answer(value, status, **headers):
    async def script(wire):
        await wire.reply_json(value, status, **headers)

    return script


async def broken(wire):
    wire.reset()


async def page(wire):
    await wire.reply(b"<html>", Content_Type="text/html")


TABLE = {
    "a reset": (
        [broken],
        [
            "RESET None None 1 RETRY 0.5",
            "RESET None None 2 RETRY 1.0",
            "RESET None None 3 RAISE 0.0",
        ],
    ),
    "a gateway": ([answer({}, 502), GOOD], ["SERVER_ERROR 502 None 1 RETRY 0.5"]),
    "too many": (
        [answer({"code": 429}, 429, Retry_After="7"), GOOD],
        ["RATE_LIMITED 429 429 1 RETRY 7.0"],
    ),
    "no token": ([answer({"code": 1001}, 401)], ["BAD_TOKEN 401 1001 1 RAISE 0.0"]),
    "no plan": ([answer({"code": 402}, 200)], ["REFUSED 200 402 1 RAISE 0.0"]),
    "a page": ([page], ["UNREADABLE 200 None 1 RAISE 0.0"]),
}


@pytest.mark.parametrize("name", TABLE)
async def test_each_failure_is_a_line_that_says_what_followed(peer, connect, caplog, name):
    scripts, expected = TABLE[name]
    peer.on(CREDITS, *scripts)
    with caplog.at_level(logging.DEBUG, "nemo_nb"):
        try:
            await connect(peer.url).api.credits()
            outcome = "HTTP 200"
        except NemoError as error:
            outcome = error.endpoint
    lines = [record.getMessage() for record in caplog.records]
    found = [match for line in lines if (match := LINE.fullmatch(line))]
    assert [" ".join(match.groups()[1:]) for match in found] == expected
    assert {match["endpoint"] for match in found} == {CREDITS}
    assert outcome in (CREDITS, "HTTP 200")
    if outcome == "HTTP 200":
        assert re.fullmatch(rf"{CREDITS}: HTTP 200, \d+ ms, try 2", lines[-1])


async def test_a_turn_says_how_it_ended(peer, connect, caplog):
    async def cut(wire):
        await wire.head(Content_Type="text/event-stream", Content_Length="99")
        await wire.raw(b'data: {"type":"text","content":"a"}\n\n')

    async def whole(wire):
        await wire.sse(b'data: {"type":"text","content":"a"}\n\n')

    peer.on("POST /run_sse", cut, whole)
    api = connect(peer.url).api

    async def chat():
        async with api.stream("s", "hello") as events:
            return [event async for event in events]

    with caplog.at_level(logging.DEBUG, "nemo_nb"):
        with pytest.raises(NemoError):
            await chat()
        await chat()
    ends = [line for line in caplog.messages if "events in" in line]
    said = r"POST /run_sse: 1 events in \d+\.\d s \(0 unreadable\), "
    assert re.fullmatch(f"{said}Dropped", ends[0])
    assert re.fullmatch(f"{said}closed by the server", ends[1])


async def test_where_a_token_came_from_is_told_without_it(peer, connect, caplog):
    token = {"token": "odd-token-0451", "expires_at": 4e9}
    peer.on("POST /api/auth/anonymous-token", {"code": 0, "data": token})
    peer.on(CREDITS, answer({"code": 1001}, 401), GOOD, answer({"code": 1001}, 401))
    with caplog.at_level(logging.DEBUG, "nemo_nb"):
        await connect(peer.url, token=None).api.credits()
        with pytest.raises(NemoError):
            await connect(peer.url, token=None).api.credits()
    told = [record.getMessage() for record in caplog.records if record.name == "nemo_nb.wire.auth"]
    assert [line.split(",")[0] for line in told] == [
        "a new starter token",
        "a new starter token",
        "the starter token of another call or kernel is used",
        "a new starter token",
    ]
    assert "odd-token" not in caplog.text
    steps = [match["step"] for line in caplog.messages if (match := LINE.fullmatch(line))]
    assert steps == ["RENEW_TOKEN", "RENEW_TOKEN", "RAISE"]
