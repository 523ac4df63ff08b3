"""A photo is edited and exported as a picture and a film: `free-image-editing`."""

# ruff: noqa: RUF001 - Chinese messages use Chinese punctuation
from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from nemo_nb import samples
from nemo_nb.skills import SKILLS
from skills.seeing import box_of, ink, without_text

NAME = "free-image-editing"
SMALL = {"resolution": "320x320", "quality": "low"}


def picture(session, path, **wish):
    """Export a picture and return its pixels."""
    session.export(path, resolution="320x180", **wish)
    with Image.open(path) as image:
        return image.mode, np.asarray(image).astype(np.float32)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("remove the background, adjust brightness, and add text overlay 'Hello'", "Hello"),
        ("去掉背景，调整亮度，再加上文字“你好”", "你好"),
    ],
)
def test_the_usual_wish_to_a_picture_and_a_film(skill, film, tmp_path, message, words):
    session = skill(NAME, samples.photo("astronaut"))
    session.chat(message)
    timeline = session.timeline()
    assert timeline.captions["text"].tolist() == [words]
    export = session.export(tmp_path / "out.png", resolution="320x320")
    with Image.open(export.path) as image:
        assert image.mode == "RGBA"
        rgba = np.asarray(image).astype(np.float32)
    alpha = rgba[..., 3]
    # She stands in the middle; the flag and the shuttle behind her are gone.
    assert alpha[20:150, 250:310].max() < 40
    assert alpha[190:260, 40:150].mean() > 245
    assert 0.3 < (alpha > 127).mean() < 0.8

    shown, bare = film(session, **SMALL), film(session, without_text(timeline), **SMALL)
    assert shown.at(1500)[20:150, 250:310].max() < 60, "a film has no alpha: black lies there"
    _, top, _, bottom = box_of(ink(shown.at(1500), bare.at(1500), least=90))
    assert 0.7 < top < bottom < 1
    assert film.exports[0].duration_ms == pytest.approx(3000, abs=40)


@pytest.mark.parametrize("message", [SKILLS[NAME].examples[0], SKILLS[NAME].examples_zh[0]])
def test_words_that_are_missing_are_asked_for(skill, message):
    session = skill(NAME, samples.photo("cat"))
    asked = session.chat(message)
    assert "?" in asked.text or "？" in asked.text
    (shown,) = session.timeline().draft["t"][0]["sg"]
    assert shown["m"]["background"] == {"kind": "transparent"}
    session.chat('"Hello Chelsea"')
    assert session.timeline().captions["text"].tolist() == ["Hello Chelsea"]


def test_brightness_without_a_direction_goes_to_the_middle_and_says_what_it_measured(
    skill, dated, tmp_path
):
    session = skill(NAME, dated("dark.jpg", (40, 40, 40)))
    _, before = picture(session, tmp_path / "a.png")
    reply = session.chat("adjust brightness")
    _, after = picture(session, tmp_path / "b.png")
    assert "%" in reply.text
    assert after.mean() > before.mean() + 12


@pytest.mark.parametrize(
    "messages",
    [
        ("a bit brighter", "brighter", "much brighter"),
        ("亮一点", "调亮", "亮很多"),
    ],
)
def test_words_of_degree_mean_more_and_more(skill, dated, tmp_path, messages):
    photo = dated("grey.jpg", (90, 90, 90))
    means = []
    for at, message in enumerate(("", *messages)):
        session = skill(NAME, photo)
        if message:
            session.chat(message)
        means.append(picture(session, tmp_path / f"{at}.png")[1].mean())
    assert all(later > earlier + 4 for earlier, later in pairwise(means))


@pytest.mark.parametrize(
    ("message", "changes"),
    [
        ("brightness +20", {"brightness": 20}),
        (
            "make it 15% brighter and lower the saturation by 30",
            {"brightness": 15, "saturation": -30},
        ),
        ("亮度加20，对比度加10", {"brightness": 20, "contrast": 10}),
        ("black and white", {"grayscale": 100}),
        ("对比度降低15%", {"contrast": -15}),
    ],
)
def test_amounts_are_taken_at_their_word(skill, dated, message, changes):
    session = skill(NAME, dated("grey.jpg", (90, 90, 90)))
    session.chat(message)
    (shown,) = session.timeline().draft["t"][0]["sg"]
    assert shown["m"]["adjust"] == changes


def test_adjustments_are_seen(skill, dated, tmp_path):
    photo = dated("warm.jpg", (170, 110, 70))
    seen = {}
    for name, message in (
        ("as it is", "add a caption 'x' at the top"),
        ("grey", "make it black and white"),
        ("colder", "much colder"),
        ("flat", "much less contrast"),
    ):
        session = skill(NAME, photo)
        session.chat(message)
        _, pixels = picture(session, tmp_path / f"{name}.png")
        seen[name] = pixels[60:]
    assert np.ptp(seen["grey"], axis=2).max() <= 4
    warmth = {name: (one[..., 0] - one[..., 2]).mean() for name, one in seen.items()}
    assert warmth["colder"] < warmth["as it is"] - 15
    texture = {name: one.mean(axis=2).std() for name, one in seen.items()}
    assert texture["flat"] < texture["as it is"] * 0.8


def test_another_background_is_laid_behind_the_subject(skill, film):
    session = skill(NAME, samples.photo("astronaut"))
    session.chat("make the background white")
    shown = film(session, **SMALL).at(1500)
    assert shown[20:150, 250:310].min() > 225
    session.chat("bring the background back")
    assert film(session, **SMALL).at(1500)[20:150, 250:310].mean() < 200


def test_text_goes_where_it_is_told_and_in_its_colour(skill, film, dated):
    session = skill(NAME, dated("grey.jpg", (90, 90, 90)))
    session.chat("add the text 'SALE' in red at the top right")
    timeline = session.timeline()
    shown = film(session, resolution="640x360").at(1000)
    bare = film(session, without_text(timeline), resolution="640x360").at(1000)
    seen = ink(shown, bare)
    left, top, right, bottom = box_of(seen)
    assert left > 0.6
    assert right > 0.9
    assert top < bottom < 0.3
    red = shown[seen & (shown[..., 0] > 180)]
    assert (red[..., 0] - red[..., 1]).mean() > 80
