"""Frames of any kind → counts, by narwhals: the frame's own engine adds up, only counts return.

pandas, polars and PyArrow tables are at hand; polars LazyFrames, DuckDB relations, Dask and
PySpark frames stay where they are, and what comes back is a row a variant (and a day).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, cast

import narwhals as nw
import numpy as np

from nemo_nb.errors import InputError
from nemo_nb.experiments.checks import (
    GROUP,
    Check,
    count_checks,
    flags,
    missing,
    must_be_numbers,
    number_checks,
    refuse,
)
from nemo_nb.experiments.counts import (
    Day,
    Means,
    Moments,
    Observed,
    Rates,
    enough_variants,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

Frame = nw.DataFrame[Any] | nw.LazyFrame[Any]

# Beyond this many distinct values a variant, fetching them from a remote engine is no longer
# "only counts come back"; the bootstrap is then left out.
MOST_DISTINCT: Final = 20_000

_DAY: Final = "nemo_day"


def frame_of(data: Any) -> Frame:
    """Return *data* as a narwhals frame.

    Raises:
        InputError: It is no frame.
    """
    if isinstance(data, Mapping):
        import pandas as pd  # noqa: PLC0415 - only for plain dicts

        data = pd.DataFrame(dict(cast("Mapping[str, Any]", data)))
    try:
        return cast("Frame", nw.from_native(data))
    except TypeError:
        raise InputError(
            f"{type(data).__name__} is no frame.",
            fix="Pass a pandas, polars, DuckDB, PyArrow, Dask or PySpark frame, or views= and "
            "clicks= as lists.",
        ) from None


def read_rates(
    frame: Frame, variant: str, clicks: str, views: str | None = None, day: str | None = None
) -> Rates:
    """Return the counts of a frame.

    Args:
        frame: A row an event, or a row with counts.
        variant: Column that says which variant.
        clicks: Column of successes: 0/1, booleans, or counts.
        views: Column of views; without it every row is one view.
        day: Column of dates or times.

    Raises:
        InputError: A column is missing or holds what no count can be; names the row where
            the rows are at hand, else the variant.
    """
    dtypes = _dtypes(frame, variant, clicks, views, day)
    won = _number(clicks, dtypes[clicks])
    seen = nw.lit(1) if views is None else _number(views, dtypes[views])
    checks = [missing(variant, dtypes[variant]), *count_checks("clicks", clicks, dtypes[clicks])]
    if views is None:
        more = Check("more", won > 1, f"more than one click ({clicks!r}) in one view")
    else:
        checks += count_checks("views", views, dtypes[views])
        more = Check("more", won > seen, f"more clicks ({clicks!r}) than views ({views!r})")
    checks.append(more)
    keys = {GROUP: nw.col(variant)}
    if day is not None:
        checks.append(missing(day, dtypes[day], "no_day"))
        keys[_DAY] = _day(day, dtypes[day])
    work = frame.with_columns(**keys, nemo_won=won, nemo_seen=seen, **flags(checks))
    found = _rows(
        work.group_by(*keys).agg(
            nw.len().alias("rows"),
            nw.col("nemo_won").sum(),
            nw.col("nemo_seen").sum(),
            *(nw.col(check.column).sum() for check in checks),
        )
    )
    refuse(work, found, checks, variant)
    groups = _order(frame, variant, found)
    enough_variants([str(group) for group in groups])
    cells = {
        (row[GROUP], _text(row.get(_DAY))): (int(row["nemo_seen"]), int(row["nemo_won"]))
        for row in found
    }
    days = sorted({at for _, at in cells})
    table = [
        Day(
            at,
            tuple(cells.get((group, at), (0, 0))[0] for group in groups),
            tuple(cells.get((group, at), (0, 0))[1] for group in groups),
        )
        for at in days
    ]
    rates = Rates(
        names=tuple(str(group) for group in groups),
        n=tuple(sum(counts) for counts in zip(*(one.n for one in table), strict=True)),
        successes=tuple(
            sum(counts) for counts in zip(*(one.successes for one in table), strict=True)
        ),
        days=len(days) if day is not None else None,
        daily=tuple(table) if day is not None else (),
    )
    for name, n in zip(rates.names, rates.n, strict=True):
        if not n:
            raise InputError(f"Variant {name!r} has no views.")
    return rates


def read_means(
    frame: Frame,
    variant: str,
    metric: str,
    covariate: str | None = None,
    day: str | None = None,
) -> Means:
    """Return the moments of a continuous metric, and its values where they are few or at hand.

    Args:
        frame: A row an observation.
        variant: Column that says which variant.
        metric: Column of numbers.
        covariate: Column of the same unit's numbers from before the test.
        day: Column of dates or times.

    Raises:
        InputError: A column is missing or holds what is no number.
    """
    dtypes = _dtypes(frame, variant, metric, covariate, day)
    must_be_numbers(metric, dtypes[metric])
    y = nw.col(metric).cast(nw.Float64)
    numbers = [("metric", metric)]
    columns = {GROUP: nw.col(variant), "nemo_y": y}
    if covariate is not None:
        must_be_numbers(covariate, dtypes[covariate])
        numbers.append(("covariate", covariate))
        columns["nemo_x"] = nw.col(covariate).cast(nw.Float64)
    checks = [missing(variant, dtypes[variant])]
    for role, column in numbers:
        checks += number_checks(role, column, dtypes[column])
    work = frame.with_columns(**columns, **flags(checks))
    totals = [nw.col("nemo_y").mean().alias("mean"), nw.col("nemo_y").var().alias("var")]
    if covariate is not None:
        # var(x + y) gives the covariance without a second pass over the data.
        work = work.with_columns(nemo_xy=nw.col("nemo_y") + nw.col("nemo_x"))
        totals += [
            nw.col("nemo_x").mean().alias("x_mean"),
            nw.col("nemo_x").var().alias("x_var"),
            nw.col("nemo_xy").var().alias("xy_var"),
        ]
    found = _rows(
        work.group_by(GROUP).agg(
            nw.len().alias("rows"),
            nw.col("nemo_y").n_unique().alias("distinct"),
            *totals,
            *(nw.col(check.column).sum() for check in checks),
        )
    )
    refuse(work, found, checks, variant)
    groups = _order(frame, variant, found)
    enough_variants([str(group) for group in groups])
    by_group = {row[GROUP]: row for row in found}
    for group, row in by_group.items():
        if int(row["rows"]) < 2:  # noqa: PLR2004 - a variance takes two
            raise InputError(
                f"Variant {str(group)!r} has one observation.", "A mean's interval takes two."
            )
    return Means(
        names=tuple(str(group) for group in groups),
        arms=tuple(_moments(by_group[group]) for group in groups),
        observed=_observed(work, groups, by_group, covariate),
        covariate=covariate is not None,
        days=None if day is None else _distinct_days(frame, day, dtypes[day]),
    )


def _moments(row: Mapping[str, Any]) -> Moments:
    x_var, xy_var = float(row.get("x_var", 0)), float(row.get("xy_var", 0))
    var = float(row["var"])
    covariance = (xy_var - var - x_var) / 2 if "x_var" in row else 0.0
    return Moments(
        int(row["rows"]), float(row["mean"]), var, float(row.get("x_mean", 0)), x_var, covariance
    )


def _observed(
    work: Frame, groups: Sequence[Any], rows: Mapping[Any, Mapping[str, Any]], covariate: str | None
) -> tuple[Observed, ...]:
    if isinstance(work, nw.DataFrame):
        parts = [work.filter(nw.col(GROUP) == group) for group in groups]
        if covariate is not None:
            return tuple(
                Observed(_floats(part, "nemo_y"), np.ones(len(part), int), _floats(part, "nemo_x"))
                for part in parts
            )
        return tuple(
            Observed(*np.unique(_floats(part, "nemo_y"), return_counts=True)) for part in parts
        )
    if covariate is not None or max(int(row["distinct"]) for row in rows.values()) > MOST_DISTINCT:
        return ()
    counted = _rows(work.group_by(GROUP, "nemo_y").agg(nw.len().alias("rows")))
    return tuple(
        Observed(
            np.array([row["nemo_y"] for row in counted if row[GROUP] == group], float),
            np.array([row["rows"] for row in counted if row[GROUP] == group], int),
        )
        for group in groups
    )


def _floats(frame: nw.DataFrame[Any], column: str) -> NDArray[np.float64]:
    return np.asarray(frame.get_column(column).to_numpy(), float)


def _distinct_days(frame: Frame, day: str, dtype: Any) -> int:
    found = _rows(
        frame.with_columns(**{_DAY: _day(day, dtype)}).group_by(_DAY).agg(nw.len().alias("rows"))
    )
    return len({_text(row[_DAY]) for row in found} - {""})


def _dtypes(frame: Frame, *columns: str | None) -> dict[str, Any]:
    schema = dict(frame.collect_schema())
    for column in columns:
        if column is not None and column not in schema:
            raise InputError(
                f"The frame has no column {column!r}.",
                f"Its columns are {', '.join(map(repr, schema))}.",
            )
    return schema


def _number(column: str, dtype: Any) -> nw.Expr:
    """Return a column of counts as integers; fractions and NaN are found by the checks."""
    must_be_numbers(column, dtype)
    if dtype.is_integer():
        return nw.col(column)
    return nw.col(column).cast(nw.Int64 if dtype == nw.Boolean else nw.Float64)


def _order(frame: Frame, variant: str, found: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Return the variants: in the order of the rows if there is one each, else sorted."""
    groups = {row[GROUP]: 0 for row in found}
    if isinstance(frame, nw.DataFrame) and len(frame) == len(groups):
        return frame.get_column(variant).to_list()
    key: Callable[[Any], Any] = str
    if all(isinstance(group, (int, float)) for group in groups):
        key = float
    return sorted(groups, key=key)


def _day(column: str, dtype: Any) -> nw.Expr:
    value = nw.col(column)
    if dtype == nw.Datetime:
        return value.dt.truncate("1d")
    if dtype in (nw.Date, nw.String):
        return value
    raise InputError(
        f"Column {column!r} holds {dtype}, not dates.",
        fix="Convert it first, or give days= as a number.",
    )


def _text(day: Any) -> str:
    if day is None or day != day:  # noqa: PLR0124 - NaT
        return ""
    return str(day)[:10]


def _rows(frame: Frame) -> list[dict[str, Any]]:
    """Return a small result as rows; here, and only here, a remote engine runs."""
    if isinstance(frame, nw.LazyFrame):
        # DuckDB and Dask hand over to pandas without a further package.
        engine = frame.implementation
        frame = frame.collect("pandas" if engine.is_duckdb() or engine.is_dask() else None)
    return frame.rows(named=True)
