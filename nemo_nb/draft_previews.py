"""Pictures and sound of any draft on a session's media, for a `Timeline`; every call blocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from nemo_nb import loop

if TYPE_CHECKING:
    from nemo_nb.wire.studio_api import StudioApi


class DraftPreviews:
    """A studio as what draws a timeline: `nemo_nb.timeline.timeline.PreviewSource`.

    Args:
        session_id: The session whose media are used.
        studio: Gives the studio; called on the background loop.
    """

    def __init__(self, session_id: str, studio: Callable[[], StudioApi]) -> None:
        self._session_id = session_id
        self._studio = studio

    def __call__(
        self, draft: Mapping[str, Any], at_ms: int, width: int | None, *, lossless: bool = False
    ) -> bytes:
        """Return the picture at *at_ms*."""

        async def fetch() -> bytes:
            studio = self._studio()
            return await studio.frame(self._session_id, at_ms, width, draft, lossless=lossless)

        return loop.run(fetch)

    def glimpse(self, draft: Mapping[str, Any], at_ms: int, width: int) -> bytes:
        """Return about the picture at *at_ms*, as JPEG and at once."""

        async def fetch() -> bytes:
            studio = self._studio()
            return await studio.frame(self._session_id, at_ms, width, draft, exact=False)

        return loop.run(fetch)

    def thumbnails(
        self, draft: Mapping[str, Any], count: int, width: int
    ) -> tuple[bytes, dict[str, Any]]:
        """Return thumbnails as one JPEG, and where on it they are."""

        async def fetch() -> tuple[bytes, dict[str, Any]]:
            return await self._studio().thumbnails(
                self._session_id, count=count, width=width, draft=draft
            )

        return loop.run(fetch)

    def waveform(self, draft: Mapping[str, Any], buckets: int) -> dict[str, Any]:
        """Return the peaks of the sound."""

        async def fetch() -> dict[str, Any]:
            return await self._studio().waveform(self._session_id, buckets, draft)

        return loop.run(fetch)
