"""The whole way with nothing replaced: photo, chat, render, MP4."""

import io

import av
import numpy as np
import pytest

import mediakit
from studiokit import Person


@pytest.fixture
def real(make_studio):
    studio = make_studio()
    with Person(studio.url, studio.token.reveal()) as owner:
        yield owner


def said(stream):
    assert "errorCode" not in stream[-1], stream[-1]
    return stream[-1]["content"]["parts"][0]["text"]


def frames(real, job, path):
    done = real.finished(job)
    assert done["status"] == "completed", done
    path.write_bytes(real.get(done["output"]["url"]).content)
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]


def test_a_title_asked_for_in_chat_is_in_the_mp4_for_as_long_as_it_was_asked(real, tmp_path):
    photo = mediakit.photo(tmp_path / "dark.jpg", color=(10, 10, 10), size=(320, 180))
    sid = real.session()
    real.upload(sid, ("dark.jpg", photo.read_bytes()))
    assert "Urban Dreams" in said(real.say(sid, 'add a title "Urban Dreams" for 2 seconds'))
    real.submit(sid, "r", resolution="320x180", fps=10)
    shown = frames(real, "r", tmp_path / "r.mp4")
    bright = [bool((frame > 150).any()) for frame in shown]
    assert len(bright) == 30
    assert all(bright[4:18])
    assert not any(bright[21:])
    jpeg = real.get(f"/studio/v1/sessions/{sid}/frame?at_ms=1000&width=320").content
    with av.open(io.BytesIO(jpeg)) as container:
        still = next(container.decode(video=0)).to_ndarray(format="gray")
    assert np.abs(still.astype(int) - shown[10].astype(int)).mean() < 6


def test_a_clip_is_trimmed_and_the_trim_taken_back(real, tmp_path):
    clip = mediakit.clip(tmp_path / "clip.mp4", frames=30, fps=10, size=(64, 36))
    sid = real.session()
    real.upload(sid, ("clip.mp4", clip.read_bytes()))
    said(real.say(sid, "trim the first 2 seconds"))
    assert real.state(sid)["draft"]["d"] == 1000
    real.submit(sid, "r", resolution="64x36")
    assert len(frames(real, "r", tmp_path / "r.mp4")) == 30
    said(real.say(sid, "undo that"))
    assert real.state(sid)["draft"]["d"] == 3000
    assert real.state(sid)["redo"] == 1


def test_uploaded_words_are_restyled_in_chat(real, tmp_path):
    clip = mediakit.clip(tmp_path / "clip.mp4", frames=20, fps=10, size=(64, 36))
    words = b"1\n00:00:00,100 --> 00:00:01,500\nHello there\n"
    sid = real.session()
    real.upload(sid, ("clip.mp4", clip.read_bytes()), ("clip.srt", words))
    before = real.state(sid)["draft"]
    assert "Hello there" in said(real.say(sid, "make the captions bold yellow"))
    after = real.state(sid)["draft"]
    assert after["t"][1]["sg"][0]["m"]["style"] != before["t"][1]["sg"][0]["m"]["style"]
    assert after["t"][1]["sg"][0]["m"]["text"] == "Hello there"


def test_what_is_not_understood_changes_nothing_and_is_said(real):
    sid = real.session()
    assert said(real.say(sid, "flurb the wibble"))
    assert real.state(sid)["draft"] == {}


def test_an_answer_comes_in_the_language_of_the_message(real, tmp_path):
    photo = mediakit.photo(tmp_path / "a.jpg", size=(64, 48))
    sid = real.session("zh")
    real.upload(sid, ("a.jpg", photo.read_bytes()))
    answer = said(real.say(sid, "添加标题“城市之梦” 3秒"))
    assert "城市之梦" in answer
    assert any("\u4e00" <= char <= "\u9fff" for char in answer.replace("城市之梦", ""))
