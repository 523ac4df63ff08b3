"""A message to intents: quotes apart, clauses, and for each clause the first rule that fits.

Nothing is guessed that would change the timeline: negations, questions and clauses with
strange words become :class:`~nemo_nb.studio.agent.intents.Unclear`.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from typing import Final

from nemo_nb.studio.agent.clauses import Clause
from nemo_nb.studio.agent.cut_order import from_the_end
from nemo_nb.studio.agent.intents import (
    AddText,
    Ask,
    CaptionPhoto,
    History,
    Intent,
    Look,
    RemovePicture,
    Social,
    TellState,
    Unclear,
    Unsupported,
    Words,
)
from nemo_nb.studio.agent.intents_picture import Pictured
from nemo_nb.studio.agent.intents_show import AddCaptions
from nemo_nb.studio.agent.lexer import fold, tokenize
from nemo_nb.studio.agent.listing import listed
from nemo_nb.studio.agent.looks import look_of
from nemo_nb.studio.agent.manners import (
    OPENERS,
    about,
    complained,
    declares,
    excepts,
    is_no,
    retimed,
    states,
    takes_back,
    wished,
    without_courtesy,
)
from nemo_nb.studio.agent.naming import NO_NAMES, Names, called
from nemo_nb.studio.agent.pasted import Cue, pasted
from nemo_nb.studio.agent.program_text import is_code
from nemo_nb.studio.agent.remarks import remarks
from nemo_nb.studio.agent.rules_ab import ab_intents
from nemo_nb.studio.agent.rules_again import again_of
from nemo_nb.studio.agent.rules_overlay import overlay_intents
from nemo_nb.studio.agent.rules_picture import picture_intents
from nemo_nb.studio.agent.rules_restyle import shift_intents
from nemo_nb.studio.agent.rules_show import show_intents
from nemo_nb.studio.agent.rules_sound import sound_intents
from nemo_nb.studio.agent.rules_text import text_intents
from nemo_nb.studio.agent.rules_time import time_intents
from nemo_nb.studio.agent.splitting import split
from nemo_nb.studio.agent.tokens import Token
from nemo_nb.studio.agent.unquoted import quote_unquoted

_MAX_CHARS: Final = 4000
_MAX_STRANGERS: Final = 2
_PACED: Final = tuple(("verb", pace) for pace in ("louder", "quieter", "faster", "slower"))
_PAIR: Final = 2

# Topics whose whole clause is about something that is not on the timeline.
_MADE_ELSEWHERE: Final = frozenset({"generate"})
# Texts that can be asked of one of several pictures.
_PLACED: Final = (AddText, CaptionPhoto, RemovePicture)
_RULES: Final = (overlay_intents, show_intents, sound_intents, picture_intents)
# "Is it possible to make it …" is about this cut, "… to reverse a clip" is about what can be.
_POINTED: Final = re.compile(
    r"(?:to|could|have) .*\b(?:the|my|this|it|these|our|that)\b", re.IGNORECASE
)
_LOOSE: Final = frozenset({"animate", "effects"})
_CUTTING: Final = frozenset(
    {"trim", "cut", "keep", "remove", "mute", "unmute", "faster", "slower", "louder", "quieter"}
)
_MEANINGLESS: Final = frozenset({"filler", "polite", "ma", "unit", "number", "marker", "degree"})


def parse(  # noqa: C901, PLR0911 - one kind of message a return
    message: str, names: Names = NO_NAMES
) -> list[Intent]:
    """Return the intents of *message*, in order.

    Never raises. A message beyond 4,000 characters is not taken for a wish at all.

    Args:
        message: The user's words.
        names: Words that name a picture: see ``naming``.
    """
    if len(message) > _MAX_CHARS:
        return [Unclear(span=(0, len(message)), text=message[:60] + "…", hint="long")]
    found = pasted(message)
    if found is not None:
        return _pasted(message, *found)
    tokens = tokenize(message)
    if is_code(message) or _is_no_wish(tokens):
        return [Unclear(span=(0, len(message)), text=message)]
    if not any(t.kind == "topic" and t.value in _MADE_ELSEWHERE for t in tokens):
        # "Write a prompt for …" is followed by what it is about, not by words to show.
        tokens = called(quote_unquoted(tokens, message), fold(message), names)
    if _translates(tokens):
        return [Unsupported(span=(0, len(message)), topic="translate")]
    for token in tokens:
        if token.kind == "open_quote":
            return [Unclear(span=(token.start, token.end), text=message, hint="open_quote")]
    compared = ab_intents(tokens, message)
    if compared:
        return compared
    intents: list[Intent] = []
    clauses = split(tokens)
    corrects = len(clauses) > 1 and is_no(clauses[0], message)
    lost: tuple[Token, ...] = ()
    for clause in clauses[corrects:]:
        if intents and takes_back(clause):
            return [Social(span=clause.span, kind="never_mind")]
        clause = about(clause, lost)  # noqa: PLW2901 - what it leaves out was said before
        found = _read(clause, message)
        unclear = all(isinstance(one, Unclear) for one in found)
        lost = tuple(clause.all("place", "file")) if unclear else ()
        if excepts(clause) and intents and isinstance(intents[-1], Pictured):
            # "Brighter, but not the last one": all but one are not told apart.
            intents[-1] = Unclear(span=intents[-1].span, text=message[slice(*intents[-1].span)])
        again = retimed(clause, corrects=corrects) if not intents else None
        intents += [again] if again and all(isinstance(one, Unclear) for one in found) else found
    return listed(from_the_end(wished(intents, message), message))


def overrides(message: str) -> bool:
    """Whether *message* speaks to the machine behind the agent: what else it says is no wish."""
    return _overrides(tokenize(message))


def _is_no_wish(tokens: list[Token]) -> bool:
    """Whether the machine is spoken to, or another program: "open Photoshop and …"."""
    return _overrides(tokens) or any(token.kind == "elsewhere" for token in tokens)


def _translates(tokens: list[Token]) -> bool:
    """Whether words to translate follow: "translate to French: remove the captions"."""
    asked = next((t.end for t in tokens if (t.kind, t.value) == ("topic", "translate")), None)
    return asked is not None and any(
        t.kind == "stop" and t.value in (":", "\uff1a") and t.start >= asked for t in tokens
    )


def _overrides(tokens: list[Token]) -> bool:
    return any(token.kind == "override" for token in tokens)


def _pasted(message: str, head: str, cues: tuple[Cue, ...]) -> list[Intent]:
    """Return captions that were pasted, with what the line before them says of their looks."""
    look = look_of(Clause(tuple(tokenize(head)))) if head else Look()
    return [AddCaptions(span=(0, len(message)), cues=cues, look=look)]


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
        bare = without_courtesy(clause)
        return [Unclear(span=span, text=text)] if bare is None else _read(bare, message)
    if clause.has("question") and declares(clause):
        told = tuple(token for token in clause.tokens if token.kind != "question")
        return _read(replace(clause, tokens=told), message)
    if clause.has("polite", "possible") and not (clause.quotes or _POINTED.search(text)):
        return [Unclear(span=span, text=text, hint="question")]
    wanted = clause.has("polite", "want") and not (clause.verbs or clause.all("time"))
    if clause.has("scope", "each") and wanted:
        return [Unclear(span=span, text=text)]  # 每个视频都需要音乐
    if states(clause, message) or remarks(clause, message):
        return [Unclear(span=span, text=text)]
    complaint = complained(clause)
    if complaint is not None:
        return [complaint]
    if clause.has("question") or (clause.has("ma") and not clause.has("polite")):
        return [Unclear(span=span, text=text, hint="question")]
    if clause.has("state"):
        told = not _others(clause, "state")
        return [TellState(span=span)] if told else [Unclear(span=span, text=text)]
    history = clause.all("history")
    if history:
        if _others(clause, "history"):
            return [Unclear(span=span, text=text)]
        several = history[0].value == "undo-all"
        direction = "redo" if history[0].value == "redo" else "undo"
        return [History(span=span, direction=direction, several=several)]
    if _clears_all(clause, text):
        return [Ask(span=span, question="what_to_clear")]
    if clause.has("restart"):
        alone = not _others(clause, "restart")
        return (
            [Ask(span=span, question="what_to_clear")] if alone else [Unclear(span=span, text=text)]
        )
    again = again_of(clause)
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
    paired = rest.inherited == "change" and len(rest.quotes) == _PAIR
    owed = rest.has("marker", "should") or rest.has("filler", "oblige")
    told = owed and "it" in rest.nouns  # 'it should say "Hello"'
    if rest.quotes and not _others(rest, "quote") and not (paired or told):
        return [Words(span=span, text=" ".join(rest.quotes))]
    found = _found(rest, skipped)
    return [*found, *missing] if found or missing else [Unclear(span=span, text=text)]


def _clears_all(clause: Clause, text: str) -> bool:
    """Whether it would take everything away: "delete everything", 全部删掉."""
    kinds = {token.kind for token in clause.tokens}
    plain = kinds <= {"verb", "filler", "polite", "scope", "noun", "out"} and clause.nouns <= {"it"}
    all_of_it = clause.has("scope", "each", "whole") or "everything" in text.lower()
    return clause.verbs == ["remove"] and plain and all_of_it


def _moves(clause: Clause) -> bool:
    """Whether it says which move or effect, so that "animate" is no wish of its own."""
    kinds = ("motion", "entrance", "exit", "karaoke", "tone", "adjust", "crossing", "preset")
    return bool(clause.all(*kinds, "cutout", "family")) or clause.has("reset", "motion")


def _keeps_all(clause: Clause) -> bool:
    """Whether it only says that sound shall stay: "but keep the music"."""
    kinds = {token.kind for token in clause.tokens}
    heard = clause.nouns <= {"sound", "music", "ownsound"}
    if heard and clause.has("reset", "still") and kinds <= {"reset", "noun", "filler", "polite"}:
        return bool(clause.nouns)  # 音乐不动
    stays = clause.verbs == ["keep"] and heard
    return stays and bool(clause.nouns) and kinds <= {"verb", "noun", "filler", "polite"}


def _found(clause: Clause, skipped: str) -> list[Intent]:
    """Return what the first rule that fits makes of *clause*."""
    if clause.has("shift"):
        return shift_intents(clause, skipped)
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
            describes = (
                following is not None
                and following.kind not in OPENERS
                # "Make the dog bark louder" is about a dog.
                and (following.kind, following.value) not in _PACED
            )
            if not seen_meaning or previous == "prep" or not (describes or clause.quotes):
                return None
            strange.append(token)
        elif token.kind not in OPENERS:
            seen_meaning = True
        if token.kind != "filler":
            previous = token.kind
    if len(strange) > _MAX_STRANGERS or (strange and not (clause.verbs or clause.quotes)):
        return None
    words = [message[token.start : token.end] for token in strange]
    return ("" if any(not word.isascii() for word in words) else " ").join(words)
