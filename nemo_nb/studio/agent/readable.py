"""A caption that reads: its contrast measured on the picture, a box or an edge where it lacks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from nemo_nb.errors import NemoError
from nemo_nb.studio import edits_text
from nemo_nb.studio.agent.comparing import CONTRAST, timeline_of
from nemo_nb.studio.agent.replies import say
from nemo_nb.timeline.draft import TEXT
from nemo_nb.timeline.draft_shape import Draft, editable

if TYPE_CHECKING:
    from nemo_nb.studio.agent.plan import Plan

# What is tried in turn: an edge keeps the picture free, a box covers some of it.
_AIDS: Final[tuple[tuple[str, Mapping[str, Any]], ...]] = (
    ("contrast_edged", {"stroke": "#000000", "stroke_width": 12.0}),
    ("contrast_boxed", {"box": "#000000c0"}),
    ("contrast_boxed", {"box": "#000000"}),
    ("contrast_boxed", {"box": "#ffffff"}),
)


def make_readable(plan: Plan, identity: str, said: Mapping[str, Any]) -> None:
    """Measure the caption *identity* on its picture; help it where it reads badly, and tell.

    Args:
        plan: The turn; without eyes nothing is measured and nothing told.
        identity: The text's id.
        said: Fields of its style that the user named: they are not overruled.
    """
    found = _contrast(plan, plan.draft, identity)
    if found is None:
        return
    if found >= CONTRAST:
        plan.done.append(say("done", "contrast", plan.language, ratio=f"{found:.1f}"))
        return
    for key, changes in _AIDS:
        if any(name in said for name in changes):
            continue
        helped = edits_text.restyle(plan.draft, {identity}, changes)
        now = _contrast(plan, helped, identity)
        if now is not None and now >= CONTRAST:
            plan.draft = helped
            shown = {"old": f"{found:.1f}", "ratio": f"{now:.1f}"}
            plan.done.append(say("done", key, plan.language, **shown))
            return
    plan.other.append(say("done", "contrast_low", plan.language, ratio=f"{found:.1f}"))


def _contrast(plan: Plan, draft: Draft, identity: str) -> float | None:
    """Return the lowest WCAG ratio of one text; None where it cannot be measured."""
    if plan.project.eyes is None:
        return None
    from nemo_nb.captions.looks import looks_of  # noqa: PLC0415 - it brings OpenCV and pandas

    alone = editable(draft)
    for track in alone["t"]:
        if track.get("tt") == TEXT:
            track["sg"] = [segment for segment in track["sg"] if segment["id"] == identity]
    try:
        looks = looks_of(timeline_of(plan, alone))
    except NemoError:
        return None
    return next((look.contrast for look in looks.values()), None)
