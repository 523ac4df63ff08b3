"""The studio's memory: one SQLite file (WAL) that several studios may share.

Every write is one ``BEGIN IMMEDIATE`` transaction, so that what belongs together lands
together and two processes on one workspace wait for each other instead of failing half-way.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from nemo_nb.errors import ConfigError

DATABASE: Final = "studio.sqlite3"
"""The file's name in a workspace; a folder that holds it is a studio's."""

BUSY_TIMEOUT_S: Final = 10.0
_RETRY_S: Final = 0.01

MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (
    (
        """CREATE TABLE accounts (
            user_id TEXT PRIMARY KEY, client_digest BLOB UNIQUE,
            available REAL NOT NULL, frozen REAL NOT NULL, total REAL NOT NULL,
            created_ms INTEGER NOT NULL)""",
        """CREATE TABLE tokens (
            digest BLOB PRIMARY KEY, user_id TEXT NOT NULL REFERENCES accounts,
            scopes TEXT NOT NULL, address TEXT NOT NULL,
            created_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL)""",
        """CREATE TABLE sessions (
            id TEXT PRIMARY KEY, task_id TEXT NOT NULL UNIQUE, user_id TEXT NOT NULL,
            name TEXT NOT NULL, language TEXT NOT NULL, draft TEXT NOT NULL,
            revision INTEGER NOT NULL, created_ms INTEGER NOT NULL)""",
        """CREATE TABLE history (
            id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT NOT NULL REFERENCES sessions,
            stack TEXT NOT NULL CHECK (stack IN ('undo', 'redo')), draft TEXT NOT NULL,
            note TEXT NOT NULL, at_ms INTEGER NOT NULL)""",
        "CREATE INDEX history_of ON history (session_id, stack, id)",
        """CREATE TABLE media (
            session_id TEXT NOT NULL REFERENCES sessions, name TEXT NOT NULL,
            position INTEGER NOT NULL, kind TEXT NOT NULL, format TEXT NOT NULL,
            duration_ms INTEGER NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
            fps REAL NOT NULL, size_bytes INTEGER NOT NULL, hash TEXT NOT NULL,
            has_audio INTEGER NOT NULL, PRIMARY KEY (session_id, name))""",
        """CREATE TABLE analyses (
            session_id TEXT NOT NULL REFERENCES sessions, filename TEXT NOT NULL,
            body TEXT NOT NULL, PRIMARY KEY (session_id, filename))""",
        """CREATE TABLE variants (
            session_id TEXT NOT NULL REFERENCES sessions, position INTEGER NOT NULL,
            name TEXT NOT NULL, draft TEXT NOT NULL, PRIMARY KEY (session_id, position))""",
        """CREATE TABLE messages (
            id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT NOT NULL REFERENCES sessions,
            text TEXT NOT NULL, at_ms INTEGER NOT NULL)""",
        "CREATE INDEX messages_of ON messages (session_id, id)",
        """CREATE TABLE claims (
            digest BLOB PRIMARY KEY, session_id TEXT NOT NULL REFERENCES sessions,
            expires_ms INTEGER NOT NULL)""",
        """CREATE TABLE jobs (
            user_id TEXT NOT NULL, id TEXT NOT NULL, session_id TEXT NOT NULL,
            key TEXT NOT NULL UNIQUE, draft TEXT NOT NULL, output TEXT NOT NULL,
            status TEXT NOT NULL, progress REAL NOT NULL, error TEXT,
            size_bytes INTEGER NOT NULL, duration_ms INTEGER NOT NULL,
            worker TEXT, lease_until_ms INTEGER NOT NULL, attempts INTEGER NOT NULL,
            created_ms INTEGER NOT NULL, finished_ms INTEGER, PRIMARY KEY (user_id, id))""",
        "CREATE INDEX jobs_open ON jobs (status, created_ms)",
    ),
    (
        "ALTER TABLE media ADD COLUMN notes TEXT NOT NULL DEFAULT '[]'",
        "ALTER TABLE jobs ADD COLUMN notes TEXT NOT NULL DEFAULT '[]'",
    ),
    (
        # The session that a copy of a copy comes from; empty where it is the session itself.
        "ALTER TABLE sessions ADD COLUMN root TEXT NOT NULL DEFAULT ''",
        """CREATE TABLE charges (
            user_id TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL,
            price REAL NOT NULL, at_ms INTEGER NOT NULL, PRIMARY KEY (user_id, kind, key))""",
    ),
)
"""One tuple of statements a schema version. Only ever append: old workspaces run the rest."""


def now_ms() -> int:
    """Return the wall clock in epoch ms: what every ``*_ms`` column of a time holds."""
    return time.time_ns() // 1_000_000


class Store:
    """Connections to one workspace's database.

    A connection serves one thread at a time and then goes back to the pool.

    Raises:
        ConfigError: The file was written by a newer version of this package.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: list[sqlite3.Connection] = []
        self._guard = threading.Lock()
        self._closed = False
        path.touch(mode=0o600)
        self._migrate()

    @contextmanager
    def reading(self) -> Generator[sqlite3.Connection]:
        """Lend a connection inside one consistent read."""
        with self._lent() as connection, _transaction(connection, "BEGIN"):
            yield connection

    @contextmanager
    def writing(self) -> Generator[sqlite3.Connection]:
        """Lend a connection inside one write; an exception undoes all of it."""
        with self._lent() as connection, _transaction(connection, "BEGIN IMMEDIATE"):
            yield connection

    def close(self) -> None:
        """Close what is idle; a connection at work closes when it comes back."""
        with self._guard:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    @contextmanager
    def _lent(self) -> Generator[sqlite3.Connection]:
        with self._guard:
            connection = self._idle.pop() if self._idle else None
        connection = connection or self._open()
        try:
            yield connection
        finally:
            with self._guard:
                keep = not self._closed
                if keep:
                    self._idle.append(connection)
            if not keep:
                connection.close()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
        )
        connection.row_factory = sqlite3.Row
        _use_wal(connection)
        # In WAL mode this survives a crash of the process whole; only a power cut may lose
        # the last commits.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    def _migrate(self) -> None:
        with self.writing() as db:
            db.execute(
                "CREATE TABLE IF NOT EXISTS migrations "
                "(version INTEGER PRIMARY KEY, applied_ms INTEGER NOT NULL)"
            )
            row = db.execute("SELECT coalesce(max(version), 0) FROM migrations").fetchone()
            version = int(row[0])
            if version > len(MIGRATIONS):
                raise ConfigError(
                    f"The workspace {os.fspath(self._path.parent)} has schema {version}.",
                    f"This version of nemo_nb knows schemas up to {len(MIGRATIONS)}.",
                    "Upgrade nemo_nb, or pass another workspace=.",
                )
            for number, statements in enumerate(MIGRATIONS[version:], start=version + 1):
                for statement in statements:
                    db.execute(statement)
                db.execute("INSERT INTO migrations VALUES (?, ?)", (number, now_ms()))


def _use_wal(connection: sqlite3.Connection) -> None:
    # The one statement for which SQLite does not wait by itself while another process opens
    # or closes the file.
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(_RETRY_S)
        else:
            return


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Generator[None]:
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A full disk makes SQLite roll back by itself.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
