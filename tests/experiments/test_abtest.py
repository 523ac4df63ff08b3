import math

import numpy as np
import pandas as pd
import pytest

import nemo_nb
from nemo_nb import abtest
from nemo_nb.errors import InputError
from nemo_nb.experiments import frequentist

NAN = float("nan")
COLUMNS = [
    *("variant", "n", "successes", "rate", "low", "high", "diff", "diff_low", "diff_high"),
    *("lift", "p", "p_adjusted", "p_best", "loss"),
]


def test_the_table_is_the_contract():
    found = abtest(views=[5200, 5160], clicks=[312, 377])
    assert list(found.table) == COLUMNS
    reference, other = found.table.to_dict("records")
    assert reference["variant"] == "A"
    assert reference["rate"] == 0.06
    assert (reference["low"], reference["high"]) == frequentist.wilson(312, 5200, 0.05)
    assert all(math.isnan(reference[column]) for column in COLUMNS[6:12])
    assert other["diff"] == pytest.approx(377 / 5160 - 0.06)
    assert (other["diff_low"], other["diff_high"]) == frequentist.newcombe(
        (312, 5200), (377, 5160), 0.05
    )
    assert other["p"] == other["p_adjusted"] == frequentist.z_test((312, 5200), (377, 5160))[1]
    assert reference["p_best"] + other["p_best"] == pytest.approx(1)
    assert found.chi2 == pytest.approx(found.comparisons["statistic"][0] ** 2)
    assert found.prior == "jeffreys"


def test_the_public_names():
    assert isinstance(abtest(views=[50, 50], clicks=[5, 6]), nemo_nb.ABResult)
    assert nemo_nb.sample_size(0.5, 0.75, power=0.9).n == pytest.approx(76.7, abs=0.05)


def test_many_variants_are_adjusted_and_share_alpha():
    found = abtest(views=[5000] * 3, clicks=[300, 340, 370])
    raw = found.comparisons["p"].tolist()
    assert found.table["p_adjusted"].tolist()[1:] == frequentist.holm(raw)
    assert found.comparisons["p_bh"].tolist() == frequentist.benjamini_hochberg(raw)
    alone = abtest(views=[5000] * 2, clicks=[300, 340], alpha=0.025)
    assert found.sequential["low"][0] == pytest.approx(alone.sequential["low"][0])
    assert found.p_value == frequentist.chi_square([300, 340, 370], [5000] * 3)[1]


def test_each_result_states_its_tuning_and_its_formulas():
    rate = abtest(views=[500, 500], clicks=[50, 60])
    assert "stakes" in rate.sequential["tuning"][0]
    assert "power.prop.test" in rate.power.formula
    mean = abtest(metric=[[1, 2, 3.0], [2, 3, 5.0]])
    assert "5,000" in mean.sequential["tuning"][0]
    assert "power.t.test" in mean.power.formula


def test_mappings_are_matched_by_name():
    found = abtest(views={"x": 100, "y": 120}, clicks={"y": 12, "x": 30})
    assert found.table["variant"].tolist() == ["x", "y"]
    assert found.table["successes"].tolist() == [30, 12]
    series = abtest(
        views=pd.Series([100, 120], index=["x", "y"]), clicks=pd.Series([12, 30], index=["y", "x"])
    )
    assert series.table.equals(found.table)


def test_plain_lists_arrays_and_series_count_alike():
    lists = abtest(views=[100, 120], clicks=[10, 20]).table
    assert abtest(views=np.array([100, 120]), clicks=np.array([10, 20])).table.equals(lists)
    assert abtest(views=pd.Series([100, 120]), clicks=pd.Series([10, 20])).table.equals(lists)
    assert abtest(views=(100.0, 120.0), clicks=(10, 20)).table.equals(lists)


def test_labels_may_repeat():
    found = abtest(clicks=[0, 1, 0, 1, 1, 0], variant=["b", "b", "b", "a", "a", "a"])
    assert found.table["variant"].tolist() == ["a", "b"]
    assert found.table["successes"].tolist() == [2, 1]


def test_the_reference_and_a_named_split_set_the_order():
    views, clicks = {"a": 900, "b": 100}, {"a": 50, "b": 9}
    by_name = abtest(views=views, clicks=clicks, reference="b", split={"a": 0.9, "b": 0.1})
    assert by_name.table["variant"].tolist() == ["b", "a"]
    assert not by_name.srm.alarm
    by_split = abtest(views=views, clicks=clicks, split={"b": 1, "a": 9})
    assert by_split.table.equals(by_name.table)
    assert by_split.srm.expected == pytest.approx((100, 900))
    assert by_split.sequential["low"][0] == by_name.sequential["low"][0]


def test_the_prior_moves_the_posterior_alone():
    counts = {"views": [40, 40], "clicks": [2, 6]}
    jeffreys, strict = abtest(**counts), abtest(**counts, prior=(60, 940))
    assert strict.prior == "Beta(60, 940)"
    assert strict.table["p_best"][1] < jeffreys.table["p_best"][1]
    assert strict.table["diff_low"].equals(jeffreys.table["diff_low"])
    assert strict.posterior["a"].tolist() == [62, 66]


def test_everything_drawn_is_seeded():
    counts = {"views": [400] * 3, "clicks": [20, 26, 22]}
    assert abtest(**counts, seed=1).table.equals(abtest(**counts, seed=1).table)
    assert not abtest(**counts, seed=1).table.equals(abtest(**counts, seed=2).table)


def test_metric_as_lists_mapping_and_labels():
    one = abtest(metric=[[1, 2, 3.0], [2, 3, 5.0]], variant=["x", "y"])
    assert list(one.table)[:6] == ["variant", "n", "sd", "mean", "low", "high"]
    assert list(one.table)[6:] == COLUMNS[6:]
    assert one.table["mean"].tolist() == [2, pytest.approx(10 / 3)]
    assert abtest(metric={"x": [1, 2, 3.0], "y": [2, 3, 5.0]}).table.equals(one.table)
    labels = abtest(metric=[2, 1, 3, 2, 3, 5.0], variant=["x", "x", "x", "y", "y", "y"])
    assert labels.table["mean"].equals(one.table["mean"])


def test_cuped_narrows_the_interval_and_says_so():
    generator = np.random.default_rng(0)
    before = [generator.gamma(2, 10, 400) for _ in range(2)]
    after = [one + generator.normal(0, 5, 400) + 1.5 * at for at, one in enumerate(before)]
    plain, adjusted = abtest(metric=after), abtest(metric=after, covariate=before)
    for low, high in [("diff_low", "diff_high"), ("boot_low", "boot_high")]:
        widths = [
            float(found.comparisons[high][0] - found.comparisons[low][0])
            for found in (plain, adjusted)
        ]
        assert widths[1] < 0.5 * widths[0]
    assert plain.cuped is None
    assert adjusted.cuped.variance_reduction > 0.8
    assert any("CUPED" in note for note in adjusted.notes)


BAD = [
    ({"views": [10, 5], "clicks": [3, 6]}, r"Row 1 .*'B'.* more clicks"),
    ({"views": [10, 5], "clicks": [-3, 2]}, r"Row 0 .*'A'.* negative 'clicks'"),
    ({"views": [-10, 5], "clicks": [3, 2]}, r"Row 0 .*'A'.* negative 'views'"),
    ({"views": [], "clicks": []}, "There is none: the data are empty"),
    ({"views": [10], "clicks": [3]}, "There is only 'A'"),
    ({"views": [10, NAN], "clicks": [3, 2]}, r"Row 1 .*'B'.* no value \(NaN\) for 'views'"),
    ({"views": [10, 5], "clicks": [3, None]}, r"Row 1 .*'B'.* no value \(NaN\) for 'clicks'"),
    ({"views": [10, 5.5], "clicks": [3, 2]}, r"Row 1 .*'B'.* a fraction of 'views'"),
    ({"views": [10, math.inf], "clicks": [3, 2]}, r"Row 1 .*'B'.* infinite 'views'"),
    ({"views": [10, 5, 6], "clicks": [3, 2]}, "3 variant, 3 views, 2 clicks"),
    ({"views": [10, 0], "clicks": [3, 0]}, "'B' has no views"),
    ({"views": 10, "clicks": 3}, "views is 10"),
    ({"views": ["a", "b"], "clicks": [1, 2]}, "'views' holds String, not numbers"),
    ({"clicks": [1, 2]}, "Clicks out of how many"),
    ({"views": [1, 2]}, "What is to be compared"),
    ({"views": [9, 9], "clicks": [1, 2], "metric": [[1], [2]]}, "What is to be compared"),
    ({"views": [9, 9], "clicks": [1, 2], "covariate": [[1], [2]]}, "as metric="),
    ({"views": [9, 9], "clicks": [1, 2], "alpha": 2}, "alpha is 2"),
    ({"views": [9, 9], "clicks": [1, 2], "design": "causal"}, "no design 'causal'"),
    ({"views": [9, 9], "clicks": [1, 2], "prior": "flat"}, "no prior 'flat'"),
    ({"views": [9, 9], "clicks": [1, 2], "split": [1, 2, 3]}, "3 shares for 2 variants"),
    ({"views": [9, 9], "clicks": [1, 2], "split": [1, -2]}, "'B' has a share of -2"),
    ({"views": [9, 9], "clicks": [1, 2], "split": {"A": 1, "C": 2}}, "for 'A', 'C'"),
    ({"views": [9, 9], "clicks": [1, 2], "days": "day"}, "no data="),
    ({"views": [9, 9], "clicks": [1, 2], "days": 0}, "0 days"),
    ({"views": [9, 9], "clicks": [1, 2], "reference": "Q"}, "no variant 'Q'"),
    ({"views": {"a": 1, "b": 2}, "clicks": {"a": 1, "c": 1}}, "is for 'a', 'c'"),
    ({"metric": [[1, 2, 3], [1, NAN]]}, r"Row 4 .*'B'.* no value \(NaN\)"),
    ({"metric": [[1, 2, 3], []]}, "'B' has no observations"),
    ({"metric": [[1, 2, 3], [1]]}, "'B' has one observation"),
    ({"metric": [1, 2, 3]}, "To which variant"),
    ({"metric": [[1, 2, 3]]}, "There is only 'A'"),
    ({"metric": [["a", "b"], [1, 2]]}, "not numbers"),
    ({"metric": [[1, 2], [1, 2]], "covariate": [[1, 2], [1]]}, "2 of metric and 1 of covariate"),
    ({"data": {"g": ["a", "b"], "c": [1, 1]}, "clicks": "c"}, "Which column says the variant"),
    ({"data": {"g": ["a", "b"]}, "variant": "g", "clicks": [1, 2]}, "names a column"),
    ({"data": {"g": [], "c": []}, "variant": "g", "clicks": "c"}, "the data are empty"),
]


@pytest.mark.parametrize(("arguments", "words"), BAD, ids=[words for _, words in BAD])
def test_what_cannot_be_counts_is_refused_by_name(arguments, words):
    with pytest.raises(InputError, match=words):
        abtest(**arguments)
