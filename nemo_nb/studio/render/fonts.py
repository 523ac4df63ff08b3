"""The fonts that ship with the package, and which of them draws a character.

``fonts/build_fonts.py`` makes the files; this module loads them once per weight and answers
by their cmaps. A *cluster* (a grapheme: a letter with its marks, an emoji family) is always
drawn by one face, so that marks and joined emoji stay together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from uniseg.derived import default_ignorable_code_point
from uniseg.emoji import emoji_presentation

from nemo_nb.errors import ConfigError
from nemo_nb.studio.render.harfbuzz import hb

FONTS_DIR: Final = Path(__file__).parent / "fonts"

# The order of fallback. Noto Sans draws Latin, Greek, Cyrillic, Vietnamese and Devanagari.
FAMILIES: Final = (
    "NotoSans",
    "NotoSansArabic",
    "NotoSansHebrew",
    "NotoSansThai",
    "NotoSansSC",
    "NotoSansJP",
    "NotoSansKR",
    "NotoSansSymbols2",
    "NotoColorEmoji",
)
EMOJI_FAMILY: Final = "NotoColorEmoji"
HAN_FAMILIES: Final = ("NotoSansSC", "NotoSansJP")

# From this weight on text is drawn bold; CSS picks between 400 and 700 at the same point.
_BOLD_FROM: Final = 550
# Noto's emoji are 1.25 em wide, a quarter more than the text beside them looks good with.
_EMOJI_SCALE: Final = 0.86

_TEXT_PRESENTATION: Final = "\ufe0e"
_EMOJI_PRESENTATION: Final = "\ufe0f"


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One loaded font at one weight.

    Attributes:
        family: A name of :data:`FAMILIES`.
        font: The HarfBuzz font, in font units; never changed after loading, so that threads
            can share it.
        em: How much of an em one font unit is.
    """

    family: str
    font: Any
    em: float

    @property
    def is_emoji(self) -> bool:
        """Whether its glyphs bring their own colours."""
        return self.family == EMOJI_FAMILY


class FontSet:
    """All faces of one weight, found by character."""

    def __init__(self, *, bold: bool) -> None:
        self._faces: dict[int, list[Face]] = {}
        for face in _load(bold=bold):
            for code in face.font.face.unicodes:
                self._faces.setdefault(code, []).append(face)

    def face_for(self, cluster: str, *, beside_han: bool = False) -> Face | None:
        """Return the face that draws *cluster*, or None where no font can.

        Args:
            cluster: One grapheme cluster.
            beside_han: It is punctuation of a Chinese text, which has wide forms.
        """
        shown = [char for char in cluster if not is_ignorable(char)]
        if not shown:
            return self._faces[ord(" ")][0]
        candidates = self._covering("".join(shown)) or self._covering(shown[0])
        wanted = EMOJI_FAMILY if is_emoji(cluster) else HAN_FAMILIES[0] if beside_han else ""
        for face in candidates:
            if face.family == wanted:
                return face
        return candidates[0] if candidates else None

    def covers(self, face: Face, cluster: str) -> bool:
        """Whether *face* has a glyph for every visible character of *cluster*."""
        return face in self._covering("".join(c for c in cluster if not is_ignorable(c)))

    def missing_in(self, face: Face, cluster: str) -> Iterator[str]:
        """Yield the visible characters of *cluster* that *face* has no glyph for."""
        for char in cluster:
            if not is_ignorable(char) and face not in self._faces.get(ord(char), ()):
                yield char

    def _covering(self, chars: str) -> list[Face]:
        lists = [self._faces.get(ord(char), []) for char in dict.fromkeys(chars)]
        if len(lists) == 1:
            return lists[0]
        return (
            [face for face in lists[0] if all(face in rest for rest in lists[1:])] if lists else []
        )


def font_set(weight: int) -> FontSet:
    """Return the fonts for a style's *weight*: regular, or bold from 550 on.

    Raises:
        ConfigError: The fonts were not built.
    """
    return _font_set(weight >= _BOLD_FROM)


@cache
def _font_set(bold: bool) -> FontSet:  # noqa: FBT001 - the key of a cache, called in one place
    return FontSet(bold=bold)


@cache
def is_ignorable(char: str) -> bool:
    """Whether *char* is never drawn itself: joiners, variation selectors, bidi controls."""
    return default_ignorable_code_point(char)


def is_emoji(cluster: str) -> bool:
    """Whether *cluster* asks for the coloured form (UTS #51)."""
    if _EMOJI_PRESENTATION in cluster:
        return True
    return emoji_presentation(cluster[0]) and _TEXT_PRESENTATION not in cluster


def _load(*, bold: bool) -> Iterator[Face]:
    weight = 700 if bold else 400
    for family in FAMILIES:
        path = next(
            (
                path
                for name in (f"{family}-{weight}.ttf", f"{family}.ttc", f"{family}.ttf")
                if (path := FONTS_DIR / name).is_file()
            ),
            None,
        )
        if path is None:
            raise ConfigError(
                f"The font {family} is not in this installation.",
                "Fonts are not part of the source code; the build fetches them.",
                "Run `make setup` in the checkout, or install the package with pip.",
            )
        blob = hb.Blob.from_file_path(str(path))
        for index in range(hb.Face(blob).count):
            font = hb.Font(hb.Face(blob, index))
            if font.face.has_var_data:
                font.set_variations({"wght": weight})
            scale = _EMOJI_SCALE if family == EMOJI_FAMILY else 1.0
            yield Face(family, font, scale / font.face.upem)
