"""One backend as the parts of a session share it: where it is, as whom, what it can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from nemo_nb.ledger import Ledger, place_of
from nemo_nb.redact import Secret
from nemo_nb.settings import Settings
from nemo_nb.skills import Skill
from nemo_nb.wire.client import ApiClient

# How often a render is asked about: on a studio the answer costs nothing and a short render
# is over in a second; the cloud asks for 30 s (PROTOCOL.md).
_STUDIO_FIRST_S: Final = 0.25
_STUDIO_GROWTH: Final = 0.1
_LONGEST_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Backend:
    """Where a session lives.

    Attributes:
        settings: As `settings.load` made them.
        base_url: The API; for the embedded studio the port it got this time.
        token: The token for it, None for an anonymous one.
        ledger: Where jobs and named sessions are kept.
    """

    settings: Settings
    base_url: str
    token: Secret | None
    ledger: Ledger

    @property
    def place(self) -> str:
        """What names this backend in the ledger."""
        return place_of(self.settings)

    def client(self, skill: Skill) -> ApiClient:
        """Return a new client; close it."""
        return ApiClient(self.settings, base_url=self.base_url, skill=skill, token=self.token)

    def poll_s(self, waited_s: float, *, studio: bool) -> float:
        """Return how long to wait before a render that has run *waited_s* is asked about."""
        if self.settings.poll_s > 0:
            return self.settings.poll_s
        if not studio:
            return _LONGEST_S
        return min(_LONGEST_S, max(_STUDIO_FIRST_S, waited_s * _STUDIO_GROWTH))
