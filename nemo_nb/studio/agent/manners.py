"""How people talk around a wish: greetings, thanks, complaints, corrections, second thoughts."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Final

from nemo_nb.studio.agent.clauses import Clause
from nemo_nb.studio.agent.intents import Again, CutShare, Intent
from nemo_nb.studio.agent.intents_picture import Adjust
from nemo_nb.studio.agent.reading import timing_of

OPENERS: Final = frozenset({"filler", "polite", "prep", "ma", "degree", "begin"})
"""What may stand before a strange word without making the whole clause strange."""


def wished(intents: list[Intent], message: str) -> list[Intent]:
    """Leave out a complaint before the wish that mends it: "too bright, a bit darker"."""
    result: list[Intent] = []
    for intent, following in itertools.zip_longest(intents, intents[1:]):
        if isinstance(intent, Adjust) and isinstance(following, Adjust):
            said = message[slice(*intent.span)].lower()
            same = set(intent.changes) == set(following.changes) and intent.which == following.which
            if same and ("too " in said or "太" in said):
                continue
        last = result[-1] if result else None
        kept = isinstance(last, CutShare) and last.keep and isinstance(intent, CutShare)
        if kept and isinstance(intent, CutShare) and not intent.keep:
            continue  # "keep the first half, delete the second": one cut said twice
        result.append(intent)
    return result


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


def takes_back(clause: Clause) -> bool:
    """Whether it calls off what stands before it: "… actually no, don't"."""
    kinds = {token.kind for token in clause.tokens}
    off = clause.has("negation") or clause.has("social", "never_mind") or clause.has("cancel")
    return off and kinds <= {"negation", "social", "polite", "filler", "cancel"}
