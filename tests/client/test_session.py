import asyncio
import copy
import io
import signal
import threading

import pytest
from PIL import Image

import mediakit
from clientkit import TOKEN, Cut, draft_of, said
from nemo_nb import loop, notices
from nemo_nb.errors import (
    ConfigError,
    InputError,
    NoCredits,
    NotSupported,
    SessionBusy,
    SessionLost,
    TurnFailed,
    TurnTimeout,
    TurnUnclear,
)
from nemo_nb.wire.client import Dropped


def png():
    target = io.BytesIO()
    Image.new("RGB", (6, 4)).save(target, "PNG")
    return target.getvalue()


PNG = png()


def answers(*chunks, draft=None):
    async def script(server):
        for chunk in chunks:
            yield chunk
        if draft is not None:
            server.draft = draft

    return script


def hangs(started=None, *first):
    async def script(_server):
        for chunk in first:
            yield chunk
        if started is not None:
            started.set()
        await asyncio.Event().wait()

    return script


def breaks(*chunks, draft=None):
    async def script(server):
        for chunk in chunks:
            yield chunk
        if draft is not None:
            server.draft = draft
        raise Cut

    return script


def tool(name, kind="functionCall", **more):
    import json  # noqa: PLC0415 - only here

    event = {"author": "agent", "content": {"parts": [{kind: {"id": "1", "name": name, **more}}]}}
    return f"data: {json.dumps(event)}\n\n".encode()


@pytest.fixture
def heard():
    return []


def test_nothing_reaches_the_server_before_it_is_needed(scripted, connect):
    session = connect(fresh=True)
    assert "Timeline (0 tracks)" in repr(session)
    assert session.timeline().draft == {}
    assert scripted.sessions == []


@pytest.mark.parametrize(
    ("message", "language"), [("make it brighter", "en"), ("把它调亮一点", "zh")]
)
def test_the_server_session_speaks_the_first_messages_language(
    scripted, connect, message, language
):
    scripted.chats.append(answers(said("ok")))
    connect(fresh=True).chat(message)
    assert scripted.languages == [language]


def test_a_given_language_wins(scripted, connect):
    scripted.chats.append(answers(said("ok")))
    connect(language="zh", fresh=True).chat("make it brighter")
    assert scripted.languages == ["zh"]


def test_a_turn_tells_what_was_said_and_what_changed(scripted, connect, heard):
    scripted.draft = draft_of()
    session = connect()
    session.timeline()
    session.aio.subscribe(heard.append)
    scripted.chats.append(
        answers(
            tool("add_caption", args={"text": "Hi"}),
            tool("add_caption", "functionResponse", response={"ok": True}),
            said("Added ", partial=True),
            said("Added a caption.", actions={"stateDelta": {"suggestions": ["make it bigger"]}}),
            draft=draft_of("Hi"),
        )
    )
    reply = session.chat("say hi in a caption")
    assert reply.text == "Added a caption."
    assert (reply.action, reply.status, reply.turn) == ("chat", "done", 1)
    assert "added" in reply.changes["change"].tolist()
    assert reply.timeline.captions["text"].tolist() == ["Hi"]
    assert [use.name for use in reply.tools] == ["add_caption"]
    assert reply.suggestions == ("make it bigger",)
    kinds = [type(notice) for notice in heard]
    assert kinds[0] is notices.TurnStarted
    assert kinds[-1] is notices.TurnEnded
    assert heard[-1].reply is reply
    texts = [notice.text for notice in heard if isinstance(notice, notices.TurnProgress)]
    assert texts[-2:] == ["Added", "Added a caption."]


def test_events_and_history_are_frames(scripted, connect):
    scripted.chats.append(answers(said("Hel", partial=True), said("Hello.")))
    session = connect()
    typed = []
    session.chat("hello agent", on_event=typed.append)
    session.chat("credits")
    assert session.events["kind"].tolist() == ["text", "final"]
    assert [type(event).__name__ for event in typed] == ["TextDelta", "TextFinal"]
    history = session.history
    assert history["turn"].tolist() == [1, 1, 2, 2]
    assert history["action"].tolist() == ["chat", "chat", "credits", "credits"]
    assert history["status"].tolist() == ["done"] * 4


def test_actions_never_reach_the_agent(scripted, connect):
    session = connect()
    assert "90" in session.chat("how many credits are left?").text
    assert session.chat("show tracks").action == "status"
    assert "session.upload" in session.chat("upload").text
    assert "可用积分" in session.chat("积分").text
    assert scripted.messages == []


def test_a_silent_edit_is_told_from_the_timeline(scripted, connect):
    session = connect()
    session.timeline()
    scripted.chats.append(answers(tool("edit"), draft=draft_of("Urban Dreams")))
    reply = session.chat("add a caption")
    assert reply.status == "silent"
    assert "Urban Dreams" in reply.text


def test_silence_without_a_change_is_read_three_times(scripted, connect):
    session = connect()
    session.timeline()
    scripted.chats.append(answers())
    before = scripted.states_read
    reply = session.chat("do something odd")
    assert reply.status == "silent"
    assert "not changed" in reply.text
    assert scripted.states_read - before == 3


def test_talk_of_a_web_app_becomes_deeds_and_offers(scripted, connect):
    words = "Done. Click the Export button, check your account, or drag the title to the top."
    scripted.chats.append(answers(said(words)))
    reply = connect().chat("add a title please")
    assert "button" not in reply.text
    assert "export" in reply.suggestions
    assert any("title" in text for text in reply.suggestions if text != "export")
    assert any("90" in note for note in reply.notes)
    assert scripted.submitted == []
    assert scripted.messages == ["add a title please"]


def test_auto_export_does_what_the_answer_asks_for(scripted, connect, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    scripted.chats.append(answers(said("Done. Click the Export button to download.")))
    reply = connect(auto_export=True).chat("add a title please")
    assert reply.export.path == tmp_path / "clip.mp4"
    assert any("clip.mp4" in note for note in reply.notes)
    assert "export" not in reply.suggestions


def test_an_extra_that_fails_does_not_undo_the_turn(scripted, connect):
    scripted.draft = {}
    scripted.chats.append(answers(said("Done. Click the Export button to download.")))
    reply = connect(auto_export=True).chat("add a title please")
    assert reply.status == "done"
    assert any("nothing to render" in note for note in reply.notes)


def test_a_cut_stream_is_looked_into_and_never_sent_again(scripted, connect):
    session = connect()
    session.timeline()
    scripted.chats.append(breaks(tool("edit"), draft=draft_of("Hi")))
    reply = session.chat("add hi")
    assert reply.status == "silent"
    assert "Hi" in reply.text
    assert scripted.messages == ["add hi"]


def test_a_cut_stream_without_a_change_is_unclear(scripted, connect):
    session = connect()
    scripted.chats.append(breaks(said("Work", partial=True)))
    with pytest.raises(TurnUnclear, match="not sent again") as caught:
        session.chat("add hi")
    assert caught.value.reply.text == "Work"
    assert scripted.messages == ["add hi"]
    assert session.history["status"].tolist() == ["failed", "failed"]


def test_an_error_in_the_stream_is_raised_with_what_arrived(scripted, connect):
    failure = b'data: {"errorCode": "SAFETY", "errorMessage": "refused"}\n\n'
    scripted.chats.append(answers(said("So far", partial=True), failure))
    with pytest.raises(TurnFailed) as caught:
        connect().chat("something bad")
    assert caught.value.reply.text == "So far"


def test_no_credits_inside_the_stream(scripted, connect):
    scripted.chats.append(answers(b'data: {"code": 2001, "message": "no credits"}\n\n'))
    with pytest.raises(NoCredits):
        connect().chat("generate a clip")


@pytest.mark.parametrize("first", [(), (said("Working", partial=True),)])
def test_stop_returns_at_once_and_the_next_turn_works(scripted, connect, first):
    started = threading.Event()
    scripted.chats += [hangs(started, *first), answers(said("Fine."))]
    session = connect()
    future = loop.spawn(lambda: session.aio.chat("take your time"))
    assert started.wait(10)
    assert session.stop()
    reply = future.result(5)
    assert reply.status == "stopped"
    assert reply.timeline is not None
    assert scripted.closed_runs.wait(5)
    assert session.chat("and now?").text == "Fine."
    assert session.history["status"].tolist() == ["stopped"] * 2 + ["done"] * 2


def test_every_two_minutes_of_heartbeats_the_user_is_told(scripted, connect, monkeypatch, heard):
    now = [0.0]
    monkeypatch.setattr("nemo_nb.agent_turn.wall_s", lambda: now[0])

    def pass_time(_event):
        now[0] += 20.0

    scripted.chats.append(answers(tool("inspect"), b": ping\n\n" * 14, said("Done.")))
    session = connect()
    session.subscribe(heard.append)
    session.chat("look closely", on_event=pass_time)
    lines = [notice.progress for notice in heard if isinstance(notice, notices.TurnProgress)]
    looking, still = "Looking at your media…", "⏳ Still working..."
    # A line of work stands for two minutes, which are six events here.
    assert lines == [looking] * 6 + [still] * 9 + [""]


def test_stop_without_a_turn(connect):
    assert not connect().stop()


def test_cancelling_the_call_marks_the_turn_stopped(scripted, connect, heard):
    started = threading.Event()
    scripted.chats.append(hangs(started))
    session = connect()
    session.aio.subscribe(heard.append)
    future = loop.spawn(lambda: session.aio.chat("take your time"))
    assert started.wait(10)
    assert future.cancel()
    assert scripted.closed_runs.wait(5)

    async def until_idle():
        async with session.aio._conversation.busy:
            pass

    loop.run(until_idle)
    assert session.history["status"].tolist() == ["stopped", "stopped"]
    assert isinstance(heard[-1], notices.TurnEnded)


def test_an_interrupt_stops_the_turn_and_is_raised_on(scripted, connect):
    def interrupt(notice):
        if isinstance(notice, notices.TurnStarted) and notice.text == "take your time":
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    scripted.chats += [hangs(), answers(said("Fine."))]
    session = connect()
    session.aio.subscribe(interrupt)
    with pytest.raises(KeyboardInterrupt):
        session.chat("take your time")
    assert session.history["status"].tolist() == ["stopped", "stopped"]
    scripted.chats[:] = scripted.chats[-1:]
    assert session.chat("and now?").text == "Fine."


def test_a_timeout_stops_the_turn(scripted, connect):
    scripted.chats.append(hangs(None, said("Half", partial=True)))
    session = connect()
    with pytest.raises(TurnTimeout, match=r"0\.2 s") as caught:
        session.chat("take your time", timeout=0.2)
    assert caught.value.reply.text == "Half"
    assert session.history["status"].tolist() == ["timeout", "timeout"]


def test_a_second_message_waits_for_the_first(scripted, connect):
    order = []
    release = asyncio.Event()

    async def first(_server):
        order.append("first began")
        await release.wait()
        order.append("first ended")
        yield said("one")

    async def second(_server):
        order.append("second began")
        yield said("two")

    scripted.chats += [first, second]
    session = connect()
    started = threading.Event()
    session.aio.subscribe(
        lambda notice: started.set() if isinstance(notice, notices.TurnStarted) else None
    )
    one = loop.spawn(lambda: session.aio.chat("first please do it"))
    assert started.wait(10)
    with pytest.raises(SessionBusy):
        session.chat("second", wait=False)
    two = loop.spawn(lambda: session.aio.chat("second please do it"))
    # The server's loop owns the event; asking it to set it is enough.
    scripted_loop_set(release)
    assert one.result(10).text == "one"
    assert two.result(10).text == "two"
    assert order == ["first began", "first ended", "second began"]


def scripted_loop_set(event):
    def wake():
        while event._loop is None:
            threading.Event().wait(0.01)
        event._loop.call_soon_threadsafe(event.set)

    thread = threading.Thread(target=wake)
    thread.start()
    thread.join(10)


def test_an_empty_session_that_was_lost_is_started_anew_and_the_message_sent_once(
    scripted, connect
):
    scripted.draft, scripted.infos = {}, []
    scripted.chats += [answers(said("one")), answers(said("two"))]
    session = connect(fresh=True)
    session.chat("a first idea")
    scripted.lost.add("session-1")
    reply = session.chat("a second idea")
    assert reply.text == "two"
    assert reply.notes
    assert scripted.messages == ["a first idea", "a second idea"]
    assert scripted.sessions == ["session-1", "session-2"]


def test_a_lost_session_that_held_something_is_not_repeated(scripted, connect):
    session = connect()
    scripted.chats.append(answers(said("one")))
    session.chat("a first idea")
    scripted.lost.add("session-1")
    with pytest.raises(SessionLost, match="new session is ready"):
        session.chat("a second idea")
    assert scripted.messages == ["a first idea"]
    assert scripted.sessions == ["session-1", "session-2"]
    scripted.chats.append(answers(said("three")))
    assert session.chat("a third idea").text == "three"


def test_a_watcher_that_fails_does_not_hurt(scripted, connect, caplog):
    def broken(_notice):
        raise RuntimeError("no display")

    scripted.chats.append(answers(said("ok")))
    session = connect()
    unsubscribe = session.aio.subscribe(broken)
    assert session.chat("do something").text == "ok"
    assert "watcher failed" in caplog.text
    unsubscribe()
    unsubscribe()


def test_only_the_calling_context_hears_its_watcher(scripted, connect, heard):
    scripted.chats += [answers(said("one")), answers(said("two"))]
    session = connect()
    with notices.watching(heard.append):
        session.chat("do one thing")
    session.chat("do another thing")
    ended = [notice for notice in heard if isinstance(notice, notices.TurnEnded)]
    assert [notice.reply.text for notice in ended] == ["one"]


def test_what_is_streamed_is_in_our_words_too(scripted, connect, heard):
    first = said("Done. Click the Export button to download.\n", partial=True)
    scripted.chats.append(answers(first, said("Enjoy!", partial=True)))
    session = connect()
    session.aio.subscribe(heard.append)
    reply = session.chat("add a title please")
    shown = [notice.text for notice in heard if isinstance(notice, notices.TurnProgress)]
    assert shown[-1] == reply.text
    assert not any("Export button" in text for text in shown)


def test_a_token_that_the_server_echoes_is_not_shown(scripted, connect, heard):
    half = len(TOKEN) // 2
    pieces = [said(TOKEN[:half], partial=True), said(f"{TOKEN[half:]} again", partial=True)]
    whole = tool("look", args={"with": TOKEN})
    scripted.chats += [answers(whole, *pieces), answers(said(f"It is {TOKEN}."))]
    session = connect()
    session.aio.subscribe(heard.append)
    replies = [session.chat("what is my token?"), session.chat("and again?")]
    assert [reply.text for reply in replies] == ["*** again", "It is ***."]
    shown = session.history.to_string() + session.events.to_string() + repr(heard)
    assert TOKEN not in shown + repr(replies[0].tools)


def test_an_error_before_the_stream_holds_a_reply_as_well(scripted, connect):
    scripted.refusals.append({"code": 2001, "message": "no credits"})
    with pytest.raises(NoCredits) as caught:
        connect().chat("add a title please")
    assert (caught.value.reply.status, caught.value.reply.text) == ("failed", "")


def test_a_listener_that_fails_is_written_into_the_history(scripted, connect):
    scripted.chats.append(answers(said("Fine.")))
    session = connect()
    with pytest.raises(ZeroDivisionError):
        session.chat("add a title please", on_event=lambda _: 1 // 0)
    assert "ZeroDivisionError" in session.history["text"].tolist()[1]


def test_what_is_no_timeline_is_told(connect):
    session = connect()
    with pytest.raises(InputError, match="A dict is no Timeline"):
        session.apply({"t": []})
    with pytest.raises(InputError, match="A dict is no Timeline"):
        session.export("a.mp4", timeline={"t": []})


def test_an_upload_whose_answer_was_lost_is_found_in_the_state(scripted, connect):
    scripted.upload_answers.append(502)
    frame = connect().upload(("new.png", PNG), ("other.png", PNG))
    assert frame["name"].tolist() == ["new.png", "other.png"]
    assert len(scripted.uploads) == 2


def test_an_upload_that_did_not_arrive_is_named_and_not_sent_again(scripted, connect):
    scripted.upload_answers.append(503)
    scripted.keeps_uploads = False
    with pytest.raises(Dropped, match=r"did not arrive: new\.png\. Upload them again"):
        connect().upload(("new.png", PNG))
    assert len(scripted.uploads) == 1


def test_a_session_of_another_process_is_told_and_does_not_hang(connect, monkeypatch):
    session = connect()
    # What a forked child sees: the object, and no thread behind it.
    monkeypatch.setattr(session.aio, "_process", -1)
    with pytest.raises(ConfigError, match="another process"):
        session.credits()
    monkeypatch.undo()


def test_what_only_a_studio_can_do_says_so(scripted, connect):
    session = connect()
    scripted.chats.append(answers(said("ok")))
    session.chat("do something")
    for deed in (session.undo, session.redo, session.fork):
        with pytest.raises(NotSupported):
            deed()


def test_upload_sends_the_bytes_and_returns_a_row_a_file(scripted, connect, heard):
    session = connect()
    session.aio.subscribe(heard.append)
    frame = session.upload(Image.new("RGB", (6, 4)))
    assert frame["name"].tolist() == ["image-1.png"]
    assert frame["status"].tolist() == ["uploaded"]
    assert frame["source"].tolist() == ["image-1.png"]
    assert frame["size_bytes"].tolist() == [len(scripted.uploads[0][1])]
    progress = [notice for notice in heard if isinstance(notice, notices.UploadProgress)]
    assert progress[-1].sent_bytes == progress[-1].total_bytes
    assert isinstance(heard[-1], notices.TimelineRead)


def test_an_uploaded_file_is_named_by_its_path(connect, tmp_path):
    path = tmp_path / "photo.png"
    mediakit.photo(path)
    assert connect().upload(path)["source"].tolist() == [str(path)]


def test_a_refused_source_sends_nothing(scripted, connect):
    with pytest.raises(InputError):
        connect(fresh=True).upload("no-such-file.mp4")
    assert scripted.sessions == []


@pytest.mark.parametrize(("message", "words"), [("  ", "is empty"), (None, "not a NoneType")])
def test_what_is_no_message_is_refused(scripted, connect, message, words):
    session = connect()
    with pytest.raises(InputError, match=words):
        session.chat(message)
    assert scripted.messages == []
    assert session.history.empty


def test_a_closed_session_says_so(connect):
    session = connect()
    session.close()
    assert session.closed
    with pytest.raises(ConfigError, match="closed"):
        session.chat("hello there")


def test_the_draft_that_was_read_is_not_changed_by_the_reply(scripted, connect):
    kept = copy.deepcopy(scripted.draft)
    scripted.chats.append(answers(said("ok")))
    reply = connect().chat("do something")
    assert reply.timeline.draft == kept


def test_the_core_of_a_blocking_session_is_awaited_from_any_loop(scripted, connect):
    scripted.chats.append(answers(said("Hello.")))
    session = connect()

    async def cell():
        reply = await session.aio.chat("hello agent")
        running = asyncio.Event()
        here = asyncio.get_running_loop()
        session.subscribe(lambda _: here.call_soon_threadsafe(running.set))
        task = asyncio.create_task(session.aio.chat("take your time"))
        await running.wait()
        assert await session.aio.stop()
        return reply.text, (await task).status, session.timeline().ready

    scripted.chats.append(hangs())
    session.timeline()
    assert asyncio.run(cell()) == ("Hello.", "stopped", True)


def test_a_session_whose_loop_has_ended_says_so(scripted):
    import nemo_nb  # noqa: PLC0415 - only here

    async def make():
        async with nemo_nb.aconnect(scripted.url, token="token-of-the-test") as made:
            return made

    session = asyncio.run(make())
    with pytest.raises(ConfigError, match="has ended"):
        asyncio.run(session.timeline())


def test_a_history_that_cannot_be_kept_does_not_fail_the_turn(scripted, connect, isolated_home):
    session = connect(name="work")
    (isolated_home / "data").mkdir()
    (isolated_home / "data" / "ledger.sqlite").write_bytes(b"this is no database" * 100)
    scripted.chats.append(answers(said("ok")))
    assert session.chat("do something").text == "ok"
    assert not session.running


def test_a_change_that_came_after_a_stop_is_not_the_next_turns(scripted, connect):
    started = threading.Event()
    scripted.chats += [hangs(started), answers(said("Nothing to do."))]
    session = connect()
    future = loop.spawn(lambda: session.aio.chat("take your time"))
    assert started.wait(10)
    session.stop()
    future.result(5)
    scripted.draft = draft_of("Came late")
    assert session.chat("and now?").changes.empty
