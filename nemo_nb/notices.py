"""What a session tells whoever watches it: turns, uploads, exports as they go.

Two kinds of watcher hear every notice. A subscriber (`AsyncSession.subscribe`) hears all
that the session does, whoever asked: the panel is one. A watcher set with :func:`watching`
hears only what the calls in its own context do: a cell is one, and the context travels with
the call onto the background loop, so two cells never show each other's text.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from nemo_nb.errors import NemoError
from nemo_nb.models import Action, JobStatus, TurnStatus
from nemo_nb.redact import logger

_log = logger("nemo_nb.notices")


@dataclass(frozen=True, slots=True)
class TurnStarted:
    """A turn begins. ``turn`` counts from 1 within the session."""

    turn: int
    action: Action
    text: str


@dataclass(frozen=True, slots=True)
class TurnProgress:
    """Something arrived: ``text`` is the whole answer so far, ``progress`` one line or "".

    ``said`` is that text, or what puts it into words: thousands of these may come a second,
    and whoever shows 30 of them asks for 30 texts.
    """

    turn: int
    said: str | Callable[[], str]
    progress: str

    @property
    def text(self) -> str:
        """The whole answer as it was then."""
        return self.said if isinstance(self.said, str) else self.said()


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """A turn is over. ``reply`` is a `Reply`, or None where it failed with ``error``."""

    turn: int
    status: TurnStatus
    reply: Any
    error: NemoError | None = None


@dataclass(frozen=True, slots=True)
class TimelineRead:
    """The timeline was read from the server; ``timeline`` is a `Timeline`."""

    timeline: Any


@dataclass(frozen=True, slots=True)
class UploadProgress:
    """Bytes of one file that have left; ``sent_bytes == total_bytes`` once it is there."""

    name: str
    sent_bytes: int
    total_bytes: int


@dataclass(frozen=True, slots=True)
class ExportProgress:
    """A render job moved; ``progress`` is 0-100."""

    job: str
    status: JobStatus
    progress: float


@dataclass(frozen=True, slots=True)
class ExportEnded:
    """A render job is over. ``export`` is an `Export`, or None where it failed."""

    job: str
    export: Any
    error: NemoError | None = None


Notice = (
    TurnStarted
    | TurnProgress
    | TurnEnded
    | TimelineRead
    | UploadProgress
    | ExportProgress
    | ExportEnded
)
Watcher = Callable[[Notice], None]

_watcher: ContextVar[Watcher | None] = ContextVar("nemo_nb_watcher", default=None)


@contextmanager
def watching(watcher: Watcher) -> Generator[None]:
    """Let *watcher* hear what the calls made inside this block do."""
    token = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(token)


def current_watcher() -> Watcher | None:
    """Return the watcher of the running call, if there is one."""
    return _watcher.get()


def hear(watcher: Watcher, notice: Notice) -> None:
    """Call *watcher*; a display that fails must not take the work down with it."""
    try:
        watcher(notice)
    except Exception:  # noqa: BLE001 - whatever a watcher raises is its own affair
        _log.exception("a watcher failed on %s", type(notice).__name__)


class Audience:
    """The subscribers of one session; the watcher of the running call hears as well."""

    def __init__(self) -> None:
        self._watchers: list[Watcher] = []

    def subscribe(self, watcher: Watcher) -> Callable[[], None]:
        """Add *watcher*; return what takes it away again."""
        self._watchers.append(watcher)

        def unsubscribe() -> None:
            if watcher in self._watchers:
                self._watchers.remove(watcher)

        return unsubscribe

    def tell(self, notice: Notice) -> None:
        """Call everyone."""
        one = current_watcher()
        for watcher in [*self._watchers, *([one] if one else [])]:
            hear(watcher, notice)
