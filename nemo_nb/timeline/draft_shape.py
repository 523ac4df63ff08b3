"""The draft as the edits hold it: a plain dict that is copied, changed and sealed.

Every edit follows one pattern: :func:`editable` gives a deep copy whose starts and ids are
all there, the edit changes the copy, :func:`seal` makes its invariants true again. Foreign
keys travel through untouched.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final, cast

from nemo_nb.timeline.draft import (
    AUDIO,
    KINDS,
    TEXT,
    TRACK_KEYS,
    VIDEO,
    number,
    read_tracks,
    whole,
)

Draft = dict[str, Any]

_PREFIX: Final = {VIDEO: "v", AUDIO: "a", TEXT: "x"}
_NUMBERED: Final = re.compile(r"[a-z](\d{1,9})$")


def editable(draft: Mapping[str, Any]) -> Draft:
    """Return a deep copy of *draft* in the studio's own keys, with every start and id."""
    result: Draft = {key: value for key, value in draft.items() if key not in TRACK_KEYS}
    result = copy.deepcopy(result | {"m": dict(_mapping(draft.get("m")))}) | {"t": []}
    for track in read_tracks(draft):
        raw = copy.deepcopy(dict(track.raw))
        for alias in ("tracks", "segments"):
            raw.pop(alias, None)
        items: list[dict[str, Any]] = []
        for segment in track.segments:
            own = copy.deepcopy(dict(segment.raw))
            meta = copy.deepcopy(dict(segment.meta))
            if not isinstance(meta.get("src", ""), str):
                del meta["src"]  # names no file, and could not even be looked for
            own |= {"s": segment.start_ms, "d": segment.duration_ms, "m": meta}
            items.append(own)
        raw["sg"] = items
        if track.type in KINDS:
            raw["tt"] = track.type
        if not isinstance(raw.get("m", {}), Mapping):
            raw["m"] = {}
        result["t"].append(raw)
    name_all(result)
    return result


def _mapping(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value if isinstance(value, Mapping) else {})


def name_all(draft: Draft, taken: Collection[str] = ()) -> None:
    """In place, give every track and segment that lacks an id, or repeats one, an id of its own.

    None gets an id of *taken*: those of what the same edit has removed.
    """
    seen: set[str] = set()
    nameless: list[tuple[dict[str, Any], str]] = []
    for track in tracks(draft):
        items = [(track, _PREFIX.get(track.get("tt", -1), "o"))]
        items += [(segment, "s") for segment in track["sg"]]
        for item, prefix in items:
            identity = item.get("id")
            if isinstance(identity, str) and identity and identity not in seen:
                seen.add(identity)
            else:
                item.pop("id", None)
                nameless.append((item, prefix))
    for item, prefix in nameless:
        item["id"] = new_id(draft, prefix, taken)


def seal(draft: Draft) -> Draft:
    """Make the invariants of *draft* true in place and return it.

    No empty tracks; the segments of a lane abut from 0 and the first has no transition; all
    others are in order of time, and those with ``m.fill`` end with the pictures; ``d`` is where
    the last segment ends.
    """
    draft["t"] = [track for track in tracks(draft) if track["sg"]]
    own = lanes(draft)
    for track in own:
        cursor = 0
        for segment in track["sg"]:
            segment["s"] = cursor
            cursor += segment["d"]
        track["sg"][0]["m"].pop("transition", None)
    last = pictures_end(draft)
    for track in tracks(draft):
        if not any(track is lane for lane in own):
            track["sg"] = [segment for segment in track["sg"] if _filled(segment, last)]
            track["sg"].sort(key=_by_time)
    draft["t"] = [track for track in tracks(draft) if track["sg"]]
    draft["d"] = max((end(segment) for _, segment in segments(draft)), default=0)
    return draft


def _filled(segment: dict[str, Any], last_ms: int) -> bool:
    """Let a segment with ``m.fill`` end with the pictures; return whether anything is left of it.

    A recording ends with its source (``m.length``) at the latest, unless it begins again.
    """
    meta = segment["m"]
    if meta.get("fill") is not True or not last_ms:
        return True
    room = last_ms - segment["s"]
    source = meta.get("length")
    if isinstance(source, int) and meta.get("loop") is not True:
        begin, speed = whole(meta.get("in")) or 0, number(meta.get("speed")) or 1.0
        room = min(room, round((source - begin) / max(speed, 1e-3)))
    segment["d"] = room
    return room > 0


def _by_time(segment: Mapping[str, Any]) -> tuple[int, int]:
    return segment["s"], segment["d"]


def tracks(draft: Draft) -> list[dict[str, Any]]:
    """Return the tracks of an editable draft."""
    return cast("list[dict[str, Any]]", draft["t"])


def segments(draft: Draft, *types: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield (track, segment) for all tracks, or those of the given types, in order."""
    for track in tracks(draft):
        if not types or track.get("tt") in types:
            for segment in track["sg"]:
                yield track, segment


def lanes(draft: Draft) -> list[dict[str, Any]]:
    """Return the video tracks whose segments abut: the first one, and those beside it.

    Beside it lie those with a part of the canvas to themselves (``m.region``). The other video
    tracks lie above: a logo, a picture in the picture, each at its own time.
    """
    found = [track for track in tracks(draft) if track.get("tt") == VIDEO]
    return [track for index, track in enumerate(found) if not index or _region(track)]


def pictures(draft: Draft) -> list[dict[str, Any]]:
    """Return the segments of the lanes, in order."""
    return [segment for track in lanes(draft) for segment in track["sg"]]


def overlays(draft: Draft) -> list[dict[str, Any]]:
    """Return the video segments that lie above the lanes."""
    own = lanes(draft)
    return [
        segment
        for track, segment in segments(draft, VIDEO)
        if not any(track is lane for lane in own)
    ]


def is_card(segment: Mapping[str, Any]) -> bool:
    """Whether *segment* is a title card and stands for no picture of its own."""
    return segment["m"].get("card") is True


def _region(track: Mapping[str, Any]) -> bool:
    return isinstance(_mapping(track.get("m")).get("region"), Mapping)


def end(segment: Mapping[str, Any]) -> int:
    """Return where *segment* ends on the timeline, ms."""
    return segment["s"] + segment["d"]


def video_end(draft: Draft) -> int:
    """Return where the pictures end, ms; 0 where there are none."""
    return max((end(segment) for _, segment in segments(draft, VIDEO)), default=0)


def pictures_end(draft: Draft) -> int:
    """Return where the lanes end, ms, whatever lies above them."""
    return max((end(segment) for segment in pictures(draft)), default=0)


def track_named(draft: Draft, kind: int, title: str) -> dict[str, Any]:
    """Return the track of type *kind* called *title*, made at the end if there is none.

    A video or audio track needs no matching name: the first of its kind is taken.
    """
    for track in tracks(draft):
        meta = cast("dict[str, Any]", track.get("m") or {})
        if track.get("tt") == kind and (kind != TEXT or meta.get("title") == title):
            return track
    return new_track(draft, kind, title)


def track_titled(draft: Draft, kind: int, title: str) -> dict[str, Any]:
    """Return the track of type *kind* called just *title*, made at the end if there is none."""
    for track in tracks(draft):
        if track.get("tt") == kind and track_title(track) == title:
            return track
    return new_track(draft, kind, title)


def track_title(track: Mapping[str, Any]) -> str:
    """Return what a track is called, or an empty string."""
    return str(_mapping(track.get("m")).get("title") or "")


def new_track(draft: Draft, kind: int, title: str) -> dict[str, Any]:
    """Return a new track, empty, at the end of *draft*."""
    track: dict[str, Any] = {"tt": kind, "id": new_id(draft, _PREFIX[kind]), "sg": []}
    track["m"] = {"title": title}
    draft["t"].append(track)
    return track


def new_id(draft: Draft, prefix: str, taken: Collection[str] = ()) -> str:
    """Return an id that nothing in *draft* or *taken* has: one above the highest number."""
    used = [*taken, *(track.get("id") for track in tracks(draft))]
    used += [segment.get("id") for _, segment in segments(draft)]
    numbers = [
        int(match[1]) for identity in used if (match := _NUMBERED.match(str(identity or "")))
    ]
    return f"{prefix}{max(numbers, default=0) + 1}"


def find(draft: Draft, ids: Collection[str]) -> list[dict[str, Any]]:
    """Return the segments with these ids, in timeline order."""
    return [segment for _, segment in segments(draft) if segment["id"] in ids]
