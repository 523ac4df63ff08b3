"""A timeline as static HTML: summary, a strip to scale, the first captions.

Colours come from the notebook's theme through CSS variables, with ``currentColor`` behind
them; everything from the draft is escaped; nothing runs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, Final

from nemo_nb.timeline.columns import rows
from nemo_nb.timeline.draft import Track, read_tracks
from nemo_nb.timeline.summary import clock, shortened, span, summary, track_label

if TYPE_CHECKING:
    import pandas as pd

FIRST_CAPTIONS: Final = 20
UNKNOWN: Final = "\u2013"
# A strip is a picture: beyond this many bars on a track nobody tells them apart.
_MOST_BARS: Final = 200

# The class stands twice where JupyterLab has a rule of its own for every cell of a table.
STYLE: Final = """<style>
.nemo-data{font-family:var(--jp-ui-font-family,system-ui,sans-serif);font-size:13px;
line-height:1.45;color:inherit;max-width:100%}
.nemo-data table{color:inherit;border-collapse:collapse;margin:.5em 0;font-size:12px}
.nemo-data.nemo-data table th,.nemo-data.nemo-data table td{padding:.2em .7em .2em 0;
text-align:left;vertical-align:top;
border-bottom:1px solid var(--jp-border-color2,rgba(128,128,128,.35))}
.nemo-data caption{color:inherit;text-align:left;font-weight:600;padding:.3em 0}
.nemo-data.nemo-data table .num{text-align:right;font-variant-numeric:tabular-nums;
white-space:nowrap}
.nemo-data .words{white-space:pre-line;overflow-wrap:break-word;max-width:32em}
.nemo-data tbody th.words{min-width:8em}
.nemo-data .note{opacity:.75}
.nemo-data .scroll{overflow-x:auto}
.nemo-strip{display:grid;grid-template-columns:max-content 1fr;gap:3px 8px;margin:.5em 0;
align-items:center;max-width:60em}
.nemo-lane{position:relative;height:1.7em;
background:var(--jp-layout-color2,rgba(128,128,128,.12));border-radius:3px;overflow:hidden}
.nemo-bar{position:absolute;top:0;bottom:0;box-sizing:border-box;overflow:hidden;
white-space:nowrap;text-overflow:ellipsis;padding:0 .35em;border-radius:3px;font-size:11px;
line-height:1.7em;border:1px solid currentColor;background:rgba(128,128,128,.22)}
.nemo-video{background:rgba(70,130,220,.28)}.nemo-audio{background:rgba(60,160,100,.28)}
.nemo-text{background:rgba(215,150,40,.30)}
</style>"""


def timeline_html(draft: Any, captions: pd.DataFrame) -> str:
    """Return the rich display of a timeline."""
    tracks = read_tracks(draft)
    line = summary(draft)
    parts = [
        STYLE,
        f'<div class="nemo-data"><p>{escape(line)}</p>',
        _strip(tracks, line),
        _captions_table(captions),
        "</div>",
    ]
    return "".join(parts)


def table(
    head: Sequence[str],
    lines: Iterable[Sequence[str]],
    caption: str,
    numeric: Collection[int] = (),
    *,
    named_rows: bool = False,
) -> str:
    """Return a table; every cell is escaped here.

    Args:
        head: Column titles.
        lines: Cells as text, a row each.
        caption: What the table holds, read first by a screen reader.
        numeric: Indices of the columns that hold numbers.
        named_rows: Whether the first cell of a row is its title.
    """

    def cell(at: int, text: str, scope: str) -> str:
        look = "num" if at in numeric else "words"
        tag, more = ("th", f' scope="{scope}"') if scope else ("td", "")
        return f'<{tag}{more} class="{look}">{escape(text)}</{tag}>'

    def row(line: Sequence[str]) -> str:
        scopes = ("row" if named_rows and not at else "" for at in range(len(line)))
        return "".join(map(cell, range(len(line)), line, scopes))

    titles = "".join(cell(at, text, "col") for at, text in enumerate(head))
    body = "".join(f"<tr>{row(line)}</tr>" for line in lines)
    return (
        f'<div class="scroll"><table><caption>{escape(caption)}</caption>'
        f"<thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def figure(value: Any, digits: int = 0) -> str:
    """Return a number for a table cell: a dash where it is unknown."""
    try:
        return UNKNOWN if value != value else f"{value:.{digits}f}"  # noqa: PLR0124 - NaN
    except (TypeError, ValueError):
        return UNKNOWN


def _strip(tracks: Sequence[Track], line: str) -> str:
    end = max((track.end_ms for track in tracks), default=0)
    start = min((seg.start_ms for track in tracks for seg in track.segments), default=0)
    length = end - min(start, 0)
    if length <= 0:
        return ""
    lanes = "".join(
        f"<div>{number}. {escape(track_label(track))}</div>"
        f'<div class="nemo-lane">{"".join(_bars(track, min(start, 0), length))}</div>'
        for number, track in enumerate(tracks, start=1)
    )
    ends = (
        '<div></div><div class="note" style="display:flex;justify-content:space-between">'
        f"<span>{clock(min(start, 0))}</span><span>{clock(end)}</span></div>"
    )
    return f'<div class="nemo-strip" role="img" aria-label="{escape(line)}">{lanes}{ends}</div>'


def _bars(track: Track, origin: int, length: int) -> Iterable[str]:
    step = len(track.segments) // _MOST_BARS + 1
    for segment in track.segments[::step]:
        name = shortened(segment.text or segment.name or track.name)
        left = (segment.start_ms - origin) / length * 100
        width = max(segment.duration_ms, 0) * step / length * 100
        title = f"{name} ({span(segment.start_ms, segment.end_ms)})"
        yield (
            f'<div class="nemo-bar nemo-{track.kind}" title="{escape(title)}" '
            f'style="left:{left:.3f}%;width:{min(width, 100 - left):.3f}%">{escape(name)}</div>'
        )


def _captions_table(captions: pd.DataFrame) -> str:
    if captions.empty:
        return ""
    names = ("cue", "role", "start_ms", "end_ms", "text", "cps")
    shown = [
        (str(cue), role, _clock(start), _clock(end), text, figure(cps, 1))
        for cue, role, start, end, text, cps in rows(captions.head(FIRST_CAPTIONS), *names)
    ]
    count = (
        f"{len(captions)}"
        if len(shown) == len(captions)
        else f"first {len(shown)} of {len(captions)}"
    )
    head = ("cue", "role", "from", "to", "text", "chars/s")
    return table(head, shown, f"Captions ({count})", (0, 2, 3, 5))


def _clock(value: Any) -> str:
    text = figure(value)
    return text if text == UNKNOWN else clock(int(value))
