import math

import pytest
from scipy import stats

from nemo_nb.experiments.srm import sample_ratio


def test_the_chi_square_by_hand():
    # (5200 - 4680)^2 / 4680 twice
    found = sample_ratio([5200, 4160], [0.5, 0.5])
    assert found.chi2 == pytest.approx(2 * 520**2 / 4680)
    assert found.p == pytest.approx(stats.chi2.sf(found.chi2, 1))
    assert found.expected == pytest.approx((4680, 4680))
    assert found.alarm


def test_a_mismatch_of_spotify_confidence():
    # spotify/confidence, tests/frequentist/test_srmtest.py: intended 0.3, 0.3, 0.4; on day
    # one 99, 100, 102 is no mismatch there at its level, on day three 275, 300, 306 more so.
    control, test, test2 = 0.3, 0.3, 0.4
    first = sample_ratio([99, 100, 102], [control, test, test2])
    last = sample_ratio([99 + 196 + 275, 100 + 200 + 300, 102 + 204 + 306], [control, test, test2])
    assert last.p < first.p
    assert last.alarm


def test_chance_is_no_alarm_and_the_level_is_one_in_a_thousand():
    assert not sample_ratio([5100, 4900], [0.5, 0.5]).alarm
    # z of 3.28 and 3.30 about the critical 3.29
    assert not sample_ratio([5164, 4836], [0.5, 0.5]).alarm
    assert sample_ratio([5165, 4835], [0.5, 0.5]).alarm


def test_an_uneven_split_may_be_intended():
    assert not sample_ratio([9000, 1000], [0.9, 0.1]).alarm


def test_nothing_intended_nothing_checked():
    found = sample_ratio([9000, 1000], None)
    assert math.isnan(found.p)
    assert not found.alarm
