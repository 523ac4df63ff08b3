"""Keep secrets out of text: logs, errors and reprs pass through :func:`scrub`.

Two nets. Every secret the process holds is registered with :func:`remember` and cut out
wherever it occurs, even when a server echoes it. Whatever looks like a bearer token of the
Nemo API is cut out as well, so that a token this process never saw stays out too.
"""

from __future__ import annotations

import logging
import re
from typing import Final

MASK: Final = "***"

# A registered secret shorter than this would cut ordinary words out of messages.
_MIN_SECRET_CHARS: Final = 6

_TOKEN_SHAPES: Final = re.compile(
    r"\b(?:nmv|clm)_[A-Za-z0-9_\-.]{6,}|(?<=Bearer )[^\s'\",;]+", re.IGNORECASE
)
_known: set[str] = set()


class Secret:
    """A string that shows itself only when asked: ``reveal()``."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value
        remember(value)

    def reveal(self) -> str:
        """Return the secret itself, for the ``Authorization`` header."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> str:
        raise TypeError("a Secret is not pickled: pass the token again on the other side")


def remember(secret: str) -> None:
    """Have *secret* cut out of everything that passes :func:`scrub` from now on."""
    if len(secret) >= _MIN_SECRET_CHARS:
        _known.add(secret)


def scrub(text: str) -> str:
    """Return *text* with every known or token-shaped secret replaced by ``***``."""
    return _TOKEN_SHAPES.sub(MASK, scrub_known(text))


def scrub_known(text: str) -> str:
    """Return *text* without the secrets of this process; content that looks like one stays."""
    # Longest first: a secret that contains another must not leave its tail behind.
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text


class ScrubFilter(logging.Filter):
    """Scrub a record's message and traceback before any handler formats them."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite *record* in place; never drop it."""
        record.msg = scrub(record.getMessage())
        record.args = None
        if record.exc_info:
            record.exc_text = scrub(logging.Formatter().formatException(record.exc_info))
            record.exc_info = None
        return True


def logger(name: str) -> logging.Logger:
    """Return the logger *name*, its records scrubbed at the source."""
    log = logging.getLogger(name)
    if not any(isinstance(existing, ScrubFilter) for existing in log.filters):
        log.addFilter(ScrubFilter())
    return log
