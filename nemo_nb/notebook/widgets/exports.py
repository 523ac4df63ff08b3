"""The latest export as the panel shows it, and the finished files it may show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nemo_nb.errors import InputError, NemoError, RenderCancelled, RenderError
from nemo_nb.notebook.widgets.file_parts import read_part
from nemo_nb.notebook.widgets.protocol import Message, notice, problem

if TYPE_CHECKING:
    from nemo_nb.export import AsyncExport, ExportFile
    from nemo_nb.session import AsyncSession
    from nemo_nb.timeline.timeline import Timeline


@dataclass(slots=True)
class ExportState:
    """What the panel paints. ``cancellable``: this panel began it; ``outdated``: edited since."""

    status: str = "idle"
    progress: float = 0.0
    video: Message | None = None
    problem: Message | None = None
    cancellable: bool = False
    outdated: bool = False
    notes: list[str] = field(default_factory=list[str])

    @property
    def running(self) -> bool:
        """Whether it is under way."""
        return self.status in ("pending", "processing")


class Exports:
    """Follows the exports of *core*, whoever began them, and begins those of the panel."""

    def __init__(self, core: AsyncSession, tell: Callable[[Message], None]) -> None:
        self.state = ExportState()
        self.last: ExportFile | None = None
        self._core = core
        self._tell = tell
        self._videos: list[Path] = []
        self._own: AsyncExport | None = None
        self._job = ""
        self._draft: Mapping[str, Any] | None = None

    def begin(self) -> None:
        """Show that an export begins; :meth:`run` is the work.

        Raises:
            RenderError: One is running.
        """
        if self.state.running:
            raise RenderError("An export is running.", fix="Wait for it, or cancel it.")
        self.state = ExportState("pending", video=self.state.video, cancellable=True)
        self.tell()

    async def run(self, kind: str) -> None:
        """Export as *kind*, a format; how it goes is told."""
        try:
            self._own = await self._core.export(format=kind, wait=False)
            await self._own.wait()
        except NemoError as error:
            # The job tells its own end; what never became a job is told here.
            if self.state.running:
                self.ended(None, error, None)

    async def cancel(self) -> None:
        """Cancel the export that the panel began."""
        if self._own is not None:
            await self._own.cancel()

    def moved(self, job: str, status: str, progress: float) -> None:
        """A render job moved."""
        if job != self._job:
            self._job = job
            mine = self.state.running and self.state.cancellable
            self.state = ExportState(video=self.state.video, cancellable=mine)
        if status in ("pending", "processing"):
            self.state.status, self.state.progress = status, progress
            self.tell()

    def ended(
        self, export: ExportFile | None, error: NemoError | None, timeline: Timeline | None
    ) -> None:
        """A render job is over; *timeline* is what has become of the one it rendered."""
        if export is None or export.path is None:
            status = "cancelled" if isinstance(error, RenderCancelled) else "failed"
            shown = problem(error) if error is not None and status == "failed" else None
            self.state = ExportState(status, video=self.state.video, problem=shown)
        else:
            self.last, self._draft = export, export.draft
            self._videos.append(export.path)
            video = {
                "video": len(self._videos),
                "name": export.path.name,
                "size_bytes": export.size_bytes,
                "duration_ms": export.duration_ms,
            }
            outdated = timeline is not None and timeline.draft != self._draft
            notes = list(export.notes)
            self.state = ExportState("completed", 100.0, video, outdated=outdated, notes=notes)
        self._own = None
        self.tell()

    def compare(self, timeline: Timeline) -> None:
        """Note whether *timeline* is another than the one that was exported."""
        outdated = self._draft is not None and timeline.draft != self._draft
        if outdated != self.state.outdated:
            self.state.outdated = outdated
            self.tell()

    def poster(self, width: int) -> bytes:
        """Return the last export's first picture as JPEG; nothing where there is none."""
        try:
            return b"" if self.last is None else self.last.poster(width)
        except (NemoError, OSError):
            # The user may have moved the file away; a sound has no picture.
            return b""

    async def video_part(self, video: int, offset: int) -> tuple[int, bytes]:
        """Return an exported file's size, and its bytes from *offset* on.

        Raises:
            InputError: There is no such video, or its file has gone.
        """
        if not 1 <= video <= len(self._videos):
            raise InputError("This video is not known.", fix="Export again.")
        return await read_part(self._videos[video - 1], offset, "Export again.")

    def tell(self) -> None:
        """Tell the state."""
        self._tell(notice("export", export=asdict(self.state)))
