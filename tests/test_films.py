"""Films to look at, made by a real studio beside the session's own exports."""

import asyncio

import pytest

import mediakit
import nemo_nb
from nemo_nb import loop
from nemo_nb.errors import ConfigError
from nemo_nb.media.probe import probe
from nemo_nb.studio import launch


@pytest.fixture
def session(tmp_path):
    made = nemo_nb.connect("local", workspace=tmp_path / "studio")
    yield made
    made.close()
    for studio in launch.running():
        studio.stop()


def film(session, timeline, path, hear=lambda _progress: None):
    return loop.run(session.aio.filmer.film, timeline, path, hear)


def upright(session, tmp_path):
    """A cut of half a second on an upright canvas of 1080x1920."""
    session.upload(mediakit.clip(tmp_path / "cut.mp4", frames=5, fps=10, size=(90, 160)))
    base = session.timeline()
    return base.with_draft({**base.draft, "m": {"width": 1080, "height": 1920, "fps": 10}})


def test_a_film_has_540_pixels_on_its_short_side_and_tells_how_far_it_is(session, tmp_path):
    heard = []
    path = film(session, upright(session, tmp_path), tmp_path / "out" / "1.mp4", heard.append)
    info = probe(path)
    assert (info.width, info.height) == (540, 960)
    assert heard == sorted(heard)
    assert heard[-1] == 100


def test_a_small_canvas_is_not_made_larger(session, tmp_path):
    timeline = upright(session, tmp_path)
    small = timeline.with_draft({**timeline.draft, "m": {"width": 90, "height": 160, "fps": 10}})
    info = probe(film(session, small, tmp_path / "1.mp4"))
    assert (info.width, info.height) == (90, 160)


def test_an_export_counts_only_while_its_file_is_there_and_plays(session, tmp_path):
    timeline = upright(session, tmp_path)
    session.export(tmp_path / "still.png", timeline=timeline)
    exported = session.export(tmp_path / "mine.mp4", timeline=timeline, resolution="90x160")
    own = tmp_path / "own"
    assert film(session, timeline, own / "1.mp4") == exported.path
    exported.path.unlink()
    assert film(session, timeline, own / "1.mp4") == own / "1.mp4"


def test_cancelling_it_cancels_the_render(session, tmp_path):
    base = upright(session, tmp_path)
    long = {"d": 600_000, "m": {"src": "cut.mp4", "loop": True}}
    timeline = base.with_draft({**base.draft, "t": [{"tt": 0, "sg": [long]}]})
    began = asyncio.Event()

    async def give_up():
        work = session.aio.filmer.film(timeline, tmp_path / "1.mp4", lambda _: began.set())
        task = asyncio.ensure_future(work)
        await began.wait()
        task.cancel()
        await asyncio.wait((task,))
        assert task.cancelled()

    loop.run(give_up)
    assert not (tmp_path / "1.mp4").exists()
    # The studio is free again: it does not go on for ten minutes with what nobody wants.
    assert film(session, base, tmp_path / "2.mp4").is_file()


def test_a_closed_session_says_so(session, tmp_path):
    timeline = upright(session, tmp_path)
    session.close()
    with pytest.raises(ConfigError, match="session that renders this variant is closed"):
        film(session, timeline, tmp_path / "1.mp4")
