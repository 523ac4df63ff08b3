"""Subtitle files and cues, through pysubs2: bytes in, text out.

A cue is a dict: ``start_ms``, ``end_ms``, ``text``, and where the format has them ``role`` and
``style``. What pysubs2's parsers lose is shielded around them: literal braces and backslashes
(markup to ASS), WebVTT's notes, cue names and entities, and a last line that is only a number
(taken for the next cue's counter).
"""
# pyright: reportUnknownMemberType=false
# pysubs2's own annotations leave parts of its results unknown.

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, cast

import pysubs2

from nemo_nb.errors import SourceNotFound, UnsupportedFile
from nemo_nb.models import Canvas
from nemo_nb.timeline.ssa import POSITION_BY_NUMPAD, name_of, role_and_style, ssa_style

Cue = dict[str, Any]

READS: Final = "SRT, VTT, ASS, SSA, TTML, MicroDVD (.sub), MPL2 or TMP"

# Noncharacters stand for what the formats would take for markup.
_SHIELDS: Final = dict(zip("{}\\&<>", map(chr, range(0xFDD0, 0xFDD6)), strict=True))
_SHIELD: Final = str.maketrans(_SHIELDS)
_UNSHIELD: Final = str.maketrans({mark: plain for plain, mark in _SHIELDS.items()})
# ASS knows no escaped backslash: a word joiner, which takes no room, keeps it from the
# letter that would make it a tag.
_JOINER: Final = "\u2060"
_ON_THE_WAY_OUT: Final = {
    "srt": _UNSHIELD,
    "vtt": str.maketrans({_SHIELDS[plain]: html.escape(plain, quote=False) for plain in _SHIELDS}),
    "ass": str.maketrans(
        {
            mark: {"{": "\\{", "}": "\\}", "\\": "\\" + _JOINER}.get(plain, plain)
            for plain, mark in _SHIELDS.items()
        }
    ),
}

_VTT_TIMING: Final = re.compile(r"^.*\d\d[.]\d{3}\s+-->\s+.*\d\d[.]\d{3}")
_ALIGNMENT: Final = re.compile(r"\{[^}]*\\an([1-9])[^}]*\}")


def subtitle_text(cues: Iterable[Cue], kind: str, canvas: Canvas) -> str:
    """Return *cues* as a subtitle file.

    Cues without words are left out, times before 0 become 0.

    Args:
        cues: In the order they are to stand.
        kind: ``srt``, ``vtt`` or ``ass``.
        canvas: The picture that ASS sizes refer to.
    """
    file = pysubs2.SSAFile()
    if kind == "ass":
        file.info |= {"PlayResX": str(canvas.width), "PlayResY": str(canvas.height)}
    for cue in cues:
        words = cue["text"].strip()
        if not words:
            continue
        event = pysubs2.SSAEvent(start=max(0, cue["start_ms"]), end=max(0, cue["end_ms"]))
        event.plaintext = _line_feeds(words).translate(_SHIELD)
        if kind == "ass":
            role, style = cue["role"], cue["style"]
            event.style = name_of(role, style, file.styles, canvas)
            file.styles.setdefault(event.style, ssa_style(role, style, canvas))
        file.append(event)
    return file.to_string(kind).translate(_ON_THE_WAY_OUT[kind])


def write_subtitles(path: Path, text: str) -> None:
    """Write *text* as UTF-8 with line feeds, whatever the platform."""
    path.write_text(text, encoding="utf-8", newline="\n")


def read_subtitles(path: Path) -> list[Cue]:
    """Return the cues of a subtitle file; see :func:`parse_subtitles`.

    Raises:
        SourceNotFound: There is no such file.
        UnsupportedFile: It is no subtitle file.
    """
    try:
        raw = path.expanduser().read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        raise SourceNotFound(
            f"There is no subtitle file {str(path)!r}.", fix="Check the path."
        ) from None
    return parse_subtitles(raw, path.name)


def parse_subtitles(raw: bytes, name: str) -> list[Cue]:
    """Return the cues of a subtitle file's content, in the order of the file.

    Encodings: UTF-8, UTF-16 with its mark, else Windows-1252. Comments, drawings, empty cues
    and those that end before they start are left out. Inline emphasis is dropped; ASS styles
    and alignment tags become style dicts.

    Args:
        raw: The file's bytes; they decide the format.
        name: What people call it.

    Raises:
        UnsupportedFile: It is no subtitle file.
    """
    text = _plain(_line_feeds(_decoded(raw)))
    try:
        # pysubs2 knows ASS by its styles, which a file may lack.
        bare = "[Events]" in text and "Styles]" not in text
        file = pysubs2.SSAFile.from_string(text, format_="ass" if bare else None)
    # Its parsers raise whatever they stumble over.
    except Exception as error:
        raise UnsupportedFile(
            f"{name} is not a subtitle file this package can read.",
            fix=f"It reads {READS}.",
        ) from error
    return _cues_of(file)


def _plain(text: str) -> str:
    """Return *text* with everything shielded that pysubs2 would take for something else."""
    if text.lstrip().startswith("WEBVTT"):
        return _plain_vtt(text)
    if "[Script Info]" in text or "[V4+ Styles]" in text:
        for plain in "{}":
            text = text.replace("\\" + plain, _SHIELDS[plain])
        return text.replace("\\" + _JOINER, _SHIELDS["\\"])
    if "-->" in text:
        return re.sub(r"\{(?!\\)", _SHIELDS["{"], text) + "\n\n0\n"
    return text


def _cues_of(file: pysubs2.SSAFile) -> list[Cue]:
    styled = file.format in ("ass", "ssa")
    cues: list[Cue] = []
    for event in file:
        words = event.plaintext.translate(_UNSHIELD).strip()
        if event.is_comment or event.is_drawing or not words or event.end < event.start:
            continue
        cue: Cue = {"start_ms": event.start, "end_ms": event.end, "text": words}
        if styled:
            cue["role"], cue["style"] = role_and_style(event.style, file)
        tag = _ALIGNMENT.search(event.text)
        if tag:
            cue["style"] = {**cue.get("style", {}), "position": POSITION_BY_NUMPAD[int(tag[1])]}
        cues.append(cue)
    return cues


def _plain_vtt(text: str) -> str:
    """Return WebVTT as the plain kind that pysubs2 reads: numbered cues, nothing else."""
    cues: list[str] = []
    for block in re.split(r"\n{2,}", text):
        rows = block.split("\n")
        at = next((i for i, row in enumerate(rows[:2]) if _VTT_TIMING.match(row)), None)
        if at is None:
            continue
        words = re.sub(r"<\d[\d:.]*>", "", "\n".join(rows[at + 1 :]))
        words = re.sub(r"</?[a-zA-Z][^>]*>", "", words)
        timing = cast("re.Match[str]", _VTT_TIMING.match(rows[at]))[0]
        cues.append(f"{timing}\n{html.unescape(words).translate(_SHIELD)}\n\n{len(cues) + 1}")
    return "WEBVTT\n\n" + "\n".join(cues) + "\n"


def _decoded(raw: bytes) -> str:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What is not UTF-8 is most often a Windows file of western Europe.
        return raw.decode("cp1252", errors="replace")


def _line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
