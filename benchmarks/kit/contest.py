"""Contenders run in turns, and what came out of it."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass
class Times:
    """Of one contender, a number a round, in seconds."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


def contest(runs: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, Times]:
    """Run every contender *rounds* times, in turns, so that other load hits all alike.

    CPU time counts this process and the children that have ended.
    """
    times = {name: Times() for name in runs}
    for turn in range(rounds):
        # The order alternates, so that no side always runs on the warmer machine.
        for name in sorted(runs, reverse=bool(turn % 2)):
            begun = time.perf_counter(), _busy()
            runs[name]()
            times[name].wall.append(time.perf_counter() - begun[0])
            times[name].cpu.append(_busy() - begun[1])
    return times


def report(times: Mapping[str, Times], base: str) -> None:
    """Print medians, and ratios to *base* with the interval over the rounds."""
    for name, found in times.items():
        walls = [a / b for a, b in zip(found.wall, times[base].wall, strict=True)]
        cpus = [a / b for a, b in zip(found.cpu, times[base].cpu, strict=True)]
        print(
            f"  {name:24} {statistics.median(found.wall):7.3f} s, ratio {_interval(walls)};"
            f" CPU {statistics.median(found.cpu):7.2f} s, ratio {_interval(cpus)}"
        )


def _interval(ratios: list[float]) -> str:
    """Return the median and the central interval that holds it with 95 % and more.

    The order statistics of n values hold the median with a probability that follows from the
    binomial distribution alone: at 7 rounds the second lowest to the second highest give 88 %,
    lowest to highest 98 %.
    """
    ranked = sorted(ratios)
    drop = max(0, (len(ranked) - 7) // 4)
    low, high = ranked[drop], ranked[-1 - drop]
    return f"{statistics.median(ranked):.2f} ({low:.2f} to {high:.2f})"


def _busy() -> float:
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system
