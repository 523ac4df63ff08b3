"""A table of wishes → rows that can be run: all of it is checked before anything is sent."""

from __future__ import annotations

import csv
import hashlib
import json
import math
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from nemo_nb.destination import file_name
from nemo_nb.errors import InputError, NemoError, SourceNotFound
from nemo_nb.export import Wish
from nemo_nb.skills import skill_named
from nemo_nb.sources import collect

COLUMNS: Final = ("source", "prompt", "skill", "name", "format", "quality", "resolution", "fps")
"""What a table may hold; only ``prompt`` must be there. Other columns are carried along."""

_OUTPUT: Final = ("format", "quality", "resolution", "fps")
_MOST_TOLD: Final = 5


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One video to make: what is uploaded, what is said, how it is exported.

    Attributes:
        name: The stem of its file; different in every row.
        prompt: The message to the agent.
        skill: One of the five.
        sources: Paths, globs or URLs, uploaded in this order.
        output: ``format quality resolution fps``, those that were given.
        extra: The table's other columns, as they came.
    """

    name: str
    prompt: str
    skill: str
    sources: tuple[str, ...] = ()
    output: Mapping[str, Any] = field(default_factory=dict[str, Any])
    extra: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def fingerprint(self) -> str:
        """Return what changes when the row asks for something else or a file of it is new."""
        asked = {key: value for key, value in asdict(self).items() if key != "extra"}
        seen = [
            (str(path), path.stat().st_size, path.stat().st_mtime_ns)
            for path in map(Path, self.sources)
            if path.is_file()
        ]
        text = json.dumps([asked, seen], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def read_rows(table: Any, *, skill: str) -> list[BatchRow]:
    """Return the rows of *table*, each checked.

    Args:
        table: A DataFrame, a list of mappings, or the path of a CSV file.
        skill: For rows that name none.

    Raises:
        InputError: The table is none of these, is empty, or has rows that cannot be run;
            every such row is named with its reason, the first five at length.
        SourceNotFound: There is no such CSV file.
    """
    records = _records(table)
    if not records:
        raise InputError("The batch has no rows.", fix="Give it a row a video: source and prompt.")
    rows: list[BatchRow] = []
    wrong: list[str] = []
    for number, record in enumerate(records, 1):
        try:
            rows.append(_row(record, number, skill))
        except NemoError as error:
            wrong.append(f"row {number}: {error}")
    clashes = [
        name for name, count in Counter(row.name.casefold() for row in rows).items() if count > 1
    ]
    wrong += [f"several rows are called {name!r}" for name in clashes]
    if wrong:
        more = f" And {len(wrong) - _MOST_TOLD} more." if len(wrong) > _MOST_TOLD else ""
        raise InputError(
            f"{len(wrong)} of {len(records)} rows cannot be run; nothing was started.",
            "; ".join(wrong[:_MOST_TOLD]) + more,
            "Mend the table and call batch() again.",
        )
    return rows


def _records(table: object) -> list[dict[str, Any]]:
    kind = type(table).__name__
    if isinstance(table, (str, os.PathLike)):
        path = Path(cast("str", table)).expanduser()
        try:
            with path.open(encoding="utf-8-sig", newline="") as lines:
                return [dict(record) for record in csv.DictReader(lines)]
        except FileNotFoundError:
            raise SourceNotFound(f"There is no table {path.name}.") from None
    to_dict: Callable[[str], list[dict[str, Any]]] | None = getattr(table, "to_dict", None)
    if callable(to_dict) and hasattr(table, "columns"):
        return to_dict("records")
    if isinstance(table, Iterable) and not isinstance(table, Mapping):
        records: list[Any] = list(cast("Iterable[Any]", table))
        if all(isinstance(record, Mapping) for record in records):
            return [dict(cast("Mapping[str, Any]", record)) for record in records]
    raise InputError(
        f"{kind} is no table.",
        fix="Pass a DataFrame, a list of dicts, or the path of a CSV file.",
    )


def _row(record: Mapping[str, Any], number: int, skill: str) -> BatchRow:
    values = {key: value for key, value in record.items() if not _is_missing(value)}
    prompt = str(values.get("prompt", "")).strip()
    if not prompt:
        raise InputError("it has no prompt.")
    chosen = skill_named(str(values.get("skill", skill)))
    sources = _sources(values.get("source"))
    if sources:
        # Subtitles are judged again by the backend that gets them.
        collect(sources, chosen, subtitles=True)
    output = _output(values)
    Wish(**output)
    stem = Path(sources[0]).stem if len(sources) == 1 else "video"
    wanted = str(values.get("name") or f"{number:03d}-{stem}")
    name = file_name(wanted)
    if name != wanted:
        raise InputError(f"{wanted!r} is no name for a file.", fix=f"Call it {name or stem!r}.")
    extra = {str(key): _plain(value) for key, value in values.items() if key not in COLUMNS}
    return BatchRow(name, prompt, chosen.name, sources, output, extra)


def _output(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a row is about its file; CSV cells are text, whatever they mean."""
    output = {key: _plain(values[key]) for key in _OUTPUT if key in values}
    with suppress(ValueError):
        output.update({key: float(output[key]) for key in ("fps",) if key in output})
    if "resolution" in output:
        output["resolution"] = str(output["resolution"])
    return output


def _sources(given: Any) -> tuple[str, ...]:
    if given is None:
        return ()
    several = cast("Sequence[Any]", given) if isinstance(given, (list, tuple)) else [given]
    for source in several:
        if not isinstance(source, (str, os.PathLike)):
            raise InputError(
                f"its source is {type(source).__name__}.",
                fix="A batch takes paths, globs and URLs: save pictures to files first.",
            )
    return tuple(
        text if "://" in text else str(Path(text).expanduser().absolute())
        for text in (os.fspath(cast("str", source)) for source in several)
    )


def _is_missing(value: Any) -> bool:
    """Whether a cell is empty, as CSV files and frames write it."""
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


def _plain(value: Any) -> Any:
    """Return a cell as JSON can hold it: numpy's numbers as Python's, sizes as text."""
    if isinstance(value, tuple):
        return "x".join(map(str, cast("tuple[Any, ...]", value)))
    item = getattr(value, "item", None)
    plain = item() if callable(item) else value
    return int(plain) if isinstance(plain, float) and plain.is_integer() else plain
