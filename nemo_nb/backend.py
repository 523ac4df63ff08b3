"""One backend as the parts of a session share it: where it is, as whom, what it can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from nemo_nb.ledger import Ledger, place_of
from nemo_nb.redact import Secret
from nemo_nb.settings import Settings
from nemo_nb.skills import Skill
from nemo_nb.wire.client import ApiClient
from nemo_nb.wire.tape import Tape

# How often a render is asked about: the cloud wants 30 s (PROTOCOL.md). On a studio an answer
# costs nothing: every second, then a tenth of the time it has run; and because a short render
# is over within a second, four looks in the first one.
_EAGER_S: Final = 0.25
_SHORTEST_S: Final = 1.0
_GROWTH: Final = 0.1
_LONGEST_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Backend:
    """Where a session lives.

    Attributes:
        settings: As `settings.load` made them.
        base_url: The API; for the embedded studio the port it got this time.
        token: The token for it, None for an anonymous one.
        ledger: Where jobs and named sessions are kept.
        tape: Records the session, or plays a recorded one.
    """

    settings: Settings
    base_url: str
    token: Secret | None
    ledger: Ledger
    tape: Tape | None = None

    @property
    def place(self) -> str:
        """What names this backend in the ledger."""
        return place_of(self.settings)

    def client(self, skill: Skill) -> ApiClient:
        """Return a new client; close it."""
        return ApiClient(
            self.settings,
            base_url=self.base_url,
            skill=skill,
            token=self.token,
            tape=self.tape,
        )

    def poll_s(self, waited_s: float, *, studio: bool) -> float:
        """Return how long to wait before a render that has run *waited_s* is asked about."""
        if self.settings.poll_s > 0:
            return self.settings.poll_s
        if not studio:
            return _LONGEST_S
        if waited_s < _SHORTEST_S:
            return _EAGER_S
        return min(_LONGEST_S, max(_SHORTEST_S, waited_s * _GROWTH))
