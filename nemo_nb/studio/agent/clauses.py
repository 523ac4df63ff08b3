"""The clause: the tokens of one wish, and what can be asked of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from nemo_nb.studio.agent.intents import Role
from nemo_nb.studio.agent.tokens import Token

LOOKS: Final = frozenset(
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
"""Kinds of words about how a text looks and where it stands."""
TIMES: Final = frozenset({"time", "range", "number", "scope", "edge", "moment", "anchor"})
"""Kinds of words about when."""
EMPTY: Final = frozenset(
    {"filler", "polite", "prep", "sep", "stop", "ma", "degree", "playing", "out", "begin"}
)
"""Kinds that ask for nothing by themselves."""
TEXT_NOUNS: Final = frozenset({"caption", "title", "text"})
"""Nouns that name texts."""
STYLING_NOUNS: Final = frozenset({"it", "size", "color", "position", "text"})
"""Nouns beside which looks are about the text before."""


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
            own = ["unmute"] if "mute" in own else [*own, "remove"]  # 取消…
        # As in: take 2 seconds off the end.
        taken = "trim" if self.all("time", "percent") else "move"
        own = [taken if verb == "take" else verb for verb in own]
        if self.has("instead") and not own:
            own = ["change"]
        told = [token.kind for token in self.tokens if token.kind != "polite"]
        if not own and told[-1:] == ["out"] and not self.has("ground"):
            own = ["remove"]  # "first caption out"
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
        if "font" in found:
            found.add("text")
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
    def lone(self) -> bool:
        """Whether one word is all there is."""
        return len([token for token in self.tokens if token.kind not in EMPTY]) == 1

    @cached_property
    def is_textual(self) -> bool:
        """Whether it speaks of captions, titles or their looks."""
        return bool(self.nouns & TEXT_NOUNS or self.quotes or self.has("preset"))

    @cached_property
    def is_empty(self) -> bool:
        """Whether nothing in it asks for anything."""
        return all(t.kind in EMPTY or (t.kind, t.value) == ("noun", "it") for t in self.tokens)

    @cached_property
    def is_modifier(self) -> bool:
        """Whether it only says more about looks or times."""
        kinds = {token.kind for token in self.tokens}
        amounts: set[str] = {"percent", "factor", "times"} if "grow" in kinds else set()
        fine = kinds <= LOOKS | TIMES | EMPTY | {"noun"} | amounts and self.nouns <= STYLING_NOUNS
        return fine and bool(kinds & (LOOKS | TIMES))
