"""Chinese and Japanese punctuation, set as print does (CLREQ 3.1.6, JLREQ 3.1.2-3.1.4).

A full-width bracket, comma or stop is half ink, half blank. Between two of them, and at a
line's ends, the blank halves go: "。“" is not torn apart, and a centred line that ends with a
stop is centred by its ink.
"""

# ruff: noqa: RUF001 - full-width forms are what is meant

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from nemo_nb.studio.render.fonts import HAN_FAMILIES, Face

# The font's own drawings leave at least this blank on the side named (measured: 0.53 em).
HALF_EM: Final = 0.5

# Blank on the left.
_OPENING: Final = frozenset("（「『【《〈〔［｛“‘")
# Blank on the right.
_CLOSING: Final = frozenset("）」』】》〉〕］｝”’、。，．：；！？")


def opens(cluster: str, face: Face) -> bool:
    """Whether the left half of *cluster* is blank."""
    return cluster in _OPENING and face.family in HAN_FAMILIES


def closes(cluster: str, face: Face) -> bool:
    """Whether the right half of *cluster* is blank."""
    return cluster in _CLOSING and face.family in HAN_FAMILIES


def blanks(clusters: Sequence[str], faces: Sequence[Face]) -> tuple[tuple[float, float], ...]:
    """Return what is taken off each cluster, left and right, in em, because of a neighbour."""
    opening = [opens(*pair) for pair in zip(clusters, faces, strict=True)]
    closing = [closes(*pair) for pair in zip(clusters, faces, strict=True)]
    last = len(clusters) - 1
    return tuple(
        (
            HALF_EM if i > 0 and opening[i - 1] and opening[i] else 0.0,
            HALF_EM if i < last and closing[i] and (closing[i + 1] or opening[i + 1]) else 0.0,
        )
        for i in range(len(clusters))
    )
