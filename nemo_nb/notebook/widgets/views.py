"""A session's state as the panel paints it, and as a notebook without a kernel shows it."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from html import escape
from typing import TYPE_CHECKING, Any, Final

from nemo_nb.export import FORMATS
from nemo_nb.notebook.markdown import plain
from nemo_nb.notebook.widgets.protocol import Message
from nemo_nb.notebook.widgets.selection import Ref
from nemo_nb.notebook.widgets.transcript import FilesItem, Item, StepItem
from nemo_nb.timeline.draft import read_tracks
from nemo_nb.timeline.html import timeline_html

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


def studio_view(steps: tuple[int, int]) -> Message:
    """Return what only a studio can: *steps* to undo and to redo, and the formats it exports."""
    undo, redo = steps
    return {"undo": undo, "redo": redo, "formats": list(FORMATS)}


def followed(refs: Iterable[Ref], before: Message, after: Message) -> list[Ref]:
    """Return where the segments *refs* of the timeline view *before* are in *after*."""
    old = dict(_places(before))
    wanted = {old[ref] for ref in refs if ref in old}
    return [place for place, segment in _places(after) if segment in wanted]


def _places(view: Message) -> Iterator[tuple[Ref, str]]:
    for track, one in enumerate(view["tracks"], start=1):
        for place, segment in enumerate(one["segments"], start=1):
            yield (track, place), segment["id"]


def media_notes(timeline: Timeline) -> dict[str, str]:
    """Return the names in the media pool, each with what of it is not used, or ""."""
    media: Any = timeline.media
    names = media["name"].astype(str).tolist()
    notes = media["notes"].tolist() if "notes" in media else [""] * len(names)
    return dict(zip(names, notes, strict=True))


def credits_view(credit: Credits) -> Message:
    """Return the credits as the header shows them."""
    return {"available": credit.available, "total": credit.total}


def static_html(
    title: str, items: Iterable[Item], timeline: Timeline | None, poster: bytes, poster_alt: str
) -> str:
    """Return the panel as it stands for a reader without a kernel; everything is escaped.

    Args:
        title: What it is.
        items: The conversation; the last of them are shown.
        timeline: Shown with its tracks and captions, where there is something on it.
        poster: A JPEG, or nothing.
        poster_alt: What it shows.
    """
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
        f"{''.join(rows)}{picture}{_told(timeline)}"
        "<p><small>Run the cell to work on it.</small></p></div>"
    )


def _told(timeline: Timeline | None) -> str:
    if timeline is None or not timeline.ready:
        return ""
    return timeline_html(timeline.draft, timeline.captions)


def static_text(title: str, items: Iterable[Item], summary: str) -> str:
    """Return the same as plain text."""
    lines = [title]
    for item in list(items)[-_STATIC_ITEMS:]:
        if isinstance(item, FilesItem):
            lines.append(f"Added: {', '.join(item.names)}")
        elif isinstance(item, StepItem):
            lines.append(_step(item))
        else:
            lines += [f"> {_short(item.text)}", _short(plain(item.reply))]
    return "\n".join(line for line in [*lines, summary] if line)


def _row(item: Item) -> str:
    if isinstance(item, FilesItem):
        return f"<p>Added: {escape(', '.join(item.names))}</p>"
    if isinstance(item, StepItem):
        return f"<p>{escape(_step(item))}</p>"
    asked = f"<p><em>{escape(_short(item.text))}</em></p>" if item.text else ""
    lines = [plain(item.reply), *item.notes]
    told = escape(_short("\n".join(filter(None, lines)))).replace("\n", "<br>")
    return f"{asked}<p>{told}</p>" if told else asked


def _step(item: StepItem) -> str:
    return f"{'Undone' if item.what == 'undo' else 'Redone'}: {_short(item.changes)}"


def _short(text: str) -> str:
    return text if len(text) <= _STATIC_CHARS else text[:_STATIC_CHARS] + "…"
