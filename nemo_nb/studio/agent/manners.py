"""How people talk around a wish: greetings, thanks, complaints, corrections, second thoughts."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from nemo_nb.studio.agent.clauses import EMPTY, Clause
from nemo_nb.studio.agent.intents import NO_TIMING, Again, Ask, Intent, Look, Restyle, Which
from nemo_nb.studio.agent.intents_picture import Adjust, Place, Rotate
from nemo_nb.studio.agent.intents_sound import Volume
from nemo_nb.studio.agent.intents_time import CutShare, PhotoLength, Speed
from nemo_nb.studio.agent.reading import picked, timing_of
from nemo_nb.studio.agent.reading_picture import which_of
from nemo_nb.studio.agent.tokens import Token

_PICTURED: Final = ("tone", "adjust", "rotation", "angle", "flip", "cutout", "ground", "motion")
_LAIN: Final = re.compile(r"^[^,.]*(?:'s|is|are|lies)\b[^,.]*(?:sideways|upside down|side|head)$")
_COMPLAINTS: Final = ("too ", "太", "drown", "盖过", "盖住", "压过", "hear", "听不")
_NUMBERED: Final = re.compile(
    r"\d|[一二两三四五半倍]|\b(?:half|twice|double|triple|quarter|two|three|four|times|percent)\b"
)
OPENERS: Final = frozenset({"filler", "polite", "prep", "ma", "degree", "begin"})
"""What may stand before a strange word without making the whole clause strange."""


def wished(intents: list[Intent], message: str) -> list[Intent]:
    """Leave out a complaint before the wish that mends it: "too bright, a bit darker"."""
    result: list[Intent] = []
    intents = _others_first(intents)
    for at, intent in enumerate(intents):
        following = intents[at + 1] if at + 1 < len(intents) else None
        said = message[slice(*intent.span)].lower()
        if isinstance(intent, Rotate) and isinstance(following, Rotate) and _LAIN.search(said):
            meant = following.which if following.which not in (Which(), Which(it=True)) else None
            intents[at + 1] = replace(following, which=meant or intent.which)
            continue  # "the photo's sideways, rotate it clockwise"
        complaint = any(word in said for word in _COMPLAINTS)
        if complaint and _same_wish(intent, following):
            if isinstance(intent, Volume) and isinstance(following, Volume):
                intents[at + 1] = replace(following, which=intent.which, music=intent.music)
            continue
        wish = intent.wish if isinstance(intent, Ask) else None
        restyled = isinstance(following, Restyle) and following.look
        if isinstance(wish, Restyle) and isinstance(following, Restyle) and restyled:
            intents[at + 1] = replace(wish, look=following.look, span=following.span)
            continue  # "another colour for the title, make it blue"
        last = result[-1] if result else None
        if _paces_anew(intent, following, said):
            continue  # "slow motion, 4 times slower"
        kept = isinstance(last, CutShare) and last.keep and isinstance(intent, CutShare)
        if kept and isinstance(intent, CutShare) and not intent.keep:
            continue  # "keep the first half, delete the second": one cut said twice
        result.append(intent)
    return result


def _others_first(intents: list[Intent]) -> list[Intent]:
    """Let "the others" stand before what they are the others of: "photo 1 5 s, the others 2 s"."""
    result = list(intents)
    for at in range(1, len(result)):
        intent, start = result[at], at
        if not isinstance(intent, PhotoLength) or not intent.which.every or intent.which.places:
            continue
        while start and isinstance(result[start - 1], PhotoLength):
            start -= 1
        result.insert(start, result.pop(at))
    return result


def _paces_anew(intent: Intent, following: Intent | None, said: str) -> bool:
    """Whether a pace without a number is followed by the same with one."""
    if not isinstance(intent, Speed) or not isinstance(following, Speed):
        return False
    alike = intent.which == following.which and intent.timing == following.timing
    same = alike and (intent.factor > 1) == (following.factor > 1)
    return same and not _NUMBERED.search(said)


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
    led = corrects or timing.to_end or timing.whole or clause.verbs == ["show"]
    led = led or clause.has("prep", "for") or clause.has("prep", "to")
    led = led or ("it" in clause.nouns and timing.start_ms is not None)  # "have it appear at 2 s"
    said = {"time", "range", "scope", "prep", "filler", "polite", "verb", "noun", "begin"}
    said |= {"edge"} if "time" in kinds and clause.has("prep", "for") else set()
    plain = kinds <= said and clause.nouns <= {"it"} and bool(timing)
    plain = plain and set(clause.verbs) <= ({"show", "make"} if clause.nouns else {"show"})
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
    undoes = any(token.kind == "history" for token in tokens)
    if undoes and (tokens[0].kind, tokens[0].value) == ("social", "never_mind"):
        tokens = tokens[1:]
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
    said = message[first.start : first.end].lower()
    toned = clause.tokens[-1].kind == "tone" and not clause.all("verb", "polite", "sign")
    if toned and first.kind == "noun" and said.endswith("'s"):
        judged = message[clause.tokens[-1].start : clause.tokens[-1].end].lower()
        # "It's dark" is no wish for the dark.
        return not judged.startswith(("too ", "over", "under"))
    if not rest or first.kind != "filler" or rest[0].kind != "verb":
        return False
    said = message[rest[0].start : rest[0].end].lower()
    wanted = said.split(" ")[0] in ("only", "just")  # "I only need 3 to 7 s"
    does = "n't" not in said and rest[0].value != "remove" and not wanted
    return does and message[first.start : first.end].lower() in ("you", "i")


def excepts(clause: Clause) -> bool:
    """Whether it only names pictures that are not meant: "… but not the last one"."""
    kinds = {token.kind for token in clause.tokens}
    return kinds - EMPTY <= {"negation", "place", "noun"} and {"negation", "place"} <= kinds


def about(clause: Clause, lost: tuple[Token, ...]) -> Clause:
    """Return a wish about a picture, of those that the words before it named in vain.

    "Photo 2 hurts my eyes, darken it" is no wish about all of them.
    """
    named = clause.all("place", "file", "pick", "quote", "overlay", "scope", "range", "edge")
    aimed = clause.all(*_PICTURED) or set(clause.verbs) & {"rotate", "flip", "crop"}
    if not lost or named or not aimed or not clause.nouns <= {"it"}:
        return clause
    return replace(clause, tokens=(*lost, *clause.tokens))


def complained(  # noqa: PLR0911 - one kind of complaint a return
    clause: Clause,
) -> Intent | None:
    """Read "the title is too big", "photo 2 is upside down" as a question what to do."""
    kinds = {token.kind for token in clause.tokens}
    grows = clause.all("grow")
    asked = [t for t in clause.all("question") if t.end - t.start in (2, 3)]  # is, are
    lain = clause.tokens[-1].kind == "rotation" and clause.tokens[0].kind != "question"
    if lain and asked and not kinds - (EMPTY | {"question", "noun", "rotation", "place", "file"}):
        ways = (("clockwise", 90.0), ("counterclockwise", -90.0), ("upside_down", 180.0))
        turns = tuple(
            (key, Rotate(span=clause.span, which=which_of(clause), degrees=way))
            for key, way in ways
        )
        return Ask(span=clause.span, question="which_turn", choices=turns)
    paced = clause.nouns == {"transition"} and set(clause.verbs) & {"faster", "slower"}
    if paced and asked and not kinds - (EMPTY | {"question", "noun", "verb"}):
        return Ask(span=clause.span, question="how_long_crossing")
    if len(asked) != 1 or len(grows) != 1 or asked[0].start > grows[0].start:
        return None
    over = clause.all("overlay")
    if over and not kinds - (EMPTY | {"question", "overlay", "grow"}) and not clause.nouns:
        grow = float(grows[0].value)
        wish: Intent = Place(span=clause.span, which=which_of(clause), grow=grow)
        question = "should_be_bigger" if grow > 1 else "should_be_smaller"
        return Ask(span=clause.span, question=question, choices=(("yes", wish),))
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
