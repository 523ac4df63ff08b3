"""Numbers with their units to times, neighbours to sums, pairs to ranges."""

from __future__ import annotations

import re
from typing import Final

from nemo_nb.studio.agent.tokens import SECOND_MS, Token

_HALF: Final = 0.5
_DIGITS: Final = 2
_LATER: Final = frozenset({"longer", "shorter", "later", "earlier", "sooner"})
_LASTS: Final = ("for", "by", "to")
_MINUTES: Final = ("first", "second", "third", "fourth", "fifth")
_MORE: Final = frozenset({"more", "extra", "additional", "further", "full", "whole"})
_BEGUN: Final = 4
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


def _measure_at(  # noqa: C901, PLR0911, PLR0912 - one rule a line
    tokens: list[Token], index: int, folded: str
) -> Token:
    """Return the token at *index*, joined with its unit where it is a number with one."""
    token = tokens[index]
    more = tokens[index + 1 : index + 3]
    halved = [t.kind for t in more] == ["sep", "number"] and float(more[1].value) == _HALF
    if token.kind == "number" and _shares_unit(tokens, index):
        return Token("time", round(float(token.value) * SECOND_MS), token.start, token.end)
    if token.kind == "number" and halved:  # "three and a half"
        token = Token("number", float(token.value) + _HALF, token.start, more[1].end)
        index += 2
    if token.kind == "number" and _is_more(tokens[index + 1 : index + 3], folded):
        token = Token("number", token.value, token.start, tokens[index + 1].end)
        index += 1  # "3 more seconds"
    unit = tokens[index + 1] if index + 1 < len(tokens) else None
    told = index > 0 and tokens[index - 1].kind == "prep" and tokens[index - 1].value in _LASTS
    farther = tokens[index + 2] if index + 2 < len(tokens) else None
    told = told or (farther is not None and (farther.kind, farther.value) == ("scope", "each"))
    if token.kind == "article" and told and unit is not None and unit.kind == "unit":
        return Token("time", int(unit.value), token.start, unit.end)  # "for a second"
    if token.kind == "article" and unit is not None and unit.kind == "unit":
        cut = index > 0 and tokens[index - 1].value in ("cut", "trim", "remove")
        after = tokens[index + 2] if index + 2 < len(tokens) else None
        named = after is not None and after.kind in ("noun", "word", "sep")
        late = after is not None and folded[after.start : after.end] in _LATER
        if (cut and not named) or late:
            return Token("time", int(unit.value), token.start, unit.end)  # "cut a minute"
    ended = _and_a_half(tokens, index + 1)
    if token.kind == "unit" and ended and index and tokens[index - 1].kind in ("edge", "article"):
        ms = round(int(token.value) * (1 + _HALF))
        return Token("time", ms, token.start, tokens[ended].end)  # "the first minute and a half"
    if counted := _counted_minute(tokens, index, folded):
        return counted
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
    ended = _and_a_half(tokens, index + 2)
    if half is not None and folded[half.start : half.end] == "半":
        ms, end = ms + int(unit.value) // 2, half.end
    elif ended:
        ms, end = ms + int(unit.value) // 2, tokens[ended].end  # "two minutes and a half"
    return Token("time", ms, token.start, end)


def _shares_unit(tokens: list[Token], index: int) -> bool:
    """Whether a number is a time like the one after it: "at 3 and 8 seconds"."""
    led = index > 0 and (tokens[index - 1].kind, tokens[index - 1].value) == ("prep", "at")
    rest = tokens[index + 1 : index + 4]
    joint = [t.kind for t in rest] == ["sep", "number", "unit"] and rest[2].value == str(SECOND_MS)
    return led and joint and float(rest[1].value) != _HALF


def _is_more(following: list[Token], folded: str) -> bool:
    """Whether "more" or the like and a unit follow: "3 more seconds", "2 extra seconds"."""
    if len(following) < 2 or following[1].kind != "unit":  # noqa: PLR2004 - both of them
        return False
    return folded[following[0].start : following[0].end] in _MORE


def _and_a_half(tokens: list[Token], index: int) -> int:
    """Return where "and a half" ends that begins at *index*; 0 where it does not."""
    two = tokens[index : index + 2]
    halved = [t.kind for t in two] == ["sep", "number"] and float(two[1].value) == _HALF
    return index + 1 if halved else 0


def _counted_minute(tokens: list[Token], index: int, folded: str) -> Token | None:
    """Read "the second minute" as the part that it is."""
    token, before = tokens[index], tokens[index - 1] if index else None
    unit = tokens[index + 1] if index + 1 < len(tokens) else None
    which = _MINUTES.index(text) if (text := folded[token.start : token.end]) in _MINUTES else 0
    minute = unit is not None and folded[unit.start : unit.end] == "minute"
    if not which or unit is None or not minute or (before and before.kind == "number"):
        return None
    low, high = which * 60 * SECOND_MS, (which + 1) * 60 * SECOND_MS
    return Token("range", (low, high), token.start, unit.end)


def _named_moment(tokens: list[Token], index: int, folded: str) -> Token | None:
    """Read "from second 5", "minute 1" as times."""
    token, before = tokens[index], tokens[index - 1] if index else None
    number = tokens[index + 1] if index + 1 < len(tokens) else None
    counted = token.kind == "place" and isinstance(token.value, int) and token.value > 0
    if counted and number is not None and number.kind == "unit":
        spot = [t for t in tokens[:index] if t.kind not in ("filler", "article")][-1:]
        if spot and spot[0].kind == "prep":  # "from the 4th second"
            return Token("time", (token.value + 1) * int(number.value), token.start, number.end)
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
        told = [t for t in result if t.kind not in ("sep", "polite", "filler", "stop")]
        listed = bool(told) and told[-1].kind == "range"
        found = _range_at(tokens, index, folded, listed=listed)
        if found is None:
            result.append(tokens[index])
            index += 1
        else:
            token, index = found
            if result and result[-1].kind == "unit":
                token = Token("range", token.value, result.pop().start, token.end)  # "seconds 4-7"
            if result and result[-1].kind == "prep" and result[-1].value in ("from", "at"):
                token = Token("range", token.value, result.pop().start, token.end)
                if result and result[-1].kind == "prep" and result[-1].value == "from":
                    result.pop()
            result.append(token)
    return result


def _range_at(
    tokens: list[Token], index: int, folded: str, *, listed: bool
) -> tuple[Token, int] | None:
    first = tokens[index]
    begun = _begun_at(tokens, index, folded)
    if begun is not None:
        return begun
    low = _moment(first)
    if low is None or _counts(tokens, index):
        return None
    unit_first = index > 0 and tokens[index - 1].kind == "unit"
    opened = (
        unit_first
        or listed
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
    opened = opened or _beside_words(tokens, index, position)
    if high is None or (first.kind == second.kind == "number" and not opened):
        return None
    return Token("range", (low, high), first.start, second.end), position + 1


def _begun_at(tokens: list[Token], index: int, folded: str) -> tuple[Token, int] | None:
    """Read 5秒开始8秒结束: when it comes and when it goes."""
    words = [token for token in tokens[index:] if token.kind not in ("stop", "filler", "prep")][:4]
    if [token.kind for token in words[::2]] != ["time", "time"] or len(words) < _BEGUN:
        return None
    (low, comes, high, goes) = words
    began = folded[comes.start : comes.end] in ("开始", "出现", "start")
    ended = goes.kind == "finish" or folded[goes.start : goes.end] in ("消失", "end")
    if tokens[index] is not low or not (began and ended and low.value < high.value):
        return None
    return Token("range", (low.value, high.value), low.start, goes.end), tokens.index(goes) + 1


def _beside_words(tokens: list[Token], start: int, end: int) -> bool:
    """Whether words to show stand beside two numbers: 'captions: 0-4 "Hi", 4-8 "Bye"'."""
    around = [*tokens[max(start - 1, 0) : start], *tokens[end + 1 : end + 2]]
    return any(token.kind == "quote" for token in around)


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
