"""Which pictures or sounds an intent means, as ids of the timeline."""

from __future__ import annotations

from typing import Any

from nemo_nb.studio import edits_clips, edits_sound
from nemo_nb.studio.agent.intents import Timing, Which
from nemo_nb.studio.agent.plan import Plan, media_named
from nemo_nb.studio.agent.plan_meant import listed_files, picture_at, settled
from nemo_nb.studio.agent.replies import seconds
from nemo_nb.timeline.draft_shape import end

_OVER = frozenset({"logo", "watermark", "pip"})


def picture_ids(plan: Plan, which: Which, timing: Timing | None = None) -> set[str] | None:
    """Return the ids of the pictures that are meant; None where it is all of them.

    A part of the cut is split off first, so that the edit ends where the part does.

    Raises:
        NotDone: There is no such picture, or it has to be asked which.
    """
    if which.noun in _OVER:
        return _named(plan, over_ids(plan, which))
    if not plan.pictures():
        raise plan.refuse("no_media")
    if timing:
        return _part(plan, which, timing)
    found = _meant(plan, which)
    if found is None:
        return None
    return _named(plan, {segment["id"] for segment in found})


def _named(plan: Plan, ids: set[str]) -> set[str]:
    plan.pictured, plan.subject = ids, "picture"
    return ids


def _meant(plan: Plan, which: Which) -> list[dict[str, Any]] | None:  # noqa: PLR0911 - one rule a return
    pictures = plan.pictures()
    if which.file is not None:
        info = media_named(plan.project, which.file)
        named = [*pictures, *plan.over()]
        found = [p for p in named if info is not None and p["m"].get("src") == info.name]
        if not found:
            raise plan.refuse("no_such_picture")
        return found
    if which.places:
        return [picture_at(plan, pictures, place) for place in which.places]
    if which.noun == "photo" and plan.photos():
        if len(plan.photos()) < len(pictures):
            return plan.photos()
        return None
    if which.noun == "video" and plan.clips():
        return None if len(plan.clips()) == len(pictures) else plan.clips()
    if which.it and plan.pictured and plan.subject == "picture":
        return plan.segment(plan.pictured)
    return None


def over_ids(plan: Plan, which: Which) -> set[str]:
    """Return the ids of what lies over the pictures and is meant."""
    found = plan.over()
    if which.file is not None:
        info = media_named(plan.project, which.file)
        found = [p for p in found if info is not None and p["m"].get("src") == info.name]
    elif which.noun != "pip":
        found = [p for p in found if p["m"].get("src") in plan.stills] or found
    if not found:
        raise plan.refuse("no_overlay")
    return {segment["id"] for segment in found}


def one_picture(plan: Plan, which: Which) -> dict[str, Any]:
    """Return the one picture that is meant, or raise what to ask."""
    if not plan.pictures():
        raise plan.refuse("no_media")
    found = _meant(plan, which)
    found = plan.pictures() if found is None else found
    if len(found) > 1:
        raise plan.ask("which_picture", files=listed_files(plan, found))
    plan.pictured, plan.subject = {found[0]["id"]}, "picture"
    return found[0]


def _part(plan: Plan, which: Which, timing: Timing) -> set[str]:
    """Split at the ends of the part; return the pictures inside that are meant."""
    meant = _meant(plan, which)
    counted = bool(which.places or which.file) and meant is not None and len(meant) == 1
    if counted and meant:
        start, stop = _own_times(plan, timing, meant[0]["s"], end(meant[0]))
    else:
        start, stop = part_times(plan, timing)
    sources = None if meant is None else {p["id"] for p in meant}
    for at in (start, stop):
        if 0 < at < plan.last_ms and all(p["s"] != at for p in plan.pictures()):
            before = {p["id"] for p in plan.pictures()}
            plan.draft = edits_clips.split(plan.draft, at, stills=plan.stills)
            if sources is not None:
                origin = next((p["id"] for p in plan.pictures() if end(p) == at), None)
                if origin in sources:
                    sources |= {p["id"] for p in plan.pictures()} - before
    inside = [p for p in plan.pictures() if start <= p["s"] and end(p) <= stop]
    ids = {p["id"] for p in inside if sources is None or p["id"] in sources}
    if not ids:
        raise plan.refuse("no_such_picture")
    return _named(plan, ids)


def _own_times(plan: Plan, timing: Timing, low: int, high: int) -> tuple[int, int]:
    """Return where a part lies that is counted within the picture from *low* to *high*."""
    if timing.share is not None:
        first, last = timing.share
        length = high - low
        return low + round(first * length), high if last is None else low + round(last * length)
    if timing.edge is not None and timing.start_ms is None:
        length = min(timing.duration_ms or high - low, high - low)
        return (high - length, high) if timing.edge == "last" else (low, low + length)
    if timing.anchor is not None:
        return part_times(plan, timing)
    start = timing.start_ms or 0
    stop = timing.end_ms
    if stop is None:
        stop = high - low if timing.duration_ms is None else start + timing.duration_ms
    return placed_within(plan, (low, high), (start, stop))


def placed_within(plan: Plan, home: tuple[int, int], span: tuple[int, int]) -> tuple[int, int]:
    """Return a range on the timeline that was said of the picture at *home*.

    It is counted from where the picture begins, or, where it cannot be, from where the whole
    does; what could be both is asked.

    Raises:
        NotDone: The picture holds no such range, or it holds two.
    """
    low, high = home
    own = (low + span[0], low + span[1])
    places = {one for one in (own, span) if low <= one[0] and one[1] <= high}
    if not places:
        shown = {"start": seconds(span[0]), "end": seconds(span[1])}
        raise plan.refuse("beyond_picture", length=seconds(high - low), **shown)
    if len(places) > 1:
        raise plan.ask("whose_times", start=seconds(own[0]), end=seconds(own[1]))
    return places.pop()


def part_times(plan: Plan, timing: Timing) -> tuple[int, int]:
    """Return where a part of the cut begins and ends, ms; what lies outside is refused."""
    last = plan.last_ms
    timing = settled(plan, timing)
    length = timing.duration_ms
    start, stop = timing.start_ms, timing.end_ms
    if timing.edge is not None and (length, start, stop) == (None, None, None):
        raise plan.ask("how_long_part")  # "slow down the end"
    if timing.edge == "last":
        start, stop = last - (length or last), last
    elif timing.edge == "first" and length is not None:
        start, stop = 0, length
    elif start is not None and stop is None:
        stop = last if length is None else start + length
    start = start or 0
    stop = last if stop is None else stop
    if not 0 <= start < stop <= last:
        raise plan.outside(start, stop)
    return start, stop


def sound_ids(plan: Plan, which: Which) -> set[str] | None:
    """Return the ids of the sounds of that file or noun; None where none is named."""
    if which.file is not None:
        info = media_named(plan.project, which.file)
        found = [s for s in plan.sounds() if info is not None and s["m"].get("src") == info.name]
        if not found:
            raise plan.refuse("no_such_file", file=which.file)
        return {segment["id"] for segment in found}
    if which.noun == "voice":
        found = edits_sound.voices(plan.draft)
        if not found:
            raise plan.refuse("no_voice")
        return {segment["id"] for segment in found}
    return None
