"""Contrast and place of a text, measured on rendered pixels. Pure functions of pictures.

Pictures are uint8 arrays of shape (h, w, 3), sRGB. Three of them tell all there is to know of
a cue: the frame as it is, the same without the cue, and the same with its letters in another
colour. What differs between the first two is the cue; what differs between the first and the
third are its letters alone, without stroke, box and shadow.
"""

# pyright: reportUnknownMemberType=false
# cv2's stubs leave the array types of its results open; they are named where they are kept.

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]
    Levels = NDArray[np.uint8]
    Mask = NDArray[np.bool_]

# WCAG 2.2, definition of relative luminance (with the sRGB threshold of 0.04045; WCAG's text
# says 0.03928, which no 8-bit value lies between).
_WEIGHTS: Final = (0.2126, 0.7152, 0.0722)
_FLARE: Final = 0.05

# A pixel belongs to a letter's inside where recolouring changes it as much as anywhere nearby.
_INSIDE: Final = 0.97
_TOUCHED: Final = 12
# What a viewer sees of a cue; below it lies the soft end of a shadow, and rounding.
_SEEN: Final = 24
# How much of the surroundings counts as what a letter stands on, px: the edge itself is mixed
# by anti-aliasing and by 4:2:0 chroma, so the ring begins beyond it.
_EDGE: Final = 1
_RING: Final = 2
# Contrast is told for parts of the text about a letter wide: the worst part counts, and a part
# with a handful of pixels is noise.
_FEWEST: Final = 12


@dataclass(frozen=True, slots=True)
class Look:
    """How one cue looks in one frame.

    Attributes:
        contrast: WCAG ratio of the letters to what they stand on, 1-21, at their worst place;
            None where no letter has a colour of its own (emoji).
        left, top, right, bottom: The box around all that is seen of it, 0-1 of the picture.
        area: The share of the picture that this box takes.
        cut_off: Whether it reaches the picture's edge, where more of it may be missing.
    """

    contrast: float | None
    left: float
    top: float
    right: float
    bottom: float
    area: float
    cut_off: bool


def relative_luminance(picture: Picture) -> NDArray[np.float64]:
    """Return WCAG's relative luminance of sRGB pixels, 0-1, shape (h, w).

    Source: WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance.
    """
    values = np.arange(256) / 255
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)  # noqa: PLR2004  sRGB's own
    return linear[picture] @ np.array(_WEIGHTS)


def contrast_ratio(one: float, other: float) -> float:
    """Return WCAG's contrast ratio of two relative luminances, 1-21.

    Source: WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio.
    """
    high, low = max(one, other), min(one, other)
    return (high + _FLARE) / (low + _FLARE)


def look_of(shown: Picture, without: Picture, recoloured: Picture) -> Look | None:
    """Return how a cue looks; None where there is nothing of it in the picture.

    Args:
        shown: The frame.
        without: The frame without the cue.
        recoloured: The frame with the cue's letters in another colour: they are found by it
            even where they cannot be told from what they stand on.
    """
    changed = letters_of(shown, recoloured)
    seen = np.maximum(_difference(shown, without), changed) > _SEEN
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    if not rows.size:
        return None
    height, width = seen.shape
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    return Look(
        contrast=contrast_of(shown, changed),
        left=float(left / width),
        top=float(top / height),
        right=float(right / width),
        bottom=float(bottom / height),
        area=float((right - left) * (bottom - top) / (width * height)),
        cut_off=bool(top == 0 or left == 0 or bottom == height or right == width),
    )


def letters_of(shown: Picture, recoloured: Picture) -> Levels:
    """Return how much of each pixel is letter, shape (h, w): by what recolouring changed.

    What stands behind the letters is the same in both pictures and has no part in it, so that
    one pair of pictures finds the letters of all the frames in which a text rests.
    """
    return _difference(shown, recoloured)


def _difference(one: Picture, other: Picture) -> Levels:
    """Return by how much each pixel differs, in the channel that differs most."""
    return cast("Levels", cv2.absdiff(one, other).max(axis=2))


def contrast_of(shown: Picture, changed: Levels) -> float | None:
    """Return WCAG's ratio of a text to what it stands on, at its worst place.

    Args:
        shown: The frame.
        changed: Its letters, by :func:`letters_of`.

    Returns:
        1-21; None where no letter has a colour of its own.
    """
    touched = changed > _TOUCHED
    if not touched.any():
        return None
    inside = changed >= _INSIDE * np.percentile(changed[touched], 95)
    edge = _grown(touched, _EDGE)
    ring = _grown(touched, _EDGE + _RING) & ~edge
    light = relative_luminance(shown)
    lowest: float | None = None
    for part in _parts(touched):
        letter, ground = inside[part], ring[part]
        if letter.sum() < _FEWEST or ground.sum() < _FEWEST:
            continue
        here = light[part]
        ratio = contrast_ratio(float(here[letter].mean()), float(here[ground].mean()))
        lowest = ratio if lowest is None else min(lowest, ratio)
    return lowest


def _parts(touched: Mask) -> list[tuple[slice, slice]]:
    """Return windows about a line high and as wide that cover the text."""
    windows: list[tuple[slice, slice]] = []
    margin = _EDGE + _RING
    for top, bottom in _runs(cast("Mask", touched.any(axis=1))):
        step = max(8, bottom - top)
        columns = np.flatnonzero(touched[top:bottom].any(axis=0))
        windows += [
            (
                slice(max(0, top - margin), bottom + margin),
                slice(max(0, left - margin), left + step + margin),
            )
            for left in range(int(columns[0]), int(columns[-1]) + 1, step)
        ]
    return windows


def _runs(flags: Mask) -> list[tuple[int, int]]:
    """Return where runs of true begin and end."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _grown(mask: Mask, by: int) -> Mask:
    kernel = np.ones((2 * by + 1, 2 * by + 1), np.uint8)
    return cast("Mask", cv2.dilate(mask.astype(np.uint8), kernel).astype(bool))
