import asyncio
import contextlib
import io
import pickle
import signal
import threading

import pytest
from PIL import Image
from starlette.responses import JSONResponse, Response

from clientkit import draft_of
from nemo_nb import loop, notices
from nemo_nb.blocking import Session
from nemo_nb.errors import (
    ApiError,
    BadToken,
    DownloadFailed,
    InputError,
    NotReady,
    PlanBlocked,
    RenderCancelled,
    RenderFailed,
    RenderTimeout,
)
from nemo_nb.export import ExportFile
from nemo_nb.ledger import Ledger

FAILED = {"status": "failed", "error": "out of memory"}
STUCK = {"status": "processing", "progress": 40}


def completed(scripted):
    return {"status": "completed", "progress": 100, "output": {"url": f"{scripted.url}/cdn.mp4"}}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_file_lands_at_its_path_and_in_the_ledger(scripted, connect, folder):
    heard = []
    session = connect(name="holiday")
    session.aio.subscribe(heard.append)
    export = session.export("out/final.mp4")
    assert export.path == folder / "out" / "final.mp4"
    assert export.path.read_bytes() == scripted.movie
    assert (export.status, export.progress) == ("completed", 100.0)
    assert (export.width, export.height, export.size_bytes) == (64, 36, len(scripted.movie))
    assert export.duration_ms == 400
    assert export.wait() is export
    row = Ledger().job(export.id)
    assert (row.session, row.status, row.path) == ("holiday", "completed", str(export.path))
    assert isinstance(heard[-1], notices.ExportEnded)
    assert heard[-1].export.id == export.id
    assert next(n.status for n in heard if isinstance(n, notices.ExportProgress)) == "pending"
    assert [path.name for path in (folder / "out").iterdir()] == ["final.mp4"]


def test_what_is_sent_is_what_was_asked_for(scripted, connect):
    connect().export("a.mp4", quality="low", resolution=(640, 360), fps=25)
    (sent,) = scripted.submitted
    assert sent["sessionId"] == "session-1"
    assert sent["draft"] == scripted.draft
    assert sent["output"] == {
        "format": "mp4",
        "quality": "low",
        "resolution": "640x360",
        "fps": 25,
    }


def test_the_default_name_never_overwrites(connect, folder):
    (folder / "clip.mp4").write_bytes(b"the user's own")
    session = connect()
    names = [session.export().path.name for _ in range(2)]
    assert names == ["clip (2).mp4", "clip (3).mp4"]
    assert (folder / "clip.mp4").read_bytes() == b"the user's own"


def test_a_named_path_is_overwritten_and_a_folder_gets_the_default_name(connect, folder):
    (folder / "out.mp4").write_bytes(b"old")
    session = connect()
    assert session.export("out").path == folder / "out.mp4"
    assert (folder / "out.mp4").stat().st_size > 3
    assert session.export(folder).path == folder / "clip.mp4"


def test_an_empty_timeline_is_not_submitted(scripted, connect):
    scripted.draft = {"t": [{"tt": 0, "sg": []}]}
    with pytest.raises(NotReady):
        connect().export()
    assert scripted.submitted == []


@pytest.mark.parametrize(
    "wish",
    [
        {"format": "avi"},
        {"quality": "best"},
        {"resolution": "big"},
        {"resolution": (1920,)},
        {"resolution": 1080},
        {"fps": 0},
        {"fps": "30"},
        {"path": "out.mov"},
    ],
)
def test_a_wish_that_cannot_be_is_refused_before_anything_is_sent(scripted, connect, wish):
    with pytest.raises(InputError):
        connect().export(**wish)
    assert scripted.submitted == []


def test_a_folder_that_cannot_be_is_told_before_the_render(scripted, connect, folder):
    (folder / "file").touch()
    with pytest.raises(InputError, match="written"):
        connect().export("file/out.mp4")
    assert scripted.submitted == []


def test_a_failed_render_is_tried_once_more_under_a_new_id(scripted, connect):
    scripted.outcomes = [[FAILED], [completed(scripted)]]
    export = connect().export("a.mp4")
    first, second = scripted.submitted
    assert first["id"] != second["id"] == export.id
    assert [job.status for job in Ledger().jobs()] == ["completed", "failed"]


def test_a_render_that_fails_twice_says_why(scripted, connect, folder):
    scripted.outcomes = [[FAILED], [FAILED]]
    with pytest.raises(RenderFailed, match="out of memory"):
        connect().export("a.mp4")
    assert len(scripted.submitted) == 2
    assert not (folder / "a.mp4").exists()


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        (JSONResponse({"detail": "no such job"}, 404), ApiError),
        (JSONResponse({"code": 403}, 403), PlanBlocked),
        (JSONResponse({"success": False, "error": "no"}), ApiError),
    ],
)
def test_a_refused_question_is_final(scripted, connect, refusal, kind):
    scripted.outcomes = [[refusal]]
    with pytest.raises(kind) as caught:
        connect().export("a.mp4")
    assert caught.value.code != 0
    assert len(scripted.submitted) == 1
    (row,) = Ledger().jobs()
    assert row.status == "failed"
    assert row.error == str(caught.value)


def test_a_question_that_another_token_would_mend_leaves_the_job(scripted, connect):
    scripted.outcomes = [[JSONResponse({"code": 1001}, 401)]]
    with pytest.raises(BadToken):
        connect().export("a.mp4")
    assert Ledger().jobs()[0].unfinished


def test_a_page_in_the_place_of_an_answer_is_asked_past(scripted, connect):
    page = Response("<html>", media_type="text/html")
    scripted.outcomes = [[page, page, completed(scripted)]]
    assert connect().export("a.mp4").status == "completed"
    assert len(scripted.submitted) == 1


def test_a_render_that_stands_still_is_left_unfinished(scripted, connect):
    scripted.outcomes = [[STUCK]]
    with pytest.raises(RenderTimeout, match="40 %"):
        connect({"render_timeout_s": 0.1}).export("a.mp4")
    assert len(scripted.submitted) == 1
    (row,) = Ledger().jobs()
    assert (row.status, row.progress, row.finished_at) == ("processing", 40.0, None)
    assert row.error


def test_a_file_that_does_not_play_is_left_to_resume(scripted, connect):
    scripted.downloads = [Response(scripted.movie[:100], media_type="video/mp4")] * 2
    with pytest.raises(DownloadFailed, match="does not play"):
        connect().export("a.mp4")
    (row,) = Ledger().jobs()
    assert row.unfinished
    assert len(scripted.submitted) == 1


def test_a_damaged_file_never_takes_the_place_of_a_good_one(scripted, connect, folder):
    (folder / "a.mp4").write_bytes(b"good")
    scripted.downloads = [Response(b"\x00" * 5000, media_type="video/mp4")] * 4
    with pytest.raises(DownloadFailed, match="play"):
        connect().export("a.mp4")
    assert (folder / "a.mp4").read_bytes() == b"good"
    assert [path.name for path in folder.iterdir()] == ["a.mp4"]


def test_without_waiting_there_is_a_handle(scripted, connect):
    scripted.outcomes = [[STUCK, STUCK, completed(scripted)]]
    export = connect().export("a.mp4", wait=False)
    assert export.path is None or export.status == "completed"
    export.wait()
    assert export.status == "completed"
    assert export.path.exists()
    assert "64x36" in repr(export)


def test_waiting_for_a_handle_shows_how_far_it_is(scripted, connect):
    scripted.outcomes = [[STUCK] * 3 + [{**STUCK, "progress": 80}, completed(scripted)]]
    heard, views = [], []

    @contextlib.contextmanager
    def presenter():
        seen = []
        views.append(seen)
        yield lambda notice: (seen.append(notice), heard.append(notice))

    session = connect({"poll_s": 0.05})
    session.presenter = presenter
    export = session.export("a.mp4", wait=False)
    export.wait()
    assert len(views) == 2
    shown = [notice.progress for notice in views[1] if isinstance(notice, notices.ExportProgress)]
    assert shown == sorted(shown)
    assert shown[-1] == 100
    assert isinstance(views[1][-1], notices.ExportEnded)
    # It is over: there is nothing to show, and nothing is told twice.
    export.wait()
    assert views[2] == []


def test_who_started_a_render_and_waits_for_it_hears_it_once(scripted, connect):
    scripted.outcomes = [[STUCK, STUCK, completed(scripted)]]
    heard = []
    session = connect()
    with notices.watching(heard.append):
        session.export("a.mp4", wait=False).wait()
    ends = [notice for notice in heard if isinstance(notice, notices.ExportEnded)]
    assert len(ends) == 1


def test_an_interrupt_while_waiting_stops_the_waiting_and_not_the_render(scripted, connect):
    release = threading.Event()

    def interrupt(notice):
        if isinstance(notice, notices.ExportProgress) and notice.progress and not release.is_set():
            release.set()
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    @contextlib.contextmanager
    def presenter():
        yield interrupt

    scripted.outcomes = [[STUCK, {**STUCK, "progress": 60}, STUCK, completed(scripted)]]
    session = connect({"poll_s": 0.1})
    export = session.export("a.mp4", wait=False)
    session.presenter = export._presenter = presenter
    with pytest.raises(KeyboardInterrupt):
        export.wait()
    assert scripted.cancelled == []
    assert export.wait().status == "completed"


@pytest.mark.parametrize("title", ["../../evil", "/etc/passwd", "..\\..\\evil", "a/../b", ".."])
def test_a_name_from_the_server_never_leaves_the_folder(scripted, connect, folder, title):
    scripted.draft = draft_of("Hi")
    scripted.draft["m"]["title"] = title
    scripted.draft["t"][0]["sg"][0]["m"]["src"] = title
    scripted.infos[0]["filename"] = title
    session = connect()
    place = folder / "deep" / "down"
    place.mkdir(parents=True)
    paths = [session.export(place).path, *(e.path for e in session.export(place, each=True))]
    assert len(paths) == 2
    assert all(path.parent == place for path in paths)
    assert {path.name for path in folder.rglob("*.mp4")} == {path.name for path in paths}


def test_a_handle_cancels(scripted, connect):
    scripted.outcomes = [[STUCK]]
    export = connect({"poll_s": 30.0}).export("a.mp4", wait=False)
    export.cancel()
    with pytest.raises(RenderCancelled):
        export.wait()
    assert export.status == "cancelled"
    assert scripted.cancelled == [export.id]
    with pytest.raises(NotReady):
        export.poster()


def test_an_interrupted_export_is_cancelled_on_the_server(scripted, connect):
    scripted.outcomes = [[STUCK]]
    session = connect()
    moving = threading.Event()
    session.aio.subscribe(
        lambda n: moving.set() if isinstance(n, notices.ExportProgress) and n.progress else None
    )
    future = loop.spawn(lambda: session.aio.export("a.mp4"))
    assert moving.wait(10)
    future.cancel()
    loop.run(session.aio.credits)
    for _ in range(100):
        if scripted.cancelled:
            break
        loop.run(session.aio.credits)
    assert scripted.cancelled == [Ledger().jobs()[0].id]
    assert Ledger().jobs()[0].status == "cancelled"


def test_stopping_an_export_does_not_wait_for_a_server_that_is_silent(scripted, connect):
    scripted.outcomes = [[STUCK]]
    session = connect()
    moving, asked, release = threading.Event(), threading.Event(), threading.Event()

    async def slow():
        asked.set()
        await asyncio.to_thread(release.wait, 10)

    scripted.slow_cancel = slow
    session.subscribe(
        lambda n: moving.set() if isinstance(n, notices.ExportProgress) and n.progress else None
    )
    future = loop.spawn(lambda: session.aio.chat("export"))
    assert moving.wait(10)
    assert session.stop()
    assert future.result(10).status == "stopped"
    assert asked.wait(10)
    assert scripted.cancelled == []
    release.set()
    # It goes on behind the turn, and closing waits for it.
    session.close()
    assert scripted.cancelled == [Ledger().jobs()[0].id]


def test_a_closed_session_leaves_its_export_to_resume(scripted, connect):
    scripted.outcomes = [[STUCK]]
    session = connect()
    export = session.export("a.mp4", wait=False)
    session.close()
    with pytest.raises(RenderCancelled, match="resume"):
        export.wait()
    (row,) = Ledger().jobs()
    assert row.unfinished
    assert row.pid == 0
    assert scripted.cancelled == []


def test_each_source_gets_its_own_file(scripted, connect, folder):
    scripted.draft = draft_of("Hi")
    photo = {"id": "s2", "s": 6000, "d": 3000, "m": {"src": "cat.jpg"}}
    scripted.draft["t"][0]["sg"].append(photo)
    scripted.infos.append({"filename": "cat.jpg", "file_type": "image"})
    scripted.infos.append({"filename": "song.mp3", "file_type": "audio"})
    exports = connect().export("out", each=True)
    assert [export.path for export in exports] == [
        folder / "out" / "clip.mp4",
        folder / "out" / "cat.mp4",
    ]
    lengths = [sent["draft"]["d"] for sent in scripted.submitted]
    assert lengths == [6000, 3000]


def test_another_timeline_is_rendered_instead(scripted, connect):
    session = connect()
    edited = session.timeline().with_draft(draft_of("Edited"))
    session.export("a.mp4", timeline=edited)
    assert scripted.submitted[0]["draft"] == draft_of("Edited")


def test_export_by_chat(scripted, connect, folder):
    reply = connect().chat("export 1080p MP4")
    assert (reply.action, reply.status) == ("export", "done")
    assert reply.export.path == folder / "clip.mp4"
    assert "clip.mp4" in reply.text
    # A finished file: nothing to await on either face of the session.
    assert type(reply.export) is ExportFile
    again = pickle.loads(pickle.dumps(reply))  # noqa: S301 - our own
    assert (again.export.path, again.export.width) == (reply.export.path, 64)
    assert scripted.submitted[0]["output"]["resolution"] == "1080p"


def test_the_poster_is_a_small_jpeg(connect):
    export = connect().export("a.mp4")
    picture = Image.open(io.BytesIO(export.poster(32)))
    assert picture.format == "JPEG"
    assert picture.size == (32, 18)


def test_a_presenter_sees_what_a_call_does(connect):
    heard, closed = [], []

    @contextlib.contextmanager
    def presenter():
        yield heard.append
        closed.append(True)

    session = connect()
    assert isinstance(session, Session)
    session.presenter = presenter
    session.export("a.mp4")
    assert isinstance(heard[-1], notices.ExportEnded)
    assert closed == [True]


def test_what_could_not_be_shown_is_told_with_the_file(scripted, connect):
    notes = ["No font here has “𒀀”: left out of the picture."]
    scripted.outcomes = [[completed(scripted) | {"notes": notes}], [completed(scripted)]]
    session = connect()
    export = session.export()
    assert export.notes == tuple(notes)
    assert export.standing().notes == tuple(notes)
    assert session.export().notes == ()
