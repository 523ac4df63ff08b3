"""Every error this package raises, in one tree.

::

    NemoError
    ├── ConfigError              an argument or the environment is wrong
    │   └── UnknownBackend
    ├── InputError               what was handed over cannot be used
    │   ├── SourceNotFound
    │   ├── UnsupportedFile      4001
    │   ├── FileTooLarge         4002
    │   ├── BrokenMedia          the file does not hold what it claims
    │   └── EditRefused          an edit out of range, or one that means nothing here
    ├── Unreachable              no connection could be made, or it broke
    │   └── StudioGone           the embedded studio has stopped
    ├── ProtocolError            an answer this client cannot read
    ├── ApiError                 the server refused
    │   ├── BadToken             1001
    │   ├── SessionLost          1002
    │   ├── NoCredits            2001
    │   ├── MissingClientId      400
    │   ├── PlanBlocked          402, 403
    │   ├── RateLimited          429
    │   └── NotSupported         this backend cannot do that
    ├── TurnError                a chat turn did not end well; ``.reply`` holds what arrived
    │   ├── TurnFailed
    │   ├── TurnTimeout
    │   ├── TurnUnclear          nobody can tell whether the turn did anything
    │   └── SessionBusy          another turn is running
    ├── RenderError              an export did not end with a file
    │   ├── NotReady             the timeline holds nothing to render
    │   ├── RenderFailed
    │   ├── RenderTimeout
    │   ├── RenderCancelled
    │   └── DownloadFailed
    └── CassetteError            a recording that cannot be written or played
        ├── SecretFound          a secret is in it, so it is not written
        ├── CassetteBroken       the file is no cassette, or a damaged one
        └── NotRecorded          a replay was asked for what its cassette does not hold

An error says what happened, why, and what to do next, in that order. It carries ``code``
(the number of PROTOCOL.md's table, if there is one), ``status`` (HTTP), ``endpoint`` and
``reply``, survives pickling, and never holds a secret: its texts pass through
:func:`nemo_nb.redact.scrub`.
"""

from __future__ import annotations

from typing import Any, ClassVar

from nemo_nb.redact import scrub


class NemoError(Exception):
    """The root. ``str(error)`` is one readable paragraph: what, why, what to do.

    Args:
        what: What happened, as a sentence.
        why: The reason, as a sentence, if known.
        fix: What the reader can do now, as a sentence.
        code: The API's code, if there is one.
        status: The HTTP status, if there is one.
        endpoint: Method and path of the call, if there was one.
        reply: What had arrived of the answer when it broke.
    """

    default_code: ClassVar[int | None] = None
    default_fix: ClassVar[str] = ""

    def __init__(
        self,
        what: str,
        why: str = "",
        fix: str = "",
        *,
        code: int | None = None,
        status: int | None = None,
        endpoint: str | None = None,
        reply: Any = None,
    ) -> None:
        self.what = scrub(what)
        self.why = scrub(why)
        self.fix = scrub(fix or self.default_fix)
        self.code = self.default_code if code is None else code
        self.status = status
        self.endpoint = None if endpoint is None else scrub(endpoint)
        self.reply = reply
        super().__init__(" ".join(part for part in (self.what, self.why, self.fix) if part))

    def __reduce__(self) -> tuple[Any, ...]:
        fields = {
            "code": self.code,
            "status": self.status,
            "endpoint": self.endpoint,
            "reply": self.reply,
        }
        return _rebuild, (type(self), self.what, self.why, self.fix, fields)


def _rebuild(
    kind: type[NemoError], what: str, why: str, fix: str, fields: dict[str, Any]
) -> NemoError:
    return kind(what, why, fix, **fields)


class ConfigError(NemoError):
    """An argument or the environment is wrong."""


class UnknownBackend(ConfigError):
    """``connect`` was given a backend that does not exist."""

    default_fix = 'Use "local", "cloud" or a URL such as "http://127.0.0.1:8787".'


class InputError(NemoError):
    """What was handed over cannot be used."""


class SourceNotFound(InputError):
    """A path or glob names no file."""


class UnsupportedFile(InputError):
    """4001: a file of a kind that is not accepted."""

    default_code = 4001


class FileTooLarge(InputError):
    """4002: a file over the skill's limit."""

    default_code = 4002


class BrokenMedia(InputError):
    """A media file does not hold what it claims."""


class EditRefused(InputError):
    """An edit that is out of range or means nothing on this timeline."""


class Unreachable(NemoError):
    """No connection could be made, or it broke before an answer."""


class StudioGone(Unreachable):
    """The embedded studio has stopped."""

    default_fix = "Run nemo_nb.connect() again: the workspace and its timeline are kept."


class ProtocolError(NemoError):
    """An answer this client cannot read."""


class ApiError(NemoError):
    """The server refused."""

    default_fix = "If its reason is not clear, logging.getLogger('nemo_nb') at DEBUG tells more."


class BadToken(ApiError):
    """1001: the token is wrong or has expired."""

    default_code = 1001
    default_fix = "Set NEMO_TOKEN (or token=) to a valid token."


class SessionLost(ApiError):
    """1002: the server no longer knows the session."""

    default_code = 1002
    default_fix = "The next message or upload starts a new session."


class NoCredits(ApiError):
    """2001: no credits are left."""

    default_code = 2001
    default_fix = "Top up credits in your account."


class MissingClientId(ApiError):
    """400: the token request carried no client id."""

    default_code = 400
    default_fix = "Set NEMO_CLIENT_ID to a UUID."


class PlanBlocked(ApiError):
    """402 or 403: the plan does not allow it; it is not about credits."""

    default_code = 402
    default_fix = "Register or upgrade your plan to unlock export."


class RateLimited(ApiError):
    """429: too many requests, also after the one retry."""

    default_code = 429
    default_fix = "Wait a little before trying again."


class NotSupported(ApiError):
    """This backend cannot do that."""

    default_fix = 'The embedded studio can: nemo_nb.connect("local").'


class TurnError(NemoError):
    """A chat turn did not end well. ``.reply`` holds what had arrived."""


class TurnFailed(TurnError):
    """The backend reported an error inside the stream."""


class TurnTimeout(TurnError):
    """The turn went past its limit."""


class TurnUnclear(TurnError):
    """The stream broke or was silent, and the timeline shows no change or cannot be read."""


class SessionBusy(TurnError):
    """Another turn of this session is still running."""

    default_fix = "Wait for it, or call session.stop()."


class RenderError(NemoError):
    """An export did not end with a file."""


class NotReady(RenderError):
    """The timeline holds nothing to render."""

    default_fix = "Upload a photo or a clip first, or ask for one in chat."


class RenderFailed(RenderError):
    """The backend could not render the timeline."""


class RenderTimeout(RenderError):
    """The render stopped making progress; it stays in ``nemo_nb.jobs()``."""

    default_fix = "It was submitted once: nemo_nb.resume() picks it up again."


class RenderCancelled(RenderError):
    """The render was cancelled."""


class DownloadFailed(RenderError):
    """The file was rendered but could not be fetched whole."""

    default_fix = "The render is kept: nemo_nb.resume() fetches it without rendering again."


class CassetteError(NemoError):
    """A recording that cannot be written or played."""


class SecretFound(CassetteError):
    """A secret is in the recording, so it is not written."""


class CassetteBroken(CassetteError):
    """The file is no cassette, or a damaged one."""


class NotRecorded(CassetteError):
    """A replay was asked for what its cassette does not hold."""

    default_fix = "Make the same calls in the same order as in the recording, or record it anew."
