"""Where on the timeline a part lies that may be counted within one picture."""

from __future__ import annotations

import re
from typing import Final

from nemo_nb.studio.agent.intents import Which
from nemo_nb.studio.agent.plan import Plan
from nemo_nb.studio.agent.plan_which import picture_ids, placed_within
from nemo_nb.timeline.draft_shape import end

# "The video" may be the whole, "the clip" beside photos is none of them.
_CLIP: Final = re.compile(r"\b(?:the|my|this) (?:clip|video part)\b|视频部分|片段", re.IGNORECASE)

Span = tuple[int, int]


def part_of_what(plan: Plan, which: Which) -> Which:
    """Return *which*, or the one clip where "the clip" is said and photos stand beside it."""
    alone = len(plan.clips()) == 1 < len(plan.pictures())
    if not which and alone and _CLIP.search(plan.message):
        return Which(file=str(plan.clips()[0]["m"]["src"]))
    return which


def homes(plan: Plan, which: Which) -> list[Span]:
    """Return where the pictures lie that are meant, in order; the whole cut where none is named.

    Raises:
        NotDone: There is no such picture.
    """
    which = part_of_what(plan, which)
    if not which or not plan.pictures():
        return [(0, plan.last_ms)]
    ids = picture_ids(plan, which)
    meant = plan.pictures() if ids is None else plan.segment(ids)
    return sorted((picture["s"], end(picture)) for picture in meant)


def home(plan: Plan, which: Which) -> Span:
    """Return where the one picture lies that is meant, or the whole cut.

    Raises:
        NotDone: There is no such picture, or there are several.
    """
    found = homes(plan, which)
    if len(found) > 1:
        raise plan.ask("part_of_which")
    return found[0]


def within(plan: Plan, which: Which, start_ms: int, end_ms: int) -> Span:
    """Return a range on the timeline that was said of one picture, or of the whole cut.

    Raises:
        NotDone: There is no such picture, it holds no such range, or it holds two.
    """
    return (
        placed_within(plan, home(plan, which), (start_ms, end_ms)) if which else (start_ms, end_ms)
    )
