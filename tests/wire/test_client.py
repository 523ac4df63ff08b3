import json

import pytest

from nemo_nb.errors import (
    ApiError,
    BadToken,
    FileTooLarge,
    NoCredits,
    PlanBlocked,
    ProtocolError,
    RateLimited,
    SessionLost,
    Unreachable,
    UnsupportedFile,
)
from nemo_nb.models import Credits
from nemo_nb.skills import skill_named
from nemo_nb.wire.client import Dropped
from nemo_nb.wire.events import TextFinal

pytestmark = pytest.mark.anyio

SESSION = "POST /api/tasks/me/with-session/nemo_agent"
CREDITS = "GET /api/credits/balance/simple"
STATE = "GET /api/state/nemo_agent/me/s1/latest"
SUBMIT = "POST /api/render/proxy/lambda"
POLL = "GET /api/render/proxy/lambda/r1"
TOKEN_CALL = "POST /api/auth/anonymous-token"
CHAT = "POST /run_sse"

BALANCE = {"code": 0, "data": {"available": 90, "frozen": 10, "total": 100}}


def answering(value, status=200, **headers):
    async def script(wire):
        await wire.reply_json(value, status, **headers)

    return script


def page(status, body=b"<html>Bad gateway</html>"):
    async def script(wire):
        await wire.reply(body, status, Content_Type="text/html")

    return script


async def resetting(wire):
    wire.reset()


async def half_an_answer(wire):
    await wire.head(Content_Type="application/json", Content_Length="1000")
    await wire.raw(b'{"code": 0, "da')


def streaming(*chunks):
    async def script(wire):
        await wire.sse(*chunks)

    return script


async def said(client, text="hi"):
    async with client.api.stream("s1", text) as events:
        return [event async for event in events]


async def test_every_request_carries_token_and_attribution(peer, connect):
    client = connect(peer.url)
    peer.on(SESSION, {"code": 0, "data": {"session_id": "s1", "task_id": "t1"}})
    peer.on(CREDITS, BALANCE)
    peer.on(STATE, {"code": 0, "data": {"state": {"draft": {"t": []}}}})
    peer.on(SUBMIT, {"code": 0, "data": {}})
    peer.on(POLL, {"status": "processing", "progress": 40})
    peer.on(CHAT, streaming(b'data: {"type":"text","content":"hi"}\n\n'))
    session = await client.api.start_session("zh")
    await client.api.credits()
    await client.api.state("s1")
    await client.api.submit_render("r1", "s1", {}, {"format": "mp4"})
    await client.api.render_state("r1")
    await said(client)
    assert (session.session_id, session.task_id) == ("s1", "t1")
    assert len(peer.seen) == 6
    for seen in peer.seen:
        assert seen.headers["authorization"] == "Bearer nmv_usr_test_0123456789"
        assert seen.headers["x-skill-source"] == "caption-ab"
        assert seen.headers["x-skill-version"] == "1.0.0"
        assert seen.headers["x-skill-platform"] == "unit"
        assert "nmv_" not in seen.path
    assert peer.requests(SESSION)[0].json == {"task_name": "project", "language": "zh"}
    assert peer.requests(SUBMIT)[0].json["sessionId"] == "s1"
    chat = peer.requests(CHAT)[0]
    assert chat.headers["accept"] == "text/event-stream"
    assert chat.json == {
        "app_name": "nemo_agent",
        "user_id": "me",
        "session_id": "s1",
        "new_message": {"parts": [{"text": "hi"}]},
    }


async def test_a_call_in_the_name_of_another_skill(peer, connect):
    client = connect(peer.url)
    peer.on(CREDITS, BALANCE)
    await client.api.with_skill(skill_named("free-image-editing")).credits()
    await client.api.credits()
    sources = [seen.headers["x-skill-source"] for seen in peer.seen]
    assert sources == ["free-image-editing", "caption-ab"]


async def test_the_older_session_answer(peer, connect):
    client = connect(peer.url)
    peer.on(SESSION, {"session_id": "s9"})
    assert (await client.api.start_session()).session_id == "s9"


async def test_an_answer_without_a_session_is_told(peer, connect):
    client = connect(peer.url)
    peer.on(SESSION, {"code": 0, "data": {}})
    with pytest.raises(ProtocolError, match="names no session"):
        await client.api.start_session()


async def test_credits(peer, connect):
    client = connect(peer.url)
    peer.on(CREDITS, BALANCE)
    assert await client.api.credits() == Credits(90, 10, 100)


@pytest.mark.parametrize(
    "body",
    [
        {"code": 0, "data": {"state": {"draft": {"t": [1]}, "new": 1}}},
        {"state": {"draft": {"t": [1]}, "new": 1}},
        {"draft": {"t": [1]}, "new": 1},
        {"code": 0, "data": {"state": json.dumps({"draft": '{"t": [1]}', "new": 1})}},
    ],
)
async def test_the_state_in_any_shape(peer, connect, body):
    client = connect(peer.url)
    peer.on(STATE, body)
    state = await client.api.state("s1")
    assert state["draft"] == {"t": [1]}
    assert state["new"] == 1


async def test_ids_are_quoted_in_paths(peer, connect):
    client = connect(peer.url)
    peer.on("GET /api/state/nemo_agent/me/..%2Fx%3Fy/latest", {"state": {}})
    assert await client.api.state("../x?y") == {"draft": {}}


# -- what may be tried again -----------------------------------------------------------


@pytest.mark.parametrize("fault", [resetting, half_an_answer, page(502), answering({}, 503)])
async def test_a_read_is_repeated_after_a_fault_in_transit(peer, connect, fault):
    client = connect(peer.url)
    peer.on(CREDITS, fault, fault, BALANCE)
    assert (await client.api.credits()).total == 100
    assert len(peer.seen) == 3
    assert client.waits == [0.5, 1.0]


async def test_a_read_gives_up_after_three_tries(peer, connect):
    client = connect(peer.url)
    peer.on(CREDITS, page(502))
    with pytest.raises(ApiError, match="HTTP 502") as caught:
        await client.api.credits()
    assert caught.value.status == 502
    assert len(peer.seen) == 3


async def cut_stream(wire):
    await wire.head(Content_Type="text/event-stream", Transfer_Encoding="chunked")
    data = b'data: {"content":{"parts":[{"text":"Hel"}]},"partial":true}\n\n'
    await wire.raw(b"%x\r\n%s\r\n" % (len(data), data))
    wire.reset()


@pytest.mark.parametrize(
    "fault", [resetting, half_an_answer, page(502), page(200), answering({}, 500), cut_stream]
)
async def test_a_message_that_may_have_arrived_is_never_sent_again(peer, connect, fault):
    client = connect(peer.url)
    peer.on(CHAT, fault)
    with pytest.raises(Dropped):
        await said(client)
    assert len(peer.seen) == 1
    assert client.waits == []


async def test_what_came_before_a_cut_is_given(peer, connect):
    client = connect(peer.url)

    async def cut_later(wire):
        await wire.head(Content_Type="text/event-stream", Content_Length="5000")
        await wire.raw(b'data: {"content":{"parts":[{"text":"Hel"}]},"author":"a"}\n\ndata: {"co')

    peer.on(CHAT, cut_later)
    got = []

    async def read():
        async with client.api.stream("s1", "hi") as events:
            async for event in events:
                got.append(event)  # noqa: PERF401 - kept although the loop ends in an error

    with pytest.raises(Dropped, match="middle of the answer"):
        await read()
    assert got == [TextFinal("Hel", "a")]


@pytest.mark.parametrize(
    ("refusal", "wait"),
    [
        (answering({"code": 429}, 429), 30.0),
        (answering({"code": 429}), 30.0),
        (answering({}, 429, Retry_After="7"), 7.0),
    ],
)
async def test_a_message_refused_by_rate_limit_is_sent_once_more(peer, connect, refusal, wait):
    client = connect(peer.url)
    peer.on(CHAT, refusal, streaming(b'data: {"type":"text","content":"ok"}\n\n'))
    assert [event.text for event in await said(client)] == ["ok"]
    assert client.waits == [wait]


async def test_a_second_rate_limit_is_told(peer, connect):
    client = connect(peer.url)
    peer.on(CHAT, answering({"code": 429, "message": "slow down"}, 429))
    with pytest.raises(RateLimited, match="slow down"):
        await said(client)
    assert len(peer.seen) == 2


async def test_a_connection_that_never_opened_may_be_tried_again(connect):
    client = connect("http://127.0.0.1:9")  # the discard port: nothing listens there
    with pytest.raises(Unreachable) as caught:
        await said(client)
    assert not isinstance(caught.value, Dropped)
    assert client.waits == [0.5]


async def test_a_lost_submit_asks_for_the_same_id_first(peer, connect):
    client = connect(peer.url)
    peer.on(SUBMIT, resetting)
    peer.on(POLL, {"status": "processing", "progress": 10})
    assert (await client.api.submit_render("r1", "s1", {}, {})).status == "processing"
    assert [seen.route for seen in peer.seen] == [SUBMIT, POLL]


async def test_a_lost_submit_that_never_arrived_is_sent_again_under_its_id(peer, connect):
    client = connect(peer.url)
    peer.on(SUBMIT, resetting, {"success": True, "data": {"status": "pending"}})
    peer.on(POLL, answering({"code": 404, "message": "no such render"}, 404))
    assert (await client.api.submit_render("r1", "s1", {}, {})).status == "pending"
    assert [seen.json["id"] for seen in peer.requests(SUBMIT)] == ["r1", "r1"]


# -- refusals ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (answering({"code": 1001}), BadToken, "NEMO_TOKEN"),
        (answering({"detail": "nope"}, 401), BadToken, "nope"),
        (answering({"code": 1002}, 404), SessionLost, "timeline is gone"),
        (answering({"detail": "Session not found: s1"}, 404), SessionLost, "timeline is gone"),
        (answering({"code": 2001}), NoCredits, "Top up credits"),
        (answering({"code": 402}, 402), PlanBlocked, "Register or upgrade your plan"),
        (answering({"detail": "scope"}, 403), PlanBlocked, "Register or upgrade your plan"),
        (answering({"detail": [{"loc": ["x"], "msg": "field required"}]}, 422), ApiError, "field"),
        (answering({"code": 7777, "message": "odd"}), ApiError, "odd"),
        (answering({"success": False, "message": "no"}), ApiError, "no"),
        (page(404), ApiError, "404"),
        (answering({}, 302, Location="https://elsewhere.example/"), ProtocolError, "never sent on"),
    ],
)
async def test_a_refusal_is_told_and_not_repeated(peer, connect, answer, error, words):
    client = connect(peer.url)
    peer.on(STATE, answer)
    with pytest.raises(error, match=words) as caught:
        await client.api.state("s1")
    assert type(caught.value) is error
    assert caught.value.endpoint == "GET /api/state/nemo_agent/me/{}/latest"
    assert len(peer.seen) == 1


async def test_a_page_instead_of_an_answer_is_a_protocol_error(peer, connect):
    client = connect(peer.url)
    peer.on(CREDITS, page(200))
    with pytest.raises(ProtocolError, match="not one of the Nemo API"):
        await client.api.credits()


async def test_an_echoed_token_stays_out_of_the_error(peer, connect):
    client = connect(peer.url)
    peer.on(CREDITS, answering({"code": 7, "message": "bad Bearer nmv_usr_test_0123456789"}))
    with pytest.raises(ApiError) as caught:
        await client.api.credits()
    assert "nmv_usr_test" not in f"{caught.value} {caught.value!r} {vars(caught.value)}"


async def test_upload_refusals_speak_of_formats_and_limits(peer, connect, upload_file):
    client = connect(peer.url)
    route = "POST /api/upload-video/nemo_agent/me/s1"
    peer.on(route, {"code": 4001}, {"code": 4002})
    with pytest.raises(UnsupportedFile, match="mp4 mov avi"):
        await client.api.upload("s1", [upload_file("a.mp4", b"12")])
    with pytest.raises(FileTooLarge, match=r"a.mp4 has 0.0 MB.*500 MB"):
        await client.api.upload("s1", [upload_file("a.mp4", b"12")])


# -- anonymous tokens ---------------------------------------------------------------------


def grant(name, user="anon_1"):
    return {"code": 0, "data": {"token": name, "user_id": user, "expires_at": 4102444800}}


async def test_an_anonymous_token_is_fetched_with_a_client_id(peer, connect, isolated_home):
    client = connect(peer.url, token=None)
    peer.on(TOKEN_CALL, grant("nmv_anon_aaaaaa"))
    peer.on(CREDITS, BALANCE)
    await client.api.credits()
    asked, used = peer.seen
    client_id = (isolated_home / ".config" / "nemovideo" / "client_id").read_text()
    assert asked.headers["x-client-id"] == client_id
    assert "authorization" not in asked.headers
    assert asked.headers["x-skill-source"] == "caption-ab"
    assert used.headers["authorization"] == "Bearer nmv_anon_aaaaaa"
    assert client.api.user_id == "anon_1"


async def test_a_refused_anonymous_token_is_renewed_once(peer, connect):
    client = connect(peer.url, token=None)
    peer.on(TOKEN_CALL, grant("nmv_anon_aaaaaa"), grant("nmv_anon_bbbbbb"))
    peer.on(CHAT, {"code": 1001}, streaming(b'data: {"type":"text","content":"ok"}\n\n'))
    await said(client)
    tokens = [seen.headers["authorization"] for seen in peer.requests(CHAT)]
    assert tokens == ["Bearer nmv_anon_aaaaaa", "Bearer nmv_anon_bbbbbb"]


async def test_an_anonymous_token_refused_twice_is_told(peer, connect):
    client = connect(peer.url, token=None)
    peer.on(TOKEN_CALL, grant("nmv_anon_aaaaaa"), grant("nmv_anon_bbbbbb"))
    peer.on(CREDITS, {"code": 1001})
    with pytest.raises(BadToken, match="starter token"):
        await client.api.credits()
    assert len(peer.requests(CREDITS)) == 2


async def test_no_credits_gives_an_anonymous_user_the_registration_link(peer, connect):
    client = connect(peer.url, token=None)
    peer.on(TOKEN_CALL, grant("nmv_anon_aaaaaa", "anon_42"))
    peer.on(CHAT, {"code": 2001, "message": "no credits"})
    with pytest.raises(NoCredits, match=r"https://nemovideo.com/register\?bind=anon_42"):
        await said(client)


async def test_a_client_id_the_server_does_not_take_is_made_anew(peer, connect):
    client = connect(peer.url, token=None)
    peer.on(TOKEN_CALL, answering({"code": 400}, 400), grant("nmv_anon_aaaaaa"))
    peer.on(CREDITS, BALANCE)
    await client.api.credits()
    first, second = peer.requests(TOKEN_CALL)
    assert first.headers["x-client-id"] != second.headers["x-client-id"]


async def test_the_claim_link(peer, connect):
    client = connect(peer.url)
    peer.on("POST /api/auth/claim-token", {"code": 0, "data": {"claim_token": "clm_abc def"}})
    link = await client.api.claim_link("s1", "t1")
    assert link == "https://nemovideo.com/workspace/claim?ct=clm_abc%20def"
