"""How a text segment looks: the style dict of a draft (`m.style`) as one typed record.

A style on the wire is a dict: an optional ``preset`` (a name in ``styles.toml``) and any
fields that differ from it. Unknown keys are ignored here and kept in the draft.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, get_args

Position = Literal[
    "top-left",
    "top",
    "top-right",
    "left",
    "middle",
    "right",
    "bottom-left",
    "bottom",
    "bottom-right",
]
POSITIONS: Final[tuple[Position, ...]] = get_args(Position)

CAPTION_PRESET: Final = "clean-white"
TITLE_PRESET: Final = "headline"


@dataclass(frozen=True, slots=True)
class TextStyle:
    """A resolved text style; the units are those of ``styles.toml``."""

    preset: str = CAPTION_PRESET
    title: str = ""
    title_zh: str = ""
    font: str = "Noto Sans"
    weight: int = 400
    size: float = 5.0
    color: str = "#ffffff"
    stroke: str = ""
    stroke_width: float = 8.0
    box: str = ""
    padding: float = 35.0
    radius: float = 20.0
    shadow: str = ""
    align: Literal["left", "center", "right"] = "center"
    position: Position = "bottom"
    margin: float = 8.0
    max_width: float = 82.0
    line_height: float = 1.25
    fade_ms: int = 0


_FIELDS: Final = {field.name: field for field in fields(TextStyle)}
_NUMBERS: Final = {name for name, field in _FIELDS.items() if field.type in ("int", "float")}


@cache
def presets() -> dict[str, TextStyle]:
    """Return the named styles, in the order of ``styles.toml``."""
    table = tomllib.loads(files("nemo_nb.timeline").joinpath("styles.toml").read_text("utf-8"))
    return {name: _overlay(TextStyle(preset=name), values) for name, values in table.items()}


def resolve(style: Mapping[str, Any] | None, role: str = "caption") -> TextStyle:
    """Return the full style for a draft's style dict.

    Args:
        style: ``m.style`` of a text segment, or None.
        role: ``caption`` or ``title``: which preset stands behind missing fields.
    """
    given = style or {}
    fallback = TITLE_PRESET if role == "title" else CAPTION_PRESET
    name = given.get("preset", fallback)
    base = presets().get(name if isinstance(name, str) else fallback, presets()[fallback])
    return _overlay(base, given)


def _overlay(base: TextStyle, values: Mapping[str, Any]) -> TextStyle:
    """Replace the fields of *base* that *values* gives in a usable form."""
    usable: dict[str, Any] = {}
    for name, value in values.items():
        if name not in _FIELDS or name == "preset":
            continue
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if name in _NUMBERS and number:
            usable[name] = int(value) if _FIELDS[name].type == "int" else float(value)
        elif name == "position":
            if value in POSITIONS:
                usable[name] = value
        elif name not in _NUMBERS and isinstance(value, str):
            usable[name] = value
    return replace(base, **usable)
