import asyncio
import ipaddress
import logging
import os
import signal
import socket
import stat
import subprocess
import sys
import threading

import pytest

import mediakit
from nemo_nb.errors import ConfigError
from nemo_nb.studio import launch
from nemo_nb.studio.accounts import Terms
from nemo_nb.studio.core import StudioCore, StudioOptions
from nemo_nb.studio.fetch import FetchRules
from nemo_nb.studio.planner_choice import chosen
from nemo_nb.studio.quirks import Quirks, read_quirks
from studiokit import Person, newcomer

ENV = {"PYTHONPATH": ":".join(path for path in sys.path if path), "PATH": os.environ["PATH"]}


def python(code, tmp_path, *arguments):
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code, str(tmp_path / "work"), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=ENV | {"HOME": str(tmp_path)},
        timeout=60,
    )


def test_one_studio_a_workspace(make_studio, tmp_path):
    first = make_studio()
    assert launch.start(first.workspace) is first
    assert first in launch.running()
    other = make_studio(tmp_path / "other")
    assert other is not first
    assert other.url != first.url
    first.stop()
    assert first not in launch.running()
    assert not first.alive
    assert make_studio() is not first


def test_it_listens_on_loopback_alone_and_its_folder_is_private(make_studio):
    studio = make_studio()
    assert studio.url.startswith("http://127.0.0.1:")
    assert stat.S_IMODE(studio.workspace.stat().st_mode) == 0o700
    assert studio.token.reveal() not in repr((studio, studio.token))
    assert "running" in repr(studio)


def test_two_studios_in_two_threads_start_as_one(tmp_path):
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(launch.start(tmp_path))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, found))) == 1
    found[0].stop()


def test_the_host_keeps_its_signals_logging_and_loop(make_studio):
    def host():
        names = ("uvicorn", "uvicorn.error", "uvicorn.access", "asyncio")
        logs = [
            (log.level, log.handlers[:], log.propagate) for log in map(logging.getLogger, names)
        ]
        handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
        return logs, handlers, logging.root.level, logging.root.handlers[:]

    async def inside_a_running_loop():
        before = host()
        studio = make_studio()
        assert host() == before
        studio.stop()
        assert host() == before

    asyncio.run(inside_a_running_loop())


def test_nothing_heavy_is_imported_to_start(tmp_path):
    code = """
import sys
from pathlib import Path
from nemo_nb.studio import launch
launch.start(Path(sys.argv[1]))
print(sorted({"av", "cv2", "numpy", "pandas", "PIL"} & set(sys.modules)))
"""
    done = python(code, tmp_path)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_a_process_that_ends_takes_its_studio_along_in_silence(tmp_path):
    code = """
import sys, threading
from pathlib import Path
from studiokit import Person, SmallAgent, SlowRenders, message
from nemo_nb.studio import launch
engine = SlowRenders()
studio = launch.start(Path(sys.argv[1]), engine=engine)
owner = Person(studio.url, studio.token.reveal())
sid = owner.session()
owner.upload(sid, ("cat.jpg", Path(sys.argv[2]).read_bytes()))
owner.submit(sid)
engine.rendering.wait()
stream = owner.stream("POST", "/run_sse", json=message(sid, "wait"))
stream.__enter__()
engine.asked.wait()
print("at work")
"""
    picture = tmp_path / "cat.jpg"
    mediakit.photo(picture)
    done = python(code, tmp_path, str(picture))
    assert (done.stdout, done.stderr, done.returncode) == ("at work\n", "", 0)


def test_a_forked_child_starts_its_own(tmp_path):
    code = """
import os, socket, sys
from pathlib import Path
from nemo_nb.studio import launch

def listens(fd):
    try:
        with socket.socket(fileno=os.dup(int(fd))) as found:
            return found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    except OSError:
        return False

studio = launch.start(Path(sys.argv[1]))
child = os.fork()
if child == 0:
    assert launch.running() == []
    assert not studio.alive
    studio.stop()
    assert not [fd for fd in os.listdir("/proc/self/fd") if listens(fd)]
    mine = launch.start(Path(sys.argv[1]))
    assert mine.url != studio.url
    mine.stop()
    os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), studio.alive)
"""
    done = python(code, tmp_path)
    assert done.stdout == "7 True\n", done.stderr


def test_a_workspace_that_cannot_be_made_is_an_error_in_words(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(ConfigError, match="workspace="):
        launch.start(tmp_path / "file")


def test_a_damaged_database_is_told_with_the_way_out(tmp_path):
    (tmp_path / "studio.sqlite3").write_bytes(b"no database" * 100)
    with pytest.raises(ConfigError) as caught:
        launch.start(tmp_path)
    assert "studio.sqlite3 is damaged" in str(caught.value)
    assert "Move studio.sqlite3 away" in str(caught.value)


def test_a_port_that_is_taken_is_an_error_in_words(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match="port"):
            launch.start(tmp_path / "work", port=port)
    assert tmp_path / "work" not in [studio.workspace for studio in launch.running()]


def test_it_is_served_on_loopback_only(tmp_path):
    with pytest.raises(ConfigError, match="loopback"):
        launch.serve("0.0.0.0", 0, tmp_path)  # noqa: S104  that is what is refused


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serving_says_how_to_connect_and_ends_at_a_signal(tmp_path, number):
    code = """
import sys
from pathlib import Path
from nemo_nb.studio import launch
launch.serve(port=0, workspace=Path(sys.argv[1]))
"""
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "work")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ENV | {"HOME": str(tmp_path)},
    ) as process:
        said = [process.stdout.readline() for _ in range(4)]
        url = said[0].split()[-1]
        with newcomer(url) as somebody:
            assert somebody.state(somebody.session())["draft"] == {}
        process.send_signal(number)
        rest, errors = process.communicate(timeout=20)
    assert f'nemo_nb.connect("{url}")' in "".join(said)
    assert (process.returncode, errors) == (0, "")
    assert "nmv_" not in "".join(said) + rest


def test_connections_send_small_answers_at_once(make_studio, monkeypatch):
    seen = []
    made = launch._Protocol.connection_made

    def spy(protocol, transport):
        accepted = transport.get_extra_info("socket")
        seen.append(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        made(protocol, transport)

    monkeypatch.setattr(launch._Protocol, "connection_made", spy)
    studio = make_studio()
    with Person(studio.url, studio.token.reveal()) as owner:
        owner.session()
    assert seen == [1]


def test_what_a_killed_studio_left_half_written_is_swept_away_later(tmp_path):
    incoming, renders = tmp_path / "incoming", tmp_path / "renders"
    (incoming / "old").mkdir(parents=True)
    (incoming / "old" / "file").touch()
    (incoming / "new").mkdir()
    renders.mkdir()
    for name in ("old.part.mp4", ".old.part.mp4.0a1b.part", "new.part.mp4", "done.mp4"):
        (renders / name).touch()
    old = (renders / "old.part.mp4", renders / ".old.part.mp4.0a1b.part", renders / "done.mp4")
    for path in (incoming / "old", *old):
        os.utime(path, (0, 0))
    StudioCore(tmp_path).close()
    assert [path.name for path in incoming.iterdir()] == ["new"]
    assert sorted(path.name for path in renders.iterdir()) == ["done.mp4", "new.part.mp4"]


def test_serving_tells_what_is_not_as_usual():
    assert launch._described(StudioOptions()) == ""
    environ = {"NEMO_PLANNER_KEY": "sk-secret-0123456789"}
    shown = launch._described(
        StudioOptions(
            terms=Terms(200, Quirks(7)),
            planner=chosen(environ, "http://localhost:11434", "tiny:1b"),
            fetch=FetchRules(allowed=(ipaddress.ip_network("192.168.1.0/24"),)),
        )
    )
    assert shown.splitlines() == [
        "Credits:     200 for each user",
        "Quirks:      seed 7",
        "Planner:     tiny:1b at http://localhost:11434",
        "May fetch:   192.168.1.0/24",
    ]
    assert launch._described(StudioOptions(terms=Terms(quirks=read_quirks("silent,gui")))) == (
        "Quirks:      gui, silent\n"
    )


def test_its_owner_may_work_on_other_terms(make_studio):
    studio = make_studio()
    assert studio.token_for(Terms()) == studio.token
    other = studio.token_for(Terms(credits=5))
    assert other not in (studio.token, studio.token_for(Terms(credits=6)))
    for token, total in ((other, 5), (studio.token, 100)):
        with Person(studio.url, token.reveal()) as owner:
            assert owner.get("/api/credits/balance/simple").json()["data"]["total"] == total
