import io
import json
import socket
import stat
import subprocess
import sys
import textwrap
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest
from PIL import Image

import nemo_nb
from clientkit import TOKEN
from nemo_nb.errors import BadToken, ConfigError, SessionLost, UnknownBackend, Unreachable
from nemo_nb.ledger import Ledger


def png():
    target = io.BytesIO()
    Image.new("RGB", (6, 4)).save(target, "PNG")
    return target.getvalue()


PNG = png()


@pytest.fixture
def unused_url():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


def test_a_server_by_url(scripted, capsys):
    with nemo_nb.connect(scripted.url, token=TOKEN) as session:
        assert session.credits().available == 90
    out = capsys.readouterr().out
    assert out.splitlines() == [
        "Connecting…",
        f"Ready: server at {scripted.url}; your media goes there",
    ]
    assert TOKEN not in out + repr(session)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"backend": "nonsense"}, UnknownBackend),
        ({"skill": "nonsense"}, ConfigError),
        ({"nonsense": 1}, ConfigError),
        ({"poll_s": "often"}, ConfigError),
        ({"name": " "}, ConfigError),
    ],
)
def test_wrong_arguments_are_told_before_anything_starts(options, error, capsys):
    with pytest.raises(error):
        nemo_nb.connect(**options)
    assert capsys.readouterr().out == ""


def test_the_users_own_token_is_never_replaced_nor_written(scripted, isolated_home, monkeypatch):
    monkeypatch.setenv("NEMO_TOKEN", TOKEN)
    monkeypatch.setenv("NEMO_API_URL", scripted.url)
    scripted.refusals = [{"code": 1001, "message": "expired"}]
    session = nemo_nb.connect(retry_wait_s=0)
    with pytest.raises(BadToken, match="not replaced by a free one"):
        session.chat("hello")
    session.close()
    assert not (isolated_home / ".config").exists()


class TokenOffice(BaseHTTPRequestHandler):
    """Gives every client a token of its own and counts them."""

    granted: ClassVar[list[str]] = []

    def do_POST(self):
        self.granted.append(self.headers["X-Client-Id"])
        self.answer({"token": f"nmv_anon_number{len(self.granted)}", "user_id": "anon_1"})

    def do_GET(self):
        if "capabilities" in self.path:
            self.send_error(404)
        else:
            self.answer({"available": 5})

    def answer(self, data):
        body = json.dumps({"code": 0, "data": data}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.mark.slow
def test_kernels_that_start_at_once_share_one_token_and_one_id(isolated_home):
    TokenOffice.granted.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), TokenOffice) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        script = (
            "import nemo_nb, sys\n"
            f"with nemo_nb.connect('http://127.0.0.1:{server.server_port}') as session:\n"
            "    assert session.credits().available == 5\n"
        )
        kernels = [subprocess.Popen([sys.executable, "-c", script]) for _ in range(3)]
        assert [kernel.wait(120) for kernel in kernels] == [0, 0, 0]
        server.shutdown()
    home = isolated_home / ".config" / "nemovideo"
    assert TokenOffice.granted == [(home / "client_id").read_text()]
    names = sorted(path.name for path in home.iterdir())
    assert names == ["anonymous_token.json", "anonymous_token.lock", "client_id"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in home.iterdir()} == {0o600}


def test_nobody_there(unused_url):
    with pytest.raises(Unreachable):
        nemo_nb.connect(unused_url, token=TOKEN, retry_wait_s=0)


def test_a_name_is_found_by_name_and_backend(scripted):
    scripted.draft, scripted.infos = {}, []
    with nemo_nb.connect(scripted.url, token=TOKEN, name="work") as session:
        session.upload(("a.srt.png", PNG))
    frame = nemo_nb.sessions()
    assert frame[["name", "backend", "language"]].to_numpy().tolist() == [["work", "url", ""]]
    with nemo_nb.connect(scripted.url, token=TOKEN, name="work") as again:
        again.timeline()
    assert scripted.sessions == ["session-1"]


def test_a_name_whose_session_the_server_has_lost_starts_anew(scripted, capsys):
    with nemo_nb.connect(scripted.url, token=TOKEN, name="work") as session:
        session.upload(("a.png", PNG))
    scripted.lost.add("session-1")
    with nemo_nb.connect(scripted.url, token=TOKEN, name="work") as again:
        assert "no longer has its timeline" in capsys.readouterr().out
        again.upload(("a.png", PNG))
    assert scripted.sessions == ["session-1", "session-2"]
    assert Ledger().sessions()[0].session_id == "session-2"


def test_a_lost_session_that_held_media_refuses_the_upload_and_is_ready_again(scripted):
    with nemo_nb.connect(scripted.url, token=TOKEN) as session:
        session.upload(("a.png", PNG))
        scripted.lost.add("session-1")
        with pytest.raises(SessionLost, match="new session is ready"):
            session.upload(("b.png", PNG))
        session.upload(("b.png", PNG))
    assert scripted.sessions == ["session-1", "session-2"]


def test_a_script_that_closes_nothing_ends_cleanly():
    script = textwrap.dedent("""
        import numpy as np
        import nemo_nb

        session = nemo_nb.connect()
        session.upload(np.zeros((90, 160, 3), np.uint8))
        print(session.timeline().frame(0, 64).width)
    """)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.splitlines() == ["Connecting…", "Ready: embedded studio", "64"]
    assert done.stderr == ""
