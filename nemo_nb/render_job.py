"""One render from submit to file: written to the ledger first, submitted once, fetched whole.

The server may be asked about a job as often as need be; it is told to render only when it
certainly has not heard of the job's id.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import anyio
import anyio.to_thread

from nemo_nb.backend import Backend
from nemo_nb.errors import (
    ApiError,
    BrokenMedia,
    DownloadFailed,
    NemoError,
    ProtocolError,
    RenderCancelled,
    RenderFailed,
    RenderTimeout,
    StudioGone,
    Unreachable,
)
from nemo_nb.ledger import Job, Ledger
from nemo_nb.ledger import now as ledger_now
from nemo_nb.models import UNFINISHED, JobStatus, MediaInfo, RenderState
from nemo_nb.notices import ExportEnded, ExportProgress, Notice
from nemo_nb.wire.client import ApiClient

# PROTOCOL.md: a failed render is tried once more with a new id.
_ATTEMPTS: Final = 2
_SERVER_ERROR: Final = 500
_NOT_FOUND: Final = 404
_CANCEL_S: Final = 2.0

_newest_id_ms = [0]


def new_id() -> str:
    """Return ``render_<ms>``, a new one at every call of this process."""
    _newest_id_ms[0] = max(_newest_id_ms[0] + 1, time.time_ns() // 1_000_000)
    return f"render_{_newest_id_ms[0]}"


@dataclass(frozen=True, slots=True)
class Target:
    """Where the file goes: *path* itself if the user named it, else the next free name."""

    path: Path
    named: bool

    def final(self) -> Path:
        """Return the path to write to now."""
        return self.path if self.named else free_name(self.path)


def free_name(path: Path) -> Path:
    """Return *path*, or ``name (2).mp4`` and so on where there is a file of that name."""
    candidate, count = path, 1
    while candidate.exists():
        count += 1
        candidate = path.with_name(f"{path.stem} ({count}){path.suffix}")
    return candidate


class RenderJob:
    """A render under way; :meth:`run` is the whole of it.

    Attributes:
        row: The job as the ledger has it.
        info: What the finished file holds, else None.
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
        self.export: Any = None
        self._backend = backend
        self._client = client
        self._target = target
        self._studio = studio
        self._tell = tell
        self._cancelled = asyncio.Event()

    @property
    def ledger(self) -> Ledger:
        """Where the job is written down."""
        return self._backend.ledger

    async def run(self, *, resumed: bool = False) -> Path:
        """Render and fetch; return the file's path.

        Args:
            resumed: The row is in the ledger already, and the job perhaps on the server.

        Raises:
            RenderFailed: Twice.
            RenderTimeout: No progress for ``render_timeout_s``; the job stays unfinished.
            RenderCancelled: Somebody cancelled it.
            DownloadFailed: The file is there but could not be fetched; stays unfinished.
        """
        try:
            path = await self._run(resumed=resumed)
        except NemoError as error:
            if self.row.unfinished:
                self._note(error=str(error), pid=0)
            self._tell(ExportEnded(self.row.id, None, error))
            raise
        except asyncio.CancelledError:
            # Nobody here waits for it any more; resume() may take it over.
            if self.row.unfinished:
                self._note(pid=0)
            raise
        self._tell(ExportEnded(self.row.id, self.export))
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

    async def _run(self, *, resumed: bool) -> Path:
        if resumed:
            self._note(pid=os.getpid(), error=None)
            state = await self._found_or_submitted()
        else:
            self.ledger.add_job(self.row)
            state = await self._submitted()
        for attempt in range(_ATTEMPTS):
            state = await self._followed(state)
            if state.status == "completed":
                break
            if state.status == "cancelled" or self.row.status == "cancelled":
                self._note(status="cancelled")
                raise RenderCancelled("The export was cancelled.")
            self._note(status="failed", error=state.error or "failed")
            if attempt + 1 < _ATTEMPTS and self.row.request:
                self.row = replace(
                    self.row,
                    id=new_id(),
                    status="pending",
                    progress=0.0,
                    url=None,
                    error=None,
                    submitted_at=ledger_now(),
                    finished_at=None,
                )
                self.ledger.add_job(self.row)
                state = await self._submitted()
        else:
            raise RenderFailed(
                "The backend could not render the timeline.",
                f"It says: {state.error}" if state.error else "It was tried twice.",
                "Look at session.timeline() for a segment whose source is broken.",
            )
        return await self._fetched(state)

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
        began = moved = time.monotonic()
        self._progress(state, always=True)
        while state.status in UNFINISHED and self.row.unfinished:
            now = time.monotonic()
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
            except (Unreachable, ProtocolError, ApiError) as error:
                # Lost on the way: the same question again, until the limit.
                if isinstance(error, StudioGone) or not _in_transit(error):
                    raise
                continue
            if (newer.status, newer.progress) != (state.status, state.progress):
                moved = time.monotonic()
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
            self._tell(ExportProgress(self.row.id, status, progress))

    async def _fetched(self, state: RenderState) -> Path:
        from nemo_nb.media.mp4check import check_playable  # noqa: PLC0415 - loads PyAV
        from nemo_nb.media.probe import probe  # noqa: PLC0415 - likewise

        folder = self._target.path.parent
        part = folder / f".{self._target.path.stem}.{self.row.id}{self._target.path.suffix}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            await self._client.download(state, part)
            await anyio.to_thread.run_sync(check_playable, part)
            info = await anyio.to_thread.run_sync(probe, part)
            final = self._target.final()
            part.replace(final)
        except OSError as error:
            raise DownloadFailed(
                f"The file cannot be written to {folder}.", f"{error.strerror}."
            ) from error
        except BrokenMedia as error:
            raise DownloadFailed("The file that came does not play.", error.what) from error
        finally:
            part.unlink(missing_ok=True)
        self.info = replace(info, name=final.name)
        self._note(status="completed", progress=100.0, path=str(final), url=state.url, error=None)
        return final

    def _note(self, **changes: Any) -> None:
        self.row = replace(self.row, **changes)
        self.ledger.update_job(self.row.id, **changes)


def _in_transit(error: NemoError) -> bool:
    """Whether *error* says nothing about the job itself."""
    return isinstance(error, Unreachable) or (error.status or 0) >= _SERVER_ERROR
