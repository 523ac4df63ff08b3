"""What earlier messages were about: what "it" means, and what "the same" repeats."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from nemo_nb.studio.agent.intents import (
    AddText,
    Again,
    CaptionPhoto,
    History,
    Intent,
    Look,
    Pick,
    RemoveText,
    ReplaceText,
    Restyle,
    Social,
    Timing,
    Unclear,
    Unsupported,
    Which,
)
from nemo_nb.studio.agent.intents_picture import (
    AddOverlay,
    Adjust,
    CopyLook,
    Pictured,
    Place,
    Rotate,
)
from nemo_nb.studio.agent.intents_sound import (
    AddMusic,
    AddSound,
    ChangeMusic,
    Duck,
    MoveMusic,
    Volume,
)
from nemo_nb.studio.agent.intents_time import PhotoLength, Speed, TotalLength
from nemo_nb.studio.agent.parser import parse
from nemo_nb.studio.agent.plan import NotDone, Plan, chosen
from nemo_nb.studio.agent.plan_which import over_ids, picture_ids

_LOOKED_BACK: Final = 4
_SOUNDS: Final = (AddMusic, AddSound, ChangeMusic, Duck, MoveMusic, Volume)
_IDLE: Final = (Again, History, Social, Unclear, Unsupported)


def earlier(plan: Plan) -> list[str]:
    """Return the user's messages before this one, the latest first."""
    recent = list(plan.project.recent)
    if recent and recent[-1] == plan.message:
        recent.pop()
    return recent[::-1][:_LOOKED_BACK]


def last_wish(plan: Plan) -> Intent | None:
    """Return what was asked for last, or None."""
    return next(wishes(plan), None)


def recall(plan: Plan) -> None:
    """Note on *plan* what was spoken of last."""
    for intent in wishes(plan):
        if isinstance(intent, Volume) and not (intent.music or intent.which.it):
            return  # the whole mix, or a clip's own sound
        if isinstance(intent, _SOUNDS):
            plan.subject = "sound"
            return
        if _recall_text(plan, intent) or _recall_picture(plan, intent):
            return


def wishes(plan: Plan) -> Iterator[Intent]:
    """Yield what earlier messages asked for, the latest first."""
    for message in earlier(plan):
        for intent in reversed(parse(message, plan.names)):
            if not isinstance(intent, _IDLE):
                yield intent


def _recall_text(plan: Plan, intent: Intent) -> bool:
    found: list[dict[str, Any]] = []
    if isinstance(intent, (AddText, CaptionPhoto, ReplaceText)) and intent.text:
        found = [t for t in plan.texts() if t["m"]["text"] == intent.text.strip()]
    elif isinstance(intent, (Restyle, RemoveText)):
        found = chosen(plan.texts(intent.role), intent.pick)
    if found:
        plan.touched, plan.subject = {t["id"] for t in found}, "text"
    return bool(found)


def _recall_picture(plan: Plan, intent: Intent) -> bool:
    try:
        if isinstance(intent, AddOverlay):
            plan.pictured = over_ids(plan, Which(noun=intent.kind, file=intent.file))
        elif isinstance(intent, (Pictured, Speed)):
            ids = picture_ids(plan, replace(intent.which, it=False))
            plan.pictured = {p["id"] for p in plan.pictures()} if ids is None else ids
        else:
            return False
    except NotDone:
        return False
    plan.subject = "picture"
    return True


def repeated(plan: Plan, intent: Again) -> list[Intent]:
    """Return what *intent* repeats, on the other thing or by the other amount.

    Raises:
        NotDone: There is nothing that could be repeated so.
    """
    last = last_wish(plan)
    again = None if last is None else _again(plan, last, intent)
    if again is None:
        raise plan.refuse("nothing_before")
    return [replace(again, span=intent.span, skipped=intent.skipped)]


def _again(  # noqa: C901, PLR0911 - one kind of wish a return
    plan: Plan, last: Intent, intent: Again
) -> Intent | None:
    if intent.kind == "more":
        return _more(last, intent.degree)
    if intent.kind == "before":
        return _before(plan, last, intent)
    if intent.kind == "timing":
        return _retimed(plan, last, intent)
    texts = isinstance(last, (Restyle, AddText, ReplaceText))
    if texts and intent.which.places and not intent.pick:
        intent = replace(intent, pick=Pick(intent.which.places), which=Which())  # "the first too"
    if isinstance(last, (AddText, ReplaceText)) and (intent.pick or intent.role):
        last = Restyle(span=last.span, role=last.role, text=None, look=last.look, timing=Timing())
    if isinstance(last, Restyle) and intent.role is not None:
        pick = intent.pick
        return replace(last, role=intent.role, pick=pick, it=False, text=None, timing=Timing())
    if isinstance(last, Pictured):
        if intent.which.every:
            recall(plan)
            return CopyLook(span=intent.span)
        return replace(last, which=intent.which)
    if isinstance(last, (Speed, Volume)) and intent.which:
        return replace(last, which=intent.which)
    if isinstance(last, Restyle) and intent.pick:
        return replace(last, pick=intent.pick, it=False, text=None)
    return None


def _retimed(plan: Plan, last: Intent, intent: Again) -> Intent | None:
    length = intent.timing.duration_ms
    if isinstance(last, (PhotoLength, TotalLength)) and length is not None:
        return replace(last, length_ms=length)
    recall(plan)
    if plan.subject == "sound" and plan.sounds():
        ends = intent.timing.to_end or intent.timing.whole
        span = intent.span
        return MoveMusic(span=span, start_ms=None, timing=intent.timing, lasting=ends)
    if plan.subject != "text":
        return None
    return Restyle(
        span=intent.span, role=None, text=None, look=Look(), timing=intent.timing, it=True
    )


def _more(  # noqa: PLR0911 - one kind of wish a return
    last: Intent, degree: float
) -> Intent | None:
    if isinstance(last, Adjust):
        step = {name: value * degree for name, value in last.changes.items()}
        return replace(last, changes=step, absolute=False, which=replace(last.which, it=True))
    if isinstance(last, Restyle) and last.look.grow != 1.0:
        return replace(last, look=replace(last.look, changes={}, grow=last.look.grow**degree))
    if isinstance(last, Place) and last.grow != 1.0:
        return replace(last, grow=last.grow**degree, corner=None)
    if isinstance(last, Rotate):
        return last if degree == 1.0 else None
    if isinstance(last, Volume) and last.level is None:
        return replace(last, factor=last.factor**degree)
    if isinstance(last, Speed) and not last.absolute:
        return replace(last, factor=last.factor**degree)
    return None


def _before(plan: Plan, last: Intent, intent: Again) -> Intent | None:
    if isinstance(last, Pictured) and last.which.places:
        place = last.which.places[0] % max(len(plan.pictures()), 1) - 1
        return replace(last, which=Which((place,))) if place >= 0 else None
    recall(plan)
    touched = [t for t in plan.segment(plan.touched) if "text" in t["m"]]
    if not touched:
        return None
    role = "title" if touched[0]["m"].get("role") == "title" else "caption"
    texts = sorted(plan.texts(role), key=lambda text: text["s"])
    at = [text["id"] for text in texts].index(touched[0]["id"]) - 1
    if at < 0:
        return None
    look = intent.look or (last.look if isinstance(last, (Restyle, AddText, ReplaceText)) else None)
    if not look:
        return None
    return Restyle(
        span=intent.span, role=role, text=None, look=look, timing=Timing(), pick=Pick((at,))
    )
