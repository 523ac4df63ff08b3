"""The timeline widget: a `Timeline` to scroll, zoom and select in, in a notebook.

A timeline never changes, so neither does what is shown; only the selection travels. The
session's panel is where the timeline is edited.
"""

# anywidget and traitlets have no complete types
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
from __future__ import annotations

import base64
import concurrent.futures
from collections.abc import Callable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar, TypeVarTuple, cast

import anyio.to_thread
import traitlets

from nemo_nb import loop
from nemo_nb.errors import InputError, NemoError, NotSupported
from nemo_nb.notebook.widgets import protocol
from nemo_nb.notebook.widgets.base import Buffers, Handler, MessageWidget, Result, bundle
from nemo_nb.notebook.widgets.cells import CellWidgets
from nemo_nb.notebook.widgets.protocol import Message, Request, notice
from nemo_nb.notebook.widgets.saved import SavedOutput
from nemo_nb.notebook.widgets.selection import Ref, frame_of, present, refs_of
from nemo_nb.notebook.widgets.views import timeline_view
from nemo_nb.redact import logger

if TYPE_CHECKING:
    import pandas as pd

    from nemo_nb.timeline.timeline import PreviewSource, Timeline

T = TypeVar("T")
Args = TypeVarTuple("Args")

log = logger(__name__)

# The studio's own bounds.
_FRAME_WIDTHS: Final = (64, 1920)
_THUMBNAIL_WIDTHS: Final = (16, 640)
_MOST_THUMBNAILS: Final = 500
_MOST_BUCKETS: Final = 10_000

_POSTER_WIDTH: Final = 480
# What the saved output's picture may hold up the cell; a later one is put in its place.
_POSTER_WAIT_S: Final = 1.0

_shown = CellWidgets()


class TimelineWidget(MessageWidget):
    """A widget of *timeline*. Running a cell again closes those that it had shown before.

    Raises:
        ConfigError: The front end has not been built.
    """

    _esm: ClassVar[Any] = bundle("timeline.js")
    _css: ClassVar[Any] = bundle("timeline.css")

    protocol_version = traitlets.Int(protocol.PROTOCOL).tag(sync=True)
    language = traitlets.Unicode("").tag(sync=True)

    def __init__(self, timeline: Timeline, *, language: str = "") -> None:
        super().__init__(language=language)
        self._timeline = timeline
        self._selection: list[Ref] = []
        self._view: Message | None = None
        self._saved = SavedOutput()
        self.route_by_front_end()
        _shown.add(self)

    @classmethod
    def is_built(cls) -> bool:
        """Whether the front end is there."""
        return bool(cls._esm)

    @property
    def timeline(self) -> Timeline:
        """What is shown."""
        return self._timeline

    @property
    def selection(self) -> pd.DataFrame:
        """The rows of ``timeline.segments`` that are selected in the widget."""
        return frame_of(self._selection, self._timeline)

    def select(self, rows: Any) -> None:
        """Select segments, and show where they are.

        Args:
            rows: Rows of ``timeline.segments`` or ``timeline.captions``, a mask over one of
                them, row numbers of ``timeline.segments``, or ``(track, segment)`` pairs;
                None or nothing selects nothing.

        Raises:
            InputError: It names no segments, or one that is not there.
        """
        self._selection = refs_of(rows, self._timeline)
        self.tell(notice("selection", selection=self._selection, reveal=True))

    def close(self) -> None:
        """Take the widget away; safe to call twice."""
        if self.comm is not None and hasattr(self, "_saved"):
            _shown.discard(self)
            loop.spawn(self.cancel_requests)
        super().close()

    def handlers(self) -> Mapping[str, Handler]:
        """Return what answers each kind of request."""
        return {
            **super().handlers(),
            "hello_timeline": self._on_hello,
            "select": self._on_select,
            "cue_text": self._on_cue_text,
            "frame": self._on_frame,
            "thumbnails": self._on_thumbnails,
            "waveform": self._on_waveform,
        }

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the widget, and beside it what a reader without a kernel sees."""
        shown: Any = super()._repr_mimebundle_()
        drawing = loop.spawn(self._draw_poster)
        try:
            poster = drawing.result(_POSTER_WAIT_S)
        except concurrent.futures.TimeoutError:
            poster = b""
        text = self._timeline.summary()
        bundle = self._saved.beside(shown, self._static_html(poster), text)
        if not poster:
            drawing.add_done_callback(self._save)
        return bundle

    def _save(self, drawing: concurrent.futures.Future[bytes]) -> None:
        if self.comm is not None and not drawing.cancelled():
            html = self._static_html(drawing.result())
            self._saved.update(html, self._timeline.summary())

    async def _draw_poster(self) -> bytes:
        timeline = self._timeline
        if not timeline.ready or not timeline.has_frames:
            return b""
        # Titles stand by then, and a fade from black is over.
        at_ms = min(1000, timeline.duration_ms // 2)
        try:
            return await _in_thread(_still, timeline, at_ms, _POSTER_WIDTH)
        except NemoError as error:
            # The words are worth saving without a picture.
            log.info("no poster: %s", error)
            return b""

    def _static_html(self, poster: bytes) -> str:
        timeline = self._timeline
        picture = ""
        if poster:
            data = base64.b64encode(poster).decode("ascii")
            alt = escape(f"A picture of it. {timeline.summary()}", quote=True)
            style = "max-width:min(100%,480px);border-radius:6px"
            picture = f'<img src="data:image/jpeg;base64,{data}" alt="{alt}" style="{style}">'
        told = cast("Any", timeline)._repr_html_()
        return f"{picture}{told}<p><small>Run the cell to work with it.</small></p>"

    async def _on_hello(self, request: Request, _buffers: Buffers) -> Result:
        if request.fields["protocol"] != protocol.PROTOCOL:
            raise InputError(
                "This page shows the timeline of another version of nemo_nb.",
                fix="Reload the page and run the cell again.",
            )
        if self._view is None:
            self._view = await _in_thread(timeline_view, self._timeline)
        return {"timeline": self._view, "selection": self._selection, "editable": False}, ()

    async def _on_select(self, request: Request, _buffers: Buffers) -> Result:
        self._selection = await _in_thread(present, request.fields["segments"], self._timeline)
        return {}, ()

    async def _on_cue_text(self, _request: Request, _buffers: Buffers) -> Result:
        raise NotSupported(
            "This timeline is a copy: it cannot be edited here.",
            fix="Edit it in the panel: show the session, or call session.panel().",
        )

    async def _on_frame(self, request: Request, _buffers: Buffers) -> Result:
        fields, timeline = request.fields, self._timeline
        at_ms = max(0, min(fields["at_ms"], timeline.duration_ms - 1))
        width = _within(_FRAME_WIDTHS, fields["width"])
        previews = timeline.previews
        if not fields["exact"] and previews is not None:
            return {}, (await _in_thread(previews.glimpse, timeline.draft, at_ms, width),)
        return {}, (await _in_thread(timeline.frame_jpeg, at_ms, width),)

    async def _on_thumbnails(self, request: Request, _buffers: Buffers) -> Result:
        count = _within((1, _MOST_THUMBNAILS), request.fields["count"])
        width = _within(_THUMBNAIL_WIDTHS, request.fields["width"])
        ask = self._previews().thumbnails
        sheet, facts = await _in_thread(ask, self._timeline.draft, count, width)
        return facts, (sheet,)

    async def _on_waveform(self, request: Request, _buffers: Buffers) -> Result:
        buckets = _within((1, _MOST_BUCKETS), request.fields["buckets"])
        return await _in_thread(self._previews().waveform, self._timeline.draft, buckets), ()

    def _previews(self) -> PreviewSource:
        found = self._timeline.previews
        if found is None:
            raise NotSupported("There are no thumbnails and no waveform of this timeline.")
        return found


def _still(timeline: Timeline, at_ms: int, width: int) -> bytes:
    if timeline.previews is not None:
        return timeline.previews.glimpse(timeline.draft, at_ms, width)
    return timeline.frame_jpeg(at_ms, width)


async def _in_thread(work: Callable[[*Args], T], *args: *Args) -> T:
    # Abandoned: a widget that closes does not wait for pictures that nobody will see.
    return await anyio.to_thread.run_sync(work, *args, abandon_on_cancel=True)


def _within(limits: tuple[int, int], value: int) -> int:
    low, high = limits
    return max(low, min(value, high))
