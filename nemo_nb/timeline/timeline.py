"""`Timeline`: a draft as data. Immutable; frames are made when they are first asked for."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

from nemo_nb.errors import InputError, NotSupported
from nemo_nb.models import Canvas
from nemo_nb.timeline import draft as reading
from nemo_nb.timeline import frames as building
from nemo_nb.timeline.columns import copied
from nemo_nb.timeline.diff import diff_frame
from nemo_nb.timeline.html import timeline_html
from nemo_nb.timeline.interchange import LEFT_OUT, draft_from_captions, subtitles
from nemo_nb.timeline.prompt import read_prompt, shots_frame
from nemo_nb.timeline.subtitles import write_subtitles
from nemo_nb.timeline.summary import summary

if TYPE_CHECKING:
    import os

    import pandas as pd
    from PIL import Image

    from nemo_nb.notebook.widgets.timeline import TimelineWidget


class FrameSource(Protocol):
    """Draws a frame of a draft; blocks."""

    def __call__(
        self, draft: Mapping[str, Any], at_ms: int, width: int | None, *, lossless: bool = False
    ) -> bytes:
        """Return the picture at *at_ms*, *width* pixels wide, as JPEG, or *lossless* as PNG."""
        ...


@runtime_checkable
class PreviewSource(FrameSource, Protocol):
    """Also gives what a timeline is looked through with; blocks."""

    def glimpse(self, draft: Mapping[str, Any], at_ms: int, width: int) -> bytes:
        """Return about the picture at *at_ms*, as JPEG and at once."""
        ...

    def thumbnails(
        self, draft: Mapping[str, Any], count: int, width: int
    ) -> tuple[bytes, dict[str, Any]]:
        """Return *count* thumbnails, evenly spread, as one JPEG; see `StudioApi.thumbnails`."""
        ...

    def waveform(self, draft: Mapping[str, Any], buckets: int) -> dict[str, Any]:
        """Return ``peaks`` (0-1) of *buckets* equal parts of the sound, and ``duration_ms``."""
        ...


class Timeline:
    """A draft read as data.

    It holds a copy of what it was given and never changes. ``draft`` and the frames are
    handed out as copies, so that editing one of them is safe:
    ``Timeline.from_draft(edited)`` or ``timeline.with_draft(edited)`` makes the next one.
    """

    def __init__(
        self,
        draft: Mapping[str, Any],
        *,
        media: Any = None,
        canvas: Any = None,
        frames: FrameSource | None = None,
    ) -> None:
        self._draft: dict[str, Any] = copied(draft)
        self._infos = copied(media)
        self._canvas_config = copied(canvas)
        self._frame_source = frames

    @classmethod
    def from_state(cls, state: Mapping[str, Any], *, frames: FrameSource | None = None) -> Timeline:
        """Return the timeline of ``data.state`` (docs/draft.md). Never raises on its content.

        Args:
            state: Holds ``draft``, ``video_infos``, ``canvas_config``, any of them missing.
            frames: Where :meth:`frame` gets pictures from, if the backend has them.
        """
        draft = state.get("draft")
        return cls(
            cast("Mapping[str, Any]", draft) if isinstance(draft, Mapping) else {},
            media=state.get("video_infos"),
            canvas=state.get("canvas_config"),
            frames=frames,
        )

    @classmethod
    def from_draft(cls, obj: Mapping[str, Any]) -> Timeline:
        """Return the timeline of a parsed draft.

        Raises:
            InputError: *obj* is no JSON object.
        """
        if not isinstance(obj, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InputError(
                f"A draft is a JSON object, not {type(obj).__name__}.",
                fix="Parse it first: Timeline.from_draft(json.loads(text)).",
            )
        return cls(obj)

    @classmethod
    def from_captions(cls, path_or_df: str | os.PathLike[str] | pd.DataFrame) -> Timeline:
        """Return a timeline of one text track: a subtitle file, or a frame of cues.

        Args:
            path_or_df: A file that pysubs2 reads (SRT, VTT, ASS, …; styles come along from
                ASS, places from WebVTT; what a style cannot hold is warned of and listed in
                ``draft["m"]["left_out"]``), or a frame with ``text``, ``start_ms`` and
                ``end_ms`` or ``duration_ms``, and optionally ``role`` and ``style``.

        Raises:
            SourceNotFound: There is no such file.
            UnsupportedFile: It is no subtitle file.
            InputError: The frame lacks a column, or a row of it makes no sense.
        """
        draft = draft_from_captions(path_or_df)
        _warn_of(draft.get("m", {}).get(LEFT_OUT, []), "a draft")
        return cls(draft)

    def with_draft(self, draft: Mapping[str, Any]) -> Timeline:
        """Return a timeline of another draft on the same media, canvas and frame source."""
        return Timeline(
            draft, media=self._infos, canvas=self._canvas_config, frames=self._frame_source
        )

    @property
    def draft(self) -> dict[str, Any]:
        """The parsed JSON, untouched; a copy at each access."""
        return copied(self._draft)

    @cached_property
    def _duration_ms(self) -> int:
        return reading.duration_ms(self._draft)

    @property
    def duration_ms(self) -> int:
        """Where the last segment ends, in ms."""
        return self._duration_ms

    @property
    def ready(self) -> bool:
        """Whether there is something to render: a track with a segment."""
        return reading.is_ready(self._draft)

    @property
    def canvas(self) -> Canvas:
        """Picture size and frame rate."""
        return reading.read_canvas(self._draft, self._canvas_config)

    @property
    def tracks(self) -> pd.DataFrame:
        """A row a track; columns in :func:`nemo_nb.timeline.frames.tracks_frame`."""
        return self._tracks.copy(deep=False)

    @property
    def segments(self) -> pd.DataFrame:
        """A row a segment; columns in :func:`nemo_nb.timeline.frames.segments_frame`."""
        return self._segments.copy(deep=False)

    @property
    def captions(self) -> pd.DataFrame:
        """A row a cue, by start; columns in :func:`nemo_nb.timeline.frames.captions_frame`."""
        return self._captions.copy(deep=False)

    @property
    def media(self) -> pd.DataFrame:
        """A row a media file; columns in :func:`nemo_nb.timeline.frames.media_frame`."""
        return self._media.copy(deep=False)

    @property
    def prompt(self) -> dict[str, Any]:
        """The video prompt that the studio wrote, ``["text"]`` ready to copy; empty without one."""
        return read_prompt(self._draft)

    @property
    def shots(self) -> pd.DataFrame:
        """Its shot list; columns in :func:`nemo_nb.timeline.prompt.shots_frame`."""
        return shots_frame(self._draft)

    # pandas copies on write: a shallow copy of a cached frame cannot reach it.
    @cached_property
    def _segments(self) -> pd.DataFrame:
        return building.segments_frame(self._draft)

    @cached_property
    def _tracks(self) -> pd.DataFrame:
        return building.tracks_frame(self._draft, self._segments)

    @cached_property
    def _captions(self) -> pd.DataFrame:
        return building.captions_frame(self._segments)

    @cached_property
    def _media(self) -> pd.DataFrame:
        return building.media_frame(self._infos, self._segments)

    def summary(self) -> str:
        """Return the timeline in one line, in the form of PROTOCOL.md."""
        return summary(self._draft)

    def diff(self, other: Timeline) -> pd.DataFrame:
        """Return what *other* has changed against this one, a row a change.

        Columns: ``change`` (added, removed, moved, edited), ``track``, ``segment``,
        ``field``, ``before`` (here), ``after`` (there). See
        :func:`nemo_nb.timeline.diff.diff_frame`.
        """
        return diff_frame(self._draft, other._draft, self.canvas, other.canvas)

    def to_srt(self, path: str | os.PathLike[str] | None = None) -> str:
        """Return the cues as SubRip; also written to *path* where one is given.

        SRT holds times and words: styles, roles and positions stay behind.
        """
        return self._subtitles("srt", path)

    def to_vtt(self, path: str | os.PathLike[str] | None = None) -> str:
        """Return the cues as WebVTT, with their places; other looks stay behind, as in SRT."""
        return self._subtitles("vtt", path)

    def to_ass(self, path: str | os.PathLike[str] | None = None) -> str:
        """Return the cues as ASS with their styles; also written to *path* where given.

        Movements, rounded boxes and inner padding have no place in ASS and stay behind.
        """
        return self._subtitles("ass", path)

    def to_otio(self, path: str | os.PathLike[str] | None = None) -> Any:
        """Return it as an ``opentimelineio.schema.Timeline``; also written to *path*.

        What other programs will not show is listed in
        ``result.metadata["nemo_nb"]["left_out"]`` and warned of.

        Raises:
            ConfigError: The extra ``otio`` is not installed.
        """
        from nemo_nb.timeline import otio  # noqa: PLC0415 - an extra

        result = otio.to_otio(self._draft, self.canvas)
        _warn_of(list(result.metadata[otio.METADATA][LEFT_OUT]), "OTIO")
        if path is not None:
            result.to_json_file(str(Path(path).expanduser()))
        return result

    @classmethod
    def from_otio(cls, source: Any) -> Timeline:
        """Return an OTIO timeline, or the file of one, as a `Timeline`.

        What a draft cannot hold is warned of and listed in ``draft["m"]["left_out"]``.

        Raises:
            ConfigError: The extra ``otio`` is not installed.
            SourceNotFound: There is no such file.
            BrokenMedia: It cannot be read.
            InputError: It is no timeline.
        """
        from nemo_nb.timeline import otio  # noqa: PLC0415 - an extra

        draft, left_out = otio.from_otio(source)
        if left_out:
            draft.setdefault("m", {})[LEFT_OUT] = left_out
        _warn_of(left_out, "a draft")
        return cls(draft)

    def _subtitles(self, kind: str, path: str | os.PathLike[str] | None) -> str:
        text = subtitles(self._captions, kind, self.canvas)
        if path is not None:
            write_subtitles(Path(path), text)
        return text

    def frame(self, at_ms: int, width: int | None = None) -> Image.Image:
        """Return the picture at *at_ms*, as it would be exported.

        Args:
            at_ms: 0 up to, but not including, :attr:`duration_ms`.
            width: In pixels, the height follows; None is the canvas's own.

        Raises:
            InputError: *at_ms* lies outside the timeline.
            NotSupported: The timeline did not come from a backend that draws frames.
        """
        from PIL import Image  # noqa: PLC0415 - only who looks at frames pays for it

        with Image.open(io.BytesIO(self.frame_jpeg(at_ms, width))) as image:
            image.load()
            return image

    @property
    def has_frames(self) -> bool:
        """Whether :meth:`frame` can draw."""
        return self._frame_source is not None

    def require_frames(self) -> FrameSource:
        """Return what draws the frames.

        Raises:
            NotSupported: Nothing does.
        """
        if self._frame_source is None:
            raise NotSupported(
                "There is no picture of this timeline.",
                "Only the embedded studio draws single frames.",
                "Read the timeline from a session of nemo_nb.connect().",
            )
        return self._frame_source

    @property
    def previews(self) -> PreviewSource | None:
        """What gives thumbnails and loudness, where the backend has them."""
        source = self._frame_source
        return source if isinstance(source, PreviewSource) else None

    def widget(self) -> TimelineWidget:
        """Return the widget that a notebook shows of this timeline, to work with it in Python.

        ``widget.selection`` is the rows of :attr:`segments` that are selected in it,
        ``widget.select(rows)`` selects some, ``widget.close()`` takes it away.
        """
        from nemo_nb.notebook.widgets.timeline import TimelineWidget  # noqa: PLC0415 - ipywidgets

        return TimelineWidget(self)

    def frame_jpeg(self, at_ms: int, width: int | None = None) -> bytes:
        """Return the picture at *at_ms* as JPEG bytes; as :meth:`frame`."""
        return self._picture(at_ms, width)

    def frame_png(self, at_ms: int, width: int | None = None) -> bytes:
        """Return the picture at *at_ms* as PNG bytes, to measure it; as :meth:`frame`."""
        return self._picture(at_ms, width, lossless=True)

    def _picture(self, at_ms: int, width: int | None, *, lossless: bool = False) -> bytes:
        draw = self.require_frames()
        if not 0 <= at_ms < self.duration_ms:
            raise InputError(
                f"There is no frame at {at_ms} ms.",
                f"The timeline runs from 0 to {self.duration_ms} ms.",
            )
        return draw(self.draft, int(at_ms), width, lossless=lossless)

    def lint(self, profile: str | os.PathLike[str] | Mapping[str, Any] = "netflix") -> pd.DataFrame:
        """Return a row a violation of *profile*; see :func:`nemo_nb.captions.lint.lint`."""
        from nemo_nb.captions.lint import lint  # noqa: PLC0415 - captions stand above timeline

        return lint({"timeline": self}, profile)

    def fix(
        self, profile: str | os.PathLike[str] | Mapping[str, Any] = "netflix"
    ) -> tuple[Timeline, pd.DataFrame]:
        """Return a timeline with what *profile* lets mend, and a frame of what was done.

        ``session.apply(fixed)`` takes it over. See :func:`nemo_nb.captions.fix.fix`.
        """
        from nemo_nb.captions.fix import fix  # noqa: PLC0415 - captions stand above timeline
        from nemo_nb.captions.profiles import load_profile  # noqa: PLC0415 - likewise

        draft, done = fix(self._draft, load_profile(profile), self.canvas)
        return self.with_draft(draft), done

    def __getstate__(self) -> dict[str, Any]:
        # A frame source holds a live connection, which does not travel.
        return {**self.__dict__, "_frame_source": None}

    def __repr__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        return timeline_html(self._draft, self._captions)


def _warn_of(left_out: list[str], where: str) -> None:
    if left_out:
        warnings.warn(f"Not carried over to {where}: {'; '.join(left_out)}", stacklevel=3)
