"""How results look where they are shown: which class is shown by what.

Formatters are registered with IPython by class name, so that nothing below this package
imports upward and showing one class loads no other. A class that shows itself with
``_repr_html_`` (a comparison, a test's result, a certificate) needs no line here.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from html import escape
from typing import TYPE_CHECKING, Any

from nemo_nb import notices
from nemo_nb.notebook.cell_view import CellView, show_bundle
from nemo_nb.notebook.export_view import export_bundle
from nemo_nb.notebook.reply_view import is_streamed, reply_bundle, reply_markdown

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from nemo_nb.blocking import Session
    from nemo_nb.models import Credits
    from nemo_nb.reply import Reply
    from nemo_nb.timeline.timeline import Timeline

__all__ = ["presenter", "register", "reply_markdown"]

Presenter = Callable[[], AbstractContextManager[notices.Watcher]]


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
    from nemo_nb.notebook import readable, tracebacks  # noqa: PLC0415  # IPython, slow to import

    formatter: Any = shell.display_formatter
    bundle, direct = formatter.mimebundle_formatter, formatter.ipython_display_formatter
    bundle.for_type_by_name("nemo_nb.export", "ExportFile", export_bundle)
    bundle.for_type_by_name("nemo_nb.reply", "Reply", _reply_bundle)
    bundle.for_type_by_name("nemo_nb.blocking", "Session", _session_bundle)
    bundle.for_type_by_name("nemo_nb.models", "Credits", _credits_bundle)
    bundle.for_type_by_name("pandas", "DataFrame", readable.bundle)
    direct.for_type_by_name("nemo_nb.reply", "Reply", _skip_if_streamed)
    direct.for_type_by_name("nemo_nb.timeline.timeline", "Timeline", _show_timeline)
    tracebacks.register(shell)


def _shell() -> InteractiveShell | None:
    try:
        from IPython.core.getipython import get_ipython  # noqa: PLC0415  # slow to import
    except ImportError:
        return None
    return get_ipython()


def _is_kernel(shell: InteractiveShell | None) -> bool:
    return getattr(shell, "kernel", None) is not None


@contextmanager
def _in_cell() -> Generator[notices.Watcher]:
    view = CellView()
    with _short_interrupts():
        try:
            yield view
        except BaseException:
            view.break_off()
            raise
    view.settle()


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


def _skip_if_streamed(reply: Reply) -> None:
    """As the last line of the cell that streamed it, a reply is on the screen already."""
    shell = _shell()
    if not _is_kernel(shell):
        # A terminal has written "Out[1]:" by now, and something must follow.
        raise NotImplementedError
    if not is_streamed(reply, shell):
        show_bundle(reply_bundle(reply))


def _reply_bundle(reply: Reply, **_: Any) -> dict[str, str]:
    shell = _shell()
    if is_streamed(reply, shell) and not _is_kernel(shell):
        return {"text/plain": f"<Reply, {reply.outcome}>"}
    return reply_bundle(reply)


def _session_bundle(session: Session, **_: Any) -> Any:
    if not _is_kernel(_shell()):
        # A terminal has its repr.
        return None
    from nemo_nb.notebook.widgets.panel import Panel  # noqa: PLC0415  # anywidget, only here

    panel: Any = Panel(session)
    return panel._repr_mimebundle_()


def _show_timeline(timeline: Timeline) -> None:
    """As a widget. Its own HTML, which a formatter would add, stands in the saved output."""
    from nemo_nb.notebook.widgets.timeline import TimelineWidget  # noqa: PLC0415  # anywidget

    if not _is_kernel(_shell()) or not TimelineWidget.is_built():
        raise NotImplementedError
    widget: Any = TimelineWidget(timeline)
    data, metadata = widget._repr_mimebundle_()
    show_bundle(data, metadata=metadata)


def _credits_bundle(credits_: Credits, **_: Any) -> dict[str, str]:
    held = f" ({credits_.frozen:,g} of them held for running work)" if credits_.frozen else ""
    words = f"{credits_.available:,g} of {credits_.total:,g} credits available{held}"
    return {"text/plain": words, "text/html": escape(words)}
