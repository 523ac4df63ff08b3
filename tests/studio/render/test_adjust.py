import numpy as np
import pytest

from nemo_nb.studio.render import planes as px
from nemo_nb.studio.render.adjust import Adjust, adjusted, blurred, read_adjust

WIDTH, HEIGHT = 256, 64


def ramp():
    """Every luma code once a row, neutral."""
    luma = np.tile(np.arange(256, dtype=np.uint8), (HEIGHT, 1))
    grey = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    return luma, grey, grey.copy()


def flat(y, u=128, v=128, size=(32, 32)):
    return (
        np.full(size, y, np.uint8),
        np.full((size[0] // 2, size[1] // 2), u, np.uint8),
        np.full((size[0] // 2, size[1] // 2), v, np.uint8),
    )


def curve(**asked):
    return adjusted(ramp(), Adjust(**asked))[0][0].astype(int)


def codes(y=126, u=128, v=128, **asked):
    """Return what one colour becomes."""
    return tuple(int(plane[0, 0]) for plane in adjusted(flat(y, u, v), Adjust(**asked)))


def test_a_draft_is_read_within_its_bounds():
    given = {"brightness": 250, "contrast": "-40", "blur": -3, "sepia": "much", "warmth": None}
    assert read_adjust({"adjust": given}) == Adjust(brightness=1.0, contrast=-0.4)
    assert read_adjust({"adjust": {"saturation": -500, "sharpen": 500, "grayscale": 30}}) == Adjust(
        saturation=-1.0, sharpen=1.0, grayscale=0.3
    )


@pytest.mark.parametrize(
    "meta", [{}, {"adjust": None}, {"adjust": 7}, {"adjust": {"brightness": 0, "blur": True}}]
)
def test_nothing_asked_is_none(meta):
    assert read_adjust(meta) is None


def test_zero_leaves_every_bit_as_it_is():
    planes = ramp()
    for before, after in zip(planes, adjusted(planes, Adjust()), strict=True):
        assert after is before


def test_what_is_given_is_not_written_into():
    planes = ramp()
    kept = px.duplicate(planes)
    adjusted(planes, Adjust(0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5))
    assert all(np.array_equal(a, b) for a, b in zip(planes, kept, strict=True))


@pytest.mark.parametrize("amount", [-1.0, -0.5, -0.1, 0.1, 0.5, 1.0])
@pytest.mark.parametrize("name", ["brightness", "contrast"])
def test_the_tone_curves_rise_and_stay_within_the_range(name, amount):
    after = curve(**{name: amount})
    assert np.all(np.diff(after) >= 0)
    assert (after.min(), after.max()) >= (16, 16)
    assert after.max() <= 235


def test_brightness_keeps_black_and_white_and_moves_the_middle():
    # v = 109.5/219 at code 125.5: 0.5 becomes 4**0.5 * 0.5 / (1 + 0.5) = 2/3 at +50.
    for amount, middle in ((0.5, 2 / 3), (-0.5, 1 / 3), (1.0, 0.8), (-1.0, 0.2)):
        after = curve(brightness=amount)
        assert (after[16], after[235]) == (16, 235)
        assert after[125:127].mean() == pytest.approx(16 + 219 * middle, abs=1)


def test_darker_takes_back_what_brighter_did():
    there = adjusted(ramp(), Adjust(brightness=0.3))
    back = adjusted(there, Adjust(brightness=-0.3))[0][0, 16:236].astype(int)
    assert np.abs(back - np.arange(16, 236)).max() <= 1


@pytest.mark.parametrize("amount", [-0.8, 0.4, 1.0])
def test_brightness_and_contrast_are_symmetric(amount):
    up, down = curve(brightness=amount), curve(brightness=-amount)
    # Mirrored about middle grey: brighter shadows are darker lights.
    codes_in = np.arange(16, 236)
    assert np.abs(up[codes_in] - (251 - down[251 - codes_in])).max() <= 1
    contrast = curve(contrast=amount)
    assert np.abs(contrast[codes_in] - (251 - contrast[251 - codes_in])).max() <= 1


def test_contrast_bends_about_the_middle():
    more, less = curve(contrast=0.5), curve(contrast=-1.0)
    assert (more[16], more[235]) == (16, 235)
    assert more[131] - more[120] == pytest.approx(11 * 3**0.5, abs=1.5)
    # A third of the slope: black and white fade to a third of their distance from grey.
    assert (less[16], less[235]) == (pytest.approx(125.5 - 36.5, abs=1), pytest.approx(162, abs=1))


def test_saturation_scales_chroma_about_neutral():
    assert codes(126, 148, 98, saturation=0.5) == (126, 158, 83)
    assert codes(126, 148, 98, saturation=-1.0) == (126, 128, 128)
    assert codes(126, 238, 18, saturation=1.0) == (126, 240, 16)
    # Equally far from neutral on either side.
    assert codes(126, 128 + 7, 128 - 7, saturation=0.3) == (126, 137, 119)


def test_warmth_moves_blue_to_red_by_the_luma():
    assert codes(235, warmth=1.0) == (235, 84, 144)
    assert codes(16, warmth=1.0) == (16, 128, 128)
    assert codes(126, warmth=0.5) == (126, 117, 132)
    assert codes(126, warmth=-0.5) == (126, 139, 124)


def test_grey_and_sepia():
    assert codes(126, 90, 200, grayscale=1.0) == (126, 128, 128)
    assert codes(126, 108, 168, grayscale=0.5) == (126, 118, 148)
    assert codes(235, 90, 200, sepia=1.0) == (235, 104, 140)
    assert codes(16, 90, 200, sepia=1.0) == (16, 128, 128)
    # Sepia comes last: of a grey picture too.
    assert codes(235, 90, 200, grayscale=1.0, sepia=1.0) == (235, 104, 140)
    # Warmth of a colour that is gone is gone as well.
    assert codes(200, 90, 200, grayscale=1.0, warmth=1.0) == (200, 128, 128)


def step(low=80, high=160, size=180):
    luma = np.full((size, size), low, np.uint8)
    luma[:, size // 2 :] = high
    grey = np.full((size // 2, size // 2), 128, np.uint8)
    return luma, grey, grey


def edge_energy(luma):
    return float(np.square(np.diff(luma.astype(float), axis=1)).sum())


def test_sharpening_steepens_edges_and_leaves_flat_parts_alone():
    plain = step()
    energies = [edge_energy(adjusted(plain, Adjust(sharpen=s))[0]) for s in (0.0, 0.3, 0.6, 1.0)]
    assert energies == sorted(energies)
    assert energies[-1] > 2 * energies[0]
    sharp = adjusted(plain, Adjust(sharpen=1.0))[0]
    assert (sharp[90, 5], sharp[90, -5]) == (80, 160)
    steep = adjusted(step(20, 230), Adjust(sharpen=1.0))[0]
    assert (steep.min(), steep.max()) == (16, 235)


def test_blurring_spreads_an_edge_by_a_share_of_the_short_side():
    def width(size, amount):
        row = adjusted(step(size=size), Adjust(blur=amount))[0][size // 2].astype(float)
        # The spread of an edge's derivative is the sigma of what blurred it.
        slope, at = np.diff(row), np.arange(size - 1)
        middle = (slope * at).sum() / slope.sum()
        return np.sqrt((slope * (at - middle) ** 2).sum() / slope.sum())

    assert width(200, 0.25) == pytest.approx(2.0, rel=0.1)
    assert width(200, 1.0) == pytest.approx(8.0, rel=0.1)
    assert width(400, 1.0) == pytest.approx(16.0, rel=0.1)


def test_a_blur_keeps_the_mean_and_the_shape():
    plane = np.random.default_rng(3).integers(16, 236, (121, 67), np.uint8)
    for sigma in (0.5, 3.0, 9.0, 40.0):
        soft = blurred(plane, sigma)
        assert soft.shape == plane.shape
        assert soft.mean() == pytest.approx(plane.mean(), abs=2)
        assert soft.std() < plane.std()


def test_turned_and_cut_planes_are_taken_as_they_are():
    planes = step()
    ask = Adjust(brightness=0.3, warmth=0.3, sharpen=0.5, blur=0.1)
    for view in (px.turned(planes, 90), px.turned(planes, 180), px.window(planes, 10, 20, 90, 60)):
        alone = tuple(np.ascontiguousarray(plane) for plane in view)
        pairs = zip(adjusted(view, ask), adjusted(alone, ask), strict=True)
        assert all(np.array_equal(a, b) for a, b in pairs)
