"""Captions against a profile's limits: a row a violation, with what would mend it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, cast

import pandas as pd

from nemo_nb import words
from nemo_nb.captions.contrast import Look
from nemo_nb.captions.looks import looks_of
from nemo_nb.captions.profiles import PIXEL_RULES, load_profile
from nemo_nb.captions.rules import Cue, violations
from nemo_nb.models import Canvas
from nemo_nb.timeline.columns import rows
from nemo_nb.timeline.timeline import Timeline

COLUMNS: Final = ("variant", "cue", "rule", "value", "limit", "severity", "fix", "source")


def lint(
    variants: Mapping[str, Timeline],
    profile: str | os.PathLike[str] | Mapping[str, Any],
    look: Callable[[Timeline], Mapping[int, Look] | None] | None = None,
) -> pd.DataFrame:
    """Return a row a violation, by variant and cue.

    Columns: ``variant``, ``cue`` (as in the captions frame), ``rule``, ``value`` and ``limit``
    (characters, lines, characters or words by second or minute, ms, WCAG's ratio, percent of
    the picture), ``severity``, ``fix``, ``source``.

    Contrast, safe areas and cut-off text are measured on the studio's frames. Where a timeline
    has none, those rules are not checked, and the frame's ``attrs["not_checked"]`` names them.

    Args:
        variants: The timelines by name.
        profile: See :func:`nemo_nb.captions.profiles.load_profile`.
        look: Measures a timeline's frames (None: nothing to measure); only asked where a rule
            needs it.
    """
    limits = load_profile(profile)
    pixel_rules = [name for name in limits.rules if name in PIXEL_RULES]
    found: list[tuple[Any, ...]] = []
    unseen = False
    for name, timeline in variants.items():
        looks = (look or _measured)(timeline) if pixel_rules else None
        unseen = unseen or looks is None
        for cue in _cues(timeline.captions, timeline.canvas, looks or {}):
            found += [
                (name, cue.number, rule.name, value, limit, rule.severity, fix, rule.source)
                for rule, (value, limit, fix) in violations(cue, limits)
            ]
    columns = list(zip(*found, strict=True)) or [() for _ in COLUMNS]
    frame = pd.DataFrame(
        {
            name: pd.array(list(column), dtype=cast("Any", kind))
            for name, column, kind in zip(
                COLUMNS,
                columns,
                ("str", "Int64", "str", "float64", "float64", "str", "str", "str"),
                strict=True,
            )
        }
    )
    frame.attrs["not_checked"] = pixel_rules if unseen else []
    return frame


def _measured(timeline: Timeline) -> Mapping[int, Look] | None:
    return looks_of(timeline) if timeline.has_frames else None


def _cues(captions: pd.DataFrame, canvas: Canvas, looks: Mapping[int, Look]) -> Iterator[Cue]:
    names = ("cue", "text", "duration_ms", "gap_ms", "start_ms", "end_ms")
    for number, text, *times in rows(captions, *names):
        duration, gap, start, end = map(_known, times)
        script = words.script_of(text)
        yield Cue(number, text, script, duration, gap, start, end, canvas, looks.get(number))


def _known(value: Any) -> int | None:
    return value if isinstance(value, int) else None
