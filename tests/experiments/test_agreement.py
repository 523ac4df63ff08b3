import math

import pytest

from nemo_nb.experiments.agreement import krippendorff


def test_the_example_of_krippendorff_2011():
    # "Computing Krippendorff's Alpha-Reliability", section C: 4 observers, 12 units, missing
    # data; nominal alpha 0.743.
    observers = [
        "1 2 3 3 2 1 4 1 2 . . .",
        "1 2 3 3 2 2 4 1 2 5 . 3",
        ". 3 3 3 2 3 4 2 2 5 1 .",
        "1 2 3 3 2 4 4 1 2 5 1 .",
    ]
    units = zip(*(row.split() for row in observers), strict=True)
    found = krippendorff([[name for name in unit if name != "."] for unit in units])
    assert found.alpha == pytest.approx(0.743, abs=5e-4)
    assert (found.units, found.ratings) == (11, 40)
    assert found.low < found.alpha < found.high


def test_the_two_observers_of_krippendorff_2011():
    # Section B: two observers, twelve units, nominal alpha 0.692.
    one = ["a", "a", "b", "b", "d", "c", "c", "c", "e", "d", "d", "a"]
    two = ["b", "a", "b", "b", "b", "c", "c", "c", "e", "d", "d", "d"]
    found = krippendorff(list(zip(one, two, strict=True)))
    assert found.alpha == pytest.approx(0.692, abs=5e-4)


def test_perfect_agreement_is_one_and_chance_is_about_zero():
    assert krippendorff([["a", "a"], ["b", "b"]]).alpha == 1
    crossed = [["a", "a"], ["a", "b"], ["b", "a"], ["b", "b"]] * 50
    assert krippendorff(crossed).alpha == pytest.approx(0, abs=0.01)
    assert krippendorff(crossed).observed == 0.5


def test_what_cannot_be_measured_is_unknown():
    assert math.isnan(krippendorff([["a"], ["b"]]).alpha)
    assert math.isnan(krippendorff([["a", "a"], ["a", "a"]]).alpha)
    assert math.isnan(krippendorff([]).observed)
    assert math.isnan(krippendorff([["a", "b", "a"]]).low)
