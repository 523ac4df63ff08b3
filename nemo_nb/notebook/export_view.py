"""How a finished export looks in a cell: a player, a picture or a sound, and where it lies."""

from __future__ import annotations

import base64
import os
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from nemo_nb.errors import NemoError
from nemo_nb.export import file_size, place

if TYPE_CHECKING:
    from nemo_nb.export import ExportFile

# A data URI grows a file by a third and is saved with the notebook.
_EMBED_LIMIT_BYTES: Final = 8_000_000
_POSTER_WIDTH: Final = 640
_MIME: Final = {
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".gif": "image/gif",
    ".png": "image/png",
    ".wav": "audio/wav",
}
# Hosts whose pages reach no file of the server.
_WITHOUT_FILES: Final = frozenset(("VSCODE_PID", "COLAB_RELEASE_TAG"))


def export_bundle(export: ExportFile, **_: Any) -> dict[str, str]:
    """Return an export as a MIME bundle; one that is not there yet says how far it is."""
    if export.path is None:
        words = export_state(export)
        return {"text/plain": words, "text/html": escape(words)}
    if not export.path.is_file():
        words = f"{export_sentence(export)}. The file is not there any more."
        return {"text/plain": words, "text/html": escape(words)}
    words = "\n".join([export_sentence(export), *export.notes])
    return {"text/plain": words, "text/html": _player(export.path, export)}


def export_state(export: ExportFile) -> str:
    """Return how an export without a file stands, in a line."""
    match export.status:
        case "failed":
            why = f": {export.error}" if export.error else ""
            return f"Export failed{why}"
        case "cancelled":
            return "Export cancelled"
        case _:
            return (
                f"Export under way, {export.progress:.0f} % when this was shown; "
                "its wait() waits for the file"
            )


def export_sentence(export: ExportFile) -> str:
    """Return what was exported in one line: where to, length, size."""
    where = "the export" if export.path is None else place(export.path)
    return f"Saved {where} · {_length_and_size(export)}"


def _length_and_size(export: ExportFile) -> str:
    length = f"{export.duration_ms / 1000:.1f} s · " if export.duration_ms else ""
    return f"{length}{file_size(export.size_bytes)}"


def _player(path: Path, export: ExportFile) -> str:
    source = _source(path)
    name = escape(place(path), quote=True)
    size = f"{export.width}x{export.height} · " if export.width else ""
    shown = _media(path, export, source, name)
    if source is not None and not source.startswith("data:"):
        name = f'<a href="{source}" download>{name}</a>'
    facts = f"{size}{_length_and_size(export)}"
    notes = "".join(f"<br>{escape(note)}" for note in export.notes)
    told = f"<figcaption>{name} · {facts}{notes}</figcaption>"
    return f'<figure style="margin:0">{shown}{told}</figure>'


def _media(path: Path, export: ExportFile, source: str | None, name: str) -> str:
    """Return the element that plays or shows the file; *name* is ready for HTML."""
    width = f"max-width:min(100%, {_POSTER_WIDTH}px)"
    kind = _MIME[path.suffix.lower()].partition("/")[0]
    if kind == "audio":
        return f'<audio controls src="{source}" aria-label="{name}"></audio>' if source else ""
    if kind == "image" and source is not None:
        return f'<img src="{source}" alt="{name}" style="{width}">'
    try:
        poster = _data_uri("image/jpeg", export.poster(_POSTER_WIDTH))
    except NemoError as error:
        # Overwritten since, by something that is no film: the rest can still be shown.
        return f"<p>{escape(error.what)}</p>"
    if source is None:
        return f'<img src="{poster}" alt="A picture of {name}" style="max-width:100%">'
    return (
        f'<video controls preload="metadata" poster="{poster}" src="{source}" '
        f'aria-label="{name}" style="{width};max-height:480px"></video>'
    )


def _source(path: Path) -> str | None:
    """Return an address the browser can play, or None where there is none.

    Below the notebook's folder a relative address does (Jupyter serves it with Range, and
    the file stays out of the notebook). Elsewhere, and in hosts that do not serve files, a
    small file is embedded.
    """
    folder = Path.cwd()
    served = not (_WITHOUT_FILES & os.environ.keys())
    if served and path.is_relative_to(folder):
        return quote(path.relative_to(folder).as_posix())
    if path.stat().st_size <= _EMBED_LIMIT_BYTES:
        return _data_uri(_MIME[path.suffix.lower()], path.read_bytes())
    return None


def _data_uri(mime: str, data: bytes) -> str:
    return f"data:{mime};base64,{base64.b64encode(data).decode('ascii')}"
