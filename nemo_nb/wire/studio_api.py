"""The studio's extra endpoints, under ``/studio/v1``; a cloud has none of them."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from typing import Any, Final, cast
from urllib.parse import quote, urlencode

from nemo_nb.errors import ApiError, NotSupported, ProtocolError
from nemo_nb.wire.client import ApiClient
from nemo_nb.wire.envelope import data_of
from nemo_nb.wire.request import Request
from nemo_nb.wire.retry import Call

_BASE: Final = "/studio/v1"
_SESSION: Final = f"{_BASE}/sessions/{{}}"
# A gateway in front of a cloud may forbid what it does not know.
_ABSENT: Final = (403, 404, 405, 501)

Json = dict[str, Any]


class StudioApi:
    """What a studio can beyond PROTOCOL.md.

    Every method but :meth:`capabilities` raises `NotSupported` where the backend is no
    studio or an older one.

    Args:
        client: The connection to the backend.
    """

    def __init__(self, client: ApiClient) -> None:
        self._client = client
        self._asked = False
        self._capabilities: Json | None = None

    async def capabilities(self) -> Json | None:
        """Return what the studio says of itself, or None on a cloud; asked once."""
        if not self._asked:
            path = f"{_BASE}/capabilities"
            request = Request(Call.STUDIO_READ, "GET", path, path)
            try:
                value = await self._client.request(request)
            except ProtocolError as error:
                if error.endpoint != request.endpoint:
                    # It was about the token.
                    raise
                # A web server that answers any address with its home page.
                value = None
            except ApiError as error:
                if not _is_absent(error):
                    raise
                value = None
            found = data_of(value)
            self._capabilities = found if "studio" in found else None
            self._asked = True
        return self._capabilities

    async def undo(self, session_id: str) -> Json:
        """Take the last edit back and return the draft.

        Raises:
            EditRefused: There is nothing to undo.
        """
        return _draft(await self._call(Call.STUDIO_DEED, "POST", session_id, "undo"))

    async def redo(self, session_id: str) -> Json:
        """Make the last undone edit again and return the draft.

        Raises:
            EditRefused: There is nothing to redo.
        """
        return _draft(await self._call(Call.STUDIO_DEED, "POST", session_id, "redo"))

    async def fork(self, session_id: str, name: str | None = None) -> str:
        """Copy timeline, media and undo stack; return the new session's id."""
        body = {"name": name} if name else {}
        data = await self._call(Call.STUDIO_DEED, "POST", session_id, "fork", body)
        made = data.get("session_id")
        if not isinstance(made, str) or not made:
            raise ProtocolError("The studio's answer names no session.")
        return made

    async def put_draft(self, session_id: str, draft: Mapping[str, Any], note: str = "") -> Json:
        """Write *draft* as one undoable edit and return it as the studio keeps it."""
        body = {"draft": dict(draft)} | ({"note": note} if note else {})
        return _draft(await self._call(Call.STUDIO_PUT, "PUT", session_id, "draft", body))

    async def put_variants(
        self, session_id: str, variants: Mapping[str, Mapping[str, Any]]
    ) -> None:
        """Write the named variants, in order, in place of those there were."""
        listed = [{"name": name, "draft": dict(draft)} for name, draft in variants.items()]
        await self._call(Call.STUDIO_PUT, "PUT", session_id, "variants", {"variants": listed})

    async def frame(
        self,
        session_id: str,
        at_ms: int,
        width: int | None = None,
        draft: Mapping[str, Any] | None = None,
        *,
        lossless: bool = False,
        exact: bool = True,
    ) -> bytes:
        """Return the picture at *at_ms* as JPEG bytes, or *lossless* as PNG.

        Args:
            session_id: The session.
            at_ms: Where on the timeline, in ms.
            width: The picture's width in pixels; None for the canvas.
            draft: Another timeline than the session's own, on the same media.
            lossless: To measure, not to look at.
            exact: False shows clips at their last key frame, which is there at once.
        """
        await self._need_studio()
        query: dict[str, Any] = {"at_ms": at_ms} | ({"width": width} if width else {})
        if lossless:
            query["format"] = "png"
        if not exact:
            query["exact"] = "false"
        template = f"{_SESSION}/frame"
        path = f"{template.format(quote(session_id, safe=''))}?{urlencode(query)}"
        picture = await self._client.request(
            Request(
                Call.STUDIO_READ,
                "GET" if draft is None else "POST",
                path,
                template,
                json=None if draft is None else {"draft": dict(draft)},
                expect="bytes",
            )
        )
        if not isinstance(picture, bytes):
            raise ProtocolError("The studio's answer is no picture.")
        return picture

    async def thumbnails(
        self,
        session_id: str,
        *,
        count: int | None = None,
        every_ms: int | None = None,
        width: int = 160,
        draft: Mapping[str, Any] | None = None,
    ) -> tuple[bytes, Json]:
        """Return thumbnails all along the timeline: one JPEG, and what is where in it.

        Args:
            session_id: The session.
            count: How many, evenly spread.
            every_ms: Or how far apart, in ms.
            width: The width of one in pixels.
            draft: As in :meth:`frame`.

        Returns:
            The sheet, and ``columns``, ``width`` and ``height`` of a cell in pixels, and
            ``times_ms`` of the cells, row by row.
        """
        query = {"count": count, "every_ms": every_ms, "width": width}
        data = dict(await self._looked(session_id, "thumbnails", query, draft))
        image = data.pop("image", None)
        if not isinstance(image, str):
            raise ProtocolError("The studio's answer holds no picture.")
        return b64decode(image), data

    async def waveform(
        self, session_id: str, buckets: int = 1000, draft: Mapping[str, Any] | None = None
    ) -> Json:
        """Return ``peaks`` (0-1, of so many equal parts of the sound) and ``duration_ms``.

        Args:
            session_id: The session.
            buckets: How many parts.
            draft: As in :meth:`frame`.
        """
        return await self._looked(session_id, "waveform", {"buckets": buckets}, draft)

    async def proxy(self, session_id: str) -> Json:
        """Return how the film to scrub through stands; asking begins it.

        Returns:
            ``status`` (``building``, ``ready``, ``failed``), ``progress`` 0-100, once it is
            ready ``url`` (540p MP4, Range, the token is needed), else perhaps ``error``.
        """
        return await self._call(Call.STUDIO_READ, "GET", session_id, "proxy")

    async def _looked(
        self,
        session_id: str,
        name: str,
        query: Mapping[str, int | None],
        draft: Mapping[str, Any] | None,
    ) -> Json:
        given = {key: value for key, value in query.items() if value is not None}
        method, body = ("GET", None) if draft is None else ("POST", {"draft": dict(draft)})
        return await self._call(Call.STUDIO_READ, method, session_id, name, body, given)

    async def _call(
        self,
        call: Call,
        method: str,
        session_id: str,
        name: str,
        body: Json | None = None,
        query: Mapping[str, int] | None = None,
    ) -> Json:
        await self._need_studio()
        template = f"{_SESSION}/{name}"
        path = template.format(quote(session_id, safe=""))
        if query:
            path += f"?{urlencode(query)}"
        return data_of(await self._client.request(Request(call, method, path, template, json=body)))

    async def _need_studio(self) -> None:
        if await self.capabilities() is None:
            raise NotSupported(
                "This backend cannot do that.",
                "It is a cloud; undo, fork, apply and still pictures need a studio.",
                'Use nemo_nb.connect("local"), the embedded studio.',
            )


def _is_absent(error: ApiError) -> bool:
    return error.status in _ABSENT or error.code in _ABSENT


def _draft(data: Json) -> Json:
    draft = data.get("draft")
    if not isinstance(draft, dict):
        raise ProtocolError("The studio's answer holds no timeline.")
    return cast("Json", draft)
