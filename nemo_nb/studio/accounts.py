"""Users of a studio: anonymous tokens (kept as hashes), scopes, credits, claims."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from nemo_nb.errors import BadToken, MissingClientId, RateLimited
from nemo_nb.models import Credits
from nemo_nb.studio.credits import balance
from nemo_nb.studio.quirks import Quirks
from nemo_nb.studio.store import Store, now_ms

OWNER: Final = "owner"
"""The user of the process that started the studio; every kernel on a workspace is it."""

SCOPES: Final = ("read", "write", "upload", "render")
EVERYTHING: Final = "*"
CLAIM_LIFE_S: Final = 3600

_DAY_MS: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms a studio works for a caller.

    Attributes:
        credits: What the user is given in all; None: everything is free.
        quirks: Which habits of the cloud its answers have; None: none.
    """

    credits: float | None = None
    quirks: Quirks | None = None


FREE: Final = Terms()


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request, what the token allows, and on which terms."""

    user_id: str
    scopes: frozenset[str]
    terms: Terms = FREE

    def may(self, scope: str) -> bool:
        """Whether the token covers *scope*."""
        return EVERYTHING in self.scopes or scope in self.scopes


@dataclass(frozen=True, slots=True)
class AnonymousToken:
    """A fresh token, shown once; ``expires_ms`` is epoch ms."""

    token: str
    user_id: str
    credits: float
    expires_ms: int


@dataclass(frozen=True, slots=True)
class AnonymousRules:
    """What the protocol says about anonymous tokens; None lifts a limit."""

    days: int = 7
    credits: float = 100.0
    per_client: int | None = 1
    per_address: int | None = 10
    scopes: tuple[str, ...] = SCOPES


def new_token() -> str:
    """Return a bearer token that nobody has."""
    return f"nmv_usr_{secrets.token_urlsafe(32)}"


def digest(secret: str) -> bytes:
    """Return what is stored instead of *secret*: it is random, so one SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).digest()


class Accounts:
    """Tokens, credits and claims in the store.

    Args:
        store: The workspace's.
        rules: For anonymous tokens.
        terms: On which the studio works for whoever has one.
    """

    def __init__(self, store: Store, rules: AnonymousRules, terms: Terms = FREE) -> None:
        self._store = store
        self._rules = rules
        self._terms = terms
        with store.writing() as db:
            _open_account(db, OWNER, None, rules.credits)

    def issue(self, client_id: str, address: str) -> AnonymousToken:
        """Give the client a token of its own.

        Args:
            client_id: ``X-Client-Id``, a UUID.
            address: Where the request came from.

        Raises:
            MissingClientId: *client_id* is empty or no UUID.
            RateLimited: The client, or its address, has had its share of the last days.
        """
        client = _client_digest(client_id)
        rules = self._rules
        now = now_ms()
        since = now - rules.days * _DAY_MS
        token = new_token()
        with self._store.writing() as db:
            row = db.execute(
                "SELECT user_id FROM accounts WHERE client_digest = ?", (client,)
            ).fetchone()
            user_id = str(row[0]) if row else f"anon_{secrets.token_hex(8)}"
            _hold(db, "user_id", user_id, since, rules.per_client, "This client")
            _hold(db, "address", address, since, rules.per_address, "This address")
            _open_account(db, user_id, client, rules.credits)
            expires = now + rules.days * _DAY_MS
            db.execute(
                "INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?)",
                (digest(token), user_id, " ".join(rules.scopes), address, now, expires),
            )
        given = rules.credits if self._terms.credits is None else self._terms.credits
        return AnonymousToken(token, user_id, given, expires)

    def caller(self, token: str) -> Caller:
        """Return whose *token* it is.

        Raises:
            BadToken: It is unknown or has expired.
        """
        with self._store.reading() as db:
            row = db.execute(
                "SELECT user_id, scopes, expires_ms FROM tokens WHERE digest = ?",
                (digest(token),),
            ).fetchone()
        if row is None or row["expires_ms"] <= now_ms():
            raise bad_token("It has expired." if row else "This studio never gave it out.")
        return Caller(row["user_id"], frozenset(row["scopes"].split()), self._terms)

    def credits(self, user_id: str, given: float | None = None) -> Credits:
        """Return the balance of a user who was *given* so much in all.

        Where nothing is counted (None), it is the starter credits, which nothing spends.
        """
        with self._store.reading() as db:
            if given is not None:
                return balance(db, user_id, given)
            row = db.execute(
                "SELECT available, frozen, total FROM accounts WHERE user_id = ?", (user_id,)
            ).fetchone()
        return Credits(row["available"], row["frozen"], row["total"])

    def offer_claim(self, session_id: str) -> str:
        """Return a token with which another user may take the session over, once."""
        token = f"clm_{secrets.token_urlsafe(32)}"
        with self._store.writing() as db:
            db.execute(
                "INSERT INTO claims VALUES (?, ?, ?)",
                (digest(token), session_id, now_ms() + CLAIM_LIFE_S * 1000),
            )
        return token

    def claim(self, token: str, user_id: str) -> str:
        """Hand the offered session over to *user_id* and return its id.

        Raises:
            BadToken: The claim token is unknown, used or has expired.
        """
        with self._store.writing() as db:
            row = db.execute(
                "DELETE FROM claims WHERE digest = ? RETURNING session_id, expires_ms",
                (digest(token),),
            ).fetchone()
            if row is None or row["expires_ms"] <= now_ms():
                raise bad_token("The claim is unknown, used or has expired.")
            session_id = str(row["session_id"])
            db.execute("UPDATE sessions SET user_id = ? WHERE id = ?", (user_id, session_id))
        return session_id


def bad_token(why: str) -> BadToken:
    """Return the 1001 error; *why* never repeats the token."""
    return BadToken(
        "The token is not accepted here.", why, "Ask this studio for a new one.", status=401
    )


def _client_digest(client_id: str) -> bytes:
    try:
        return digest(str(UUID(client_id)))
    except ValueError:
        raise MissingClientId(
            "The token request has no client id.",
            "The header X-Client-Id must hold a UUID.",
            "Generate one, keep it, and send it again.",
            status=400,
        ) from None


def _hold(
    db: sqlite3.Connection, column: str, value: str, since: int, limit: int | None, who: str
) -> None:
    if limit is None:
        return
    # `column` is one of two literals above, never input.
    query = f"SELECT count(*) FROM tokens WHERE {column} = ? AND created_ms > ?"  # noqa: S608
    count = int(db.execute(query, (value, since)).fetchone()[0])
    if count >= limit:
        raise RateLimited(
            f"{who} has had its {limit} anonymous token{'s' if limit > 1 else ''} of this week.",
            fix="Use the token you have: it is valid for 7 days.",
            status=429,
        )


def _open_account(
    db: sqlite3.Connection, user_id: str, client: bytes | None, credit: float
) -> None:
    db.execute(
        "INSERT OR IGNORE INTO accounts VALUES (?, ?, ?, 0, ?, ?)",
        (user_id, client, credit, credit, now_ms()),
    )
