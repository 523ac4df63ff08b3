"""How people talk around a wish: greetings, thanks, complaints, corrections, second thoughts."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from nemo_nb.studio.agent.clauses import EMPTY, Clause
from nemo_nb.studio.agent.intents import (
    NO_TIMING,
    Again,
    Ask,
    CutShare,
    Intent,
    Look,
    Restyle,
    Speed,
    Which,
)
from nemo_nb.studio.agent.intents_picture import Adjust
from nemo_nb.studio.agent.intents_sound import Volume
from nemo_nb.studio.agent.reading import picked, timing_of

OPENERS: Final = frozenset({"filler", "polite", "prep", "ma", "degree", "begin"})
"""What may stand before a strange word without making the whole clause strange."""


def wished(intents: list[Intent], message: str) -> list[Intent]:
    """Leave out a complaint before the wish that mends it: "too bright, a bit darker"."""
    result: list[Intent] = []
    intents = list(intents)
    for at, intent in enumerate(intents):
        following = intents[at + 1] if at + 1 < len(intents) else None
        said = message[slice(*intent.span)].lower()
        if ("too " in said or "太" in said) and _same_wish(intent, following):
            if isinstance(intent, Volume) and isinstance(following, Volume):
                intents[at + 1] = replace(following, which=intent.which, music=intent.music)
            continue
        wish = intent.wish if isinstance(intent, Ask) else None
        restyled = isinstance(following, Restyle) and following.look
        if isinstance(wish, Restyle) and isinstance(following, Restyle) and restyled:
            intents[at + 1] = replace(wish, look=following.look, span=following.span)
            continue  # "another colour for the title, make it blue"
        last = result[-1] if result else None
        kept = isinstance(last, CutShare) and last.keep and isinstance(intent, CutShare)
        if kept and isinstance(intent, CutShare) and not intent.keep:
            continue  # "keep the first half, delete the second": one cut said twice
        result.append(intent)
    return result


def _same_wish(intent: Intent, following: Intent | None) -> bool:
    """Whether two wishes turn the same thing the same way."""
    if isinstance(intent, Adjust) and isinstance(following, Adjust):
        which = following.which in (intent.which, Which(), Which(it=True))
        return set(intent.changes) == set(following.changes) and which
    if isinstance(intent, Volume) and isinstance(following, Volume):
        which = following.music == intent.music or not following.music
        return which and (intent.factor > 1) == (following.factor > 1)
    if isinstance(intent, Speed) and isinstance(following, Speed):
        return (intent.factor > 1) == (following.factor > 1)
    return False


def is_no(clause: Clause, message: str) -> bool:
    """Whether it only says no to what was done: "no, 4 seconds"."""
    said = message[slice(*clause.span)].strip().lower()
    return said in ("no", "nope", "no wait", "wait no", "不", "不对", "不是")


def retimed(clause: Clause, *, corrects: bool) -> Intent | None:
    """Read times alone as those of what was made last: "for 5 seconds", "until the end"."""
    timing = timing_of(clause)
    kinds = {token.kind for token in clause.tokens}
    led = corrects or timing.to_end or timing.whole or clause.has("prep", "for")
    plain = kinds <= {"time", "range", "scope", "prep", "filler", "polite"} and bool(timing)
    if not plain or not led or clause.has("scope", "each", "others"):
        return None
    return Again(span=clause.span, kind="timing", timing=timing)


def without_courtesy(clause: Clause) -> Clause | None:
    """Return a wish without the greeting before it and the thanks behind it."""
    tokens = list(clause.tokens)
    if (tokens[0].kind, tokens[0].value) == ("social", "greeting"):
        tokens = tokens[1:]
    if tokens and (tokens[-1].kind, tokens[-1].value) == ("social", "thanks"):
        tokens = tokens[:-1]
    if not tokens or any(token.kind == "social" for token in tokens):
        return None
    return replace(clause, tokens=tuple(tokens))


def declares(clause: Clause) -> bool:
    """Whether it says what a file is for: "song.mp3 is the voice-over"."""
    asked = clause.all("question")
    named = clause.all("voice", "overlay", "ground") or "music" in clause.nouns
    first = next(token for token in clause.tokens if token.kind not in OPENERS)
    return len(asked) == 1 and bool(clause.all("file") and named) and first.kind == "file"


def states(clause: Clause, message: str) -> bool:
    """Whether it says what somebody does: "you move too fast", "I add captions at the end"."""
    first, *rest = clause.tokens
    if not rest or first.kind != "filler" or rest[0].kind != "verb":
        return False
    does = "n't" not in message[rest[0].start : rest[0].end] and rest[0].value != "remove"
    return does and message[first.start : first.end].lower() in ("you", "i")


def complained(clause: Clause) -> Intent | None:
    """Read "the title is too big" as a question whether it should be smaller."""
    kinds = {token.kind for token in clause.tokens}
    grows = clause.all("grow")
    asked = [t for t in clause.all("question") if t.end - t.start in (2, 3)]  # is, are
    if len(asked) != 1 or len(grows) != 1 or asked[0].start > grows[0].start:
        return None
    named = clause.own_role or ("caption" if "text" in clause.nouns else None)
    if named is None or kinds - (EMPTY | {"question", "noun", "grow", "pick", "place"}):
        return None
    if clause.tokens[-1].kind != "grow" or clause.tokens[0].kind == "question":
        return None
    grow = float(grows[0].value)
    wish = Restyle(
        span=clause.span,
        role=clause.own_role,
        text=None,
        look=Look(grow=grow),
        timing=NO_TIMING,
        pick=picked(clause),
    )
    question = "should_be_bigger" if grow > 1 else "should_be_smaller"
    return Ask(span=clause.span, question=question, choices=(("yes", wish),))


def takes_back(clause: Clause) -> bool:
    """Whether it calls off what stands before it: "… actually no, don't"."""
    kinds = {token.kind for token in clause.tokens}
    off = clause.has("negation") or clause.has("social", "never_mind") or clause.has("cancel")
    return off and kinds <= {"negation", "social", "polite", "filler", "cancel"}
