import numpy as np
import pytest

from nemo_nb.studio.render.geometry import Framing, View, place
from nemo_nb.studio.render.motion import NAMED, ZOOM, Motion, read_motion

CANVAS = (320, 180)
SPOT = place((640, 360), CANVAS, Framing())


def read(motion, *, still=True, placed=False):
    return read_motion({"motion": motion}, still=still, placed=placed)


def test_a_still_moves_unless_it_was_placed_and_a_clip_only_when_told_exactly():
    assert read(None) == NAMED["zoom-in"]
    assert read("nonsense") == read(["pan-left"]) == read({}) == NAMED["zoom-in"]
    assert read(None, placed=True) is None
    assert read("zoom-out", placed=True) == NAMED["zoom-out"]
    assert read("none") is None
    assert read("zoom-in", still=False) is None
    assert read({"from": {"zoom": 2}}, still=False) == Motion(View(zoom=2), View())


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"from": {"x": -5, "y": 150, "zoom": 2}}, Motion(View(0, 1, 2), View())),
        ({"to": {"zoom": 99}}, Motion(View(), View(0.5, 0.5, 10))),
        ({"to": {"zoom": 0.2, "x": "y"}}, None),
    ],
)
def test_values_are_held(given, expected):
    assert read(given) == expected


def edges(motion, spot=SPOT, steps=101):
    """Return where the view's left, right, top and bottom edges are, in shares of the picture."""
    held = motion.within(spot)
    across, down = spot.reach()
    views = [held.at(n / (steps - 1)) for n in range(steps)]
    return np.array(
        [
            (v.x - across / v.zoom, v.x + across / v.zoom, v.y - down / v.zoom, v.y + down / v.zoom)
            for v in views
        ]
    )


@pytest.mark.parametrize("name", [name for name in NAMED if name != "none"])
def test_named_moves_stay_inside_and_go_where_their_name_says(name):
    seen = edges(NAMED[name])
    assert seen.min() >= -1e-9
    assert seen.max() <= 1 + 1e-9
    left, right, top, bottom = (seen[-1] - seen[0]).round(6)
    assert {
        "zoom-in": left > 0 > right,
        "zoom-out": left < 0 < right,
        "pan-left": left == right < 0,
        "pan-right": left == right > 0,
        "pan-up": top == bottom < 0,
        "pan-down": top == bottom > 0,
    }[name]


def test_a_pan_runs_from_edge_to_edge():
    seen = edges(NAMED["pan-right"])
    assert (seen[0, 0], seen[-1, 1]) == pytest.approx((0, 1))
    covering = place((640, 180), CANVAS, Framing("cover"))
    wide = edges(NAMED["pan-right"], covering)
    assert (wide[0, 0], wide[-1, 1]) == pytest.approx((0, 1))
    assert wide[-1, 0] - wide[0, 0] == pytest.approx(1 - 0.5 / ZOOM)


def test_a_view_at_an_edge_is_held_inside():
    held = Motion(View(0, 0, 2), View(1, 1, 4)).within(SPOT)
    assert held == Motion(View(0.25, 0.25, 2), View(0.875, 0.875, 4))
    assert Motion(View(0, 1, 1), View()).within(SPOT).begin == View()


def test_moves_are_soft_at_both_ends_never_stand_and_never_jump():
    for motion in (NAMED["pan-left"], Motion(View(0.1, 0.2, 1), View(0.8, 0.9, 5))):
        places = edges(motion, steps=201)
        steps = np.diff(places, axis=0)
        moving = np.abs(places[-1] - places[0]) > 1e-6
        for column in np.flatnonzero(moving):
            speed = np.abs(steps[:, column])
            assert np.all(speed > 0)
            assert speed.max() < 6 * speed.mean()
            # No jerk: from step to step the speed changes by a few percent.
            assert np.abs(np.diff(speed)).max() < 0.05 * speed.max()
    pan = np.abs(np.diff(edges(NAMED["pan-left"], steps=101)[:, 0]))
    assert pan[50] > 1.4 * pan[0]


def test_while_zooming_edges_run_straight():
    seen = edges(Motion(View(), View(0.7, 0.6, 6)), steps=50)
    moved = seen - seen[0]
    share = moved / moved[-1]
    assert np.allclose(share, share[:, :1], atol=1e-9)
