"""How fast the captions of each variant read over time, as a static figure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Final

from nemo_nb.figures import Picture
from nemo_nb.timeline.columns import rows, timed
from nemo_nb.timeline.summary import seconds, shortened

if TYPE_CHECKING:
    import pandas as pd

_WIDTH: Final = 640
_LEFT: Final = 112
_RIGHT: Final = 12
_LANE: Final = 72
_HEAD: Final = 26
_FOOT: Final = 28
_LABEL_CHARS: Final = 15
_TICKS: Final = 8
_STEPS: Final = (1, 2, 5)

_Bar = tuple[int, int, float, str]
"""Start and end in ms, characters a second, text."""


def pacing(variants: Mapping[str, pd.DataFrame], limit: float | None = None) -> Picture:
    """Return a lane a variant: a bar a cue, as wide as it shows and as high as it reads fast.

    Args:
        variants: Captions frames by name.
        limit: Characters a second that a dashed line marks.
    """
    cues = {
        name: [
            (start, end, cps, text)
            for start, end, cps, text in rows(timed(frame), "start_ms", "end_ms", "cps", "text")
            if math.isfinite(cps) and end > 0
        ]
        for name, frame in variants.items()
    }
    everything = [cue for own in cues.values() for cue in own]
    last_ms = max((end for _, end, _, _ in everything), default=1000)
    fastest = max([cps for _, _, cps, _ in everything] + ([limit] if limit else []), default=1.0)
    alt = "Reading speed, characters a second. " + " ".join(
        _told(name, own, limit) for name, own in cues.items()
    )
    height = _HEAD + _LANE * len(cues) + _FOOT
    bottom = height - _FOOT

    def across(at_ms: float) -> float:
        return _LEFT + at_ms / last_ms * (_WIDTH - _LEFT - _RIGHT)

    drawn = ['<text x="0" y="16" font-weight="600">Reading speed, characters a second</text>']
    for at_ms in _ticks(last_ms):
        x = across(at_ms)
        drawn.append(
            f'<path d="M{x:.1f} {_HEAD}V{bottom}" stroke="currentColor" stroke-opacity=".15"/>'
            f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle" fill-opacity=".75">'
            f"{seconds(at_ms)} s</text>"
        )
    for index, (name, own) in enumerate(cues.items()):
        floor = _HEAD + _LANE * (index + 1) - 6
        tall = _LANE - 18
        label = shortened(name, _LABEL_CHARS)
        drawn.append(f'<text x="0" y="{floor - tall / 2:.1f}">{escape(label)}</text>')
        drawn.append(
            f'<path d="M{_LEFT} {floor}H{_WIDTH - _RIGHT}" stroke="currentColor" '
            'stroke-opacity=".4"/>'
        )
        for start, end, cps, text in _fewer(own):
            high = tall * cps / fastest
            left = across(max(0, start))
            over = limit is not None and cps > limit
            drawn.append(
                f'<rect x="{left:.1f}" y="{floor - high:.1f}" '
                f'width="{max(1.0, across(end) - left - 1):.1f}" height="{high:.1f}" '
                f'fill-opacity="{".75" if over else ".35"}"><title>'
                f"{escape(f'{seconds(start)} s, {cps:.1f}: {shortened(text)}')}</title></rect>"
            )
        if limit is not None:
            y = floor - tall * limit / fastest
            drawn.append(
                f'<path d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}" stroke="currentColor" '
                'stroke-dasharray="4 3" stroke-opacity=".8"/>'
                f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end" fill-opacity=".75">'
                f"{limit:g}</text>"
            )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        f'width="{_WIDTH}" style="max-width:100%;height:auto" role="img" '
        f'aria-label="{escape(alt)}" fill="currentColor" stroke="none" '
        'font-family="system-ui,sans-serif" font-size="12">'
        f"<title>{escape(alt)}</title>{''.join(drawn)}</svg>"
    )
    return Picture(svg, alt)


def _told(name: str, cues: list[_Bar], limit: float | None) -> str:
    if not cues:
        return f"{name}: no captions."
    start, _, fastest, _ = max(cues, key=lambda cue: cue[2])
    over = sum(cps > limit for _, _, cps, _ in cues) if limit is not None else 0
    more = f", {over} of {len(cues)} cues over {limit:g}" if limit is not None else ""
    return f"{name}: at most {fastest:.1f} (at {seconds(start)} s){more}."


def _fewer(cues: list[_Bar]) -> list[_Bar]:
    """Return at most so many bars as there are pixels: of neighbours, the one read fastest."""
    step = len(cues) // (_WIDTH - _LEFT - _RIGHT) + 1
    groups = (cues[at : at + step] for at in range(0, len(cues), step))
    return [max(group, key=lambda cue: cue[2]) for group in groups]


def _ticks(last_ms: int) -> list[int]:
    """Return round moments, at most about eight."""
    rough = max(1.0, last_ms / 1000 / _TICKS)
    power = 10 ** math.floor(math.log10(rough))
    step = next((part * power for part in _STEPS if part * power >= rough), 10 * power)
    return [round(number * step * 1000) for number in range(int(last_ms / 1000 / step) + 1)]
