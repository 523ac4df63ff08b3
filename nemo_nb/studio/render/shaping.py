"""Text → clusters with faces → positioned glyphs, with HarfBuzz. Sizes are in em.

A paragraph is read once: cleaned, cut into grapheme clusters, a face chosen for each, levels
and widths worked out. Lines are then cut from it at any width without reading it again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate, groupby
from typing import Final

from uniseg.linebreak import line_break_units

from nemo_nb.studio.render.bidi import levels, visual_order
from nemo_nb.studio.render.fonts import HAN_FAMILIES, Face, FontSet, is_ignorable
from nemo_nb.studio.render.harfbuzz import hb
from nemo_nb.studio.render.wide import HALF_EM, blanks, closes, opens
from nemo_nb.words import clusters

_LINE_BREAK: Final = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")
# Characters with a narrow form in Noto Sans and a wide one in Chinese text.
_TWO_WIDTHS: Final = frozenset("\u2013\u2014\u2018\u2019\u201c\u201d\u2026")
_NO_SCRIPT: Final = frozenset({None, "Zyyy", "Zinh", "Zzzz"})


@dataclass(frozen=True, slots=True)
class Glyph:
    """One glyph; ``x`` from the line's left end, ``y`` above the baseline, in em."""

    face: Face
    id: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is drawn.

    Attributes:
        text: Its characters in reading order.
        width: Its advance width in em.
        ascent, descent: How far its ink reaches above and below the baseline, in em.
    """

    text: str
    glyphs: tuple[Glyph, ...]
    width: float
    ascent: float
    descent: float


@dataclass(frozen=True, slots=True)
class Paragraph:
    """The text between two line breaks: parallel tuples, one item a cluster.

    ``breaks`` are the indexes of clusters that a line may begin with (UAX #14), and the end.

    ``widths`` are advances in em, less ``blanks`` (see ``wide.py``); what a ligature joins
    counts at its first cluster.
    """

    clusters: tuple[str, ...]
    faces: tuple[Face, ...]
    scripts: tuple[str, ...]
    levels: tuple[int, ...]
    blanks: tuple[tuple[float, float], ...]
    widths: tuple[float, ...]
    breaks: tuple[int, ...]

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
        x = ascent = descent = 0.0
        for index in visual_order([self.levels[run[0]] for run in runs]):
            first, last = runs[index]
            face = self.faces[first]
            for gid, owner, advance, dx, dy in self._shape(first, last):
                before, after = self._blank(owner, start, end)
                x -= before
                if gid:
                    glyphs.append(Glyph(face, gid, x + dx, dy))
                    extents = face.font.get_glyph_extents(gid)
                    if extents and extents.height:
                        top = dy + extents.y_bearing * face.em
                        ascent = max(ascent, top)
                        descent = max(descent, -(top + extents.height * face.em))
                x += advance - after
        return Line("".join(self.clusters[start:end]), tuple(glyphs), x, ascent, descent)

    def _blank(self, index: int, start: int, end: int) -> tuple[float, float]:
        """Return what is taken off a cluster of the line from *start* to *end*, in em."""
        before, after = self.blanks[index]
        if index == start and opens(self.clusters[index], self.faces[index]):
            before = HALF_EM
        if index == end - 1:
            after = HALF_EM if closes(self.clusters[index], self.faces[index]) else 0.0
        return before, after

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
        hb.shape(face.font, buffer)
        for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            # Glyph 0 is .notdef, the box that stands for a character the font lacks.
            advance = position.x_advance * face.em if info.codepoint else 0.0
            yield (
                info.codepoint,
                owners[info.cluster],
                advance,
                position.x_offset * face.em,
                position.y_offset * face.em,
            )


def read(text: str, fonts: FontSet) -> tuple[tuple[Paragraph, ...], tuple[str, ...]]:
    """Return the paragraphs of *text*, and the characters that no font can draw.

    Control characters are dropped. A character without a glyph gives way to its plain form
    where it has one (mathematical bold letters, Roman numeral signs), else to nothing. Blank
    lines at either end are dropped; those between stay.
    """
    missing: dict[str, None] = {}
    parts = [_clean(part, fonts) for part in _LINE_BREAK.split(unicodedata.normalize("NFC", text))]
    paragraphs = [_paragraph(part, fonts, missing) for part in parts]
    while paragraphs and not paragraphs[0].clusters:
        paragraphs.pop(0)
    while paragraphs and not paragraphs[-1].clusters:
        paragraphs.pop()
    return tuple(paragraphs), tuple(missing)


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


def _paragraph(text: str, fonts: FontSet, missing: dict[str, None]) -> Paragraph:
    drawn: list[str] = []
    faces: list[Face] = []
    for cluster, face in _with_faces(clusters(text), fonts):
        if face is None:
            missing.update(dict.fromkeys(cluster))
            continue
        missing.update(dict.fromkeys(fonts.missing_in(face, cluster)))
        drawn.append(cluster)
        faces.append(face)
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
