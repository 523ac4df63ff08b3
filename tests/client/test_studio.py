"""The same session on the real thing: an embedded studio, its agent and its renderer."""

import asyncio
import math
import pickle

import numpy as np
import pytest

import mediakit
import nemo_nb
from nemo_nb import loop, notices
from nemo_nb.errors import EditRefused, InputError, NotReady, StudioGone, TurnUnclear
from nemo_nb.studio import launch

WORDS = [(0, 1200, "Three, two, one"), (1500, 2700, "lift-off")]


@pytest.fixture
def photo():
    """A smooth picture with some colour in it."""
    rows, columns = np.mgrid[0:90, 0:160]
    return np.dstack((rows * 2, columns, 128 + 100 * np.sin(columns / 9 * math.tau / 8))).astype(
        np.uint8
    )


@pytest.fixture
def session(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    session = nemo_nb.connect(poll_s=0.05, reconcile_s=0.05)
    yield session
    session.close()
    for studio in launch.running():
        studio.stop()


def test_connecting_says_where_and_shows_no_secret(session, capsys):
    with nemo_nb.connect():
        lines = capsys.readouterr().out.split()
    assert lines[-3:] == ["Ready:", "embedded", "studio"]
    assert "this machine" in repr(session)


def test_photo_to_captioned_mp4(session, photo):
    frame = session.upload(photo)
    assert frame.loc[0, ["kind", "width", "height", "status"]].tolist() == [
        "image",
        160,
        90,
        "uploaded",
    ]
    reply = session.chat('add a title "Urban Dreams" for 2 seconds')
    assert reply.status == "done"
    assert reply.changes["change"].tolist() == ["added"]
    assert session.timeline().captions["text"].tolist() == ["Urban Dreams"]
    export = session.export("out.mp4", quality="low", resolution="320x180")
    assert (export.width, export.height) == (320, 180)
    assert abs(export.duration_ms - 3000) <= 40
    assert session.timeline().frame(500, 160).width == 160


def test_undo_redo_and_apply(session, photo):
    session.upload(photo)
    empty = session.timeline()
    session.chat('add a caption "Hello there"')
    told = session.timeline()
    assert session.undo().draft == empty.draft
    assert session.redo().draft == told.draft
    assert session.apply(empty).draft["t"] == empty.draft["t"]
    assert session.undo().draft == told.draft
    with nemo_nb.connect() as fresh, pytest.raises(EditRefused):
        fresh.undo()


def test_a_fork_goes_its_own_way(session, photo):
    session.upload(photo)
    with session.fork() as fork:
        assert "Video" in repr(fork)
        fork.chat('add a caption "Only here"')
        assert fork.timeline().captions["text"].tolist() == ["Only here"]
    assert session.timeline().captions.empty


def test_two_styles_of_the_same_words(session, photo):
    session.upload(photo)
    ab = session.ab(
        "bold yellow captions at the top",
        "boxed captions",
        names=["yellow", "boxed"],
        captions=WORDS,
    )
    assert ab.names == ("yellow", "boxed")
    assert list(ab.metrics.index) == ["yellow", "boxed"]
    assert list(session.variants) == ["yellow", "boxed"]
    drafts = [timeline.draft for timeline in session.variants.values()]
    assert drafts[0] != drafts[1]
    for timeline in session.variants.values():
        assert timeline.captions["text"].tolist() == ["Three, two, one", "lift-off"]
        assert timeline.frame(600, 160).width == 160
    assert session.timeline().captions.empty
    export = session.export(
        "boxed.mp4", timeline=session.variants["boxed"], quality="low", resolution="320x180"
    )
    assert export.path.exists()
    both = ab.export("both.mp4", quality="low", resolution="640x180")
    assert (both.width, both.height) == (640, 180)


def test_a_cell_sees_how_far_an_ab_is(session, photo):
    session.upload(photo)
    heard, panel = [], []
    session.subscribe(panel.append)
    with notices.watching(heard.append):
        session.ab("bold yellow captions", "boxed captions", captions=WORDS)
    lines = [(n.text, n.progress) for n in heard if isinstance(n, notices.TurnProgress)]
    assert lines[0] == ("", "1/2 bold yellow captions")
    assert any(line.startswith("2/2 boxed captions: ") for _, line in lines)
    turns = (notices.TurnStarted, notices.TurnProgress, notices.TurnEnded)
    assert not any(isinstance(notice, turns) for notice in panel)
    ends = [notice for notice in heard if isinstance(notice, notices.TurnEnded)]
    assert [end.reply.text for end in ends] == [
        "Variants made: bold yellow captions, boxed captions."
    ]


def test_ab_needs_words_and_a_cut_and_prompts_that_do_something(session, photo):
    with pytest.raises(NotReady):
        session.ab("a", "b")
    session.upload(photo)
    with pytest.raises(InputError, match="captions="):
        session.ab("bold yellow captions", "boxed captions")
    with pytest.raises(InputError, match="two prompts"):
        session.ab("boxed captions", captions=WORDS)
    with pytest.raises(InputError, match="prompt is empty"):
        session.ab("boxed captions", " ", captions=WORDS)
    with pytest.raises(EditRefused, match="The agent said") as caught:
        session.ab("boxed captions", "sing me an opera about bureaucracy", captions=WORDS)
    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("session")
def test_a_name_brings_the_project_back(photo, capsys):
    named = nemo_nb.connect(name="holiday")
    named.upload(photo)
    named.chat('add a caption "Hello there"')
    named.close()
    for studio in launch.running():
        studio.stop()
    assert nemo_nb.sessions()["name"].tolist() == ["holiday"]
    capsys.readouterr()
    with nemo_nb.connect(name="holiday") as again:
        assert "reopened" in capsys.readouterr().out
        assert again.timeline().captions["text"].tolist() == ["Hello there"]
        assert again.history["text"].tolist()[0] == 'add a caption "Hello there"'
        again.chat("show tracks")
        assert again.history["turn"].tolist() == [1, 1, 2, 2]


def test_a_studio_that_stopped_is_named(session, photo):
    session.upload(photo)
    for studio in launch.running():
        studio.stop()
    with pytest.raises(StudioGone, match=r"connect\(\)"):
        session.timeline()
    with pytest.raises(StudioGone):
        session.chat("add a caption please")


def test_awaited_and_as_a_context(session, photo):
    async def main():
        async with nemo_nb.aconnect() as one:
            await one.upload(photo)
            timeline = await one.timeline()
            # A blocking picture while this loop waits.
            assert timeline.frame(0, 64).width == 64
        other = await nemo_nb.aconnect()
        assert not (await other.timeline()).ready
        await other.close()
        return one.closed

    assert asyncio.run(main())
    assert not loop.on_loop()
    assert not session.closed


def test_a_reply_and_an_error_that_holds_one_are_pickled(session, photo):
    session.upload(photo)
    reply = session.chat('add a caption "Hello there"')
    packed = pickle.dumps(TurnUnclear("It broke.", reply=reply))
    error = pickle.loads(packed)  # noqa: S301 - our own
    assert error.reply.text == reply.text
    assert error.reply.timeline.draft == reply.timeline.draft
    assert error.reply.changes.equals(reply.changes)


def test_what_of_a_file_is_not_used_is_told_in_the_frame_and_in_the_reply(session, tmp_path):
    clip = mediakit.clip(tmp_path / "one.mkv", frames=10, fps=10, hz=440, size=(64, 36))
    mediakit.second_sound_track(clip, tmp_path / "two.mkv")
    assert "notes" not in session.upload(clip)
    assert "2 sound tracks" in session.upload(tmp_path / "two.mkv").loc[0, "notes"]
    reply = session.chat(f"upload {tmp_path / 'two.mkv'}")
    assert len(reply.notes) == 1
    assert "2 sound tracks" in reply.notes[0]
