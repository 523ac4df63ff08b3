"""Which cell shows which widgets: those of its last run, until it runs again."""

from __future__ import annotations

from typing import Any, Protocol

from nemo_nb.notebook.widgets.base import running_cell


class Closable(Protocol):
    """Something that a cell shows."""

    def close(self) -> None:
        """Take it away."""
        ...


class CellWidgets:
    """The widgets of one kind, by the cell that shows them.

    Jupyter does not close what a cell showed when the cell runs again, so that every run would
    leave a widget behind in the kernel.
    """

    def __init__(self) -> None:
        self._of: dict[str, list[tuple[str, Closable]]] = {}

    def add(self, widget: Closable) -> None:
        """Note that the running cell shows *widget*; close what an earlier run of it showed."""
        cell, run = running_cell(), _running()
        if not cell:
            return
        before = self._of.pop(cell, [])
        kept = [entry for entry in before if entry[0] == run]
        self._of[cell] = [*kept, (run, widget)]
        for entry in before:
            if entry not in kept:
                entry[1].close()

    def discard(self, widget: Closable) -> None:
        """Forget *widget*; nothing happens where it is not known."""
        for cell, entries in list(self._of.items()):
            rest = [entry for entry in entries if entry[1] is not widget]
            if rest:
                self._of[cell] = rest
            else:
                del self._of[cell]


def _running() -> str:
    """Return what names this run of the cell."""
    from IPython.core.getipython import get_ipython  # noqa: PLC0415  # slow to import

    get_parent: Any = getattr(get_ipython(), "get_parent", None)
    parent: Any = get_parent() if get_parent is not None else {}
    return str(parent.get("header", {}).get("msg_id", ""))
