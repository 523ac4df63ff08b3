# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
# (scipy.stats has no complete types)
"""What the counts say about the rates, as probabilities: Beta-Binomial posteriors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from nemo_nb.errors import InputError

Array = NDArray[np.float64]
Prior = str | tuple[float, float]

# Jeffreys 1946; Bayes 1763 and Laplace; Kerman 2011 (Electronic Journal of Statistics 5,
# 1450-1470), whose posterior median stays close to the observed rate.
PRIORS: Final[dict[str, tuple[float, float]]] = {
    "jeffreys": (0.5, 0.5),
    "uniform": (1.0, 1.0),
    "kerman": (1 / 3, 1 / 3),
}

# Of the three and more arms' Monte Carlo: a probability is within 0.001 (one standard error).
DRAWS: Final = 200_000

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)
# Where a Beta distribution is cut into pieces that a polynomial of degree 47 fits.
_CUTS: Final = np.concatenate(
    [tail := np.logspace(-14, -2, 7), np.linspace(0.1, 0.9, 9), 1 - tail[::-1]]
)


def prior_of(prior: Prior) -> tuple[str, float, float]:
    """Return a prior's name and its Beta parameters.

    Raises:
        InputError: It is neither a known name nor two positive numbers.
    """
    if isinstance(prior, str):
        if prior in PRIORS:
            return prior, *PRIORS[prior]
    else:
        a, b = (float(part) for part in prior) if len(prior) == 2 else (0.0, 0.0)  # noqa: PLR2004 - a Beta has two
        if a > 0 and b > 0:
            return f"Beta({a:g}, {b:g})", a, b
    raise InputError(
        f"There is no prior {prior!r}.",
        fix=f"Use {', '.join(map(repr, PRIORS))}, or two positive numbers for a Beta.",
    )


def posteriors(
    successes: Sequence[int], n: Sequence[int], a: float, b: float
) -> list[tuple[float, float]]:
    """Return the Beta parameters of each variant's rate after its counts."""
    return [(a + s, b + total - s) for s, total in zip(successes, n, strict=True)]


def credible(posterior: tuple[float, float], alpha: float) -> tuple[float, float]:
    """Return the equal-tailed credible interval of a rate."""
    low, high = stats.beta.ppf([alpha / 2, 1 - alpha / 2], *posterior)
    return float(low), float(high)


def best_and_loss(
    arms: Sequence[tuple[float, float]], seed: int
) -> tuple[list[float], list[float]]:
    """Return for each arm the chance to be the best, and the expected loss of choosing it.

    The loss is ``E[max(all rates) - rate]``, in units of the rate (Stucchi 2015, "Bayesian
    A/B testing at VWO"). Two arms: Gauss-Legendre quadrature, exact to about 1e-10. More:
    seeded Monte Carlo with :data:`DRAWS` draws.
    """
    if len(arms) == 2:  # noqa: PLR2004 - the case with a closed integral
        first, second = arms
        win = beats(second, first)
        return [1 - win, win], [expected_gain(first, second), expected_gain(second, first)]
    generator = np.random.default_rng(seed)
    draws = np.column_stack([generator.beta(a, b, DRAWS) for a, b in arms])
    return monte_carlo(draws)


def monte_carlo(draws: Array) -> tuple[list[float], list[float]]:
    """Return the chance to be best and the expected loss from draws, a column an arm."""
    top = draws.max(axis=1)
    # Equal draws share the win.
    winners = draws == top[:, None]
    shares = (winners / winners.sum(axis=1, keepdims=True)).mean(axis=0)
    losses = (top[:, None] - draws).mean(axis=0)
    return [float(share) for share in shares], [float(loss) for loss in losses]


def beats(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return P(rate of one > rate of other) for two independent Betas.

    The integral of ``F_other(x) dF_one(x)``, taken over ``u = F_one(x)``, where the
    integrand is bounded even for a prior that is infinite at zero.
    """
    edges = stats.beta.cdf(stats.beta.ppf(_CUTS, *other), *one)
    return _integral(lambda u: stats.beta.cdf(stats.beta.ppf(u, *one), *other), [edges])


def expected_gain(chosen: tuple[float, float], other: tuple[float, float]) -> float:
    """Return ``E[max(rate of other - rate of chosen, 0)]``: what choosing costs.

    The integral of ``F_chosen(x) (1 - F_other(x))``: nothing cancels, so tiny losses keep
    their digits.
    """
    edges = [stats.beta.ppf(_CUTS, *chosen), stats.beta.ppf(_CUTS, *other)]
    return _integral(lambda x: stats.beta.cdf(x, *chosen) * stats.beta.sf(x, *other), edges)


def _integral(curve: Callable[[Array], Array], edges: Sequence[Array]) -> float:
    """Integrate a curve between 0 and 1 from 0 to 1, piece by piece."""
    # The last 1e-14 at either end adds nothing, and quantiles there do not converge.
    cuts = np.unique(np.clip(np.concatenate([_CUTS, *edges]), _CUTS[0], _CUTS[-1]))
    half = np.diff(cuts) / 2
    points = (cuts[:-1] + half)[:, None] + half[:, None] * _NODES
    return float(cast("float", (half[:, None] * _WEIGHTS * curve(points)).sum()))
