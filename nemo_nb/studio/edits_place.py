"""Edits of which part of a picture shows, and where on the canvas: pure, like all of ``edits``."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, cast

from nemo_nb.models import Canvas, MediaInfo
from nemo_nb.studio.refusals import refuse
from nemo_nb.studio.render import geometry
from nemo_nb.studio.selection import chosen
from nemo_nb.timeline.draft import number, read_canvas
from nemo_nb.timeline.draft_shape import Draft, editable, seal, tracks

CORNERS: Final = tuple(
    f"{row}-{column}" if (row, column) != ("middle", "center") else "middle"
    for row in ("top", "middle", "bottom")
    for column in ("left", "center", "right")
)
"""Nine places, from ``top-left`` to ``bottom-right``; ``top`` and the like are understood too."""

SCALES: Final = (0.05, 5.0)
MARGIN: Final = 4.0
"""What stays free beside a picture in a corner, percent of the canvas's short side."""

_WHOLE: Final = {"x": 0.0, "y": 0.0, "width": 100.0, "height": 100.0}
_EDGES: Final = ("left", "top", "right", "bottom")
_NEAR: Final = 5.0  # so far from the middle a picture counts as lying to one side, percent
_RATIO: Final = re.compile(r"(\d+(?:\.\d+)?)\s*[:：x/]\s*(\d+(?:\.\d+)?)")  # noqa: RUF001  Chinese colon
_STEEPEST: Final = 20.0

Point = tuple[float, float]


def crop(
    draft: Mapping[str, Any],
    box: Mapping[str, float] | None,
    *,
    ids: Collection[str] | None = None,
) -> Draft:
    """Show a part of pictures: *box* in percent of the upright source, None for all of it.

    Raises:
        EditRefused: The box reaches beyond the picture or is nearly empty, or there is nothing
            to take back.
    """
    result = editable(draft)
    found = chosen(result, ids)
    if box is None:
        if not any("crop" in picture["m"] for picture in found):
            raise refuse("not_cropped")
        for picture in found:
            picture["m"].pop("crop", None)
        return seal(result)
    for picture in found:
        _set_crop(picture["m"], box)
    return seal(result)


def crop_edges(
    draft: Mapping[str, Any],
    *,
    left: float = 0,
    top: float = 0,
    right: float = 0,
    bottom: float = 0,
    ids: Collection[str] | None = None,
) -> Draft:
    """Take percent of what shows now off the edges, as they are seen.

    Raises:
        EditRefused: Nearly nothing would be left, or a number is negative.
    """
    if min(left, top, right, bottom) < 0:
        raise refuse("crop", least=f"{geometry.LEAST_CROP:g}")
    result = editable(draft)
    for picture in chosen(result, ids):
        meta = picture["m"]
        off = _of_source(geometry.read_framing(meta), (left, top, right, bottom))
        now = _box(meta)
        _set_crop(
            meta,
            {
                "x": now["x"] + now["width"] * off["left"] / 100,
                "y": now["y"] + now["height"] * off["top"] / 100,
                "width": now["width"] * (100 - off["left"] - off["right"]) / 100,
                "height": now["height"] * (100 - off["top"] - off["bottom"]) / 100,
            },
        )
    return seal(result)


def crop_to_ratio(
    draft: Mapping[str, Any],
    ratio: str,
    *,
    media: Sequence[MediaInfo],
    ids: Collection[str] | None = None,
    focus: Point | None = None,
) -> Draft:
    """Show the largest part of pictures that has the shape *ratio*, such as ``4:5``.

    Args:
        draft: The draft.
        ratio: Width and height as they are seen.
        media: The media pool.
        ids: The pictures.
        focus: Where the part's middle should lie, percent of the upright source.

    Raises:
        EditRefused: *ratio* is none, or a picture is not in the pool.
    """
    match = _RATIO.fullmatch(ratio.strip())
    shape = float(match[1]) / float(match[2]) if match and float(match[2]) else 0.0
    if not 1 / _STEEPEST <= shape <= _STEEPEST:
        raise refuse("shape", ratio=ratio)
    result = editable(draft)
    for picture in chosen(result, ids):
        meta = picture["m"]
        info = _info(meta, media)
        turned = geometry.read_framing(meta).quarters % 2 == 1
        wanted = (1 / shape if turned else shape) * info.height / info.width
        width, height = min(100.0, 100 * wanted), min(100.0, 100 / wanted)
        x, y = focus or (50.0, 50.0)
        box = {
            "x": min(max(x - width / 2, 0.0), 100 - width),
            "y": min(max(y - height / 2, 0.0), 100 - height),
        }
        _set_crop(meta, box | {"width": width, "height": height})
    return seal(result)


def place(
    draft: Mapping[str, Any],
    *,
    media: Sequence[MediaInfo],
    ids: Collection[str] | None = None,
    x: float | None = None,
    y: float | None = None,
    scale: float | None = None,
    grow: float = 1.0,
    corner: str | None = None,
    margin: float = MARGIN,
) -> Draft:
    """Lay pictures elsewhere on the canvas, or larger or smaller.

    One that lies to a side grows and shrinks there, so that its distance from the edge stays.

    Args:
        draft: The draft.
        media: The media pool.
        ids: The pictures.
        x: Where the picture's middle shall lie, percent of the canvas.
        y: Likewise.
        scale: Its size; 1 is what ``m.fit`` gives.
        grow: Factor for the size it has.
        corner: One of :data:`CORNERS`.
        margin: What stays free beside it there, percent of the short side.

    Raises:
        EditRefused: A number is out of range, there is no such corner, or a picture is not in
            the pool.
    """
    for value in (x, y):
        if value is not None and not 0 <= value <= 100:  # noqa: PLR2004  percent
            raise refuse("place", x=_shown(x), y=_shown(y))
    sides = None if corner is None else _sides(corner)
    result = editable(draft)
    found = chosen(result, ids)
    for track in tracks(result):
        canvas = _canvas(result, track)
        for picture in track["sg"]:
            if any(picture is one for one in found):
                meta = picture["m"]
                size = (scale or number(meta.get("scale")) or 1.0) * grow
                if not SCALES[0] <= size <= SCALES[1]:
                    low, high = (f"{100 * limit:g}" for limit in SCALES)
                    raise refuse("scale", percent=f"{100 * size:g}", low=low, high=high)
                _lay(meta, _info(meta, media), canvas, size, (x, y), sides, margin)
    return seal(result)


def _lay(
    meta: dict[str, Any],
    info: MediaInfo,
    canvas: Canvas,
    size: float,
    asked: tuple[float | None, float | None],
    sides: tuple[int, int] | None,
    margin: float,
) -> None:
    before = _box_size(meta, info, canvas)
    old = geometry.read_framing(meta)
    meta["scale"] = round(size, 4)
    after = _box_size(meta, info, canvas)
    lengths = (canvas.width, canvas.height)
    middle: list[float] = []
    for axis, now in enumerate((old.x, old.y)):
        wish, half = asked[axis], after[axis] / 2
        if wish is not None:
            middle.append(wish)
        elif sides is not None:
            free = margin * canvas.short_side / lengths[axis]
            room = max(0.0, 100 - after[axis])
            reach = max(0.0, room / 2 - min(free, room / 2))
            middle.append(50 + sides[axis] * reach)
        elif abs(now - 50) > _NEAR:
            side = 1 if now > 50 else -1  # noqa: PLR2004  the middle
            middle.append(now + side * (before[axis] / 2 - half))
        else:
            middle.append(now)
    meta["position"] = {"x": round(middle[0], 2), "y": round(middle[1], 2)}
    if meta["position"] == {"x": 50, "y": 50} and meta["scale"] == 1:
        del meta["position"], meta["scale"]


def _box_size(meta: Mapping[str, Any], info: MediaInfo, canvas: Canvas) -> tuple[float, float]:
    """Return how wide and high a picture is on the canvas, percent of it."""
    framing = geometry.read_framing(meta)
    part = framing.crop
    width = info.width * (part.width if part else 100) / 100
    height = info.height * (part.height if part else 100) / 100
    if framing.quarters % 2:
        width, height = height, width
    spot = geometry.place((width, height), (canvas.width, canvas.height), framing)
    return 100 * spot.box_width / canvas.width, 100 * spot.box_height / canvas.height


def _sides(corner: str) -> tuple[int, int]:
    """Return to which side a corner lies, across and down: -1, 0 or 1."""
    words = corner.split("-")
    if corner not in CORNERS and corner not in ("top", "bottom", "left", "right", "center"):
        raise refuse("choice", given=corner, known=", ".join(CORNERS))
    across = ("right" in words) - ("left" in words)
    return across, ("bottom" in words) - ("top" in words)


def _canvas(draft: Draft, track: Mapping[str, Any]) -> Canvas:
    """Return what a track's pictures are laid out in."""
    canvas = read_canvas(draft)
    meta: Any = track.get("m")
    region: Any = cast("Mapping[str, Any]", meta).get("region") if meta else None
    if not isinstance(region, Mapping):
        return canvas
    part = cast("Mapping[str, Any]", region)
    width, height = (number(part.get(key)) or 100.0 for key in ("width", "height"))
    return Canvas(
        max(2, round(canvas.width * width / 100)),
        max(2, round(canvas.height * height / 100)),
        canvas.fps,
    )


def _info(meta: Mapping[str, Any], media: Sequence[MediaInfo]) -> MediaInfo:
    name = meta.get("src")
    info = next((info for info in media if info.name == name), None)
    if info is None or info.width <= 0 or info.height <= 0:
        raise refuse("no_such_media", name=name)
    return info


def _set_crop(meta: dict[str, Any], box: Mapping[str, float]) -> None:
    values = {key: number(box.get(key, _WHOLE[key])) for key in _WHOLE}
    x, y, width, height = (-1.0 if value is None else round(value, 2) for value in values.values())
    least = geometry.LEAST_CROP
    inside = min(x, y) >= 0 and max(x + width, y + height) <= 100.02  # noqa: PLR2004  rounding
    if not inside or min(width, height) < least:
        raise refuse("crop", least=f"{least:g}")
    if (x, y, width, height) == (0, 0, 100, 100):
        meta.pop("crop", None)
    else:
        meta["crop"] = {"x": x, "y": y, "width": width, "height": height}


def _box(meta: Mapping[str, Any]) -> dict[str, float]:
    part = geometry.read_framing(meta).crop
    if part is None:
        return dict(_WHOLE)
    return {"x": part.x, "y": part.y, "width": part.width, "height": part.height}


def _of_source(
    framing: geometry.Framing, off: tuple[float, float, float, float]
) -> dict[str, float]:
    """Return amounts at the edges as seen (left, top, right, bottom) at those of the source."""
    left, top, right, bottom = off
    if framing.flip_x:
        left, right = right, left
    if framing.flip_y:
        top, bottom = bottom, top
    seen = [left, top, right, bottom]
    turns = framing.quarters % 4
    # A quarter clockwise brings the source's left edge to the top.
    return dict(zip(_EDGES, seen[turns:] + seen[:turns], strict=True))


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"
