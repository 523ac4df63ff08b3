import pytest

from nemo_nb.backend import Backend
from nemo_nb.ledger import Ledger
from nemo_nb.settings import load


@pytest.fixture
def backend(tmp_path):
    def make(**knobs):
        settings = load("http://127.0.0.1:9", env={}, **knobs)
        return Backend(settings, settings.api_url, None, Ledger(tmp_path / "ledger.sqlite"))

    return make


def test_a_studio_is_asked_ever_less_often(backend):
    polls = [backend().poll_s(waited, studio=True) for waited in (0, 0.9, 1, 10, 60, 300, 9999)]
    assert polls == [0.25, 0.25, 1.0, 1.0, 6.0, 30.0, 30.0]


def test_a_cloud_is_asked_every_half_minute(backend):
    assert {backend().poll_s(waited, studio=False) for waited in (0, 1, 600)} == {30.0}


@pytest.mark.parametrize("studio", [True, False])
def test_the_users_interval_wins(backend, studio):
    assert backend(poll_s=5.0).poll_s(100, studio=studio) == 5.0
