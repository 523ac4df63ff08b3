"""How each cue of a timeline looks: measured on the frames that the embedded studio draws."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np

from nemo_nb.captions.contrast import Look, look_of, relative_luminance
from nemo_nb.captions.pixels import pixels
from nemo_nb.timeline.columns import rows
from nemo_nb.timeline.draft import read_tracks
from nemo_nb.timeline.frames import cue_places
from nemo_nb.timeline.styles import TextStyle, resolve

if TYPE_CHECKING:
    from nemo_nb.timeline.timeline import Timeline

_EVERY_MS: Final = 1000
_MOST: Final = 12
_CLEAR: Final = "00"


def looks_of(timeline: Timeline) -> dict[int, Look]:
    """Return the look of each cue by its number, at its worst.

    A cue is looked at when it begins, every second (at most twelve times) and before it ends,
    once it has faded in: the lowest contrast counts, the widest reach, the largest area.

    Args:
        timeline: One that has frames.

    Raises:
        NotSupported: It has none.
        NemoError: The studio could not draw them.
    """
    places = cue_places(timeline.segments)
    columns = ("cue", "role", "start_ms", "end_ms", "style")
    cues = list(rows(timeline.captions, *columns))
    times = [(start, end) for _, _, start, end, _ in cues]
    found: dict[int, Look] = {}
    for place, (cue, role, start, end, style) in zip(places, cues, strict=True):
        if not (isinstance(start, int) and isinstance(end, int)):
            continue
        look = resolve(style, role)
        moments = _moments(max(0, start), min(end, timeline.duration_ms), look.fade_ms)
        versions = [
            timeline.with_draft(restyled(timeline.draft, place, changes))
            for changes in ({}, _without(look, alone=_alone(start, end, times)), _letters(look))
        ]
        frames = [(version, at_ms) for at_ms in moments for version in versions]
        # The studio draws two frames at a time.
        with ThreadPoolExecutor(2) as pool:
            drawn = list(pool.map(pixels, *zip(*frames, strict=True))) if frames else []
        seen = [
            one
            for at in range(0, len(drawn), len(versions))
            if (one := look_of(*drawn[at : at + len(versions)]))
        ]
        if seen:
            found[cue] = worst(seen)
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


def restyled(
    draft: dict[str, Any], place: tuple[int, int], changes: Mapping[str, Any]
) -> dict[str, Any]:
    """Return *draft* with *changes* in the style of the text at *place* (track, segment)."""
    result = copy.deepcopy(draft)
    track, segment = place
    raw = cast("dict[str, Any]", read_tracks(result)[track - 1].segments[segment - 1].raw)
    meta: dict[str, Any] = raw.setdefault("m", {})
    meta["style"] = {**(meta.get("style") or {}), **changes}
    return result


def _moments(start_ms: int, end_ms: int, fade_ms: int) -> list[int]:
    """Return when to look: both ends, past the fades, and evenly between them."""
    if end_ms <= start_ms:
        return []
    fade = min(fade_ms, (end_ms - start_ms) // 2)
    first, last = start_ms + fade, max(start_ms + fade, end_ms - fade - 1)
    count = min(_MOST, 2 + (last - first) // _EVERY_MS)
    return sorted({first + (last - first) * step // (count - 1) for step in range(count)})


def _alone(start_ms: int, end_ms: int, times: Sequence[tuple[Any, Any]]) -> bool:
    """Whether no other text shows meanwhile."""
    together = (
        isinstance(start, int) and isinstance(end, int) and start < end_ms and start_ms < end
        for start, end in times
    )
    return sum(together) < 2  # noqa: PLR2004 - it meets itself


def _without(style: TextStyle, *, alone: bool) -> dict[str, str]:
    """Return what tells a whole text from what it stands on.

    Every colour becomes clear; beside other texts, which would move up into its place, every
    colour becomes another one.
    """
    if alone:
        return {name: f"{value[:7]}{_CLEAR}" for name, value in _colours(style).items()}
    return _recoloured(_colours(style))


def _letters(style: TextStyle) -> dict[str, str]:
    """Return what tells the letters from their stroke, box and shadow."""
    own = ("color", "highlight")
    return _recoloured({name: value for name, value in _colours(style).items() if name in own})


def _recoloured(colours: Mapping[str, str]) -> dict[str, str]:
    return {name: f"{_opposite(value)}{value[7:]}" for name, value in colours.items()}


def _colours(style: TextStyle) -> dict[str, str]:
    values = {field.name: getattr(style, field.name) for field in fields(style)}
    return {
        name: value
        for name, value in values.items()
        if isinstance(value, str) and value.startswith("#")
    }


def _opposite(colour: str) -> str:
    digits = colour[1:7].ljust(6, "0")
    rgb = np.array([[[int(digits[at : at + 2], 16) for at in (0, 2, 4)]]], dtype=np.uint8)
    # Black and white contrast alike with a luminance of about 0.18.
    return "#000000" if float(relative_luminance(rgb)[0, 0]) > 0.18 else "#ffffff"  # noqa: PLR2004
