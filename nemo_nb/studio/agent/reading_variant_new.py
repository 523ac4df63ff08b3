"""A wish for one more variant: "make a third one in red", 再来一个红色的方案."""

from __future__ import annotations

import re
from typing import Final

from nemo_nb.studio.agent.clauses import EMPTY, LOOKS, Clause
from nemo_nb.studio.agent.intents import Look
from nemo_nb.studio.agent.intents_ab import AddVariant
from nemo_nb.studio.agent.lexer import tokenize
from nemo_nb.studio.agent.looks import look_of
from nemo_nb.studio.agent.tokens import Token
from nemo_nb.studio.agent.variant_forms import ENDS, QUOTED, begins_one, forms
from nemo_nb.timeline.variant_names import telling

# What may stand beside the looks of a variant.
_BESIDE: Final = LOOKS | EMPTY | {"entrance", "exit", "karaoke", "family", "article", "oneof"}
_SETTING: Final = frozenset({"move", "make", "take"})
_NOUNS: Final = frozenset({"caption", "text", "color", "position", "it", "size"})
_ONE_MORE: Final = re.compile(r"\bone more\b(?! (?:caption|title|text))")
_SAYING: Final = re.compile(
    r"\b(?:that says|which says|saying|that reads|with the words|with)\b"
    r"|写着?|文案(?:是|为)?|内容(?:是|为)?"
)


def added(text: str, quotes: list[str], *, fresh: bool) -> AddVariant | None:
    """Return the wish for one more variant, or None where *text* is about other things.

    Args:
        text: The message, folded, without courtesy.
        quotes: What it quotes.
        fresh: Variants were spoken of just now.
    """
    lists = forms()["add"]
    began = begins_one(text, lists["before"])
    rest = text if began is None else began
    more = begins_one(rest, lists["more"]) or begins_one(text, lists["chinese_more"])
    new = None if began is None else begins_one(rest, lists["new"])
    tail = next((t for t in (more, new, begins_one(text, lists["chinese_new"])) if t), None)
    if tail is None or len(quotes) > 1:
        return None
    bare = QUOTED.sub(" ", tail)
    noun = next((n for n in lists["nouns"] if _noun(n).search(bare)), "")
    strong = any(_noun(noun).search(bare) for noun in lists["strong"])
    # Without the word for it, "another one" goes on about what was spoken of just now.
    if not strong and not (
        fresh and more and (noun or _ONE_MORE.search(text) or not text.isascii())
    ):
        return None
    bare = _noun(noun).sub(" ", bare, count=1) if noun else bare
    bare = (_SAYING.sub(" ", bare) if quotes else bare).strip(ENDS)
    look = look_said(bare) if bare else Look()
    if look is None or (not look and not quotes and telling(bare)):
        return None
    return AddVariant(span=(0, 0), look=look, text=quotes[0] if quotes else None)


def look_said(text: str) -> Look | None:
    """Return how letters look by *text*; None where it says anything else."""
    tokens = [t for t in tokenize(text) if t.kind not in ("number", "place", "quote")]
    known = tokens and all(_about_looks(text, token) for token in tokens)
    return look_of(Clause(tuple(tokens))) if known else None


def _about_looks(text: str, token: Token) -> bool:
    noun = token.kind == "noun" and token.value in _NOUNS
    verb = token.kind == "verb" and token.value in _SETTING
    one = text[token.start : token.end] in forms()["add"]["nouns"]
    return token.kind in _BESIDE or noun or verb or one


def _noun(noun: str) -> re.Pattern[str]:
    return re.compile(rf"\b{noun}\b" if noun.isascii() else noun)
