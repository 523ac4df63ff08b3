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
_NO_WORDS: Final = frozenset({"mute", "unmute", "trim", "cut", "keep", "rotate", "flip", "faster"})
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
_EMPTY: Final = frozenset(
    {"filler", "polite", "prep", "sep", "stop", "ma", "degree", "playing", "out", "begin"}
)
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
        if self.has("out") and set(own) & {"take", "make", "fade"} and "fade" not in own:
            own = ["remove"]  # "take the music out"
        if self.has("cancel") and len(self.tokens) > 1:
            own = [*own, "remove"]  # 取消…
        taken = "trim" if self.all("time") else "move"  # "take 2 seconds off the end"
        own = [taken if verb == "take" else verb for verb in own]
        return own or ([self.inherited] if self.inherited else [])

    @cached_property
    def nouns(self) -> set[str]:
        """The nouns in it."""
        found = {str(token.value) for token in self.all("noun")}
        if "ownsound" in found:
            found.add("sound")
        if "tempo" in found:
            found.add("speed")
        if "card" in found:
            found.add("title")
        return found | {"photo"} if "photos" in found or self.has("place") else found

    @cached_property
    def quotes(self) -> list[str]:
        """The quoted texts in it."""
        return [str(token.value) for token in self.all("quote")]

    @cached_property
    def own_role(self) -> Role | None:
        """The kind of text it names; "text" alone counts as a caption."""
        for token in self.all("noun"):
            if token.value in ("title", "card"):
                return "title"
            if token.value == "caption":
                return "caption"
        return "caption" if self.has("pick") else None

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


# What the next piece of a sentence may hold to go on about the same thing, by what that is.
_ON: Final = _EMPTY | {"scope"}
_ON_MUSIC: Final = _ON | {
    "genre",
    "mood",
    "bpm",
    "tune",
    "percent",
    "level",
    "fade",
    "duck",
    "speech",
}
_ON_OVERLAY: Final = _ON | {"position", "textsize", "percent", "transparent", "file", "factor"}
_ON_COLOUR: Final = _ON | {"adjust", "tone", "sign", "number", "percent"}
_ON_CUT: Final = _ON | {"crossing", "time", "position"}
_ON_SHOW: Final = (
    _ON_CUT
    | _ON_MUSIC
    | {"quote", "number", "motion", "order", "rhythm", "subject"}
    | {"ratio", "reset", "marker"}
)

_LEAD: Final = frozenset({"time", "range", "edge", "moment"})
_SHOW_NOUNS: Final = frozenset({"music", "transition", "title", "photo", "photos", "video"})


def same_matter(  # noqa: C901, PLR0911, PLR0912 - one rule a return
    last: Clause, clause: Clause
) -> bool:
    """Whether *clause* names no deed and only more of what *last* is about."""
    kinds = {token.kind for token in clause.tokens}
    nouns = clause.nouns
    if last.has("again", "one") and {t.kind for t in last.tokens} <= _EMPTY | {"again"}:
        return True
    verbs = {str(token.value) for token in clause.all("verb")}
    lead = {token.kind for token in last.tokens}
    counted = last.has("place") and clause.has("place") and not last.quotes
    if lead <= _EMPTY | {"place", "noun"} and counted and not clause.quotes:
        return True  # "photo 1 and photo 2 trade places"
    if lead <= _EMPTY | _LEAD and lead & _LEAD and clause.has("piece"):
        return True  # "at 5 seconds, freeze for 2 seconds"
    if last.has("slideshow"):
        return kinds <= _ON_SHOW | {"noun", "verb"} and nouns <= _SHOW_NOUNS and not verbs - {"add"}
    if verbs and verbs <= {"move", "add"} and last.has("overlay") and clause.has("position"):
        return kinds <= _ON_OVERLAY | {"verb"}
    if verbs:
        return False
    if kinds <= _EMPTY:
        return False
    if last.has("place") and not last.quotes and kinds <= _EMPTY | {"place", "noun"}:
        return nouns <= {"photo", "photos", "video"} and clause.has("place")
    laid = last.has("overlay") or (last.all("file") and last.all("position"))
    if laid and kinds <= _ON_OVERLAY | {"noun"}:
        return nouns <= {"opacity", "size", "position"}
    musical = "music" in last.nouns or last.has("genre")
    if musical and kinds <= _ON_MUSIC | {"noun"} and not last.has("crossing"):
        named = bool(kinds & {"genre", "mood", "bpm", "percent", "level", "tune"})
        return named and nouns <= {"sound"} and not (clause.has("genre") and last.has("genre"))
    if last.has("piece", "freeze") and kinds <= _ON | {"piece", "time", "noun"}:
        return nouns <= {"it"} and bool(clause.all("time"))
    if last.all("tone", "adjust") and kinds <= _ON_COLOUR:
        return bool(clause.all("tone", "adjust", "percent", "number", "sign"))
    if "speed" in last.nouns or set(last.verbs) & {"faster", "slower"}:
        return kinds <= _ON | {"factor", "times", "noun"} and nouns == {"speed"}
    if last.has("crossing") and kinds <= _ON | {"time", "noun", "position"}:
        return nouns <= {"photo", "photos", "transition", "video"}
    return False


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
            verb = next(iter(last.verbs), None)
            worded = clause.quotes and verb in _NO_WORDS
            if not clause.verbs and not worded and (listed or _wants_a_verb(clause)):
                clause = replace(clause, inherited=verb)
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
            timed = {t.kind for t in current} <= _TIMES | _EMPTY | {"place"}
            plain = {t.kind for t in current} <= _EMPTY | {"place", "noun", "grow", "crossing"}
            plain = plain and not {str(t.value) for t in current} & {"caption", "title", "text"}
            if token.value in _COLONS and (quoted or timed or plain):
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
    made = [token.value for token in tokens if token.kind == "verb"] == ["make"]
    if made and kinds & {"edge", "range", "times", "moment"}:
        return False  # "make the first 3 seconds slow motion", "make it 2x faster"
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
    if same_matter(last, clause):
        return True
    if not clause.is_modifier:
        return False
    half_trim = last.has("edge") and not last.all("time", "number", "range")
    if half_trim and clause.has("edge") and not last.is_textual:
        return True
    takes = last.is_textual or bool(last.all(*_LOOKS))
    return takes and "remove" not in last.verbs and not last.all("history", "topic")
