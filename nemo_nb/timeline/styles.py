"""How a text segment looks: the style dict of a draft (`m.style`) as one typed record.

A style on the wire is a dict: an optional ``preset`` (a name in ``styles.toml``, or in a file
of the user's own, see :func:`load`) and any fields that differ from it. Unknown keys are
ignored here and kept in the draft.
"""

from __future__ import annotations

import math
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal, cast, get_args, get_type_hints

from nemo_nb.errors import ConfigError

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

Move = Literal["", "slide-up", "slide-down", "slide-left", "slide-right", "pop"]
Entrance = Literal[Move, "typewriter", "words"]

FONTS: Final = (
    "Noto Sans",
    "Montserrat",
    "Fredoka",
    "Oswald",
    "Anton",
    "Bangers",
    "Playfair Display",
    "Caveat",
    "Pacifico",
    "JetBrains Mono",
)
"""The families that ship with the studio; the first one draws what the others lack."""

CAPTION_PRESET: Final = "clean-white"
TITLE_PRESET: Final = "headline"

STYLE_FILES: Final = "NEMO_STYLES"
"""The environment variable that names the user's style files, as ``PATH`` names folders."""


@dataclass(frozen=True, slots=True)
class TextStyle:
    """A resolved text style; the units are those of ``styles.toml``."""

    preset: str = CAPTION_PRESET
    title: str = ""
    title_zh: str = ""
    font: str = FONTS[0]
    font_file: str = ""
    weight: int = 400
    size: float = 5.0
    color: str = "#ffffff"
    stroke: str = ""
    stroke_width: float = 8.0
    box: str = ""
    padding: float = 35.0
    radius: float = 20.0
    shadow: str = ""
    shadow_blur: float = 6.0
    shadow_drop: float = 4.5
    align: Literal["left", "center", "right"] = "center"
    position: Position = "bottom"
    x: float | None = None
    y: float | None = None
    margin: float = 8.0
    safe_area: Literal["auto", "off"] = "auto"
    max_width: float = 82.0
    line_height: float = 1.25
    letter_spacing: float = 0.0
    fade_ms: int = 0
    animation: Entrance = ""
    exit: Move = ""
    animation_ms: int = 0
    karaoke: Literal["", "word", "fill"] = ""
    highlight: str = "#ffd60a"
    highlight_box: str = ""


_FIELDS: Final = {field.name: field for field in fields(TextStyle)}
_WHOLE: Final = {name for name, field in _FIELDS.items() if field.type == "int"}
_NUMBERS: Final = _WHOLE | {
    name for name, field in _FIELDS.items() if str(field.type).startswith("float")
}
_CHOICES: Final[dict[str, tuple[Any, ...]]] = {
    name: get_args(hint)
    for name, hint in get_type_hints(TextStyle).items()
    if name not in _NUMBERS and get_args(hint)
}
# Further out nothing is a number of anything here, and it still fits every integer type.
_MOST: Final = 1e9


def presets() -> dict[str, TextStyle]:
    """Return the named styles: those of ``styles.toml`` in its order, then the user's.

    Raises:
        ConfigError: A file named by ``NEMO_STYLES`` cannot be used.
    """
    return _presets(os.environ.get(STYLE_FILES, ""))


def load(path: str | os.PathLike[str]) -> tuple[str, ...]:
    """Add the styles of a ``.toml`` file, for this process and those it starts.

    Each table is a style dict: its name becomes the preset's, ``preset`` names the one it
    changes (missing: ``clean-white``). ``font_file`` is a path, relative to the file. A name
    that exists is replaced. The file joins ``NEMO_STYLES``; a studio on another machine needs
    that variable there.

    Returns:
        The names in the file.

    Raises:
        ConfigError: It cannot be read, or holds what is no style.
    """
    full = Path(path).expanduser().resolve()
    names = tuple(_read(full, presets()))
    named = [part for part in os.environ.get(STYLE_FILES, "").split(os.pathsep) if part]
    os.environ[STYLE_FILES] = os.pathsep.join([*(p for p in named if p != str(full)), str(full)])
    _presets.cache_clear()
    return names


def resolve(style: Mapping[str, Any] | None, role: str = "caption") -> TextStyle:
    """Return the full style for a draft's style dict; values that mean nothing are left out.

    Args:
        style: ``m.style`` of a text segment, or None.
        role: ``caption`` or ``title``: which preset stands behind missing fields.
    """
    given = style or {}
    known = presets()
    fallback = known[TITLE_PRESET if role == "title" else CAPTION_PRESET]
    name = given.get("preset")
    base = known.get(name, fallback) if isinstance(name, str) else fallback
    values = _usable(given)
    # A draft may come over the network: it names fonts of its media pool, no files.
    if {"/", "\\"} & set(values.get("font_file", "")):
        del values["font_file"]
    return replace(base, **values)


@lru_cache(maxsize=2)
def _presets(style_files: str) -> dict[str, TextStyle]:
    text = files("nemo_nb.timeline").joinpath("styles.toml").read_text("utf-8")
    known = {
        name: replace(TextStyle(preset=name), **_usable(values))
        for name, values in tomllib.loads(text).items()
    }
    for part in style_files.split(os.pathsep):
        if part.strip():
            known |= _read(Path(part.strip()).expanduser(), known)
    return known


def _read(path: Path, known: Mapping[str, TextStyle]) -> dict[str, TextStyle]:
    """Return the styles of the user's file *path*."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _unusable(path, str(error)) from error
    result: dict[str, TextStyle] = {}
    for name, values in table.items():
        if not isinstance(values, dict):
            raise _unusable(path, f"{name} is no table of fields.")
        given = cast("dict[str, Any]", values)
        usable = _usable(given)
        like = given.get("preset", CAPTION_PRESET)
        base = {**known, **result}.get(like) if isinstance(like, str) else None
        wrong = [*sorted(given.keys() - usable.keys() - {"preset"}), *([] if base else ["preset"])]
        if base is None or wrong:
            raise _unusable(path, f"[{name}] has no use for this {', '.join(wrong)}.")
        if file := usable.get("font_file"):
            usable["font_file"] = str(path.parent / file)
        result[name] = replace(base, **{"title": name, "title_zh": name, **usable, "preset": name})
    return result


def _unusable(path: Path, why: str) -> ConfigError:
    return ConfigError(
        f"The style file {path.name} cannot be used.",
        why,
        f"Mend it, or take it out of {STYLE_FILES}; docs/draft.md lists the fields of a style.",
    )


def _usable(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that *values* gives in a usable form."""
    usable: dict[str, Any] = {}
    for name, value in values.items():
        if name not in _FIELDS or name == "preset":
            continue
        if name in _NUMBERS:
            if not isinstance(value, (int, float)) or isinstance(value, bool):
                continue
            if abs(value) <= _MOST and not math.isnan(value):
                usable[name] = round(value) if name in _WHOLE else float(value)
        elif isinstance(value, str) and value in _CHOICES.get(name, (value,)):
            usable[name] = value
    return usable
