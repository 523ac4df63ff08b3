"""The queue of renders, in the store: submitted once, claimed under a lease, never lost.

A job belongs to the studio that claimed it for as long as that one keeps renewing the lease.
When its process dies, any studio on the workspace, also one started later, claims the job
again under the same id: at once where it can see that the process is gone, else when the
lease has run out. Every later write names the claimant, so who
has lost a job cannot write its end.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from nemo_nb.models import JobStatus
from nemo_nb.studio.answers import NOT_FOUND, Refusal
from nemo_nb.studio.render.formats import Rendered
from nemo_nb.studio.store import Store, now_ms
from nemo_nb.studio.workers import is_gone

MAX_ATTEMPTS: Final = 3
"""A render that ends its process this often is not tried again: it would take the next."""


@dataclass(frozen=True, slots=True)
class Job:
    """One render as it was read; ``key`` names its file in the workspace."""

    id: str
    user_id: str
    session_id: str
    key: str
    draft: dict[str, Any]
    output: dict[str, Any]
    status: JobStatus
    progress: float
    error: str | None
    size_bytes: int
    duration_ms: int
    created_ms: int
    finished_ms: int | None
    notes: tuple[str, ...] = ()

    @property
    def format(self) -> str:
        """The format of its file, which is also the file's extension."""
        return str(self.output.get("format", "mp4"))


class Jobs:
    """Submits, claims and finishes jobs."""

    def __init__(self, store: Store, lease_ms: int) -> None:
        self._store = store
        self._lease_ms = lease_ms

    def submit(
        self,
        user_id: str,
        job_id: str,
        session_id: str,
        draft: Mapping[str, Any],
        output: Mapping[str, Any],
    ) -> Job:
        """Store the job, or return the one that has this id already."""
        with self._store.writing() as db:
            db.execute(
                "INSERT OR IGNORE INTO jobs VALUES "
                "(?, ?, ?, ?, ?, ?, 'pending', 0, NULL, 0, 0, NULL, 0, 0, ?, NULL, '[]')",
                (
                    user_id,
                    job_id,
                    session_id,
                    uuid.uuid4().hex,
                    json.dumps(draft, ensure_ascii=False),
                    json.dumps(output, ensure_ascii=False),
                    now_ms(),
                ),
            )
            return _read(db, user_id, job_id)

    def get(self, user_id: str, job_id: str) -> Job:
        """Return the user's job.

        Raises:
            Refusal: 404; there is none.
        """
        with self._store.reading() as db:
            return _read(db, user_id, job_id)

    def has(self, user_id: str, job_id: str) -> bool:
        """Whether the user has submitted a job of this id."""
        with self._store.reading() as db:
            row = db.execute(
                "SELECT 1 FROM jobs WHERE user_id = ? AND id = ?", (user_id, job_id)
            ).fetchone()
        return row is not None

    def cancel(self, user_id: str, job_id: str) -> Job:
        """Cancel a job that has not ended yet; one that has stays as it is."""
        with self._store.writing() as db:
            _read(db, user_id, job_id)
            db.execute(
                "UPDATE jobs SET status = 'cancelled', finished_ms = ?, worker = NULL "
                "WHERE user_id = ? AND id = ? AND status IN ('pending', 'processing')",
                (now_ms(), user_id, job_id),
            )
            return _read(db, user_id, job_id)

    def claim(self, worker: str) -> Job | None:
        """Take the oldest job that waits or whose lease has run out, for *worker*."""
        with self._store.writing() as db:
            now = now_ms()
            _end_leases_of_the_dead(db)
            db.execute(
                "UPDATE jobs SET status = 'failed', finished_ms = ?, worker = NULL, error = ? "
                "WHERE status = 'processing' AND lease_until_ms < ? AND attempts >= ?",
                (
                    now,
                    f"Rendering it stopped the studio {MAX_ATTEMPTS} times.",
                    now,
                    MAX_ATTEMPTS,
                ),
            )
            row = db.execute(
                "UPDATE jobs SET status = 'processing', worker = ?, lease_until_ms = ?, "
                "progress = 0, attempts = attempts + 1 "
                "WHERE rowid = (SELECT rowid FROM jobs WHERE status = 'pending' "
                "OR (status = 'processing' AND lease_until_ms < ?) "
                "ORDER BY created_ms, rowid LIMIT 1) RETURNING *",
                (worker, now + self._lease_ms, now),
            ).fetchone()
        return _job(row) if row else None

    def renew(self, job: Job, worker: str, progress: float) -> bool:
        """Note progress (0-100) and renew the lease; False when *worker* has lost the job."""
        with self._store.writing() as db:
            done = db.execute(
                "UPDATE jobs SET lease_until_ms = ?, progress = max(progress, ?) "
                "WHERE key = ? AND worker = ? AND status = 'processing'",
                (now_ms() + self._lease_ms, progress, job.key, worker),
            )
            return done.rowcount == 1

    def holds(self, job: Job, worker: str) -> bool:
        """Whether *worker* still has the job: a cheap look, without renewing the lease."""
        with self._store.reading() as db:
            row = db.execute(
                "SELECT 1 FROM jobs WHERE key = ? AND worker = ? AND status = 'processing'",
                (job.key, worker),
            ).fetchone()
        return row is not None

    def complete(self, job: Job, worker: str, rendered: Rendered) -> bool:
        """Write that the file is there; False when *worker* has lost the job."""
        return self._finish(job, worker, "completed", 100.0, None, rendered)

    def fail(self, job: Job, worker: str, error: str) -> bool:
        """Write why there is no file; False when *worker* has lost the job."""
        return self._finish(job, worker, "failed", None, error, None)

    def release(self, worker: str) -> None:
        """Give back what *worker* was rendering, for the next studio to begin at once."""
        with self._store.writing() as db:
            db.execute(
                "UPDATE jobs SET status = 'pending', worker = NULL, progress = 0, "
                "attempts = attempts - 1 WHERE worker = ? AND status = 'processing'",
                (worker,),
            )

    def _finish(
        self,
        job: Job,
        worker: str,
        status: JobStatus,
        progress: float | None,
        error: str | None,
        rendered: Rendered | None,
    ) -> bool:
        info = rendered.info if rendered else None
        with self._store.writing() as db:
            done = db.execute(
                "UPDATE jobs SET status = ?, progress = coalesce(?, progress), error = ?, "
                "size_bytes = ?, duration_ms = ?, notes = ?, finished_ms = ?, worker = NULL "
                "WHERE key = ? AND worker = ? AND status = 'processing'",
                (
                    status,
                    progress,
                    error,
                    info.size_bytes if info else 0,
                    info.duration_ms if info else 0,
                    json.dumps(rendered.notes if rendered else (), ensure_ascii=False),
                    now_ms(),
                    job.key,
                    worker,
                ),
            )
            return done.rowcount == 1


def _end_leases_of_the_dead(db: sqlite3.Connection) -> None:
    rows = db.execute("SELECT DISTINCT worker FROM jobs WHERE status = 'processing'").fetchall()
    for (worker,) in rows:
        if worker is not None and is_gone(worker):
            db.execute(
                "UPDATE jobs SET lease_until_ms = 0 WHERE status = 'processing' AND worker = ?",
                (worker,),
            )


def _read(db: sqlite3.Connection, user_id: str, job_id: str) -> Job:
    row = db.execute(
        "SELECT * FROM jobs WHERE user_id = ? AND id = ?", (user_id, job_id)
    ).fetchone()
    if row is None:
        raise Refusal(NOT_FOUND, f"There is no render {job_id}.", "It was never submitted here.")
    return _job(row)


def _job(row: sqlite3.Row) -> Job:
    return Job(
        id=row["id"],
        user_id=row["user_id"],
        session_id=row["session_id"],
        key=row["key"],
        draft=json.loads(row["draft"]),
        output=json.loads(row["output"]),
        status=cast("JobStatus", row["status"]),
        progress=row["progress"],
        error=row["error"],
        size_bytes=row["size_bytes"],
        duration_ms=row["duration_ms"],
        created_ms=row["created_ms"],
        finished_ms=row["finished_ms"],
        notes=tuple(json.loads(row["notes"])),
    )
