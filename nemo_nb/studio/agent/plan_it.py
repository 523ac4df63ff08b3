"""Intents about "it", whatever that was: a text, a picture laid on top, music, a length."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from nemo_nb.studio import edits_layout, edits_text
from nemo_nb.studio.agent.intents import Intent, Look, RemoveIt, Restyle, TellState, Timing, Which
from nemo_nb.studio.agent.intents_picture import Background, Place
from nemo_nb.studio.agent.intents_sound import MoveMusic, RemoveMusic, Volume
from nemo_nb.studio.agent.intents_time import KeepEdge, KeepRange, PhotoLength, TotalLength, Trim
from nemo_nb.studio.agent.looks import BOX
from nemo_nb.studio.agent.plan import Plan, role_of
from nemo_nb.studio.agent.plan_meant import listed
from nemo_nb.studio.agent.plan_sound import remove_music
from nemo_nb.studio.agent.recall import last_wish
from nemo_nb.studio.agent.replies import bullets, escape, name, say
from nemo_nb.timeline.summary import summary

_MUSIC: Final = Which(noun="music")
_ENDING: Final = ("stop", "end", "停", "结束")
_LOUDER, _QUIETER = 1.25, 0.75


def is_bare(intent: Intent) -> bool:
    """Whether it says more or less of nothing that it names: "louder", "a bit smaller"."""
    if isinstance(intent, Volume):
        return not (intent.music or intent.which or intent.timing) and intent.level is None
    if not isinstance(intent, Restyle) or intent.role is not None or intent.text is not None:
        return False
    return not (intent.look.changes or intent.timing or intent.pick)


def settled_it(plan: Plan, intent: Intent) -> Intent:  # noqa: PLR0911 - one kind of wish a return
    """Return *intent* as a wish about what was spoken of last, where that is meant."""
    if isinstance(intent, (KeepEdge, Trim)) and intent.it and plan.subject == "sound":
        moved = _moved_music(plan, intent)
        if moved is not None:
            return moved
    if isinstance(intent, (TotalLength, KeepEdge)):
        return _length(plan, intent) if intent.it else intent
    if isinstance(intent, (Trim, KeepRange)):
        return _times(plan, intent) if intent.it else intent
    if is_bare(intent) and plan.subject == "sound" and plan.sounds():
        if isinstance(intent, Restyle):
            common: dict[str, Any] = {"span": intent.span, "skipped": intent.skipped}
            factor = _LOUDER if intent.look.grow > 1 else _QUIETER
            return Volume(**common, level=None, factor=factor, music=True, which=_MUSIC)
        return replace(intent, music=True, which=_MUSIC) if isinstance(intent, Volume) else intent
    if not isinstance(intent, Restyle) or intent.role is not None:
        return intent
    box = str(intent.look.changes.get("box", ""))
    painted = set(intent.look.changes) == {"box"} and box not in ("", BOX)
    if painted and not plan.texts() and plan.pictures():
        # 白底, where no letters stand that could have a ground of their own.
        behind = {"kind": "color", "color": box[:7]}
        return Background(span=intent.span, skipped=intent.skipped, background=behind)
    moved = set(intent.look.changes) <= {"position"} and bool(intent.look)
    if not intent.it or plan.subject != "picture" or not moved or intent.timing:
        return intent
    return Place(
        span=intent.span,
        skipped=intent.skipped,
        which=Which(it=True),
        corner=intent.look.changes.get("position"),
        grow=intent.look.grow,
    )


def _times(plan: Plan, intent: Trim | KeepRange) -> Intent:
    """Return times of "it" as those of the text that was spoken of."""
    if plan.subject != "text" or not plan.touched:
        return intent
    timing = (
        Timing(start_ms=intent.start_ms, end_ms=intent.end_ms)
        if isinstance(intent, KeepRange)
        else Timing(start_ms=intent.length_ms)
    )
    common: dict[str, Any] = {"span": intent.span, "skipped": intent.skipped}
    return Restyle(**common, role=None, text=None, look=Look(), timing=timing, it=True)


def _moved_music(plan: Plan, intent: KeepEdge | Trim) -> Intent | None:
    """Return "start it at 3 s", "stop it at 6 s" as said of the music that was spoken of."""
    said = plan.message[slice(*intent.span)].lower()
    if not plan.sounds() or intent.edge != "first":
        return None
    common: dict[str, Any] = {"span": intent.span, "skipped": intent.skipped}
    if isinstance(intent, Trim):
        return MoveMusic(**common, start_ms=intent.length_ms)
    if not any(word in said for word in _ENDING):
        return None
    return MoveMusic(**common, start_ms=None, end_ms=intent.length_ms)


def _length(plan: Plan, intent: TotalLength | KeepEdge) -> Intent:
    """Return a length of "it" as that of the text or the photos that were spoken of."""
    common: dict[str, Any] = {"span": intent.span, "skipped": intent.skipped}
    stills = bool(plan.photos()) and not plan.clips()
    if stills and intent.length_ms > plan.last_ms:
        return intent  # longer than there is a picture for: the photos are to be shown longer
    if plan.subject == "text" and plan.touched:
        timing = Timing(duration_ms=intent.length_ms)
        return Restyle(**common, role=None, text=None, look=Look(), timing=timing, it=True)
    last = last_wish(plan)
    if isinstance(last, PhotoLength):
        return replace(last, span=intent.span, length_ms=intent.length_ms)
    return intent


def remove_it(plan: Plan, intent: RemoveIt) -> None:
    """Take away what was made last; ask where nothing was, or a part of the cut was."""
    texts = [text for text in plan.texts() if text["id"] in plan.touched]
    over = {picture["id"] for picture in plan.over()} & plan.pictured
    if plan.subject == "text" and texts:
        plan.draft = edits_text.remove_texts(plan.draft, {text["id"] for text in texts})
        plan.touched = set()
        role = name(role_of(texts[0]), plan.language)
        words = listed(plan, texts)
        if len(texts) == 1:
            plan.tell("removed_one", intent, role=role, text=texts[0]["m"]["text"])
        else:
            plan.tell("removed_many", intent, count=len(texts), texts=words)
    elif plan.subject == "picture" and over:
        plan.draft = edits_layout.remove_overlays(plan.draft, over)
        plan.pictured = set()
        plan.tell("overlay_removed", intent, count=len(over))
    elif plan.subject == "sound" and plan.sounds():
        remove_music(plan, RemoveMusic(span=intent.span, skipped=intent.skipped))
    else:
        raise plan.ask("which_it")


def tell_state(plan: Plan, intent: TellState) -> None:
    """Say what is on the timeline, and every text with its times."""
    if not plan.pictures() and not plan.sounds() and not plan.texts():
        raise plan.refuse("no_media")
    said = say("done", "state", plan.language, summary=escape(summary(plan.draft)))
    plan.answer(intent, said)
    rows = [
        say("done", "state_text", plan.language, text=text["m"]["text"], **plan.times(text))
        for text in sorted(plan.texts(), key=lambda one: one["s"])
    ]
    plan.other += ["\n\n" + bullets(rows)] if rows else []
