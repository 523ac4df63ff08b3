"""Uploading: sources checked, sent in chunks, and told as a DataFrame."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import anyio.to_thread

from nemo_nb.errors import SessionLost
from nemo_nb.notices import Notice, UploadProgress
from nemo_nb.skills import Skill, skill_named
from nemo_nb.sources import collect
from nemo_nb.wire.client import ApiClient, UploadFile

if TYPE_CHECKING:
    import pandas as pd

    from nemo_nb.project import Project

UPLOADED = "uploaded"
"""The only ``status`` a row can have: what is refused raises before anything is kept."""


async def send(
    project: Project,
    sources: Sequence[Any],
    tell: Callable[[Notice], None],
    *,
    skill: str | None = None,
) -> pd.DataFrame:
    """Upload *sources* to *project*; see `AsyncSession.upload`."""
    client = project.client.with_skill(skill_named(skill)) if skill else project.client
    batch = await Batch.gather(sources, client.skill, subtitles=await project.is_studio())
    session_id = await project.ensure()
    await project.known()
    try:
        records = await batch.send(client, session_id, tell)
    except SessionLost as error:
        await project.start_anew(error)
        records = await batch.send(client, await project.ensure(), tell)
    await project.read()
    return upload_frame(records, batch.origins)


class Batch:
    """Files and URLs that have passed every check and are ready to go."""

    def __init__(self, files: Sequence[UploadFile], urls: Sequence[str]) -> None:
        self.files = files
        self.urls = urls

    @classmethod
    async def gather(cls, sources: Sequence[Any], skill: Skill, *, subtitles: bool) -> Batch:
        """Look at *sources* off the event loop: reading heads and converting HEIC take time.

        Raises:
            InputError: As :func:`nemo_nb.sources.collect`.
        """
        files, urls = await anyio.to_thread.run_sync(
            lambda: collect(sources, skill, subtitles=subtitles)
        )
        return cls(files, urls)

    @property
    def origins(self) -> list[str]:
        """What was handed over, in order: paths, names of what was never a file, URLs."""
        return [*(file.source or file.name for file in self.files), *self.urls]

    async def send(
        self, client: ApiClient, session_id: str, tell: Callable[[Notice], None]
    ) -> list[dict[str, Any]]:
        """Send everything; return the server's record of each, sizes added from here."""

        def moved(name: str, sent: int, total: int) -> None:
            tell(UploadProgress(name, sent, total))

        records: list[dict[str, Any]] = []
        if self.files:
            sent = await client.upload(session_id, self.files, moved)
            # The documented answer has no size; the order is that of the request.
            sizes = [{"size": file.size_bytes} for file in self.files]
            if len(sent) == len(sizes):
                sent = [size | record for size, record in zip(sizes, sent, strict=True)]
            records += sent
        if self.urls:
            records += await client.upload_urls(session_id, self.urls)
        return records


def upload_frame(records: Sequence[Mapping[str, Any]], origins: Sequence[str]) -> pd.DataFrame:
    """Return a row a file: the columns of `Timeline.media`, and ``status``.

    ``source`` is what was handed over, where the server told of each file once.
    """
    from nemo_nb.timeline.timeline import Timeline  # noqa: PLC0415 - pandas, only at the end

    frame = Timeline({}, media=list(records)).media
    if len(frame) == len(origins):
        frame["source"] = list(origins)
    frame["status"] = UPLOADED
    return frame
