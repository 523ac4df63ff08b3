"""Both ends of what shall stay, said without a verb: "start at 4 s and end at 9 s"."""

from __future__ import annotations

import re
from typing import Final

from nemo_nb.studio.agent.tokens import SECOND_MS, Token

Run = list[Token]

_IDLE: Final = frozenset({"filler", "polite", "stop", "playing", "article", "out", "sep"})
_ITSELF: Final = frozenset({"it", "video"})
_STARTS: Final = frozenset({"start", "starts", "begin", "begins", "starting", "beginning", "开始"})
_STARTING: Final = frozenset({"start at", "starting at", "beginning at", "starting from", "开始于"})
_FINISHES: Final = frozenset(
    {"end", "ends", "stop", "stops", "finish", "finishes", "结束", "停", "结尾"}
)
_FINISHING: Final = frozenset(
    {"end at", "ends at", "stop at", "stops at", "and end at", "and ends at"}
)
_FROM_ON: Final = re.compile(r"^(?:start|begin)|开始.*(?:结束|停)", re.DOTALL)
_RESTS: Final = frozenset(
    {"delete the rest", "remove the rest", "cut the rest", "drop the rest", "lose the rest"}
    | {"throw away the rest", "discard the rest", "其余删掉", "其余剪掉", "其他删掉"}
    | {f"{verb} everything else" for verb in ("drop", "delete", "remove", "cut", "lose", "discard")}
    | {"get rid of everything else", "throw away everything else", "throw everything else away"}
    | {"delete all the rest", "nothing else", "and nothing else", "其他全部删掉", "其余全部删掉"}
    | {"其他都剪掉", "其余的剪掉", "其余不要", "其他不要"}
)


def bounded(  # noqa: PLR0911 - one rule a return
    tokens: Run, folded: str
) -> Run:
    """Read "start at 4 s and end at 9 s" as the range to keep, unless a text was spoken of."""
    rest = next((t for t in tokens if _text(t, folded) in _RESTS), None)
    taken = [t for t in tokens if rest and (t.kind, t.value) == ("verb", "take")]
    if taken and not any(t.kind == "range" for t in tokens):
        keep = Token("verb", "keep", taken[0].start, taken[0].end)
        return [keep if t is taken[0] else t for t in tokens]  # "take 5 s from 0:01, drop the rest"
    if any(t.kind in ("quote", "pick", "verb") or _names_text(t) for t in tokens if t not in taken):
        return tokens
    told = [t for t in tokens if t.kind not in _IDLE or t.kind == "out"]
    parts = [t for t in told if not _is_itself(t) and t is not rest and t not in taken]
    part = parts[0] if len(parts) == 1 and parts[0].kind == "range" else None
    if part and (rest or _FROM_ON.search(folded, part.start, part.end)):
        # "start at 4 s and end at 9 s", joined already; "4 to 9 s, drop the rest".
        head = Token("verb", "keep", part.start, part.start + 1)
        tokens = [t for t in tokens if t not in taken]
        it = [] if len(parts) < len(told) else [Token("noun", "it", part.start + 1, part.start + 2)]
        span = Token("range", part.value, part.start + 1 + len(it), part.end)
        return [one for t in tokens for one in ((head, *it, span) if t is part else (t,))]
    ways = [t for t in told if t.kind not in ("time", "number") and not _is_itself(t)]
    moments = [t for t in told if t.kind in ("time", "number")]
    if len(moments) != 2 or told[-1:] not in ([moments[1]], ways[-1:]):  # noqa: PLR2004 - from, to
        return tokens
    begins = [t for t in ways if _text(t, folded) in _STARTS | _STARTING]
    ends = [t for t in ways if _text(t, folded) in _FINISHES | _FINISHING]
    linked = all(t in begins or t in ends or t.kind == "prep" for t in ways)
    if len(begins) != 1 or len(ends) != 1 or not linked or begins[0].start > ends[0].start:
        return tokens
    low, high = (
        int(t.value) if t.kind == "time" else round(float(t.value) * SECOND_MS) for t in moments
    )
    if low >= high:
        return tokens
    head, end = tokens[0], tokens[-1].end
    return [
        Token("verb", "keep", head.start, head.end),
        Token("range", (low, high), head.end, end),
    ]


def _names_text(token: Token) -> bool:
    return token.kind == "noun" and token.value not in _ITSELF


def _text(token: Token, folded: str) -> str:
    return folded[token.start : token.end]


def _is_itself(token: Token) -> bool:
    return token.kind == "noun" and token.value in _ITSELF
