import json
import threading

import httpx
import pytest

from nemo_nb.errors import EditRefused, NoCredits
from nemo_nb.studio.accounts import OWNER
from nemo_nb.studio.edits_text import add_text
from nemo_nb.studio.projects import Change
from studiokit import Person, SmallAgent, events, message, until


def parts(stream, key):
    return [
        part[key]
        for event in stream
        for part in event.get("content", {}).get("parts", [])
        if key in part and not part.get("thought")
    ]


def titles(state):
    tracks = [track for track in state["draft"].get("t", []) if track["tt"] == 7]
    return [segment["m"]["text"] for track in tracks for segment in track["sg"]]


def test_a_turn_streams_tools_deltas_and_one_final_text(owner, filled):
    stream = owner.say(filled, "title A long enough title for several deltas")
    (call,), (response,) = parts(stream, "functionCall"), parts(stream, "functionResponse")
    assert (call["name"], response["id"]) == ("add_title", call["id"])
    assert response["response"] == {"ok": True}
    deltas = [event for event in stream if event.get("partial")]
    final = stream[-1]
    whole = "Added the title “A long enough title for several deltas”."
    assert len(deltas) > 1
    assert "".join(parts(deltas, "text")) == whole
    assert parts([final], "text") == [whole]
    assert (final["partial"], final["turnComplete"]) == (False, True)
    assert len({event["invocationId"] for event in stream}) == 1
    assert titles(owner.state(filled)) == ["A long enough title for several deltas"]


def test_the_edit_and_its_undo_step_are_stored_before_the_final_event(owner, filled):
    seen = {}
    with owner.stream("POST", "/run_sse", json=message(filled, "title Stored")) as answer:
        for line in answer.iter_lines():
            if '"turnComplete":true' in line:
                seen = owner.state(filled)
    assert titles(seen) == ["Stored"]
    assert seen["undo"] == 2


def test_the_agent_gets_the_draft_the_media_the_language_and_the_last_messages(owner, agent, photo):
    sid = owner.session(language="zh-CN")
    owner.upload(sid, ("cat.jpg", photo), ("a.srt", b"1\n00:00:00,100 --> 00:00:00,900\nhi\n"))
    owner.say(sid, "first words")
    owner.say(sid, "second words")
    project = agent.projects[-1]
    assert project.draft == owner.state(sid)["draft"]
    assert [info.name for info in project.media] == ["cat.jpg"]
    assert (project.language, project.recent) == ("zh", ("first words",))


def test_undo_and_redo_by_chat_step_through_the_stacks(owner, filled):
    owner.say(filled, "title One")
    owner.say(filled, "undo")
    state = owner.state(filled)
    assert (titles(state), state["undo"], state["redo"]) == ([], 1, 1)
    owner.say(filled, "redo")
    state = owner.state(filled)
    assert (titles(state), state["undo"], state["redo"]) == (["One"], 2, 0)


@pytest.mark.parametrize(("language", "words"), [("en", "nothing to undo"), ("zh", "没有可以撤销")])
def test_an_undo_with_nothing_to_undo_says_so(owner, language, words):
    final = owner.say(owner.session(language), "undo")[-1]
    assert words in final["content"]["parts"][0]["text"]
    assert "errorCode" not in final


def test_variants_analyses_and_suggestions_reach_the_state_and_the_stream(owner, filled, photo):
    final = owner.say(filled, "variants")[-1]
    assert final["actions"]["stateDelta"] == {"suggestions": ["compare them"]}
    owner.say(filled, "describe cat.jpg")
    owner.say(filled, "describe nothing.jpg")
    state = owner.state(filled)
    assert [variant["name"] for variant in state["variants"]] == ["A", "B"]
    assert state["variants"][0]["draft"] == state["draft"]
    captions = {entry["filename"]: entry["caption"] for entry in state["video_analyses"]}
    assert captions == {"cat.jpg": f"{len(photo)} bytes", "nothing.jpg": "None"}


def test_an_edit_that_is_refused_is_an_answer_not_an_error(owner, agent, filled):
    agent.failures["trim"] = EditRefused("The clip lasts 12 s.", fix="Trim less.")
    stream = owner.say(filled, "trim")
    assert parts([stream[-1]], "text") == ["The clip lasts 12 s. Trim less."]
    assert owner.state(filled)["undo"] == 1


@pytest.mark.parametrize(
    ("error", "code"), [(NoCredits("No credits are left."), "2001"), (ValueError("x"), "INTERNAL")]
)
def test_a_failure_inside_the_stream_is_an_error_event(owner, agent, filled, error, code):
    agent.failures["boom"] = error
    stream = owner.say(filled, "boom")
    assert stream[-1]["errorCode"] == code
    assert stream[-1]["errorMessage"]
    assert not parts(stream, "text")


@pytest.mark.parametrize(("word", "said"), [("wait", "Reading"), ("wait 你好", "正在读")])
def test_the_first_event_comes_before_the_work_begins(owner, agent, filled, word, said):
    with owner.stream("POST", "/run_sse", json=message(filled, word)) as answer:
        lines = answer.iter_lines()
        first = json.loads(next(lines).removeprefix("data: "))
        agent.release.set()
        assert any('"turnComplete":true' in line for line in lines)
    (part,) = first["content"]["parts"]
    assert part["thought"] is True
    assert part["text"].startswith(said)


def test_heartbeats_go_out_while_the_agent_works(owner, agent, filled):
    beats = 0
    with owner.stream("POST", "/run_sse", json=message(filled, "wait")) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        for line in answer.iter_lines():
            beats += line == "event: heartbeat"
            if beats == 2:
                agent.release.set()
    assert beats >= 2
    assert titles(owner.state(filled)) == ["late"]


def test_hanging_up_aborts_the_run(owner, agent, filled, studio):
    with owner.stream("POST", "/run_sse", json=message(filled, "wait")):
        assert agent.asked.wait(20)
    until(lambda: not studio.core.lock(filled).locked())
    agent.release.set()
    assert owner.say(filled, "title After")[-1]["turnComplete"]
    assert titles(owner.state(filled)) == ["After"]


def test_a_second_turn_of_a_session_waits_for_the_first(owner, agent, filled):
    streams = []
    first = threading.Thread(target=lambda: streams.append(owner.say(filled, "wait")))
    first.start()
    assert agent.asked.wait(20)
    with owner.stream("POST", "/run_sse", json=message(filled, "undo")) as answer:
        lines = answer.iter_lines()
        until(lambda: next(lines) == "event: heartbeat")
        assert not streams
        agent.release.set()
        list(lines)
    first.join()
    state = owner.state(filled)
    assert (titles(state), state["undo"], state["redo"]) == ([], 1, 1)


def test_another_session_does_not_wait(owner, agent, filled, photo):
    with owner.stream("POST", "/run_sse", json=message(filled, "wait")):
        assert agent.asked.wait(20)
        other = owner.session()
        owner.upload(other, ("dog.jpg", photo))
        owner.say(other, "title Meanwhile")
        assert titles(owner.state(other)) == ["Meanwhile"]


def test_an_edit_made_elsewhere_meanwhile_is_kept_beside_this_one(owner, agent, filled, studio):
    with owner.stream("POST", "/run_sse", json=message(filled, "wait")) as answer:
        assert agent.asked.wait(20)
        # Another studio on the workspace: it knows nothing of this one's locks.
        projects = studio.core.projects
        theirs = projects.get(OWNER, filled)
        draft = add_text(theirs.draft, "Theirs", role="title", start_ms=2000, end_ms=3000)
        projects.commit(theirs, Change(draft=draft, note="theirs"))
        agent.release.set()
        stream = events(answer.read())
    assert "errorCode" not in stream[-1]
    assert sorted(titles(owner.state(filled))) == ["Theirs", "late"]
    owner.say(filled, "undo")
    assert titles(owner.state(filled)) == ["Theirs"]


def test_an_edit_that_is_always_outrun_is_refused_and_told(owner, filled, studio, monkeypatch):
    answer = studio.core.engine.respond

    def outrun(*request):
        with studio.core.store.writing() as db:
            db.execute("UPDATE sessions SET revision = revision + 1 WHERE id = ?", (filled,))
        return answer(*request)

    monkeypatch.setattr(studio.core.engine, "respond", outrun)
    stream = owner.say(filled, "title Mine")
    assert stream[-1]["errorCode"] == "409"
    assert titles(owner.state(filled)) == []


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"session_id": "nope"}, 404, 1002),
        ({"session_id": 5}, 422, 422),
        ({"new_message": {"parts": []}}, 422, 422),
        ({"new_message": {"parts": [{"text": " \n"}]}}, 422, 422),
        ({"new_message": "hi"}, 422, 422),
        ({"new_message": {"parts": [{"text": "x" * 60_000}]}}, 413, 413),
        ({"app_name": "other"}, 404, 404),
        ({"user_id": "anon_1"}, 403, 403),
    ],
)
def test_a_refusal_is_plain_json_before_any_stream(owner, filled, change, status, code):
    answer = owner.post("/run_sse", json=message(filled, "title x") | change)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/json"


def test_camel_case_fields_are_understood_too(owner, filled):
    body = {
        "appName": "nemo_agent",
        "userId": "me",
        "sessionId": filled,
        "newMessage": {"parts": [{"text": "title Camel"}]},
    }
    assert owner.post("/run_sse", json=body).status_code == 200
    assert titles(owner.state(filled)) == ["Camel"]


def test_stopping_the_studio_ends_a_running_turn(make_studio, photo):
    agent = SmallAgent()
    studio = make_studio(engine=agent)
    with Person(studio.url, studio.token.reveal()) as owner:
        sid = owner.session()
        owner.upload(sid, ("cat.jpg", photo))
        with owner.stream("POST", "/run_sse", json=message(sid, "wait")) as answer:
            assert agent.asked.wait(20)
            studio.stop()
            assert parts(events(answer.read()), "text") == []
        with pytest.raises(httpx.ConnectError):
            owner.get("/api/credits/balance/simple")
    agent.release.set()
