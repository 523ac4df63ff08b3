"""A clock for the limits of a turn: it goes on while the machine sleeps, and never jumps."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final


def _pick() -> Callable[[], float]:
    # Python's monotonic clock stands still in a suspended machine on Linux and macOS. Linux
    # has another one for that; macOS's own CLOCK_MONOTONIC goes on, unlike Python's.
    number = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
    read = getattr(time, "clock_gettime", None)
    if number is None or read is None:
        return time.monotonic

    def now() -> float:
        return read(number)

    return now


wall_s: Final = _pick()
"""Seconds since some moment in the past, sleep included."""
