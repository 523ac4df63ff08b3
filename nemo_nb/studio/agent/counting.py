"""Ordinals without a noun and other forms that count: "swap … with the second", 前两张, 3秒后."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from nemo_nb.studio.agent.tokens import SECOND_MS, Token
from nemo_nb.studio.edits import RATIOS

_ORDERING: Final = frozenset({"swap", "move", "change", "make", "keep", "add"})
_IDLE: Final = frozenset({"filler", "polite", "article"})
_AFTER: Final = frozenset({"stop", "sep", "prep", "verb", "again", "polite", "goal"})
_MEASURES: Final = frozenset("张段幅个")
_SPOTS: Final = frozenset({"position", "place", "number", "slot", "spot"})
_EDGES: Final = {"first": "first", "last": "last"}
_SECOND: Final = 1
_SHARES: Final = {"third": 100 / 3, "quarter": 25.0, "fourth": 25.0, "fifth": 20.0, "tenth": 10.0}
_MOST: Final = 50
_AFTER_SHARE: Final = frozenset({"stop", "sep", "prep", "filler", "polite", "verb", "noun", "sign"})

Reader = Callable[[list[Token], int, str], "list[Token] | None"]


def counted_alone(tokens: list[Token], folded: str) -> list[Token]:
    """Return *tokens* with ordinals that stand alone, and the like, read as what they count.

    Args:
        tokens: With numbered texts and pictures joined.
        folded: The message they came from, folded.
    """
    result: list[Token] = []
    index = 0
    while index < len(tokens):
        for read in _READERS:
            found = read(tokens, index, folded)
            if found is not None:
                result += found
                index += sum(1 for t in tokens[index:] if t.start < found[-1].end)
                break
        else:
            result.append(tokens[index])
            index += 1
    return result


def _text(token: Token, folded: str) -> str:
    return folded[token.start : token.end]


def _following(tokens: list[Token], index: int) -> Token | None:
    return next((t for t in tokens[index + 1 :] if t.kind not in ("filler", "article")), None)


def _ordinal(tokens: list[Token], index: int, folded: str) -> list[Token] | None:
    """Read "the second" after "swap the first photo with", "do the same with the last"."""
    token = tokens[index]
    second = (token.kind, str(token.value)) == ("unit", str(SECOND_MS))
    edges = {"first": 0, "last": -1}
    if not (second and _text(token, folded) == "second") and not (
        token.kind == "edge" and _text(token, folded) in edges
    ):
        return None
    led = index > 0 and (
        _text(tokens[index - 1], folded) in ("the", "also", "now")
        or tokens[index - 1].kind == "butfor"
    )
    if not led:
        return None
    following = _following(tokens, index)
    if following is not None and following.kind not in _AFTER:
        return None
    begun = [t for t in tokens[:index] if t.kind not in _IDLE]
    placed = any(t.kind == "place" for t in tokens)
    ordering = any(t.kind == "crossing" or t.value in _ORDERING for t in tokens)
    sided = any(t.kind == "prep" and t.value in ("after", "before") for t in begun)
    ordering = ordering or (sided and all(t.kind != "verb" for t in tokens))
    but = any(t.kind == "butfor" for t in begun)
    again = any(t.kind == "again" for t in begun)
    texts = {_text(t, folded) for t in tokens if t.kind == "polite"}
    too = bool(texts & {"too", "also", "as well", "now"}) and not begun
    if not (placed and ordering) and not (again or too or but):
        return None
    place = _SECOND if second else edges[_text(token, folded)]
    return [Token("place", place, token.start, token.end)]


def _measured(tokens: list[Token], index: int, folded: str) -> list[Token] | None:
    """Read 前两张, 最后两段, 首尾两张: so many pictures, their noun left out."""
    token, rest = tokens[index], tokens[index + 1 : index + 3]
    if token.kind == "headtail" or _text(token, folded) == "首尾":
        return [Token("place", (0, -1), token.start, token.end)]
    if token.kind != "edge" or [t.kind for t in rest] != ["number", "filler"]:
        return None
    count = float(rest[0].value)
    if _text(rest[1], folded) not in _MEASURES or not count.is_integer() or not 0 < count <= _MOST:
        return None
    span = range(int(count)) if token.value == "first" else range(-int(count), 0)
    return [Token("place", tuple(span), token.start, rest[1].end)]


def _spot(tokens: list[Token], index: int, folded: str) -> list[Token] | None:
    """Read "to position 2", "to number one" as a place to go."""
    token, following = tokens[index], _following(tokens, index)
    if _text(token, folded) not in _SPOTS or following is None or following.kind != "number":
        return None
    led = index > 0 and any(
        (t.kind, t.value) == ("prep", "to") for t in tokens[max(index - 2, 0) : index]
    )
    count = float(following.value)
    if not led or not count.is_integer() or not 0 < count <= _MOST:
        return None
    return [Token("place", int(count) - 1, token.start, following.end)]


def _late(tokens: list[Token], index: int, folded: str) -> list[Token] | None:  # noqa: PLR0911 - one rule a line
    """Read 3秒后 and 5秒前 as after and before that time; 片头1秒 as the first second."""
    token = tokens[index]
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    if after is None:
        return None
    if token.kind == "time" and after.kind == "edge" and _text(after, folded) in ("后", "前"):
        farther = tokens[index + 2] if index + 2 < len(tokens) else None
        counts = farther is not None and farther.kind in ("time", "number", "range")
        if not counts:
            side = "after" if _text(after, folded) == "后" else "before"
            return [token, Token("prep", side, after.start, after.end)]
    if token.kind == "time" and after.kind == "filler" and _text(after, folded) == "一张":
        return [token, Token("scope", "each", after.start, after.end)]  # 两秒一张
    if token.kind == "noun" and _text(token, folded) == "片头" and after.kind == "time":
        return [Token("edge", "first", token.start, token.end)]
    counted = _text(token, folded)[-1:] in ("张", "幅")
    if (
        token.kind == "place"
        and after.kind in ("time", "number")
        and token.value == 0
        and not counted
    ):
        return [Token("edge", "first", token.start, token.end)]  # "the 1st 2 seconds"
    if _text(token, folded) in ("leading", "trailing") and after.kind in ("time", "number"):
        return [Token("edge", _EDGES[str(token.value)], token.start, token.end)]
    if token.kind == "goal" and after.kind == "time":
        middle = token.start + 1
        verb = Token("verb", "move", token.start, middle)
        return [verb, Token("edge", token.value, middle, token.end)]
    return None


def _share(tokens: list[Token], index: int, folded: str) -> list[Token] | None:
    """Read "the bottom fifth", "the last quarter" as a share of it."""
    token, after = tokens[index], tokens[index + 1 : index + 2]
    if token.kind not in ("position", "edge") or not after:
        return None
    percent = _SHARES.get(_text(after[0], folded))
    rest = [t for t in tokens[index + 2 :] if t.kind not in _IDLE][:1]
    if percent is None or (rest and rest[0].kind in ("time", "number", "unit")):
        return None
    return [token, Token("percent", percent, after[0].start, after[0].end)]


def _fraction(tokens: list[Token], index: int, folded: str) -> list[Token] | None:
    """Read "to a fifth", "by two thirds" as a part of what there is."""
    token, rest = tokens[index], tokens[index + 1 : index + 3]
    one = _text(token, folded) in ("a", "an")
    if not rest or not (one or token.kind == "number"):
        return None
    part = _SHARES.get(_text(rest[0], folded).removesuffix("s"))
    after = rest[1] if len(rest) > 1 else None
    named = after is not None and after.kind == "noun" and after.value not in ("sound", "speed")
    if part is None or named or (after is not None and after.kind not in _AFTER_SHARE):
        return None
    share = (1.0 if one else float(token.value)) * part / 100
    return [Token("factor", share, token.start, rest[0].end)] if 0 < share < 1 else None


def _ratio(tokens: list[Token], index: int, folded: str) -> list[Token] | None:
    """Read "four by three" as a shape."""
    three = tokens[index : index + 3]
    if [t.kind for t in three] != ["number", "prep", "number"] or _text(three[1], folded) != "by":
        return None
    shape = f"{float(three[0].value):g}:{float(three[2].value):g}"
    return [Token("ratio", shape, three[0].start, three[2].end)] if shape in RATIOS else None


def _atop(tokens: list[Token], index: int, folded: str) -> list[Token] | None:
    """Read "on top of clip 1" as what lies over it."""
    token = tokens[index]
    onto = _text(token, folded) in ("on", "over", "onto", "on top of")
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    lain = any(t.kind == "file" for t in tokens[:index]) and tokens[0].kind == "verb"
    begun = tokens[:index]
    small = any(t.kind in ("overlay", "textsize") for t in begun)
    counted = small and any(t.kind == "place" for t in begun)
    rest = [t for t in tokens[index + 1 :] if t.kind != "filler"][:1]
    led = _text(token, folded) in ("over", "on", "onto", "of", "on top of")
    if counted and led and rest and _text(rest[0], folded) in ("second", "first"):
        return [Token("atop", "atop", token.start, rest[0].end)]  # "… as an inset over the second"
    rest = [t for t in tokens[index + 1 :] if t.kind not in ("filler", "noun")][:1]
    if counted and led and rest and rest[0].kind == "place":
        return [Token("atop", "atop", token.start, rest[0].end)]
    if onto and lain and after is not None and after.kind == "file":
        return [Token("atop", "atop", token.start, after.end)]  # "overlay a.mp4 on b.mp4"
    if token.kind != "position" or not _text(token, folded).endswith("on top"):
        return None
    rest = [t for t in tokens[index + 1 :] if t.kind != "filler"][:2]
    if [t.kind for t in rest] != ["prep", "place"] or _text(rest[0], folded) != "of":
        return None
    return [Token("atop", "atop", token.start, rest[1].end)]


_READERS: Final[tuple[Reader, ...]] = (
    *(_atop, _ordinal, _measured, _spot),
    *(_late, _share, _fraction, _ratio),
)
