"""Words about pictures that mean something only together: "turn … left", "stop … from moving"."""

from __future__ import annotations

from typing import Final

from nemo_nb.studio.agent.tokens import Token, runs

Run = list[Token]

_TEXTS: Final = frozenset({"caption", "title", "text", "card", "font"})
_SOUNDS: Final = frozenset({"sound", "music", "ownsound", "speed", "tempo", "transition"})
_TURNS: Final = frozenset({90.0, 180.0, 270.0})
_TURNING: Final = ("turn", "turn around", "flip around", "get", "make")
_IDLE: Final = frozenset({"filler", "polite", "article", "stop", "degree"})
# What a turn to the left or right may stand beside: "turn the second photo to the left".
_TURNED: Final = frozenset(
    {"verb", "noun", "prep", "place", "file", "scope", "position", "number", "angle"}
    | {"another", "question"}
)
_PAIRS: Final = {
    "left and right": ("left", "right"),
    "top and bottom": ("top", "bottom"),
    "左右": ("left", "right"),
    "左右两边": ("left", "right"),
    "左右两侧": ("left", "right"),
    "上下": ("top", "bottom"),
    "上下两边": ("top", "bottom"),
}
_MOST: Final = 50
_PAIR: Final = 2
_GRADES: Final = frozenset(
    {"filter", "filters", "adjustment", "adjustments", "correction", "corrections"}
    | {"grading", "edits"}
    | {"colour grading", "color grading", "滤镜", "调色"}
)
_MARKS: Final = frozenset({"stop", "sep"})


def turned(tokens: list[Token], folded: str) -> list[Token]:
    """Return *tokens* with words about pictures that belong together read as what they mean.

    Args:
        tokens: With times joined and far particles gathered.
        folded: The message they came from, folded.
    """
    result: list[Token] = []
    for run in runs(_added(_numbered(tokens, folded), folded), _MARKS):
        for read in _READERS:
            run = read(run, folded)  # noqa: PLW2901 - each reads what the one before made of it
        result += run
    return result


def _text(token: Token, folded: str) -> str:
    return folded[token.start : token.end]


def _nouns(run: Run) -> set[str]:
    return {str(token.value) for token in run if token.kind == "noun"}


def _numbered(tokens: list[Token], folded: str) -> list[Token]:
    """Read "photo no. 2" as the second photo."""
    result: list[Token] = []
    for index, token in enumerate(tokens):
        follows = bool(result) and result[-1].kind == "noun"
        if _text(token, folded) in ("no", "nr", "num"):
            rest = tokens[index + 1 : index + 3]
            dotted = bool(rest) and _text(rest[0], folded) == "."
            rest = rest[1:] if dotted else rest
            number = rest[0] if rest and rest[0].kind == "number" else None
            if number is not None and (follows or dotted):
                after = _numbered(tokens[tokens.index(number) + 1 :], folded)
                whole = float(number.value).is_integer() and 0 < float(number.value) <= _MOST
                place = Token("place", int(float(number.value)) - 1, number.start, number.end)
                return [*result, number if follows or not whole else place, *after]
        result.append(token)
    return result


def _added(tokens: list[Token], folded: str) -> list[Token]:
    """Read "plus 20" as an amount; elsewhere "plus" joins two wishes."""
    result: list[Token] = []
    for index, token in enumerate(tokens):
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        counts = after is not None and after.kind in ("number", "percent")
        if counts and token.kind == "sep" and _text(token, folded) == "plus":
            result.append(Token("sign", "+", token.start, token.end))
        else:
            result.append(token)
    return result


def _pushed(run: Run, folded: str) -> Run:
    """Read "push the warmth up": no transition is meant."""
    if not any(t.kind == "adjust" for t in run) or "transition" in _nouns(run):
        return run
    return [
        Token("filler", "filler", t.start, t.end) if _text(t, folded) == "push" else t for t in run
    ]


def _graded(run: Run, folded: str) -> Run:
    """Read "turn all the adjustments off", "no filters" as colours that go back."""
    named = [t for t in run if _text(t, folded) in _GRADES]
    off = [t for t in run if _takes_off(t, folded)]
    off += _switched_off(run, folded)
    rest = [t for t in run if t not in (*named, *off) and t.kind not in (*_IDLE, "sep", "out")]
    plain = all(t.kind in ("scope", "noun", "place", "file", "prep") for t in rest)
    if not named or not off or not plain or _nouns(run) & (_TEXTS | _SOUNDS):
        return run
    reset = Token("reset", "adjust", named[0].start, named[0].end)
    kept = [t for t in run if t not in off and t.kind != "out"]
    return [reset if t is named[0] else t for t in kept]


def _switched_off(run: Run, folded: str) -> Run:
    """Return what says "off" with a particle: "turn … off", "… off" at the end."""
    outs = [t for t in run if t.kind == "out" or _text(t, folded) == "off"]
    verbs = [t for t in run if t.kind == "verb"]
    if not outs or any(_text(t, folded) not in ("turn", "switch") for t in verbs):
        return []
    return verbs or outs


def _takes_off(token: Token, folded: str) -> bool:
    pair = (token.kind, str(token.value))
    taken = pair in (("verb", "remove"), ("verb", "mute"), ("verb", "reset"), ("verb", "take"))
    without = token.kind == "negation" and _text(token, folded) in ("no", "without")
    return taken or without or pair == ("history", "undo")


def _cropped(run: Run, folded: str) -> Run:
    """Read "crop off the right half": what is named goes, and does not stay."""
    result: Run = []
    for token in run:
        result.append(token)
        if _text(token, folded) in ("crop off", "crop out", "crop away"):
            middle = token.start + len("crop")
            result[-1:] = [
                Token("verb", "crop", token.start, middle),
                Token("out", "out", middle, token.end),
            ]
    return result


def _filled(run: Run, folded: str) -> Run:
    """Read "fill it with yellow" as a colour, not as a picture that fills the canvas."""
    if not any(t.kind == "color" for t in run):
        return run
    result: Run = []
    for token in run:
        if _text(token, folded) != "fill it":
            result.append(token)
            continue
        result.append(Token("verb", "make", token.start, token.start + 4))
        result.append(Token("noun", "it", token.end - 2, token.end))
    return result


def _hashed(run: Run, folded: str) -> Run:
    """Read "rotate #3" as the third picture; "caption #3" counts captions."""
    result: Run = []
    for token in run:
        counts = token.kind == "number" and folded[token.start - 1 : token.start] == "#"
        named = bool(result) and result[-1].kind == "noun"
        place = float(token.value) - 1 if counts and not named else -1.0
        whole = place.is_integer() and 0 <= place < _MOST
        result.append(Token("place", int(place), token.start, token.end) if whole else token)
    return result


def _by_degrees(run: Run, folded: str) -> Run:  # noqa: ARG001 - one of several readers
    """Read "rotate image 90 cw" as a turn by 90°, not as the ninetieth picture."""
    turns = any((t.kind, t.value) == ("verb", "rotate") or t.kind == "rotation" for t in run)
    if not turns or any(t.kind == "angle" for t in run):
        return run
    found = [t for t in run if t.kind == "number" and float(t.value) in _TURNS]
    if len(found) != 1:
        return run
    angle = Token("angle", float(found[0].value), found[0].start, found[0].end)
    return [angle if token is found[0] else token for token in run]


def _sides(run: Run, folded: str) -> Run:
    """Read "crop 10% left and right", 左右各裁10% as two sides."""
    cuts = any(t.kind == "verb" and t.value in ("crop", "cut", "trim", "remove") for t in run)
    if not cuts or not any(t.kind == "percent" for t in run):
        return run
    result: Run = []
    for token in run:
        sides = _PAIRS.get(_text(token, folded))
        if sides is None:
            result.append(token)
            continue
        middle = (token.start + token.end) // 2
        result.append(Token("position", sides[0], token.start, middle))
        result.append(Token("position", sides[1], middle, token.end))
    return result


def _turn(run: Run, folded: str) -> Run:
    """Read "turn the 2nd photo 180", "turn it to the left" as a turn of the picture."""
    if _nouns(run) & (_TEXTS | _SOUNDS) or any(t.kind in ("quote", "pick") for t in run):
        return run
    verbs = [t for t in run if t.kind == "verb"]
    if [t.value for t in verbs] == ["add", "make"] and any(t.kind == "angle" for t in run):
        run = [t for t in run if t is not verbs[0]]  # "give it a 90 degree turn"
        verbs = verbs[1:]
    if len(verbs) != 1 or verbs[0].value != "make":
        return run
    told = [t for t in run if t.kind not in _IDLE and t.kind not in _MARKS]
    kinds = {t.kind for t in told}
    head = _text(verbs[0], folded)
    counted = "angle" in kinds or any(
        t.kind == "number" and float(t.value) in _TURNS for t in told[-2:]
    )
    sided = told[-1].kind == "position" and told[-1].value in ("left", "right")
    if head == "turn" and kinds == {"verb", "position"} and sided:
        return [Token("rotation", f"{told[-1].value}?", told[0].start, told[-1].end)]
    turning = head.startswith("turn") and kinds <= _TURNED and (counted or sided)
    if not turning and not ("angle" in kinds and head in _TURNING):
        return run
    verb = Token("verb", "rotate", verbs[0].start, verbs[0].end)
    return [verb if token is verbs[0] else token for token in run]


def _behind(run: Run, folded: str) -> Run:
    """Read "white behind the dog" as what lies behind it, not as "by"."""
    if _nouns(run) & _TEXTS or not any(t.kind in ("color", "file", "tone") for t in run):
        return run
    return [
        Token("atop", "behind", t.start, t.end)
        if t.kind == "prep" and _text(t, folded) == "behind"
        else t
        for t in run
    ]


def _told(run: Run) -> Run:
    return [t for t in run if t.kind not in _IDLE and t.kind != "sep"]


def _kept_still(run: Run, folded: str) -> Run:
    """Read "photo 1 should stay still", "all photos still" as no motion."""
    told = _told(run)
    if len(told) < _PAIR or _text(told[-1], folded) not in ("still", "steady"):
        return run
    keeps = [t for t in told if (t.kind, t.value) == ("verb", "keep")][:1]
    lone = told[-2].kind in ("noun", "place")
    lone = lone and not any(t.kind in ("verb", "quote", "number") for t in told)
    if not keeps and not lone:
        return run
    still = Token("reset", "motion", told[-1].start, told[-1].end)
    return [still if t is told[-1] else t for t in run if t not in keeps]


def _unmoving(run: Run, folded: str) -> Run:
    """Read "don't animate the photos", "I don't want the photos to move" as no motion."""
    told = _told(run)
    if not _nouns(run) & {"photo", "photos"} or _nouns(run) & _TEXTS:
        return run
    topics = [t for t in run if (t.kind, t.value) == ("topic", "animate")]
    offs = [t for t in told if _takes_off(t, folded) or t.kind in ("cancel", "negation")]
    offs = offs or _switched_off(run, folded)
    moves = told[-1].value == "move" or _text(told[-1], folded) in ("动", "zoom")
    if len(topics) == len(offs) == 1:
        mark = topics[0]
    elif moves and any(t.kind == "negation" for t in told):
        mark = told[-1]
    else:
        return run
    still = Token("reset", "motion", mark.start, mark.end)
    named = ("noun", "place", "scope", "file", *_MARKS)
    return [still if t is mark else t for t in run if t is mark or t.kind in named]


def _stopped(run: Run, folded: str) -> Run:
    """Read "stop the photos from moving": what is stopped is the motion, not the wish."""
    told = _told(run)
    if not told or told[0].kind != "negation" or _text(told[0], folded) != "stop":
        return run
    if any((t.kind, t.value) == ("reset", "motion") for t in told[1:]):
        return [t for t in run if t is not told[0]]
    if told[-1].kind != "motion":
        return run
    off = Token("verb", "mute", told[0].start, told[0].end)
    return [off if t is told[0] else t for t in run]


_READERS: Final = (
    _pushed,
    _graded,
    _cropped,
    _filled,
    _hashed,
    _by_degrees,
    _sides,
    _turn,
    _behind,
    _kept_still,
    _unmoving,
    _stopped,
)
