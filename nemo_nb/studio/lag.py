"""A state that is told late: what was there before an edit, for the next few reads of it."""

from __future__ import annotations

import threading
from typing import Any

from nemo_nb.studio.projects import StudioSession


class Lag:
    """The old states of sessions, each until it has been read so often or is overtaken."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._kept: dict[str, tuple[int, dict[str, Any], int]] = {}

    def keep(self, session: StudioSession, state: dict[str, Any], reads: int) -> None:
        """Tell *state* for the next *reads* of *session*, as long as it stays as it is now."""
        with self._guard:
            self._kept[session.id] = (session.revision, state, reads)

    def take(self, session: StudioSession) -> dict[str, Any] | None:
        """Return the old state that this read of *session* is to get; None: the present one."""
        with self._guard:
            revision, state, reads = self._kept.pop(session.id, (-1, {}, 0))
            if revision != session.revision or reads < 1:
                return None
            if reads > 1:
                self._kept[session.id] = (revision, state, reads - 1)
            return state
