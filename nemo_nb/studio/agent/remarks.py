"""Remarks that sound like wishes: "the title says Hello", "nice, much brighter now"."""

from __future__ import annotations

import re
from typing import Final

from nemo_nb.studio.agent.clauses import EMPTY, Clause

_THE: Final = frozenset({"the", "my", "our", "your", "this", "that", "their", "his", "her"})
_THANKS: Final = frozenset({"谢谢你", "感谢你", "多谢你", "谢谢您"})
# Said alone they are for a player or the clipboard.
_PLAYER: Final = frozenset({"copy", "复制", "rewind", "拷贝"})
_DEEDS: Final = ("rotation", "flip", "crossing")
_TOO_MANY: Final = 3
_WISHED: Final = frozenset({"should", "must", "let", "let's", "want", "to", "needs to"})
_SAYS: Final = frozenset({"says", "reads", "said"})
_GOES: Final = frozenset({"starts", "begins", "ends", "opens", "finishes", "closes"})
_SHOWN: Final = frozenset({"it", "video", "photo", "title", "caption", "music"})
_JUDGED: Final = EMPTY | {"tone", "adjust", "grow", "sign", "textsize", "noun"}
_PRAISE: Final = re.compile(
    r"\s*(?:oh |ah |yes |ok |okay )?(?:nice|great|wow|cool|lovely|perfect|awesome|beautiful|yay"
    r"|amazing|excellent|good|super|love it|fantastic|brilliant|thanks|thank you|cheers)\b[\s,.!]",
    re.IGNORECASE,
)
_AGREED: Final = re.compile(
    r"\s*(?:exactly|precisely|indeed|agreed|absolutely|totally|right|true)\s*,", re.IGNORECASE
)
_NOW: Final = re.compile(r"\b(?:much|so much|way|a lot|far|finally) .*\bnow\W*$", re.IGNORECASE)


def remarks(clause: Clause, message: str) -> bool:
    """Whether *clause* tells how something is, and asks for nothing."""
    words = [message[token.start : token.end].lower() for token in clause.tokens]
    verbs = [token for token in clause.tokens if token.kind == "verb"]
    if words[0] in _THANKS and len(words) > 1:
        return True  # 谢谢你的红色标题
    if len(words) == 1 and words[0] in _PLAYER:
        return True
    if not verbs and (_AGREED.match(message) or words[0] == "added"):
        return True  # "exactly, a bold title", "added a title on my end"
    if words[0] == "still" and message[clause.span[1] :].lstrip().startswith("?"):
        return True  # "still no music?"
    if verbs:
        return _keeps_or_lists(clause, words, {str(token.value) for token in verbs})
    kinds = {token.kind for token in clause.tokens}
    praised = _PRAISE.match(message) and _NOW.search(message[slice(*clause.span)])
    return _tells(clause, words) or (bool(praised) and kinds <= _JUDGED)


def _keeps_or_lists(clause: Clause, words: list[str], verbs: set[str]) -> bool:
    """Read "please leave it black and white", "trim crop mute rotate"."""
    kinds = {token.kind for token in clause.tokens}
    if len(verbs) >= _TOO_MANY and kinds <= EMPTY | {"verb", *_DEEDS}:
        return True
    kept = set(words) & {"leave", "keep"} and kinds <= EMPTY | {"verb", "noun", "tone"}
    return bool(kept) and clause.has("tone") and len(verbs) == 1 and clause.nouns <= {"it"}


def _tells(clause: Clause, words: list[str]) -> bool:
    """Read "the title says Hello", "our videos have captions", "it starts in colour"."""
    subject = next((n for n, token in enumerate(clause.tokens) if token.kind == "noun"), None)
    if subject is None:
        return False
    says = [n for n, token in enumerate(clause.tokens) if token.kind == "marker"]
    told = [n for n in says if words[n] in _SAYS and n > subject]
    if words[0] in _THE and told:
        return True
    after = words[subject + 1 : subject + 2]
    if after == ["have"]:
        asked = any(token.kind == "polite" for token in clause.tokens[:subject])
        return not (asked or set(words[:subject]) & _WISHED)
    if words[0] in ("a", "an", "any") and subject == 1 and clause.has("filler", "oblige"):
        return True  # "a title should be short and bold"
    fades = set(after) & {"fades", "fades in", "fades out", "slides in", "pops in"}
    if words[0] in _THE and fades and words[-1] in ("nicely", "smoothly", "well", "too"):
        return True  # "the title fades in nicely"
    shown = subject <= 1 and clause.tokens[subject].value in _SHOWN and set(after) & _GOES
    return bool(shown) and bool(clause.all("tone", "adjust", "crossing", "genre"))
