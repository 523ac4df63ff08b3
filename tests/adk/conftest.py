"""One google-adk server for all tests here, behind a network that can break."""

import json
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

import mediakit
import nemo_nb
from faultkit import FaultyNetwork

KNOBS = {"poll_s": 0.01, "reconcile_s": 0.02, "retry_wait_s": 0.0, "render_timeout_s": 5.0}
TOKEN = "nmv_usr_of_the_adk_tests"


@pytest.fixture(scope="session")
def movie(tmp_path_factory):
    """A short real MP4, as path."""
    path = tmp_path_factory.mktemp("movie") / "movie.mp4"
    mediakit.clip(path)
    return path


@pytest.fixture(scope="session")
def adk_port(movie):
    """The port of a running server; importing google-adk takes seconds, so there is one."""
    program = Path(__file__).with_name("adk_server.py")
    with subprocess.Popen(
        [sys.executable, str(program), str(movie)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        line = server.stdout.readline()
        assert line, "google-adk did not start"
        yield json.loads(line)["port"]
        server.stdin.close()
        server.wait(20)


@pytest.fixture
def network(adk_port):
    """What lies between the client and the server."""
    made = FaultyNetwork(adk_port)
    yield made
    made.close()


@pytest.fixture
def runs(adk_port):
    """Return what reached the agent and the renderer, asked of the server itself."""

    def ask():
        with urlopen(f"http://127.0.0.1:{adk_port}/tests/runs") as answer:
            return json.load(answer)

    return ask


@pytest.fixture
def connect(network):
    made = []

    def make(*, token=TOKEN, **options):
        made.append(nemo_nb.connect(network.url, token=token, **KNOBS, **options))
        return made[-1]

    yield make
    for session in made:
        session.close()
