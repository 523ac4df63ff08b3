"""Variants of the captions, made and compared."""

from __future__ import annotations

from typing import Any, Final

from nemo_nb.studio import edits_text
from nemo_nb.studio.agent.comparing import compared
from nemo_nb.studio.agent.intents import Look
from nemo_nb.studio.agent.intents_show import TestCaptions, Variant
from nemo_nb.studio.agent.plan import Plan
from nemo_nb.studio.agent.replies import name
from nemo_nb.timeline.draft_shape import Draft, editable
from nemo_nb.timeline.styles import presets

# Two that differ in what is known to matter for reading: colour and weight, ground and edge.
_STYLES: Final = ("bold-yellow", "clean-white", "boxed", "outline", "highlight", "minimal")
_POSITIONS: Final = ("bottom", "top", "middle")


def try_captions(plan: Plan, intent: TestCaptions) -> None:
    """Make the variants, measure them, and tell which reads better by what."""
    if not plan.pictures():
        raise plan.refuse("no_media")
    if intent.about == "open":
        raise plan.ask("ab_which")
    texts = plan.texts("caption") or plan.texts()
    variants = _filled(plan, intent)
    worded = any(variant.text for variant in variants)
    if not worded and intent.text is None and not texts:
        raise plan.ask("ab_words")
    if worded and len(texts) > 1:
        raise plan.ask("ab_which_text")
    made = [(one.name, _made(plan, one, intent.text, texts)) for one in variants]
    plan.variants = made
    shown = [f"“{label}”" for label, _ in made]
    comma = "、" if plan.language == "zh" else ", "
    plan.tell("variants", intent, count=len(made), text=comma.join(shown))
    plan.other += compared(plan, made)


def _filled(plan: Plan, intent: TestCaptions) -> list[Variant]:
    """Return the variants, filled up with ours where fewer are named than wanted."""
    variants = list(intent.variants)
    if intent.about == "wording" and not variants:
        raise plan.ask("ab_wordings")
    usual = _positions(plan) if intent.about == "position" else _styles(plan)
    for variant in usual:
        if len(variants) >= intent.count:
            break
        if all(variant.look != known.look for known in variants):
            variants.append(variant)
    return variants


def _styles(plan: Plan) -> list[Variant]:
    named = presets()
    zh = plan.language == "zh"
    return [
        Variant(named[one].title_zh if zh else named[one].title, Look({"preset": one}))
        for one in _STYLES
    ]


def _positions(plan: Plan) -> list[Variant]:
    return [Variant(name(one, plan.language), Look({"position": one})) for one in _POSITIONS]


def _made(plan: Plan, variant: Variant, text: str | None, texts: list[dict[str, Any]]) -> Draft:
    words = variant.text or text
    draft = editable(plan.draft)
    if words is not None and not texts:
        draft = edits_text.add_text(
            draft, words, role="caption", start_ms=0, end_ms=plan.last_ms, style={}
        )
        before = {one["id"] for one in plan.texts()}
        ids = _ids(draft) - before
    else:
        ids = {one["id"] for one in texts}
        if variant.text is not None:
            (only,) = ids
            draft = edits_text.replace_text(draft, only, variant.text)
    if variant.look:
        look = variant.look
        draft = edits_text.restyle(draft, ids, look.changes, grow=look.grow)
    return draft


def _ids(draft: Draft) -> set[str]:
    return {s["id"] for track in draft["t"] for s in track["sg"] if "text" in s["m"]}
