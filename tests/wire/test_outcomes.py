"""Every endpoint, fault and attempt: what reaches the server, how it ends, what is waited.

The server shows a fault to the first one, two or three requests and then answers well. What
must follow is written down here once more, from PROTOCOL.md and not from the retry table.
"""

import asyncio
import contextlib
import socket
import ssl
from dataclasses import dataclass, replace

import httpx
import pytest

from nemo_nb.errors import (
    ApiError,
    BadToken,
    DownloadFailed,
    FileTooLarge,
    NoCredits,
    PlanBlocked,
    ProtocolError,
    RateLimited,
    SessionLost,
    Unreachable,
    UnsupportedFile,
)
from nemo_nb.models import RenderState
from nemo_nb.wire.client import Dropped
from nemo_nb.wire.studio_api import StudioApi

pytestmark = pytest.mark.anyio

TOKEN_CALL = "POST /api/auth/anonymous-token"
CAPABILITIES = "GET /studio/v1/capabilities"
POLL = "GET /api/render/proxy/lambda/r1"
UPLOAD = "POST /api/upload-video/nemo_agent/me/s1"
BALANCE = {"code": 0, "data": {"available": 90, "frozen": 10, "total": 100}}
GRANT = {"code": 0, "data": {"token": "nmv_anon_aaaaaa", "user_id": "anon_1"}}
DRAFT = {"code": 0, "data": {"draft": {"t": []}}}
FILES = {"code": 0, "data": {"files": [{"filename": "a.mp4"}]}}
HELLO = b'data: {"type":"text","content":"ok"}\n\n'
JPEG = b"\xff\xd8\xff\xe0 a picture"


# -- endpoints: how each is called, and what a good answer is -------------------------------


async def chat(api, _tmp, _file):
    async with api.stream("s1", "hi") as events:
        return [event async for event in events]


async def download(api, tmp, _file):
    await api.download(RenderState("r1", "completed", 100.0, None), tmp / "out.mp4")


def studio(deed):
    async def call(api, _tmp, _file):
        return await deed(StudioApi(api))

    return call


@dataclass(frozen=True)
class Endpoint:
    """A call, where it goes, and what kind of call it is.

    ``once``: a second copy would do harm, so what is unclear is looked into. ``submit``: the
    same, but the server can be asked for the job.
    """

    name: str
    route: str
    call: object
    good: object
    kind: str = "repeatable"

    def __str__(self):
        return self.name


def good_bytes(body, media_type):
    async def script(wire):
        await wire.reply(body, Content_Type=media_type)

    return script


async def good_stream(wire):
    await wire.sse(HELLO)


ENDPOINTS = [
    Endpoint("token", TOKEN_CALL, lambda api, _t, _f: api.credits(), GRANT),
    Endpoint(
        "session",
        "POST /api/tasks/me/with-session/nemo_agent",
        lambda api, _t, _f: api.start_session(),
        {"code": 0, "data": {"session_id": "s1"}},
    ),
    Endpoint(
        "claim",
        "POST /api/auth/claim-token",
        lambda api, _t, _f: api.claim_link("s1", "t1"),
        {"code": 0, "data": {"claim_token": "clm_abcdef"}},
    ),
    Endpoint("chat", "POST /run_sse", chat, good_stream, "once"),
    Endpoint("upload", UPLOAD, lambda api, _t, file: api.upload("s1", [file]), FILES, "once"),
    Endpoint(
        "upload by url",
        UPLOAD,
        lambda api, _t, _f: api.upload_urls("s1", ["https://x.example/a.mp4"]),
        FILES,
        "once",
    ),
    Endpoint(
        "credits",
        "GET /api/credits/balance/simple",
        lambda api, _t, _f: api.credits(),
        BALANCE,
    ),
    Endpoint(
        "state",
        "GET /api/state/nemo_agent/me/s1/latest",
        lambda api, _t, _f: api.state("s1"),
        {"code": 0, "data": {"state": {}}},
    ),
    Endpoint(
        "submit",
        "POST /api/render/proxy/lambda",
        lambda api, _t, _f: api.submit_render("r1", "s1", {}, {}),
        {"status": "pending"},
        "submit",
    ),
    Endpoint("poll", POLL, lambda api, _t, _f: api.render_state("r1"), {"status": "pending"}),
    Endpoint(
        "cancel",
        "POST /api/render/proxy/lambda/r1/cancel",
        lambda api, _t, _f: api.cancel_render("r1"),
        {"code": 0},
    ),
    Endpoint(
        "download",
        "GET /api/render/proxy/r1/download",
        download,
        good_bytes(b"a whole video", "video/mp4"),
        "download",
    ),
    Endpoint(
        "undo",
        "POST /studio/v1/sessions/s1/undo",
        studio(lambda api: api.undo("s1")),
        DRAFT,
        "once",
    ),
    Endpoint(
        "redo",
        "POST /studio/v1/sessions/s1/redo",
        studio(lambda api: api.redo("s1")),
        DRAFT,
        "once",
    ),
    Endpoint(
        "fork",
        "POST /studio/v1/sessions/s1/fork",
        studio(lambda api: api.fork("s1")),
        {"code": 0, "data": {"session_id": "s2"}},
        "once",
    ),
    Endpoint(
        "draft",
        "PUT /studio/v1/sessions/s1/draft",
        studio(lambda api: api.put_draft("s1", {})),
        DRAFT,
    ),
    Endpoint(
        "variants",
        "PUT /studio/v1/sessions/s1/variants",
        studio(lambda api: api.put_variants("s1", {})),
        {"code": 0, "data": {}},
    ),
    Endpoint(
        "frame",
        "GET /studio/v1/sessions/s1/frame",
        studio(lambda api: api.frame("s1", 0)),
        good_bytes(JPEG, "image/jpeg"),
    ),
]


# -- faults: what the server does -----------------------------------------------------------


def answering(value, status=200, **headers):
    async def script(wire):
        await wire.reply_json(value, status, **headers)

    return script


def raw(body, status=200, **headers):
    async def script(wire):
        await wire.reply(body, status, **headers)

    return script


async def reset_before_the_answer(wire):
    wire.reset()


async def reset_in_the_body(wire):
    media_type = "text/event-stream" if wire.seen.route == "POST /run_sse" else "application/json"
    if "download" in wire.seen.route:
        media_type = "video/mp4"
    await wire.head(Content_Type=media_type, Content_Length="1000")
    await wire.raw(HELLO)
    wire.reset()


async def no_answer(wire):
    wire.timed_out.set()
    # Until the client hangs up.
    await wire.reader.read()


class Impatient(httpx.AsyncHTTPTransport):
    """Times a request out the moment the server has taken it and will not answer."""

    def __init__(self, timed_out):
        # Nothing here is encrypted, and loading certificates takes longer than a call.
        super().__init__(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        self._timed_out = timed_out

    async def handle_async_request(self, request):
        answer = asyncio.ensure_future(super().handle_async_request(request))
        silence = asyncio.ensure_future(self._timed_out.wait())
        await asyncio.wait((answer, silence), return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            silence.cancel()
            return answer.result()
        answer.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await answer
        self._timed_out.clear()
        raise httpx.ReadTimeout("no answer", request=request)


@dataclass(frozen=True)
class Fault:
    """What the server does, and the error that tells it.

    ``kind``: ``unclear`` (the server may have begun), ``limited``, ``token``, ``refused`` (a
    definite no), ``garbage`` (a success that cannot be read), ``moved``.
    """

    name: str
    kind: str
    script: object
    error: type = ApiError
    own_token: bool = True
    wait_s: float = 30.0

    def __str__(self):
        return self.name


def refused(name, value, status, error):
    return Fault(name, "refused", answering(value, status), error)


FAULTS = [
    Fault("connection refused", "closed", None, Unreachable),
    Fault("reset before the answer", "unclear", reset_before_the_answer, Unreachable),
    Fault("reset in the body", "unclear", reset_in_the_body, Unreachable),
    Fault("timeout", "unclear", no_answer, Unreachable),
    Fault("500", "unclear", answering({"detail": "Internal Server Error"}, 500), ApiError),
    Fault("502 page", "unclear", raw(b"<html>", 502, Content_Type="text/html"), ApiError),
    Fault("429", "limited", answering({}, 429), RateLimited),
    Fault("429 envelope", "limited", answering({"code": 429}), RateLimited),
    Fault(
        "429 Retry-After",
        "limited",
        answering({}, 429, Retry_After="7"),
        RateLimited,
        wait_s=7.0,
    ),
    refused("402", {"code": 402}, 402, PlanBlocked),
    refused("403", {"detail": "scope"}, 403, PlanBlocked),
    refused("404", {"detail": "Not Found"}, 404, ApiError),
    refused("422", {"detail": [{"loc": ["x"], "msg": "field required"}]}, 422, ApiError),
    Fault("1001 own token", "refused", answering({"code": 1001}), BadToken),
    Fault("1001 starter token", "token", answering({"code": 1001}), BadToken, own_token=False),
    Fault("401 starter token", "token", answering({}, 401), BadToken, own_token=False),
    refused("1002", {"code": 1002}, 200, SessionLost),
    refused("ADK's 404", {"detail": "Session not found: s1"}, 404, SessionLost),
    refused("2001", {"code": 2001}, 200, NoCredits),
    refused("4001", {"code": 4001}, 200, UnsupportedFile),
    refused("4002", {"code": 4002}, 200, FileTooLarge),
    refused("unknown code", {"code": 7777}, 200, ApiError),
    Fault("a page", "garbage", raw(b"<html>hello</html>", Content_Type="text/html"), ProtocolError),
    Fault("an empty body", "garbage", raw(b"", Content_Type="application/json"), ProtocolError),
    Fault("a redirect", "refused", raw(b"", 302, Location="https://x.invalid/"), ProtocolError),
]


# -- what must follow -----------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """``error`` is None for a success; ``sent`` counts the requests that reached the server."""

    sent: int
    error: type | None
    waits: tuple[float, ...] = ()


KNOCKS = (0.5, 1.0)


def expected(endpoint, fault, faults):  # noqa: PLR0911 - the table, row by row
    """Return what follows when the first *faults* requests meet *fault*."""
    if (endpoint.name, fault.name) == ("cancel", "an empty body"):
        # Nothing is to be read there.
        return Outcome(1, None)
    once = endpoint.kind in ("once", "submit")
    if fault.kind == "closed":
        resends = 1 if endpoint.name == "chat" else 2
        known = Outcome(1, None, KNOCKS[:faults])
        return known if faults <= resends else Outcome(0, fault.error, KNOCKS[:resends])
    if fault.kind in ("unclear", "garbage") and once:
        # Looked into, not sent again; a submit once more where the server knows no such job.
        sent = 2 if endpoint.kind == "submit" else 1
        return Outcome(sent, None if sent == 2 and faults == 1 else Dropped)
    if fault.kind == "unclear":
        known = Outcome(faults + 1, None, KNOCKS[:faults])
        return known if faults <= len(KNOCKS) else Outcome(3, fault.error, KNOCKS)
    once_more = Outcome(2, None if faults == 1 else fault.error)
    if fault.kind == "limited":
        return replace(once_more, waits=(fault.wait_s,))
    if fault.kind == "token" and endpoint.name != "token":
        return once_more
    return Outcome(1, fault.error)


def applies(endpoint, fault):
    if endpoint.name == "token":
        return fault.name != "1001 own token"
    if endpoint.name == "download":
        # Redirects of files are followed: tests/wire/test_download.py.
        return fault.name != "a redirect"
    return True


CASES = [
    pytest.param(endpoint, fault, id=f"{endpoint} - {fault}")
    for endpoint in ENDPOINTS
    for fault in FAULTS
    if applies(endpoint, fault)
]


@pytest.mark.parametrize(("endpoint", "fault"), CASES)
async def test_the_outcome(peer, connect, tmp_path, upload_file, monkeypatch, endpoint, fault):
    monkeypatch.setenv("NEMO_TOKEN_CACHE", "0")
    for faults in (1, 2, 3):
        await check(peer, connect, tmp_path, upload_file, endpoint, fault, faults)


async def check(peer, connect, tmp_path, upload_file, endpoint, fault, faults):
    timed_out = asyncio.Event()

    def timing(script):
        async def with_clock(wire):
            wire.timed_out = timed_out
            await script(wire)

        return with_clock

    peer.seen.clear()
    peer.on(TOKEN_CALL, GRANT)
    peer.on("GET /api/credits/balance/simple", BALANCE)
    peer.on(CAPABILITIES, {"code": 0, "data": {"studio": "1"}})
    peer.on(POLL, answering({"detail": "no such job"}, 404))
    scripts = [] if fault.script is None else [timing(fault.script)] * faults
    peer.on(endpoint.route, *scripts, endpoint.good)
    async with contextlib.AsyncExitStack() as stack:
        url, door = peer.url, None
        if fault.kind == "closed":
            door = stack.enter_context(closing_door())
            url = f"http://127.0.0.1:{door.getsockname()[1]}"
        own = fault.own_token and endpoint.name != "token"
        client = connect(url, transport=Impatient(timed_out), **({} if own else {"token": None}))
        if door is not None:
            open_after(door, peer, client, faults, stack)
        error = None
        try:
            await endpoint.call(client.api, tmp_path, upload_file("a.mp4", b"12"))
        except Exception as caught:  # noqa: BLE001 - its class is what is asked about
            error = caught
        await client.api.aclose()
    outcome = expected(endpoint, fault, faults)
    if outcome.error is not None and endpoint.kind == "download":
        assert type(error) is DownloadFailed
        error = error.__cause__
    assert type(error) is (outcome.error or type(None)), error
    assert len(peer.requests(endpoint.route)) == outcome.sent
    assert tuple(client.waits) == outcome.waits
    (tmp_path / "out.mp4").unlink(missing_ok=True)


@contextlib.contextmanager
def closing_door():
    """A port of our own at which nobody listens yet."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        yield door


def open_after(door, peer, client, faults, stack):
    """Have the server listen at *door* once the client has knocked *faults* times in vain."""
    sleep = client.api._wire.sleep

    async def waiting(seconds):
        await sleep(seconds)
        if len(client.waits) == faults:
            server = await asyncio.start_server(peer.handle, sock=door.dup())
            stack.callback(server.close)

    client.api._wire.sleep = waiting
