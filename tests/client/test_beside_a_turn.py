"""What fails beside a turn: the state, the token, the session, the answer to an upload."""

import asyncio
import io
import pickle

import pytest
from PIL import Image
from starlette.responses import JSONResponse, Response

import nemo_nb
from clientkit import KNOBS, Cut, draft_of, said
from nemo_nb.errors import BadToken, NemoError, SessionLost, TurnTimeout, TurnUnclear


def answers(*chunks, does=None):
    async def script(server):
        if does is not None:
            does(server)
        for chunk in chunks:
            if chunk is Cut:
                raise Cut
            yield chunk

    return script


def down(times):
    return [Response("<html>", 502, media_type="text/html") for _ in range(times)]


LOST = b'data: {"code": 1002, "message": "gone"}\n\n'
EXPIRED = b'data: {"code": 1001, "message": "expired"}\n\n'
# A read is sent three times before it counts as failed.
ONE_READ = 3


def test_an_answer_stays_one_when_the_timeline_cannot_be_read(scripted, connect):
    session = connect()
    scripted.chats.append(answers(said("first")))
    session.chat("say hello")
    scripted.chats.append(answers(said("Title added.")))
    scripted.state_answers = down(ONE_READ)
    reply = session.chat("add a title")
    assert (reply.text, reply.status) == ("Title added.", "done")
    assert (reply.timeline, reply.changes) == (None, None)
    assert "could not be read" in reply.notes[0]
    assert session.history["status"].tolist()[-1] == "done"
    # The next turn looks before it compares.
    scripted.draft = draft_of("Late")
    scripted.chats.append(answers(said("ok")))
    assert session.chat("and now?").changes.empty


def test_a_silent_edit_is_found_past_reads_that_fail(scripted, connect):
    session = connect()
    session.timeline()
    scripted.chats.append(answers(does=lambda server: setattr(server, "draft", draft_of("Hi"))))
    scripted.state_answers = down(2 * ONE_READ)
    reply = session.chat("add a caption")
    assert reply.status == "silent"
    assert "Hi" in reply.text


def test_silence_with_a_timeline_that_cannot_be_read_is_unclear(scripted, connect):
    session = connect()
    session.timeline()
    scripted.chats.append(answers())
    scripted.state_answers = down(3 * ONE_READ)
    with pytest.raises(TurnUnclear, match="could not be read") as caught:
        session.chat("add a caption")
    assert "sent once" in str(caught.value)
    assert caught.value.status == 502
    assert caught.value.reply.changes is None
    assert len(scripted.messages) == 1


@pytest.mark.parametrize("ends", [(), (Cut,)])
def test_what_came_beside_the_timeline_is_named(scripted, connect, ends):
    session = connect()
    session.timeline()
    made = {"generated_media": [{"filename": "city.mp4"}]}
    scripted.chats.append(answers(*ends, does=lambda server: server.beside.update(made)))
    reply = session.chat("make a clip of a city")
    assert reply.status == "silent"
    assert "New media: city.mp4." in reply.text
    assert "Nothing changed" not in reply.text


def test_a_refusal_of_the_server_that_came_too_late_to_resend(scripted, connect):
    scripted.refusals = [JSONResponse({"code": 500}, 500)]
    with pytest.raises(TurnUnclear, match=r"The turn broke off.*The server failed") as caught:
        connect().chat("add a title")
    assert caught.value.status == 500


def test_a_turn_that_timed_out_tells_what_the_timeline_shows(scripted, connect, monkeypatch):
    async def script(server):
        server.draft = draft_of("Late")
        yield said("Wor", partial=True)
        await asyncio.Event().wait()

    now = [0.0]
    session = connect()
    session.timeline()
    monkeypatch.setattr(session.aio._project.client._wire, "clock", lambda: now[0])
    scripted.chats.append(script)
    with pytest.raises(TurnTimeout, match="minutes") as caught:
        session.chat("add a caption", on_event=lambda _event: now.append(now.pop() + 901))
    reply = caught.value.reply
    assert (reply.text, reply.status, len(reply.changes)) == ("Wor", "timeout", 1)
    assert len(scripted.messages) == 1


def test_a_session_lost_inside_the_stream_is_left_behind(scripted, connect):
    session = connect()
    session.timeline()
    scripted.chats += [answers(LOST), answers(said("ok"))]
    with pytest.raises(SessionLost, match=r"Gone with it: Timeline.*next message or upload"):
        session.chat("add a title")
    assert session.chat("add a title").text == "ok"
    assert scripted.sessions == ["session-1", "session-2"]
    assert len(scripted.messages) == 2


@pytest.mark.parametrize("ask", ["timeline", "link", "export"])
def test_a_session_lost_at_any_other_call_is_told_once(scripted, connect, ask):
    session = connect()
    session.timeline()
    scripted.lost.add("session-1")
    with pytest.raises(SessionLost, match="Gone with it") as caught:
        getattr(session, ask)()
    copy = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own bytes
    assert (str(copy), copy.code) == (str(caught.value), 1002)
    assert session.timeline().ready is False
    scripted.chats.append(answers(said("ok")))
    assert session.chat("add a title").text == "ok"
    assert scripted.sessions == ["session-1", "session-2"]


def test_a_message_resent_to_a_new_session_is_looked_into_when_it_breaks(scripted, connect):
    scripted.draft, scripted.infos = {}, []
    session = connect(fresh=True)
    scripted.chats.append(answers(said("one")))
    session.chat("a first idea")
    scripted.lost.add("session-1")
    scripted.chats.append(
        answers(Cut, does=lambda server: setattr(server, "draft", draft_of("Hi")))
    )
    reply = session.chat("a second idea")
    assert reply.status == "silent"
    assert "Hi" in reply.text
    assert len(reply.notes) == 1
    assert scripted.messages == ["a first idea", "a second idea"]


def test_a_session_lost_behind_a_cut_stream_is_no_deletion(scripted, connect):
    session = connect()
    session.timeline()
    scripted.chats.append(answers(Cut, does=lambda server: server.lost.add("session-1")))
    with pytest.raises(SessionLost, match="Gone with it"):
        session.chat("add a title")
    assert len(scripted.messages) == 1


def test_a_starter_token_that_ends_inside_the_stream_is_renewed_and_nothing_resent(scripted):
    with nemo_nb.connect(scripted.url, **KNOBS) as session:
        scripted.chats += [answers(said("Wor", partial=True), EXPIRED), answers(said("ok"))]
        with pytest.raises(BadToken, match="a new one is there") as caught:
            session.chat("add a title")
        assert (caught.value.code, caught.value.reply.text) == (1001, "Wor")
        assert len(scripted.messages) == 1
        session.chat("add a title")
    assert scripted.tokens_given == 2
    assert scripted.bearers[-1] == "Bearer nmv_anon_000002"


def test_ones_own_token_is_never_replaced(scripted, connect):
    scripted.chats.append(answers(EXPIRED))
    with pytest.raises(BadToken, match="Set NEMO_TOKEN"):
        connect().chat("add a title")
    assert scripted.tokens_given == 0


def test_an_answer_without_a_token_stops_the_connecting(scripted):
    scripted.gives_tokens = False
    with pytest.raises(NemoError, match="no starter token") as caught:
        nemo_nb.connect(scripted.url)
    assert "NEMO_TOKEN" in str(caught.value)
    assert caught.value.endpoint == "POST /api/auth/anonymous-token"


def test_a_second_file_of_one_name_has_arrived_too(scripted, connect):
    target = io.BytesIO()
    Image.new("RGB", (6, 4)).save(target, "PNG")
    session = connect()
    session.upload(("a.png", target.getvalue()))
    scripted.upload_answers.append(502)
    assert session.upload(("a.png", target.getvalue()))["name"].tolist() == ["a.png"]
    assert len(scripted.uploads) == 2
