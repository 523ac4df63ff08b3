"""Subtitle files and cues, through pysubs2: bytes in, text out.

A cue is a dict: ``start_ms``, ``end_ms``, ``text``, where the format has them ``role`` and
``style``, and ``left_out``, what of its look a style cannot hold, where there is any.

What pysubs2's parsers lose is shielded around them: literal braces and backslashes (markup to
ASS), WebVTT's settings, notes, cue names and entities, SubRip's colours, and a last line that
is only a number (taken for the next cue's counter).
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
from pysubs2.exceptions import UnknownFPSError

from nemo_nb.errors import SourceNotFound, UnsupportedFile
from nemo_nb.models import Canvas
from nemo_nb.timeline.cue_settings import settings_of, style_of_settings
from nemo_nb.timeline.override_tags import style_of_tags, tags_of
from nemo_nb.timeline.ssa import name_of, role_and_style, sheet_of, ssa_style
from nemo_nb.timeline.styles import resolve

Cue = dict[str, Any]
_Settings = tuple[dict[str, Any], list[str]]

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
_VTT_MARKUP: Final = {
    "emphasis": re.compile(r"<(?:b|i|u|ruby)\b"),
    "colours": re.compile(r"<c\."),
    "speakers": re.compile(r"<v[ .]"),
    "karaoke": re.compile(r"<\d[\d:.]*>"),
}
# Before the words of a WebVTT cue: where its settings are kept until the words are read.
_MARK: Final = chr(0xFDD6)
_MARKED: Final = re.compile(f"{_MARK}(\\d+){_MARK}")
_SRT_FONT: Final = re.compile(
    r"<font\b(?:[^>]*#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2}))?[^>]*>", re.IGNORECASE
)
_OUT_TIMING: Final = re.compile(r"^\S+ --> \S+$", re.MULTILINE)


def subtitle_text(cues: Iterable[Cue], kind: str, canvas: Canvas) -> str:
    """Return *cues* as a subtitle file.

    Cues without words are left out, times before 0 become 0.

    Args:
        cues: In the order they are to stand.
        kind: ``srt``, ``vtt`` or ``ass``.
        canvas: The picture that ASS sizes refer to.
    """
    file = pysubs2.SSAFile()
    settings: list[str] = []
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
            event.text = tags_of(resolve(style, role), canvas) + event.text
        elif kind == "vtt":
            settings.append(settings_of(cue["style"], cue["role"]))
        file.append(event)
    text = file.to_string(kind)
    if kind == "vtt":
        waiting = iter(settings)
        text = _OUT_TIMING.sub(lambda timing: timing[0] + next(waiting, ""), text)
    return text.translate(_ON_THE_WAY_OUT[kind])


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
    and those that end before they start are left out. ASS styles and tags and WebVTT's cue
    settings become style dicts; what these cannot hold is named in ``left_out``.

    Args:
        raw: The file's bytes; they decide the format.
        name: What people call it.

    Raises:
        UnsupportedFile: It is no subtitle file.
    """
    text, settings = _plain(_line_feeds(_decoded(raw)))
    try:
        # pysubs2 knows ASS by its styles, which a file may lack.
        bare = "[Events]" in text and "Styles]" not in text
        file = pysubs2.SSAFile.from_string(text, format_="ass" if bare else None)
    except UnknownFPSError as error:
        raise UnsupportedFile(
            f"{name} counts in frames and does not say how many make a second.",
            fix="Put {1}{1}25 (or what it is) as its first line.",
        ) from error
    # Its parsers raise whatever they stumble over.
    except Exception as error:
        raise UnsupportedFile(
            f"{name} is not a subtitle file this package can read.",
            fix=f"It reads {READS}.",
        ) from error
    return _cues_of(file, settings)


def _plain(text: str) -> tuple[str, list[_Settings]]:
    """Return *text* with everything shielded that pysubs2 would take for something else.

    And what WebVTT says of each cue's look, which pysubs2 does not read.
    """
    if text.lstrip().startswith("WEBVTT"):
        return _plain_vtt(text)
    if "[Script Info]" in text or "[V4+ Styles]" in text:
        for plain in "{}":
            text = text.replace("\\" + plain, _SHIELDS[plain])
        text = text.replace("\\" + _JOINER, _SHIELDS["\\"])
    elif "-->" in text:
        text = re.sub(r"\{(?!\\)", _SHIELDS["{"], text) + "\n\n0\n"
        text = _SRT_FONT.sub(_colour_tag, text)
    return text, []


def _colour_tag(font: re.Match[str]) -> str:
    """Return SubRip's ``<font color="#rrggbb">`` as ASS has it: the other way round."""
    red, green, blue = font[1], font[2], font[3]
    return f"{{\\c&H{blue}{green}{red}&}}" if red else "{\\c}"


def _cues_of(file: pysubs2.SSAFile, settings: list[_Settings]) -> list[Cue]:
    styled = file.format in ("ass", "ssa")
    sheet = sheet_of(file)
    cues: list[Cue] = []
    for event in file:
        words = event.plaintext.translate(_UNSHIELD).strip()
        mark = _MARKED.match(words)
        words = _MARKED.sub("", words).strip()
        if event.is_comment or event.is_drawing or not words or event.end < event.start:
            continue
        cue: Cue = {"start_ms": event.start, "end_ms": event.end, "text": words}
        style: dict[str, Any] = {}
        left_out: list[str] = []
        if styled:
            cue["role"], style, left_out = role_and_style(event.style, file)
            if event.marginv:
                short = min(sheet.width, sheet.height)
                style = {**style, "margin": round(event.marginv / short * 100, 2)}
        elif mark and int(mark[1]) < len(settings):
            style, left_out = settings[int(mark[1])]
        tagged, dropped = style_of_tags(event.text, sheet)
        look = resolve(style, cue.get("role", "caption"))
        # Such as the fade that a preset has of its own.
        news = {key: value for key, value in tagged.items() if getattr(look, key) != value}
        style = {**style, **news}
        if style or styled:
            cue["style"] = style
        if left_out or dropped:
            cue["left_out"] = list(dict.fromkeys([*left_out, *dropped]))
        cues.append(cue)
    return cues


def _plain_vtt(text: str) -> tuple[str, list[_Settings]]:
    """Return WebVTT as the plain kind that pysubs2 reads: numbered cues, nothing else."""
    cues: list[str] = []
    settings: list[_Settings] = []
    for block in re.split(r"\n{2,}", text):
        rows = block.split("\n")
        at = next((i for i, row in enumerate(rows[:2]) if _VTT_TIMING.match(row)), None)
        if at is None:
            continue
        words = "\n".join(rows[at + 1 :])
        timing = cast("re.Match[str]", _VTT_TIMING.match(rows[at]))[0]
        style, left_out = style_of_settings(rows[at][len(timing) :])
        left_out += [what for what, markup in _VTT_MARKUP.items() if markup.search(words)]
        settings.append((style, left_out))
        words = re.sub(r"<\d[\d:.]*>", "", words)
        words = re.sub(r"</?[a-zA-Z][^>]*>", "", words)
        words = f"{_MARK}{len(cues)}{_MARK}{html.unescape(words).translate(_SHIELD)}"
        cues.append(f"{timing}\n{words}\n\n{len(cues) + 1}")
    if settings and re.search(r"^STYLE *$", text, re.MULTILINE):
        settings[0][1].append("its style sheet")
    return "WEBVTT\n\n" + "\n".join(cues) + "\n", settings


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
