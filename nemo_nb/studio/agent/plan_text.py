"""Intents about captions and titles, carried out on a plan."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

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
)
from nemo_nb.studio.agent.plan import Plan, role_of
from nemo_nb.studio.agent.replies import look_words, name, seconds
from nemo_nb.studio.draft_shape import end
from nemo_nb.timeline.styles import resolve


def add_text(plan: Plan, intent: AddText) -> None:
    """Add a caption or title; without words, restyle what is there or ask."""
    role = intent.role
    if intent.text is None:
        if intent.look and plan.texts(role):
            restyle(plan, _restyling(intent))
            return
        if not plan.pictures():
            raise plan.refuse("no_media")
        raise plan.ask(f"{role}_words")
    there = any(text["m"]["text"] == intent.text for text in plan.texts(role))
    if there and intent.look and not intent.timing:
        restyle(plan, _restyling(intent))
        return
    start_ms, end_ms = text_times(plan, role, intent.timing)
    style = new_style(role, intent.look)
    before = {segment["id"] for segment in plan.texts()}
    plan.draft = edits_text.add_text(
        plan.draft, intent.text, role=role, start_ms=start_ms, end_ms=end_ms, style=style
    )
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


def picture_at(plan: Plan, pictures: list[dict[str, Any]], place: int) -> dict[str, Any]:
    """Return one of *pictures* by its place; what is not there is refused."""
    if not -len(pictures) <= place < len(pictures):
        raise plan.refuse("no_such_picture" if plan.pictures() else "no_media")
    return pictures[place]


def text_times(plan: Plan, role: Role, timing: Timing) -> tuple[int, int]:
    """Return where a text stands; what nobody says is filled in, what is said is not bent."""
    last = plan.last_ms
    if not last:
        raise plan.refuse("no_media")
    if timing.place is not None:
        return on_picture(plan, timing, picture_at(plan, plan.pictures(), timing.place))
    usual = min(edits_text.TITLE_MS, last) if role == "title" else last
    if timing.whole:
        return 0, last
    length = timing.duration_ms
    if timing.edge == "last":
        length = length if length is not None else min(edits_text.TITLE_MS, last)
        return last - length, last
    if timing.edge == "first" and length is None and timing.start_ms is None:
        length = min(edits_text.TITLE_MS, last)
    start = timing.start_ms
    if timing.end_ms is not None:
        start = start if start is not None else max(timing.end_ms - length, 0) if length else 0
        return start, timing.end_ms
    start = start or 0
    if length is not None:
        return start, start + length
    return start, last if role == "caption" or start >= last else min(start + usual, last)


def on_picture(plan: Plan, timing: Timing, picture: dict[str, Any]) -> tuple[int, int]:
    """Return where a text stands that belongs to *picture*: its time, or what is said of it."""
    if timing.whole or timing.edge or timing.start_ms is not None or timing.end_ms is not None:
        return text_times(plan, "caption", replace(timing, place=None))
    start, length = picture["s"], timing.duration_ms
    return start, end(picture) if length is None else start + length


def replace_text(plan: Plan, intent: ReplaceText) -> None:
    """Give a text other words; where the words are those that stand there, only restyle."""
    texts = plan.texts(intent.role)
    same = next((t for t in texts if intent.text and t["m"]["text"] == intent.text), None)
    if same is not None and (intent.look or intent.timing):
        restyle(plan, _restyling(intent))
        return
    if intent.old is not None:
        texts = [t for t in plan.texts() if t["m"]["text"].casefold() == intent.old.casefold()]
        if not texts:
            raise plan.refuse("no_such_text", text=intent.old)
    if not texts and intent.role is not None and intent.text is not None and plan.pictures():
        # "set the title to …" where there is none yet plainly asks for one.
        add_text(plan, adding(intent, intent.role))
        return
    one = _only(plan, texts, intent.role)
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


def _only(plan: Plan, texts: list[dict[str, Any]], role: Role | None) -> dict[str, Any]:
    """Return the one text that is meant, or raise what to ask."""
    if not texts:
        raise plan.refuse("no_text", role=name(role or "text", plan.language))
    if len(texts) > 1:
        raise plan.ask("which_text", texts=_listed(texts))
    return texts[0]


def _listed(texts: list[dict[str, Any]]) -> str:
    shown = [f"“{text['m'].get('text', '')}”" for text in texts[:6]]
    return ", ".join(shown) + (" …" if len(texts) > len(shown) else "")


def remove_text(plan: Plan, intent: RemoveText) -> None:
    """Take texts away: one by its words, or all of a role."""
    texts = plan.texts(intent.role)
    if intent.text is not None:
        texts = [t for t in texts if t["m"]["text"].casefold() == intent.text.casefold()]
        if not texts:
            raise plan.refuse("no_such_text", text=intent.text)
    if not texts:
        raise plan.refuse("no_text", role=name(intent.role or "text", plan.language))
    if intent.edge is not None:
        texts = texts[-1:] if intent.edge == "last" else texts[:1]
    plan.draft = edits_text.remove_texts(plan.draft, {t["id"] for t in texts})
    plan.touched = set()
    if len(texts) == 1:
        role = name(role_of(texts[0]), plan.language)
        plan.tell("removed_one", intent, role=role, text=texts[0]["m"]["text"])
    else:
        plan.tell("removed_many", intent, count=len(texts), texts=_listed(texts))


def restyle(plan: Plan, intent: Restyle) -> None:
    """Change how texts look or when they stand."""
    texts = _meant(plan, intent)
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
    if intent.timing and (intent.text is not None or not intent.look or len(texts) == 1):
        one = _only(plan, texts, intent.role)
        start_ms, end_ms = _new_times(plan, one, intent.timing)
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


def _meant(plan: Plan, intent: Restyle) -> list[dict[str, Any]]:
    """Return the texts a restyling is about, or raise what to say instead."""
    if intent.text is not None:
        texts = [t for t in plan.texts() if t["m"]["text"].casefold() == intent.text.casefold()]
        if not texts:
            raise plan.refuse("no_such_text", text=intent.text)
        return texts
    touched = [t for t in plan.segment(plan.touched) if "text" in t["m"]]
    if intent.it and touched:
        return touched
    texts = plan.texts(intent.role)
    if intent.pick is not None and texts:
        return texts[-1:] if intent.pick == "last" else texts[:1]
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


def _new_times(plan: Plan, segment: dict[str, Any], timing: Timing) -> tuple[int, int]:
    """Return other times for a text: what is not said stays as it is."""
    length = timing.duration_ms if timing.duration_ms is not None else segment["d"]
    if timing.whole:
        return 0, plan.last_ms
    if timing.start_ms is not None and timing.end_ms is not None:
        return timing.start_ms, timing.end_ms
    if timing.edge == "last" and timing.duration_ms is None:
        return plan.last_ms - length, plan.last_ms
    if timing.edge == "first":
        return 0, length
    if timing.end_ms is not None:
        return segment["s"], timing.end_ms
    start = segment["s"] if timing.start_ms is None else timing.start_ms
    return start, start + length
