"""What one call shows in the cell that made it: text as it streams, bars, then what stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any, Final

from nemo_nb import notices
from nemo_nb.errors import RenderCancelled
from nemo_nb.export import file_size
from nemo_nb.notebook.export_view import export_bundle, export_sentence
from nemo_nb.notebook.markdown import harmless, plain
from nemo_nb.notebook.reply_view import mark_streamed, reply_markdown, reply_text
from nemo_nb.notebook.throttle import Throttle

_PLACEHOLDER: Final = "…"
_MOST_BARS: Final = 6
_MOST_NAMES: Final = 5


class CellView:
    """Shows the notices of one call in the cell that made it."""

    def __init__(self) -> None:
        self._turn = Slot()
        self._transfer = Slot()
        self._uploads: dict[str, tuple[int, int]] = {}
        # A line for each render, in the order in which they began.
        self._renders: dict[str, tuple[str, str]] = {}
        self._running: set[str] = set()
        self._throttle: Throttle[Callable[[], None]] = Throttle(lambda paint: paint())

    def __call__(self, notice: notices.Notice) -> None:
        """Show *notice*; on the event loop that does the work."""
        match notice:
            case notices.TurnStarted(action="chat"):
                self._turn.show(_PLACEHOLDER, _PLACEHOLDER)
            case notices.TurnProgress() as told:
                self._throttle.push(lambda: self._show_text(told.text, told.progress))
            case notices.TurnEnded(reply=reply) if reply is not None:
                self._throttle.flush()
                self._end_turn(reply)
            case notices.TurnEnded():
                self._throttle.flush()
                self._turn.drop_placeholder()
            case notices.UploadProgress(name=name, sent_bytes=sent, total_bytes=total):
                self._uploads[name] = (sent, total)
                self._throttle.push(self._show_uploads)
            case notices.ExportProgress(job=job, status=status, progress=progress):
                self._renders[job] = _render_bar(status, progress)
                self._running.add(job)
                self._throttle.push(self._show_renders)
            case notices.ExportEnded(job=job, export=export, error=error):
                words = _export_end(export, error)
                self._renders[job] = (escape(words), words)
                self._running.discard(job)
                self._throttle.flush()
                self._show_renders()
            case _:
                pass

    def settle(self) -> None:
        """The call is over: bars give way to a line that can stay in a saved notebook."""
        self._settle_uploads("Uploaded")

    def break_off(self) -> None:
        """The call has failed, or nobody waits any more: no bar stands there for ever."""
        self._settle_uploads("Not uploaded:")
        if self._running:
            self._throttle.flush()
            for job in self._running:
                words = f"{self._renders[job][1]} when the waiting ended"
                self._renders[job] = (escape(words), words)
            self._show_renders()

    def _settle_uploads(self, outcome: str) -> None:
        if self._uploads:
            self._throttle.flush()
            total = file_size(sum(total for _, total in self._uploads.values()))
            words = f"{outcome} {_listed([*self._uploads])} ({total})"
            self._transfer.show_html(escape(words), words)

    def _end_turn(self, reply: Any) -> None:
        from IPython.core.getipython import get_ipython  # noqa: PLC0415  # slow to import

        if reply.export is not None and not self._turn.used:
            # The words take the place of the bar: they say what it came to.
            self._turn, self._transfer = self._transfer, Slot()
        self._turn.show(reply_markdown(reply), reply_text(reply))
        if reply.export is not None:
            self._transfer.put(export_bundle(reply.export))
        for export in reply.exports[1:]:
            Slot().put(export_bundle(export))
        mark_streamed(reply, get_ipython())

    def _show_text(self, text: str, progress: str) -> None:
        line = f"*{escape(progress)}*" if progress else ""
        parts = [part for part in (harmless(text), line) if part]
        self._turn.show("\n\n".join(parts) or _PLACEHOLDER, plain(text))

    def _show_uploads(self) -> None:
        moving = self._uploads
        if len(moving) > _MOST_BARS:
            moving = {name: at for name, at in moving.items() if at[0] < at[1]}
        rows = [bar(name, sent, total) for name, (sent, total) in [*moving.items()][-_MOST_BARS:]]
        words = f"Uploading {_listed([*self._uploads])}"
        rows += [f"<div>{escape(words)}</div>"] if len(self._uploads) > len(rows) else []
        self._transfer.show_html("".join(rows), words)

    def _show_renders(self) -> None:
        lines = self._renders.values()
        html = "".join(f"<div>{line}</div>" for line, _ in lines)
        self._transfer.show_html(html, "\n".join(words for _, words in lines))


class Slot:
    """One output of the cell, replaced in place."""

    def __init__(self) -> None:
        self._handle: Any = None
        self._last: dict[str, str] = {}

    @property
    def used(self) -> bool:
        """Whether there is anything in this place."""
        return self._handle is not None

    def show(self, markdown: str, words: str) -> None:
        """Show Markdown, and *words* where nothing renders it."""
        self.put({"text/markdown": markdown, "text/plain": words})

    def show_html(self, html: str, words: str) -> None:
        """Show HTML, and *words* where nothing renders it."""
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
            self._handle = show_bundle(bundle, display_id=True)
        else:
            self._handle.update(bundle, raw=True)


def show_bundle(bundle: Mapping[str, str], **options: Any) -> Any:
    """Display a MIME bundle in the running cell."""
    from IPython import display  # noqa: PLC0415  # slow to import

    untyped: Any = display
    return untyped.display(dict(bundle), raw=True, **options)


def bar(label: str, done: int, total: int) -> str:
    """Return a progress bar as HTML."""
    percent = round(100 * done / total) if total else 100
    name = escape(label, quote=True)
    return (
        f'<div style="display:flex;gap:.6em;align-items:center">'
        f'<progress max="100" value="{percent}" aria-label="{name}"></progress>'
        f"<span>{name} · {percent} %</span></div>"
    )


def _listed(names: list[str]) -> str:
    """Return *names* in a row, the first few where they are many."""
    rest = len(names) - _MOST_NAMES
    if rest <= 1:
        return ", ".join(names)
    return f"{', '.join(names[:_MOST_NAMES])} and {rest} more"


def _render_bar(status: str, progress: float) -> tuple[str, str]:
    words = "Waiting to render" if status == "pending" else "Rendering"
    return bar(words, round(progress), 100), f"{words} {progress:.0f} %"


def _export_end(export: Any, error: Exception | None) -> str:
    if export is not None:
        return export_sentence(export)
    return "Export cancelled" if isinstance(error, RenderCancelled) else "Export failed"
