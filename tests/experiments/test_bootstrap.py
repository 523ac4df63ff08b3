import numpy as np
import pytest
from scipy import stats

from nemo_nb.experiments import bootstrap
from nemo_nb.experiments.counts import Observed


def observed(values):
    return Observed(*np.unique(np.asarray(values, float), return_counts=True))


def skewed(seed, n):
    return np.random.default_rng(seed).lognormal(3, 1, n)


def test_the_interval_is_scipys_bca():
    a, b = skewed(1, 60), skewed(2, 80)
    expected = stats.bootstrap(
        (b, a),
        lambda one, other, axis: one.mean(axis) - other.mean(axis),
        n_resamples=20_000,
        method="BCa",
        batch=5_000,
        rng=3,
    ).confidence_interval
    low, high = bootstrap.bca_interval(observed(a), observed(b), 0.05, seed=0)
    # Two runs of scipy's own with these resamples differ by about as much.
    near = 0.05 * (expected.high - expected.low)
    assert low == pytest.approx(expected.low, abs=near)
    assert high == pytest.approx(expected.high, abs=near)


def test_it_is_seeded():
    a, b = observed(skewed(1, 30)), observed(skewed(2, 30))
    once = bootstrap.bca_interval(a, b, 0.05, seed=5)
    assert bootstrap.bca_interval(a, b, 0.05, seed=5) == once
    assert bootstrap.bca_interval(a, b, 0.05, seed=6) != once


def test_values_with_counts_resample_like_the_raw_values():
    few = np.random.default_rng(0).integers(0, 5, 4_000)
    counted = observed(few)
    raw = Observed(few.astype(float), np.ones(len(few), int))
    assert len(counted.y) == 5
    by_counts = bootstrap.resampled_means(counted, seed=1)
    by_values = bootstrap.resampled_means(raw, seed=1)
    assert by_counts.mean() == pytest.approx(few.mean(), abs=0.002)
    assert by_counts.std() == pytest.approx(by_values.std(), rel=0.06)


def test_skew_moves_the_interval_to_the_long_tail():
    low, high = bootstrap.bca_interval(observed([5.0, 5.0]), observed(skewed(4, 40)), 0.05, seed=0)
    diff = skewed(4, 40).mean() - 5
    assert high - diff > diff - low


def test_what_never_varies_has_no_width():
    flat = observed([3.0, 3.0, 3.0])
    assert bootstrap.bca_interval(flat, observed([4.0, 4.0]), 0.05, seed=0) == (1.0, 1.0)


def test_too_many_distinct_values_are_not_resampled():
    many = Observed(np.arange(200_000.0), np.ones(200_000, int))
    seconds = Observed(np.arange(600.0), np.full(600, 10_000))
    assert not bootstrap.affordable([many, many])
    assert bootstrap.affordable([seconds, seconds])
