"""Intents about captions of photos, carried out on a plan: given words or a description."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from nemo_nb.studio import edits_text
from nemo_nb.studio.agent.intents import (
    AddText,
    CaptionPhoto,
    DescribePhoto,
    Look,
    Restyle,
    Revoice,
    Timing,
)
from nemo_nb.studio.agent.plan import NotDone, Plan, media_named
from nemo_nb.studio.agent.plan_meant import on_picture, picture_at
from nemo_nb.studio.agent.plan_text import add_text, adding, new_style, tell_added
from nemo_nb.studio.agent.readable import make_readable
from nemo_nb.studio.agent.recall import wishes
from nemo_nb.studio.agent.replies import look_words, say, voiced
from nemo_nb.timeline.draft_shape import end

if TYPE_CHECKING:
    from nemo_nb.studio.vision import Description  # at run time it would load OpenCV

PHOTO_CAPTION_PRESET: Final = "outline"
"""White letters with a black edge read on any photo, light or dark."""


def caption_photo(plan: Plan, intent: CaptionPhoto) -> None:
    """Caption one photo or each, in the given words or in those of the description."""
    photos = plan.photos()
    if intent.file is not None:
        info = media_named(plan.project, intent.file)
        photos = [p for p in photos if info is not None and p["m"].get("src") == info.name]
    if intent.place is not None:
        # "The second clip" has a place too, where its words are given.
        meant = photos or (plan.pictures() if intent.text else [])
        photos = [picture_at(plan, meant, intent.place)]
    if not photos:
        if intent.text is not None and plan.pictures():
            add_text(plan, adding(intent, "caption"))
            return
        raise plan.refuse("no_photo" if plan.pictures() else "no_media")
    unknown: list[NotDone] = []
    for photo in photos if intent.every else photos[-1:]:
        try:
            _caption_one(plan, intent, photo)
        except NotDone as reason:
            unknown.append(reason)
    if unknown:
        raise unknown[0]


def uncaptioned(plan: Plan, pending: CaptionPhoto) -> dict[str, Any] | None:
    """Return the photo whose words *pending* asked for: the first that has no caption yet."""
    photos = plan.photos()
    for photo in photos if pending.every else photos[-1:]:
        if _caption_over(plan, photo) is None:
            return photo
    return None


def _caption_over(plan: Plan, photo: dict[str, Any]) -> dict[str, Any] | None:
    for text in plan.texts("caption"):
        if text["s"] < end(photo) and photo["s"] < end(text):
            return text
    return None


def _caption_one(plan: Plan, intent: CaptionPhoto, photo: dict[str, Any]) -> None:
    file = str(photo["m"]["src"])
    text = intent.text
    found: Description | None = None
    if text is None:
        found = plan.describe(file)
        if found is None:
            raise plan.ask("photo_words", file=file)
        noun = found.noun_zh if plan.language == "zh" and found.noun_zh else found.noun
        text = voiced(noun, intent.voicing, plan.language)
        plain = voiced(noun, "plain", plan.language)
        record = {"filename": file, "caption": plain}
        plan.analyses.append({**record, "confidence": found.confidence, "by": found.by})
    old = _caption_over(plan, photo)
    if old is not None and old["s"] >= photo["s"] and end(old) <= end(photo):
        plan.draft = edits_text.replace_text(plan.draft, old["id"], text)
        if intent.look:
            look = intent.look
            plan.draft = edits_text.restyle(plan.draft, {old["id"]}, look.changes, grow=look.grow)
        plan.touched = {old["id"]}
        words = look_words(intent.look, plan.language)
        shown = f" ({words})" if words else ""
        plan.tell("recaptioned", intent, file=file, old=old["m"]["text"], text=text, look=shown)
        make_readable(plan, old["id"], intent.look.changes)
        return
    timing = Timing() if intent.every else intent.timing
    start_ms, end_ms = on_picture(plan, timing, photo)
    before = {segment["id"] for segment in plan.texts()}
    plan.draft = edits_text.add_text(
        plan.draft,
        text,
        role="caption",
        start_ms=start_ms,
        end_ms=end_ms,
        style=new_style("caption", intent.look, PHOTO_CAPTION_PRESET),
    )
    added = next(seg for seg in plan.texts() if seg["id"] not in before)
    plan.touched = {added["id"]}
    tell_added(plan, intent, added, "captioned", {"file": file})
    if found is not None:
        plan.done.append(_described(plan, found))
    make_readable(plan, added["id"], intent.look.changes)


def revoice(plan: Plan, intent: Revoice) -> None:
    """Word a caption anew that came of a description; words of the user's stay theirs."""
    last = next((w for w in wishes(plan) if isinstance(w, CaptionPhoto)), None)
    captioned = [photo for photo in plan.photos() if _caption_over(plan, photo) is not None]
    if not captioned:
        raise plan.refuse("no_photo_caption")
    if last is None or last.text is not None:
        raise plan.refuse("own_words")
    wish = replace(last, span=intent.span, voicing=intent.voicing, look=Look(), timing=Timing())
    caption_photo(plan, replace(wish, skipped=intent.skipped))


def _described(plan: Plan, found: Description) -> str:
    noun = found.noun_zh if plan.language == "zh" and found.noun_zh else found.noun
    percent = f"{found.confidence * 100:.0f}"
    return say("done", "described", plan.language, noun=noun, percent=percent, by=found.by)


def describe_photo(plan: Plan, intent: DescribePhoto) -> None:
    """Say what the last photo shows; the timeline stays."""
    photos = plan.photos()
    if not photos:
        raise plan.refuse("no_photo" if plan.pictures() else "no_media")
    file = str(photos[-1]["m"]["src"])
    found = plan.describe(file)
    if found is None:
        raise plan.ask("photo_words", file=file)
    record = {"filename": file, "caption": found.noun[:1].upper() + found.noun[1:]}
    plan.analyses.append({**record, "confidence": found.confidence, "by": found.by})
    noun = found.noun_zh if plan.language == "zh" and found.noun_zh else found.noun
    percent = f"{found.confidence * 100:.0f}"
    plan.tell("described", intent, noun=noun, percent=percent, by=found.by)


def caption_words(plan: Plan, pending: AddText | CaptionPhoto | Restyle, text: str) -> None:
    """Carry out a wish that lacked its words, now that they have come."""
    span = (0, len(plan.message))
    if isinstance(pending, Restyle):
        pending = AddText(
            span=span, role="caption", text=None, look=pending.look, timing=pending.timing
        )
    wish = replace(pending, text=text, span=span, skipped="")
    if isinstance(wish, CaptionPhoto):
        photo = uncaptioned(plan, wish)
        file = None if photo is None else str(photo["m"]["src"])
        caption_photo(plan, replace(wish, every=False, file=wish.file or file))
    else:
        add_text(plan, wish)
