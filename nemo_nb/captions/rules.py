"""The lint rules: one cue against one limit. Pure.

A check returns the value, the limit and what would mend it, or None where all is well or
where the cue does not tell.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from nemo_nb import words
from nemo_nb.captions.breaking import speeches
from nemo_nb.captions.contrast import Look
from nemo_nb.captions.profiles import SIDES, Profile, Rule
from nemo_nb.models import Canvas
from nemo_nb.timeline.summary import seconds

Violation = tuple[float, float, str]
"""The value, the limit, and what would mend it."""

# Boxes are measured in whole pixels: a third of a percent is a pixel of a small preview.
_MEASURED: Final = 0.34


@dataclass(frozen=True, slots=True)
class Cue:
    """One cue as the rules see it; what is not known is None."""

    number: int
    text: str
    script: str
    duration_ms: int | None
    gap_ms: int | None
    start_ms: int | None
    end_ms: int | None
    canvas: Canvas
    look: Look | None = None

    def limit(self, rule: Rule) -> float:
        """Return what *rule* allows this cue."""
        return rule.limit_for(self.script, portrait=self.canvas.height > self.canvas.width)


def violations(cue: Cue, profile: Profile) -> Iterator[tuple[Rule, Violation]]:
    """Yield what *profile* has against *cue*."""
    for name, rule in profile.rules.items():
        found = _CHECKS[name](cue, rule)
        if found is not None:
            yield rule, found


def _line_length(cue: Cue, rule: Rule) -> Violation | None:
    limit = cue.limit(rule)
    longest = max(map(words.chars, words.lines(cue.text)), default=0)
    if longest <= limit:
        return None
    return (
        longest,
        limit,
        f"Break the line or cut {_counted(math.ceil(longest - limit), 'character')}.",
    )


def _lines(cue: Cue, rule: Rule) -> Violation | None:
    count, limit = len(words.lines(cue.text)), cue.limit(rule)
    return (count, limit, "Split the cue in two.") if count > limit else None


def _reading_speed(cue: Cue, rule: Rule) -> Violation | None:
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
    what = "word" if by_words else "character"
    spare = amount - math.floor(limit * duration / per_ms)
    if not limit:
        return value, limit, f"Cut {_counted(spare, what)}."
    longer = math.ceil(amount * per_ms / limit) - duration
    return value, limit, f"Show it {seconds(longer)} s longer or cut {_counted(spare, what)}."


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _duration_short(cue: Cue, rule: Rule) -> Violation | None:
    duration, limit = cue.duration_ms, cue.limit(rule)
    if duration is None or duration >= limit:
        return None
    return duration, limit, f"Show it {seconds(limit - duration)} s longer or join it to the next."


def _duration_long(cue: Cue, rule: Rule) -> Violation | None:
    duration, limit = cue.duration_ms, cue.limit(rule)
    if duration is None or duration <= limit:
        return None
    return duration, limit, f"Split it, or end it {seconds(duration - limit)} s earlier."


def _gap(cue: Cue, rule: Rule) -> Violation | None:
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


def _overlap(cue: Cue, rule: Rule) -> Violation | None:
    gap = cue.gap_ms
    if gap is None or gap >= 0:
        return None
    return -gap, rule.limit, f"End it {seconds(-gap)} s earlier."


def _orphan(cue: Cue, rule: Rule) -> Violation | None:
    lines = _evened(cue.text)
    last = words.reading_units(lines[-1]) if len(lines) > 1 else rule.limit
    if last >= rule.limit:
        return None
    return last, rule.limit, "Move a word down, or set it on one line."


def _line_balance(cue: Cue, rule: Rule) -> Violation | None:
    lengths = [words.chars(line) for line in _evened(cue.text)]
    if len(lengths) < 2 or not max(lengths):  # noqa: PLR2004 - a balance takes two
        return None
    value = min(lengths) / max(lengths)
    return (value, rule.limit, "Break the lines evenly.") if value < rule.limit else None


def _evened(text: str) -> list[str]:
    """Return the lines that ought to be alike: none where each is another speaker's."""
    return words.lines(text) if len(speeches(text)) == 1 else []


def _frame_grid(cue: Cue, rule: Rule) -> Violation | None:
    frame_ms = 1000 / cue.canvas.fps
    off = [
        abs(at - round(at / frame_ms) * frame_ms)
        for at in (cue.start_ms, cue.end_ms)
        if at is not None
    ]
    value = max(off, default=0.0)
    if value <= rule.limit:
        return None
    return round(value, 1), rule.limit, f"Move it to whole frames of {frame_ms:.1f} ms."


def _contrast(cue: Cue, rule: Rule) -> Violation | None:
    value = None if cue.look is None else cue.look.contrast
    if value is None or value >= rule.limit:
        return None
    return round(value, 2), rule.limit, "Add a box or a stroke, or choose another colour."


def _safe_area(cue: Cue, rule: Rule) -> Violation | None:
    look = cue.look
    if look is None:
        return None
    free: dict[str, float] = dict(
        zip(SIDES, (look.top, 1 - look.right, 1 - look.bottom, look.left), strict=True)
    )
    over = {side: rule.zone[side] - 100 * room for side, room in free.items()}
    side = max(over, key=lambda name: over[name])
    if over[side] <= _MEASURED:
        return None
    value = round(100 * free[side], 1)
    return value, rule.zone[side], f"Move it {math.ceil(over[side])} % away from the {side} edge."


def _cut_off(cue: Cue, rule: Rule) -> Violation | None:
    if cue.look is None or not cue.look.cut_off:
        return None
    return 1, rule.limit, "Make it smaller, or move it away from the edge."


_CHECKS: Final[dict[str, Callable[[Cue, Rule], Violation | None]]] = {
    "line_length": _line_length,
    "lines": _lines,
    "reading_speed": _reading_speed,
    "duration_short": _duration_short,
    "duration_long": _duration_long,
    "gap": _gap,
    "overlap": _overlap,
    "orphan": _orphan,
    "line_balance": _line_balance,
    "frame_grid": _frame_grid,
    "contrast": _contrast,
    "safe_area": _safe_area,
    "cut_off": _cut_off,
}
