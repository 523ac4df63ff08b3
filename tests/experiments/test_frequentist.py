import math

import pytest
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import score_test_proportions_2indep

from nemo_nb.experiments import frequentist as f

# The control, test and test2 groups of the US in spotify-confidence's own tests.
US_CONTROL, US_TEST = (42, 104), (500, 1009)


def test_chi_square_is_prop_test_on_the_smokers_of_its_help_page():
    # R, ?prop.test: smokers <- c(83, 90, 129, 70); patients <- c(86, 93, 136, 82)
    # X-squared = 12.6004, df = 3, p-value = 0.005585 (data: Fleiss 1981, p. 139)
    chi2, p = f.chi_square([83, 90, 129, 70], [86, 93, 136, 82])
    assert chi2 == pytest.approx(12.6004, abs=5e-5)
    assert p == pytest.approx(0.005585, abs=5e-7)


def test_newcombe_is_that_of_fagerland_lydersen_and_laake():
    # Fagerland et al. 2015, Statistical Methods in Medical Research 24, 224-254: 7/34 against
    # 1/34, Newcombe hybrid score 0.0189 to 0.3404.
    low, high = f.newcombe((1, 34), (7, 34), 0.05)
    assert (round(low, 4), round(high, 4)) == (0.0189, 0.3404)


def test_koopman_is_that_of_fagerland_lydersen_and_laake():
    # The same table's ratio in their R package contingencytables, tests/testthat/test-ch4.R:
    # Koopman asymptotic score, "estimate = 7.0000 (95% CI 1.2209 to 42.5757)".
    low, high = f.lift_interval((1, 34), (7, 34), 0.05)
    assert (low + 1, high + 1) == pytest.approx((1.2209, 42.5757), abs=5e-5)


@pytest.mark.parametrize(
    ("reference", "other"), [((312, 5200), (377, 5160)), ((3, 20), (9, 20)), ((40, 50), (5, 90))]
)
def test_at_koopmans_bounds_statsmodels_score_test_has_p_alpha(reference, other):
    for bound in f.lift_interval(reference, other, 0.05):
        found = score_test_proportions_2indep(
            *other, *reference, value=bound + 1, compare="ratio", correction=False
        )
        assert found.pvalue == pytest.approx(0.05)


def test_newcombe_is_antisymmetric():
    low, high = f.newcombe((3, 40), (9, 50), 0.05)
    assert f.newcombe((9, 50), (3, 40), 0.05) == pytest.approx((-high, -low))


def test_wilson_is_that_of_newcombes_table():
    # Newcombe 1998, Statistics in Medicine 17, 857-872, table I, method 3, without continuity
    # correction: 81/263 is 0.2553 to 0.3662, 15/148 is 0.0624 to 0.1605, 0/20 is 0 to 0.1611.
    assert f.wilson(81, 263, 0.05) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert f.wilson(15, 148, 0.05) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert f.wilson(0, 20, 0.05) == pytest.approx((0.0, 0.1611), abs=5e-5)


def test_difference_and_p_are_those_of_spotify_confidence():
    # spotify/confidence, tests/frequentist/test_chisquared.py, test_difference: us control
    # 42/104, us test 500/1009: difference 0.091694, p-value 0.074866.
    z, p = f.z_test(US_CONTROL, US_TEST)
    assert US_TEST[0] / US_TEST[1] - US_CONTROL[0] / US_CONTROL[1] == pytest.approx(
        0.091694, abs=5e-7
    )
    assert p == pytest.approx(0.074866, abs=5e-7)
    assert z > 0
    assert f.lift(US_CONTROL, US_TEST) == pytest.approx(0.227052, abs=5e-7)


def test_z_squared_is_chi_squared_and_has_the_sign_of_the_difference():
    z, p = f.z_test((60, 1000), (40, 900))
    chi2, p_chi2 = f.chi_square([60, 40], [1000, 900])
    assert z < 0
    assert z * z == pytest.approx(chi2)
    assert p == pytest.approx(p_chi2)


@pytest.mark.parametrize("successes", [0, 20])
def test_groups_that_never_differ_have_no_evidence_of_a_difference(successes):
    arm = (successes, 20)
    assert f.z_test(arm, arm) == (0.0, 1.0)
    assert f.chi_square([successes] * 3, [20] * 3) == (0.0, 1.0)


def test_a_lift_without_a_base_is_unknown():
    assert math.isnan(f.lift((0, 20), (5, 20)))
    low, high = f.lift_interval((0, 20), (5, 20), 0.05)
    assert low > 0
    assert high == math.inf
    assert all(map(math.isnan, f.lift_interval((0, 20), (0, 20), 0.05)))


@pytest.mark.parametrize(
    ("reference", "other"),
    [((5, 20), (0, 20)), ((20, 20), (20, 20)), ((20, 20), (5, 20)), ((1, 1), (1, 1))],
)
def test_a_lift_at_the_edge_has_real_bounds_in_order(reference, other):
    low, high = f.lift_interval(reference, other, 0.05)
    assert -1 <= low <= f.lift(reference, other) <= high
    assert low < high < 40


def test_holm_and_benjamini_hochberg_by_hand():
    assert f.holm([0.01, 0.04, 0.02]) == pytest.approx([0.01 * 3, 0.02 * 2, 0.02 * 2])
    assert f.benjamini_hochberg([0.01, 0.04, 0.02]) == pytest.approx([0.01 * 3, 0.04, 0.02 * 3 / 2])


@pytest.mark.parametrize("p", [[0.3], [0.5, 0.9, 0.7], [0.001, 0.04, 0.03, 0.005], [0.02, 0.02]])
def test_adjustments_are_those_of_statsmodels(p):
    assert f.holm(p) == pytest.approx(multipletests(p, method="holm")[1])
    assert f.benjamini_hochberg(p) == pytest.approx(multipletests(p, method="fdr_bh")[1])


def test_fisher_on_the_lady_tasting_tea():
    # Fisher 1935, The Design of Experiments: 3 of 4 guessed right, one-sided 17/70; the table
    # is symmetric, so two-sided 34/70.
    assert f.fisher((3, 4), (1, 4)) == pytest.approx(34 / 70)


def test_least_expected_is_the_smallest_cell_under_equal_rates():
    # 8 successes of 70: 30 * 8 / 70
    assert f.least_expected((6, 30), (2, 40)) == pytest.approx(30 * 8 / 70)
    assert f.least_expected((28, 30), (39, 40)) == pytest.approx(30 * 3 / 70)
