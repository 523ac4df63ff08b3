"""``abtest``: arguments → counts → result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from string import ascii_uppercase
from typing import Any, Final, cast

import pandas as pd

from nemo_nb.errors import InputError
from nemo_nb.experiments import means, rates
from nemo_nb.experiments.bayes import Prior, prior_of
from nemo_nb.experiments.common import Settings
from nemo_nb.experiments.counts import Day, Means, Rates, enough_variants, ordered, shares
from nemo_nb.experiments.frames import Frame, frame_of, read_means, read_rates
from nemo_nb.experiments.result import ABResult

_DESIGNS: Final = {"randomised": True, "randomized": True, "observational": False}


def abtest(
    data: Any = None,
    *,
    views: Any = None,
    clicks: Any = None,
    metric: Any = None,
    variant: Any = None,
    covariate: Any = None,
    design: str = "randomised",
    alpha: float = 0.05,
    split: Sequence[float] | Mapping[str, float] | None = None,
    prior: Prior = "jeffreys",
    days: float | str | None = None,
    reference: str | None = None,
    seed: int = 0,
) -> ABResult:
    """Compare variants by what their viewers did; the first is the reference.

    Counts as lists::

        abtest(views=[5200, 5160], clicks=[312, 377])
        abtest(views={"bold": 5200, "clean": 5160}, clicks={"bold": 312, "clean": 377})

    A frame of counts, or a log with a row an event (pandas, polars, DuckDB, PyArrow, Dask,
    PySpark: its own engine adds up)::

        abtest(frame, variant="style", views="views", clicks="clicks")
        abtest(log, variant="style", clicks="clicked", days="seen_at")
        abtest(log, variant="style", metric="seconds_watched", covariate="seconds_before")

    Args:
        data: A frame; then the next five name its columns.
        views: Views of each variant: a list, a mapping by name, or a column. Without it, a
            row is a view.
        clicks: Clicks (or any success) of each variant, likewise.
        metric: Instead of clicks: a continuous metric, a list of numbers a variant, or a
            column.
        variant: Names of the variants (A, B, … if not given), or their column. In the order
            given; event logs in alphabetical order.
        covariate: The same viewers' metric from before the test, in the metric's shape: used
            by CUPED.
        design: "randomised", or "observational" where viewers were not assigned at random.
        alpha: One minus the confidence level.
        split: Intended share of each variant, in their order or by name; equal if not given.
            With an observational design nothing was intended unless given.
        prior: Of the rates: "jeffreys", "uniform", "kerman", or the two parameters of a Beta.
        days: How many days the test ran, or the column of dates.
        reference: Name of the variant to compare with, if not the first.
        seed: Makes everything that is drawn repeatable.

    Raises:
        InputError: Something cannot be counts: says which row or variant, and why.
    """
    if design not in _DESIGNS:
        raise InputError(
            f"There is no design {design!r}.", fix='Use "randomised" or "observational".'
        )
    if not 0 < alpha < 1:
        raise InputError(f"alpha is {alpha:g}.", "It lies between 0 and 1; 0.05 is usual.")
    prior_of(prior)
    if (clicks is None) == (metric is None):
        raise InputError(
            "What is to be compared?", fix="Give clicks= (a rate), or metric= (a mean)."
        )
    if covariate is not None and metric is None:
        raise InputError(
            "A covariate goes with a continuous metric.",
            fix="Pass the clicked column, 0 or 1 a viewer, as metric=.",
        )
    found = (
        _counts(data, views, clicks, variant, days)
        if metric is None
        else _metric(data, metric, variant, covariate, days)
    )
    found = _arranged(found, ordered(found.names, reference, split))
    intended = shares(found.names, split)
    randomised = _DESIGNS[design]
    settings = Settings(
        randomised=randomised,
        alpha=alpha,
        shares=intended if randomised or split is not None else None,
        assumed_even=split is None,
        prior=prior,
        seed=seed,
    )
    if isinstance(found, Rates):
        return rates.analyse(found, settings)
    return means.analyse(found, settings)


def _counts(data: Any, views: Any, clicks: Any, variant: Any, days: Any) -> Rates:
    if data is not None:
        frame, group, (won, seen), day = _columns(
            data, variant, days, {"clicks": clicks, "views": views}
        )
        return _timed(read_rates(frame, group, cast("str", won), seen, day), days)
    if views is None and variant is None:
        raise InputError(
            "Clicks out of how many?", fix="Give views= as well, or data= with a row a view."
        )
    names, columns = _aligned({"views": views, "clicks": clicks}, variant)
    _same_length({"variant": names, **columns})
    _some(names)
    frame = frame_of(pd.DataFrame({"variant": names, **columns}))
    seen = "views" if "views" in columns else None
    return _timed(read_rates(frame, "variant", "clicks", seen), _number_of(days))


def _metric(data: Any, metric: Any, variant: Any, covariate: Any, days: Any) -> Means:
    if data is not None:
        frame, group, (y, x), day = _columns(
            data, variant, days, {"metric": metric, "covariate": covariate}
        )
        return _timed(read_means(frame, group, cast("str", y), x, day), days)
    names, columns = _aligned({"metric": metric, "covariate": covariate}, variant)
    if columns["metric"] and not isinstance(columns["metric"][0], Iterable):
        # One number a row, with the variant's name beside it.
        if variant is None:
            raise InputError(
                "To which variant does each number belong?",
                fix="Give variant= with a name for each, or metric= as a list of lists.",
            )
        long = {"variant": names, **columns}
        _same_length(long)
    else:
        _same_length({"variant": names, **columns})
        long = _unstacked(names, columns)
    _some(names)
    order = list(dict.fromkeys(names))
    earlier = "covariate" if "covariate" in columns else None
    read = read_means(frame_of(pd.DataFrame(long)), "variant", "metric", earlier)
    return _arranged(_timed(read, _number_of(days)), order)


def _unstacked(names: Sequence[str], columns: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    """Return lists of lists as one list each, a row an observation."""
    long: dict[str, list[Any]] = {"variant": [], **{column: [] for column in columns}}
    for at, name in enumerate(names):
        parts = {
            column: _listed(f"{column} of {name!r}", lists[at]) for column, lists in columns.items()
        }
        lengths = {len(part) for part in parts.values()}
        if lengths == {0}:
            raise InputError(f"Variant {name!r} has no observations.")
        if len(lengths) > 1:
            told = " and ".join(f"{len(part):,} of {column}" for column, part in parts.items())
            raise InputError(
                f"Variant {name!r} has {told}.", "They belong to the same viewers, one each."
            )
        for column, part in parts.items():
            long[column] += part
        long["variant"] += [name] * lengths.pop()
    return long


def _columns(
    data: Any, variant: Any, days: Any, named: Mapping[str, Any]
) -> tuple[Frame, str, list[str | None], str | None]:
    """Return the frame, and the columns that were named."""
    for argument, column in {"variant": variant, **named}.items():
        if column is not None and not isinstance(column, str):
            raise InputError(
                f"{argument}= is {type(column).__name__}.",
                "With data=, it names a column.",
            )
    if variant is None:
        raise InputError("Which column says the variant?", fix='Name it: variant="style".')
    return (
        frame_of(data),
        variant,
        list(named.values()),
        days if isinstance(days, str) else None,
    )


def _aligned(given: Mapping[str, Any], variant: Any) -> tuple[list[str], dict[str, list[Any]]]:
    """Return the variants' names, and the arguments that were given as lists in that order."""
    present = {name: value for name, value in given.items() if value is not None}
    named = {name: found for name, value in present.items() if (found := _by_name(value))}
    if variant is not None:
        names = [str(name) for name in _listed("variant", variant)]
    elif named:
        names = list(next(iter(named.values())))
    else:
        count = max(len(_listed(name, value)) for name, value in present.items())
        letters = ascii_uppercase
        names = [letters[at] if at < len(letters) else f"V{at + 1}" for at in range(count)]
    for argument, found in named.items():
        if set(found) != set(names):
            raise InputError(
                f"{argument}= is for {', '.join(map(repr, found))}.",
                f"The variants are {', '.join(map(repr, names))}.",
            )
    return names, {
        name: [named[name][key] for key in names] if name in named else _listed(name, value)
        for name, value in present.items()
    }


def _by_name(given: Any) -> dict[str, Any] | None:
    """Return a mapping, or a pandas Series with names for an index, as a dict."""
    if isinstance(given, pd.Series) and not isinstance(given.index, pd.RangeIndex):
        given = cast("Any", given).to_dict()
    if isinstance(given, Mapping):
        return {str(name): value for name, value in cast("Mapping[Any, Any]", given).items()}
    return None


def _some(names: Sequence[str]) -> None:
    # Before dtypes are looked at: an empty list has none.
    enough_variants(list(dict.fromkeys(names)))


def _listed(argument: str, given: Any) -> list[Any]:
    """Return a list or an array as a list."""
    if isinstance(given, (str, bytes, Mapping)) or not isinstance(given, Iterable):
        raise InputError(
            f"{argument} is {given!r}.",
            fix="Give one value for each variant, or data= with the names of its columns.",
        )
    return list(cast("Iterable[Any]", given))


def _same_length(columns: Mapping[str, Sequence[Any]]) -> None:
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{length} {name}" for name, length in lengths.items())
        raise InputError(f"The lists differ in length: {told}.", "They belong together, one each.")


def _number_of(days: Any) -> float | None:
    if isinstance(days, str):
        raise InputError(
            f"days= names a column ({days!r}), but there is no data=.",
            fix="Give the number of days.",
        )
    return days


def _timed(found: Any, days: Any) -> Any:
    if days is None or isinstance(days, str):
        return found
    if not days > 0:
        raise InputError(f"{days} days cannot be.", "A test runs for more than none.")
    return replace(found, days=float(days))


def _arranged(found: Any, names: Sequence[str]) -> Any:
    """Return the same counts with the variants in the order of *names*."""
    order = [found.names.index(name) for name in names]

    def pick(parts: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(parts[at] for at in order) if parts else ()

    if isinstance(found, Rates):
        daily = tuple(Day(day.day, pick(day.n), pick(day.successes)) for day in found.daily)
        return replace(
            found,
            names=pick(found.names),
            n=pick(found.n),
            successes=pick(found.successes),
            daily=daily,
        )
    return replace(
        found, names=pick(found.names), arms=pick(found.arms), observed=pick(found.observed)
    )
