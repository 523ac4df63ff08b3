"""What a turn costs where a studio counts credits; it is taken once, with the edit, or not.

A studio is free unless it was started with credits. Then editing costs 50 a session, taken with
the first edit of it (its copies belong to it), and every generated film 100: the prices of
PROTOCOL.md. Reading, asking, undoing, uploading and exporting are free. What has been taken is
a row with a key of its own in the store, so the same thing is never paid for twice; the balance
is what was given less those rows, so it survives restarts and a larger gift tops it up.
"""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from nemo_nb.errors import NoCredits
from nemo_nb.models import Credits
from nemo_nb.studio.store import now_ms

if TYPE_CHECKING:
    from nemo_nb.studio.agent.turn import Outcome
    from nemo_nb.studio.projects import StudioSession

EDITING: Final = 50.0
"""Credits for the editing of one session."""
GENERATION: Final = 100.0
"""Credits for one generated film."""

_NAMES: Final = {"editing": "Editing a session", "generation": "Generating a film"}


@dataclass(frozen=True, slots=True)
class Charge:
    """Something to be paid for.

    Attributes:
        kind: What it is.
        key: Which one it is, within its kind and user.
        price: In credits.
        given: What the user has been given in all.
    """

    kind: Literal["editing", "generation"]
    key: str
    price: float
    given: float


def charge_for(session: StudioSession, outcome: Outcome, given: float | None) -> Charge | None:
    """Return what *outcome* costs on *session*; None where it is free.

    Args:
        session: Before the turn.
        outcome: What the turn makes of it.
        given: What the user has been given in all; None where nothing is counted.
    """
    if given is None:
        return None
    if outcome.files:
        films = hashlib.sha256("\n".join(sorted(file.name for file in outcome.files)).encode())
        return Charge("generation", f"{session.root}:{films.hexdigest()}", GENERATION, given)
    edited = outcome.draft is not None and outcome.draft != session.draft
    if edited or outcome.variants:
        return Charge("editing", session.root, EDITING, given)
    return None


def editing_price(db: sqlite3.Connection, session: StudioSession) -> float:
    """Return what the next edit of *session* costs: nothing once one has been paid for."""
    paid = db.execute(
        "SELECT 1 FROM charges WHERE user_id = ? AND kind = 'editing' AND key = ?",
        (session.user_id, session.root),
    ).fetchone()
    return EDITING if paid is None else 0.0


def take(db: sqlite3.Connection, user_id: str, charge: Charge) -> None:
    """Write down that *user_id* has paid; nothing where that was done already.

    Raises:
        NoCredits: 2001; there is less left than it costs, and nothing is written.
    """
    known = db.execute(
        "SELECT 1 FROM charges WHERE user_id = ? AND kind = ? AND key = ?",
        (user_id, charge.kind, charge.key),
    ).fetchone()
    if known is not None:
        return
    left = balance(db, user_id, charge.given).available
    if left < charge.price:
        raise NoCredits(
            f"{_NAMES[charge.kind]} costs {charge.price:g} credits, and {left:g} of "
            f"{charge.given:g} are left.",
            "Nothing was changed or charged.",
            "A studio is given credits where it is started: nemo-nb serve --credits N, "
            'or connect("local", credits=N); a larger N tops up.',
            status=402,
        )
    db.execute(
        "INSERT INTO charges VALUES (?, ?, ?, ?, ?)",
        (user_id, charge.kind, charge.key, charge.price, now_ms()),
    )


def balance(db: sqlite3.Connection, user_id: str, given: float) -> Credits:
    """Return what *user_id* has left of *given*."""
    spent = db.execute(
        "SELECT coalesce(sum(price), 0) FROM charges WHERE user_id = ?", (user_id,)
    ).fetchone()[0]
    return Credits(max(given - float(spent), 0.0), 0.0, given)
