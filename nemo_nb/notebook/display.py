"""How results look in a cell: streamed turns, progress, replies, exported videos.

Formatters are registered with IPython by class name, so that nothing below this package
imports upward and showing one class loads no other.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from nemo_nb import notices
from nemo_nb.answers import language_of, say
from nemo_nb.errors import RenderCancelled
from nemo_nb.notebook.markdown import harmless, plain
from nemo_nb.notebook.throttle import Throttle

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from nemo_nb.blocking import Session
    from nemo_nb.export import ExportFile
    from nemo_nb.reply import Reply

Presenter = Callable[[], AbstractContextManager[notices.Watcher]]

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
_PLACEHOLDER: Final = "…"


def presenter() -> Presenter | None:
    """Return what shows a call's progress: in the calling cell, or on a terminal.

    Also registers the displays, so that a notebook needs no ``%load_ext`` to show a session.
    None outside IPython, where a script decides itself what to print.
    """
    shell = _shell()
    if shell is None:
        return None
    register(shell)
    return _in_cell if _is_kernel(shell) else _on_terminal


def register(shell: InteractiveShell) -> None:
    """Teach *shell* to show sessions, replies and exports. Safe to call twice."""
    from nemo_nb.notebook import tracebacks  # noqa: PLC0415  # IPython, slow to import

    formatter: Any = shell.display_formatter
    bundle, direct = formatter.mimebundle_formatter, formatter.ipython_display_formatter
    bundle.for_type_by_name("nemo_nb.export", "ExportFile", _export_bundle)
    bundle.for_type_by_name("nemo_nb.reply", "Reply", _reply_bundle)
    bundle.for_type_by_name("nemo_nb.blocking", "Session", _session_bundle)
    direct.for_type_by_name("nemo_nb.reply", "Reply", _skip_if_streamed)
    tracebacks.register(shell)


def _shell() -> InteractiveShell | None:
    try:
        from IPython.core.getipython import get_ipython  # noqa: PLC0415  # slow to import
    except ImportError:
        return None
    return get_ipython()


def _is_kernel(shell: InteractiveShell) -> bool:
    return getattr(shell, "kernel", None) is not None


@contextmanager
def _in_cell() -> Generator[notices.Watcher]:
    view = CellView()
    with _short_interrupts():
        try:
            yield view
        except BaseException:
            view.settle("Not uploaded:")
            raise
    view.settle("Uploaded")


@contextmanager
def _on_terminal() -> Generator[notices.Watcher]:
    from nemo_nb.notebook.terminal import TerminalView  # noqa: PLC0415  # tqdm, only here

    view = TerminalView()
    with _short_interrupts():
        try:
            yield view
        finally:
            view.close()


@contextmanager
def _short_interrupts() -> Generator[None]:
    from nemo_nb.notebook import tracebacks  # noqa: PLC0415  # IPython, slow to import

    try:
        yield
    except KeyboardInterrupt as error:
        tracebacks.shorten(error)
        raise


class CellView:
    """Shows the notices of one call in the cell that made it."""

    def __init__(self) -> None:
        self._turn = _Slot()
        self._transfer = _Slot()
        self._uploads: dict[str, tuple[int, int]] = {}
        self._throttle: Throttle[Callable[[], None]] = Throttle(lambda paint: paint())

    def __call__(self, notice: notices.Notice) -> None:
        """Show *notice*; on the event loop that does the work."""
        match notice:
            case notices.TurnStarted(action="chat"):
                self._turn.show(_PLACEHOLDER, _PLACEHOLDER)
            case notices.TurnProgress(text=text, progress=progress):
                self._throttle.push(lambda: self._show_text(text, progress))
            case notices.TurnEnded(reply=reply) if reply is not None:
                self._throttle.flush()
                if reply.export is not None and not self._turn.used:
                    # The words take the place of the bar: they say what it came to.
                    self._turn, self._transfer = self._transfer, _Slot()
                self._turn.show(reply_markdown(reply), plain(reply.text))
                if reply.export is not None:
                    self._transfer.put(_export_bundle(reply.export))
                _mark_streamed(reply)
            case notices.TurnEnded():
                self._throttle.flush()
                self._turn.drop_placeholder()
            case notices.UploadProgress(name=name, sent_bytes=sent, total_bytes=total):
                self._uploads[name] = (sent, total)
                self._throttle.push(self._show_uploads)
            case notices.ExportProgress(status=status, progress=progress):
                self._throttle.push(lambda: self._show_render(status, progress))
            case notices.ExportEnded(export=export, error=error):
                self._throttle.flush()
                words = _export_end(export, error)
                self._transfer.show_html(escape(words), words)
            case _:
                pass

    def settle(self, outcome: str) -> None:
        """The call is over: bars give way to a line that can stay in a saved notebook."""
        if self._uploads:
            self._throttle.flush()
            total = sum(total for _, total in self._uploads.values()) / 1_000_000
            words = f"{outcome} {', '.join(self._uploads)} ({total:.1f} MB)"
            self._transfer.show_html(escape(words), words)

    def _show_text(self, text: str, progress: str) -> None:
        line = f"*{escape(progress)}*" if progress else ""
        parts = [part for part in (harmless(text), line) if part]
        self._turn.show("\n\n".join(parts) or _PLACEHOLDER, plain(text))

    def _show_uploads(self) -> None:
        rows = [_bar(name, sent, total) for name, (sent, total) in self._uploads.items()]
        words = ", ".join(self._uploads)
        self._transfer.show_html("".join(rows), f"Uploading {words}")

    def _show_render(self, status: str, progress: float) -> None:
        words = "Waiting to render" if status == "pending" else "Rendering"
        self._transfer.show_html(_bar(words, round(progress), 100), f"{words} {progress:.0f} %")


class _Slot:
    """One output of the cell, replaced in place."""

    def __init__(self) -> None:
        self._handle: Any = None
        self._last: dict[str, str] = {}

    @property
    def used(self) -> bool:
        """Whether there is anything in this place."""
        return self._handle is not None

    def show(self, markdown: str, words: str) -> None:
        self.put({"text/markdown": markdown, "text/plain": words})

    def show_html(self, html: str, words: str) -> None:
        self.put({"text/html": f"<div>{html}</div>", "text/plain": words})

    def drop_placeholder(self) -> None:
        """Leave no dots behind where nothing came."""
        if self._last.get("text/markdown") == _PLACEHOLDER:
            self.show("", "")

    def put(self, bundle: dict[str, str]) -> None:
        """Show a MIME bundle in this place."""
        if bundle == self._last:
            return
        self._last = bundle
        if self._handle is None:
            self._handle = _display(bundle, display_id=True)
        else:
            self._handle.update(bundle, raw=True)


def _display(bundle: dict[str, str], **options: Any) -> Any:
    from IPython import display  # noqa: PLC0415  # slow to import

    untyped: Any = display
    return untyped.display(bundle, raw=True, **options)


def _bar(label: str, done: int, total: int) -> str:
    percent = round(100 * done / total) if total else 100
    name = escape(label, quote=True)
    return (
        f'<div style="display:flex;gap:.6em;align-items:center">'
        f'<progress max="100" value="{percent}" aria-label="{name}"></progress>'
        f"<span>{name} · {percent} %</span></div>"
    )


def reply_markdown(reply: Reply) -> str:
    """Return a reply as Markdown: its words, then what may be said next."""
    parts = [harmless(reply.text), *(f"*{harmless(note)}*" for note in reply.notes)]
    offers = " · ".join(f"“{text}”" for text in reply.suggestions)
    language = language_of(offers or reply.text)
    if reply.status == "stopped":
        parts.append(f"*{say('stopped', language)}*")
    if offers:
        parts.append(f"<small>{harmless(say('next', language, offers=offers))}</small>")
    return "\n\n".join(part for part in parts if part)


def _export_end(export: ExportFile | None, error: Exception | None) -> str:
    if export is not None:
        return export_sentence(export)
    return "Export cancelled" if isinstance(error, RenderCancelled) else "Export failed"


def export_sentence(export: ExportFile) -> str:
    """Return what was exported in one line: where to, length, size."""
    place = export.id if export.path is None else _place(export.path)
    return f"Saved {place} · {_length_and_size(export)}"


def _place(path: Path) -> str:
    """Return *path* as one finds it from here: below this folder without it, else all of it."""
    folder = Path.cwd()
    return str(path.relative_to(folder) if path.is_relative_to(folder) else path)


def _length_and_size(export: ExportFile) -> str:
    length = f"{export.duration_ms / 1000:.1f} s · " if export.duration_ms else ""
    return f"{length}{export.size_bytes / 1_000_000:.1f} MB"


_streamed: dict[int, int] = {}


def _mark_streamed(reply: Reply) -> None:
    shell = _shell()
    if shell is not None:
        _streamed.clear()
        _streamed[id(reply)] = shell.execution_count


def _skip_if_streamed(reply: Reply) -> None:
    """As the last line of the cell that streamed it, a reply is on the screen already."""
    shell = _shell()
    if shell is not None and _streamed.get(id(reply)) == shell.execution_count:
        return
    _display(_reply_bundle(reply))


def _reply_bundle(reply: Reply, **_: Any) -> dict[str, str]:
    return {"text/markdown": reply_markdown(reply), "text/plain": plain(reply.text)}


def _session_bundle(session: Session, **_: Any) -> Any:
    shell = _shell()
    if shell is None or not _is_kernel(shell):
        # A terminal has its repr.
        return None
    from nemo_nb.notebook.widgets.panel import Panel  # noqa: PLC0415  # anywidget, only here

    panel: Any = Panel(session)
    return panel._repr_mimebundle_()


def _export_bundle(export: ExportFile, **_: Any) -> dict[str, str]:
    if export.path is None:
        words = f"Export {export.status}, {export.progress:.0f} %"
        return {"text/plain": words, "text/html": escape(words)}
    player = _player(Path(export.path), export)
    return {"text/plain": export_sentence(export), "text/html": player}


def _player(path: Path, export: ExportFile) -> str:
    source = _source(path)
    name = escape(_place(path), quote=True)
    size = f"{export.width}x{export.height} · " if export.width else ""
    shown = _media(path, export, source, name)
    if source is not None and not source.startswith("data:"):
        name = f'<a href="{source}" download>{name}</a>'
    facts = f"{size}{_length_and_size(export)}"
    return f'<figure style="margin:0">{shown}<figcaption>{name} · {facts}</figcaption></figure>'


def _media(path: Path, export: ExportFile, source: str | None, name: str) -> str:
    """Return the element that plays or shows the file; *name* is ready for HTML."""
    width = f"max-width:min(100%, {_POSTER_WIDTH}px)"
    kind = _MIME[path.suffix.lower()].partition("/")[0]
    if kind == "audio":
        return f'<audio controls src="{source}" aria-label="{name}"></audio>' if source else ""
    if kind == "image" and source is not None:
        return f'<img src="{source}" alt="{name}" style="{width}">'
    poster = _data_uri("image/jpeg", export.poster(_POSTER_WIDTH))
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
    served = not ({"VSCODE_PID", "COLAB_RELEASE_TAG"} & os.environ.keys())
    if served and path.is_relative_to(folder):
        return quote(path.relative_to(folder).as_posix())
    if path.stat().st_size <= _EMBED_LIMIT_BYTES:
        return _data_uri(_MIME[path.suffix.lower()], path.read_bytes())
    return None


def _data_uri(mime: str, data: bytes) -> str:
    return f"data:{mime};base64,{base64.b64encode(data).decode('ascii')}"
