"""Draft → DataFrames, column by column, for any draft.

`track`, `segment` and `cue` count from 1, as :mod:`nemo_nb.timeline.summary` does. The rules
of reading are those of :mod:`nemo_nb.timeline.draft`, with one difference: a start or a
duration that is there but cannot be read (NaN, a word, beyond 64 bits) is ``<NA>`` here,
not a guess, and stays to be seen in ``meta``.

``meta`` is a copy of the object's own ``m``, with every key beside the known ones.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, cast

import numpy as np
import pandas as pd

from nemo_nb import words
from nemo_nb.timeline.columns import (
    ATOMS,
    FEW_KEYS,
    Json,
    Objects,
    Whole,
    category,
    cells,
    copied,
    either,
    floats,
    ints,
    rounded,
    rows,
    strings,
    unhurried_collector,
    wholes,
)
from nemo_nb.timeline.draft import (
    DURATION_KEYS,
    KINDS,
    META_KEYS,
    NAME_KEYS,
    SEGMENT_KEYS,
    SOURCE_IN_KEYS,
    SOURCE_KEYS,
    SPEED_KEYS,
    START_KEYS,
    TEXT_KEYS,
    TRACK_KEYS,
    TYPE_KEYS,
    VOLUME_KEYS,
    first,
    whole,
)

TRACK_KINDS: Final = ("video", "audio", "text", "other")
MEDIA_KINDS: Final = ("video", "image", "audio", "subtitle", "other")
ROLES: Final = ("title", "caption")

_SEGMENT_READ: Final = (*START_KEYS, *DURATION_KEYS, *META_KEYS)
_TRACK_READ: Final = (*SEGMENT_KEYS, *TYPE_KEYS, *META_KEYS)
_INT64_MAX: Final = 2**63 - 1


def tracks_frame(draft: Any, segments: pd.DataFrame) -> pd.DataFrame:
    """Return a row a track: ``track kind name segments start_ms end_ms meta``.

    ``start_ms`` and ``end_ms`` are those of its segments; ``<NA>`` for an empty track.

    Args:
        draft: The draft.
        segments: Its :func:`segments_frame`.
    """
    tracks = _tracks(draft)
    metas = tracks.inner(META_KEYS)
    groups = cast("Any", segments).groupby("track")
    numbers = range(1, len(tracks) + 1)
    sizes: dict[int, int] = groups.size().to_dict()
    starts, ends = groups["start_ms"].min(), groups["end_ms"].max()
    return pd.DataFrame(
        {
            "track": ints(numbers),
            "kind": category([_kind(track) for track in tracks.items], TRACK_KINDS),
            "name": strings(either(metas.texts(NAME_KEYS), tracks.texts(NAME_KEYS))),
            "segments": ints([sizes.get(number, 0) for number in numbers]),
            "start_ms": starts.reindex(numbers).array,
            "end_ms": ends.reindex(numbers).array,
            "meta": cells(_with_the_rest(tracks, metas, _TRACK_READ)),
        }
    )


@unhurried_collector()
def segments_frame(draft: Any) -> pd.DataFrame:
    """Return a row a segment, in draft order.

    Columns: ``track segment kind name start_ms end_ms duration_ms source source_in_ms
    source_out_ms text volume speed meta``. ``source_in_ms`` and ``source_out_ms`` are
    ``<NA>`` where there is no source; ``volume`` is NaN where the draft states none.
    """
    tracks = _tracks(draft)
    lists = [Objects(listed) for listed in tracks.column(SEGMENT_KEYS)]
    sizes = np.array([len(one) for one in lists], dtype=np.int64)
    kinds = np.array([TRACK_KINDS.index(_kind(one)) for one in tracks.items], dtype=np.int8)
    segments = Objects.joined(lists)
    metas = segments.inner(META_KEYS)

    given_duration, given_start = segments.column(DURATION_KEYS), segments.column(START_KEYS)
    duration = wholes(given_duration, unset=0)
    start = _starts(given_start, duration, sizes.tolist())
    sources = either(metas.texts(SOURCE_KEYS), segments.texts(SOURCE_KEYS))
    names = either(metas.texts(NAME_KEYS), segments.texts(NAME_KEYS))
    speed = floats(metas.column(SPEED_KEYS), unset=1.0)
    speed[~(speed > 0)] = 1.0
    source_in = wholes(metas.column(SOURCE_IN_KEYS), unset=0).without(
        np.array([not source for source in sources], dtype=bool)
    )
    with np.errstate(over="ignore"):
        used = rounded(duration.ints * speed).without(duration.missing)
    meta = _with_the_rest(segments, metas, _SEGMENT_READ)
    _keep_unread(meta, segments, start, START_KEYS)
    _keep_unread(meta, segments, duration, DURATION_KEYS)

    count = np.arange(1, len(segments) + 1)
    return pd.DataFrame(
        {
            "track": ints(np.repeat(np.arange(1, len(sizes) + 1), sizes)),
            "segment": ints(count - np.repeat(np.cumsum(sizes) - sizes, sizes)),
            "kind": cast("Any", pd.Categorical).from_codes(
                np.repeat(kinds, sizes), categories=list(TRACK_KINDS)
            ),
            "name": strings(either(names, sources)),
            "start_ms": start.array,
            "end_ms": start.plus(duration).array,
            "duration_ms": duration.array,
            "source": strings(sources),
            "source_in_ms": source_in.array,
            "source_out_ms": source_in.plus(used).array,
            "text": strings(either(metas.texts(TEXT_KEYS), segments.texts(TEXT_KEYS))),
            "volume": floats(metas.column(VOLUME_KEYS)),
            "speed": speed,
            "meta": cells(meta),
        }
    )


def captions_frame(segments: pd.DataFrame) -> pd.DataFrame:
    """Return a row a text segment, by start: ``cue`` from 1.

    Columns: ``cue role start_ms end_ms duration_ms text lines chars words cps wpm gap_ms
    style``. ``gap_ms`` reaches to the next cue of the same role, negative where they
    overlap: a title above a caption is no overlap. ``cps`` and ``wpm`` are NaN without a
    positive duration.
    """
    ordered = _texts_by_start(segments)
    metas = Objects(ordered["meta"].tolist())
    texts: list[str] = ordered["text"].tolist()
    chars = np.array([words.chars(text) for text in texts], dtype=np.int64)
    units = np.array([words.reading_units(text) for text in texts], dtype=np.int64)
    duration = ordered["duration_ms"].to_numpy(dtype=float, na_value=np.nan)
    duration = np.where(duration > 0, duration, np.nan)
    frame: Any = pd.DataFrame(
        {
            "cue": ints(range(1, len(ordered) + 1)),
            "role": category(metas.texts(("role",)), ROLES),
            "start_ms": ordered["start_ms"].array,
            "end_ms": ordered["end_ms"].array,
            "duration_ms": ordered["duration_ms"].array,
            "text": ordered["text"].array,
            "lines": ints([len(words.lines(text)) for text in texts]),
            "chars": ints(chars),
            "words": ints([words.word_count(text) for text in texts]),
            "cps": chars * 1000 / duration,
            "wpm": units * 60_000 / duration,
        }
    )
    following = frame.groupby("role", observed=True)["start_ms"].shift(-1)
    frame["gap_ms"] = (following - frame["end_ms"]).astype("Int64")
    frame["style"] = cells(
        [copied(style) if isinstance(style, dict) else {} for style in metas.column(("style",))]
    )
    return frame


def cue_places(segments: pd.DataFrame) -> list[tuple[int, int]]:
    """Return the track and segment number of each cue of :func:`captions_frame`, in order."""
    return list(rows(_texts_by_start(segments), "track", "segment"))


def _texts_by_start(segments: pd.DataFrame) -> Any:
    loose = cast("Any", segments)
    text_rows = loose[loose["kind"] == "text"]
    return text_rows.sort_values("start_ms", kind="stable", na_position="last")


def media_frame(infos: Any, segments: pd.DataFrame) -> pd.DataFrame:
    """Return a row a media file.

    Columns: ``name kind source duration_ms width height fps size_bytes hash``; ``source`` is
    where the backend serves it. ``notes`` only where there are any: what of a file is not used.

    Args:
        infos: ``state.video_infos``. Where it lists nothing (a bare draft), the files that the
            segments name are listed, with everything but name and kind unknown.
        segments: The timeline's segments.
    """
    pool = Objects(infos)
    if not pool.items:
        used = {source: kind for source, kind in rows(segments, "source", "kind") if source}
        pool = Objects([{"filename": name, "file_type": kind} for name, kind in used.items()])
    frame = pd.DataFrame(
        {
            "name": strings(pool.texts(("filename", "name"))),
            "kind": category(pool.texts(("file_type", "type", "kind")), MEDIA_KINDS),
            "source": strings(pool.texts(("cdn_url", "url"))),
            "duration_ms": rounded(floats(pool.column(("duration",))) * 1000).array,
            "width": wholes(pool.column(("width",))).array,
            "height": wholes(pool.column(("height",))).array,
            "fps": floats(pool.column(("fps",))),
            "size_bytes": wholes(pool.column(("size", "size_bytes"))).array,
            "hash": strings(pool.texts(("hash",))),
        }
    )
    notes = [_sentences(item.get("notes")) for item in pool.items]
    if any(notes):
        frame["notes"] = strings(notes)
    return frame


def _sentences(value: Any) -> str:
    listed = cast("list[Any]", value) if isinstance(value, list) else []
    return " ".join(note for note in listed if isinstance(note, str))


def _tracks(draft: Any) -> Objects:
    return Objects(first(cast("Json", draft), TRACK_KEYS) if isinstance(draft, Mapping) else None)


def _kind(track: Json) -> str:
    value = whole(first(track, TYPE_KEYS))
    return KINDS.get(-1 if value is None else value, "other")


def _starts(given: Sequence[Any], duration: Whole, sizes: Iterable[int]) -> Whole:
    """Return the starts; one that is not given is where the segment before it ends."""
    read = wholes(given, unset=0)
    if None not in given:
        return read
    starts: list[int] = read.ints.tolist()
    missing: list[bool] = read.missing.tolist()
    lengths: list[int] = duration.ints.tolist()
    unknown: list[bool] = duration.missing.tolist()
    at = 0
    for size in sizes:
        cursor: int | None = 0
        for index in range(at, at + size):
            if given[index] is None:
                missing[index] = cursor is None or abs(cursor) > _INT64_MAX
                starts[index] = 0 if missing[index] else cursor or 0
            cursor = None if missing[index] or unknown[index] else starts[index] + lengths[index]
        at += size
    return Whole(np.array(starts, dtype=np.int64), np.array(missing, dtype=bool))


def _with_the_rest(objects: Objects, metas: Objects, read: Collection[str]) -> list[dict[str, Any]]:
    """Return copies of *metas*, each with the keys of its object that nothing has read."""
    result = metas.copies()
    rest = objects.keys.difference(read)
    if len(rest) > FEW_KEYS:
        for meta, item in zip(result, objects.items, strict=True):
            for key in rest.intersection(item):
                if item[key] is not None:
                    meta.setdefault(key, copied(item[key]))
        return result
    for key in rest:
        for meta, value in zip(result, objects.column((key,)), strict=True):
            if value is not None and key not in meta:
                meta[key] = value if type(value) in ATOMS else copied(value)
    return result


def _keep_unread(
    metas: list[dict[str, Any]], objects: Objects, column: Whole, keys: Sequence[str]
) -> None:
    """Put into *metas* the values that *column* could not hold."""
    for index in np.flatnonzero(column.missing).tolist():
        raw = objects.items[index]
        for key in keys:
            if raw.get(key) is not None:
                metas[index].setdefault(key, copied(raw[key]))
