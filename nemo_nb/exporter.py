"""Starting exports: the timeline checked, a job for each file, those under way kept."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import anyio

from nemo_nb.destination import Target, file_name, target
from nemo_nb.errors import InputError, NotReady, NotSupported, RenderCancelled
from nemo_nb.export import FORMATS, AsyncExport, ExportFile, Wish
from nemo_nb.ledger import Job, Ledger
from nemo_nb.notices import ExportEnded, Notice
from nemo_nb.render_job import RenderJob, new_id
from nemo_nb.timeline.cuts import cut_of
from nemo_nb.timeline.timeline import Timeline

if TYPE_CHECKING:
    from nemo_nb.project import Project

_PICTURES: Final = ("video", "image")
# Stopping is over within half a second, the timeline read again included.
_STOP_S: Final = 0.1


class Exporter:
    """The exports of one session.

    Args:
        project: Whose timeline they render.
        tell: Hears how they go.
        ledger: Where the jobs are written down; None: where all of the user's are.

    Attributes:
        finished: Those that have come to an end with a file.
    """

    def __init__(
        self, project: Project, tell: Callable[[Notice], None], ledger: Ledger | None = None
    ) -> None:
        self.finished: list[ExportFile] = []
        self._project = project
        self._backend = (
            project.backend if ledger is None else replace(project.backend, ledger=ledger)
        )
        self._tell = tell
        self._under_way: set[asyncio.Task[Path]] = set()
        self._telling: set[asyncio.Task[None]] = set()

    async def export(
        self,
        path: str | os.PathLike[str] | None,
        wish: Wish,
        *,
        timeline: Timeline | None = None,
        each: bool = False,
        wait: bool = True,
    ) -> AsyncExport | list[AsyncExport]:
        """Export the timeline, or each source; see `AsyncSession.export`."""
        if each:
            return await self._each(path, wish, timeline, wait=wait)
        return await self.one(path, wish, timeline=timeline, wait=wait)

    async def one(
        self,
        path: str | os.PathLike[str] | None,
        wish: Wish,
        *,
        timeline: Timeline | None = None,
        wait: bool = True,
    ) -> AsyncExport:
        """Export the whole timeline to one file."""
        shown = await self._ready(timeline)
        wish = wish.towards(path)
        return await self._render(shown.draft, target(path, shown, wish.extension), wish, wait=wait)

    async def aclose(self) -> None:
        """Leave what is under way to `resume`."""
        tasks = list(self._under_way)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, *self._telling, return_exceptions=True)

    async def _each(
        self,
        path: str | os.PathLike[str] | None,
        wish: Wish,
        timeline: Timeline | None,
        *,
        wait: bool,
    ) -> list[AsyncExport]:
        shown = await self._ready(timeline)
        folder = _folder(path)
        media: Any = shown.media
        exports: list[AsyncExport] = []
        for source in media.loc[media["kind"].isin(_PICTURES), "name"]:
            draft = cut_of(shown.draft, source)
            if draft is not None:
                name = file_name(Path(source).stem) or "nemo"
                place = Target(folder / f"{name}.{wish.extension}", named=False)
                exports.append(await self._render(draft, place, wish, wait=wait))
        if not exports:
            raise NotReady("No uploaded photo or clip is on the timeline.")
        return exports

    async def _ready(self, timeline: Timeline | None) -> Timeline:
        if timeline is not None:
            check_timeline(timeline)
        shown = await self._project.read() if timeline is None else timeline
        if not shown.ready:
            raise NotReady("The timeline holds nothing to render.")
        return shown

    async def _render(
        self, draft: Mapping[str, Any], place: Target, wish: Wish, *, wait: bool
    ) -> AsyncExport:
        project = self._project
        studio = await project.is_studio()
        if not studio and wish.extension != FORMATS[0]:
            raise NotSupported(
                f"This backend does not export {wish.extension.upper()}.",
                "It is a cloud, which renders MP4.",
                'Export an MP4, or use nemo_nb.connect("local"), the embedded studio.',
            )
        _prepare(place.path.parent)
        row = Job(
            id=new_id(),
            session=project.name or "",
            session_id=await project.ensure(),
            backend=project.backend.settings.backend,
            place=project.backend.place,
            skill=project.client.skill.name,
            path=str(place.path),
            request={"draft": dict(draft), "output": wish.output(), "named": place.named},
        )
        job = RenderJob(self._backend, project.client, row, place, studio=studio, tell=self._tell)
        # Before anything is sent: who is killed now finds it in nemo_nb.jobs().
        self._backend.ledger.add_job(row)
        task = asyncio.create_task(job.run())
        self._under_way.add(task)
        task.add_done_callback(self._over)
        export = job.export = AsyncExport(job, task)
        task.add_done_callback(lambda _: self._keep(export))
        if wait:
            try:
                await task
            except asyncio.CancelledError:
                # Nobody wants the file any more: stop(), or an interrupt.
                await self._given_up(job)
                self._tell(ExportEnded(job.row.id, None, RenderCancelled("It was stopped.")))
                raise
        return export

    async def _given_up(self, job: RenderJob) -> None:
        """Have the server told; who stops waits for that a moment and no longer."""
        telling = asyncio.create_task(job.cancel())
        self._telling.add(telling)
        telling.add_done_callback(self._telling.discard)
        with anyio.CancelScope(shield=True):
            await asyncio.wait((telling,), timeout=_STOP_S)

    def _keep(self, export: ExportFile) -> None:
        if export.path is not None:
            self.finished.append(export.standing())

    def _over(self, task: asyncio.Task[Path]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            # Looked at, so that an export nobody waits for ends without a complaint; its
            # error is in the ledger and in the handle.
            task.exception()


def check_timeline(timeline: object) -> None:
    """Raise an `InputError` where *timeline* is something else."""
    if not isinstance(timeline, Timeline):
        raise InputError(
            f"A {type(timeline).__name__} is no Timeline.",
            fix="Pass one of session.variants, or Timeline.from_draft(draft).",
        )


def _prepare(folder: Path) -> None:
    """Make *folder* and check that it takes a file: before the render, not after it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        writable = os.access(folder, os.W_OK)
        reason = "You may not write there."
    except OSError as error:
        writable, reason = False, f"{error.strerror}."
    if not writable:
        raise InputError(f"No file can be written to {folder}.", reason, "Name another path.")


def _folder(path: str | os.PathLike[str] | None) -> Path:
    return Path.cwd() if path is None else Path(path).expanduser().absolute()
