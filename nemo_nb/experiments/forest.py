"""Intervals drawn as a static SVG, with the numbers as text for who cannot see it.

Colours are the page's own (``currentColor``), so it reads on a dark theme and in print. No
plotting library is needed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from nemo_nb.figures import Picture

_WIDTH: Final = 640
_LEFT: Final = 132
_RIGHT: Final = 40
_ROW: Final = 30
_HEAD: Final = 30
_FOOT: Final = 30
_LABEL_CHARS: Final = 18
_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
_TICKS: Final = 6


@dataclass(frozen=True)
class Line:
    """One estimate with its interval, and a wider one where there is one."""

    label: str
    value: float
    low: float
    high: float
    wide: tuple[float, float] | None = None


@dataclass(frozen=True)
class Panel:
    """Estimates on one scale.

    Attributes:
        title: What they are.
        lines: From the top.
        say: A number as text, for ticks and for the alternative text.
        marker: Where a dashed line stands, such as "no difference".
    """

    title: str
    lines: tuple[Line, ...]
    say: Callable[[float], str]
    marker: float | None = None


def forest(panels: Sequence[Panel], title: str) -> Picture:
    """Draw panels of intervals below each other.

    Args:
        panels: From the top.
        title: Said first by a screen reader.
    """
    alt = f"{title}. " + " ".join(_told(panel) for panel in panels)
    top, drawn = 0, list[str]()
    for panel in panels:
        drawn += _panel(panel, top)
        top += _HEAD + _ROW * len(panel.lines) + _FOOT
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {top}" width="{_WIDTH}" '
        f'style="max-width:100%;height:auto" role="img" aria-label="{escape(alt)}" '
        'fill="currentColor" stroke="none" font-family="system-ui,sans-serif" font-size="12">'
        f"<title>{escape(alt)}</title>{''.join(drawn)}</svg>"
    )
    return Picture(svg, alt)


def _told(panel: Panel) -> str:
    parts = [
        f"{line.label} {panel.say(line.value)} ({panel.say(line.low)} to {panel.say(line.high)}"
        + (
            f"; always valid {panel.say(line.wide[0])} to {panel.say(line.wide[1])})"
            if line.wide
            else ")"
        )
        for line in panel.lines
    ]
    return f"{panel.title}: {'; '.join(parts)}."


def _panel(panel: Panel, top: int) -> list[str]:
    low, high, ticks = _scale(panel)
    bottom = top + _HEAD + _ROW * len(panel.lines)

    def across(value: float) -> float:
        inside = min(max(value, low), high)
        return _LEFT + (inside - low) / (high - low) * (_WIDTH - _LEFT - _RIGHT)

    drawn = [f'<text x="0" y="{top + 18}" font-weight="600">{escape(panel.title)}</text>']
    for tick in ticks:
        x = across(tick)
        drawn.append(
            f'<path d="M{x:.1f} {top + _HEAD}V{bottom}" stroke="currentColor" '
            f'stroke-opacity=".15"/><text x="{x:.1f}" y="{bottom + 15}" text-anchor="middle" '
            f'fill-opacity=".75">{escape(panel.say(tick))}</text>'
        )
    if panel.marker is not None:
        x = across(panel.marker)
        drawn.append(
            f'<path d="M{x:.1f} {top + _HEAD}V{bottom}" stroke="currentColor" '
            'stroke-dasharray="4 3" stroke-opacity=".8"/>'
        )
    for at, line in enumerate(panel.lines):
        y = top + _HEAD + _ROW * at + _ROW / 2
        label = line.label
        if len(label) > _LABEL_CHARS:
            label = label[: _LABEL_CHARS - 1] + "…"
        drawn.append(f'<text x="0" y="{y + 4:.1f}">{escape(label)}</text>')
        if line.wide:
            drawn.append(_bar(across(line.wide[0]), across(line.wide[1]), y, 2, ".55"))
        drawn.append(_bar(across(line.low), across(line.high), y, 6, ".45"))
        if math.isfinite(line.value):
            drawn.append(f'<circle cx="{across(line.value):.1f}" cy="{y:.1f}" r="5"/>')
    return drawn


def _bar(start: float, end: float, y: float, thick: int, opacity: str) -> str:
    return (
        f'<path d="M{start:.1f} {y:.1f}H{end:.1f}" stroke="currentColor" '
        f'stroke-width="{thick}" stroke-opacity="{opacity}" stroke-linecap="round"/>'
    )


def _scale(panel: Panel) -> tuple[float, float, list[float]]:
    """Return the ends of the axis and its ticks, at round numbers."""
    numbers = [panel.marker] if panel.marker is not None else []
    for line in panel.lines:
        numbers += [line.value, line.low, line.high, *(line.wide or ())]
    known = [number for number in numbers if math.isfinite(number)] or [0.0, 1.0]
    low, high = min(known), max(known)
    if low == high:
        low, high = low - 0.5, high + 0.5
    rough = (high - low) / (_TICKS - 1)
    power = 10 ** math.floor(math.log10(rough))
    step = next(part * power for part in _STEPS if part * power >= rough * (1 - 1e-9))
    first, last = math.floor(low / step), math.ceil(high / step)
    ticks = [number * step for number in range(first, last + 1)]
    return first * step, last * step, ticks
