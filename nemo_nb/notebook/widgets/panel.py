"""The panel of a session: chat, drop zone, timeline, player and export, in a notebook.

Traits hold what may be saved with a notebook: which skill, where the work is done, the
language. The conversation itself travels as messages and is kept in the kernel.
"""

# anywidget and traitlets have no complete types
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
from __future__ import annotations

import weakref
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import anyio
import anyio.to_thread
import traitlets

from nemo_nb import loop
from nemo_nb.errors import InputError
from nemo_nb.notebook.widgets import pictures, protocol, views
from nemo_nb.notebook.widgets.base import (
    Buffers,
    Handler,
    MessageWidget,
    Result,
    bundle,
    running_cell,
)
from nemo_nb.notebook.widgets.incoming import CHUNK_BYTES, Incoming
from nemo_nb.notebook.widgets.model import PanelModel
from nemo_nb.notebook.widgets.protocol import Message, Request
from nemo_nb.notebook.widgets.saved import SavedOutput
from nemo_nb.notebook.widgets.selection import frame_of, refs_of
from nemo_nb.notebook.widgets.transcript import RUNNING
from nemo_nb.skills import FONT_FORMATS, SUBTITLE_FORMATS, UPLOAD_FORMATS
from nemo_nb.timeline.timeline import Timeline

if TYPE_CHECKING:
    import pandas as pd

    from nemo_nb.blocking import Session
    from nemo_nb.session import AsyncSession

_EXTRA_FORMATS = ("jpeg", "heic", "heif")
_POSTER_WIDTH = 480

# By the session's id(): a model lives as long as a panel of it, and its session as long.
_models: weakref.WeakValueDictionary[int, PanelModel] = weakref.WeakValueDictionary()
_open: weakref.WeakKeyDictionary[AsyncSession, dict[str, Panel]] = weakref.WeakKeyDictionary()


class Panel(MessageWidget):
    """A panel of *session*. Panels in several cells show the same conversation.

    Running a cell again closes the panel that it had shown before.

    Raises:
        ConfigError: The front end has not been built.
    """

    _esm: ClassVar[Any] = bundle("panel.js")
    _css: ClassVar[Any] = bundle("panel.css")

    protocol_version = traitlets.Int(protocol.PROTOCOL).tag(sync=True)
    skill = traitlets.Unicode("").tag(sync=True)
    backend = traitlets.Unicode("").tag(sync=True)
    language = traitlets.Unicode("").tag(sync=True)

    def __init__(self, session: Session) -> None:
        core = session.aio
        # With the widget, not after it: the front end reads them as soon as it is there.
        super().__init__(
            skill=core.skill.title,
            backend=views.backend_label(core.backend.settings),
            language=core.language or "",
        )
        self._core = core
        self._incoming = Incoming(core.skill.limit_bytes)
        self._model = _models.setdefault(id(core), PanelModel(core))
        self._saved = SavedOutput()
        # One after the other: the last to begin is the last to be written.
        self._saving = anyio.Lock()
        self._cell = running_cell()
        panels = _open.setdefault(core, {})
        before = panels.get(self._cell)
        panels[self._cell] = self
        self.route_by_front_end()
        # The new one first: a conversation that nobody watches drops what is queued.
        loop.run(self._model.attach, self._hear)
        if before is not None:
            before.close()

    def close(self) -> None:
        """Take the panel away and stop listening; the session goes on. Safe to call twice."""
        if self.comm is not None and hasattr(self, "_model"):
            panels = _open.get(self._core, {})
            if panels.get(self._cell) is self:
                del panels[self._cell]
            loop.spawn(self._end)
            self._incoming.close()
        super().close()

    async def _end(self) -> None:
        await self.cancel_requests()
        await self._model.detach(self._hear)

    def handlers(self) -> Mapping[str, Handler]:
        """Return what answers each kind of request."""
        return {
            **super().handlers(),
            "hello": self._on_hello,
            "send": self._on_send,
            "unqueue": self._on_unqueue,
            "stop": self._on_stop,
            "upload_begin": self._on_upload_begin,
            "upload_chunk": self._on_upload_chunk,
            "upload_end": self._on_upload_end,
            "upload_cancel": self._on_upload_cancel,
            "retry": self._on_retry,
            "undo": self._on_step,
            "redo": self._on_step,
            "cue_text": self._on_cue_text,
            "select": self._on_select,
            "export": self._on_export,
            "export_cancel": self._on_export_cancel,
            "refresh": self._on_refresh,
            "video": self._on_video,
            "frame": self._on_frame,
            "thumbnails": self._on_thumbnails,
            "waveform": self._on_waveform,
        }

    @property
    def selection(self) -> pd.DataFrame:
        """The rows of ``timeline.segments`` that are selected in the panel."""
        timeline = self._model.timeline or Timeline({})
        return frame_of(self._model.selection, timeline)

    def select(self, rows: Any) -> None:
        """Select segments, in every panel of this session, and show where they are.

        Args:
            rows: Rows of ``timeline.segments`` or ``timeline.captions``, a mask over one of
                them, row numbers of ``timeline.segments``, or ``(track, segment)`` pairs;
                None or nothing selects nothing.

        Raises:
            InputError: It names no segments, or one that is not there.
        """
        refs = refs_of(rows, self._model.timeline or Timeline({}))

        async def select() -> None:
            self._model.select(refs, reveal=True)

        loop.run(select)

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the widget, and beside it what a reader without a kernel sees."""
        shown: Any = super()._repr_mimebundle_()
        return self._saved.beside(shown, self._static_html(), self._static_text())

    @property
    def _title(self) -> str:
        return f"Nemo · {self.skill} · {self.backend}"

    def _static_html(self, still: bytes = b"") -> str:
        """Return what is saved; *still* is a picture of the draft."""
        model = self._model
        exported = b"" if model.exports.state.outdated else model.exports.poster(_POSTER_WIDTH)
        what = "First picture of the exported video." if exported else "A picture of the draft."
        alt = f"{what} {model.summary}"
        timeline, items = model.timeline, model.transcript.items
        return views.static_html(self._title, items, timeline, exported or still, alt)

    def _static_text(self) -> str:
        model = self._model
        return views.static_text(self._title, model.transcript.items, model.summary)

    def _hear(self, message: Message) -> None:
        item: Mapping[str, Any] = message["item"] if message["kind"] == "item" else {}
        if item.get("status") == RUNNING:
            self.route_by_front_end()
        self.tell(message)
        ended = item and item.get("status") != RUNNING
        exported = message["kind"] == "export" and message["export"]["status"] == "completed"
        if self._saved.shown and (ended or exported or message["kind"] == "timeline"):
            self.start(self._save())

    async def _save(self) -> None:
        async with self._saving:
            still = await self._model.still(_POSTER_WIDTH)
            # A poster is decoded for it.
            html = await anyio.to_thread.run_sync(self._static_html, still)
            await anyio.to_thread.run_sync(self._saved.update, html, self._static_text())

    async def _on_hello(self, request: Request, _buffers: Buffers) -> Result:
        if request.fields["protocol"] != protocol.PROTOCOL:
            raise InputError(
                "This page shows the panel of another version of nemo_nb.",
                fix="Reload the page and run the cell again.",
            )
        skill, settings = self._core.skill, self._core.backend.settings
        own = () if settings.is_cloud else (*SUBTITLE_FORMATS, *FONT_FORMATS)
        return {
            **self._model.snapshot(),
            "examples": {"en": list(skill.examples), "zh": list(skill.examples_zh)},
            "accept": [*UPLOAD_FORMATS, *_EXTRA_FORMATS, *own],
            "limit_bytes": skill.limit_bytes,
        }, ()

    async def _on_send(self, request: Request, _buffers: Buffers) -> Result:
        return {"entry": self._model.send(request.fields["text"])}, ()

    async def _on_unqueue(self, request: Request, _buffers: Buffers) -> Result:
        self._model.outbox.drop(request.fields["entry"])
        return {}, ()

    async def _on_stop(self, _request: Request, _buffers: Buffers) -> Result:
        return {"returned": await self._model.stop()}, ()

    async def _on_upload_begin(self, request: Request, _buffers: Buffers) -> Result:
        fields = request.fields
        self._incoming.begin(fields["upload"], fields["name"], fields["size_bytes"])
        return {"chunk_bytes": CHUNK_BYTES}, ()

    async def _on_upload_chunk(self, request: Request, buffers: Buffers) -> Result:
        fields = request.fields
        chunk = buffers[0] if buffers else b""
        # Half a MB into the page cache: shorter than the way to another thread and back.
        received = self._incoming.write(fields["upload"], fields["offset"], chunk)
        return {"received_bytes": received}, ()

    async def _on_upload_end(self, request: Request, _buffers: Buffers) -> Result:
        upload = request.fields["upload"]
        try:
            await self._core.upload(self._incoming.finished(upload))
        finally:
            self._incoming.drop(upload)
        return {}, ()

    async def _on_upload_cancel(self, request: Request, _buffers: Buffers) -> Result:
        self._incoming.drop(request.fields["upload"])
        return {}, ()

    async def _on_retry(self, request: Request, _buffers: Buffers) -> Result:
        return {"entry": self._model.retry(request.fields["item"])}, ()

    async def _on_step(self, request: Request, _buffers: Buffers) -> Result:
        await self._model.deeds.step("undo" if request.kind == "undo" else "redo")
        return {}, ()

    async def _on_cue_text(self, request: Request, _buffers: Buffers) -> Result:
        fields = request.fields
        await self._model.retext(fields["track"], fields["segment"], fields["text"])
        return {}, ()

    async def _on_select(self, request: Request, _buffers: Buffers) -> Result:
        refs = [(track, segment) for track, segment in request.fields["segments"]]
        self._model.select(refs, besides=self._hear)
        return {}, ()

    async def _on_export(self, request: Request, _buffers: Buffers) -> Result:
        self._model.start_export(request.fields["format"])
        return {}, ()

    async def _on_export_cancel(self, _request: Request, _buffers: Buffers) -> Result:
        await self._model.exports.cancel()
        return {}, ()

    async def _on_refresh(self, _request: Request, _buffers: Buffers) -> Result:
        await self._model.refresh()
        return {}, ()

    async def _on_video(self, request: Request, _buffers: Buffers) -> Result:
        fields = request.fields
        total, part = await self._model.exports.video_part(fields["video"], fields["offset"])
        return {"total_bytes": total}, (part,)

    async def _on_frame(self, request: Request, _buffers: Buffers) -> Result:
        fields = request.fields
        at_ms, width, exact = fields["at_ms"], fields["width"], fields["exact"]
        return {}, (await pictures.frame(self._model.timeline, at_ms, width, exact=exact),)

    async def _on_thumbnails(self, request: Request, _buffers: Buffers) -> Result:
        fields = request.fields
        count, width = fields["count"], fields["width"]
        sheet, facts = await pictures.thumbnails(self._model.timeline, count, width)
        return facts, (sheet,)

    async def _on_waveform(self, request: Request, _buffers: Buffers) -> Result:
        return await pictures.waveform(self._model.timeline, request.fields["buckets"]), ()
