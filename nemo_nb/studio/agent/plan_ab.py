"""Variants of the captions, made and compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
MOST: Final = 6
"""Variants that are compared at once."""


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
    drafts = [
        (one.name, made(plan.draft, one, intent.text, texts, plan.last_ms)) for one in variants
    ]
    plan.variants = drafts
    shown = [f"“{label}”" for label, _ in drafts]
    comma = "、" if plan.language == "zh" else ", "
    plan.tell("variants", intent, count=len(drafts), text=comma.join(shown))
    plan.other += compared(plan, drafts)


def _filled(plan: Plan, intent: TestCaptions) -> list[Variant]:
    """Return the variants, filled up with ours where fewer are named than wanted."""
    variants = list(intent.variants)
    if intent.about == "wording" and not variants:
        raise plan.ask("ab_wordings")
    usual = _positions(plan) if intent.about == "position" else styles(plan)
    for variant in usual:
        if len(variants) >= intent.count:
            break
        if all(variant.look != known.look for known in variants):
            variants.append(variant)
    return variants


def styles(plan: Plan) -> list[Variant]:
    """Return the styles that are tried where none is named."""
    named = presets()
    zh = plan.language == "zh"
    return [
        Variant(named[one].title_zh if zh else named[one].title, Look({"preset": one}))
        for one in _STYLES
    ]


def _positions(plan: Plan) -> list[Variant]:
    return [Variant(name(one, plan.language), Look({"position": one})) for one in _POSITIONS]


def made(
    cut: Mapping[str, Any],
    variant: Variant,
    text: str | None,
    texts: Sequence[Mapping[str, Any]],
    last_ms: int,
) -> Draft:
    """Return *cut* with its captions as *variant* wants them.

    Args:
        cut: A draft.
        variant: How they look, and what they say.
        text: What they say where the variant does not tell and there are none.
        texts: Those of *cut* that are meant.
        last_ms: Where its pictures end.
    """
    words = variant.text or text
    draft = editable(cut)
    if words is not None and not texts:
        before = _ids(draft)
        draft = edits_text.add_text(
            draft, words, role="caption", start_ms=0, end_ms=last_ms, style={}
        )
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
