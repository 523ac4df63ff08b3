import pytest

from nemo_nb.captions.contrast import Look
from nemo_nb.captions.profiles import profile_from
from nemo_nb.captions.rules import Cue, violations
from nemo_nb.models import Canvas

SCREEN = Canvas(1920, 1080, 25.0)


def cue(text="fine words", look=None, start=0, end=1000, canvas=SCREEN):
    return Cue(1, text, "other", end - start, None, start, end, canvas, look)


def look(contrast=9.0, left=0.2, top=0.8, right=0.8, bottom=0.9, *, cut_off=False):
    return Look(contrast, left, top, right, bottom, 0.06, cut_off)


def found(rule, values, one):
    return [violation for _, violation in violations(one, profile_from({rule: values}, "mine"))]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("one two\nthree", 1),
        ("one\ntwo three", None),
        ("one", None),
        ("你好\n吗", 1),
        ("a b\n字字", None),
    ],
)
def test_orphans(text, value):
    told = found("orphan", {"min": 2}, cue(text))
    assert [violation[0] for violation in told] == ([] if value is None else [value])


@pytest.mark.parametrize(
    ("text", "value"),
    [("xxxx\nxxxxxxxxxx", None), ("xxx\nxxxxxxxxxx", 0.3), ("xx", None), ("", None)],
)
def test_line_balance(text, value):
    told = found("line_balance", {"min": 0.4}, cue(text))
    assert [violation[0] for violation in told] == ([] if value is None else [value])


@pytest.mark.parametrize(
    ("start", "fps", "value"),
    [(40, 25, None), (41, 25, None), (50, 25, 10.0), (1001, 30000 / 1001, None), (33, 30, None)],
)
def test_times_on_the_frame_grid(start, fps, value):
    canvas = Canvas(1920, 1080, fps)
    told = found("frame_grid", {"max": 1}, Cue(1, "x", "other", 9, None, start, None, canvas))
    assert [violation[0] for violation in told] == ([] if value is None else [value])


def test_contrast():
    assert found("contrast", {"min": 4.5}, cue(look=look(4.5))) == []
    ((value, limit, fix),) = found("contrast", {"min": 4.5}, cue(look=look(4.494)))
    assert (value, limit) == (4.49, 4.5)
    assert "box" in fix
    assert found("contrast", {"min": 4.5}, cue(look=look(None))) == []
    assert found("contrast", {"min": 4.5}, cue()) == []


def test_the_side_that_is_most_over_is_told():
    zone = {"top": 10, "right": 22, "bottom": 35, "left": 5}
    ((value, limit, fix),) = found("safe_area", zone, cue(look=look()))
    assert (value, limit) == (10.0, 35)
    assert "25 % away from the bottom" in fix
    assert found("safe_area", {**zone, "bottom": 10, "right": 20}, cue(look=look())) == []


def test_cut_off():
    assert found("cut_off", {}, cue(look=look(cut_off=True)))
    assert not found("cut_off", {}, cue(look=look()))
