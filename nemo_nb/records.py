# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# (pandas has no complete types)
"""Rows that this package keeps, as a DataFrame with dtypes that hold when it is empty."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def records_frame(
    rows: Sequence[Sequence[Any]],
    columns: Sequence[str],
    *,
    integers: Collection[str] = (),
    floats: Collection[str] = (),
    times: Collection[str] = (),
    foreign: Collection[str] = (),
) -> pd.DataFrame:
    """Return *rows* as a frame; text unless named otherwise, None as missing.

    Args:
        rows: A value for each column.
        columns: Their names.
        integers: Become ``Int64``.
        floats: Become ``float64``.
        times: ISO 8601 text; become timestamps in UTC.
        foreign: Not ours; of the dtype that pandas infers.
    """
    import pandas as pd  # noqa: PLC0415 - slow to import

    frame = pd.DataFrame([list(row) for row in rows], columns=list(columns))
    for name in columns:
        if name in times:
            frame[name] = pd.to_datetime(frame[name], utc=True, format="ISO8601")
        elif name not in foreign:
            dtype = "Int64" if name in integers else "float64" if name in floats else "str"
            frame[name] = frame[name].astype(dtype)
    return frame
