"""A comparison as static HTML: pictures where it differs, metrics, lint counts, cues."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, Final, cast

from nemo_nb.captions.align import Cue, Groups, difference, differences, style_of
from nemo_nb.captions.metrics import FLOAT_COLUMNS, WHOLE_COLUMNS
from nemo_nb.errors import NemoError
from nemo_nb.timeline.columns import rows
from nemo_nb.timeline.html import STYLE, UNKNOWN, figure, table
from nemo_nb.timeline.summary import clock, seconds, shortened
from nemo_nb.timeline.timeline import Timeline

if TYPE_CHECKING:
    import pandas as pd

_FIRST_GROUPS: Final = 20
_MOMENTS: Final = 3
_PICTURE_WIDTH: Final = 320
_NAME_CHARS: Final = 28
_HEADS: Final = {
    "cues": "cues",
    "words": "words",
    "chars": "characters",
    "coverage": "coverage, %",
    "cps_mean": "chars/s, mean",
    "cps_max": "chars/s, max",
    "wpm": "words/min",
    "chars_per_line_max": "longest line",
    "lines_max": "most lines",
    "duration_ms_min": "shortest, s",
    "duration_ms_max": "longest, s",
    "gap_ms_min": "smallest gap, s",
    "flesch": "Flesch ease",
    "contrast_min": "lowest contrast",
    "area_mean": "text box, % of picture",
    "style": "style",
}


def comparison_html(
    timelines: Mapping[str, Timeline],
    groups: Groups,
    metrics: pd.DataFrame,
    lint: pd.DataFrame,
) -> str:
    """Return the rich display of a comparison; everything in it stands without a kernel.

    Args:
        timelines: The variants by name.
        groups: Their aligned cues.
        metrics: A row a variant.
        lint: A row a violation of the default profile.
    """
    names = tuple(timelines)
    title = "Comparison of " + ", ".join(names)
    return (
        f'{STYLE}<div class="nemo-data"><p><strong>{escape(title)}</strong></p>'
        f"{_pictures(timelines, groups)}{_metrics(names, metrics)}{_lint(names, lint)}"
        f"{_captions(names, groups)}</div>"
    )


def comparison_text(names: Sequence[str], metrics: pd.DataFrame) -> str:
    """Return a comparison for a terminal: a measure a line, a column a variant."""
    wide = [shortened(name, _NAME_CHARS) for name in names]
    lines = [("", *wide), *_measures(metrics)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    told = [
        "  ".join([head.ljust(widths[0]), *map(str.rjust, cells, widths[1:])]).rstrip()
        for head, *cells in lines
    ]
    return "\n".join([f"Comparison of {', '.join(names)}", *told])


def _metrics(names: Sequence[str], metrics: pd.DataFrame) -> str:
    return table(("", *names), _measures(metrics), "Metrics", _values(names), named_rows=True)


def _measures(metrics: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return a measure a row: the variants stand side by side, as their pictures do."""
    records: list[dict[str, Any]] = cast("Any", metrics).to_dict("records")
    return [
        (head, *(_metric(column, record[column]) for record in records))
        for column, head in _HEADS.items()
    ]


def _lint(names: Sequence[str], lint: pd.DataFrame) -> str:
    counts = Counter(rows(lint, "variant", "severity", "rule"))
    if not counts:
        return '<p class="note">Lint (netflix): nothing found.</p>'
    found = dict.fromkeys((severity, rule) for _, severity, rule in counts)
    lines = [
        (
            f"{rule.replace('_', ' ')} ({severity})",
            *(str(counts[name, severity, rule]) for name in names),
        )
        for severity, rule in sorted(found)
    ]
    totals = Counter(rows(lint, "variant"))
    total = ("all", *(str(totals[name,]) for name in names))
    return table(("", *names), [*lines, total], "Lint (netflix)", _values(names), named_rows=True)


def _values(names: Sequence[str]) -> range:
    return range(1, len(names) + 1)


def _captions(names: Sequence[str], groups: Groups) -> str:
    if not groups:
        return '<p class="note">There are no captions.</p>'
    shown = groups[:_FIRST_GROUPS]
    lines = [
        (
            clock(min(cue.start_ms for cues in group for cue in cues)),
            _differing(names, group),
            *(" / ".join(cue.text for cue in cues) or UNKNOWN for cues in group),
        )
        for group in shown
    ]
    count = (
        str(len(groups)) if len(shown) == len(groups) else f"first {len(shown)} of {len(groups)}"
    )
    return table(("at", "differs in", *names), lines, f"Aligned captions ({count})", (0,))


def _differing(names: Sequence[str], group: Sequence[Sequence[Cue]]) -> str:
    having = [name for name, cues in zip(names, group, strict=True) if cues]
    if len(having) < len(names):
        return f"only in {', '.join(having)}"
    return ", ".join(differences(group)) or "nothing"


def _pictures(timelines: Mapping[str, Timeline], groups: Groups) -> str:
    """Return a strip a moment, where the cues differ most; "" where no picture can be had."""
    nothing: list[list[Cue]] = [[] for _ in timelines]
    differing = [index for index, group in enumerate(groups) if differences(group)]
    most = sorted(differing, key=lambda index: difference(groups[index]), reverse=True)[:_MOMENTS]
    chosen = [groups[index] for index in sorted(most)]
    strips = [
        f'<div style="display:flex;flex-wrap:wrap;gap:12px">{"".join(figures)}</div>'
        for group in chosen or [groups[0] if groups else nothing]
        if (figures := list(_figures(timelines, group)))
    ]
    return "".join(strips)


def _figures(timelines: Mapping[str, Timeline], group: Sequence[Sequence[Cue]]) -> Iterator[str]:
    moments = _moments(group, list(timelines.values()))
    for (name, one), at_ms, cues in zip(timelines.items(), moments, group, strict=True):
        if not one.has_frames or at_ms is None:
            continue
        try:
            jpeg = one.frame_jpeg(at_ms, _PICTURE_WIDTH)
        except NemoError:
            # A display must not fail because the studio behind it has stopped.
            continue
        words = shortened(" / ".join(cue.text for cue in cues))
        said = f"with the caption “{words}” ({style_of(cues)})" if cues else "without a caption"
        alt = f"{name} at {clock(at_ms)}, {said}"
        data = base64.b64encode(jpeg).decode("ascii")
        yield (
            f'<figure style="margin:0 0 6px"><img src="data:image/jpeg;base64,{data}" '
            f'alt="{escape(alt)}" style="max-width:100%;width:{_PICTURE_WIDTH}px">'
            f'<figcaption class="note">{escape(f"{name}, {clock(at_ms)}")}</figcaption>'
            "</figure>"
        )


def _moments(group: Sequence[Sequence[Cue]], timelines: Sequence[Timeline]) -> list[int | None]:
    """Return when to look at each variant: at one moment if all show a cue then, else apart."""
    cues = [cue for own in group for cue in own]
    middles = [(cue.start_ms + cue.end_ms) // 2 for cue in cues]

    def shows(own: Sequence[Cue], at_ms: int) -> bool:
        return any(cue.start_ms <= at_ms < cue.end_ms for cue in own)

    shared = next((at for at in middles if all(shows(own, at) for own in group if own)), None)
    moments: list[int | None] = []
    for own, timeline in zip(group, timelines, strict=True):
        if shared is not None:
            at_ms = shared
        elif cues:
            nearest = own[0] if own else cues[0]
            at_ms = (nearest.start_ms + nearest.end_ms) // 2
        else:
            at_ms = timeline.duration_ms // 2
        moments.append(at_ms if 0 <= at_ms < timeline.duration_ms else None)
    return moments


def _metric(column: str, value: Any) -> str:
    if column in ("coverage", "area_mean"):
        return figure(value * 100)
    if column.startswith(("duration_ms", "gap_ms")):
        text = figure(value)
        return seconds(int(value)) if text.lstrip("-").isdigit() else text
    if column in WHOLE_COLUMNS:
        return figure(value)
    return figure(value, 1) if column in FLOAT_COLUMNS else str(value)
