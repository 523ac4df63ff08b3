import pytest

from nemo_nb.errors import EditRefused, NotSupported, ProtocolError
from nemo_nb.wire.client import Dropped
from nemo_nb.wire.studio_api import StudioApi

pytestmark = pytest.mark.anyio

CAPABILITIES = "GET /studio/v1/capabilities"
BASE = "/studio/v1/sessions/s1"


@pytest.fixture
def studio(peer, connect):
    peer.on(CAPABILITIES, {"code": 0, "data": {"studio": "0.1", "features": ["undo"]}})
    return StudioApi(connect(peer.url).api)


async def test_capabilities_are_asked_for_once(peer, studio):
    assert (await studio.capabilities())["studio"] == "0.1"
    await studio.capabilities()
    assert len(peer.seen) == 1


async def not_found(wire):
    await wire.reply_json({"detail": "Not Found"}, 404)


async def forbidden(wire):
    await wire.reply(b"<Error/>", 403, Content_Type="application/xml")


async def home_page(wire):
    await wire.reply(b"<html>", Content_Type="text/html")


@pytest.mark.parametrize(
    "answer",
    [not_found, forbidden, home_page, {"code": 404}, {"code": 0, "data": {}}],
)
async def test_a_cloud_has_none_and_says_so(peer, connect, answer):
    studio = StudioApi(connect(peer.url).api)
    peer.on(CAPABILITIES, answer)
    assert await studio.capabilities() is None
    with pytest.raises(NotSupported, match="embedded studio"):
        await studio.undo("s1")
    with pytest.raises(NotSupported):
        await studio.frame("s1", 0)
    assert len(peer.seen) == 1


async def test_undo_redo_draft_variants_fork(peer, studio):
    draft = {"code": 0, "data": {"draft": {"t": []}}}
    peer.on(f"POST {BASE}/undo", draft)
    peer.on(f"POST {BASE}/redo", draft)
    peer.on(f"PUT {BASE}/draft", draft)
    peer.on(f"PUT {BASE}/variants", {"code": 0, "data": {}})
    peer.on(f"POST {BASE}/fork", {"code": 0, "data": {"session_id": "s2"}})
    assert await studio.undo("s1") == {"t": []}
    assert await studio.redo("s1") == {"t": []}
    assert await studio.put_draft("s1", {"t": [1]}, "by hand") == {"t": []}
    await studio.put_variants("s1", {"a": {"t": []}})
    assert await studio.fork("s1", "copy") == "s2"
    assert [seen.json for seen in peer.seen[3:]] == [
        {"draft": {"t": [1]}, "note": "by hand"},
        {"variants": [{"name": "a", "draft": {"t": []}}]},
        {"name": "copy"},
    ]


async def test_nothing_to_undo(peer, studio):
    peer.on(f"POST {BASE}/undo", {"code": 409, "message": "There is nothing to undo."})
    with pytest.raises(EditRefused, match="nothing to undo"):
        await studio.undo("s1")


async def test_an_undo_that_may_have_arrived_is_not_sent_again(peer, studio):
    async def reset(wire):
        wire.reset()

    peer.on(f"POST {BASE}/undo", reset)
    with pytest.raises(Dropped):
        await studio.undo("s1")
    assert len(peer.requests(f"POST {BASE}/undo")) == 1


async def test_a_frame_of_the_session_and_of_another_draft(peer, studio):
    async def jpeg(wire):
        await wire.reply(b"\xff\xd8jpeg", Content_Type="image/jpeg")

    peer.on(f"GET {BASE}/frame", jpeg)
    peer.on(f"POST {BASE}/frame", jpeg)
    assert await studio.frame("s1", 1500, 320) == b"\xff\xd8jpeg"
    assert await studio.frame("s1", 0, draft={"t": []}) == b"\xff\xd8jpeg"
    assert peer.seen[1].path.endswith("/frame?at_ms=1500&width=320")
    assert peer.seen[2].json == {"draft": {"t": []}}


async def test_a_frame_at_once(peer, studio):
    async def jpeg(wire):
        await wire.reply(b"\xff\xd8jpeg", Content_Type="image/jpeg")

    peer.on(f"GET {BASE}/frame", jpeg)
    await studio.frame("s1", 1500, exact=False)
    assert peer.seen[-1].path.endswith("/frame?at_ms=1500&exact=false")


async def test_thumbnails_are_a_picture_and_what_is_where_in_it(peer, studio):
    places = {"columns": 2, "width": 160, "height": 90, "times_ms": [0, 500]}
    peer.on(f"GET {BASE}/thumbnails", {"code": 0, "data": {**places, "image": "/9hqcGVn"}})
    assert await studio.thumbnails("s1", every_ms=500) == (b"\xff\xd8jpeg", places)
    assert peer.seen[-1].path.endswith("/thumbnails?every_ms=500&width=160")
    peer.on(f"GET {BASE}/thumbnails", {"code": 0, "data": places})
    with pytest.raises(ProtocolError):
        await studio.thumbnails("s1", count=3)


async def test_another_draft_is_looked_at_by_post(peer, studio):
    places = {"columns": 1, "width": 64, "height": 36, "times_ms": [50]}
    peer.on(f"POST {BASE}/thumbnails", {"code": 0, "data": {**places, "image": "/9hqcGVn"}})
    peer.on(f"POST {BASE}/waveform", {"code": 0, "data": {"peaks": [0.1], "duration_ms": 4}})
    draft = {"t": [1]}
    assert (await studio.thumbnails("s1", count=1, width=64, draft=draft))[1] == places
    assert peer.seen[-1].path.endswith("/thumbnails?count=1&width=64")
    assert peer.seen[-1].json == {"draft": draft}
    assert (await studio.waveform("s1", 1, draft))["peaks"] == [0.1]
    assert peer.seen[-1].json == {"draft": draft}


async def test_a_waveform_and_a_proxy(peer, studio):
    peer.on(f"GET {BASE}/waveform", {"code": 0, "data": {"peaks": [0.5], "duration_ms": 9}})
    peer.on(f"GET {BASE}/proxy", {"code": 0, "data": {"status": "building", "progress": 3.0}})
    assert await studio.waveform("s1", 1) == {"peaks": [0.5], "duration_ms": 9}
    assert peer.seen[-1].path.endswith("/waveform?buckets=1")
    assert (await studio.proxy("s1"))["status"] == "building"
