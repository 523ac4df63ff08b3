"""`ab` where the backend cannot copy a session: fresh sessions, the cost told first."""

import builtins
import contextlib
import sys

import pytest

import nemo_nb
from clientkit import TOKEN, draft_of, said
from nemo_nb import asking, loop, notices
from nemo_nb.errors import EditRefused, InputError, NoCredits, NotReady, NotSupported
from nemo_nb.media.sniff import sniff

CUES = [(0, 1200, "Three, two, one"), (1500, 2700, "lift-off")]


@pytest.fixture
def cloud(scripted):
    """A scripted cloud whose sessions each have a timeline of their own."""
    scripted.drafts = {}
    return scripted


def captions(*texts):
    """An agent that makes *texts* the captions of the session it is in."""

    async def script(server):
        yield said("Done.")
        server.drafts[server.talking_to] = draft_of(*texts)

    return script


@pytest.fixture
def picture(tmp_path, png):
    path = tmp_path / "clip.png"
    path.write_bytes(png)
    return path


@pytest.fixture
def session(cloud, connect, picture):
    """A session in which one picture was uploaded and nothing else was done."""
    assert cloud.drafts == {}
    session = connect(fresh=True)
    session.upload(picture)
    return session


def test_each_variant_is_a_fresh_session_with_the_media_again(cloud, session, png):
    cloud.chats += [captions("Yellow"), captions("White")]
    ab = session.ab("yellow", "white", names=["y", "w"], captions=CUES, yes=True)
    assert ab.names == ("y", "w")
    assert list(session.variants) == ["y", "w"]
    assert [timeline.captions["text"].tolist() for timeline in session.variants.values()] == [
        ["Yellow"],
        ["White"],
    ]
    assert cloud.sessions == ["session-1", "session-2", "session-3"]
    assert [content for _, content in cloud.uploads] == [png] * 3
    # The cut itself is as it was.
    assert session.timeline().captions.empty


def test_the_words_are_told_to_the_agent_word_for_word(cloud, session):
    cloud.chats += [captions("a"), captions("b")]
    session.ab("yellow captions", "white captions", captions=CUES, yes=True)
    for prompt, message in zip(("yellow", "white"), cloud.messages, strict=True):
        assert message.startswith(f"{prompt} captions\n\nUse exactly these captions")
        assert "00:00:01,500 --> 00:00:02,700\nlift-off" in message


def test_the_cost_is_told_first_and_nothing_is_sent(cloud, session):
    with pytest.raises(InputError, match=r"about 100 credits\. 90 are available.*yes=True"):
        session.ab("yellow", "white", captions=CUES)
    cost = loop.run(lambda: session.aio.ab_cost("a", "b", "c", captions=CUES))
    assert "3 new sessions, sends 1 file (0.0 MB) again" in cost
    assert "150 credits" in cost
    with pytest.raises(InputError, match="yes=True"):
        loop.run(lambda: session.aio.ab("yellow", "white", captions=CUES))
    assert cloud.sessions == ["session-1"]
    assert cloud.messages == []


@pytest.mark.parametrize(
    ("answer", "goes_on"), [("y", True), ("好", True), ("", False), ("n", False)]
)
def test_whoever_sits_there_is_asked(cloud, session, monkeypatch, answer, goes_on):
    asked = []

    def reply(question):
        asked.append(question)
        return answer

    monkeypatch.setattr(asking, "_in_kernel", lambda: True)
    monkeypatch.setattr(builtins, "input", reply)
    cloud.chats += [captions("a"), captions("b")]
    refused = (
        contextlib.nullcontext() if goes_on else pytest.raises(InputError, match="No variants")
    )
    with refused:
        session.ab("yellow", "white", captions=CUES)
    assert len(cloud.messages) == (2 if goes_on else 0)
    (question,) = asked
    assert "about 100 credits" in question
    assert question.endswith("Go on? [y/N] ")


@pytest.mark.parametrize("problem", [EOFError, OSError, NotImplementedError])
def test_where_nobody_answers_it_says_how_to_agree(session, monkeypatch, problem):
    def fail(_question):
        raise problem

    monkeypatch.setattr(asking, "_in_kernel", lambda: True)
    monkeypatch.setattr(builtins, "input", fail)
    with pytest.raises(InputError, match="yes=True"):
        session.ab("yellow", "white", captions=CUES)


def test_a_script_without_a_terminal_is_not_asked(session, monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    assert asking.agreed("Go on?") is None
    with pytest.raises(InputError, match="yes=True"):
        session.ab("yellow", "white", captions=CUES)


def test_a_cut_with_edits_is_refused(cloud, session):
    cloud.chats.append(captions("Edited"))
    session.chat("write something")
    with pytest.raises(EditRefused, match="cannot be repeated"):
        session.ab("yellow", "white", yes=True)
    assert cloud.sessions == ["session-1"]
    # Media that comes later does not make it repeatable again.
    session.upload(("more.png", cloud.uploads[0][1]))
    cloud.drafts["session-1"] = draft_of("Edited", "and more")
    with pytest.raises(EditRefused):
        session.ab("yellow", "white", yes=True)


def test_the_cost_in_chinese(cloud, connect, picture):
    session = connect(fresh=True, language="zh")
    session.upload(picture)
    with pytest.raises(InputError, match=r"新建 2 个会话.*约 100 积分"):
        session.ab("黄色字幕", "白色字幕", captions=CUES)
    cloud.chats += [captions("a"), captions("b")]
    session.ab("黄色字幕", "白色字幕", captions=CUES, yes=True)
    assert "请逐字使用以下字幕" in cloud.messages[0]


def test_an_empty_timeline_is_empty_however_the_server_writes_it(cloud, connect, picture):
    async def talk(server):
        yield said("Hello.")
        server.drafts[server.talking_to] = {"d": 0, "t": [{"tt": 0, "sg": []}]}

    cloud.chats += [talk, captions("a"), captions("b")]
    session = connect(fresh=True)
    session.chat("hello agent")
    session.upload(picture)
    assert session.ab("yellow", "white", captions=CUES, yes=True).names == ("yellow", "white")


def test_a_question_that_changed_nothing_is_no_edit(cloud, session):
    async def talk(_server):
        yield said("It is a picture.")

    cloud.chats += [talk, captions("a"), captions("b")]
    session.chat("what is on it?")
    session.ab("yellow", "white", captions=CUES, yes=True)
    assert len(cloud.messages) == 3


def test_a_fresh_session_that_looks_different_is_refused_before_anything_is_asked(cloud, session):
    cloud.drafts["session-1"] = draft_of()
    # The server lays the same media differently now: the cut is not what an upload makes.
    cloud.drafts["session-1"]["t"][0]["sg"][0]["d"] = 3000
    session.aio._project._as_uploaded = session.timeline()
    with pytest.raises(EditRefused):
        session.ab("yellow", "white", captions=CUES, yes=True)
    assert cloud.messages == []
    assert cloud.sessions == ["session-1", "session-2"]


@pytest.mark.parametrize("talked", [True, False])
def test_a_reopened_session_is_judged_by_its_turns(cloud, picture, talked):
    with nemo_nb.connect(cloud.url, token=TOKEN, name="work") as first:
        first.upload(picture)
        if talked:
            cloud.chats.append(captions("Edited"))
            first.chat("write something")
    cloud.chats += [captions("a"), captions("b")]
    refused = pytest.raises(EditRefused) if talked else contextlib.nullcontext()
    with nemo_nb.connect(cloud.url, token=TOKEN, name="work") as again, refused:
        again.ab("yellow", "white", captions=CUES, yes=True)
    # Where the file lay is not known any more: the server fetches its own copy.
    assert [name for name, _ in cloud.uploads[1:]] == (
        [] if talked else [f"{cloud.url}/clip.png"] * 2
    )


def test_media_that_left_the_disk_is_fetched_by_its_address(cloud, session, picture):
    picture.unlink()
    cloud.chats += [captions("a"), captions("b")]
    session.ab("yellow", "white", captions=CUES, yes=True)
    assert [name for name, _ in cloud.uploads[1:]] == [f"{cloud.url}/clip.png"] * 2


def test_media_that_is_nowhere_is_named(cloud, session, picture):
    picture.unlink()
    cloud.pools["session-1"][0].pop("cdn_url")
    with pytest.raises(InputError, match=r"clip\.png cannot be uploaded again"):
        session.ab("yellow", "white", captions=CUES, yes=True)


def test_what_was_paid_for_is_kept_when_a_later_variant_fails(cloud, session):
    async def broke(_server):
        yield b'data: {"code": 2001, "message": "no credits"}\n\n'

    cloud.chats += [captions("Yellow"), broke]
    with pytest.raises(NoCredits):
        session.ab("yellow", "white", captions=CUES, yes=True)
    assert list(session.variants) == ["yellow"]


def test_without_media_or_words_it_asks(cloud, connect, picture):
    empty = connect(fresh=True)
    with pytest.raises(NotReady):
        empty.ab("a", "b", yes=True)
    empty.upload(picture)
    with pytest.raises(InputError, match="captions="):
        empty.ab("a", "b", yes=True)
    with pytest.raises(InputError, match="A prompt is text"):
        empty.ab("a", None, yes=True)
    assert cloud.messages == []


def test_a_cell_sees_the_uploads_and_how_far_it_is(cloud, session):
    heard = []
    cloud.chats += [captions("a"), captions("b")]
    with notices.watching(heard.append):
        session.ab("yellow", "white", captions=CUES, yes=True)
    lines = [notice.progress for notice in heard if isinstance(notice, notices.TurnProgress)]
    assert lines[0] == "1/2 yellow"
    assert "2/2 white" in lines
    assert any(isinstance(notice, notices.UploadProgress) for notice in heard)
    assert [n.reply.text for n in heard if isinstance(n, notices.TurnEnded)] == [
        "Variants made: yellow, white."
    ]


def test_a_variant_is_exported_from_this_session(cloud, session, tmp_path):
    cloud.chats += [captions("a"), captions("b")]
    session.ab("yellow", "white", captions=CUES, yes=True)
    export = session.export(tmp_path / "yellow.mp4", timeline=session.variants["yellow"])
    assert sniff(export.path.read_bytes()[:4096], "yellow.mp4").format == "mp4"
    assert cloud.submitted[0]["draft"] == draft_of("a")


def test_variants_made_here_are_exported_by_chat_and_the_note_says_how(
    cloud, session, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    cloud.chats += [captions("a"), captions("b")]
    session.ab("yellow", "white", captions=CUES, yes=True)
    with pytest.raises(NotSupported, match="export each variant"):
        session.chat("export both side by side")
    assert "“export each variant”" in session.chat("export").notes[0]
    reply = session.chat("export each variant")
    assert [one.path.name for one in reply.exports] == ["clip yellow.mp4", "clip white.mp4"]
    assert reply.export is reply.exports[0]
