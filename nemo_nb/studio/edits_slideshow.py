"""The slideshow: photos in order, in the rhythm of their music, with everything around it. Pure."""

from __future__ import annotations

import copy
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from nemo_nb.models import MediaInfo
from nemo_nb.studio.carrying import carry, places
from nemo_nb.studio.edits import PHOTO_MS, canvas_of, picture_of, set_ratio
from nemo_nb.studio.edits_motion import Point, alternate_motion
from nemo_nb.studio.edits_sound import add_music, music, remove_music
from nemo_nb.studio.edits_text import TITLE_MS, add_text, remove_texts
from nemo_nb.studio.edits_time import PHOTO_HIGH_MS, PHOTO_LOW_MS, set_transitions
from nemo_nb.studio.music import beats_ms, read_music
from nemo_nb.studio.refusals import Refused, refuse
from nemo_nb.studio.sounds import generated
from nemo_nb.timeline.draft import TEXT, VIDEO
from nemo_nb.timeline.draft_shape import (
    Draft,
    editable,
    is_card,
    new_id,
    pictures,
    segments,
    track_named,
)

MOST_PHOTOS: Final = 50

_MORE: Final = 2  # beats are asked for over twice the length: one photo may wait for its beat
_RING_MS: Final = 60_000  # no beats are counted in the ring of the last chord
_CARD: Final = {
    "fit": "cover",
    "motion": "none",
    "freeze": True,
    "adjust": {"blur": 45, "saturation": -15},
    # Over black: white words on it have a contrast of 4.8:1 (WCAG 2) even where it was white.
    "opacity": 0.45,
}
"""What makes a title card of a photo."""

_CARD_STYLE: Final = {"preset": "headline", "position": "middle", "size": 11.0}


@dataclass(frozen=True, slots=True)
class SlideshowOptions:
    """How a slideshow shall be.

    Attributes:
        photo_ms: How long a photo stands; with music the nearest whole number of beats.
        transition: One of ``edits_time.TRANSITIONS``, ``none``, or several to use in turn.
        transition_ms: How long each takes.
        direction: Where a transition moves to.
        motion: Whether photos move slowly.
        music: As for ``edits_sound.add_music``; None leaves the sound as it is.
        volume: Of that music, 0-1.
        title: The words of a title card; None for none.
        title_ms: How long it stands.
        ratio: The canvas; None for that of the timeline, or the first photo's.
        length_ms: How long the whole show lasts, instead of *photo_ms*.
        focus: What photos are about, by file name, percent: moves go there.
        taken: When photos were taken, by file name: they are shown in that order.
    """

    photo_ms: int = PHOTO_MS
    transition: str | tuple[str, ...] = "dissolve"
    transition_ms: int = 600
    direction: str | None = None
    motion: bool = True
    music: Mapping[str, Any] | None = None
    volume: float = 0.5
    title: str | None = None
    title_ms: int = TITLE_MS
    ratio: str | None = None
    length_ms: int | None = None
    focus: Mapping[str, Point] = field(default_factory=dict[str, Point])
    taken: Mapping[str, float | str] = field(default_factory=dict[str, "float | str"])


_USUAL: Final = SlideshowOptions()


def slideshow(
    draft: Mapping[str, Any], photos: Sequence[MediaInfo], options: SlideshowOptions = _USUAL
) -> Draft:
    """Return *draft* with its pictures made a slideshow of *photos*.

    Photos that are on the timeline keep their looks and captions; pictures that are not among
    *photos* go. Clips among them keep their length.

    Args:
        draft: The draft.
        photos: 1-50 photos and clips, in the order to show them.
        options: How.

    Raises:
        EditRefused: Too many, one that is no picture, or an option out of range.
    """
    if not 1 <= len(photos) <= MOST_PHOTOS:
        raise refuse("slideshow_count", most=MOST_PHOTOS, count=len(photos))
    for info in photos:
        if info.kind not in ("image", "video"):
            raise refuse("no_such_media", name=info.name)
    shown = in_order_taken(photos, options.taken) if options.taken else list(photos)
    result = _laid(draft, shown, options)
    gone = _ids(editable(draft)) - _ids(result)
    if options.ratio is not None:
        result = set_ratio(result, options.ratio)
    stills = {info.name for info in photos if info.kind == "image"}
    if options.motion and stills:
        result = alternate_motion(result, stills=stills, focus=options.focus)
    if len(shown) + bool(options.title) > 1:
        result = set_transitions(
            result, options.transition, options.transition_ms, direction=options.direction
        )
    if options.music is not None:
        if music(result):
            silent = remove_music(result)
            gone |= _ids(result) - _ids(silent)
            result = silent
        result = add_music(result, options.music, options.volume)
    if options.title:
        stop = next(one["d"] for one in pictures(result) if is_card(one))
        result = add_text(
            result, options.title, role="title", start_ms=0, end_ms=stop, style=_CARD_STYLE
        )
    return _named_anew(result, gone)


def add_card(draft: Mapping[str, Any], title: str, length_ms: int = TITLE_MS) -> Draft:
    """Return *draft* with a title card in front of its pictures, or other words on the one there.

    Raises:
        EditRefused: There is no picture, the words cannot stand, or the length is out of range.
    """
    if not PHOTO_LOW_MS <= length_ms <= PHOTO_HIGH_MS:
        raise _too_short(length_ms)
    result = editable(draft)
    shown = pictures(result)
    if not shown:
        raise refuse("no_photo")
    before = places(result)
    if is_card(shown[0]):
        old = {s["id"] for _, s in segments(result, TEXT) if s["s"] < shown[0]["d"]}
        shown[0]["d"] = length_ms
        result = carry(result, before)
        stop = pictures(result)[0]["d"]
        result = editable(remove_texts(result, old)) if old else result
        return add_text(result, title, role="title", start_ms=0, end_ms=stop, style=_CARD_STYLE)
    card = _card(result, shown[0])
    card["d"] = length_ms
    fade = next((s["m"]["transition"] for s in shown[1:] if s["m"].get("transition")), None)
    if fade is not None:
        shown[0]["m"]["transition"] = copy.deepcopy(fade)
    lane = next(track for track, one in segments(result, VIDEO) if one["id"] == shown[0]["id"])
    lane["sg"].insert(0, card)
    result = carry(result, before)
    return add_text(result, title, role="title", start_ms=0, end_ms=length_ms, style=_CARD_STYLE)


def to_the_beat(draft: Mapping[str, Any], *, stills: Collection[str]) -> Draft:
    """Return *draft* with each photo standing the nearest whole number of beats of its music.

    Args:
        draft: The draft; music that the studio makes plays in it.
        stills: The file names that are photos.

    Raises:
        EditRefused: There is no photo, or no music whose beats are known.
    """
    result = editable(draft)
    shown = pictures(result)
    movable = [one["m"].get("src") in stills or is_card(one) for one in shown]
    spec = next((s["m"]["music"] for s in music(result) if s["m"].get("music")), None)
    if spec is None or not any(movable):
        raise refuse("no_photo" if spec is not None else "no_beats")
    before = places(result)
    lengths = _on_beats([one["d"] for one in shown], movable, spec, None)
    for one, length in zip(shown, lengths, strict=True):
        one["d"] = length
    return carry(result, before)


def _named_anew(draft: Draft, gone: set[str]) -> Draft:
    """Give what came in one step no id of what went in the same step: it is not that, edited."""
    for item in [one for pair in segments(draft) for one in pair if one["id"] in gone]:
        while item["id"] in gone:
            item["id"] = new_id(draft, item["id"][0])
    return draft


def _ids(draft: Draft) -> set[str]:
    return {item["id"] for pair in segments(draft) for item in pair}


def in_order_taken(
    photos: Sequence[MediaInfo], taken: Mapping[str, float | str]
) -> list[MediaInfo]:
    """Return *photos* by when they were taken; those of an unknown time come last, as given.

    Args:
        photos: Photos and clips.
        taken: Times by file name: seconds, or texts that sort by time (ISO 8601, EXIF).
    """
    known = [info for info in photos if info.name in taken]
    numbers = all(isinstance(taken[info.name], (int, float)) for info in known)
    known.sort(key=lambda info: taken[info.name] if numbers else str(taken[info.name]))
    return known + [info for info in photos if info.name not in taken]


def _laid(
    draft: Mapping[str, Any], photos: Sequence[MediaInfo], options: SlideshowOptions
) -> Draft:
    """Return the draft with its first video track made of *photos*, in their new lengths."""
    result = editable(draft)
    if not (result["m"].get("width") and result["m"].get("height")):
        result["m"] |= {"title": photos[0].name, **canvas_of(photos[0])}
    track = track_named(result, VIDEO, "Video")
    before = places(result)
    there: list[dict[str, Any]] = [one for one in track["sg"] if not is_card(one)]
    items: list[dict[str, Any]] = []
    for info in photos:
        found = next((one for one in there if one["m"].get("src") == info.name), None)
        if found is None:
            found = picture_of(result, info)
            # Its id counts as used at once.
            track["sg"].append(found)
        else:
            there.remove(found)
        items.append(found)
    if options.title:
        items.insert(0, _card(result, items[0]))
    gone = [one for one in track["sg"] if not any(one is kept for kept in items)]
    for one in gone:
        one["d"] = 0
    fixed = {one["id"] for one, info in _paired(items, photos) if info.kind == "video"}
    for one, length in zip(items, _lengths(items, fixed, options), strict=True):
        one["d"] = length
        one["m"].pop("transition", None)
    track["sg"] = items + gone
    return carry(result, before)


def _paired(
    items: Sequence[dict[str, Any]], photos: Sequence[MediaInfo]
) -> list[tuple[dict[str, Any], MediaInfo]]:
    return list(zip(items[-len(photos) :], photos, strict=True))


def _card(draft: Draft, photo: Mapping[str, Any]) -> dict[str, Any]:
    source = photo["m"]["src"]
    meta = {"src": source, "title": source, "card": True} | copy.deepcopy(_CARD)
    return {"id": new_id(draft, "s"), "s": 0, "d": TITLE_MS, "m": meta}


def _lengths(
    items: Sequence[dict[str, Any]], fixed: set[str], options: SlideshowOptions
) -> list[int]:
    """Return how long each item stands: photos alike, on the beat where there is music."""
    wanted = [
        one["d"] if one["id"] in fixed else options.title_ms if is_card(one) else options.photo_ms
        for one in items
    ]
    free = [one["id"] not in fixed and not is_card(one) for one in items]
    total = options.length_ms
    if total is not None:
        rest = total - sum(length for length, own in zip(wanted, free, strict=True) if not own)
        each = rest / max(1, sum(free))
        if not any(free) or not PHOTO_LOW_MS <= each <= PHOTO_HIGH_MS:
            raise _too_short(round(each))
        wanted = _shared(wanted, free, total)
    elif not PHOTO_LOW_MS <= options.photo_ms <= PHOTO_HIGH_MS:
        raise _too_short(options.photo_ms)
    if options.title and not PHOTO_LOW_MS <= options.title_ms <= PHOTO_HIGH_MS:
        raise _too_short(options.title_ms)
    if options.music is None:
        return wanted
    movable = [own or is_card(one) for own, one in zip(free, items, strict=True)]
    return _on_beats(wanted, movable, options.music, total)


def _shared(wanted: Sequence[int], free: Sequence[bool], total: int) -> list[int]:
    """Share what is left of *total* among the free ones, to the millisecond."""
    rest = total - sum(length for length, own in zip(wanted, free, strict=True) if not own)
    count, result, passed = sum(free), list(wanted), 0
    for index, own in enumerate(free):
        if own:
            edges = (round(rest * share / count) for share in (passed, passed + 1))
            first, last = edges
            result[index] = last - first
            passed += 1
    return result


def _on_beats(
    wanted: Sequence[int], movable: Sequence[bool], spec: Mapping[str, Any], total: int | None
) -> list[int]:
    """Return lengths whose cuts fall on beats of the music; the last one ends with *total*."""
    read = read_music(generated(spec))
    beat = 60_000 / read.bpm if read is not None else 0.0
    shortest = min((length for length, own in zip(wanted, movable, strict=True) if own), default=0)
    if read is None or not shortest or (total is not None and shortest < beat):
        return list(wanted)
    beats = beats_ms(read, _MORE * (sum(wanted) + round(beat) * len(wanted)) + _RING_MS)
    last = max(index for index, own in enumerate(movable) if own)
    result: list[int] = []
    cursor = ideal = 0
    for index, (length, own) in enumerate(zip(wanted, movable, strict=True)):
        ideal += length
        cut = cursor + length
        if own and total is None:
            aim = cursor + round(max(1, round(length / beat)) * beat)
            cut = _nearest(beats, aim, cursor + PHOTO_LOW_MS)
        elif own:
            cut = ideal if index == last else _nearest(beats, ideal, cursor + PHOTO_LOW_MS)
        result.append(cut - cursor)
        cursor = cut
    return result


def _nearest(beats: Sequence[int], aim_ms: int, least_ms: int) -> int:
    after = bisect_left(beats, max(aim_ms, least_ms))
    near = [beat for beat in beats[max(0, after - 1) : after + 1] if beat >= least_ms]
    return min(near, key=lambda beat: abs(beat - aim_ms), default=max(aim_ms, least_ms))


def _too_short(length_ms: int) -> Refused:
    return refuse("photo_length", length_ms=length_ms, low_ms=PHOTO_LOW_MS, high_ms=PHOTO_HIGH_MS)
