"""`session.export` in every format, on a real studio."""

import pytest

import mediakit
import nemo_nb as nemo
from nemo_nb.errors import InputError, NotSupported, RenderFailed

SMALL = {"quality": "low", "resolution": (160, 90), "fps": 25}


@pytest.fixture
def session(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    clip = mediakit.clip(tmp_path / "clip.mp4", frames=30, size=(160, 90), hz=440)
    with nemo.connect("local", workspace=tmp_path / "work") as made:
        made.upload(clip)
        yield made


@pytest.mark.parametrize("name", ["a.mp4", "a.webm", "a.gif", "a.png", "a.wav", "A.GIF"])
def test_the_suffix_says_the_format(session, tmp_path, name):
    export = session.export(name, **SMALL)
    assert export.path == tmp_path / name
    info = export._job.info
    assert info.format == name.lower().rpartition(".")[2]
    expected = {"png": 0}.get(info.format, 1000)
    assert export.duration_ms == pytest.approx(expected, abs=90)
    assert [path.name for path in tmp_path.glob("*.*") if path.is_file()].count(name) == 1


def test_the_format_alone_gives_the_name(session, tmp_path):
    assert session.export(format="png").path == tmp_path / "clip.png"


def test_a_path_and_a_format_that_differ_are_refused(session):
    with pytest.raises(InputError, match=r"a\.webm does not end in \.gif"):
        session.export("a.webm", format="gif")


@pytest.mark.parametrize("name", ["a.mov", "a.mkv"])
def test_a_suffix_of_no_format_is_refused(session, name):
    with pytest.raises(InputError, match="does not end in"):
        session.export(name)
    with pytest.raises(InputError, match="mp4, webm, gif, png, wav"):
        session.export(format=name[2:])


def test_what_a_gif_cannot_be_is_said(session):
    with pytest.raises((RenderFailed, InputError, nemo.errors.ApiError), match="25"):
        session.export("a.gif", fps=60)


def test_each_source_in_a_format(session, tmp_path):
    (export,) = session.export("each", each=True, format="wav")
    assert export.path == tmp_path / "each" / "clip.wav"


def test_a_cloud_exports_mp4_only(scripted, connect):
    with pytest.raises(NotSupported, match="WEBM"):
        connect().export("a.webm")
    assert not scripted.submitted
