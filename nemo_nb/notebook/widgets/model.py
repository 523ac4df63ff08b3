"""One session as its panel sees it: transcript, queue, timeline and export.

It outlives the widget: running the cell again makes a new panel of the same conversation.
Everything here runs on the background loop.
"""

# pandas has no complete types
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final, cast

from nemo_nb import notices
from nemo_nb.errors import InputError, NemoError
from nemo_nb.export import Wish
from nemo_nb.notebook.throttle import Throttle
from nemo_nb.notebook.widgets import pictures, views
from nemo_nb.notebook.widgets.deeds import Deeds
from nemo_nb.notebook.widgets.exports import Exports
from nemo_nb.notebook.widgets.outbox import Outbox
from nemo_nb.notebook.widgets.protocol import Message, notice, problem
from nemo_nb.notebook.widgets.selection import Ref, present
from nemo_nb.notebook.widgets.transcript import Transcript
from nemo_nb.redact import logger
from nemo_nb.retext import Retext

if TYPE_CHECKING:
    from nemo_nb.session import AsyncSession
    from nemo_nb.timeline.timeline import Timeline

log = logger(__name__)

Tell = Callable[[Message], None]

_STILL_AT_MS: Final = 1000


class PanelModel:
    """What the panels of *core* know; it hears the session and tells whoever is attached."""

    def __init__(self, core: AsyncSession) -> None:
        self.transcript = Transcript()
        self.timeline: Timeline | None = None
        self.selection: list[Ref] = []
        self.exports = Exports(core, self._tell)
        self.outbox = Outbox(self._tell, self._refuse, self._start)
        self.deeds = Deeds(core, self.transcript, self._tell)
        self._core = core
        self._listeners: list[Tell] = []
        self._unsubscribe: Callable[[], None] | None = None
        self._view: Message | None = None
        self._studio: Message | None = None
        self._retry = 0
        self._still: tuple[Timeline, bytes] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._media: set[str] | None = None
        self._credits: Message | None = None
        self._progress: Throttle[notices.TurnProgress] = Throttle(self._advance)

    async def attach(self, tell: Tell) -> None:
        """Let *tell* hear every notice from now on, and catch up with the session."""
        self._listeners.append(tell)
        if self._unsubscribe is None:
            self._recall()
            self._unsubscribe = self._core.subscribe(self.hear)
            self._start(self.refresh())
            self._start(self._read_credits())

    async def detach(self, tell: Tell) -> None:
        """Tell *tell* no more. With the last one gone, stop listening to the session.

        What runs then goes on, it is the session's; what was queued is not sent.
        """
        if tell in self._listeners:
            self._listeners.remove(tell)
        if self._listeners:
            return
        self.outbox.clear()
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
            "queue": self.outbox.view(),
            "timeline": self._view,
            "selection": self.selection,
            "studio": self._studio,
            "export": asdict(self.exports.state),
            "credits": self._credits,
        }

    def hear(self, what: notices.Notice) -> None:
        """Take in one notice of the session, whoever caused it."""
        match what:
            case notices.TurnStarted(turn=turn, action=action, text=text):
                self._tell(self.transcript.start(turn, action, text))
                self.outbox.began(text)
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
        return self.outbox.add(text, lambda: self._core.chat(text))

    def retry(self, item: int) -> int:
        """Queue the message of the last turn once more; return its entry.

        What the turn changed is undone first, where that can be (:meth:`Deeds.again`).

        Raises:
            InputError: It is not the last, is running, or is on its way already.
        """
        text = self.deeds.message(item)
        if self.outbox.holds(self._retry):
            raise InputError("It is on its way already.")
        self._retry = self.outbox.add(text, lambda: self.deeds.again(text))
        return self._retry

    async def retext(self, track: int, segment: int, text: str) -> None:
        """Give a cue, both counted from 1, other words when its turn comes.

        Raises:
            InputError: There is no such cue, no words, or it was taken off the queue.
            NemoError: As `ByHand.retext`.
        """
        if self.timeline is None:
            raise InputError("There is no timeline yet.")
        wish = Retext.of(self.timeline, track, segment, text)
        asked = wish.asked(self._core.language or "en")
        await self.outbox.deliver(asked, lambda: self._core.by_hand.retext(wish))

    async def stop(self) -> list[str]:
        """Stop the running turn; return the queued messages, which are not sent."""
        returned = self.outbox.clear()
        await self._core.stop()
        return returned

    def select(
        self, refs: Iterable[Ref], *, reveal: bool = False, besides: Tell | None = None
    ) -> None:
        """Let *refs* be what is selected; told to every panel but *besides*.

        Args:
            refs: ``(track, segment)`` from 1; what is not there is left out.
            reveal: Whether the panels show where it is.
            besides: Who selected it, and so knows.
        """
        self.selection = [] if self.timeline is None else present(refs, self.timeline)
        message = notice("selection", selection=self.selection, reveal=reveal)
        self._tell(message, besides)

    def start_export(self, kind: str) -> None:
        """Begin an export as *kind*, a format; how it goes is told.

        Raises:
            InputError: There is no such format.
            RenderError: One is running.
        """
        Wish(kind)
        self.exports.begin()
        self._start(self.exports.run(kind))

    async def refresh(self) -> None:
        """Read the timeline again; it is told as a notice."""
        studio = await self._core.is_studio()
        timeline = await self._core.timeline()
        if studio and self._studio is None:
            self._tell_steps(studio=True)
        # What was read from the server has been told as a notice already.
        if timeline is not self.timeline:
            self._timeline_read(timeline)

    async def still(self, width: int) -> bytes:
        """Return a JPEG of the draft to remember it by; nothing where nobody draws one."""
        timeline = self.timeline
        if timeline is None or not (timeline.ready and timeline.has_frames):
            return b""
        if self._still is None or self._still[0] is not timeline:
            # What comes with a movement stands by then.
            at_ms = min(_STILL_AT_MS, timeline.duration_ms // 2)
            try:
                self._still = timeline, await pictures.frame(timeline, at_ms, width)
            except NemoError as error:
                # The words are worth saving without a picture.
                log.info("no still: %s", error)
                return b""
        return self._still[1]

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
        self.deeds.ended(ended)
        message = self.transcript.end(
            ended.turn,
            ended.status,
            reply=None if reply is None else reply.text,
            suggestions=() if reply is None else reply.suggestions,
            notes=() if reply is None else reply.notes,
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
        was, self._view = self._view, views.timeline_view(timeline)
        self.timeline = timeline
        self._tell(notice("timeline", timeline=self._view))
        if self.selection and was is not None:
            self.select(views.followed(self.selection, was, self._view))
        self._tell_steps(studio=timeline.has_frames)
        self.exports.compare(timeline)
        self._files_read(timeline)

    def _files_read(self, timeline: Timeline) -> None:
        notes = views.media_notes(timeline)
        before, self._media = self._media, set(notes)
        fresh = [name for name in notes if name not in (before or ())]
        # What was there before this panel is no news, unless there is nothing else to tell.
        if fresh and (before is not None or not self.transcript.items):
            told = [f"{name}: {notes[name]}" for name in fresh if notes[name]]
            self._tell(self.transcript.add_files(fresh, told))

    def _tell_steps(self, *, studio: bool) -> None:
        now = views.studio_view(self._core.by_hand.steps) if studio else self._studio
        if now is not None and now != self._studio:
            self._studio = now
            self._tell(notice("studio", studio=now))

    async def _read_credits(self) -> None:
        settings = self._core.backend.settings
        if settings.backend == "local" and settings.credits is None:
            return
        self._credits = views.credits_view(await self._core.credits())
        self._tell(notice("credits", credits=self._credits))

    def _refuse(self, text: str, error: NemoError) -> None:
        self._tell(self.transcript.refuse(text, problem(error)))

    def _tell(self, message: Message, besides: Tell | None = None) -> None:
        for listener in self._listeners:
            if listener != besides:
                listener(message)

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        # An empty context: a notice comes in the context of the cell that runs the turn, and
        # what the panel starts must not write into that cell.
        task = asyncio.get_running_loop().create_task(work, context=contextvars.Context())
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, NemoError):
            # Nobody asked for this read: what fails for good is told by what they do ask for.
            log.info("%s", error)
        elif error is not None:
            log.error("the panel failed", exc_info=error)
