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

from nemo_nb.timeline.draft import AUDIO, KINDS, TEXT, VIDEO, read_tracks

Draft = dict[str, Any]

_PREFIX: Final = {VIDEO: "v", AUDIO: "a", TEXT: "x"}
_NUMBERED: Final = re.compile(r"[a-z](\d{1,9})$")


def editable(draft: Mapping[str, Any]) -> Draft:
    """Return a deep copy of *draft* in the studio's own keys, with every start and id."""
    result: Draft = {**copy.deepcopy(dict(draft)), "m": dict(draft.get("m") or {}), "t": []}
    for track in read_tracks(draft):
        raw = copy.deepcopy(dict(track.raw))
        for alias in ("tracks", "segments"):
            raw.pop(alias, None)
        items: list[dict[str, Any]] = []
        for segment in track.segments:
            own = copy.deepcopy(dict(segment.raw))
            own |= {"s": segment.start_ms, "d": segment.duration_ms, "m": dict(segment.meta)}
            items.append(own)
        raw["sg"] = items
        if track.type in KINDS:
            raw["tt"] = track.type
        result["t"].append(raw)
    result.pop("tracks", None)
    name_all(result)
    return result


def name_all(draft: Draft) -> None:
    """In place, give every track and segment that lacks an id, or repeats one, an id of its own."""
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
        item["id"] = new_id(draft, prefix)


def seal(draft: Draft) -> Draft:
    """Make the invariants of *draft* true in place and return it.

    No empty tracks; the segments of a video track abut from 0 and the first has no
    transition; text and sound in order of time; ``d`` is where the last segment ends.
    """
    draft["t"] = [track for track in tracks(draft) if track["sg"]]
    for track in tracks(draft):
        if track.get("tt") == VIDEO:
            cursor = 0
            for segment in track["sg"]:
                segment["s"] = cursor
                cursor += segment["d"]
            track["sg"][0]["m"].pop("transition", None)
        else:
            track["sg"].sort(key=_by_time)
    draft["d"] = max((end(segment) for _, segment in segments(draft)), default=0)
    return draft


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


def end(segment: Mapping[str, Any]) -> int:
    """Return where *segment* ends on the timeline, ms."""
    return segment["s"] + segment["d"]


def video_end(draft: Draft) -> int:
    """Return where the pictures end, ms; 0 where there are none."""
    return max((end(segment) for _, segment in segments(draft, VIDEO)), default=0)


def track_named(draft: Draft, kind: int, title: str) -> dict[str, Any]:
    """Return the track of type *kind* called *title*, made at the end if there is none.

    A video or audio track needs no matching name: the first of its kind is taken.
    """
    for track in tracks(draft):
        meta = cast("dict[str, Any]", track.get("m") or {})
        if track.get("tt") == kind and (kind != TEXT or meta.get("title") == title):
            return track
    track: dict[str, Any] = {"tt": kind, "id": new_id(draft, _PREFIX[kind]), "sg": []}
    track["m"] = {"title": title}
    draft["t"].append(track)
    return track


def new_id(draft: Draft, prefix: str) -> str:
    """Return an id that nothing in *draft* has: one above the highest number in use."""
    used = [track.get("id") for track in tracks(draft)]
    used += [segment.get("id") for _, segment in segments(draft)]
    numbers = [
        int(match[1]) for identity in used if (match := _NUMBERED.match(str(identity or "")))
    ]
    return f"{prefix}{max(numbers, default=0) + 1}"


def find(draft: Draft, ids: Collection[str]) -> list[dict[str, Any]]:
    """Return the segments with these ids, in timeline order."""
    return [segment for _, segment in segments(draft) if segment["id"] in ids]
