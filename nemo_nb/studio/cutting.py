"""Parts of one segment: what is left of it when a range is cut out, and what a split makes. Pure.

A clip's part begins further on in its source; played backwards, its first part is the later
one in the source. A photo, a frozen frame and generated music have no moment inside to begin
at, and a looped clip comes apart into the rest of one round and the rounds after it.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping
from typing import Any, cast

from nemo_nb.studio.render.geometry import View, read_framing
from nemo_nb.studio.render.motion import read_motion
from nemo_nb.timeline.draft import number, whole
from nemo_nb.timeline.draft_shape import end


def plays(segment: Mapping[str, Any], stills: Collection[str]) -> bool:
    """Whether *segment* runs through a source: a clip or sound, no photo, no text."""
    meta = segment["m"]
    source = meta.get("src")
    return bool(source) and source not in stills and meta.get("freeze") is not True


def speed_of(segment: Mapping[str, Any]) -> float:
    """Return the speed of *segment*; 1.0 where it says none."""
    speed = number(segment["m"].get("speed"))
    return speed if speed is not None and speed > 0 else 1.0


def without(
    segment: dict[str, Any], start_ms: int, end_ms: int, stills: Collection[str]
) -> list[dict[str, Any]]:
    """Return what a cut leaves of *segment*, already moved up to where it belongs.

    The first piece keeps the id; the others have none yet.
    """
    begin, stop, length = segment["s"], end(segment), end_ms - start_ms
    if stop <= start_ms:
        return [segment]
    if begin >= end_ms:
        segment["s"] = begin - length
        return [segment]
    if segment["m"].get("fill") is True:
        segment["s"] = min(begin, start_ms)
        return [segment]
    head, tail = max(start_ms - begin, 0), max(stop - end_ms, 0)
    if not plays(segment, stills):
        _cut_words(segment["m"], head, segment["d"] - tail)
        segment["d"] = head + tail
        if not head:
            segment["s"] = start_ms
            segment["m"].pop("transition", None)
        return [segment] if segment["d"] else []
    pieces = part(segment, 0, head, stills=stills)
    later = part(segment, segment["d"] - tail, segment["d"], stills=stills)
    for piece in later:
        piece["s"] -= length
        piece["m"].pop("transition", None)
    if head and tail:
        _joined_fades(pieces, later)
    pieces += later
    for piece in pieces[1:]:
        piece.pop("id", None)
    return pieces


def split_in_two(
    segment: dict[str, Any], offset_ms: int, stills: Collection[str]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return *segment* in two at *offset_ms* from its beginning; only the first has an id.

    A slow move goes on in the second part where the first one has left it.
    """
    head = part(segment, 0, offset_ms, stills=stills)
    tail = part(segment, offset_ms, segment["d"], stills=stills)
    for piece in tail:
        piece["m"].pop("transition", None)
    _joined_fades(head, tail)
    for piece in (*head[1:], *tail):
        piece.pop("id", None)
    if len(head) == len(tail) == 1:
        _split_motion(segment, offset_ms, head[0]["m"], tail[0]["m"], stills)
    return head, tail


def _split_motion(
    segment: Mapping[str, Any],
    offset_ms: int,
    head: dict[str, Any],
    tail: dict[str, Any],
    stills: Collection[str],
) -> None:
    meta = segment["m"]
    still, placed = meta.get("src") in stills, read_framing(meta).placed
    motion = read_motion(meta, still=still, placed=placed)
    if motion is None:
        return
    seam = _written(motion.at(offset_ms / segment["d"]))
    head["motion"] = {"from": _written(motion.begin), "to": seam}
    tail["motion"] = {"from": seam, "to": _written(motion.end)}


def _written(view: View) -> dict[str, float]:
    return {"x": round(view.x * 100, 2), "y": round(view.y * 100, 2), "zoom": round(view.zoom, 4)}


def part(
    segment: Mapping[str, Any], begin: int, stop: int, *, stills: Collection[str]
) -> list[dict[str, Any]]:
    """Return what of *segment* plays from *begin* to *stop*, ms from its start.

    One piece, or two where it begins in the middle of a looped clip's round; none where it has
    no length.
    """
    if stop <= begin:
        return []
    piece = _piece(segment, begin, stop)
    meta = piece["m"]
    if not plays(segment, stills):
        return [piece]
    speed, start = speed_of(segment), whole(meta.get("in")) or 0
    round_ms = (whole(meta.get("length")) or 0) - start
    backwards = meta.get("reverse") is True
    if meta.get("loop") is True and 0 < round_ms < segment["d"] * speed:
        return _rounds(segment, begin, stop, round_ms)
    skipped = segment["d"] - stop if backwards else begin
    if skipped:
        meta["in"] = start + round(skipped * speed)
    return [piece]


def _rounds(
    segment: Mapping[str, Any], begin: int, stop: int, round_ms: int
) -> list[dict[str, Any]]:
    speed = speed_of(segment)
    phase = round(begin * speed) % round_ms
    if not phase:
        return [_piece(segment, begin, stop)]
    seam = min(stop, begin + max(1, round((round_ms - phase) / speed)))
    first = _piece(segment, begin, seam)
    first["m"].pop("loop")
    passed = phase
    if first["m"].get("reverse") is True:
        # What is left of a round that runs to its beginning.
        passed = max(0, round_ms - phase - round((seam - begin) * speed))
    first["m"]["in"] = (whole(first["m"].get("in")) or 0) + passed
    return [first] if seam == stop else [first, _piece(segment, seam, stop)]


def _piece(segment: Mapping[str, Any], begin: int, stop: int) -> dict[str, Any]:
    place = {"s": segment["s"] + begin, "d": stop - begin}
    return {**segment, **place, "m": copy.deepcopy(dict(segment["m"]))}


def _joined_fades(head: list[dict[str, Any]], tail: list[dict[str, Any]]) -> None:
    """Let two parts of what was one pass into each other without a fade."""
    for piece in (*head, *tail[:-1]):
        piece["m"].pop("fade_out", None)
    for piece in (*head[1:], *tail):
        piece["m"].pop("fade_in", None)


def _cut_words(meta: dict[str, Any], begin: int, stop: int) -> None:
    """Take the spoken words out that begin in the range, and move later ones up."""
    words: Any = meta.get("words")
    if not isinstance(words, list):
        return
    kept: list[Any] = []
    for word in cast("list[Any]", words):
        given = cast("Mapping[str, Any]", word if isinstance(word, Mapping) else {})
        start = whole(given.get("s"))
        if start is None or start < begin:
            kept.append(word)
        elif start >= stop:
            kept.append({**given, "s": start - (stop - begin)})
    meta["words"] = kept
