import os
import sqlite3
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor

import pytest

from nemo_nb.errors import ConfigError
from nemo_nb.ledger import Job, Ledger, NamedSession, TurnRow, place_of
from nemo_nb.settings import load

DRAFT = {"t": [{"tt": 0, "sg": [{"d": 3000}]}]}


@pytest.fixture
def ledger(tmp_path):
    return Ledger(tmp_path / "data" / "ledger.sqlite")


def a_job(job_id="render_1", **changes):
    values = {
        "session": "holiday",
        "session_id": "s1",
        "backend": "local",
        "place": "/studio",
        "skill": "caption-ab",
        "path": "/out.mp4",
        "request": {"draft": DRAFT},
    }
    return Job(id=job_id, **(values | changes))


def test_nothing_is_created_by_looking(ledger):
    assert ledger.jobs() == []
    assert ledger.sessions() == []
    assert ledger.turns("holiday", "/studio") == []
    assert not ledger.path.exists()


def test_a_job_comes_back_whole(ledger):
    job = a_job()
    ledger.add_job(job)
    assert Ledger(ledger.path).job("render_1") == job
    assert job.unfinished
    assert job.pid == os.getpid()


def test_what_was_said_is_its_owners_alone(ledger):
    ledger.add_job(a_job())
    assert ledger.path.stat().st_mode & 0o077 == 0


def test_a_finished_job_has_a_time_and_no_draft(ledger):
    ledger.add_job(a_job())
    ledger.update_job("render_1", status="processing", progress=40.0)
    assert ledger.job("render_1").request == {"draft": DRAFT}
    ledger.update_job("render_1", status="completed", progress=100.0)
    job = ledger.job("render_1")
    assert (job.status, job.progress, job.request) == ("completed", 100.0, {})
    assert job.finished_at >= job.submitted_at
    assert not job.unfinished


def test_the_same_id_is_never_written_twice(ledger):
    ledger.add_job(a_job())
    with pytest.raises(ConfigError):
        ledger.add_job(a_job())


def test_jobs_come_newest_first(ledger):
    for number in range(3):
        ledger.add_job(a_job(f"render_{number}", submitted_at=f"2026-01-0{number + 1}T00:00:00"))
    assert [job.id for job in ledger.jobs()] == ["render_2", "render_1", "render_0"]


def test_a_session_is_found_by_name_and_place(ledger):
    kept = NamedSession("holiday", "/studio", "local", "s1", "t1", "caption-ab", "en")
    ledger.save_session(kept)
    assert ledger.session("holiday", "/studio") == kept
    assert ledger.session("holiday", "https://elsewhere") is None
    again = NamedSession("holiday", "/studio", "local", "s2", "t2", "caption-ab", "zh")
    ledger.save_session(again)
    assert ledger.sessions() == [again]


def test_turns_come_back_in_order(ledger):
    rows = [
        TurnRow(number, "chat", f"ask {number}", "answer", "2026-01-01T00:00:00+00:00", 5, "done")
        for number in (2, 1)
    ]
    for row in rows:
        ledger.add_turn("holiday", "/studio", row)
    assert ledger.turns("holiday", "/studio") == rows[::-1]
    assert ledger.turns("work", "/studio") == []


def test_a_token_in_a_turn_is_masked(ledger):
    row = TurnRow(1, "chat", "my key is nmv_usr_abcdefgh12", "", "2026-01-01", 5, "done")
    ledger.add_turn("holiday", "/studio", row)
    assert "abcdefgh12" not in ledger.turns("holiday", "/studio")[0].text


def test_many_threads_may_begin_it_at_once(ledger):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: ledger.add_job(a_job(f"render_{number}")), range(24)))
    assert len(ledger.jobs()) == 24


def test_a_process_killed_right_after_leaves_the_row(ledger):
    script = textwrap.dedent(f"""
        import os, signal
        from pathlib import Path
        from nemo_nb.ledger import Job, Ledger
        Ledger(Path({str(ledger.path)!r})).add_job(
            Job("render_9", "", "s1", "local", "/studio", "caption-ab", "/out.mp4")
        )
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    done = subprocess.run([sys.executable, "-c", script], check=False, timeout=30)
    assert done.returncode == -9
    assert ledger.job("render_9").status == "pending"


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(ConfigError, match="NEMO_NB_DATA"):
        Ledger(blocked / "ledger.sqlite").add_job(a_job())


def test_a_newer_ledger_is_left_alone(ledger):
    ledger.add_job(a_job())
    with ledger._open() as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(ConfigError, match="newer"):
        ledger.jobs()


def test_the_default_lies_in_the_data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("NEMO_NB_DATA", str(tmp_path))
    assert Ledger().path == tmp_path / "ledger.sqlite"


def test_a_place_is_the_url_or_the_workspace(tmp_path):
    assert place_of(load("local", workspace=tmp_path, env={})) == str(tmp_path)
    assert place_of(load("http://127.0.0.1:8787/", env={})) == "http://127.0.0.1:8787"


def test_a_ledger_of_the_first_version_is_taken_over(ledger):
    ledger.add_job(a_job())
    with sqlite3.connect(ledger.path) as db:
        db.execute("ALTER TABLE jobs DROP COLUMN born")
        db.execute("PRAGMA user_version = 1")
    db.close()
    job = ledger.job("render_1")
    assert (job.id, job.born) == ("render_1", "")
    ledger.add_job(a_job("render_2"))
    assert ledger.job("render_2").attended


def test_a_job_is_attended_while_its_process_runs():
    assert a_job().attended
    assert not a_job(pid=0).attended
    assert not a_job(born="another process of this number").attended
