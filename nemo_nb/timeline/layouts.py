"""Several drafts in one picture: side by side or one above the other. Pure.

Each draft keeps its shape and gets a part of a larger canvas (``m.region`` of its tracks).
Size, frame rate and sound are the first one's; the others are muted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from nemo_nb.errors import EditRefused
from nemo_nb.models import Canvas
from nemo_nb.timeline.draft import AUDIO, TEXT, VIDEO, duration_ms, number, read_canvas
from nemo_nb.timeline.draft_shape import Draft, editable, segments, tracks

LONGEST: Final = 3840
"""The longest side of a picture made of several, px: that of 4K."""

LABEL: Final = {"position": "top-left", "size": 4.0, "box": "#000000b0", "stroke": ""}
"""What a label's style says beyond the plain caption."""


def side_by_side(
    drafts: Sequence[Mapping[str, Any]], *, labels: Sequence[str] | None = None
) -> Draft:
    """Return *drafts* of one session as one draft, from left to right.

    Args:
        drafts: The cuts; their media are the same session's.
        labels: What to write over each of them.

    Raises:
        EditRefused: There is none.
    """
    return _joined(drafts, labels, across=True)


def stacked(drafts: Sequence[Mapping[str, Any]], *, labels: Sequence[str] | None = None) -> Draft:
    """Return *drafts* of one session as one draft, from top to bottom; see :func:`side_by_side`."""
    return _joined(drafts, labels, across=False)


def _joined(
    drafts: Sequence[Mapping[str, Any]], labels: Sequence[str] | None, *, across: bool
) -> Draft:
    if not drafts:
        raise EditRefused("There is nothing to lay out.", fix="Name at least one cut.")
    laid_out: list[Draft] = []
    result = editable(drafts[0])
    result["t"] = laid_out
    result["m"] |= _canvas(read_canvas(drafts[0]), len(drafts), across=across)
    for index, draft in enumerate(drafts):
        cell = _cell(index, len(drafts), across=across)
        laid_out += _laid_out(draft, index, cell)
    # Labels last: they are written over everything.
    ends = [duration_ms(draft) for draft in drafts]
    for index, label in enumerate(labels or ()):
        if index < len(drafts) and label.strip() and ends[index] > 0:
            cell = _cell(index, len(drafts), across=across)
            laid_out.append(_label(label, index, ends[index], cell))
    result["d"] = max(ends)
    return result


def _canvas(canvas: Canvas, count: int, *, across: bool) -> dict[str, Any]:
    width = canvas.width * (count if across else 1)
    height = canvas.height * (1 if across else count)
    factor = min(1.0, LONGEST / max(width, height))
    return {
        "width": max(2, 2 * round(width * factor / 2)),
        "height": max(2, 2 * round(height * factor / 2)),
        "fps": canvas.fps,
    }


def _cell(index: int, count: int, *, across: bool) -> dict[str, float]:
    start, length = 100 * index / count, 100 / count
    if across:
        return {"x": start, "y": 0.0, "width": length, "height": 100.0}
    return {"x": 0.0, "y": start, "width": 100.0, "height": length}


def _laid_out(draft: Mapping[str, Any], index: int, cell: Mapping[str, float]) -> list[Draft]:
    own = editable(draft)
    if index:
        for _, segment in segments(own, VIDEO):
            segment["m"]["mute"] = True
        own["t"] = [track for track in tracks(own) if track.get("tt") != AUDIO]
        for item in (*tracks(own), *(segment for _, segment in segments(own))):
            if "id" in item:
                item["id"] = f"{item['id']}-{index + 1}"
    for track in tracks(own):
        if track.get("tt") in (VIDEO, TEXT):
            meta = dict(track.get("m") or {})
            track["m"] = meta | {"region": _within(meta.get("region"), cell)}
    return tracks(own)


def _within(region: Any, cell: Mapping[str, float]) -> dict[str, float]:
    """Return a part of a draft's own canvas as a part of *cell*."""
    given: Mapping[str, Any] = {}
    if isinstance(region, Mapping):
        given = cast("Mapping[str, Any]", region)
    result: dict[str, float] = {}
    for start, length in (("x", "width"), ("y", "height")):
        begin, part = number(given.get(start)), number(given.get(length))
        result[start] = cell[start] + cell[length] * (begin or 0.0) / 100
        result[length] = cell[length] * (100.0 if part is None else part) / 100
    return result


def _label(text: str, index: int, length_ms: int, cell: Mapping[str, float]) -> Draft:
    segment = {
        "id": f"label-{index + 1}-1",
        "s": 0,
        "d": length_ms,
        "m": {"text": text, "role": "title", "style": {"preset": "clean-white", **LABEL}},
    }
    return {
        "tt": TEXT,
        "id": f"label-{index + 1}",
        "m": {"title": text, "region": dict(cell)},
        "sg": [segment],
    }
