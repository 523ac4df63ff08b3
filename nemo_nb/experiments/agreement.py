"""Do the voters agree? Krippendorff's alpha for names, with a bootstrap interval.

Chosen over Fleiss' kappa because voters skip cues: alpha takes any number of ratings a unit.
Source: Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", University of
Pennsylvania; the interval resamples units (Hayes and Krippendorff 2007, Communication
Methods and Measures 1, 77-89).
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

RESAMPLES: Final = 2_000

# Krippendorff 2004, Content Analysis, 11.4.2: conclusions from 0.8, tentative ones from 0.667.
RELIABLE: Final = 0.8
TENTATIVE: Final = 0.667


@dataclass(frozen=True)
class Agreement:
    """How far the voters agree.

    Attributes:
        alpha: Krippendorff's; 1 is perfect, 0 is chance. NaN where no unit has two ratings,
            or every rating is the same (then there is nothing to disagree on).
        low: Lower bound of its 95 % interval; NaN with a single unit.
        high: Upper bound.
        observed: Share of pairs of ratings of one unit that are equal.
        units: Units with two ratings or more.
        ratings: Ratings of those.
    """

    alpha: float
    low: float
    high: float
    observed: float
    units: int
    ratings: int


def krippendorff(units: Sequence[Sequence[Hashable]], seed: int = 0) -> Agreement:
    """Return Krippendorff's alpha for nominal ratings.

    Args:
        units: The ratings of each unit, in any order; how many may differ.
        seed: Of the bootstrap.
    """
    rated = [unit for unit in units if len(unit) > 1]
    names = {name: at for at, name in enumerate(dict.fromkeys(n for unit in rated for n in unit))}
    counts = np.zeros((len(rated), len(names)))
    for row, unit in enumerate(rated):
        for name in unit:
            counts[row, names[name]] += 1
    alpha = _alpha(counts, np.ones((1, len(rated))))[0]
    pairs = counts.sum(axis=1)
    equal = ((counts * (counts - 1)).sum(axis=1) / np.maximum(pairs - 1, 1)).sum()
    low = high = math.nan
    if math.isfinite(alpha) and len(rated) > 1:
        generator = np.random.default_rng(seed)
        shares = np.full(len(rated), 1 / len(rated))
        taken = generator.multinomial(len(rated), shares, RESAMPLES)
        drawn = _alpha(counts, np.asarray(taken, float))
        low, high = (float(bound) for bound in np.nanquantile(drawn, [0.025, 0.975]))
    total = counts.sum()
    return Agreement(
        alpha=float(alpha),
        low=low,
        high=high,
        observed=float(equal / total) if total else math.nan,
        units=len(rated),
        ratings=int(total),
    )


def _alpha(counts: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return alpha for each row of *weights*: how often each unit is taken."""
    rated = counts.sum(axis=1)
    # A unit's pairs of unequal ratings, each rating weighing one in all.
    unequal = (rated**2 - (counts**2).sum(axis=1)) / np.maximum(rated - 1, 1)
    observed = weights @ unequal
    by_name = weights @ counts
    total = by_name.sum(axis=1)
    expected = total**2 - (by_name**2).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected > 0, 1 - (total - 1) * observed / expected, np.nan)
