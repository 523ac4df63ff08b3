"""Whatever a server sends, in whatever pieces: a reply, or an error of this package."""

import asyncio
import contextlib
import io
import itertools
import json

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from nemo_nb.backend import Backend
from nemo_nb.errors import NemoError
from nemo_nb.ledger import Ledger
from nemo_nb.notebook.display import reply_markdown
from nemo_nb.redact import Secret
from nemo_nb.session import AsyncSession
from nemo_nb.settings import load
from nemo_nb.skills import skill_named
from nemo_nb.wire.client import ApiClient, UploadFile

FEW = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
KNOBS = {"poll_s": 0.001, "reconcile_s": 0.0, "retry_wait_s": 0.0, "render_timeout_s": 0.01}
URL = "http://127.0.0.1:9"


def png():
    target = io.BytesIO()
    Image.new("RGB", (6, 4)).save(target, "PNG")
    return target.getvalue()


PNG = png()

# -- what a server may send -----------------------------------------------------------------

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


def objects(keys, depth=3):
    """JSON in which the known *keys* stand, with anything under them."""
    known = st.sampled_from(list(itertools.chain(*keys)))
    made = json_values
    for _ in range(depth):
        made = st.dictionaries(known, made, max_size=5) | st.lists(made, max_size=3) | json_values
    return made


EVENT_KEYS = (
    ("type", "content", "parts", "text", "partial", "author", "thought", "functionCall"),
    ("functionResponse", "name", "args", "id", "error", "errorCode", "errorMessage", "code"),
    ("message", "actions", "stateDelta", "suggestions", "response", "result", "turnComplete"),
)
STATE_KEYS = (
    ("data", "state", "draft", "t", "tt", "sg", "d", "m", "s", "id", "text", "title", "src"),
    ("volume", "speed", "style", "role", "in", "width", "height", "fps", "video_infos"),
    ("canvas_config", "variants", "name", "filename", "file_type", "duration", "user_id"),
)
ANSWER_KEYS = (
    ("code", "success", "data", "status", "progress", "output", "url", "outputUrl", "error"),
    ("message", "available", "frozen", "total", "session_id", "files", "filename", "detail"),
    ("id", "claim_token", "token"),
)

said = st.builds(
    lambda text, partial: {
        "author": "agent",
        "partial": partial,
        "content": {"parts": [{"text": text}]},
    },
    st.text(max_size=30),
    st.booleans(),
)
frames = st.one_of(
    said.map(lambda event: f"data: {json.dumps(event)}\n\n".encode()),
    objects(EVENT_KEYS).map(lambda event: f"data: {json.dumps(event)}\n\n".encode()),
    st.text(max_size=40).map(lambda text: f"data: {text}\n\n".encode()),
    st.sampled_from([b": ping\n\n", b"event: heartbeat\n\n", b"\r", b"\n", b"\xef\xbb\xbf"]),
    st.binary(max_size=30),
)
streams = st.lists(frames, max_size=8).map(b"".join)
cuts = st.lists(st.integers(0, 400), max_size=6)
bodies = st.one_of(
    objects(ANSWER_KEYS).map(lambda value: json.dumps(value).encode()),
    st.binary(max_size=60),
    st.just(b'{"code": 0, "data": ' + b"[" * 3000),
)
statuses = st.sampled_from([200, 200, 200, 201, 204, 302, 400, 401, 404, 418, 422, 429, 500])


# -- a session on it ------------------------------------------------------------------------


class Pieces(httpx.AsyncByteStream):
    """A body in pieces, and then perhaps a broken connection."""

    def __init__(self, body, places, *, breaks=False):
        ends = sorted({0, len(body), *(place for place in places if place < len(body))})
        self._pieces = [body[a:b] for a, b in itertools.pairwise(ends)]
        self._breaks = breaks

    async def __aiter__(self):
        for piece in self._pieces:
            yield piece
        if self._breaks:
            raise httpx.ReadError("the network broke")


class Scripted(Backend):
    """A backend whose answers come from *answer*, without a network."""

    def client(self, skill):
        return ApiClient(
            self.settings,
            base_url=self.base_url,
            skill=skill,
            token=self.token,
            transport=httpx.MockTransport(ANSWER[0]),
            sleep=no_wait,
        )


ANSWER = [None]


async def no_wait(_seconds):
    await asyncio.sleep(0)


def usual(request):
    """Answer what the test is not about."""
    path = request.url.path
    if path.startswith("/studio/"):
        return httpx.Response(404, json={"detail": "Not Found"})
    if path.endswith("with-session/nemo_agent"):
        return httpx.Response(200, json={"code": 0, "data": {"session_id": "s1"}})
    if path.endswith("/latest"):
        return httpx.Response(200, json={"code": 0, "data": {"state": {"draft": {}}}})
    if "/upload-video/" in path:
        return httpx.Response(200, json={"code": 0, "data": {"files": [{"filename": "a.png"}]}})
    return None


def run(work, answer):
    """Run *work* on a session that *answer* speaks to; only a `NemoError` may come out."""
    ANSWER[0] = lambda request: answer(request) or usual(request) or httpx.Response(404)
    chosen = load(URL, token="nmv_usr_garbage", env={}, **KNOBS)
    backend = Scripted(chosen, URL, Secret("nmv_usr_garbage"), Ledger())

    async def main():
        session = AsyncSession(backend, skill=skill_named("caption-ab"))
        try:
            return await work(session)
        except NemoError as error:
            return error
        finally:
            await session.close()

    return asyncio.run(main())


@FEW
@given(streams, cuts, st.booleans())
def test_any_stream_in_any_pieces(body, places, breaks):
    def answer(request):
        if request.url.path == "/run_sse":
            headers = {"content-type": "text/event-stream"}
            return httpx.Response(200, headers=headers, stream=Pieces(body, places, breaks=breaks))
        return None

    async def talk(session):
        reply = await session.chat("make it brighter")
        assert reply_markdown(reply) is not None
        return reply

    first = run(talk, answer)
    assert first.reply is not None if isinstance(first, NemoError) else first.text
    places = range(len(body))
    again = run(talk, answer)
    # The same bytes mean the same, one by one as well.
    assert type(again) is type(first)
    one, other = (it.reply if isinstance(it, NemoError) else it for it in (first, again))
    assert one.text == other.text


@FEW
@given(objects(STATE_KEYS, depth=5), objects(STATE_KEYS, depth=5))
def test_any_state(before, after):
    states = itertools.chain([before], itertools.repeat(after))

    def answer(request):
        if request.url.path == "/run_sse":
            return httpx.Response(200, headers={"content-type": "text/event-stream"})
        if request.url.path.endswith("/latest"):
            return httpx.Response(200, content=json.dumps(next(states)))
        return None

    async def look(session):
        await session.upload(("a.png", PNG))
        timeline = await session.timeline()
        assert timeline.summary().startswith("Timeline (")
        for frame in (timeline.tracks, timeline.segments, timeline.captions, timeline.media):
            assert len(frame.columns)
        assert isinstance(session.variants, dict)
        assert timeline.to_srt() is not None
        return await session.chat("make it brighter")

    run(look, answer)


@FEW
@given(bodies, statuses)
def test_any_answer_of_any_endpoint(body, status):
    headers = {"content-type": "application/json"}

    def answer(_request):
        return httpx.Response(status, content=body, headers=headers)

    async def use(session):
        client = session._project.client
        file = UploadFile("a.png", "image/png", len(PNG), lambda: io.BytesIO(PNG))
        for call in (
            session.credits,
            session.timeline,
            session.link,
            session.is_studio,
            lambda: client.start_session("en"),
            lambda: client.upload("s1", [file]),
            lambda: client.upload_urls("s1", ["https://x.example/a.mp4"]),
            lambda: client.submit_render("r1", "s1", {}, {}),
            lambda: client.render_state("r1"),
            lambda: client.cancel_render("r1"),
            lambda: client.claim_link("s1", "t1"),
            lambda: session.chat("make it brighter"),
        ):
            with contextlib.suppress(NemoError):
                await call()

    run(use, answer)


@settings(FEW, max_examples=20)
@given(st.lists(objects(ANSWER_KEYS), min_size=1, max_size=4))
def test_any_life_of_a_render(tmp_path_factory, answers):
    folder = tmp_path_factory.mktemp("out")
    told = itertools.chain(answers, itertools.repeat(answers[-1]))
    draft = {"d": 3000, "t": [{"tt": 0, "sg": [{"d": 3000, "m": {"src": "a.png"}}]}]}

    def answer(request):
        if "/render/" in request.url.path:
            return httpx.Response(200, content=json.dumps(next(told)))
        if request.url.path.endswith("/latest"):
            return httpx.Response(200, json={"data": {"state": {"draft": draft}}})
        return None

    async def export(session):
        await session.upload(("a.png", PNG))
        return await session.export(folder / "out.mp4")

    assert isinstance(run(export, answer), NemoError)
    # Nothing half done is left behind.
    assert list(folder.iterdir()) == []
