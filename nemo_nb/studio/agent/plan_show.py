"""Intents about slideshows, orders, transitions and parts handled alone, carried out on a plan."""

from __future__ import annotations

import math
from typing import Any, Final

from nemo_nb.studio import edits_clips, edits_layout, edits_slideshow, edits_text
from nemo_nb.studio.agent import measuring
from nemo_nb.studio.agent.intents import AddText, Look, Timing, Which
from nemo_nb.studio.agent.intents_show import (
    AddCaptions,
    CompareClips,
    Freeze,
    Loop,
    Reorder,
    Reverse,
    Slideshow,
    Split,
    TitleCard,
    ToTheBeat,
)
from nemo_nb.studio.agent.plan import Plan, media_named
from nemo_nb.studio.agent.plan_meant import picture_at
from nemo_nb.studio.agent.plan_order import reorder
from nemo_nb.studio.agent.plan_part import home, within
from nemo_nb.studio.agent.plan_text import add_text, new_style
from nemo_nb.studio.agent.plan_which import one_picture, picture_ids
from nemo_nb.studio.agent.replies import name, say, seconds
from nemo_nb.studio.edits import Cue, add_subtitles
from nemo_nb.studio.edits_slideshow import SlideshowOptions
from nemo_nb.timeline.draft_shape import editable, end, find, seal
from nemo_nb.words import reading_units

_TITLE_MS: Final = 3000
_MUSIC_VOLUME: Final = 0.5
_MOST_COMPARED: Final = 4
_PAIR: Final = 2
_MOST_PARTS: Final = 100


def slideshow(plan: Plan, intent: Slideshow) -> None:
    """Make the photos a slideshow, with what was asked for."""
    photos = [
        info
        for picture in plan.pictures()
        if (info := media_named(plan.project, str(picture["m"].get("src")))) is not None
    ]
    if not photos:
        raise plan.refuse("no_media")
    if not plan.photos():
        raise plan.refuse("no_photos")
    if intent.title_wanted:
        raise plan.ask("title_words")
    spec = intent.music
    if spec is None and intent.rhythm:
        spec = {}
    taken = measuring.taken_times(plan) if intent.taken else {}
    if intent.taken and not taken:
        plan.other.append(plan.refuse("no_dates").sentence)
    options = SlideshowOptions(
        photo_ms=intent.photo_ms or 3000,
        transition=intent.kinds if len(intent.kinds) > 1 else next(iter(intent.kinds), "dissolve"),
        transition_ms=intent.transition_ms or 600,
        direction=intent.direction,
        motion=intent.motion,
        music=spec,
        volume=intent.volume if intent.volume is not None else _MUSIC_VOLUME,
        title=intent.title if intent.card else None,
        title_ms=intent.title_ms or _TITLE_MS,
        ratio=intent.ratio,
        length_ms=intent.length_ms,
        focus=measuring.focus_points(plan),
        taken=taken,
    )
    plan.draft = edits_slideshow.slideshow(plan.draft, photos, options)
    plan.subject = "picture"
    if intent.title is not None and not intent.card:
        stop = min(intent.title_ms or _TITLE_MS, plan.last_ms)
        plan.draft = edits_text.add_text(
            plan.draft, intent.title, role="title", start_ms=0, end_ms=stop, style={}
        )
    kinds = [name(f"crossing_{k}", plan.language) for k in intent.kinds or ("dissolve",)]
    titled = None if intent.title is None else "title_card" if intent.card else "title_on_photo"
    plan.tell(
        "slideshow",
        intent,
        count=len(photos),
        last=seconds(plan.last_ms),
        kinds=("、" if plan.language == "zh" else ", ").join(kinds),
        music=name("with_music" if spec is not None else "without_music", plan.language),
    )
    if titled is not None:
        plan.done.append(say("done", titled, plan.language, text=intent.title))


def title_card(plan: Plan, intent: TitleCard) -> None:
    """Put a title card in front of photos; on clips the title stands on the picture."""
    if not plan.pictures():
        raise plan.refuse("no_media")
    length = intent.length_ms or _TITLE_MS
    if not plan.photos():
        wish = AddText(
            span=intent.span,
            skipped=intent.skipped,
            role="title",
            text=intent.text,
            look=Look(),
            timing=Timing(edge="first", duration_ms=intent.length_ms),
        )
        add_text(plan, wish)
        return
    plan.draft = edits_slideshow.add_card(plan.draft, intent.text, length)
    titles = [text for text in plan.texts("title") if text["s"] == 0]
    plan.touched, plan.subject = {text["id"] for text in titles}, "text"
    plan.tell("title_card", intent, text=intent.text)


def to_the_beat(plan: Plan, intent: ToTheBeat) -> None:
    """Let photos change on the beats of the music."""
    if not plan.pictures():
        raise plan.refuse("no_media")
    if not plan.photos():
        raise plan.refuse("no_photos")
    if not plan.sounds():
        raise plan.refuse("no_music")
    plan.draft = edits_slideshow.to_the_beat(plan.draft, stills=plan.stills)
    plan.tell("to_the_beat", intent, count=len(plan.photos()), last=seconds(plan.last_ms))


def reverse(plan: Plan, intent: Reverse) -> None:
    """Play clips backwards; photos, which do not move, come in reverse order."""
    if not plan.clips() and len(plan.pictures()) > 1 and not (intent.which.places or intent.timing):
        reorder(plan, Reorder(span=intent.span, skipped=intent.skipped, order="reverse"))
        return
    ids = picture_ids(plan, intent.which, intent.timing)
    plan.draft = edits_clips.reverse(plan.draft, stills=plan.stills, ids=ids)
    backwards = any(clip["m"].get("reverse") for clip in plan.clips())
    plan.tell("reversed" if backwards else "forwards", intent)


def freeze(plan: Plan, intent: Freeze) -> None:
    """Let a frame stand still for a while."""
    if not plan.pictures():
        raise plan.refuse("no_media")
    low, high = home(plan, intent.which)
    at = high if intent.at_ms is None else within(plan, intent.which, *[intent.at_ms] * 2)[0]
    if intent.share is not None:
        at = round(low + intent.share * (high - low))
    ending = intent.at_ms is None and intent.share is None
    plan.draft = edits_clips.freeze(
        plan.draft, at, intent.length_ms, stills=plan.stills, ending=ending
    )
    length, last = seconds(intent.length_ms), seconds(plan.last_ms)
    plan.tell("frozen", intent, at=seconds(at), length=length, last=last)


def loop(plan: Plan, intent: Loop) -> None:
    """Play clips, or the music, again and again."""
    if intent.which.noun == "music":
        _loop_music(plan, intent)
        return
    if not plan.pictures():
        raise plan.refuse("no_media")
    ids = picture_ids(plan, intent.which)
    meant = plan.pictures() if ids is None else plan.segment(ids)
    if intent.length_ms is None and len(meant) == 1 and meant[0]["m"].get("src") not in plan.stills:
        length = meant[0]["d"] * intent.times
        plan.draft = edits_clips.loop(plan.draft, length, media=plan.project.media, ids=ids)
    elif intent.length_ms is None:
        ids = {p["id"] for p in meant}
        plan.draft = edits_clips.duplicate(plan.draft, ids, times=intent.times - 1)
    else:
        plan.draft = edits_clips.loop(
            plan.draft, intent.length_ms, media=plan.project.media, ids=ids
        )
    plan.tell("looped", intent, last=seconds(plan.last_ms))


def _loop_music(plan: Plan, intent: Loop) -> None:
    own = [s for s in plan.sounds() if s["m"].get("src")]
    if not own:
        raise plan.refuse("no_music" if not plan.sounds() else "music_lasts")
    last = plan.last_ms
    draft = editable(plan.draft)
    for sound in find(draft, {s["id"] for s in own}):
        sound["m"]["loop"] = True
        sound["d"] = max(last - sound["s"], 1)
    plan.draft = seal(draft)
    plan.subject = "sound"
    plan.tell("music_looped", intent, last=seconds(last))


def split(plan: Plan, intent: Split) -> None:
    """Make two pictures of the one that stands there."""
    if not plan.pictures():
        raise plan.refuse("no_media")
    if intent.parts > _PAIR or intent.every_ms is not None:
        # All the parts from one picture: what is cut already has parts of its own.
        one = one_picture(plan, intent.which)
        length = intent.every_ms or one["d"] / intent.parts
        count = math.ceil(one["d"] / length)
        if count > _MOST_PARTS:
            raise plan.refuse("too_many_parts", count=count, most=_MOST_PARTS)
        for part in range(1, count):
            cut_at = one["s"] + round(length * part)
            plan.draft = edits_clips.split(plan.draft, cut_at, stills=plan.stills)
        plan.tell("split_evenly", intent, count=count, length=seconds(round(length)))
        return
    low, high = home(plan, intent.which)
    at = round(low + (intent.share or 0.5) * (high - low))
    if intent.at_ms is not None:
        at = within(plan, intent.which, intent.at_ms, intent.at_ms)[0]
    plan.draft = edits_clips.split(plan.draft, at, stills=plan.stills)
    plan.tell("split", intent, at=seconds(at), count=len(plan.pictures()))


def compare_clips(plan: Plan, intent: CompareClips) -> None:
    """Lay the clips beside each other; the cut so far can be had back by undo."""
    infos = {info.name: info for info in plan.project.media if info.kind in ("image", "video")}
    pictures = plan.pictures()
    named = [picture_at(plan, pictures, place) for place in intent.places]
    named += [one_picture(plan, Which(file=file)) for file in intent.files]
    order = dict.fromkeys(str(p["m"].get("src")) for p in named or pictures)
    clips = [infos[source] for source in order if source in infos]
    if len(clips) < 2:  # noqa: PLR2004 - a comparison takes two
        raise plan.refuse("too_few_to_compare", count=len(clips))
    shown = clips[:_MOST_COMPARED]
    lay = edits_layout.stacked if intent.layout == "stacked" else edits_layout.side_by_side
    plan.draft = lay(shown)
    plan.tell(
        "compared_clips" if intent.layout == "side-by-side" else "stacked_clips",
        intent,
        files=("、" if plan.language == "zh" else ", ").join(info.name for info in shown),
    )
    if len(clips) > len(shown):
        plan.other.append(plan.refuse("most_compared", count=len(shown)).sentence)


def add_captions(plan: Plan, intent: AddCaptions) -> None:
    """Add pasted captions: at their times, or sharing the video by how long they take to read."""
    if not plan.pictures():
        raise plan.refuse("no_media")
    last = plan.last_ms
    style: dict[str, Any] = new_style("caption", intent.look) if intent.look else {}
    untimed = [cue for cue in intent.cues if cue[0] is None]
    cues: list[Cue] = []
    if untimed:
        weights = [max(reading_units(text), 1) for _, _, text in intent.cues]
        at = 0.0
        for (_, _, text), weight in zip(intent.cues, weights, strict=True):
            length = last * weight / sum(weights)
            cues.append(Cue(round(at), round(at + length), text, style))
            at += length
    else:
        starts = [start or 0 for start, _, _ in intent.cues]
        for index, (start, stop, text) in enumerate(intent.cues):
            following = starts[index + 1] if index + 1 < len(starts) else last
            cues.append(Cue(start or 0, following if stop is None else stop, text, style))
    before = {t["id"] for t in plan.texts()}
    plan.draft = add_subtitles(plan.draft, cues)
    added = [t for t in plan.texts() if t["id"] not in before]
    plan.touched, plan.subject = {t["id"] for t in added}, "text"
    start_ms, stop_ms = min(t["s"] for t in added), max(end(t) for t in added)
    shown = {"start": seconds(start_ms), "end": seconds(stop_ms)}
    plan.tell("captions_added", intent, count=len(added), **shown)
    if len(added) < len(cues):
        missed = len(cues) - len(added)
        plan.other.append(plan.refuse("cues_left_out", count=missed, last=seconds(last)).sentence)
