import logging
import pickle
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from nemo_nb.errors import ConfigError, ProtocolError, RateLimited, StudioGone, Unreachable
from nemo_nb.settings import load
from nemo_nb.wire.client import Dropped

pytestmark = pytest.mark.anyio

CREDITS = "GET /api/credits/balance/simple"
BALANCE = {"code": 0, "data": {"available": 1, "frozen": 0, "total": 1}}


@pytest.fixture
def no_proxy_settings(monkeypatch):
    for name in ("NO_PROXY", "no_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("no_proxy_settings")
async def test_a_proxy_of_the_environment_never_sees_loopback(peer, connect, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    peer.on(CREDITS, BALANCE)
    await connect(peer.url).api.credits()
    assert len(peer.seen) == 1


@pytest.mark.usefixtures("no_proxy_settings")
async def test_a_proxy_of_the_environment_is_used_for_the_network(peer, connect, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", peer.url)
    peer.on("GET http://api.example/api/credits/balance/simple", BALANCE)
    await connect("http://api.example").api.credits()
    assert peer.seen[0].headers["host"] == "api.example"


async def test_a_netrc_file_puts_no_other_token_in(peer, connect, isolated_home):
    (isolated_home / ".netrc").write_text("machine 127.0.0.1 login me password secret-netrc")
    peer.on(CREDITS, BALANCE)
    await connect(peer.url).api.credits()
    assert peer.seen[0].headers["authorization"] == "Bearer nmv_usr_test_0123456789"


async def test_the_log_tells_what_happened_and_no_secret(peer, connect, caplog):
    async def failing(wire):
        await wire.reply_json({"message": "Bearer nmv_usr_test_0123456789 is odd"}, 503)

    peer.on(CREDITS, failing, BALANCE)
    with caplog.at_level(logging.DEBUG, "nemo_nb"):
        await connect(peer.url).api.credits()
    lines = [record.getMessage() for record in caplog.records if record.name == "nemo_nb.wire"]
    assert "GET /api/credits/balance/simple: SERVER_ERROR, HTTP 503" in lines[0]
    assert "try 1: RETRY after 0.5 s" in lines[0]
    assert "HTTP 200" in lines[1]
    assert "nmv_usr_test" not in caplog.text


async def test_a_date_as_retry_after(peer, connect):
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)

    async def limited(wire):
        await wire.reply_json({}, 429, Retry_After=later)

    client = connect(peer.url)
    peer.on(CREDITS, limited, BALANCE)
    await client.api.credits()
    assert 90 < client.waits[0] <= 100


async def test_an_hour_of_waiting_is_told_and_not_waited(peer, connect):
    async def limited(wire):
        await wire.reply_json({}, 429, Retry_After="3600")

    client = connect(peer.url)
    peer.on(CREDITS, limited)
    with pytest.raises(RateLimited):
        await client.api.credits()
    assert client.waits == []


async def test_the_token_is_in_no_repr_of_what_was_sent(connect):
    sent = []

    def answer(request):
        sent.append(request)
        return httpx.Response(200, json=BALANCE)

    client = connect("https://api.example", transport=httpx.MockTransport(answer))
    await client.api.credits()
    told = f"{sent[0]!r} {sent[0].headers!r} {sent[0].url!r} {client.api!r} {vars(client.api)!r}"
    assert "nmv_usr_test" not in told


async def test_errors_travel_between_processes(peer, connect):
    async def reset(wire):
        wire.reset()

    peer.on("POST /run_sse", reset)
    client = connect(peer.url)
    with pytest.raises(Dropped) as caught:
        async with client.api.stream("s1", "hi"):
            pass
    copy = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own bytes
    assert (type(copy), str(copy), copy.endpoint) == (Dropped, str(caught.value), "POST /run_sse")
    assert isinstance(copy, Unreachable)


@pytest.mark.parametrize("url", ["", "nonsense", "ftp://x"])
async def test_an_address_that_cannot_be_read(connect, peer, url):
    client = connect(peer.url)
    with pytest.raises(ConfigError):
        type(client.api)(client.api._wire.settings, base_url=url, skill=client.api.skill)


async def test_a_gzipped_answer_that_is_broken_is_no_crash(peer, connect):
    async def broken(wire):
        await wire.reply(b"nonsense", Content_Type="application/json", Content_Encoding="gzip")

    peer.on(CREDITS, broken)
    with pytest.raises(ProtocolError):
        await connect(peer.url).api.credits()


async def test_an_embedded_studio_that_refuses_is_gone_at_once(connect, unused_port):
    url = f"http://127.0.0.1:{unused_port}"
    client = connect(url, settings=load("local", env={}))
    with pytest.raises(StudioGone):
        await client.api.credits()
    assert client.waits == []


async def test_a_server_that_refuses_is_asked_again_and_named(connect, unused_port):
    url = f"http://127.0.0.1:{unused_port}"
    client = connect(url)
    with pytest.raises(Unreachable, match=url):
        await client.api.credits()
    assert len(client.waits) == 2
