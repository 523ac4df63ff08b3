"""One render from submit to file: written to the ledger first, submitted once, fetched whole.

The server may be asked about a job as often as need be; it is told to render only when it
certainly has not heard of the job's id.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic, time_ns
from typing import Any, Final

import anyio
import anyio.to_thread

from nemo_nb import processes
from nemo_nb.backend import Backend
from nemo_nb.destination import Target
from nemo_nb.errors import (
    ApiError,
    BadToken,
    DownloadFailed,
    NemoError,
    ProtocolError,
    RateLimited,
    RenderCancelled,
    RenderFailed,
    RenderTimeout,
    StudioGone,
    Unreachable,
)
from nemo_nb.ledger import Job, Ledger
from nemo_nb.ledger import now as ledger_now
from nemo_nb.models import UNFINISHED, JobStatus, MediaInfo, RenderState
from nemo_nb.notices import (
    ExportEnded,
    ExportProgress,
    Notice,
    Watcher,
    current_watcher,
    hear,
)
from nemo_nb.wire.client import ApiClient

# PROTOCOL.md: a failed render is tried once more with a new id.
_ATTEMPTS: Final = 2
_SERVER_ERROR: Final = 500
_REDIRECT: Final = 300
# Refusals that another token or a later moment mends: the job itself goes on.
_MENDABLE: Final = (BadToken, RateLimited)
_NOT_FOUND: Final = 404
_CANCEL_S: Final = 2.0

_NS_PER_MS: Final = 1_000_000
_newest_id = [0]
_id_lock = threading.Lock()


def new_id() -> str:
    """Return ``render_<ts>``, a new one at every call of any process on any machine.

    A timestamp of nanoseconds, in which what is below a millisecond is random: many processes
    may start a render within the same one, and two renders of one id would be one.
    """
    now = time_ns() // _NS_PER_MS * _NS_PER_MS + secrets.randbelow(_NS_PER_MS)
    with _id_lock:
        _newest_id[0] = max(_newest_id[0] + 1, now)
        return f"render_{_newest_id[0]}"


class RenderJob:
    """A render under way; :meth:`run` is the whole of it.

    Attributes:
        row: The job as the ledger has it.
        info: What the finished file holds, else None.
        notes: What of the timeline could not be shown as asked for, in sentences.
    """

    def __init__(
        self,
        backend: Backend,
        client: ApiClient,
        row: Job,
        target: Target,
        *,
        studio: bool,
        tell: Callable[[Notice], None],
    ) -> None:
        self.row = row
        self.info: MediaInfo | None = None
        self.notes: tuple[str, ...] = ()
        self.export: Any = None
        self._resumed = False
        self._backend = backend
        self._client = client
        self._target = target
        self._studio = studio
        self._tell = tell
        # Whoever started it hears of it already, by `tell`.
        self._starter = current_watcher()
        self._listeners: list[Watcher] = []
        self._cancelled = asyncio.Event()

    @property
    def ledger(self) -> Ledger:
        """Where the job is written down."""
        return self._backend.ledger

    @contextmanager
    def heard_by(self, watcher: Watcher | None) -> Generator[None]:
        """Let *watcher* hear how far it is while this block runs, from where it stands."""
        if watcher is None or watcher is self._starter:
            yield
            return
        if self.row.unfinished:
            watcher(ExportProgress(self.row.id, self.row.status, self.row.progress))
        self._listeners.append(watcher)
        try:
            yield
        finally:
            self._listeners.remove(watcher)

    async def run(self, *, resumed: bool = False) -> Path:
        """Render and fetch; return the file's path. Its row is in the ledger already.

        Args:
            resumed: An earlier process may have submitted it.

        Raises:
            RenderFailed: Twice.
            RenderTimeout: No progress for ``render_timeout_s``; the job stays unfinished.
            RenderCancelled: Somebody cancelled it.
            DownloadFailed: The file is there but could not be fetched; stays unfinished.
        """
        self._resumed = resumed
        try:
            path = await self._run()
        except NemoError as error:
            if self.row.unfinished:
                self._note(error=str(error), pid=0)
            self._say(ExportEnded(self.row.id, None, error))
            raise
        except asyncio.CancelledError:
            # Nobody here waits for it any more; resume() may take it over.
            if self.row.unfinished:
                self._note(pid=0)
            raise
        self._say(ExportEnded(self.row.id, self.export))
        return path

    async def cancel(self) -> None:
        """Cancel it on the server, if it is not over; never raises a `NemoError`."""
        if not self.row.unfinished:
            return
        self._note(status="cancelled")
        self._cancelled.set()
        with anyio.move_on_after(_CANCEL_S, shield=True):
            try:
                await self._client.cancel_render(self.row.id)
            except NemoError:
                return

    async def _run(self) -> Path:
        if self._resumed:
            here = os.getpid()
            self._note(pid=here, born=processes.born(here), error=None)
            state = await self._found_or_submitted()
        else:
            state = await self._submitted()
        # A render that was tried again before its process was killed has had its second chance.
        for attempt in range(1 if self.row.request.get("again") else 0, _ATTEMPTS):
            state = await self._followed(state)
            if state.status == "completed":
                break
            if state.status == "cancelled" or self.row.status == "cancelled":
                self._note(status="cancelled")
                raise RenderCancelled("The export was cancelled.")
            if attempt + 1 < _ATTEMPTS and self.row.request:
                self._tried_again(state.error or "failed")
                state = await self._submitted()
            else:
                self._note(status="failed", error=state.error or "failed")
        else:
            raise RenderFailed(
                "The backend could not render the timeline.",
                _sentence(state.error) if state.error else "It was tried twice.",
                "Look at session.timeline() for a segment whose source is broken.",
            )
        return await self._fetched(state)

    def _tried_again(self, error: str) -> None:
        """Write the failure down, and the same render under a new id."""
        failed = self.row.id
        self.row = replace(
            self.row,
            id=new_id(),
            status="pending",
            progress=0.0,
            url=None,
            error=None,
            request={**self.row.request, "again": True},
            submitted_at=ledger_now(),
            finished_at=None,
        )
        self.ledger.retry_job(failed, error, self.row)

    async def _submitted(self) -> RenderState:
        self._progress(RenderState(self.row.id, "pending"), always=True)
        try:
            return await self._submit()
        except NemoError as error:
            # A lost answer says nothing about the job: it stays unfinished, for resume().
            if not _in_transit(error):
                self._note(status="failed", error=str(error))
            raise

    async def _found_or_submitted(self) -> RenderState:
        try:
            return await self._client.render_state(self.row.id)
        except ApiError as error:
            if _NOT_FOUND not in (error.status, error.code) or not self.row.request:
                raise
        return await self._submit()

    async def _submit(self) -> RenderState:
        request = self.row.request
        return await self._client.submit_render(
            self.row.id, self.row.session_id, request["draft"], request["output"]
        )

    async def _followed(self, state: RenderState) -> RenderState:
        """Ask until the render is over."""
        began = moved = monotonic()
        self._progress(state, always=True)
        while state.status in UNFINISHED and self.row.unfinished:
            now = monotonic()
            limit_s = self._backend.settings.render_timeout_s
            if now - moved > limit_s:
                raise RenderTimeout(
                    f"The export has made no progress for {limit_s:g} s.",
                    f"It stands at {state.progress:.0f} %.",
                )
            with anyio.move_on_after(self._backend.poll_s(now - began, studio=self._studio)):
                await self._cancelled.wait()
                break
            try:
                newer = await self._client.render_state(self.row.id)
            except StudioGone:
                raise
            except (Unreachable, ProtocolError, ApiError) as error:
                # Lost on the way: the same question again, until the limit.
                if _in_transit(error):
                    continue
                if not isinstance(error, _MENDABLE):
                    self._note(status="failed", error=str(error))
                raise
            if (newer.status, newer.progress) != (state.status, state.progress):
                moved = monotonic()
            state = newer
            self._progress(state)
        return state

    def _progress(self, state: RenderState, *, always: bool = False) -> None:
        if not self.row.unfinished:
            return
        # "completed" is written once the file is here: until then there is work to resume.
        status: JobStatus = state.status if state.status == "pending" else "processing"
        if state.status not in (*UNFINISHED, "completed"):
            return
        progress = 100.0 if state.status == "completed" else state.progress
        if always or (status, progress) != (self.row.status, self.row.progress):
            self._note(status=status, progress=progress, url=state.url)
            self._say(ExportProgress(self.row.id, status, progress))

    async def _fetched(self, state: RenderState) -> Path:
        from nemo_nb.media.exportcheck import check_export  # noqa: PLC0415 - loads PyAV
        from nemo_nb.media.probe import probe  # noqa: PLC0415 - likewise

        folder = self._target.path.parent
        part = folder / f".{self.row.id}.{os.getpid()}{self._target.path.suffix}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._sweep(folder)
            await self._client.download(state, part, check_export)
            info = await anyio.to_thread.run_sync(probe, part)
            final = self._target.final(part, resumed=self._resumed)
            part.replace(final)
        except OSError as error:
            raise DownloadFailed(
                f"The file cannot be written to {folder}.", f"{error.strerror}."
            ) from error
        finally:
            part.unlink(missing_ok=True)
        self.info, self.notes = replace(info, name=final.name), state.notes
        self._note(status="completed", progress=100.0, path=str(final), url=state.url, error=None)
        return final

    def _sweep(self, folder: Path) -> None:
        """Remove what killed processes have left of this very file."""
        for left in folder.glob(f".{self.row.id}.*"):
            pid = left.stem.rpartition(".")[2]
            if pid.isdecimal() and not processes.is_running(int(pid)):
                left.unlink(missing_ok=True)

    def _say(self, notice: Notice) -> None:
        self._tell(notice)
        for watcher in tuple(self._listeners):
            hear(watcher, notice)

    def _note(self, **changes: Any) -> None:
        self.row = replace(self.row, **changes)
        self.ledger.update_job(self.row.id, **changes)


def _in_transit(error: NemoError) -> bool:
    """Whether *error* says nothing about the job itself."""
    status = error.status or 0
    # A page that a gateway put in the place of the answer.
    page = isinstance(error, ProtocolError) and status < _REDIRECT
    return isinstance(error, Unreachable) or page or status >= _SERVER_ERROR


def _sentence(said: str) -> str:
    return f"It says: {said}" + ("." if said[-1].isalnum() else "")
