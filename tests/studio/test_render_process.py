import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

import mediakit
from mediakit import segment as seg
from mediakit import timeline
from nemo_nb.errors import BrokenMedia, RenderCancelled, RenderFailed
from nemo_nb.studio.render.formats import Order
from nemo_nb.studio.render_process import RenderProcess
from studiokit import until

LOW = Order(quality="low")


@pytest.fixture
def process():
    made = RenderProcess()
    yield made
    made.close()


@pytest.fixture
def photo(tmp_path):
    return mediakit.photo(tmp_path / "photo.png")


class Call:
    """A render under way in a thread: how far it is, and how it ended."""

    def __init__(self, process, draft, source, out):
        self.told = []
        self.error = self.done = None
        self.cancel = threading.Event()
        self._arguments = (draft, {source.name: source}, out, LOW, None)
        self._process = process
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        try:
            self.done = self._process.render(*self._arguments, self.told.append, self.cancel.is_set)
        except Exception as error:  # noqa: BLE001  looked at by the test
            self.error = error

    def over(self):
        self._thread.join(30)
        assert not self._thread.is_alive()
        return self.error


def long(photo):
    return timeline(seg(photo, d=3_600_000))


def test_it_renders_and_the_child_serves_the_next_one_too(process, photo, tmp_path):
    infos, children = [], []
    for name in ("a.mp4", "b.mp4"):
        call = Call(process, timeline(seg(photo)), photo, tmp_path / name)
        assert call.over() is None
        infos.append(call.done)
        children.append(process._child)
    info, copied = infos[0]
    assert (info.kind, info.width, info.duration_ms, copied) == ("video", 320, 1000, 0)
    assert call.told[-1] == 100.0
    assert children[0] is children[1]


def test_the_kernels_own_process_draws_nothing(process, photo, tmp_path):
    Call(process, timeline(seg(photo)), photo, tmp_path / "a.mp4").over()
    assert process._child._process.pid != os.getpid()
    assert not [t for t in threading.enumerate() if t.name == "nemo-nb-paint"]


def test_an_error_comes_back_as_it_was_raised(process, tmp_path):
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n")
    error = Call(process, timeline(seg(broken)), broken, tmp_path / "a.mp4").over()
    assert isinstance(error, BrokenMedia)
    assert "broken.png" in error.what
    assert error.fix


def test_cancelling_keeps_the_child_and_leaves_no_file(process, photo, tmp_path):
    out = tmp_path / "film" / "a.mp4"
    call = Call(process, long(photo), photo, out)
    until(lambda: list(out.parent.glob(".a.mp4.*")) if out.parent.exists() else None)
    child = process._child
    call.cancel.set()
    assert isinstance(call.over(), RenderCancelled)
    assert not list(out.parent.iterdir())
    assert Call(process, timeline(seg(photo)), photo, tmp_path / "b.mp4").over() is None
    assert process._child is child


def test_a_child_that_does_not_listen_is_killed_in_time_and_its_half_file_removed(
    process, photo, tmp_path
):
    out = tmp_path / "film" / "a.mp4"
    call = Call(process, long(photo), photo, out)
    until(lambda: list(out.parent.glob(".a.mp4.*")) if out.parent.exists() else None)
    child = process._child._process
    child.send_signal(signal.SIGSTOP)
    call.cancel.set()
    assert isinstance(call.over(), RenderCancelled)
    assert child.poll() == -signal.SIGKILL
    assert not list(out.parent.iterdir())
    assert Call(process, timeline(seg(photo)), photo, tmp_path / "b.mp4").over() is None


def test_one_that_waits_its_turn_can_be_cancelled(process, photo, tmp_path):
    first = Call(process, long(photo), photo, tmp_path / "a.mp4")
    until(lambda: process._child)
    second = Call(process, long(photo), photo, tmp_path / "b.mp4")
    second.cancel.set()
    assert isinstance(second.over(), RenderCancelled)
    assert first.error is None
    first.cancel.set()
    first.over()


def test_a_child_that_was_killed_is_an_error_in_words_and_the_next_render_works(
    process, photo, tmp_path
):
    out = tmp_path / "film" / "a.mp4"
    call = Call(process, long(photo), photo, out)
    until(lambda: list(out.parent.glob(".a.mp4.*")) if out.parent.exists() else None)
    process._child._process.kill()
    error = call.over()
    assert isinstance(error, RenderFailed)
    assert "memory" in error.why
    assert not list(out.parent.iterdir())
    assert Call(process, timeline(seg(photo)), photo, tmp_path / "b.mp4").over() is None


def test_a_child_that_went_home_is_replaced(process, photo, tmp_path):
    assert Call(process, timeline(seg(photo)), photo, tmp_path / "a.mp4").over() is None
    process._child._process.stdin.close()
    process._child._process.wait(20)
    assert Call(process, timeline(seg(photo)), photo, tmp_path / "b.mp4").over() is None


def test_a_callback_that_fails_does_not_confuse_the_next_render(process, photo, tmp_path):
    def bad(_percent):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        process.render(
            long(photo), {photo.name: photo}, tmp_path / "a.mp4", LOW, None, bad, lambda: False
        )
    done = Call(process, timeline(seg(photo)), photo, tmp_path / "b.mp4")
    assert done.over() is None
    assert done.done[0].name == "b.mp4"


def test_the_child_is_gone_when_its_parent_was_killed(photo, tmp_path):
    code = textwrap.dedent("""
        import json, sys, threading
        from pathlib import Path
        from nemo_nb.studio.render.formats import Order
        from nemo_nb.studio.render_process import RenderProcess

        process, photo = RenderProcess(), Path(sys.argv[1])
        draft = json.loads(sys.argv[2])
        told = lambda percent: print(process._child._process.pid, flush=True)
        process.render(draft, {photo.name: photo}, Path(sys.argv[3]), Order(quality="low"),
                       None, told, lambda: False)
    """)
    arguments = [str(photo), json.dumps(long(photo)), str(tmp_path / "a.mp4")]
    with subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": ":".join(p for p in sys.path if p), "HOME": str(tmp_path)},
        cwd=Path(__file__).parents[2],
    ) as parent:
        child = int(parent.stdout.readline())
        parent.kill()
    until(lambda: not _runs(child))


def _runs(pid):
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def test_it_yields_to_whoever_started_it(process, photo, tmp_path):
    Call(process, timeline(seg(photo)), photo, tmp_path / "a.mp4").over()
    child = process._child._process.pid
    assert os.getpriority(os.PRIO_PROCESS, child) > os.getpriority(os.PRIO_PROCESS, 0)
