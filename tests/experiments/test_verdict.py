import re

import pytest

from nemo_nb import abtest

WINNER = {"views": [5200, 5160], "clicks": [312, 377]}


def test_a_difference_of_one_look_says_so():
    assert abtest(**WINNER).verdict == (
        "B beats A: 7.31% against 6.00%, a difference of 0.35 to 2.27 points (95% interval, "
        "p = 0.0076), if this was the one planned look; after several looks wait, since the "
        "always-valid interval still includes no difference."
    )


def test_a_difference_that_survives_peeking_says_so():
    assert abtest(views=[100_000] * 2, clicks=[6000, 7000]).verdict == (
        "B beats A: 7.00% against 6.00%, a difference of 0.78 to 1.22 points (95% interval, "
        "p < 0.0001), and it holds however often you looked."
    )


def test_the_reference_may_win():
    verdict = abtest(views=[100_000] * 2, clicks=[7000, 6000]).verdict
    assert verdict.startswith("A beats B: 7.00% against 6.00%, a difference of 0.78 to 1.22 points")


def test_it_cannot_tell_yet_and_says_what_it_takes():
    assert abtest(views=[5200, 5160], clicks=[312, 330], days=9).verdict == (
        "Cannot tell yet: A has 6.00%, B 6.40%, and anything from -0.53 to +1.33 points is "
        "possible; about 42,000 more views, 36 days, would show a change of 10% (power 80%)."
    )


def test_what_it_takes_is_the_sample_size_less_what_is_there():
    found = abtest(views=[5200, 5160], clicks=[312, 330], days=9).power
    assert found.more == found.needed - 10_360
    assert found.more_days == -(-found.more * 9 // 10_360)
    later = found.needed // 2 + 1
    clicks = [round(later * 0.06), round(later * 0.062)]
    assert abtest(views=[later, later], clicks=clicks).power.more == pytest.approx(0, abs=3_000)


@pytest.mark.parametrize(
    ("clicks", "said"),
    [([0, 0], "no clicks"), ([0, 1], "one click"), ([3, 9], "12 clicks")],
)
def test_a_handful_is_called_one(clicks, said):
    # 3 and 9 of 20: the z test alone would say p = 0.038.
    found = abtest(views=[20, 20], clicks=clicks)
    assert found.verdict.startswith(f"Cannot tell yet: with {said} so far, A has")
    assert re.search(r"about [\d,]+ more views would show a change of \d+%", found.verdict)
    assert any("Fisher" in note for note in found.notes)


def test_a_lucky_start_is_not_planned_with():
    # 0 against 30 % of 10 views: no one plans for a tenfold rate.
    assert abtest(views=[10, 10], clicks=[0, 3]).power.planned_lift == pytest.approx(0.5)


def test_enough_views_and_no_difference():
    assert abtest(views=[200_000] * 2, clicks=[12_000, 12_030]).verdict == (
        "No difference shown: A has 6.00%, B 6.02%; there were views enough to notice a change "
        "of 10% (power 80%), and -0.132 to +0.162 points remain possible."
    )


def test_a_broken_split_overrides_a_clear_winner():
    found = abtest(views=[52_000, 50_000], clicks=[3120, 5000])
    assert found.srm.alarm
    assert found.verdict.startswith("Do not read this result: the views are not split as intended")
    assert "A 52,000 (expected 51,000), B 50,000 (expected 51,000)" in found.verdict
    assert "beats" not in found.verdict
    assert any("give it as split=" in note for note in found.notes)


def test_a_split_that_was_intended_breaks_nothing():
    found = abtest(views=[90_000, 10_000], clicks=[5400, 800], split=[9, 1])
    assert found.verdict.startswith("B beats A: 8.00% against 6.00%")


@pytest.mark.parametrize("counts", [WINNER, {"views": [500, 300], "clicks": [31, 20]}])
def test_observed_groups_are_never_a_test_and_nothing_causes(counts):
    found = abtest(**counts, design="observational", days=3)
    for text in (found.verdict, repr(found), found._repr_html_(), found.plot().alt, *found.notes):
        assert "A/B" not in text
        assert "cause" not in text.lower()
        assert "beats" not in text
    assert not found.srm.alarm
    assert any("chose themselves" in note for note in found.notes)


def test_an_observed_difference_may_be_who_saw_which():
    found = abtest(**WINNER, design="observational")
    assert found.verdict.startswith("B had the higher value than A: 7.31% against 6.00%")
    assert "not assigned at random" in found.verdict


def test_three_variants():
    several = {"views": [5000] * 3}
    assert abtest(**several, clicks=[300, 410, 420]).verdict.startswith(
        "C beats A (so does B): 8.40% against 6.00%"
    )
    assert abtest(**several, clicks=[400, 310, 300]).verdict.startswith(
        "A beats B and C: 8.00% against 6.20% of B"
    )
    assert abtest(**several, clicks=[300, 310, 200]).verdict.startswith(
        "Cannot tell yet: A has 6.00%, B 6.20% (C did worse)"
    )


def test_holm_decides_not_the_raw_p():
    found = abtest(views=[5000] * 4, clicks=[300, 350, 300, 300])
    assert found.table["p"][1] < 0.05 < found.table["p_adjusted"][1]
    assert found.verdict.startswith("Cannot tell yet")


def test_a_short_test_is_told_to_see_whole_weeks():
    assert any("whole weeks" in note for note in abtest(**WINNER, days=3).notes)
    assert not any("whole weeks" in note for note in abtest(**WINNER, days=7).notes)


def test_a_mean_of_few_never_claims_to_survive_peeking():
    verdict = abtest(metric=[[1, 2, 3, 2, 1.0], [11, 12, 13, 12, 11.0]]).verdict
    assert verdict.startswith("B beats A: 11.8 against 1.80, a difference of")
    assert "one planned look" in verdict


def test_a_verdict_is_one_sentence():
    for clicks in ([312, 377], [312, 330], [0, 0], [3000, 3100]):
        verdict = abtest(views=[5200, 5160], clicks=clicks).verdict
        assert verdict.endswith(".")
        assert ". " not in verdict
