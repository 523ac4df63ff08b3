"""Intents about the order of pictures and what lies between them, carried out on a plan."""

from __future__ import annotations

import random
from dataclasses import replace

from nemo_nb.studio import edits_clips, edits_time
from nemo_nb.studio.agent import measuring
from nemo_nb.studio.agent.intents import Which
from nemo_nb.studio.agent.intents_show import (
    Duplicate,
    MovePicture,
    Reorder,
    SwapPictures,
    Transitions,
)
from nemo_nb.studio.agent.plan import Plan
from nemo_nb.studio.agent.plan_meant import listed_files, picture_at, settled_place
from nemo_nb.studio.agent.plan_which import one_picture
from nemo_nb.studio.agent.replies import name, seconds


def transitions(plan: Plan, intent: Transitions) -> None:
    """Put transitions between pictures, or take them out."""
    if not plan.pictures():
        raise plan.refuse("no_media")
    ids: set[str] | None = None
    if intent.which.places:
        # "From the second to the third": the later of two is where the cut lies.
        shown = plan.pictures()
        places = [settled_place(plan, shown, p) % len(shown) for p in intent.which.places]
        later = max(places) if len(places) > 1 else places[0]
        ids = {picture_at(plan, plan.pictures(), later)["id"]}
    if not intent.kinds:
        _lengthen(plan, intent, ids)
        return
    kind: str | list[str] = (
        list(intent.kinds) if len(intent.kinds) > 1 else next(iter(intent.kinds))
    )
    plan.draft = edits_time.set_transitions(
        plan.draft, kind, intent.length_ms, direction=intent.direction, ids=ids
    )
    if intent.kinds in (("none",), ("cut",)):
        plan.tell("transitions_none", intent)
        return
    words = [name(f"crossing_{k}", plan.language) for k in intent.kinds]
    plan.tell(
        "transitions",
        intent,
        count=len(plan.pictures()) if ids is None else 2,
        length=seconds(intent.length_ms),
        kind=("、" if plan.language == "zh" else ", ").join(words),
    )


def _lengthen(plan: Plan, intent: Transitions, ids: set[str] | None) -> None:
    """Give transitions another length, each of its own kind; dissolves where there are none."""
    there = {
        p["id"]: p["m"]["transition"]
        for p in plan.pictures()
        if p["m"].get("transition") and (ids is None or p["id"] in ids)
    }
    kinds = {str(old["kind"]) for old in there.values()} or {"dissolve"}
    if not there or (len(kinds) == 1 and intent.direction is not None):
        transitions(plan, replace(intent, kinds=tuple(kinds)))
        return
    length = intent.length_ms
    for identity, old in there.items():
        way = intent.direction or old.get("direction")
        if intent.grow != 1:
            length = max(round(old["ms"] * intent.grow), 1)
        plan.draft = edits_time.set_transitions(
            plan.draft, old["kind"], length, direction=way, ids={identity}
        )
    words = [name(f"crossing_{k}", plan.language) for k in sorted(kinds)]
    plan.tell(
        "transitions",
        intent,
        count=len(there) + 1,
        length=seconds(length),
        kind=("、" if plan.language == "zh" else ", ").join(words),
    )


def reorder(plan: Plan, intent: Reorder) -> None:
    """Put the pictures into another order."""
    pictures = plan.pictures()
    if not pictures:
        raise plan.refuse("no_media")
    ids = [p["id"] for p in pictures]
    sources = {p["id"]: str(p["m"].get("src") or "") for p in pictures}
    if intent.order == "reverse":
        ids.reverse()
    elif intent.order == "shuffle":
        # The same pictures are shuffled the same way, so that undo and a retry agree.
        random.Random("".join(ids)).shuffle(ids)  # noqa: S311 - an order, no secret
    elif intent.order == "given":
        if len(intent.places) != len(ids):
            raise plan.ask("order_of_all", count=len(ids))
        ids = [ids[place] for place in intent.places]
    elif intent.order == "name":
        ids.sort(key=lambda one: sources[one].lower())
    else:
        taken = measuring.taken_times(plan)
        if not taken:
            raise plan.refuse("no_dates")
        ids.sort(key=lambda one: str(taken.get(sources[one], "9")))
    plan.draft = edits_clips.reorder(plan.draft, ids)
    plan.tell(f"reordered_{intent.order}", intent, count=len(ids))


def move_picture(plan: Plan, intent: MovePicture) -> None:
    """Put one picture elsewhere in the order."""
    one = one_picture(plan, intent.which)
    to = intent.to
    if intent.side != "at":
        order = [p["id"] for p in plan.pictures()]
        near = picture_at(plan, plan.pictures(), to)
        near = one_picture(plan, intent.beside) if intent.beside else near
        goal = order.index(near["id"])
        goal -= order.index(one["id"]) < goal  # the others close up first
        to = goal + (intent.side == "after")
    plan.draft = edits_clips.move(plan.draft, one["id"], to)
    place = [p["id"] for p in plan.pictures()].index(one["id"]) + 1
    plan.tell("moved", intent, file=one["m"].get("title", ""), place=place)


def swap_pictures(plan: Plan, intent: SwapPictures) -> None:
    """Let two pictures change places."""
    if intent.both and len(plan.pictures()) != 2:  # noqa: PLR2004 - a pair
        raise plan.ask("which_pair", files=listed_files(plan, plan.pictures()))
    one, other = (
        [one_picture(plan, Which(file=file)) for file in intent.files[:2]]
        if len(intent.files) > 1
        else [picture_at(plan, plan.pictures(), place) for place in intent.places]
    )
    plan.draft = edits_clips.swap(plan.draft, one["id"], other["id"])
    plan.tell("swapped", intent, file=one["m"].get("title", ""), old=other["m"].get("title", ""))


def duplicate(plan: Plan, intent: Duplicate) -> None:
    """Put a picture there once more."""
    one = one_picture(plan, intent.which)
    before = {p["id"] for p in plan.pictures()}
    plan.draft = edits_clips.duplicate(plan.draft, {one["id"]}, times=intent.times)
    for copied in [p["id"] for p in plan.pictures() if p["id"] not in before]:
        if intent.to is not None:
            plan.draft = edits_clips.move(plan.draft, copied, intent.to)
    plan.tell("duplicated", intent, file=one["m"].get("title", ""), last=seconds(plan.last_ms))
