"""How far a loop is: a bar in a cell that ends as a line, a bar on a terminal, else nothing."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from html import escape
from typing import TypeVar

from nemo_nb.notebook.cell_view import Slot, bar

T = TypeVar("T")


def counted(items: Iterable[T], total: int, label: str, unit: str) -> Iterator[T]:
    """Yield *items*, showing how many of *total* there have been.

    Args:
        items: What is counted as it is done.
        total: How many there will be.
        label: What is under way.
        unit: What is counted, in the plural.
    """
    if not total:
        yield from items
    elif _in_kernel():
        yield from _in_cell(items, total, label, unit)
    else:
        yield from _on_terminal(items, total, label, unit)


def _on_terminal(items: Iterable[T], total: int, label: str, unit: str) -> Iterator[T]:
    from tqdm import tqdm  # noqa: PLC0415 - a bar for who watches

    nobody_looks = not sys.stderr.isatty() or os.environ.get("TERM") == "dumb"
    yield from tqdm(items, label, total, leave=False, unit=f" {unit}", disable=nobody_looks)


def _in_cell(items: Iterable[T], total: int, label: str, unit: str) -> Iterator[T]:
    slot, done = Slot(), 0
    slot.show_html(bar(label, done, total), label)
    try:
        for item in items:
            done += 1
            slot.show_html(bar(label, done, total), f"{label}: {done} of {total} {unit}")
            yield item
    finally:
        # After an error or an interrupt, too, the line says how far it came.
        words = f"{label}: {done} of {total} {unit}"
        slot.show_html(escape(words), words)


def _in_kernel() -> bool:
    from IPython.core.getipython import get_ipython  # noqa: PLC0415  # slow to import

    return getattr(get_ipython(), "kernel", None) is not None
