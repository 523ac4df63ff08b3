"""Opacity, offset and size of a text at given times."""

from dataclasses import replace

import pytest

from nemo_nb.studio.render.animation import Pose, pose
from nemo_nb.studio.render.words import Words
from nemo_nb.timeline.styles import TextStyle


def at(ms, start=1000, end=3000, **style):
    return pose(Words("a", replace(TextStyle(), **style), start, end), ms)


def test_a_text_that_stands_still_is_there_or_not():
    assert at(998) is None
    assert at(1000) == at(2999) == Pose(1.0)
    assert at(3000) is None


@pytest.mark.parametrize(
    ("name", "x", "y"),
    [("slide-up", 0, -1), ("slide-down", 0, 1), ("slide-left", -1, 0), ("slide-right", 1, 0)],
)
def test_a_slide_comes_from_where_it_moves_away_and_goes_on(name, x, y):
    begun, late = at(1040, animation=name), at(1200, animation=name)
    assert begun.dx == pytest.approx(-x * 6.2, abs=0.2)
    assert begun.dy == pytest.approx(-y * 6.2, abs=0.2)
    assert begun.dx * late.dx >= 0
    assert abs(late.dx) + abs(late.dy) < abs(begun.dx) + abs(begun.dy)
    assert at(1360, animation=name) == Pose(1.0)
    leaving = at(2980, exit=name)
    assert leaving.dx * x + leaving.dy * y > 5


def test_a_slide_fades_in_and_is_solid_half_way():
    assert at(1000, animation="slide-up").opacity < 0.01
    assert at(1087, animation="slide-up").opacity == pytest.approx(0.5, abs=0.01)
    assert at(1176, animation="slide-up").opacity == 1


def test_a_pop_grows_overshoots_and_rests():
    sizes = [at(1000 + ms, animation="pop").scale for ms in (5, 60, 120, 180, 240, 300)]
    assert sizes[0] == pytest.approx(0.57, abs=0.03)
    assert max(sizes) > 1.02
    assert sizes[-1] == 1
    assert at(2990, exit="pop").scale < 0.7


def test_a_given_length_is_kept_to_half_of_the_time():
    assert at(1400, animation="slide-up", animation_ms=900).dy > 0
    assert at(1000 + 49, end=1100, animation="slide-up", animation_ms=900).dy > 0
    assert at(1000 + 50, end=1100, animation="slide-up", animation_ms=900).dy == 0


def test_fades_and_movements_multiply():
    moving = at(1087, animation="slide-up").opacity
    faded = at(1087, animation="slide-up", fade_ms=1000).opacity
    assert faded == pytest.approx(moving * 87.5 / 1000, rel=0.01)


@pytest.mark.parametrize("name", ["typewriter", "words"])
def test_what_appears_letter_by_letter_does_not_move(name):
    assert at(1010, animation=name) == Pose(1.0)
