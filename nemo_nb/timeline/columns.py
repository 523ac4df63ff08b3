"""Lists of JSON objects as columns: the values of a key, as numbers, texts, copies.

Nothing raises on what a value turns out to be. An integer that is NaN, a word, or beyond
64 bits is missing; a text that is no text is empty.
"""

from __future__ import annotations

import gc
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from nemo_nb.timeline.draft import number, whole

Json = Mapping[str, Any]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_NOTHING: Final[Json] = {}
_INT64_MAX: Final = 2**63 - 1
# Columns pay off where rows share their keys; a draft may also name a new one in every row.
FEW_KEYS: Final = 64
ATOMS: Final = frozenset((str, int, float, bool, type(None)))


class Objects:
    """JSON objects read by key; what a list holds besides objects is skipped.

    Args:
        value: Anything; only a list or tuple has objects.
        keep_all: Read what is no object as an empty one, to keep the rows in step.
    """

    def __init__(self, value: Any, *, keep_all: bool = False) -> None:
        listed = cast("Sequence[Any]", value) if isinstance(value, (list, tuple)) else ()
        self.items: list[Json]
        # `dict` is asked first: the abstract class costs ten times as much.
        if set(map(type, listed)) == {dict}:
            self.items = list(listed)
        elif keep_all:
            self.items = [
                item if isinstance(item, (dict, Mapping)) else _NOTHING for item in listed
            ]
        else:
            self.items = [item for item in listed if isinstance(item, (dict, Mapping))]
        self.keys: set[Any] = set().union(*self.items)
        self._parts: Sequence[Objects] = (self,)

    @classmethod
    def joined(cls, parts: Sequence[Objects]) -> Objects:
        """Return the objects of *parts* as one, read part by part: tracks have their own keys."""
        whole_lot = cls(())
        whole_lot.items = [item for part in parts for item in part.items]
        whole_lot.keys = set[Any]().union(*(part.keys for part in parts))
        whole_lot._parts = parts
        return whole_lot

    def inner(self, keys: Sequence[str]) -> Objects:
        """Return what is behind the first of *keys* in each; an empty one where it is no object."""
        if len(self._parts) > 1:
            return Objects.joined([part.inner(keys) for part in self._parts])
        return Objects(self.column(keys), keep_all=True)

    def __len__(self) -> int:
        return len(self.items)

    def column(self, keys: Sequence[str]) -> list[Any]:
        """Return, for each object, the first value that one of *keys* gives, else None."""
        here = [key for key in keys if key in self.keys]
        if not here:
            return [None] * len(self.items)
        if len(self._parts) > 1:
            return list(chain.from_iterable(part.column(here) for part in self._parts))
        values = [item.get(here[0]) for item in self.items]
        for alias in here[1:]:
            values = [
                item.get(alias) if value is None else value
                for item, value in zip(self.items, values, strict=True)
            ]
        return values

    def texts(self, keys: Sequence[str]) -> list[str]:
        """Return :meth:`column`, with an empty string for what is no text."""
        if self.keys.isdisjoint(keys):
            return [""] * len(self.items)
        values = self.column(keys)
        types = set(map(type, values))
        if types == {str}:
            return values
        if types <= {str, type(None)}:
            return [value or "" for value in values]
        return [value if isinstance(value, str) else "" for value in values]

    def copies(self) -> list[dict[str, Any]]:
        """Return a copy of each object that shares nothing that can change."""
        if len(self._parts) > 1:
            return list(chain.from_iterable(part.copies() for part in self._parts))
        if len(self.keys) > FEW_KEYS:
            return [copied(item) for item in self.items]
        copies = [dict(item) for item in self.items]
        if _are_atoms(chain.from_iterable(item.values() for item in self.items)):
            return copies
        for key in self.keys:
            values = self.column((key,))
            if _are_atoms(values):
                continue
            for copy, value in zip(copies, _copied_all(values), strict=True):
                if key in copy:
                    copy[key] = value
        return copies


def either(preferred: Sequence[str], other: Sequence[str]) -> list[str]:
    """Return *preferred*, filled from *other* where it is empty."""
    if not any(other):
        return list(preferred)
    return [one or two for one, two in zip(preferred, other, strict=True)]


@dataclass(frozen=True, slots=True)
class Whole:
    """A column of integers, some of them missing (and 0 in ``ints``)."""

    ints: npt.NDArray[np.int64]
    missing: Mask

    @property
    def array(self) -> pd.arrays.IntegerArray:
        """The column as nullable ``Int64``."""
        return pd.arrays.IntegerArray(self.ints, self.missing)

    def plus(self, other: Whole) -> Whole:
        """Return the sum; missing where either is, or where 64 bits do not hold it."""
        with np.errstate(over="ignore"):
            total = self.ints + other.ints
        same_sign = (self.ints < 0) == (other.ints < 0)
        overflow = same_sign & ((total < 0) != (self.ints < 0))
        missing = self.missing | other.missing | overflow
        return Whole(np.where(missing, 0, total), missing)

    def without(self, mask: Mask) -> Whole:
        """Return it with the rows of *mask* missing too."""
        missing = self.missing | mask
        return Whole(np.where(missing, 0, self.ints), missing)


def wholes(values: Sequence[Any], unset: int | None = None) -> Whole:
    """Return *values* as integers; None gives *unset*, and no *unset* is missing."""
    types = set(map(type, values))
    if types <= {int, type(None)}:
        known = values
        if len(types) > 1 or int not in types:
            known = [unset or 0 if value is None else value for value in values]
        try:
            plain = np.array(known, dtype=np.int64)
        except OverflowError:
            pass
        else:
            missing = plain < -_INT64_MAX
            if unset is None and type(None) in types:
                missing |= np.array([value is None for value in values], dtype=bool)
            return Whole(plain, np.zeros(len(plain), dtype=bool)).without(missing)
    read = [unset if value is None else whole(value) for value in values]
    return Whole(
        np.array([value or 0 for value in read], dtype=np.int64),
        np.array([value is None for value in read], dtype=bool),
    )


def rounded(values: Floats) -> Whole:
    """Return floats as integers; missing where they are NaN or 64 bits do not hold them."""
    known = np.abs(values) < _INT64_MAX
    return Whole(np.where(known, np.rint(values), 0).astype(np.int64), ~known)


def floats(values: Sequence[Any], unset: float = np.nan) -> Floats:
    """Return *values* as finite floats; None gives *unset*, what is no number NaN."""
    types = set(map(type, values))
    filled = values
    if type(None) in types:
        filled = [unset if value is None else value for value in values]
    if types <= {float, int, type(None)}:
        try:
            plain = np.array(filled, dtype=np.float64)
        except OverflowError:
            pass
        else:
            plain[np.isinf(plain)] = np.nan
            return plain
    return np.array(
        [np.nan if (read := number(value)) is None else read for value in filled],
        dtype=np.float64,
    )


def strings(values: Sequence[str]) -> Any:
    """Return a ``str`` column; half of a surrogate pair becomes U+FFFD, as in a file."""
    try:
        "".join(values).encode()
    except UnicodeEncodeError:
        values = [v.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for v in values]
    return pd.array(np.array(values, dtype=object), dtype="str")


def ints(values: Any) -> Any:
    """Return an ``Int64`` column of known integers."""
    return pd.array(np.asarray(values, dtype=np.int64), dtype="Int64")


def category(values: Sequence[str], categories: Sequence[str]) -> pd.Categorical:
    """Return a category column; what is in none of *categories* is the last of them."""
    last = categories[-1]
    return pd.Categorical(
        [value if value in categories else last for value in values], categories=list(categories)
    )


def cells(values: Sequence[Any]) -> npt.NDArray[np.object_]:
    """Return an object column, one object a cell, lists and dicts included."""
    column = np.empty(len(values), dtype=object)
    for index, value in enumerate(values):
        column[index] = value
    return column


def rows(frame: pd.DataFrame, *names: str) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of some columns as tuples of plain values; ``pd.NA`` where unknown."""
    # pandas has no complete types: what leaves it here is Any, and said to be.
    loose = cast("Any", frame)
    return zip(*(loose[name].tolist() for name in names), strict=True)


def listed(frame: pd.DataFrame, name: str) -> list[Any]:
    """Return one column as a list of plain values; ``pd.NA`` where unknown."""
    return cast("Any", frame)[name].tolist()


def timed(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a captions frame whose start and end are known."""
    loose = cast("Any", frame)
    return loose[loose["start_ms"].notna() & loose["end_ms"].notna()]


@contextmanager
def unhurried_collector() -> Generator[None]:
    """Hold Python's cycle collector while many small objects are made that all stay.

    It counts new objects and would walk the whole draft, several times over, for nothing:
    half of the time at 100,000 segments.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def copied(value: Any) -> Any:
    """Return *value* with every dict and list in it copied, however deep it goes."""
    if type(value) in ATOMS or not isinstance(value, (dict, list, Mapping)):
        return value
    shell: Any = [] if isinstance(value, list) else {}
    todo: list[tuple[Any, Any]] = [(value, shell)]
    while todo:
        source, target = todo.pop()
        if isinstance(source, list):
            for item in cast("list[Any]", source):
                target.append(_entered(item, todo))
        else:
            for key, item in cast("Iterable[tuple[Any, Any]]", source.items()):
                target[key] = _entered(item, todo)
    return shell


def _copied_all(values: Sequence[Any]) -> list[Any]:
    """Return :func:`copied` of each, quicker where all are flat objects, as styles are."""
    if set(map(type, values)) == {dict}:
        flat = cast("Sequence[dict[str, Any]]", values)
        if _are_atoms(chain.from_iterable(value.values() for value in flat)):
            return [value.copy() for value in flat]
    return list(map(copied, values))


def _are_atoms(values: Iterable[Any]) -> bool:
    return ATOMS.issuperset(map(type, values))


def _entered(item: Any, todo: list[tuple[Any, Any]]) -> Any:
    """Return *item*, or the empty copy of a container that *todo* will fill."""
    if not isinstance(item, (dict, list)):
        return item
    inner: Any = [] if isinstance(item, list) else {}
    todo.append((cast("Any", item), inner))
    return inner
