"""A wish about sound that leans on the one before it: "loop the jingle and turn it down"."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from nemo_nb.studio.agent.clauses import EMPTY, Clause
from nemo_nb.studio.agent.reading_sound import own_file
from nemo_nb.studio.agent.tokens import Token

_MUSIC: Final = ("noun", "music")
_IT: Final = ("noun", "it")
_AMOUNTS: Final = frozenset({"percent", "db", "level", "factor"})
_LOUDER: Final = (["louder"], ["quieter"])
_SETTING: Final = frozenset({"keep", "make", "set", "show", "move"})
_ENDING: Final = frozenset(
    {"noun", "file", "question", "negation", "word", "finish", "longer", "edge"}
)


def longer_music(last: Clause, clause: Clause) -> Clause | None:
    """Return the one wish of "the jingle is too short" and "loop it", or None."""
    complaint = last.has("polite", "too") or last.has("word", "太") or last.has("negation")
    plain = {t.kind for t in last.tokens} - EMPTY <= _ENDING
    if not (complaint and plain and _heard_alone(last) and _repeats_it(clause)) or last.verbs:
        return None
    heard = [t for t in last.tokens if t.kind == "file" or (t.kind, t.value) == _MUSIC]
    return Clause((*heard, *(t for t in clause.tokens if (t.kind, t.value) != _IT)))


def heard_on(last: Clause, clause: Clause) -> Clause:
    """Return *clause* with the sound of *last* named, where it means that."""
    if _heard_alone(last) and _repeats_it(clause):
        return _named(clause, "music")
    if _fades_too(last, clause):
        first, *rest = clause.tokens
        if first.kind == "out":
            rest = [Token("fade", "out", first.start, first.end), *rest]
            clause = replace(clause, tokens=tuple(rest))
        return _named(clause, "music")
    if _sets_it(last, clause):
        told = tuple(t for t in clause.tokens if (t.kind, t.value) != _IT)
        return _named(replace(clause, tokens=told), "music")
    if _is_volume(last) and _is_amount(clause):
        return _named(clause, "sound")
    bare = {t.kind for t in clause.tokens} - EMPTY == {"verb"} and clause.verbs in _LOUDER
    if bare and _heard_alone(last):
        return _named(clause, "music")  # "the song's a bit much, softer"
    loud = clause.nouns == {"sound"} and bool(clause.all("percent", "level", "db"))
    return _named(clause, "music") if loud and _heard_alone(last) else clause


def _named(clause: Clause, noun: str) -> Clause:
    start = clause.span[0]
    return replace(clause, tokens=(Token("noun", noun, start, start), *clause.tokens))


def _heard_alone(clause: Clause) -> bool:
    """Whether music, or a sound file, is all that it names."""
    named = own_file(clause) is not None
    return (clause.nouns == {"music"} or (named and not clause.nouns)) and not clause.quotes


def _repeats_it(clause: Clause) -> bool:
    """Whether it asks to play again, or on, what was named before."""
    kinds = {t.kind for t in clause.tokens} - EMPTY
    again = clause.has("piece", "loop") or clause.verbs == ["extend"]
    return again and clause.nouns <= {"it"} and kinds <= {"piece", "verb", "noun", "scope"}


def _fades_too(last: Clause, clause: Clause) -> bool:
    """Whether *clause* is the other fade of that music: "… in over 1 s and out over 2 s"."""
    heard = _heard_alone(last) or (last.has("genre") and not last.nouns - {"music"})
    heard = heard or last.nouns in ({"sound"}, {"it", "music"})
    fades = last.has("fade") or "fade" in last.verbs
    kinds = {t.kind for t in clause.tokens}
    other = clause.tokens[0].kind == "out" or "fade" in kinds
    plain = kinds <= EMPTY | {"fade", "time"} and "time" in kinds
    return heard and fades and other and plain


def _sets_it(last: Clause, clause: Clause) -> bool:
    """Whether *clause* says how loud that music shall be: "… and keep it at 20%"."""
    music = last.nouns <= {"music", "it"} and (last.has("genre") or "music" in last.nouns)
    kinds = {t.kind for t in clause.tokens} - EMPTY
    plain = set(clause.verbs) <= _SETTING and kinds == {"noun", "verb", "percent"}
    return music and plain and clause.nouns == {"it"}


def _is_volume(last: Clause) -> bool:
    """Whether *last* says how loud a clip or a file shall be."""
    return "sound" in last.nouns and bool(last.all(*_AMOUNTS)) and bool(last.all("place", "file"))


def _is_amount(clause: Clause) -> bool:
    """Whether *clause* names only a clip or a file and an amount: "… and second.mp4 to 80%"."""
    kinds = {t.kind for t in clause.tokens} - EMPTY
    named = bool(kinds & {"place", "file"} and kinds & _AMOUNTS)
    return named and kinds <= {"place", "file", "noun", *_AMOUNTS} and not clause.quotes
