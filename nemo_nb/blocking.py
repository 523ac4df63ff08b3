"""`Session`: the blocking face of `AsyncSession`, for scripts and notebook cells alike.

Every method waits on the background loop (`nemo_nb.loop`) for the method of the same name.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar, Unpack, overload

from nemo_nb.asking import agreed
from nemo_nb.errors import InputError
from nemo_nb.export import AsyncExport, Export, ExportOptions
from nemo_nb.loop import close_at_exit, portal, run, spawn
from nemo_nb.models import Credits
from nemo_nb.notices import Watcher
from nemo_nb.presenting import Presenter, shown
from nemo_nb.reply import Reply
from nemo_nb.session import AsyncSession
from nemo_nb.skills import Skill

if TYPE_CHECKING:
    import pandas as pd

    from nemo_nb.comparison import Comparison
    from nemo_nb.notebook.widgets.panel import Panel
    from nemo_nb.timeline.timeline import Timeline
    from nemo_nb.wire.events import Event

__all__ = ["Session", "portal", "run", "spawn"]

T = TypeVar("T")


class Session:
    """A session: chat, upload, export, compare. Made by `nemo_nb.connect`.

    Attributes:
        aio: The same session for code that awaits, on the background loop.
        presenter: Makes what shows a call's progress; None shows nothing.
    """

    def __init__(self, aio: AsyncSession) -> None:
        self.aio = aio
        self.presenter: Presenter | None = None
        close_at_exit(aio)

    def chat(
        self,
        text: str,
        *,
        on_event: Callable[[Event], object] | None = None,
        timeout: float | None = None,
        wait: bool = True,
    ) -> Reply:
        """Send one message; export, credits, status and upload are done at once instead.

        An interrupt stops the turn and is raised on.

        Args:
            text: In any words, English or Chinese.
            on_event: Called with every typed event of the stream (`nemo_nb.wire.events`).
            timeout: Seconds the turn may take.
            wait: Queue behind a running turn; False raises `SessionBusy` instead.

        Raises:
            NemoError: The turn did not end well; ``.reply`` holds what arrived.
        """
        return self._shown(
            lambda: self.aio.chat(text, on_event=on_event, timeout=timeout, wait=wait)
        )

    def upload(self, *sources: Any, skill: str | None = None) -> pd.DataFrame:
        """Upload files and lay them at the end of the timeline.

        Args:
            sources: Paths, globs, URLs, ``(name, bytes)``, PIL images, uint8 arrays, or lists.
            skill: Upload in the name of another skill, under its size limit.

        Returns:
            A row a file: the columns of `Timeline.media`, and ``status``.

        Raises:
            InputError: A source that cannot be used; nothing has been sent then.
        """
        return self._shown(lambda: self.aio.upload(*sources, skill=skill))

    def credits(self) -> Credits:
        """Return the account's balance; a studio counts only where it was told to."""
        return run(self.aio.credits)

    def timeline(self) -> Timeline:
        """Return the timeline, read from the server now."""
        return run(self.aio.timeline)

    @overload
    def export(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        each: Literal[False] = False,
        **wish: Unpack[ExportOptions],
    ) -> Export: ...

    @overload
    def export(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        each: Literal[True],
        **wish: Unpack[ExportOptions],
    ) -> list[Export]: ...

    def export(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        timeline: Timeline | None = None,
        each: bool = False,
        format: str | None = None,  # noqa: A002 - the contract's name
        quality: str = "high",
        resolution: str | tuple[int, int] | None = None,
        fps: float | None = None,
        wait: bool = True,
    ) -> Export | list[Export]:
        """Render the timeline and fetch the file. Never costs credits.

        An interrupt cancels the render and is raised on.

        Args:
            path: A file (overwritten) or a folder; None: a free name in the current folder.
            timeline: Render this one instead, e.g. a variant or an edited one.
            each: Every uploaded photo and clip its own file; *path* is then a folder.
            format: ``mp4`` (H.264 and AAC), ``webm`` (VP9 and Opus), ``gif`` (up to 60 s, at
                most 640 pixels and 12.5 frames a second unless asked for otherwise), ``png``
                (the frame in the middle) or ``wav``. None: what *path* ends in, else ``mp4``.
            quality: ``low``, ``medium`` or ``high``.
            resolution: ``"1080p"``, ``"1920x1080"`` or ``(width, height)``.
            fps: Frames a second.
            wait: Return once the file is there; False returns a handle at once.

        Raises:
            NotReady: The timeline is empty.
            RenderError: The render did not end with a file.
        """

        async def work() -> AsyncExport | list[AsyncExport]:
            wish: dict[str, Any] = {
                "timeline": timeline,
                "each": each,
                "format": format,
                "quality": quality,
                "resolution": resolution,
                "fps": fps,
                "wait": wait,
            }
            # The overloads leave no way to hand the choice on.
            export: Any = self.aio.export
            return await export(path, **wish)

        made = self._shown(work)
        if isinstance(made, list):
            return [one.blocking(self.presenter) for one in made]
        return made.blocking(self.presenter)

    def ab(
        self,
        *prompts: str,
        names: Sequence[str] | None = None,
        captions: Any = None,
        yes: bool = False,
    ) -> Comparison:
        """Make a variant of this cut for each prompt and compare them.

        A studio copies the cut. Elsewhere each variant is a fresh session with the media
        uploaded again; what that costs is asked about first.

        Args:
            prompts: What to do on each copy of the cut; two or more.
            names: A name for each; the prompts themselves where there are none.
            captions: The words, where the timeline has none: a subtitle file, a frame, a list
                of texts (spread evenly) or of ``(start_ms, end_ms, text)``.
            yes: Agree to what it costs without being asked.

        Raises:
            InputError: There are no words to show, fewer than two prompts, or a cost that was
                not agreed to.
            EditRefused: A prompt changed nothing; or, where the backend is no studio, the cut
                holds edits that cannot be repeated.
        """
        if not yes:
            cost = self.ab_cost(*prompts, names=names, captions=captions)
            answer = True if cost is None else agreed(cost)
            if answer is False:
                raise InputError("No variants were made.", "Nothing was sent.")
            # Nobody could be asked: the session says what to do.
            yes = bool(answer)
        made = self._shown(lambda: self.aio.ab(*prompts, names=names, captions=captions, yes=yes))
        if self.is_studio():
            made.exporter = self.export
        return made

    def ab_cost(
        self, *prompts: str, names: Sequence[str] | None = None, captions: Any = None
    ) -> str | None:
        """Return what `ab` with these arguments costs, as a question; None where it is free.

        Raises:
            NemoError: As `ab`; nothing is sent to find out.
        """
        return run(lambda: self.aio.ab_cost(*prompts, names=names, captions=captions))

    @property
    def variants(self) -> dict[str, Timeline]:
        """What `ab`, or a message like "test two caption styles", made; as last read."""
        return self.aio.variants

    def keep_variants(self, variants: Mapping[str, Timeline]) -> None:
        """Keep *variants* with the project, in the place of those it had (studio)."""
        run(self.aio.keep_variants, variants)

    def is_studio(self) -> bool:
        """Whether the backend can undo, fork, apply and draw single frames."""
        return run(self.aio.is_studio)

    def apply(self, timeline: Timeline, note: str | None = None) -> Timeline:
        """Write an edited timeline back, as one undoable edit.

        Raises:
            NotSupported: The backend is no studio.
        """
        return run(self.aio.apply, timeline, note)

    def undo(self) -> Timeline:
        """Take the last edit back.

        Raises:
            NotSupported: The backend is no studio.
            EditRefused: There is nothing to undo.
        """
        return run(self.aio.undo)

    def redo(self) -> Timeline:
        """Bring back what `undo` took; raises like it."""
        return run(self.aio.redo)

    def panel(self) -> Panel:
        """Return the panel that a notebook shows of this session, to work with it in Python.

        ``panel.selection`` is the rows of ``timeline.segments`` that are selected in it,
        ``panel.select(rows)`` selects some, ``panel.close()`` takes it away.
        """
        from nemo_nb.notebook.widgets.panel import Panel  # noqa: PLC0415 - loads ipywidgets

        return Panel(self)

    def link(self) -> str:
        """Return a link that opens the project in the web app."""
        return run(self.aio.link)

    def stop(self) -> bool:
        """Stop the running turn, whose `chat` returns with ``stopped``; from any thread.

        Returns:
            Whether a turn was running.
        """
        return run(self.aio.stop)

    def fork(self, name: str | None = None) -> Session:
        """Return a session on a copy of timeline, media and undo steps.

        Raises:
            NotSupported: The backend is no studio.
        """
        fork = Session(run(self.aio.fork, name))
        fork.presenter = self.presenter
        return fork

    @property
    def history(self) -> pd.DataFrame:
        """The turns: ``turn, role, action, text, started_at, duration_ms, status``."""
        return self.aio.history

    @property
    def events(self) -> pd.DataFrame:
        """The raw stream of this kernel: ``turn, seq, kind, text, tool, at_ms``."""
        return self.aio.events

    @property
    def name(self) -> str | None:
        """The name that `connect(name=…)` finds it by."""
        return self.aio.name

    @property
    def skill(self) -> Skill:
        """The skill it works in; names the upload limit and example messages."""
        return self.aio.skill

    @property
    def language(self) -> str | None:
        """``en``, ``zh``, …; None until the first message decides."""
        return self.aio.language

    @property
    def running(self) -> bool:
        """Whether a turn is under way."""
        return self.aio.running

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self.aio.closed

    def subscribe(self, watcher: Watcher) -> Callable[[], None]:
        """Have *watcher* called with every notice of this session; return what ends that.

        It is called on the background loop, so it must not block.
        """
        return self.aio.subscribe(watcher)

    def close(self) -> None:
        """Stop what runs and close the connections; what is on the server stays."""
        run(self.aio.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return repr(self.aio).replace("<AsyncSession", "<Session", 1)

    def _shown(self, work: Callable[[], Awaitable[T]]) -> T:
        """Run *work* where the caller sees its progress, unless somebody shows it already."""
        return shown(self.presenter, work)
