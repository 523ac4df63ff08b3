"""WebVTT's cue settings (``line:10% align:start``) as a text style, and back. Pure.

Source: WebVTT, https://www.w3.org/TR/webvtt1/, 3.2 cue settings and 7.2 processing them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from nemo_nb.timeline.styles import TextStyle, resolve

_SETTING: Final = re.compile(r"(?<!\S)(vertical|line|position|size|align|region):(\S+)")
_PERCENT: Final = re.compile(r"(\d+(?:\.\d+)?)%")
_LINE_NUMBER: Final = re.compile(r"-?\d+")
# A line is 5.33 % of the picture's height, "Obtain CSS boxes", 7.1.
_LINE_PERCENT: Final = 5.33
_ALIGN: Final = {
    "start": "left",
    "left": "left",
    "center": "center",
    "middle": "center",
    "end": "right",
    "right": "right",
}
_ROWS: Final = {"start": "top", "center": "middle", "end": "bottom"}
_COLUMNS: Final = {"line-left": "left", "center": "center", "line-right": "right"}
_SIDES: Final = {side: setting for setting, side in _COLUMNS.items()}
_LINES: Final = {row: setting for setting, row in _ROWS.items()}
# What a style holds of it; a cue that states none has no settings.
_PLACES: Final = frozenset(("position", "x", "y", "align", "max_width"))


def style_of_settings(text: str) -> tuple[dict[str, Any], list[str]]:
    """Return the style that cue settings ask for, and what of them a style cannot hold.

    Args:
        text: What stands behind a cue's times.
    """
    given = dict(_SETTING.findall(text))
    style: dict[str, Any] = {}
    left_out = [f"{name}:{given[name]}" for name in ("vertical", "region") if name in given]
    align = _ALIGN.get(given.get("align", ""))
    if align:
        style["align"] = align
    row, column = "bottom", align or "center"
    if "line" in given:
        row = _line(given["line"], style, left_out)
    if "position" in given:
        where, _, anchor = given["position"].partition(",")
        if percent := _PERCENT.fullmatch(where):
            style["x"] = float(percent[1])
            column = _COLUMNS.get(anchor, column)
        else:
            left_out.append(f"position:{given['position']}")
    if percent := _PERCENT.fullmatch(given.get("size", "")):
        style["max_width"] = float(percent[1])
    if style.keys() - {"max_width"} or row != "bottom":
        style["position"] = _place(row, column)
    return style, left_out


def settings_of(style: Mapping[str, Any], role: str) -> str:
    """Return the cue settings of a style dict, with a space before; "" where it states none."""
    look = resolve(style, role)
    if not _PLACES & style.keys() and look.position == TextStyle().position:
        return ""
    row, column = _parted(look.position)
    parts: list[str] = []
    if look.y is not None:
        parts.append(f"line:{look.y:g}%,{_LINES[row]}")
    elif row != "bottom":
        parts.append("line:0" if row == "top" else "line:50%,center")
    if look.x is not None:
        parts.append(f"position:{look.x:g}%,{_SIDES[column]}")
    elif column != "center":
        parts.append(f"position:{0 if column == 'left' else 100}%,{_SIDES[column]}")
    if "max_width" in style:
        parts.append(f"size:{min(max(look.max_width, 0), 100):g}%")
    if look.align != "center" or "align" in style:
        parts.append(f"align:{look.align}")
    return "".join(f" {part}" for part in parts)


def _line(value: str, style: dict[str, Any], left_out: list[str]) -> str:
    """Read ``line`` into *style*; return the row of places it anchors at."""
    where, _, anchor = value.partition(",")
    row = _ROWS.get(anchor, "top")
    if percent := _PERCENT.fullmatch(where):
        if (row, float(percent[1])) == ("middle", 50.0):
            return row
        style["y"] = float(percent[1])
        return row
    if not _LINE_NUMBER.fullmatch(where):
        left_out.append(f"line:{value}")
        return "bottom"
    number = int(where)
    if number >= 0:
        if number:
            style["y"] = round(min(100.0, number * _LINE_PERCENT), 2)
        return "top"
    if number < -1:
        style["y"] = round(max(0.0, 100 + (number + 1) * _LINE_PERCENT), 2)
    return "bottom"


def _place(row: str, column: str) -> str:
    """Return the place for a row and a column."""
    parts = [part for part in (row, column) if part not in ("middle", "center")]
    return "-".join(parts) or "middle"


def _parted(position: str) -> tuple[str, str]:
    """Return the row and column of a place."""
    words = position.split("-")
    row = next((word for word in words if word in ("top", "bottom")), "middle")
    return row, next((word for word in words if word in ("left", "right")), "center")
