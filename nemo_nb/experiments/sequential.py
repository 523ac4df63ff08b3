"""Intervals that stay valid however often one looks: confidence sequences.

**Rates.** Each visitor is one round of a game. With T = 1 for the variant, T = 0 for the
reference, Y = 1 for a click and π the variant's share of the two arms' visitors,

    Z = (Y - c) (T - π) / (π (1 - π))

has the mean δ = rate(variant) - rate(reference), whatever the rates and whatever the
constant c. A gambler who stakes the fraction λ of his capital on Z > δ₀ multiplies it by
1 + λ (Z - δ₀); if δ₀ is the truth the capital is a martingale, and so is a mixture of such
gamblers, so by Ville's inequality it ever reaches 2/alpha with a chance of alpha/2 at most. The δ₀
at which neither those who bet upwards nor those who bet downwards have reached 2/alpha form the
interval. No approximation is involved: it holds for every n, for rates near zero, and when
rates move from day to day while the difference stays. Sources: Waudby-Smith and Ramdas 2024,
"Estimating means of bounded random variables by betting", JRSS B 86, 1-27; Z is the
augmented inverse-probability score of Howard et al. 2021, "Time-uniform, nonparametric,
nonasymptotic confidence sequences", Annals of Statistics 49, 1055-1080, section 4.2. With
c = 0 and δ₀ = 0 the test is that of Lindon and Malek 2022, "Anytime-valid inference for
multinomial count data", NeurIPS.

It wants visitors assigned at random with the intended shares, which is what the sample ratio
check looks at.

**Means.** Their range is unknown, so theirs is the asymptotic confidence sequence of
Waudby-Smith et al. 2024, "Time-uniform central limit theory and asymptotic confidence
sequences", Annals of Statistics 52, 2613-2640: valid once n is large.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

RATE_TUNING: Final = (
    "mixture of bets: 32 stakes from 0.001 to 1 of the largest allowed, even on the log scale; "
    "centres 0 (weight 0.4), 0.1, 0.25, 0.5, 0.75, 0.9, 1 (0.1 each)"
)
_STAKES: Final = np.logspace(-3, 0, 32)
_CENTRES: Final = np.array([0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0])
_CENTRE_WEIGHTS: Final = np.array([0.4, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1])
_LOG_WEIGHTS: Final = np.log(np.repeat(_CENTRE_WEIGHTS, len(_STAKES)) / len(_STAKES))

# Halvings of [-1, 1]: the bounds are right to 1e-12.
_HALVINGS: Final = 41

# The n at which the asymptotic sequence is tightest: GrowthBook's default ("Sequential
# Testing", docs.growthbook.io), so that numbers can be compared.
MEAN_TUNING_N: Final = 5_000


def rate_difference_sequence(
    reference: tuple[int, int], other: tuple[int, int], alpha: float, share: float = 0.5
) -> tuple[float, float]:
    """Return the always-valid interval of ``rate(other) - rate(reference)``.

    NaN where no difference is left: such counts do not come from the intended split.

    Args:
        reference: Successes and n.
        other: Successes and n.
        alpha: The chance, over all looks together, that it ever misses the truth.
        share: The intended share of *other* among the visitors of the two.
    """
    cells = counted(reference, other)
    limit = math.log(2 / alpha)

    def lower(cells: Array, share: float) -> float:
        """Return the smallest difference that the bets upwards have not refuted."""
        low, high = -1.0, 1.0
        if log_capital(cells, low, share) < limit:
            return low
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            if log_capital(cells, middle, share) >= limit:
                low = middle
            else:
                high = middle
        return low

    # A bet downwards is a bet upwards with the two arms exchanged.
    low, high = lower(cells, share), -lower(cells[..., [2, 3, 0, 1]], 1 - share)
    return (low, high) if low <= high else (math.nan, math.nan)


def counted(reference: tuple[int, int], other: tuple[int, int]) -> Array:
    """Return the four cells that :func:`log_capital` takes."""
    return np.array(
        [other[0], other[1] - other[0], reference[0], reference[1] - reference[0]], dtype=float
    )


def log_capital(cells: Array, difference: float, share: float) -> Array:
    """Return the log capital of the bets on a difference larger than *difference*.

    Falls as *difference* rises, since every single bet does.

    Args:
        cells: Successes and failures of the other, successes and failures of the reference,
            along the last axis.
        difference: The δ₀ under test.
        share: The intended share of the other arm.
    """
    wins, losses = (1 - _CENTRES) / share, -_CENTRES / share
    other_wins, other_losses = -(1 - _CENTRES) / (1 - share), _CENTRES / (1 - share)
    scores = np.stack([wins, losses, other_wins, other_losses])
    # The largest stake that cannot go bankrupt at any difference up to one.
    largest = 1 / (1 - scores.min(axis=0))
    stakes = largest[:, None] * _STAKES
    # At the largest stake and a difference of one the worst outcome is ruin, log 0.
    factors = np.maximum(1 + stakes * (scores[..., None] - difference), np.finfo(float).tiny)
    logs = np.log(factors).reshape(4, -1)
    capitals = cells @ logs + _LOG_WEIGHTS
    # The log of a sum of exponentials, as scipy.special.logsumexp at a fifth of its time.
    most = capitals.max(axis=-1)
    return most + np.log(np.exp(capitals - most[..., None]).sum(axis=-1))


def mean_half_width(
    standard_error: float, n: int, alpha: float, tuning_n: float = MEAN_TUNING_N
) -> float:
    """Return half the width of the asymptotic always-valid interval of an estimate.

    Args:
        standard_error: Of the estimate, now.
        n: Observations it stands on, of all arms it compares.
        alpha: The chance, over all looks together, that it ever misses the truth.
        tuning_n: The n at which the interval is about as tight as it can be.
    """
    squared = -2 * math.log(alpha)
    rho2 = (squared + math.log(squared + 1)) / tuning_n
    grown = n * rho2 + 1
    return standard_error * math.sqrt(grown / (n * rho2) * math.log(grown / alpha**2))
