import io
import tracemalloc
from email.parser import BytesParser

import pytest

from nemo_nb.errors import BrokenMedia
from nemo_nb.wire.client import Dropped
from nemo_nb.wire.multipart import CHUNK_BYTES, Multipart, UploadFile

pytestmark = pytest.mark.anyio

ROUTE = "POST /api/upload-video/nemo_agent/me/s1"


async def test_the_body_is_what_its_headers_say(upload_file):
    files = [upload_file("a.mp4", b"one"), upload_file('ü "q"\r\n.mp4', b"\r\n--two")]
    multipart = Multipart(files)
    body = b"".join([chunk async for chunk in multipart.chunks()])
    assert int(multipart.headers["Content-Length"]) == len(body)
    head = f"Content-Type: {multipart.headers['Content-Type']}\r\n\r\n".encode()
    parts = BytesParser().parsebytes(head + body).get_payload()
    assert [part.get_payload(decode=True) for part in parts] == [b"one", b"\r\n--two"]
    assert 'name="files"; filename="ü %22q%22%0D%0A.mp4"'.encode() in body


async def test_a_second_sending_begins_anew(upload_file):
    multipart = Multipart([upload_file("a.mp4", b"one")])
    first = [chunk async for chunk in multipart.chunks()]
    assert [chunk async for chunk in multipart.chunks()] == first


@pytest.mark.parametrize("size", [2, 4])
async def test_a_file_that_changes_meanwhile_is_told(upload_file, size):
    multipart = Multipart([upload_file("a.mp4", b"one", size)])
    with pytest.raises(BrokenMedia, match=r"a\.mp4 changed"):
        _ = [chunk async for chunk in multipart.chunks()]


async def test_a_file_that_goes_away_meanwhile_is_told(tmp_path):
    path = tmp_path / "a.mp4"
    path.write_bytes(b"123")
    file = UploadFile("a.mp4", "video/mp4", 3, lambda: path.open("rb"))
    path.unlink()
    with pytest.raises(BrokenMedia, match="No such file"):
        _ = [chunk async for chunk in Multipart([file]).chunks()]


async def test_the_source_is_closed_when_the_sending_stops():
    source = io.BytesIO(b"x" * 3 * CHUNK_BYTES)
    multipart = Multipart([UploadFile("a.mp4", "video/mp4", 3 * CHUNK_BYTES, lambda: source)])
    chunks = multipart.chunks()
    await anext(chunks)
    await anext(chunks)
    await chunks.aclose()
    assert source.closed


class Endless(io.RawIOBase):
    """A file of that many bytes which lies nowhere."""

    def __init__(self, size):
        super().__init__()
        self._left = size

    def read(self, size=-1):
        taken = min(self._left, size)
        self._left -= taken
        return bytes(taken)


async def test_memory_stays_flat_whatever_the_size(peer, connect):
    size = 24 << 20
    client = connect(peer.url)
    seen = []

    async def swallow(wire):
        left = int(wire.seen.headers["content-length"])
        while left:
            left -= len(await wire.reader.read(min(left, 1 << 20)))
        await wire.reply_json({"code": 0, "data": {"files": [{"filename": "big.mp4"}]}})

    swallow.before_body = True
    peer.on(ROUTE, swallow)
    tracemalloc.start()
    try:
        files = await client.api.upload(
            "s1",
            [UploadFile("big.mp4", "video/mp4", size, lambda: Endless(size))],
            lambda name, sent, total: seen.append((name, sent, total)),
        )
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert files == [{"filename": "big.mp4"}]
    assert seen[-1] == ("big.mp4", size, size)
    assert len(seen) == size // CHUNK_BYTES
    assert peak < 8 << 20


async def test_an_upload_that_may_have_arrived_is_not_sent_again(peer, connect, upload_file):
    async def script(wire):
        wire.reset()

    client = connect(peer.url)
    peer.on(ROUTE, script)
    with pytest.raises(Dropped):
        await client.api.upload("s1", [upload_file("a.mp4", b"one")])
    assert len(peer.seen) == 1


async def test_a_rate_limited_upload_is_sent_whole_once_more(peer, connect, upload_file):
    client = connect(peer.url)
    peer.on(ROUTE, {"code": 429}, {"code": 0, "data": {"files": []}})
    await client.api.upload("s1", [upload_file("a.mp4", b"one")])
    first, second = peer.seen
    assert first.body == second.body
    assert first.headers["authorization"]
    assert "transfer-encoding" not in first.headers


async def test_urls_are_handed_over_as_json(peer, connect):
    client = connect(peer.url)
    peer.on(ROUTE, {"code": 0, "data": {"files": [{"filename": "a.mp4"}, "odd"]}})
    files = await client.api.upload_urls("s1", ["https://e.example/a.mp4"])
    assert files == [{"filename": "a.mp4"}]
    assert peer.seen[0].json == {"urls": ["https://e.example/a.mp4"], "source_type": "url"}
