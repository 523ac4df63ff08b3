"""Why one variant reads better: measured criteria in words, and no word about an audience."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
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


def compared(plan: Plan, made: Sequence[tuple[str, Mapping[str, Any]]]) -> list[str]:
    """Return sentences that compare variants by what was measured on them."""
    rows = [(name, _measured(plan, draft)) for name, draft in made]
    said = [_row(name, row, plan.language) for name, row in rows]
    return [*said, _verdict(rows, plan.language), say("ab", "honest", plan.language)]


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


def _verdict(rows: Sequence[tuple[str, Mapping[str, float]]], language: Language) -> str:
    """Return which one reads better and by what, or that they read alike.

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
            winners = [name for (name, _), v in zip(rows, values, strict=True) if v == best]
            if len(winners) == 1:
                shown = {"value": f"{best:.3g}", "other": f"{rest:.3g}"}
                return "\n\n" + say("ab", f"better_{key}", language, text=winners[0], **shown)
    return "\n\n" + say("ab", "alike", language)
