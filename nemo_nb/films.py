"""Films of timelines to look at: small, beside the project, unseen by its panel and ledger."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nemo_nb.errors import ConfigError, NemoError, NotSupported
from nemo_nb.export import ExportFile, Wish
from nemo_nb.exporter import Exporter
from nemo_nb.ledger import Ledger
from nemo_nb.loop import Homed, at_home
from nemo_nb.notices import ExportProgress, Notice

if TYPE_CHECKING:
    from nemo_nb.project import Project
    from nemo_nb.timeline.timeline import Timeline

PLAYED: Final = (".mp4", ".webm")
"""What a browser plays."""

_SHORT_SIDE: Final = 540
_QUALITY: Final = "medium"


class Filmer(Homed):
    """Gives timelines of one project as films: an export that there is, else a fresh render.

    Args:
        project: Renders them; only a studio does so free of charge.
        exporter: Whose finished exports are as good.
        is_closed: Whether the session has been closed.
    """

    def __init__(self, project: Project, exporter: Exporter, is_closed: Callable[[], bool]) -> None:
        super().__init__()
        self._project = project
        self._exporter = exporter
        self._is_closed = is_closed

    @property
    def language(self) -> str:
        """The session's language; "" while none is decided."""
        return self._project.language or ""

    @at_home
    async def film(self, timeline: Timeline, path: Path, hear: Callable[[float], None]) -> Path:
        """Return the film of *timeline*, at most 540 pixels on its short side if made for this.

        Cancelling it cancels the render.

        Args:
            timeline: What it shows.
            path: Where a new one is written, an MP4; its folder takes the notes on the render.
            hear: Called with the progress, 0-100.

        Raises:
            NotSupported: There is no export of it, and rendering would cost credits.
            RenderError: The render did not end with a film.
            ConfigError: The session has been closed.
        """
        exported = self._exported(timeline)
        if exported is not None:
            return exported
        if self._is_closed():
            raise _closed()
        if not await self._project.is_studio():
            raise NotSupported(
                "There is no film of this variant yet.",
                "It is on a cloud, and rendering there may cost credits.",
                "Export the variants, then name the files: player(films={...}).",
            )

        def relay(notice: Notice) -> None:
            if isinstance(notice, ExportProgress):
                hear(notice.progress)

        large = timeline.canvas.short_side > _SHORT_SIDE
        wish = Wish("mp4", _QUALITY, f"{_SHORT_SIDE}p" if large else None)
        exporter = Exporter(self._project, relay, Ledger(path.with_suffix(".sqlite")))
        try:
            made = await exporter.one(path, wish, timeline=timeline)
        except NemoError:
            raise
        except RuntimeError as error:
            # A client that was closed in between says so in its own words.
            if self._is_closed():
                raise _closed() from error
            raise
        return made.path or path

    def _exported(self, timeline: Timeline) -> Path | None:
        def fits(export: ExportFile) -> bool:
            path = export.path
            playable = path is not None and path.suffix.lower() in PLAYED and path.is_file()
            return playable and export.draft == timeline.draft

        found = next(filter(fits, reversed(self._exporter.finished)), None)
        return None if found is None else found.path


def _closed() -> ConfigError:
    return ConfigError(
        "The session that renders this variant is closed.",
        fix="Make the comparison again, or name exported files: player(films={...}).",
    )
