"""Edits of single clips and of the order of pictures: pure, like all of ``edits``.

Text, sound and overlays go along: ``carrying``.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from nemo_nb.models import MediaInfo
from nemo_nb.studio.carrying import carry, places
from nemo_nb.studio.cutting import part, plays, speed_of, split_in_two
from nemo_nb.studio.refusals import refuse
from nemo_nb.studio.selection import chosen, chosen_clips
from nemo_nb.timeline.draft import whole
from nemo_nb.timeline.draft_shape import (
    Draft,
    editable,
    end,
    lanes,
    name_all,
    pictures_end,
    seal,
)

FREEZE_LOW_MS, FREEZE_HIGH_MS = 100, 60_000
LOOP_HIGH_MS: Final = 3_600_000
MOST_COPIES: Final = 100
EDGE_MS: Final = 40
"""A split this near to a cut is taken for that cut: about a frame."""

_ENDLESS: Final = ("gif", "webp")
_WHOLE_MS: Final = 60
"""A clip that ends this near to its file's end plays all of it: containers round lengths."""

# What a frozen frame does not share with the clip it is taken from.
_MOVING: Final = (
    "speed",
    "reverse",
    "loop",
    "length",
    "volume",
    "mute",
    "transition",
    "fade_in",
    "fade_out",
)


def reverse(
    draft: Mapping[str, Any], *, stills: Collection[str], ids: Collection[str] | None = None
) -> Draft:
    """Play clips backwards; a second time forwards again.

    Raises:
        EditRefused: There is no clip, or one of *ids* is none.
    """
    result = editable(draft)
    for clip in chosen_clips(result, ids, stills):
        if clip["m"].pop("reverse", None) is not True:
            clip["m"]["reverse"] = True
    return seal(result)


def freeze(
    draft: Mapping[str, Any],
    at_ms: int,
    length_ms: int,
    *,
    stills: Collection[str],
    ending: bool = False,
) -> Draft:
    """Let the clip at *at_ms* stand still for *length_ms* before it goes on.

    Args:
        draft: The draft.
        at_ms: When, on the timeline.
        length_ms: For how long.
        stills: File names of photos.
        ending: Where two clips meet, the one that ends there is meant.

    Raises:
        EditRefused: There is no clip then, or the length is outside 0.1-60 s.
    """
    if not FREEZE_LOW_MS <= length_ms <= FREEZE_HIGH_MS:
        raise refuse(
            "freeze_length", length_ms=length_ms, low_ms=FREEZE_LOW_MS, high_ms=FREEZE_HIGH_MS
        )
    result = editable(draft)
    lane, clip = _picture_at(result, at_ms - 1 if ending and at_ms > 0 else at_ms)
    if not plays(clip, stills):
        raise refuse("not_a_clip")
    offset = at_ms - clip["s"]
    frozen = copy.deepcopy(clip)
    frozen |= {"d": length_ms}
    frozen["m"] |= {"in": _source_ms(clip, min(offset, clip["d"] - 1)), "freeze": True}
    for key in ("id", *_MOVING):
        frozen.pop(key, None)
        frozen["m"].pop(key, None)
    index = lane["sg"].index(clip)
    pieces = [[], [clip]] if offset == 0 else [[clip], []]
    if 0 < offset < clip["d"]:
        pieces = list(split_in_two(clip, offset, stills))
    head, tail = pieces
    lane["sg"][index : index + 1] = head + tail
    name_all(result)
    before = places(result)
    if offset == 0 and "transition" in clip["m"]:
        frozen["m"]["transition"] = clip["m"].pop("transition")
    lane["sg"].insert(index + len(head), frozen)
    name_all(result)
    return carry(result, before)


def loop(
    draft: Mapping[str, Any],
    length_ms: int,
    *,
    media: Sequence[MediaInfo],
    ids: Collection[str] | None = None,
) -> Draft:
    """Let clips begin again until each lasts *length_ms*.

    A clip that was trimmed repeats what is left of it, as copies one after the other.

    Raises:
        EditRefused: There is no clip, one lasts longer already, or it would be far too long.
    """
    known = {info.name: info for info in media}
    stills = {info.name for info in media if info.kind == "image"}
    result = editable(draft)
    clips = chosen_clips(result, ids, stills)
    if length_ms > LOOP_HIGH_MS:
        raise refuse("loop_long", length_ms=length_ms, high_ms=LOOP_HIGH_MS)
    for clip in clips:
        if length_ms < clip["d"]:
            name = clip["m"].get("title") or clip["m"]["src"]
            raise refuse("loop_short", name=name, now_ms=clip["d"], length_ms=length_ms)
    before = places(result)
    looped = [clip for clip in clips if clip["d"] < length_ms]
    copied: list[dict[str, Any]] = []
    for clip in looped:
        info = known.get(clip["m"]["src"])
        if info is None:
            raise refuse("no_such_media", name=clip["m"]["src"])
        if info.format not in _ENDLESS and not _plays_to_its_end(clip, info):
            copied.append(clip)
            continue
        if info.format not in _ENDLESS:
            clip["m"] |= {"loop": True, "length": info.duration_ms}
        clip["d"] = length_ms
    for clip in copied:
        _repeat(result, clip, length_ms, stills)
    name_all(result)
    return carry(result, before, anchored={clip["id"] for clip in looped})


def _plays_to_its_end(clip: Mapping[str, Any], info: MediaInfo) -> bool:
    taken = (whole(clip["m"].get("in")) or 0) + clip["d"] * speed_of(clip)
    return clip["m"].get("loop") is True or taken >= info.duration_ms - _WHOLE_MS


def _repeat(draft: Draft, clip: dict[str, Any], length_ms: int, stills: Collection[str]) -> None:
    if length_ms > MOST_COPIES * clip["d"]:
        raise refuse("loop_long", length_ms=length_ms, high_ms=MOST_COPIES * clip["d"])
    items = next(track["sg"] for track in draft["t"] if any(one is clip for one in track["sg"]))
    fade_out = clip["m"].pop("fade_out", None)
    rounds: list[dict[str, Any]] = []
    left = length_ms - clip["d"]
    while left > 0:
        rounds += part(clip, 0, min(left, clip["d"]), stills=stills)
        left -= clip["d"]
    for piece in rounds:
        piece.pop("id", None)
        for key in ("transition", "fade_in"):
            piece["m"].pop(key, None)
    if fade_out:
        rounds[-1]["m"]["fade_out"] = fade_out
    index = next(index for index, one in enumerate(items) if one is clip)
    items[index + 1 : index + 1] = rounds


def split(draft: Mapping[str, Any], at_ms: int, *, stills: Collection[str]) -> Draft:
    """Make two pictures of the one that shows at *at_ms*; nothing looks different by that.

    Raises:
        EditRefused: No picture shows then, or one ends there already.
    """
    result = editable(draft)
    lane, picture = _picture_at(result, at_ms)
    offset = at_ms - picture["s"]
    if min(offset, picture["d"] - offset) < EDGE_MS:
        raise refuse("at_the_edge", at_ms=at_ms)
    index = lane["sg"].index(picture)
    head, tail = split_in_two(picture, offset, stills)
    lane["sg"][index : index + 1] = head + tail
    name_all(result)
    return seal(result)


def duplicate(draft: Mapping[str, Any], ids: Collection[str], *, times: int = 1) -> Draft:
    """Put copies of pictures right behind them.

    Raises:
        EditRefused: One is not there, or *times* is outside 1-100.
    """
    if not 1 <= times <= MOST_COPIES:
        raise refuse("copies", times=times, high=MOST_COPIES)
    result = editable(draft)
    before = places(result)
    _check_in_lanes(result, ids)
    for lane in lanes(result):
        items: list[dict[str, Any]] = []
        for segment in lane["sg"]:
            items.append(segment)
            if segment["id"] in ids:
                items += [copy.deepcopy(segment) for _ in range(times)]
        lane["sg"] = items
    name_all(result)
    return carry(result, before)


def move(draft: Mapping[str, Any], identity: str, to: int) -> Draft:
    """Put a picture at another place of its track: 0 is the first, -1 the last.

    Raises:
        EditRefused: It is not there, or there is no such place.
    """
    result = editable(draft)
    _check_in_lanes(result, {identity})
    lane = _lane_of(result, identity)
    count = len(lane["sg"])
    if not -count <= to < count:
        raise refuse("no_place", place=to + 1 if to >= 0 else to, count=count)
    order = [segment["id"] for segment in lane["sg"] if segment["id"] != identity]
    order.insert(to % count, identity)
    return _in_order(result, lane, order)


def swap(draft: Mapping[str, Any], one: str, other: str) -> Draft:
    """Let two pictures of one track change places.

    Raises:
        EditRefused: One is not there, or they lie on different tracks.
    """
    result = editable(draft)
    _check_in_lanes(result, {one, other})
    lane = _lane_of(result, one)
    order = [segment["id"] for segment in lane["sg"]]
    if other not in order:
        raise refuse("picture_gone")
    first, second = order.index(one), order.index(other)
    order[first], order[second] = other, one
    return _in_order(result, lane, order)


def reorder(draft: Mapping[str, Any], order: Sequence[str]) -> Draft:
    """Show the pictures of a track in another order.

    Raises:
        EditRefused: *order* does not name each picture of one track once.
    """
    result = editable(draft)
    own = lanes(result)
    for lane in own:
        if sorted(order) == sorted(segment["id"] for segment in lane["sg"]):
            return _in_order(result, lane, list(order))
    raise refuse("order" if own else "empty", count=len(own[0]["sg"]) if own else 0)


def _in_order(draft: Draft, lane: dict[str, Any], order: list[str]) -> Draft:
    """Bring a lane into *order*; transitions stay at their cuts."""
    before = places(draft)
    transitions = [segment["m"].pop("transition", None) for segment in lane["sg"]]
    by_id = {segment["id"]: segment for segment in lane["sg"]}
    lane["sg"] = [by_id[identity] for identity in order]
    for segment, transition in zip(lane["sg"], transitions, strict=True):
        if transition is not None:
            segment["m"]["transition"] = transition
    return carry(draft, before)


def _picture_at(draft: Draft, at_ms: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the first lane and its picture that shows at *at_ms*; the last one at its end."""
    own = lanes(draft)
    shown = [segment for segment in own[0]["sg"] if segment["d"] > 0] if own else []
    if not shown:
        raise refuse("empty")
    for segment in shown:
        if segment["s"] <= at_ms < end(segment):
            return own[0], segment
    if at_ms != end(shown[-1]):
        raise refuse("no_moment", at_ms=at_ms, last_ms=pictures_end(draft))
    return own[0], shown[-1]


def _source_ms(clip: Mapping[str, Any], offset: int) -> int:
    """Return the source's time that shows *offset* ms after a clip's beginning."""
    piece = part(clip, offset, clip["d"], stills=())[0]
    start = whole(piece["m"].get("in")) or 0
    if piece["m"].get("reverse") is not True:
        return start
    return max(0, start + round(piece["d"] * speed_of(clip)) - 1)


def _check_in_lanes(draft: Draft, ids: Collection[str]) -> None:
    chosen(draft, ids)
    there = {segment["id"] for lane in lanes(draft) for segment in lane["sg"]}
    if not set(ids) <= there:
        raise refuse("picture_gone")


def _lane_of(draft: Draft, identity: str) -> dict[str, Any]:
    return next(
        lane for lane in lanes(draft) if any(segment["id"] == identity for segment in lane["sg"])
    )
