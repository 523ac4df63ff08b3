"""Which text or picture is meant: "caption 2", 第二条字幕, "photo 1", "after the title"."""

from __future__ import annotations

from typing import Final

from nemo_nb.studio.agent.counting import counted_alone
from nemo_nb.studio.agent.tokens import SECOND_MS, Token
from nemo_nb.studio.agent.unwanted import unwanted

_TEXTS: Final = frozenset({"caption", "title", "text"})
_PICTURES: Final = frozenset({"photo", "photos", "video"})
MIDDLE: Final = 999
"""The place of the picture in the middle, until it is known how many there are."""
PLACES: Final = {
    "first": 0,
    "second": 1,
    "third": 2,
    "fourth": 3,
    "fifth": 4,
    "sixth": 5,
    "seventh": 6,
    "eighth": 7,
    "ninth": 8,
    "tenth": 9,
    "last": -1,
    "penultimate": -2,
    "middle": MIDDLE,
}
"""Places by their words: 0 the first, -1 the last."""
_MOST_COUNTED: Final = 9
_ANCHORS: Final = frozenset({"after", "before"})
_COMMAS: Final = frozenset(",，、")  # noqa: RUF001 - Chinese punctuation too
_MOST: Final = 99


def referring(tokens: list[Token], folded: str) -> list[Token]:
    """Return *tokens* with numbers and ordinals that count something joined to what they count.

    A ``pick`` stands before or after the noun of a text and holds places: 0 the first, -1 the
    last. A ``place`` holds that of one picture. An ``anchor`` holds (after or before, role,
    places): a text that another one follows or leads to.

    Args:
        tokens: With times joined.
        folded: The message they came from, folded.
    """
    tokens = _articles(tokens)
    result: list[Token] = []
    index = 0
    while index < len(tokens):
        for read in (_numbered, _counted, _ordinal, _placed, _there, _half_a_second):
            found = read(tokens, index)
            if found:
                result += found
                index += sum(1 for t in tokens[index:] if t.start < found[-1].end)
                break
        else:
            result.append(tokens[index])
            index += 1
    return _anchored(unwanted(_overlays(counted_alone(result, folded), folded), folded))


def _articles(tokens: list[Token]) -> list[Token]:
    """Read "remove a caption" as one of them; articles elsewhere say nothing."""
    result: list[Token] = []
    for index, token in enumerate(tokens):
        last = result[-1] if result else None
        removes = last is not None and (last.kind, last.value) == ("verb", "remove")
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        known = _TEXTS | _PICTURES
        counted = following is not None and following.kind == "noun" and following.value in known
        one = token.kind == "number" and float(token.value) == 1
        kind = token.kind
        if removes and counted and (kind == "article" or one):
            kind = "oneof"
        elif kind == "article":
            kind = "filler"
        value = token.value if kind == token.kind else kind
        result.append(Token(kind, value, token.start, token.end))
    return result


def _overlays(tokens: list[Token], folded: str) -> list[Token]:
    """Read "overlay" as the thing that lies on top where nothing is named to be laid there."""
    verbs = [t for t in tokens if t.kind == "verb"]
    named = {"quote", "file", "place", "noun", "marker", "overlay"}
    if any(t.kind in named and t.value != "size" for t in tokens):
        return tokens
    changed = any(t.kind in ("grow", "position", "textsize") for t in tokens)
    if not changed or [t.value for t in verbs if t.value != "add"] not in ([], ["move"], ["make"]):
        return tokens
    return [
        Token("overlay", "pip", t.start, t.end) if folded[t.start : t.end] == "overlay" else t
        for t in tokens
    ]


def _numbered(tokens: list[Token], index: int) -> list[Token]:
    """Read "caption 2", "photo two", 字幕2."""
    noun = tokens[index]
    if index + 2 < len(tokens) and tokens[index + 1].value == "number":
        tokens = [*tokens[: index + 1], *tokens[index + 2 :]]  # "caption number 2"
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
    if noun.value in _PICTURES:
        value = counted[0] if len(counted) == 1 else counted
        return [noun, Token("place", value, number.start, tokens[after - 1].end)]
    return []


def _ordinal(tokens: list[Token], index: int) -> list[Token]:
    """Read "the second caption", "last title", 第二条字幕."""
    first = tokens[index]
    after = index + 1
    place: int | None = None
    if _names_picture(first):
        return []  # "give the first photo a caption": it counts the photo
    if first.kind in ("place", "edge"):
        counted = isinstance(first.value, int)
        place = first.value if counted else PLACES.get(str(first.value))
    elif first.kind == "unit" and first.value == str(SECOND_MS):
        place = PLACES["second"]
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


def _names_picture(token: Token) -> bool:
    """Whether an ordinal has its noun within: "first photo", "second one"."""
    length = token.end - token.start
    return token.kind == "place" and isinstance(token.value, str) and length > len(token.value) + 1


def _counted(tokens: list[Token], index: int) -> list[Token]:
    """Read "the first two photos", 最后两张照片."""
    edge = tokens[index]
    number = tokens[index + 1] if index + 1 < len(tokens) else None
    if edge.kind != "edge" or edge.value not in ("first", "last"):
        return []
    if number is None or number.kind != "number":
        return []
    count = float(number.value)
    noun = _noun_after(tokens, index + 2)
    if noun is None or not count.is_integer() or not 0 < count <= _MOST_COUNTED:
        return []
    span = range(int(count)) if edge.value == "first" else range(-int(count), 0)
    if noun.value in _TEXTS - {"text"}:
        return [Token("pick", tuple(span), edge.start, noun.start), noun]
    if noun.value in _PICTURES:
        return [Token("place", tuple(span), edge.start, noun.start), noun]
    return []


def _placed(tokens: list[Token], index: int) -> list[Token]:
    """Read "the second" before "to the third photo", 第一段视频, "the last video"."""
    token = tokens[index]
    noun = _noun_after(tokens, index + 1)
    if token.kind == "edge" and token.value in ("first", "last") and noun is not None:
        place = PLACES[str(token.value)]
        between = (t for t in tokens[index + 1 :] if t.start < noun.start)
        of_it = any((t.kind, t.value) == ("filler", "led") for t in between)
        ahead = tokens[tokens.index(noun) + 1 :][:1]
        own = bool(ahead) and ahead[0].kind in ("number", "place")  # "finish with photo 2"
        if noun.value in ("video", "photo") and not of_it and not own:  # "the end of the clip"
            return [Token("place", place, token.start, noun.start)]
    first = (token.kind, token.value) == ("edge", "first")
    second = (token.kind, token.value) == ("unit", str(SECOND_MS))
    if second and noun is not None and noun.value in _PICTURES:
        return [Token("place", PLACES["second"], token.start, noun.start)]
    if not first and (token.kind != "unit" or token.value != str(SECOND_MS)):
        return []
    following = [t.kind for t in tokens[index + 1 : index + 4] if t.kind != "filler"]
    if following[:2] in (["prep", "place"], ["sep", "place"]):
        place = PLACES["first" if first else "second"]
        return [Token("place", place, token.start, token.end)]
    return []


def _noun_after(tokens: list[Token], index: int) -> Token | None:
    while index < len(tokens) and tokens[index].kind == "filler":
        index += 1
    there = index < len(tokens) and tokens[index].kind == "noun"
    return tokens[index] if there else None


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
