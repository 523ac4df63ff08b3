"""Fetching a rendered file: whole or not at all, resumed by Range after a cut.

Redirects are followed by hand, because that decides who sees the token: the address that was
asked for, if it is the API's own, and nobody after a redirect.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import aclosing
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import urljoin, urlsplit

import anyio.to_thread
import httpx

from nemo_nb.errors import (
    ApiError,
    BrokenMedia,
    CassetteError,
    DownloadFailed,
    NemoError,
    ProtocolError,
    StudioGone,
    Unreachable,
)
from nemo_nb.redact import Secret
from nemo_nb.skills import Skill
from nemo_nb.wire import envelope, refusals
from nemo_nb.wire.breaks import broken
from nemo_nb.wire.labels import may_be_file, retry_after_s
from nemo_nb.wire.origins import origin
from nemo_nb.wire.refusals import Asked, Refusal
from nemo_nb.wire.request import ANSWER_S, CONNECT_S, Request
from nemo_nb.wire.retry import Call, Fault
from nemo_nb.wire.transport import Transport

_BUFFER_BYTES: Final = 1 << 20
_REDIRECTS: Final = 5
_PARTIAL: Final = 206
_RANGE_REFUSED: Final = 416
_CONTENT_RANGE: Final = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")

Check = Callable[[Path], None]


async def fetch(
    wire: Transport,
    skill: Skill,
    sources: Iterable[str | None],
    target: Path,
    check: Check | None = None,
) -> None:
    """Fetch the file from the first of *sources* that gives it whole.

    Args:
        wire: The connections and the token.
        skill: In whose name.
        sources: Addresses, best first; a path is one of the API.
        target: The file to make. What lay there is lost, so it is a new, temporary name.
        check: Looks at the file that came, in a thread; a `BrokenMedia` that it raises makes
            it as good as none.

    Raises:
        DownloadFailed: None of them did; nothing is left behind.
    """
    last: NemoError | None = None
    whole = False
    try:
        for source in filter(None, sources):
            url = urljoin(f"{wire.base_url}/", source)
            try:
                with target.open("wb", buffering=0) as file:
                    await _Download(wire, skill, url, file).run()
                if check is not None:
                    await anyio.to_thread.run_sync(check, target)
            except (StudioGone, CassetteError):
                raise
            except NemoError as error:
                last = error
            else:
                whole = True
                return
    except OSError as error:
        raise DownloadFailed(
            f"{target.name} could not be written.",
            error.strerror or "",
            "Make room or choose another folder, then run nemo_nb.resume().",
        ) from error
    finally:
        if not whole:
            target.unlink(missing_ok=True)  # noqa: ASYNC240 - also in a cancelled task, which may not await
    raise _failed(last, target) from last


def _failed(last: NemoError | None, target: Path) -> DownloadFailed:
    if isinstance(last, BrokenMedia):
        # Nobody knows it by its temporary name.
        why = last.what.replace(target.name, "It")
        return DownloadFailed("The file that came does not play.", why)
    return DownloadFailed(
        "The video was rendered, but its file could not be fetched whole.",
        f"{last.what} {last.why}".strip() if last else "The server named no address for it.",
        status=last.status if last else None,
        endpoint=last.endpoint if last else None,
    )


class _Download:
    """One address being fetched into one open file."""

    def __init__(
        self,
        wire: Transport,
        skill: Skill,
        url: str,
        file: BinaryIO,
    ) -> None:
        self._wire = wire
        self._skill = skill
        self._url = url
        self._file = file
        self._have = 0
        self._total: int | None = None
        self._validator = ""
        self._sent_token: Secret | None = None
        self._endpoint = _endpoint(wire, url)

    async def run(self) -> None:
        """Fetch to the end; a cut that brought something on does not count as a failure."""
        furthest = 0
        faults: list[Fault] = []
        while True:
            began = self._wire.clock()
            with self._wire.under_way.sending():
                refusal = await self._attempt()
            if refusal is None:
                return
            if self._have > furthest:
                furthest = self._have
                faults.clear()
            await self._wire.mend(
                Call.DOWNLOAD, refusal, faults, self._endpoint, self._sent_token, began
            )

    async def _attempt(self) -> Refusal | None:
        url = self._url
        for hop in range(_REDIRECTS + 1):
            trusted = hop == 0 and origin(url) == self._wire.origin
            try:
                response = await self._send(url, with_token=trusted)
            except httpx.TransportError as error:
                return Refusal(*broken(error, self._wire.settings, self._endpoint))
            async with aclosing(response):
                if response.has_redirect_location:
                    url = urljoin(url, response.headers["location"])
                    continue
                return await self._receive(response)
        return Refusal(
            Fault.REFUSED,
            ProtocolError("The file's address leads in circles.", endpoint=self._endpoint),
        )

    async def _send(self, url: str, *, with_token: bool) -> httpx.Response:
        # Encoded bodies have no ranges and a length that is not the file's.
        headers = httpx.Headers(self._wire.headers(self._skill))
        headers["Accept-Encoding"] = "identity"
        self._sent_token = await self._wire.tokens.token() if with_token else None
        if self._sent_token:
            headers["Authorization"] = f"Bearer {self._sent_token.reveal()}"
        if self._have:
            headers["Range"] = f"bytes={self._have}-"
            if self._validator:
                headers["If-Range"] = self._validator
        client = self._wire.client(url)
        timeout = httpx.Timeout(ANSWER_S, connect=CONNECT_S)
        request = client.build_request("GET", url, headers=headers, timeout=timeout)
        return await client.send(request, stream=True)

    async def _receive(self, response: httpx.Response) -> Refusal | None:
        status = response.status_code
        if status == _RANGE_REFUSED or (status == _PARTIAL and not self._goes_on(response)):
            await self._restart(forget=True)
            return self._cut("The server no longer has that part of the file.")
        if not response.is_success or not may_be_file(response):
            return await self._refused(response)
        if status != _PARTIAL:
            await self._restart()
            self._note(response)
        try:
            await self._write(response)
        except httpx.TransportError as error:
            fault, told = broken(error, self._wire.settings, self._endpoint)
            await self._keep_what_can_go_on()
            return Refusal(Fault.TIMED_OUT if fault is Fault.TIMED_OUT else Fault.CUT, told)
        except httpx.DecodingError as error:
            await self._restart(forget=True)
            return self._cut(str(error))
        return await self._ended()

    async def _ended(self) -> Refusal | None:
        """Return what is wrong with a body that came to its end, or None where it is whole."""
        if self._total is not None and self._have != self._total:
            got = self._have
            await self._keep_what_can_go_on()
            return self._cut(f"{got} of {self._total} bytes came.")
        if not self._have:
            what = f"The server gave an empty file ({self._endpoint})."
            return Refusal(Fault.UNREADABLE, ProtocolError(what, endpoint=self._endpoint))
        return None

    def _goes_on(self, response: httpx.Response) -> bool:
        """Whether a partial answer begins where the file ends and is of the same file."""
        place = _CONTENT_RANGE.fullmatch(response.headers.get("content-range", "").strip())
        return bool(place and int(place[1]) == self._have and place[2] in ("*", str(self._total)))

    def _note(self, response: httpx.Response) -> None:
        """Note the file's length, and what tells this version of it from another."""
        headers = response.headers
        length = headers.get("content-length", "")
        plain = headers.get("content-encoding", "identity") == "identity"
        self._total = int(length) if plain and length.isdigit() else None
        etag = headers.get("etag", "")
        strong = etag if etag and not etag.startswith("W/") else ""
        self._validator = strong or headers.get("last-modified", "")

    async def _write(self, response: httpx.Response) -> None:
        buffer = bytearray()
        try:
            async for chunk in response.aiter_bytes():
                buffer += chunk
                if len(buffer) >= _BUFFER_BYTES:
                    await self._flush(buffer)
        except httpx.TransportError:
            await self._flush(buffer)
            raise
        await self._flush(buffer)

    async def _flush(self, buffer: bytearray) -> None:
        # In a thread: a slow disk must not hold up the loop that runs all sessions.
        await anyio.to_thread.run_sync(self._file.write, bytes(buffer))
        self._have += len(buffer)
        buffer.clear()

    async def _keep_what_can_go_on(self) -> None:
        # Without a length, nothing would tell whether the rest belongs to the same file.
        if self._total is None or self._have > self._total:
            await self._restart()

    async def _restart(self, *, forget: bool = False) -> None:
        if self._have:
            self._file.seek(0)
            await anyio.to_thread.run_sync(self._file.truncate)
            self._have = 0
        if forget:
            self._total, self._validator = None, ""

    async def _refused(self, response: httpx.Response) -> Refusal:
        status = response.status_code
        try:
            value = envelope.read_body(await response.aread())
        except (httpx.TransportError, httpx.DecodingError):
            value = None
        refused = refusals.refusal(
            status, value, self._asked(), retry_after_s=retry_after_s(response)
        )
        if refused is None:
            what = f"The server gave no file ({self._endpoint})."
            return Refusal(Fault.UNREADABLE, ProtocolError(what, endpoint=self._endpoint))
        if self._sent_token is None and refused.fault in (Fault.BAD_TOKEN, Fault.REFUSED):
            # An expired link, for instance: nothing about the account.
            what = f"The file is not to be had there ({self._endpoint}, HTTP {status})."
            told = ApiError(what, status=status, endpoint=self._endpoint)
            return Refusal(Fault.REFUSED, told)
        return refused

    def _asked(self) -> Asked:
        method, _, place = self._endpoint.partition(" ")
        return self._wire.asked(Request(Call.DOWNLOAD, method, "", place), self._skill)

    def _cut(self, why: str) -> Refusal:
        what = f"The file broke off ({self._endpoint})."
        return Refusal(Fault.CUT, Unreachable(what, why, endpoint=self._endpoint))


def _endpoint(wire: Transport, url: str) -> str:
    """Return the address for people: without ids, and without a signed link's query."""
    if origin(url) == wire.origin:
        return "GET /api/render/proxy/{}/download" if url.endswith("/download") else "GET the file"
    return f"GET {urlsplit(url).hostname or 'an address that cannot be read'}"
