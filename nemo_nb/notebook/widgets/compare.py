"""The comparison player: the variants of one cut in step, and blind votes on them.

Films and votes travel as messages; the traits hold only what may be saved with a notebook.
"""

# anywidget and traitlets have no complete types
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
from __future__ import annotations

import base64
import io
from collections.abc import Callable, Mapping
from dataclasses import asdict
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

import anyio.to_thread
import traitlets

from nemo_nb import loop
from nemo_nb.captions.align import Cue, alike
from nemo_nb.captions.metrics import style_words
from nemo_nb.errors import ConfigError, InputError
from nemo_nb.notebook.widgets import protocol
from nemo_nb.notebook.widgets.base import Buffers, Handler, MessageWidget, Result, bundle
from nemo_nb.notebook.widgets.cells import CellWidgets
from nemo_nb.notebook.widgets.films import Films, given_films
from nemo_nb.notebook.widgets.protocol import Message, Request, notice
from nemo_nb.notebook.widgets.saved import SavedOutput

if TYPE_CHECKING:
    from nemo_nb.comparison import Comparison

WHOLE: Final = "whole"
"""The cue of a vote on variants whose captions are all alike."""

_POSTER_WIDTH: Final = 320

_shown = CellWidgets()


class Player(MessageWidget):
    """A player of *comparison*, made by `Comparison.player`, whose arguments it takes.

    Running a cell again closes the players that it had shown before.

    Raises:
        ConfigError: The front end has not been built.
        InputError: A film is of no variant, or cannot be played.
    """

    _esm: ClassVar[Any] = bundle("compare.js")
    _css: ClassVar[Any] = bundle("compare.css")

    protocol_version = traitlets.Int(protocol.PROTOCOL).tag(sync=True)
    language = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        comparison: Comparison,
        *,
        voter: str = "me",
        blind: bool = False,
        films: Mapping[str, Any] | None = None,
        session: Any = None,
    ) -> None:
        names = comparison.names
        given = given_films(names, films)
        own: Any = None if session is None else _filmer_of(session)
        filming: list[Any] = [own or comparison.filmers.get(name) for name in names]
        known = next((one.language for one in filming if one is not None), "")
        super().__init__(language=known)
        self._comparison: Comparison | None = comparison
        self._voter = str(voter)
        self._blind = bool(blind)
        self._ballots: list[Message] = []
        self._films = Films(list(comparison.variants.values()), filming, given, self._hear)
        self._saved = SavedOutput()
        self._forget: Callable[[], None] = comparison.on_vote(self._tell_votes)
        self.route_by_front_end()
        _shown.add(self)

    def close(self) -> None:
        """Take the player away and what it rendered; safe to call twice."""
        if self.comm is not None and hasattr(self, "_forget"):
            _shown.discard(self)
            self._forget()
            # What it was made of may be large, and the user may keep the closed player.
            self._comparison, self._forget = None, _nothing
            loop.spawn(self._end)
        super().close()

    async def _end(self) -> None:
        await self.cancel_requests()
        await self._films.close()

    def handlers(self) -> Mapping[str, Handler]:
        """Return what answers each kind of request."""
        return {
            "hello_player": self._on_hello,
            "video": self._on_video,
            "film": self._on_film,
            "vote": self._on_vote,
        }

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the widget, and beside it what a reader without a kernel sees."""
        shown: Any = super()._repr_mimebundle_()
        return self._saved.beside(shown, self._static_html(), self._static_text())

    def _static_html(self) -> str:
        comparison = self._comparison
        if comparison is None:
            return ""
        pictures = "" if self._has_frames(comparison) else self._posters(comparison)
        told = cast("Any", comparison)._repr_html_()
        return f"{pictures}{told}<p><small>Run the cell to play it.</small></p>"

    def _static_text(self) -> str:
        return "" if self._comparison is None else repr(self._comparison)

    @staticmethod
    def _has_frames(comparison: Comparison) -> bool:
        return all(one.has_frames for one in comparison.variants.values())

    def _posters(self, comparison: Comparison) -> str:
        figures: list[str] = []
        for number, name in enumerate(comparison.names, start=1):
            picture = self._films.poster(number)
            if picture is None:
                continue
            picture.thumbnail((_POSTER_WIDTH, picture.height))
            target = io.BytesIO()
            picture.save(target, "JPEG")
            data = base64.b64encode(target.getvalue()).decode("ascii")
            figures.append(
                f'<figure style="margin:0"><img src="data:image/jpeg;base64,{data}" '
                f'alt="{escape(f"First picture of {name}")}" style="max-width:100%">'
                f"<figcaption>{escape(name)}</figcaption></figure>"
            )
        row = '<div style="display:flex;flex-wrap:wrap;gap:12px">'
        return f"{row}{''.join(figures)}</div>" if figures else ""

    def _hear(self, message: Message) -> None:
        self.tell(message)
        comparison = self._comparison
        is_news = message["film"]["status"] == "ready" and self._saved.shown
        if is_news and comparison is not None and not self._has_frames(comparison):
            self.start(self._save())

    async def _save(self) -> None:
        # Posters are decoded for it.
        html = await anyio.to_thread.run_sync(self._static_html)
        if html:
            await anyio.to_thread.run_sync(self._saved.update, html, self._static_text())

    def _tell_votes(self) -> None:
        comparison = self._comparison
        if comparison is not None:
            self.tell(notice("votes", count=len(comparison.votes), ballots=self._ballots))

    def _compared(self) -> Comparison:
        if self._comparison is None:
            raise ConfigError("This player is closed.", fix="Run the cell again.")
        return self._comparison

    async def _on_hello(self, request: Request, _buffers: Buffers) -> Result:
        if request.fields["protocol"] != protocol.PROTOCOL:
            raise InputError(
                "This page shows the player of another version of nemo_nb.",
                fix="Reload the page and run the cell again.",
            )
        comparison = self._compared()
        # Aligning thousands of cues takes a moment, and the loop is everybody's.
        snapshot = await anyio.to_thread.run_sync(_snapshot, comparison)
        for variant, film in zip(snapshot["variants"], self._films.films, strict=True):
            variant["film"] = asdict(film)
        self._films.begin()
        return {
            **snapshot,
            "blind": self._blind,
            "votes": len(comparison.votes),
            "ballots": self._ballots,
            "voter": self._voter,
        }, ()

    async def _on_video(self, request: Request, _buffers: Buffers) -> Result:
        total, part = await self._films.part(request.fields["video"], request.fields["offset"])
        return {"total_bytes": total}, (part,)

    async def _on_film(self, request: Request, _buffers: Buffers) -> Result:
        self._compared()
        self._films.again(request.fields["film"])
        return {}, ()

    async def _on_vote(self, request: Request, _buffers: Buffers) -> Result:
        comparison = self._compared()
        cue, left, right, winner = (
            request.fields[name] for name in ("cue", "left", "right", "winner")
        )
        count = len(comparison.groups)
        if cue != WHOLE and not (cue.isdecimal() and 1 <= int(cue) <= count):
            raise InputError(
                f"There is no cue {cue!r} to vote on.", f"They are numbered from 1 to {count}."
            )
        ballot = {"cue": cue, "left": left, "right": right, "winner": winner}
        self._ballots.append(ballot)
        try:
            comparison.vote(cue, left, right, winner, voter=self._voter)
        except InputError:
            self._ballots.remove(ballot)
            raise
        return {"votes": len(comparison.votes)}, ()


def _snapshot(comparison: Comparison) -> Message:
    """Return what a view starts from; the films are added to it."""
    timelines = comparison.variants
    first, *_ = timelines.values()
    groups = comparison.groups
    cues = [
        sorted((cue for group in groups for cue in group[at]), key=_order)
        for at in range(len(timelines))
    ]
    place = {id(cue): index for own in cues for index, cue in enumerate(own)}
    return {
        "width": first.canvas.width,
        "height": first.canvas.height,
        "fps": first.canvas.fps,
        "variants": [
            {"name": name, "duration_ms": one.duration_ms, "cues": [*map(_cue, own)]}
            for (name, one), own in zip(timelines.items(), cues, strict=True)
        ],
        "groups": [
            {
                "start_ms": min(cue.start_ms for own in group for cue in own),
                "end_ms": max(cue.end_ms for own in group for cue in own),
                "cues": [[place[id(cue)] for cue in own] for own in group],
                "alike": alike(group),
            }
            for group in groups
        ],
    }


def _order(cue: Cue) -> tuple[int, int]:
    return cue.start_ms, cue.number


def _cue(cue: Cue) -> Message:
    return {
        "start_ms": cue.start_ms,
        "end_ms": cue.end_ms,
        "text": cue.text,
        "style": style_words(cue.style, cue.role),
        "role": cue.role,
    }


def _nothing() -> None:
    pass


def _filmer_of(session: Any) -> Any:
    filmer = getattr(getattr(session, "aio", session), "filmer", None)
    if filmer is None:
        raise InputError(
            f"A {type(session).__name__} renders nothing.", fix="Pass what nemo_nb.connect() gave."
        )
    return filmer
