"""Jobs that outlived their kernel: listed, and picked up where they stand."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nemo_nb.backend import Backend
from nemo_nb.destination import Target
from nemo_nb.errors import InputError, NemoError
from nemo_nb.export import AsyncExport
from nemo_nb.ledger import Job, Ledger
from nemo_nb.notices import Notice, current_watcher
from nemo_nb.records import records_frame
from nemo_nb.render_job import RenderJob
from nemo_nb.skills import skill_named
from nemo_nb.wire.studio_api import StudioApi

if TYPE_CHECKING:
    import pandas as pd

JOB_COLUMNS: Final = (
    "id",
    "session",
    "status",
    "progress",
    "submitted_at",
    "finished_at",
    "path",
    "error",
)

Opener = Callable[[Job], Awaitable[Backend]]

# Tasks that nobody waits for would be collected without a reference.
_under_way: set[asyncio.Task[None]] = set()


def jobs_frame(ledger: Ledger) -> pd.DataFrame:
    """Return every render this user started, newest first; see `nemo_nb.jobs`."""
    rows = [[getattr(job, name) for name in JOB_COLUMNS] for job in ledger.jobs()]
    return records_frame(
        rows, JOB_COLUMNS, floats=("progress",), times=("submitted_at", "finished_at")
    )


async def pick_up(
    job_id: str | None, opened: Opener, *, wait: bool, ledger: Ledger
) -> pd.DataFrame:
    """Go on with unfinished jobs; see `nemo_nb.resume`.

    Args:
        job_id: One job; None: all that no running kernel is at.
        opened: Reaches the backend that a job was given to.
        wait: Return once they are over.
        ledger: Where they are written down.
    """
    chosen = _chosen(job_id, ledger)
    tasks = [asyncio.create_task(_finish(job, opened, ledger)) for job in chosen]
    if wait:
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        broken = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        # Of several, each has its error in the frame; of one, it is the answer.
        for error in broken:
            if job_id is not None or not isinstance(error, NemoError):
                raise error
    else:
        for task in tasks:
            _under_way.add(task)
            task.add_done_callback(_over)
    return jobs_frame(ledger)


def _chosen(job_id: str | None, ledger: Ledger) -> list[Job]:
    unfinished = [job for job in ledger.jobs() if job.unfinished]
    if job_id is None:
        return [job for job in unfinished if not job.attended]
    job = ledger.job(job_id)
    if job is None:
        raise InputError(f"There is no job {job_id!r}.", fix="nemo_nb.jobs() lists them.")
    if not job.unfinished:
        raise InputError(f"The job {job_id} is {job.status} already.", job.error or "")
    if job.pid == os.getpid() and job.attended:
        raise InputError(
            f"The job {job_id} is under way in this kernel.",
            fix="Wait for it with wait() of its export, or look at nemo_nb.jobs().",
        )
    return [job]


async def _finish(job: Job, opened: Opener, ledger: Ledger) -> None:
    try:
        backend = await opened(job)
        client = backend.client(skill_named(job.skill))
        try:
            studio = await StudioApi(client).capabilities() is not None
            target = Target(Path(job.path), named=bool(job.request.get("named", True)))
            running = RenderJob(backend, client, job, target, studio=studio, tell=_tell)
            task = asyncio.create_task(running.run(resumed=True))
            running.export = AsyncExport(running, task)
            await task
        finally:
            await client.aclose()
    except NemoError as error:
        ledger.update_job(job.id, error=str(error))
        raise


def _tell(notice: Notice) -> None:
    watcher = current_watcher()
    if watcher is not None:
        watcher(notice)


def _over(task: asyncio.Task[None]) -> None:
    _under_way.discard(task)
    if not task.cancelled():
        # Looked at: the error itself stands in the ledger.
        task.exception()
