"""What a timeline looks and sounds like: asked for in a thread, sizes kept in bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import anyio.to_thread

from nemo_nb.errors import InputError, NotSupported

if TYPE_CHECKING:
    from nemo_nb.notebook.widgets.protocol import Message
    from nemo_nb.timeline.timeline import PreviewSource, Timeline

_FRAME_WIDTHS: Final = (64, 1920)
_THUMBNAIL_WIDTHS: Final = (16, 640)
_MOST_THUMBNAILS: Final = 500
_MOST_BUCKETS: Final = 10_000


async def frame(timeline: Timeline | None, at_ms: int, width: int, *, exact: bool = True) -> bytes:
    """Return a JPEG of *timeline*; not *exact* is there at once.

    Args:
        timeline: What is looked at.
        at_ms: Where, in ms; the nearest moment that it has.
        width: In pixels; the nearest that makes sense.
        exact: False shows clips at their last key frame.

    Raises:
        InputError: There is nothing on it.
        NotSupported: Nobody draws it.
        NemoError: As `Timeline.frame`.
    """
    shown, previews = _drawn(timeline)
    at_ms = max(0, min(at_ms, shown.duration_ms - 1))
    width = _within(_FRAME_WIDTHS, width)
    if exact:
        return await anyio.to_thread.run_sync(shown.frame_jpeg, at_ms, width)
    return await anyio.to_thread.run_sync(lambda: previews.glimpse(shown.draft, at_ms, width))


async def thumbnails(timeline: Timeline | None, count: int, width: int) -> tuple[bytes, Message]:
    """Return *count* thumbnails on one JPEG and where on it they are; raises as :func:`frame`."""
    shown, previews = _drawn(timeline)
    count, width = _within((1, _MOST_THUMBNAILS), count), _within(_THUMBNAIL_WIDTHS, width)
    return await anyio.to_thread.run_sync(lambda: previews.thumbnails(shown.draft, count, width))


async def waveform(timeline: Timeline | None, buckets: int) -> Message:
    """Return how loud *timeline* is in so many equal parts; raises as :func:`frame`."""
    shown, previews = _drawn(timeline)
    buckets = _within((1, _MOST_BUCKETS), buckets)
    return await anyio.to_thread.run_sync(lambda: previews.waveform(shown.draft, buckets))


def _drawn(timeline: Timeline | None) -> tuple[Timeline, PreviewSource]:
    if timeline is None or not timeline.ready:
        raise InputError("There is no picture yet.")
    if timeline.previews is None:
        raise NotSupported(
            "There is no picture of this timeline.", "Only a studio draws single frames."
        )
    return timeline, timeline.previews


def _within(limits: tuple[int, int], value: int) -> int:
    low, high = limits
    return max(low, min(value, high))
