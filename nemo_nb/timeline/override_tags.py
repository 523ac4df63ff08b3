r"""ASS override tags (``{\an8\pos(960,200)\fad(300,300)}``) as a text style, and back. Pure.

Tags before the first word hold for the whole cue; what a style can hold of them is taken over.
Source: https://aegisub.org/docs/latest/ass_tags/.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from nemo_nb.models import Canvas
from nemo_nb.timeline.styles import Position, TextStyle

# ASS aligns as the number pad lies; draft positions are words.
POSITION_BY_NUMPAD: Final[dict[int, Position]] = {
    1: "bottom-left",
    2: "bottom",
    3: "bottom-right",
    4: "left",
    5: "middle",
    6: "right",
    7: "top-left",
    8: "top",
    9: "top-right",
}
NUMPAD: Final = {position: key for key, position in POSITION_BY_NUMPAD.items()}

# Players size an ASS font by its line (OS/2 winAscent + winDescent: 1069 + 293 of 1000 in
# Noto Sans), a draft by its em.
LINE_PER_EM: Final = 1.362

_BLOCK: Final = re.compile(r"\{([^}]*)\}")
_TAG: Final = re.compile(r"\\([1-4]?[a-zA-Z]+?)(\([^)]*\)|(?=[-\d&\\]|$)[^\\(]*)")
_HEX: Final = re.compile(r"&?H?([0-9A-Fa-f]{1,6})&?$")
_IN_WORDS: Final = {
    **dict.fromkeys(("i", "u", "s", "b"), "emphasis"),
    **dict.fromkeys(("c", "1c", "2c", "3c", "4c", "alpha", "1a", "2a", "3a", "4a"), "colours"),
    **dict.fromkeys(("k", "K", "kf", "ko"), "karaoke"),
    **dict.fromkeys(("move", "t"), "movement"),
    **dict.fromkeys(("fad", "fade"), "unequal fades"),
    **dict.fromkeys(("fr", "frx", "fry", "frz"), "rotation"),
    **dict.fromkeys(("clip", "iclip"), "clipping"),
    "fn": "fonts",
    "fs": "sizes",
}
# How a player wraps or resets is nothing that anybody sees here.
_SILENT: Final = frozenset(("q", "r", "fe", "p"))


@dataclass(frozen=True, slots=True)
class Sheet:
    """The size of the picture that a file's numbers refer to."""

    width: float
    height: float

    def size(self, font_size: float) -> float:
        """Return an ASS font size as percent of the short side."""
        return round(font_size / LINE_PER_EM / min(self.width, self.height) * 100, 2)


def style_of_tags(text: str, sheet: Sheet) -> tuple[dict[str, Any], list[str]]:
    """Return the style that the tags of an ASS text ask for, and what of them it cannot hold."""
    style: dict[str, Any] = {}
    left_out: list[str] = []
    at = 0
    for block in _BLOCK.finditer(text):
        leads = block.start() == at
        at = block.end() if leads else -1
        for name, value in _TAG.findall(block[1]):
            read = _READ.get(name) if leads else None
            found = read(value.strip("()"), sheet) if read else None
            if found is not None:
                style |= found
            elif name not in _SILENT and not (name in ("b", "i", "u", "s") and value == "0"):
                left_out.append(_IN_WORDS.get(name, f"\\{name}"))
    return style, list(dict.fromkeys(left_out))


def tags_of(look: TextStyle, canvas: Canvas) -> str:
    """Return the tags for what an ASS style has no place for: a point, and a fade."""
    tags = ""
    if look.x is not None or look.y is not None:
        row, column = divmod(NUMPAD[look.position] - 1, 3)
        side = look.margin / 100 * canvas.short_side
        # Where one is open the text keeps the place that its position names.
        x = (side, canvas.width / 2, canvas.width - side)[column]
        y = (canvas.height - side, canvas.height / 2, side)[row]
        x = x if look.x is None else look.x / 100 * canvas.width
        y = y if look.y is None else look.y / 100 * canvas.height
        tags += f"\\pos({x:.0f},{y:.0f})"
    if look.fade_ms > 0:
        tags += f"\\fad({look.fade_ms},{look.fade_ms})"
    return f"{{{tags}}}" if tags else ""


def _numbers(value: str) -> list[float]:
    try:
        return [float(part) for part in value.split(",")]
    except ValueError:
        return []


def _place(value: str, _: Sheet) -> dict[str, Any] | None:
    numbers = _numbers(value)
    position = POSITION_BY_NUMPAD.get(int(numbers[0])) if len(numbers) == 1 else None
    return None if position is None else {"position": position}


def _point(value: str, sheet: Sheet) -> dict[str, Any] | None:
    numbers = _numbers(value)
    if len(numbers) != 2:  # noqa: PLR2004 - x and y
        return None
    x, y = numbers
    return {"x": round(x / sheet.width * 100, 2), "y": round(y / sheet.height * 100, 2)}


def _fade(value: str, _: Sheet) -> dict[str, Any] | None:
    numbers = _numbers(value)
    # A style fades in and out alike.
    alike = len(numbers) == 2 and numbers[0] == numbers[1] >= 0  # noqa: PLR2004 - in and out
    return {"fade_ms": round(numbers[0])} if alike else None


def _colour(value: str, _: Sheet) -> dict[str, Any] | None:
    digits = _HEX.fullmatch(value.strip())
    if digits is None:
        return None
    blue, green, red = bytes.fromhex(digits[1].zfill(6))
    return {"color": f"#{red:02x}{green:02x}{blue:02x}"}


def _size(value: str, sheet: Sheet) -> dict[str, Any] | None:
    numbers = _numbers(value)
    return {"size": sheet.size(numbers[0])} if len(numbers) == 1 and numbers[0] > 0 else None


def _weight(value: str, _: Sheet) -> dict[str, Any] | None:
    numbers = _numbers(value)
    if len(numbers) != 1:
        return None
    (weight,) = numbers
    return {"weight": {0: 400, 1: 700}.get(int(weight), int(weight))}


_READ: Final[dict[str, Callable[[str, Sheet], Mapping[str, Any] | None]]] = {
    "an": _place,
    "pos": _point,
    "fad": _fade,
    "c": _colour,
    "1c": _colour,
    "fs": _size,
    "b": _weight,
}
