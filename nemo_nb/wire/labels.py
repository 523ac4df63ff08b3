"""What the headers of an answer say about its body, and about asking again."""

from __future__ import annotations

import email.utils
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import httpx

# What event streams are labelled with; some gateways relabel or drop the label.
_STREAM_TYPES: Final = ("text/event-stream", "text/plain", "application/octet-stream", "")
# Envelopes and pages.
_NO_FILE: Final = ("json", "html", "xml")
_SECONDS_DIGITS: Final = 9


def may_stream(response: httpx.Response) -> bool:
    """Whether the body may be an event stream."""
    return _media_type(response) in _STREAM_TYPES


def may_be_file(response: httpx.Response) -> bool:
    """Whether the body may be a file: no envelope and no page of a gateway."""
    return not _media_type(response).endswith(_NO_FILE)


def retry_after_s(response: httpx.Response) -> float | None:
    """Return ``Retry-After`` as seconds from now; it is a number or a date."""
    text = response.headers.get("retry-after", "").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return float(text[:_SECONDS_DIGITS])
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None


def _media_type(response: httpx.Response) -> str:
    return response.headers.get("content-type", "").partition(";")[0].strip().lower()
