"""Credits as a notebook sees them."""

import numpy as np
import pytest

import nemo_nb
from nemo_nb.errors import ConfigError, NoCredits
from nemo_nb.settings import load
from nemo_nb.studio import launch
from nemo_nb.studio.accounts import AnonymousRules, Terms
from nemo_nb.studio.core import StudioOptions

PICTURE = np.full((36, 64, 3), 90, np.uint8)


@pytest.fixture(autouse=True)
def _stopped_afterwards(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    others = launch.running()
    yield
    for studio in launch.running():
        if studio not in others:
            studio.stop()


def test_a_lesson_in_credits():
    with nemo_nb.connect("local", credits=60) as session:
        session.upload(PICTURE)
        assert session.credits() == nemo_nb.models.Credits(60, 0, 60)
        session.chat("add a title 'One'")
        assert session.credits().available == 10
        session.export("out.png")
        assert session.credits().available == 10
    with nemo_nb.connect("local", credits=60) as session:
        session.upload(PICTURE)
        before = session.timeline().draft
        with pytest.raises(NoCredits, match="10 of 60 are left") as caught:
            session.chat("add a title 'Two'")
        assert caught.value.code == 2001
        assert "credits=N" in str(caught.value)
        assert session.timeline().draft == before
    with nemo_nb.connect("local", credits=100) as session:
        session.upload(PICTURE)
        assert session.chat("add a title 'Two'").status == "done"
        assert session.credits().available == 0


def test_comparing_styles_pays_for_one_session():
    with nemo_nb.connect("local", credits=50) as session:
        session.upload(PICTURE)
        cost = session.ab_cost("bold yellow captions", "clean white captions", captions=["Hello"])
        assert "costs 50 credits" in cost
        assert cost.endswith("?")
        session.ab("bold yellow captions", "clean white captions", captions=["Hello"])
        assert session.credits().available == 0
        # It is paid for, so more variants cost nothing.
        assert session.ab_cost("boxed captions", "outline captions") is None


def test_where_nothing_is_counted_variants_cost_nothing():
    with nemo_nb.connect("local") as session:
        session.upload(PICTURE)
        assert session.ab_cost("bold yellow captions", "boxed captions") is None


def test_a_stranger_is_told_where_to_register():
    options = StudioOptions(terms=Terms(10), anonymous=AnonymousRules(per_address=None))
    studio = launch.start(options=options)
    with nemo_nb.connect(studio.url) as session:
        session.upload(PICTURE)
        with pytest.raises(NoCredits, match=r"/register\?bind=anon_"):
            session.chat("add a title 'One'")


def test_the_environment_gives_credits_too():
    assert load("local", env={"NEMO_STUDIO_CREDITS": "200"}).credits == 200
    assert load("local", env={"NEMO_STUDIO_CREDITS": "200"}, credits=5).credits == 5
    assert load("local", env={}).credits is None
    assert load("cloud", env={"NEMO_STUDIO_CREDITS": "200"}).credits is None


@pytest.mark.parametrize("given", ["many", "-1", "nan", "inf"])
def test_credits_that_are_no_number_are_refused(given):
    with pytest.raises(ConfigError, match="credits must be a number"):
        load("local", env={"NEMO_STUDIO_CREDITS": given})
