import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import polars as pl
import pytest
import statsmodels.api as sm

from nemo_nb.errors import InputError
from nemo_nb.experiments.votes import fit_votes

# Davidson 1970, JASA 65, 317-328: six brands of chocolate pudding, as i, j, preferences for
# i, for j, ties; from R's PlackettLuce::pudding.
PUDDING = """
1 2 19 22 16  1 3 16 19 12  2 3 19 19 10  1 4 18 23 13  2 4 23 19  9
3 4 19 20 15  1 5 13 19 18  2 5 16 20 12  3 5 16 15 17  4 5 17 14 16
1 6 18 21 12  2 6 22 20 12  3 6 13 18 10  4 6 14 19 18  5 6 11 21 12
"""


def votes(*groups, voters=None):
    """A frame of votes from (left, right, winner, how many)."""
    rows = [(left, right, winner) for left, right, winner, count in groups for _ in range(count)]
    return pd.DataFrame(
        [
            (f"v{at % (voters or len(rows))}", f"cue {at // (voters or len(rows))}", *row)
            for at, row in enumerate(rows)
        ],
        columns=["voter", "cue", "left", "right", "winner"],
    )


def pudding():
    numbers = np.array(PUDDING.split(), int).reshape(-1, 5)
    groups = [
        (str(i), str(j), winner, count)
        for i, j, first, second, tied in numbers.tolist()
        for winner, count in ((str(i), first), (str(j), second), ("tie", tied))
    ]
    return votes(*groups)


def test_davidsons_puddings():
    # PlackettLuce's vignette ("Overview"), stopped after the paper's seven iterations, hence
    # the tolerance: 0.1388005 0.1729985 0.1617420 0.1653930 0.1586805 0.2023855, tie 0.7468147.
    found = fit_votes(pudding())
    published = [0.1388005, 0.1729985, 0.1617420, 0.1653930, 0.1586805, 0.2023855]
    assert found.table["strength"].tolist() == pytest.approx(published, abs=3e-5)
    assert found.tie_parameter == pytest.approx(0.7468147, abs=2e-5)
    assert found.votes == 745
    assert found.ties == 202


def test_errors_are_those_of_the_log_linear_model():
    # The same model as a Poisson regression, after Critchlow and Fligner 1991, Psychometrika
    # 56, 517-533: the pair fixed, strengths and the tie free.
    numbers = np.array(PUDDING.split(), int).reshape(-1, 5)
    rows, counts = [], []
    for at, (i, j, first, second, tied) in enumerate(numbers):
        for kind, count in enumerate((first, second, tied)):
            pair, strength = np.zeros(15), np.zeros(6)
            pair[at] = 1
            strength[i - 1] += (1, 0, 0.5)[kind]
            strength[j - 1] += (0, 1, 0.5)[kind]
            rows.append([*pair, *strength[1:], kind == 2])
            counts.append(count)
    fit = sm.GLM(counts, np.array(rows, float), family=sm.families.Poisson()).fit()
    found = fit_votes(pudding())
    pair = found.pairs[(found.pairs["a"] == "1") & (found.pairs["b"] == "6")].iloc[0]
    low, high = (np.log(pair[side] / (1 - pair[side])) for side in ("low", "high"))
    assert -fit.params[19] == pytest.approx((low + high) / 2, abs=1e-5)
    # The voters all differ: clustering changes little.
    assert (high - low) / 2 / 1.96 == pytest.approx(fit.bse[19], rel=0.03)


def test_two_variants_have_a_closed_form():
    found = fit_votes(votes(("A", "B", "B", 30), ("A", "B", "A", 12), ("A", "B", "tie", 6)))
    assert found.table["strength"].tolist() == pytest.approx([12 / 42, 30 / 42])
    assert found.tie_parameter == pytest.approx(6 / np.sqrt(12 * 30))
    assert found.pairs["tie"][0] == pytest.approx(6 / 48)
    assert found.table[["wins", "ties", "losses"]].to_numpy().tolist() == [[12, 6, 30], [30, 6, 12]]
    assert found.verdict.startswith("B is preferred to A: an estimated 71% of decided votes")
    # -2 log of the likelihood ratio, by hand.
    ratio = 42 * np.log(0.5) - 30 * np.log(30 / 42) - 12 * np.log(12 / 42)
    assert found.chi2 == pytest.approx(-2 * ratio)


def test_without_ties_it_is_bradley_terry():
    found = fit_votes(votes(("A", "B", "B", 30), ("A", "B", "A", 12)))
    assert found.tie_parameter == 0
    assert found.table["strength"].tolist() == pytest.approx([12 / 42, 30 / 42])
    error = np.sqrt(1 / 30 + 1 / 12)
    logit = np.log(found.table["high"][1] / (1 - found.table["high"][1]))
    assert (logit - np.log(30 / 12)) / error == pytest.approx(2.02, abs=0.04)


def test_strengths_travel_through_a_third():
    found = fit_votes(
        votes(*(("A", "B", w, 20) for w in "AB"), ("B", "C", "B", 30), ("B", "C", "C", 10))
    )
    pairs = found.pairs.set_index(["a", "b"])
    assert pairs.loc[("A", "C"), "votes"] == 0
    assert pairs.loc[("A", "C"), "preferred_a"] == pytest.approx(0.75)
    width = pairs["high"] - pairs["low"]
    assert width[("A", "C")] > width[("B", "C")]


def test_sides_may_be_named_and_swapped():
    one = votes(("A", "B", "left", 8), ("B", "A", "right", 4), ("A", "B", "right", 5))
    other = votes(("A", "B", "A", 12), ("A", "B", "B", 5))
    assert fit_votes(one).table.equals(fit_votes(other).table)
    assert fit_votes(one).left_share == pytest.approx(8 / 17)
    assert fit_votes(pl.from_pandas(one).lazy()).table.equals(fit_votes(one).table)


def test_a_side_that_always_wins_is_told():
    found = fit_votes(votes(("A", "B", "left", 20), ("B", "A", "left", 20)))
    assert found.left_share == 1
    assert any("left side" in note for note in found.notes)
    assert found.verdict.startswith("No clear preference yet")


def test_few_voters_who_repeat_themselves_are_not_many():
    stubborn = pd.concat(
        [votes(("A", "B", "B" if at % 3 else "A", 20)).assign(voter=f"v{at}") for at in range(12)]
    )
    alone = stubborn.assign(voter=[f"v{at}" for at in range(len(stubborn))])
    clustered, independent = fit_votes(stubborn), fit_votes(alone)
    assert clustered.table["strength"].equals(independent.table["strength"])
    widths = [float((one.table["high"] - one.table["low"])[0]) for one in (clustered, independent)]
    assert widths[0] > 3 * widths[1]


def test_voters_who_vote_alike_do_not_narrow_the_interval():
    groups = [("A", "B", "B", 36), ("A", "B", "A", 12)]
    balanced, spread = fit_votes(votes(*groups, voters=12)), fit_votes(votes(*groups, voters=6))
    error = np.sqrt(1 / 36 + 1 / 12)
    for found in (balanced, spread):
        high = found.table["high"][1]
        assert np.log(high / (1 - high)) - np.log(3) >= 1.95 * error


@pytest.mark.parametrize(
    "groups",
    [
        [("A", "B", "B", 10)],
        [("A", "B", "tie", 6)],
        [("A", "B", "A", 5), ("A", "B", "tie", 3)],
        [("A", "B", "A", 1)],
        [("A", "B", "A", 4), ("B", "C", "B", 4)],
    ],
)
def test_a_variant_that_always_wins_is_finite_and_said(groups):
    found = fit_votes(votes(*groups))
    assert ((found.table["low"] > 0) & (found.table["high"] < 1)).all()
    assert found.table["strength"].sum() == pytest.approx(1)
    assert any("half a vote" in note for note in found.notes)
    ET.fromstring(found.plot().svg)  # noqa: S314 - our own drawing


def test_ten_to_nothing_is_a_preference_and_three_to_nothing_is_not():
    assert fit_votes(votes(("A", "B", "B", 10))).verdict.startswith("B is preferred to A")
    assert fit_votes(votes(("A", "B", "B", 3))).verdict.startswith(
        "No clear preference yet: B leads"
    )


def test_a_leader_of_three_names_whom_it_beats():
    found = fit_votes(
        votes(
            *(("A", "B", winner, count) for winner, count in (("A", 50), ("B", 45))),
            *(("A", "C", winner, count) for winner, count in (("A", 70), ("C", 20))),
            *(("B", "C", winner, count) for winner, count in (("B", 70), ("C", 22))),
        )
    )
    assert found.verdict.startswith("A is preferred to C, not clearly to B: an estimated")
    assert found.p_value < 0.001


def test_agreement_counts_a_voter_once_a_cue():
    rows = [("v1", "c1", "A", "B", "A"), ("v1", "c1", "A", "B", "B"), ("v2", "c1", "B", "A", "B")]
    rows += [("v1", "c2", "A", "B", "A"), ("v2", "c2", "A", "B", "A")]
    found = fit_votes(pd.DataFrame(rows, columns=["voter", "cue", "left", "right", "winner"]))
    assert found.agreement.ratings == 4
    assert found.agreement.alpha == 1
    assert "Krippendorff's alpha 1.00" in repr(found)


def test_the_display_is_static_and_escaped():
    found = fit_votes(votes(("<b>", "clean", "left", 12), ("<b>", "clean", "right", 9)))
    html = found._repr_html_()
    assert "<b>" not in html
    assert "&lt;b&gt;" in html
    assert 'role="img"' in html
    assert "Blind votes. Strength, 95% intervals" in found.plot().alt


ROW = {"voter": ["v"], "cue": ["c"], "left": ["A"], "right": ["B"], "winner": ["A"]}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"winner": ["C"]}, "Row 0 .* is no vote: 'A' against 'B', winner 'C'"),
        ({"winner": [None]}, "Row 0 .* winner ''"),
        ({"right": ["A"], "left": ["A"]}, "There is only 'A'"),
        ({"left": [None]}, "There is only 'B'"),
        ({"left": ["tie"]}, "A variant is called 'tie'"),
        ({"right": ["left"]}, "A variant is called 'left'"),
    ],
)
def test_what_is_no_vote_is_refused(changed, words):
    with pytest.raises(InputError, match=words):
        fit_votes({**ROW, **changed})


def test_a_column_that_is_missing_is_named():
    with pytest.raises(InputError, match="lack 'cue', 'winner'"):
        fit_votes({"voter": ["v"], "left": ["A"], "right": ["B"]})


def test_variants_that_never_met_cannot_be_ranked():
    with pytest.raises(InputError, match="never voted on"):
        fit_votes(votes(("A", "B", "A", 3), ("C", "D", "C", 3)))
