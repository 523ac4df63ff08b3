"""Which texts an intent is about, and when a text stands that is added or moved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from nemo_nb.studio import edits_text
from nemo_nb.studio.agent.intents import Pick, Role, Timing
from nemo_nb.studio.agent.plan import Plan, chosen
from nemo_nb.studio.agent.references import MIDDLE
from nemo_nb.studio.agent.replies import name, seconds
from nemo_nb.timeline.draft_shape import end


def settled_place(plan: Plan, pictures: list[dict[str, Any]], place: int) -> int:
    """Return *place* as a number: that of the middle is known only now, or asked for."""
    if place != MIDDLE:
        return place
    count = len(pictures)
    if count < 3 or not count % 2:  # noqa: PLR2004 - one on either side
        raise plan.ask("which_picture", files=listed_files(plan, pictures))
    return count // 2


def listed_files(plan: Plan, found: list[dict[str, Any]]) -> str:
    """Return pictures by number and name for a sentence."""
    shown = [f"{n}. {p['m'].get('title') or p['m'].get('src')}" for n, p in enumerate(found, 1)]
    comma = "、" if plan.language == "zh" else ", "
    return comma.join(shown[:6]) + (" …" if len(shown) > len(shown[:6]) else "")


def picture_at(plan: Plan, pictures: list[dict[str, Any]], place: int) -> dict[str, Any]:
    """Return one of *pictures* by its place; what is not there is refused."""
    place = settled_place(plan, pictures, place)
    now = {picture["id"]: picture for picture in pictures}
    if pictures and pictures == plan.pictures() and now.keys() <= set(plan.order):
        # "Put photo 3 first and remove photo 1" counts the photos as they stood before.
        if not -len(plan.order) <= place < len(plan.order) or plan.order[place] not in now:
            raise plan.refuse("no_such_picture")
        return now[plan.order[place]]
    if not -len(pictures) <= place < len(pictures):
        raise plan.refuse("no_such_picture" if plan.pictures() else "no_media")
    return pictures[place]


def text_times(  # noqa: PLR0911 - one rule a return
    plan: Plan, role: Role, timing: Timing
) -> tuple[int, int]:
    """Return where a text stands; what nobody says is filled in, what is said is not bent."""
    last = plan.last_ms
    if not last:
        raise plan.refuse("no_media")
    if timing.place is not None:
        return on_picture(plan, timing, picture_at(plan, plan.pictures(), timing.place))
    usual = min(edits_text.TITLE_MS, last) if role == "title" else last
    timing = settled(plan, timing)
    if timing.whole or timing.to_end:
        return timing.start_ms or 0, last
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
    if start >= last:
        raise plan.refuse("too_late", start=seconds(start), last=seconds(last))
    if length is not None:
        return start, start + length
    if role == "caption":
        return start, _free_until(plan, start, last) if timing.anchor else last
    return start, min(start + usual, last)


def settled(plan: Plan, timing: Timing) -> Timing:
    """Return *timing* with shares of the video and texts to follow turned to times."""
    if timing.share is not None:
        low, high = (None if part is None else round(part * plan.last_ms) for part in timing.share)
        return replace(timing, share=None, start_ms=low, end_ms=high)
    if timing.anchor is not None:
        side, role, places = timing.anchor
        found = chosen(plan.texts(role), Pick(places))
        one = only(plan, found, role)
        if side == "after":
            return replace(timing, start_ms=end(one))
        length = timing.duration_ms
        return replace(
            timing,
            start_ms=_free_from(plan, one["s"]) if length is None else max(one["s"] - length, 0),
            end_ms=one["s"],
            duration_ms=None,
        )
    return timing


def _free_until(plan: Plan, start: int, last: int) -> int:
    """Return when the next caption after *start* begins, or *last*."""
    return min((t["s"] for t in plan.texts("caption") if t["s"] > start), default=last)


def _free_from(plan: Plan, stop: int) -> int:
    """Return when the caption before *stop* ends, or 0."""
    return max((end(t) for t in plan.texts("caption") if end(t) <= stop), default=0)


def on_picture(plan: Plan, timing: Timing, picture: dict[str, Any]) -> tuple[int, int]:
    """Return where a text stands that belongs to *picture*: its time, or what is said of it."""
    said = replace(timing, place=None, duration_ms=None)
    if said:
        return text_times(plan, "caption", replace(timing, place=None))
    start, length = picture["s"], timing.duration_ms
    return start, end(picture) if length is None else start + length


def new_times(  # noqa: PLR0911 - one rule a return
    plan: Plan, segment: dict[str, Any], timing: Timing
) -> tuple[int, int]:
    """Return other times for a text: what is not said stays as it is."""
    timing = settled(plan, timing)
    length = timing.duration_ms if timing.duration_ms is not None else segment["d"]
    if timing.whole:
        return 0, plan.last_ms
    if timing.to_end:
        return segment["s"] if timing.start_ms is None else timing.start_ms, plan.last_ms
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


def only(plan: Plan, texts: list[dict[str, Any]], role: Role | None) -> dict[str, Any]:
    """Return the one text that is meant, or raise what to ask."""
    if not texts:
        raise plan.refuse("no_text", role=name(role or "text", plan.language))
    if len(texts) > 1:
        raise plan.ask("which_text", texts=listed(plan, texts))
    return texts[0]


def listed(plan: Plan, texts: list[dict[str, Any]]) -> str:
    """Return the words of *texts* for a sentence."""
    shown = [f"“{text['m'].get('text', '')}”" for text in texts[:6]]
    comma = "、" if plan.language == "zh" else ", "
    return comma.join(shown) + (" …" if len(texts) > len(shown) else "")


def picked(
    plan: Plan, texts: list[dict[str, Any]], pick: Pick, role: Role | None
) -> list[dict[str, Any]]:
    """Return those of *texts* that are meant; raise where there is no such text, or several."""
    found = chosen(texts, pick)
    if not found:
        raise plan.refuse("not_that_text", texts=listed(plan, texts))
    if pick.that:
        touched = [text for text in found if text["id"] in plan.touched]
        return touched or [only(plan, found, role)]
    return found
