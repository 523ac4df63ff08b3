"""Sessions in the store: draft, undo and redo stacks, media pool, variants, messages.

Every change goes through one transaction that also checks the revision it was made from, so
that two studios on one workspace can never overwrite each other's edit.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal

from nemo_nb.models import MediaInfo
from nemo_nb.studio.answers import CONFLICT, Refusal, session_lost
from nemo_nb.studio.credits import Charge, editing_price, take
from nemo_nb.studio.store import Store, now_ms

Draft = dict[str, Any]
Stack = Literal["undo", "redo"]

RECENT_MESSAGES: Final = 12
UNDO_LIMIT: Final = 200
"""Steps kept: whole drafts, so that a long session stays at tens of MB at most."""

_OTHER: Final[dict[Stack, Stack]] = {"undo": "redo", "redo": "undo"}


@dataclass(frozen=True, slots=True)
class StudioSession:
    """One session as it was read.

    ``revision`` counts its changes; ``root`` is the session that it is a copy of, or itself.
    """

    id: str
    task_id: str
    user_id: str
    name: str
    language: str
    draft: Draft
    revision: int
    root: str


@dataclass(frozen=True, slots=True)
class Change:
    """What one step changes, all of it or nothing.

    Attributes:
        draft: The new draft, or None to leave it; a new one is one undoable step.
        history: A step through the stacks instead of a new draft.
        note: What the step was, for people.
        media: What joins the media pool.
        analyses: Descriptions of media, by ``filename``.
        variants: The new named drafts, or None to leave them.
        message: What the user said, remembered for the agent.
        charge: What it costs; unpaid, nothing changes.
    """

    draft: Draft | None = None
    history: Stack | None = None
    note: str = ""
    media: Sequence[MediaInfo] = ()
    analyses: Sequence[Mapping[str, Any]] = ()
    variants: Sequence[tuple[str, Mapping[str, Any]]] | None = None
    message: str | None = None
    charge: Charge | None = None


class Projects:
    """Reads and changes sessions."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def create(self, user_id: str, name: str, language: str) -> StudioSession:
        """Start a session for *user_id*."""
        id_, task_id = uuid.uuid4().hex, uuid.uuid4().hex
        session = StudioSession(id_, task_id, user_id, name, language, {}, 0, id_)
        with self._store.writing() as db:
            _insert(db, session)
        return session

    def get(self, user_id: str, session_id: str) -> StudioSession:
        """Return the user's session.

        Raises:
            SessionLost: There is none of this id that belongs to *user_id*.
        """
        with self._store.reading() as db:
            row = db.execute(
                "SELECT * FROM sessions WHERE id = ? AND user_id = ?", (session_id, user_id)
            ).fetchone()
        if row is None:
            raise session_lost()
        return StudioSession(
            row["id"],
            row["task_id"],
            row["user_id"],
            row["name"],
            row["language"],
            json.loads(row["draft"]),
            row["revision"],
            row["root"] or row["id"],
        )

    def media(self, session_id: str) -> tuple[MediaInfo, ...]:
        """Return the media pool in the order of uploading."""
        with self._store.reading() as db:
            rows = db.execute(
                "SELECT * FROM media WHERE session_id = ? ORDER BY position", (session_id,)
            ).fetchall()
        return tuple(_media(row) for row in rows)

    def recent(self, session_id: str) -> tuple[str, ...]:
        """Return the user's last messages, oldest first."""
        with self._store.reading() as db:
            rows = db.execute(
                "SELECT text FROM messages WHERE session_id = ? ORDER BY id DESC LIMIT ?",
                (session_id, RECENT_MESSAGES),
            ).fetchall()
        return tuple(row["text"] for row in reversed(rows))

    def turns(self, session_id: str) -> int:
        """Return how many messages the session has had."""
        with self._store.reading() as db:
            row = db.execute(
                "SELECT count(*) FROM messages WHERE session_id = ?", (session_id,)
            ).fetchone()
        return int(row[0])

    def analyses(self, session_id: str) -> list[dict[str, Any]]:
        """Return what is known of the photos' content."""
        with self._store.reading() as db:
            rows = db.execute(
                "SELECT body FROM analyses WHERE session_id = ? ORDER BY rowid", (session_id,)
            ).fetchall()
        return [json.loads(row["body"]) for row in rows]

    def variants(self, session_id: str) -> list[dict[str, Any]]:
        """Return the named drafts as ``{"name", "draft"}``, in order."""
        with self._store.reading() as db:
            rows = db.execute(
                "SELECT name, draft FROM variants WHERE session_id = ? ORDER BY position",
                (session_id,),
            ).fetchall()
        return [{"name": row["name"], "draft": json.loads(row["draft"])} for row in rows]

    def editing_price(self, session: StudioSession) -> float:
        """Return what the next edit costs where credits are counted."""
        with self._store.reading() as db:
            return editing_price(db, session)

    def depth(self, session_id: str) -> dict[Stack, int]:
        """Return how many steps lie on each stack."""
        with self._store.reading() as db:
            rows = db.execute(
                "SELECT stack, count(*) FROM history WHERE session_id = ? GROUP BY stack",
                (session_id,),
            ).fetchall()
        counts = {row[0]: int(row[1]) for row in rows}
        return {"undo": counts.get("undo", 0), "redo": counts.get("redo", 0)}

    def commit(self, session: StudioSession, change: Change) -> StudioSession:
        """Write *change* on top of *session*, and return the session as it is then.

        Raises:
            Refusal: 409; the session changed since *session* was read, or the stack of a
                ``history`` step is empty.
            NoCredits: 2001; its charge cannot be paid.
        """
        with self._store.writing() as db:
            if change.charge is not None:
                take(db, session.user_id, change.charge)
            draft = session.draft
            if change.history is not None:
                draft = _step(db, session, change.history)
            elif change.draft is not None and change.draft != session.draft:
                draft = change.draft
                _push(db, session, "undo", change.note)
                db.execute(
                    "DELETE FROM history WHERE session_id = ? AND stack = 'redo'", (session.id,)
                )
            _add_media(db, session.id, change.media)
            for analysis in change.analyses:
                db.execute(
                    "INSERT OR REPLACE INTO analyses VALUES (?, ?, ?)",
                    (session.id, str(analysis.get("filename", "")), _dump(analysis)),
                )
            if change.variants is not None:
                _set_variants(db, session.id, change.variants)
            if change.message is not None:
                db.execute(
                    "INSERT INTO messages (session_id, text, at_ms) VALUES (?, ?, ?)",
                    (session.id, change.message, now_ms()),
                )
            _advance(db, session, draft)
        return replace(session, draft=draft, revision=session.revision + 1)

    def fork(self, session: StudioSession, name: str, copy_id: str) -> StudioSession:
        """Copy the session: timeline, media pool, both stacks, variants, messages.

        Args:
            session: What is copied.
            name: The copy's name.
            copy_id: The copy's id, a fresh UUID; its media files are in place already.
        """
        copy = replace(session, id=copy_id, task_id=uuid.uuid4().hex, name=name, revision=0)
        with self._store.writing() as db:
            _insert(db, copy)
            for table, columns in _FORKED.items():
                # Table and columns are literals of this module.
                db.execute(
                    f"INSERT INTO {table} (session_id, {columns}) "  # noqa: S608
                    f"SELECT ?, {columns} FROM {table} WHERE session_id = ? ORDER BY rowid",
                    (copy.id, session.id),
                )
        return copy


_FORKED: Final = {
    "history": "stack, draft, note, at_ms",
    "media": (
        "name, position, kind, format, duration_ms, width, height, fps, size_bytes, hash, "
        "has_audio, notes"
    ),
    "analyses": "filename, body",
    "variants": "position, name, draft",
    "messages": "text, at_ms",
}


def _insert(db: sqlite3.Connection, session: StudioSession) -> None:
    db.execute(
        "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            session.id,
            session.task_id,
            session.user_id,
            session.name,
            session.language,
            _dump(session.draft),
            session.revision,
            now_ms(),
            session.root,
        ),
    )


def _advance(db: sqlite3.Connection, session: StudioSession, draft: Draft) -> None:
    done = db.execute(
        "UPDATE sessions SET draft = ?, revision = revision + 1 WHERE id = ? AND revision = ?",
        (_dump(draft), session.id, session.revision),
    )
    if done.rowcount != 1:
        raise Refusal(
            CONFLICT,
            "The timeline was changed by someone else meanwhile.",
            "Two notebooks may be working in this session.",
            "Look at it again and repeat the edit.",
        )


def _step(db: sqlite3.Connection, session: StudioSession, stack: Stack) -> Draft:
    row = db.execute(
        "SELECT id, draft, note FROM history WHERE session_id = ? AND stack = ? "
        "ORDER BY id DESC LIMIT 1",
        (session.id, stack),
    ).fetchone()
    if row is None:
        raise Refusal(CONFLICT, f"There is nothing to {stack}.")
    db.execute("DELETE FROM history WHERE id = ?", (row["id"],))
    _push(db, session, _OTHER[stack], row["note"])
    return json.loads(row["draft"])


def _push(db: sqlite3.Connection, session: StudioSession, stack: Stack, note: str) -> None:
    db.execute(
        "INSERT INTO history (session_id, stack, draft, note, at_ms) VALUES (?, ?, ?, ?, ?)",
        (session.id, stack, _dump(session.draft), note, now_ms()),
    )
    db.execute(
        "DELETE FROM history WHERE session_id = ? AND stack = ? AND id NOT IN "
        "(SELECT id FROM history WHERE session_id = ? AND stack = ? ORDER BY id DESC LIMIT ?)",
        (session.id, stack, session.id, stack, UNDO_LIMIT),
    )


def _add_media(db: sqlite3.Connection, session_id: str, media: Sequence[MediaInfo]) -> None:
    row = db.execute(
        "SELECT coalesce(max(position), -1) FROM media WHERE session_id = ?", (session_id,)
    ).fetchone()
    for position, info in enumerate(media, start=int(row[0]) + 1):
        values = asdict(info) | {"session_id": session_id, "position": position}
        values["notes"] = json.dumps(info.notes)
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        # The names are the fields of a dataclass of ours.
        db.execute(f"INSERT INTO media ({names}) VALUES ({marks})", values)  # noqa: S608


def _set_variants(
    db: sqlite3.Connection, session_id: str, variants: Sequence[tuple[str, Mapping[str, Any]]]
) -> None:
    db.execute("DELETE FROM variants WHERE session_id = ?", (session_id,))
    db.executemany(
        "INSERT INTO variants VALUES (?, ?, ?, ?)",
        [
            (session_id, position, name, _dump(draft))
            for position, (name, draft) in enumerate(variants)
        ],
    )


def _media(row: sqlite3.Row) -> MediaInfo:
    fields: dict[str, Any] = {name: row[name] for name in MediaInfo.__slots__}
    fields["has_audio"] = bool(row["has_audio"])
    fields["notes"] = tuple(json.loads(row["notes"]))
    return MediaInfo(**fields)


def _dump(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
