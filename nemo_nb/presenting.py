"""A call of the blocking API, carried out where its caller sees how far it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from typing import TypeVar

from nemo_nb.loop import run
from nemo_nb.notices import Watcher, current_watcher, watching

T = TypeVar("T")

Presenter = Callable[[], AbstractContextManager[Watcher]]
"""Makes what shows the notices of one call: `nemo_nb.notebook.display.presenter` finds one."""


def shown(presenter: Presenter | None, work: Callable[[], Awaitable[T]]) -> T:
    """Run *work* on the background loop, watched by what *presenter* makes.

    Not where somebody watches the caller already, nor where there is no presenter.
    """
    if presenter is None or current_watcher() is not None:
        return run(work)
    with presenter() as watcher, watching(watcher):
        return run(work)
