"""Tokens to clauses: where one wish ends and the next begins."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Final

from nemo_nb.studio.agent.clauses import (
    EMPTY,
    LOOKS,
    STYLING_NOUNS,
    TEXT_NOUNS,
    TIMES,
    Clause,
)
from nemo_nb.studio.agent.joining import same_matter
from nemo_nb.studio.agent.mending import going_on, mended
from nemo_nb.studio.agent.tokens import Token

# A clause is complete enough for a new verb to begin another one.
_PAYLOAD: Final = frozenset(
    {"quote", "time", "range", "ratio", "color", "preset", "position", "percent", "times"}
)
_STRONG: Final = frozenset(
    {"add", "trim", "cut", "keep", "remove", "mute", "unmute", "faster", "slower"}
)
_NO_WORDS: Final = frozenset({"mute", "unmute", "trim", "cut", "keep", "rotate", "flip", "faster"})
_STYLING_VERBS: Final = frozenset({"make", "set", "show", "move", "change", "add"})
_PAIR: Final = 2
_COLONS: Final = (":", "\uff1a")
# What stands before a colon that goes on: "first photo: zoom out", "left side: crop 10%".
_NAMING: Final = frozenset(
    {"file", "place", "noun", "grow", "crossing", "position", "ground", "overlay"} | {"shrunk"}
)
_SENTENCE_ENDS: Final = frozenset(".!?;\n。！？；")  # noqa: RUF001 - Chinese punctuation too


def split(  # noqa: C901 - one way to go on a branch
    tokens: list[Token],
) -> list[Clause]:
    """Return the clauses of a message, modifiers joined to what they modify."""
    clauses: list[Clause] = []
    for piece, new_sentence in _pieces(tokens):
        clause = Clause(tuple(piece))
        last = clauses[-1] if clauses else None
        if clause.is_empty:
            continue
        if last is not None and not new_sentence:
            whole = mended(last, clause)
            if whole is not None:
                clauses[-1] = whole
                continue
            if _dresses(last, clause):
                looks = [t for t in last.tokens if t.kind != "verb"]
                clauses[-1] = Clause((*looks, *clause.tokens))
                continue
            if _leads_to(last, clause) and len(clauses) == 1:
                clauses[-1] = Clause((*last.tokens, *clause.tokens))
                continue
            if _continues(last, clause):
                clauses[-1] = replace(last, tokens=(*last.tokens, *clause.tokens))
                continue
            listed = bool(clause.quotes and last.quotes and clause.all(*TIMES, "position"))
            verb = next(iter(last.verbs), None)
            listed = listed or _pairs_words(last, clause) or _turned_too(last, clause)
            if verb == "mute" and clause.tokens[-1].kind == "prep":
                verb = None  # "sound off, music on"
            listed = listed or _cuts_there(last, clause)
            worded = clause.quotes and verb in _NO_WORDS
            if not clause.verbs and not worded and (listed or _wants_a_verb(clause)):
                clause = replace(clause, inherited=verb)
        if last is not None:
            clause = going_on(last, clause)
        if last is not None and clause.own_role is None:
            role = last.own_role or last.inherited_role
            follows = _goes_on(last, clause)
            listed = bool(clause.quotes) and clause.inherited is not None
            if "it" in clause.nouns or follows or listed:
                clause = replace(clause, inherited_role=role, follows_text=follows)
        clauses.append(clause)
    return clauses


def _cuts_there(last: Clause, clause: Clause) -> bool:
    """Whether another part is cut: "remove the first 4 seconds and everything after 9 s"."""
    kinds = {token.kind for token in clause.tokens}
    there = clause.has("prep", "after", "before") and bool(clause.all("time"))
    cuts = bool(last.verbs) and set(last.verbs) <= {"cut", "trim", "remove"}
    return there and cuts and kinds <= EMPTY | {"time"} and not last.is_textual


def _turned_too(last: Clause, clause: Clause) -> bool:
    """Whether *clause* turns another picture as *last* does: "… photo 1 right and photo 3 left"."""
    turns = last.verbs[-1:] in (["rotate"], ["flip"], ["crop"]) and last.has("place")
    kinds = {token.kind for token in clause.tokens}
    plain = kinds <= EMPTY | {"place", "noun", "position", "angle", "rotation", "percent", "axis"}
    return turns and plain and clause.has("place") and not clause.quotes


def _pairs_words(last: Clause, clause: Clause) -> bool:
    """Whether *clause* changes words as *last* does: '… "one" to "1" and "two" to "2"'."""
    both = len(clause.quotes) == len(last.quotes) == _PAIR
    paired = clause.has("prep", "to") or clause.has("prep", "by")
    return both and paired and last.verbs[:1] == ["change"]


def _pieces(tokens: list[Token]) -> list[tuple[list[Token], bool]]:
    """Cut at punctuation, joining words, and at a verb that follows a finished wish."""
    pieces: list[tuple[list[Token], bool]] = []
    current: list[Token] = []
    new_sentence = True
    for index, token in enumerate(tokens):
        if token.kind in ("stop", "sep"):
            quoted = [following.kind for following in tokens[index + 1 : index + 2]] == ["quote"]
            timed = {t.kind for t in current} <= TIMES | EMPTY | {"place"}
            plain = {t.kind for t in current} <= EMPTY | _NAMING
            texts = {str(t.value) for t in current} & {"caption", "title", "text"}
            ahead = {t.kind for t in tokens[index + 1 : index + 2]}
            # "title: Hello" is followed by words, "title font: Anton" by looks.
            plain = plain and (not texts or bool(ahead & (LOOKS | {"family", "entrance"})))
            if token.value in _COLONS and (quoted or timed or plain):
                continue  # "first 2 seconds: …" and 'a caption at 3 s: "…"' are one wish
            if current:
                pieces.append((current, new_sentence))
                current, new_sentence = [], False
            new_sentence = new_sentence or token.value in _SENTENCE_ENDS
            continue
        starts_new = token.kind == "verb" and token.value in _STRONG
        led = [(t.kind, t.value) for t in current[-1:]] == [("prep", "at")]
        if led and token.value in ("faster", "slower"):
            starts_new = False  # "put the last 3 seconds in slow motion"
        numbered = token.kind == "noun" and any(t.kind == "quote" for t in current)
        numbered = numbered and any(t.kind == "pick" for t in current)
        second = _begins_second_text(current, tokens[index:])
        if (starts_new and _is_finished(current)) or numbered or second:
            pieces.append((current, new_sentence))
            current, new_sentence = [], False
        current.append(token)
    if current:
        pieces.append((current, new_sentence))
    return pieces


def _begins_second_text(current: list[Token], following: list[Token]) -> bool:
    """Whether another text stands elsewhere: "top text 'A' bottom text 'B'"."""
    quotes = [n for n, t in enumerate(current) if t.kind == "quote"]
    verbs = {str(t.value) for t in current if t.kind == "verb"}
    if len(quotes) != 1 or not verbs <= {"add", "generate", "make", "show"}:
        return False
    if following[0].kind == "quote":  # "'A' at the top 'B' at the bottom"
        return any(t.kind == "position" for t in current[quotes[0] :])
    if following[0].kind != "position" or not any(t.kind == "position" for t in current):
        return False
    ahead = itertools.takewhile(lambda t: t.kind not in ("stop", "sep"), following[1:])
    told = [t for t in ahead if t.kind not in EMPTY and t.kind != "noun"]
    return bool(told) and told[0].kind == "quote"


def _is_finished(tokens: list[Token]) -> bool:
    kinds = {token.kind for token in tokens}
    made = [token.value for token in tokens if token.kind == "verb"] == ["make"]
    if made and kinds & {"edge", "range", "times", "moment", "percent"}:
        return False  # "make the first 3 seconds slow motion", "make it 2x faster"
    return "verb" in kinds and bool(kinds & _PAYLOAD)


def _wants_a_verb(clause: Clause) -> bool:
    """Whether *clause* names only an object, so that the verb before it counts for it too."""
    if (clause.has("edge") or "music" in clause.nouns) and not clause.is_textual:
        return True
    return clause.own_role is not None and (bool(clause.quotes) or not clause.all(*LOOKS, "time"))


def _goes_on(last: Clause, clause: Clause) -> bool:
    """Whether *clause* names nothing and says how the text of *last* should look or stand."""
    kinds = {token.kind for token in clause.tokens}
    about_text = bool(last.quotes or last.follows_text or last.nouns & TEXT_NOUNS)
    return (
        about_text
        and not clause.quotes
        and clause.nouns <= STYLING_NOUNS
        and kinds <= LOOKS | TIMES | EMPTY | {"noun", "verb"}
        and bool(kinds & (LOOKS | TIMES))
        and set(clause.verbs) <= _STYLING_VERBS
    )


def _dresses(last: Clause, clause: Clause) -> bool:
    """Whether *last* names the look of the text that *clause* adds: 用粗体黄色加字幕“你好”."""
    looks = LOOKS | {"family", "entrance", "karaoke"}
    plain = {token.kind for token in last.tokens} <= looks | EMPTY | {"verb"}
    plain = plain and last.verbs == ["make"] and bool(last.all(*looks))
    return plain and bool(clause.quotes) and clause.verbs == ["add"]


def _leads_to(last: Clause, clause: Clause) -> bool:
    """Whether *last* lists looks of the text that *clause* names: "top, yellow, big captions"."""
    looks = {token.kind for token in last.tokens} <= LOOKS | EMPTY and bool(last.all(*LOOKS))
    kinds = {token.kind for token in clause.tokens}
    listed = kinds <= LOOKS | EMPTY | {"noun"} and clause.nouns <= TEXT_NOUNS
    return looks and listed and not clause.verbs and bool(clause.all(*LOOKS))


def _continues(last: Clause, clause: Clause) -> bool:
    """Whether *clause* only says more about what *last* asks for."""
    if same_matter(last, clause):
        return True
    if not clause.is_modifier:
        return False
    half_trim = last.has("edge") and not last.all("time", "number", "range")
    if half_trim and clause.has("edge") and not last.is_textual:
        return True
    takes = last.is_textual or bool(last.all(*LOOKS))
    return takes and "remove" not in last.verbs and not last.all("history", "topic")
