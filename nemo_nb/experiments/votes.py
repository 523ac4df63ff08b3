# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
# (scipy has no complete types)
"""Blind votes → strengths: the Bradley-Terry model with ties.

Bradley and Terry 1952 (Biometrika 39, 324-345), with the ties of Davidson 1970 (JASA 65,
317-328): with strengths s and a tie parameter t,

    P(i preferred to j) = s_i / (s_i + s_j + t √(s_i s_j)),  P(tie) = t √(s_i s_j) / (same)

Fitted by maximum likelihood, which is concave in log s and log t.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, special, stats
from scipy.sparse.csgraph import connected_components

from nemo_nb.errors import InputError
from nemo_nb.experiments.agreement import krippendorff
from nemo_nb.experiments.frequentist import holm
from nemo_nb.experiments.vote_frames import TIED, Vote, read_votes
from nemo_nb.experiments.vote_result import VoteResult, told

Array = NDArray[np.float64]

# From so many voters on, their votes may depend on each other: a covariance of one block a
# voter needs blocks enough (Cameron and Miller 2015, Journal of Human Resources 50, 317-372).
ENOUGH_VOTERS: Final = 10


@dataclass(frozen=True)
class _Fit:
    """Log strengths (the first is 0), then log t if there are ties; their covariance."""

    logs: Array
    covariance: Array
    log_likelihood: float


@dataclass(frozen=True)
class _Spread:
    """How far estimates may be off.

    With votes clustered by voter there are two covariances, and the larger error counts:
    voters who happen to vote alike must not make an interval narrower.
    """

    covariances: Sequence[Array]
    distribution: Any
    alpha: float

    def error(self, contrast: Array) -> float:
        """Return the standard error of a sum of log strengths."""
        return math.sqrt(max(float(contrast @ one @ contrast) for one in self.covariances))

    def interval(self, value: float, contrast: Array) -> tuple[float, float]:
        """Return the interval of a log odds, as probabilities."""
        reach = float(self.distribution.ppf(1 - self.alpha / 2)) * self.error(contrast)
        return _chance(value - reach), _chance(value + reach)

    def p(self, value: float, contrast: Array) -> float:
        """Return the two-sided p that a log odds is zero."""
        return 2 * float(self.distribution.sf(abs(value) / self.error(contrast)))


def fit_votes(frame: Any, *, alpha: float = 0.05, seed: int = 0) -> VoteResult:
    """Return the strengths of variants from blind votes between two of them at a time.

    Args:
        frame: A row a vote, of any kind that narwhals reads: ``voter``, ``cue`` (what was
            looked at), ``left``, ``right`` (the variants shown), ``winner`` (the name of one
            of them, "left" or "right", or "tie").
        alpha: One minus the confidence level.
        seed: Of the agreement's bootstrap.

    Raises:
        InputError: A column is missing, a row is no vote, or variants were never compared.
    """
    names, votes = read_votes(frame)
    count = len(names)
    ties = sum(vote.outcome == TIED for vote in votes)
    extra = 0.0 if _all_reachable(votes, count) else 0.5
    fit = _maximum(votes, count, ties=bool(ties), extra=extra)
    voters = len({vote.voter for vote in votes})
    clustered = voters >= ENOUGH_VOTERS and not extra
    covariances = [fit.covariance]
    if clustered:
        covariances.append(_by_voter(votes, fit, count, ties=bool(ties)))
    spread = _Spread(
        [one[:count, :count] for one in covariances],
        stats.t(voters - 1) if clustered else stats.norm(),
        alpha,
    )
    logs = fit.logs[:count]
    tie_parameter = math.exp(fit.logs[-1]) if ties else 0.0
    table = _table(names, votes, logs, spread)
    pairs = _pairs(names, votes, logs, spread, tie_parameter)
    chi2, p_value = _all_alike(votes, fit, count, ties, extra)
    left = [vote.left_won for vote in votes if vote.left_won is not None]
    left_p = float(stats.binomtest(sum(left), len(left)).pvalue) if left else math.nan
    return VoteResult(
        table=table,
        pairs=pairs,
        votes=len(votes),
        voters=voters,
        ties=ties,
        tie_parameter=tie_parameter,
        chi2=chi2,
        p_value=p_value,
        agreement=krippendorff(_units(votes), seed),
        left_share=sum(left) / len(left) if left else math.nan,
        left_p=left_p,
        alpha=alpha,
        notes=_notes(voters, clustered=clustered, extra=bool(extra), left_p=left_p),
        verdict=told(table, pairs, len(votes), voters, alpha),
    )


def _all_reachable(votes: Sequence[Vote], count: int) -> bool:
    """Whether the strengths are finite: everyone beats everyone through others in the end.

    Ford 1957, American Mathematical Monthly 64, 28-33. Ties do not count: where a variant
    ties and never wins, its strength falls without end as the tie parameter grows.

    Raises:
        InputError: Some variants were never compared with the others, not even through them.
    """
    wins, met = np.zeros((2, count, count))
    for vote in votes:
        pair = (vote.first, vote.second)
        met[pair] = 1
        if vote.outcome != TIED:
            wins[pair[vote.outcome], pair[1 - vote.outcome]] = 1
    if connected_components(met, directed=False)[0] > 1:
        raise InputError(
            "Some variants were never voted on against the others.",
            fix="Collect votes that connect them, or fit them apart.",
        )
    return connected_components(wins, connection="strong")[0] == 1


def _design(first: int, second: int, count: int, *, ties: bool) -> Array:
    """Return how each outcome's log odds depend on log strengths and log t, a row each."""
    rows = np.zeros((3 if ties else 2, count + ties))
    rows[0, first] = rows[1, second] = 1
    if ties:
        rows[2, [first, second, -1]] = 0.5, 0.5, 1
    return rows


def _maximum(votes: Sequence[Vote], count: int, *, ties: bool, extra: float) -> _Fit:
    """Fit by maximum likelihood, with *extra* wins either way for each pair compared."""
    counted: dict[tuple[int, int], Array] = {}
    for vote in votes:
        pair = counted.setdefault((vote.first, vote.second), np.array([extra, extra, 0.0]))
        pair[vote.outcome] += 1
    # The first log strength is held at 0.
    designs = np.array([_design(*pair, count, ties=ties)[:, 1:] for pair in counted])
    seen = np.array(list(counted.values()))[:, : designs.shape[1]]
    totals = seen.sum(axis=1)

    def chances(logs: Array) -> Array:
        scores = designs @ logs
        return np.exp(scores - np.logaddexp.reduce(scores, axis=1)[:, None])

    def loss(logs: Array) -> tuple[float, Array]:
        expected = chances(logs)
        slope = np.einsum("po,pok->k", totals[:, None] * expected - seen, designs)
        return -float((seen * np.log(expected)).sum()), slope

    def curvature(logs: Array) -> Array:
        expected = chances(logs)
        centred = designs - np.einsum("po,pok->pk", expected, designs)[:, None, :]
        return np.einsum("p,po,pok,pol->kl", totals, expected, centred, centred)

    start = np.zeros(designs.shape[2])
    found: Any = optimize.minimize(
        loss, start, jac=True, hess=curvature, method="trust-exact", options={"gtol": 1e-8}
    )
    covariance = np.zeros((count + ties, count + ties))
    covariance[1:, 1:] = np.linalg.inv(curvature(found.x))
    return _Fit(np.concatenate([[0.0], found.x]), covariance, -float(found.fun))


def _by_voter(votes: Sequence[Vote], fit: _Fit, count: int, *, ties: bool) -> Array:
    """Return the covariance that lets votes of one voter depend on each other (CR1)."""
    slopes: dict[str, Array] = {}
    for vote in votes:
        design = _design(vote.first, vote.second, count, ties=ties)
        scores = design @ fit.logs
        slope = design[vote.outcome] - np.exp(scores - np.logaddexp.reduce(scores)) @ design
        slopes[vote.voter] = slopes.get(vote.voter, 0) + slope
    stacked = np.array(list(slopes.values()))
    within = stacked.T @ stacked * len(slopes) / (len(slopes) - 1)
    return fit.covariance @ within @ fit.covariance


def _table(
    names: Sequence[str], votes: Sequence[Vote], logs: Array, spread: _Spread
) -> pd.DataFrame:
    shares = np.exp(logs - np.logaddexp.reduce(logs))
    # The log odds of a share follow the log strengths with these slopes.
    contrasts = (np.eye(len(names)) - shares) / (1 - shares)[:, None]
    bounds = [
        spread.interval(math.log(share / (1 - share)), contrast)
        for share, contrast in zip(shares, contrasts, strict=True)
    ]
    wins, losses, ties = np.zeros((3, len(names)), int)
    for vote in votes:
        pair = (vote.first, vote.second)
        if vote.outcome == TIED:
            ties[list(pair)] += 1
        else:
            wins[pair[vote.outcome]] += 1
            losses[pair[1 - vote.outcome]] += 1
    return pd.DataFrame(
        {
            "variant": list(names),
            "wins": wins,
            "ties": ties,
            "losses": losses,
            "strength": shares,
            "low": [low for low, _ in bounds],
            "high": [high for _, high in bounds],
        }
    )


def _pairs(
    names: Sequence[str],
    votes: Sequence[Vote],
    logs: Array,
    spread: _Spread,
    tie_parameter: float,
) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for first, second in combinations(range(len(names)), 2):
        gap = float(logs[first] - logs[second])
        contrast = np.eye(len(names))[first] - np.eye(len(names))[second]
        low, high = spread.interval(gap, contrast)
        rows.append(
            {
                "a": names[first],
                "b": names[second],
                "votes": sum((vote.first, vote.second) == (first, second) for vote in votes),
                "preferred_a": _chance(gap),
                "low": low,
                "high": high,
                "tie": tie_parameter / (2 * math.cosh(gap / 2) + tie_parameter),
                "p": spread.p(gap, contrast),
            }
        )
    frame = pd.DataFrame(rows)
    frame["p_holm"] = holm([row["p"] for row in rows])
    return frame


def _chance(log_odds: float) -> float:
    return float(special.expit(log_odds))


def _all_alike(
    votes: Sequence[Vote], fit: _Fit, count: int, ties: int, extra: float
) -> tuple[float, float]:
    """Return the likelihood ratio test that all are equally strong."""
    added = 2 * extra * len({(vote.first, vote.second) for vote in votes})
    total = len(votes) + added
    decided = total - ties
    equal = decided * math.log(decided / total / 2)
    if ties:
        equal += ties * math.log(ties / total)
    statistic = max(2 * (fit.log_likelihood - equal), 0.0)
    return statistic, float(stats.chi2.sf(statistic, count - 1))


def _units(votes: Sequence[Vote]) -> list[list[int]]:
    """Return the ratings of each cue and pair: one a voter, the last one given."""
    units: dict[tuple[str, int, int], dict[str, int]] = {}
    for vote in votes:
        chosen = (vote.first, vote.second, -1)[vote.outcome]
        units.setdefault((vote.cue, vote.first, vote.second), {})[vote.voter] = chosen
    return [list(given.values()) for given in units.values()]


def _notes(voters: int, *, clustered: bool, extra: bool, left_p: float) -> tuple[str, ...]:
    notes = list[str]()
    if clustered:
        notes.append(f"The intervals allow for the {voters} voters' own habits (clustered).")
    else:
        notes.append(
            "The intervals take every vote for another person's: where people vote often, they "
            "are too narrow."
        )
    if extra:
        notes.append(
            "A variant always won, or never: half a vote was added to either side of each "
            "pair, or its strength would be infinite."
        )
    if left_p < 0.05:  # noqa: PLR2004 - the usual level
        notes.append(
            f"The left side wins more or less often than chance would have it (p = {left_p:.2g}): "
            "shuffle the sides."
        )
    return tuple(notes)
