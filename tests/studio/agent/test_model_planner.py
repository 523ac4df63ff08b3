import asyncio
import json

import anyio
import pytest
from starlette.responses import JSONResponse, Response

from nemo_nb.redact import Secret
from nemo_nb.studio.agent.model_planner import ModelPlanner
from nemo_nb.studio.agent.turn import NoReading
from nemo_nb.studio.planner_choice import chosen
from plannerkit import ModelServer, completion, endless, redirect, running

KEY = "sk-planner-0123456789"
SCHEMA = {"type": "object", "properties": {"intents": {"type": "array"}}}


@pytest.fixture
def server():
    yield from running(ModelServer())


@pytest.fixture
def planner(server):
    environ = {"NEMO_PLANNER_KEY": KEY}
    return ModelPlanner(chosen(environ, server.url, "tiny:1b"), total_s=20)


def ask(planner):
    return anyio.run(planner.ask, "the system", "the user", SCHEMA)


def formats(server):
    return [body.get("response_format", {}).get("type") for body in server.bodies]


def test_it_is_asked_for_json_of_the_schema(server, planner):
    server.says({"intent": "trim"})
    assert json.loads(ask(planner)) == {"intents": [{"intent": "trim"}]}
    (body,) = server.bodies
    assert body["model"] == "tiny:1b"
    assert [m["content"] for m in body["messages"]] == ["the system", "the user"]
    assert body["response_format"]["json_schema"]["schema"] == SCHEMA
    assert (body["temperature"], body["stream"]) == (0, False)
    assert server.keys == [f"Bearer {KEY}"]


def test_without_a_key_none_is_sent(server):
    server.says()
    ask(ModelPlanner(chosen({}, server.url, "tiny:1b")))
    assert server.keys == [None]


@pytest.mark.parametrize("status", [400, 422, 500, 501])
def test_a_server_without_schemas_is_asked_for_an_object_and_that_is_kept(server, planner, status):
    server.formats, server.refusal = {"json_object"}, status
    for _ in range(2):
        server.says()
        assert json.loads(ask(planner)) == {"intents": []}
    assert formats(server) == ["json_schema", "json_object", "json_object"]


def test_a_server_that_knows_no_formats_is_asked_in_words(server, planner):
    server.formats = {None}
    server.says()
    ask(planner)
    assert formats(server) == ["json_schema", "json_object", None]


def test_a_server_that_refuses_everything_is_asked_anew_next_time(server, planner):
    server.formats = set()
    with pytest.raises(NoReading, match="HTTP 400: response_format None is not supported"):
        ask(planner)
    server.formats = None
    server.says()
    ask(planner)
    assert formats(server)[-1] == "json_schema"


BROKEN = [
    (Response("<html>", media_type="text/html"), "no text"),
    (Response(b"\xff\xfe"), "no text"),
    (JSONResponse([]), "no text"),
    (JSONResponse({"choices": []}), "no text"),
    (JSONResponse({"choices": "none"}), "no text"),
    (JSONResponse({"choices": [{"message": "hi"}]}), "no text"),
    (JSONResponse(completion(None)), "no text"),
    (JSONResponse(completion("  ")), "no text"),
    (JSONResponse(completion([{"type": "text", "text": "{}"}])), "no text"),
    (JSONResponse(completion('{"intents": [', finish_reason="length")), "cut off"),
    (JSONResponse({"error": {"message": "model 'tiny' not found"}}, 404), "404: model 'tiny' not"),
    (JSONResponse({"error": "no\nsuch  model"}, 404), "404: no such model"),
    (JSONResponse({"error": {"message": f"bad key {KEY}"}}, 401), r"401: bad key \*\*\*"),
    (Response("busy", 503), "HTTP 503"),
]


@pytest.mark.parametrize(("answer", "why"), BROKEN)
def test_a_broken_answer_is_no_reading(server, planner, answer, why):
    server.answers.append(answer)
    with pytest.raises(NoReading, match=why):
        ask(planner)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_so_the_key_stays(server, planner, status):
    server.answers.append(redirect(status))
    with pytest.raises(NoReading, match=f"HTTP {status}"):
        ask(planner)
    assert server.keys == [f"Bearer {KEY}"]


def test_an_endless_answer_is_cut_off(server, planner):
    server.answers.append(endless())
    with pytest.raises(NoReading, match="too long"):
        ask(planner)


def test_a_server_that_is_not_there(unused_port):
    choice = chosen({"NEMO_PLANNER_KEY": KEY}, f"http://127.0.0.1:{unused_port}", "tiny")
    with pytest.raises(NoReading, match=r"127\.0\.0\.1:\d+ cannot be reached: ConnectError"):
        ask(ModelPlanner(choice))


def test_a_model_that_takes_too_long_is_hung_up_on(server):
    server.hangs = True
    planner = ModelPlanner(chosen({}, server.url, "tiny"), total_s=0.5)
    with pytest.raises(NoReading, match=r"no answer within 0\.5 s"):
        ask(planner)
    assert server.left.wait(10)


def test_cancelling_hangs_up(server, planner):
    server.hangs = True

    async def stopped():
        task = asyncio.ensure_future(planner.ask("s", "u", SCHEMA))
        await asyncio.to_thread(server.asked.wait, 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(stopped())
    assert server.left.wait(10)


def test_a_proxy_of_the_environment_is_not_used_for_this_machine(server, planner, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    server.says()
    assert ask(planner)


def test_the_key_shows_nowhere():
    choice = chosen({"NEMO_PLANNER_KEY": KEY}, "http://127.0.0.1:1", "tiny")
    assert choice.key == Secret(KEY)
    assert KEY not in repr(choice) + repr(ModelPlanner(choice)) + str(vars(ModelPlanner(choice)))
