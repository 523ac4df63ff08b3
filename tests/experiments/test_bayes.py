import numpy as np
import pytest
from scipy.special import betaln

from nemo_nb.errors import InputError
from nemo_nb.experiments import bayes


def exactly(one, other):
    """P(one > other) for a whole first parameter: Miller 2014, evanmiller.org, closed form."""
    a, b = other
    a2, b2 = one
    i = np.arange(a2)
    terms = betaln(a + i, b + b2) - np.log(b2 + i) - betaln(1 + i, b2) - betaln(a, b)
    return np.exp(terms).sum()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((52, 50), (50, 52)),
        ((378, 4784), (313, 4889)),
        ((3, 900), (1, 1000)),
        ((5, 5000), (5, 5)),
        ((2001, 99_999), (2051, 99_999)),
    ],
)
def test_p_best_agrees_with_the_closed_form(one, other):
    assert bayes.beats(one, other) == pytest.approx(exactly(one, other), rel=1e-8)


def test_the_losses_are_those_of_growthbook():
    # growthbook/growthbook, packages/stats/tests/bayesian/test_tests.py,
    # test_bayesian_binomial_ab_test: 49/100 against 51/100, uniform prior:
    # risk [0.03872, 0.01912]; chance_to_win 0.61052 there is a lognormal approximation.
    arms = bayes.posteriors([49, 51], [100, 100], *bayes.PRIORS["uniform"])
    best, loss = bayes.best_and_loss(arms, seed=0)
    assert loss == pytest.approx([0.03872, 0.01912], abs=5e-6)
    assert best[1] == pytest.approx(0.61052, abs=5e-4)


def test_the_posterior_is_that_of_spotify_confidence():
    # spotify/confidence, tests/bayesian/test_betabinomial.py, test_summary and
    # test_difference: us control 42/104, us test 500/1009, Jeffreys prior: control's interval
    # 0.3132419 to 0.49971958; by Monte Carlo P(level_2 > level_1) 0.962782, difference
    # 0.090737, potential losses 0.091504838 and 0.000767784.
    control, test = bayes.posteriors([42, 500], [104, 1009], *bayes.PRIORS["jeffreys"])
    assert bayes.credible(control, 0.05) == pytest.approx((0.3132419, 0.49971958), abs=1e-7)
    best, loss = bayes.best_and_loss([control, test], seed=0)
    assert best[1] == pytest.approx(0.962782, abs=5e-4)
    assert loss == pytest.approx([0.091504838, 0.000767784], rel=0.01)
    assert loss[0] - loss[1] == pytest.approx(0.090737, rel=0.001)


@pytest.mark.parametrize("arm", [(0.5, 20.5), (20.5, 0.5), (0.5, 0.5), (600.5, 1e7)])
def test_equals_win_half_the_time_and_lose_alike(arm):
    best, loss = bayes.best_and_loss([arm, arm], seed=0)
    assert best == pytest.approx([0.5, 0.5], abs=1e-10)
    assert loss[0] == pytest.approx(loss[1], rel=1e-9)


def test_loss_and_chance_agree_with_draws():
    arms = [(0.5, 200.5), (3.5, 198.5)]
    generator = np.random.default_rng(1)
    draws = np.column_stack([generator.beta(a, b, 400_000) for a, b in arms])
    by_draws = bayes.monte_carlo(draws)
    exact = bayes.best_and_loss(arms, seed=0)
    assert exact[0] == pytest.approx(by_draws[0], abs=0.003)
    assert exact[1] == pytest.approx(by_draws[1], rel=0.02)


def test_the_difference_of_losses_is_the_difference_of_means():
    first, second = (30.5, 970.5), (45.5, 955.5)
    _, loss = bayes.best_and_loss([first, second], seed=0)
    means = [a / (a + b) for a, b in (first, second)]
    assert loss[0] - loss[1] == pytest.approx(means[1] - means[0], rel=1e-9)


def test_a_hopeless_arm_costs_nothing_to_leave():
    _, loss = bayes.best_and_loss([(10.5, 99_990.5), (5_000.5, 95_000.5)], seed=0)
    assert 0 <= loss[1] < 1e-12


def test_three_arms_are_seeded_and_sum_to_one():
    arms = [(30.5, 70.5), (35.5, 65.5), (33.5, 67.5)]
    best, loss = bayes.best_and_loss(arms, seed=7)
    assert (best, loss) == bayes.best_and_loss(arms, seed=7)
    assert best != bayes.best_and_loss(arms, seed=8)[0]
    assert sum(best) == pytest.approx(1)
    assert best.index(max(best)) == loss.index(min(loss)) == 1


def test_priors_have_names_or_numbers():
    assert bayes.prior_of("jeffreys") == ("jeffreys", 0.5, 0.5)
    assert bayes.prior_of((2, 38)) == ("Beta(2, 38)", 2.0, 38.0)


@pytest.mark.parametrize("prior", ["flat", (0, 1), (1, 2, 3)])
def test_a_prior_that_is_none_is_refused(prior):
    with pytest.raises(InputError, match="no prior"):
        bayes.prior_of(prior)
