"""OpenTimelineIO in and out: for DaVinci Resolve, Premiere, Final Cut and their like.

Times become frames of the canvas's rate. Everything a draft holds travels along as metadata,
so that a timeline that comes back is the same; what other programs will not show is listed.
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
    SEGMENT_KEYS,
    TEXT,
    TRACK_KEYS,
    VIDEO,
    Segment,
    Track,
    duration_ms,
    first,
    read_tracks,
)

METADATA: Final = "nemo_nb"
LEFT_OUT: Final = "left_out"
RAW: Final = "raw"

# What OTIO and the programs that read it have a place for.
_CARRIED: Final = frozenset(("src", "title", "in", "speed", "transition", "volume", "text", "role"))
_DISSOLVES: Final = ("dissolve", "crossfade", "fade")
_KINDS: Final = {"video": "Video", "audio": "Audio", "text": "Video"}
_GAP_MS: Final = 0.5


def to_otio(draft: Mapping[str, Any], canvas: Canvas) -> Any:
    """Return *draft* as an ``opentimelineio.schema.Timeline``.

    ``timeline.metadata["nemo_nb"]["left_out"]`` lists, a sentence each, what other programs
    will not show. Texts become a track of titled gaps with a marker each, as OTIO has no text.

    Raises:
        ConfigError: opentimelineio is not installed.
    """
    otio = _otio()
    left_out: list[str] = []
    timeline = otio.schema.Timeline(_title(draft))
    for track in read_tracks(draft):
        fresh = otio.schema.Track(track.name, kind=_KINDS.get(track.kind, "Video"))
        if track.kind == "other":
            left_out.append(f"Track {track.index + 1}: its kind is unknown.")
            fresh.metadata[METADATA] = {RAW: _plain(track.raw)}
        else:
            fresh.metadata[METADATA] = {RAW: _without(track.raw, SEGMENT_KEYS)}
            for item in _items(otio, track, canvas.fps, left_out):
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
    tracks = [_draft_track(otio, track, left_out) for track in timeline.tracks]
    draft = _kept(timeline)
    draft.setdefault("m", {"title": timeline.name})
    made = {**draft, "t": tracks}
    return {**made, "d": duration_ms(made)}, left_out


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


def _items(otio: Any, track: Track, fps: float, left_out: list[str]) -> Iterator[Any]:
    """Yield the clips, gaps and transitions of *track*, in order of time."""
    at_ms = 0
    for segment in sorted(track.segments, key=lambda one: one.start_ms):
        name = segment.name or segment.text or segment.id
        if segment.start_ms < at_ms:
            left_out.append(f"{name!r}: it overlaps the one before, and OTIO's tracks do not.")
            continue
        if segment.start_ms - at_ms > _GAP_MS:
            yield otio.schema.Gap(duration=_time(otio, segment.start_ms - at_ms, fps))
        transition = segment.meta.get("transition")
        if isinstance(transition, Mapping) and at_ms and at_ms == segment.start_ms:
            made = _transition(otio, cast("Mapping[str, Any]", transition), fps)
            if made is None:
                left_out.append(
                    f"{name!r}: the transition {transition.get('kind')!r} becomes a cut."
                )
            else:
                yield made
        yield _clip(otio, track, segment, name, fps)
        rest = sorted(set(segment.meta) - _CARRIED)
        if rest:
            left_out.append(f"{name!r}: {', '.join(rest)} travel along and are not shown.")
        at_ms = segment.end_ms


def _clip(otio: Any, track: Track, segment: Segment, name: str, fps: float) -> Any:
    schema = otio.schema
    is_text = track.kind == "text"
    used = segment.source_out_ms - segment.source_in_ms
    clip = schema.Clip(
        name,
        media_reference=schema.GeneratorReference(name="Text", generator_kind="Text")
        if is_text
        else schema.ExternalReference(target_url=segment.source),
        source_range=otio.opentime.TimeRange(
            _time(otio, segment.source_in_ms, fps), _time(otio, used, fps)
        ),
    )
    clip.metadata[METADATA] = {RAW: _plain(segment.raw), "d": segment.duration_ms}
    if is_text:
        clip.media_reference.parameters["text"] = segment.text
    if segment.speed != 1:
        clip.effects.append(schema.LinearTimeWarp(time_scalar=segment.speed))
    return clip


def _transition(otio: Any, transition: Mapping[str, Any], fps: float) -> Any | None:
    if transition.get("kind") not in _DISSOLVES:
        return None
    half = _time(otio, (transition.get("ms") or 0) / 2, fps)
    kind = otio.schema.TransitionTypes.SMPTE_Dissolve
    return otio.schema.Transition(transition_type=kind, in_offset=half, out_offset=half)


def _draft_track(otio: Any, track: Any, left_out: list[str]) -> dict[str, Any]:
    kept = _kept(track)
    if first(kept, SEGMENT_KEYS) is not None:
        return kept
    segments: list[dict[str, Any]] = []
    at_ms, transition = 0, None
    texts = False
    for item in track:
        if isinstance(item, otio.schema.Transition):
            transition = item
            continue
        length_ms = _ms(item.trimmed_range().duration)
        if isinstance(item, otio.schema.Clip):
            segment = _draft_segment(otio, item, at_ms, left_out)
            texts = texts or "text" in segment["m"]
            if transition is not None and "transition" not in segment["m"]:
                span = _ms(transition.in_offset) + _ms(transition.out_offset)
                segment["m"]["transition"] = {"kind": "dissolve", "ms": span}
            segments.append(segment)
            length_ms = segment["d"]
        elif not isinstance(item, otio.schema.Gap):
            left_out.append(f"{item.name!r}: a {type(item).__name__} inside a track is left out.")
        at_ms += length_ms
        transition = None
    if not kept:
        sound = track.kind == otio.schema.TrackKind.Audio
        kept = {"tt": TEXT if texts else AUDIO if sound else VIDEO, "m": {"title": track.name}}
    return {**kept, "sg": segments}


def _draft_segment(otio: Any, clip: Any, at_ms: int, left_out: list[str]) -> dict[str, Any]:
    kept = _kept(clip)
    if kept:
        # Ours: only what another program may have changed is read again.
        return {"m": {}, **kept, "s": at_ms, "d": _length_ms(otio, clip)}
    source = clip.trimmed_range()
    reference = clip.media_reference
    meta: dict[str, Any] = {"title": clip.name}
    speed = 1.0
    for effect in clip.effects:
        if isinstance(effect, otio.schema.LinearTimeWarp) and effect.time_scalar > 0:
            speed = float(effect.time_scalar)
            meta["speed"] = speed
        else:
            left_out.append(
                f"{clip.name!r}: the effect {effect.effect_name or type(effect).__name__!r}."
            )
    if isinstance(reference, otio.schema.ExternalReference):
        meta["src"] = Path(str(reference.target_url)).name
        begins = clip.available_range().start_time if reference.available_range else None
        meta["in"] = _ms(source.start_time) - (_ms(begins) if begins else 0)
    elif isinstance(reference, otio.schema.GeneratorReference) and reference.parameters.get("text"):
        meta["text"] = str(reference.parameters["text"])
    else:
        left_out.append(f"{clip.name!r}: its media is missing.")
    return {"s": at_ms, "d": round(_ms(source.duration) / speed), "m": meta}


def _length_ms(otio: Any, clip: Any) -> int:
    """Return the length of a clip of ours: to the ms where it was not trimmed since."""
    length = clip.trimmed_range().duration
    speed = next(
        (one.time_scalar for one in clip.effects if isinstance(one, otio.schema.LinearTimeWarp)), 1
    )
    now_ms, then_ms = _ms(length) / speed, int(clip.metadata[METADATA]["d"])
    frame_ms = 1000 / length.rate
    return then_ms if abs(now_ms - then_ms) <= frame_ms else round(now_ms)


def _kept(thing: Any) -> dict[str, Any]:
    """Return what of our own draft an OTIO object carries; empty for somebody else's."""
    return _plain(thing.metadata.get(METADATA, {}).get(RAW, {}))


def _without(raw: Mapping[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    return {key: _plain(value) for key, value in raw.items() if key not in keys}


def _time(otio: Any, ms: float, fps: float) -> Any:
    return otio.opentime.RationalTime(round(ms * fps / 1000), fps)


def _ms(time: Any) -> int:
    return round(time.value * 1000 / time.rate)


def _title(draft: Mapping[str, Any]) -> str:
    meta = draft.get("m")
    title = cast("Mapping[str, Any]", meta).get("title") if isinstance(meta, Mapping) else None
    return title if isinstance(title, str) else "nemo"


def _plain(value: Any) -> Any:
    """Return *value* in Python's own containers: OTIO hands out views of its own."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in cast("Mapping[Any, Any]", value).items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in cast("Sequence[Any]", value)]
    return copy.copy(value)
