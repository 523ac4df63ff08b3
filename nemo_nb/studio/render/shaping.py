"""Text → clusters with faces → positioned glyphs, with HarfBuzz. Sizes are in em.

A paragraph is read once: cleaned, cut into grapheme clusters, a face chosen for each, levels
and widths worked out. Lines are then cut from it at any width without reading it again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate, groupby, pairwise
from typing import Final, NamedTuple

from uniseg.linebreak import line_break_units

from nemo_nb.studio.render.bidi import levels, visual_order
from nemo_nb.studio.render.fonts import HAN_FAMILIES, Face, FontSet, is_ignorable
from nemo_nb.studio.render.harfbuzz import hb
from nemo_nb.studio.render.wide import HALF_EM, blanks, closes, opens
from nemo_nb.words import clusters

_LINE_BREAK: Final = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")
# Letters that stand apart form no ligatures (CSS Text 3, 8.2).
_APART: Final = {"liga": False, "clig": False}
# Characters with a narrow form in Noto Sans and a wide one in Chinese text.
_TWO_WIDTHS: Final = frozenset("\u2013\u2014\u2018\u2019\u201c\u201d\u2026")
_NO_SCRIPT: Final = frozenset({None, "Zyyy", "Zinh", "Zzzz"})
# Letters of these join or hang from one line: space between them would tear the word
# (CSS Text 3, 8.2, names the cursive ones).
_JOINED: Final = frozenset(
    {"Adlm", "Arab", "Mand", "Mong", "Nkoo", "Phag", "Rohg", "Syrc", "Beng", "Deva", "Guru"}
)


@dataclass(frozen=True, slots=True)
class Glyph:
    """One glyph; ``x`` from the line's left end, ``y`` above the baseline, in em.

    ``cluster`` is the place in the text of what it draws, see :func:`text_clusters`.
    """

    face: Face
    id: int
    x: float
    y: float
    cluster: int


class Cell(NamedTuple):
    """The room of one cluster on its line, in em from the line's left end.

    A ligature's room belongs to the first cluster it joins; the others have none.
    """

    cluster: int
    left: float
    right: float
    is_rtl: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is drawn.

    Attributes:
        text: Its characters in reading order.
        cells: Where each cluster stands, from left to right.
        width: Its advance width in em.
        ascent, descent: How far its ink reaches above and below the baseline, in em.
    """

    text: str
    glyphs: tuple[Glyph, ...]
    cells: tuple[Cell, ...]
    width: float
    ascent: float
    descent: float


@dataclass(frozen=True, slots=True)
class Paragraph:
    """The text between two line breaks: parallel tuples, one item a cluster.

    ``breaks`` are the indexes of clusters that a line may begin with (UAX #14), and the end.

    ``widths`` are advances in em, less ``blanks`` (see ``wide.py``); what a ligature joins
    counts at its first cluster. ``spacing`` is added between letters, in em; ``offset`` is how
    many clusters of the text stand before this paragraph.
    """

    clusters: tuple[str, ...]
    faces: tuple[Face, ...]
    scripts: tuple[str, ...]
    levels: tuple[int, ...]
    blanks: tuple[tuple[float, float], ...]
    widths: tuple[float, ...]
    breaks: tuple[int, ...]
    spacing: float = 0.0
    offset: int = 0

    def measure(self) -> tuple[float, ...]:
        """Return the advance of every cluster, shaped in the whole paragraph."""
        widths = [-before - after for before, after in self.blanks]
        for first, last in self._runs(0, len(self.clusters)):
            for _, owner, advance, _, _ in self._shape(first, last):
                widths[owner] += advance
        return tuple(widths)

    def line(self, start: int, end: int) -> Line:
        """Shape the clusters from *start* to *end* as one line."""
        runs = list(self._runs(start, end))
        glyphs: list[Glyph] = []
        cells: dict[int, Cell] = {}
        x = ascent = descent = 0.0
        for index in visual_order([self.levels[run[0]] for run in runs]):
            first, last = runs[index]
            face, is_rtl = self.faces[first], self.levels[first] % 2 == 1
            for gid, owner, advance, dx, dy in self._shape(first, last):
                before, after = self._blank(owner, start, end)
                x -= before
                place = self.offset + owner
                left = cells[place].left if place in cells else x
                cells[place] = Cell(place, left, x + advance, is_rtl)
                if gid:
                    glyphs.append(Glyph(face, gid, x + dx, dy, place))
                    extents = face.font.get_glyph_extents(gid)
                    if extents and extents.height:
                        top = dy + extents.y_bearing * face.em
                        ascent = max(ascent, top)
                        descent = max(descent, -(top + extents.height * face.em))
                x += advance - after
        # The space after the last letter is no part of the line.
        width = x - self.spacing if glyphs and self._is_spaced(end - 1) else x
        text = "".join(self.clusters[start:end])
        return Line(text, tuple(glyphs), tuple(cells.values()), width, ascent, descent)

    def _blank(self, index: int, start: int, end: int) -> tuple[float, float]:
        """Return what is taken off a cluster of the line from *start* to *end*, in em."""
        before, after = self.blanks[index]
        if index == start and opens(self.clusters[index], self.faces[index]):
            before = HALF_EM
        if index == end - 1:
            after = HALF_EM if closes(self.clusters[index], self.faces[index]) else 0.0
        return before, after

    def _is_spaced(self, index: int) -> bool:
        return self.spacing != 0 and self.scripts[index] not in _JOINED

    def _runs(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield spans that one face draws in one direction and one script."""

        def key(i: int) -> tuple[int, int, str]:
            return id(self.faces[i]), self.levels[i], self.scripts[i]

        for _, group in groupby(range(start, end), key):
            members = list(group)
            yield members[0], members[-1] + 1

    def _shape(self, start: int, end: int) -> Iterator[tuple[int, int, float, float, float]]:
        """Yield glyph id (0 for nothing to draw), its cluster, advance and offsets in em."""
        face = self.faces[start]
        owners = [i for i in range(start, end) for _ in self.clusters[i]]
        buffer = hb.Buffer()
        buffer.add_str("".join(self.clusters[start:end]))
        buffer.direction = "rtl" if self.levels[start] % 2 else "ltr"
        if self.scripts[start]:
            buffer.script = self.scripts[start]
        buffer.guess_segment_properties()
        hb.shape(face.font, buffer, _APART if self.spacing else None)
        infos = buffer.glyph_infos
        drawn_for: list[int] = [owners[info.cluster] for info in infos]
        ends = [*(a != b for a, b in pairwise(drawn_for)), True]
        glyphs = zip(infos, buffer.glyph_positions, drawn_for, ends, strict=True)
        for info, position, owner, is_last in glyphs:
            # Glyph 0 is .notdef, the box that stands for a character the font lacks.
            advance = position.x_advance * face.em if info.codepoint else 0.0
            if is_last and self._is_spaced(owner):
                advance += self.spacing
            yield (
                info.codepoint,
                owner,
                advance,
                position.x_offset * face.em,
                position.y_offset * face.em,
            )


def read(
    text: str, fonts: FontSet, spacing: float = 0.0
) -> tuple[tuple[Paragraph, ...], tuple[str, ...]]:
    """Return the paragraphs of *text*, and the characters that no font can draw.

    Control characters are dropped. A character without a glyph gives way to its plain form
    where it has one (mathematical bold letters, Roman numeral signs), else to nothing. Blank
    lines at either end are dropped; those between stay.

    Args:
        text: What is written.
        fonts: What draws it.
        spacing: Room added between letters, in em.
    """
    missing: dict[str, None] = {}
    parts = [_drawable(part, fonts, missing) for part in _parts(text, fonts)]
    while parts and not parts[0]:
        parts.pop(0)
    while parts and not parts[-1]:
        parts.pop()
    paragraphs: list[Paragraph] = []
    offset = 0
    for part in parts:
        paragraphs.append(_paragraph(part, spacing, offset))
        offset += len(part) + 1
    return tuple(paragraphs), tuple(missing)


def text_clusters(paragraphs: Sequence[Paragraph]) -> tuple[str, ...]:
    """Return the clusters of a whole text in reading order, a line feed between paragraphs."""
    joined: list[str] = []
    for paragraph in paragraphs:
        joined.extend(paragraph.clusters)
        joined.append("\n")
    return tuple(joined[:-1])


def undrawable(text: str, fonts: FontSet) -> tuple[str, ...]:
    """Return the characters of *text* that :func:`read` would leave out, without measuring."""
    missing: dict[str, None] = {}
    for part in _parts(text, fonts):
        _drawable(part, fonts, missing)
    return tuple(missing)


def _parts(text: str, fonts: FontSet) -> Iterator[str]:
    for part in _LINE_BREAK.split(unicodedata.normalize("NFC", text)):
        yield _clean(part, fonts)


def _clean(text: str, fonts: FontSet) -> str:
    kept: list[str] = []
    for char in text.replace("\t", " "):
        if unicodedata.category(char) in ("Cc", "Cs"):
            continue
        if not is_ignorable(char) and fonts.face_for(char) is None:
            plain = unicodedata.normalize("NFKC", char)
            kept.append(plain if all(map(fonts.face_for, plain)) else char)
        else:
            kept.append(char)
    shows = any(not (char.isspace() or is_ignorable(char)) for char in kept)
    return "".join(kept).strip() if shows else ""


def _drawable(text: str, fonts: FontSet, missing: dict[str, None]) -> list[tuple[str, Face]]:
    """Return the clusters of *text* that can be drawn, each with its face; tell what cannot."""
    drawn: list[tuple[str, Face]] = []
    for cluster, face in _with_faces(clusters(text), fonts):
        if face is None:
            missing.update(dict.fromkeys(cluster))
            continue
        missing.update(dict.fromkeys(fonts.missing_in(face, cluster)))
        drawn.append((cluster, face))
    return drawn


def _paragraph(part: list[tuple[str, Face]], spacing: float, offset: int) -> Paragraph:
    drawn = [cluster for cluster, _ in part]
    faces = [face for _, face in part]
    every_level = levels("".join(drawn))
    starts = accumulate((len(cluster) for cluster in drawn[:-1]), initial=0)
    unmeasured = Paragraph(
        clusters=tuple(drawn),
        faces=tuple(faces),
        scripts=_scripts(drawn),
        levels=tuple(every_level[start] for start in starts) if drawn else (),
        blanks=blanks(drawn, faces),
        widths=(0.0,) * len(drawn),
        breaks=_breaks(drawn),
        spacing=spacing,
        offset=offset,
    )
    return replace(unmeasured, widths=unmeasured.measure())


def _with_faces(units: list[str], fonts: FontSet) -> Iterator[tuple[str, Face | None]]:
    before: Face | None = None
    for index, unit in enumerate(units):
        if unit.isspace() and before and not before.is_emoji and fonts.covers(before, unit):
            face: Face | None = before  # a space inside a run must not cut it
        else:
            wide = unit in _TWO_WIDTHS and any(
                (face := fonts.face_for(near)) is not None and face.family in HAN_FAMILIES
                for near in units[max(0, index - 1) : index + 2]
                if near not in _TWO_WIDTHS
            )
            face = fonts.face_for(unit, beside_han=wide)
        yield unit, face
        before = face


def _breaks(units: list[str]) -> tuple[int, ...]:
    index_at = {at: i for i, at in enumerate(accumulate(map(len, units)), start=1)}
    ends = accumulate(map(len, line_break_units("".join(units))))
    return tuple(index_at[end] for end in ends if end in index_at)


def _scripts(units: list[str]) -> tuple[str, ...]:
    """Return the ISO 15924 script of each cluster; what belongs to none joins its neighbour."""
    own = [next((script for char in unit if (script := _script(char))), "") for unit in units]
    current = next((script for script in own if script), "")
    result: list[str] = []
    for script in own:
        current = script or current
        result.append(current)
    return tuple(result)


@lru_cache(maxsize=4096)
def _script(char: str) -> str:
    buffer = hb.Buffer()
    buffer.add_str(char)
    buffer.guess_segment_properties()
    return "" if buffer.script in _NO_SCRIPT else str(buffer.script)
