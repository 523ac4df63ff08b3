"""What no count and no metric can be, looked for by the frame's own engine.

Each check is a column of flags; their sums come back with the counts, and the first that is
not zero becomes an error that names the row (where rows are at hand) or the variant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import narwhals as nw

from nemo_nb.errors import InputError

# The variant's column in every frame here.
GROUP: Final = "nemo_variant"


@dataclass(frozen=True)
class Check:
    """A way in which a row can be wrong.

    Attributes:
        name: Of the check.
        flag: Whether a row is wrong in this way.
        said: What such a row has, for the error.
    """

    name: str
    flag: nw.Expr
    said: str

    @property
    def column(self) -> str:
        """Where the flags are kept in the frame."""
        return f"nemo_{self.name}"


def must_be_numbers(column: str, dtype: Any) -> None:
    """Refuse a column that holds neither numbers nor booleans.

    Raises:
        InputError: It does not.
    """
    if not (dtype.is_numeric() or dtype == nw.Boolean):
        raise InputError(
            f"Column {column!r} holds {dtype}, not numbers.",
            fix="Convert it first, and drop what is no number.",
        )


def missing(column: str, dtype: Any, name: str = "no_variant") -> Check:
    """Return the check for a label that is not there."""
    flag = nw.col(column).is_null()
    if dtype.is_float():
        flag = flag | nw.col(column).is_nan()
    return Check(name, flag, f"no value in {column!r}")


def number_checks(role: str, column: str, dtype: Any) -> list[Check]:
    """Return the checks for a number that must be there; the first that applies is told."""
    told = repr(column) if role == column else f"{role} ({column!r})"
    if dtype.is_integer() or dtype == nw.Boolean:
        return [Check(f"{role}_none", nw.col(column).is_null(), f"no value for {told}")]
    value = nw.col(column).cast(nw.Float64)
    return [
        Check(f"{role}_none", value.is_null() | value.is_nan(), f"no value (NaN) for {told}"),
        Check(f"{role}_inf", ~value.is_finite() & ~value.is_nan(), f"infinite {told}"),
    ]


def count_checks(role: str, column: str, dtype: Any) -> list[Check]:
    """Return the checks for a whole number of at least zero."""
    checks = number_checks(role, column, dtype)
    if dtype == nw.Boolean:
        return checks
    told = repr(column) if role == column else f"{role} ({column!r})"
    checks.append(Check(f"{role}_low", nw.col(column) < 0, f"negative {told}"))
    if not dtype.is_integer():
        value = nw.col(column).cast(nw.Float64)
        checks.append(Check(f"{role}_part", value != value.round(0), f"a fraction of {told}"))
    return checks


def flags(checks: Sequence[Check]) -> dict[str, nw.Expr]:
    """Return the columns of flags, 0 or 1, that the engine is to add up."""
    return {check.column: check.flag.fill_null(value=False).cast(nw.Int64) for check in checks}


def refuse(
    work: nw.DataFrame[Any] | nw.LazyFrame[Any],
    found: Sequence[Mapping[str, Any]],
    checks: Sequence[Check],
    variant: str,
) -> None:
    """Refuse what the checks found.

    Args:
        work: The frame with its flags.
        found: Its totals, a row a variant (and a day).
        checks: In the order in which they are told.
        variant: The column that says which variant.

    Raises:
        InputError: A flag is up somewhere.
    """
    for check in checks:
        bad = [(row[GROUP], count) for row in found if (count := int(row[check.column] or 0))]
        if not bad:
            continue
        total = sum(count for _, count in bad)
        named = check.name != "no_variant"
        if isinstance(work, nw.DataFrame):
            at = work.get_column(check.column).to_list().index(1)
            name = work.get_column(variant).to_list()[at]
            whose = f", variant {str(name)!r}," if named else ""
            raise InputError(
                f"Row {at} (counting from 0){whose} has {check.said}.",
                f"{total:,} rows are like that." if total > 1 else "",
            )
        names = ", ".join(sorted({repr(str(group)) for group, _ in bad}))
        whose = f" of variant {names}" if named else ""
        rows, has = ("A row", "has") if total == 1 else (f"{total:,} rows", "have")
        raise InputError(f"{rows}{whose} {has} {check.said}.")
