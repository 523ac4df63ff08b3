"""The client on a real google-adk server, its network broken before, during and after answers."""

import io
import threading
from urllib.request import Request, urlopen

import pytest
from PIL import Image

import nemo_nb
from faultkit import Fault
from nemo_nb import loop, notices
from nemo_nb.errors import (
    BadToken,
    NoCredits,
    SessionLost,
    TurnFailed,
    TurnTimeout,
    TurnUnclear,
)
from nemo_nb.media.mp4check import check_playable
from nemo_nb.wire.client import Dropped
from studiokit import until

pytestmark = pytest.mark.xdist_group("adk")

CHAT = "/run_sse"
HUGE = 16 << 20
SEPARATORS = "one\u2028two\u2029three\u0085four"
PING = b": ping\n\nevent: heartbeat\ndata: {}\n\n"


def sid(session):
    return session.aio._project.server.session_id


def state_path(session):
    return f"/api/state/nemo_agent/me/{sid(session)}/latest"


@pytest.fixture
def picture():
    return Image.new("RGB", (32, 18), "teal")


def test_from_nothing_to_a_file_with_a_starter_token(connect, picture, tmp_path, isolated_home):
    session = connect(token=None)
    frame = session.upload(picture)
    assert frame["status"].tolist() == ["uploaded"]
    reply = session.chat("title Urban Dreams")
    assert reply.timeline.captions["text"].tolist() == ["Urban Dreams"]
    assert session.credits().available == 90
    assert "/workspace/claim?ct=clm_task-" in session.link()
    export = session.export(tmp_path / "out.mp4")
    check_playable(export.path)
    assert nemo_nb.jobs()["status"].tolist() == ["completed"]
    assert (isolated_home / ".config" / "nemovideo" / "client_id").exists()


def test_deltas_and_final_are_one_answer_without_thoughts_and_tools(connect, runs):
    session = connect()
    heard = []
    session.subscribe(heard.append)
    reply = session.chat("title Once only")
    assert reply.text == "Added the title."
    assert [(use.name, use.result) for use in reply.tools] == [("add_title", {"ok": True})]
    assert reply.changes["change"].tolist()
    assert session.events["kind"].tolist().count("final") == 1
    lines = [n.progress for n in heard if isinstance(n, notices.TurnProgress) and n.progress]
    assert lines[:2] == ["Thinking…", "Adding text…"]
    assert runs()["messages"].count("title Once only") == 1


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("finals", "First I look.\n\nThen I tell."),
        ("separators", SEPARATORS),
        ("huge", "x" * HUGE),
        ("noise Dreams", "Added the title."),
    ],
)
def test_what_is_said_is_what_is_read(connect, message, text):
    assert connect().chat(message).text == text


def test_a_silent_edit_is_told_as_a_difference_in_words(connect):
    reply = connect().chat("silent Golden Hour")
    assert reply.status == "silent"
    assert "Golden Hour" in reply.text
    assert "added" in reply.text.lower()


def test_silence_without_an_edit_says_so(connect):
    reply = connect().chat("nothing at all")
    assert (reply.status, len(reply.changes)) == ("silent", 0)
    assert "not changed" in reply.text


def test_generation_is_told_in_two_steps(connect):
    session = connect()
    lines = []
    session.subscribe(
        lambda n: lines.append(n.progress) if isinstance(n, notices.TurnProgress) else None
    )
    assert session.chat("generate a city").text == "Your clip has music and a title."
    steps = list(dict.fromkeys(filter(None, lines)))
    assert steps[:2] == [
        "Generating the raw video (1 of 2)…",
        "The raw video is there; adding music, titles and effects…",
    ]


def test_an_error_event_is_raised_with_what_arrived(connect):
    with pytest.raises(TurnFailed, match="SAFETY") as caught:
        connect().chat("refuses this")
    assert "blocked by a rule" in str(caught.value)
    assert caught.value.reply.text == "Let me see"


def test_a_crash_of_the_agent_is_one_failure(connect):
    with pytest.raises(TurnFailed, match="broke") as caught:
        connect().chat("crashes now")
    assert caught.value.reply.text == "Let me see"


def test_an_error_frame_that_is_no_json_is_raised(connect, network):
    # What google-adk up to 1.22 makes of a message with quotes and a line break.
    network.next(CHAT, Fault("append", extra=b'data: {"error": "he said "no"\nand left"}\n\n'))
    with pytest.raises(TurnFailed, match='he said "no"'):
        connect().chat("title Hello")


def test_a_code_of_the_gateway_is_its_row_of_the_table(connect, network):
    network.next(CHAT, Fault("append", extra=b'data: {"code": 2001, "message": "none"}\n\n'))
    with pytest.raises(NoCredits):
        connect().chat("title Hello")


def test_heartbeats_of_a_gateway_are_no_part_of_the_answer(connect, network):
    network.next(CHAT, Fault("append", extra=PING))
    session = connect()
    assert session.chat("title Hello").text == "Added the title."
    assert session.events["kind"].tolist()[-2:] == ["heartbeat", "heartbeat"]


def test_a_token_that_is_none(connect):
    with pytest.raises(BadToken, match="NEMO_TOKEN"):
        connect(token="nmv_usr_somebody_else")


def test_a_session_that_is_lost_and_was_empty_is_started_anew(connect, adk_port, runs):
    session = connect()
    session.chat("nothing yet")
    lost = sid(session)
    forget(adk_port, lost)
    assert session.chat("title Second life").text == "Added the title."
    assert sid(session) != lost
    assert runs()["messages"].count("title Second life") == 1


def test_a_session_that_is_lost_with_its_timeline_repeats_nothing(connect, adk_port, runs):
    session = connect()
    session.chat("title Precious")
    forget(adk_port, sid(session))
    with pytest.raises(SessionLost, match="new session is ready"):
        session.chat("title Not repeated")
    assert "title Not repeated" not in runs()["messages"]
    assert session.chat("title After it").text == "Added the title."


def forget(port, session_id):
    request = Request(f"http://127.0.0.1:{port}/tests/forget/{session_id}", method="POST")
    urlopen(request).close()


@pytest.mark.parametrize("message", ["waits for me", "thinks about it"])
def test_stop_ends_the_run_on_the_server_before_and_after_the_first_word(connect, runs, message):
    session = connect()
    session.timeline()
    message = f"{message} {sid_free(session)}"
    heard = threading.Event()
    session.subscribe(
        lambda n: heard.set() if isinstance(n, notices.TurnProgress) and n.text else None
    )
    future = loop.spawn(lambda: session.aio.chat(message))
    until(lambda: message in runs()["messages"])
    if message.startswith("waits"):
        assert heard.wait(10)
    assert session.stop()
    reply = future.result(10)
    assert reply.status == "stopped"
    assert reply.text == ("Working" if message.startswith("waits") else "")
    until(lambda: message in runs()["aborted"])
    assert session.chat("title Next").text == "Added the title."


def sid_free(session):
    """Return something that names this test's session in a message."""
    return f"{id(session):x}"


def test_a_timeout_ends_the_run_on_the_server(connect, runs):
    session = connect()
    message = f"waits {sid_free(session)}"
    with pytest.raises(TurnTimeout) as caught:
        session.chat(message, timeout=0.3)
    assert caught.value.reply.text in ("Working", "")
    until(lambda: message in runs()["aborted"])


# Behind the fourth word: a cut inside an event, and never the same event twice.
INSIDE = b'"text":"word3'


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault("reset"), id="reset before the answer"),
        pytest.param(Fault("reset", INSIDE), id="reset inside an event"),
        pytest.param(Fault("close", INSIDE), id="closed inside an event"),
        pytest.param(Fault("half", INSIDE), id="half closed inside an event"),
    ],
)
@pytest.mark.parametrize("script", ["edits", "talks"])
def test_a_broken_answer_is_looked_into_and_the_message_sent_once(
    connect, network, runs, fault, script
):
    session = connect()
    session.upload(("a.png", png()))
    message = f"{script} {sid(session)}"
    network.next(CHAT, fault)
    if script == "edits":
        reply = session.chat(message)
        assert sid(session) in reply.text + " ".join(reply.notes)
        assert reply.timeline.captions["text"].tolist() == [sid(session)]
    else:
        with pytest.raises(TurnUnclear, match="not sent again") as caught:
            session.chat(message)
        assert caught.value.reply.text == ("" if not fault.at else "word0 word1 word2")
    assert runs()["messages"].count(message) == 1
    assert session.history["status"].tolist()[-1] in ("done", "silent", "failed")


def test_a_reset_before_the_server_heard_is_not_sent_again_either(connect, network, runs):
    session = connect()
    session.upload(("a.png", png()))
    message = f"title {sid(session)}"
    network.next(CHAT, Fault("unseen"))
    with pytest.raises(TurnUnclear):
        session.chat(message)
    assert message not in runs()["messages"]
    assert session.chat(message).text == "Added the title."


def test_a_reset_behind_the_whole_answer_hurts_nobody(connect, network, runs):
    session = connect()
    message = "title Whole answer"
    network.next(CHAT, Fault("reset", None))
    assert session.chat(message).text == "Added the title."
    assert runs()["messages"].count(message) == 1


def test_an_answer_that_stalls_is_a_timeout_and_ends_the_run(connect, network, runs):
    session = connect()
    message = f"talks {sid_free(session)}"
    network.next(CHAT, Fault("stall", INSIDE))
    with pytest.raises(TurnTimeout) as caught:
        session.chat(message, timeout=0.5)
    assert caught.value.reply.text.startswith("word0 word1") or caught.value.reply.text == ""
    until(lambda: message in runs()["aborted"])
    assert runs()["messages"].count(message) == 1


@pytest.mark.parametrize(
    "fault", [Fault("unseen"), Fault("reset"), Fault("reset", b'"draft"'), Fault("half", b'"dr')]
)
def test_reading_is_repeated_until_it_works(connect, network, picture, fault):
    session = connect()
    session.upload(picture)
    network.next(state_path(session), fault)
    assert session.timeline().ready
    network.next("/api/credits/balance/simple", fault)
    assert session.credits().total == 100


@pytest.mark.parametrize("how", ["reset", "close"])
def test_an_upload_whose_answer_is_lost_is_found_and_not_sent_again(connect, network, how):
    session = connect()
    session.upload(("a.png", png()))
    network.next(f"/api/upload-video/nemo_agent/me/{sid(session)}", Fault(how))
    assert session.upload(("b.png", png()))["name"].tolist() == ["b.png"]
    assert session.timeline().media["name"].tolist() == ["a.png", "b.png"]


def test_an_upload_that_never_arrived_is_named(connect, network):
    session = connect()
    session.upload(("a.png", png()))
    network.next(f"/api/upload-video/nemo_agent/me/{sid(session)}", Fault("unseen"))
    with pytest.raises(Dropped, match=r"did not arrive: b\.png"):
        session.upload(("b.png", png()))


@pytest.mark.parametrize("fault", [Fault("unseen"), Fault("reset"), Fault("close", b'"success"')])
def test_a_render_whose_answer_is_lost_is_submitted_once(
    connect, network, runs, picture, tmp_path, fault
):
    session = connect()
    session.upload(picture)
    before = set(runs()["jobs"])
    network.next("/api/render/proxy/lambda", fault)
    export = session.export(tmp_path / "out.mp4")
    check_playable(export.path)
    assert set(runs()["jobs"]) - before == {export.id}


@pytest.mark.parametrize("fault", [Fault("reset"), Fault("close", b"mdat"), Fault("half", b"mdat")])
def test_a_file_that_breaks_off_is_fetched_to_its_end(connect, network, picture, tmp_path, fault):
    session = connect()
    session.upload(picture)
    network.next("/cdn/movie.mp4", fault)
    check_playable(session.export(tmp_path / "out.mp4").path)


def png():
    target = io.BytesIO()
    Image.new("RGB", (6, 4)).save(target, "PNG")
    return target.getvalue()
