# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
# (scipy.stats and statsmodels have no complete types)
"""Means of a continuous metric, such as seconds watched: Welch and CUPED.

Welch 1947, Biometrika 34, 28-35, does not assume equal variances. CUPED (Deng, Xu, Kohavi
and Walker 2013, WSDM, 123-132) takes out of the metric what a covariate from before the test
already knew: ``y - θ (x - mean of x)`` has the same difference on average and a smaller
variance, by the squared correlation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats
from statsmodels.stats.oneway import anova_generic

from nemo_nb.errors import InputError
from nemo_nb.experiments.counts import Means, Moments

if TYPE_CHECKING:
    from numpy.typing import NDArray

Interval = tuple[float, float]


@dataclass(frozen=True)
class Cuped:
    """What the covariate took out.

    Attributes:
        theta: The pooled slope of the metric on the covariate.
        variance_reduction: Share of the variance that is gone (0 to 1).
        raw: Means before the adjustment, by variant.
    """

    theta: float
    variance_reduction: float
    raw: tuple[float, ...]


@dataclass(frozen=True)
class Welch:
    """The comparison of one mean with the reference's.

    Attributes:
        diff: The other's mean less the reference's.
        standard_error: Of that.
        df: Welch-Satterthwaite degrees of freedom.
        low: Lower bound of the difference.
        high: Upper bound.
        t: The statistic.
        p: Two-sided.
    """

    diff: float
    standard_error: float
    df: float
    low: float
    high: float
    t: float
    p: float


def welch(reference: Moments, other: Moments, alpha: float) -> Welch:
    """Return Welch's t test and interval of ``mean(other) - mean(reference)``."""
    diff = other.mean - reference.mean
    parts = [arm.var / arm.n for arm in (reference, other)]
    error = math.sqrt(sum(parts))
    if not error:
        # Neither varies: the means are known, and equal or not.
        p, t = (1.0, 0.0) if not diff else (0.0, math.copysign(math.inf, diff))
        return Welch(diff, 0.0, math.inf, diff, diff, t, p)
    # Each group's share of the variance: the powers of huge numbers would overflow.
    df = 1 / sum(
        (part / error / error) ** 2 / (arm.n - 1)
        for part, arm in zip(parts, (reference, other), strict=True)
    )
    reach = float(stats.t.ppf(1 - alpha / 2, df)) * error
    t = diff / error
    return Welch(diff, error, df, diff - reach, diff + reach, t, 2 * float(stats.t.sf(abs(t), df)))


def mean_interval(arm: Moments, alpha: float) -> Interval:
    """Return Student's interval of one mean."""
    reach = float(stats.t.ppf(1 - alpha / 2, arm.n - 1)) * math.sqrt(arm.var / arm.n)
    return arm.mean - reach, arm.mean + reach


def lift_interval(reference: Moments, other: Moments, alpha: float) -> tuple[float, Interval]:
    """Return the relative difference of two means and its interval by the delta method.

    NaN where the reference's mean is not clearly above zero: a ratio to it means nothing.

    Source: Deng, Knoblich and Lu 2018, "Applying the Delta Method in Metric Analytics",
    KDD, 233-242.
    """
    low, _ = mean_interval(reference, alpha)
    if low <= 0:
        return math.nan, (math.nan, math.nan)
    ratio = other.mean / reference.mean
    error = math.sqrt(
        other.var / other.n / reference.mean**2
        + ratio**2 * reference.var / reference.n / reference.mean**2
    )
    df = welch(reference, other, alpha).df
    reach = float(stats.t.ppf(1 - alpha / 2, df)) * error
    return ratio - 1, (ratio - 1 - reach, ratio - 1 + reach)


def all_equal(arms: Sequence[Moments]) -> float:
    """Return the p of Welch's analysis of variance that all means are equal.

    Source: Welch 1951, Biometrika 38, 330-336.
    """
    if not all(arm.var for arm in arms):
        return float(len({arm.mean for arm in arms}) == 1)
    found = anova_generic(
        np.array([arm.mean for arm in arms]),
        np.array([arm.var for arm in arms]),
        np.array([arm.n for arm in arms]),
        use_var="unequal",
    )
    return float(found.pvalue)


def cuped(means: Means) -> tuple[Means, Cuped]:
    """Return the means adjusted for their covariate, and what that did.

    Raises:
        InputError: The covariate never varies.
    """
    spread = sum((arm.n - 1) * arm.x_var for arm in means.arms)
    if not spread > 0:
        raise InputError("The covariate is the same everywhere.", fix="Leave it out.")
    theta = sum((arm.n - 1) * arm.xy_cov for arm in means.arms) / spread
    centre = sum(arm.n * arm.x_mean for arm in means.arms) / sum(means.n)
    adjusted = tuple(
        replace(
            arm,
            mean=arm.mean - theta * (arm.x_mean - centre),
            # Rounding must not make a variance negative where the covariate explains it all.
            var=max(arm.var + theta**2 * arm.x_var - 2 * theta * arm.xy_cov, 0.0),
        )
        for arm in means.arms
    )
    before, after = (sum((arm.n - 1) * arm.var for arm in arms) for arms in (means.arms, adjusted))
    observed = tuple(
        replace(one, y=one.y - theta * (one.x - centre), x=None)
        for one in means.observed
        if one.x is not None
    )
    done = Cuped(
        theta, 1 - after / before if before else 0.0, tuple(arm.mean for arm in means.arms)
    )
    return replace(means, arms=adjusted, observed=observed), done


def posterior_draws(arms: Sequence[Moments], seed: int, draws: int) -> NDArray[np.float64]:
    """Return draws of each mean's posterior under a flat prior, a column an arm.

    Student's t about the sample mean (Gelman et al. 2013, Bayesian Data Analysis, 3.2).
    """
    generator = np.random.default_rng(seed)
    return np.column_stack(
        [
            arm.mean + math.sqrt(arm.var / arm.n) * generator.standard_t(arm.n - 1, draws)
            for arm in arms
        ]
    )
