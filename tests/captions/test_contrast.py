import numpy as np
import pytest

from nemo_nb.captions.contrast import contrast_ratio, look_of, relative_luminance


def grey(level, size=(90, 160)):
    return np.full((*size, 3), level, np.uint8)


def with_bars(picture, level, rows=(30, 50), columns=(40, 120)):
    """A picture with letters of a kind: bars four pixels wide, four apart."""
    result = picture.copy()
    for left in range(columns[0], columns[1], 8):
        result[rows[0] : rows[1], left : left + 4] = level
    return result


def luminance(*rgb):
    return float(relative_luminance(np.array([[rgb]], np.uint8))[0, 0])


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        # Worked by hand from WCAG 2.2's definitions.
        ((255, 255, 255), (0, 0, 0), 21.0),
        ((255, 255, 255), (0x76, 0x76, 0x76), 4.54),
        ((0, 0, 255), (255, 255, 255), 8.59),
        ((255, 0, 0), (255, 255, 255), 4.0),
        ((10, 20, 30), (10, 20, 30), 1.0),
    ],
)
def test_the_ratio_is_wcags(one, other, ratio):
    assert contrast_ratio(luminance(*one), luminance(*other)) == pytest.approx(ratio, abs=0.005)
    assert contrast_ratio(luminance(*other), luminance(*one)) == pytest.approx(ratio, abs=0.005)


def test_white_letters_on_grey():
    ground = grey(0x76)
    look = look_of(with_bars(ground, 255), ground, with_bars(ground, 0))
    assert look.contrast == pytest.approx(4.54, abs=0.01)
    assert (look.left, look.top, look.bottom) == (40 / 160, 30 / 90, 50 / 90)
    assert look.area == pytest.approx((116 - 40) * 20 / (160 * 90))
    assert not look.cut_off


def test_the_worst_part_of_an_uneven_ground_counts():
    ground = grey(0)
    ground[:, 100:] = 230
    look = look_of(with_bars(ground, 255), ground, with_bars(ground, 0))
    assert look.contrast < 1.5


def test_a_box_is_what_letters_stand_on():
    ground = grey(250)
    boxed = ground.copy()
    boxed[25:55, 30:130] = 0
    look = look_of(with_bars(boxed, 255), ground, with_bars(boxed, 0))
    assert look.contrast == pytest.approx(21, abs=0.1)
    assert (look.left, look.right) == (30 / 160, 130 / 160)


def test_what_reaches_the_edge_is_cut_off():
    ground = grey(0)
    shown = with_bars(ground, 255, rows=(70, 90))
    assert look_of(shown, ground, with_bars(ground, 90, rows=(70, 90))).cut_off


def test_an_emoji_has_a_place_and_no_contrast():
    ground = grey(0)
    shown = with_bars(ground, 200)
    look = look_of(shown, ground, shown)
    assert look.contrast is None
    assert look.area > 0


def test_nothing_seen_is_nothing():
    assert look_of(grey(5), grey(5), grey(5)) is None
    assert look_of(grey(5), grey(12), grey(5)) is None
