import json
import multiprocessing
import os
import signal
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import nemo_nb
from nemo_nb import batching
from nemo_nb.batch_table import read_rows
from nemo_nb.errors import InputError, SourceNotFound
from nemo_nb.studio import launch

SMALL = {"resolution": "160x90", "quality": "low"}


@pytest.fixture
def photos(tmp_path):
    names = []
    for shade in (60, 200):
        path = tmp_path / f"photo{shade}.jpg"
        ramp = np.linspace(0, 55, 160, dtype=np.uint8)
        Image.fromarray(np.tile(ramp, (90, 1)) + np.uint8(shade)).convert("RGB").save(path)
        names.append(str(path))
    return names


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEMO_POLL_S", "0.05")
    yield tmp_path
    for studio in launch.running():
        studio.stop()


def rows_of(photos, *prompts):
    return [
        {"source": photo, "prompt": prompt, "name": f"v{number}", **SMALL}
        for number, (photo, prompt) in enumerate(zip(photos, prompts, strict=True))
    ]


def test_rows_that_cannot_be_run_are_all_named_before_anything_starts(photos):
    table = [
        {"prompt": "fine", "name": "same"},
        {"prompt": ""},
        {"prompt": "x", "source": "nowhere.jpg"},
        {"prompt": "x", "skill": "juggling"},
        {"prompt": "x", "quality": "best"},
        {"prompt": "x", "name": "../up"},
        {"prompt": "x", "source": photos[0], "name": "SAME"},
    ]
    with pytest.raises(InputError) as caught:
        read_rows(table, skill="caption-ab")
    said = str(caught.value)
    assert "6 of 7 rows" in said
    for part in ("row 2", "prompt", "row 3", "nowhere.jpg", "row 4", "row 5", "row 6", "1 more"):
        assert part in said


@pytest.mark.parametrize("table", [[], 5, {"prompt": "x"}, [1]])
def test_what_is_no_table_is_said(table):
    with pytest.raises(InputError):
        read_rows(table, skill="caption-ab")


def test_a_csv_file_is_a_table(tmp_path, photos):
    path = tmp_path / "wishes.csv"
    path.write_text(f"\ufeffsource,prompt,fps,client\n{photos[0]},add a title,25,ACME\n,idea,,\n")
    first, second = read_rows(path, skill="caption-ab")
    assert (first.prompt, first.output, first.extra) == (
        "add a title",
        {"fps": 25},
        {"client": "ACME"},
    )
    assert first.name == "001-photo60"
    assert (second.sources, second.name, second.extra) == ((), "002-video", {})
    with pytest.raises(SourceNotFound):
        read_rows(tmp_path / "none.csv", skill="caption-ab")


def test_a_row_is_another_one_when_its_file_changes(photos):
    (row,) = read_rows([{"source": photos[0], "prompt": "x"}], skill="caption-ab")
    before = row.fingerprint()
    assert before == row.fingerprint()
    os.utime(photos[0], ns=(1, 1))
    assert row.fingerprint() != before


def test_every_row_becomes_a_video_and_a_second_call_does_nothing_again(folder, photos):
    table = rows_of(photos, 'add a title "One"', 'add a caption "Two"')
    table[0]["client"], table[1]["client"] = 1, 2
    frame = nemo_nb.batch(pd.DataFrame(table), backend="local", out="films")
    assert frame["status"].tolist() == ["done", "done"]
    assert frame["client"].tolist() == [1, 2]
    assert [Path(path).stat().st_size for path in frame["path"]] == frame["size_bytes"].tolist()
    assert frame["duration_ms"].between(2950, 3050).all()
    assert pd.read_csv(folder / "films" / "manifest.csv")["status"].tolist() == ["done", "done"]
    made = [Path(path).stat().st_mtime_ns for path in frame["path"]]
    again = nemo_nb.batch(table, backend="local", out="films")
    assert [Path(path).stat().st_mtime_ns for path in again["path"]] == made
    assert again["summary"].tolist() == frame["summary"].tolist()
    shown = nemo_nb.compare(again)
    assert shown.names == ("v0", "v1")
    assert nemo_nb.compare("films/manifest.csv").names == ("v0", "v1")
    assert nemo_nb.compare(folder / "films").names == ("v0", "v1")
    assert shown.variants["v1"].captions["text"].tolist() == ["Two"]


def test_a_failed_row_stops_no_other_and_alone_is_run_again(photos, monkeypatch):
    table = rows_of(photos, 'add a title "One"', "trim the first 40 seconds")
    frame = nemo_nb.batch(table, backend="local")
    assert frame["status"].tolist() == ["done", "failed"]
    assert "v1" not in str(frame["path"].tolist())
    asked = []
    real = batching.run_row
    monkeypatch.setattr(batching, "run_row", lambda *a: (asked.append(a[0]["name"]), real(*a))[1])
    table[1]["prompt"] = 'add a title "Two"'
    frame = nemo_nb.batch(table, backend="local")
    assert asked == ["v1"]
    assert frame["status"].tolist() == ["done", "done"]


def test_a_row_whose_message_was_sent_is_exported_and_not_asked_again(folder, photos):
    table = rows_of(photos[:1], 'add a title "One"')
    nemo_nb.batch(table, backend="local")
    where = folder / "out" / "v0.json"
    record = json.loads(where.read_text())
    where.write_text(json.dumps({**record, "status": "running", "step": "asking", "draft": {}}))
    (folder / "out" / "v0.mp4").unlink()
    frame = nemo_nb.batch(table, backend="local")
    assert frame["status"].tolist() == ["done"]
    assert json.loads(where.read_text())["summary"].count("One") == 1


def test_resume_false_starts_anew(photos):
    table = rows_of(photos[:1], 'add a title "One"')
    first = nemo_nb.batch(table, backend="local")
    second = nemo_nb.batch(table, backend="local", resume=False)
    assert second.loc[0, "started_at"] > first.loc[0, "started_at"]
    assert second.loc[0, "summary"] == first.loc[0, "summary"]


def test_an_executor_does_the_work(photos):
    table = rows_of(photos, 'add a title "One"', 'add a title "Two"')
    with ThreadPoolExecutor(2) as pool:
        frame = nemo_nb.batch(table, backend="local", executor=pool)
    assert frame["status"].tolist() == ["done", "done"]
    with pytest.raises(InputError):
        nemo_nb.batch(table, backend="local", executor=object(), resume=False)


def test_a_worker_that_dies_fails_its_row(photos):
    class Mortal(Executor):
        def submit(self, *_args, **_named):
            task = Future()
            task.set_exception(MemoryError("out of memory"))
            return task

    class Client:
        def get_executor(self):
            return Mortal()

    frame = nemo_nb.batch(rows_of(photos[:1], "x"), backend="local", executor=Client())
    assert frame["status"].tolist() == ["failed"]
    assert "out of memory" in frame.loc[0, "error"]


def _die(record, _backend):
    """Go as far as a worker that the system kills once its message is sent."""
    record.update(status="running", step="new")
    Path(record["record"]).write_text(json.dumps(record))
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_killed_process_fails_its_row_and_a_second_call_goes_on(photos, monkeypatch):
    table = rows_of(photos[:1], 'add a title "One"')
    real = batching.run_row
    # A process that starts anew finds this module by its path alone.
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        monkeypatch.setattr(batching, "run_row", _die)
        frame = nemo_nb.batch(table, backend="local", executor=pool)
    assert frame["status"].tolist() == ["failed"]
    assert "The worker ended" in frame.loc[0, "error"]
    assert json.loads(Path("out/v0.json").read_text())["status"] == "running"
    monkeypatch.setattr(batching, "run_row", real)
    assert nemo_nb.batch(table, backend="local")["status"].tolist() == ["done"]


@pytest.mark.slow
def test_dask_does_the_work(photos):
    distributed = pytest.importorskip("distributed")
    table = rows_of(photos, 'add a title "One"', 'add a title "Two"')
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with distributed.LocalCluster(**options) as cluster, distributed.Client(cluster) as client:
        frame = nemo_nb.batch(table, backend="local", executor=client)
    assert frame["status"].tolist() == ["done", "done"]
    assert nemo_nb.compare("out/manifest.csv").names == ("v0", "v1")
