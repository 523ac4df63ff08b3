"""Real studios on real sockets."""

import contextlib
import ipaddress
import socket

import pytest

import mediakit
from nemo_nb.studio import launch
from nemo_nb.studio.accounts import AnonymousRules
from nemo_nb.studio.core import StudioOptions
from nemo_nb.studio.fetch import FetchRules
from studiokit import HOSTS, Person, SmallAgent, newcomer


@pytest.fixture
def make_studio(tmp_path):
    """Start studios that end with the test."""
    with contextlib.ExitStack() as stack:

        def make(workspace=None, engine=None, **options):
            chosen = StudioOptions(**{"anonymous": AnonymousRules(per_address=None)} | options)
            studio = launch.start(workspace or tmp_path / "work", options=chosen, engine=engine)
            stack.callback(studio.stop)
            return studio

        yield make


@pytest.fixture(scope="session")
def studio(tmp_path_factory):
    """One studio for every test that leaves it as it found it."""
    rules = FetchRules(
        allowed=(ipaddress.ip_network("127.0.0.1/32"),),
        resolve=lambda host, _: HOSTS.get(host, [host]),
    )
    options = StudioOptions(
        anonymous=AnonymousRules(per_address=None), fetch=rules, heartbeat_s=0.05
    )
    workspace = tmp_path_factory.mktemp("studio")
    running = launch.start(workspace, options=options, engine=SmallAgent())
    yield running
    running.stop()


@pytest.fixture
def agent(studio):
    """The shared studio's agent, its switches reset."""
    engine = studio.core.engine
    engine.asked.clear()
    engine.release.clear()
    engine.failures.clear()
    engine.projects.clear()
    yield engine
    engine.release.set()


@pytest.fixture
def owner(studio):
    with Person(studio.url, studio.token.reveal()) as person:
        yield person


@pytest.fixture
def stranger(studio):
    with newcomer(studio.url) as person:
        yield person


@pytest.fixture
def photo(tmp_path):
    return mediakit.photo(tmp_path / "cat.jpg", size=(64, 48)).read_bytes()


@pytest.fixture
def filled(owner, photo):
    """A session of the owner with one photo in it."""
    sid = owner.session()
    assert owner.upload(sid, ("cat.jpg", photo)).status_code == 200
    return sid


@pytest.fixture
def unused_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
