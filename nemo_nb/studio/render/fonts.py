"""The fonts that ship with the package, and which of them draws a character.

``fonts/build_fonts.py`` makes the files; this module loads them once per weight and answers
by their cmaps. A *cluster* (a grapheme: a letter with its marks, an emoji family) is always
drawn by one face, so that marks and joined emoji stay together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from uniseg.derived import default_ignorable_code_point
from uniseg.emoji import emoji_presentation

from nemo_nb.errors import BrokenMedia, ConfigError, FileTooLarge
from nemo_nb.studio.render.harfbuzz import hb
from nemo_nb.timeline.styles import FONTS

FONTS_DIR: Final = Path(__file__).parent / "fonts"

# What a family lacks, these draw, in this order. Noto Sans draws Latin, Greek, Cyrillic,
# Vietnamese and Devanagari.
FALLBACKS: Final = (
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
DEFAULT_FAMILY: Final = FALLBACKS[0]
EMOJI_FAMILY: Final = "NotoColorEmoji"
HAN_FAMILIES: Final = ("NotoSansSC", "NotoSansJP")

# What CSS calls a kind of font, and the family that is one.
_KINDS: Final = {
    "sansserif": "NotoSans",
    "serif": "PlayfairDisplay",
    "monospace": "JetBrainsMono",
    "mono": "JetBrainsMono",
    "cursive": "Caveat",
    "handwriting": "Caveat",
    "condensed": "Oswald",
    "rounded": "Fredoka",
}
_BY_NAME: Final = {name.replace(" ", "").lower(): name.replace(" ", "") for name in FONTS} | _KINDS

# Noto's emoji are 1.25 em wide, a quarter more than the text beside them looks good with;
# Caveat's x-height is 0.40 em, that of Noto Sans 0.54: one size then looks alike in both.
_SCALES: Final = {EMOJI_FAMILY: 0.86, "Caveat": 1.3}
# A font is read whole into memory; the largest CJK families have 25 MB.
MAX_FONT_BYTES: Final = 64 << 20
_PLAIN_WEIGHT: Final = 400
_MAX_COLLECTED: Final = 32
_KEPT_SETS: Final = 16

_TEXT_PRESENTATION: Final = "\ufe0e"
_EMOJI_PRESENTATION: Final = "\ufe0f"


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One loaded font at one weight.

    Attributes:
        family: The stem of its file's name, without the weight.
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
    """The faces of one style, found by character.

    Args:
        family: A family that ships (:func:`family_named`); it comes before the fallbacks.
        weight: 1-1000; each family gives the nearest weight it has.
        own: A font file (TrueType, OpenType, or a collection) that comes before all others.

    Raises:
        BrokenMedia: *own* is no font that can be read.
        ConfigError: The fonts were not built.
    """

    def __init__(self, family: str, weight: int, own: Path | None = None) -> None:
        first = list(_own_faces(own, weight)) if own else []
        if family != DEFAULT_FAMILY:
            first.extend(_family_faces(family, weight))
        self._first = _by_code(first)
        self._rest = _fallbacks(weight)

    def face_for(self, cluster: str, *, beside_han: bool = False) -> Face | None:
        """Return the face that draws *cluster*, or None where no font can.

        Args:
            cluster: One grapheme cluster.
            beside_han: It is punctuation of a Chinese text, which has wide forms.
        """
        shown = [char for char in cluster if not is_ignorable(char)]
        if not shown:
            return self._having(" ")[0]
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
            if not is_ignorable(char) and face not in self._having(char):
                yield char

    def _covering(self, chars: str) -> list[Face]:
        lists = [self._having(char) for char in dict.fromkeys(chars)]
        if len(lists) == 1:
            return lists[0]
        return (
            [face for face in lists[0] if all(face in rest for rest in lists[1:])] if lists else []
        )

    def _having(self, char: str) -> list[Face]:
        code = ord(char)
        return [*self._first.get(code, ()), *self._rest.get(code, ())]


def family_named(name: str) -> str | None:
    """Return the family that people call *name* (or a kind, such as ``serif``); None if unknown."""
    return _BY_NAME.get(re.sub(r"[\s_-]+", "", name).lower())


def font_set(family: str = DEFAULT_FAMILY, weight: int = 400, own: Path | None = None) -> FontSet:
    """Return the fonts for a style, made once. Arguments and errors: see :class:`FontSet`.

    A family that does not ship is drawn in Noto Sans.
    """
    weight = min(900, max(100, round(weight / 100) * 100))
    return _font_set(family_named(family) or DEFAULT_FAMILY, weight, own)


@lru_cache(maxsize=_KEPT_SETS)
def _font_set(family: str, weight: int, own: Path | None) -> FontSet:
    return FontSet(family, weight, own)


@cache
def is_ignorable(char: str) -> bool:
    """Whether *char* is never drawn itself: joiners, variation selectors, bidi controls."""
    return default_ignorable_code_point(char)


def is_emoji(cluster: str) -> bool:
    """Whether *cluster* asks for the coloured form (UTS #51)."""
    if _EMOJI_PRESENTATION in cluster:
        return True
    return emoji_presentation(cluster[0]) and _TEXT_PRESENTATION not in cluster


@cache
def shipped_weights(family: str) -> tuple[int, ...]:
    """Return the weights of which *family* has a file each; none for one file with all."""
    paths = FONTS_DIR.glob(f"{family}-*.ttf")
    return tuple(sorted(int(path.stem.rpartition("-")[2]) for path in paths))


@cache
def _fallbacks(weight: int) -> dict[int, list[Face]]:
    """Return what every style falls back to, by character: 35,000 of them, so kept once."""
    return _by_code(face for family in FALLBACKS for face in _family_faces(family, weight))


def _by_code(faces: Iterable[Face]) -> dict[int, list[Face]]:
    result: dict[int, list[Face]] = {}
    for face in faces:
        for code in face.font.face.unicodes:
            result.setdefault(code, []).append(face)
    return result


def _family_faces(family: str, weight: int) -> Iterator[Face]:
    weights = shipped_weights(family)
    if weights:
        # Of two that are as near, the heavier: captions are read off moving pictures.
        nearest = min(weights, key=lambda one: (abs(one - weight), -one))
        path = FONTS_DIR / f"{family}-{nearest}.ttf"
    else:
        path = FONTS_DIR / f"{family}.ttc"
        path = path if path.is_file() else path.with_suffix(".ttf")
    if not path.is_file():
        raise ConfigError(
            f"The font {family} is not in this installation.",
            "Fonts are not part of the source code; the build fetches them.",
            "Run `make setup` in the checkout, or install the package with pip.",
        )
    return _faces(path, family, weight, _SCALES.get(family, 1.0))


def check_font(path: Path, name: str) -> None:
    """Look into a font file.

    Raises:
        FileTooLarge: It is over :data:`MAX_FONT_BYTES`.
        BrokenMedia: It holds no characters that can be drawn.
    """
    size = path.stat().st_size
    if size > MAX_FONT_BYTES:
        raise FileTooLarge(
            f"{name} is too large: {size / 1e6:,.1f} MB.",
            f"A font has {MAX_FONT_BYTES / 1e6:,.0f} MB at most.",
            "Use one with fewer scripts in it.",
            status=413,
        )
    for _ in _own_faces(path, _PLAIN_WEIGHT, name):
        return


def _own_faces(path: Path, weight: int, name: str = "") -> Iterator[Face]:
    unusable = BrokenMedia(
        f"The font {name or path.name} cannot be used.",
        "It is no TrueType or OpenType font with characters in it.",
        "Use a .ttf or .otf file; a .woff2 can be converted to one.",
        code=4001,
    )
    if not path.is_file() or not 0 < path.stat().st_size <= MAX_FONT_BYTES:
        raise unusable
    faces = list(_faces(path, f"own:{path.name}", weight, 1.0))
    if not any(face.font.face.unicodes for face in faces):
        raise unusable
    yield from faces


def _faces(path: Path, family: str, weight: int, scale: float) -> Iterator[Face]:
    blob = hb.Blob.from_file_path(str(path))
    count = hb.Face(blob).count
    for index in range(count if path.parent == FONTS_DIR else min(count, _MAX_COLLECTED)):
        font = hb.Font(hb.Face(blob, index))
        if font.face.has_var_data:
            font.set_variations({"wght": weight})
        yield Face(family, font, scale / font.face.upem)
