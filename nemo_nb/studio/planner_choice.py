"""Which model a studio may ask about messages that its own grammar does not understand.

Off unless a URL is given, as an argument or in the environment:

==================== ======================================================================
`NEMO_PLANNER_URL`   an OpenAI-compatible server: ``http://127.0.0.1:11434`` (Ollama),
                     ``http://127.0.0.1:8080`` (llama.cpp) or a cloud's ``https://…/v1``
`NEMO_PLANNER_MODEL` the model's name there
`NEMO_PLANNER_KEY`   its key, if it wants one: goes to that URL alone
==================== ======================================================================
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from nemo_nb.errors import ConfigError
from nemo_nb.redact import Secret, remember

URL: Final = "NEMO_PLANNER_URL"
MODEL: Final = "NEMO_PLANNER_MODEL"
KEY: Final = "NEMO_PLANNER_KEY"

_PATH: Final = "/chat/completions"


@dataclass(frozen=True, slots=True)
class PlannerChoice:
    """A model and where it is.

    Attributes:
        url: The whole address of the endpoint.
        model: Its name there.
        key: The bearer token for it; None: it wants none.
        loopback: Whether it runs on this machine.
    """

    url: str
    model: str
    key: Secret | None = None
    loopback: bool = True

    @property
    def place(self) -> str:
        """Scheme, host and port: what may be shown."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"


def chosen(
    environ: Mapping[str, str], url: str | None = None, model: str | None = None
) -> PlannerChoice | None:
    """Return the model that the arguments, else *environ*, name; None where they name none.

    Raises:
        ConfigError: Something of it is missing or cannot be used.
    """
    key = environ.get(KEY, "").strip()
    if key:
        # First: an error below may show what it stands in.
        remember(key)
    address = (url or environ.get(URL, "")).strip()
    if not address:
        if model:
            raise ConfigError("A model is named, but no server.", fix=f"Give --planner, or {URL}.")
        return None
    name = (model or environ.get(MODEL, "")).strip()
    if not name:
        raise ConfigError(
            "The planner has no model.", fix=f"Give --planner-model, or {MODEL}: e.g. qwen3:4b."
        )
    if not (key.isascii() and key.isprintable() and " " not in key):
        raise ConfigError(
            f"{KEY} holds characters that no key has.",
            fix="Copy it again, without spaces, quotes or line breaks.",
        )
    endpoint, loopback = _endpoint(address)
    return PlannerChoice(endpoint, name, Secret(key) if key else None, loopback)


def _endpoint(address: str) -> tuple[str, bool]:
    """Return the endpoint's whole address, and whether it is on this machine."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ConfigError(
            "The planner's URL holds more than an address.",
            "A URL ends up in logs.",
            f"Leave it out; a key goes into {KEY}.",
        )
    if parts.scheme not in ("http", "https") or not host:
        raise ConfigError(
            "The planner's URL is no http(s) address.", fix="For example: http://127.0.0.1:11434"
        )
    loopback = _is_loopback(host)
    if parts.scheme == "http" and not loopback:
        raise ConfigError(
            f"The planner at {host} is not asked over plain http.",
            "Messages and the key would cross the network readable by others.",
            "Use its https address, or forward its port to 127.0.0.1 over SSH.",
        )
    path = parts.path.rstrip("/").removesuffix(_PATH)
    if not path:
        path = "/v1"
    shown = f"[{host}]" if ":" in host else host
    netloc = shown if port is None else f"{shown}:{port}"
    return f"{parts.scheme}://{netloc}{path}{_PATH}", loopback


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
