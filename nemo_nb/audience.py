"""Everyone who hears a session's notices."""

from __future__ import annotations

from collections.abc import Callable

from nemo_nb.notices import Notice, Watcher, current_watcher
from nemo_nb.redact import logger

_log = logger("nemo_nb.audience")


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
        """Call everyone; a display that fails must not take the work down with it."""
        one = current_watcher()
        for watcher in [*self._watchers, *([one] if one else [])]:
            try:
                watcher(notice)
            except Exception:  # noqa: BLE001 - whatever a watcher raises is its own affair
                _log.exception("a watcher failed on %s", type(notice).__name__)
