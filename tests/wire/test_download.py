from dataclasses import replace

import pytest

from nemo_nb.errors import BrokenMedia, DownloadFailed, StudioGone
from nemo_nb.models import RenderState

pytestmark = pytest.mark.anyio

FALLBACK = "GET /api/render/proxy/r1/download"
FILE = bytes(range(256)) * 5000  # 1.28 MB: more than one write


def done(url):
    return RenderState("r1", "completed", 100.0, url)


def whole(**headers):
    async def script(wire):
        await wire.reply(FILE, Content_Type="video/mp4", **headers)

    return script


def cut_after(size, **headers):
    """Promise the whole file and break off after *size* bytes."""

    async def script(wire):
        head = {"Content_Length": str(len(FILE)), "Content_Type": "video/mp4", **headers}
        await wire.head(**head)
        await wire.raw(FILE[:size])

    return script


def ranged(**headers):
    async def script(wire):
        start = int(wire.seen.headers["range"].removeprefix("bytes=").removesuffix("-"))
        place = f"bytes {start}-{len(FILE) - 1}/{len(FILE)}"
        await wire.reply(FILE[start:], 206, Content_Range=place, **headers)

    return script


def status(code):
    async def script(wire):
        await wire.reply(b"<Error/>", code, Content_Type="application/xml")

    return script


def redirect(url, code=302):
    async def script(wire):
        await wire.reply(b"", code, Location=url)

    return script


def left(target):
    return sorted(path.name for path in target.parent.iterdir())


async def test_a_file_of_a_cdn_comes_without_the_token(peer, other_peer, connect, tmp_path):
    client = connect(peer.url)
    other_peer.on("GET /v.mp4", whole())
    target = tmp_path / "out.mp4"
    await client.api.download(done(f"{other_peer.url}/v.mp4?sig=1"), target)
    assert target.read_bytes() == FILE
    assert left(target) == ["out.mp4"]
    (request,) = other_peer.seen
    assert "authorization" not in request.headers
    assert request.headers["x-skill-source"] == "caption-ab"
    assert request.headers["x-skill-platform"] == "unit"
    assert peer.seen == []


async def test_a_file_of_the_api_itself_carries_the_token(peer, connect, tmp_path):
    client = connect(peer.url)
    peer.on("GET /files/v.mp4", whole())
    await client.api.download(done("/files/v.mp4"), tmp_path / "out.mp4")
    assert peer.seen[0].headers["authorization"].startswith("Bearer ")


async def test_no_token_after_a_redirect(peer, other_peer, connect, tmp_path):
    client = connect(peer.url)
    peer.on("GET /a", redirect("/b"))
    peer.on("GET /b", redirect(f"{other_peer.url}/c"))
    other_peer.on("GET /c", redirect(f"{peer.url}/d"))
    peer.on("GET /d", whole())
    await client.api.download(done(f"{peer.url}/a"), tmp_path / "out.mp4")
    carried = {seen.path: "authorization" in seen.headers for seen in peer.seen + other_peer.seen}
    assert carried == {"/a": True, "/b": False, "/c": False, "/d": False}


async def test_a_ring_of_redirects_ends(peer, connect, tmp_path):
    client = connect(peer.url)
    peer.on("GET /a", redirect("/a"))
    with pytest.raises(DownloadFailed):
        await client.api.download(done("/a"), tmp_path / "out.mp4")
    assert len(peer.requests("GET /a")) == 6


@pytest.mark.parametrize(
    ("headers", "if_range"),
    [
        ({"ETag": '"v1"'}, '"v1"'),
        (
            {"ETag": 'W/"v1"', "Last_Modified": "Mon, 01 Jan 2035 00:00:00 GMT"},
            "Mon, 01 Jan 2035 00:00:00 GMT",
        ),
        ({}, None),
    ],
)
async def test_a_cut_is_resumed_by_range(peer, connect, tmp_path, headers, if_range):
    client = connect(peer.url)
    peer.on("GET /v.mp4", cut_after(700_000, **headers), ranged())
    await client.api.download(done("/v.mp4"), tmp_path / "out.mp4")
    assert (tmp_path / "out.mp4").read_bytes() == FILE
    second = peer.seen[1].headers
    assert second["range"] == "bytes=700000-"
    assert second.get("if-range") == if_range
    assert second["accept-encoding"] == "identity"


async def test_many_cuts_are_no_failure_as_long_as_it_goes_on(peer, connect, tmp_path):
    client = connect(peer.url)

    async def a_piece(wire):
        start = int(wire.seen.headers.get("range", "bytes=0-")[6:-1])
        rest = len(FILE) - start
        place = f"bytes {start}-{len(FILE) - 1}/{len(FILE)}"
        await wire.head(206 if start else 200, Content_Length=str(rest), Content_Range=place)
        await wire.raw(FILE[start : start + 150_000])

    peer.on("GET /v.mp4", a_piece)
    await client.api.download(done("/v.mp4"), tmp_path / "out.mp4")
    assert (tmp_path / "out.mp4").read_bytes() == FILE
    assert len(peer.seen) == 9


async def test_a_file_that_has_changed_is_fetched_anew(peer, connect, tmp_path):
    client = connect(peer.url)

    async def old(wire):
        await wire.head(Content_Length="900000", ETag='"old"')
        await wire.raw(b"o" * 500_000)

    peer.on("GET /v.mp4", old, whole(ETag='"new"'))
    await client.api.download(done("/v.mp4"), tmp_path / "out.mp4")
    assert (tmp_path / "out.mp4").read_bytes() == FILE


async def test_a_range_of_another_file_is_not_appended(peer, connect, tmp_path):
    client = connect(peer.url)

    async def other_file(wire):
        await wire.reply(b"x" * 10, 206, Content_Range="bytes 500000-500009/500010")

    peer.on("GET /v.mp4", cut_after(500_000), other_file, whole())
    await client.api.download(done("/v.mp4"), tmp_path / "out.mp4")
    assert (tmp_path / "out.mp4").read_bytes() == FILE


async def test_a_range_that_is_refused_begins_anew(peer, connect, tmp_path):
    client = connect(peer.url)
    peer.on("GET /v.mp4", cut_after(500_000), status(416), whole())
    await client.api.download(done("/v.mp4"), tmp_path / "out.mp4")
    assert (tmp_path / "out.mp4").read_bytes() == FILE


@pytest.mark.parametrize("fault", [status(403), status(404), cut_after(0), status(503)])
async def test_download_is_the_fallback(peer, connect, tmp_path, fault):
    client = connect(peer.url)
    peer.on("GET /v.mp4", fault)
    peer.on(FALLBACK, whole())
    await client.api.download(done("/v.mp4"), tmp_path / "out.mp4")
    assert (tmp_path / "out.mp4").read_bytes() == FILE
    assert len(peer.requests("GET /v.mp4")) in (1, 3)


async def test_without_an_address_download_is_asked_at_once(peer, connect, tmp_path):
    client = connect(peer.url)
    peer.on(FALLBACK, whole())
    await client.api.download(done(None), tmp_path / "out.mp4")
    assert len(peer.seen) == 1


async def test_a_failure_leaves_nothing_behind(peer, connect, tmp_path):
    client = connect(peer.url)
    target = tmp_path / "out.mp4"
    peer.on("GET /v.mp4", cut_after(500_000, ETag='"v1"'), status(500))
    with pytest.raises(DownloadFailed, match="without rendering again") as caught:
        await client.api.download(done("/v.mp4?sig=secret"), target)
    assert "secret" not in str(caught.value)
    assert left(target) == []


async def test_a_page_is_no_video(peer, connect, tmp_path):
    client = connect(peer.url)

    async def page(wire):
        await wire.reply(b"<html>sign in</html>", Content_Type="text/html")

    peer.on("GET /v.mp4", page)
    peer.on(FALLBACK, {"code": 1002})
    with pytest.raises(DownloadFailed):
        await client.api.download(done("/v.mp4"), tmp_path / "out.mp4")
    assert not (tmp_path / "out.mp4").exists()


async def test_a_file_that_is_no_good_is_asked_for_at_download(peer, connect, tmp_path):
    client = connect(peer.url)
    target = tmp_path / "out.mp4"

    async def bad(wire):
        await wire.reply(b"bad", Content_Type="video/mp4")

    def check(path):
        if path.read_bytes() != FILE:
            raise BrokenMedia(f"{path.name} is not whole.")

    peer.on("GET /v.mp4", bad)
    peer.on(FALLBACK, whole())
    await client.api.download(done("/v.mp4"), target, check)
    assert target.read_bytes() == FILE
    peer.on(FALLBACK, bad)
    with pytest.raises(DownloadFailed, match=r"does not play\. It is not whole"):
        await client.api.download(done("/v.mp4"), target, check)
    assert left(target) == []


async def test_a_folder_that_is_gone_is_told(peer, connect, tmp_path):
    client = connect(peer.url)
    with pytest.raises(DownloadFailed, match="could not be written"):
        await client.api.download(done("/v.mp4"), tmp_path / "gone" / "out.mp4")


async def test_a_refused_token_is_renewed_for_a_download(peer, connect, tmp_path):
    client = connect(peer.url, token=None)
    first = {"code": 0, "data": {"token": "nmv_anon_aaaaaa"}}
    second = {"code": 0, "data": {"token": "nmv_anon_bbbbbb"}}
    peer.on("POST /api/auth/anonymous-token", first, second)
    peer.on(FALLBACK, {"code": 1001}, whole())
    await client.api.download(done(None), tmp_path / "out.mp4")
    tokens = [seen.headers["authorization"][-6:] for seen in peer.requests(FALLBACK)]
    assert tokens == ["aaaaaa", "bbbbbb"]


async def test_a_studio_that_is_gone_says_so(connect, tmp_path):
    client = connect("http://127.0.0.1:9")
    wire = client.api._wire
    wire.settings = replace(wire.settings, backend="local")
    with pytest.raises(StudioGone):
        await client.api.download(done(None), tmp_path / "out.mp4")
    assert list(tmp_path.iterdir()) == []
