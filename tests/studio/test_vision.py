"""A plain noun for real photos, silence for everything else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image

from nemo_nb.errors import BrokenMedia
from nemo_nb.studio import vision, vision_net

PICTURES = Path(skimage.data.__file__).parent


@pytest.mark.parametrize(
    ("name", "noun", "noun_zh"),
    [
        ("chelsea.png", "a cat", "一只猫"),
        ("coffee.png", "a cup of coffee", "一杯咖啡"),
        ("rocket.jpg", "a rocket", "一枚火箭"),
        ("motorcycle_left.png", "a motorcycle", "一辆摩托车"),
    ],
)
def test_photos_are_named_plainly(name, noun, noun_zh):
    found = vision.describe(PICTURES / name)
    assert (found.noun, found.noun_zh) == (noun, noun_zh)
    assert vision.MIN_CONFIDENCE <= found.confidence <= 1
    assert found.by == vision.MODEL


@pytest.mark.parametrize(
    "name",
    [
        *("astronaut.png", "horse.png", "text.png", "page.png", "chessboard_RGB.png", "logo.png"),
        *("moon.png", "coins.png", "brick.png", "grass.png", "gravel.png", "cell.png"),
        *("color.png", "retina.jpg", "ihc.png", "phantom.png", "hubble_deep_field.jpg"),
        "camera.png",
    ],
)
def test_what_it_cannot_tell_it_does_not_tell(name):
    assert vision.describe(PICTURES / name) is None


def pictures():
    rng = np.random.default_rng(7)
    ramp = np.linspace(0, 255, 600, dtype=np.uint8)[None, :, None]
    return {
        "noise": rng.integers(0, 256, (400, 600, 3), dtype=np.uint8),
        "flat": np.full((400, 600, 3), (200, 90, 40), np.uint8),
        "ramp": np.broadcast_to(ramp, (400, 600, 3)).copy(),
        "tiny": np.zeros((1, 1, 3), np.uint8),
        "stripes": np.tile(np.repeat([[0], [255]], 20, axis=0), (10, 600))[..., None]
        .repeat(3, axis=2)
        .astype(np.uint8),
    }


@pytest.mark.parametrize("kind", sorted(pictures()))
def test_graphics_and_noise_are_no_photos(tmp_path, kind):
    path = tmp_path / "p.png"
    Image.fromarray(pictures()[kind]).save(path)
    assert vision.describe(path) is None


def test_grey_turned_and_transparent_photos_are_read(tmp_path):
    cat = Image.open(PICTURES / "chelsea.png")
    cat.convert("L").save(tmp_path / "grey.png")
    cat.convert("P").save(tmp_path / "palette.png")
    cat.convert("RGBA").save(tmp_path / "rgba.png")
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held on its side
    cat.rotate(90, expand=True).save(tmp_path / "turned.jpg", exif=exif)
    for path in sorted(tmp_path.iterdir()):
        assert vision.describe(path).noun == "a cat", path.name


def test_a_broken_file_is_told_apart(tmp_path):
    path = tmp_path / "broken.jpg"
    path.write_bytes(b"\xff\xd8\xff\xe0 not a picture")
    with pytest.raises(BrokenMedia, match=r"broken\.jpg cannot be read"):
        vision.describe(path)


def test_the_nouns_are_in_order():
    classes = [index for noun in vision.nouns() for index in noun.classes]
    assert len(classes) == len(set(classes))
    assert 0 <= min(classes) <= max(classes) < vision_net.CLASSES
    assert len({noun.en for noun in vision.nouns()}) == len(vision.nouns())
    for noun in vision.nouns():
        assert noun.en == noun.en.strip()
        article, _, rest = noun.en.partition(" ")
        if article in ("a", "an"):
            assert (article == "an") == (rest[0] in "aeiou")
        assert any("\u4e00" <= char <= "\u9fff" for char in noun.zh)
