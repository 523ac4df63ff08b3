"""Edits that put pictures beside or above each other: comparisons, logos, picture in picture."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from nemo_nb.models import MediaInfo
from nemo_nb.studio.edits import add_media, new_draft, picture_of
from nemo_nb.studio.edits_picture import set_opacity
from nemo_nb.studio.edits_place import MARGIN, place
from nemo_nb.studio.refusals import refuse
from nemo_nb.timeline import layouts
from nemo_nb.timeline.draft import VIDEO
from nemo_nb.timeline.draft_shape import (
    Draft,
    editable,
    find,
    new_track,
    overlays,
    pictures_end,
    seal,
    tracks,
)

LOGO_SCALE: Final = 0.15
MOST_COMPARED: Final = 4
_LEAST: Final = 2


def side_by_side(clips: Sequence[MediaInfo], *, labels: Sequence[str] | None = None) -> Draft:
    """Return a fresh draft of clips beside each other, from left to right.

    The first one gives the shape, the frame rate and the sound.

    Args:
        clips: 2-4 clips or photos.
        labels: What to write over each.

    Raises:
        EditRefused: Fewer or more, or one that is no picture.
    """
    return layouts.side_by_side(_each(clips), labels=labels)


def stacked(clips: Sequence[MediaInfo], *, labels: Sequence[str] | None = None) -> Draft:
    """Return a fresh draft of clips one above the other; see :func:`side_by_side`."""
    return layouts.stacked(_each(clips), labels=labels)


def _each(clips: Sequence[MediaInfo]) -> list[Draft]:
    if not _LEAST <= len(clips) <= MOST_COMPARED:
        raise refuse("compare_count", most=MOST_COMPARED, count=len(clips))
    for info in clips:
        _check_picture(info)
    return [add_media(new_draft(), info) for info in clips]


def show_overlay(
    draft: Mapping[str, Any],
    ids: Collection[str],
    start_ms: int,
    end_ms: int,
    *,
    stills: Collection[str] = (),
) -> Draft:
    """Let what lies over the pictures come and go at these times.

    Args:
        draft: The draft.
        ids: Of what lies there.
        start_ms: When it comes.
        end_ms: When it goes; a clip at its own end at the latest.
        stills: The sources that are photos.

    Raises:
        EditRefused: The times are no part of the video.
    """
    result = editable(draft)
    last = pictures_end(result)
    if not 0 <= start_ms < end_ms <= last:
        raise refuse("sound_range", start_ms=start_ms, end_ms=end_ms, last_ms=last)
    for segment in find(result, ids):
        length = end_ms - start_ms
        still = segment["m"].get("src") in stills or segment["m"].get("loop")
        segment["s"], segment["d"] = start_ms, length if still else min(length, segment["d"])
        segment["m"].pop("fill", None)
    return seal(result)


def add_overlay(
    draft: Mapping[str, Any],
    info: MediaInfo,
    *,
    corner: str = "bottom-right",
    x: float | None = None,
    y: float | None = None,
    scale: float = LOGO_SCALE,
    opacity: float = 1.0,
    start_ms: int = 0,
    end_ms: int | None = None,
    margin: float = MARGIN,
    mute: bool = True,
    loop: bool = False,
) -> Draft:
    """Lay a logo, a watermark or a picture in the picture above everything.

    Args:
        draft: The draft.
        info: A photo or clip of the media pool.
        corner: One of ``edits_place.CORNERS``.
        x: Where its middle lies instead, percent of the canvas.
        y: Likewise.
        scale: Its size; 1 is as large as the canvas.
        opacity: 0-1.
        start_ms: When it comes.
        end_ms: When it goes; None: with the pictures, a clip with its own end.
        margin: What stays free in the corner, percent of the short side.
        mute: Whether a clip is silent.
        loop: Whether a clip begins again until *end_ms*.

    Raises:
        EditRefused: It is no picture, there is nothing to lay it on, or a number is out of
            range.
    """
    _check_picture(info)
    result = editable(draft)
    last = pictures_end(result)
    if not last:
        raise refuse("empty")
    endless = info.kind == "image" or loop or info.format in ("gif", "webp")
    usual = last if endless else min(last, start_ms + info.duration_ms)
    stop = usual if end_ms is None else end_ms
    if not 0 <= start_ms < stop <= last:
        raise refuse("sound_range", start_ms=start_ms, end_ms=stop, last_ms=last)
    if not endless and stop - start_ms > info.duration_ms:
        has, length = info.duration_ms, stop - start_ms
        raise refuse("sound_short", name=info.name, has_ms=has, length_ms=length)
    segment: dict[str, Any] = picture_of(result, info) | {"s": start_ms, "d": stop - start_ms}
    segment["m"] |= _meta(info, mute=mute, loop=loop)
    if end_ms is None and endless:
        segment["m"]["fill"] = True
    track = new_track(result, VIDEO, info.name)
    track["sg"].append(segment)
    # The summary and the panel show pictures together, in the order in which they are laid.
    above = max(
        i for i, one in enumerate(tracks(result)) if one.get("tt") == VIDEO and one != track
    )
    result["t"].remove(track)
    result["t"].insert(above + 1, track)
    seal(result)
    ids: set[str] = {segment["id"]}
    result = set_opacity(result, opacity, ids=ids)
    if x is not None or y is not None:
        return place(result, media=[info], ids=ids, x=x, y=y, scale=scale)
    return place(result, media=[info], ids=ids, scale=scale, corner=corner, margin=margin)


def _meta(info: MediaInfo, *, mute: bool, loop: bool) -> dict[str, Any]:
    if info.kind == "image":
        return {"fit": "contain", "motion": "none"}
    meta: dict[str, Any] = {"fit": "contain"}
    if mute:
        meta["mute"] = True
    if loop:
        meta |= {"loop": True, "length": info.duration_ms}
    return meta


def remove_overlays(draft: Mapping[str, Any], ids: Collection[str] | None = None) -> Draft:
    """Take overlays away, or those of *ids*.

    Raises:
        EditRefused: There is none.
    """
    result = editable(draft)
    found = [one["id"] for one in overlays(result) if ids is None or one["id"] in ids]
    if not found:
        raise refuse("no_overlay")
    for track in tracks(result):
        track["sg"] = [segment for segment in track["sg"] if segment["id"] not in found]
    return seal(result)


def _check_picture(info: MediaInfo) -> None:
    if info.kind not in ("image", "video"):
        raise refuse("no_such_media", name=info.name)
