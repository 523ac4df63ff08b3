"""Edits of how pictures look: pure, like all of ``edits``.

``ids`` are pictures or overlays; None means all pictures, never the overlays. Siblings:
``edits_place`` (which part shows, and where), ``edits_motion`` (how they move).
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, cast

from nemo_nb.models import MediaInfo
from nemo_nb.studio.refusals import refuse
from nemo_nb.studio.selection import chosen
from nemo_nb.timeline.draft import number
from nemo_nb.timeline.draft_shape import Draft, editable, lanes, seal

ADJUSTMENTS: Final[dict[str, tuple[int, int]]] = {
    **dict.fromkeys(("brightness", "contrast", "saturation", "warmth"), (-100, 100)),
    **dict.fromkeys(("sharpen", "blur", "grayscale", "sepia"), (0, 100)),
}
"""What :func:`adjust` can change, and between which values; 0 leaves the picture as it is."""

FLIPS: Final = ("horizontal", "vertical", "both")
BACKGROUNDS: Final = ("transparent", "color", "blur", "picture")

LOOK_KEYS: Final = (
    "rotate",
    "flip",
    "crop",
    "position",
    "scale",
    "opacity",
    "adjust",
    "background",
)
"""What :func:`reset_look` takes back."""

_COPIED: Final = (*LOOK_KEYS, "fit", "motion")
_AXES: Final = {"horizontal": {"x"}, "vertical": {"y"}, "both": {"x", "y"}}
_COLOR: Final = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)


def rotate(
    draft: Mapping[str, Any],
    degrees: float,
    *,
    ids: Collection[str] | None = None,
    absolute: bool = False,
) -> Draft:
    """Turn pictures clockwise, from where they are now or (``absolute``) from upright.

    Raises:
        EditRefused: *degrees* is no angle.
    """
    if not math.isfinite(degrees):
        raise refuse("angle", degrees=degrees)
    result = editable(draft)
    for picture in chosen(result, ids):
        meta = picture["m"]
        now = 0.0 if absolute else number(meta.get("rotate")) or 0.0
        _put(meta, "rotate", _plain((now + degrees) % 360), 0)
    return seal(result)


def flip(draft: Mapping[str, Any], axis: str, *, ids: Collection[str] | None = None) -> Draft:
    """Mirror pictures; a second time brings them back.

    Args:
        draft: The draft.
        axis: ``horizontal`` swaps left and right, ``vertical`` top and bottom, or ``both``.
        ids: The pictures.

    Raises:
        EditRefused: There is no such axis.
    """
    _among(axis, FLIPS)
    result = editable(draft)
    for picture in chosen(result, ids):
        now = _AXES.get(str(picture["m"].get("flip")), set[str]())
        wanted = now ^ _AXES[axis]
        name = next((name for name, axes in _AXES.items() if axes == wanted), None)
        _put(picture["m"], "flip", name, None)
    return seal(result)


def set_opacity(
    draft: Mapping[str, Any], opacity: float, *, ids: Collection[str] | None = None
) -> Draft:
    """Let what lies below show through: 0 is invisible, 1 covers it.

    Raises:
        EditRefused: *opacity* is outside 0-1.
    """
    if not 0 <= opacity <= 1:
        raise refuse("opacity", percent=f"{opacity * 100:g}")
    result = editable(draft)
    for picture in chosen(result, ids):
        _put(picture["m"], "opacity", _plain(opacity), 1)
    return seal(result)


def adjust(
    draft: Mapping[str, Any],
    changes: Mapping[str, float],
    *,
    ids: Collection[str] | None = None,
    absolute: bool = False,
) -> Draft:
    """Change brightness and the like by an amount, or (``absolute``) set it.

    A change by an amount stops at the end of the range.

    Args:
        draft: The draft.
        changes: Names of :data:`ADJUSTMENTS` and amounts.
        ids: The pictures.
        absolute: The amounts are counted from the picture as it was uploaded.

    Raises:
        EditRefused: There is no such adjustment, a value to set is outside its range, or every
            picture is at the end already.
    """
    for name, value in changes.items():
        _among(name, tuple(ADJUSTMENTS))
        low, high = ADJUSTMENTS[name]
        if not (low <= value <= high if absolute else math.isfinite(value)):
            raise refuse("adjust_range", name=name, value=f"{value:+g}", low=low, high=high)
    result = editable(draft)
    found = chosen(result, ids)
    for name, value in changes.items():
        moved = [_adjusted(picture["m"], name, value, absolute=absolute) for picture in found]
        if value and not absolute and not any(moved):
            low, high = ADJUSTMENTS[name]
            raise refuse("adjust_end", name=name, value=f"{high if value > 0 else low:+g}")
    return seal(result)


def _adjusted(meta: dict[str, Any], name: str, value: float, *, absolute: bool) -> bool:
    low, high = ADJUSTMENTS[name]
    values = _mapping(meta.get("adjust"))
    before = min(high, max(low, number(values.get(name)) or 0.0))
    after = min(high, max(low, value if absolute else before + value))
    _put(values, name, _plain(after), 0)
    _put(meta, "adjust", values, {})
    return after != before


def set_background(
    draft: Mapping[str, Any],
    background: Mapping[str, Any] | None,
    *,
    media: Sequence[MediaInfo],
    ids: Collection[str] | None = None,
) -> Draft:
    """Cut the subject out and lay something else behind it; None brings the background back.

    Args:
        draft: The draft.
        background: As ``m.background`` in docs/draft.md.
        media: The media pool.
        ids: The pictures.

    Raises:
        EditRefused: There is no such kind, colour or picture; or nothing to bring back.
    """
    result = editable(draft)
    found = chosen(result, ids, cards=False)
    if background is None:
        if not any("background" in picture["m"] for picture in found):
            raise refuse("no_background")
        for picture in found:
            picture["m"].pop("background", None)
        return seal(result)
    checked = _checked_background(background, media)
    for picture in found:
        picture["m"]["background"] = dict(checked)
    return seal(result)


def _checked_background(
    background: Mapping[str, Any], media: Sequence[MediaInfo]
) -> dict[str, Any]:
    kind = str(background.get("kind"))
    _among(kind, BACKGROUNDS)
    if kind == "color":
        color = str(background.get("color", "#ffffff")).strip()
        if not _COLOR.fullmatch(color):
            raise refuse("color", color=color)
        return {"kind": kind, "color": color}
    if kind == "picture":
        name = background.get("src")
        if not any(info.name == name and info.kind in ("image", "video") for info in media):
            raise refuse("no_such_media", name=name)
        return {"kind": kind, "src": name}
    return {"kind": kind}


def set_fades(
    draft: Mapping[str, Any],
    *,
    fade_in_ms: int | None = None,
    fade_out_ms: int | None = None,
    ids: Collection[str] | None = None,
) -> Draft:
    """Fade pictures, and their sound, from and to black; overlays from and to what lies below.

    Args:
        draft: The draft.
        fade_in_ms: How long; 0 takes the fade away, None leaves it.
        fade_out_ms: Likewise.
        ids: The pictures; None: in on the first one, out on the last.

    Raises:
        EditRefused: The fades are longer than a picture.
    """
    result = editable(draft)
    found = chosen(result, ids)
    firsts, lasts = found, found
    if ids is None:
        firsts = [lane["sg"][0] for lane in lanes(result)]
        lasts = [lane["sg"][-1] for lane in lanes(result)]
    for key, length, meant in (("fade_in", fade_in_ms, firsts), ("fade_out", fade_out_ms, lasts)):
        for picture in meant if length is not None else ():
            fade(picture, key, cast("int", length))
    return seal(result)


def fade(segment: dict[str, Any], key: str, length_ms: int) -> None:
    """Set ``fade_in`` or ``fade_out`` of a segment in place.

    Raises:
        EditRefused: Both fades together are longer than it.
    """
    meta = segment["m"]
    other = "fade_out" if key == "fade_in" else "fade_in"
    both = length_ms + max(0.0, number(meta.get(other)) or 0.0)
    if length_ms < 0 or (length_ms and both > segment["d"]):
        raise refuse("fade", length_ms=both, last_ms=segment["d"])
    _put(meta, key, length_ms, 0)


def copy_look(
    draft: Mapping[str, Any], source: str, *, ids: Collection[str] | None = None
) -> Draft:
    """Give other pictures the looks of the picture *source*: "the same for all".

    Raises:
        EditRefused: *source* or another one is not there.
    """
    result = editable(draft)
    look = chosen(result, {source})[0]["m"]
    for picture in chosen(result, ids, cards=False):
        if picture["id"] != source:
            for key in _COPIED:
                picture["m"].pop(key, None)
            picture["m"] |= {key: look[key] for key in _COPIED if key in look}
    return editable(seal(result))


def reset_look(
    draft: Mapping[str, Any],
    *,
    ids: Collection[str] | None = None,
    keys: Collection[str] = LOOK_KEYS,
) -> Draft:
    """Show pictures as they were uploaded: without what :data:`LOOK_KEYS` name.

    Raises:
        EditRefused: Nothing of that kind was changed.
    """
    result = editable(draft)
    meant = chosen(result, ids, cards=False)
    found = [picture for picture in meant if any(key in picture["m"] for key in keys)]
    if not found:
        raise refuse("no_look")
    for picture in found:
        for key in keys:
            picture["m"].pop(key, None)
    return seal(result)


def _among(given: str, known: tuple[str, ...]) -> None:
    if given not in known:
        raise refuse("choice", given=given, known=", ".join(known))


def _put(meta: dict[str, Any], key: str, value: Any, missing: Any) -> None:
    """Write a value, or nothing where it is what a missing one means."""
    if value == missing:
        meta.pop(key, None)
    else:
        meta[key] = value


def _plain(value: float) -> float:
    """Return *value* as people write it: 20, not 20.000000000000004."""
    rounded = round(float(value), 4)
    return int(rounded) if rounded.is_integer() else rounded


def _mapping(value: Any) -> dict[str, Any]:
    return dict(cast("Mapping[str, Any]", value)) if isinstance(value, Mapping) else {}
