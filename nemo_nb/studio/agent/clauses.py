"""Tokens to clauses: where one wish ends and the next begins."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from nemo_nb.studio.agent.intents import Role
from nemo_nb.studio.agent.tokens import Token

# A clause is complete enough for a new verb to begin another one.
_PAYLOAD: Final = frozenset(
    {"quote", "time", "range", "ratio", "color", "preset", "position", "percent", "times"}
)
_STRONG: Final = frozenset(
    {"add", "trim", "cut", "keep", "remove", "mute", "unmute", "faster", "slower"}
)
_LOOKS: Final = frozenset(
    {
        "ground",
        "color",
        "preset",
        "position",
        "weight",
        "decoration",
        "decorated",
        "bare",
        "grow",
        "textsize",
    }
)
_TIMES: Final = frozenset({"time", "range", "number", "scope", "edge", "moment", "anchor"})
_EMPTY: Final = frozenset({"filler", "polite", "prep", "sep", "stop", "ma"})
_TEXT_NOUNS: Final = frozenset({"caption", "title", "text"})
_STYLING_NOUNS: Final = frozenset({"it", "size", "color", "position", "text"})
_STYLING_VERBS: Final = frozenset({"make", "set", "show", "move", "change", "add"})
_COLONS: Final = (":", "\uff1a")
_SENTENCE_ENDS: Final = frozenset(".!?;\n。！？；")  # noqa: RUF001 - Chinese punctuation too


@dataclass(frozen=True)
class Clause:
    """The tokens of one wish, and what it takes over from the one before.

    Attributes:
        tokens: Its tokens, in order.
        inherited: The verb before, where it has none of its own.
        inherited_role: The kind of text before, where it says "it".
        follows_text: Whether it goes on about the text before without naming anything.
    """

    tokens: tuple[Token, ...]
    inherited: str | None = None
    inherited_role: Role | None = None
    follows_text: bool = False

    def all(self, *kinds: str) -> list[Token]:
        """Return the tokens of these kinds."""
        return [token for token in self.tokens if token.kind in kinds]

    def has(self, kind: str, *values: str) -> bool:
        """Whether there is a token of *kind*, with one of *values* if any are given."""
        return any(t.kind == kind and (not values or t.value in values) for t in self.tokens)

    @cached_property
    def span(self) -> tuple[int, int]:
        """Where it stands in the message."""
        return self.tokens[0].start, self.tokens[-1].end

    @cached_property
    def verbs(self) -> list[str]:
        """Its verbs, in order, or the inherited one."""
        own = [str(token.value) for token in self.all("verb")]
        return own or ([self.inherited] if self.inherited else [])

    @cached_property
    def nouns(self) -> set[str]:
        """The nouns in it."""
        found = {str(token.value) for token in self.all("noun")}
        return found | {"photo"} if "photos" in found or self.has("place") else found

    @cached_property
    def quotes(self) -> list[str]:
        """The quoted texts in it."""
        return [str(token.value) for token in self.all("quote")]

    @cached_property
    def own_role(self) -> Role | None:
        """The kind of text it names; "text" alone counts as a caption."""
        for token in self.all("noun"):
            if token.value == "title":
                return "title"
            if token.value == "caption":
                return "caption"
        return None

    @cached_property
    def is_textual(self) -> bool:
        """Whether it speaks of captions, titles or their looks."""
        return bool(self.nouns & _TEXT_NOUNS or self.quotes or self.has("preset"))

    @cached_property
    def is_empty(self) -> bool:
        """Whether nothing in it asks for anything."""
        return all(t.kind in _EMPTY or (t.kind, t.value) == ("noun", "it") for t in self.tokens)

    @cached_property
    def is_modifier(self) -> bool:
        """Whether it only says more about looks or times."""
        kinds = {token.kind for token in self.tokens}
        amounts: set[str] = {"percent", "factor", "times"} if "grow" in kinds else set()
        fine = (
            kinds <= _LOOKS | _TIMES | _EMPTY | {"noun"} | amounts and self.nouns <= _STYLING_NOUNS
        )
        return fine and bool(kinds & (_LOOKS | _TIMES))


def split(tokens: list[Token]) -> list[Clause]:
    """Return the clauses of a message, modifiers joined to what they modify."""
    clauses: list[Clause] = []
    for piece, new_sentence in _pieces(tokens):
        clause = Clause(tuple(piece))
        last = clauses[-1] if clauses else None
        if clause.is_empty:
            continue
        if last is not None and not new_sentence:
            if _continues(last, clause):
                clauses[-1] = replace(last, tokens=(*last.tokens, *clause.tokens))
                continue
            listed = bool(clause.quotes and last.quotes and clause.all(*_TIMES, "position"))
            if not clause.verbs and (listed or _wants_a_verb(clause)):
                clause = replace(clause, inherited=next(iter(last.verbs), None))
        if last is not None and clause.own_role is None:
            role = last.own_role or last.inherited_role
            follows = _goes_on(last, clause)
            listed = bool(clause.quotes) and clause.inherited is not None
            if "it" in clause.nouns or follows or listed:
                clause = replace(clause, inherited_role=role, follows_text=follows)
        clauses.append(clause)
    return clauses


def _pieces(tokens: list[Token]) -> list[tuple[list[Token], bool]]:
    """Cut at punctuation, joining words, and at a verb that follows a finished wish."""
    pieces: list[tuple[list[Token], bool]] = []
    current: list[Token] = []
    new_sentence = True
    for index, token in enumerate(tokens):
        if token.kind in ("stop", "sep"):
            quoted = [following.kind for following in tokens[index + 1 : index + 2]] == ["quote"]
            timed = {t.kind for t in current} <= _TIMES | _EMPTY
            if token.value in _COLONS and (quoted or timed):
                continue  # "first 2 seconds: …" and 'a caption at 3 s: "…"' are one wish
            if current:
                pieces.append((current, new_sentence))
                current, new_sentence = [], False
            new_sentence = new_sentence or token.value in _SENTENCE_ENDS
            continue
        starts_new = token.kind == "verb" and token.value in _STRONG
        numbered = token.kind == "noun" and any(t.kind == "quote" for t in current)
        numbered = numbered and any(t.kind == "pick" for t in current)
        if (starts_new and _is_finished(current)) or numbered:
            pieces.append((current, new_sentence))
            current, new_sentence = [], False
        current.append(token)
    if current:
        pieces.append((current, new_sentence))
    return pieces


def _is_finished(tokens: list[Token]) -> bool:
    kinds = {token.kind for token in tokens}
    if [token.value for token in tokens if token.kind == "verb"] == ["make"] and "edge" in kinds:
        return False  # "make the first 3 seconds slow motion"
    return "verb" in kinds and bool(kinds & _PAYLOAD)


def _wants_a_verb(clause: Clause) -> bool:
    """Whether *clause* names only an object, so that the verb before it counts for it too."""
    if (clause.has("edge") or "music" in clause.nouns) and not clause.is_textual:
        return True
    return clause.own_role is not None and (bool(clause.quotes) or not clause.all(*_LOOKS, "time"))


def _goes_on(last: Clause, clause: Clause) -> bool:
    """Whether *clause* names nothing and says how the text of *last* should look or stand."""
    kinds = {token.kind for token in clause.tokens}
    about_text = bool(last.quotes or last.follows_text or last.nouns & _TEXT_NOUNS)
    return (
        about_text
        and not clause.quotes
        and clause.nouns <= _STYLING_NOUNS
        and kinds <= _LOOKS | _TIMES | _EMPTY | {"noun", "verb"}
        and bool(kinds & (_LOOKS | _TIMES))
        and set(clause.verbs) <= _STYLING_VERBS
    )


def _continues(last: Clause, clause: Clause) -> bool:
    """Whether *clause* only says more about what *last* asks for."""
    if not clause.is_modifier:
        return False
    half_trim = last.has("edge") and not last.all("time", "number", "range")
    if half_trim and clause.has("edge") and not last.is_textual:
        return True
    takes = last.is_textual or bool(last.all(*_LOOKS))
    return takes and "remove" not in last.verbs and not last.all("history", "topic")
