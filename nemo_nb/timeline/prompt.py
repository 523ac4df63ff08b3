"""The video prompt that a timeline carries: as a dict, as text, and its shots as a frame."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from nemo_nb.timeline.columns import copied

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS: Final = {
    "shot": "Int64",
    "start_ms": "Int64",
    "end_ms": "Int64",
    "duration_ms": "Int64",
    "size": "str",
    "lens_mm": "Int64",
    "movement": "str",
    "description": "str",
}


def read_prompt(draft: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``m.prompt`` of *draft*, without what is for the studio alone; empty where none is."""
    meta = draft.get("m")
    prompt: Any = (
        cast("Mapping[str, Any]", meta).get("prompt") if isinstance(meta, Mapping) else None
    )
    if not isinstance(prompt, Mapping):
        return {}
    # A copy all through: what is done to it must not reach the timeline.
    known = copied(cast("Mapping[str, Any]", prompt))
    shots = [{name: shot.get(name) for name in _COLUMNS} for shot in _shots(known)]
    return {k: v for k, v in known.items() if k not in ("wish", "look")} | {"shots": shots}


def shots_frame(draft: Mapping[str, Any]) -> pd.DataFrame:
    """Return the shot list of *draft*, a row a shot; without a prompt, a frame without rows.

    Columns: ``shot, start_ms, end_ms, duration_ms, lens_mm`` (Int64), ``size, movement,
    description`` (str).
    """
    import pandas as pd  # noqa: PLC0415 - only who asks for a frame pays for pandas

    rows: list[dict[str, Any]] = read_prompt(draft).get("shots", [])
    columns = {
        name: pd.Series([row[name] for row in rows], dtype=cast("Any", dtype))
        for name, dtype in _COLUMNS.items()
    }
    return pd.DataFrame(columns)


def _shots(prompt: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    shots: Any = prompt.get("shots")
    if not isinstance(shots, list):
        return []
    return [
        cast("Mapping[str, Any]", shot)
        for shot in cast("list[Any]", shots)
        if isinstance(shot, Mapping)
    ]
