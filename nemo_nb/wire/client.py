"""The endpoints of PROTOCOL.md, one method each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import anyio

from nemo_nb.errors import ApiError, NemoError, ProtocolError
from nemo_nb.models import Credits, RenderState
from nemo_nb.redact import Secret, remember
from nemo_nb.settings import Settings
from nemo_nb.skills import Skill
from nemo_nb.wire import refusals, shapes
from nemo_nb.wire.clock import wall_s
from nemo_nb.wire.download import fetch
from nemo_nb.wire.envelope import data_of
from nemo_nb.wire.events import Event, StreamError
from nemo_nb.wire.multipart import Multipart, UploadFile
from nemo_nb.wire.request import UPLOAD_ANSWER_S, Dropped, Request
from nemo_nb.wire.retry import Call
from nemo_nb.wire.shapes import ServerSession
from nemo_nb.wire.stream import QUIET_S, TOTAL_S, read_stream
from nemo_nb.wire.transport import Transport

if TYPE_CHECKING:
    import httpx

    from nemo_nb.wire.tape import Tape

__all__ = ["ApiClient", "Dropped", "ServerSession", "UploadFile"]

_NOT_FOUND: Final = 404
_APP: Final = "nemo_agent"
_RENDER: Final = "/api/render/proxy/lambda"


class ApiClient:
    """One API, spoken to as one user.

    Every method raises a `NemoError` of its own class on failure, and `Dropped` where the
    server may have begun something that must not be sent twice.

    Args:
        settings: Timings, platform, web address.
        base_url: The API's base.
        skill: In whose name calls are made; see :meth:`with_skill`.
        token: The user's own token for this origin; None for an anonymous one.
        transport: Takes the place of the network.
        tape: Records what goes over the network, or plays it.
        sleep: Waits that many seconds before a repeated call.
        clock: Seconds, for the limits of a turn.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        base_url: str,
        skill: Skill,
        token: Secret | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        tape: Tape | None = None,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
        clock: Callable[[], float] = wall_s,
    ) -> None:
        self.skill = skill
        self._wire = Transport(
            settings,
            base_url=base_url,
            token=token,
            skill=skill,
            transport=transport,
            tape=tape,
            sleep=sleep,
            clock=clock,
        )

    @property
    def base_url(self) -> str:
        """The API's base, without a trailing slash."""
        return self._wire.base_url

    @property
    def anonymous(self) -> bool:
        """Whether a free starter token is used."""
        return self._wire.tokens.anonymous

    @property
    def user_id(self) -> str | None:
        """The user's id, once an answer has told it."""
        return self._wire.user_id

    def with_skill(self, skill: Skill) -> ApiClient:
        """Return a client on the same connections that speaks in the name of *skill*."""
        other = copy(self)
        other.skill = skill
        return other

    async def renew_token(self) -> bool:
        """Replace an anonymous token that the server told of inside a stream.

        Returns:
            Whether there is another one now.
        """
        if not self.anonymous:
            return False
        tokens = self._wire.tokens
        try:
            refused = await tokens.token()
            await tokens.renew(refused)
            return await tokens.token() != refused
        except NemoError:
            return False

    async def aclose(self) -> None:
        """Close every connection."""
        await self._wire.aclose()

    async def request(self, request: Request) -> Any:
        """Send any call of the API and return its JSON value, or its bytes if it is a file."""
        return await self._wire.call(request, self.skill)

    async def start_session(self, language: str = "en") -> ServerSession:
        """Make a session on the server, in *language* (``en``, ``zh``)."""
        path = f"/api/tasks/me/with-session/{_APP}"
        body = {"task_name": "project", "language": language}
        value = await self.request(Request(Call.SESSION, "POST", path, path, json=body))
        made = shapes.session(value)
        if made is None:
            raise ProtocolError(
                "The server's answer names no session.",
                fix="Check that the backend's URL is the API's own address.",
                endpoint=f"POST {path}",
            )
        self._wire.session_user_id = made.user_id or self._wire.session_user_id
        return made

    def stream(
        self, session_id: str, text: str, *, quiet_s: float = QUIET_S, total_s: float = TOTAL_S
    ) -> AbstractAsyncContextManager[AsyncIterator[Event]]:
        """Send one chat message and give the typed events of its answer.

        Leaving the context closes the connection, which stops the run on the server.

        Args:
            session_id: The session.
            text: The message. It is sent once; see `Dropped`.
            quiet_s: The longest silence, heartbeats included, in seconds.
            total_s: The longest turn, in seconds.

        Raises:
            Dropped: The message may have arrived; the state tells.
            TurnTimeout: One of the two limits was reached.
        """
        body = {
            "app_name": _APP,
            "user_id": "me",
            "session_id": session_id,
            "new_message": {"parts": [{"text": text}]},
        }
        request = Request(
            Call.CHAT,
            "POST",
            "/run_sse",
            "/run_sse",
            json=body,
            headers={"Accept": "text/event-stream"},
            expect="stream",
            answer_s=None,
        )
        return read_stream(self._wire, request, self.skill, quiet_s=quiet_s, total_s=total_s)

    def stream_error(self, event: StreamError, *, reply: Any = None) -> NemoError:
        """Return the error of the tree for a failure told inside the stream."""
        asked = self._wire.asked(Request(Call.CHAT, "POST", "/run_sse", "/run_sse"), self.skill)
        return refusals.stream_error(event, asked, reply=reply)

    async def upload(
        self,
        session_id: str,
        files: Sequence[UploadFile],
        on_progress: Callable[[str, int, int], None] | None = None,
    ) -> list[dict[str, Any]]:
        """Send files in chunks, memory flat whatever their size.

        Args:
            session_id: The session.
            files: What to send, in order.
            on_progress: Called with name, bytes sent and bytes in all of one file.

        Returns:
            The server's record of each: ``filename``, ``file_type``, ``cdn_url`` and so on.
        """
        multipart = Multipart(files, on_progress)
        request = self._upload_request(
            session_id,
            body=multipart.chunks,
            headers=multipart.headers,
            sizes={file.name: file.size_bytes for file in files},
        )
        return shapes.files(data_of(await self.request(request)))

    async def upload_urls(self, session_id: str, urls: Sequence[str]) -> list[dict[str, Any]]:
        """Have the server fetch *urls* itself; answers like :meth:`upload`."""
        body = {"urls": list(urls), "source_type": "url"}
        request = self._upload_request(session_id, json=body)
        return shapes.files(data_of(await self.request(request)))

    async def credits(self) -> Credits:
        """Return the account's balance."""
        path = "/api/credits/balance/simple"
        return shapes.credits_of(
            data_of(await self.request(Request(Call.CREDITS, "GET", path, path)))
        )

    async def state(self, session_id: str) -> dict[str, Any]:
        """Return the session's state, ``data.state``; its ``draft`` is always an object."""
        template = f"/api/state/{_APP}/me/{{}}/latest"
        request = Request(Call.STATE, "GET", template.format(_id(session_id)), template)
        found = shapes.state(await self.request(request))
        self._wire.session_user_id = self._wire.session_user_id or shapes.user_id(found)
        return found

    async def submit_render(
        self,
        render_id: str,
        session_id: str,
        draft: Mapping[str, Any],
        output: Mapping[str, Any],
    ) -> RenderState:
        """Submit a render job, certainly not twice.

        Where the answer is lost, the server is asked for the job first; only if it does not
        know the job is it submitted again, under the same id.
        """
        body = {
            "id": render_id,
            "sessionId": session_id,
            "draft": dict(draft),
            "output": dict(output),
        }
        request = Request(Call.SUBMIT, "POST", _RENDER, _RENDER, json=body)
        try:
            return shapes.render(render_id, await self.request(request))
        except Dropped:
            known = await self._known_render(render_id)
        return known or shapes.render(render_id, await self.request(request))

    async def render_state(self, render_id: str) -> RenderState:
        """Return how far a render job is."""
        template = f"{_RENDER}/{{}}"
        request = Request(Call.POLL, "GET", template.format(_id(render_id)), template)
        return shapes.render(render_id, await self.request(request))

    async def cancel_render(self, render_id: str) -> None:
        """Cancel a render job that is not done yet."""
        template = f"{_RENDER}/{{}}/cancel"
        await self.request(Request(Call.CANCEL, "POST", template.format(_id(render_id)), template))

    async def download(
        self,
        render: RenderState,
        target: Path,
        check: Callable[[Path], None] | None = None,
    ) -> None:
        """Fetch a finished render to *target*, whole or not at all.

        Args:
            render: The finished job.
            target: The file to make, under a name that nothing has; its folder exists.
            check: Raises `BrokenMedia` where the file that came is no good.

        Raises:
            DownloadFailed: Neither the file's address nor ``/download`` gave it whole.
        """
        fallback = f"/api/render/proxy/{_id(render.id)}/download"
        await fetch(self._wire, self.skill, (render.url, fallback), target, check)

    async def claim_link(self, session_id: str, task_id: str) -> str:
        """Return the link that opens the project in the web app."""
        path = "/api/auth/claim-token"
        body = {"task_id": task_id, "session_id": session_id}
        data = data_of(await self.request(Request(Call.CLAIM, "POST", path, path, json=body)))
        claim = data.get("claim_token", data.get("claimToken"))
        if not isinstance(claim, str) or not claim:
            raise ProtocolError(
                "The server's answer holds no claim token.", endpoint=f"POST {path}"
            )
        remember(claim)
        return f"{self._wire.settings.web_url}/workspace/claim?ct={quote(claim, safe='')}"

    async def _known_render(self, render_id: str) -> RenderState | None:
        try:
            return await self.render_state(render_id)
        except ApiError as error:
            if _NOT_FOUND in (error.status, error.code):
                return None
            raise

    @staticmethod
    def _upload_request(session_id: str, **rest: Any) -> Request:
        template = f"/api/upload-video/{_APP}/me/{{}}"
        return Request(
            Call.UPLOAD,
            "POST",
            template.format(_id(session_id)),
            template,
            answer_s=UPLOAD_ANSWER_S,
            **rest,
        )


def _id(value: str) -> str:
    return quote(value, safe="")
