import math

import pytest
from statsmodels.stats.power import TTestIndPower
from statsmodels.stats.proportion import power_proportions_2indep

from nemo_nb.errors import InputError
from nemo_nb.experiments import power
from nemo_nb.experiments.power import sample_size


def test_power_prop_test_of_rs_help_page():
    # R, ?power.prop.test: power.prop.test(p1 = .50, p2 = .75, power = .90)  # => n = 76.7
    found = sample_size(0.5, 0.75, power=0.9)
    assert found.n == pytest.approx(76.7, abs=0.05)
    assert found.per_variant == (77, 77)


def test_power_t_test_of_rs_help_page():
    # R, ?power.t.test: power.t.test(power = .90, delta = 1)  # n = 22.02110
    assert sample_size(0, 1, sd=1, power=0.9).n == pytest.approx(22.02110, abs=5e-6)


def test_the_size_has_the_power_it_promises_with_an_uneven_split():
    found = sample_size(0.06, lift=0.1, split=[0.8, 0.2])
    first, second = found.per_variant
    reached = power_proportions_2indep(0.006, 0.06, second, first / second, return_results=False)
    assert reached == pytest.approx(0.8, abs=1e-4)
    assert first == pytest.approx(4 * second, rel=1e-4)


@pytest.mark.parametrize("effect", [1e-6, 0.003, 0.5, 3.0, 1e3, 1e9])
@pytest.mark.parametrize("split", [[1, 1], [9, 1], [1, 9]])
def test_means_of_any_effect_can_be_planned(effect, split):
    found = sample_size(0, effect, sd=1, split=split)
    first, second = found.per_variant
    assert min(first, second) >= 2
    if 0.1 < effect < 5:
        solver = TTestIndPower()
        reached = solver.power(effect, found.n, 0.05, ratio=split[1] / split[0])
        assert reached == pytest.approx(0.8, abs=1e-6) or min(first, second) == 2
    if effect < 0.1:
        z = 1.959964 + 0.841621
        assert found.n == pytest.approx((z / effect) ** 2 * (1 + split[0] / split[1]), rel=1e-4)


def test_more_variants_need_more_each():
    two, three = sample_size(0.06, lift=0.1), sample_size(0.06, lift=0.1, variants=3)
    assert three.n > two.n
    assert three.n == sample_size(0.06, lift=0.1, alpha=0.025).n
    assert len(three.per_variant) == 3
    assert three.total == sum(three.per_variant)


def test_a_pace_gives_days_and_a_sentence():
    found = sample_size(0.5, 0.75, power=0.9, views_per_day=10)
    assert found.days == 16
    assert str(found) == ("77 + 77 views, 16 days to tell 0.75 from 0.5 (power 90%, alpha 0.05)")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"baseline": 0.1}, "What difference"),
        ({"baseline": 0.1, "target": 0.2, "lift": 0.1}, "What difference"),
        ({"baseline": 0.1, "target": 0.1}, "difference of zero"),
        ({"baseline": 0.0, "target": 0.1}, "rate of 0 "),
        ({"baseline": 0.6, "lift": 1.0}, "rate of 1.2"),
        ({"baseline": 10, "target": 11}, "sd="),
        ({"baseline": 10, "target": 11, "sd": 0}, "standard deviation"),
        ({"baseline": 0.1, "lift": 0.1, "power": 1.0}, "Power 1"),
        ({"baseline": 0.1, "lift": 0.1, "alpha": 0}, "alpha 0"),
        ({"baseline": 0.1, "lift": 0.1, "variants": 1}, "two variants"),
        ({"baseline": 0.1, "lift": 0.1, "split": [1, 0]}, "no split"),
    ],
)
def test_what_cannot_be_planned_is_refused(arguments, words):
    with pytest.raises(InputError, match=words):
        sample_size(**arguments)


def test_the_minimum_detectable_effect_turns_the_formula_round():
    n = math.ceil(sample_size(0.06, 0.066).n)
    assert power.smallest_difference(0.06, (n, n), 0.05) == pytest.approx(0.006, rel=1e-3)
    n = math.ceil(sample_size(10, 10.5, sd=2).n)
    assert power.smallest_difference(10, (n, n), 0.05, 2.0) == pytest.approx(0.5, rel=0.01)


@pytest.mark.parametrize(("baseline", "n"), [(0.5, (1, 1)), (0.99, (30, 30))])
def test_too_few_views_detect_nothing(baseline, n):
    assert math.isnan(power.smallest_difference(baseline, n, 0.05))
