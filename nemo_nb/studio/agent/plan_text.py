"""Intents about captions and titles, carried out on a plan."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from nemo_nb.errors import EditRefused
from nemo_nb.studio import edits_text
from nemo_nb.studio.agent.intents import (
    AddText,
    CaptionPhoto,
    Look,
    RemoveText,
    ReplaceText,
    Restyle,
    Role,
    Timing,
    UseSubtitles,
)
from nemo_nb.studio.agent.looks import OWN_FONT
from nemo_nb.studio.agent.plan import Plan, chosen, media_named, role_of
from nemo_nb.studio.agent.plan_meant import listed, new_times, only, picked, text_times
from nemo_nb.studio.agent.replies import look_words, name, say, seconds
from nemo_nb.timeline.draft_shape import end
from nemo_nb.timeline.styles import resolve


def add_text(plan: Plan, intent: AddText) -> None:
    """Add a caption or title; without words, restyle what is there or ask."""
    role, intent = intent.role, replace(intent, look=with_font(plan, intent.look))
    if intent.text is None:
        if intent.look and plan.texts(role):
            restyle(plan, _restyling(intent))
            return
        if not plan.pictures():
            raise plan.refuse("no_media")
        raise plan.ask(f"{role}_words")
    if intent.pick and chosen(plan.texts(role), intent.pick):
        replace_text(plan, _replacing(intent))
        return
    there = any(text["m"]["text"] == intent.text for text in plan.texts(role))
    if there and intent.look and not intent.timing:
        restyle(plan, _restyling(intent))
        return
    ends = intent.pick.places == (-1,) and not intent.timing  # "end title: …"
    timing = Timing(edge="last") if ends else intent.timing
    start_ms, end_ms = text_times(plan, role, timing)
    style = new_style(role, intent.look)
    before = {segment["id"] for segment in plan.texts()}
    try:
        plan.draft = edits_text.add_text(
            plan.draft, intent.text, role=role, start_ms=start_ms, end_ms=end_ms, style=style
        )
    except EditRefused:
        # One stands there already: without a word of adding, other words for it are meant.
        if not intent.or_replaces or len(plan.texts(role)) != 1:
            raise
        replace_text(plan, _replacing(intent))
        return
    added = next(seg for seg in plan.texts() if seg["id"] not in before)
    plan.touched = {added["id"]}
    tell_added(plan, intent, added, "text_added", {})


def _restyling(intent: AddText | ReplaceText) -> Restyle:
    """Return the same wish about a text that is there already."""
    return Restyle(
        span=intent.span,
        skipped=intent.skipped,
        role=intent.role,
        text=intent.text,
        look=intent.look,
        timing=intent.timing,
    )


def _replacing(intent: AddText) -> ReplaceText:
    """Return the same wish as other words for the text of that number."""
    return ReplaceText(
        span=intent.span,
        skipped=intent.skipped,
        role=intent.role,
        old=None,
        text=intent.text,
        look=intent.look,
        timing=intent.timing,
        pick=intent.pick,
    )


def adding(intent: CaptionPhoto | ReplaceText, role: Role) -> AddText:
    """Return the same wish as a text to add."""
    return AddText(
        span=intent.span,
        skipped=intent.skipped,
        role=role,
        text=intent.text,
        look=intent.look,
        timing=intent.timing,
    )


def tell_added(
    plan: Plan,
    intent: AddText | CaptionPhoto,
    segment: dict[str, Any],
    key: str,
    more: dict[str, Any],
) -> None:
    """Tell that *segment* was added: its words, looks, place and times."""
    changes = {k: v for k, v in intent.look.changes.items() if k != "position"}
    words = look_words(Look(changes, intent.look.grow), plan.language)
    gap = " " if plan.language == "en" else "，"  # noqa: RUF001 - a Chinese comma
    style = resolve(segment["m"].get("style"), role_of(segment))
    plan.tell(
        key,
        intent,
        role=name(role_of(segment), plan.language),
        text=segment["m"]["text"],
        look=f"{gap}{words}" if words else "",
        place=name(style.position, plan.language),
        **plan.times(segment),
        **more,
    )


def new_style(role: Role, look: Look, default: str | None = None) -> dict[str, Any]:
    """Return the style dict for a new text."""
    preset = look.changes.get("preset", default)
    style = edits_text.preset_style(preset, role) if preset else {}
    style |= {key: value for key, value in look.changes.items() if key != "preset"}
    if look.grow != 1.0:
        style["size"] = round(resolve(style, role).size * look.grow, 2)
    return style


def with_font(plan: Plan, look: Look) -> Look:
    """Return *look* with "my font" as the font file that was uploaded last.

    Raises:
        NotDone: None was.
    """
    if look.changes.get("font_file") != OWN_FONT:
        return look
    fonts = [info.name for info in plan.project.media if info.kind == "font"]
    if not fonts:
        raise plan.refuse("no_font")
    return Look({**look.changes, "font_file": fonts[-1]}, look.grow)


def replace_text(plan: Plan, intent: ReplaceText) -> None:
    """Give a text other words; where the words are those that stand there, only restyle."""
    texts = plan.texts(intent.role)
    same = next((t for t in texts if intent.text and t["m"]["text"] == intent.text), None)
    if same is not None and (intent.look or intent.timing):
        restyle(plan, _restyling(intent))
        return
    if intent.old is not None:
        texts = [t for t in plan.texts() if t["m"]["text"].casefold() == intent.old.casefold()]
        if not texts and intent.or_add:
            add_text(plan, adding(intent, intent.role or "caption"))
            return
        if not texts:
            raise plan.refuse("no_such_text", text=intent.old)
    if texts and intent.pick:
        texts = picked(plan, texts, intent.pick, intent.role)
    nothing = not texts and not intent.pick
    if nothing and intent.role is not None and intent.text is not None and plan.pictures():
        # "set the title to …" where there is none yet plainly asks for one.
        add_text(plan, adding(intent, intent.role))
        return
    one = only(plan, texts, intent.role)
    if intent.text is None:
        raise plan.ask(f"{role_of(one)}_words")
    plan.draft = edits_text.replace_text(plan.draft, one["id"], intent.text)
    plan.touched = {one["id"]}
    values = {"role": name(role_of(one), plan.language), "old": one["m"]["text"]}
    plan.tell("replaced", intent, text=intent.text, **values)
    if intent.look or intent.timing:
        wish = Restyle(
            span=intent.span, role=None, text=None, look=intent.look, timing=intent.timing, it=True
        )
        restyle(plan, wish)


def remove_text(plan: Plan, intent: RemoveText) -> None:
    """Take texts away: one by its words, or all of a role."""
    texts = plan.texts(intent.role)
    if intent.text is not None:
        texts = [t for t in texts if t["m"]["text"].casefold() == intent.text.casefold()]
        if not texts:
            raise plan.refuse("no_such_text", text=intent.text)
    if not texts:
        raise plan.refuse("no_text", role=name(intent.role or "text", plan.language))
    texts = picked(plan, texts, intent.pick, intent.role)
    plan.draft = edits_text.remove_texts(plan.draft, {t["id"] for t in texts})
    plan.touched = set()
    if len(texts) == 1:
        role = name(role_of(texts[0]), plan.language)
        plan.tell("removed_one", intent, role=role, text=texts[0]["m"]["text"])
    else:
        plan.tell("removed_many", intent, count=len(texts), texts=listed(plan, texts))


def restyle(plan: Plan, intent: Restyle) -> None:
    """Change how texts look or when they stand."""
    intent = replace(intent, look=with_font(plan, intent.look))
    if intent.pick.at and len(plan.texts(intent.role)) > 1:
        intent = replace(intent, timing=Timing())  # the times say which of them is meant
    elif intent.pick.at:
        intent = replace(intent, pick=replace(intent.pick, at=None))
    texts = _meant(plan, intent)
    if intent.look and intent.timing and not intent.timing.whole and intent.text is None:
        only(plan, texts, intent.role)  # which of them stands then is not for us to guess
    if intent.look:
        ids = {text["id"] for text in texts}
        plan.draft = edits_text.restyle(plan.draft, ids, intent.look.changes, grow=intent.look.grow)
        plan.touched = ids
        words = look_words(intent.look, plan.language)
        roles = {role_of(text) for text in texts}
        role = name(roles.pop() if len(roles) == 1 else "text", plan.language)
        if len(texts) == 1:
            plan.tell("restyled_one", intent, role=role, text=texts[0]["m"]["text"], look=words)
        else:
            plan.tell("restyled_many", intent, role=role, count=len(texts), look=words)
    if intent.timing.moved_ms or intent.timing.longer_ms:
        _shift(plan, intent, texts)
        return
    if intent.timing and (intent.text is not None or not intent.look or len(texts) == 1):
        one = only(plan, texts, intent.role)
        start_ms, end_ms = new_times(plan, one, intent.timing)
        plan.draft = edits_text.set_text_times(
            plan.draft, one["id"], start_ms=start_ms, end_ms=end_ms
        )
        plan.touched = {one["id"]}
        plan.tell(
            "retimed",
            intent,
            role=name(role_of(one), plan.language),
            text=one["m"]["text"],
            start=seconds(start_ms),
            end=seconds(end_ms),
        )


def _shift(plan: Plan, intent: Restyle, texts: list[dict[str, Any]]) -> None:
    """Let texts come and go later, or go later alone; less than 0: earlier."""
    moved, longer = intent.timing.moved_ms, intent.timing.longer_ms
    # The last goes first, so that none runs into the next, which moves as well.
    order = sorted(texts, key=lambda text: text["s"], reverse=moved + longer > 0)
    for text in order:
        plan.draft = edits_text.set_text_times(
            plan.draft,
            text["id"],
            start_ms=text["s"] + moved,
            end_ms=end(text) + moved + longer,
        )
    plan.touched = {text["id"] for text in texts}
    roles = {role_of(text) for text in texts}
    role = name(roles.pop() if len(roles) == 1 else "text", plan.language)
    if len(texts) > 1:
        first, last = min(texts, key=lambda t: t["s"]), max(texts, key=end)
        start, stop = first["s"] + moved, end(last) + moved + longer
        times = {"start": seconds(start), "end": seconds(stop)}
        plan.tell("retimed_many", intent, role=role, count=len(texts), **times)
        return
    times = plan.times(plan.segment(plan.touched)[0])
    plan.tell("retimed", intent, role=role, text=texts[0]["m"]["text"], **times)


def _meant(plan: Plan, intent: Restyle) -> list[dict[str, Any]]:
    """Return the texts a restyling is about, or raise what to say instead."""
    if intent.text is not None:
        texts = [t for t in plan.texts() if t["m"]["text"].casefold() == intent.text.casefold()]
        if not texts:
            raise plan.refuse("no_such_text", text=intent.text)
        return texts
    touched = [t for t in plan.segment(plan.touched) if "text" in t["m"]]
    if intent.it and touched and not (intent.pick.at or intent.pick.places):
        return touched
    texts = plan.texts(intent.role)
    if intent.it and intent.role is None and len(texts) > 1 and not intent.pick:
        raise plan.ask("which_text", texts=listed(plan, texts))
    if intent.pick and texts:
        return picked(plan, texts, intent.pick, intent.role)
    if not texts and intent.role == "caption":
        # People call any text on a picture a caption; the reply says what it was.
        texts = plan.texts()
    if texts:
        return texts
    if not plan.pictures():
        raise plan.refuse("no_media")
    if intent.role == "title":
        raise plan.refuse("no_text", role=name("title", plan.language))
    raise plan.ask("none_to_style")


def use_subtitles(plan: Plan, intent: UseSubtitles) -> None:
    """Tell where the captions of a subtitle file are: an upload lays them by itself."""
    files = [info for info in plan.project.media if info.kind == "subtitle"]
    if intent.file is not None and media_named(plan.project, intent.file) is None:
        raise plan.refuse("no_such_file", file=intent.file)
    if not files:
        raise plan.refuse("no_subtitles")
    file = intent.file or files[-1].name
    captions = plan.texts("caption")
    if not captions:
        raise plan.refuse("subtitles_gone", file=file)
    plan.answer(intent, say("done", "subtitles_there", plan.language, count=len(captions)))
