"""Captions against a profile's limits: a row a violation, with what would mend it."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

import pandas as pd

from nemo_nb import words
from nemo_nb.captions.profiles import Profile, Rule, load_profile
from nemo_nb.models import Canvas
from nemo_nb.timeline.columns import rows
from nemo_nb.timeline.summary import seconds

COLUMNS: Final = ("variant", "cue", "rule", "value", "limit", "severity", "fix", "source")


@dataclass(frozen=True, slots=True)
class _Cue:
    """One cue as the rules see it; times are None where the draft gives none."""

    number: int
    text: str
    script: str
    duration_ms: int | None
    gap_ms: int | None
    canvas: Canvas

    def limit(self, rule: Rule) -> float:
        """Return what *rule* allows this cue."""
        return rule.limit_for(self.script, portrait=self.canvas.height > self.canvas.width)


Violation = tuple[float, float, str]
"""The value, the limit, and what would mend it."""


def lint(
    variants: Mapping[str, tuple[pd.DataFrame, Canvas]],
    profile: str | os.PathLike[str] | Mapping[str, Any],
) -> pd.DataFrame:
    """Return a row a violation, by variant and cue.

    Columns: ``variant``, ``cue`` (as in the captions frame), ``rule``, ``value`` and ``limit``
    (characters, lines, characters or words by second or minute, ms), ``severity``, ``fix``,
    ``source``.

    Args:
        variants: By name, a captions frame and the canvas it is shown on.
        profile: See :func:`nemo_nb.captions.profiles.load_profile`.
    """
    limits = load_profile(profile)
    found: list[tuple[Any, ...]] = []
    for name, (captions, canvas) in variants.items():
        for cue in _cues(captions, canvas):
            found += [
                (name, cue.number, rule.name, value, limit, rule.severity, fix, rule.source)
                for rule, (value, limit, fix) in _violations(cue, limits)
            ]
    columns = list(zip(*found, strict=True)) or [() for _ in COLUMNS]
    return pd.DataFrame(
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


def _cues(captions: pd.DataFrame, canvas: Canvas) -> Iterator[_Cue]:
    names = ("cue", "text", "duration_ms", "gap_ms")
    for number, text, duration, gap in rows(captions, *names):
        yield _Cue(number, text, words.script_of(text), _known(duration), _known(gap), canvas)


def _known(value: Any) -> int | None:
    return value if isinstance(value, int) else None


def _violations(cue: _Cue, profile: Profile) -> Iterator[tuple[Rule, Violation]]:
    for name, rule in profile.rules.items():
        found = _CHECKS[name](cue, rule)
        if found is not None:
            yield rule, found


def _line_length(cue: _Cue, rule: Rule) -> Violation | None:
    limit = cue.limit(rule)
    longest = max(map(words.chars, words.lines(cue.text)), default=0)
    if longest <= limit:
        return None
    return longest, limit, f"Break the line or cut {longest - limit:.0f} characters."


def _lines(cue: _Cue, rule: Rule) -> Violation | None:
    count, limit = len(words.lines(cue.text)), cue.limit(rule)
    return (count, limit, "Split the cue in two.") if count > limit else None


def _reading_speed(cue: _Cue, rule: Rule) -> Violation | None:
    duration = cue.duration_ms
    if duration is None or duration <= 0:
        return None
    by_words = rule.unit == "wpm"
    amount = words.reading_units(cue.text) if by_words else words.chars(cue.text)
    per_ms = 60_000 if by_words else 1000
    limit = cue.limit(rule)
    value = amount * per_ms / duration
    if value <= limit:
        return None
    what = "words" if by_words else "characters"
    spare = amount - math.floor(limit * duration / per_ms)
    if not limit:
        return value, limit, f"Cut {spare} {what}."
    longer = math.ceil(amount * per_ms / limit) - duration
    return value, limit, f"Show it {seconds(longer)} s longer or cut {spare} {what}."


def _duration_short(cue: _Cue, rule: Rule) -> Violation | None:
    duration, limit = cue.duration_ms, cue.limit(rule)
    if duration is None or duration >= limit:
        return None
    return duration, limit, f"Show it {seconds(limit - duration)} s longer or join it to the next."


def _duration_long(cue: _Cue, rule: Rule) -> Violation | None:
    duration, limit = cue.duration_ms, cue.limit(rule)
    if duration is None or duration <= limit:
        return None
    return duration, limit, f"Split it, or end it {seconds(duration - limit)} s earlier."


def _gap(cue: _Cue, rule: Rule) -> Violation | None:
    gap = cue.gap_ms
    # An overlap is told by its own rule.
    if gap is None or gap < 0 or (gap == 0 and rule.joined):
        return None
    limit = rule.limit * 1000 / cue.canvas.fps if rule.unit == "frames" else rule.limit
    # Times are whole ms: two frames of 30 are 66.7 ms, and 66 or 67 are both meant.
    if gap >= math.floor(limit):
        return None
    if rule.joined:
        return gap, limit, f"Close the gap, or widen it to {seconds(limit)} s."
    return gap, limit, f"End it {seconds(math.ceil(limit) - gap)} s earlier."


def _overlap(cue: _Cue, rule: Rule) -> Violation | None:
    gap = cue.gap_ms
    if gap is None or gap >= 0:
        return None
    return -gap, rule.limit, f"End it {seconds(-gap)} s earlier."


_CHECKS: Final[dict[str, Callable[[_Cue, Rule], Violation | None]]] = {
    "line_length": _line_length,
    "lines": _lines,
    "reading_speed": _reading_speed,
    "duration_short": _duration_short,
    "duration_long": _duration_long,
    "gap": _gap,
    "overlap": _overlap,
}
