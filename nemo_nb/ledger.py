"""What must outlive a kernel: render jobs, named sessions and their turns, in SQLite.

A job is written before it is submitted, with everything needed to submit or fetch it again,
so that a process killed at any moment leaves a row that :func:`nemo_nb.resume` can finish.
The ledger holds addresses and paths, never a token.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, cast

from nemo_nb import processes
from nemo_nb.errors import ConfigError
from nemo_nb.models import UNFINISHED, Action, JobStatus, TurnStatus
from nemo_nb.redact import scrub
from nemo_nb.settings import Settings, data_dir

# One text a schema version: what takes a ledger of the version before to this one.
_STEPS: Final = (
    """
CREATE TABLE jobs (
    id TEXT PRIMARY KEY, session TEXT NOT NULL, session_id TEXT NOT NULL,
    backend TEXT NOT NULL, place TEXT NOT NULL, skill TEXT NOT NULL, request TEXT NOT NULL,
    path TEXT NOT NULL, status TEXT NOT NULL, progress REAL NOT NULL, url TEXT, error TEXT,
    submitted_at TEXT NOT NULL, finished_at TEXT, pid INTEGER NOT NULL
);
CREATE TABLE sessions (
    name TEXT NOT NULL, place TEXT NOT NULL, backend TEXT NOT NULL, session_id TEXT NOT NULL,
    task_id TEXT NOT NULL, skill TEXT NOT NULL, language TEXT NOT NULL,
    created_at TEXT NOT NULL, used_at TEXT NOT NULL, PRIMARY KEY (name, place)
);
CREATE TABLE turns (
    name TEXT NOT NULL, place TEXT NOT NULL, turn INTEGER NOT NULL, action TEXT NOT NULL,
    text TEXT NOT NULL, answer TEXT NOT NULL, started_at TEXT NOT NULL,
    duration_ms INTEGER NOT NULL, status TEXT NOT NULL, PRIMARY KEY (name, place, turn)
);
""",
    "ALTER TABLE jobs ADD COLUMN born TEXT NOT NULL DEFAULT ''",
)
_SCHEMA_VERSION: Final = len(_STEPS)
# Another kernel's write takes milliseconds; longer means a stuck or broken disk.
_BUSY_S: Final = 10.0


def now() -> str:
    """Return the time in UTC as the ledger writes it: ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def place_of(settings: Settings) -> str:
    """Return what names a backend for good: its URL, or the embedded studio's folder.

    An embedded studio listens on another port every time.
    """
    return str(settings.workspace) if settings.backend == "local" else settings.api_url


@dataclass(frozen=True, slots=True)
class Job:
    """One render.

    ``request`` is its draft and output, dropped once the job is over. ``pid`` and ``born``
    name the process that is at it (`nemo_nb.processes`); a ``pid`` of 0 means nobody.
    """

    id: str
    session: str
    session_id: str
    backend: str
    place: str
    skill: str
    path: str
    request: dict[str, Any] = field(default_factory=dict[str, Any])
    status: JobStatus = "pending"
    progress: float = 0.0
    url: str | None = None
    error: str | None = None
    submitted_at: str = field(default_factory=now)
    finished_at: str | None = None
    pid: int = field(default_factory=os.getpid)
    born: str = field(default_factory=lambda: processes.born(os.getpid()))

    @property
    def attended(self) -> bool:
        """Whether a running process is at it."""
        return processes.is_running(self.pid, self.born)

    @property
    def unfinished(self) -> bool:
        """Whether there is something left to wait for or to fetch."""
        return self.status in UNFINISHED


@dataclass(frozen=True, slots=True)
class NamedSession:
    """A session that ``connect(name=…)`` finds again."""

    name: str
    place: str
    backend: str
    session_id: str
    task_id: str
    skill: str
    language: str
    created_at: str = field(default_factory=now)
    used_at: str = field(default_factory=now)


@dataclass(frozen=True, slots=True)
class TurnRow:
    """One turn of a session: what was asked, what was answered, how it ended."""

    turn: int
    action: Action
    text: str
    answer: str
    started_at: str
    duration_ms: int
    status: TurnStatus


class Ledger:
    """The SQLite file. A connection a call: any thread and any kernel may use it at once."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or data_dir() / "ledger.sqlite"

    def add_job(self, job: Job) -> None:
        """Write a new job."""
        with self._open() as db:
            _insert(db, "INSERT", "jobs", job)

    def update_job(self, job_id: str, **changes: Any) -> None:
        """Change fields of a job; the last status also decides ``finished_at``."""
        with self._open() as db:
            _update_job(db, job_id, changes)

    def retry_job(self, job_id: str, error: str, again: Job) -> None:
        """Note that a job has failed and write the one that tries it *again*, in one step.

        Who is killed in between would otherwise leave none to go on with, or two.
        """
        with self._open() as db:
            _update_job(db, job_id, {"status": "failed", "error": error})
            _insert(db, "INSERT", "jobs", again)

    def jobs(self) -> list[Job]:
        """Return every job, newest first."""
        rows = self._rows("SELECT * FROM jobs ORDER BY submitted_at DESC, rowid DESC")
        return [Job(**{**row, "request": json.loads(row["request"])}) for row in rows]

    def job(self, job_id: str) -> Job | None:
        """Return the job *job_id*, or None."""
        return next((job for job in self.jobs() if job.id == job_id), None)

    def save_session(self, session: NamedSession) -> None:
        """Write a named session, in the place of the one of that name."""
        with self._open() as db:
            _insert(db, "INSERT OR REPLACE", "sessions", session)

    def sessions(self) -> list[NamedSession]:
        """Return the named sessions, the one used last first."""
        rows = self._rows("SELECT * FROM sessions ORDER BY used_at DESC, rowid DESC")
        return [NamedSession(**row) for row in rows]

    def session(self, name: str, place: str) -> NamedSession | None:
        """Return the session *name* of the backend at *place*, or None."""
        rows = self._rows("SELECT * FROM sessions WHERE name = ? AND place = ?", name, place)
        return next((NamedSession(**row) for row in rows), None)

    def add_turn(self, name: str, place: str, turn: TurnRow) -> None:
        """Write one turn of a named session."""
        values = {"name": name, "place": place, **_values(turn)}
        values["text"], values["answer"] = scrub(turn.text), scrub(turn.answer)
        marks = ", ".join("?" * len(values))
        with self._open() as db:
            db.execute(
                f"INSERT OR REPLACE INTO turns ({', '.join(values)}) VALUES ({marks})",  # noqa: S608 - names are our own
                list(values.values()),
            )

    def turns(self, name: str, place: str) -> list[TurnRow]:
        """Return the turns of a named session in order."""
        rows = self._rows(
            "SELECT turn, action, text, answer, started_at, duration_ms, status FROM turns "
            "WHERE name = ? AND place = ? ORDER BY turn",
            name,
            place,
        )
        return [TurnRow(**row) for row in rows]

    def _rows(self, query: str, *parameters: str) -> list[dict[str, Any]]:
        if not self.path.exists():
            return []
        with self._open() as db:
            return [dict(cast("sqlite3.Row", row)) for row in db.execute(query, parameters)]

    @contextmanager
    def _open(self) -> Generator[sqlite3.Connection]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # It holds the words of chats: its owner's alone.
            self.path.touch(mode=0o600)
            db = sqlite3.connect(self.path, timeout=_BUSY_S, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise self._unusable(error) from error
        try:
            db.row_factory = sqlite3.Row
            # Safe against a killed process, which is what must be survived here.
            db.execute("PRAGMA synchronous = NORMAL")
            self._prepare(db)
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._unusable(error) from error
        finally:
            # Closing rolls back whatever was not committed.
            db.close()

    def _prepare(self, db: sqlite3.Connection) -> None:
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version == _SCHEMA_VERSION:
            return
        if version > _SCHEMA_VERSION:
            raise ConfigError(
                f"The ledger {self.path} was written by a newer nemo_nb.",
                fix="Update nemo_nb, or set NEMO_NB_DATA to another folder.",
            )
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("BEGIN IMMEDIATE")
        # Another kernel may have been first while this one waited for the lock.
        done = db.execute("PRAGMA user_version").fetchone()[0]
        for step in _STEPS[done:]:
            for statement in filter(str.strip, step.split(";")):
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")
        db.execute("COMMIT")

    def _unusable(self, error: Exception) -> ConfigError:
        return ConfigError(
            f"The ledger {self.path} cannot be used.",
            f"{error}.",
            "Set NEMO_NB_DATA to a folder that can be written.",
        )


def _insert(db: sqlite3.Connection, verb: str, table: str, record: Job | NamedSession) -> None:
    values = _values(record)
    marks = ", ".join("?" * len(values))
    db.execute(f"{verb} INTO {table} ({', '.join(values)}) VALUES ({marks})", list(values.values()))


def _update_job(db: sqlite3.Connection, job_id: str, changes: Mapping[str, Any]) -> None:
    if changes.get("status", "pending") not in UNFINISHED:
        changes = {**changes, "finished_at": now(), "request": {}}
    names = ", ".join(f"{name} = ?" for name in changes)
    db.execute(
        f"UPDATE jobs SET {names} WHERE id = ?",  # noqa: S608 - names are our own
        [*map(_to_db, changes.values()), job_id],
    )


def _values(record: Job | NamedSession | TurnRow) -> dict[str, Any]:
    return {item.name: _to_db(getattr(record, item.name)) for item in fields(record)}


def _to_db(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict) else value
