import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import numpy as np
import pytest

import mediakit
from mediakit import segment as seg
from mediakit import timeline
from nemo_nb.errors import BrokenMedia, RenderCancelled, RenderFailed
from nemo_nb.studio import render_process
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
    info = infos[0].info
    assert (info.kind, info.width, info.duration_ms, info.notes) == ("video", 320, 1000, ())
    assert (infos[0].copied_frames, infos[0].notes) == (0, ())
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


def test_cancelling_keeps_the_child_and_leaves_no_file(process, photo, tmp_path, monkeypatch):
    # However slow the machine is: it is asked first, and answers.
    monkeypatch.setattr(render_process, "_CANCEL_S", 20.0)
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


def test_a_child_that_is_only_starting_is_not_waited_for(process, photo, tmp_path, monkeypatch):
    class Asleep(render_process.subprocess.Popen):
        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            self.send_signal(signal.SIGSTOP)

    with monkeypatch.context() as patched:
        patched.setattr(render_process.subprocess, "Popen", Asleep)
        call = Call(process, long(photo), photo, tmp_path / "a.mp4")
        until(lambda: process._child)
        call.cancel.set()
        assert isinstance(call.over(), RenderCancelled)
    assert Call(process, timeline(seg(photo)), photo, tmp_path / "b.mp4").over() is None


def test_what_could_not_be_drawn_is_told(process, photo, tmp_path):
    style = {"font": "Futura", "font_file": "mine.ttf"}
    texts = {"tt": 7, "sg": [{"s": 0, "d": 500, "m": {"text": "Hi \U00013000", "style": style}}]}
    draft = timeline(seg(photo))
    draft["t"].append(texts)
    call = Call(process, draft, photo, tmp_path / "a.mp4")
    assert call.over() is None
    missing, futura, mine = call.done.notes
    assert "\U00013000 (U+13000)" in missing
    assert "Futura" in futura
    assert "mine.ttf" in mine


@pytest.mark.slow
def test_the_memory_of_a_1080p_render_is_bounded_and_flat_in_its_length(tmp_path):
    grain = np.random.default_rng(5).integers(60, 190, (1080 + 64, 1920 + 64, 1), np.uint8)

    def draw(n):
        part = grain[n % 64 : n % 64 + 1080, n % 61 : n % 61 + 1920]
        return np.repeat(part, 3, axis=2)

    peaks = []
    for seconds in (6, 24):
        clip = mediakit.clip(
            tmp_path / f"{seconds}.mp4", frames=30 * seconds, size=(1920, 1080), draw=draw, hz=220
        )
        texts = [
            {"s": n * 1000, "d": 800, "m": {"text": f"Caption number {n}"}} for n in range(seconds)
        ]
        draft = timeline(seg(clip, d=1000 * seconds))
        draft["m"] = {"width": 1920, "height": 1080, "fps": 30}
        draft["t"].append({"tt": 7, "sg": texts})
        fresh = RenderProcess()
        most = []
        fresh.render(
            draft,
            {clip.name: clip},
            tmp_path / "out.mp4",
            Order(),
            None,
            lambda _, fresh=fresh, most=most: most.append(fresh.peak_bytes),
            lambda: False,
        )
        fresh.close()
        peaks.append(max(most))
    assert max(peaks) < 450e6
    assert peaks[1] - peaks[0] < 25e6


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
    assert done.done.info.name == "b.mp4"


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
