import cv2
import numpy as np
import pytest

from nemo_nb.studio.render import planes as px
from nemo_nb.studio.render.background import (
    Background,
    behind,
    cut_out,
    flat,
    lay,
    read_background,
)
from nemo_nb.studio.render.convert import from_rgb

RED, BLUE, GREEN = (200, 40, 40), (40, 40, 200), (30, 160, 60)
SIZE = (96, 160)


def colour(planes, row, column):
    """Return the RGB of one place."""
    frame = px.new_frame(planes[0].shape[1], planes[0].shape[0])
    px.copy(planes, px.views(frame))
    return np.asarray(px.to_image(frame))[row, column].astype(int)


def disc(radius=30, soft=4.0):
    """An alpha with a soft outline."""
    rows, columns = np.indices(SIZE)
    away = np.hypot(rows - SIZE[0] / 2, columns - SIZE[1] / 2)
    return np.rint(255 * np.clip((radius - away) / soft + 0.5, 0, 1)).astype(np.uint8)


def composite(subject, ground, alpha):
    weight = alpha[..., None] / 255
    rgb = np.array(subject) * weight + np.array(ground) * (1 - weight)
    return from_rgb(np.rint(rgb).astype(np.uint8))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"kind": "transparent"}, Background("transparent")),
        ({"kind": "color", "color": "#10fF20"}, Background("color", (16, 255, 32))),
        ({"kind": "color", "color": "#f08"}, Background("color", (255, 0, 136))),
        ({"kind": "color", "color": "sky"}, Background("color", (255, 255, 255))),
        ({"kind": "blur"}, Background("blur")),
        ({"kind": "picture", "src": "a.jpg"}, Background("picture", src="a.jpg")),
        ({"kind": "picture"}, Background("transparent")),
        ({"kind": "confetti"}, None),
        ({"kind": ["blur"]}, None),
        ("blur", None),
        (None, None),
    ],
)
def test_a_draft_is_read(given, expected):
    assert read_background({"background": given}) == expected
    assert read_background({}) is None


@pytest.mark.parametrize("rgb", [RED, BLUE, (255, 255, 255), (0, 0, 0)])
def test_a_flat_ground_has_the_colour_asked_for(rgb):
    like = from_rgb(np.zeros((*SIZE, 3), np.uint8))
    ground = behind(Background("color", rgb), like, disc())
    assert [plane.shape for plane in ground] == [plane.shape for plane in like]
    assert np.abs(colour(ground, 10, 10) - rgb).max() <= 3


def test_laying_is_exact_where_the_alpha_is():
    under, over = (
        flat(GREEN, from_rgb(np.zeros((*SIZE, 3), np.uint8))),
        from_rgb(np.full((*SIZE, 3), RED, np.uint8)),
    )
    alpha = np.zeros(SIZE, np.uint8)
    alpha[:, :40], alpha[:, 40:80] = 255, 128
    expected = [px.duplicate(over), px.duplicate(under)]
    lay(under, over, alpha)
    assert np.array_equal(under[0][:, :40], expected[0][0][:, :40])
    assert np.array_equal(under[2][:, 40:], expected[1][2][:, 40:])
    halfway = (expected[0][0][0, 50] * 128.0 + expected[1][0][0, 50] * 127.0) / 255
    assert abs(int(under[0][0, 50]) - halfway) <= 1


def test_opacity_thins_the_subject():
    over = from_rgb(np.full((*SIZE, 3), RED, np.uint8))
    under = flat(GREEN, over)
    mixed = px.duplicate(under)
    lay(mixed, over, np.full(SIZE, 255, np.uint8), 0.25)
    expected = 0.25 * over[0][0, 0] + 0.75 * under[0][0, 0]
    assert abs(int(mixed[0][0, 0]) - expected) <= 1


def test_an_outline_loses_the_old_background():
    alpha = disc()
    picture = composite(RED, GREEN, alpha)
    truth = composite(RED, BLUE, alpha)
    edge = (alpha > 30) & (alpha < 225)

    def error(subject):
        canvas = flat(BLUE, subject)
        lay(canvas, subject, alpha)
        chroma = np.abs(canvas[1].astype(int) - truth[1])[edge[::2, ::2]].mean()
        return np.abs(canvas[0].astype(int) - truth[0])[edge].mean() + chroma

    assert error(cut_out(picture, alpha)) < 0.3 * error(picture)


def test_only_the_outline_is_touched():
    alpha = disc()
    picture = composite(RED, GREEN, alpha)
    freed = cut_out(picture, alpha)
    sure = (alpha == 0) | (alpha == 255)
    assert np.array_equal(freed[0][sure], picture[0][sure])
    whole = np.full(SIZE, 255, np.uint8)
    assert all(a is b for a, b in zip(cut_out(picture, whole), picture, strict=True))


def test_a_blurred_ground_keeps_its_light_and_not_the_subject():
    alpha = disc()
    rng = np.random.default_rng(1)
    noisy = rng.integers(60, 140, (*SIZE, 1)).repeat(3, axis=2)
    weight = alpha[..., None] / 255
    picture = from_rgb(np.rint(noisy * (1 - weight) + 235 * weight).astype(np.uint8))
    ground = behind(Background("blur"), picture, alpha)
    assert [plane.shape for plane in ground] == [plane.shape for plane in picture]
    beside = ground[0][48, 80 + 32 : 80 + 44].astype(float)
    around = picture[0][alpha == 0].mean()
    assert beside.mean() == pytest.approx(around, abs=8)
    assert ground[0][alpha == 0].std() < 0.35 * picture[0][alpha == 0].std()
    # White as it is, the subject has left no glow.
    plain = cv2.GaussianBlur(picture[0], (0, 0), 4)[48, 80 + 32 : 80 + 44].mean()
    assert abs(beside.mean() - around) < abs(plain - around)


def test_transparent_has_nothing_behind_and_a_picture_is_itself():
    picture = composite(RED, GREEN, disc())
    assert behind(Background("transparent"), picture, disc()) is None
    photo = flat(BLUE, picture)
    assert behind(Background("picture", src="b.jpg"), picture, disc(), photo) is photo


def test_a_picture_that_is_all_subject_still_gets_a_ground():
    picture = composite(RED, GREEN, disc())
    ground = behind(Background("blur"), picture, np.full(SIZE, 255, np.uint8))
    assert all(plane.min() >= 16 and plane.max() <= 240 for plane in ground)
