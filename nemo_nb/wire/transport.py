"""Sending: headers, connections, the answer's envelope, and the retry loop.

The only place that opens connections to the API. A token leaves in the ``Authorization``
header alone and to the API's origin alone; redirects are not followed here.
"""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import anyio
import httpx

from nemo_nb.errors import ConfigError
from nemo_nb.redact import Secret, logger, scrub_body
from nemo_nb.settings import Settings
from nemo_nb.skills import Skill
from nemo_nb.wire import envelope, refusals
from nemo_nb.wire.auth import TOKEN_PATH, TokenSource
from nemo_nb.wire.breaks import broken, cut, dropped
from nemo_nb.wire.clock import wall_s
from nemo_nb.wire.labels import may_be_file, may_stream, retry_after_s
from nemo_nb.wire.origins import is_loopback, origin
from nemo_nb.wire.peek import peeked
from nemo_nb.wire.refusals import Asked, Refusal
from nemo_nb.wire.request import ANSWER_S, CONNECT_S, Answer, Request
from nemo_nb.wire.retry import REPEATABLE, Call, Fault, Step, verdict
from nemo_nb.wire.tape import Tape
from nemo_nb.wire.under_way import UnderWay

_log = logger("nemo_nb.wire")
# These write the headers of answers at DEBUG, and a server may echo the token there.
for _part in ("connection", "http11", "proxy", "socks"):
    logger(f"httpcore.{_part}")
logger("httpx")


class Transport:
    """The connections to one API, and the rules for using them.

    Args:
        settings: Where and as whom.
        base_url: The API's base, without a trailing slash.
        token: The user's own token for this origin, else None.
        skill: The skill in whose name tokens are asked for.
        transport: Takes the place of the network.
        tape: Records what goes over the network, or plays it.
        sleep: Waits that many seconds.
        clock: Seconds.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        base_url: str,
        token: Secret | None,
        skill: Skill,
        transport: httpx.AsyncBaseTransport | None = None,
        tape: Tape | None = None,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
        clock: Callable[[], float] = wall_s,
    ) -> None:
        self.settings = settings
        self.base_url = base_url.rstrip("/")
        self.origin = origin(self.base_url)
        if not self.origin:
            raise ConfigError(
                "The backend's address cannot be read.",
                fix='Give an address such as "http://127.0.0.1:8787".',
            )
        self.sleep = sleep if tape is None else tape.sleep
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
        self._connections = httpx.AsyncClient if tape is None else tape.client
        self._clients: dict[tuple[bool, bool], httpx.AsyncClient] = {}
        self.under_way = UnderWay()

    @property
    def user_id(self) -> str | None:
        """The user's id as the token answer, the session or the state told it."""
        return self.tokens.user_id or self.session_user_id

    async def aclose(self) -> None:
        """Close every connection, for good; what is being sent is cut off."""
        await self.under_way.end()
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
            self._clients[key] = self._connections(
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
            ConfigError: The connections have been closed.
            NemoError: Any other failure, as its own class.
        """
        faults: list[Fault] = []
        while True:
            token = await self.tokens.token() if request.token else None
            began = self.clock()
            with self.under_way.sending():
                outcome = await self._send(request, skill, token)
            if isinstance(outcome, Answer):
                status, spent_ms = outcome.response.status_code, (self.clock() - began) * 1000
                _log.debug(
                    "%s: HTTP %s, %.0f ms, try %s",
                    request.endpoint,
                    status,
                    spent_ms,
                    len(faults) + 1,
                )
                return outcome
            await self.mend(request.call, outcome, faults, request.endpoint, token, began)

    async def mend(
        self,
        call: Call,
        refusal: Refusal,
        faults: list[Fault],
        endpoint: str,
        token: Secret | None,
        began: float,
    ) -> None:
        """Do what the retry table says; return where *call* is to be sent once more.

        Args:
            call: What was sent.
            refusal: How it went wrong.
            faults: What sending it met before; this one is added.
            endpoint: Method and template, for the log.
            token: The token it carried, if any.
            began: When it was sent, by :attr:`clock`; for the log.

        Raises:
            Dropped: The server may have begun it.
            NemoError: Nothing mends it.
        """
        error = refusal.error
        faults.append(refusal.fault)
        found = verdict(
            call,
            faults,
            anonymous=self.tokens.anonymous,
            retry_after_s=refusal.retry_after_s,
            rate_wait_s=self.settings.retry_wait_s,
        )
        _log.debug(
            "%s: %s, HTTP %s, code %s, %.0f ms, try %s: %s after %s s",
            endpoint,
            refusal.fault.name,
            error.status,
            error.code,
            (self.clock() - began) * 1000,
            len(faults),
            found.step.name,
            found.wait_s,
        )
        if found.step is Step.RETRY:
            await self.sleep(found.wait_s)
        elif found.step is Step.RENEW_TOKEN and token:
            await self.tokens.renew(token)
        elif found.step is Step.NEW_CLIENT_ID:
            self.tokens.new_client_id()
        elif found.step is Step.RECONCILE:
            raise dropped(error) from error.__cause__
        else:
            raise error

    async def _send(self, request: Request, skill: Skill, token: Secret | None) -> Answer | Refusal:
        url = self.base_url + request.path
        headers = httpx.Headers(self.headers(skill) | dict(request.headers))
        if request.call is Call.TOKEN:
            # Read at each sending: the retry table may have had a new one made.
            headers["X-Client-Id"] = self.tokens.client_id()
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
        if request.expect == "stream" and response.is_success and may_stream(response):
            return await self._opened(request, skill, response)
        return await self._read(request, skill, response)

    async def _opened(
        self, request: Request, skill: Skill, response: httpx.Response
    ) -> Answer | Refusal:
        """Return the stream, left open; or what the refusal means that came in its place."""
        left_open = False
        try:
            head, chunks = await peeked(response)
            left_open = not head.startswith(b"{")
            if left_open:
                return Answer(response, chunks=chunks)
            body = b"".join([chunk async for chunk in chunks])
        except (httpx.TransportError, httpx.DecodingError) as error:
            return Refusal(Fault.CUT, cut(error, request.endpoint))
        finally:
            if not left_open:
                await response.aclose()
        return self._judged(request, skill, response, body)

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
        return self._judged(request, skill, response, body)

    def _judged(
        self, request: Request, skill: Skill, response: httpx.Response, body: bytes
    ) -> Answer | Refusal:
        if request.expect == "bytes" and response.is_success and body and may_be_file(response):
            return Answer(response, body)
        bodiless = request.call is Call.CANCEL and response.is_success and not body
        # The two answers that give a secret may give one that is known already.
        given = request.call in (Call.TOKEN, Call.CLAIM)
        # A server may echo the token anywhere: what is read here gets into frames and notebooks.
        value = envelope.read_body(b"{}" if bodiless else body if given else scrub_body(body))
        refused = refusals.refusal(
            response.status_code,
            value,
            self.asked(request, skill),
            retry_after_s=retry_after_s(response),
        )
        return refused or Answer(response, value)

    async def _ask_for_token(self) -> Mapping[str, Any]:
        request = Request(Call.TOKEN, "POST", TOKEN_PATH, TOKEN_PATH, token=False)
        return envelope.data_of(await self.call(request, self._skill))
