"""Captions pasted into a message: SRT, WebVTT, a time before each line, or lines alone."""

# ruff: noqa: RUF001 - Chinese messages use Chinese punctuation
from __future__ import annotations

import re
from typing import Final

Cue = tuple[int | None, int | None, str]

_TIME: Final = r"(?:\d{1,2}:)?\d{1,3}:\d{2}(?:[.,]\d{1,3})?|\d+(?:\.\d+)?\s*(?:s|sec|秒)"
_SPAN: Final = re.compile(
    rf"^\s*[\[(（]?\s*({_TIME})\s*(?:-->|->|→|[-–—~～]|to\b|至|到)\s*({_TIME})\s*[\])）]?"
    r"\s*[:：|-]?\s*(.*)$",
    re.IGNORECASE,
)
_SHORT: Final = re.compile(
    r"^\s*(\d+(?:\.\d+)?)\s*[-–—~～]\s*(\d+(?:\.\d+)?)\s*(?:s|sec|秒)\s*[:：|-]?\s*(.+)$",
    re.IGNORECASE,
)
_START: Final = re.compile(
    rf"^\s*[\[(（]?\s*({_TIME})\s*[\])）]?\s*[:：|-]?\s+(.+)$", re.IGNORECASE
)
_NUMBER: Final = re.compile(r"^\s*\d+\s*$")
_BULLET: Final = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)、])\s+")
_HEADER: Final = re.compile(
    r"(?:captions?|subtitles?|subs|lines|script|lyrics|text|字幕|歌词|台词|文案|文字)[^:：\n]{0,60}[:：]?\s*$",
    re.IGNORECASE,
)
_LEAST_LINES: Final = 2
_SECOND_MS: Final = 1000


def pasted(message: str) -> tuple[str, tuple[Cue, ...]] | None:
    """Return what stands before pasted captions, and the captions; None where there are none.

    Lines with times are captions wherever they stand below the first line, or alone in the
    message. Lines without are captions below a line that announces them.
    """
    lines = message.strip().splitlines()
    timed = [index for index, line in enumerate(lines) if _span(line) or _START.match(line)]
    spans = [index for index in timed if _span(lines[index])]
    if len(lines) > 1 and timed and (len(timed) >= _LEAST_LINES or spans):
        first = timed[0]
        while first > 0 and _NUMBER.match(lines[first - 1]):
            first -= 1
        head = "\n".join(line for line in lines[:first] if line.strip().upper() != "WEBVTT")
        cues = _timed_cues(lines[timed[0] :])
        if cues and len(head.splitlines()) <= 1:
            return head, cues
    if len(lines) > _LEAST_LINES and _HEADER.search(lines[0]):
        texts = [_unquoted(_BULLET.sub("", line).strip()) for line in lines[1:] if line.strip()]
        if len(texts) >= _LEAST_LINES:
            return lines[0], tuple((None, None, text) for text in texts)
    return None


def _timed_cues(lines: list[str]) -> tuple[Cue, ...]:
    cues: list[tuple[int, int | None, list[str]]] = []
    for line in lines:
        span = _span(line)
        start = None if span else _START.match(line)
        if span:
            text = span[3].strip()
            cues.append((_ms(span[1]), _ms(span[2]), [text] if text else []))
        elif start:
            cues.append((_ms(start[1]), None, [start[2].strip()]))
        elif line.strip() and not _NUMBER.match(line):
            cues[-1][2].append(line.strip())
    return tuple((a, b, _unquoted("\n".join(text))) for a, b, text in cues if text)


def _span(line: str) -> re.Match[str] | None:
    """Return the two times and the words of a line that begins with both."""
    return _SPAN.match(line) or _SHORT.match(line)


def _unquoted(text: str) -> str:
    for opening, closing in (('"', '"'), ("“", "”"), ("「", "」")):
        if text.startswith(opening) and text.endswith(closing) and len(text) > 1:
            return text[1:-1]
    return text


def _ms(form: str) -> int:
    plain = form.strip().lower()
    if ":" not in plain:
        return round(float(re.sub(r"[^\d.]", "", plain)) * _SECOND_MS)
    *units, seconds = plain.replace(",", ".").split(":")
    total = float(seconds)
    for factor, unit in zip((60, 3600), reversed(units), strict=False):
        total += factor * int(unit)
    return round(total * _SECOND_MS)
