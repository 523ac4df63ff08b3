"""A photo becomes a captioned film: `caption-generator-from-photo`, from words to pixels."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from nemo_nb import samples
from nemo_nb.skills import SKILLS
from skills.seeing import box_of, contrast, ink, without_text

NAME = "caption-generator-from-photo"
READABLE = {"resolution": "960x540", "quality": "medium"}


@pytest.mark.parametrize(
    ("message", "words", "noun"),
    [
        (SKILLS[NAME].examples[0], "A cat", "a cat"),
        (SKILLS[NAME].examples_zh[0], "一只猫", "一只猫"),
    ],
)
def test_a_photo_becomes_a_captioned_film(skill, film, message, words, noun):
    session = skill(NAME, samples.photo("cat"))
    reply = session.chat(message)
    assert words in reply.text
    # Honest: what it takes the photo for, how sure it is, and who says so.
    assert noun in reply.text
    assert "%" in reply.text
    assert "EfficientNet" in reply.text
    timeline = session.timeline()
    assert timeline.captions["text"].tolist() == [words]
    canvas = timeline.canvas
    assert (canvas.width, canvas.height) == (1920, 1080)

    shown = film(session, **READABLE)
    bare = film(session, without_text(timeline), **READABLE)
    left, top, right, bottom = box_of(ink(shown.at(1500), bare.at(1500)))
    assert 0.7 < top < bottom < 0.97
    assert left == pytest.approx(1 - right, abs=0.02)
    for at in (100, 1500, 2800):
        assert contrast(shown.at(at), bare.at(at)) >= 4.5
    # Gentle motion: the picture moves from end to end, and hardly from frame to frame.
    moved = np.abs(bare.at(0) - bare.at(2900)).mean()
    step = np.abs(bare.at(1000) - bare.at(1034)).mean()
    assert moved > 4 > 2 * step
    assert film.exports[0].duration_ms == pytest.approx(3000, abs=40)


@pytest.mark.parametrize(
    ("tones", "noun"),
    [
        (
            (
                "caption this photo in a plain tone",
                "caption this photo in a playful tone",
                "caption this photo in a product tone",
            ),
            "cat",
        ),
        (
            (
                "给这张照片配一句平实的字幕",
                "给这张照片配一句俏皮的字幕",
                "用广告风给这张照片配字幕",
            ),
            "猫",
        ),
    ],
)
def test_a_tone_changes_the_words_and_nothing_else_is_claimed(skill, tones, noun):
    session = skill(NAME, samples.photo("cat"))
    said = []
    for message in tones:
        session.chat(message)
        said += session.timeline().captions["text"].tolist()
    assert len(set(said)) == 3
    assert all(noun in words and len(words) < 20 for words in said)


@pytest.mark.parametrize(
    ("message", "question", "answer"),
    [
        ("generate a caption for this photo", "?", '"Sunday, early"'),
        ("给这张照片配一句字幕", "？", "“星期天清晨”"),  # noqa: RUF001 - a Chinese mark
    ],
)
def test_what_it_cannot_name_it_asks_for(skill, dated, message, question, answer):
    session = skill(NAME, dated("nothing.jpg", (120, 120, 120)))
    asked = session.chat(message)
    assert question in asked.text
    assert session.timeline().captions.empty
    session.chat(answer)
    assert session.timeline().captions["text"].tolist() == [answer[1:-1]]


@pytest.mark.parametrize("level", [128, 250])
def test_white_words_read_on_any_ground(skill, film, dated, level):
    session = skill(NAME, dated("ground.jpg", (level,) * 3, size=(960, 540)))
    session.chat('caption this photo "Golden hour" in white, no outline, no shadow')
    timeline = session.timeline()
    shown, bare = film(session, **READABLE), film(session, without_text(timeline), **READABLE)
    assert contrast(shown.at(1000), bare.at(1000)) >= 4.5


def test_a_tall_photo_becomes_a_tall_film(skill, film, tmp_path):
    with Image.open(samples.photo("cat")) as image:
        image.convert("RGB").crop((100, 0, 280, 300)).save(tmp_path / "tall.jpg")
    session = skill(NAME, tmp_path / "tall.jpg")
    session.chat("generate a caption for this photo and overlay it as a short video")
    canvas = session.timeline().canvas
    assert (canvas.width, canvas.height) in ((1080, 1920), (1080, 1350))
    film(session, resolution="180x320")
    assert (film.exports[0].width, film.exports[0].height) == (180, 320)


def test_each_of_several_photos_gets_its_own_words(skill):
    session = skill(NAME, samples.photo("cat"), samples.photo("coffee"))
    session.chat("caption each photo")
    captions = session.timeline().captions
    assert captions["text"].nunique() == 2
    assert captions["start_ms"].tolist() == [0, 3000]
