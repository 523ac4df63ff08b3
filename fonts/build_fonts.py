"""Turn the locked npm packages of this folder into the fonts that the renderer ships.

Sources: ``@expo-google-fonts/*`` holds whole static fonts (the slices other packages offer
per script cut kerning and combining marks apart); ``@fontsource-variable/*`` holds the big
CJK fonts as some hundred woff2 slices of a variable font, a tenth of the download of the
static ones and both weights at once.

What comes out, read by ``nemo_nb/studio/render/fonts.py``:

- ``<Family>-<weight>.ttf``: copied, one for each weight that ships.
- ``<Family>.ttc``: a collection with one variable face a slice. No merging: HarfBuzz picks a
  face by its cmap as fast as a glyph, and hanzi and syllables need no shaping across slices.
- ``<Family>.ttf``: one file for every weight, cut down to what is drawn.
- ``FONTS.txt`` and the licence of each package.

Needs fonttools and brotli. Run ``npm ci --ignore-scripts`` here first, then
``python build_fonts.py``.
"""

# ruff: noqa: INP001 - a script of its own, which hatch_build.py loads by path
# fontTools has types for little of itself.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final, Literal, NamedTuple

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont

OUT_DIR: Final = Path(__file__).parent.parent / "nemo_nb" / "studio" / "render" / "fonts"

# Vertical layout, layout rules for it, and metrics that `gvar` repeats: a third of a slice.
_UNUSED_TABLES: Final = frozenset(
    {"BASE", "GDEF", "GPOS", "GSUB", "HVAR", "STAT", "VVAR", "gasp", "vhea", "vmtx"}
)
# The same drawings once more as SVG, 20 of 25 MB; the renderer paints COLRv1.
_UNUSED_EMOJI_TABLES: Final = frozenset({"SVG ", "vhea", "vmtx"})

_HAN: Final = ((0x2E80, 0x2FDF), (0x3000, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF))
_HANGUL: Final = (
    (0x1100, 0x11FF),  # conjoining letters
    (0x3130, 0x318F),  # letters on their own
    (0xA960, 0xA97F),
    (0xAC00, 0xD7FF),  # syllables
)
# Dashes, quotation marks and ellipsis: as wide as a hanzi there, narrow in Noto Sans.
_CJK_PUNCTUATION: Final = ((0x2010, 0x2027),)
# Arrows, technical, geometric shapes, miscellaneous, dingbats, and their supplements; the rest
# of this font (chess, mosaics, ancient numbers) is nothing that people put on a video.
_SYMBOLS: Final = ((0x2190, 0x23FF), (0x25A0, 0x27BF), (0x2B00, 0x2BFF), (0x1F100, 0x1F1E5))


class _Source(NamedTuple):
    """One npm package and what is made of it.

    ``weights`` are the static files taken; ``ranges`` keeps only these code points;
    ``rest_of`` drops what that family has already.
    """

    family: str
    package: str
    kind: Literal["static", "slices", "single", "emoji"]
    weights: tuple[int, ...] = ()
    ranges: tuple[tuple[int, int], ...] = ()
    rest_of: str = ""


_WEIGHT_NAMES: Final = {
    300: "Light",
    400: "Regular",
    500: "Medium",
    600: "SemiBold",
    700: "Bold",
    800: "ExtraBold",
    900: "Black",
}
_EXPO: Final = "@expo-google-fonts"
_READING: Final = (300, 400, 500, 600, 700, 800, 900)
# Of the families with a character of their own, the weights that people choose them for.
SOURCES: Final = (
    _Source("NotoSans", f"{_EXPO}/noto-sans", "static", _READING),
    _Source("Montserrat", f"{_EXPO}/montserrat", "static", (400, 600, 700, 800, 900)),
    _Source("Fredoka", f"{_EXPO}/fredoka", "static", (400, 600, 700)),
    _Source("Oswald", f"{_EXPO}/oswald", "static", (400, 600, 700)),
    _Source("Anton", f"{_EXPO}/anton", "static", (400,)),
    _Source("Bangers", f"{_EXPO}/bangers", "static", (400,)),
    _Source("PlayfairDisplay", f"{_EXPO}/playfair-display", "static", (400, 700, 900)),
    _Source("Caveat", f"{_EXPO}/caveat", "static", (400, 700)),
    _Source("Pacifico", f"{_EXPO}/pacifico", "static", (400,)),
    _Source("JetBrainsMono", f"{_EXPO}/jetbrains-mono", "static", (400, 700)),
    _Source("NotoSansArabic", f"{_EXPO}/noto-sans-arabic", "static", _READING),
    _Source("NotoSansHebrew", f"{_EXPO}/noto-sans-hebrew", "static", _READING),
    _Source("NotoSansThai", f"{_EXPO}/noto-sans-thai", "static", _READING),
    _Source("NotoSansSC", "@fontsource-variable/noto-sans-sc", "slices"),
    # The four thousand kanji and traditional hanzi that the Chinese font does not have.
    _Source("NotoSansJP", "@fontsource-variable/noto-sans-jp", "slices", (), _HAN, "NotoSansSC"),
    _Source("NotoSansKR", "@fontsource-variable/noto-sans-kr", "slices", (), _HANGUL),
    _Source("NotoSansSymbols2", f"{_EXPO}/noto-sans-symbols-2", "single", (), _SYMBOLS),
    _Source("NotoColorEmoji", f"{_EXPO}/noto-color-emoji", "emoji"),
)


def build(source_dir: Path, out_dir: Path) -> None:
    """Convert the installed packages into *out_dir*, replacing what it held.

    Args:
        source_dir: This folder, with ``node_modules`` installed.
        out_dir: Where the fonts, ``FONTS.txt`` and the licences go.

    Raises:
        FileNotFoundError: A package or one of its files is not there: run ``npm ci``.
    """
    work = out_dir.with_name(out_dir.name + ".building")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    lines = [
        "Fonts shipped with nemo_nb, each under the SIL Open Font License 1.1.",
        "The licence of each stands beside it. Cut down by fonts/build_fonts.py.",
        "",
    ]
    for source in SOURCES:
        package = source_dir / "node_modules" / source.package
        _BUILDERS[source.kind](source, package, work)
        shutil.copyfile(_licence(package), work / f"{source.family}-LICENSE.txt")
        version = json.loads((package / "package.json").read_text("utf-8"))["version"]
        lines.append(f"{source.family}: OFL-1.1, from npm {source.package} {version}")
    (work / "FONTS.txt").write_text("\n".join(lines) + "\n", "utf-8")
    shutil.rmtree(out_dir, ignore_errors=True)
    work.rename(out_dir)


def _static(source: _Source, package: Path, out: Path) -> None:
    for weight in source.weights:
        folder = package / f"{weight}{_WEIGHT_NAMES[weight]}"
        shutil.copyfile(_only_ttf(folder), out / f"{source.family}-{weight}.ttf")


def _single(source: _Source, package: Path, out: Path) -> None:
    with _open(_only_ttf(package / "400Regular")) as font:
        _subset(font, [code for code in _codes(font) if _within(code, source.ranges)])
        font.save(out / f"{source.family}.ttf")


def _emoji(source: _Source, package: Path, out: Path) -> None:
    with _open(_only_ttf(package / "400Regular")) as font:
        _drop(font, _UNUSED_EMOJI_TABLES)
        font.save(out / f"{source.family}.ttf")


def _slices(source: _Source, package: Path, out: Path) -> None:
    collection = TTCollection()
    had = _codes_in(out / f"{source.rest_of}.ttc") if source.rest_of else frozenset[int]()
    collection.fonts = list(_read_slices(source, package, had))
    collection.save(out / f"{source.family}.ttc")


def _read_slices(source: _Source, package: Path, had: Collection[int]) -> Iterator[TTFont]:
    paths = sorted((package / "files").glob("*-wght-normal.woff2"))
    if not paths:
        raise FileNotFoundError(package / "files" / "*-wght-normal.woff2")
    for path in paths:
        # Numbered slices are the script itself; of the Latin ones, Noto Sans has everything
        # but the wide punctuation.
        numbered = path.stem.split("-")[3].isdigit()
        ranges = source.ranges or (() if numbered else _CJK_PUNCTUATION)
        font = _open(path)
        font.flavor = None
        codes = _codes(font)
        wanted = [
            code for code in codes if code not in had and (not ranges or _within(code, ranges))
        ]
        if not wanted:
            continue
        if len(wanted) < len(codes):
            _subset(font, wanted)
        _drop(font, _UNUSED_TABLES)
        yield font


_BUILDERS: Final = {"static": _static, "slices": _slices, "single": _single, "emoji": _emoji}


def _open(path: Path) -> TTFont:
    # No new timestamp and no new boxes: the same packages always give the same bytes.
    return TTFont(path, recalcBBoxes=False, recalcTimestamp=False)


def _subset(font: TTFont, codes: Collection[int]) -> None:
    options = Options(layout_features=[], hinting=False, notdef_outline=True)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)


def _drop(font: TTFont, tables: Collection[str]) -> None:
    for tag in tables:
        if tag in font:
            del font[tag]


def _codes(font: TTFont) -> Collection[int]:
    return (font.getBestCmap() or {}).keys()


def _codes_in(path: Path) -> Collection[int]:
    with TTCollection(path) as collection:
        return frozenset(code for font in collection.fonts for code in _codes(font))


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= code <= high for low, high in ranges)


def _only_ttf(folder: Path) -> Path:
    return _first(sorted(folder.glob("*.ttf")), folder / "*.ttf")


def _licence(package: Path) -> Path:
    names = (package / "LICENSE_FONT", package / "LICENSE")
    return _first([path for path in names if path.is_file()], names[-1])


def _first(found: list[Path], wanted: Path) -> Path:
    if not found:
        raise FileNotFoundError(wanted)
    return found[0]


if __name__ == "__main__":
    build(Path(__file__).parent, OUT_DIR)
