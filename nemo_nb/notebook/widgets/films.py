"""The films of a player: rendered one after the other, handed out in parts, gone at its end."""

from __future__ import annotations

import asyncio
import contextvars
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import anyio.to_thread

from nemo_nb.errors import InputError, NemoError
from nemo_nb.films import PLAYED
from nemo_nb.notebook.widgets.file_parts import read_part
from nemo_nb.notebook.widgets.protocol import Message, notice, problem
from nemo_nb.redact import logger

if TYPE_CHECKING:
    from PIL import Image

    from nemo_nb.models import MediaInfo
    from nemo_nb.timeline.timeline import Timeline

log = logger(__name__)

_UNDER_WAY: Final = ("pending", "processing")


class Filming(Protocol):
    """What `nemo_nb.films.Filmer` is to a player."""

    async def film(self, timeline: Timeline, path: Path, hear: Callable[[float], None]) -> Path:
        """Return the film of *timeline*."""
        ...


@dataclass(slots=True)
class Film:
    """One variant's film as the front end is told; ``film`` counts from 1."""

    film: int
    status: str = "none"
    progress: float = 0.0
    fps: float = 0.0
    video: Message | None = None
    problem: Message | None = None


class Films:
    """The films of the variants, in their order.

    Args:
        timelines: What they show.
        filming: What renders each; None for one that nothing renders.
        given: Those that exist already, in the place of rendering; None for the others.
        tell: Hears each change as a notice.
    """

    def __init__(
        self,
        timelines: Sequence[Timeline],
        filming: Sequence[Filming | None],
        given: Sequence[Path | None],
        tell: Callable[[Message], None],
    ) -> None:
        self.films = [Film(number) for number in range(1, len(timelines) + 1)]
        self._timelines = list(timelines)
        self._filming = list(filming)
        self._tell = tell
        self._files: list[Path] = []
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._task: asyncio.Task[None] | None = None
        for film, renders, path in zip(self.films, filming, given, strict=True):
            if path is not None:
                self._ready(film, path)
            elif renders is not None:
                film.status = "pending"
            else:
                film.problem = _nothing_renders()

    def begin(self) -> None:
        """Render what is pending, on the running loop; nothing where that is going on."""
        pending = any(film.status == "pending" for film in self.films)
        if pending and (self._task is None or self._task.done()):
            # An empty context: what is told must not be written into the cell that asked.
            loop = asyncio.get_running_loop()
            self._task = loop.create_task(self._make(), context=contextvars.Context())

    def again(self, number: int) -> None:
        """Render a film that failed once more.

        Raises:
            InputError: There is no such film, or nothing that renders it.
        """
        if not 1 <= number <= len(self.films):
            raise InputError("This film is not known.", fix="Run the cell again.")
        film = self.films[number - 1]
        if self._filming[number - 1] is None:
            raise InputError(**{key: value for key, value in _nothing_renders().items() if value})
        if film.status not in (*_UNDER_WAY, "ready"):
            self._set(film, status="pending", progress=0.0, problem=None)
        self.begin()

    async def part(self, video: int, offset: int) -> tuple[int, bytes]:
        """Return a film's size, and its bytes from *offset* on.

        Raises:
            InputError: There is no such film, or its file has gone.
        """
        if not 1 <= video <= len(self._files):
            raise InputError("This film is not known.", fix="Run the cell again.")
        return await read_part(self._files[video - 1], offset, "Run the cell again.")

    def poster(self, number: int) -> Image.Image | None:
        """Return an early picture of film *number*; None where there is none. Blocks."""
        from nemo_nb.media.poster import poster_frame  # noqa: PLC0415  # loads PyAV

        video = self.films[number - 1].video
        path = None if video is None else self._files[int(video["video"]) - 1]
        try:
            return None if path is None else poster_frame(path)
        except (NemoError, OSError):
            # The user may have moved the file away.
            return None

    async def close(self) -> None:
        """Cancel the render that runs and remove what was rendered; on the loop."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._timelines, self._filming = [], []
        if self._folder is not None:
            await anyio.to_thread.run_sync(self._folder.cleanup)

    async def _make(self) -> None:
        while film := next((film for film in self.films if film.status == "pending"), None):
            self._set(film, status="processing")
            try:
                path = await self._made(film)
                self._ready(film, path)
            except Exception as error:  # whatever it was, the others are still to come
                if not isinstance(error, NemoError):
                    log.exception("a film failed")
                film.status, film.problem = "failed", problem(error)
            self._set(film)

    async def _made(self, film: Film) -> Path:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(
                prefix="nemo-player-", ignore_cleanup_errors=True
            )
        filming = self._filming[film.film - 1]
        assert filming is not None  # noqa: S101  # it would not be pending

        def hear(progress: float) -> None:
            self._set(film, progress=progress)

        path = Path(self._folder.name) / f"{film.film}.mp4"
        return await filming.film(self._timelines[film.film - 1], path, hear)

    def _ready(self, film: Film, path: Path) -> None:
        info = _played(path)
        self._files.append(path)
        film.status, film.progress, film.fps, film.problem = "ready", 100.0, info.fps, None
        film.video = {
            "video": len(self._files),
            "name": path.name,
            "size_bytes": info.size_bytes,
            "duration_ms": info.duration_ms,
        }

    def _set(self, film: Film, **changes: Any) -> None:
        for name, value in changes.items():
            setattr(film, name, value)
        self._tell(notice("film", film=asdict(film)))


def given_films(names: Sequence[str], films: Mapping[str, Any] | None) -> list[Path | None]:
    """Return the files that the user named, in the order of *names*.

    Args:
        names: The variants.
        films: By variant a path, or an export that is done.

    Raises:
        InputError: A film is of no variant, is not there, or cannot be played.
    """
    films = films or {}
    strange = next((name for name in films if name not in names), None)
    if strange is not None:
        raise InputError(
            f"There is no variant {strange!r}.", f"The variants are {', '.join(names)}."
        )
    return [_path(name, films[name]) if name in films else None for name in names]


def _path(name: str, film: Any) -> Path:
    found: Any = getattr(film, "path", film) if hasattr(film, "status") else film
    if found is None:
        raise InputError(f"The export of {name!r} is not there yet.", fix="Wait for it first.")
    path = Path(found).expanduser().absolute()
    if not path.is_file():
        raise InputError(f"There is no file {path.name}.", f"It should show {name!r}.")
    if path.suffix.lower() not in PLAYED:
        raise InputError(
            f"{path.name} cannot be played.", fix=f"Export it as {' or '.join(PLAYED)}."
        )
    if _played(path).kind != "video":
        raise InputError(f"{path.name} holds no video.", f"It should show {name!r}.")
    return path


def _played(path: Path) -> MediaInfo:
    from nemo_nb.media.probe import inspect  # noqa: PLC0415  # loads PyAV

    return inspect(path)


def _nothing_renders() -> Message:
    return {
        "what": "There is no film of this variant: its captions are played alone.",
        "why": "No session renders it.",
        "fix": "Name exported files: player(films={...}), or pass session=.",
        "code": None,
    }
