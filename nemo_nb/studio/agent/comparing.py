"""Why one variant reads better: measured criteria in words, and no word about an audience."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from nemo_nb.errors import NemoError
from nemo_nb.studio.agent.replies import Language, escape, say

if TYPE_CHECKING:
    from nemo_nb.studio.agent.plan import Plan
    from nemo_nb.timeline.timeline import Timeline

CONTRAST: Final = 4.5
"""WCAG 2.2's least contrast of text (success criterion 1.4.3)."""

_CPS: Final = 20.0  # the netflix profile's for adults (captions/profiles.toml), characters a second
_MOST_LOOKED_AT: Final = 12
# What a difference must be to be told as one.
_CLEARLY: Final = 1.15


Rows = Sequence[tuple[str, Mapping[str, float]]]
"""What was measured on each variant, by its name."""


@dataclass(frozen=True, slots=True)
class Winner:
    """The variant that reads better.

    Attributes:
        place: Which one it is, from 0.
        key: What it was measured by.
        value: Its own.
        other: That of the next best.
    """

    place: int
    key: str
    value: float
    other: float

    @property
    def clear(self) -> bool:
        """Whether it may be taken without asking: a line's length alone is a small matter."""
        return self.key != "chars_per_line_max"


def compared(
    plan: Plan, made: Sequence[tuple[str, Mapping[str, Any]]], rows: Rows | None = None
) -> list[str]:
    """Return sentences that compare variants by what was measured on them.

    Args:
        plan: The turn.
        made: The variants by name.
        rows: What was `measured` already.
    """
    rows = measured(plan, made) if rows is None else rows
    said = [_row(name, row, plan.language) for name, row in rows]
    return [*said, _verdict(rows, plan.language), say("ab", "honest", plan.language)]


def measured(plan: Plan, made: Sequence[tuple[str, Mapping[str, Any]]]) -> Rows:
    """Return what is measured on each variant, by name; see `nemo_nb.captions.metrics`."""
    return [(name, _measured(plan, draft)) for name, draft in made]


def _measured(plan: Plan, draft: Mapping[str, Any]) -> dict[str, float]:
    # pandas and OpenCV take a second to import: only who compares pays for them.
    from nemo_nb.captions.lint import lint  # noqa: PLC0415
    from nemo_nb.captions.looks import looks_of  # noqa: PLC0415
    from nemo_nb.captions.metrics import metrics  # noqa: PLC0415

    timeline = timeline_of(plan, draft)
    captions = timeline.captions
    looks = None
    if timeline.has_frames and len(captions) <= _MOST_LOOKED_AT:
        try:
            looks = looks_of(timeline)
        except NemoError:
            looks = None
    row = metrics(captions, timeline.duration_ms, looks)
    found = {key: float(value) for key, value in row.items() if isinstance(value, (int, float))}
    rules = lint({"one": timeline}, "netflix", look=lambda _: looks)
    return {**found, "violations": float(len(rules))}


def timeline_of(plan: Plan, draft: Mapping[str, Any]) -> Timeline:
    """Return *draft* as a timeline that can be looked at, where the plan has eyes."""
    from nemo_nb.timeline.timeline import Timeline  # noqa: PLC0415 - it brings pandas

    eyes = plan.project.eyes
    if eyes is None:
        return Timeline.from_draft(dict(draft))

    def draw(
        draft: Mapping[str, Any], at_ms: int, width: int | None, *, lossless: bool = False
    ) -> bytes:
        del lossless  # eyes always see without loss
        return eyes.draw(draft, at_ms, width)

    return Timeline.from_state({"draft": dict(draft)}, frames=draw)


def _row(name: str, row: Mapping[str, float], language: Language) -> str:
    contrast = row.get("contrast_min", math.nan)
    area = row.get("area_mean", math.nan)
    parts = [
        say("ab", "cps", language, cps=f"{row.get('cps_max', 0.0):.1f}"),
        say(
            "ab",
            "lines",
            language,
            chars=f"{row.get('chars_per_line_max', 0):.0f}",
            lines=f"{row.get('lines_max', 0):.0f}",
        ),
    ]
    if not math.isnan(contrast):
        parts.insert(0, say("ab", "contrast", language, ratio=f"{contrast:.1f}"))
    if not math.isnan(area):
        parts.append(say("ab", "area", language, percent=f"{area * 100:.0f}"))
    parts.append(say("ab", "violations", language, count=f"{row['violations']:.0f}"))
    comma = "，" if language == "zh" else ", "  # noqa: RUF001 - a Chinese comma
    colon = "：" if language == "zh" else ": "  # noqa: RUF001 - a Chinese colon
    return f"\n- **{escape(name)}**{colon}{comma.join(parts)}"


def _verdict(rows: Rows, language: Language) -> str:
    """Return which one reads better and by what, or that they read alike."""
    best = winner(rows)
    if best is None:
        return "\n\n" + say("ab", "alike", language)
    shown = {"value": f"{best.value:.3g}", "other": f"{best.other:.3g}"}
    return "\n\n" + say("ab", f"better_{best.key}", language, text=rows[best.place][0], **shown)


def winner(rows: Rows) -> Winner | None:
    """Return which variant reads better by what was measured, or None where they read alike.

    In order of weight: contrast below the limit, reading speed above it, rules broken, then
    contrast as such, letters' room. The first that tells them apart decides.
    """
    for key, better, limit in (
        ("contrast_min", max, CONTRAST),
        ("cps_max", min, _CPS),
        ("violations", min, None),
        ("contrast_min", max, None),
        ("chars_per_line_max", min, None),
    ):
        values = [row.get(key, math.nan) for _, row in rows]
        if any(math.isnan(value) for value in values):
            continue
        if limit is not None:
            passes = [value >= limit if better is max else value <= limit for value in values]
            if all(passes) or not any(passes):
                continue
        best = better(values)
        others = [value for value in values if value != best]
        rest = max(others, default=best) if better is max else min(others, default=best)
        ratio = max(best, rest) / max(min(best, rest), 0.01)
        if len(others) < len(values) and others and ratio >= _CLEARLY:
            places = [place for place, value in enumerate(values) if value == best]
            if len(places) == 1:
                return Winner(places[0], key, best, rest)
    return None
