"""Which text or picture is meant: "caption 2", 第二条字幕, "photo 1", "after the title"."""

from __future__ import annotations

from typing import Final

from nemo_nb.studio.agent.tokens import SECOND_MS, Token

_TEXTS: Final = frozenset({"caption", "title", "text"})
_PICTURES: Final = frozenset({"photo", "photos", "video"})
_PLACES: Final = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1}
_ANCHORS: Final = frozenset({"after", "before"})
_COMMAS: Final = frozenset(",，、")  # noqa: RUF001 - Chinese punctuation too
_MOST: Final = 99


def referring(tokens: list[Token]) -> list[Token]:
    """Return *tokens* with numbers and ordinals that count something joined to what they count.

    A ``pick`` stands before or after the noun of a text and holds places: 0 the first, -1 the
    last. A ``place`` holds that of one picture. An ``anchor`` holds (after or before, role,
    places): a text that another one follows or leads to.
    """
    result: list[Token] = []
    index = 0
    while index < len(tokens):
        for read in (_numbered, _ordinal, _there, _half_a_second):
            found = read(tokens, index)
            if found:
                result += found
                index += sum(1 for t in tokens[index:] if t.start < found[-1].end)
                break
        else:
            result.append(tokens[index])
            index += 1
    return _anchored(result)


def _numbered(tokens: list[Token], index: int) -> list[Token]:
    """Read "caption 2", "photo two", 字幕2."""
    noun = tokens[index]
    number = tokens[index + 1] if index + 1 < len(tokens) else None
    if noun.kind != "noun" or number is None or number.kind != "number":
        return []
    places = [float(number.value) - 1]
    after = index + 2
    if after < len(tokens) and tokens[after].kind == "number":
        # Two numbers with nothing but a dash between: "captions 1-3".
        last = float(tokens[after].value)
        if number.end + 1 == tokens[after].start and places[0] < last <= _MOST:
            places = [float(n) for n in range(int(places[0]), int(last))]
            after += 1
    while after + 1 < len(tokens) and tokens[after + 1].kind == "number":
        if tokens[after].kind != "sep" and tokens[after].value not in _COMMAS:
            break
        places.append(float(tokens[after + 1].value) - 1)
        after += 2
    if not all(0 <= place < _MOST and place.is_integer() for place in places):
        return []
    counted = tuple(int(place) for place in places)
    if noun.value in _TEXTS - {"text"}:
        return [noun, Token("pick", counted, number.start, tokens[after - 1].end)]
    if noun.value in _PICTURES and len(counted) == 1:
        return [noun, Token("place", counted[0], number.start, number.end)]
    return []


def _ordinal(tokens: list[Token], index: int) -> list[Token]:
    """Read "the second caption", "last title", 第二条字幕."""
    first = tokens[index]
    after = index + 1
    place: int | None = None
    if first.kind in ("place", "edge"):
        counted = isinstance(first.value, int)
        place = first.value if counted else _PLACES.get(str(first.value))
    elif first.kind == "unit" and first.value == str(SECOND_MS):
        place = _PLACES["second"]
    elif first.kind == "prep" and after < len(tokens) and tokens[after].kind == "number":
        # 第 is a preposition of times as well; only with a counted noun it makes an ordinal.
        count = float(tokens[after].value) - 1
        place = int(count) if first.end == tokens[after].start and 0 <= count < _MOST else None
        after += 1
    if place is None:
        return []
    while after < len(tokens) and tokens[after].kind == "filler":
        after += 1
    if after >= len(tokens) or tokens[after].kind != "noun" or tokens[after].value not in _TEXTS:
        return []
    return [Token("pick", (place,), first.start, tokens[after].start), tokens[after]]


def _there(tokens: list[Token], index: int) -> list[Token]:
    """Read 5秒处 as "at 5 seconds"."""
    token = tokens[index]
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    if token.kind == "time" and following is not None and following.kind == "there":
        at = Token("prep", "at", token.start, token.start)
        return [at, Token("time", token.value, token.start, following.end)]
    return [Token("filler", "", token.start, token.end)] if token.kind == "there" else []


def _half_a_second(tokens: list[Token], index: int) -> list[Token]:
    """Read "in the last half a second" as a length, not as the half of the video."""
    token, after = tokens[index], index + 1
    while after < len(tokens) and tokens[after].kind == "filler":
        after += 1
    if token.kind != "moment" or after >= len(tokens) or tokens[after].kind != "unit":
        return []
    unit = tokens[after]
    edge = "first" if str(token.value).startswith("0-") else "last"
    half = Token("time", int(unit.value) // 2, unit.start, unit.end)
    return [Token("edge", edge, token.start, token.end), half]


def _anchored(tokens: list[Token]) -> list[Token]:
    result: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        index += 1
        if token.kind == "prep" and token.value in _ANCHORS:
            stop, role, pick = index, None, ()
            while stop < len(tokens) and (
                tokens[stop].kind in ("filler", "pick") or _is_named(tokens[stop], role)
            ):
                role = tokens[stop].value if tokens[stop].kind == "noun" else role
                pick = tokens[stop].value if tokens[stop].kind == "pick" else pick
                stop += 1
            if role is not None:
                token = Token(
                    "anchor", (token.value, role, pick), token.start, tokens[stop - 1].end
                )
                index = stop
        elif token.kind == "position" and _names_text(tokens, index) and _names_any(result):
            # "the title below the captions": a place beside another text is none of the nine.
            token = Token("word", str(token.value), token.start, token.end)
        result.append(token)
    return result


def _names_text(tokens: list[Token], index: int) -> bool:
    while index < len(tokens) and tokens[index].kind == "filler":
        index += 1
    return index < len(tokens) and _is_named(tokens[index], None)


def _names_any(tokens: list[Token]) -> bool:
    return any(_is_named(token, None) for token in tokens)


def _is_named(token: Token, role: str | None) -> bool:
    return role is None and token.kind == "noun" and token.value in _TEXTS - {"text"}
