"""A chat turn: the agent works in a thread, what it did goes out as a stream of events.

Turns of one session run one after the other. The edit and its undo step are in the store
before the final event leaves, and a caller who hangs up before that leaves no trace.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import anyio
import anyio.from_thread
import anyio.to_thread
from starlette.responses import Response

from nemo_nb.errors import InputError, NemoError
from nemo_nb.models import MediaInfo
from nemo_nb.redact import logger
from nemo_nb.studio.accounts import Caller
from nemo_nb.studio.adk import AUTHOR, HEARTBEAT, Invocation, frame, told
from nemo_nb.studio.agent.replies import language_of
from nemo_nb.studio.agent.turn import Outcome, Project
from nemo_nb.studio.answers import (
    CONFLICT,
    MALFORMED,
    NOT_FOUND,
    Refusal,
    as_list,
    as_object,
    field,
    json_body,
)
from nemo_nb.studio.core import StudioCore
from nemo_nb.studio.credits import charge_for
from nemo_nb.studio.endpoint import base_url
from nemo_nb.studio.eyes import StudioEyes
from nemo_nb.studio.failures import named
from nemo_nb.studio.made_files import placed
from nemo_nb.studio.projects import Change, StudioSession
from nemo_nb.studio.quirks import LATE_READS, LATE_READS_SILENT, delivered, talk
from nemo_nb.studio.sessions_api import state_of
from nemo_nb.studio.stages import in_two_stages

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from nemo_nb.studio.agent.model_planner import ModelPlanner
    from nemo_nb.studio.vision import Description

MAX_MESSAGE_CHARS: Final = 50_000

_NOTHING_LEFT: Final = {
    "en": {"undo": "There is nothing to undo.", "redo": "There is nothing to redo."},
    "zh": {"undo": "没有可以撤销的操作。", "redo": "没有可以重做的操作。"},
}
_READING: Final = {"en": "Reading the message.", "zh": "正在读这条消息。"}
_log = logger("nemo_nb.studio")

_ATTEMPTS: Final = 5

SendFrame = Callable[[bytes], Awaitable[None]]


async def run_sse(core: StudioCore, request: Request, caller: Caller) -> Response:
    """Answer ``POST /run_sse``.

    Raises:
        SessionLost: 1002; before the stream begins.
        Refusal: 404 or 422; likewise.
    """
    body = await json_body(request)
    app_name = field(body, "app_name", "appName", default=AUTHOR)
    if app_name != AUTHOR:
        raise Refusal(NOT_FOUND, f"There is no agent {app_name!r} here.", f"It is {AUTHOR}.")
    if field(body, "user_id", "userId", default="me") not in ("me", caller.user_id):
        raise Refusal(403, "The message names another user.", fix='Use "me".')
    text = _message(body.get("new_message", body.get("newMessage")))
    session_id = field(body, "session_id", "sessionId")
    await anyio.to_thread.run_sync(core.projects.get, caller.user_id, session_id)
    return _EventStream(core, _Turn(core, caller, session_id, text, base_url(request)))


def _message(raw: Any) -> str:
    parts = as_list(as_object(raw).get("parts"))
    texts = [as_object(part).get("text") for part in parts]
    message = "\n".join(text for text in texts if isinstance(text, str)).strip()
    if not message:
        raise Refusal(
            MALFORMED, "The message holds no text.", fix='Send {"parts": [{"text": "…"}]}.'
        )
    if len(message) > MAX_MESSAGE_CHARS:
        raise Refusal(
            413, f"The message is longer than {MAX_MESSAGE_CHARS:,} characters.", fix="Shorten it."
        )
    return message


class _Outrun(Refusal):
    """The timeline changed between reading and writing it."""


class _Turn:
    """One message and what became of it."""

    def __init__(
        self, core: StudioCore, caller: Caller, session_id: str, message: str, base: str
    ) -> None:
        self._core = core
        self._caller = caller
        self._session_id = session_id
        self._message = message
        self._base = base
        self._events = Invocation()
        self._number = 0
        self._language = "en"
        self._habits: frozenset[str] = frozenset()

    async def run(self, send: SendFrame) -> None:
        """Do the turn and send its events; failures are events too."""
        # At once: the work may wait for another turn, and takes seconds where it looks at pictures.
        reading = _READING[language_of(self._message, "en")]
        await send(frame(self._events.thought(reading)))
        try:
            async with self._core.lock(self._session_id):
                outcome, reply = await self._work()
        except InputError as error:
            await self._tell(send, Outcome(str(error)), str(error))
        except NemoError as error:
            await send(frame(self._events.error(str(error.code or "FAILED"), str(error))))
        except Exception as error:  # noqa: BLE001  a stream that has begun can only tell it
            _log.exception("a chat turn failed")
            why = named(error) or "The studio failed at this message."
            message = f"{why} The timeline is as it was."
            await send(frame(self._events.error("INTERNAL", message)))
        else:
            await self._tell(send, outcome, reply)

    async def _work(self) -> tuple[Outcome, str]:
        for _ in range(_ATTEMPTS - 1):
            try:
                return await self._work_once()
            except _Outrun:
                # Another studio on this workspace was first. Nothing is written yet, and an
                # edit that is worked out anew stands on what the other one did.
                continue
        return await self._work_once()

    async def _work_once(self) -> tuple[Outcome, str]:
        # A caller who hangs up does not wait for the thread; its outcome is dropped.
        session, outcome = await anyio.to_thread.run_sync(self._respond, abandon_on_cancel=True)
        # Once begun, the write ends: half of it would be worse than an edit nobody waits for.
        reply = outcome.reply
        with anyio.CancelScope(shield=True):
            reply = await anyio.to_thread.run_sync(self._commit, session, outcome)
        return outcome, reply

    def _respond(self) -> tuple[StudioSession, Outcome]:
        core = self._core
        session = core.projects.get(self._caller.user_id, self._session_id)
        self._number = core.projects.turns(session.id)
        self._language = language_of(self._message, session.language)
        assets = core.assets(session.id)

        def describe(name: str) -> Description | None:
            path = assets.get(name)
            return core.engine.describe(path) if path else None

        project = Project(
            draft=session.draft,
            media=tuple(i for i in core.projects.media(session.id) if i.name in assets),
            language=session.language,
            recent=core.projects.recent(session.id),
            eyes=StudioEyes(core.engine, assets),
            planner=core.planner and _Asking(core.planner),
            variants=tuple((v["name"], v["draft"]) for v in core.projects.variants(session.id)),
        )
        outcome = core.engine.respond(self._message, project, describe)
        if outcome.draft is not None:
            # As the store will give it back: the same edit again then shows as none.
            outcome = replace(outcome, draft=json.loads(json.dumps(outcome.draft)))
        return session, in_two_stages(outcome, self._language)

    def _commit(self, session: StudioSession, outcome: Outcome) -> str:
        with placed(self._core, session.id, outcome.files) as infos:
            return self._commit_with(session, outcome, infos)

    def _commit_with(
        self, session: StudioSession, outcome: Outcome, infos: Sequence[MediaInfo]
    ) -> str:
        change = Change(
            draft=outcome.draft,
            media=infos,
            history=outcome.history,
            note=self._message,
            analyses=outcome.analyses,
            variants=() if outcome.no_variants else outcome.variants or None,
            message=self._message,
            charge=charge_for(session, outcome, self._caller.terms.credits),
        )
        self._choose_habits(session, outcome)
        late = "lag" in self._habits
        before = state_of(self._core, session, self._base) if late else {}
        try:
            stored = self._core.projects.commit(session, change)
        except Refusal as error:
            if error.code == CONFLICT and outcome.history is None:
                raise _Outrun(error.code, error.what, error.why, error.fix) from error
            if error.code != CONFLICT or outcome.history is None or self._depth(outcome.history):
                raise
            self._core.projects.commit(session, Change(message=self._message))
            sentences = _NOTHING_LEFT["zh" if session.language.startswith("zh") else "en"]
            return sentences[outcome.history]
        if late:
            reads = LATE_READS_SILENT if "silent" in self._habits else LATE_READS
            self._core.lag.keep(stored, before, reads)
        return outcome.reply

    def _choose_habits(self, session: StudioSession, outcome: Outcome) -> None:
        quirks = self._caller.terms.quirks
        if quirks is not None:
            changed = outcome.draft is not None and outcome.draft != session.draft
            edited = changed or bool(outcome.variants or outcome.no_variants or outcome.history)
            self._habits = quirks.of(self._number, edited=edited)

    def _depth(self, stack: Any) -> int:
        return self._core.projects.depth(self._session_id)[stack]

    async def _tell(self, send: SendFrame, outcome: Outcome, reply: str) -> None:
        habits = self._habits
        reply = talk(reply, habits, self._number, self._language)
        steps = [(step.tool, step.args, step.result) for step in outcome.steps]
        events = told(self._events, steps, reply, outcome.suggestions)
        for piece in delivered(events, habits, self._core.options.heartbeat_s):
            if isinstance(piece, bytes):
                await send(piece)
            else:
                await anyio.sleep(piece)


class _Asking:
    """A model that is asked from the agent's thread, on the server's loop.

    There the question ends with the turn: who stops a turn stops the model as well.
    """

    def __init__(self, planner: ModelPlanner) -> None:
        self._planner = planner
        self.model = planner.model

    def ask(self, system: str, user: str, schema: dict[str, Any]) -> str:
        """Return the model's answer; see :class:`~nemo_nb.studio.agent.turn.Planner`."""
        return anyio.from_thread.run(self._planner.ask, system, user, schema)


class _EventStream(Response):
    """The response: events, heartbeats between them, and an ear for the caller hanging up."""

    media_type = "text/event-stream"

    def __init__(self, core: StudioCore, turn: _Turn) -> None:
        super().__init__(headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._core = core
        self._turn = turn

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Run the turn for as long as somebody listens."""
        await send(
            {
                "type": "http.response.start",
                "status": self.status_code,
                "headers": self.raw_headers,
            }
        )

        async def send_frame(body: bytes) -> None:
            await send({"type": "http.response.body", "body": body, "more_body": True})

        async def listen() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass
            group.cancel_scope.cancel()

        async def beat() -> None:
            while True:
                await anyio.sleep(self._core.options.heartbeat_s)
                await send_frame(HEARTBEAT)

        async def watch_for_the_end() -> None:
            await self._core.ending.wait()
            group.cancel_scope.cancel()

        async with anyio.create_task_group() as group:
            group.start_soon(listen)
            group.start_soon(beat)
            group.start_soon(watch_for_the_end)
            await self._turn.run(send_frame)
            group.cancel_scope.cancel()
        await send({"type": "http.response.body", "body": b"", "more_body": False})
