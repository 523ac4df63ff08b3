"""Intents about time, pictures, sound and the canvas, carried out on a plan."""

from __future__ import annotations

from nemo_nb.studio import edits, edits_time
from nemo_nb.studio.agent.intents import (
    CutRange,
    Fit,
    KeepEdge,
    KeepRange,
    PhotoLength,
    Ratio,
    RemovePicture,
    Speed,
    TotalLength,
    Transitions,
    Trim,
    Volume,
)
from nemo_nb.studio.agent.plan import Plan, media_named
from nemo_nb.studio.agent.replies import name, seconds
from nemo_nb.timeline.draft import AUDIO, VIDEO


def trim(plan: Plan, intent: Trim) -> None:
    """Cut a length off the start or the end."""
    last = plan.last_ms
    start, end = (
        (0, intent.length_ms) if intent.edge == "first" else (last - intent.length_ms, last)
    )
    if last and intent.length_ms > last:
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
    plan.draft = edits_time.cut(plan.draft, intent.start_ms, intent.end_ms, stills=plan.stills)
    _tell_range(plan, intent, "cut", intent.start_ms, intent.end_ms)


def keep_range(plan: Plan, intent: KeepRange) -> None:
    """Keep a range, cut the rest."""
    _keep(plan, intent, intent.start_ms, intent.end_ms)


def keep_edge(plan: Plan, intent: KeepEdge) -> None:
    """Keep a length from one end, cut the rest."""
    start = 0
    if intent.edge == "last" and intent.length_ms <= plan.last_ms:
        start = plan.last_ms - intent.length_ms
    _keep(plan, intent, start, start + intent.length_ms)


def total_length(plan: Plan, intent: TotalLength) -> None:
    """Make the whole last so long: photos share the time, anything else is cut at its end."""
    if not plan.pictures():
        raise plan.refuse("no_media")
    if len(plan.photos()) < len(plan.pictures()):
        _keep(plan, intent, 0, intent.length_ms)
        return
    each = round(intent.length_ms / len(plan.photos()))
    photo_length(plan, PhotoLength(span=intent.span, skipped=intent.skipped, length_ms=each))


def _keep(plan: Plan, intent: KeepRange | KeepEdge | TotalLength, start: int, end: int) -> None:
    if not plan.pictures():
        raise plan.refuse("no_media")
    if (start, end) == (0, plan.last_ms):
        plan.tell("kept_all", intent, last=seconds(end))
        return
    plan.draft = edits_time.keep(plan.draft, start, end, stills=plan.stills)
    _tell_range(plan, intent, "kept", start, end)


def _tell_range(
    plan: Plan,
    intent: CutRange | KeepRange | KeepEdge | TotalLength,
    key: str,
    start: int,
    end: int,
) -> None:
    last = seconds(plan.last_ms)
    plan.tell(key, intent, start=seconds(start), end=seconds(end), last=last)


def photo_length(plan: Plan, intent: PhotoLength) -> None:
    """Show each photo for a while."""
    plan.draft = edits_time.set_photo_length(plan.draft, intent.length_ms, stills=plan.stills)
    length, last = seconds(intent.length_ms), seconds(plan.last_ms)
    plan.tell("photo_length", intent, length=length, count=len(plan.photos()), last=last)


def ratio(plan: Plan, intent: Ratio) -> None:
    """Change the canvas."""
    plan.draft = edits.set_ratio(plan.draft, intent.ratio)
    width, height = edits.RATIOS[intent.ratio]
    plan.tell("ratio", intent, ratio=intent.ratio, width=width, height=height)


def fit(plan: Plan, intent: Fit) -> None:
    """Change how pictures meet the canvas."""
    if not plan.pictures():
        raise plan.refuse("no_media")
    plan.draft = edits.set_fit(plan.draft, intent.fit)
    plan.tell(f"fit_{intent.fit}", intent)


def volume(plan: Plan, intent: Volume) -> None:
    """Change the loudness of everything, or of the music alone."""
    if not plan.pictures() and not edits.sound_tracks(plan.draft):
        raise plan.refuse("no_media")
    kinds = (AUDIO,) if intent.music else (VIDEO, AUDIO)
    level = intent.level
    if level is None:
        now = edits.loudness(plan.draft, kinds)
        level = min(now * intent.factor, 1.0)
    plan.draft = edits.set_volume(plan.draft, level, kinds=kinds, stills=plan.stills)
    what = name("music" if intent.music else "sound", plan.language)
    if level == 0:
        plan.tell("muted", intent, what=what)
    else:
        plan.tell("volume", intent, what=what, percent=f"{level * 100:g}")


def speed(plan: Plan, intent: Speed) -> None:
    """Change the playback speed."""
    if not plan.pictures():
        raise plan.refuse("no_media")
    plan.draft = edits_time.set_speed(
        plan.draft, intent.factor, stills=plan.stills, absolute=intent.absolute
    )
    clip = next(seg for seg in plan.pictures() if seg["m"].get("src") not in plan.stills)
    now = f"{float(clip['m'].get('speed') or 1.0):g}"
    plan.tell("speed", intent, speed=now, last=seconds(plan.last_ms))


def remove_picture(plan: Plan, intent: RemovePicture) -> None:
    """Take a photo or clip off the timeline; it stays in the media pool."""
    pictures = plan.pictures()
    if intent.file is not None:
        info = media_named(plan.project, intent.file)
        found = [p for p in pictures if info is not None and p["m"].get("src") == info.name]
    else:
        index = intent.index or 0
        found = pictures[index:][:1] if -len(pictures) <= index < len(pictures) else []
    if not found:
        raise plan.refuse("no_such_picture" if pictures else "no_media")
    plan.draft = edits_time.remove_pictures(plan.draft, {seg["id"] for seg in found})
    file, last = found[0]["m"].get("title", ""), seconds(plan.last_ms)
    plan.tell("picture_removed", intent, file=file, last=last)


def transitions(plan: Plan, intent: Transitions) -> None:
    """Put dissolves between pictures, or take them out."""
    if not plan.pictures():
        raise plan.refuse("no_media")
    plan.draft = edits_time.set_transitions(plan.draft, intent.kind, intent.length_ms)
    length, count = seconds(intent.length_ms), len(plan.pictures())
    if intent.kind == "none":
        plan.tell("transitions_none", intent)
    elif intent.slideshow:
        plan.tell("slideshow", intent, count=count, length=length, last=seconds(plan.last_ms))
    else:
        plan.tell("transitions", intent, count=count, length=length)
