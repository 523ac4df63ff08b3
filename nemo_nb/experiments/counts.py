"""What every analysis here stands on: a few numbers a variant, from wherever they came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nemo_nb.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Day:
    """One day of a test: the views and successes that each variant got on it."""

    day: str
    n: tuple[int, ...]
    successes: tuple[int, ...]


@dataclass(frozen=True)
class Rates:
    """Successes out of views.

    Attributes:
        names: The variants; the first is the reference.
        n: Views of each.
        successes: Clicks of each.
        days: How long it ran, if that is known.
        daily: The same a day, oldest first; empty without a date column.
    """

    names: tuple[str, ...]
    n: tuple[int, ...]
    successes: tuple[int, ...]
    days: float | None = None
    daily: tuple[Day, ...] = ()

    def arm(self, at: int) -> tuple[int, int]:
        """Return one variant's successes and n."""
        return self.successes[at], self.n[at]


@dataclass(frozen=True)
class Moments:
    """Of one variant's continuous metric; the covariate's are 0 where there is none.

    Variances and the covariance divide by n - 1.
    """

    n: int
    mean: float
    var: float
    x_mean: float = 0.0
    x_var: float = 0.0
    xy_cov: float = 0.0


@dataclass(frozen=True)
class Observed:
    """One variant's values, each with how often it came; the covariate's beside if any."""

    y: NDArray[np.float64]
    counts: NDArray[np.int64]
    x: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class Means:
    """A continuous metric.

    Attributes:
        names: The variants; the first is the reference.
        arms: Moments of each.
        observed: What the bootstrap needs of each variant; empty where it stayed with its
            engine.
        covariate: Whether the arms hold a covariate's moments.
        days: How long it ran, if that is known.
    """

    names: tuple[str, ...]
    arms: tuple[Moments, ...]
    observed: tuple[Observed, ...] = ()
    covariate: bool = False
    days: float | None = None

    @property
    def n(self) -> tuple[int, ...]:
        """Observations of each variant."""
        return tuple(arm.n for arm in self.arms)


def enough_variants(names: Sequence[str]) -> None:
    """Refuse fewer than two variants.

    Raises:
        InputError: There is one, or none.
    """
    if len(names) < 2:  # noqa: PLR2004 - a comparison takes two
        known = f"There is only {names[0]!r}." if names else "There is none: the data are empty."
        raise InputError("A comparison takes two variants or more.", known)


def ordered(
    names: Sequence[str],
    reference: str | None,
    split: Sequence[float] | Mapping[str, float] | None,
) -> list[str]:
    """Return the variants in the order of the result, the reference first.

    Args:
        names: As they were given.
        reference: Comes first if named.
        split: A mapping sets the order as well.

    Raises:
        InputError: The split or the reference names another variant.
    """
    order = list(names)
    if isinstance(split, Mapping):
        if set(split) != set(order):
            raise InputError(
                f"The split is for {', '.join(map(repr, split))}.",
                f"The variants are {', '.join(map(repr, order))}.",
            )
        order = list(split)
    if reference is not None:
        if reference not in order:
            raise InputError(
                f"There is no variant {reference!r} to compare with.",
                f"The variants are {', '.join(map(repr, order))}.",
            )
        order.remove(reference)
        order.insert(0, reference)
    return order


def shares(
    names: Sequence[str], split: Sequence[float] | Mapping[str, float] | None
) -> tuple[float, ...]:
    """Return the intended share of each variant, summing to one; equal ones without a split.

    Raises:
        InputError: A share is missing, not above zero, or one too many.
    """
    if split is None:
        return tuple(1 / len(names) for _ in names)
    parts = [split[name] for name in names] if isinstance(split, Mapping) else list(split)
    if len(parts) != len(names):
        raise InputError(
            f"The split has {len(parts)} shares for {len(names)} variants.",
            fix=f"Give one for each of {', '.join(map(repr, names))}, in this order.",
        )
    whole = sum(parts)
    for name, part in zip(names, parts, strict=True):
        if not 0 < part < float("inf"):
            raise InputError(f"Variant {name!r} has a share of {part} in the split.")
    return tuple(part / whole for part in parts)
