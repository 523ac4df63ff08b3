"""Keep secrets out of text: logs, errors and reprs pass through :func:`scrub`.

Two nets. Every secret the process holds is registered with :func:`remember` and cut out
wherever it occurs, even when a server echoes it. Whatever looks like a bearer token of the
Nemo API is cut out as well, so that a token this process never saw stays out too.
"""

from __future__ import annotations

import base64
import functools
import logging
import re
from collections.abc import Collection
from typing import Final
from urllib.parse import quote, unquote

MASK: Final = "***"

# A registered secret shorter than this would cut ordinary words out of messages.
_MIN_SECRET_CHARS: Final = 6

TOKEN_SHAPES: Final = re.compile(
    r"\b(?:nmv|clm)_[A-Za-z0-9_\-.]{6,}|(?<=Bearer )[^\s'\",;]+", re.IGNORECASE
)
"""What looks like a token of the Nemo API, or follows the word of its header."""

# How JSON, or JSON inside JSON, may write a character: \\u0041 and, of those in tokens, \\/.
_JSON_ESCAPES: Final = re.compile(r"\\+(?:u([0-9a-fA-F]{4})|(/))")
# How often a text may be wrapped in itself: JSON in JSON, an address in an address.
_WRAPPINGS: Final = 3

# Replaced as a whole and never changed, so that other threads may read it meanwhile.
_longest_first: tuple[str, ...] = ()


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
    global _longest_first  # noqa: PLW0603 - one set of secrets for the process is the point
    if len(secret) >= _MIN_SECRET_CHARS and secret not in _longest_first:
        # Longest first: a secret that contains another must not leave its tail behind.
        _longest_first = tuple(sorted({*_longest_first, secret}, key=len, reverse=True))


def remembered() -> tuple[str, ...]:
    """Return every secret of this process, the longest first."""
    return _longest_first


def scrub(text: str) -> str:
    """Return *text* with every known or token-shaped secret replaced by ``***``."""
    return TOKEN_SHAPES.sub(MASK, scrub_known(text))


def scrub_known(text: str) -> str:
    """Return *text* without the secrets of this process; content that looks like one stays."""
    # Every event of every stream comes through here: what is rare is looked for once.
    for secret in _longest_first:
        if secret in text:
            text = text.replace(secret, MASK)
    if "%" in text:
        for secret in _longest_first:
            text = text.replace(quote(secret, safe=""), MASK)
    if "\\u00" in text or "\\/" in text:
        for secret in _longest_first:
            text = _in_json(secret).sub(MASK, text)
    return text


@functools.lru_cache(maxsize=64)
def _in_json(secret: str) -> re.Pattern[str]:
    """Return a pattern for *secret* as JSON may write it, each character plain or escaped."""
    return re.compile(
        "".join(rf"(?:\\?{re.escape(char)}|\\u(?i:{ord(char):04x}))" for char in secret)
    )


def scrub_body(body: bytes) -> bytes:
    """Return a body of JSON or text through :func:`scrub_known`."""
    if not any(sign in body for sign in (b"%", b"\\", *(one.encode() for one in _longest_first))):
        return body
    return scrub_known(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


def find_secret(text: str, secrets: Collection[str]) -> str | None:
    """Return in which form one of *secrets* is in *text*; None where none is.

    Looks for it as it is, with percent and JSON escapes (also one inside the other), in
    hexadecimal and in base64, at any place of what was encoded.
    """
    for wrapping in range(_WRAPPINGS + 1):
        form = _found_in(text, secrets)
        if form:
            return form if not wrapping else f"{form}, inside escapes"
        unwrapped = unquote(_JSON_ESCAPES.sub(_unescape, text))
        if unwrapped == text:
            return None
        text = unwrapped
    return None


def _found_in(text: str, secrets: Collection[str]) -> str | None:
    lowered: str | None = None
    for secret in secrets:
        if secret in text:
            return "as it is"
        data = secret.encode()
        if any(core in text for core in _base64_cores(data)):
            return "in base64"
        lowered = text.lower() if lowered is None else lowered
        if data.hex() in lowered:
            return "in hexadecimal"
    return None


def _base64_cores(data: bytes) -> set[str]:
    """Return what is in any base64 text of something that contains *data*.

    Three bytes make four characters, so there are three ways to lie; the characters that the
    neighbours decide as well are left out.
    """
    cores: set[str] = set()
    for shift, skipped in ((0, 0), (1, 2), (2, 3)):
        length = (shift + len(data)) * 8 // 6
        plain = base64.b64encode(bytes(shift) + data).decode()[skipped:length]
        cores |= {plain, plain.translate(str.maketrans("+/", "-_"))}
    return cores


def _unescape(found: re.Match[str]) -> str:
    return chr(int(found[1], 16)) if found[1] else found[2]


class ScrubFilter(logging.Filter):
    """Scrub a record's message and traceback before any handler formats them."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite *record* in place; never drop it, never raise."""
        try:
            message = record.getMessage()
        except (TypeError, ValueError, KeyError):
            # A message that does not fit its arguments is its author's mistake, not a leak.
            message = f"{record.msg} {record.args}"
        record.msg, record.args = scrub(message), None
        if record.exc_info:
            record.exc_text = scrub(logging.Formatter().formatException(record.exc_info))
            record.exc_info = None
        if record.stack_info:
            record.stack_info = scrub(record.stack_info)
        return True


def logger(name: str) -> logging.Logger:
    """Return the logger *name*, its records scrubbed at the source."""
    log = logging.getLogger(name)
    if not any(isinstance(existing, ScrubFilter) for existing in log.filters):
        log.addFilter(ScrubFilter())
    return log
