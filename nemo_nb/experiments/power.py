# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
# (statsmodels and scipy have no complete types)
"""How many views a test needs, and what the views at hand could have shown."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from scipy import optimize, stats
from statsmodels.stats import proportion
from statsmodels.stats.power import TTestIndPower

from nemo_nb.errors import InputError

# Their annotations, where they have any, are narrower than what they take.
_power_of_rates: Final[Callable[..., Any]] = proportion.power_proportions_2indep
_n_for_rates: Final[Callable[..., Any]] = proportion.samplesize_proportions_2indep_onetail
_power_of_means: Final[Callable[..., Any]] = TTestIndPower().power
_root: Final[Callable[..., Any]] = optimize.brentq

# By how much a bracket grows until the root is inside: beyond, the noncentral t is no number.
_WIDEN: Final = 1.3
# From so many on the t and the normal formula agree to the unit.
_LARGE: Final = 1e6

RATE_FORMULA: Final = (
    "two proportions, two-sided z test, pooled variance under no difference, unpooled under "
    "the difference (Fleiss, Levin and Paik 2003, eq. 4.14, without continuity correction; "
    "R's power.prop.test)"
)
MEAN_FORMULA: Final = (
    "two means, two-sided t test, noncentral t (Cohen 1988, ch. 2; R's power.t.test)"
)
TARGET: Final = 0.8


@dataclass(frozen=True)
class SampleSize:
    """What a test needs.

    Attributes:
        n: Views of each variant for an even split, as the formula gives them; for an uneven
            one, of the first variant.
        per_variant: Views of each variant, rounded up.
        baseline: Rate or mean of the first variant that was assumed.
        target: The rate or mean that is to be told from it.
        alpha: Chance of a false alarm, over all comparisons.
        power: Chance to notice the difference.
        formula: Name and source of the formula.
        days: Days at the given pace; None if no pace was given.
    """

    n: float
    per_variant: tuple[int, ...]
    baseline: float
    target: float
    alpha: float
    power: float
    formula: str
    days: int | None = None

    @property
    def total(self) -> int:
        """Views of all variants together."""
        return sum(self.per_variant)

    def __repr__(self) -> str:
        return f"<SampleSize: {self}>"

    def __str__(self) -> str:
        views = " + ".join(f"{count:,}" for count in self.per_variant)
        pace = "" if self.days is None else f", {self.days:,} days"
        return (
            f"{views} views{pace} to tell {self.target:g} from {self.baseline:g} "
            f"(power {self.power:.0%}, alpha {self.alpha:g})"
        )


def sample_size(
    baseline: float,
    target: float | None = None,
    *,
    lift: float | None = None,
    sd: float | None = None,
    power: float = TARGET,
    alpha: float = 0.05,
    variants: int = 2,
    split: Sequence[float] | None = None,
    views_per_day: float | None = None,
) -> SampleSize:
    """Return how many views a test needs to notice a difference.

    ``sample_size(0.5, 0.75, power=0.9).n`` is 76.7, R's ``power.prop.test(p1=.5, p2=.75,
    power=.9)``; ``sample_size(0, 1, sd=1, power=0.9).n`` is 22.02, R's
    ``power.t.test(delta=1, sd=1, power=.9)``.

    Args:
        baseline: The rate of the first variant (0 to 1), or its mean if *sd* is given.
        target: The rate or mean that is to be told from it; or give *lift*.
        lift: The same as a relative change: 0.1 is ten percent more.
        sd: Standard deviation of a continuous metric, such as watch time.
        power: Chance to notice the difference if it is there.
        alpha: Chance of a false alarm over all comparisons, two-sided.
        variants: How many, the first included. More than two share *alpha* (Bonferroni).
        split: Intended share of each variant; even if not given. The variant with the
            smallest share decides.
        views_per_day: All variants together: then the answer has days.

    Raises:
        InputError: The numbers cannot belong to a test.
    """
    if (target is None) == (lift is None):
        raise InputError(
            "What difference is to be noticed?",
            fix="Give either the other rate as target=, or the relative change as lift=.",
        )
    other = float(target) if target is not None else baseline * (1 + (lift or 0))
    count = variants if split is None else len(split)
    shares = tuple(1 / count for _ in range(count)) if split is None else _shares(split)
    _check(baseline, other, sd, power, alpha, count)
    ratio = min(shares[1:]) / shares[0]
    n = needed(baseline, other, sd, power, alpha / (count - 1), ratio)
    per_variant = tuple(math.ceil(n * share / shares[0] - 1e-9) for share in shares)
    return SampleSize(
        n=n,
        per_variant=per_variant,
        baseline=baseline,
        target=other,
        alpha=alpha,
        power=power,
        formula=RATE_FORMULA if sd is None else MEAN_FORMULA,
        days=None if views_per_day is None else math.ceil(sum(per_variant) / views_per_day),
    )


def smallest_difference(
    baseline: float, n: tuple[int, int], alpha: float, sd: float | None = None
) -> float:
    """Return the minimum detectable effect: what n views notice upwards with 80 % power.

    Absolute, by the formula of :func:`sample_size` solved for the difference. NaN where even
    the largest possible difference would be missed.

    Args:
        baseline: Rate or mean of the reference.
        n: Views of the reference and of the other.
        alpha: Of this one comparison, two-sided.
        sd: Standard deviation, for means.
    """
    if min(n) < 2 or sd == 0:  # noqa: PLR2004 - a variance takes two
        return math.nan
    ratio = n[1] / n[0]
    if sd is not None:

        def missing(effect: float) -> float:
            return _t_power(effect, n[0], alpha, ratio) - TARGET

        enough = _normal_sum(alpha, TARGET) * math.sqrt((1 + 1 / ratio) / n[0])
        while missing(enough) < 0:
            enough *= _WIDEN
        return sd * float(_root(missing, 0.0, enough))

    def surplus(difference: float) -> float:
        reached = _power_of_rates(
            difference, baseline, n[1], 1 / ratio, alpha=alpha, return_results=False
        )
        return float(reached) - TARGET

    most = 1 - baseline - 1e-9
    least = 1e-9
    if most <= least or surplus(most) < 0 or surplus(least) > 0:
        return math.nan
    return float(_root(surplus, least, most))


def needed(
    baseline: float, other: float, sd: float | None, power: float, alpha: float, ratio: float
) -> float:
    """Return how many views the first of two variants needs.

    Args:
        baseline: Its rate or mean.
        other: The other's.
        sd: Standard deviation, for means.
        power: Chance to notice the difference.
        alpha: Of this one comparison, two-sided.
        ratio: Views of the other for each of the first.
    """
    if sd is not None:
        return _needed_for_means(abs(other - baseline) / sd, power, alpha, ratio)
    # Its first group is the one whose rate is prop2 + diff, and its ratio the other's share.
    return float(
        _n_for_rates(
            baseline - other, other, power, ratio=ratio, alpha=alpha, alternative="two-sided"
        )
    )


def _needed_for_means(effect: float, power: float, alpha: float, ratio: float) -> float:
    # A little less than t needs, and the more exact the larger n is.
    normal = _normal_sum(alpha, power) ** 2 * (1 + 1 / ratio) / effect**2
    if normal > _LARGE:
        return normal

    def missing(n: float) -> float:
        return _t_power(effect, n, alpha, ratio) - power

    least = 2 * max(1.0, 1 / ratio)
    enough = max(normal, least)
    while missing(enough) < 0:
        enough *= _WIDEN
    return least if enough == least else float(_root(missing, least, enough))


def _normal_sum(alpha: float, power: float) -> float:
    levels: Any = stats.norm.ppf([1 - alpha / 2, power])
    return float(levels.sum())


def _t_power(effect: float, n: float, alpha: float, ratio: float) -> float:
    """Return the two-sided power, less the tail on the wrong side (R's ``strict = FALSE``)."""
    return float(_power_of_means(effect, n, alpha / 2, ratio=ratio, alternative="larger"))


def _shares(split: Sequence[float]) -> tuple[float, ...]:
    whole = sum(split)
    if not split or min(split) <= 0 or not math.isfinite(whole):
        raise InputError(f"{list(split)} is no split.", "Every variant takes a share above zero.")
    return tuple(share / whole for share in split)


def _check(
    baseline: float, other: float, sd: float | None, power: float, alpha: float, variants: int
) -> None:
    if not (0 < alpha < 1 and alpha < power < 1):
        raise InputError(
            f"Power {power:g} at alpha {alpha:g} cannot be planned.",
            "Both lie between 0 and 1, and power is the larger one.",
        )
    if variants < 2:  # noqa: PLR2004 - a test compares two
        raise InputError("A test takes two variants or more.", f"There is {variants}.")
    if other == baseline:
        raise InputError("No number of views can show a difference of zero.")
    if sd is None:
        for rate in (baseline, other):
            if not 0 < rate < 1:
                raise InputError(
                    f"A rate of {rate:g} cannot be planned for.",
                    "Rates lie between 0 and 1.",
                    "For a continuous metric, such as seconds watched, give sd= as well.",
                )
    elif not (math.isfinite(sd) and sd > 0):
        raise InputError(f"A standard deviation of {sd:g} cannot be.", "It is above zero.")
