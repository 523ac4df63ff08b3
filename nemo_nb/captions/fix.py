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
from itertools import pairwise
from typing import Any, Final, cast

import pandas as pd

from nemo_nb import words
from nemo_nb.captions.breaking import break_lines, speeches
from nemo_nb.captions.profiles import Profile, Rule
from nemo_nb.captions.spoken import Spoken, moved, read_words, share_words, written
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
    duration_ms,
    first,
    key_of,
    read_tracks,
    whole,
)

COLUMNS: Final = ("cue", "rule", "action", "before", "after")
# One mend may make room for another: a cue that stays longer can be split. In three or so
# all is done; this many at most.
_PASSES: Final = 6


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
    words: tuple[Spoken, ...] = ()

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


@dataclass(frozen=True, slots=True)
class _Limits:
    """What holds for all cues of a draft: *last_ms* is where its pictures and sounds end."""

    rules: Mapping[str, Rule]
    canvas: Canvas
    last_ms: float

    @property
    def portrait(self) -> bool:
        return self.canvas.height > self.canvas.width

    def of(self, name: str, script: str = "", otherwise: float = math.inf) -> float:
        rule = self.rules.get(name)
        return otherwise if rule is None else rule.limit_for(script, portrait=self.portrait)


def fix(
    draft: Mapping[str, Any], profile: Profile, canvas: Canvas
) -> tuple[dict[str, Any], pd.DataFrame]:
    """Return *draft* with what *profile* lets mend, and what was done.

    Every word stays, and so do ids and, where ``m.words`` has them, the times at which words
    are spoken. Cues whose time cannot be read are left as they are.

    Args:
        draft: Is not changed.
        profile: Whose limits hold.
        canvas: Its frame rate and shape.

    Returns:
        The new draft, and a frame ``cue`` (the number it had), ``rule, action, before,
        after``, in the order in which it was done.
    """
    tracks = read_tracks(draft)
    last_ms = max((track.end_ms for track in tracks if track.kind != "text"), default=0)
    limits = _Limits(profile.rules, canvas, last_ms or math.inf)
    deeds = _Deeds()
    mended: list[_Cue] = []
    for is_title in (False, True):
        cues = [cue for cue in _cues(tracks) if (cue.role == "title") == is_title]
        for _ in range(_PASSES):
            before, cues = cues, _mended(cues, limits, deeds)
            if cues == before:
                break
        mended += cues
    return _written(draft, tracks, mended), deeds.frame()


def _cues(tracks: Sequence[Track]) -> list[_Cue]:
    """Return the text segments that have a time, with their numbers of the captions frame."""
    found = [
        (segment, track.index)
        for track in tracks
        if track.kind == "text"
        for segment in track.segments
    ]
    found.sort(key=lambda item: (not _is_timed(item[0]), item[0].start_ms))
    return [
        _Cue(
            number,
            segment.role,
            segment.start_ms,
            segment.end_ms,
            segment.text,
            track,
            segment.index,
            read_words(segment.meta),
        )
        for number, (segment, track) in enumerate(found, 1)
        if _is_timed(segment)
    ]


def _is_timed(segment: Segment) -> bool:
    given = (first(segment.raw, keys) for keys in (START_KEYS, DURATION_KEYS))
    readable = all(value is None or whole(value) is not None for value in given)
    return readable and whole(segment.end_ms) is not None


def _mended(cues: Sequence[_Cue], limits: _Limits, deeds: _Deeds) -> list[_Cue]:
    broken = [part for cue in cues for part in _broken(cue, limits, deeds)]
    # Parts of a long cue may begin after one that it overlaps.
    parts = sorted(broken, key=lambda cue: (cue.start_ms, cue.track, cue.segment))
    result: list[_Cue] = []
    for index, cue in enumerate(parts):
        following = parts[index + 1] if index + 1 < len(parts) else None
        room_ms = math.inf if following is None else following.start_ms
        result.append(_timed(cue, room_ms, limits, deeds))
    if "frame_grid" in limits.rules:
        rule, fps = limits.rules["frame_grid"], limits.canvas.fps
        result = [_on_grid(cue, rule, fps, deeds) for cue in result]
    return result


def _broken(cue: _Cue, limits: _Limits, deeds: _Deeds) -> Iterator[_Cue]:
    """Yield *cue* with lines as the profile has them, in parts where they are too many."""
    script = words.script_of(cue.text)
    lines = words.lines(cue.text)
    most, limit = limits.of("lines", script), limits.of("line_length", script)
    faults = _line_faults(cue.text, lines, limits.rules, limit, most)
    broken = next((name for name, bad in faults if bad), None)
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
    parts = _shared_out(cue, groups, limits)
    if parts is None:
        # Split, its parts would flash by: lines too many are the lesser evil.
        parts = [replace(cue, text="\n".join(fresh))]
    if len(parts) > 1:
        told = " / ".join(part.text for part in parts)
        deeds.add(cue, "lines", f"Split into {len(parts)} cues.", cue.text, told)
    elif parts[0].text != cue.text:
        deeds.add(cue, broken, "Broke the lines anew.", cue.text, parts[0].text)
    yield from parts


def _line_faults(
    text: str, lines: Sequence[str], rules: Mapping[str, Rule], limit: float, most: float
) -> Iterator[tuple[str, bool]]:
    lengths = [words.chars(line) for line in lines]
    yield "line_length", max(lengths, default=0) > limit
    yield "lines", len(lines) > most
    if len(lines) < 2 or len(speeches(text)) > 1:  # noqa: PLR2004 - nothing to even out
        return
    if "orphan" in rules:
        yield "orphan", words.reading_units(lines[-1]) < rules["orphan"].limit
    if "line_balance" in rules:
        yield "line_balance", min(lengths) < rules["line_balance"].limit * max(lengths)


def _shared_out(cue: _Cue, groups: Sequence[Sequence[str]], limits: _Limits) -> list[_Cue] | None:
    """Return a cue a group; None where one gets too little time.

    Where the words' own times are known each part begins with its first word, else the time
    is shared by characters.
    """
    texts = ["\n".join(group) for group in groups]
    if len(texts) == 1:
        return [replace(cue, text=texts[0])]
    weights = [max(1, words.chars(text)) for text in texts]
    total = sum(weights)
    edges = [
        cue.start_ms + round(cue.duration_ms * sum(weights[:at]) / total)
        for at in range(len(texts))
    ]
    spoken = share_words(cue.words, texts)
    for at, own in enumerate(spoken):
        if at and own:
            edges[at] = cue.start_ms + own[0].start_ms
    edges.append(cue.end_ms)
    shortest = limits.of("duration_short", otherwise=1)
    if any(end - start < shortest for start, end in pairwise(edges)):
        return None
    return [
        replace(cue, text=text, start_ms=start, end_ms=end, words=moved(own, cue.start_ms - start))
        for text, own, (start, end) in zip(texts, spoken, pairwise(edges), strict=True)
    ]


def _timed(cue: _Cue, room_ms: float, limits: _Limits, deeds: _Deeds) -> _Cue:
    """Return *cue* with another end, where a rule asks for one and *room_ms* allows it."""
    rules = limits.rules
    gap = rules.get("gap")
    joined = gap is None or gap.joined
    least = 0 if gap is None else math.ceil(_gap_ms(gap, limits.canvas.fps))
    latest = room_ms if joined else room_ms - least
    needed, rule = _needed_ms(cue, limits)
    longest = limits.of("duration_long")
    # A new fault is no price for a mended one: this much is left for the reader, and nothing
    # stays beyond the longest time or the end of the pictures.
    enough = min(cue.duration_ms, limits.of("duration_short", otherwise=1))
    if cue.end_ms > room_ms and "overlap" in rules and latest - cue.start_ms >= enough:
        cue = _ended(cue, int(latest), "overlap", "Ended it before the next one.", deeds)
    end = min(cue.start_ms + min(needed, longest), latest, limits.last_ms)
    if end > cue.end_ms:
        cue = _ended(cue, int(end), rule, "Shows it longer.", deeds)
    free = room_ms - cue.end_ms
    if joined and 0 < free < least and room_ms - cue.start_ms <= longest:
        cue = _ended(cue, int(room_ms), "gap", "Closed the gap.", deeds)
    elif not joined and 0 <= free < least and latest - cue.start_ms >= min(cue.duration_ms, needed):
        cue = _ended(cue, int(latest), "gap", "Ended it earlier, for the gap.", deeds)
    if cue.duration_ms > longest >= needed:
        cue = _ended(cue, cue.start_ms + int(longest), "duration_long", "Ended it earlier.", deeds)
    return cue


def _needed_ms(cue: _Cue, limits: _Limits) -> tuple[int, str]:
    """Return how long *cue* must show at least, and the rule that says so."""
    wishes = [(0, ""), (math.ceil(limits.of("duration_short", otherwise=0)), "duration_short")]
    speed = limits.rules.get("reading_speed")
    limit = limits.of("reading_speed", words.script_of(cue.text), otherwise=0)
    if speed is not None and limit > 0:
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
    if max(abs(start - cue.start_ms), abs(end - cue.end_ms)) <= rule.limit or start >= end:
        return cue
    before, after = f"{cue.start_ms}-{cue.end_ms} ms", f"{start}-{end} ms"
    deeds.add(cue, "frame_grid", "Moved it to whole frames.", before, after)
    spoken = moved(cue.words, cue.start_ms - start)
    return replace(cue, start_ms=start, end_ms=end, words=spoken)


def _gap_ms(rule: Rule, fps: float) -> float:
    return rule.limit * 1000 / fps if rule.unit == "frames" else rule.limit


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
        if track.kind == "text" and track.segments:
            raw[key_of(raw, SEGMENT_KEYS)] = [
                fresh
                for segment in track.segments
                for fresh in _segments(segment, parts.get((track.index, segment.index), []), used)
            ]
    if result.get("d") == duration_ms(draft):
        result["d"] = duration_ms(result)
    return result


def _segments(segment: Segment, cues: Sequence[_Cue], used: set[str]) -> Iterator[dict[str, Any]]:
    """Yield what has become of *segment*: the first part keeps its id."""
    if not cues:
        yield copy.deepcopy(dict(segment.raw))
    spoken = read_words(segment.meta)
    for number, cue in enumerate(cues, 1):
        raw = copy.deepcopy(dict(segment.raw))
        raw[key_of(raw, START_KEYS)] = cue.start_ms
        raw[key_of(raw, DURATION_KEYS)] = cue.duration_ms
        if number > 1:
            raw["id"] = _free(segment.id, number, used)
        if cue.text != segment.text:
            in_meta = first(segment.meta, TEXT_KEYS) is not None
            holder: dict[str, Any] = raw[key_of(raw, META_KEYS)] if in_meta else raw
            holder[key_of(holder, TEXT_KEYS)] = cue.text
        if cue.words != spoken:
            raw[key_of(raw, META_KEYS)]["words"] = written(cue.words)
        yield raw


def _free(name: str, number: int, used: set[str]) -> str:
    while f"{name}-{number}" in used:
        number += 1
    used.add(f"{name}-{number}")
    return f"{name}-{number}"
