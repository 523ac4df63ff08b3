"""A session's state as the panel paints it, and as a notebook without a kernel shows it."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Final

from nemo_nb.notebook.markdown import plain
from nemo_nb.notebook.widgets.protocol import Message
from nemo_nb.notebook.widgets.transcript import FilesItem, Item
from nemo_nb.timeline.draft import read_tracks

if TYPE_CHECKING:
    from nemo_nb.models import Credits
    from nemo_nb.settings import Settings
    from nemo_nb.timeline.timeline import Timeline

ON_THIS_MACHINE: Final = "on this machine"
CLOUD: Final = "Nemo cloud"

_STATIC_ITEMS: Final = 6
_STATIC_CHARS: Final = 1200


def backend_label(settings: Settings) -> str:
    """Return where the work is done, in words; never an address with a port or a path."""
    if settings.is_cloud:
        return CLOUD
    if settings.backend == "local":
        return ON_THIS_MACHINE
    from urllib.parse import urlsplit  # noqa: PLC0415  # only for a studio elsewhere

    return f"studio on {urlsplit(settings.api_url).hostname or 'another machine'}"


def timeline_view(timeline: Timeline) -> Message:
    """Return a timeline as the strip paints it."""
    canvas = timeline.canvas
    tracks = [
        {
            "kind": track.kind,
            "name": track.name,
            "segments": [
                {
                    "id": segment.id,
                    "label": segment.text or segment.name,
                    "start_ms": segment.start_ms,
                    "end_ms": segment.end_ms,
                    "volume": segment.volume,
                }
                for segment in track.segments
            ],
        }
        for track in read_tracks(timeline.draft)
    ]
    return {
        "duration_ms": timeline.duration_ms,
        "ready": timeline.ready,
        "summary": timeline.summary(),
        "width": canvas.width,
        "height": canvas.height,
        "previews": timeline.has_frames,
        "tracks": tracks,
    }


def credits_view(credit: Credits) -> Message:
    """Return the credits as the header shows them."""
    return {"available": credit.available, "total": credit.total}


def static_html(
    title: str, items: Iterable[Item], summary: str, poster: bytes | None, poster_alt: str
) -> str:
    """Return the panel as it stands for a reader without a kernel; everything is escaped."""
    rows = [_row(item) for item in list(items)[-_STATIC_ITEMS:]]
    picture = ""
    if poster:
        data = base64.b64encode(poster).decode("ascii")
        picture = (
            f'<img src="data:image/jpeg;base64,{data}" alt="{escape(poster_alt, quote=True)}" '
            f'style="max-width:min(100%,480px);border-radius:6px">'
        )
    return (
        '<div style="font-family:system-ui,sans-serif;max-width:60em">'
        f"<p><strong>{escape(title)}</strong></p>"
        f"{''.join(rows)}{picture}{f'<p>{escape(summary)}</p>' if summary else ''}"
        "<p><small>Run the cell to work on it.</small></p></div>"
    )


def static_text(title: str, items: Iterable[Item], summary: str) -> str:
    """Return the same as plain text."""
    lines = [title]
    for item in list(items)[-_STATIC_ITEMS:]:
        if isinstance(item, FilesItem):
            lines.append(f"Added: {', '.join(item.names)}")
        else:
            lines += [f"> {_short(item.text)}", _short(plain(item.reply))]
    return "\n".join(line for line in [*lines, summary] if line)


def _row(item: Item) -> str:
    if isinstance(item, FilesItem):
        return f"<p>Added: {escape(', '.join(item.names))}</p>"
    asked = f"<p><em>{escape(_short(item.text))}</em></p>" if item.text else ""
    told = escape(_short(plain(item.reply))).replace("\n", "<br>")
    return f"{asked}<p>{told}</p>" if told else asked


def _short(text: str) -> str:
    return text if len(text) <= _STATIC_CHARS else text[:_STATIC_CHARS] + "…"
