"""One message in, one outcome out: parse, plan, reply."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

from nemo_nb.errors import EditRefused
from nemo_nb.studio.agent.answering import answered
from nemo_nb.studio.agent.deeds import EDITS
from nemo_nb.studio.agent.intents import (
    AddText,
    Again,
    Ask,
    History,
    Intent,
    RemoveIt,
    Social,
    Timing,
    Unclear,
    Unsupported,
    Words,
)
from nemo_nb.studio.agent.intents_picture import CopyLook
from nemo_nb.studio.agent.lexer import tokenize
from nemo_nb.studio.agent.naming import words_of
from nemo_nb.studio.agent.nearest import nearest, suggestions
from nemo_nb.studio.agent.parser import overrides, parse
from nemo_nb.studio.agent.plan import Describe, NotDone, Plan, start
from nemo_nb.studio.agent.plan_it import is_bare, settled_it
from nemo_nb.studio.agent.program_text import is_code
from nemo_nb.studio.agent.prompting.answer import respond_prompt, wants_prompt
from nemo_nb.studio.agent.reading_variants import variant_intents
from nemo_nb.studio.agent.recall import earlier, recall, repeated
from nemo_nb.studio.agent.replies import abilities, bullets, language_of, say
from nemo_nb.studio.agent.tokens import IGNORED
from nemo_nb.studio.agent.turn import Outcome, Project, Step
from nemo_nb.studio.refusals import Refused
from nemo_nb.timeline.draft_shape import editable, seal

# A wish of one such word is believed alone, but not beside something strange.
_BARE: Final = frozenset(
    {"piece", "tone", "motion", "flip", "duck", "order", "fade", "crossing", "noun"}
)
_BARE_LOOK: Final = frozenset({"preset", "color", "position", "weight", "textsize", "decoration"})
# "The coffee one", "the photo of the dog", 咖啡那张: a photo named by what it shows.
_POINTS: Final = re.compile(
    r"\bthe \w+ (?:one|photo|picture|image|pic)\b|\b(?:photo|picture|image|one) (?:of|with) "
    r"|\bcut out (?:the|my) |抠出|那张|的照片",
    re.IGNORECASE,
)
_MOST_LOOKED_AT: Final = 12
_PACE: Final = frozenset({"faster", "slower"})
_SILENCE: Final = frozenset({"mute", "unmute"})

__all__ = ["Outcome", "Project", "Step", "follow", "respond"]


def respond(message: str, project: Project, describe: Describe) -> Outcome:
    """Answer *message*: what it asks for is done, and said; what is not, is said too.

    Args:
        message: The user's words.
        project: The session's timeline, media, language and last messages.
        describe: Names what the photo of that file name shows, or None.
    """
    language = language_of(message, project.language)
    if wants_prompt(message, project) and not (is_code(message) or overrides(message)):
        return respond_prompt(message, project, language)
    plan = start(project, describe, language, message)
    about_variants = variant_intents(plan)
    intents = _read(plan) if about_variants is None else about_variants
    answer = answered(plan, intents, EDITS) if about_variants is None else None
    if callable(answer):
        _carry_out(plan, Words(span=(0, len(message)), text=message), answer)
        return _outcome(plan, None)
    intents = intents if answer is None else answer
    histories = [intent for intent in intents if isinstance(intent, History)]
    if histories:
        return _history(plan, intents, histories[0])
    if intents and all(isinstance(intent, Social) for intent in intents):
        return _social(plan, intents)
    unclear = [intent for intent in intents if isinstance(intent, Unclear)]
    strange = [one for one in unclear if not one.hint]
    clear = [one for one in intents if not isinstance(one, Unclear)]
    fresh = not earlier(plan)
    lost = len(unclear) > len(clear)
    bare = strange and all(_is_bare(message, one, looks=fresh, lost=lost) for one in clear)
    if len(strange) > len(clear) or bare:
        # Most of it is strange: what looks like a wish in it may well be none.
        intents = list[Intent](unclear)
    unclear = _follow(plan, intents)
    if not intents:
        unclear.append(Unclear(span=(0, len(message)), text=message.strip()[:80] or "…"))
    _tell_unclear(plan, unclear)
    return _outcome(plan, unclear)


def _read(plan: Plan) -> list[Intent]:
    """Return what the message asks for; photos are looked at where a word may name one."""
    found = parse(plan.message, plan.names)
    strange = [one for one in found if isinstance(one, Unclear) and not one.hint]
    photos = plan.photos()
    if not strange or not 0 < len(photos) <= _MOST_LOOKED_AT or not _POINTS.search(plan.message):
        return found
    sources = dict.fromkeys(str(photo["m"]["src"]) for photo in photos)
    seen = [(source, shown) for source in sources if (shown := plan.describe(source)) is not None]
    nouns = [(source, f"{one.noun} {one.noun_zh or ''}") for source, one in seen]
    again = parse(plan.message, {**words_of(nouns), **plan.names})
    return found if any(isinstance(one, Unclear) for one in again) else again


def follow(
    message: str, project: Project, describe: Describe, intents: list[Intent]
) -> tuple[Outcome, str]:
    """Carry out *intents*, whoever has read *message* so.

    Returns:
        What came of it, and why something of it was refused; empty where nothing was.
    """
    plan = start(project, describe, language_of(message, project.language), message)
    histories = [intent for intent in intents if isinstance(intent, History)]
    if histories:
        return _history(plan, intents, histories[0]), ""
    _follow(plan, intents)
    reasons = [str(step.result["reason"]) for step in plan.steps if not step.result["ok"]]
    refused = [reason for reason in reasons if reason not in plan.asks]
    return _outcome(plan, None), refused[0] if refused else ""


def _is_bare(message: str, intent: Intent, *, looks: bool, lost: bool) -> bool:
    """Whether one word alone is all there is to a wish: "slow down, cowboy".

    With *looks*, words for looks count as such, too: nothing was said that they could go on about.
    With *lost*, so does silence: most of the message is about something else.
    """
    tokens = [t for t in tokenize(message[slice(*intent.span)]) if t.kind not in IGNORED]
    kinds = _BARE | _BARE_LOOK if looks else _BARE
    words = _PACE | _SILENCE if lost else _PACE
    return len(tokens) == 1 and (tokens[0].kind in kinds or tokens[0].value in words)


def _follow(plan: Plan, intents: list[Intent]) -> list[Unclear]:
    """Carry out what was understood, in order; return what was not."""
    unclear: list[Unclear] = []
    topics: set[str] = set()
    if any(_refers(intent) for intent in intents):
        recall(plan)
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
        elif isinstance(intent, Again):
            _carry_out(plan, intent, partial(_repeat, plan, intent))
        elif type(intent) in EDITS:
            one = settled_it(plan, intent)
            _carry_out(plan, one, partial(EDITS[type(one)], plan, one))
    return unclear


def _refers(intent: Intent) -> bool:
    """Whether *intent* speaks of something that was named before."""
    which = getattr(intent, "which", None)
    named = getattr(intent, "it", False) or (which is not None and which.it)
    return bool(named) or isinstance(intent, (CopyLook, RemoveIt)) or is_bare(intent)


def _repeat(plan: Plan, intent: Again) -> None:
    """Do once more what was done last."""
    if intent.kind == "more":
        recall(plan)
    for one in repeated(plan, intent):
        EDITS[type(one)](plan, one)


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


def _history(plan: Plan, intents: list[Intent], wish: History) -> Outcome:
    """Undo or redo alone: what else the message asks has no timeline to stand on yet."""
    key = f"{wish.direction}_one" if wish.several else wish.direction
    said = [say("done", key, plan.language)]
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
    if (
        plan.done
        and not changed
        and not plan.analyses
        and not plan.variants
        and not plan.no_variants
        and not plan.other
        and not plan.asks
    ):
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
        variants=tuple((label, seal(draft)) for label, draft in plan.variants),
        no_variants=plan.no_variants and not plan.variants,
    )
    return replace(outcome, draft=draft) if changed else outcome
