"""One message to the agent: stream it, then say what it did by comparing the timeline."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, cast

from nemo_nb import answers, phrasing, reconcile
from nemo_nb.errors import (
    BadToken,
    NemoError,
    SessionLost,
    StudioGone,
    TurnTimeout,
    TurnUnclear,
)
from nemo_nb.notices import TurnProgress
from nemo_nb.redact import scrub_known
from nemo_nb.reply import Reply, ToolUse
from nemo_nb.timeline.diff import diff_words
from nemo_nb.wire.client import Dropped
from nemo_nb.wire.clock import wall_s
from nemo_nb.wire.events import Heartbeat, StreamError
from nemo_nb.wire.turn import Turn

if TYPE_CHECKING:
    import pandas as pd

    from nemo_nb.export import ExportFile
    from nemo_nb.history import EventLog
    from nemo_nb.models import TurnStatus
    from nemo_nb.notices import Notice
    from nemo_nb.project import Project
    from nemo_nb.timeline.timeline import Timeline
    from nemo_nb.wire.events import Event


# PROTOCOL.md: every two minutes of nothing but heartbeats.
_STILL_WORKING_S: Final = 120.0


class AgentTurn:
    """One turn of the agent. What has arrived stays readable when it is cut short."""

    def __init__(
        self,
        project: Project,
        log: EventLog,
        tell: Callable[[Notice], None],
        *,
        number: int,
        message: str,
        on_event: Callable[[Event], object] | None,
        auto_export: Callable[[], Awaitable[ExportFile]] | None,
    ) -> None:
        self._project = project
        self._log = log
        self._tell = tell
        self._number = number
        self._message = message
        self._on_event = on_event
        self._auto_export = auto_export
        self._turn = Turn()
        self._before: Timeline | None = None
        self._progress = ""
        self._heard = wall_s()
        self._suggestions: tuple[str, ...] = ()
        self._notes: list[str] = []

    async def run(self) -> Reply:
        """Send the message and return the reply.

        Raises:
            TurnUnclear: The stream broke, and the timeline shows no change.
            SessionLost: The server has lost a session that held something.
            NemoError: Whatever the backend reported; ``.reply`` holds what arrived.
        """
        try:
            await self._deliver()
        except Dropped as error:
            return await self._after_break(error)
        except TurnTimeout as error:
            error.reply = self.partial("timeout", await self._read_quietly())
            raise
        self._turn.finish()
        if self._turn.errors:
            raise await self._failure(self._turn.errors[0])
        return await self._reply()

    @property
    def _said(self) -> str:
        """The agent's words so far, in our words where it speaks of buttons."""
        return self._worded(self._turn.text)

    def _worded(self, text: str) -> str:
        # Scrubbed here too: a secret may have come in two pieces.
        return scrub_known(phrasing.rephrase(text, self._project.words))

    def partial(self, status: TurnStatus, after: Timeline | None = None) -> Reply:
        """Return what has arrived so far as a reply."""
        before = self._before
        return Reply(
            text=self._said,
            action="chat",
            status=status,
            turn=self._number,
            changes=before.diff(after) if before is not None and after is not None else None,
            timeline=after,
            tools=self._tools(),
            suggestions=self._suggestions,
            notes=tuple(self._notes),
        )

    async def _deliver(self) -> None:
        """Send the message; once more to a new session where one that was empty is lost."""
        try:
            await self._send()
        except SessionLost as error:
            await self._project.start_anew(error)
            self._notes.append(answers.say("lost", self._project.words))
            await self._send()

    async def _send(self) -> None:
        project = self._project
        session_id = await project.ensure(self._message)
        self._before = await project.known()
        self._turn.begin()
        async with project.client.stream(session_id, self._message) as events:
            async for event in events:
                self._hear(event)

    def _hear(self, event: Event) -> None:
        self._log.add(event)
        self._turn.feed(event)
        self._suggestions = _suggestions(event.raw) or self._suggestions
        self._note_progress(event)
        heard = self._turn.text
        self._tell(TurnProgress(self._number, lambda: self._worded(heard), self._progress))
        if self._on_event is not None:
            self._on_event(event)

    def _note_progress(self, event: Event) -> None:
        now = wall_s()
        # A tool's line says more than a heartbeat, until it has stood for two minutes.
        if isinstance(event, Heartbeat) and now - self._heard < _STILL_WORKING_S:
            return
        self._heard = now
        self._progress = phrasing.progress_line(event, self._project.words)

    async def _reply(self) -> Reply:
        project, before = self._project, self._before
        if before is None:
            before = project.timeline
        known = _Beside.of(project)
        asks = phrasing.read(self._turn.text, project.words).asks
        text = self._said
        try:
            if text and self._turn.clean:
                after = await project.read()
            else:
                after = await reconcile.after_silence(project, before)
        except NemoError as error:
            # Whoever is told that the turn failed sends it again: it was answered.
            project.reread()
            if not text and isinstance(error, (SessionLost, StudioGone)):
                raise
            if not text:
                raise self._unread(error) from error
            self._notes.append(answers.say("unread", project.words, why=error.what))
            return await self._heeded(self.partial("done"), asks)
        if text:
            return await self._heeded(self.partial("done", after), asks)
        words = known.news(project, before.diff(after))
        return self._told(words or answers.say("no_change", project.words), "silent", after)

    def _unread(self, error: NemoError) -> TurnUnclear:
        """Return the error for a turn without words whose timeline could not be read."""
        return TurnUnclear(
            "The backend answered without words, and the timeline could not be read.",
            error.what,
            "The message was sent once and is not sent again: look at session.timeline() first.",
            code=error.code,
            status=error.status,
            endpoint=error.endpoint,
            reply=self.partial("failed"),
        )

    async def _failure(self, told: StreamError) -> NemoError:
        """Return the error for a failure that was told inside the stream.

        The message may have been begun, so nothing is sent again; what is sent next finds a
        session and a token that hold.
        """
        client = self._project.client
        renewed = told.code == BadToken.default_code and await client.renew_token()
        lost = told.code == SessionLost.default_code
        after = None if lost else await self._read_quietly()
        error = client.stream_error(told, reply=self.partial("failed", after))
        if isinstance(error, SessionLost):
            return self._project.lost(error)
        if not renewed:
            return error
        return BadToken(
            "The free starter token ended during the turn; a new one is there.",
            fix="The message was sent once: look at session.timeline() before sending it again.",
            endpoint=error.endpoint,
            reply=error.reply,
        )

    async def _heeded(self, reply: Reply, asks: tuple[phrasing.Ask, ...]) -> Reply:
        """Do what the agent asked of a web app: read at once, offer the rest.

        An edit is offered and never sent by itself: text from a server spends no credits.
        """
        notes, suggestions = list(reply.notes), list(reply.suggestions)
        export = None
        for ask in asks:
            if ask.kind == "edit":
                suggestions.append(ask.message)
            elif ask.kind == "export" and self._auto_export is None:
                suggestions.append(answers.say("export", self._project.words))
            else:
                try:
                    if ask.kind == "export" and self._auto_export is not None:
                        export = await self._auto_export()
                    notes.append(await self._looked_up(ask, reply.timeline, export))
                except NemoError as error:
                    # The turn itself went well; what came on top of it did not.
                    notes.append(str(error))
        return replace(
            reply,
            notes=tuple(dict.fromkeys(filter(None, notes))),
            suggestions=tuple(dict.fromkeys(suggestions)),
            export=export,
        )

    async def _looked_up(
        self, ask: phrasing.Ask, timeline: Timeline | None, export: ExportFile | None
    ) -> str:
        words = self._project.words
        if ask.kind == "credits":
            return answers.credits_words(await self._project.client.credits(), words)
        if ask.kind == "upload":
            return answers.say("upload", words)
        if export is not None:
            return answers.export_words(export, words)
        return "" if timeline is None else answers.status_words(timeline, words)

    async def _after_break(self, error: Dropped) -> Reply:
        project = self._project
        before = project.timeline if self._before is None else self._before
        known = _Beside.of(project)
        line = answers.say("broken", project.words)
        self._tell(TurnProgress(self._number, self._said, line))
        after = await reconcile.after_a_break(project, before)
        if after is None:
            raise TurnUnclear(
                "The turn broke off, and the timeline shows no change.",
                f"{error.what} {error.why}".strip(),
                "The message was sent once and is not sent again; send it again if you want to.",
                status=error.status,
                endpoint=error.endpoint,
                reply=self.partial("failed", project.timeline),
            ) from error
        changes = before.diff(after)
        change = known.news(project, changes) or diff_words(changes, project.words)
        words = answers.say("resumed", project.words, change=change)
        if self._said:
            self._notes.append(words)
            return self.partial("done", after)
        return self._told(words, "silent", after)

    def _told(self, text: str, status: TurnStatus, after: Timeline) -> Reply:
        return replace(self.partial(status, after), text=text)

    async def _read_quietly(self) -> Timeline | None:
        """Read the timeline if it can be read: an error is on its way already."""
        try:
            return await self._project.read()
        except NemoError:
            return None

    def _tools(self) -> tuple[ToolUse, ...]:
        return tuple(ToolUse(use.name, use.args, use.result) for use in self._turn.tools)


@dataclass(frozen=True, slots=True)
class _Beside:
    """What a turn can make beside the timeline, by name, as it was before one."""

    variants: frozenset[str]
    media: frozenset[str]

    @classmethod
    def of(cls, project: Project) -> _Beside:
        """Return what *project* has now."""
        names = (*project.media_names, *project.generated_names)
        return cls(frozenset(project.variants), frozenset(names))

    def news(self, project: Project, changes: pd.DataFrame) -> str:
        """Say what has come since: *changes* of the timeline, else variants, else media."""
        if len(changes):
            return diff_words(changes, project.words)
        for key, had, names in (
            ("variants", self.variants, project.variants),
            ("media", self.media, (*project.media_names, *project.generated_names)),
        ):
            if new := [name for name in dict.fromkeys(names) if name not in had]:
                return answers.say(key, project.words, names=", ".join(new))
        return ""


def _suggestions(raw: Any) -> tuple[str, ...]:
    """Return ``actions.stateDelta.suggestions`` of an event, as a studio sends it."""
    for keys in (("actions", "stateDelta"), ("actions", "state_delta")):
        found = raw
        for key in (*keys, "suggestions"):
            found = cast("Any", found).get(key) if isinstance(found, Mapping) else None
        if isinstance(found, list):
            return tuple(str(item) for item in cast("list[Any]", found) if item)
    return ()
