"""Exports: what the user asked for, checked, and the handle on the render behind it."""

from __future__ import annotations

import asyncio
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypedDict, cast

from nemo_nb import loop
from nemo_nb.errors import InputError, NotReady, RenderCancelled
from nemo_nb.loop import Homed, at_home
from nemo_nb.notices import current_watcher
from nemo_nb.presenting import Presenter, shown
from nemo_nb.render_job import RenderJob

if TYPE_CHECKING:
    import os

    from nemo_nb.ledger import Job
    from nemo_nb.models import JobStatus, MediaInfo
    from nemo_nb.timeline.timeline import Timeline

QUALITIES: Final = ("low", "medium", "high")
FORMATS: Final = ("mp4", "webm", "gif", "png", "wav")
POSTER_WIDTH: Final = 640
_POSTER_QUALITY: Final = 85


@dataclass(frozen=True, slots=True)
class Standing:
    """How a render stands, without the means to go on with it."""

    row: Job
    info: MediaInfo | None
    notes: tuple[str, ...] = ()


class ExportFile:
    """What is known of an export; :class:`Export` and :class:`AsyncExport` add the waiting.

    A pickle of any of them is this one, as it stood then.
    """

    def __init__(self, job: RenderJob | Standing) -> None:
        self._job = job
        self._posters: dict[int, bytes] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return ExportFile, (self._standing(),)

    def standing(self) -> ExportFile:
        """Return what is known now, the same for code that awaits and code that does not."""
        return ExportFile(self._standing())

    def _standing(self) -> Standing:
        return Standing(self._job.row, self._job.info, self._job.notes)

    @property
    def id(self) -> str:
        """The render's id, as `nemo_nb.jobs()` lists it."""
        return self._job.row.id

    @property
    def status(self) -> JobStatus:
        """``pending processing completed failed cancelled``."""
        return self._job.row.status

    @property
    def progress(self) -> float:
        """0-100."""
        return self._job.row.progress

    @property
    def path(self) -> Path | None:
        """The finished file; None until it is there."""
        return Path(self._job.row.path) if self.status == "completed" else None

    @property
    def url(self) -> str | None:
        """Where the backend keeps the file, if it said so."""
        return self._job.row.url

    @property
    def error(self) -> str | None:
        """What went wrong, if something did."""
        return self._job.row.error

    @property
    def notes(self) -> tuple[str, ...]:
        """What of the timeline could not be shown as asked for, in sentences."""
        return self._job.notes

    @property
    def draft(self) -> Mapping[str, Any]:
        """What it renders: the draft of the timeline as it was when the export began."""
        return self._job.row.request["draft"]

    @property
    def duration_ms(self) -> int:
        """Length of the finished file in ms; 0 until it is there."""
        return self._job.info.duration_ms if self._job.info else 0

    @property
    def size_bytes(self) -> int:
        """Size of the finished file; 0 until it is there."""
        return self._job.info.size_bytes if self._job.info else 0

    @property
    def width(self) -> int:
        """Picture width in pixels; 0 until the file is there."""
        return self._job.info.width if self._job.info else 0

    @property
    def height(self) -> int:
        """Picture height in pixels; 0 until the file is there."""
        return self._job.info.height if self._job.info else 0

    def poster(self, width: int = POSTER_WIDTH) -> bytes:
        """Return a picture from early in the video as JPEG, at most *width* pixels wide.

        Raises:
            NotReady: The file is not there yet.
            BrokenMedia: It has been damaged since.
        """
        if self.path is None:
            raise NotReady("The export has no picture yet.", fix="Wait for it: export.wait().")
        if width not in self._posters:
            self._posters[width] = _poster(self.path, width)
        return self._posters[width]

    def __repr__(self) -> str:
        if self.path is None:
            return f"<{type(self).__name__} {self.status}, {self.progress:.0f} %>"
        return (
            f"{type(self).__name__}({place(self.path)!r}, {self.width}x{self.height}, "
            f"{self.duration_ms / 1000:.1f} s, {file_size(self.size_bytes)})"
        )


class AsyncExport(ExportFile, Homed):
    """An export of an `AsyncSession`."""

    def __init__(self, job: RenderJob, task: asyncio.Task[Path]) -> None:
        ExportFile.__init__(self, job)
        Homed.__init__(self, task.get_loop())
        self._render = job
        self._task = task

    @at_home
    async def wait(self) -> AsyncExport:
        """Wait for the file.

        Raises:
            RenderError: It did not come; see `nemo_nb.errors`.
        """
        try:
            with self._render.heard_by(current_watcher()):
                # Shielded: who stops waiting does not stop the render.
                await asyncio.shield(self._task)
        except asyncio.CancelledError:
            if self._task.cancelled():
                raise RenderCancelled(
                    "The session was closed before the export was done.",
                    fix="nemo_nb.resume() picks it up.",
                ) from None
            raise
        return self

    @at_home
    async def cancel(self) -> None:
        """Cancel the render; nothing happens where it is over."""
        await self._render.cancel()

    def blocking(self, presenter: Presenter | None = None) -> Export:
        """Return the same export for code that does not await.

        Args:
            presenter: Makes what shows how far it is while somebody waits for it.
        """
        return Export(self._render, self, presenter)


class Export(ExportFile):
    """An export of a blocking `Session`."""

    def __init__(
        self, job: RenderJob, aio: AsyncExport, presenter: Presenter | None = None
    ) -> None:
        super().__init__(job)
        self._aio = aio
        self._presenter = presenter

    @property
    def aio(self) -> AsyncExport:
        """The same export for code that awaits."""
        return self._aio

    def wait(self) -> Export:
        """Wait for the file; an interrupt stops the waiting and not the render.

        Raises:
            RenderError: It did not come; see `nemo_nb.errors`.
        """
        shown(self._presenter, self.aio.wait)
        return self

    def cancel(self) -> None:
        """Cancel the render; nothing happens where it is over."""
        loop.run(self.aio.cancel)


class ExportOptions(TypedDict, total=False):
    """The keywords of `AsyncSession.export`, for its overloads."""

    timeline: Timeline | None
    format: str | None
    quality: str
    resolution: str | tuple[int, int] | None
    fps: float | None
    wait: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """How a file shall be: what `export` was asked for, checked.

    Raises:
        InputError: A value that no export can have; the message lists those it can.
    """

    format: str | None = None
    quality: str = "high"
    resolution: str | tuple[int, int] | None = None
    fps: float | None = None

    def __post_init__(self) -> None:
        if self.format is not None and self.format not in FORMATS:
            raise InputError(
                f"There is no export as {self.format!r}.", fix=f"Use {', '.join(FORMATS)}."
            )
        if self.quality not in QUALITIES:
            raise InputError(
                f"There is no quality {self.quality!r}.", fix=f"Use {', '.join(QUALITIES)}."
            )
        if self.fps is not None and not _is_rate(self.fps):
            raise InputError(f"{self.fps} frames a second cannot be exported.", fix="Use 24-60.")
        if not self._size_is_readable():
            raise InputError(
                f"{self.resolution!r} is no resolution.",
                fix='Use "1080p", "1920x1080" or (1920, 1080).',
            )

    @property
    def extension(self) -> str:
        """The format, an MP4 where nothing else was said; it is the file's extension too."""
        return self.format or FORMATS[0]

    def towards(self, path: str | os.PathLike[str] | None) -> Wish:
        """Return the same wish with the format that *path* ends in, if none was asked for."""
        suffix = "" if path is None else Path(path).suffix.lower().removeprefix(".")
        return replace(self, format=suffix) if not self.format and suffix in FORMATS else self

    def output(self) -> dict[str, Any]:
        """Return the ``output`` object of a render request."""
        result: dict[str, Any] = {"format": self.extension, "quality": self.quality}
        if isinstance(self.resolution, tuple):
            result["resolution"] = "x".join(map(str, self.resolution))
        elif self.resolution:
            result["resolution"] = self.resolution.lower()
        if self.fps is not None:
            result["fps"] = self.fps
        return result

    def _size_is_readable(self) -> bool:
        if self.resolution is None:
            return True
        # What a caller without a type checker may hand over.
        given: Any = self.resolution
        if isinstance(given, str):
            parts = given.lower().removesuffix("p").split("x")
        elif isinstance(given, tuple):
            parts = [str(part) for part in cast("tuple[Any, ...]", given)]
        else:
            return False
        wanted = 2 if isinstance(given, tuple) or len(parts) > 1 else 1
        return len(parts) == wanted and all(part.isdecimal() and int(part) > 0 for part in parts)


def place(path: Path) -> str:
    """Return *path* as one finds it from here: below this folder without it, else all of it."""
    folder = Path.cwd()
    return str(path.relative_to(folder) if path.is_relative_to(folder) else path)


def file_size(size_bytes: float) -> str:
    """Return a size as ``12.3 MB``, a small one as ``14 kB``."""
    if 0 < size_bytes < 100_000:  # noqa: PLR2004 - less than a tenth of a MB
        return f"{math.ceil(size_bytes / 1000)} kB"
    return f"{size_bytes / 1_000_000:.1f} MB"


def _is_rate(fps: Any) -> bool:
    return isinstance(fps, (int, float)) and 1 <= fps <= 120  # noqa: PLR2004 - what H.264 players play


def _poster(path: Path, width: int) -> bytes:
    from nemo_nb.media.poster import poster_frame  # noqa: PLC0415 - loads PyAV

    picture = poster_frame(path)
    picture.thumbnail((width, picture.height))
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=_POSTER_QUALITY)
    return target.getvalue()
