import os
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import nemo_nb
from clientkit import TOKEN, draft_of
from nemo_nb import processes
from nemo_nb.errors import InputError, RenderFailed
from nemo_nb.ledger import Job, Ledger
from nemo_nb.media.mp4check import check_playable
from nemo_nb.studio import launch


@pytest.fixture(autouse=True)
def quick(monkeypatch, tmp_path):
    monkeypatch.setenv("NEMO_POLL_S", "0.02")
    monkeypatch.setenv("NEMO_RETRY_WAIT_S", "0")
    monkeypatch.chdir(tmp_path)
    # A process started from here must find the package as well.
    monkeypatch.setenv("PYTHONPATH", str(Path(nemo_nb.__file__).parents[1]))


def left_behind(scripted, job_id="render_1", **changes):
    """Write a job down as a killed kernel leaves it, and return its row."""
    scripted.sessions.append("session-1")
    values = {
        "session": "",
        "session_id": "session-1",
        "backend": "url",
        "place": scripted.url,
        "skill": "caption-ab",
        "path": str(Path.cwd() / "out.mp4"),
        "request": {"draft": draft_of("Hi"), "output": {"format": "mp4"}, "named": True},
        "pid": 0,
    }
    row = Job(job_id, **(values | changes))
    Ledger().add_job(row)
    return row


def test_no_jobs_is_an_empty_frame_with_its_columns():
    frame = nemo_nb.jobs()
    assert frame.empty
    assert list(frame) == [
        "id",
        "session",
        "status",
        "progress",
        "submitted_at",
        "finished_at",
        "path",
        "error",
    ]
    assert nemo_nb.resume().empty


def test_a_job_that_was_never_submitted_is_submitted_once(scripted):
    left_behind(scripted)
    frame = nemo_nb.resume(token=TOKEN)
    assert [sent["id"] for sent in scripted.submitted] == ["render_1"]
    assert scripted.submitted[0]["draft"] == draft_of("Hi")
    assert frame["status"].tolist() == ["completed"]
    check_playable(Path(frame["path"][0]))


def test_a_job_that_the_server_knows_is_not_submitted_again(scripted):
    left_behind(scripted, status="processing", progress=40.0)
    done = {"status": "completed", "output": {"url": f"{scripted.url}/cdn.mp4"}}
    scripted._renders["render_1"] = [{"status": "processing", "progress": 60}, done]
    assert nemo_nb.resume("render_1", token=TOKEN)["status"].tolist() == ["completed"]
    assert scripted.submitted == []


def test_a_name_that_was_taken_meanwhile_is_left_alone(scripted):
    Path("out.mp4").write_bytes(b"mine")
    request = {"draft": draft_of("Hi"), "output": {"format": "mp4"}, "named": False}
    left_behind(scripted, request=request)
    assert Path(nemo_nb.resume(token=TOKEN)["path"][0]).name == "out (2).mp4"
    assert Path("out.mp4").read_bytes() == b"mine"


def test_a_job_of_a_running_kernel_is_left_to_it(scripted):
    kernel = os.getppid()
    left_behind(scripted, pid=kernel, born=processes.born(kernel))
    assert nemo_nb.resume(token=TOKEN)["status"].tolist() == ["pending"]
    assert scripted.submitted == []
    # Asked for by its id, it is picked up nevertheless.
    assert nemo_nb.resume("render_1", token=TOKEN)["status"].tolist() == ["completed"]


def test_a_job_that_is_over_or_unknown_is_told(scripted):
    left_behind(scripted)
    nemo_nb.resume(token=TOKEN)
    with pytest.raises(InputError, match="completed already"):
        nemo_nb.resume("render_1", token=TOKEN)
    with pytest.raises(InputError, match="no job"):
        nemo_nb.resume("render_404", token=TOKEN)


def test_one_job_that_fails_is_raised_several_stand_in_the_frame(scripted):
    failed = {"status": "failed", "error": "out of memory"}
    left_behind(scripted)
    scripted.outcomes = [[failed], [failed]]
    with pytest.raises(RenderFailed, match="out of memory"):
        nemo_nb.resume("render_1", token=TOKEN)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        left_behind(scripted, "render_2", place=f"http://127.0.0.1:{port}")
        left_behind(scripted, "render_3", path=str(Path.cwd() / "other.mp4"))
        frame = nemo_nb.resume(token=TOKEN).set_index("id")
    assert frame.loc[["render_2", "render_3"], "status"].tolist() == ["pending", "completed"]
    assert Ledger().job("render_2").error


@pytest.mark.slow  # the next studio waits ten seconds for the dead one's lease
def test_killed_in_the_middle_of_a_render_and_finished_by_the_next_process(tmp_path):
    script = textwrap.dedent(f"""
        import os, signal
        import numpy as np
        import nemo_nb

        os.chdir({str(tmp_path)!r})
        session = nemo_nb.connect()
        session.upload(np.zeros((90, 160, 3), np.uint8))
        export = session.export("out.mp4", resolution="640x360", wait=False)
        while export.status == "pending":
            session.credits()
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    done = subprocess.run([sys.executable, "-c", script], check=False, timeout=60)
    assert done.returncode == -9
    left = nemo_nb.jobs()
    assert left["status"].isin(["pending", "processing"]).all()
    assert not (tmp_path / "out.mp4").exists()
    try:
        frame = nemo_nb.resume()
    finally:
        for studio in launch.running():
            studio.stop()
    assert frame["id"].tolist() == left["id"].tolist()
    assert frame["status"].tolist() == ["completed"]
    check_playable(tmp_path / "out.mp4")
