"""One message in, one outcome out: parse, plan, reply."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, Final

from nemo_nb.errors import EditRefused
from nemo_nb.studio.agent import plan_photo, plan_text, plan_time
from nemo_nb.studio.agent.intents import (
    AddText,
    Ask,
    CaptionPhoto,
    CutRange,
    DescribePhoto,
    Fit,
    History,
    Intent,
    KeepEdge,
    KeepRange,
    PhotoLength,
    Ratio,
    RemovePicture,
    RemoveText,
    ReplaceText,
    Restyle,
    Social,
    Speed,
    Timing,
    TotalLength,
    Transitions,
    Trim,
    Unclear,
    Unsupported,
    Volume,
    Words,
)
from nemo_nb.studio.agent.lexer import tokenize
from nemo_nb.studio.agent.nearest import nearest, suggestions
from nemo_nb.studio.agent.parser import parse
from nemo_nb.studio.agent.plan import Describe, NotDone, Plan, start
from nemo_nb.studio.agent.replies import abilities, bullets, language_of, say
from nemo_nb.studio.agent.turn import Outcome, Project, Step
from nemo_nb.studio.refusals import Refused
from nemo_nb.timeline.draft_shape import editable, seal

__all__ = ["Outcome", "Project", "Step", "respond"]

_EDITS: Final[dict[type[Intent], Callable[[Plan, Any], None]]] = {
    AddText: plan_text.add_text,
    CaptionPhoto: plan_photo.caption_photo,
    DescribePhoto: plan_photo.describe_photo,
    ReplaceText: plan_text.replace_text,
    RemoveText: plan_text.remove_text,
    Restyle: plan_text.restyle,
    Trim: plan_time.trim,
    CutRange: plan_time.cut_range,
    KeepRange: plan_time.keep_range,
    KeepEdge: plan_time.keep_edge,
    PhotoLength: plan_time.photo_length,
    TotalLength: plan_time.total_length,
    Ratio: plan_time.ratio,
    Fit: plan_time.fit,
    Volume: plan_time.volume,
    Speed: plan_time.speed,
    RemovePicture: plan_time.remove_picture,
    Transitions: plan_time.transitions,
}

_MAX_ANSWER_CHARS: Final = 200
_MARKS: Final = ' \t\n"“”„‘’「」『』'  # noqa: RUF001 - the marks people put around words


def respond(message: str, project: Project, describe: Describe) -> Outcome:
    """Answer *message*: what it asks for is done, and said; what is not, is said too.

    Args:
        message: The user's words.
        project: The session's timeline, media, language and last messages.
        describe: Names what the photo of that file name shows, or None.
    """
    language = language_of(message, project.language)
    plan = start(project, describe, language, message)
    intents = parse(message)
    pending = _pending(message, project)
    answer = _answer(message, intents) if pending is not None else None
    if pending is not None and answer is not None:
        _carry_out(plan, pending, partial(plan_photo.caption_words, plan, pending, answer))
        return _outcome(plan, None)
    histories = [intent for intent in intents if isinstance(intent, History)]
    if histories:
        return _history(plan, intents, histories[0])
    if intents and all(isinstance(intent, Social) for intent in intents):
        return _social(plan, intents)
    unclear = _follow(plan, intents)
    if not intents:
        unclear.append(Unclear(span=(0, len(message)), text=message.strip()[:80] or "…"))
    _tell_unclear(plan, unclear)
    return _outcome(plan, unclear)


def _follow(plan: Plan, intents: list[Intent]) -> list[Unclear]:
    """Carry out what was understood, in order; return what was not."""
    unclear: list[Unclear] = []
    topics: set[str] = set()
    for intent in _spread(plan, intents):
        if isinstance(intent, Unclear):
            unclear.append(intent)
        elif isinstance(intent, Unsupported):
            if intent.topic not in topics:
                topics.add(intent.topic)
                plan.fail(intent, NotDone(say("topic", intent.topic, plan.language)))
        elif isinstance(intent, Ask):
            plan.fail(intent, plan.ask(intent.question))
        elif isinstance(intent, Words):
            plan.fail(intent, plan.ask("words_for", text=intent.text))
        elif type(intent) in _EDITS:
            edit = partial(_EDITS[type(intent)], plan, intent)
            _carry_out(plan, intent, edit)
    return unclear


def _spread(plan: Plan, intents: list[Intent]) -> list[Intent]:
    """Give several captions without times equal parts of the video, one after the other."""
    untimed = [
        intent
        for intent in intents
        if isinstance(intent, AddText)
        and intent.role == "caption"
        and intent.text is not None
        and not intent.timing
        and "position" not in intent.look.changes
    ]
    if len(untimed) < 2 or plan.texts("caption"):  # noqa: PLR2004 - one has the video to itself
        return intents
    parts = {
        id(intent): replace(intent, timing=Timing(share=(n / len(untimed), (n + 1) / len(untimed))))
        for n, intent in enumerate(untimed)
    }
    return [parts.get(id(intent), intent) for intent in intents]


def _carry_out(plan: Plan, intent: Intent, edit: Callable[[], None]) -> None:
    """Run one edit whole or not at all."""
    before = plan.mark()
    try:
        edit()
    except NotDone as reason:
        plan.fail(intent, reason)
    except EditRefused as error:
        plan.back_to(before)
        why = error.zh if plan.language == "zh" and isinstance(error, Refused) else str(error)
        plan.fail(intent, NotDone(say("refused", "refused", plan.language, why=why)))


def _pending(message: str, project: Project) -> AddText | CaptionPhoto | Restyle | None:
    """Return the wish of the message before that still lacks its words."""
    recent = list(project.recent)
    if recent and recent[-1] == message:
        recent.pop()
    if not recent:
        return None
    plan = start(project, lambda _: None, "en", recent[-1])
    for intent in reversed(parse(recent[-1])):
        if isinstance(intent, (AddText, CaptionPhoto)) and intent.text is None:
            if isinstance(intent, CaptionPhoto) and plan_photo.uncaptioned(plan, intent) is None:
                return None
            return intent
        if isinstance(intent, Restyle) and intent.role != "title" and not plan.texts():
            return intent
    return None


def _answer(message: str, intents: list[Intent]) -> str | None:
    """Return the words that *message* answers with, or None where it is about other things."""
    if len(intents) == 1 and isinstance(intents[0], Words):
        return intents[0].text
    for intent in intents:
        styled = isinstance(intent, Restyle) and intent.role is None and not intent.it
        if not styled and not (isinstance(intent, Unclear) and not intent.hint):
            return None
    meaning = [t for t in tokenize(message) if t.kind not in ("filler", "polite", "stop")]
    # Words for looks alone ("yellow") could be a style as well; the user is asked again.
    own = any(token.kind in ("word", "unit", "number") for token in meaning)
    if not own or meaning[0].kind == "verb":
        return None
    words = message.strip(_MARKS)
    return words if words and len(words) <= _MAX_ANSWER_CHARS else None


def _history(plan: Plan, intents: list[Intent], wish: History) -> Outcome:
    """Undo or redo alone: what else the message asks has no timeline to stand on yet."""
    said = [say("done", wish.direction, plan.language)]
    for intent in intents:
        if intent is not wish and not isinstance(intent, Social):
            text = plan.message[slice(*intent.span)]
            said.append(say("say", "undo_alone", plan.language, text=text))
    return Outcome(
        reply=("" if plan.language == "zh" else " ").join(said),
        history=wish.direction,
        steps=(Step(wish.direction, {"words": plan.message[slice(*wish.span)]}, {"ok": True}),),
        suggestions=tuple(suggestions(plan)),
    )


def _social(plan: Plan, intents: list[Intent]) -> Outcome:
    kinds = [intent.kind for intent in intents if isinstance(intent, Social)]
    kind = next((k for k in ("help", "never_mind", "greeting", "thanks") if k in kinds), kinds[0])
    reply = say("say", kind, plan.language)
    if kind in ("greeting", "help"):
        reply = f"{reply}\n\n{bullets(abilities(plan.language))}"
    return Outcome(reply=reply, suggestions=tuple(suggestions(plan)))


def _tell_unclear(plan: Plan, unclear: list[Unclear]) -> None:
    """Say which parts were not understood."""
    partly = bool(plan.done or plan.other or plan.asks)
    for intent in unclear:
        key = intent.hint or ("unclear_rest" if partly else "unclear")
        plan.other.append(say("say", key, plan.language, text=intent.text[:120]))


def _outcome(plan: Plan, unclear: list[Unclear] | None) -> Outcome:
    draft = seal(plan.draft)
    changed = bool(plan.done) and draft != editable(plan.project.draft)
    parts = [*plan.done]
    if plan.done and not changed and not plan.analyses and not plan.other and not plan.asks:
        parts = [say("say", "already", plan.language)]
    parts += plan.other
    parts += plan.asks
    reply = ("" if plan.language == "zh" else " ").join(parts)
    hints = suggestions(plan)
    if unclear and not plan.done and not plan.asks:
        hints = nearest(plan)
        reply += f"\n\n{say('say', 'nearest', plan.language)}\n\n{bullets(hints)}"
    outcome = Outcome(
        reply=reply,
        steps=tuple(plan.steps),
        analyses=tuple(plan.analyses),
        suggestions=tuple(hints),
    )
    return replace(outcome, draft=draft) if changed else outcome
