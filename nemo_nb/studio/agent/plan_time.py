"""Intents about time, pictures, sound and the canvas, carried out on a plan."""

from __future__ import annotations

from typing import Any

from nemo_nb.studio import edits, edits_time
from nemo_nb.studio.agent.intents import ALL, Fit, KeepPictures, Ratio, RemovePicture
from nemo_nb.studio.agent.intents_time import (
    CutRange,
    CutShare,
    KeepEdge,
    KeepRange,
    PhotoLength,
    Speed,
    TotalLength,
    Trim,
)
from nemo_nb.studio.agent.plan import Plan
from nemo_nb.studio.agent.plan_part import home, homes, part_of_what, within
from nemo_nb.studio.agent.plan_which import one_picture, picture_ids
from nemo_nb.studio.agent.replies import name, seconds
from nemo_nb.timeline.draft_shape import is_card


def trim(plan: Plan, intent: Trim) -> None:
    """Cut a length off the start or the end."""
    # The last picture first, so that those before it stay where they are.
    for low, high in reversed(homes(plan, intent.which)):
        start, end = (
            (low, low + intent.length_ms)
            if intent.edge == "first"
            else (high - intent.length_ms, high)
        )
        if intent.which and intent.length_ms >= high - low:
            raise plan.refuse("shorter_picture", length=seconds(high - low))
        if high and intent.length_ms > high:
            start, end = 0, intent.length_ms  # refused with these numbers, whichever end
        plan.draft = edits_time.cut(plan.draft, start, end, stills=plan.stills)
    plan.tell(
        "trimmed",
        intent,
        edge=name(intent.edge, plan.language),
        length=seconds(intent.length_ms),
        last=seconds(plan.last_ms),
    )


def cut_range(plan: Plan, intent: CutRange) -> None:
    """Cut a range out."""
    start, end = within(plan, intent.which, intent.start_ms, intent.end_ms)
    plan.draft = edits_time.cut(plan.draft, start, end, stills=plan.stills)
    _tell_range(plan, intent, "cut", start, end)


def cut_share(plan: Plan, intent: CutShare) -> None:
    """Cut a share of the whole out, or keep only it."""
    start, end = home(plan, intent.which)
    low, high = (start + round(share * (end - start)) for share in (intent.low, intent.high))
    common: dict[str, Any] = {"span": intent.span, "skipped": intent.skipped}
    if intent.keep:
        wish = KeepRange(**common, start_ms=low, end_ms=high, which=intent.which)
        _keep(plan, wish, low, high)
        return
    cut_range(plan, CutRange(**common, start_ms=low, end_ms=high))


def keep_range(plan: Plan, intent: KeepRange) -> None:
    """Keep a range, cut the rest."""
    _keep(plan, intent, *within(plan, intent.which, intent.start_ms, intent.end_ms))


def keep_edge(plan: Plan, intent: KeepEdge) -> None:
    """Keep a length from one end, cut the rest."""
    low, high = home(plan, intent.which)
    if intent.which and intent.length_ms > high - low:
        raise plan.refuse("shorter_picture", length=seconds(high - low))
    start = low
    if intent.edge == "last" and intent.length_ms <= high:
        start = high - intent.length_ms
    _keep(plan, intent, start, start + intent.length_ms)


def total_length(plan: Plan, intent: TotalLength) -> None:
    """Make the whole last so long: photos share the time, anything else is cut at its end."""
    if not plan.pictures():
        raise plan.refuse("no_media")
    if len(plan.photos()) < len(plan.pictures()):
        common: dict[str, Any] = {"span": intent.span, "skipped": intent.skipped}
        which = part_of_what(plan, ALL)
        keep_edge(plan, KeepEdge(**common, edge="first", length_ms=intent.length_ms, which=which))
        return
    each = round(intent.length_ms / len(plan.photos()))
    photo_length(plan, PhotoLength(span=intent.span, skipped=intent.skipped, length_ms=each))


def _keep(plan: Plan, intent: KeepRange | KeepEdge, start: int, end: int) -> None:
    if not plan.pictures():
        raise plan.refuse("no_media")
    if which := part_of_what(plan, intent.which):
        # Only the rest of that picture goes, what lies before and after it stays.
        low, high = home(plan, which)
        for gone in ((end, high), (low, start)):
            if gone[0] < gone[1]:
                plan.draft = edits_time.cut(plan.draft, *gone, stills=plan.stills)
        _tell_range(plan, intent, "kept", start, end)
        return
    if (start, end) == (0, plan.last_ms):
        plan.tell("kept_all", intent, last=seconds(end))
        return
    plan.draft = edits_time.keep(plan.draft, start, end, stills=plan.stills)
    _tell_range(plan, intent, "kept", start, end)


def _tell_range(
    plan: Plan,
    intent: CutRange | KeepRange | KeepEdge,
    key: str,
    start: int,
    end: int,
) -> None:
    last = seconds(plan.last_ms)
    plan.tell(key, intent, start=seconds(start), end=seconds(end), last=last)


def photo_length(plan: Plan, intent: PhotoLength) -> None:
    """Show each photo for a while."""
    ids = picture_ids(plan, intent.which) if intent.which else None
    clips = {clip["id"] for clip in plan.clips()}
    if ids is not None and len(ids) == 1 and ids <= clips and intent.change == "to":
        common: dict[str, Any] = {"span": intent.span, "skipped": intent.skipped}
        edge = KeepEdge(**common, edge="first", length_ms=intent.length_ms, which=intent.which)
        keep_edge(plan, edge)  # a clip can only be cut to a length
        return
    if intent.change != "to":
        _photo_longer(plan, intent, ids)
        return
    plan.draft = edits_time.set_photo_length(
        plan.draft, intent.length_ms, stills=plan.stills, ids=ids
    )
    length, last = seconds(intent.length_ms), seconds(plan.last_ms)
    if ids is not None:
        names = [str(p["m"].get("title", "")) for p in plan.segment(ids)]
        plan.tell("one_length", intent, file=", ".join(names), length=length, last=last)
        return
    plan.tell("photo_length", intent, length=length, count=len(plan.photos()), last=last)


def ratio(plan: Plan, intent: Ratio) -> None:
    """Change the canvas."""
    if intent.size is not None:
        width, height = intent.size
        plan.draft = edits.set_size(plan.draft, width, height)
        plan.tell("canvas_size", intent, width=width, height=height)
        return
    plan.draft = edits.set_ratio(plan.draft, intent.ratio)
    width, height = edits.RATIOS[intent.ratio]
    plan.tell("ratio", intent, ratio=intent.ratio, width=width, height=height)


def fit(plan: Plan, intent: Fit) -> None:
    """Change how pictures meet the canvas."""
    if not plan.pictures():
        raise plan.refuse("no_media")
    ids = picture_ids(plan, intent.which) if intent.which else None
    plan.draft = edits.set_fit(plan.draft, intent.fit, ids=ids)
    plan.tell(f"fit_{intent.fit}", intent)


def speed(plan: Plan, intent: Speed) -> None:
    """Change the playback speed of all clips, of some, or of a part of the cut."""
    if not plan.pictures():
        raise plan.refuse("no_media")
    if not plan.clips() and not intent.timing:
        _pace(plan, intent)
        return
    ids = picture_ids(plan, intent.which, intent.timing)
    plan.draft = edits_time.set_speed(
        plan.draft, intent.factor, stills=plan.stills, absolute=intent.absolute, ids=ids
    )
    meant = plan.clips() if ids is None else plan.segment(ids)
    now = f"{float(meant[0]['m'].get('speed') or 1.0):g}"
    plan.tell("speed", intent, speed=now, last=seconds(plan.last_ms))


def _photo_longer(plan: Plan, intent: PhotoLength, ids: set[str] | None) -> None:
    """Show photos for so much longer, or shorter, than now."""
    by = intent.length_ms if intent.change == "longer" else -intent.length_ms
    meant = plan.photos() if ids is None else plan.segment(ids)
    _stand(plan, intent, {photo["id"]: photo["d"] + by for photo in meant if not is_card(photo)})


def _pace(plan: Plan, intent: Speed) -> None:
    """Show photos for a shorter or longer while: they have no speed of their own."""
    ids = picture_ids(plan, intent.which)
    meant = plan.photos() if ids is None else plan.segment(ids)
    told = {photo["id"]: round(photo["d"] / intent.factor) for photo in meant if not is_card(photo)}
    _stand(plan, intent, told)


def _stand(plan: Plan, intent: Speed | PhotoLength, told: dict[str, int]) -> None:
    """Show photos, by their ids, for these lengths."""
    if not told:
        plan.draft = edits_time.set_photo_length(plan.draft, 0, stills=(), ids=None)
    for one, length in told.items():
        plan.draft = edits_time.set_photo_length(plan.draft, length, stills=plan.stills, ids={one})
    now = {photo["d"] for photo in plan.segment(set(told))}
    shown = " to ".join(seconds(length) for length in sorted({min(now), max(now)}))
    key = "paced" if isinstance(intent, Speed) else "photo_longer"
    plan.tell(key, intent, length=shown, last=seconds(plan.last_ms))


def keep_pictures(plan: Plan, intent: KeepPictures) -> None:
    """Take all photos and clips off the timeline but these."""
    kept = picture_ids(plan, intent.which) or set()
    gone = {p["id"] for p in plan.pictures()} - kept
    if gone:
        plan.draft = edits_time.remove_pictures(plan.draft, gone)
    plan.pictured, plan.subject = kept, "picture"
    titles = [str(p["m"].get("title", "")) for p in plan.segment(kept)]
    file = ("、" if plan.language == "zh" else ", ").join(titles)
    plan.tell("pictures_kept", intent, file=file, last=seconds(plan.last_ms))


def remove_picture(plan: Plan, intent: RemovePicture) -> None:
    """Take photos or clips off the timeline; they stay in the media pool."""
    if not plan.pictures():
        raise plan.refuse("no_media")
    which = intent.which
    if which.places or which.file:
        ids = picture_ids(plan, which) or set()
    else:
        ids = {one_picture(plan, which)["id"]}
        if which.noun == "video" and len(plan.pictures()) == 1:
            raise plan.ask("what_to_clear")
    found = plan.segment(ids)
    plan.draft = edits_time.remove_pictures(plan.draft, ids)
    plan.pictured = set()
    titles = list(dict.fromkeys(str(p["m"].get("title", "")) for p in found))
    file = ("、" if plan.language == "zh" else ", ").join(titles)
    plan.tell("picture_removed", intent, file=file, last=seconds(plan.last_ms))
