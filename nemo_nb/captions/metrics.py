"""Caption metrics of one variant: one row's worth of numbers from a captions frame.

What only pixels can tell (contrast, the share of the picture that text covers) is measured on
frames or left open, never guessed from declared colours.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from nemo_nb import words
from nemo_nb.captions.contrast import Look
from nemo_nb.timeline.columns import listed, rows, timed
from nemo_nb.timeline.styles import presets, resolve

WHOLE_COLUMNS: Final = (
    "cues",
    "words",
    "chars",
    "chars_per_line_max",
    "lines_max",
    "duration_ms_min",
    "duration_ms_max",
    "gap_ms_min",
)
FLOAT_COLUMNS: Final = (
    "coverage",
    "cps_mean",
    "cps_max",
    "wpm",
    "flesch",
    "contrast_min",
    "area_mean",
)
COLUMNS: Final = (
    "cues",
    "words",
    "chars",
    "coverage",
    "cps_mean",
    "cps_max",
    "wpm",
    "chars_per_line_max",
    "lines_max",
    "duration_ms_min",
    "duration_ms_max",
    "gap_ms_min",
    "flesch",
    "contrast_min",
    "area_mean",
    "style",
)


def metrics(
    captions: pd.DataFrame, duration_ms: int, looks: Mapping[int, Look] | None = None
) -> dict[str, Any]:
    """Return the metrics of a captions frame, by :data:`COLUMNS`.

    ``cps_mean`` and ``wpm`` weight by time (all characters over all time on screen),
    ``coverage`` is the share of the timeline with at least one cue, ``flesch`` reads the
    captions as one text, ``contrast_min`` is the lowest WCAG ratio of any cue, ``area_mean``
    the mean share of the picture (0-1) that a cue's box takes, ``style`` is
    :func:`style_words` of the cues. Numbers without a cue to stand on are None or NaN.

    Args:
        captions: As :func:`nemo_nb.timeline.frames.captions_frame` makes it.
        duration_ms: Length of the timeline.
        looks: The cues as measured, by number (:func:`nemo_nb.captions.looks.looks_of`).
    """
    texts: list[str] = listed(captions, "text")
    seen = list((looks or {}).values())
    shown = [
        (text, chars, length)
        for text, chars, length in rows(captions, "text", "chars", "duration_ms")
        if isinstance(length, int) and length > 0
    ]
    seconds = sum(length for _, _, length in shown) / 1000
    chars_shown = sum(chars for _, chars, _ in shown)
    units = sum(words.reading_units(text) for text, _, _ in shown)
    line_lengths = [words.chars(line) for text in texts for line in words.lines(text)]
    return {
        "cues": len(captions),
        "words": sum(listed(captions, "words")),
        "chars": sum(listed(captions, "chars")),
        "coverage": covered_ms(captions) / duration_ms if duration_ms > 0 else math.nan,
        "cps_mean": chars_shown / seconds if seconds else math.nan,
        "cps_max": max((chars * 1000 / length for _, chars, length in shown), default=math.nan),
        "wpm": units * 60 / seconds if seconds else math.nan,
        "chars_per_line_max": max(line_lengths, default=None),
        "lines_max": max(listed(captions, "lines"), default=None),
        "duration_ms_min": min(_known(captions, "duration_ms"), default=None),
        "duration_ms_max": max(_known(captions, "duration_ms"), default=None),
        "gap_ms_min": min(_known(captions, "gap_ms"), default=None),
        # A cue often ends without a stop and the next goes on: joined, they read as written.
        "flesch": words.flesch(" ".join(words.one_line(text) for text in texts)),
        "contrast_min": min(
            (look.contrast for look in seen if look.contrast is not None), default=math.nan
        ),
        "area_mean": sum(look.area for look in seen) / len(seen) if seen else math.nan,
        "style": "; ".join(dict.fromkeys(styles(captions))),
    }


def metrics_frame(by_variant: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Return metrics by variant as a frame, index ``variant``."""
    frame: Any = pd.DataFrame(list(by_variant.values()), columns=list(COLUMNS))
    frame.index = pd.Index(list(by_variant), dtype="str", name="variant")
    types: dict[str, Any] = {
        **dict.fromkeys(WHOLE_COLUMNS, "Int64"),
        **dict.fromkeys(FLOAT_COLUMNS, "float64"),
        "style": "str",
    }
    return frame.astype(types)


def covered_ms(captions: pd.DataFrame) -> int:
    """Return for how many ms at least one cue is on screen; overlaps count once."""
    covered, reached = 0, 0
    for start, end in sorted(rows(timed(captions), "start_ms", "end_ms")):
        covered += max(0, end - max(start, reached))
        reached = max(reached, end)
    return covered


def styles(captions: pd.DataFrame) -> list[str]:
    """Return :func:`style_words` of every cue."""
    return [style_words(style, role) for role, style in rows(captions, "role", "style")]


def style_words(style: Mapping[str, Any], role: str = "caption") -> str:
    """Return how a cue looks: its preset, what differs from it, where: ``boxed, size 6, top``."""
    look = resolve(style, role)
    preset = presets()[look.preset]
    named = {"color": "", "weight": "weight ", "size": "size ", "box": "box ", "stroke": "stroke "}
    parts = [look.preset]
    for field, label in named.items():
        value = getattr(look, field)
        if value != getattr(preset, field):
            parts.append(
                f"{label}{value or 'none'}" if isinstance(value, str) else f"{label}{value:g}"
            )
    return ", ".join([*parts, look.position])


def _known(captions: pd.DataFrame, name: str) -> list[int]:
    return [value for value in listed(captions, name) if isinstance(value, int)]
