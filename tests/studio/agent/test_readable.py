"""Captions measured on the picture they stand on, through the studio's own renderer."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from nemo_nb.models import MediaInfo
from nemo_nb.studio import edits
from nemo_nb.studio.agent.agent import Project, respond
from nemo_nb.studio.engine import Engine
from nemo_nb.studio.eyes import StudioEyes

PHOTO = MediaInfo("photo.jpg", "image", "jpg", 0, 320, 180)


@pytest.fixture
def send(tmp_path):
    engine = Engine()

    def answer(message, level, recent=()):
        pixels = np.full((180, 320, 3), level, np.uint8)
        Image.fromarray(pixels).save(tmp_path / "photo.jpg")
        draft = edits.add_media(edits.new_draft(), PHOTO)
        draft["m"] |= {"width": 960, "height": 540}
        eyes = StudioEyes(engine, {"photo.jpg": tmp_path / "photo.jpg"})
        return respond(message, Project(draft, (PHOTO,), "en", recent, eyes), lambda _: None)

    yield answer
    engine.close()


def style_of(outcome):
    return outcome.draft["t"][-1]["sg"][0]["m"]["style"]


def test_white_letters_on_white_get_what_makes_them_readable(send):
    outcome = send('caption this photo "Hello" in white, no outline, no shadow', 250)
    assert "only 1.0:1 contrast" in outcome.reply
    assert style_of(outcome)["box"]
    assert style_of(outcome)["stroke"] == ""


def test_what_reads_already_is_left_alone_and_told(send):
    outcome = send('caption this photo "Hello" in white, no outline, no shadow', 10)
    assert "Contrast measured on the picture" in outcome.reply
    assert "box" not in style_of(outcome)


@pytest.mark.parametrize(("level", "sign"), [(40, 1), (240, -1)])
def test_brightness_without_a_direction_is_set_by_measure(send, level, sign):
    outcome = send("adjust brightness", level)
    (picture,) = outcome.draft["t"][0]["sg"]
    assert picture["m"]["adjust"]["brightness"] * sign > 0
