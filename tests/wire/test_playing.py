"""A cassette in the place of the network: the same answers at the same points."""

import json
import logging

import pytest

from nemo_nb.errors import CassetteBroken, NotRecorded, RateLimited, Unreachable
from nemo_nb.redact import Secret
from nemo_nb.settings import load
from nemo_nb.skills import skill_named
from nemo_nb.wire import playing
from nemo_nb.wire.cassette import Call, Cassette, Chunk, Connect, Media
from nemo_nb.wire.client import ApiClient, Dropped
from nemo_nb.wire.parts import Part
from nemo_nb.wire.playing import Player
from nemo_nb.wire.request import Request
from nemo_nb.wire.retry import Call as Kind

pytestmark = pytest.mark.anyio

API = "http://api-1.invalid"
SID = "SESSION-1"
STATE = f"/api/state/nemo_agent/me/{SID}/latest"
RENDERS = "/api/render/proxy/lambda"
JSON = {"content-type": "application/json"}


class Script:
    """Builds a cassette call by call."""

    def __init__(self):
        self.calls = []

    def _add(self, method, url, **rest):
        at_ms = len(self.calls) * 100
        self.calls.append(Call(len(self.calls) + 1, at_ms, method, url, **rest))
        return self

    def answers(self, method, url, value, status=200, **rest):
        at_ms = len(self.calls) * 100
        return self._add(
            method,
            url,
            status=status,
            headers=dict(JSON),
            answered_ms=at_ms + 10,
            value=[value],
            ending="end",
            ended_ms=at_ms + 20,
            **rest,
        )

    def state(self, title):
        return self.answers("GET", STATE, {"code": 0, "data": {"state": {"draft": {"m": title}}}})

    def chat(self, text, *chunks, **rest):
        body = {
            "app_name": "nemo_agent",
            "user_id": "me",
            "session_id": SID,
            "new_message": {"parts": [{"text": text}]},
        }
        at_ms = len(self.calls) * 100
        values = {
            "status": 200,
            "headers": {"content-type": "text/event-stream"},
            "answered_ms": at_ms + 10,
            "chunks": [Chunk(at_ms + 20 + 10 * n, chunk) for n, chunk in enumerate(chunks)],
            "ending": "end",
            "ended_ms": at_ms + 90,
        }
        return self._add("POST", "/run_sse", json=body, **(values | rest))

    def fault(self, method, url, kind, why, **rest):
        return self._add(method, url, ending="fault", fault=kind, why=why, **rest)

    def media(self, url, media, status=200, **rest):
        return self._add(
            "GET", url, status=status, headers={"content-type": "video/mp4"}, media=media,
            **({"ending": "end"} | rest),
        )  # fmt: skip


@pytest.fixture
async def play():
    made = []

    def start(script, *, anonymous=False, speed=None, files=None, **knobs):
        connect = Connect("url", API, anonymous=anonymous)
        cassette = Cassette("test", "", [connect], script.calls)
        player = Player(
            cassette, name="demo.jsonl", media=lambda file: (files or {})[file], speed=speed
        )
        settings = load(API, env={}, **({"retry_wait_s": 0} | knobs))
        api = ApiClient(
            settings,
            base_url=API,
            skill=skill_named("caption-ab"),
            token=None if anonymous else Secret("TOKEN-1"),
            tape=player,
        )
        made.append(api)
        return api

    yield start
    for api in made:
        await api.aclose()


async def say(api, text):
    async with api.stream(SID, text) as events:
        return [event async for event in events]


def said(text):
    return f"data: {json.dumps({'content': {'parts': [{'text': text}]}, 'partial': True})}\n\n"


async def title(api):
    return (await api.state(SID))["draft"]["m"]


async def test_a_stream_comes_as_it_came(play):
    events = await say(play(Script().chat("hi", said("a")[:9], said("a")[9:], said("b"))), "hi")
    assert [event.text for event in events] == ["a", "b"]


async def test_a_read_is_answered_as_at_that_point(play):
    script = Script().state("before").state("before too").chat("go", said("ok")).state("after")
    api = play(script)
    assert await title(api) == "before"
    assert await title(api) == "before too"
    # More often than in the recording: the last answer once more, not one from later on.
    assert await title(api) == "before too"
    await say(api, "go")
    assert await title(api) == "after"
    assert await title(api) == "after"


async def test_a_read_waits_for_changes_of_its_own_session_only(play):
    script = (
        Script()
        .chat("go", said("ok"))
        .answers("GET", STATE.replace("1", "2"), {"data": {"state": {}}})
    )
    assert await play(script).state("SESSION-2") == {"draft": {}}


async def test_what_was_never_asked_is_told_with_what_comes_next(play):
    api = play(Script().state("x").chat("add a title", said("ok")))
    with pytest.raises(NotRecorded) as caught:
        await say(api, "add a  song")
    assert str(caught.value) == (
        "demo.jsonl has no POST /run_sse “add a song” at this point. "
        "Next in it is POST /run_sse “add a title”. "
        "Make the same calls in the same order as in the recording, or record it anew."
    )
    assert caught.value.endpoint == "POST /run_sse"


async def test_the_end_of_the_recording_is_told(play):
    api = play(Script().chat("go", said("ok")))
    await say(api, "go")
    with pytest.raises(NotRecorded, match="played to its end"):
        await say(api, "go")


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("ReadError", Dropped),
        ("ReadTimeout", Dropped),
        ("ConnectError", Unreachable),
        ("Nonsense", Dropped),
    ],
)
async def test_a_broken_connection_breaks_again(play, kind, error):
    script = Script().chat("go", status=None, ending="fault", fault=kind, why="it broke")
    for _ in range(2):
        script.chat("go", status=None, ending="fault", fault=kind, why="it broke")
    with pytest.raises(error, match="it broke" if kind != "Nonsense" else "left here"):
        await say(play(script), "go")


async def test_a_stream_that_was_cut_is_cut_again(play):
    cut = {"ending": "fault", "fault": "RemoteProtocolError", "why": "x"}
    got = []

    async def listen():
        async with play(Script().chat("go", said("half"), **cut)).stream(SID, "go") as events:
            async for event in events:
                got.append(event.text)  # noqa: PERF401 - what came before the cut counts

    with pytest.raises(Dropped):
        await listen()
    assert got == ["half"]


async def test_refusals_and_their_mending_are_played(play):
    path = "/api/credits/balance/simple"
    script = (
        Script()
        .answers("GET", path, {"code": 1001}, 401)
        .answers("POST", playing.TOKEN_PATH, {"code": 0, "data": {"token": "TOKEN-2"}})
        .answers("GET", path, {"code": 0, "data": {"available": 3}})
        .answers("GET", path, {"code": 429}, 429)
        .answers("GET", path, {"code": 429}, 429)
    )
    api = play(script, anonymous=True)
    assert (await api.credits()).available == 3
    with pytest.raises(RateLimited):
        await api.credits()


async def test_a_recording_with_a_cached_token_needs_none(play):
    api = play(
        Script().answers("GET", "/api/credits/balance/simple", {"data": {"available": 3}}),
        anonymous=True,
    )
    assert (await api.credits()).available == 3
    assert api.user_id == "USER-1"


async def test_a_render_is_known_by_the_id_that_the_replay_made(play):
    body = {"id": "RENDER-1", "sessionId": SID, "draft": {"d": 1}, "output": {}}
    done = {"id": "RENDER-1", "status": "completed", "output": {"url": f"{API}/RENDER-1.mp4"}}
    script = Script()
    script.answers("POST", RENDERS, {"id": "RENDER-1", "status": "pending"}, json=body)
    script.answers("GET", f"{RENDERS}/RENDER-1", {"data": done})
    api = play(script)
    state = await api.submit_render("render_77", SID, {"d": 1}, {})
    assert state.id == "render_77"
    assert (await api.render_state("render_77")).url == f"{API}/render_77.mp4"
    with pytest.raises(NotRecorded):
        await api.submit_render("render_78", SID, {"d": 2}, {})


async def test_files_come_from_the_cassette_and_from_beside_it(play, tmp_path):
    script = (
        Script()
        .media("https://cdn.example/a.mp4?q=0123456789ab", Media(5, 4, "", file="x.media/a.mp4"))
        .media("/api/render/proxy/r1/download", Media(9, 3, "", base64="YWJj"))
        .media("/api/render/proxy/r2/download", Media(9, 3_000_000, ""))
    )
    api = play(script, files={"x.media/a.mp4": b"film"})

    def state(render_id, url=None):
        return type("State", (), {"id": render_id, "url": url})()

    await api.download(state("r0", "https://cdn.example/a.mp4?q=0123456789ab"), tmp_path / "a.mp4")
    assert (tmp_path / "a.mp4").read_bytes() == b"film"
    await api.download(state("r1"), tmp_path / "b.mp4")
    assert (tmp_path / "b.mp4").read_bytes() == b"abc"
    with pytest.raises(NotRecorded, match=r"does not hold this file of 3.0 MB"):
        await api.download(state("r2"), tmp_path / "c.mp4")


async def test_a_file_that_is_gone_from_beside_it_is_told(play, tmp_path):
    def gone(_file):
        raise FileNotFoundError(2, "No such file or directory")

    script = Script().media("/api/render/proxy/r1/download", Media(9, 3, "", file="x.media/a.mp4"))
    api = play(script)
    api._wire._connections.__self__._media = gone
    with pytest.raises(CassetteBroken, match="misses its file"):
        await api.download(type("State", (), {"id": "r1", "url": None})(), tmp_path / "a.mp4")


async def test_another_file_of_the_same_name_is_played_with_a_warning(play, upload_file, caplog):
    part = Part("a.mp4", "video/mp4", 3, "0" * 64)
    answer = {"code": 0, "data": {"files": [{"filename": "a.mp4"}]}}
    script = Script().answers(
        "POST", f"/api/upload-video/nemo_agent/me/{SID}", answer, parts=[part]
    )
    with caplog.at_level(logging.WARNING):
        assert await play(script).upload(SID, [upload_file("a.mp4", b"other")])
    assert "not the one that was recorded" in caplog.text
    with pytest.raises(NotRecorded, match=r"of b\.mp4"):
        await play(script).upload(SID, [upload_file("b.mp4", b"other")])


async def test_pictures_are_known_by_their_query_in_any_order(play):
    path = f"/studio/v1/sessions/{SID}/frame"
    script = Script()
    script.media(f"{path}?width=2&at_ms=1", Media(1, 3, "", base64="YWJj"))
    api = play(script)
    ask = Request(Kind.STUDIO_READ, "GET", f"{path}?at_ms=1&width=2", "x", expect="bytes")
    assert await api.request(ask) == b"abc"
    assert await api.request(ask) == b"abc"


@pytest.mark.parametrize(("speed", "expected"), [(1.0, [10, 20, 30, 90]), (10.0, [1, 2, 3, 9])])
async def test_time_passes_as_it_did_or_faster(play, monkeypatch, speed, expected):
    now, slept = [50.0], []

    async def sleep(seconds):
        slept.append(seconds)
        now[0] += seconds

    monkeypatch.setattr(playing, "sleep", sleep)
    monkeypatch.setattr(playing, "current_time", lambda: now[0])
    await say(play(Script().chat("go", said("a"), said("b")), speed=speed), "go")
    passed = [round(sum(slept[: n + 1]) * 1000) for n in range(len(slept))]
    assert passed == expected


async def test_at_full_speed_nothing_is_waited_for(play, monkeypatch):
    async def sleep(seconds):
        assert seconds == 0

    monkeypatch.setattr(playing, "sleep", sleep)
    path = "/api/credits/balance/simple"
    headers = dict(JSON) | {"retry-after": "30"}
    script = Script().answers("GET", path, {"code": 429}, 429).answers("GET", path, {"data": {}})
    script.calls[0].headers = headers
    await play(script).credits()
