"""Uploading: sources checked, sent in chunks, and told as a DataFrame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio.to_thread

from nemo_nb import reconcile
from nemo_nb.errors import NemoError, SessionLost, StudioGone
from nemo_nb.notices import Notice, UploadProgress
from nemo_nb.skills import Skill, skill_named
from nemo_nb.sources import collect
from nemo_nb.wire.client import ApiClient, Dropped, UploadFile

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
    await project.ensure()
    before = await project.known()
    try:
        records = await batch.send(project, client, tell)
    except SessionLost as error:
        await project.start_anew(error)
        before = project.timeline
        records = await batch.send(project, client, tell)
    await project.uploaded(before, batch.paths(records))
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

    def paths(self, records: Sequence[Mapping[str, Any]]) -> dict[str, Path]:
        """Return where each file lies, by the name that the server gave it."""
        if len(records) != len(self.origins):
            return {}
        pairs = zip(records, self.files, strict=False)
        return {
            str(record.get("filename")): Path(file.source) for record, file in pairs if file.source
        }

    async def send(
        self, project: Project, client: ApiClient, tell: Callable[[Notice], None]
    ) -> list[Mapping[str, Any]]:
        """Send everything; return the server's record of each, sizes added from here."""
        session_id = await project.ensure()
        known = Counter(project.media_names)

        def moved(name: str, sent: int, total: int) -> None:
            tell(UploadProgress(name, sent, total))

        records: list[Mapping[str, Any]] = []
        if self.files:
            sending = client.upload(session_id, self.files, moved)
            sent = await _arrived(sending, project, known, [file.name for file in self.files])
            # The documented answer has no size; the order is that of the request.
            sizes = [{"size": file.size_bytes} for file in self.files]
            if len(sent) == len(sizes):
                sent = [size | dict(record) for size, record in zip(sizes, sent, strict=True)]
            records += sent
        if self.urls:
            known.update(str(record.get("filename", "")) for record in records)
            fetching = client.upload_urls(session_id, self.urls)
            records += await _arrived(fetching, project, known, self.urls)
        return records


async def _arrived(
    sending: Awaitable[Sequence[Mapping[str, Any]]],
    project: Project,
    known: Counter[str],
    names: Sequence[str],
) -> Sequence[Mapping[str, Any]]:
    """Return the record of each file sent; where the answer was lost, as the state has them.

    Raises:
        Dropped: The connection broke, and not all of *names* are there.
    """
    try:
        told = await sending
        # An answer that says less than was asked: the state knows more, if it came.
        return told or await reconcile.new_media(project, known, len(names))
    except Dropped as error:
        try:
            new = await reconcile.new_media(project, known, len(names))
        except (SessionLost, StudioGone):
            raise
        except NemoError:
            # Nothing can be learned now: the error says that they may have arrived.
            raise error from None
        if len(new) == len(names):
            return new
        missing = ", ".join(names[len(new) :])
        raise Dropped(
            "The connection broke during the upload.",
            f"{error.why or error.what} These did not arrive: {missing}.",
            "Upload them again.",
            status=error.status,
            endpoint=error.endpoint,
        ) from error


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
