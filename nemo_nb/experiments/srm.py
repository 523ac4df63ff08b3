# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# (scipy.stats has no complete types)
"""Sample ratio mismatch: did the variants get the share of views they were meant to?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from scipy import stats

# The level that platforms agree on: Fabijan et al. 2019, "Diagnosing Sample Ratio Mismatch
# in Online Controlled Experiments", KDD, 2156-2164.
ALARM_BELOW: Final = 0.001


@dataclass(frozen=True)
class SampleRatio:
    """The check of the split.

    Attributes:
        observed: Views of each variant.
        expected: What the intended split would have given, on average.
        chi2: Pearson's χ² of the two; NaN where there was no intended split.
        p: Its p value.
    """

    observed: tuple[int, ...]
    expected: tuple[float, ...]
    chi2: float
    p: float

    @property
    def alarm(self) -> bool:
        """Whether the split is off beyond chance (p < 0.001): then nothing else counts."""
        return self.p < ALARM_BELOW


def sample_ratio(observed: Sequence[int], shares: Sequence[float] | None) -> SampleRatio:
    """Return the χ² goodness-of-fit test of *observed* against the intended *shares*.

    Args:
        observed: Views of each variant.
        shares: Intended shares, summing to one; None where nothing was intended.
    """
    if shares is None:
        return SampleRatio(tuple(observed), (), math.nan, math.nan)
    expected = tuple(sum(observed) * share for share in shares)
    found: Any = stats.chisquare(observed, expected)
    return SampleRatio(tuple(observed), expected, float(found.statistic), float(found.pvalue))
