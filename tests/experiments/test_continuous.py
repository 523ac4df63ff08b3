import math

import numpy as np
import pytest
from scipy import stats

from nemo_nb.errors import InputError
from nemo_nb.experiments import continuous
from nemo_nb.experiments.counts import Means, Moments, Observed


def moments(y, x=None):
    y = np.asarray(y, float)
    if x is None:
        return Moments(len(y), y.mean(), y.var(ddof=1))
    x = np.asarray(x, float)
    return Moments(
        len(y), y.mean(), y.var(ddof=1), x.mean(), x.var(ddof=1), float(np.cov(x, y)[0, 1])
    )


def test_welch_and_lift_are_those_of_growthbook():
    # growthbook/growthbook, packages/stats/tests/frequentist/test_tests.py, two versions of
    # test_two_sided_ttest: means 0.41 and 0.7, standard deviations 3.9 and 6.2, n 3407 and
    # 3461: absolute 0.04538 to 0.53462, p 0.02016; relative 0.70732, -0.03526 to 1.44989.
    reference, other = Moments(3407, 0.41, 3.9**2), Moments(3461, 0.7, 6.2**2)
    found = continuous.welch(reference, other, 0.05)
    assert (found.low, found.high) == pytest.approx((0.04538, 0.53462), abs=5e-6)
    assert found.p == pytest.approx(0.02016, abs=5e-6)
    lift, bounds = continuous.lift_interval(reference, other, 0.05)
    assert lift == pytest.approx(0.70732, abs=5e-6)
    assert bounds == pytest.approx((-0.03526, 1.44989), abs=5e-6)


def test_welch_is_scipys():
    generator = np.random.default_rng(0)
    a, b = generator.normal(5, 1, 20), generator.normal(6, 3, 35)
    expected = stats.ttest_ind(b, a, equal_var=False)
    found = continuous.welch(moments(a), moments(b), 0.05)
    assert (found.t, found.p, found.df) == pytest.approx(
        (expected.statistic, expected.pvalue, expected.df)
    )
    assert (found.low, found.high) == pytest.approx(tuple(expected.confidence_interval(0.95)))


def test_the_mean_of_student_sleep():
    # R, datasets::sleep, group 1; t.test(extra[group == 1]): -0.5297804 to 2.0297804.
    extra = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    bounds = continuous.mean_interval(moments(extra), 0.05)
    assert bounds == pytest.approx((-0.5297804, 2.0297804), abs=1e-6)


def test_welch_of_student_sleep():
    # R, t.test(extra ~ group, data = sleep): t = -1.8608, df = 17.776, p-value = 0.07939,
    # interval -3.3654832 to 0.2054832 (group 1 less group 2).
    one = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    two = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    found = continuous.welch(moments(two), moments(one), 0.05)
    assert (found.t, found.df, found.p) == pytest.approx((-1.8608, 17.776, 0.07939), abs=5e-4)
    assert (found.low, found.high) == pytest.approx((-3.3654832, 0.2054832), abs=1e-6)


def test_the_omnibus_of_two_is_welch():
    a, b = moments([1, 2, 3, 4]), moments([2, 4, 6, 9, 9])
    assert continuous.all_equal([a, b]) == pytest.approx(continuous.welch(a, b, 0.05).p)


def test_what_never_varies():
    flat, higher = Moments(5, 1.0, 0.0), Moments(5, 2.0, 0.0)
    assert continuous.welch(flat, flat, 0.05).p == 1
    assert continuous.welch(flat, higher, 0.05).p == 0
    assert continuous.all_equal([flat, flat]) == 1
    assert continuous.all_equal([flat, higher]) == 0


def test_a_lift_over_a_mean_near_zero_means_nothing():
    lift, bounds = continuous.lift_interval(moments([-1, 1, 2, -2]), moments([5, 6, 7]), 0.05)
    assert math.isnan(lift)
    assert all(map(math.isnan, bounds))


def paired(seed=0, n=4000, slope=0.8, effect=0.3):
    generator = np.random.default_rng(seed)
    x = [generator.normal(10, 2, n) for _ in range(2)]
    y = [slope * one + generator.normal(0, 1, n) + at * effect for at, one in enumerate(x)]
    arms = tuple(moments(b, a) for a, b in zip(x, y, strict=True))
    ones = np.ones(n, int)
    observed = tuple(Observed(b, ones, a) for a, b in zip(x, y, strict=True))
    return Means(("A", "B"), arms, observed, covariate=True), x, y


def test_cuped_is_the_regression_on_the_covariate():
    means, x, y = paired()
    adjusted, done = continuous.cuped(means)
    # The same slope by least squares with an intercept for each variant.
    group = np.repeat([0.0, 1.0], len(x[0]))
    design = np.column_stack([np.ones_like(group), group, np.concatenate(x)])
    _, effect, slope = np.linalg.lstsq(design, np.concatenate(y), rcond=None)[0]
    assert done.theta == pytest.approx(slope)
    assert adjusted.arms[1].mean - adjusted.arms[0].mean == pytest.approx(effect)


def test_cuped_takes_out_the_squared_correlation():
    means, x, y = paired()
    adjusted, done = continuous.cuped(means)
    within = [np.corrcoef(a, b)[0, 1] ** 2 for a, b in zip(x, y, strict=True)]
    assert done.variance_reduction == pytest.approx(np.mean(within), abs=0.01)
    assert done.variance_reduction == pytest.approx(0.8**2 * 4 / (0.8**2 * 4 + 1), abs=0.02)
    assert adjusted.arms[0].var == pytest.approx(adjusted.observed[0].y.var(ddof=1))
    assert adjusted.arms[0].mean == pytest.approx(adjusted.observed[0].y.mean())
    assert done.raw == pytest.approx([one.mean() for one in y])


def test_a_covariate_that_explains_all_leaves_no_variance():
    y = [[1.0, 2.0, 3.0], [2.0, 3.0, 5.0]]
    arms = tuple(moments(one, one) for one in y)
    adjusted, done = continuous.cuped(Means(("A", "B"), arms, covariate=True))
    assert done.variance_reduction == pytest.approx(1)
    assert all(arm.var == pytest.approx(0, abs=1e-12) for arm in adjusted.arms)


def test_a_covariate_that_never_varies_is_refused():
    arms = tuple(moments([1, 2, 3], [7, 7, 7]) for _ in range(2))
    with pytest.raises(InputError, match="covariate is the same"):
        continuous.cuped(Means(("A", "B"), arms, covariate=True))


def test_the_posterior_of_a_mean_is_students_t():
    arm = Moments(8, 5.0, 4.0)
    draws = continuous.posterior_draws([arm, arm], seed=0, draws=200_000)[:, 0]
    assert tuple(np.quantile(draws, [0.025, 0.975])) == pytest.approx(
        continuous.mean_interval(arm, 0.05), abs=0.03
    )
