"""Recorded sessions, and the same program played without server, key or network."""

import asyncio
import gc
import io
import json
import socket
import threading
from pathlib import Path

import httpx
import pytest
from PIL import Image

import nemo_nb
from clientkit import KNOBS, TOKEN, Cut, draft_of, said
from nemo_nb import cassettes
from nemo_nb.errors import (
    CassetteBroken,
    CassetteError,
    ConfigError,
    NemoError,
    NotRecorded,
    SecretFound,
    TurnUnclear,
)
from nemo_nb.ledger import Ledger
from nemo_nb.studio import launch
from nemo_nb.wire.auth import CACHE_NAME


def png(shade=0):
    target = io.BytesIO()
    Image.new("L", (6, 4), shade).save(target, "PNG")
    return target.getvalue()


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    # One that a failed test left on would fail the next one as well.
    tape = cassettes.running()
    if tape is not None:
        cassettes._running.clear()


@pytest.fixture
def no_network(monkeypatch):
    """From the call on, whoever opens a connection fails."""

    def forbid():
        async def refuse(*_args, **_kwargs):
            raise AssertionError("a replay opened a connection")

        monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", refuse)
        monkeypatch.setattr(socket.socket, "connect", refuse)

    return forbid


def answers(*chunks, draft=None):
    async def script(server):
        for chunk in chunks:
            yield chunk
        if draft is not None:
            server.draft = draft

    return script


def open_scripted(scripted, **options):
    return nemo_nb.connect(scripted.url, token=TOKEN, **(KNOBS | options))


def test_a_whole_session_is_played_as_it_was(scripted, folder, no_network, capsys):
    scripted.draft, scripted.infos = {}, []
    scripted.chats = [
        answers(said("Added ", partial=True), said("Added a title."), draft=draft_of("Hi")),
        answers(draft=draft_of("Hi", "there")),
    ]

    def work(path):
        with open_scripted(scripted) as session:
            frame = session.upload(("a.png", png()))
            told = session.chat("add a title")
            silent = session.chat("and another one")
            balance = session.credits()
            export = session.export(path)
            return (
                frame["name"].tolist(),
                (told.text, told.status, told.changes.to_dict()),
                (silent.text, silent.status),
                balance,
                session.timeline().summary(),
                session.history[["action", "status"]].to_numpy().tolist(),
                session.events[["kind", "text"]].to_numpy().tolist(),
                (export.status, Path(path).read_bytes()),
            )

    with nemo_nb.record("demo.jsonl"):
        recorded = work("recorded.mp4")
    submitted, jobs = len(scripted.submitted), len(Ledger().jobs())
    no_network()
    scripted.url = "http://nowhere.invalid"
    with nemo_nb.replay("demo.jsonl"):
        played = work("played.mp4")
    assert played == recorded
    assert recorded[-1] == ("completed", scripted.movie)
    assert capsys.readouterr().out.splitlines()[-1] == (
        "Ready: replay of demo.jsonl; nothing leaves this machine"
    )
    assert (len(scripted.submitted), len(Ledger().jobs())) == (submitted, jobs)
    text = (folder / "demo.jsonl").read_text()
    for hidden in (TOKEN, "session-1", "task-1", "127.0.0.1", "render_1"):
        assert hidden not in text


def test_a_session_goes_on_playing_after_the_block(scripted):
    scripted.chats = [answers(said("one"))]
    with nemo_nb.record("demo.jsonl"), open_scripted(scripted) as session:
        session.chat("hello")
    with nemo_nb.replay("demo.jsonl"):
        session = nemo_nb.connect()
    assert session.chat("hello").text == "one"
    with pytest.raises(NotRecorded, match=r"no POST /run_sse “more”.*played to its end"):
        session.chat("more")
    session.close()


@pytest.mark.parametrize("speed", [None, 1.0, 50.0])
def test_any_speed_plays_the_same(scripted, speed):
    def work(path):
        with open_scripted(scripted) as session:
            session.upload(("a.png", png()))
            return session.export(path).status, session.credits()

    with nemo_nb.record("demo.jsonl"):
        recorded = work("a.mp4")
    tape = nemo_nb.replay("demo.jsonl", speed=speed)
    with tape:
        assert work("b.mp4") == recorded
    knobs = tape._knobs({"poll_s": 3.0, "retry_wait_s": 30.0, "render_timeout_s": 600.0})
    waits = {None: (0.001, 0.0), 1.0: (3.0, 30.0), 50.0: (0.06, 0.6)}[speed]
    assert (knobs["poll_s"], knobs["retry_wait_s"]) == waits
    assert knobs["render_timeout_s"] == 600.0


def test_async_code_records_and_plays_alike(scripted):
    scripted.chats = [answers(said("one"))]

    async def work():
        async with nemo_nb.aconnect(scripted.url, token=TOKEN, **KNOBS) as session:
            return (await session.chat("hello")).text

    with nemo_nb.record("demo.jsonl"):
        assert asyncio.run(work()) == "one"
    with nemo_nb.replay("demo.jsonl"):
        assert asyncio.run(work()) == "one"


def test_cells_start_and_stop_it(scripted, folder):
    recording = nemo_nb.record("demo.jsonl").start()
    session = open_scripted(scripted)
    session.credits()
    assert "requests" in repr(recording)
    recording.stop()
    recording.stop()
    assert (folder / "demo.jsonl").exists()
    replay = nemo_nb.replay("demo.jsonl").start()
    assert nemo_nb.connect().credits() == session.credits()
    replay.stop()
    session.close()


def test_a_cut_stream_is_played_as_a_cut_stream(scripted):
    def cut():
        async def script(_server):
            yield said("Work", partial=True)
            raise Cut

        return script

    def work():
        with open_scripted(scripted) as session:
            with pytest.raises(TurnUnclear) as caught:
                session.chat("do it")
            return caught.value.what, caught.value.reply.text

    scripted.draft, scripted.infos = {}, []
    scripted.chats = [cut()]
    with nemo_nb.record("demo.jsonl"):
        recorded = work()
    with nemo_nb.replay("demo.jsonl"):
        assert work() == recorded


def test_a_stopped_turn_is_played(scripted):
    async def hangs(_server):
        yield said("Work", partial=True)
        await asyncio.Event().wait()

    def work():
        with open_scripted(scripted) as session:

            def stop(_event):
                threading.Thread(target=session.stop).start()

            return session.chat("do it", on_event=stop).status

    scripted.chats = [hangs]
    with nemo_nb.record("demo.jsonl"):
        assert work() == "stopped"
    with nemo_nb.replay("demo.jsonl"):
        # Whether the stop comes before the recorded end is a matter of threads.
        assert work() in ("stopped", "done", "silent")


def test_an_anonymous_session_is_played_without_touching_the_cache(folder, no_network, monkeypatch):
    studio = launch.start(folder / "workspace")
    try:
        with nemo_nb.record("demo.jsonl"), nemo_nb.connect(studio.url) as session:
            recorded = session.credits()
    finally:
        studio.stop()
    home = Path.home() / ".config" / "nemovideo"
    kept = {path.name: path.read_bytes() for path in home.iterdir()}
    token = json.loads(kept[CACHE_NAME])[studio.url]["token"]
    text = (folder / "demo.jsonl").read_text()
    assert token not in text
    assert kept["client_id"].decode() not in text
    assert "TOKEN-1" in text
    monkeypatch.setenv("NEMO_TOKEN", "nmv_usr_never_to_be_used")
    no_network()
    with nemo_nb.replay("demo.jsonl"), nemo_nb.connect("cloud") as session:
        assert session.credits() == recorded
    assert {path.name: path.read_bytes() for path in home.iterdir()} == kept


def test_a_reopened_session_is_reopened_in_the_replay(scripted, capsys):
    with open_scripted(scripted, name="holiday") as session:
        session.chat("status")
        session.upload(("a.png", png()))
    with nemo_nb.record("demo.jsonl"), open_scripted(scripted, name="holiday") as session:
        recorded = session.timeline().summary()
    before = Ledger().sessions()
    with nemo_nb.replay("demo.jsonl"), nemo_nb.connect(name="holiday") as session:
        assert session.timeline().summary() == recorded
    assert capsys.readouterr().out.count("'holiday' reopened") == 2
    assert Ledger().sessions() == before


def test_an_export_of_a_replay_is_nobodys_to_resume(scripted):
    scripted.outcomes = [[{"status": "processing", "progress": 10}]]
    knobs = {"render_timeout_s": 0.05}

    def work():
        with open_scripted(scripted, **knobs) as session:
            session.upload(("a.png", png()))
            with pytest.raises(NemoError):
                session.export("x.mp4")

    with nemo_nb.record("demo.jsonl"):
        work()
    unfinished = [job.id for job in Ledger().jobs() if job.unfinished]
    assert len(unfinished) == 1
    with nemo_nb.replay("demo.jsonl"):
        work()
    assert [job.id for job in Ledger().jobs() if job.unfinished] == unfinished


def test_the_replays_own_folder_goes_with_its_last_session(scripted):
    with nemo_nb.record("demo.jsonl"), open_scripted(scripted) as session:
        session.credits()
    with nemo_nb.replay("demo.jsonl") as tape:
        session = nemo_nb.connect(name="x")
        session.credits()
    place = tape._folder
    assert place.is_dir()
    session.close()
    del session, tape
    gc.collect()
    assert not place.exists()


def test_the_embedded_studio_is_not_started_for_a_replay(folder):
    def work():
        with nemo_nb.connect("local", workspace=folder / "w", reconcile_s=0) as session:
            session.upload(("a.png", png()))
            session.chat('add a title "Urban Dreams" for 2 seconds')
            fork = session.fork("other")
            fork.chat('add a caption "Hello"')
            texts = [one.timeline().captions["text"].tolist() for one in (session, fork)]
            texts.append(session.undo().captions["text"].tolist())
            fork.close()
            texts.append(session.timeline().frame(100, 64).tobytes())
            captions = [(0, 1000, "One"), (1500, 2700, "Two")]
            ab = session.ab("bold yellow captions", "clean white captions", captions=captions)
            texts.append(ab.metrics.to_csv())
            return texts, session.link()

    with nemo_nb.record("demo.jsonl"):
        recorded, link = work()
    assert recorded[:3] == [["Urban Dreams"], ["Urban Dreams", "Hello"], []]
    for studio in launch.running():
        studio.stop()
    with nemo_nb.replay("demo.jsonl"):
        played, played_link = work()
    assert played == recorded
    assert played_link.endswith("?ct=CLAIM-1")
    claim = link.partition("?ct=")[2]
    text = (folder / "demo.jsonl").read_text()
    assert claim
    assert claim not in text
    assert str(folder) not in text
    assert launch.running() == []


def test_only_one_is_on_at_a_time(scripted):
    with nemo_nb.record("a.jsonl"):
        with pytest.raises(ConfigError, match=r"a\.jsonl is still being recorded"):
            nemo_nb.record("b.jsonl").start()
        open_scripted(scripted).close()
    with nemo_nb.replay("a.jsonl"), pytest.raises(ConfigError, match="still being replayed"):
        nemo_nb.record("b.jsonl").start()
    assert cassettes.running() is None


def test_nothing_recorded_is_told(folder):
    with pytest.raises(CassetteError, match="nothing was recorded"), nemo_nb.record("a.jsonl"):
        pass
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("path", "options"),
    [
        ("nowhere/a.jsonl", {}),
        (".", {}),
        ("a.jsonl", {"media_mb": -1}),
        ("a.jsonl", {"media_mb": float("inf")}),
    ],
)
def test_what_cannot_be_recorded_is_told_before_anything_happens(path, options):
    with pytest.raises(ConfigError):
        nemo_nb.record(path, **options)


def test_what_cannot_be_played_is_told_before_anything_happens(folder):
    with pytest.raises(CassetteBroken, match="There is no recording"):
        nemo_nb.replay("a.jsonl")
    (folder / "a.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(CassetteBroken, match="cannot be read"):
        nemo_nb.replay("a.jsonl")
    (folder / "a.jsonl").write_text("{}")
    with pytest.raises(CassetteBroken, match="is no recording"):
        nemo_nb.replay("a.jsonl")


@pytest.mark.parametrize("speed", [0, -1, float("nan"), float("inf")])
def test_a_speed_is_a_number_above_0(scripted, speed):
    with nemo_nb.record("a.jsonl"), open_scripted(scripted):
        pass
    with pytest.raises(ConfigError, match="speed"):
        nemo_nb.replay("a.jsonl", speed=speed)


def test_a_broken_recorder_is_told_at_the_end_and_disturbs_nobody(scripted, folder):
    recording = nemo_nb.record("a.jsonl").start()
    with open_scripted(scripted) as session:
        recording._recorder.problem = MemoryError("full")
        assert session.credits().available == 90
    with pytest.raises(CassetteError, match=r"MemoryError: full\..*not disturbed"):
        recording.stop()
    assert list(folder.glob("*.jsonl")) == []


def test_the_error_of_the_block_comes_first(scripted):
    with pytest.raises(ZeroDivisionError) as caught, nemo_nb.record("a.jsonl"):
        _ = 1 / 0
    assert "nothing was recorded" in caught.value.__notes__[0]
    assert cassettes.running() is None

    def fails():
        open_scripted(scripted).close()
        return 1 / 0

    with pytest.raises(ZeroDivisionError), nemo_nb.record("a.jsonl"):
        fails()
    assert Path("a.jsonl").exists()


def test_a_file_with_a_secret_is_not_written_and_the_old_one_stays(scripted, folder):
    (folder / "a.jsonl").write_text("old")
    secret = "".join(f"\\u{ord(char):04x}" for char in TOKEN)
    scripted.chats = [answers(f'data: {{"x": "{secret}"}}\n\n'.encode(), said("ok"))]
    recording = nemo_nb.record("a.jsonl").start()
    with open_scripted(scripted) as session:
        assert session.chat("hello").text == "ok"
    with pytest.raises(SecretFound, match="at POST /run_sse") as caught:
        recording.stop()
    assert TOKEN not in str(caught.value)
    assert [path.name for path in folder.iterdir()] == ["a.jsonl"]
    assert (folder / "a.jsonl").read_text() == "old"


def test_a_video_lies_beside_the_cassette(scripted, folder):
    scripted.movie = scripted.movie + bytes(60_000)
    with nemo_nb.record("demo.jsonl"), open_scripted(scripted) as session:
        session.upload(("a.png", png()))
        session.export("a.mp4")
    (kept,) = (folder / "demo.media").iterdir()
    assert kept.suffix == ".mp4"
    assert kept.read_bytes() == scripted.movie
    with nemo_nb.replay("demo.jsonl"), nemo_nb.connect() as session:
        session.upload(("a.png", png()))
        session.export("b.mp4")
    assert Path("b.mp4").read_bytes() == scripted.movie
    kept.unlink()
    with nemo_nb.replay("demo.jsonl"), nemo_nb.connect() as session:
        session.upload(("a.png", png()))
        with pytest.raises(NemoError, match="misses its file"):
            session.export("c.mp4")


def test_a_signed_address_elsewhere_is_hidden_and_found_again(scripted, folder, no_network):
    signed = scripted.url.replace("127.0.0.1", "localhost") + "/cdn.mp4?Sig=hunter2&Expires=9"
    scripted.outcomes = [[{"status": "completed", "outputUrl": signed}]]

    def work(path):
        with open_scripted(scripted) as session:
            session.upload(("a.png", png()))
            return Path(path).read_bytes() if session.export(path).path else b""

    with nemo_nb.record("demo.jsonl"):
        assert work("one.mp4") == scripted.movie
    text = (folder / "demo.jsonl").read_text()
    assert "hunter2" not in text
    assert "Expires" not in text
    no_network()
    with nemo_nb.replay("demo.jsonl"):
        assert work("two.mp4") == scripted.movie


def test_a_cassette_reads_no_file_from_elsewhere(scripted, folder):
    (folder / "private.mp4").write_bytes(b"private")
    with nemo_nb.record("demo.jsonl"), open_scripted(scripted) as session:
        session.upload(("a.png", png()))
        session.export("a.mp4")
    lines = [json.loads(line) for line in (folder / "demo.jsonl").read_text().splitlines()]
    for line in lines:
        if "media" in line:
            del line["media"]["base64"]
            line["media"]["file"] = "../private.mp4"
    (folder / "demo.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with nemo_nb.replay("demo.jsonl"), nemo_nb.connect() as session:
        session.upload(("a.png", png()))
        with pytest.raises(NemoError, match="misses its file"):
            session.export("c.mp4")
