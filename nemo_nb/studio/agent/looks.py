"""What a clause says about how a text looks: style, colours, size, place, how it comes and goes."""

from __future__ import annotations

from typing import Any, Final

from nemo_nb.studio.agent.clauses import Clause
from nemo_nb.studio.agent.intents import Look
from nemo_nb.studio.agent.tokens import Token

BOX: Final = "#000000c0"
_STROKE: Final = "#000000"
_SHADOW: Final = "#000000b0"
_DECORATIONS: Final = {"box": BOX, "stroke": _STROKE, "shadow": _SHADOW}
_AS_DECORATION: Final = {"boxed": "box", "outline": "stroke"}
_SHORT_HEX: Final = 4
_MOVING: Final = frozenset({"entrance", "exit", "karaoke", "reset", "fade"})
TEXT_FADE_MS: Final = 400
OWN_FONT: Final = "*"
"""Stands for the font file that was uploaded last: "use my font"."""


def look_of(clause: Clause) -> Look:  # noqa: C901, PLR0912 - one branch a kind of token
    """Return what *clause* says about how a text looks and where it stands."""
    changes: dict[str, Any] = {}
    grow = 1.0
    named = bool(clause.nouns & {"caption", "title", "text"})
    tokens = [token for token in clause.tokens if token.kind not in ("filler", "polite", "degree")]
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        before = tokens[index - 1] if index else None
        value = str(token.value)
        if token.kind == "preset":
            if "preset" in changes and value in _AS_DECORATION:
                changes[_AS_DECORATION[value]] = _DECORATIONS[_AS_DECORATION[value]]
            else:
                changes["preset"] = value
        elif token.kind == "color":
            field = _repainted(tokens[:index]) if following is None else None
            changes[field or _colored(following)] = _long_hex(value)
        elif token.kind == "ground" and named:
            if before is None or before.kind != "color":
                changes["box"] = BOX  # "give the captions a background"
        elif token.kind in ("decoration", "decorated"):
            if before is None or before.kind != "color" or token.kind == "decorated":
                changes[value] = _DECORATIONS[value]
        elif token.kind == "bare":
            changes[value] = ""
        elif token.kind == "weight":
            changes["weight"] = int(value)
        elif token.kind == "position":
            changes["position"] = _place(changes.get("position"), value)
        elif token.kind == "textsize":
            changes["size"] = float(value)
        elif token.kind == "grow":
            grow = float(value)
        elif token.kind in _MOVING:
            changes |= _moving(token)
        elif token.kind == "family":
            changes["font"] = value
        elif token.kind == "file" and value.endswith((".ttf", ".otf")):
            changes["font_file"] = value
        elif token.kind == "ownfont":
            changes["font_file"] = OWN_FONT
    return _with_amounts(clause, changes, grow)


def _with_amounts(clause: Clause, changes: dict[str, Any], grow: float) -> Look:
    """Take in "20 % bigger", "twice as big", "size 8"."""
    if changes == {"stroke": _STROKE} and clause.has("decoration") and "add" not in clause.verbs:
        changes = {"preset": "outline"}  # "outline captions" names the style
    amounts = clause.all("percent")
    if amounts and "size" in changes and grow == 1.0 and clause.has("textsize"):
        grow = 0.8 if changes.pop("size") < 5.0 else 1.25  # noqa: PLR2004 - 字幕大20%
    if grow != 1.0 and amounts:
        share = float(amounts[0].value) / 100
        grow = 1 + share if grow > 1 else max(1 - share, 0.01)
    if amounts and grow == 1.0 and "size" in clause.nouns and clause.has("prep", "at"):
        return Look(changes, float(amounts[0].value) / 100)  # "at 80% size"
    factors = clause.all("factor", "times", "rounds")
    if factors and "size" in clause.nouns and "size" not in changes and grow == 1.0:
        return Look(changes, float(factors[0].value) or 1.0)  # "title half the size"
    if factors and ("size" in changes or grow != 1.0):
        factor = float(factors[0].value)
        factor = 2.0 if factor == 1 and grow != 1.0 else factor  # 放大一倍: by once as much
        grow = 1 / factor if factor and (grow < 1 or changes.get("size", 5.0) < 5.0) else factor  # noqa: PLR2004 - letters smaller than the usual 5 %
        changes.pop("size", None)
    numbers = clause.all("number")
    if "size" in clause.nouns and numbers:
        changes["size"] = float(numbers[-1].value)
    return Look(changes, grow)


def _moving(token: Token) -> dict[str, Any]:
    """Return how a text comes, goes or is sung along with."""
    value = str(token.value)
    if token.kind == "entrance":
        return {"animation": value}
    if token.kind == "reset":
        return {"animation": "", "exit": "", "karaoke": ""} if value == "animation" else {}
    if token.kind == "fade":
        return {"fade_ms": TEXT_FADE_MS}
    return {token.kind: value}


def _repainted(before: list[Token]) -> str | None:
    """Return the decoration that a colour at the end is for: 把底换成白的."""
    decorated = next((n for n, t in enumerate(before) if t.kind == "decoration"), None)
    if decorated is None:
        return None
    between = before[decorated + 1 :]
    changed = any(t.kind == "verb" and t.value in ("change", "make", "set") for t in between)
    return str(before[decorated].value) if changed else None


def _colored(following: Token | None) -> str:
    """Return the field a colour is about: of what follows it, else of the letters."""
    if following is None or following.kind not in ("decoration", "ground"):
        return "color"
    return "box" if following.kind == "ground" else str(following.value)


def _long_hex(value: str) -> str:
    if len(value) == _SHORT_HEX:
        return "#" + "".join(char * 2 for char in value[1:])
    return value


def _place(known: object, value: str) -> str:
    """Join "top" and "left", said apart, to one place."""
    for rows, columns in (((known,), (value,)), ((value,), (known,))):
        if rows[0] in ("top", "bottom") and columns[0] in ("left", "right"):
            return f"{rows[0]}-{columns[0]}"
    return value
