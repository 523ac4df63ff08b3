"""Numbers with their units to times, neighbours to sums, pairs to ranges."""

from __future__ import annotations

import re
from typing import Final

from nemo_nb.studio.agent.tokens import SECOND_MS, Token

_HALF: Final = 0.5
_DIGITS: Final = 2
_COUNTED: Final = frozenset({"photo", "photos", "video", "caption", "title"})
_RANGE_VERBS: Final = (
    ("verb", "keep"),
    ("verb", "cut"),
    ("verb", "remove"),
    ("position", "middle"),
)
_WORDS: Final = {"times": "rounds", "percent": "percent", "decibels": "db", "degrees": "angle"}
_DASH: Final = re.compile(r"\s*[-\u2013\u2014~\uff5e]\s*(?=\d)")


def joined(tokens: list[Token], folded: str) -> list[Token]:
    """Return *tokens* with numbers joined to their units and pairs of times to ranges.

    Args:
        tokens: As they were found, in order.
        folded: The message they came from, folded.
    """
    result: list[Token] = []
    index = 0
    while index < len(tokens):
        token = _measure_at(tokens, index, folded)
        result.append(token)
        while index < len(tokens) and tokens[index].start < token.end:
            index += 1
    return _with_ranges(_sum_times(result, folded), folded)


def _measure_at(tokens: list[Token], index: int, folded: str) -> Token:  # noqa: PLR0911 - one rule a line
    """Return the token at *index*, joined with its unit where it is a number with one."""
    token = tokens[index]
    more = tokens[index + 1 : index + 3]
    halved = [t.kind for t in more] == ["sep", "number"] and float(more[1].value) == _HALF
    if token.kind == "number" and halved:  # "three and a half"
        token = Token("number", float(token.value) + _HALF, token.start, more[1].end)
        index += 2
    unit = tokens[index + 1] if index + 1 < len(tokens) else None
    told = (
        index > 0 and tokens[index - 1].kind == "prep" and tokens[index - 1].value in ("for", "by")
    )
    if token.kind == "article" and told and unit is not None and unit.kind == "unit":
        return Token("time", int(unit.value), token.start, unit.end)  # "for a second"
    named = _named_moment(tokens, index, folded)
    if named is not None:
        return named
    number = token.kind == "number" or (token.kind == "factor" and float(token.value) < 1)
    if not number or unit is None:
        return token
    if unit.kind == "word" and token.kind == "number":
        counted = _WORDS.get(str(unit.value))
        if counted is not None:
            return Token(counted, float(token.value), token.start, unit.end)
    if (unit.kind, unit.value) == ("angle", "degrees") and token.kind == "number":
        return Token("angle", float(token.value), token.start, unit.end)
    if unit.kind != "unit":
        return token
    ms, end = round(float(token.value) * int(unit.value)), unit.end
    half = tokens[index + 2] if index + 2 < len(tokens) else None
    if half is not None and folded[half.start : half.end] == "半":
        ms, end = ms + int(unit.value) // 2, half.end
    return Token("time", ms, token.start, end)


def _named_moment(tokens: list[Token], index: int, folded: str) -> Token | None:
    """Read "from second 5", "minute 1" as times."""
    token, before = tokens[index], tokens[index - 1] if index else None
    number = tokens[index + 1] if index + 1 < len(tokens) else None
    if token.kind != "unit" or number is None or number.kind != "number":
        return None
    word = folded[token.start : token.end]
    led = before is not None and before.kind == "prep" and before.value != "for"
    counted = word == "minute" and not (before is not None and before.kind == "number")
    if not counted and not (led and word in ("second", "sec")):
        return None
    return Token("time", round(float(number.value) * int(token.value)), token.start, number.end)


def _sum_times(tokens: list[Token], folded: str) -> list[Token]:
    """Add neighbours such as "1 minute 20 seconds"."""
    result: list[Token] = []
    for token in tokens:
        last = result[-1] if result else None
        if (
            last is not None
            and last.kind == token.kind == "time"
            and not folded[last.end : token.start].strip()
            and last.value >= 60 * SECOND_MS > token.value
            and last.value % (60 * SECOND_MS) == 0
        ):
            result[-1] = Token("time", last.value + token.value, last.start, token.end)
        elif (
            last is not None
            and last.kind == "time"
            and token.kind == "number"
            and token.end - token.start <= _DIGITS
            and last.end - last.start > _DIGITS
            and not folded[last.end : token.start].strip()
            and last.value % (60 * SECOND_MS) == 0
            and 0 < float(token.value) < 60  # noqa: PLR2004 - seconds of a minute
        ):  # "1 minute 20"
            ms = last.value + round(float(token.value) * SECOND_MS)
            result[-1] = Token("time", ms, last.start, token.end)
        else:
            result.append(token)
    return result


def _with_ranges(tokens: list[Token], folded: str) -> list[Token]:
    """Join "2 to 5 s", "between 5 and 8", "0:05-0:12", 第2秒到第5秒 to one range token."""
    result: list[Token] = []
    index = 0
    while index < len(tokens):
        found = _range_at(tokens, index, folded)
        if found is None:
            result.append(tokens[index])
            index += 1
        else:
            token, index = found
            if result and result[-1].kind == "prep" and result[-1].value in ("from", "at"):
                token = Token("range", token.value, result.pop().start, token.end)
                if result and result[-1].kind == "prep" and result[-1].value == "from":
                    result.pop()
            result.append(token)
    return result


def _range_at(tokens: list[Token], index: int, folded: str) -> tuple[Token, int] | None:
    first = tokens[index]
    low = _moment(first)
    if low is None or _counts(tokens, index):
        return None
    unit_first = index > 0 and tokens[index - 1].kind == "unit"
    opened = (
        unit_first
        or _keeps(tokens, index)
        or (index > 0 and tokens[index - 1].kind == "prep" and tokens[index - 1].value == "from")
    )
    position = index + 1
    linked = False
    while position < len(tokens) and not linked:
        token = tokens[position]
        gap = _DASH.match(folded, tokens[position - 1].end)
        if gap is not None and gap.end() == token.start:
            linked = True
            break
        if (token.kind == "prep" and token.value == "to") or (
            token.kind == "sep" and opened and folded[token.start : token.end] in ("and", "和")
        ):
            linked = True
        elif not (token.kind == "filler" and position == index + 1):
            return None
        position += 1
    while position < len(tokens) and (
        tokens[position].kind == "filler"
        or (tokens[position].kind, tokens[position].value) == ("prep", "at")
    ):
        position += 1
    if not linked or position >= len(tokens):
        return None
    second = tokens[position]
    high = _moment(second)
    if high is None or (first.kind == second.kind == "number" and not opened):
        return None
    return Token("range", (low, high), first.start, second.end), position + 1


def _counts(tokens: list[Token], index: int) -> bool:
    """Whether the number says which one: "set photo 2 to 5 seconds"."""
    before = tokens[index - 1] if index else None
    named = before is not None and before.kind == "noun" and before.value in _COUNTED
    linked = [t.kind for t in tokens[index + 1 : index + 2]] == ["prep"]
    return named and tokens[index].kind == "number" and linked


def _keeps(tokens: list[Token], index: int) -> bool:
    """Whether "keep" or "cut out" stands right before: "keep 5 to 8"."""
    before = [t for t in tokens[:index] if t.kind not in ("filler", "polite")]
    verb = before[-1] if before else None
    return verb is not None and (verb.kind, verb.value) in _RANGE_VERBS


def _moment(token: Token) -> int | None:
    """The moment a token may stand for, ms; a bare number counts as seconds."""
    if token.kind == "time":
        return int(token.value)
    if token.kind == "number":
        return round(float(token.value) * SECOND_MS)
    if token.kind == "ratio":  # 1:01 is no ratio of ours, but 4:05 could be read as 4:5
        minutes, seconds = token.value.split(":")
        return (int(minutes) * 60 + int(seconds)) * SECOND_MS
    return None
