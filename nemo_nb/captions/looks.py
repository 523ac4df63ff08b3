"""How each cue of a timeline looks: measured on the frames that the embedded studio draws."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np

from nemo_nb.captions.contrast import Look, contrast_of, letters_of, look_of, relative_luminance
from nemo_nb.captions.pixels import measured, pixels
from nemo_nb.timeline.columns import rows
from nemo_nb.timeline.draft import (
    META_KEYS,
    SEGMENT_KEYS,
    START_KEYS,
    TRACK_KEYS,
    Track,
    key_of,
    read_tracks,
)
from nemo_nb.timeline.frames import cue_places
from nemo_nb.timeline.styles import TextStyle, resolve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nemo_nb.timeline.timeline import Timeline

    Picture = NDArray[np.uint8]

_EVERY_MS: Final = 500
_MOST: Final = 12
# What moves behind a text is looked at again, this often, beside the worst moment so far.
_ROUNDS: Final = 2
_MOVES: Final = 0.02
_COLOUR: Final = re.compile(r"#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")
# A text is measured as it rests: all of it is there, and stands where it stands.
_AT_REST: Final[Mapping[str, Any]] = {"animation": "", "exit": "", "fade_ms": 0, "karaoke": ""}

Place = tuple[int, int]
"""Track and segment, from 1."""


@dataclass(frozen=True, slots=True)
class _Cue:
    number: int
    place: Place
    start_ms: int
    end_ms: int
    style: TextStyle


def looks_of(timeline: Timeline) -> dict[int, Look]:
    """Return the look of each cue by its number, at its worst.

    A cue is looked at as it rests, without its fades and movements, on what stands behind it
    when it begins, before it ends, twice a second (at most twelve times), and before and after
    each cut; beside the worst of these once more where something moves. The lowest contrast
    counts. Where spoken words are lit, the colour of the lit ones is measured, too.

    Args:
        timeline: One that has frames.

    Raises:
        NotSupported: It has none.
        NemoError: The studio could not draw them.
    """
    draft, last_ms = timeline.draft, timeline.duration_ms
    tracks = read_tracks(draft)
    cuts = sorted({at for track in tracks for at in _edges(track)})
    cues = list(_cues(timeline))
    found: dict[int, Look] = {}
    # The studio draws two frames at a time.
    with ThreadPoolExecutor(2) as pool:
        for cue, company in measured(_with_company(cues), len(cues), "Measuring captions", "cue"):
            moments = _moments(max(0, cue.start_ms), min(cue.end_ms, last_ms), cuts)
            if not moments:
                continue
            stage = _stage(draft, tracks, company)
            camera = _Camera(timeline, stage, cue.place, pool)
            alone = len(company) == 1
            seen = [_look(camera, moments, look, alone=alone) for look in _states(cue.style)]
            looks = [look for look in seen if look]
            if looks:
                found[cue.number] = worst(looks)
    return found


def worst(looks: list[Look]) -> Look:
    """Return the lowest contrast, the widest reach and the largest area of *looks*."""
    return Look(
        contrast=min((one.contrast for one in looks if one.contrast is not None), default=None),
        left=min(one.left for one in looks),
        top=min(one.top for one in looks),
        right=max(one.right for one in looks),
        bottom=max(one.bottom for one in looks),
        area=max(one.area for one in looks),
        cut_off=any(one.cut_off for one in looks),
    )


@dataclass(frozen=True, slots=True)
class _Camera:
    """Takes pictures of a timeline with changes in the style of one text."""

    timeline: Timeline
    draft: Mapping[str, Any]
    place: Place
    pool: Executor

    def pictures(self, shots: Iterable[tuple[Mapping[str, Any], int]]) -> list[Picture]:
        """Return a picture a shot: changes of style, and when."""
        versions = [
            (self.timeline.with_draft(restyled(self.draft, self.place, changes)), at_ms)
            for changes, at_ms in shots
        ]
        return list(self.pool.map(pixels, *zip(*versions, strict=True))) if versions else []


def _look(camera: _Camera, moments: Sequence[int], style: TextStyle, *, alone: bool) -> Look | None:
    """Return how a text in *style* looks at its worst; letters are found once, as they rest."""
    base = {**_AT_REST, **_colours(style)}
    middle = moments[len(moments) // 2]
    versions = (base, base | _without(style, alone=alone), base | _letters(style))
    shown, without, recoloured = camera.pictures((changes, middle) for changes in versions)
    look = look_of(shown, without, recoloured)
    if look is None or look.contrast is None:
        return look
    letters = letters_of(shown, recoloured)
    found = {middle: look.contrast}

    def measure(at: Iterable[int]) -> None:
        fresh = [one for one in at if one not in found]
        for one, picture in zip(fresh, camera.pictures((base, one) for one in fresh), strict=True):
            found[one] = contrast_of(picture, letters) or look.contrast or 1.0

    measure(moments)
    for _ in range(_ROUNDS):
        lowest = min(found, key=lambda at: found[at])
        if max(found.values()) - found[lowest] <= _MOVES * found[lowest]:
            break
        pairs = [pair for pair in pairwise(sorted(found)) if lowest in pair]
        measure((one + other) // 2 for one, other in pairs)
    return replace(look, contrast=min(found.values()))


def restyled(draft: Mapping[str, Any], place: Place, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return *draft* with *changes* in the style of the text at *place*."""
    number, segment = place
    track = read_tracks(draft)[number - 1]
    raw = track.segments[segment - 1].raw
    key = key_of(raw, META_KEYS)
    meta = cast("Mapping[str, Any]", raw.get(key) or {})
    given = meta.get("style")
    style = {**(cast("Mapping[str, Any]", given) if isinstance(given, Mapping) else {}), **changes}
    fresh = {**raw, key: {**meta, "style": style}}
    segments = [fresh if one.raw is raw else one.raw for one in track.segments]
    return _with_segments(draft, {track.index: segments})


def _stage(
    draft: Mapping[str, Any], tracks: Sequence[Track], company: Sequence[Place]
) -> dict[str, Any]:
    """Return *draft* with those texts alone that can have a part in how one of them looks.

    The others keep their places in the list, without words: each of a thousand cues is sent
    with its neighbours, not with all the rest.
    """
    wanted = set(company)
    segments: dict[int, list[Mapping[str, Any]]] = {}
    for track in tracks:
        if track.kind == "text":
            segments[track.index] = [
                {**one.raw, key_of(one.raw, START_KEYS): one.start_ms}
                if (track.index + 1, one.index + 1) in wanted
                else {}
                for one in track.segments
            ]
    return _with_segments(draft, segments)


def _with_segments(
    draft: Mapping[str, Any], segments: Mapping[int, Sequence[Mapping[str, Any]]]
) -> dict[str, Any]:
    changed = [
        {**track.raw, key_of(track.raw, SEGMENT_KEYS): list(segments[track.index])}
        if track.index in segments
        else track.raw
        for track in read_tracks(draft)
    ]
    return {**draft, key_of(draft, TRACK_KEYS): changed}


def _cues(timeline: Timeline) -> Iterator[_Cue]:
    """Yield the cues whose time is known."""
    columns = ("cue", "role", "start_ms", "end_ms", "style")
    places = cue_places(timeline.segments)
    for place, row in zip(places, rows(timeline.captions, *columns), strict=True):
        number, role, start, end, style = row
        if isinstance(start, int) and isinstance(end, int):
            yield _Cue(number, place, start, end, resolve(style, role))


def _with_company(cues: Sequence[_Cue]) -> Iterator[tuple[_Cue, list[Place]]]:
    """Yield each cue with the texts that meet it, or that meet one that does, itself among them.

    Texts that meet may move each other to another row.
    """
    group: list[_Cue] = []
    reached = -1
    for cue in [*cues, None]:
        if cue is None or (group and cue.start_ms >= reached):
            places = [one.place for one in group]
            yield from ((one, places) for one in group)
            group, reached = [], -1
        if cue is not None:
            group.append(cue)
            reached = max(reached, cue.end_ms)


def _edges(track: Track) -> Iterator[int]:
    if track.kind == "video":
        for segment in track.segments:
            yield from (segment.start_ms, segment.end_ms)


def _moments(start_ms: int, end_ms: int, cuts: Sequence[int]) -> list[int]:
    """Return when to look: both ends, evenly between them, and at both sides of each cut."""
    if end_ms <= start_ms:
        return []
    last = end_ms - 1
    count = min(_MOST, 2 + (last - start_ms) // _EVERY_MS)
    even = {start_ms + (last - start_ms) * step // (count - 1) for step in range(count)}
    inner = [at for at in cuts if start_ms < at <= last]
    # Of very many cuts, some.
    beside = {at - back for at in inner[:: len(inner) // _MOST + 1] for back in (0, 1)}
    return sorted(even | beside)


def _states(style: TextStyle) -> Iterator[TextStyle]:
    """Yield *style*, and as what a spoken word is lit."""
    yield style
    if style.karaoke:
        yield replace(style, color=style.highlight, box=style.highlight_box or style.box)


def _without(style: TextStyle, *, alone: bool) -> dict[str, str]:
    """Return what tells a whole text from what it stands on.

    Every colour becomes clear; beside other texts, which would move up into its place, every
    colour becomes another one.
    """
    colours = {name: value for name, value in _colours(style).items() if value}
    if alone:
        return {name: f"{value[:7]}00" for name, value in colours.items()}
    return {name: _opposite(value) for name, value in colours.items()}


def _letters(style: TextStyle) -> dict[str, str]:
    """Return what tells the letters from their stroke, box and shadow."""
    return {"color": _opposite(_colours(style)["color"])}


def _colours(style: TextStyle) -> dict[str, str]:
    """Return the colours of *style* as ``#rrggbbaa``; an empty text is none."""
    given = (style.color, style.stroke, style.box, style.shadow)
    colours = dict(zip(("color", "stroke", "box", "shadow"), map(_long, given), strict=True))
    return {**colours, "color": colours["color"] or _long(TextStyle().color)}


def _long(colour: str) -> str:
    if not _COLOUR.fullmatch(colour):
        return ""
    digits = colour[1:]
    if len(digits) <= len("rgba"):
        digits = "".join(digit * 2 for digit in digits)
    return f"#{digits:f<8}"


def _opposite(colour: str) -> str:
    rgb = np.array([[list(bytes.fromhex(colour[1:7]))]], dtype=np.uint8)
    # Black and white contrast alike with a luminance of about 0.18.
    light = float(relative_luminance(rgb)[0, 0]) > 0.18  # noqa: PLR2004
    return f"{'#000000' if light else '#ffffff'}{colour[7:]}"
