"""Edits of time: cuts, speed, lengths, order. Text and sound go along with the pictures."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from nemo_nb.studio.carrying import MIN_TEXT_MS, carry, places
from nemo_nb.studio.cutting import plays, speed_of, without
from nemo_nb.studio.refusals import refuse
from nemo_nb.studio.selection import chosen
from nemo_nb.timeline.draft import AUDIO, VIDEO
from nemo_nb.timeline.draft_shape import (
    Draft,
    editable,
    is_card,
    lanes,
    name_all,
    pictures,
    pictures_end,
    seal,
    segments,
    video_end,
)

MIN_LEFT_MS: Final = 200
"""A cut must leave at least this much to watch."""

_WAYS: Final = ("left", "right", "up", "down")
TRANSITIONS: Final[dict[str, tuple[str, ...]]] = {
    "dissolve": (),
    "fade-black": (),
    "fade-white": (),
    "wipe": _WAYS,
    "slide": _WAYS,
    "push": _WAYS,
    "zoom": ("in", "out"),
}
"""Kinds of transition and where each can move the new picture to; the first is the usual one."""

_HARD: Final = frozenset({"none", "cut"})

SPEED_LOW, SPEED_HIGH = 0.25, 4.0
PHOTO_LOW_MS, PHOTO_HIGH_MS = 300, 60_000


def cut(
    draft: Mapping[str, Any], start_ms: int, end_ms: int, *, stills: Collection[str] = ()
) -> Draft:
    """Remove the range from every track and close the gap.

    What lies inside goes, what reaches over an edge is cut there, what comes later moves up,
    so captions and sound stay with their pictures. A caption of which less than
    :data:`~nemo_nb.studio.edits_text.MIN_TEXT_MS` would be left goes too.

    Args:
        draft: The draft.
        start_ms: Where the range to remove begins on the timeline.
        end_ms: Where it ends.
        stills: File names of photos: they have no moment inside to begin at.

    Raises:
        EditRefused: The range is outside the video, or nearly nothing would be left.
    """
    result = editable(draft)
    last = video_end(result)
    length = end_ms - start_ms
    if not last:
        raise refuse("empty")
    if start_ms < 0 or end_ms > last or length <= 0:
        raise refuse("cut_range", start_ms=start_ms, end_ms=end_ms, last_ms=last)
    if last - length < MIN_LEFT_MS:
        raise refuse("cut_all", length_ms=length, last_ms=last)
    taken = {item["id"] for pair in segments(result) for item in pair}
    for track in result["t"]:
        kept: list[dict[str, Any]] = []
        for segment in track["sg"]:
            kept += without(segment, start_ms, end_ms, stills)
        if track.get("tt") not in (VIDEO, AUDIO):
            kept = [segment for segment in kept if segment["d"] >= MIN_TEXT_MS]
        track["sg"] = kept
    name_all(result, taken)
    seal(result)
    if pictures_end(result) < MIN_LEFT_MS:
        raise refuse("cut_all", length_ms=length, last_ms=last)
    return result


def keep(
    draft: Mapping[str, Any], start_ms: int, end_ms: int, *, stills: Collection[str] = ()
) -> Draft:
    """Remove everything outside the range.

    Raises:
        EditRefused: As :func:`cut`.
    """
    last = video_end(editable(draft))
    if last and not 0 <= start_ms < end_ms <= last:
        raise refuse("keep_range", start_ms=start_ms, end_ms=end_ms, last_ms=last)
    whole = editable(draft)
    result = whole if last and end_ms == last else cut(draft, end_ms, last, stills=stills)
    return result if start_ms == 0 else cut(result, 0, start_ms, stills=stills)


def set_speed(
    draft: Mapping[str, Any],
    factor: float,
    *,
    stills: Collection[str] = (),
    absolute: bool = False,
    ids: Collection[str] | None = None,
) -> Draft:
    """Play clips *factor* times as fast as now; text keeps to its pictures.

    Args:
        draft: The draft.
        factor: 2 is twice as fast.
        stills: File names of photos; they keep their length.
        absolute: *factor* is against the recorded speed, not against now.
        ids: The clips; None for all.

    Raises:
        EditRefused: There is no clip, or a speed would leave 0.25-4.
    """
    result = editable(draft)
    before = places(result)
    found = pictures(result) if ids is None else chosen(result, ids)
    clips = [segment for segment in found if plays(segment, stills)]
    if not clips:
        raise refuse("no_clip")
    for clip in clips:
        now = speed_of(clip)
        speed = factor if absolute else now * factor
        if not SPEED_LOW <= speed <= SPEED_HIGH:
            raise refuse("speed", speed=f"{speed:g}", low=SPEED_LOW, high=SPEED_HIGH)
        clip["m"]["speed"] = round(speed, 4)
        clip["d"] = max(round(clip["d"] * now / speed), 1)
    return carry(result, before)


def set_photo_length(
    draft: Mapping[str, Any],
    length_ms: int,
    *,
    stills: Collection[str],
    ids: Collection[str] | None = None,
) -> Draft:
    """Show every photo, or those of *ids*, for *length_ms*; a title card keeps its length.

    Raises:
        EditRefused: There is no photo, or the length is outside 0.3-60 s.
    """
    result = editable(draft)
    before = places(result)
    found = [one for one in pictures(result) if not is_card(one)]
    if ids is not None:
        found = chosen(result, ids)
    photos = [photo for photo in found if photo["m"].get("src") in stills]
    if not photos:
        raise refuse("no_photo")
    if not PHOTO_LOW_MS <= length_ms <= PHOTO_HIGH_MS:
        raise refuse(
            "photo_length", length_ms=length_ms, low_ms=PHOTO_LOW_MS, high_ms=PHOTO_HIGH_MS
        )
    for photo in photos:
        photo["d"] = length_ms
    return carry(result, before)


def remove_pictures(draft: Mapping[str, Any], ids: Collection[str]) -> Draft:
    """Take these pictures and overlays away; what stood over them goes with them.

    Raises:
        EditRefused: Nothing would be left.
    """
    result = editable(draft)
    before = places(result)
    if {segment["id"] for segment in pictures(result)} <= set(ids):
        raise refuse("nothing_left")
    for _, segment in segments(result, VIDEO):
        if segment["id"] in ids:
            segment["d"] = 0
    return carry(result, before)


def set_transitions(
    draft: Mapping[str, Any],
    kind: str | Sequence[str],
    length_ms: int,
    *,
    direction: str | None = None,
    ids: Collection[str] | None = None,
) -> Draft:
    """Put a transition between neighbours; the total stays.

    Args:
        draft: The draft.
        kind: One of :data:`TRANSITIONS`, or several to use in turn; ``none`` for hard cuts.
        length_ms: How long each takes; no longer than half of either neighbour.
        direction: Where the new picture moves to; None for the usual one. Kinds that go
            nowhere are given none.
        ids: The later picture of each cut that is meant; None for every cut.

    Raises:
        EditRefused: There is only one picture, no such kind or direction, no length, or nothing
            before a picture.
    """
    kinds = [kind] if isinstance(kind, str) else list(kind)
    _check_transition(kinds, length_ms, direction)
    result = editable(draft)
    meant = None if ids is None else {segment["id"] for segment in chosen(result, ids)}
    pairs = [pair for lane in lanes(result) for pair in _pairs(lane["sg"])]
    if not pairs:
        raise refuse("one_picture")
    if meant is not None:
        pairs = [pair for pair in pairs if pair[1]["id"] in meant]
        if len(pairs) < len(meant):
            raise refuse("first_picture")
    for index, (before, after) in enumerate(pairs):
        name = kinds[index % len(kinds)]
        after["m"].pop("transition", None)
        room = min(before["d"], after["d"]) // 2
        if name not in _HARD and room > 0:
            transition: dict[str, Any] = {"kind": name, "ms": min(length_ms, room)}
            if direction in TRANSITIONS[name]:
                transition["direction"] = direction
            after["m"]["transition"] = transition
    return seal(result)


def _pairs(items: list[dict[str, Any]]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return list(itertools.pairwise(items))


def _check_transition(kinds: list[str], length_ms: int, direction: str | None) -> None:
    for kind in kinds or [""]:
        if kind not in TRANSITIONS and kind not in _HARD:
            raise refuse("transition_kind", kind=kind, known=", ".join(TRANSITIONS))
    moving = [kind for kind in kinds if direction in TRANSITIONS.get(kind, ())]
    if direction is not None and not moving:
        known = ", ".join(TRANSITIONS.get(kinds[0], ())) or "-"
        raise refuse("direction", kind=kinds[0], direction=direction, known=known)
    if length_ms <= 0 and not set(kinds) <= _HARD:
        raise refuse("no_time", length_ms=length_ms)
