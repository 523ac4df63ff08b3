"""A kernel that is killed at any moment of a render: listed, finished, never submitted twice."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import nemo_nb
from clientkit import TOKEN
from nemo_nb.errors import InputError
from nemo_nb.ledger import Ledger
from nemo_nb.media.mp4check import check_playable

# Where the child ends itself, by SIGKILL: what runs before the moment, and what is cut off.
MOMENTS = {
    "before it is submitted": ("nemo_nb.wire.client.ApiClient", "submit_render", "before"),
    "after it is submitted": ("nemo_nb.wire.client.ApiClient", "submit_render", "after"),
    "while it renders": ("nemo_nb.wire.client.ApiClient", "render_state", "after"),
    "before the download": ("nemo_nb.wire.client.ApiClient", "download", "before"),
    "during the download": ("nemo_nb.wire.download._Download", "_ended", "before"),
    "before the rename": ("nemo_nb.destination.Target", "final", "before"),
    "after the rename": ("pathlib.PosixPath", "replace", "after"),
}

CHILD = """
    import inspect, os, pydoc, signal
    import nemo_nb

    place, name, moment = {moment!r}
    left = [{time!r}]
    owner = pydoc.locate(place)
    original = getattr(owner, name)

    def end():
        os.kill(os.getpid(), signal.SIGKILL)

    async def killing(*args, **rest):
        left[0] -= 1
        if left[0]:
            return await original(*args, **rest)
        if moment == "before":
            end()
        await original(*args, **rest)
        end()

    def killing_at_once(*args, **rest):
        if moment == "before":
            end()
        result = original(*args, **rest)
        if str(result).endswith(".mp4"):
            end()
        return result

    os.chdir({folder!r})
    session = nemo_nb.connect({url!r}, token={token!r}, name="work", poll_s=0.01)
    session.upload(("a.png", bytes.fromhex({png!r})))
    awaited = inspect.iscoroutinefunction(original)
    setattr(owner, name, killing if awaited else killing_at_once)
    session.export({path!r})
"""


@pytest.fixture(autouse=True)
def quick(monkeypatch, tmp_path):
    monkeypatch.setenv("NEMO_POLL_S", "0.01")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(Path(nemo_nb.__file__).parents[1]))


def killed_at(moment, scripted, folder, png, path, time=1):
    """Run a kernel that exports to *path* and is killed at *moment*, the *time*-th such one."""
    source = textwrap.dedent(CHILD).format(
        moment=MOMENTS[moment],
        time=time,
        folder=str(folder),
        url=scripted.url,
        token=TOKEN,
        png=png.hex(),
        path=path,
    )
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == -9, done.stderr


@pytest.mark.parametrize(
    ("moment", "path"),
    [*((moment, "out.mp4") for moment in MOMENTS), ("after the rename", None)],
)
def test_what_was_killed_is_listed_and_finished_and_submitted_once(
    scripted, tmp_path, png, moment, path
):
    rendering = {"status": "processing", "progress": 40}
    done = {"status": "completed", "progress": 100, "output": {"url": f"{scripted.url}/cdn.mp4"}}
    scripted.outcomes = [[rendering, rendering, done]]
    killed_at(moment, scripted, tmp_path, png, path)

    (row,) = Ledger().jobs()
    assert row.unfinished
    assert not row.attended
    left = nemo_nb.jobs()
    assert left["id"].tolist() == [row.id]
    assert left["session"].tolist() == ["work"]
    assert len(scripted.submitted) == (0 if moment == "before it is submitted" else 1)

    frame = nemo_nb.resume(token=TOKEN)
    assert frame["status"].tolist() == ["completed"]
    assert [sent["id"] for sent in scripted.submitted] == [row.id]
    file = Path(frame["path"][0])
    check_playable(file)
    # One file, under the name that was meant for it, and nothing half done beside it.
    assert [entry.name for entry in tmp_path.iterdir()] == [file.name]
    assert file.name == (path or "clip.mp4")
    assert nemo_nb.resume(token=TOKEN)["status"].tolist() == ["completed"]
    assert len(scripted.submitted) == 1


@pytest.mark.parametrize("moment", ["before it is submitted", "after it is submitted"])
@pytest.mark.parametrize("fails_again", [False, True])
def test_a_render_that_is_tried_again_is_tried_again_once(
    scripted, tmp_path, png, moment, fails_again
):
    failed = {"status": "failed", "error": "out of memory"}
    done = {"status": "completed", "output": {"url": f"{scripted.url}/cdn.mp4"}}
    scripted.outcomes = [[failed], [failed] if fails_again else [done], [done]]
    killed_at(moment, scripted, tmp_path, png, "out.mp4", time=2)
    again, first = Ledger().jobs()
    assert (first.status, first.error, again.unfinished) == ("failed", "out of memory", True)
    frame = nemo_nb.resume(token=TOKEN)
    assert [sent["id"] for sent in scripted.submitted] == [first.id, again.id]
    assert frame["status"].tolist() == ["failed" if fails_again else "completed", "failed"]


def test_a_second_kernel_leaves_a_render_to_the_one_that_is_at_it(scripted, connect):
    scripted.outcomes = [[{"status": "processing", "progress": 40}]]
    export = connect().export("a.mp4", wait=False)
    assert Ledger().job(export.id).attended
    with pytest.raises(InputError, match="under way in this kernel"):
        nemo_nb.resume(export.id, token=TOKEN)
    assert nemo_nb.resume(token=TOKEN)["status"].tolist() in (["pending"], ["processing"])
    export.cancel()
