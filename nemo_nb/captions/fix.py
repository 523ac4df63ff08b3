"""Mending captions by a profile: what a rule can mend without losing a word is mended. Pure.

Lines are broken anew, cues that hold too many lines are split, overlaps and gaps are closed,
cues that are too quick stay as long as there is room, and times go to whole frames. Wording,
colours and places are the author's: they stay, and `lint` goes on to tell them.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, cast

import pandas as pd

from nemo_nb import words
from nemo_nb.captions.breaking import break_lines
from nemo_nb.captions.profiles import Profile, Rule
from nemo_nb.models import Canvas
from nemo_nb.timeline.columns import ints
from nemo_nb.timeline.draft import (
    DURATION_KEYS,
    META_KEYS,
    SEGMENT_KEYS,
    START_KEYS,
    TEXT_KEYS,
    TRACK_KEYS,
    Segment,
    Track,
    first,
    read_tracks,
)

COLUMNS: Final = ("cue", "rule", "action", "before", "after")


@dataclass(frozen=True, slots=True)
class _Cue:
    """A text segment on its way; ``number`` is that of the captions frame it came from."""

    number: int
    role: str
    start_ms: int
    end_ms: int
    text: str
    track: int
    segment: int
    part: int = 0
    timed_words: bool = False

    @property
    def duration_ms(self) -> int:
        return self.end_ms - self.start_ms


@dataclass(slots=True)
class _Deeds:
    rows: list[tuple[Any, ...]] = field(default_factory=list[tuple[Any, ...]])

    def add(self, cue: _Cue, rule: str, action: str, before: object, after: object) -> None:
        self.rows.append((cue.number, rule, action, str(before), str(after)))

    def frame(self) -> pd.DataFrame:
        columns = list(zip(*self.rows, strict=True)) or [() for _ in COLUMNS]
        texts = {
            name: pd.array(list(column), dtype="str")
            for name, column in zip(COLUMNS[1:], columns[1:], strict=True)
        }
        return pd.DataFrame({"cue": ints(columns[0]), **texts})


def fix(
    draft: Mapping[str, Any], profile: Profile, canvas: Canvas
) -> tuple[dict[str, Any], pd.DataFrame]:
    """Return *draft* with what *profile* lets mend, and what was done.

    Args:
        draft: Is not changed.
        profile: Whose limits hold.
        canvas: Its frame rate and shape.

    Returns:
        The new draft, and a frame ``cue`` (the number it had), ``rule, action, before,
        after``, in the order in which it was done.
    """
    tracks = read_tracks(draft)
    deeds = _Deeds()
    mended: list[_Cue] = []
    for role in ("caption", "title"):
        cues = [cue for cue in _cues(tracks) if (cue.role == "title") == (role == "title")]
        mended += _mended(cues, profile, canvas, deeds)
    return _written(draft, tracks, mended), deeds.frame()


def _cues(tracks: Sequence[Track]) -> list[_Cue]:
    """Return the text segments in the order, and with the numbers, of the captions frame."""
    found = [
        (segment, track.index)
        for track in tracks
        if track.kind == "text"
        for segment in track.segments
    ]
    found.sort(key=lambda item: item[0].start_ms)
    return [
        _Cue(
            number,
            segment.role,
            segment.start_ms,
            segment.end_ms,
            segment.text,
            track,
            segment.index,
            timed_words="words" in segment.meta,
        )
        for number, (segment, track) in enumerate(found, 1)
    ]


def _mended(cues: Sequence[_Cue], profile: Profile, canvas: Canvas, deeds: _Deeds) -> list[_Cue]:
    rules = profile.rules
    portrait = canvas.height > canvas.width
    parts = [part for cue in cues for part in _broken(cue, rules, deeds, portrait=portrait)]
    result: list[_Cue] = []
    for index, cue in enumerate(parts):
        following = parts[index + 1] if index + 1 < len(parts) else None
        room_ms = math.inf if following is None else following.start_ms
        result.append(_timed(cue, room_ms, rules, canvas, deeds, portrait=portrait))
    if "frame_grid" in rules:
        result = [_on_grid(cue, rules["frame_grid"], canvas.fps, deeds) for cue in result]
    return result


def _broken(
    cue: _Cue, rules: Mapping[str, Rule], deeds: _Deeds, *, portrait: bool
) -> Iterator[_Cue]:
    """Yield *cue* with lines as the profile has them, in parts where they are too many."""
    script = words.script_of(cue.text)
    lines = words.lines(cue.text)
    most = _limit(rules.get("lines"), script, portrait=portrait)
    limit = _limit(rules.get("line_length"), script, portrait=portrait)
    broken = next((name for name, bad in _line_faults(lines, rules, limit, most) if bad), None)
    if broken is None:
        yield cue
        return
    # Without a limit of their own, lines stay as long as the longest one was.
    longest = max(map(words.chars, lines), default=1)
    fresh = break_lines(cue.text, max(1, int(limit) if math.isfinite(limit) else longest))
    groups = [fresh]
    if len(fresh) > most:
        step = max(1, int(most))
        groups = [fresh[at : at + step] for at in range(0, len(fresh), step)]
    parts = _shared_out(cue, groups, rules)
    if parts is None:
        # Split, its parts would flash by: lines too many are the lesser evil.
        parts = [replace(cue, text="\n".join(fresh))]
    if len(parts) > 1:
        deeds.add(
            cue,
            "lines",
            f"Split into {len(parts)} cues.",
            cue.text,
            " / ".join(p.text for p in parts),
        )
    elif parts[0].text != cue.text:
        deeds.add(cue, broken, "Broke the lines anew.", cue.text, parts[0].text)
    yield from parts


def _line_faults(
    lines: Sequence[str], rules: Mapping[str, Rule], limit: float, most: float
) -> Iterator[tuple[str, bool]]:
    lengths = [words.chars(line) for line in lines]
    yield "line_length", max(lengths, default=0) > limit
    yield "lines", len(lines) > most
    if len(lines) > 1 and "orphan" in rules:
        yield "orphan", words.reading_units(lines[-1]) < rules["orphan"].limit
    if len(lines) > 1 and "line_balance" in rules:
        yield "line_balance", min(lengths) < rules["line_balance"].limit * max(lengths)


def _shared_out(
    cue: _Cue, groups: Sequence[Sequence[str]], rules: Mapping[str, Rule]
) -> list[_Cue] | None:
    """Return a cue a group, the time shared by characters; None where one gets too little."""
    texts = ["\n".join(group) for group in groups]
    if len(texts) == 1:
        return [replace(cue, text=texts[0])]
    if cue.timed_words:
        return None
    weights = [max(1, words.chars(text)) for text in texts]
    total, passed, edge = sum(weights), 0, cue.start_ms
    parts: list[_Cue] = []
    for number, (text, weight) in enumerate(zip(texts, weights, strict=True)):
        passed += weight
        end = cue.start_ms + round(cue.duration_ms * passed / total)
        parts.append(replace(cue, text=text, start_ms=edge, end_ms=end, part=number))
        edge = end
    shortest = rules["duration_short"].limit if "duration_short" in rules else 1
    return parts if all(part.duration_ms >= shortest for part in parts) else None


def _timed(
    cue: _Cue,
    room_ms: float,
    rules: Mapping[str, Rule],
    canvas: Canvas,
    deeds: _Deeds,
    *,
    portrait: bool,
) -> _Cue:
    """Return *cue* with another end, where a rule asks for one and *room_ms* allows it."""
    gap = rules.get("gap")
    joined = gap is None or gap.joined
    least = 0 if gap is None else math.ceil(_gap_ms(gap, canvas.fps))
    latest = room_ms if joined else room_ms - least
    wanted, rule = _wanted_ms(cue, rules, portrait=portrait)
    shortest = rules["duration_short"].limit if "duration_short" in rules else 1
    # A new fault is no price for a mended one: this much is left for the reader.
    enough = min(cue.duration_ms, shortest)
    if cue.end_ms > room_ms and "overlap" in rules and latest - cue.start_ms >= enough:
        cue = _ended(cue, int(latest), "overlap", "Ended it before the next one.", deeds)
    if cue.duration_ms < wanted and (end := min(cue.start_ms + wanted, latest)) > cue.end_ms:
        cue = _ended(cue, int(end), rule, "Shows it longer.", deeds)
    free = room_ms - cue.end_ms
    if joined and 0 < free < least:
        cue = _ended(cue, int(room_ms), "gap", "Closed the gap.", deeds)
    elif not joined and 0 <= free < least and latest - cue.start_ms >= min(cue.duration_ms, wanted):
        cue = _ended(cue, int(latest), "gap", "Ended it earlier, for the gap.", deeds)
    longest = rules["duration_long"].limit if "duration_long" in rules else math.inf
    if cue.duration_ms > longest >= wanted:
        cue = _ended(cue, cue.start_ms + int(longest), "duration_long", "Ended it earlier.", deeds)
    return cue


def _wanted_ms(cue: _Cue, rules: Mapping[str, Rule], *, portrait: bool) -> tuple[int, str]:
    """Return how long *cue* must show at least, and the rule that says so."""
    script = words.script_of(cue.text)
    wishes = [(0, "")]
    if "duration_short" in rules:
        wishes.append((math.ceil(rules["duration_short"].limit), "duration_short"))
    speed = rules.get("reading_speed")
    if speed is not None and (limit := speed.limit_for(script, portrait=portrait)) > 0:
        by_words = speed.unit == "wpm"
        amount = words.reading_units(cue.text) if by_words else words.chars(cue.text)
        wishes.append((math.ceil(amount * (60_000 if by_words else 1000) / limit), "reading_speed"))
    return max(wishes)


def _ended(cue: _Cue, end_ms: int, rule: str, said: str, deeds: _Deeds) -> _Cue:
    deeds.add(cue, rule, said, f"{cue.end_ms} ms", f"{end_ms} ms")
    return replace(cue, end_ms=end_ms)


def _on_grid(cue: _Cue, rule: Rule, fps: float, deeds: _Deeds) -> _Cue:
    frame_ms = 1000 / fps
    start, end = (round(round(at / frame_ms) * frame_ms) for at in (cue.start_ms, cue.end_ms))
    moved = max(abs(start - cue.start_ms), abs(end - cue.end_ms))
    if moved <= rule.limit or start >= end:
        return cue
    before, after = f"{cue.start_ms}-{cue.end_ms} ms", f"{start}-{end} ms"
    deeds.add(cue, "frame_grid", "Moved it to whole frames.", before, after)
    return replace(cue, start_ms=start, end_ms=end)


def _gap_ms(rule: Rule, fps: float) -> float:
    return rule.limit * 1000 / fps if rule.unit == "frames" else rule.limit


def _limit(rule: Rule | None, script: str, *, portrait: bool) -> float:
    return math.inf if rule is None else rule.limit_for(script, portrait=portrait)


def _written(
    draft: Mapping[str, Any], tracks: Sequence[Track], cues: Sequence[_Cue]
) -> dict[str, Any]:
    """Return *draft* with the text segments that *cues* tell; everything else as it was."""
    parts: dict[tuple[int, int], list[_Cue]] = {}
    for cue in cues:
        parts.setdefault((cue.track, cue.segment), []).append(cue)
    used = {segment.id for track in tracks for segment in track.segments}
    result = copy.deepcopy(dict(draft))
    listed = cast("list[Any]", first(result, TRACK_KEYS) or [])
    raw_tracks: list[dict[str, Any]] = [raw for raw in listed if isinstance(raw, dict)]
    for raw, track in zip(raw_tracks, tracks, strict=True):
        if track.kind != "text":
            continue
        fresh = [
            _segment(segment, cue, used)
            for segment in track.segments
            for cue in parts.get((track.index, segment.index), [])
        ]
        raw[_key(raw, SEGMENT_KEYS)] = fresh
    return result


def _segment(segment: Segment, cue: _Cue, used: set[str]) -> dict[str, Any]:
    raw = copy.deepcopy(dict(segment.raw))
    raw[_key(raw, START_KEYS)] = cue.start_ms
    raw[_key(raw, DURATION_KEYS)] = cue.duration_ms
    if cue.part:
        raw["id"] = _free(segment.id, cue.part + 1, used)
    if cue.text != segment.text:
        holder = raw if first(raw, TEXT_KEYS) is not None else raw[_key(raw, META_KEYS)]
        holder[_key(holder, TEXT_KEYS)] = cue.text
    return raw


def _free(name: str, number: int, used: set[str]) -> str:
    while f"{name}-{number}" in used:
        number += 1
    used.add(f"{name}-{number}")
    return f"{name}-{number}"


def _key(raw: Mapping[str, Any], keys: Sequence[str]) -> str:
    """Return the key of *keys* that *raw* uses, else the first."""
    return next((key for key in keys if raw.get(key) is not None), keys[0])
