"""Sending: headers, connections, the answer's envelope, and the retry loop.

The only place that opens connections to the API. A token leaves in the ``Authorization``
header alone and to the API's origin alone; redirects are not followed here.
"""

from __future__ import annotations

import email.utils
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Final, cast

import anyio
import httpx

from nemo_nb.errors import ConfigError, NemoError, StudioGone, Unreachable
from nemo_nb.redact import Secret, logger
from nemo_nb.settings import LOCAL, Settings
from nemo_nb.skills import Skill
from nemo_nb.wire import refusals
from nemo_nb.wire.auth import TokenSource
from nemo_nb.wire.origins import is_loopback, origin
from nemo_nb.wire.refusals import Asked, Refusal
from nemo_nb.wire.request import ANSWER_S, CONNECT_S, Answer, Dropped, Request
from nemo_nb.wire.retry import REPEATABLE, Call, Fault, Step, verdict

# What event streams are labelled with; some gateways relabel or drop the label.
_STREAM_TYPES: Final = ("text/event-stream", "text/plain", "application/octet-stream", "")

_log = logger("nemo_nb.wire")


class Transport:
    """The connections to one API, and the rules for using them.

    Args:
        settings: Where and as whom.
        base_url: The API's base, without a trailing slash.
        token: The user's own token for this origin, else None.
        skill: The skill in whose name tokens are asked for.
        transport: Takes the place of the network.
        sleep: Waits that many seconds.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        base_url: str,
        token: Secret | None,
        skill: Skill,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings
        self.base_url = base_url.rstrip("/")
        self.origin = origin(self.base_url)
        if not self.origin:
            raise ConfigError(
                "The backend's address cannot be read.",
                fix='Give an address such as "http://127.0.0.1:8787".',
            )
        self.sleep = sleep
        self.clock = clock
        self.tokens = TokenSource(
            origin=self.origin,
            own=token,
            client_id_file=settings.client_id_file,
            ask=self._ask_for_token,
        )
        self.session_user_id: str | None = None
        self._skill = skill
        self._transport = transport
        self._clients: dict[tuple[bool, bool], httpx.AsyncClient] = {}

    @property
    def user_id(self) -> str | None:
        """The user's id as the token answer, the session or the state told it."""
        return self.tokens.user_id or self.session_user_id

    async def aclose(self) -> None:
        """Close every connection."""
        clients = list(self._clients.values())
        self._clients.clear()
        for client in clients:
            await client.aclose()

    def headers(self, skill: Skill) -> dict[str, str]:
        """Return the headers of every request: all but the token."""
        return {
            "X-Skill-Source": skill.name,
            "X-Skill-Version": skill.version,
            "X-Skill-Platform": self.settings.platform,
            "User-Agent": "nemo_nb",
        }

    def client(self, url: str, *, fresh: bool = False) -> httpx.AsyncClient:
        """Return the connections to use for *url*.

        Proxies and CA files of the environment apply to the network, never to this machine.

        Args:
            url: Where the request goes.
            fresh: Never a connection used before: the server may just have closed that one,
                and the failure would look like a message half sent.
        """
        loopback = is_loopback(url)
        key = (loopback, fresh)
        if key not in self._clients:
            limits = httpx.Limits(max_keepalive_connections=0 if fresh else 8)
            # Building a context with all CAs takes longer than a call to a plain local port.
            plain = loopback and url.startswith("http:")
            self._clients[key] = httpx.AsyncClient(
                verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if plain else True,
                trust_env=not loopback,
                follow_redirects=False,
                limits=limits,
                transport=self._transport,
            )
        return self._clients[key]

    def asked(self, request: Request, skill: Skill) -> Asked:
        """Return what an error about *request* needs to know."""
        return Asked(
            call=request.call,
            endpoint=request.endpoint,
            anonymous=self.tokens.anonymous,
            user_id=self.user_id,
            web_url=self.settings.web_url,
            skill=skill,
            sizes=request.sizes,
        )

    async def call(self, request: Request, skill: Skill) -> Any:
        """Send *request* and return the JSON value of a success; see :meth:`deliver`."""
        return (await self.deliver(request, skill)).value

    async def deliver(self, request: Request, skill: Skill) -> Answer:
        """Send *request*, again where the retry table says so.

        Raises:
            Dropped: The server may have begun, so nothing was sent again.
            NemoError: Any other failure, as its own class.
        """
        attempt = 0
        while True:
            attempt += 1
            token = await self.tokens.token() if request.token else None
            began = self.clock()
            outcome = await self._send(request, skill, token)
            spent_ms = round((self.clock() - began) * 1000)
            if isinstance(outcome, Answer):
                status = outcome.response.status_code
                _log.debug(
                    "%s: HTTP %s, %s ms, try %s", request.endpoint, status, spent_ms, attempt
                )
                return outcome
            next_step = verdict(
                request.call,
                outcome.fault,
                attempt,
                anonymous=self.tokens.anonymous,
                retry_after_s=outcome.retry_after_s,
                rate_wait_s=self.settings.retry_wait_s,
            )
            _log.debug(
                "%s: %s, HTTP %s, code %s, %s ms, try %s: %s after %s s",
                request.endpoint,
                outcome.fault.name,
                outcome.error.status,
                outcome.error.code,
                spent_ms,
                attempt,
                next_step.step.name,
                next_step.wait_s,
            )
            if next_step.step is Step.RETRY:
                await self.sleep(next_step.wait_s)
            elif next_step.step is Step.RENEW_TOKEN and token:
                await self.tokens.renew(token)
            elif next_step.step is Step.NEW_CLIENT_ID:
                self.tokens.new_client_id()
                request = replace(request, headers=self._client_id_header())
            elif next_step.step is Step.RECONCILE:
                raise _dropped(outcome.error) from outcome.error.__cause__
            else:
                raise outcome.error

    async def _send(self, request: Request, skill: Skill, token: Secret | None) -> Answer | Refusal:
        url = self.base_url + request.path
        headers = httpx.Headers(self.headers(skill) | dict(request.headers))
        if token:
            headers["Authorization"] = f"Bearer {token.reveal()}"
        client = self.client(url, fresh=request.call not in REPEATABLE)
        body = request.body() if request.body else None
        try:
            response = await client.send(
                client.build_request(
                    request.method,
                    url,
                    headers=headers,
                    json=request.json,
                    content=body,
                    timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S, read=request.answer_s),
                ),
                stream=True,
            )
        except httpx.TransportError as error:
            return Refusal(*broken(error, self.settings, request.endpoint))
        finally:
            # httpx leaves a body that it did not send to the end open, and its file with it.
            if body:
                await body.aclose()
        if request.expect == "stream" and response.is_success and _may_stream(response):
            return Answer(response)
        return await self._read(request, skill, response)

    async def _read(
        self, request: Request, skill: Skill, response: httpx.Response
    ) -> Answer | Refusal:
        try:
            body = await response.aread()
        except httpx.TimeoutException as error:
            return Refusal(*broken(error, self.settings, request.endpoint))
        except httpx.TransportError as error:
            return Refusal(Fault.CUT, broken(error, self.settings, request.endpoint)[1])
        except httpx.DecodingError:
            body = b"\0"
        finally:
            await response.aclose()
        if request.expect == "bytes" and response.is_success and not _is_json(response):
            return Answer(response, body)
        bodiless = request.call is Call.CANCEL and response.is_success and not body
        value = refusals.read_body(b"{}" if bodiless else body)
        refused = refusals.refusal(
            response.status_code,
            value,
            self.asked(request, skill),
            retry_after_s=_retry_after_s(response.headers.get("retry-after", "")),
        )
        return refused or Answer(response, value)

    async def _ask_for_token(self) -> Mapping[str, Any]:
        request = Request(
            Call.TOKEN,
            "POST",
            "/api/auth/anonymous-token",
            "/api/auth/anonymous-token",
            headers=self._client_id_header(),
            token=False,
        )
        return data_of(await self.call(request, self._skill))

    def _client_id_header(self) -> dict[str, str]:
        return {"X-Client-Id": self.tokens.client_id()}


def _media_type(response: httpx.Response) -> str:
    return response.headers.get("content-type", "").partition(";")[0].strip().lower()


def _is_json(response: httpx.Response) -> bool:
    return _media_type(response).endswith("json")


def _may_stream(response: httpx.Response) -> bool:
    return _media_type(response) in _STREAM_TYPES


def data_of(value: Any) -> dict[str, Any]:
    """Return the envelope's ``data``, or the value itself where there is no envelope."""
    if not isinstance(value, dict):
        return {}
    body = cast("dict[str, Any]", value)
    data = body.get("data")
    return cast("dict[str, Any]", data) if isinstance(data, dict) else body


def broken(
    error: httpx.TransportError, settings: Settings, endpoint: str
) -> tuple[Fault, NemoError]:
    """Return the fault and the error for a connection that failed."""
    never_opened = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
    if isinstance(error, never_opened):
        told = _not_connected(settings, error, endpoint)
        told.__cause__ = error
        refused = settings.backend == LOCAL and isinstance(error, httpx.ConnectError)
        return (Fault.STUDIO_GONE if refused else Fault.NOT_CONNECTED), told
    if isinstance(error, (httpx.UnsupportedProtocol, httpx.LocalProtocolError)):
        told = ConfigError(
            f"The request cannot be sent ({endpoint}).", str(error), endpoint=endpoint
        )
        return Fault.REFUSED, told
    timed_out = isinstance(error, httpx.TimeoutException)
    told = Unreachable(
        f"The server {'did not answer in time' if timed_out else 'broke the connection'}"
        f" ({endpoint}).",
        str(error),
        "Try again in a moment.",
        endpoint=endpoint,
    )
    told.__cause__ = error
    return (Fault.TIMED_OUT if timed_out else Fault.RESET), told


def _not_connected(settings: Settings, error: Exception, endpoint: str) -> NemoError:
    if settings.backend == LOCAL:
        return StudioGone("The embedded studio does not answer any more.", endpoint=endpoint)
    return Unreachable(
        f"Nothing answers at {settings.api_url} ({endpoint}).",
        f"{str(error).rstrip('.')}." if str(error) else "",
        "Check that it is running, the URL, the network and the proxy.",
        endpoint=endpoint,
    )


def _dropped(error: NemoError) -> Dropped:
    return Dropped(
        error.what, error.why, code=error.code, status=error.status, endpoint=error.endpoint
    )


def _retry_after_s(header: str) -> float | None:
    """Return ``Retry-After`` as seconds from now; it is a number or a date."""
    text = header.strip()
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None
