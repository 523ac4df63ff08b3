"""Edits of time: cuts, speed, lengths, order. Text and sound go along with the pictures."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Collection, Mapping
from typing import Any, Final, cast

from nemo_nb.studio.edits_text import MIN_TEXT_MS
from nemo_nb.studio.refusals import refuse
from nemo_nb.timeline.draft import AUDIO, VIDEO
from nemo_nb.timeline.draft_shape import Draft, editable, end, name_all, seal, segments, video_end

MIN_LEFT_MS: Final = 200
"""A cut must leave at least this much to watch."""

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
    for track in result["t"]:
        kept: list[dict[str, Any]] = []
        for segment in track["sg"]:
            kept += _without(segment, start_ms, end_ms, stills)
        if track.get("tt") not in (VIDEO, AUDIO):
            kept = [segment for segment in kept if segment["d"] >= MIN_TEXT_MS]
        track["sg"] = kept
    name_all(result)
    return seal(result)


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
    draft: Mapping[str, Any], factor: float, *, stills: Collection[str] = (), absolute: bool = False
) -> Draft:
    """Play every clip *factor* times as fast as now; text keeps to its pictures.

    Args:
        draft: The draft.
        factor: 2 is twice as fast.
        stills: File names of photos; they keep their length.
        absolute: *factor* is against the recorded speed, not against now.

    Raises:
        EditRefused: There is no clip, or a speed would leave 0.25-4.
    """
    result = editable(draft)
    clips = [segment for _, segment in segments(result, VIDEO) if _plays(segment, stills)]
    if not clips:
        raise refuse("no_clip")
    lengths: dict[str, int] = {}
    for clip in clips:
        now = float(clip["m"].get("speed") or 1.0)
        speed = factor if absolute else now * factor
        if not SPEED_LOW <= speed <= SPEED_HIGH:
            raise refuse("speed", speed=f"{speed:g}", low=SPEED_LOW, high=SPEED_HIGH)
        clip["m"]["speed"] = round(speed, 4)
        lengths[clip["id"]] = max(round(clip["d"] * now / speed), 1)
    return _with_lengths(result, lengths)


def set_photo_length(draft: Mapping[str, Any], length_ms: int, *, stills: Collection[str]) -> Draft:
    """Show every photo for *length_ms*.

    Raises:
        EditRefused: There is no photo, or the length is outside 0.3-60 s.
    """
    result = editable(draft)
    photos = [seg for _, seg in segments(result, VIDEO) if seg["m"].get("src") in stills]
    if not photos:
        raise refuse("no_photo")
    if not PHOTO_LOW_MS <= length_ms <= PHOTO_HIGH_MS:
        raise refuse(
            "photo_length", length_ms=length_ms, low_ms=PHOTO_LOW_MS, high_ms=PHOTO_HIGH_MS
        )
    return _with_lengths(result, {photo["id"]: length_ms for photo in photos})


def remove_pictures(draft: Mapping[str, Any], ids: Collection[str]) -> Draft:
    """Take these segments of the video track away; what stood over them goes with them.

    Raises:
        EditRefused: Nothing would be left.
    """
    result = editable(draft)
    pictures = {segment["id"] for _, segment in segments(result, VIDEO)}
    if pictures <= set(ids):
        raise refuse("nothing_left")
    return _with_lengths(result, dict.fromkeys(pictures & set(ids), 0))


def _with_lengths(draft: Draft, lengths: Mapping[str, int]) -> Draft:
    """Give segments of the video track new lengths and carry text and sound along in place.

    A moment inside a segment keeps its share of it. Sound keeps its own speed, and ends with
    the pictures where it ended with or before them.
    """
    old: list[int] = [0]
    new: list[int] = [0]
    pictures = video_end(draft)
    for _, segment in segments(draft, VIDEO):
        old.append(old[-1] + segment["d"])
        segment["d"] = lengths.get(segment["id"], segment["d"])
        new.append(new[-1] + segment["d"])

    def moved(at_ms: int) -> int:
        index = min(max(bisect_right(old, at_ms) - 1, 0), len(old) - 2)
        span = old[index + 1] - old[index]
        share = (at_ms - old[index]) / span if span else 0.0
        if share > 1:  # beyond the pictures: keep the distance from their end
            return new[-1] + at_ms - old[-1]
        return new[index] + round(share * (new[index + 1] - new[index]))

    for track in draft["t"]:
        kind = track.get("tt")
        if kind == VIDEO:
            track["sg"] = [segment for segment in track["sg"] if segment["d"] > 0]
            continue
        kept: list[dict[str, Any]] = []
        for segment in track["sg"]:
            begin, stop = moved(segment["s"]), moved(end(segment))
            if kind == AUDIO:
                stop = begin + segment["d"]
                if end(segment) <= pictures:
                    stop = min(stop, new[-1])
            segment |= {"s": begin, "d": stop - begin}
            if segment["d"] >= (1 if kind == AUDIO else MIN_TEXT_MS):
                kept.append(segment)
        track["sg"] = kept
    return seal(draft)


def set_transitions(draft: Mapping[str, Any], kind: str, length_ms: int) -> Draft:
    """Put a transition between all neighbours on the video track; the total stays.

    Args:
        draft: The draft.
        kind: ``dissolve``, or ``none`` for hard cuts.
        length_ms: How long each takes; no longer than half of either neighbour.

    Raises:
        EditRefused: There is only one picture.
    """
    result = editable(draft)
    for track in result["t"]:
        items: list[dict[str, Any]] = track["sg"] if track.get("tt") == VIDEO else []
        pairs = list(itertools.pairwise(items))
        for before, after in pairs:
            meta = cast("dict[str, Any]", after["m"])
            meta.pop("transition", None)
            room = min(before["d"], after["d"]) // 2
            if kind != "none" and room > 0:
                meta["transition"] = {"kind": kind, "ms": min(length_ms, room)}
        if pairs:
            return seal(result)
    raise refuse("one_picture")


def _without(
    segment: dict[str, Any], start_ms: int, end_ms: int, stills: Collection[str]
) -> list[dict[str, Any]]:
    """Return what the cut leaves of *segment*: none, one or two pieces, already moved up.

    A second piece has no id yet.
    """
    begin, stop = segment["s"], end(segment)
    if stop <= start_ms:
        return [segment]
    if begin >= end_ms:
        segment["s"] = begin - (end_ms - start_ms)
        return [segment]
    head, tail = max(start_ms - begin, 0), max(stop - end_ms, 0)
    if head and tail and not _plays(segment, stills):
        segment["d"] = head + tail
        return [segment]
    pieces: list[dict[str, Any]] = []
    if tail:
        later: dict[str, Any] = {**segment, "s": start_ms, "d": tail, "m": dict(segment["m"])}
        if _plays(segment, stills):
            speed = float(segment["m"].get("speed") or 1.0)
            moved = int(segment["m"].get("in") or 0) + round((end_ms - begin) * speed)
            later["m"]["in"] = moved
        later["m"].pop("transition", None)
        pieces.append(later)
    if head:
        if tail:
            del pieces[0]["id"]
        segment["d"] = head
        pieces.insert(0, segment)
    return pieces


def _plays(segment: Mapping[str, Any], stills: Collection[str]) -> bool:
    """Whether *segment* runs through a source: a clip or sound, no photo and no text."""
    source = segment["m"].get("src")
    return bool(source) and source not in stills
