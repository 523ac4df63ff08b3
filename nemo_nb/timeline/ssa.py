"""Text styles as SubStation (ASS) styles, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pysubs2

from nemo_nb.models import Canvas
from nemo_nb.timeline.draft import number
from nemo_nb.timeline.styles import Position, presets, resolve

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
_NUMPAD: Final = {position: key for key, position in POSITION_BY_NUMPAD.items()}

# Players size an ASS font by its line (OS/2 winAscent + winDescent: 1069 + 293 of 1000 in
# Noto Sans), a draft by its em.
_LINE_PER_EM: Final = 1.362
_BOX: Final = 3
# What a player assumes where a file does not say (libass, after VSFilter).
_PLAY_RES_Y: Final = 288


def name_of(
    role: str, style: Mapping[str, Any], taken: Mapping[str, pysubs2.SSAStyle], canvas: Canvas
) -> str:
    """Return the name under which *style* stands in a file: ``title/headline``.

    A style that is its preset with changes gets a number behind; a name is used again only
    for the same look.
    """
    base = f"{role}/{resolve(style, role).preset}"
    if not _changes(style):
        return base
    look = ssa_style(role, style, canvas)
    count = 2
    while taken.get(f"{base} {count}", look) != look:
        count += 1
    return f"{base} {count}"


def ssa_style(role: str, style: Mapping[str, Any], canvas: Canvas) -> pysubs2.SSAStyle:
    """Return the ASS style that looks most like *style* on *canvas*."""
    look = resolve(style, role)
    em = look.size / 100 * canvas.short_side
    side = round((100 - look.max_width) / 200 * canvas.width)
    edge = look.box or look.stroke
    return pysubs2.SSAStyle(
        fontname=look.font,
        fontsize=round(em * _LINE_PER_EM, 1),
        bold=look.weight >= 600,  # noqa: PLR2004 - semi-bold and up, as CSS has it
        primarycolor=_color(look.color),
        outlinecolor=_color(edge or "#000000"),
        backcolor=_color(look.shadow or "#00000000"),
        borderstyle=_BOX if look.box else 1,
        outline=round((look.padding if look.box else look.stroke_width) / 100 * em, 1)
        if edge
        else 0,
        shadow=round(em / 24, 1) if look.shadow else 0,
        alignment=pysubs2.Alignment(_NUMPAD[look.position]),
        marginl=side,
        marginr=side,
        marginv=round(look.margin / 100 * canvas.short_side),
    )


def role_and_style(name: str, file: pysubs2.SSAFile) -> tuple[str, dict[str, Any]]:
    """Return the role and the style dict of a style of *file*.

    The names this package writes give their preset back; any other style gives colour,
    weight, size, edge and position. Font families are left to the renderer.
    """
    head, _, rest = name.partition("/")
    role = "title" if head.strip().lower() in ("title", "titles") else "caption"
    if rest in presets():
        return role, {"preset": rest}
    style = file.styles.get(name)
    if style is None:
        return role, {}
    height = number(file.info.get("PlayResY")) or _PLAY_RES_Y
    width = number(file.info.get("PlayResX")) or height
    em = style.fontsize / _LINE_PER_EM
    result: dict[str, Any] = {
        "color": _hex(style.primarycolor),
        "weight": 700 if style.bold else 400,
        "size": round(em / min(width, height) * 100, 2),
        "position": POSITION_BY_NUMPAD[int(style.alignment)],
        "stroke": "",
        "box": "",
    }
    if style.borderstyle == _BOX:
        result["box"] = _hex(style.outlinecolor)
    elif style.outline > 0 and em > 0:
        result |= {
            "stroke": _hex(style.outlinecolor),
            "stroke_width": round(style.outline / em * 100, 2),
        }
    preset = rest.rpartition(" ")[0]
    return role, {"preset": preset, **result} if preset in presets() else result


def _changes(style: Mapping[str, Any]) -> bool:
    return any(key != "preset" for key in style)


def _color(value: str) -> pysubs2.Color:
    """Return ``#rrggbb`` or ``#rrggbbaa`` as an ASS colour, whose alpha is transparency."""
    digits = value.lstrip("#")
    try:
        red, green, blue = (int(digits[at : at + 2], 16) for at in (0, 2, 4))
        opacity = int(digits[6:8], 16) if len(digits) >= 8 else 255  # noqa: PLR2004 - rrggbbaa
    except ValueError:
        return pysubs2.Color(255, 255, 255)
    return pysubs2.Color(red, green, blue, 255 - opacity)


def _hex(color: pysubs2.Color) -> str:
    alpha = "" if color.a == 0 else f"{255 - color.a:02x}"
    return f"#{color.r:02x}{color.g:02x}{color.b:02x}{alpha}"
