# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
# (statsmodels and scipy.stats have no complete types)
"""Intervals and tests for rates that were looked at once.

Every function takes counts: successes out of n. The formulas are statsmodels' and scipy's;
here is which one is used, and what happens where theirs are undefined.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final, cast

import numpy as np
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

Interval = tuple[float, float]

# Below this many expected in a cell the normal approximation is not to be trusted: the rule
# of ten successes and ten failures of Moore, McCabe and Craig, "Introduction to the Practice
# of Statistics"; Cochran 1954 (Biometrics 10, 417-451) would do with five.
LEAST_EXPECTED: Final = 10

# Log ratios within which the ratio of two rates is looked for, and how often that is halved.
_WIDEST: Final = 40.0
_HALVINGS: Final = 60


def wilson(successes: int, n: int, alpha: float) -> Interval:
    """Return the Wilson score interval of a rate.

    Source: Wilson 1927, JASA 22, 209-212; recommended by Brown, Cai and DasGupta 2001,
    Statistical Science 16, 101-133. Its coverage is nominal on average, not for every rate:
    where fewer than about one success is expected it can fall to some 0.84 of a nominal 0.95.
    """
    low, high = proportion_confint(successes, n, alpha=alpha, method="wilson")
    return float(cast("float", low)), float(cast("float", high))


def newcombe(reference: tuple[int, int], other: tuple[int, int], alpha: float) -> Interval:
    """Return Newcombe's hybrid score interval of ``rate(other) - rate(reference)``.

    Source: Newcombe 1998, Statistics in Medicine 17, 873-890, method 10; recommended by
    Fagerland, Lydersen and Laake 2015, Statistical Methods in Medical Research 24, 224-254.

    Args:
        reference: Successes and n.
        other: Successes and n.
        alpha: One minus the confidence level.
    """
    low, high = confint_proportions_2indep(
        *other, *reference, method="newcomb", compare="diff", alpha=alpha
    )
    return float(low), float(high)


def lift(reference: tuple[int, int], other: tuple[int, int]) -> float:
    """Return how much higher the other's rate is, relative; NaN where the reference has none."""
    if reference[0] == 0:
        return math.nan
    return (other[0] / other[1]) / (reference[0] / reference[1]) - 1


def lift_interval(reference: tuple[int, int], other: tuple[int, int], alpha: float) -> Interval:
    """Return Koopman's score interval of the ratio of two rates, less one.

    Source: Koopman 1984, Biometrics 40, 513-517, with the restricted estimates of Miettinen
    and Nurminen 1985, Statistics in Medicine 4, 213-226; recommended by Fagerland, Lydersen
    and Laake 2015. Infinite above where the reference has no success, NaN where neither has.

    Found by bisection: the closed form in statsmodels misses the estimate itself where a
    group has nothing but successes.
    """
    if reference[0] == other[0] == 0:
        return math.nan, math.nan
    limit = float(stats.norm.ppf(1 - alpha / 2))

    def ratio_at(level: float) -> float:
        """Return the ratio whose score is *level*; the score falls as the ratio rises."""
        low, high = -_WIDEST, _WIDEST
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            if _ratio_score(reference, other, math.exp(middle)) > level:
                low = middle
            else:
                high = middle
        return math.exp((low + high) / 2)

    below = ratio_at(limit) if other[0] else 0.0
    above = ratio_at(-limit) if reference[0] else math.inf
    return below - 1, above - 1


def _ratio_score(reference: tuple[int, int], other: tuple[int, int], ratio: float) -> float:
    (x0, n0), (x1, n1) = reference, other
    # The reference's most likely rate if the other's is *ratio* times it: a quadratic's root.
    a = (n0 + n1) * ratio
    b = n1 * ratio + x1 + n0 + x0 * ratio
    base = (b - math.sqrt(max(b * b - 4 * a * (x0 + x1), 0.0))) / (2 * a)
    rate = base * ratio
    variance = max(rate * (1 - rate) / n1, 0.0) + ratio**2 * max(base * (1 - base) / n0, 0.0)
    distance = x1 / n1 - ratio * x0 / n0
    if not variance:
        return math.copysign(math.inf, distance) if distance else 0.0
    return distance / math.sqrt(variance)


def z_test(reference: tuple[int, int], other: tuple[int, int]) -> tuple[float, float]:
    """Return z and the two-sided p of the pooled two-proportion z test.

    Its square is the χ² of the 2x2 table without continuity correction. Two groups with no
    success at all, or nothing but, do not differ: z = 0, p = 1.

    Source: Fleiss, Levin and Paik 2003, Statistical Methods for Rates and Proportions, 3.1.
    """
    chi2, p = chi_square([reference[0], other[0]], [reference[1], other[1]])
    sign = np.sign(other[0] / other[1] - reference[0] / reference[1])
    return float(sign * math.sqrt(chi2)), p


def chi_square(successes: Sequence[int], n: Sequence[int]) -> tuple[float, float]:
    """Return χ² and p of Pearson's test that all rates are equal (R's ``prop.test``).

    Without continuity correction, ``len(n) - 1`` degrees of freedom.

    Source: Pearson 1900, Philosophical Magazine 50, 157-175.
    """
    if sum(successes) in (0, sum(n)):
        return 0.0, 1.0
    table = np.array([successes, np.subtract(n, successes)])
    found: Any = stats.chi2_contingency(table, correction=False)
    return float(found.statistic), float(found.pvalue)


def fisher(reference: tuple[int, int], other: tuple[int, int]) -> float:
    """Return the two-sided p of Fisher's exact test, for counts too small for z.

    Source: Fisher 1935, Journal of the Royal Statistical Society 98, 39-82.
    """
    table = [[s, n - s] for s, n in (reference, other)]
    found: Any = stats.fisher_exact(table)
    return float(found.pvalue)


def least_expected(reference: tuple[int, int], other: tuple[int, int]) -> float:
    """Return the smallest count expected in the 2x2 table if both rates were equal."""
    successes, n = reference[0] + other[0], reference[1] + other[1]
    return min(reference[1], other[1]) * min(successes, n - successes) / n


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p values adjusted for their number, by Holm's step-down method.

    Holds the chance of any false alarm. Source: Holm 1979, Scandinavian Journal of
    Statistics 6, 65-70. (statsmodels' collects all of a kernel's garbage at each call.)
    """
    p = np.asarray(p_values, float)
    order = np.argsort(p)
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(stepped, 1.0)
    return [float(one) for one in adjusted]


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Return p values adjusted to hold the share of false alarms among alarms.

    Source: Benjamini and Hochberg 1995, JRSS B 57, 289-300.
    """
    adjusted: Any = stats.false_discovery_control(p_values, method="bh")
    return [float(one) for one in adjusted]
