"""Text styles as SubStation (ASS) styles, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pysubs2

from nemo_nb.models import Canvas
from nemo_nb.timeline.draft import number
from nemo_nb.timeline.override_tags import LINE_PER_EM, NUMPAD, POSITION_BY_NUMPAD, Sheet
from nemo_nb.timeline.styles import FONTS, presets, resolve

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
        fontsize=round(em * LINE_PER_EM, 1),
        bold=look.weight >= 600,  # noqa: PLR2004 - semi-bold and up, as CSS has it
        primarycolor=_color(look.color),
        outlinecolor=_color(edge or "#000000"),
        backcolor=_color(look.shadow or "#00000000"),
        borderstyle=_BOX if look.box else 1,
        outline=round((look.padding if look.box else look.stroke_width) / 100 * em, 1)
        if edge
        else 0,
        shadow=round(em / 24, 1) if look.shadow else 0,
        alignment=pysubs2.Alignment(NUMPAD[look.position]),
        marginl=side,
        marginr=side,
        marginv=round(look.margin / 100 * canvas.short_side),
    )


def sheet_of(file: pysubs2.SSAFile) -> Sheet:
    """Return the size of the picture that the numbers of *file* refer to."""
    height = number(file.info.get("PlayResY")) or _PLAY_RES_Y
    width = number(file.info.get("PlayResX")) or height
    return Sheet(abs(width), abs(height))


def role_and_style(name: str, file: pysubs2.SSAFile) -> tuple[str, dict[str, Any], list[str]]:
    """Return the role and the style dict of a style of *file*, and what the dict cannot hold.

    The names this package writes give their preset back; any other style gives its look.
    """
    head, _, rest = name.partition("/")
    role = "title" if head.strip().lower() in ("title", "titles") else "caption"
    if rest in presets():
        return role, {"preset": rest}, []
    style = file.styles.get(name)
    if style is None:
        return role, {}, []
    sheet = sheet_of(file)
    short = min(sheet.width, sheet.height)
    em = style.fontsize / LINE_PER_EM
    result: dict[str, Any] = {
        "color": _hex(style.primarycolor),
        "weight": 700 if style.bold else 400,
        "size": sheet.size(style.fontsize),
        "position": POSITION_BY_NUMPAD[int(style.alignment)],
        "margin": round(style.marginv / short * 100, 2),
        "max_width": round(100 - (style.marginl + style.marginr) / sheet.width * 100, 2),
        "stroke": "",
        "box": "",
        "shadow": "",
    }
    if style.fontname in FONTS:
        result["font"] = style.fontname
    if em > 0 and style.spacing:
        result["letter_spacing"] = round(style.spacing / em * 100, 2)
    if style.borderstyle == _BOX:
        result["box"] = _hex(style.outlinecolor)
    elif style.outline > 0 and em > 0:
        result |= {
            "stroke": _hex(style.outlinecolor),
            "stroke_width": round(style.outline / em * 100, 2),
        }
    if style.borderstyle != _BOX and style.shadow > 0 and em > 0:
        result |= {
            "shadow": _hex(style.backcolor),
            "shadow_drop": round(style.shadow / em * 100, 2),
        }
    preset = rest.rpartition(" ")[0]
    if preset in presets():
        return role, {"preset": preset, **result}, []
    left_out = {
        f"the font {style.fontname}": style.fontname not in FONTS,
        "emphasis": style.italic or style.underline or style.strikeout,
        "rotation": bool(style.angle),
        "stretching": (style.scalex, style.scaley) != (100, 100),
    }
    return role, result, [what for what, is_there in left_out.items() if is_there]


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
