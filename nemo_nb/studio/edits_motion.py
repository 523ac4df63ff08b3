"""Edits of how pictures move (Ken Burns): pure, like all of ``edits``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from nemo_nb.studio.refusals import refuse
from nemo_nb.studio.render.geometry import View
from nemo_nb.studio.render.motion import NAMED, ZOOM
from nemo_nb.studio.selection import chosen
from nemo_nb.timeline.draft_shape import Draft, editable, seal

MOTIONS: Final = tuple(NAMED)
"""The moves by name; a pan says where the gaze goes."""

ZOOMS: Final = (1.02, 3.0)
"""How close a move may come: less is not seen, more shows the pixels."""

_IN_TURN: Final = ("zoom-in", "pan-right", "zoom-out", "pan-left")

Point = tuple[float, float]


def set_motion(
    draft: Mapping[str, Any],
    kind: str,
    *,
    stills: Collection[str],
    ids: Collection[str] | None = None,
    zoom: float | None = None,
    focus: Point | None = None,
) -> Draft:
    """Let pictures move slowly.

    Args:
        draft: The draft.
        kind: One of :data:`MOTIONS`.
        stills: File names of photos.
        ids: The pictures; None for all photos, or all clips where there is no photo.
        zoom: How close the move comes, 1.02-3.
        focus: What it is about, in percent of the picture from its top left corner.

    Raises:
        EditRefused: There is no such move, or a number is out of range.
    """
    if kind not in NAMED:
        raise refuse("choice", given=kind, known=", ".join(MOTIONS))
    if zoom is not None and not ZOOMS[0] <= zoom <= ZOOMS[1]:
        raise refuse("zoom", zoom=f"{zoom:g}", low=ZOOMS[0], high=ZOOMS[1])
    if focus is not None and not all(0 <= value <= 100 for value in focus):  # noqa: PLR2004  percent
        raise refuse("place", x=f"{focus[0]:g}", y=f"{focus[1]:g}")
    result = editable(draft)
    found = chosen(result, ids, cards=False)
    if ids is None:
        found = [picture for picture in found if picture["m"].get("src") in stills] or found
    for picture in found:
        _move(picture["m"], kind, zoom, focus, still=picture["m"].get("src") in stills)
    return seal(result)


def alternate_motion(
    draft: Mapping[str, Any],
    *,
    stills: Collection[str],
    ids: Collection[str] | None = None,
    focus: Mapping[str, Point] | None = None,
) -> Draft:
    """Give each photo another move than the one before it.

    Args:
        draft: The draft.
        stills: File names of photos.
        ids: The photos; None for all but a title card.
        focus: What the photos are about, by file name, in percent: faces, a subject.

    Raises:
        EditRefused: There is no photo.
    """
    result = editable(draft)
    meant = chosen(result, ids, cards=False)
    found = [photo for photo in meant if photo["m"].get("src") in stills]
    if not found:
        raise refuse("no_photo")
    for index, photo in enumerate(found):
        about = (focus or {}).get(photo["m"]["src"])
        _move(photo["m"], _IN_TURN[index % len(_IN_TURN)], None, about, still=True)
    return seal(result)


def _move(
    meta: dict[str, Any], kind: str, zoom: float | None, focus: Point | None, *, still: bool
) -> None:
    move = NAMED[kind]
    if still and (move is None or (zoom is None and focus is None)):
        meta["motion"] = kind
    elif move is None:
        meta.pop("motion", None)
    else:
        # A clip moves only where both views are written out: docs/draft.md.
        close = ZOOM if zoom is None else zoom
        ends = (move.begin, move.end)
        pans = move.begin.zoom == move.end.zoom
        first, last = (_view(view, close, focus, ends, pans=pans) for view in ends)
        meta["motion"] = {"from": first, "to": last}


def _view(
    view: View, close: float, focus: Point | None, ends: tuple[View, View], *, pans: bool
) -> dict[str, float]:
    x, y = view.x * 100, view.y * 100
    if focus is not None:
        # A pan keeps to its own way, at the height of what it is about.
        x = x if pans and ends[0].x != ends[1].x else focus[0]
        y = y if pans and ends[0].y != ends[1].y else focus[1]
    return {"x": round(x, 2), "y": round(y, 2), "zoom": close if view.zoom > 1 else 1.0}
