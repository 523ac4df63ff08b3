"""What may be tried again: the retry table of PROTOCOL.md as one pure function.

The rule behind the table: a call that changes something is repeated only if the server has
certainly not begun it. A chat message costs credits and doubles the edit, so it is sent
again once at most, and only after a definite refusal or a connection that never opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final


class Call(Enum):
    """The calls a client makes, as far as repeating them differs."""

    TOKEN = auto()
    SESSION = auto()
    CHAT = auto()
    UPLOAD = auto()
    CREDITS = auto()
    STATE = auto()
    SUBMIT = auto()
    POLL = auto()
    CANCEL = auto()
    DOWNLOAD = auto()
    CLAIM = auto()
    STUDIO_READ = auto()
    STUDIO_PUT = auto()
    STUDIO_DEED = auto()


class Fault(Enum):
    """How a call can go wrong, as far as repeating it differs."""

    NOT_CONNECTED = auto()
    """The connection never opened: nothing can have reached the server."""
    STUDIO_GONE = auto()
    """The embedded studio's port refuses: its process has let go of it for good."""
    RESET = auto()
    """The connection broke before an answer: the server may have begun."""
    TIMED_OUT = auto()
    """No answer in time: the server may have begun."""
    CUT = auto()
    """The connection broke inside the answer."""
    SERVER_ERROR = auto()
    """5xx, or a page of a gateway: the server may have begun."""
    RATE_LIMITED = auto()
    """429."""
    BAD_TOKEN = auto()
    """1001 or HTTP 401."""
    SESSION_LOST = auto()
    """1002, or ADK's 404."""
    NO_CLIENT_ID = auto()
    """400 on the token request."""
    REFUSED = auto()
    """Any other definite refusal."""
    UNREADABLE = auto()
    """A success whose body cannot be read."""


class Step(Enum):
    """What to do next."""

    RETRY = auto()
    """Wait, then send the same call again."""
    RENEW_TOKEN = auto()
    """Get a new anonymous token, then send the same call again."""
    NEW_CLIENT_ID = auto()
    """Make a new client id, then send the same call again."""
    NEW_SESSION = auto()
    """The caller starts a new session and decides what is sent there."""
    RECONCILE = auto()
    """Send nothing: the caller looks at the server's state to learn what happened."""
    RAISE = auto()
    """Tell the user."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The next step, and how long to wait before it."""

    step: Step
    wait_s: float = 0.0


READS: Final = frozenset({Call.CREDITS, Call.STATE, Call.POLL, Call.DOWNLOAD, Call.STUDIO_READ})
"""Calls that change nothing."""

REPEATABLE: Final = READS | {Call.TOKEN, Call.SESSION, Call.CANCEL, Call.CLAIM, Call.STUDIO_PUT}
"""Calls whose second copy does no harm: nothing is charged and nothing edited twice."""

IN_SESSION: Final = frozenset(Call) - {Call.TOKEN, Call.SESSION, Call.CREDITS}

DEFAULT_RATE_WAIT_S: Final = 30.0
LONGEST_WAIT_S: Final = 300.0
"""A longer ``Retry-After`` is told to the user and not slept through."""

_UNCLEAR: Final = frozenset(
    {Fault.RESET, Fault.TIMED_OUT, Fault.CUT, Fault.SERVER_ERROR, Fault.UNREADABLE}
)
_IN_TRANSIT: Final = _UNCLEAR | {Fault.NOT_CONNECTED}
_ATTEMPTS: Final = 3
_FIRST_WAIT_S: Final = 0.5


def verdict(
    call: Call,
    faults: Sequence[Fault],
    *,
    anonymous: bool = False,
    retry_after_s: float | None = None,
    rate_wait_s: float = DEFAULT_RATE_WAIT_S,
) -> Verdict:
    """Say what follows after sending *call* has met *faults*, one each time it was sent.

    Args:
        call: What was sent.
        faults: How it went wrong, the last time last; at least one.
        anonymous: Whether the token is an anonymous one, which may be renewed.
        retry_after_s: The server's ``Retry-After``, in seconds.
        rate_wait_s: The wait after a 429 without ``Retry-After``; shorter waits never
            exceed it.
    """
    *before, fault = faults
    if fault in _UNCLEAR and call not in REPEATABLE:
        return Verdict(Step.RECONCILE)
    if call is Call.CHAT and before:
        # One resend is all that a message may have, whatever came in between.
        return Verdict(Step.RAISE)
    if fault in _IN_TRANSIT and fault is not Fault.UNREADABLE:
        tried = sum(earlier in _IN_TRANSIT for earlier in faults)
        if tried >= _ATTEMPTS:
            return Verdict(Step.RAISE)
        return Verdict(Step.RETRY, min(_FIRST_WAIT_S * 2 ** (tried - 1), rate_wait_s))
    if fault in before:
        # What was mended once and is there again is not mended by the same means.
        return Verdict(Step.RAISE)
    return _mended(call, fault, anonymous, rate_wait_s if retry_after_s is None else retry_after_s)


def _mended(call: Call, fault: Fault, anonymous: bool, wait_s: float) -> Verdict:  # noqa: FBT001 - a column of the table
    """Return what mends a definite refusal, if anything does."""
    if fault is Fault.RATE_LIMITED and wait_s <= LONGEST_WAIT_S:
        return Verdict(Step.RETRY, max(0.0, wait_s))
    mended = (
        (fault is Fault.BAD_TOKEN and anonymous and call is not Call.TOKEN, Step.RENEW_TOKEN),
        (fault is Fault.NO_CLIENT_ID and call is Call.TOKEN, Step.NEW_CLIENT_ID),
        (fault is Fault.SESSION_LOST and call in IN_SESSION, Step.NEW_SESSION),
    )
    return Verdict(next((step for applies, step in mended if applies), Step.RAISE))
