"""OpenTimelineIO in and out: for DaVinci Resolve, Premiere, Final Cut and their like.

Times become frames of the canvas's rate, counted from the beginning, so that roundings do not
add up. Everything a draft holds travels along as metadata, so that a timeline that comes back
is the same; what other programs will not show is listed.

A clip that plays faster keeps its length on the track: its ``source_range`` is as long as it
shows, and its ``LinearTimeWarp`` says that it takes more of its media
(https://github.com/AcademySoftwareFoundation/OpenTimelineIO/pull/842).
"""

# pyright: reportMissingImports=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# opentimelineio is an extra, and has no annotations.

from __future__ import annotations

import copy
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

from nemo_nb.errors import BrokenMedia, ConfigError, InputError, SourceNotFound
from nemo_nb.models import Canvas
from nemo_nb.timeline.draft import (
    AUDIO,
    DURATION_KEYS,
    META_KEYS,
    SEGMENT_KEYS,
    START_KEYS,
    TEXT,
    TRACK_KEYS,
    VIDEO,
    Segment,
    Track,
    duration_ms,
    first,
    key_of,
    number,
    read_tracks,
)
from nemo_nb.timeline.interchange import LEFT_OUT

METADATA: Final = "nemo_nb"
RAW: Final = "raw"
# Of a clip: its place in the draft's list, and where the draft had it.
AT: Final = "at"
# Of a track: it goes on with the one before, whose segments overlap.
MORE: Final = "more"

# What OTIO and the programs that read it have a place for.
_CARRIED: Final = frozenset(("src", "title", "in", "speed", "freeze", "transition", "text", "role"))
_DISSOLVES: Final = ("dissolve", "crossfade", "fade")
_KINDS: Final = {"video": "Video", "audio": "Audio", "text": "Video"}
_INT64: Final = range(-(2**63), 2**63)


def to_otio(draft: Mapping[str, Any], canvas: Canvas) -> Any:
    """Return *draft* as an ``opentimelineio.schema.Timeline``.

    ``timeline.metadata["nemo_nb"]["left_out"]`` lists, a sentence each, what other programs
    will not show. Texts become clips that a generator makes, as OTIO has no text; segments
    that overlap go on with a track of their own.

    Raises:
        ConfigError: opentimelineio is not installed.
    """
    otio = _otio()
    left_out: list[str] = []
    timeline = otio.schema.Timeline(_title(draft))
    for track in read_tracks(draft):
        kind = _KINDS.get(track.kind, "Video")
        name = _storable(track.name)
        if track.kind == "other":
            left_out.append(f"Track {track.index + 1}: its kind is unknown.")
            fresh = otio.schema.Track(name, kind=kind)
            fresh.metadata[METADATA] = {RAW: _storable(track.raw)}
            timeline.tracks.append(fresh)
            continue
        for row, lane in enumerate(_lanes(track)):
            fresh = otio.schema.Track(name, kind=kind)
            kept = {MORE: True} if row else {RAW: _without(track.raw, SEGMENT_KEYS)}
            fresh.metadata[METADATA] = kept
            for item in _items(otio, track, lane, canvas.fps, left_out):
                fresh.append(item)
            timeline.tracks.append(fresh)
    timeline.metadata[METADATA] = {RAW: _without(draft, TRACK_KEYS), LEFT_OUT: left_out}
    return timeline


def from_otio(source: Any) -> tuple[dict[str, Any], list[str]]:
    """Return the draft of an OTIO timeline, and what of it a draft cannot hold, in sentences.

    Args:
        source: An ``opentimelineio.schema.Timeline``, or the path of a file that
            opentimelineio reads (``.otio``, and what its adapters add).

    Raises:
        ConfigError: opentimelineio is not installed.
        SourceNotFound: There is no such file.
        BrokenMedia: It cannot be read.
        InputError: It holds no timeline.
    """
    otio = _otio()
    timeline = _read(otio, source) if isinstance(source, (str, os.PathLike)) else source
    if not isinstance(timeline, otio.schema.Timeline):
        raise InputError(
            f"{type(timeline).__name__} is no timeline.", fix="Pass an OTIO Timeline or its file."
        )
    left_out: list[str] = []
    tracks: list[dict[str, Any]] = []
    for track in timeline.tracks:
        read = _draft_track(otio, track, left_out)
        if tracks and _own(track).get(MORE):
            before = tracks[-1]
            key = key_of(before, SEGMENT_KEYS)
            before[key] = [*before.get(key, []), *read[key_of(read, SEGMENT_KEYS)]]
        else:
            tracks.append(read)
    for track in tracks:
        _in_order(track)
    left_out += [f"The marker {marker.name!r}." for marker in timeline.tracks.markers]
    draft = _kept(timeline)
    if METADATA not in timeline.metadata:
        draft["m"] = {"title": timeline.name}
    made = {**draft, key_of(draft, TRACK_KEYS): tracks}
    return {**made, "d": made.get("d") if _lasts(made) else duration_ms(made)}, left_out


def _otio() -> Any:
    try:
        import opentimelineio  # noqa: PLC0415 - an extra
    except ImportError:
        raise ConfigError(
            "OpenTimelineIO is not installed.", fix='Run: pip install "nemo_nb[otio]".'
        ) from None
    return opentimelineio


def _read(otio: Any, path: str | os.PathLike[str]) -> Any:
    where = Path(path).expanduser()
    if not where.is_file():
        raise SourceNotFound(f"There is no file {where.name}.")
    try:
        return otio.adapters.read_from_file(str(where))
    except Exception as error:  # adapters raise what they like
        raise BrokenMedia(f"{where.name} cannot be read as a timeline.", f"{error}.") from error


def _lanes(track: Track) -> list[list[Segment]]:
    """Return the segments by start, in as few rows as hold them without overlaps; one at least."""
    lanes: list[list[Segment]] = [[]]
    for segment in sorted(track.segments, key=lambda one: one.start_ms):
        free = (lane for lane in lanes if not lane or lane[-1].end_ms <= segment.start_ms)
        lane = next(free, None)
        if lane is None:
            lanes.append(lane := [])
        lane.append(segment)
    return lanes


def _items(
    otio: Any, track: Track, segments: Sequence[Segment], fps: float, left_out: list[str]
) -> Iterator[Any]:
    """Yield the clips, gaps and transitions of *segments*, in order of time."""
    at, end_ms = 0, 0
    for segment in segments:
        name = str(_storable(segment.name or segment.text or segment.id))
        if segment.start_ms < 0:
            left_out.append(f"{name!r}: what lies before the beginning.")
        begin = max(at, _frames(segment.start_ms, fps))
        end = max(begin, _frames(segment.end_ms, fps))
        if begin > at:
            yield otio.schema.Gap(duration=_time(otio, begin - at, fps))
        transition = segment.meta.get("transition")
        if isinstance(transition, Mapping) and end_ms and end_ms == segment.start_ms:
            made = _transition(otio, cast("Mapping[str, Any]", transition), fps)
            if made is None:
                left_out.append(
                    f"{name!r}: the transition {transition.get('kind')!r} becomes a cut."
                )
            else:
                yield made
        clip = _clip(otio, track, segment, name, _time(otio, end - begin, fps))
        clip.metadata[METADATA][AT] = [segment.index, begin, end]
        yield clip
        rest = sorted(map(str, set(segment.meta) - _CARRIED))
        if rest:
            left_out.append(f"{name!r}: {', '.join(rest)} travel along and are not shown.")
        at, end_ms = end, segment.end_ms


def _clip(otio: Any, track: Track, segment: Segment, name: str, length: Any) -> Any:
    schema = otio.schema
    is_text = track.kind == "text"
    clip = schema.Clip(
        name,
        media_reference=schema.GeneratorReference(name="Text", generator_kind="Text")
        if is_text
        else schema.ExternalReference(target_url=_storable(segment.source)),
        source_range=otio.opentime.TimeRange(
            _time(otio, _frames(segment.source_in_ms, length.rate), length.rate), length
        ),
    )
    clip.metadata[METADATA] = {RAW: _storable(segment.raw)}
    if is_text:
        clip.media_reference.parameters["text"] = _storable(segment.text)
    if segment.meta.get("freeze") is True:
        clip.effects.append(schema.FreezeFrame())
    elif segment.speed != 1:
        clip.effects.append(schema.LinearTimeWarp(time_scalar=segment.speed))
    return clip


def _transition(otio: Any, transition: Mapping[str, Any], fps: float) -> Any | None:
    if transition.get("kind") not in _DISSOLVES:
        return None
    half = _time(otio, _frames((number(transition.get("ms")) or 0) / 2, fps), fps)
    kind = otio.schema.TransitionTypes.SMPTE_Dissolve
    return otio.schema.Transition(transition_type=kind, in_offset=half, out_offset=half)


def _draft_track(otio: Any, track: Any, left_out: list[str]) -> dict[str, Any]:
    kept = _kept(track)
    if first(kept, SEGMENT_KEYS):
        return kept
    segments: list[dict[str, Any]] = []
    at, transition = 0.0, None
    texts = False
    for item in track:
        if isinstance(item, otio.schema.Transition):
            transition = item
            continue
        length = item.trimmed_range().duration
        if isinstance(item, otio.schema.Clip):
            segment = _draft_segment(otio, item, at, left_out)
            meta = segment.get(key_of(segment, META_KEYS)) or {}
            texts = texts or "text" in meta
            if transition is not None and "transition" not in meta:
                span = _ms(transition.in_offset) + _ms(transition.out_offset)
                meta = {**meta, "transition": {"kind": "dissolve", "ms": span}}
                segment[key_of(segment, META_KEYS)] = meta
            segments.append(segment)
        elif not isinstance(item, otio.schema.Gap):
            left_out.append(f"{item.name!r}: a {type(item).__name__} inside a track is left out.")
        left_out += [f"{item.name!r}: the marker {marker.name!r}." for marker in item.markers]
        at += length.value / length.rate
        transition = None
    left_out += [f"{track.name!r}: the marker {marker.name!r}." for marker in track.markers]
    if not _own(track):
        sound = track.kind == otio.schema.TrackKind.Audio
        kept = {"tt": TEXT if texts else AUDIO if sound else VIDEO, "m": {"title": track.name}}
    return {**kept, key_of(kept, SEGMENT_KEYS): segments}


def _draft_segment(otio: Any, clip: Any, at: float, left_out: list[str]) -> dict[str, Any]:
    """Return the segment of *clip*, which begins at second *at* of its track."""
    source = clip.trimmed_range()
    kept = _kept(clip)
    if kept:
        # Ours: only what another program may have changed is read again.
        rate = source.duration.rate
        _, begin, end = _own(clip)[AT]
        here = round(at * rate)
        if here != begin:
            kept[key_of(kept, START_KEYS)] = round(at * 1000)
        if source.duration.value != end - begin:
            kept[key_of(kept, DURATION_KEYS)] = _ms(source.duration)
        kept[AT] = [_own(clip)[AT][0], here]
        return kept
    reference = clip.media_reference
    meta: dict[str, Any] = {"title": clip.name}
    for effect in clip.effects:
        if isinstance(effect, otio.schema.FreezeFrame):
            meta["freeze"] = True
        elif isinstance(effect, otio.schema.LinearTimeWarp) and effect.time_scalar > 0:
            meta["speed"] = float(effect.time_scalar)
        else:
            left_out.append(
                f"{clip.name!r}: the effect {effect.effect_name or type(effect).__name__!r}."
            )
    if not clip.enabled:
        left_out.append(f"{clip.name!r}: that it is turned off.")
    if isinstance(reference, otio.schema.ExternalReference):
        meta["src"] = Path(str(reference.target_url)).name
        begins = clip.available_range().start_time if reference.available_range else None
        meta["in"] = _ms(source.start_time) - (_ms(begins) if begins else 0)
    elif isinstance(reference, otio.schema.GeneratorReference) and reference.parameters.get("text"):
        meta["text"] = str(reference.parameters["text"])
    else:
        left_out.append(f"{clip.name!r}: its media is missing.")
    return {"s": round(at * 1000), "d": _ms(source.duration), "m": meta}


def _in_order(track: dict[str, Any]) -> None:
    """Put the segments of a track of ours as its draft listed them; others by their time."""
    key = key_of(track, SEGMENT_KEYS)
    segments: list[dict[str, Any]] = track[key]
    if any(AT in segment for segment in segments):
        # What came in between has no number: it stays behind what it came behind.
        last = -1
        order: list[tuple[int, int]] = []
        for index, segment in enumerate(segments):
            last = segment.pop(AT, [last])[0]
            order.append((last, index))
        track[key] = [segments[index] for _, index in sorted(order)]


def _lasts(draft: Mapping[str, Any]) -> bool:
    """Whether the length that a draft of ours states is still the one it has."""
    stated = draft.get("d")
    return "d" in draft and (stated == duration_ms(draft) or not duration_ms(draft))


def _own(thing: Any) -> Mapping[str, Any]:
    return thing.metadata.get(METADATA, {})


def _kept(thing: Any) -> dict[str, Any]:
    """Return what of our own draft an OTIO object carries; empty for somebody else's."""
    return _plain(_own(thing).get(RAW, {}))


def _without(raw: Mapping[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    """Return *raw* with nothing behind that one of *keys* which it uses."""
    kept = {key: _storable(value) for key, value in raw.items() if key not in keys}
    return kept | ({key_of(raw, keys): []} if first(raw, keys) is not None else {})


def _frames(ms: float, fps: float) -> int:
    return max(0, round(ms * fps / 1000))


def _time(otio: Any, frames: int, fps: float) -> Any:
    return otio.opentime.RationalTime(frames, fps)


def _ms(time: Any) -> int:
    return round(time.value * 1000 / time.rate)


def _title(draft: Mapping[str, Any]) -> str:
    meta = draft.get("m")
    title = cast("Mapping[str, Any]", meta).get("title") if isinstance(meta, Mapping) else None
    return str(_storable(title)) if isinstance(title, str) else "nemo"


def _storable(value: Any) -> Any:
    """Return *value* as OTIO can hold it: text in UTF-8, integers of 64 bits."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, int) and value not in _INT64:
        return float(value)
    if isinstance(value, Mapping):
        pairs = cast("Mapping[Any, Any]", value).items()
        return {_storable(str(key)): _storable(item) for key, item in pairs}
    if isinstance(value, Sequence):
        return [_storable(item) for item in cast("Sequence[Any]", value)]
    return value


def _plain(value: Any) -> Any:
    """Return *value* in Python's own containers: OTIO hands out views of its own."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in cast("Mapping[Any, Any]", value).items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in cast("Sequence[Any]", value)]
    return copy.copy(value)
