"""The Unicode bidirectional algorithm (UAX #9): levels, and the order on the line.

The levels come from python-bidi's compiled core, which knows isolates and paired brackets.
It tells them only in its debug text, one per UTF-8 byte; :func:`levels` reads that text and
checks its length, so that a change of its form is an error and not a wrong order.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final, cast

import bidi

_RIGHT_TO_LEFT: Final = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI"})
_LEVEL: Final = re.compile(r"^ {8}Level\(\n\s+(\d+),\n", re.MULTILINE)


def levels(text: str) -> list[int]:
    """Return the embedding level of every character of the paragraph *text*; odd is RTL.

    Raises:
        RuntimeError: The installed python-bidi reports levels in another form.
    """
    if not any(unicodedata.bidirectional(char) in _RIGHT_TO_LEFT for char in text):
        return [0] * len(text)
    report = cast("str", bidi.get_display(text, debug=True))
    per_byte = [int(level) for level in _LEVEL.findall(report)]
    if len(per_byte) != len(text.encode()):
        raise RuntimeError("python-bidi no longer reports one level a byte; use python-bidi<0.7.")
    result: list[int] = []
    at = 0
    for char in text:
        result.append(per_byte[at])
        at += len(char.encode())
    return result


def visual_order(run_levels: Sequence[int]) -> list[int]:
    """Return the indexes of a line's runs from left to right (rule L2)."""
    order = list(range(len(run_levels)))
    for level in range(max(run_levels, default=0), 0, -1):
        start = 0
        while start < len(order):
            end = start
            while end < len(order) and run_levels[order[end]] >= level:
                end += 1
            order[start:end] = reversed(order[start:end])
            start = end + 1
    return order
