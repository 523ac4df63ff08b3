"""Other words for a cue: told to a studio, asked of a cloud, in both a turn of the history."""

import numpy as np
import pytest

import nemo_nb
from clientkit import draft_of, said
from nemo_nb import loop
from nemo_nb.errors import EditRefused
from nemo_nb.retext import Retext
from nemo_nb.studio import launch


@pytest.fixture
def studio(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    session = nemo_nb.connect(poll_s=0.05, reconcile_s=0.05)
    session.upload(np.zeros((90, 160, 3), np.uint8))
    session.chat('add a title "Hi"')
    yield session
    session.close()
    for running in launch.running():
        running.stop()


def retext(session, *place):
    wish = Retext.of(session.timeline(), *place)
    return loop.run(session.aio.by_hand.retext, wish)


def test_on_a_studio_it_is_one_undoable_edit_and_a_turn(studio):
    reply = retext(studio, 2, 1, "Hello")
    assert (reply.text, reply.action, reply.status) == ("Changed “Hi” to “Hello”.", "edit", "done")
    assert reply.changes["field"].tolist() == ["text"]
    turn = studio.history.tail(2)
    assert turn.text.tolist() == ["Change the text “Hi” to “Hello”.", "Changed “Hi” to “Hello”."]
    assert turn.action.tolist() == ["edit", "edit"]
    assert studio.aio.by_hand.steps[0] == 3
    assert studio.undo().captions.text.tolist() == ["Hi"]
    assert studio.aio.by_hand.steps[1] == 1


def test_a_cue_that_has_changed_since_is_told_and_left(studio):
    wish = Retext.of(studio.timeline(), 2, 1, "Hello")
    retext(studio, 2, 1, "Other")
    with pytest.raises(EditRefused, match="says something else by now"):
        loop.run(studio.aio.by_hand.retext, wish)
    assert studio.history.status.tolist()[-1] == "failed"
    assert studio.timeline().captions.text.tolist() == ["Other"]


def test_a_cloud_is_asked_in_words(scripted, connect):
    async def change(server):
        server.draft = draft_of("Hello")
        yield said("Done.")

    scripted.draft = draft_of("Hi")
    session = connect()
    scripted.chats = [change]
    reply = loop.run(session.aio.by_hand.retext, Retext("c0", 0, "Hi", "Hello"))
    assert scripted.messages == ["Change the text “Hi” to “Hello”."]
    assert reply.action == "chat"
    assert session.timeline().captions.text.tolist() == ["Hello"]
