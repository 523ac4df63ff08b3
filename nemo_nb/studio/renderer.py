"""The thread that renders: claims a job, keeps its lease, writes the file, tells the store."""

from __future__ import annotations

import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

from nemo_nb.errors import NemoError, RenderCancelled
from nemo_nb.redact import logger, scrub
from nemo_nb.studio.engine import Engine
from nemo_nb.studio.failures import named
from nemo_nb.studio.jobs import Job, Jobs
from nemo_nb.studio.orders import read_order
from nemo_nb.studio.shelf import Shelf
from nemo_nb.studio.workers import new_worker

IDLE_S: Final = 2.0
"""How often an idle studio looks for jobs that another one on the workspace has left."""

_LOOK_S: Final = 0.1
_FAILED: Final = "The renderer failed at this timeline. The studio's log says why."
_ALMOST: Final = 99.0  # until the file is in its place
_log = logger("nemo_nb.studio")


class Renderer:
    """One worker thread: one render at a time, since an encoder takes every core.

    Args:
        jobs: The queue.
        engine: What renders.
        assets: Returns the media of a session as name → path.
        shelf: Where finished files lie, as ``<key>.<format>``.
        lease_s: The lease of the queue; it is renewed three times as often.
    """

    def __init__(
        self,
        jobs: Jobs,
        engine: Engine,
        assets: Callable[[str], Mapping[str, Path]],
        shelf: Shelf,
        lease_s: float,
    ) -> None:
        self.worker: Final = new_worker()
        self._jobs = jobs
        self._engine = engine
        self._assets = assets
        self._shelf = shelf
        self._renew_s = lease_s / 3
        self._lease: _Lease | None = None
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="nemo-render", daemon=True)

    def start(self) -> None:
        """Begin to look for jobs."""
        self._thread.start()

    def wake(self) -> None:
        """Say that a job was submitted or cancelled."""
        self._wake.set()

    def look(self) -> None:
        """See at once whether what is being rendered is still wanted."""
        lease = self._lease
        if lease is not None:
            lease.look()

    def stop(self, wait_s: float) -> None:
        """Stop: the running render is given back, for the next studio to begin again."""
        self._stopping.set()
        self._wake.set()
        self._jobs.release(self.worker)
        if self._thread.is_alive():
            self._thread.join(wait_s)

    def path(self, job: Job) -> Path:
        """Return where the job's file lies once it is completed."""
        return self._shelf.folder / _file_name(job)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                job = self._jobs.claim(self.worker)
            except Exception:  # noqa: BLE001  the thread must outlive a disk that is full
                # A full disk or a locked file: jobs stay where they are until it is mended.
                _log.exception("the render queue cannot be read")
                job = None
            if job is None:
                self._wake.wait(IDLE_S)
                self._wake.clear()
                continue
            try:
                self._render(job)
            except Exception:  # noqa: BLE001  likewise
                _log.exception("render %s was left to its lease", job.id)

    def _render(self, job: Job) -> None:
        part = self._shelf.folder / f"{job.key}.{uuid.uuid4().hex}.part"
        try:
            with _Lease(self._jobs, job, self.worker, self._renew_s) as lease:
                self._lease = lease
                self._write(job, part, lease)
        except RenderCancelled:
            _log.info("render %s was given up", job.id)
        except NemoError as error:
            self._jobs.fail(job, self.worker, scrub(str(error)))
        except Exception as error:  # noqa: BLE001  whatever a decoder throws: the queue must go on
            _log.exception("render %s failed", job.id)
            why = named(error)
            self._jobs.fail(job, self.worker, why or _FAILED)
        finally:
            self._lease = None
            self._shelf.discard(part)

    def _write(self, job: Job, part: Path, lease: _Lease) -> None:
        def cancelled() -> bool:
            return lease.lost or self._stopping.is_set()

        assets = self._assets(job.session_id)
        order = read_order(job.draft, job.output, assets)
        rendered = self._engine.render(
            job.draft,
            assets,
            part,
            order,
            films=self._shelf.folder,
            progress=lease.progress,
            cancelled=cancelled,
        )
        # First the lease, then the file in its place, then the word that it is there.
        if not cancelled() and self._jobs.renew(job, self.worker, _ALMOST):
            self._shelf.put(part, _file_name(job))
            self._jobs.complete(job, self.worker, rendered)


def _file_name(job: Job) -> str:
    return f"{job.key}.{job.format}"


class _Lease:
    """Keeps one job's lease from a thread of its own: a render's callbacks may be far apart.

    The same thread looks whether the job has been cancelled, here or by another studio on the
    workspace, often enough to keep the promise of half a second.
    """

    def __init__(self, jobs: Jobs, job: Job, worker: str, every_s: float) -> None:
        self._jobs = jobs
        self._job = job
        self._worker = worker
        self._every_s = every_s
        self._percent = 0.0
        self._lost = threading.Event()
        self._done = threading.Event()

    @property
    def lost(self) -> bool:
        """Whether the job was cancelled or has gone to another studio."""
        return self._lost.is_set()

    def __enter__(self) -> Self:
        threading.Thread(target=self._keep, name="nemo-lease", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()

    def progress(self, percent: float) -> None:
        """Note how far the render is, 0-100; whole percents reach the store."""
        if percent >= self._percent + 1:
            self._percent = min(percent, _ALMOST)
            self._renew()

    def _keep(self) -> None:
        due = time.monotonic() + self._every_s
        while not self._done.wait(min(_LOOK_S, self._every_s)):
            if time.monotonic() >= due:
                self._renew()
                due = time.monotonic() + self._every_s
            else:
                self.look()

    def look(self) -> None:
        """Note whether the job has been cancelled or lost meanwhile."""
        # Where the store cannot be read, the next renewal decides.
        with suppress(sqlite3.Error):
            if not self._jobs.holds(self._job, self._worker):
                self._lost.set()

    def _renew(self) -> None:
        try:
            kept = self._jobs.renew(self._job, self._worker, self._percent)
        except sqlite3.Error:
            # A full disk or a closed store: the lease runs out, and another studio takes over.
            kept = False
        if not kept:
            self._lost.set()
