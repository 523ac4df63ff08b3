"""By how much a photo stands longer: "the last one 2 seconds longer", 多停两秒."""

from __future__ import annotations

import re
from typing import Final

from nemo_nb.studio.agent.tokens import Token

_TEXTS: Final = frozenset({"caption", "title", "text", "card", "music", "sound", "transition"})
_PICTURED: Final = frozenset({"photo", "photos"})
_PHOTO: Final = re.compile(r"photo|picture|image|pic|张")
_LENGTH: Final = re.compile(r"^(?:the )?(?:time|duration|length|display time|时间|时长)$")
_MORE: Final = re.compile(r"\b(?:more|extra|additional|further)\b")
_AFTER: Final = (
    ("longer", re.compile(r"\s*(?:longer|more|extra)\b")),
    ("shorter", re.compile(r"\s*(?:shorter|less)\b")),
)
_BEFORE: Final = (
    ("longer", re.compile(r"\b(?:extend|lengthen|prolong)\b.*\bby\b|\bfor (?:another|an extra)\b")),
    ("longer", re.compile(r"延长|加长|多(?:停留?|显示|放|展示|播|留|持续)?|增加")),
    ("shorter", re.compile(r"\b(?:shorten|cut down|reduce)\b.*\bby\b")),
    ("shorter", re.compile(r"缩短|少(?:停留?|显示|放|展示|播|留|持续)|减少")),
)


def in_photo_run(run: list[Token], folded: str) -> list[Token]:
    """Return the tokens up to a mark with a time by which photos stand longer or shorter read.

    Args:
        run: With times joined, nothing counted yet.
        folded: The message they came from, folded.
    """
    times = [token for token in run if token.kind == "time"]
    if not times:
        return _paced(run, folded)
    if len(times) == 1:
        run = _at_an_end(run, folded)
    named = any(
        (t.kind == "noun" and t.value in _PICTURED) or (t.kind == "place" and t.value != "video")
        for t in run
    )
    clips = any(re.search(r"clip|video|视频|段", folded[t.start : t.end]) for t in run)
    named = named or any(t.kind == "scope" and "张" in folded[t.start : t.end] for t in run)
    other = clips or any((t.kind == "noun" and t.value in _TEXTS) or t.kind in _OTHER for t in run)
    if len(times) != 1 or not named or other:
        return run
    time = times[0]
    found = _way(run, time, folded)
    if found is None:
        return run
    way, start, end = found
    by = Token("by", (way, int(time.value)), start, end)
    return [
        *(t for t in run if t.end <= start),
        by,
        *(t for t in run if t.start >= end),
    ]


def _paced(run: list[Token], folded: str) -> list[Token]:
    """Read "double the time of the first photo", 照片时间减半 as how fast photos follow."""
    factors = [t for t in run if t.kind == "factor"]
    named = any(t.kind == "noun" and t.value in _PICTURED for t in run)
    named = named or any(t.kind == "place" and _PHOTO.search(_said(t, folded)) for t in run)
    said = [t for t in run if _LENGTH.search(_said(t, folded))]
    other = any(t.kind in _OTHER or (t.kind == "noun" and t.value in _TEXTS) for t in run)
    if len(factors) != 1 or not named or not said or other or float(factors[0].value) <= 0:
        return run
    one, factor = factors[0], float(factors[0].value)
    way = ("slower", factor) if factor >= 1 else ("faster", 1 / factor)
    middle = (one.start + one.end) // 2
    pace = [
        Token("verb", way[0], one.start, middle),
        Token("factor", str(way[1]), middle, one.end),
    ]
    kept = ([t] if t is not one else pace for t in run if t not in said)
    return [token for some in kept for token in some]


def _said(token: Token, folded: str) -> str:
    return folded[token.start : token.end]


def _at_an_end(run: list[Token], folded: str) -> list[Token]:
    """Read "the photo at the end should stay 6 seconds" as the last photo."""
    told = [t for t in run if t.kind not in ("filler", "polite", "article")]
    for noun, prep, edge in zip(told, told[1:], told[2:], strict=False):
        named = noun.kind == "noun" and noun.value == "photo"
        at = folded[prep.start : prep.end] in ("at", "in") and edge.kind == "edge"
        moved = any(t.kind == "verb" and t.value in ("move", "add") for t in run)
        if named and at and not moved:
            place = Token("place", edge.value, prep.start, edge.end)
            return [place if t is edge else t for t in run if t is not prep]
    return run


_OTHER: Final = frozenset({"quote", "piece", "crossing", "edge", "overlay", "genre", "fade"})


def _way(run: list[Token], time: Token, folded: str) -> tuple[str, int, int] | None:
    """Return whether it is longer or shorter, and the span of the words that say so."""
    before = folded[run[0].start : time.start]
    for way, form in _AFTER:
        if match := form.match(folded, time.end):
            return way, time.start, match.end()
    if _MORE.search(folded, time.start, time.end):
        return "longer", time.start, time.end
    for way, form in _BEFORE:
        match = form.search(before)
        if match and not re.search(r"\bto\b|到|成", before):
            latin = match[0].isascii()
            gap = before[match.end() :].strip(" 了个约大再")
            if latin or not gap:
                return way, time.start if latin else run[0].start + match.start(), time.end
    return None
