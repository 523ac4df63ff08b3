"""A studio with the cloud's habits: none of them misleads the client."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nemo_nb
from nemo_nb.errors import ConfigError
from nemo_nb.studio import launch
from nemo_nb.studio.adk import Invocation, told
from nemo_nb.studio.quirks import HABITS, delivered
from nemo_nb.wire import events
from nemo_nb.wire.sse import Decoder
from nemo_nb.wire.turn import Turn

EDIT = "trim the first second and add a title 'Urban Dreams' for 1 second"


@pytest.fixture
def clip_session(tmp_path, monkeypatch):
    """Start sessions with quirks on a studio that hurries."""
    monkeypatch.chdir(tmp_path)
    sessions = []

    def make(**settings):
        session = nemo_nb.connect("local", poll_s=0.02, reconcile_s=0.02, **settings)
        sessions.append(session)
        session.upload(np.full((36, 64, 3), 90, np.uint8))
        return session

    make.studio = launch.start(options=launch.StudioOptions(heartbeat_s=0.01))
    yield make
    for session in sessions:
        session.close()
    make.studio.stop()


def cut_of(session):
    timeline = session.timeline()
    return [[s["m"] | {"s": s["s"], "d": s["d"]} for s in t["sg"]] for t in timeline.draft["t"]]


def heard(studio):
    """Return what the studio has heard in the session made last."""
    with studio.core.store.reading() as db:
        (newest,) = db.execute("SELECT id FROM sessions ORDER BY rowid DESC LIMIT 1").fetchone()
    return studio.core.projects.recent(newest)


@pytest.fixture
def plain(clip_session):
    session = clip_session()
    session.chat(EDIT)
    return cut_of(session)


@pytest.mark.parametrize("quirks", [*HABITS, "silent,lag,pause", "gui,noise,nan,thought,old"])
def test_the_client_does_the_same_and_sends_nothing_twice(clip_session, plain, quirks):
    session = clip_session(quirks=quirks)
    reply = session.chat(EDIT)
    assert cut_of(session) == plain
    assert heard(clip_session.studio) == (EDIT,)
    assert reply.status == ("silent" if "silent" in quirks else "done")
    assert "Urban Dreams" in reply.text
    for word in ("temporary issue", "lick the", "Open the timeline panel"):
        assert word not in reply.text
    assert reply.timeline.draft == session.timeline().draft or "lag" in quirks
    if "silent" in quirks:
        assert sorted(reply.changes["change"]) == ["added", "edited"]


def test_a_whole_session_by_seed_ends_as_one_without(clip_session):
    messages = [EDIT, "make the title bigger", "undo that", "make it black and white", "what?"]
    ends = []
    for settings in ({}, {"quirks": True}, {"quirks": 5}, {"quirks": 11}):
        session = clip_session(**settings)
        for message in messages:
            session.chat(message)
        assert heard(clip_session.studio) == tuple(messages)
        ends.append(cut_of(session))
    assert ends[1:] == ends[:1] * 3


def test_quirks_belong_to_the_connection_that_asked_for_them(clip_session):
    clip_session(quirks="silent")
    assert clip_session().chat(EDIT).status == "done"


@pytest.mark.parametrize("settings", [{"quirks": True}, {"credits": 10}])
def test_only_the_embedded_studio_takes_them(settings):
    with pytest.raises(ConfigError, match="embedded studio"):
        nemo_nb.connect("http://127.0.0.1:1", **settings)


FRAMINGS = ("", "whole", "finals", "dangling", "unanswered", "snake", "old")
BESIDE = ("pause", "thought", "noise", "nan")
WORDS = ("Cut 1 s off the start.", "Added “One. Two”!", "剪掉了开头。", "Nothing\n\nelse", "x" * 60)


@given(
    st.sampled_from(FRAMINGS),
    st.sets(st.sampled_from(BESIDE)),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join),
    st.integers(0, 3),
)
def test_the_answer_reads_the_same_with_any_habits_together(framing, beside, reply, count):
    steps = [(f"tool{n}", {"n": n}, {"ok": True}) for n in range(count)]
    habits = frozenset({framing, *beside} - {""})
    frames = delivered(told(Invocation(), steps, reply, ()), habits, 1.0)
    decoder, turn = Decoder(), Turn()
    for piece in frames:
        for sse in decoder.feed(piece) if isinstance(piece, bytes) else ():
            for event in events.read(sse):
                turn.feed(event)
    turn.finish()
    assert "".join(turn.text.split()) == "".join(reply.split())
    assert [tool.name for tool in turn.tools] == [f"tool{n}" for n in range(count)]
    assert not turn.errors
