"""A message to intents: quotes apart, clauses, and for each clause the first rule that fits.

Nothing is guessed that would change the timeline: negations, questions and clauses with
strange words become :class:`~nemo_nb.studio.agent.intents.Unclear`.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from typing import Final

from nemo_nb.studio.agent.clauses import Clause, split
from nemo_nb.studio.agent.intents import (
    AddText,
    Again,
    CaptionPhoto,
    History,
    Intent,
    Look,
    Pick,
    RemovePicture,
    Social,
    Timing,
    Unclear,
    Unsupported,
    Words,
)
from nemo_nb.studio.agent.intents_show import AddCaptions
from nemo_nb.studio.agent.lexer import tokenize
from nemo_nb.studio.agent.pasted import Cue, pasted
from nemo_nb.studio.agent.reading import look_of, picked, quote_unquoted
from nemo_nb.studio.agent.reading_picture import which_of
from nemo_nb.studio.agent.rules_ab import ab_intents
from nemo_nb.studio.agent.rules_overlay import overlay_intents
from nemo_nb.studio.agent.rules_picture import picture_intents
from nemo_nb.studio.agent.rules_show import show_intents
from nemo_nb.studio.agent.rules_sound import sound_intents
from nemo_nb.studio.agent.rules_text import text_intents
from nemo_nb.studio.agent.rules_time import time_intents
from nemo_nb.studio.agent.tokens import Token

_MAX_CHARS: Final = 4000
_MAX_STRANGERS: Final = 2

# What may stand before a strange word without making the whole clause strange.
_OPENERS: Final = frozenset({"filler", "polite", "prep", "ma", "degree", "begin"})
# Topics whose whole clause is about something that is not on the timeline.
_MADE_ELSEWHERE: Final = frozenset({"generate"})
# Texts that can be asked of one of several pictures.
_PLACED: Final = (AddText, CaptionPhoto, RemovePicture)
_RULES: Final = (overlay_intents, show_intents, sound_intents, picture_intents)
_CODE: Final = re.compile(r"[{}]|</|<[a-z!]|<<|>>|\(\)|\);|==|&&|\|\||;\s*--|/\*|\w+\.\w+\(")
_QUOTED: Final = re.compile(r"\"[^\"]*\"|“[^”]*”|「[^」]*」|『[^』]*』|'[^']*'")
_LOOSE: Final = frozenset({"animate", "effects"})
_CUTTING: Final = frozenset(
    {"trim", "cut", "keep", "remove", "mute", "unmute", "faster", "slower", "louder", "quieter"}
)
_MEANINGLESS: Final = frozenset({"filler", "polite", "ma", "unit", "number", "marker", "degree"})


def parse(message: str) -> list[Intent]:  # noqa: PLR0911 - one kind of message a return
    """Return the intents of *message*, in order.

    Never raises. A message beyond 4,000 characters is not taken for a wish at all.
    """
    if len(message) > _MAX_CHARS:
        return [Unclear(span=(0, len(message)), text=message[:60] + "…", hint="long")]
    found = pasted(message)
    if found is not None:
        return _pasted(message, *found)
    if is_code(message):
        return [Unclear(span=(0, len(message)), text=message)]
    tokens = tokenize(message)
    if not any(t.kind == "topic" and t.value in _MADE_ELSEWHERE for t in tokens):
        # "Write a prompt for …" is followed by what it is about, not by words to show.
        tokens = quote_unquoted(tokens, message)
    for token in tokens:
        if token.kind == "open_quote":
            return [Unclear(span=(token.start, token.end), text=message, hint="open_quote")]
    compared = ab_intents(tokens, message)
    if compared:
        return compared
    intents: list[Intent] = []
    for clause in split(tokens):
        if intents and _takes_back(clause):
            return [Social(span=clause.span, kind="never_mind")]
        intents += _read(clause, message)
    return _listed(intents)


def is_code(message: str) -> bool:
    """Whether *message* holds marks of a program outside its quotes: what it says is no wish."""
    return bool(_CODE.search(_QUOTED.sub(" ", message)))


def _pasted(message: str, head: str, cues: tuple[Cue, ...]) -> list[Intent]:
    """Return captions that were pasted, with what the line before them says of their looks."""
    look = look_of(Clause(tuple(tokenize(head)))) if head else Look()
    return [AddCaptions(span=(0, len(message)), cues=cues, look=look)]


def _takes_back(clause: Clause) -> bool:
    """Whether it calls off what stands before it: "… actually no, don't"."""
    kinds = {token.kind for token in clause.tokens}
    off = clause.has("negation") or clause.has("social", "never_mind") or clause.has("cancel")
    return off and kinds <= {"negation", "social", "polite", "filler", "cancel"}


def _listed(intents: list[Intent]) -> list[Intent]:
    """Read words after a caption as more captions: 'captions: "a", "b" and "c"'."""
    result: list[Intent] = []
    for intent in intents:
        last = result[-1] if result else None
        if isinstance(intent, Words) and isinstance(last, CaptionPhoto) and last.text is not None:
            if last.every:  # as many photos as there are words
                last = result[-1] = replace(last, every=False, place=0)
            if last.place is not None:
                place, span = last.place + 1, intent.span
                result.append(replace(last, span=span, text=intent.text, place=place))
                continue
        if isinstance(intent, Words) and isinstance(last, AddText) and last.role == "caption":
            more = replace(last, span=intent.span, text=intent.text, timing=Timing(), pick=Pick())
            result.append(more)
            continue
        result.append(intent)
    return result


def _read(  # noqa: C901, PLR0911, PLR0912 - one rule a return
    clause: Clause, message: str
) -> list[Intent]:
    start, end = clause.span
    text = message[start:end]
    span = clause.span
    if clause.has("cancel") and not _others(clause, "cancel"):
        return [Social(span=span, kind="never_mind")]
    if clause.has("asis") or _keeps_all(clause):
        return []
    if clause.has("negation"):
        return [Unclear(span=span, text=text, hint="negation")]
    social = clause.all("social")
    if social and not _others(clause, "social"):
        return [Social(span=span, kind=str(social[0].value))]
    if social and not clause.quotes:
        return [Unclear(span=span, text=text)]
    if clause.has("question") or (clause.has("ma") and not clause.has("polite")):
        return [Unclear(span=span, text=text, hint="question")]
    history = clause.all("history")
    if history:
        if _others(clause, "history"):
            return [Unclear(span=span, text=text)]
        return [History(span=span, direction="undo" if history[0].value == "undo" else "redo")]
    again = _again(clause)
    if again is not None:
        return [again]
    skipped = _strangers(clause, message)
    topics = [t for t in clause.all("topic") if not (t.value in _LOOSE and _moves(clause))]
    missing: list[Intent] = [Unsupported(span=span, topic=str(t.value)) for t in topics]
    if skipped is None:
        return missing or [Unclear(span=span, text=text)]
    rest = clause
    if topics:
        rest = Clause(tuple(t for t in clause.tokens if t.kind != "topic"), clause.inherited)
        # The times of what is made elsewhere are its own, not those of the timeline.
        elsewhere = not clause.quotes and any(t.value in _MADE_ELSEWHERE for t in topics)
        if elsewhere or not (rest.quotes or rest.all("time", "range", "slideshow")):
            return missing
    if rest.quotes and not _others(rest, "quote"):
        return [Words(span=span, text=" ".join(rest.quotes))]
    found = _found(rest, skipped)
    return [*found, *missing] if found or missing else [Unclear(span=span, text=text)]


def _moves(clause: Clause) -> bool:
    """Whether it says which move or effect, so that "animate" is no wish of its own."""
    return bool(clause.all("motion", "entrance", "exit", "karaoke", "tone", "adjust", "crossing"))


def _keeps_all(clause: Clause) -> bool:
    """Whether it only says that sound shall stay: "but keep the music"."""
    kinds = {token.kind for token in clause.tokens}
    stays = clause.verbs == ["keep"] and clause.nouns <= {"sound", "music", "ownsound"}
    return stays and bool(clause.nouns) and kinds <= {"verb", "noun", "filler", "polite"}


def _again(clause: Clause) -> Intent | None:
    """Read "the same for photo 3", "a bit more", "and the one before too"."""
    span = clause.span
    if clause.has("again", "before") and set(clause.verbs) <= {"make", "change"}:
        return Again(span=span, kind="before", look=look_of(clause))
    which, pick = which_of(clause), picked(clause)
    edges = [str(token.value) for token in clause.all("edge")]
    if edges and not which.places and "photo" in clause.nouns:
        which = replace(which, places=(-1 if edges[0] == "last" else 0,))
    if clause.has("again", "same") and (which.places or which.file or which.every or pick):
        return Again(span=span, kind="same", which=which, pick=pick)
    kinds = {token.kind for token in clause.tokens}
    counted = which.places and kinds <= {"place", "noun", "filler", "polite", "prep", "sep"}
    if counted and clause.nouns <= {"photo", "photos", "video", "it"}:
        return Again(span=span, kind="same", which=which)  # "photo 3 too"
    if clause.all("sign") and kinds <= {"sign", "degree", "filler", "polite", "playing"}:
        degree = float(clause.all("degree")[0].value) if clause.all("degree") else 1.0
        less = clause.has("sign", "-")
        return Again(span=span, kind="more", degree=-degree if less else degree)
    return None


def _found(clause: Clause, skipped: str) -> list[Intent]:
    """Return what the first rule that fits makes of *clause*."""
    for rule in _RULES:
        found = rule(clause, skipped)
        if found:
            return found
    found = text_intents(clause, skipped)
    placed = clause.has("place") and not all(isinstance(intent, _PLACED) for intent in found)
    if found and not placed:
        return found
    return [] if _is_cut_of_text(clause) else time_intents(clause, skipped)


def _is_cut_of_text(clause: Clause) -> bool:
    """Whether it cuts, mutes or removes something of a text: the pictures are not meant then."""
    return bool((clause.own_role or clause.quotes) and set(clause.verbs) & _CUTTING)


def _others(clause: Clause, kind: str) -> list[Token]:
    """Return tokens of *clause* that mean something and are not of *kind*."""
    return [
        token
        for token in clause.tokens
        if token.kind not in _MEANINGLESS
        and token.kind not in (kind, "prep")
        and not (token.kind == "noun" and token.value == "it")
    ]


def _strangers(clause: Clause, message: str) -> str | None:
    """Return the strange words that may be passed over, or None where they may not.

    A strange adjective ("trim the boring first 3 seconds") is passed over and told. A strange
    beginning ("my aunt likes to trim …") or a strange object ("mute the person", "… of my
    sandwich") makes the clause about something else. Beside a quote the wish is plain.
    """
    strange: list[Token] = []
    seen_meaning = False
    previous = ""
    for token, following in itertools.zip_longest(clause.tokens, clause.tokens[1:]):
        if token.kind == "word" or (token.kind == "unit" and previous != "edge"):
            describes = following is not None and following.kind not in _OPENERS
            if not seen_meaning or previous == "prep" or not (describes or clause.quotes):
                return None
            strange.append(token)
        elif token.kind not in _OPENERS:
            seen_meaning = True
        if token.kind != "filler":
            previous = token.kind
    if len(strange) > _MAX_STRANGERS or (strange and not (clause.verbs or clause.quotes)):
        return None
    words = [message[token.start : token.end] for token in strange]
    return ("" if any(not word.isascii() for word in words) else " ").join(words)
