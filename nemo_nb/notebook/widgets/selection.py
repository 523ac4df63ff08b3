"""Which segments are meant: rows of a frame, a mask, row labels or pairs, and back to rows.

A reference is ``(track, segment)``, counted from 1 as in ``Timeline.segments``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, cast

from nemo_nb.errors import InputError
from nemo_nb.timeline.columns import rows
from nemo_nb.timeline.frames import cue_places

if TYPE_CHECKING:
    import pandas as pd

    from nemo_nb.timeline.timeline import Timeline

Ref = tuple[int, int]

_WAYS: Final = (
    "Give rows of timeline.segments or timeline.captions, a mask of booleans over one of them, "
    "a list of row numbers of timeline.segments, or a list of (track, segment) pairs."
)
_STALE: Final = "Read the rows from the timeline that is shown: it may have changed since."


def frame_of(refs: Iterable[Sequence[int]], timeline: Timeline) -> pd.DataFrame:
    """Return the rows of ``timeline.segments`` that *refs* name, in timeline order.

    What is no longer there is left out.
    """
    wanted = {(int(track), int(segment)) for track, segment in refs}
    segments = timeline.segments
    chosen = [pair in wanted for pair in rows(segments, "track", "segment")]
    return cast("pd.DataFrame", segments[chosen])


def present(refs: Iterable[Sequence[int]], timeline: Timeline) -> list[Ref]:
    """Return those of *refs* that the timeline has, in timeline order."""
    return list(rows(frame_of(refs, timeline), "track", "segment"))


def refs_of(chosen: Any, timeline: Timeline) -> list[Ref]:
    """Return what *chosen* names, each segment once, in timeline order.

    Args:
        chosen: Rows of ``timeline.segments`` or ``timeline.captions`` (a frame, or one row of
            it); a mask of booleans as long as one of them; row numbers of
            ``timeline.segments``, or one; ``(track, segment)`` pairs, or one as a tuple. None
            or nothing at all names nothing.
        timeline: What is chosen from.

    Raises:
        InputError: It is none of these, or names a segment that is not there.
    """
    found = _pairs(chosen, timeline)
    kept = present(found, timeline)
    missing = sorted(set(found) - set(kept))
    if missing:
        track, segment = missing[0]
        raise InputError(f"There is no segment {segment} on track {track}.", fix=_STALE)
    return kept


def _pairs(chosen: Any, timeline: Timeline) -> list[Ref]:
    import pandas as pd  # noqa: PLC0415  # only who selects pays for it

    if isinstance(chosen, pd.DataFrame):
        return _of_frame(chosen, timeline)
    if isinstance(chosen, pd.Series) and "start_ms" in cast("Any", chosen).index:
        return _of_frame(cast("Any", chosen).to_frame().T, timeline)
    listed = _listed(chosen)
    # A time that could not be read is neither before nor after any other.
    mask = [False if value is pd.NA else value for value in listed]
    if mask and all(map(_is_bool, mask)):
        return _of_mask([*map(bool, mask)], str(getattr(chosen, "name", "") or ""), timeline)
    if isinstance(chosen, tuple) and [*map(_is_whole, listed)] == [True, True]:
        return [_pair(chosen)]
    if all(_is_whole(value) for value in listed):
        return _of_rows([int(value) for value in listed], timeline)
    return [_pair(value) for value in listed]


def _of_frame(frame: Any, timeline: Timeline) -> list[Ref]:
    columns = set(frame.columns)
    if {"track", "segment"} <= columns:
        return [_pair(pair) for pair in rows(frame, "track", "segment")]
    if "cue" not in columns:
        raise InputError(
            "These rows name no segments: they have neither track and segment, nor cue.", fix=_WAYS
        )
    places = cue_places(timeline.segments)
    cues = [_whole(cue) for (cue,) in rows(frame, "cue")]
    for cue in cues:
        if not 1 <= cue <= len(places):
            raise InputError(f"There is no cue {cue}.", f"The timeline has {len(places)}.", _STALE)
    return [places[cue - 1] for cue in cues]


def _of_mask(mask: list[bool], name: str, timeline: Timeline) -> list[Ref]:
    segments, captions = timeline.segments, timeline.captions
    # A timeline of texts alone has as many of both, in another order perhaps: a comparison of
    # a column keeps its name.
    only_cues = set(captions.columns) - set(segments.columns)
    if len(mask) == len(segments) and not (name in only_cues and len(mask) == len(captions)):
        pairs: list[Ref] = list(rows(segments, "track", "segment"))
    elif len(mask) == len(captions):
        pairs = cue_places(segments)
    else:
        raise InputError(
            f"A mask of {len(mask)} does not fit.",
            f"The timeline has {len(segments)} segments and {len(captions)} captions.",
            _STALE,
        )
    return [pair for pair, chosen in zip(pairs, mask, strict=True) if chosen]


def _of_rows(numbers: list[int], timeline: Timeline) -> list[Ref]:
    pairs: list[Ref] = list(rows(timeline.segments, "track", "segment"))
    for number in numbers:
        if not 0 <= number < len(pairs):
            raise InputError(
                f"There is no row {number} in timeline.segments.",
                f"It has {len(pairs)} rows, from 0.",
                _STALE,
            )
    return [pairs[number] for number in numbers]


def _listed(chosen: Any) -> list[Any]:
    if chosen is None:
        return []
    if isinstance(chosen, str | bytes):
        raise InputError(f"{chosen!r} names no segments.", fix=_WAYS)
    if _is_whole(chosen):
        return [chosen]
    plain = chosen.tolist() if hasattr(chosen, "tolist") else chosen
    if not isinstance(plain, Iterable):
        raise InputError(f"A {type(chosen).__name__} names no segments.", fix=_WAYS)
    return list(cast("Iterable[Any]", plain))


def _pair(value: Any) -> Ref:
    listed = _listed(value)
    if len(listed) != 2:  # noqa: PLR2004  # track and segment
        raise InputError(f"{value!r} is no (track, segment) pair.", fix=_WAYS)
    return _whole(listed[0]), _whole(listed[1])


def _whole(value: Any) -> int:
    if not _is_whole(value):
        raise InputError(f"{value!r} is no number of a track, a segment or a cue.", fix=_WAYS)
    return int(value)


def _is_whole(value: Any) -> bool:
    import numpy as np  # noqa: PLC0415  # only who selects pays for it

    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _is_bool(value: Any) -> bool:
    import numpy as np  # noqa: PLC0415  # likewise

    return isinstance(value, bool | np.bool_)
