import math

import numpy as np
import pytest

from nemo_nb.models import Canvas
from nemo_nb.studio.render.geometry import Crop, Framing, View, coverage, place, read_framing
from nemo_nb.studio.render.region import Region, read_region

CANVAS = (320, 180)


@pytest.mark.parametrize(
    ("size", "fit", "box", "scaled"),
    [
        ((640, 360), "contain", (0, 0, 320, 180), (320, 180)),
        ((180, 320), "contain", (108, 0, 102, 180), (102, 180)),
        ((180, 320), "cover", (0, 0, 320, 180), (320, 568)),
        ((1000, 10), "contain", (0, 88, 320, 4), (320, 4)),
        ((333, 187), "contain", (0, 0, 320, 180), (320, 180)),
    ],
)
def test_pictures_meet_the_canvas_in_even_pixels(size, fit, box, scaled):
    spot = place(size, CANVAS, Framing(fit))
    assert (spot.box_x, spot.box_y, spot.box_width, spot.box_height) == box
    assert (spot.width, spot.height) == scaled


def test_position_and_scale_move_the_box():
    spot = place((640, 360), CANVAS, Framing(x=75, y=25, scale=0.25))
    assert (spot.box_x, spot.box_y, spot.box_width, spot.box_height) == (200, 22, 80, 44)
    assert not spot.covers(CANVAS)


def test_a_box_beyond_the_canvas_shows_in_part_or_not_at_all():
    half_out = place((640, 360), CANVAS, Framing(x=100, y=50))
    assert half_out.visible(CANVAS) == (160, 0, 160, 180)
    gone = place((640, 360), CANVAS, Framing(x=-100, y=50))
    assert gone.visible(CANVAS)[2] == 0
    large = place((640, 360), CANVAS, Framing(scale=4))
    assert large.covers(CANVAS)


@pytest.mark.parametrize("tilt", [-45, -10, 3, 30, 45])
def test_a_tilted_picture_is_shown_whole_or_leaves_nothing_free(tilt):
    whole = place((320, 180), CANVAS, Framing("contain", tilt=tilt))
    angle = math.radians(tilt)
    corners = [(sx * whole.width / 2, sy * whole.height / 2) for sx in (-1, 1) for sy in (-1, 1)]
    for x, y in corners:
        turned = (
            x * math.cos(angle) - y * math.sin(angle),
            x * math.sin(angle) + y * math.cos(angle),
        )
        assert abs(turned[0]) <= 161
        assert abs(turned[1]) <= 91
    full = place((320, 180), CANVAS, Framing("cover", tilt=tilt))
    matrix = full.matrix(View(), (full.width, full.height), (0, 0))
    for x, y in [(0, 0), (320, 0), (0, 180), (320, 180)]:
        across, down = matrix @ (x, y, 1)
        assert -1.5 <= across <= full.width + 1.5
        assert -1.5 <= down <= full.height + 1.5


def test_what_a_tilted_picture_covers_is_its_area():
    spot = place((320, 180), CANVAS, Framing("contain", tilt=20))
    mask = coverage(spot, (0, 0, *CANVAS))
    assert mask.sum() / 255 == pytest.approx(spot.width * spot.height, rel=0.002)
    assert 0 < mask[mask > 0].min() < 255
    # A turn by half a circle changes nothing.
    assert np.abs(mask.astype(int) - mask[::-1, ::-1]).max() <= 1


def test_a_view_maps_the_boxs_middle_to_what_is_looked_at():
    spot = place((640, 360), CANVAS, Framing(scale=0.5))
    matrix = spot.matrix(View(0.25, 0.75, 2), (640, 360), (80, 44))
    middle = spot.box_x + spot.box_width / 2 - 80, spot.box_y + spot.box_height / 2 - 44
    assert matrix @ (*middle, 1) == pytest.approx((160, 270))
    # At zoom 2 the box is as wide as half of the picture.
    assert matrix[0, 0] * spot.box_width == pytest.approx(320)


@pytest.mark.parametrize(
    ("meta", "expected"),
    [
        ({}, Framing()),
        ({"fit": "stretch", "crop": 3, "rotate": "x", "flip": ["both"]}, Framing()),
        ({"rotate": 90}, Framing(quarters=1)),
        ({"rotate": -90}, Framing(quarters=3)),
        ({"rotate": 450}, Framing(quarters=1)),
        ({"rotate": 100}, Framing(quarters=1, tilt=10)),
        ({"rotate": 350, "flip": "horizontal"}, Framing(tilt=10, flip_x=True)),
        ({"rotate": 350, "flip": "both"}, Framing(tilt=-10, flip_x=True, flip_y=True)),
        ({"scale": 1e9}, Framing(scale=20)),
        ({"scale": -1}, Framing(scale=0.01)),
        ({"scale": float("nan")}, Framing()),
        ({"position": {"x": -1e9, "y": "60"}}, Framing(x=-200, y=60)),
        ({"position": [1, 2]}, Framing()),
        ({"crop": {"x": 25, "width": 50}}, Framing(crop=Crop(25, 0, 50, 100))),
        ({"crop": {"x": 90, "width": 50, "y": -5}}, Framing(crop=Crop(90, 0, 10, 100))),
        ({"crop": {"width": 0, "height": 0}}, Framing(crop=Crop(0, 0, 1, 1))),
        ({"crop": {"x": 0, "y": 0, "width": 100, "height": 100}}, Framing()),
    ],
)
def test_framing_is_read_and_held_within_its_bounds(meta, expected):
    assert read_framing(meta) == expected


@pytest.mark.parametrize(
    ("meta", "pixels"),
    [
        ({"x": 0, "y": 0, "width": 50, "height": 100}, (0, 0, 960, 1080)),
        ({"x": 50, "width": 50}, (960, 0, 960, 1080)),
        ({"x": 100 / 3, "width": 100 / 3}, (640, 0, 640, 1080)),
        ({"x": 99.9, "y": -7, "width": 400, "height": 0}, (1882, 0, 38, 22)),
    ],
)
def test_regions_are_even_and_inside(meta, pixels):
    assert read_region({"region": meta}).pixels(Canvas(1920, 1080)) == pixels


@pytest.mark.parametrize("nothing", [None, 5, "left", {"width": 100, "height": 100}, {}])
def test_a_region_that_is_the_whole_is_none(nothing):
    assert read_region({"region": nothing}) is None


def test_neighbours_meet_without_a_gap_on_any_canvas():
    for width in range(64, 400, 2):
        ends = 0
        for n in range(3):
            x, _, across, _ = Region(n * 100 / 3, 0, 100 / 3, 100).pixels(Canvas(width, 100))
            assert x == ends
            ends = x + across
        assert ends == width
