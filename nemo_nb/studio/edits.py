"""Edits that put things on the timeline: media, subtitles, canvas, sound.

Pure: an edit takes a draft (docs/draft.md) and returns a new one; it never changes what it
was given, and never half of what was asked: an impossible request raises
:class:`~nemo_nb.errors.EditRefused` with the numbers. Its siblings: ``edits_text`` (captions
and titles), ``edits_time`` (cuts, speed, lengths, order).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from nemo_nb.models import MediaInfo
from nemo_nb.studio.refusals import refuse
from nemo_nb.studio.selection import chosen
from nemo_nb.timeline.draft import AUDIO, TEXT, VIDEO
from nemo_nb.timeline.draft_shape import (
    Draft,
    editable,
    end,
    new_id,
    new_track,
    pictures_end,
    seal,
    segments,
    track_named,
    track_title,
    tracks,
    video_end,
)

PHOTO_MS: Final = 3000
"""How long a photo stands when nobody says otherwise."""

CAPTION_TRACK: Final = "Captions"
TITLE_TRACK: Final = "Titles"
MUSIC_TRACK: Final = "Music"
VOICE_TRACK: Final = "Voice"
EFFECT_TRACK: Final = "Effects"
SOUND_TRACK: Final = "Sound"

RATIOS: Final = {
    "16:9": (1920, 1080),
    "9:16": (1080, 1920),
    "1:1": (1080, 1080),
    "4:5": (1080, 1350),
    "4:3": (1440, 1080),
    "3:4": (1080, 1440),
}
"""Canvas sizes by aspect: 1080 on the short side, 1920 at most on the long one."""

SIDE_LOW, SIDE_HIGH = 128, 3840
"""Pixels that a side of the canvas may have: letters are still drawn, memory still suffices."""

FITS: Final = ("contain", "cover", "blur")
"""All of a picture, filling the canvas, or all of it over a blurred copy of itself."""

# What platforms show: a photo goes onto the nearest of these, a clip keeps its own shape.
# Of two that are as near, the first is taken.
_PHOTO_RATIOS: Final = ("16:9", "9:16", "1:1", "4:5")
_LONG, _SHORT = 1920, 1080
_MIN_SIDE: Final = 240  # a panorama strip is letterboxed rather than encoded 12 pixels high
_FPS_LOW, _FPS_HIGH, _FPS_DEFAULT = 24.0, 60.0, 30.0
_FPS_SLACK: Final = 0.1  # 23.976 counts as 24, 59.94 stays


@dataclass(frozen=True, slots=True)
class Cue:
    """One subtitle: times in ms on the timeline, its words, lines split by a newline.

    Attributes:
        start_ms: Where it begins.
        end_ms: Where it ends.
        text: Its words.
        style: As ``m.style`` of docs/draft.md.
        role: ``caption`` or ``title``.
        left_out: What of its look in a file a style cannot hold.
    """

    start_ms: int
    end_ms: int
    text: str
    style: Mapping[str, Any] = field(default_factory=dict[str, Any])
    role: str = "caption"
    left_out: tuple[str, ...] = ()


def new_draft() -> Draft:
    """Return a draft that holds nothing; its canvas comes with the first picture."""
    return {"d": 0, "m": {}, "t": []}


def add_media(draft: Mapping[str, Any], info: MediaInfo) -> Draft:
    """Lay an upload at the end of its track.

    A clip comes in whole, a photo for :data:`PHOTO_MS`; the first picture sets the canvas.
    Sound starts at 0 and is laid no longer than the pictures last, so that a song does not
    end over black; it grows with pictures that are added later.

    Raises:
        EditRefused: *info* is neither a picture nor sound, or a clip has no length.
    """
    if info.kind == "subtitle":
        raise refuse("subtitle_file", name=info.name)
    length = _length_of(info)
    result = editable(draft)
    if info.kind == "audio":
        track = _room_for_sound(result)
        start = max((end(segment) for segment in track["sg"]), default=0)
        pictures = pictures_end(result)
        fits = start < pictures or not track["sg"]
        shown = min(length, pictures - start) if pictures and fits else length
        meta: dict[str, Any] = {"src": info.name, "title": info.name}
        meta |= {"in": 0, "volume": 1.0, "length": length}
        track["sg"].append({"id": new_id(result, "s"), "s": start, "d": shown, "m": meta})
        return seal(result)
    before = pictures_end(result)
    track = track_named(result, VIDEO, "Video")
    if not (result["m"].get("width") and result["m"].get("height")):
        result["m"] |= {"title": info.name, **canvas_of(info)}
    track["sg"].append(picture_of(result, info))
    seal(result)
    for _, sound in segments(result, AUDIO):
        source = sound["m"].get("length")
        if isinstance(source, int) and (before == 0 or end(sound) == before):
            room = pictures_end(result) - sound["s"]
            if room > 0:
                sound["d"] = max(min(source - int(sound["m"].get("in") or 0), room), 1)
    return seal(result)


def picture_of(draft: Draft, info: MediaInfo) -> dict[str, Any]:
    """Return a new segment of *draft* that shows all of a clip, or a photo for a while."""
    length = _length_of(info)
    meta: dict[str, Any] = {"src": info.name, "title": info.name}
    if info.kind == "video":
        meta |= {"in": 0, "volume": 1.0, "speed": 1.0}
    else:
        meta["fit"] = "blur"
    return {"id": new_id(draft, "s"), "s": 0, "d": length, "m": meta}


def _length_of(info: MediaInfo) -> int:
    length = PHOTO_MS if info.kind == "image" else info.duration_ms
    if length <= 0:
        raise refuse("no_length", name=info.name)
    return length


def _room_for_sound(draft: Draft) -> dict[str, Any]:
    """Return the track that a sound joins at its end: one that music does not fill already."""
    titles: set[str] = set()
    for track in tracks(draft):
        title = track_title(track)
        titles.add(title)
        if track.get("tt") != AUDIO or title in (VOICE_TRACK, EFFECT_TRACK):
            continue
        if not any(one["m"].get("fill") or one["m"].get("music") for one in track["sg"]):
            return track
    return new_track(draft, AUDIO, SOUND_TRACK if MUSIC_TRACK in titles else MUSIC_TRACK)


def canvas_of(info: MediaInfo) -> dict[str, Any]:
    """Return width, height and fps for a first picture: docs/draft.md."""
    width, height = info.width or _LONG, info.height or _SHORT
    if info.kind == "image":
        shape = math.log(width / height)
        nearest = min(
            _PHOTO_RATIOS, key=lambda ratio: round(abs(shape - math.log(_shape(ratio))), 6)
        )
        return dict(zip(("width", "height"), RATIOS[nearest], strict=True)) | {"fps": _FPS_DEFAULT}
    box = (_LONG, _SHORT) if width >= height else (_SHORT, _LONG)
    scale = min(box[0] / width, box[1] / height)
    fps = _FPS_DEFAULT
    if _FPS_LOW - _FPS_SLACK <= info.fps <= _FPS_HIGH + _FPS_SLACK:
        fps = round(min(max(info.fps, _FPS_LOW), _FPS_HIGH), 3)
    return {"width": _even(width * scale), "height": _even(height * scale), "fps": fps}


def _shape(ratio: str) -> float:
    width, height = RATIOS[ratio]
    return width / height


def _even(size: float) -> int:
    return max(2 * round(size / 2), _MIN_SIDE)


def add_subtitles(draft: Mapping[str, Any], cues: Sequence[Cue]) -> Draft:
    """Add every cue as a caption; what lies beyond the end of the pictures is left out.

    Raises:
        EditRefused: No cue is left: none has words and a length, or all begin too late.
    """
    result = editable(draft)
    last = video_end(result)
    count = 0
    for cue in cues:
        stop = min(cue.end_ms, last) if last else cue.end_ms
        text = cue.text.strip()
        if text and 0 <= cue.start_ms < stop:
            segment = {"id": new_id(result, "s"), "s": cue.start_ms, "d": stop - cue.start_ms}
            meta = {"text": text, "role": cue.role, "style": dict(cue.style)}
            home = TITLE_TRACK if cue.role == "title" else CAPTION_TRACK
            track_named(result, TEXT, home)["sg"].append({**segment, "m": meta})
            count += 1
    if not count:
        raise refuse("no_cue")
    return seal(result)


def set_ratio(draft: Mapping[str, Any], ratio: str) -> Draft:
    """Set the canvas to one of :data:`RATIOS`.

    Raises:
        EditRefused: There is no such ratio.
    """
    if ratio not in RATIOS:
        raise refuse("ratio", ratio=ratio, known=", ".join(RATIOS))
    result = editable(draft)
    width, height = RATIOS[ratio]
    result["m"] |= {"width": width, "height": height}
    return seal(result)


def set_size(draft: Mapping[str, Any], width: int, height: int) -> Draft:
    """Set the canvas to a size in pixels.

    Raises:
        EditRefused: A side is odd or outside what can be rendered.
    """
    sides = (width, height)
    if any(side % 2 or not SIDE_LOW <= side <= SIDE_HIGH for side in sides):
        raise refuse("canvas_size", width=width, height=height, low=SIDE_LOW, high=SIDE_HIGH)
    result = editable(draft)
    result["m"] |= {"width": width, "height": height}
    return seal(result)


def set_fit(draft: Mapping[str, Any], fit: str, *, ids: Collection[str] | None = None) -> Draft:
    """Set how pictures meet the canvas: one of :data:`FITS`.

    Raises:
        EditRefused: There is no such way, or no picture.
    """
    if fit not in FITS:
        raise refuse("choice", given=fit, known=", ".join(FITS))
    result = editable(draft)
    for picture in chosen(result, ids):
        picture["m"]["fit"] = fit
    return seal(result)


def set_volume(
    draft: Mapping[str, Any],
    volume: float,
    *,
    kinds: Collection[int] = (VIDEO, AUDIO),
    stills: Collection[str] = (),
    ids: Collection[str] | None = None,
) -> Draft:
    """Set the loudness of clips and sounds; what was muted is heard again.

    Args:
        draft: The draft.
        volume: 0 (silent) to 1 (as recorded).
        kinds: Track types that are meant.
        stills: File names of photos, which make no sound.
        ids: Which of them; None for all.

    Raises:
        EditRefused: *volume* is outside 0-1, or there is nothing of that kind.
    """
    if not 0 <= volume <= 1:
        raise refuse("volume", percent=f"{volume * 100:g}")
    result = editable(draft)
    meant = [seg for _, seg in segments(result, *kinds) if seg["m"].get("src") not in stills]
    if ids is not None:
        meant = [segment for segment in meant if segment["id"] in ids]
    if not meant:
        raise refuse("no_sound")
    for segment in meant:
        segment["m"]["volume"] = round(volume, 4)
        if volume:
            segment["m"].pop("mute", None)
    return seal(result)


def loudness(draft: Mapping[str, Any], kinds: Collection[int] = (VIDEO, AUDIO)) -> float:
    """Return the loudest volume set on these kinds of track; 1 where none is set."""
    levels = [
        float(segment["m"].get("volume", 1.0)) for _, segment in segments(editable(draft), *kinds)
    ]
    return max(levels, default=1.0)
