"""Variants that are there: one becomes the cut, one goes, one comes; all are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from nemo_nb.studio.agent.comparing import Rows, compared, measured, winner
from nemo_nb.studio.agent.intents import Intent
from nemo_nb.studio.agent.intents_ab import (
    AddVariant,
    CompareVariants,
    DropVariant,
    ExportVariant,
    UseVariant,
)
from nemo_nb.studio.agent.intents_show import Variant
from nemo_nb.studio.agent.plan import Plan
from nemo_nb.studio.agent.plan_ab import MOST, made, styles
from nemo_nb.studio.agent.replies import look_words, say
from nemo_nb.studio.agent.variant_looks import alike
from nemo_nb.timeline.draft import TEXT, VIDEO
from nemo_nb.timeline.draft_shape import Draft, editable, name_all, seal, segments, tracks
from nemo_nb.timeline.variant_names import meant, telling

_Named = tuple[str, Mapping[str, Any]]
_NAME_CHARS: Final = 40


def use_variant(plan: Plan, intent: UseVariant) -> None:
    """Let the cut be one of the variants; all of them stay."""
    variants = _there(plan)
    told = ""
    if intent.name is None:
        rows = measured(plan, variants)
        best = winner(rows)
        told = _told(plan, variants, rows)
        if best is None or not best.clear:
            plan.other.append(told)
            raise plan.ask("variant_which_reads", texts=_listed(plan, variants))
        place = best.place
    else:
        place = _meant(plan, intent.name)
    name, draft = variants[place]
    kept = _with_texts_of(plan.draft, draft, [one for _, one in variants])
    plan.draft = editable(draft) if kept is None else kept
    plan.touched = {segment["id"] for _, segment in segments(plan.draft, TEXT)}
    plan.subject = "text"
    plan.tell("use_variant_all" if kept is None else "use_variant", intent, text=name)
    plan.other += [f"\n\n{told}"] if told else []


def drop_variant(plan: Plan, intent: DropVariant) -> None:
    """Take one of the variants away, or all."""
    variants = _there(plan)
    place = None if intent.every else _meant(plan, intent.name or "")
    left = [(n, editable(d)) for at, (n, d) in enumerate(variants) if place not in (None, at)]
    plan.variants = left
    plan.no_variants = not left
    if left and place is not None:
        plan.tell("drop_variant", intent, text=variants[place][0], texts=_listed(plan, left))
    else:
        plan.tell("drop_variants", intent)


def add_variant(plan: Plan, intent: AddVariant) -> None:
    """Make one more variant of the captions, beside those that are there."""
    variants = _there(plan)
    if len(variants) >= MOST:
        raise plan.refuse("variants_full", count=len(variants))
    # What the cut says; where it says nothing, what the last variant does.
    texts = plan.texts("caption") or plan.texts()
    base: Mapping[str, Any] = plan.draft if texts else variants[-1][1]
    texts = texts or _texts(base)
    if not texts:
        raise plan.refuse("variant_textless")
    if intent.text is not None and len(texts) > 1:
        raise plan.ask("ab_which_text")
    wanted = Variant(
        intent.text or look_words(intent.look, plan.language), intent.look, intent.text
    )
    if not intent.look and intent.text is None:
        wanted = _unlike(plan, base, texts, variants)
    draft = made(base, wanted, None, texts, plan.last_ms)
    same = _same(draft, variants)
    if same is not None:
        raise plan.refuse("variant_same", text=same)
    name = _free(wanted.name[:_NAME_CHARS], [known for known, _ in variants])
    plan.variants = [*((known, editable(one)) for known, one in variants), (name, draft)]
    shown = _listed(plan, plan.variants)
    plan.tell("add_variant", intent, text=name, count=len(plan.variants), texts=shown)
    plan.other.append(f"\n\n{_told(plan, plan.variants)}")


def compare_variants(plan: Plan, intent: CompareVariants) -> None:
    """Say how the variants differ, and how to see or choose one."""
    variants = _there(plan)
    if len(variants) == 1:
        plan.answer(intent, say("ab", "only", plan.language, text=variants[0][0]))
        return
    said = _told(plan, variants)
    key = "how" if len(variants) == 2 else "how_many"  # noqa: PLR2004 - "both"
    plan.answer(intent, f"{said}\n\n{say('ab', key, plan.language, text=variants[0][0])}")


def export_variant(plan: Plan, intent: ExportVariant) -> None:
    """Say with which words a variant is exported: films are the client's to fetch."""
    variants = _there(plan)
    place = 0 if intent.name is None else _meant(plan, intent.name)
    key = "export_all" if intent.name is None else "export_one"
    shown = {"text": variants[place][0], "texts": _listed(plan, variants)}
    plan.answer(intent, say("ab", key, plan.language, **shown))


def _there(plan: Plan) -> list[_Named]:
    """Return the variants as this turn has left them.

    Raises:
        NotDone: There are none.
    """
    found = list[_Named](plan.variants or plan.project.variants)
    if not found or plan.no_variants:
        raise plan.refuse("no_variants")
    return found


def _meant(plan: Plan, words: str) -> int:
    """Return the place of the variant that *words* mean.

    Raises:
        NotDone: Several may be meant, or none.
    """
    variants = _there(plan)
    found = meant(words.strip("\"'“”„「」『』 "), [name for name, _ in variants])
    seen = alike(variants, words)
    if found is None or (len(found) > 1 and set(found) & set(seen)):
        found = seen if found is None else tuple(place for place in found if place in seen)
    if not found and len(variants) == 1 and not telling(words):
        found = (0,)
    if len(found) != 1:
        few = [variants[place] for place in found] if len(found) > 1 else variants
        raise plan.ask("variant_which", texts=_listed(plan, few))
    return found[0]


def _told(plan: Plan, variants: Sequence[_Named], rows: Rows | None = None) -> str:
    """Return what was measured on the variants, in words."""
    sentences = compared(plan, variants, rows)
    return ("" if plan.language == "zh" else " ").join(sentences).strip()


def _listed(plan: Plan, variants: Sequence[_Named]) -> str:
    comma = "、" if plan.language == "zh" else ", "
    return comma.join(f"“{name}”" for name, _ in variants)


def _with_texts_of(
    cut: Draft, chosen: Mapping[str, Any], variants: Sequence[Mapping[str, Any]]
) -> Draft | None:
    """Return *cut* with the texts of *chosen*, so that what was edited since stays.

    None where the texts alone would not do: the variants differ in more than texts, or the
    pictures have other times now.
    """
    pictures = [_without_texts(one) for one in variants]
    if any(one != pictures[0] for one in pictures[1:]) or _times(cut) != _times(chosen):
        return None
    result, own = editable(cut), editable(chosen)
    theirs = {_identity(s) for one in variants for _, s in segments(editable(one), TEXT)}
    taken: list[dict[str, Any]] = [t for t in tracks(own) if t.get("tt") == TEXT]
    for track in tracks(result):
        if track.get("tt") == TEXT:
            track["sg"] = [s for s in track["sg"] if _identity(s) not in theirs]
    result["t"] = [t for t in tracks(result) if t.get("tt") != TEXT] + _joined(
        taken, [t for t in tracks(result) if t.get("tt") == TEXT and t["sg"]]
    )
    name_all(result)
    return seal(result)


def _joined(taken: list[dict[str, Any]], added: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the tracks of a variant's texts, with what was *added* to the cut since."""
    tracks_by_id = {track.get("id"): track for track in taken}
    result = list(taken)
    for track in added:
        same = tracks_by_id.get(track.get("id"))
        if same is None:
            result.append(track)
        else:
            same["sg"] = [*same["sg"], *track["sg"]]
    return result


def _identity(segment: Mapping[str, Any]) -> tuple[Any, Any]:
    # A title that came later may have the id of a variant's caption.
    return segment["id"], segment["m"].get("role", "caption")


def _without_texts(draft: Mapping[str, Any]) -> Draft:
    own = editable(draft)
    own["t"] = [track for track in tracks(own) if track.get("tt") != TEXT]
    own.pop("d", None)
    return own


def _times(draft: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Return what stands when: the pictures and their sources, without how they look."""
    return [
        (s["s"], s["d"], s["m"].get("src"), s["m"].get("in"), s["m"].get("speed"))
        for _, s in segments(editable(draft), VIDEO)
    ]


def _texts(draft: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = [segment for _, segment in segments(editable(draft), TEXT)]
    captions = [s for s in found if s["m"].get("role", "caption") == "caption"]
    return captions or found


def _unlike(
    plan: Plan,
    base: Mapping[str, Any],
    texts: list[dict[str, Any]],
    variants: Sequence[_Named],
) -> Variant:
    """Return the first of our styles that none of the variants has.

    Raises:
        NotDone: They have all of them.
    """
    for one in styles(plan):
        draft = made(base, one, None, texts, plan.last_ms)
        if _same(draft, variants) is None and one.name not in dict(variants):
            return one
    raise plan.ask("variant_style")


def _same(draft: Mapping[str, Any], variants: Sequence[_Named]) -> str | None:
    """Return the name of the variant that *draft* would only repeat."""
    own = seal(editable(draft))
    return next((name for name, one in variants if seal(editable(one)) == own), None)


def _free(name: str, taken: Sequence[str]) -> str:
    candidate, count = name, 1
    while candidate in taken:
        count += 1
        candidate = f"{name} {count}"
    return candidate


DEEDS: Final[Mapping[type[Intent], Any]] = {
    UseVariant: use_variant,
    DropVariant: drop_variant,
    AddVariant: add_variant,
    CompareVariants: compare_variants,
    ExportVariant: export_variant,
}
"""Which edit carries out which wish about variants."""
