"""A message as the answer to the question before it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from nemo_nb.errors import EditRefused
from nemo_nb.studio.agent import plan_photo
from nemo_nb.studio.agent.clauses import Clause
from nemo_nb.studio.agent.intents import (
    AddText,
    Ask,
    CaptionPhoto,
    Intent,
    Pick,
    RemovePicture,
    RemoveText,
    ReplaceText,
    Restyle,
    Unclear,
    Which,
    Words,
)
from nemo_nb.studio.agent.intents_show import Duplicate, MovePicture, TestCaptions
from nemo_nb.studio.agent.lexer import tokenize
from nemo_nb.studio.agent.looks import look_of
from nemo_nb.studio.agent.parser import parse
from nemo_nb.studio.agent.plan import NotDone, Plan, start
from nemo_nb.studio.agent.reading import places_of
from nemo_nb.studio.agent.recall import earlier
from nemo_nb.studio.agent.references import PLACES
from nemo_nb.studio.agent.tokens import Token

Edits = Mapping[type[Intent], Callable[[Plan, Any], None]]

_MAX_ANSWER_CHARS: Final = 200
_MARKS: Final = ' \t\n"“”„‘’「」『』'  # noqa: RUF001 - the marks people put around words
# What people say before the words they answer with.
_LEAD_IN: Final = re.compile(
    r"^\s*(?:let'?s (?:go with|use|take)|how about|maybe|make it|call it|just|use"
    r"|it should (?:say|read)|就用|叫|就叫)\s+(?=\S)",
    re.IGNORECASE,
)
_YES: Final = frozenset(
    {"yes", "yes please", "yeah", "yep", "sure", "ok", "okay", "please", "please do", "do it", "go"}
    | {"go ahead", "yes do it", "好", "好的", "是", "是的", "可以", "要", "行", "嗯", "对"}
)
_PICKING: Final = (RemoveText, ReplaceText, Restyle)
_WHICH: Final = (RemovePicture, Duplicate, MovePicture)
# A verb in an answer: only these say which way, all others are new wishes.
_ANSWERING_VERBS: Final = frozenset({"cut", "keep", "remove", "make", "set", "rotate", "flip"})
_IDLE: Final = frozenset({"filler", "polite", "prep", "stop", "playing", "degree"})


def answered(
    plan: Plan, intents: list[Intent], edits: Edits
) -> Callable[[], None] | list[Intent] | None:
    """Return what *plan*'s message answers: a deed, wishes in place of *intents*, or None.

    Args:
        plan: The turn.
        intents: What the message asks for by itself.
        edits: How each kind of wish is carried out, to find what was asked.
    """
    messages = earlier(plan)
    if not messages:
        return None
    before = messages[0]
    if len(plan.message) > _MAX_ANSWER_CHARS:
        return None
    asked = parse(before, plan.names)
    words = _words(plan.message, intents)
    for intent in reversed(asked):
        if words is not None:
            deed = _with_words(plan, intent, words)
            if deed is not None:
                return deed
    if not _may_answer(plan.message) and plan.message.strip(" .!").lower() not in _YES:
        return None
    for intent in reversed(asked):
        found = _completed(plan, intent, before, edits)
        if found:
            return found
    return None


def _with_words(plan: Plan, intent: Intent, words: str) -> Callable[[], None] | list[Intent] | None:
    """Return the wish *intent* with the words that it lacked."""
    if isinstance(intent, Ask) and isinstance(intent.wish, AddText):
        intent = intent.wish
    if isinstance(intent, (AddText, CaptionPhoto)) and intent.text is None:
        if isinstance(intent, CaptionPhoto) and plan_photo.uncaptioned(plan, intent) is None:
            return None
        return partial(plan_photo.caption_words, plan, intent, words)
    if isinstance(intent, Restyle) and intent.role != "title" and not plan.texts():
        return partial(plan_photo.caption_words, plan, intent, words)
    if not isinstance(intent, TestCaptions) or intent.text or plan.texts():
        return None
    if not any(variant.text for variant in intent.variants) and intent.about != "wording":
        return [replace(intent, text=words, span=(0, len(plan.message)))]
    return None


def _words(message: str, intents: list[Intent]) -> str | None:
    """Return the words that *message* answers with, or None where it is about other things."""
    if len(intents) == 1 and isinstance(intents[0], Words):
        return intents[0].text
    only = intents[0] if len(intents) == 1 else None
    if isinstance(only, ReplaceText) and only.old is None and only.role is None:
        return only.text  # "it should say Hello", where nothing is there yet
    quoted = [str(t.value) for t in tokenize(message) if t.kind == "quote"]
    if len(quoted) == 1 and all(isinstance(i, (Unclear, Words, Restyle)) for i in intents):
        return quoted[0]  # 'they should say "Fresh bread"'
    message = _LEAD_IN.sub("", message)
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
    return words or None


def _may_answer(message: str) -> bool:
    """Whether *message* says a value and no deed."""
    tokens = [t for t in tokenize(message) if t.kind not in _IDLE]
    verbs = {str(t.value) for t in tokens if t.kind == "verb"}
    strange = any(t.kind in ("negation", "question", "history", "social", "topic") for t in tokens)
    return bool(tokens) and verbs <= _ANSWERING_VERBS and not strange


def _completed(plan: Plan, intent: Intent, before: str, edits: Edits) -> list[Intent]:
    """Return *intent* of the message *before* completed by this message; empty if it is whole."""
    if isinstance(intent, Ask):
        chosen = _choice(plan.message, intent)
        if chosen is not None:
            return [replace(chosen, span=(0, len(plan.message)))]
    elif not isinstance(intent, Words) and not _asks(plan, intent, edits):
        return []
    places = _places(plan, intent)
    span = (0, len(plan.message))
    if places and isinstance(intent, _PICKING):
        return [replace(intent, pick=Pick(places), span=span)]
    if places and isinstance(intent, _WHICH):
        return [replace(intent, which=Which(places), span=span)]
    if isinstance(intent, TestCaptions):
        joint = f"compare captions {plan.message}"
    else:
        joint = f"{before[slice(*intent.span)].rstrip('.!?。…')} {plan.message}"
    found = parse(joint, plan.names)
    if not found or any(isinstance(one, (Ask, Unclear, Words)) for one in found):
        return []
    return [replace(one, span=span) for one in found]


def _asks(plan: Plan, intent: Intent, edits: Edits) -> bool:
    """Whether carrying *intent* out leads to a question."""
    if type(intent) not in edits or isinstance(intent, CaptionPhoto):
        return False
    trial = start(plan.project, lambda _: None, plan.language, "")
    try:
        edits[type(intent)](trial, intent)
    except NotDone as reason:
        return reason.asks
    except EditRefused:
        return False
    return False


def _choice(message: str, ask: Ask) -> Intent | None:
    """Return the choice of *ask* that *message* names: by a word of it, or by its number."""
    tokens = [t for t in tokenize(message) if t.kind not in _IDLE]
    if ask.wish is not None:
        look = look_of(Clause(tuple(tokens)))
        if look and isinstance(ask.wish, Restyle):
            return replace(ask.wish, look=look)
        return None
    values = {str(t.value) for t in tokens} | {str(t.value).rstrip("+-") for t in tokens}
    signs = {"+": "more", "-": "less", "louder": "more", "quieter": "less"}
    values |= {signs[value] for value in values if value in signs}
    moments = {"0-0.5": "first", "0.5-1": "last"}
    values |= {moments[value] for value in values if value in moments}
    values |= {"yes"} if message.strip(" .!。！,").lower() in _YES else set()  # noqa: RUF001 - Chinese
    values |= {"clockwise"} if "cw" in values else set()
    values |= {"counterclockwise"} if "ccw" in values else set()
    values |= {"upside_down"} if "half" in values else set()
    values |= {"white"} if "#ffffff" in values else set()
    values |= {"black"} if "#000000" in values else set()
    values |= {"transparent"} if any(t.kind == "transparent" for t in tokens) else set()
    named = [intent for key, intent in ask.choices if key in values]
    if len(named) == 1:
        return named[0]
    tokens = [
        Token("place", PLACES["second"], t.start, t.end) if t.kind == "unit" else t for t in tokens
    ]
    numbers = [t for t in tokens if t.kind in ("number", "place", "edge")]
    if len(numbers) == 1 and len(tokens) == 1 and ask.choices and not named:
        place = _place(numbers[0].kind, numbers[0].value)
        if place is not None and -1 <= place < len(ask.choices):
            return ask.choices[place][1]
    return None


def _place(kind: str, value: Any) -> int | None:
    if kind == "number":
        return int(float(value)) - 1 if float(value) >= 1 else None
    return value if isinstance(value, int) else PLACES.get(str(value))


def _places(plan: Plan, intent: Intent) -> tuple[int, ...]:
    """Return which of the things that were listed the message means, from 0."""
    clause = Clause(tuple(tokenize(plan.message)))
    found = [place for token in clause.all("pick") for place in token.value]
    found += list(places_of(clause))
    if not found and clause.has("unit", "1000") and not clause.all("number"):
        found = [PLACES["second"]]
    if not found and clause.has("scope", "each") and isinstance(intent, RemoveText):
        found = list(range(len(plan.texts(intent.role))))  # "both"
    if not found:
        for token in clause.all("edge", "number"):
            place = _place(token.kind, token.value)
            found += [] if place is None else [place]
    if not found and isinstance(intent, _PICKING):
        words = plan.message.strip(_MARKS).casefold()
        texts = sorted(plan.texts(intent.role), key=lambda text: text["s"])
        found = [n for n, text in enumerate(texts) if text["m"]["text"].casefold() == words]
    if not found and isinstance(intent, _WHICH):
        named = plan.message.strip(_MARKS).casefold()
        shown = plan.pictures()
        found = [n for n, p in enumerate(shown) if str(p["m"].get("src", "")).casefold() == named]
    return tuple(found)
