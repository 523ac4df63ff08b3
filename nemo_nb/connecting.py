"""The front door: `connect`, `aconnect`, `sessions`, `jobs`, `resume`."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import anyio.to_thread

from nemo_nb import cassettes, loop, resuming
from nemo_nb import settings as configuring
from nemo_nb.backend import Backend
from nemo_nb.blocking import Session
from nemo_nb.errors import ConfigError, SessionLost
from nemo_nb.ledger import Job, Ledger, NamedSession
from nemo_nb.notebook.display import presenter
from nemo_nb.notices import watching
from nemo_nb.records import records_frame
from nemo_nb.session import AsyncSession
from nemo_nb.settings import LOCAL, Settings
from nemo_nb.skills import skill_named
from nemo_nb.wire.client import ServerSession

if TYPE_CHECKING:
    import pandas as pd

    from nemo_nb.timeline.timeline import Timeline

DEFAULT_SKILL: Final = "caption-ab"
SESSION_COLUMNS: Final = ("name", "backend", "skill", "language", "created_at", "used_at")


def connect(
    backend: str | None = None,
    *,
    skill: str = DEFAULT_SKILL,
    token: str | None = None,
    language: str | None = None,
    name: str | None = None,
    workspace: str | os.PathLike[str] | None = None,
    auto_export: bool = False,
    **settings: Any,
) -> Session:
    """Return a session on a backend.

    Args:
        backend: ``"local"`` (the embedded studio), ``"cloud"``, or a URL. None:
            ``NEMO_API_URL`` if set; else the cloud if ``NEMO_TOKEN`` is set; else local.
        skill: One of the five (`nemo_nb.skills`): named on the wire, limits file sizes.
        token: Your token for this backend; never written anywhere.
        language: ``"en"`` or ``"zh"``; None: the first message decides.
        name: Reopens the session of that name, or starts it.
        workspace: The embedded studio's folder; None: in the user's data folder.
        auto_export: Export at once where an answer says to.
        **settings: ``poll_s``, ``retry_wait_s``, ``reconcile_s``, ``render_timeout_s``; for the
            embedded studio ``credits`` (a number: editing costs 50 a session, a generated film
            100; None: free) and ``quirks`` (True, a seed, or names: the cloud's habits), see
            docs/studio.md.

    Raises:
        ConfigError: An argument or the environment is wrong.
        Unreachable: Nothing answers there.
    """
    # First, so that an error of this call is shown in short as well.
    shown = presenter()
    aio = loop.run(
        lambda: aconnect(
            backend,
            skill=skill,
            token=token,
            language=language,
            name=name,
            workspace=workspace,
            auto_export=auto_export,
            **settings,
        ).open()
    )
    session = Session(aio)
    session.presenter = shown
    return session


def aconnect(
    backend: str | None = None,
    *,
    skill: str = DEFAULT_SKILL,
    token: str | None = None,
    language: str | None = None,
    name: str | None = None,
    workspace: str | os.PathLike[str] | None = None,
    auto_export: bool = False,
    **settings: Any,
) -> Connecting:
    """Like :func:`connect`, for an `AsyncSession`: ``await`` it, or ``async with`` it."""
    chosen = configuring.load(backend, token=token, workspace=workspace, **settings)
    # Checked before anything is started.
    skill_named(skill)
    if name is not None and not name.strip():
        raise ConfigError("The session's name is empty.", fix='For example: name="holiday".')
    return Connecting(chosen, skill, name=name, language=language, auto_export=auto_export)


class Connecting:
    """A connection that is about to be made: awaitable, and an async context manager."""

    def __init__(
        self,
        settings: Settings,
        skill: str,
        *,
        name: str | None,
        language: str | None,
        auto_export: bool,
    ) -> None:
        self._settings = settings
        self._skill = skill
        self._name = name
        self._language = language
        self._auto_export = auto_export
        self._entered: AsyncSession | None = None
        # That of the caller's block, not of whenever this is awaited.
        self._tape = cassettes.running()

    def __repr__(self) -> str:
        return "<a connection not made yet: await it, or use it with async with>"

    def __await__(self) -> Generator[Any, None, AsyncSession]:
        return self.open().__await__()

    async def __aenter__(self) -> AsyncSession:
        self._entered = await self.open()
        return self._entered

    async def __aexit__(self, *_: object) -> None:
        if self._entered is not None:
            await self._entered.close()

    async def open(self, *, quiet: bool = False) -> AsyncSession:
        """Connect, reopen what has a name, and say so in a line unless *quiet*."""
        if not quiet:
            _say("Connecting…", final=False)
        chosen, tape = self._settings, self._tape
        if isinstance(tape, cassettes.Replay):
            backend = tape.backend(chosen)
        else:
            backend = await _backend(chosen, Ledger())
        kept = None if self._name is None else backend.ledger.session(self._name, backend.place)
        if isinstance(tape, cassettes.Recording):
            backend = tape.listened(backend, self._name, kept)
        session = self._session_on(backend, kept)
        note = ""
        try:
            studio = await session.is_studio()
            if kept is not None:
                note = f" · {self._name!r} reopened: {_held(await session.timeline())}"
        except SessionLost:
            await session.close()
            session = self._session_on(backend, None)
            studio = await session.is_studio()
            note = f" · {self._name!r}: the server no longer has its timeline; it starts anew"
        except BaseException:
            await session.close()
            raise
        if not quiet:
            _say(_ready(chosen, tape, studio=studio) + note, final=True)
        return session

    def _session_on(self, backend: Backend, kept: NamedSession | None) -> AsyncSession:
        return AsyncSession(
            backend,
            skill=skill_named(self._skill),
            name=self._name,
            language=self._language or (kept.language if kept else None) or None,
            auto_export=self._auto_export,
            server=ServerSession(kept.session_id, kept.task_id) if kept else None,
        )


async def _backend(settings: Settings, ledger: Ledger) -> Backend:
    if settings.backend != LOCAL:
        return Backend(settings, settings.api_url, settings.token, ledger)
    # The client knows the studio by its URL; only here, and only late, is it imported.
    from nemo_nb.studio import launch  # noqa: PLC0415
    from nemo_nb.studio.accounts import Terms  # noqa: PLC0415
    from nemo_nb.studio.core import StudioOptions  # noqa: PLC0415
    from nemo_nb.studio.planner_choice import chosen  # noqa: PLC0415
    from nemo_nb.studio.quirks import read_quirks  # noqa: PLC0415

    terms = Terms(settings.credits, read_quirks(settings.quirks))
    options = StudioOptions(planner=chosen(os.environ))
    start = partial(launch.start, settings.workspace, options=options)
    studio = await anyio.to_thread.run_sync(start)
    return Backend(settings, studio.url, studio.token_for(terms), ledger)


def _held(timeline: Timeline) -> str:
    return timeline.summary() if timeline.ready else "empty so far"


def _ready(settings: Settings, tape: cassettes.Deck | None, *, studio: bool) -> str:
    if isinstance(tape, cassettes.Replay):
        return f"Ready: replay of {tape.path.name}; nothing leaves this machine"
    if settings.backend == LOCAL:
        return "Ready: embedded studio"
    if settings.is_cloud:
        return "Ready: Nemo cloud; your media goes to Nemo's servers"
    kind = "studio" if studio else "server"
    return f"Ready: {kind} at {settings.api_url}; your media goes there"


def _say(words: str, *, final: bool) -> None:
    """Print the status line; the last one takes the place of the first where that is shown."""
    redraws = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    overwrites = redraws or "ipykernel" in sys.modules
    print(words, end="\n" if final or not overwrites else "\r", flush=True)  # noqa: T201 - the contract's status line


def sessions() -> pd.DataFrame:
    """Return the named sessions, the one used last first; `connect(name=…)` reopens one."""
    kept = Ledger().sessions()
    rows = [[getattr(session, column) for column in SESSION_COLUMNS] for session in kept]
    return records_frame(rows, SESSION_COLUMNS, times=("created_at", "used_at"))


def jobs() -> pd.DataFrame:
    """Return every render this user started from any kernel, newest first.

    Columns: ``id, session, status, progress, submitted_at, finished_at, path, error``.
    """
    return resuming.jobs_frame(Ledger())


def resume(id: str | None = None, *, token: str | None = None, wait: bool = True) -> pd.DataFrame:  # noqa: A002 - the contract's name
    """Go on with the renders that an earlier kernel left unfinished; return the jobs.

    None is rendered twice: the backend is asked for the job first.

    Args:
        id: One job; None: all that no running kernel is at.
        token: Your token, where the job's backend needs it and ``NEMO_TOKEN`` is not for it.
        wait: Return once they are over; False goes on in the background.

    Raises:
        InputError: There is no such job, or it is over.
        NemoError: The one job asked for did not end with a file.
    """
    show = presenter()
    ledger = Ledger()

    async def opened(job: Job) -> Backend:
        if job.backend == LOCAL:
            return await _backend(configuring.load(LOCAL, workspace=job.place), ledger)
        return await _backend(configuring.load(job.place, token=token), ledger)

    def work() -> pd.DataFrame:
        return loop.run(lambda: resuming.pick_up(id, opened, wait=wait, ledger=ledger))

    if show is None:
        return work()
    with show() as watcher, watching(watcher):
        return work()
