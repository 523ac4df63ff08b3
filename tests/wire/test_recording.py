"""A recorder on a real socket: what it hears, and that nobody notices it."""

import gzip
import json
import logging
import random

import anyio
import anyio.lowlevel
import httpx
import pytest

from nemo_nb.errors import NemoError, SecretFound
from nemo_nb.settings import CLOUD_API_URL
from nemo_nb.wire.cassette import Connect, loads
from nemo_nb.wire.cassette_writer import made_up, written
from nemo_nb.wire.client import Dropped
from nemo_nb.wire.recording import INLINE_BYTES, Recorder

pytestmark = pytest.mark.anyio

TOKEN = "nmv_usr_test_0123456789"
SID = "f3a4ccd7043d411b"


@pytest.fixture
def recorder():
    made = Recorder(media_bytes=100_000)
    yield made
    made.close()


@pytest.fixture
def api(peer, connect, recorder):
    return connect(peer.url, tape=recorder).api


def cassette(recorder, url):
    recorder.stop()
    text, files = written(recorder, [Connect("url", url, anonymous=False)], "x.media", by="test")
    return loads(text), text, files


def event(text):
    return f"data: {json.dumps({'content': {'parts': [{'text': text}]}, 'partial': True})}\n\n"


async def until_heard(recorder, count):
    """Wait until the client has that many pieces: the next one is then one of its own."""
    while len(recorder.noted[0].pieces) < count:
        await anyio.lowlevel.checkpoint()


async def chat(api, text="hello"):
    async with api.stream(SID, text) as events:
        return [event async for event in events]


async def test_a_stream_is_kept_piece_by_piece(peer, api, recorder):
    raw = 'data: {"type":"text","content":"日本"}\n\n'.encode()
    letter = raw.index("本".encode())
    cuts = [raw[:10], raw[10 : letter + 1], raw[letter + 1 :]]

    async def script(wire):
        await wire.head(Content_Type="text/event-stream")
        for count, cut in enumerate(cuts, 1):
            await wire.raw(cut)
            await until_heard(recorder, count)

    peer.on("POST /run_sse", script)
    events = await chat(api)
    assert events[0].text == "日本"
    call = cassette(recorder, peer.url)[0].calls[0]
    assert (call.method, call.url, call.status, call.ending) == ("POST", "/run_sse", 200, "end")
    assert call.json["session_id"] == "SESSION-1"
    heard = [chunk.text.encode("utf-8", "surrogateescape") for chunk in call.chunks]
    assert heard == cuts


async def test_gzip_is_kept_readable(peer, api, recorder):
    body = gzip.compress(event("hello").encode())

    async def script(wire):
        await wire.head(Content_Type="text/event-stream", Content_Encoding="gzip")
        await wire.raw(body)

    peer.on("POST /run_sse", script)
    await chat(api)
    call = cassette(recorder, peer.url)[0].calls[0]
    assert "".join(chunk.text for chunk in call.chunks) == event("hello")


@pytest.mark.parametrize("answers", [True, False])
async def test_a_reset_is_kept_as_what_broke(peer, api, recorder, answers):
    async def script(wire):
        if answers:
            await wire.head(Content_Type="text/event-stream", Content_Length="999")
            await wire.raw(event("half").encode())
            await until_heard(recorder, 1)
        wire.reset()

    peer.on("POST /run_sse", script)
    with pytest.raises(Dropped):
        await chat(api)
    call = cassette(recorder, peer.url)[0].calls[0]
    assert (call.ending, call.fault) == ("fault", "ReadError")
    assert call.status == (200 if answers else None)
    assert len(call.chunks) == answers


async def test_leaving_early_is_kept_as_that(peer, api, recorder):
    async def script(wire):
        await wire.head(Content_Type="text/event-stream")
        await wire.raw(event("one").encode())
        await wire.reader.read()

    peer.on("POST /run_sse", script)
    async with api.stream(SID, "hello") as events:
        await anext(events)
    call = cassette(recorder, peer.url)[0].calls[0]
    assert call.ending == "left"
    assert call.chunks[0].text == event("one")


async def test_uploads_are_kept_by_size_and_hash(peer, api, recorder, upload_file):
    peer.on(f"POST /api/upload-video/nemo_agent/me/{SID}", {"code": 0, "data": {"files": []}})
    await api.upload(SID, [upload_file("clip.mp4", b"private" * 1000)])
    made, text, _ = cassette(recorder, peer.url)
    assert [(part.name, part.size_bytes) for part in made.calls[0].parts] == [("clip.mp4", 7000)]
    assert "private" not in text
    assert peer.seen[0].body.count(b"private") == 1000


@pytest.mark.parametrize(
    ("size", "inline", "kept"),
    [(10, True, True), (INLINE_BYTES + 1, False, True), (100_001, False, False)],
)
async def test_media_is_inline_beside_or_left_out(
    peer, api, recorder, tmp_path, size, inline, kept
):
    # No run of bytes in order: tokens that other tests made up may be such a run.
    body = random.Random(size).randbytes(size)  # noqa: S311 - no secret

    async def script(wire):
        await wire.reply(body, Content_Type="video/mp4")

    peer.on("GET /api/render/proxy/r1/download", script)
    state = type("State", (), {"id": "r1", "url": None})()
    await api.download(state, tmp_path / "x.mp4")
    assert (tmp_path / "x.mp4").read_bytes() == body
    made, _, files = cassette(recorder, peer.url)
    media = made.calls[0].media
    assert media.size_bytes == size
    assert (media.base64 is not None, list(files.values())) == (
        inline,
        [body] * (kept and not inline),
    )
    assert (media.file is not None) == (kept and not inline)


ESCAPED = "".join(f"\\u{ord(char):04x}" for char in TOKEN)


@pytest.mark.parametrize(
    "echo",
    [
        {"message": f"bad token {TOKEN}"},
        {"message": f"Authorization: Bearer {TOKEN}"},
        {"message": f"https://x/?t={TOKEN}&client=1"},
        {"detail": TOKEN},
    ],
)
async def test_what_a_server_echoes_is_not_in_the_file(peer, api, recorder, echo):
    async def script(wire):
        headers = {"Location": f"/x?{TOKEN}", "ETag": TOKEN, "X_Echo": TOKEN}
        await wire.reply_json({"code": 402, **echo}, 402, **headers)

    peer.on("GET /api/credits/balance/simple", script)
    with pytest.raises(NemoError):
        await api.credits()
    assert TOKEN not in cassette(recorder, peer.url)[1]


@pytest.mark.parametrize(
    ("body", "form"),
    [
        (f'{{"code": 0, "data": {{"available": 1, "x": "{ESCAPED}"}}}}', "as it is"),
        (json.dumps({"x": "bm12X3Vzcl90ZXN0XzAxMjM0NTY3ODk="}), "in base64"),
        (json.dumps({"x": "eG5tdl91c3JfdGVzdF8wMTIzNDU2Nzg5"}), "in base64"),
        (json.dumps({"x": TOKEN.encode().hex().upper()}), "in hexadecimal"),
    ],
)
async def test_a_secret_in_disguise_keeps_the_file_from_being_written(
    peer, api, recorder, body, form
):
    async def script(wire):
        await wire.reply(body.encode(), Content_Type="text/html")

    peer.on("GET /api/credits/balance/simple", script)
    await api.credits()
    with pytest.raises(SecretFound, match=f"at GET /api/credits/balance/simple, {form}") as caught:
        cassette(recorder, peer.url)
    assert TOKEN not in str(caught.value)


async def test_a_secret_in_a_video_keeps_the_file_from_being_written(peer, api, recorder, tmp_path):
    async def script(wire):
        await wire.reply(bytes(60_000) + TOKEN.encode(), Content_Type="video/mp4")

    peer.on("GET /api/render/proxy/r1/download", script)
    await api.download(type("State", (), {"id": "r1", "url": None})(), tmp_path / "x.mp4")
    with pytest.raises(SecretFound, match="in the file"):
        cassette(recorder, peer.url)


async def test_a_recorder_that_breaks_disturbs_nobody(peer, api, recorder, monkeypatch):
    def broken(*_args):
        raise MemoryError("no room")

    peer.on("GET /api/credits/balance/simple", {"code": 0, "data": {"available": 5}})
    monkeypatch.setattr(recorder, "_now_ms", broken)
    assert (await api.credits()).available == 5
    assert (await api.credits()).available == 5
    assert isinstance(recorder.problem, MemoryError)


def test_only_the_public_cloud_keeps_its_address():
    apis = (CLOUD_API_URL, "http://127.0.0.1:1/x", "https://lab.example", "http://127.0.0.1:1")
    connects = [Connect("url", api, anonymous=False) for api in apis]
    assert made_up(connects) == {
        CLOUD_API_URL: CLOUD_API_URL,
        "http://127.0.0.1:1": "http://api-2.invalid",
        "https://lab.example": "http://api-3.invalid",
    }


async def test_nothing_is_noted_after_the_end(peer, api, recorder):
    peer.on("GET /api/credits/balance/simple", {"code": 0, "data": {"available": 5}})
    await api.credits()
    recorder.stop()
    await api.credits()
    assert len(recorder.noted) == 1


async def test_no_request_header_is_in_the_file(peer, api, recorder):
    peer.on("GET /api/credits/balance/simple", {"code": 0, "data": {"available": 5}})
    await api.credits()
    text = cassette(recorder, peer.url)[1].lower()
    assert "authorization" not in text
    assert "x-skill" not in text
    assert str(peer.port) not in text


async def test_the_library_logs_no_header_that_echoes_the_token(peer, api, caplog):
    async def script(wire):
        await wire.reply_json({"code": 0, "data": {"available": 5}}, X_Echo=TOKEN)

    peer.on("GET /api/credits/balance/simple", script)
    with caplog.at_level(logging.DEBUG):
        await api.credits()
    assert any("X-Echo" in record.getMessage() for record in caplog.records)
    assert TOKEN not in caplog.text
    assert httpx.__name__ in {record.name for record in caplog.records}
