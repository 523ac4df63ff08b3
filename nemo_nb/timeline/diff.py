"""What changed between two drafts, as rows; :func:`diff_words` tells them as sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

import pandas as pd

from nemo_nb.models import Canvas
from nemo_nb.timeline.draft import (
    DURATION_KEYS,
    META_KEYS,
    NAME_KEYS,
    SOURCE_IN_KEYS,
    SOURCE_KEYS,
    SPEED_KEYS,
    START_KEYS,
    TEXT_KEYS,
    VOLUME_KEYS,
    Segment,
    Track,
    first,
    read_tracks,
)
from nemo_nb.timeline.matching import Placed, match, match_tracks, placed
from nemo_nb.timeline.telling import LABELS, diff_words

__all__ = ["CHANGES", "COLUMNS", "diff_frame", "diff_words"]

COLUMNS: Final = ("change", "track", "segment", "field", "before", "after")
CHANGES: Final = ("added", "removed", "moved", "edited")

# Keys whose values the named fields below already compare.
_TOLD_META: Final = frozenset(
    (
        *TEXT_KEYS,
        *NAME_KEYS,
        *SOURCE_KEYS,
        *SOURCE_IN_KEYS,
        *VOLUME_KEYS,
        *SPEED_KEYS,
        "role",
        "style",
    )
)
_NOT_CONTENT: Final = frozenset(("id", *START_KEYS, *DURATION_KEYS, *META_KEYS))

Row = tuple[str, int | None, int | None, str, Any, Any]


def diff_frame(
    before: Mapping[str, Any], after: Mapping[str, Any], before_canvas: Canvas, after_canvas: Canvas
) -> pd.DataFrame:
    """Return what *after* has changed against *before*, a row a change.

    ``track`` and ``segment`` count from 1 and say where the segment is in *after*, or was
    in *before* if it was removed; ``<NA>`` where a row is about something larger. An added
    or removed segment is one row with ``field`` "segment" and a dict of what it is. A moved
    one has ``field`` "start_ms" or "track". A change of picture size or frame rate is a row
    with ``field`` "canvas".
    """
    old, new = read_tracks(before), read_tracks(after)
    old_segments, new_segments = placed(old), placed(new)
    pairs = match(old_segments, new_segments)
    same_track = dict(match_tracks(old, new))

    rows: list[Row] = []
    if before_canvas != after_canvas:
        rows.append(("edited", None, None, "canvas", _canvas(before_canvas), _canvas(after_canvas)))
    rows += _draft_meta(before, after)
    rows += _track_rows(old, new, same_track)
    kept_old = {id(one.segment) for one, _ in pairs}
    kept_new = {id(one.segment) for _, one in pairs}
    labels: dict[str, list[str]] = {}
    for gone in old_segments:
        if id(gone.segment) not in kept_old:
            what = gone.described()
            rows.append(("removed", gone.track_number, gone.number, "segment", what, None))
    for come in new_segments:
        if id(come.segment) not in kept_new:
            what = come.described()
            rows.append(("added", come.track_number, come.number, "segment", None, what))
    for was, now in sorted(pairs, key=lambda pair: (pair[1].track_number, pair[1].number)):
        changed = list(_changes(was, now, same_track))
        rows += changed
        if changed:
            labels[f"{now.track_number}/{now.number}"] = [now.role, was.words]
    return _frame(rows, labels)


def _frame(rows: Sequence[Row], labels: dict[str, list[str]]) -> pd.DataFrame:
    columns = list(zip(*rows, strict=True)) or [() for _ in COLUMNS]
    frame = pd.DataFrame(
        {
            "change": pd.Categorical(columns[0], categories=list(CHANGES)),
            "track": pd.array(list(columns[1]), dtype="Int64"),
            "segment": pd.array(list(columns[2]), dtype="Int64"),
            "field": pd.array(list(columns[3]), dtype="str"),
            "before": pd.Series(list(columns[4]), dtype=object),
            "after": pd.Series(list(columns[5]), dtype=object),
        }
    )
    frame.attrs[LABELS] = labels
    return frame


def _track_rows(
    old: Sequence[Track], new: Sequence[Track], same: Mapping[int, int]
) -> Iterator[Row]:
    """Yield rows for tracks: renamed ones, and empty ones that came or went.

    A track that came or went with segments on it is told by its segments.
    """
    for track in old:
        match = same.get(track.index)
        if match is None:
            if not track.segments:
                yield "removed", track.index + 1, None, "track", track.name or track.kind, None
        elif track.name != new[match].name:
            yield "edited", match + 1, None, "name", track.name, new[match].name
    known = set(same.values())
    for track in new:
        if track.index not in known and not track.segments:
            yield "added", track.index + 1, None, "track", None, track.name or track.kind


def _draft_meta(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Row]:
    old, new = _meta_of(before), _meta_of(after)
    # Size and frame rate are told as the canvas.
    for key in sorted({*map(str, old), *map(str, new)} - {"width", "height", "fps"}):
        if not _same(old.get(key), new.get(key)):
            yield "edited", None, None, key, old.get(key), new.get(key)


def _meta_of(draft: Mapping[str, Any]) -> Mapping[str, Any]:
    meta = first(draft, META_KEYS)
    return cast("Mapping[str, Any]", meta) if isinstance(meta, Mapping) else {}


def _changes(was: Placed, now: Placed, same_track: Mapping[int, int]) -> Iterator[Row]:
    old, new = was.segment, now.segment
    where = now.track_number, now.number
    if same_track.get(was.track.index) != now.track.index:
        yield "moved", *where, "track", was.track_number, now.track_number
    if old.start_ms != new.start_ms:
        yield "moved", *where, "start_ms", old.start_ms, new.start_ms
    if _alike(old, new):
        if old.duration_ms != new.duration_ms:
            yield "edited", *where, "duration_ms", old.duration_ms, new.duration_ms
        return
    for field, before, after in _fields(was, now):
        if not _same(before, after):
            yield "edited", *where, field, before, after


def _alike(old: Segment, new: Segment) -> bool:
    """Whether nothing but times can differ; spares most segments the look at every field."""
    return old.meta == new.meta and _beside(old.raw) == _beside(new.raw)


def _beside(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in raw.items() if key not in _NOT_CONTENT}


def _fields(was: Placed, now: Placed) -> Iterator[tuple[str, Any, Any]]:
    old, new = was.segment, now.segment
    yield "duration_ms", old.duration_ms, new.duration_ms
    yield "text", old.text, new.text
    yield "source", old.source, new.source
    yield "source_in_ms", old.source_in_ms, new.source_in_ms
    # A name that is only the source again changes with it.
    if (old.name, new.name) != (old.source, new.source):
        yield "name", old.name, new.name
    yield "volume", old.volume, new.volume
    yield "speed", old.speed, new.speed
    if was.track.kind == "text":
        yield "role", old.role, new.role
    yield "style", dict(old.style), dict(new.style)
    for mapping_old, mapping_new, told in (
        (old.meta, new.meta, _TOLD_META),
        (old.raw, new.raw, _NOT_CONTENT | _TOLD_META),
    ):
        for key in sorted({*map(str, mapping_old), *map(str, mapping_new)} - told):
            yield key, mapping_old.get(key), mapping_new.get(key)


def _same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal, NaN counting as equal to itself."""
    return one is other or one == other or (one != one and other != other)  # noqa: PLR0124 - NaN


def _canvas(canvas: Canvas) -> str:
    return f"{canvas.width}x{canvas.height} {canvas.fps:g} fps"
