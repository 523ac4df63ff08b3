"""Uploads by URL, safe against request forgery.

A name is resolved once, every address it has must be a public one, and the connection goes
to one of those very addresses: a name that answers differently a moment later changes nothing.
A redirect is followed by hand and checked like the first URL. Proxies of the environment are
not used, since a proxy would resolve the name again.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urljoin, urlsplit

import anyio
import anyio.to_thread
import httpx

from nemo_nb.errors import InputError
from nemo_nb.studio.receiving import Landing, Received, safe_name, too_large

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]

MAX_REDIRECTS: Final = 5
_PORTS: Final = {"http": 80, "https": 443}
_REDIRECTS: Final = frozenset((301, 302, 303, 307, 308))
_CONNECT_S: Final = 10.0
_SILENCE_S: Final = 30.0
# NAT64 (RFC 6052) carries an IPv4 address in its last 32 bits; is_global does not look there.
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
# All global unicast there is (RFC 4291, IANA); is_global lets older and unassigned forms pass.
_UNICAST: Final = ipaddress.ip_network("2000::/3")
_MOST_TRIED: Final = 4
_DISPOSITION: Final = re.compile(
    r"""filename\*=(?:UTF-8'[^']*')(?P<star>[^;]+)|filename="?(?P<plain>[^";]+)"?""", re.IGNORECASE
)


def resolve(host: str, port: int) -> Sequence[str]:
    """Return the addresses of *host* as the system resolves it."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


@dataclass(frozen=True, slots=True)
class FetchRules:
    """What may be fetched.

    Attributes:
        allowed: Networks that are let through although they are not public.
        time_limit_s: For one file, redirects included.
        resolve: How a host name becomes addresses.
    """

    allowed: tuple[Network, ...] = ()
    time_limit_s: float = 300.0
    resolve: Resolve = resolve


async def fetch(url: str, landing: Landing, rules: FetchRules) -> Received:
    """Fetch one file to *landing*.

    Raises:
        InputError: The URL is refused, cannot be reached, or answers something else than 200.
        FileTooLarge: 4002.
    """
    try:
        with anyio.fail_after(rules.time_limit_s):
            return await _fetch(url, landing, rules)
    except TimeoutError:
        raise _refused(
            url, f"It did not arrive within {rules.time_limit_s:.0f} s.", "Try it again later."
        ) from None
    except httpx.HTTPError as error:
        raise _refused(
            url, f"{type(error).__name__}: {error}.", "Check that the address opens in a browser."
        ) from error


async def _fetch(url: str, landing: Landing, rules: FetchRules) -> Received:
    timeout = httpx.Timeout(_SILENCE_S, connect=_CONNECT_S)
    # A kept connection would carry the next name over the certificate of this one.
    limits = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(timeout=timeout, limits=limits, trust_env=False) as client:
        for _ in range(MAX_REDIRECTS + 1):
            response = await _sent(client, await _pinned(client, url, rules))
            try:
                if response.status_code in _REDIRECTS and "location" in response.headers:
                    url = urljoin(url, response.headers["location"])
                    continue
                if response.status_code != httpx.codes.OK.value:
                    raise _refused(
                        url,
                        f"The server answered {response.status_code}.",
                        "Check that the address needs no login.",
                    )
                return await _save(url, response, landing)
            finally:
                await response.aclose()
    raise _refused(url, f"It redirects more than {MAX_REDIRECTS} times.", "Use the final address.")


async def _sent(client: httpx.AsyncClient, requests: Sequence[httpx.Request]) -> httpx.Response:
    """Send the first of *requests* whose address can be reached."""
    for request in requests[:-1]:
        try:
            return await client.send(request, stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            continue  # an IPv6 address on a machine that has none, for example
    return await client.send(requests[-1], stream=True)


async def _pinned(
    client: httpx.AsyncClient, url: str, rules: FetchRules
) -> Sequence[httpx.Request]:
    """Return the request for *url*, to be sent to one of the addresses that were checked."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
        # As it is on the wire and in a certificate: no script but ASCII.
        host = (parts.hostname or "").encode("idna").decode() if port else ""
    except ValueError:
        raise _refused(url, "It is not an address.", "Check the spelling.") from None
    if not host or parts.scheme not in _PORTS:
        raise _refused(url, "Only http and https addresses can be fetched.", "Use such an address.")
    try:
        found = await anyio.to_thread.run_sync(rules.resolve, host, port, abandon_on_cancel=True)
    except OSError:
        raise _refused(url, f"There is no host {host}.", "Check the spelling.") from None
    addresses = [ipaddress.ip_address(text.partition("%")[0]) for text in found]
    if not addresses or not all(_permitted(address, rules.allowed) for address in addresses):
        raise _refused(
            url,
            f"{host} is inside a private network.",
            "Download the file yourself and upload it.",
        )
    shown = f"[{host}]" if ":" in host else host
    # No compression: the size on the wire is then the size on the disk.
    headers = {
        "Host": shown if port == _PORTS[parts.scheme] else f"{shown}:{port}",
        "Accept-Encoding": "identity",
    }
    made: list[httpx.Request] = []
    for address in list(dict.fromkeys(addresses))[:_MOST_TRIED]:
        literal = f"[{address}]" if isinstance(address, ipaddress.IPv6Address) else str(address)
        pinned = parts._replace(netloc=f"{literal}:{port}", fragment="").geturl()
        sni = {"sni_hostname": host}
        made.append(client.build_request("GET", pinned, headers=headers, extensions=sni))
    return made


async def _save(url: str, response: httpx.Response, landing: Landing) -> Received:
    name = _name(url, response.headers.get("content-disposition", ""))
    told = response.headers.get("content-length", "")
    if told.isdigit() and int(told) > landing.limit_bytes:
        raise too_large(name, int(told), landing.limit_bytes)
    path = landing.new_path()
    size = 0
    async with await anyio.open_file(path, "wb") as file:
        async for chunk in response.aiter_raw(1 << 20):
            size += len(chunk)
            if size > landing.limit_bytes:
                raise too_large(name, size, landing.limit_bytes)
            await file.write(chunk)
    return Received(name, path)


def _permitted(address: Address, allowed: Sequence[Network]) -> bool:
    if any(address in network for network in allowed):
        return True
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner is not None:
            return _permitted(inner, allowed)
        if address not in _UNICAST:
            return False
    return address.is_global and not address.is_multicast


def _name(url: str, disposition: str) -> str:
    match = _DISPOSITION.search(disposition)
    given = unquote(match["star"]) if match and match["star"] else match["plain"] if match else ""
    return safe_name(given or unquote(urlsplit(url).path), fallback="download")


def _refused(url: str, why: str, fix: str) -> InputError:
    # Without the query and the user: they may hold a signature or a password.
    shown = re.sub(r"//[^/@]*@", "//", url.partition("?")[0])
    return InputError(f"{shown} was not fetched.", why, fix)
