"""What the analyses of rates and of means have in common: the question, the plan, the notes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from nemo_nb.experiments import bayes, power
from nemo_nb.experiments.result import Power
from nemo_nb.experiments.srm import SampleRatio
from nemo_nb.experiments.verdict import LEAST_LIFT, MOST_LIFT, Plan, Versus
from nemo_nb.timeline.columns import listed

_WEEK: Final = 7


@dataclass(frozen=True)
class Settings:
    """How an analysis was asked for.

    Attributes:
        randomised: Whether visitors were assigned at random.
        alpha: Chance of a false alarm.
        shares: Intended share of each variant; None where nothing was intended.
        assumed_even: Whether those shares are equal because none were given.
        prior: A name or Beta parameters.
        seed: Makes everything drawn repeatable.
    """

    randomised: bool
    alpha: float
    shares: tuple[float, ...] | None
    assumed_even: bool
    prior: bayes.Prior
    seed: int

    @property
    def design(self) -> str:
        """The design's name."""
        return "randomised" if self.randomised else "observational"

    def pair_share(self, at: int, n: Sequence[int]) -> float:
        """Return a variant's share among itself and the reference: intended, else observed."""
        weights = self.shares or n
        return weights[at] / (weights[0] + weights[at])

    def alpha_each(self, variants: int) -> float:
        """Return alpha shared by the comparisons with the reference (Bonferroni)."""
        return self.alpha / (variants - 1)


def plan_of(able: Power) -> Plan | None:
    """Return what the verdict says of more views; None where nothing can be planned."""
    if able.planned_lift is None or able.more is None:
        return None
    return Plan(able.planned_lift, able.more, able.more_days)


def planned_power(
    n: Sequence[int],
    days: float | None,
    settings: Settings,
    baseline: float,
    lead: tuple[int, float],
    sd: float | None,
) -> Power:
    """Return what the views can show, and what telling the leading variant apart would take.

    Args:
        n: Views so far.
        days: How long they took, if known.
        settings: Of the analysis.
        baseline: Rate or mean of the reference.
        lead: Index of the leading variant, and its rate or mean.
        sd: Standard deviation, for means.
    """
    at, value = lead
    alpha = settings.alpha_each(len(n))
    mde = power.smallest_difference(baseline, (n[0], n[at]), alpha, sd)
    formula = power.RATE_FORMULA if sd is None else power.MEAN_FORMULA
    unknown = Power(mde, math.nan, None, None, None, None, formula)
    if baseline <= 0 or sd == 0:
        return unknown
    observed = value / baseline - 1
    lift = math.copysign(min(max(abs(observed), LEAST_LIFT), MOST_LIFT), observed)
    target = baseline * (1 + lift)
    if sd is None:
        target = min(target, (1 + baseline) / 2)
    shares = settings.shares or tuple(seen / sum(n) for seen in n)
    needed_first = power.needed(baseline, target, sd, power.TARGET, alpha, shares[at] / shares[0])
    needed = math.ceil(needed_first / shares[0])
    more = max(needed - sum(n), 0)
    pace = None if days is None else math.ceil(more / (sum(n) / days))
    return Power(mde, mde / baseline, abs(target / baseline - 1), needed, more, pace, formula)


def leading(versus: Sequence[Versus]) -> int:
    """Return the index of the best variant that is not yet told from the reference."""
    still_open = [at for at, one in enumerate(versus) if not one.significant]
    candidates = still_open or range(len(versus))
    return 1 + max(candidates, key=lambda at: versus[at].estimate)


def sequential_frame(
    names: Sequence[str],
    diffs: Sequence[float],
    always: Sequence[tuple[float, float]],
    method: str,
    tuning: str,
) -> pd.DataFrame:
    """Return the frame of always-valid intervals."""
    return pd.DataFrame(
        {
            "variant": list(names[1:]),
            "diff": list(diffs),
            "low": [low for low, _ in always],
            "high": [high for _, high in always],
            "method": method,
            "tuning": tuning,
        }
    )


def against_reference(comparisons: pd.DataFrame, posterior: pd.DataFrame) -> dict[str, list[Any]]:
    """Return the table's columns from ``diff`` on; NaN for the reference itself."""
    columns = {"diff": "diff", "diff_low": "diff_low", "diff_high": "diff_high"}
    columns |= {"lift": "lift", "p": "p", "p_adjusted": "p_holm"}
    filled = {new: [math.nan, *listed(comparisons, old)] for new, old in columns.items()}
    return {
        **filled,
        "p_best": listed(posterior, "p_best"),
        "loss": listed(posterior, "loss"),
    }


def common_notes(
    count: int, days: float | None, ratio: SampleRatio, settings: Settings
) -> list[str]:
    """Return the notes that hold for rates and means alike."""
    notes = list[str]()
    if ratio.alarm and settings.assumed_even:
        notes.append("An even split was assumed; if another one was intended, give it as split=.")
    if count > 2:  # noqa: PLR2004 - two variants are one comparison
        notes.append(
            f"{count - 1} comparisons with the reference: adjusted p values by Holm; the "
            "always-valid intervals share alpha (Bonferroni), the others do not."
        )
    if days is not None and days < _WEEK:
        notes.append(
            f"{days:g} day{'' if days == 1 else 's'} of data: people differ by day of the "
            "week, so let whole weeks pass."
        )
    if not settings.randomised:
        notes.append(
            "The groups chose themselves: a difference describes them, not what the variant "
            "does to anyone. The always-valid intervals take the observed split as given."
        )
    return notes
