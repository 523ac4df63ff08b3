"""A frame of a timeline as pixels to measure."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nemo_nb.timeline.timeline import Timeline

Item = TypeVar("Item")

# From so many on, a bar tells how far the measuring has come.
_SHORT: Final = 20
WIDTH: Final = 960
"""Pixels that are measured across: letters of 5 % of the height are 27 high, thin strokes 2."""


def pixels(timeline: Timeline, at_ms: int) -> NDArray[np.uint8]:
    """Return the frame at *at_ms* without loss, shape (h, w, 3), at most :data:`WIDTH` wide.

    Raises:
        NotSupported: The timeline has no frames.
        NemoError: The studio could not draw it.
    """
    from PIL import Image  # noqa: PLC0415 - only who looks at frames pays for it

    width = min(WIDTH, timeline.canvas.width)
    with Image.open(io.BytesIO(timeline.frame_png(at_ms, width))) as image:
        return np.asarray(image.convert("RGB"))


def measured(items: Iterable[Item], count: int, said: str, unit: str) -> Iterable[Item]:
    """Return *items* as they come, with a progress bar beside them where there are many."""
    if count < _SHORT:
        return items
    from tqdm.auto import tqdm  # noqa: PLC0415 - a bar for who has much measured

    bar: Callable[..., Any] = tqdm
    return bar(items, total=count, desc=said, unit=unit, leave=False)
