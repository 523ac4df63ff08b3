"""The subject of a picture, on photos and on composites whose alpha is known."""

import cv2
import numpy as np
import pytest
from skimage import data

from nemo_nb.errors import ConfigError
from nemo_nb.studio import matte


def furry(size, middle, radius, hairs=700):
    """Return the alpha (0-1) of an oval with hairs standing out of it."""
    width, height = size
    rng = np.random.default_rng(5)
    alpha = np.zeros((height * 2, width * 2), np.uint8)
    axes = radius * 2, round(radius * 2.3)
    cv2.ellipse(alpha, (middle[0] * 2, middle[1] * 2), axes, 0, 0, 360, 255, -1)
    for at in rng.uniform(0, 2 * np.pi, hairs):
        root = np.array(middle) + radius * np.array([0.98 * np.cos(at), 1.13 * np.sin(at)])
        way, length = at + rng.normal(0, 0.5), rng.uniform(0.02, 0.12) * radius
        tip = root + length * np.array([np.cos(way), np.sin(way)])
        ends = [tuple((2 * point).round().astype(int).tolist()) for point in (root, tip)]
        cv2.line(alpha, *ends, 255, 2, cv2.LINE_AA)
    return cv2.resize(alpha, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def over(subject, ground, alpha):
    weight = alpha[..., None]
    return np.rint(subject * weight + ground * (1 - weight)).astype(np.uint8)


def grass(size):
    green = cv2.resize(data.grass(), size)[..., None] * np.array([0.6, 1.0, 0.6])
    return green.astype(np.float32)


def coat(size):
    """Return a cat's fur, sharp, filling a picture."""
    return cv2.resize(data.chelsea()[40:280, 110:360], size).astype(np.float32)


def iou(found, truth):
    one, other = np.asarray(found) > 127, np.asarray(truth) > 0.5
    return (one & other).sum() / (one | other).sum()


def outline_error(found, truth):
    wide = np.ones((25, 25), np.uint8)
    outer = cv2.dilate((truth > 0.05).astype(np.uint8), wide)
    band = outer > cv2.erode((truth > 0.95).astype(np.uint8), wide)
    return float(np.abs(np.asarray(found, float) / 255 - truth)[band].mean())


@pytest.fixture(scope="module")
def beast():
    size = (960, 540)
    alpha = furry(size, (480, 280), 190)
    return over(coat(size), grass(size), alpha), alpha


def camera():
    return np.repeat(data.camera()[..., None], 3, axis=2)


@pytest.mark.parametrize(
    ("photo", "inside", "outside"),
    [
        # (row, column) in shares of the height and width, seen by eye.
        (data.astronaut, [(0.2, 0.44), (0.7, 0.4), (0.85, 0.8)], [(0.1, 0.1), (0.2, 0.75)]),
        (data.chelsea, [(0.4, 0.45), (0.7, 0.55)], [(0.3, 0.02), (0.6, 0.95)]),
        (data.coffee, [(0.5, 0.5), (0.8, 0.3)], [(0.1, 0.05), (0.9, 0.95)]),
        # Grey, where the guided filter's system is near singular.
        (camera, [(0.6, 0.2), (0.2, 0.4)], [(0.3, 0.12), (0.1, 0.1), (0.2, 0.9)]),
        (data.rocket, [(0.5, 0.502), (0.7, 0.502)], [(0.5, 0.3), (0.2, 0.8), (0.9, 0.1)]),
    ],
)
def test_photos_are_cut_where_an_eye_would(photo, inside, outside):
    picture = photo()
    height, width = picture.shape[:2]
    alpha = matte.matte_of(picture)
    assert (alpha.shape, alpha.dtype) == ((height, width), np.uint8)
    for row, column in inside:
        assert alpha[int(row * height), int(column * width)] > 200
    for row, column in outside:
        assert alpha[int(row * height), int(column * width)] < 15


def test_a_furry_subject_is_found_and_its_hair_refined(beast):
    picture, truth = beast
    found = matte.subject(picture)
    plain = 255 * cv2.resize(found, truth.shape[::-1], interpolation=cv2.INTER_CUBIC).clip(0, 1)
    alpha = matte.refined(picture, found)
    assert iou(alpha, truth) > 0.98
    assert outline_error(alpha, truth) < 0.5 * outline_error(plain, truth)


@pytest.mark.parametrize("picture", [data.grass, data.brick, data.gravel])
def test_where_nothing_stands_out_everything_stays(picture):
    grey = picture()
    assert matte.matte_of(np.repeat(grey[..., None], 3, axis=2)).min() == 255


def test_any_size_will_do():
    photo = data.coffee()
    for size in ((33, 47), (1, 1), (641, 120)):
        alpha = matte.matte_of(cv2.resize(photo, size))
        assert alpha.shape == size[::-1]


def test_a_small_subject_is_looked_at_again_closer(beast):
    picture, truth = beast
    alpha = np.zeros((1080, 1920), np.float32)
    alpha[700:970, 1300:1780] = cv2.resize(truth, (480, 270), interpolation=cv2.INTER_AREA)
    small = np.zeros((1080, 1920, 3), np.float32)
    small[700:970, 1300:1780] = cv2.resize(picture, (480, 270), interpolation=cv2.INTER_AREA)
    whole = over(small, grass((1920, 1080)), alpha)
    once = matte.refined(whole, matte.subject(whole))
    assert outline_error(matte.matte_of(whole), alpha) < 0.9 * outline_error(once, alpha)


def moving(beast, frames):
    picture, truth = beast
    ground = grass((960, 540))
    rng = np.random.default_rng(2)
    for n in range(frames):
        shift = np.float32([[1, 0, 8 * n - 40], [0, 1, 3 * n]])
        alpha = cv2.warpAffine(truth, shift, (960, 540))
        subject = cv2.warpAffine(picture.astype(np.float32), shift, (960, 540))
        noise = rng.normal(0, 3, (540, 960, 1))
        yield np.clip(over(subject, ground, alpha) + noise, 0, 255).astype(np.uint8), alpha


def test_a_moving_subject_is_followed_with_half_the_looks(beast, monkeypatch):
    looks = []
    look = matte.subject
    monkeypatch.setattr(matte, "subject", lambda rgb: looks.append(1) or look(rgb))
    tracked = matte.MovingMatte()
    for picture, truth in moving(beast, 6):
        assert iou(tracked.next(picture), truth) > 0.95
    assert len(looks) == 3


def test_a_part_that_the_network_loses_for_a_moment_does_not_vanish(monkeypatch):
    """Answers made up: two things, one of them missing in every other look."""
    rng = np.random.default_rng(4)
    picture = cv2.resize(rng.integers(0, 256, (24, 32, 3), np.uint8), (320, 240))
    both, one = np.zeros((2, matte.SIDE, matte.SIDE), np.float32)
    both[60:260, 20:120] = one[60:260, 20:120] = 1
    both[100:240, 200:290] = 1
    answers = iter([both, one, both, one])
    monkeypatch.setattr(matte, "subject", lambda _: next(answers))
    monkeypatch.setattr(matte, "refined", lambda _, found: found)
    tracked = matte.MovingMatte()
    seen = [tracked.next(picture)[170, 245] for _ in range(8)]
    assert min(seen) > 0.5
    # What is gone for good does go.
    monkeypatch.setattr(matte, "subject", lambda _: one)
    for _ in range(16):
        last = tracked.next(picture)
    assert last[170, 245] < 0.1
    assert last[170, 70] > 0.99


def test_a_cut_begins_anew(beast):
    tracked = matte.MovingMatte()
    tracked.next(beast[0])
    coffee = cv2.resize(data.coffee(), (960, 540))
    after = tracked.next(coffee)
    assert np.array_equal(after, matte.refined(coffee, matte.subject(coffee)))


def test_an_installation_without_the_weights_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(matte, "files", lambda _: tmp_path)
    matte._network.cache_clear()
    try:
        with pytest.raises(ConfigError, match="Install nemo_nb again"):
            matte.matte_of(data.coffee())
    finally:
        matte._network.cache_clear()
