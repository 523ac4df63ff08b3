"""One session as its panel sees it: transcript, queue, timeline and export.

It outlives the widget: running the cell again makes a new panel of the same conversation.
Everything here runs on the background loop.
"""

# pandas has no complete types
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Coroutine
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, cast

import anyio.to_thread

from nemo_nb import notices
from nemo_nb.errors import InputError, NemoError
from nemo_nb.notebook.throttle import Throttle
from nemo_nb.notebook.widgets import views
from nemo_nb.notebook.widgets.exports import Exports
from nemo_nb.notebook.widgets.protocol import Message, notice, problem
from nemo_nb.notebook.widgets.transcript import Transcript
from nemo_nb.redact import logger

if TYPE_CHECKING:
    from nemo_nb.session import AsyncSession
    from nemo_nb.timeline.timeline import Timeline

log = logger(__name__)

_FRAME_WIDTHS: Final = (64, 1920)


@dataclass(frozen=True, slots=True)
class Queued:
    """A message that waits for its turn."""

    entry: int
    text: str


class PanelModel:
    """What the panels of *core* know; it hears the session and tells whoever is attached."""

    def __init__(self, core: AsyncSession) -> None:
        self.transcript = Transcript()
        self.timeline: Timeline | None = None
        self.exports = Exports(core, self._tell)
        self._core = core
        self._listeners: list[Callable[[Message], None]] = []
        self._unsubscribe: Callable[[], None] | None = None
        self._queue: list[Queued] = []
        self._entries = 0
        self._sending: Queued | None = None
        self._pump: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._media: set[str] | None = None
        self._credits: Message | None = None
        self._progress: Throttle[notices.TurnProgress] = Throttle(self._advance)

    async def attach(self, tell: Callable[[Message], None]) -> None:
        """Let *tell* hear every notice from now on, and catch up with the session."""
        self._listeners.append(tell)
        if self._unsubscribe is None:
            self._recall()
            self._unsubscribe = self._core.subscribe(self.hear)
            self._start(self.refresh())
            self._start(self._read_credits())

    async def detach(self, tell: Callable[[Message], None]) -> None:
        """Tell *tell* no more. With the last one gone, stop listening to the session.

        What runs then goes on, it is the session's; what was queued is not sent.
        """
        if tell in self._listeners:
            self._listeners.remove(tell)
        if self._listeners:
            return
        self._clear_queue()
        self._progress.flush()
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    @property
    def summary(self) -> str:
        """The timeline in one line; "" while there is nothing on it."""
        timeline = self.timeline
        return timeline.summary() if timeline is not None and timeline.ready else ""

    def snapshot(self) -> Message:
        """Return the state that a new view starts from."""
        return {
            "items": self.transcript.snapshot(),
            "queue": self._queue_view(),
            "timeline": None if self.timeline is None else views.timeline_view(self.timeline),
            "export": asdict(self.exports.state),
            "credits": self._credits,
        }

    def hear(self, what: notices.Notice) -> None:
        """Take in one notice of the session, whoever caused it."""
        match what:
            case notices.TurnStarted(turn=turn, action=action, text=text):
                self._tell(self.transcript.start(turn, action, text))
                self._left_queue(text)
            case notices.TurnProgress():
                self._progress.push(what)
            case notices.TurnEnded():
                self._progress.flush()
                self._turn_ended(what)
            case notices.TimelineRead(timeline=timeline):
                self._timeline_read(timeline)
            case notices.UploadProgress(name=name, sent_bytes=sent, total_bytes=total):
                self._tell(notice("upload", name=name, sent_bytes=sent, total_bytes=total))
            case notices.ExportProgress(job=job, status=status, progress=progress):
                self.exports.moved(job, status, progress)
            case notices.ExportEnded(export=export, error=error):
                self.exports.ended(export, error, self.timeline)
                self._start(self._read_credits())

    def send(self, text: str) -> int:
        """Queue a message and return its entry; it is sent when its turn comes.

        Raises:
            InputError: There are no words in it.
        """
        if not text.strip():
            raise InputError("The message is empty.")
        self._entries += 1
        self._queue.append(Queued(self._entries, text))
        self._tell_queue()
        self._wake()
        return self._entries

    def unqueue(self, entry: int) -> None:
        """Take a message off the queue; nothing happens where it has been sent."""
        self._queue = [queued for queued in self._queue if queued.entry != entry]
        if self._sending is not None and self._sending.entry == entry:
            self._stop_sending()
        self._tell_queue()

    async def stop(self) -> list[str]:
        """Stop the running turn; return the queued messages, which are not sent."""
        returned = self._clear_queue()
        await self._core.stop()
        return returned

    def start_export(self) -> None:
        """Begin an export; how it goes is told.

        Raises:
            RenderError: One is running.
        """
        self.exports.begin()
        self._start(self.exports.run())

    async def refresh(self) -> None:
        """Read the timeline again; it is told as a notice."""
        timeline = await self._core.timeline()
        # What was read from the server has been told as a notice already.
        if timeline is not self.timeline:
            self._timeline_read(timeline)

    async def frame(self, at_ms: int, width: int) -> bytes:
        """Return a JPEG of the draft.

        Raises:
            NemoError: As `Timeline.frame`.
        """
        timeline = self.timeline
        if timeline is None or not timeline.ready:
            raise InputError("There is no picture yet.")
        at_ms = max(0, min(at_ms, timeline.duration_ms - 1))
        low, high = _FRAME_WIDTHS
        width = max(low, min(width, high))
        return await anyio.to_thread.run_sync(timeline.frame_jpeg, at_ms, width)

    def _recall(self) -> None:
        """Add the session's turns that this conversation did not hear."""
        rows = cast("list[dict[str, Any]]", self._core.history.to_dict("records"))
        asked = {int(row["turn"]): row for row in rows if row["role"] == "user"}
        told = {int(row["turn"]): row for row in rows if row["role"] == "agent"}
        for turn in sorted(asked.keys() & told.keys()):
            if not self.transcript.knows(turn):
                row = {
                    "action": str(asked[turn]["action"]),
                    "text": str(asked[turn]["text"]),
                    "reply": str(told[turn]["text"]),
                    "status": str(told[turn]["status"]),
                    "started_at_ms": round(asked[turn]["started_at"].timestamp() * 1000),
                }
                self.transcript.recall(turn, row)

    def _advance(self, progress: notices.TurnProgress) -> None:
        message = self.transcript.advance(progress.turn, progress.text, progress.progress)
        if message is not None:
            self._tell(message)

    def _turn_ended(self, ended: notices.TurnEnded) -> None:
        reply = ended.reply
        message = self.transcript.end(
            ended.turn,
            ended.status,
            reply=None if reply is None else reply.text,
            suggestions=() if reply is None else reply.suggestions,
            # Who ended a turn says what it did; one that was cut short left it unsaid.
            changes=self._changes(reply) if ended.status == "stopped" else "",
            problem=None if ended.error is None else problem(ended.error),
        )
        if message is not None:
            self._tell(message)
        self._start(self._read_credits())

    def _changes(self, reply: Any) -> str:
        if reply is None or reply.changes is None or reply.changes.empty:
            return ""
        from nemo_nb.timeline.diff import diff_words  # noqa: PLC0415  # loads pandas

        return diff_words(reply.changes, self._core.language or "en")

    def _timeline_read(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self._tell(notice("timeline", timeline=views.timeline_view(timeline)))
        self.exports.compare(timeline)
        names = cast("list[str]", timeline.media["name"].astype(str).tolist())
        before, self._media = self._media, set(names)
        fresh = [name for name in names if name not in (before or ())]
        # What was there before this panel is no news, unless there is nothing else to tell.
        if fresh and (before is not None or not self.transcript.items):
            self._tell(self.transcript.add_files(fresh))

    async def _read_credits(self) -> None:
        if self._core.backend.settings.backend == "local":
            return
        self._credits = views.credits_view(await self._core.credits())
        self._tell(notice("credits", credits=self._credits))

    def _wake(self) -> None:
        if self._queue and self._pump is None:
            self._pump = self._start(self._send_queued())

    async def _send_queued(self) -> None:
        while self._queue:
            self._sending = queued = self._queue[0]
            try:
                # The session lets one turn run at a time, also those of cells.
                await self._core.chat(queued.text)
            except NemoError as error:
                # A turn that failed has been told; a message that never became one has not.
                if self._sending is queued:
                    self._left_queue(queued.text)
                    self._tell(self.transcript.refuse(queued.text, problem(error)))
            finally:
                self._sending = None

    def _left_queue(self, text: str) -> None:
        sending = self._sending
        if sending is not None and sending.text.strip() == text.strip():
            self._sending = None
            self._queue = [queued for queued in self._queue if queued is not sending]
            self._tell_queue()

    def _clear_queue(self) -> list[str]:
        texts = [queued.text for queued in self._queue]
        self._queue.clear()
        self._stop_sending()
        self._tell_queue()
        return texts

    def _stop_sending(self) -> None:
        """Take back a message that waits for its turn; one that runs is not touched."""
        if self._sending is not None and self._pump is not None:
            self._pump.cancel()

    def _tell(self, message: Message) -> None:
        for listener in self._listeners:
            listener(message)

    def _queue_view(self) -> list[Message]:
        return [asdict(queued) for queued in self._queue]

    def _tell_queue(self) -> None:
        self._tell(notice("queue", queue=self._queue_view()))

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        # An empty context: a notice comes in the context of the cell that runs the turn, and
        # what the panel starts must not write into that cell.
        task = asyncio.get_running_loop().create_task(work, context=contextvars.Context())
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task is self._pump:
            self._pump = None
            self._wake()
        error = None if task.cancelled() else task.exception()
        if isinstance(error, NemoError):
            # Nobody asked for this read: what fails for good is told by what they do ask for.
            log.info("%s", error)
        elif error is not None:
            log.error("the panel failed", exc_info=error)
