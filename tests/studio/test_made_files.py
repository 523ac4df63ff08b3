import io
from functools import partial

import pytest
from PIL import Image

from nemo_nb.studio import animatic
from nemo_nb.studio.agent.prompting.answer import respond_prompt
from nemo_nb.studio.agent.turn import MadeFile
from nemo_nb.studio.core import StudioCore
from nemo_nb.studio.engine import Engine
from nemo_nb.studio.made_files import placed
from nemo_nb.studio.projects import Change
from studiokit import Person


@pytest.fixture
def core(tmp_path):
    core = StudioCore(tmp_path)
    yield core
    core.close()


def made(name="shot-01-abcdef01.jpg"):
    target = io.BytesIO()
    Image.new("RGB", (64, 36), "navy").save(target, "JPEG")
    return MadeFile(name, target.getvalue())


def test_what_was_drawn_joins_the_pool_once(core):
    session = core.projects.create("me", "x", "en")
    with placed(core, session.id, [made()]) as infos:
        session = core.projects.commit(session, Change(media=infos))
    assert [(info.name, info.width) for info in core.projects.media(session.id)] == [
        ("shot-01-abcdef01.jpg", 64)
    ]
    with placed(core, session.id, [made()]) as infos:
        assert infos == []
    assert core.assets(session.id)["shot-01-abcdef01.jpg"].exists()


def test_nothing_stays_of_a_turn_that_failed(core):
    session = core.projects.create("me", "x", "en")

    def fail():
        with placed(core, session.id, [made()]):
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert list(core.media_folder(session.id).iterdir()) == []
    assert core.projects.media(session.id) == ()


class Prompter(Engine):
    """The real studio with nothing but video prompts."""

    def respond(self, message, project, describe):  # noqa: ARG002 - the engine's signature
        return respond_prompt(message, project, "en")


def test_an_idea_becomes_a_film_through_the_studio(make_studio, monkeypatch):
    monkeypatch.setattr(animatic, "animatic", partial(animatic.animatic, short_side=90))
    studio = make_studio(engine=Prompter())
    with Person(studio.url, studio.token.reveal()) as person:
        sid = person.session()
        person.say(sid, "video prompt: a kite over the sea, 1 second, 2 shots, no music")
        state = person.state(sid)
        shown = [segment["m"]["src"] for segment in state["draft"]["t"][0]["sg"]]
        assert [info["filename"] for info in state["generated_media"]] == shown
        assert state["draft"]["m"]["prompt"]["duration_ms"] == 1000
        person.say(sid, "make it darker")
        assert len(person.state(sid)["generated_media"]) == 4
        assert person.submit(sid).status_code == 200
        told = person.finished()
        assert told["status"] == "completed"
