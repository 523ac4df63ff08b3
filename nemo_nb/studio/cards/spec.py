"""What a card is drawn from."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

FILE_NAME: Final = re.compile(r"shot-\d\d-[0-9a-f]{8}\.jpg")
"""What the files of cards are called."""

DRAWING: Final = 1
"""Counts changes of the drawing: part of a card's name, so that old cards are not taken for new."""

NEAR: Final = 1.22
"""How much closer the camera is at the end of a push in, or at the start of a pull back."""


@dataclass(frozen=True, slots=True)
class Card:
    """What a card is drawn from; equal cards are equal pictures.

    Attributes:
        number: Of the shot: it places the subject left, right or in the middle.
        size: The shot size's name in the book.
        scale: The subject's height, share of the frame's.
        motion: What the camera does: still in out left right up orbit drift.
        colors: The palette, five ``#rrggbb`` from dark to light.
        look: ``look`` of the prompt.
        role: The shot's role; an opening or an ending keeps its distance.
        width, height: Pixels.
    """

    number: int
    size: str
    scale: float
    motion: str
    colors: tuple[str, ...]
    look: Mapping[str, Any]
    role: str
    width: int
    height: int

    @property
    def digest(self) -> str:
        """Eight letters that differ between different cards."""
        told = json.dumps([DRAWING, asdict(self)], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:8]

    @property
    def file_name(self) -> str:
        """What its file is called; equal cards have one name."""
        return f"shot-{self.number:02d}-{self.digest}.jpg"

    @property
    def subject_x(self) -> float:
        """Where the subject stands across the frame, 0-1."""
        if self.size in ("overhead", "macro") or self.role in ("peak", "end"):
            return 0.5
        return (0.36, 0.64)[self.number % 2] if self.width >= self.height else 0.5
