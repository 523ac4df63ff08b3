"""What stands between the transport and the network: nothing, a recorder, or a player."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import httpx


class Tape(Protocol):
    """How connections are made and waits are waited."""

    def client(self, **options: Any) -> httpx.AsyncClient:
        """Return new connections; *options* are those of `httpx.AsyncClient`."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait before a call is sent again."""
        ...
