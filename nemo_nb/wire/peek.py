"""Looking at how a body begins before deciding what it is."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import httpx

_BOM = b"\xef\xbb\xbf"


async def peeked(response: httpx.Response) -> tuple[bytes, AsyncGenerator[bytes]]:
    """Return the first bytes of the body that are no blanks, and the whole body in chunks.

    A label lies now and then: a refusal in JSON comes as ``text/event-stream``, as plain text
    or without any label, and read as an event stream it would look like a silent answer.

    Raises:
        httpx.TransportError: The connection broke before anything came.
        httpx.DecodingError: What came is not encoded as its headers say.
    """
    # httpx declares an iterator; what it gives is a generator, and closing it is closing.
    source = cast("AsyncGenerator[bytes]", response.aiter_bytes())
    seen = b""
    head = b""
    while not head and (chunk := await anext(source, b"")):
        seen += chunk
        # Part of a byte order mark may come alone.
        head = b"" if _BOM.startswith(seen) else seen.removeprefix(_BOM).lstrip()
    return head, _again(seen, source)


async def _again(seen: bytes, source: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    try:
        if seen:
            yield seen
        async for chunk in source:
            yield chunk
    finally:
        await source.aclose()
