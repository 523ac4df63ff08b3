import math
from itertools import pairwise, product

import numpy as np
import pytest
from scipy import stats

from nemo_nb.experiments import sequential


def outcomes(visitors):
    """Every way in which so many visitors can fall into the four cells."""
    for cells in product(range(visitors + 1), repeat=3):
        if sum(cells) <= visitors:
            yield (*cells, visitors - sum(cells))


@pytest.mark.parametrize("share", [0.5, 0.2])
@pytest.mark.parametrize(("low", "high"), [(0.3, 0.3), (0.002, 0.002), (0.1, 0.35), (0.9, 0.6)])
def test_the_capital_is_a_fair_game_at_the_true_difference(low, high, share):
    # Over all outcomes of five visitors the expected capital is exactly what was put in.
    chances = [share * high, share * (1 - high), (1 - share) * low, (1 - share) * (1 - low)]
    cells = np.array(list(outcomes(5)), float)
    likely = stats.multinomial.pmf(cells, 5, chances)
    capital = np.exp(sequential.log_capital(cells, high - low, share))
    assert likely.sum() == pytest.approx(1)
    assert (likely * capital).sum() == pytest.approx(1, rel=1e-9)


def test_the_capital_falls_as_the_difference_rises():
    cells = sequential.counted((30, 500), (60, 480))
    differences = np.linspace(-1, 1, 41)
    logs = [float(sequential.log_capital(cells, one, 0.5)) for one in differences]
    assert all(after < before for before, after in pairwise(logs))


def test_the_bounds_are_where_the_capital_reaches_two_over_alpha():
    reference, other = (312, 5200), (377, 5160)
    low, high = sequential.rate_difference_sequence(reference, other, 0.05)
    up = sequential.log_capital(sequential.counted(reference, other), low, 0.5)
    down = sequential.log_capital(sequential.counted(other, reference), -high, 0.5)
    assert (up, down) == pytest.approx((math.log(40), math.log(40)), abs=1e-6)


@pytest.mark.parametrize(
    ("reference", "other"),
    [
        ((312, 5200), (377, 5160)),
        ((20, 10_000), (45, 10_000)),
        ((3, 20), (9, 20)),
        ((800, 1000), (700, 1000)),
        ((0, 20), (0, 20)),
        ((20, 20), (20, 20)),
    ],
)
def test_it_holds_the_observed_difference_and_turns_with_the_arms(reference, other):
    low, high = sequential.rate_difference_sequence(reference, other, 0.05)
    assert low <= other[0] / other[1] - reference[0] / reference[1] <= high
    turned = sequential.rate_difference_sequence(other, reference, 0.05)
    assert turned == pytest.approx((-high, -low), abs=1e-9)


def test_nothing_seen_nothing_ruled_out():
    assert sequential.rate_difference_sequence((0, 0), (0, 0), 0.05) == (-1, 1)


def test_counts_that_no_difference_explains_leave_none():
    # 1 to 33 visitors where an even split was intended, and not one click.
    assert all(map(math.isnan, sequential.rate_difference_sequence((0, 1), (0, 33), 0.05)))


def test_it_narrows_with_views_and_a_clear_difference_shows():
    widths = []
    for n in (1_000, 10_000, 100_000):
        low, high = sequential.rate_difference_sequence((n // 20, n), (n // 10, n), 0.05)
        widths.append(high - low)
    assert widths == sorted(widths, reverse=True)
    assert low > 0


def test_its_price_against_one_look_is_known():
    # Half its width in standard errors: 1.96 for one look; here 3.5 to 4.1 at
    # 1,000 to 100,000 views of rates from 2 % to 50 %.
    for n, rate in product((1_000, 10_000, 100_000), (0.02, 0.06, 0.5)):
        arm = (round(n * rate), n)
        low, high = sequential.rate_difference_sequence(arm, arm, 0.05)
        errors = (high - low) / 2 / math.sqrt(2 * rate * (1 - rate) / n)
        assert 3.5 < errors < 4.1


def test_an_uneven_split_is_used():
    even = sequential.rate_difference_sequence((540, 9000), (60, 1000), 0.05, share=0.5)
    known = sequential.rate_difference_sequence((540, 9000), (60, 1000), 0.05, share=0.1)
    assert known[0] < 0 < known[1]
    # With the wrong split the estimate is off: visitors, not rates, are what is uneven.
    assert not even[0] < 0 < even[1]


@pytest.mark.parametrize(
    ("standard_error", "n", "tuning", "low", "high"),
    [(0.33341, 6461, 1_000, -0.55844, 1.56516), (0.03386, 6461, 5_000, 0.40098, 0.60675)],
)
def test_the_asymptotic_width_is_growthbooks(standard_error, n, tuning, low, high):
    # growthbook/growthbook, packages/stats/tests/frequentist/test_tests.py,
    # TestSequentialTTest: test_sequential_test_runs and test_sequential_test_runs_prop.
    half = sequential.mean_half_width(standard_error, n, 0.05, tuning)
    assert half == pytest.approx((high - low) / 2, rel=3e-4)


def test_the_asymptotic_width_is_least_in_standard_errors_about_its_tuning():
    def errors(n):
        return sequential.mean_half_width(1.0, n, 0.05, 5_000)

    assert errors(5_000) < min(errors(500), errors(50_000))
    assert errors(5_000) == pytest.approx(3.04, abs=0.01)
