"""Which pictures a clause means, and by how much it turns something up or down."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from nemo_nb.studio.agent.clauses import Clause
from nemo_nb.studio.agent.intents import Timing, Which
from nemo_nb.studio.agent.reading import places_of, timing_of
from nemo_nb.studio.agent.tokens import Token

# One step where nobody says by how much; grey and sepia are taken whole.
_STEPS: Final = {"sharpen": 40.0, "blur": 40.0, "grayscale": 100.0, "sepia": 100.0}
_STEP: Final = 20.0
_WHOLE: Final = frozenset({"grayscale", "sepia"})
_UP: Final = (
    ("sign", "+"),
    ("grow", "1.25"),
    ("grow", "1.6"),
    ("verb", "louder"),
    ("verb", "add"),
    ("position", "top"),
)
_DOWN: Final = (
    ("sign", "-"),
    ("grow", "0.8"),
    ("grow", "0.625"),
    ("verb", "quieter"),
    ("position", "bottom"),
)
_MUCH: Final = frozenset({"1.6", "0.625"})


def which_of(clause: Clause) -> Which:
    """Return which pictures, or what lies over them, *clause* names."""
    file = next((str(t.value) for t in clause.all("file")), None)
    over = clause.all("overlay")
    noun = str(over[0].value) if over else ""
    if not noun and "photo" in clause.nouns:
        noun = "photo"
    if not noun and "video" in clause.nouns:
        noun = "video"
    every = clause.has("scope", "each", "others") or "photos" in clause.nouns
    if "ownsound" in clause.nouns:
        noun = "video"
    one = clause.has("oneof")
    return Which(places_of(clause), file, noun, "it" in clause.nouns, every and not one)


def part_of(clause: Clause) -> Timing:
    """Return the part of the cut that *clause* names; a length alone is no part."""
    told = Clause(tuple(t for t in clause.tokens if t.kind not in ("number", "fade")))
    timing = timing_of(told)
    lone = timing.duration_ms is not None and timing.edge is None and timing.start_ms is None
    if lone or timing.whole:
        return Timing(edge=None)
    return replace(timing, place=None)


def counted_of(clause: Clause) -> Which:
    """Return which pictures are counted or named; a part of one of them counts within it."""
    every = clause.has("scope", "each") and bool(clause.nouns & {"photo", "video"})
    file = next((str(t.value) for t in clause.all("file")), None)
    noun = "photo" if "photo" in clause.nouns else "video"
    places = places_of(clause)
    return Which(places, file, noun, every=True) if every else Which(places, file)


def sign_of(token: Token) -> int:
    """Return 1 for "more", -1 for "less", 0 for what says neither."""
    pair = (token.kind, str(token.value))
    return 1 if pair in _UP else -1 if pair in _DOWN else 0


def adjustments(  # noqa: C901, PLR0912, PLR0915 - one branch a kind of token
    clause: Clause,
) -> tuple[dict[str, float], bool, list[str]]:
    """Return the changes of colour that *clause* asks for.

    Returns:
        The amount by adjustment; whether the amounts are where to be, and not by how much to
        go; and the adjustments that are named without a direction.
    """
    changes: dict[str, float] = {}
    open_ended: list[str] = []
    absolute = False
    sign, degree, amount, to = 0, 1.0, None, False
    last: str | None = None
    lessened: set[str] = set()
    before: Token | None = None
    field_before: str | None = None
    group: list[str] = []  # what the last direction or amount was said of
    led = False  # amounts stand before what they are of: "10% brighter, 15% cooler"
    for index, token in enumerate(clause.tokens):
        apart = before is not None and token.start - before.end > 1
        named = field_before if token.kind not in ("adjust", "tone") else None
        field_before = str(token.value).rstrip("+-") if token.kind == "adjust" else None
        before = token
        if token.kind in ("adjust", "tone"):
            field = str(token.value).rstrip("+-")
            way = {"+": 1, "-": -1}.get(str(token.value)[-1:], 0)
            if token.kind == "tone" and not _signed(clause, index):
                sign = 0  # "less contrast but brighter"
            way = way * (sign or 1) if way else sign
            if amount is None and way == 0:
                open_ended.append(field)
            else:
                changes[field] = _amount(field, way, degree, amount)
                lessened |= {field} if degree < 1 else set()
                absolute = absolute or field in _WHOLE
            if token.kind == "tone":
                sign = 0
            last, degree, amount = field, 1.0, None
        elif token.kind in ("percent", "number"):
            value = float(token.value)
            if last is None or (led and last not in open_ended):
                amount, led = value, True
                continue
            known = changes.get(last, 0.0)
            absolute = absolute or not value or (to and not sign_free(clause))
            amount_of = -value if known < 0 or (last in open_ended and sign < 0) else value
            if last in open_ended:
                group, open_ended = open_ended, []
                absolute = absolute or not (sign or value < 0 or _is_signed(token))
            changes |= dict.fromkeys(group if last in group else [last], amount_of)
        elif token.kind == "degree":
            if last is not None and degree == 1.0 and last in changes and not apart:
                slight = float(token.value) < 1 and last in lessened
                changes[last] *= 1.0 if slight else float(token.value)  # 稍微提亮一点
            else:
                degree = float(token.value)
        elif token.kind == "prep":
            to = token.value == "to"
        elif sign_of(token):
            sign = sign_of(token)
            if str(token.value) in _MUCH:
                degree = 2.0
            after = named is not None and last == named and not apart  # "brightness up", 亮度提高
            after = after and not (signed_first(clause) and _goes_before(clause, index))
            if last is not None and last in open_ended:  # 饱和度和对比度都降一点: both
                changes |= {field: _amount(field, sign, degree, None) for field in open_ended}
                group, open_ended = open_ended, []
            elif last is not None and after and last in changes:
                changes[last] = _amount(last, sign, degree, None)
    held = {field: max(-100.0, min(100.0, value)) for field, value in changes.items()}
    if any(abs(value) > 100 for value in changes.values()):  # noqa: PLR2004 - percent
        held = changes
    return held, absolute, open_ended


def signed_first(clause: Clause) -> bool:
    """Whether a direction stands before the first thing that it is of: "less brightness …"."""
    told = [t for t in clause.tokens if sign_of(t) or t.kind in ("adjust", "tone")]
    return bool(told) and told[0].kind not in ("adjust", "tone")


def _signed(clause: Clause, index: int) -> bool:
    """Whether a direction stands right before the token at *index*: "less bright"."""
    told = [t for t in clause.tokens[:index] if t.kind not in ("filler", "degree", "polite", "sep")]
    after = [t.kind for t in told[-2:-1]] == ["adjust"] and not signed_first(clause)
    led = bool(told) and bool(sign_of(told[-1])) and not after  # 饱和度低一点 暖一点
    return not told or led or told[-1].kind == "tone"


def _goes_before(clause: Clause, index: int) -> bool:
    """Whether the direction at *index* is of what follows it: "… more contrast"."""
    rest = [t for t in clause.tokens[index + 1 :] if t.kind not in ("filler", "degree", "polite")]
    return bool(rest) and rest[0].kind in ("adjust", "tone")


def sign_free(clause: Clause) -> bool:
    """Whether *clause* says "by" and not "to"."""
    return clause.has("prep", "by")


def _is_signed(token: Token) -> bool:
    """Whether the number was written with its sign: "+20"."""
    plain = f"{float(token.value):g}"
    return token.end - token.start > len(plain) + (token.kind == "percent")


def _amount(field: str, sign: int, degree: float, amount: float | None) -> float:
    if amount is not None:
        return amount if sign >= 0 or amount < 0 else -amount
    step = _STEPS.get(field, _STEP)
    if field in _WHOLE and degree < 1:
        step = 80.0
    return max(-100.0, min(100.0, (sign or 1) * step * degree))
