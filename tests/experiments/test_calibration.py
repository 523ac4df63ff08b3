"""Do the error rates hold? Seeded simulations, each against its Monte Carlo error."""

import math

import numpy as np
import pytest
from scipy import stats

from nemo_nb.experiments import bayes, continuous, frequentist, sequential
from nemo_nb.experiments.counts import Means, Moments
from nemo_nb.experiments.srm import sample_ratio
from nemo_nb.experiments.votes import fit_votes

ALPHA = 0.05
LIMIT = math.log(2 / ALPHA)
# Twice one in a thousand: what a check that runs on every change may fail by chance.
SIGMAS = 3.3


def within(share, expected, runs, extra=0.0):
    """Whether a share of so many runs is as expected, within its Monte Carlo error."""
    return abs(share - expected) <= SIGMAS * math.sqrt(expected * (1 - expected) / runs) + extra


def daily(rng, rates, views, runs, share=0.5, days=30, swing=0.0):
    """Cumulative counts of two arms on each day: cells as the confidence sequence takes them."""
    seen = rng.poisson(views / days, (runs, days))
    other = rng.binomial(seen, share)
    reference = seen - other
    week = 1 + swing * np.sin(2 * np.pi * np.arange(days) / 7)
    won = rng.binomial(other, rates[1] * week).cumsum(axis=1)
    won_reference = rng.binomial(reference, rates[0] * week).cumsum(axis=1)
    other, reference = other.cumsum(axis=1), reference.cumsum(axis=1)
    cells = [won, other - won, won_reference, reference - won_reference]
    return np.stack(cells, axis=-1).astype(float)


def ever_wrong(cells, difference, share=0.5):
    """The share of runs whose always-valid interval ever misses the true difference."""
    up = sequential.log_capital(cells, difference, share) >= LIMIT
    turned = cells[..., [2, 3, 0, 1]]
    down = sequential.log_capital(turned, -difference, 1 - share) >= LIMIT
    return (up | down).any(axis=1).mean()


def fixed_ever_wrong(cells):
    """The share of runs whose z test of one look ever says p < 0.05."""
    won, lost, won_reference, lost_reference = np.moveaxis(cells, -1, 0)
    n, n_reference = won + lost, won_reference + lost_reference
    pooled = (won + won_reference) / np.maximum(n + n_reference, 1)
    error = np.sqrt(pooled * (1 - pooled) * (1 / np.maximum(n, 1) + 1 / np.maximum(n_reference, 1)))
    gap = np.abs(won / np.maximum(n, 1) - won_reference / np.maximum(n_reference, 1))
    return (gap > 1.96 * np.where(error > 0, error, np.inf)).any(axis=1).mean()


@pytest.mark.parametrize("rate", [0.002, 0.02, 0.06, 0.5])
@pytest.mark.parametrize("views", [1_200, 12_000, 120_000])
def test_thirty_daily_looks_at_nothing(rate, views):
    cells = daily(np.random.default_rng(1), (rate, rate), views, runs=1_000)
    assert ever_wrong(cells, 0.0) <= ALPHA
    if rate * views > 20:
        assert fixed_ever_wrong(cells) > 3 * ALPHA


@pytest.mark.parametrize(("rates", "share"), [((0.002, 0.004), 0.5), ((0.06, 0.08), 0.2)])
def test_thirty_daily_looks_at_a_difference(rates, share):
    cells = daily(np.random.default_rng(2), rates, 30_000, runs=1_000, share=share)
    assert ever_wrong(cells, rates[1] - rates[0], share) <= ALPHA
    # And in the end it is found by a good part of the runs.
    found = sequential.log_capital(cells[:, -1], 0.0, share) >= LIMIT
    assert found.mean() > 0.25


def test_rates_that_move_with_the_week_are_no_difference():
    cells = daily(np.random.default_rng(3), (0.1, 0.1), 12_000, runs=1_000, swing=0.5)
    assert ever_wrong(cells, 0.0) <= ALPHA


@pytest.mark.slow
@pytest.mark.parametrize("rate", [0.002, 0.06, 0.5])
def test_a_look_after_every_visitor_at_nothing(rate):
    rng = np.random.default_rng(4)
    runs, visitors = 250, 2_000
    other = rng.random((runs, visitors)) < 0.5
    won = rng.random((runs, visitors)) < rate
    cells = np.stack([other & won, other & ~won, ~other & won, ~other & ~won], axis=-1)
    cells = cells.cumsum(axis=1).astype(float)
    wrong = np.mean([ever_wrong(part, 0.0) for part in np.array_split(cells, 40)])
    assert wrong <= ALPHA


def expected_coverage(n, rate):
    """The exact coverage of our Wilson interval at one rate."""
    low, high = stats.binom.interval(1 - 1e-9, n, rate)
    successes = range(int(low), int(high) + 1)
    bounds = [frequentist.wilson(s, n, ALPHA) for s in successes]
    chances = stats.binom.pmf(list(successes), n, rate)
    return sum(p for p, (lo, hi) in zip(chances, bounds, strict=True) if lo <= rate <= hi)


@pytest.mark.parametrize("n", [20, 200, 2_000, 20_000])
def test_wilson_covers_on_average(n):
    # Rates from 0.2 % to 50 %, even on the log scale: the average is nominal within 1 %.
    rng = np.random.default_rng(5)
    rates = np.exp(rng.uniform(math.log(0.002), math.log(0.5), 1_500))
    successes = rng.binomial(n, rates)
    bounds = {s: frequentist.wilson(int(s), n, ALPHA) for s in np.unique(successes)}
    covered = [
        bounds[s][0] <= rate <= bounds[s][1] for s, rate in zip(successes, rates, strict=True)
    ]
    assert within(np.mean(covered), 1 - ALPHA, len(rates), extra=0.006)


def test_wilson_at_single_rates_swings_as_is_known():
    # Brown, Cai and DasGupta 2001: near nominal, down to about 0.84 where n p is near 0.18.
    assert expected_coverage(20, 0.0088) == pytest.approx(0.838, abs=0.002)
    assert expected_coverage(2_000, 0.002) == pytest.approx(0.931, abs=0.002)
    for n, rate in [(200, 0.06), (2_000, 0.02), (20_000, 0.002), (2_000, 0.5)]:
        assert expected_coverage(n, rate) == pytest.approx(0.95, abs=0.008)


@pytest.mark.parametrize("n", [20, 200, 2_000, 20_000])
@pytest.mark.parametrize(
    ("base", "other"), [(0.002, 0.002), (0.02, 0.03), (0.06, 0.06), (0.5, 0.6)]
)
def test_newcombe_covers(n, base, other):
    rng = np.random.default_rng(6)
    runs = 600
    pairs = zip(rng.binomial(n, base, runs), rng.binomial(n, other, runs), strict=True)
    bounds = [frequentist.newcombe((int(a), n), (int(b), n), ALPHA) for a, b in pairs]
    covered = np.mean([low <= other - base <= high for low, high in bounds])
    if n * base < 5:
        # Few successes: it errs on the safe side.
        assert covered >= 1 - ALPHA - SIGMAS * math.sqrt(ALPHA / runs)
    else:
        assert within(covered, 1 - ALPHA, runs, extra=0.005)


@pytest.mark.parametrize(("n", "base", "other"), [(2_000, 0.02, 0.03), (300, 0.3, 0.3)])
def test_koopman_covers(n, base, other):
    rng = np.random.default_rng(7)
    runs = 600
    pairs = zip(rng.binomial(n, base, runs), rng.binomial(n, other, runs), strict=True)
    bounds = [frequentist.lift_interval((int(a), n), (int(b), n), ALPHA) for a, b in pairs]
    covered = np.mean([low <= other / base - 1 <= high for low, high in bounds])
    assert within(covered, 1 - ALPHA, runs)


@pytest.mark.parametrize("n", [20, 2_000, 20_000])
def test_the_posterior_covers_and_its_chances_come_true(n):
    # Rates drawn from the prior: then a credible interval covers exactly, and of the times it
    # says P(best) = x, the other is best in a share of x.
    rng = np.random.default_rng(8)
    runs = 400
    rates = rng.beta(*bayes.PRIORS["jeffreys"], (runs, 2))
    successes = rng.binomial(n, rates)
    arms = [bayes.posteriors(row, [n, n], *bayes.PRIORS["jeffreys"]) for row in successes.tolist()]
    bounds = [bayes.credible(pair[0], ALPHA) for pair in arms]
    covered = [low <= rate <= high for (low, high), rate in zip(bounds, rates[:, 0], strict=True)]
    assert within(np.mean(covered), 1 - ALPHA, runs)
    claimed = np.array([bayes.beats(pair[1], pair[0]) for pair in arms])
    won = rates[:, 1] > rates[:, 0]
    spread = math.sqrt((claimed * (1 - claimed)).sum())
    assert abs(won.sum() - claimed.sum()) < SIGMAS * spread


def moments(y, x=None):
    if x is None:
        return Moments(len(y), y.mean(), y.var(ddof=1))
    covariance = float(np.cov(x, y)[0, 1])
    return Moments(len(y), y.mean(), y.var(ddof=1), x.mean(), x.var(ddof=1), covariance)


def test_welch_errs_at_its_level_with_unequal_spreads():
    rng = np.random.default_rng(9)
    runs = 1_500
    wrong = [
        continuous.welch(moments(rng.normal(0, 1, 15)), moments(rng.normal(0, 4, 40)), ALPHA).p
        < ALPHA
        for _ in range(runs)
    ]
    assert within(np.mean(wrong), ALPHA, runs)


def test_cuped_errs_at_its_level_and_finds_more():
    rng = np.random.default_rng(10)
    runs = 800
    wrong, found_plain, found_cuped = 0, 0, 0
    for _ in range(runs):
        x = rng.gamma(2, 10, (2, 100))
        y = 0.8 * x + rng.normal(0, 5, (2, 100))
        nothing = Means(("A", "B"), tuple(map(moments, y, x)), covariate=True)
        arms = continuous.cuped(nothing)[0].arms
        wrong += continuous.welch(*arms, ALPHA).p < ALPHA
        y[1] += 2
        something = Means(("A", "B"), tuple(map(moments, y, x)), covariate=True)
        found_plain += continuous.welch(*something.arms, ALPHA).p < ALPHA
        found_cuped += continuous.welch(*continuous.cuped(something)[0].arms, ALPHA).p < ALPHA
    assert within(wrong / runs, ALPHA, runs)
    assert found_cuped > 2 * found_plain


def test_thirty_looks_at_equal_means():
    rng = np.random.default_rng(11)
    runs, days, per_day = 400, 30, 100
    y = rng.gamma(2, 10, (runs, 2, days, per_day))
    n = per_day * np.arange(1, days + 1)
    total = y.sum(axis=3).cumsum(axis=2)
    squares = (y**2).sum(axis=3).cumsum(axis=2)
    var = (squares - total**2 / n) / (n - 1)
    gap = np.abs(total[:, 1] - total[:, 0]) / n
    errors = np.sqrt(var.sum(axis=1) / n)
    reach = np.array([sequential.mean_half_width(1.0, 2 * one, ALPHA) for one in n.tolist()])
    assert (gap > reach * errors).any(axis=1).mean() <= ALPHA
    assert (gap > 1.96 * errors).any(axis=1).mean() > 3 * ALPHA


def test_a_good_split_alarms_once_in_a_thousand():
    rng = np.random.default_rng(12)
    runs = 2_000
    alarms = sum(
        sample_ratio([n, 10_000 - n], [0.5, 0.5]).alarm
        for n in rng.binomial(10_000, 0.5, runs).tolist()
    )
    assert alarms <= stats.binom.ppf(0.9995, runs, 0.001)


def test_intervals_of_strengths_cover():
    rng = np.random.default_rng(13)
    runs, strengths, tie = 150, np.array([1.0, 1.5, 0.7]), 0.4
    truth = strengths / strengths.sum()
    covered = 0
    for _ in range(runs):
        rows = []
        for at in range(180):
            one, two = rng.choice(3, 2, replace=False)
            weights = np.array([strengths[one], strengths[two], 0.0])
            weights[2] = tie * math.sqrt(strengths[one] * strengths[two])
            winner = ["left", "right", "tie"][rng.choice(3, p=weights / weights.sum())]
            rows.append((f"v{at % 30}", "c", "ABC"[one], "ABC"[two], winner))
        columns = zip(*rows, strict=True)
        names = ("voter", "cue", "left", "right", "winner")
        table = fit_votes({name: list(c) for name, c in zip(names, columns, strict=True)}).table
        covered += int(((table["low"] <= truth) & (truth <= table["high"])).sum())
    # The three of one run are not independent: its error is counted once a run.
    assert covered / (3 * runs) >= 0.95 - SIGMAS * math.sqrt(0.05 * 0.95 / runs)
