"""`AsyncSession`: one project by chat, upload and export. The core behind every surface."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Self, Unpack, overload

from nemo_nb.actions import Actions
from nemo_nb.backend import Backend
from nemo_nb.conversation import Conversation
from nemo_nb.errors import ConfigError
from nemo_nb.export import AsyncExport, ExportOptions, Wish
from nemo_nb.exporter import Exporter, check_timeline
from nemo_nb.films import Filmer
from nemo_nb.history import history_frame
from nemo_nb.loop import Homed, at_home
from nemo_nb.models import Credits
from nemo_nb.notices import Audience, Watcher
from nemo_nb.project import Project
from nemo_nb.reply import Reply
from nemo_nb.retext import ByHand
from nemo_nb.settings import LOCAL
from nemo_nb.skills import Skill
from nemo_nb.upload import send
from nemo_nb.wire.client import ServerSession

if TYPE_CHECKING:
    import pandas as pd

    from nemo_nb.cloud_variants import Plan
    from nemo_nb.comparison import Comparison
    from nemo_nb.timeline.timeline import Timeline
    from nemo_nb.wire.events import Event


class AsyncSession(Homed):
    """A session whose methods are awaited; `Session` is the same without ``await``.

    Made by `nemo_nb.aconnect`. The session on the server starts at the first upload or
    message. One thing that changes the timeline runs at a time, in the order of the calls.

    Args:
        backend: Where it lives.
        skill: Named on the wire, and gives the size limit of uploads.
        name: Finds it again in another kernel.
        language: ``en``, ``zh``, …; None: the first message decides.
        auto_export: Export at once where the agent's answer sends the user to an export.
        server: A session that exists on the server already.

    Attributes:
        filmer: Renders timelines to look at, for the comparison player.
    """

    def __init__(
        self,
        backend: Backend,
        *,
        skill: Skill,
        name: str | None = None,
        language: str | None = None,
        auto_export: bool = False,
        server: ServerSession | None = None,
    ) -> None:
        super().__init__()
        self.backend = backend
        self.name = name
        self.auto_export = auto_export
        self.closed = False
        self._audience = Audience()
        tell = self._audience.tell
        self._project = Project(backend, skill, tell, name=name, language=language, server=server)
        past = [] if name is None else backend.ledger.turns(name, backend.place)
        self._exporter = Exporter(self._project, tell)
        self.filmer = Filmer(self._project, self._exporter, lambda: self.closed)
        actions = Actions(self._project, self._exporter, tell, auto_export=auto_export)
        self._conversation = Conversation(self._project, actions, tell, past)
        self.by_hand = ByHand(self._project, self._conversation, self._home)

    @at_home
    async def chat(
        self,
        text: str,
        *,
        on_event: Callable[[Event], object] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the contract's name
        wait: bool = True,
    ) -> Reply:
        """Send one message; export, credits, status and upload are done at once instead.

        Args:
            text: In any words, English or Chinese.
            on_event: Called with every typed event of the stream (`nemo_nb.wire.events`).
            timeout: Seconds the turn may take.
            wait: Queue behind a running turn; False raises `SessionBusy` instead.

        Raises:
            NemoError: The turn did not end well; ``.reply`` holds what arrived.
        """
        self._check_open()
        return await self._conversation.say(text, on_event=on_event, timeout_s=timeout, wait=wait)

    @at_home
    async def stop(self) -> bool:
        """Stop the running turn, whose `chat` returns with ``stopped``.

        Returns:
            Whether a turn was running.
        """
        return self._conversation.stop()

    @property
    def history(self) -> pd.DataFrame:
        """The turns: ``turn, role, action, text, started_at, duration_ms, status``."""
        return history_frame(self._conversation.turns)

    @property
    def events(self) -> pd.DataFrame:
        """The raw stream of this kernel: ``turn, seq, kind, text, tool, at_ms``."""
        return self._conversation.log.frame()

    @property
    def skill(self) -> Skill:
        """The skill it works in; names the upload limit and example messages."""
        return self._project.client.skill

    @property
    def language(self) -> str | None:
        """``en``, ``zh``, …; None until the first message decides."""
        return self._project.language

    @property
    def running(self) -> bool:
        """Whether a turn is under way."""
        return self._conversation.running

    @at_home
    async def upload(self, *sources: Any, skill: str | None = None) -> pd.DataFrame:
        """Upload files and lay them at the end of the timeline.

        Args:
            sources: Paths, globs, URLs, ``(name, bytes)``, PIL images, uint8 arrays, or lists.
            skill: Upload in the name of another skill, under its size limit.

        Returns:
            A row a file: the columns of `Timeline.media`, and ``status``.

        Raises:
            InputError: A source that cannot be used; nothing has been sent then.
        """
        self._check_open()
        async with self._conversation.busy:
            return await send(self._project, sources, self._audience.tell, skill=skill)

    @at_home
    async def timeline(self) -> Timeline:
        """Return the timeline, read from the server now."""
        self._check_open()
        return await self._project.read()

    @property
    def variants(self) -> dict[str, Timeline]:
        """What `ab`, or a message like "test two caption styles", made; as last read."""
        return self._project.variants

    @at_home
    async def apply(self, timeline: Timeline, note: str | None = None) -> Timeline:
        """Write an edited timeline back, as one undoable edit.

        Raises:
            InputError: It is no `Timeline`.
            NotSupported: The backend is no studio.
        """
        self._check_open()
        check_timeline(timeline)
        async with self._conversation.busy:
            async with self._project.on_server() as session_id:
                await self._project.studio.put_draft(session_id, timeline.draft, note or "")
            return await self._project.read()

    @at_home
    async def undo(self) -> Timeline:
        """Take the last edit back.

        Raises:
            NotSupported: The backend is no studio.
            EditRefused: There is nothing to undo.
        """
        return await self._step_back(self._project.studio.undo)

    @at_home
    async def redo(self) -> Timeline:
        """Bring back what `undo` took; raises like it."""
        return await self._step_back(self._project.studio.redo)

    @at_home
    async def credits(self) -> Credits:
        """Return the account's balance; a studio counts only where it was told to."""
        self._check_open()
        return await self._project.client.credits()

    @at_home
    async def link(self) -> str:
        """Return a link that opens the project in the web app."""
        self._check_open()
        async with self._project.on_server() as session_id:
            server = self._project.server
            task_id = server.task_id if server else ""
            return await self._project.client.claim_link(session_id, task_id)

    @at_home
    async def fork(self, name: str | None = None) -> AsyncSession:
        """Return a session on a copy of timeline, media and undo steps.

        Raises:
            NotSupported: The backend is no studio.
        """
        self._check_open()
        project = self._project
        async with self._conversation.busy, project.on_server() as session_id:
            copied = await project.studio.fork(session_id, name)
        fork = AsyncSession(
            self.backend,
            skill=project.client.skill,
            name=name,
            language=project.language,
            auto_export=self.auto_export,
            server=ServerSession(copied, ""),
        )
        fork._project.remember()
        await fork._project.read()
        return fork

    @at_home
    async def ab(
        self,
        *prompts: str,
        names: Sequence[str] | None = None,
        captions: Any = None,
        yes: bool = False,
    ) -> Comparison:
        """Make a variant of this cut for each prompt and compare them.

        A studio copies the cut. Elsewhere each variant is a fresh session with the media
        uploaded again, which costs credits: `ab_cost` says how many.

        Args:
            prompts: What to do on each copy of the cut; two or more.
            names: A name for each; the prompts themselves where there are none.
            captions: The words, where the timeline has none: a subtitle file, a frame, a list
                of texts (spread evenly) or of ``(start_ms, end_ms, text)``.
            yes: Agree to what it costs where the backend is no studio.

        Raises:
            InputError: There are no words to show, fewer than two prompts, or a cost that was
                not agreed to.
            EditRefused: A prompt changed nothing; or, where the backend is no studio, the cut
                holds edits that cannot be repeated.
        """
        self._check_open()
        # All three stand above the session.
        from nemo_nb.cloud_variants import make_fresh_variants  # noqa: PLC0415
        from nemo_nb.comparison import Comparison  # noqa: PLC0415
        from nemo_nb.variants import make_variants  # noqa: PLC0415

        if await self.is_studio():
            made = await make_variants(self, prompts, names=names, captions=captions)
        else:
            plan = await self._fresh_variants(prompts, names, captions)
            made = await make_fresh_variants(self, self._project, plan, agreed=yes)
        comparison = Comparison(made)
        comparison.filmers = dict.fromkeys(made, self.filmer)
        return comparison

    @at_home
    async def ab_cost(
        self, *prompts: str, names: Sequence[str] | None = None, captions: Any = None
    ) -> str | None:
        """Return what `ab` with these arguments costs, as a question; None where it is free.

        Raises:
            NemoError: As `ab`; nothing is sent to find out.
        """
        self._check_open()
        if await self.is_studio():
            from nemo_nb.variants import first_edit_cost  # noqa: PLC0415 - stands above

            return await first_edit_cost(self._project)
        plan = await self._fresh_variants(prompts, names, captions)
        return plan.cost(await self.credits(), self._project.words)

    async def _fresh_variants(
        self, prompts: Sequence[str], names: Sequence[str] | None, captions: Any
    ) -> Plan:
        from nemo_nb.cloud_variants import plan_variants  # noqa: PLC0415 - stands above

        return await plan_variants(self, self._project, prompts, names=names, captions=captions)

    @at_home
    async def keep_variants(self, variants: Mapping[str, Timeline]) -> None:
        """Keep *variants* with the project, in the place of those it had (studio)."""
        self._check_open()
        drafts = {name: timeline.draft for name, timeline in variants.items()}
        async with self._project.on_server() as session_id:
            await self._project.studio.put_variants(session_id, drafts)
        await self._project.read()

    @at_home
    async def is_studio(self) -> bool:
        """Whether the backend can undo, fork, apply and draw single frames."""
        self._check_open()
        return await self._project.is_studio()

    @overload
    async def export(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        each: Literal[False] = False,
        **wish: Unpack[ExportOptions],
    ) -> AsyncExport: ...

    @overload
    async def export(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        each: Literal[True],
        **wish: Unpack[ExportOptions],
    ) -> list[AsyncExport]: ...

    @at_home
    async def export(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        timeline: Timeline | None = None,
        each: bool = False,
        format: str | None = None,  # noqa: A002 - the contract's name
        quality: str = "high",
        resolution: str | tuple[int, int] | None = None,
        fps: float | None = None,
        wait: bool = True,
    ) -> AsyncExport | list[AsyncExport]:
        """Render the timeline and fetch the file. Never costs credits.

        Args:
            path: A file (overwritten) or a folder; None: a free name in the current folder.
            timeline: Render this one instead, e.g. a variant or an edited one.
            each: Every uploaded photo and clip its own file; *path* is then a folder.
            format: ``mp4`` (H.264 and AAC), ``webm`` (VP9 and Opus), ``gif`` (up to 60 s, at
                most 640 pixels and 12.5 frames a second unless asked for otherwise), ``png``
                (the frame in the middle) or ``wav``. None: what *path* ends in, else ``mp4``.
            quality: ``low``, ``medium`` or ``high``.
            resolution: ``"1080p"``, ``"1920x1080"`` or ``(width, height)``.
            fps: Frames a second.
            wait: Return once the file is there; False returns a handle at once.

        Raises:
            NotReady: The timeline is empty.
            RenderError: The render did not end with a file.
        """
        self._check_open()
        wish = Wish(format, quality, resolution, fps)
        return await self._exporter.export(path, wish, timeline=timeline, each=each, wait=wait)

    def subscribe(self, watcher: Watcher) -> Callable[[], None]:
        """Have *watcher* called with every notice of this session; return what ends that.

        It is called on the event loop that does the work, so it must not block.
        """
        return self._audience.subscribe(watcher)

    @at_home
    async def close(self) -> None:
        """Stop what runs and close the connections; what is on the server stays.

        Exports that are not done stay in `nemo_nb.jobs()` for `nemo_nb.resume()`.
        """
        if not self.closed:
            self.closed = True
            await self._conversation.aclose()
            await self._exporter.aclose()
            await self._project.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def __repr__(self) -> str:
        where = "this machine" if self.backend.settings.backend == LOCAL else self.backend.place
        named = f" {self.name!r}" if self.name else ""
        state = "closed" if self.closed else self._project.timeline.summary()
        return f"<{type(self).__name__}{named} on {where}: {state}>"

    async def _step_back(self, step: Callable[[str], Awaitable[object]]) -> Timeline:
        self._check_open()
        async with self._conversation.busy:
            async with self._project.on_server() as session_id:
                await step(session_id)
            return await self._project.read()

    def _check_open(self) -> None:
        if self.closed:
            raise ConfigError(
                "This session is closed.", fix="Make a new one with nemo_nb.connect()."
            )
