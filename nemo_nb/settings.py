"""What the environment and the caller decide, once, as one frozen record."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import platformdirs

from nemo_nb.errors import ConfigError, UnknownBackend
from nemo_nb.redact import Secret, remember

CLOUD_API_URL: Final = "https://mega-api-prod.nemovideo.ai"
CLOUD_WEB_URL: Final = "https://nemovideo.com"
_PORTS: Final = {"http": 80, "https": 443}
LOCAL: Final = "local"
CLOUD: Final = "cloud"

CREDITS: Final = "NEMO_STUDIO_CREDITS"

# Knobs of DESIGN.md: the keyword of `connect`, its variable, its default in seconds.
# A poll interval of 0 means "adapt": 1 s growing to 30 s on a studio, 30 s on the cloud.
_SECONDS: Final = {
    "poll_s": ("NEMO_POLL_S", 0.0),
    "retry_wait_s": ("NEMO_RETRY_WAIT_S", 30.0),
    "reconcile_s": ("NEMO_RECONCILE_S", 30.0),
    "render_timeout_s": ("NEMO_RENDER_TIMEOUT_S", 600.0),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a session needs to know before its first request.

    Attributes:
        backend: ``local`` or ``cloud`` or ``url``.
        api_url: Base URL without a trailing slash; empty for ``local`` until it has started.
        web_url: Base of links for people.
        token: The user's own token, only where it may go (see :func:`load`), else None.
        platform: ``X-Skill-Platform``.
        client_id_file: Holds the UUID for anonymous tokens, and nothing else; None in a replay,
            which keeps neither id nor token.
        workspace: The embedded studio's folder.
        credits: What the embedded studio gives its user in all; None: everything is free.
        quirks: Which habits of the cloud it takes on: a seed or names; empty: none.
        poll_s, retry_wait_s, reconcile_s, render_timeout_s: See DESIGN.md, in seconds.
    """

    backend: str
    api_url: str
    web_url: str
    token: Secret | None
    platform: str
    client_id_file: Path | None
    workspace: Path
    poll_s: float
    retry_wait_s: float
    reconcile_s: float
    render_timeout_s: float
    credits: float | None = None
    quirks: str = ""

    @property
    def is_cloud(self) -> bool:
        """Whether media leaves for Nemo's own servers."""
        return self.api_url == CLOUD_API_URL


def load(
    backend: str | None = None,
    *,
    token: str | None = None,
    workspace: str | os.PathLike[str] | None = None,
    env: Mapping[str, str] | None = None,
    credits: float | None = None,  # noqa: A002 - the word of the contract
    quirks: bool | int | str | None = None,
    **knobs: Any,
) -> Settings:
    """Work out the settings from arguments, then the environment, then defaults.

    ``NEMO_TOKEN`` is used for ``NEMO_API_URL`` or the cloud alone: another origin gets
    ``token=`` or an anonymous token of its own.

    Raises:
        UnknownBackend: *backend* is neither a known word nor an http(s) URL.
        ConfigError: A knob is unknown or not a number of seconds; or something that only the
            embedded studio has was given for another backend.
    """
    environ = os.environ if env is None else env
    configured = environ.get("NEMO_API_URL", "").strip()
    env_token = environ.get("NEMO_TOKEN", "").strip()
    if backend is None:
        backend = configured or (CLOUD if env_token else LOCAL)
    kind, api_url = _resolve(backend, configured)
    own = (token or "").strip() or (
        env_token if env_token and _may_have_env_token(api_url, configured) else None
    )
    if own and not (own.isascii() and own.isprintable() and " " not in own):
        # It may be right but for a line break: a traceback shows the call that it stands in.
        remember(own)
        raise ConfigError(
            "The token holds characters that no token has.",
            fix="Copy it again, without spaces, quotes or line breaks.",
        )
    platform = environ.get("SKILL_SOURCE", "").strip() or _platform()
    if not (platform.isascii() and platform.isprintable()):
        raise ConfigError(
            "SKILL_SOURCE holds characters that no header can hold.", fix="Set it to a plain word."
        )
    return Settings(
        backend=kind,
        api_url=api_url,
        web_url=environ.get("NEMO_WEB_URL", "").strip().rstrip("/") or CLOUD_WEB_URL,
        token=Secret(own) if own else None,
        platform=platform,
        client_id_file=Path.home() / ".config" / "nemovideo" / "client_id",
        workspace=(
            Path(workspace).expanduser().resolve() if workspace else data_dir(environ) / "studio"
        ),
        credits=_credits(environ, credits, kind),
        quirks=_quirks(quirks, kind),
        **_seconds(environ, knobs),
    )


def studio_credits(environ: Mapping[str, str], given: float | None = None) -> float | None:
    """Return how many credits a studio gives: *given*, else `NEMO_STUDIO_CREDITS`; None: free.

    Raises:
        ConfigError: It is no number from 0.
    """
    value = environ.get(CREDITS, "").strip() if given is None else given
    if value == "":
        return None
    try:
        found = float(value)
    except (TypeError, ValueError):
        found = math.nan
    if not (math.isfinite(found) and found >= 0):
        raise ConfigError(
            f"credits must be a number from 0, not {value!r}.",
            fix=f"Set {CREDITS} or credits= to a number such as 200.",
        )
    return found


def _credits(environ: Mapping[str, str], given: float | None, kind: str) -> float | None:
    if kind == LOCAL:
        return studio_credits(environ, given)
    if given is not None:
        raise _only_embedded("credits", "--credits N")
    return None


def _quirks(given: bool | int | str | None, kind: str) -> str:  # noqa: FBT001 - as `connect` takes it
    if given is None or given is False or given == "":
        return ""
    if kind != LOCAL:
        raise _only_embedded("quirks", "--quirks [SEED]")
    return str(int(given)) if isinstance(given, int) else given


def _only_embedded(name: str, option: str) -> ConfigError:
    return ConfigError(
        f"{name}= is for the embedded studio.",
        "Another backend decides that itself.",
        f'Use connect("local", {name}=…), or nemo-nb serve {option}.',
    )


def data_dir(env: Mapping[str, str] | None = None) -> Path:
    """Return where this package keeps its data: ``NEMO_NB_DATA``, else the user data folder."""
    given = (os.environ if env is None else env).get("NEMO_NB_DATA", "").strip()
    if given:
        return Path(given).expanduser().resolve()
    return Path(platformdirs.user_data_dir("nemo_nb", appauthor=False))


def _resolve(backend: str, configured: str) -> tuple[str, str]:
    word = backend.strip()
    if word.lower() == LOCAL:
        return LOCAL, ""
    if word.lower() == CLOUD:
        return CLOUD, _address(configured) if configured else CLOUD_API_URL
    url = _address(word)
    return (CLOUD if url == CLOUD_API_URL else "url"), url


def _address(text: str) -> str:
    """Return a backend's URL as one spelling: small letters, no default port, no last slash.

    Raises:
        UnknownBackend: It is no http(s) URL.
        ConfigError: It holds more than an address.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise UnknownBackend(f"The backend's URL cannot be read: {error}.") from None
    if parts.username or parts.password:
        raise ConfigError(
            "The backend's URL holds a user name or password.",
            "A URL ends up in logs and notebooks.",
            "Leave it out of the URL and pass token= instead.",
        )
    if parts.query or parts.fragment:
        raise ConfigError(
            "The backend's URL holds more than an address.",
            "What follows the ? or # would be lost, and a URL ends up in logs and notebooks.",
            "Leave it out; a token is passed with token=.",
        )
    if parts.scheme not in _PORTS or not parts.hostname:
        raise UnknownBackend(f"There is no backend {text!r}.")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    shown = "" if port in (None, _PORTS[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{host}{shown}{parts.path.rstrip('/')}"


def _may_have_env_token(api_url: str, configured: str) -> bool:
    try:
        mine = _address(configured) if configured else ""
    except ConfigError:
        mine = ""
    return bool(api_url) and api_url in (CLOUD_API_URL, mine)


def _platform() -> str:
    """``X-Skill-Platform``, from where this package is installed (PROTOCOL.md)."""
    here = Path(__file__).resolve()
    homes = {"clawhub": Path.home() / ".clawhub", "cursor": Path.home() / ".cursor" / "skills"}
    return next((name for name, home in homes.items() if here.is_relative_to(home)), "unknown")


def _seconds(environ: Mapping[str, str], knobs: Mapping[str, Any]) -> dict[str, float]:
    unknown = sorted(set(knobs) - set(_SECONDS))
    if unknown:
        raise ConfigError(
            f"connect() has no setting {unknown[0]!r}.",
            fix=f"It has: {', '.join((*_SECONDS, 'credits', 'quirks'))}.",
        )
    result: dict[str, float] = {}
    for name, (variable, default) in _SECONDS.items():
        given = knobs.get(name)
        value = environ.get(variable, "") if given is None else given
        try:
            seconds = float(value) if value != "" else default
        except (TypeError, ValueError):
            seconds = math.nan
        if not (math.isfinite(seconds) and seconds >= 0):
            raise ConfigError(
                f"{name} must be a number of seconds, not {value!r}.",
                fix=f"Set {variable} or {name}= to a number such as 5.",
            )
        result[name] = seconds
    return result
