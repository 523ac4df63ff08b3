"""What to offer next: the abilities nearest to a message, and the next useful ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from nemo_nb.studio.agent.lexer import tokenize
from nemo_nb.studio.agent.plan import Plan
from nemo_nb.studio.agent.replies import abilities, say
from nemo_nb.timeline.draft import read_canvas

_COUNT: Final = 3

# A token's kind or meaning → the abilities it hints at, best first.
_HINTS: Final[dict[str, tuple[str, ...]]] = {
    "caption": ("caption", "style", "caption_photo"),
    "title": ("title", "change", "remove"),
    "text": ("caption", "title", "style"),
    "photo": ("caption_photo", "photos", "transitions"),
    "video": ("trim", "keep", "title"),
    "sound": ("volume",),
    "music": ("volume",),
    "speed": ("speed",),
    "transition": ("transitions",),
    "canvas": ("ratio",),
    "ratio": ("ratio",),
    "trim": ("trim", "keep"),
    "cut": ("trim", "keep"),
    "keep": ("keep", "trim"),
    "remove": ("remove", "trim"),
    "change": ("change", "style"),
    "faster": ("speed",),
    "slower": ("speed",),
    "mute": ("volume",),
    "color": ("style",),
    "preset": ("style",),
    "position": ("style",),
    "weight": ("style",),
    "grow": ("bigger",),
    "textsize": ("bigger",),
    "time": ("trim", "keep"),
    "range": ("keep", "caption"),
    "quote": ("title", "caption"),
    "history": ("undo",),
}
_USUAL: Final = ("caption_photo", "title", "trim")


def nearest(plan: Plan) -> list[str]:
    """Return the three messages nearest to the user's that would work."""
    votes: dict[str, float] = {}
    for token in tokenize(plan.message):
        keys = _HINTS.get(str(token.value), ()) or _HINTS.get(token.kind, ())
        for rank, key in enumerate(keys):
            votes[key] = votes.get(key, 0.0) + 1.0 / (rank + 1)
    ranked = sorted(votes, key=lambda key: -votes[key])
    return abilities(plan.language, _first([*ranked, *_USUAL]))


def suggestions(plan: Plan) -> list[str]:
    """Return two or three messages that make sense on the timeline as it is now."""
    keys: list[str] = []
    variants = plan.variants or plan.project.variants
    if len(variants) > 1 and not plan.no_variants:
        offers = ("offer_use", "offer_which", "offer_export")
        return [say("ab", offer, plan.language, text=variants[0][0]) for offer in offers]
    if plan.pictures():
        texts = plan.texts()
        if plan.photos() and not plan.texts("caption"):
            keys.append("caption_photo")
        if texts:
            keys += ["plain_style" if _are_yellow(texts) else "style", "bigger"]
        if not plan.texts("title"):
            keys.append("title")
        if len(plan.pictures()) > 1:
            keys.append("transitions")
        canvas = read_canvas(plan.draft)
        keys += ["wide" if canvas.height > canvas.width else "ratio", "trim"]
    else:
        keys = list(_USUAL)
    return abilities(plan.language, _first(keys))


def _are_yellow(texts: Sequence[Mapping[str, Any]]) -> bool:
    return any(text["m"].get("style", {}).get("preset") == "bold-yellow" for text in texts)


def _first(keys: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(keys))[:_COUNT]
