"""Captions in and out: frames and subtitle files to drafts, frames to subtitle files."""
# pyright: reportUnknownMemberType=false
# pandas' own annotations leave parts of its results unknown.

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from nemo_nb.errors import InputError
from nemo_nb.models import Canvas
from nemo_nb.timeline.columns import rows, timed
from nemo_nb.timeline.draft import TEXT, whole
from nemo_nb.timeline.subtitles import Cue, read_subtitles, subtitle_text

if TYPE_CHECKING:
    import pandas as pd

LEFT_OUT: Final = "left_out"
"""The key of ``m`` that lists what another format had and a draft cannot hold."""

_FIELDS: Final[tuple[str, ...]] = ("start_ms", "end_ms", "text", "role", "style")


def subtitles(captions: pd.DataFrame, kind: str, canvas: Canvas) -> str:
    """Return a captions frame as a subtitle file; cues without a known time are left out.

    Args:
        captions: As :func:`nemo_nb.timeline.frames.captions_frame` makes it.
        kind: ``srt``, ``vtt`` or ``ass``.
        canvas: The picture that ASS sizes refer to.
    """
    cues: list[Cue] = [
        dict(zip(_FIELDS, row, strict=True)) for row in rows(timed(captions), *_FIELDS)
    ]
    return subtitle_text(cues, kind, canvas)


def draft_from_captions(source: str | os.PathLike[str] | pd.DataFrame) -> dict[str, Any]:
    """Return a draft of one text track; see :meth:`Timeline.from_captions`."""
    if isinstance(source, (str, os.PathLike)):
        return draft_of_cues(read_subtitles(Path(source)))
    return draft_of_cues(_cues_of_frame(source))


def draft_of_cues(cues: list[Cue]) -> dict[str, Any]:
    """Return a draft of one text track holding *cues*, by start.

    Args:
        cues: ``start_ms``, ``end_ms``, ``text``, and optionally ``role``, ``style``, and
            ``left_out``: what of their look is lost, which ``m.left_out`` then tells.
    """
    segments: list[dict[str, Any]] = []
    for cue in sorted(cues, key=lambda cue: (cue["start_ms"], cue["end_ms"])):
        meta = {"text": cue["text"], "role": cue.get("role") or "caption"}
        if cue.get("style"):
            meta["style"] = dict(cue["style"])
        start = cue["start_ms"]
        segments.append({"s": start, "d": cue["end_ms"] - start, "m": meta})
    draft: dict[str, Any] = {
        "d": max((segment["s"] + segment["d"] for segment in segments), default=0),
        "t": [{"tt": TEXT, "m": {"title": "Captions"}, "sg": segments}],
    }
    left_out = Counter(what for cue in cues for what in cue.get("left_out", ()))
    if left_out:
        counted = left_out.items()
        draft["m"] = {LEFT_OUT: [f"{what} ({n} cue{'s'[: n > 1]})" for what, n in counted]}
    return draft


def _cues_of_frame(frame: pd.DataFrame) -> list[Cue]:
    columns = {str(name) for name in getattr(frame, "columns", ())}
    missing = [name for name in ("text", "start_ms") if name not in columns]
    if not columns & {"end_ms", "duration_ms"}:
        missing.append("end_ms")
    if missing:
        raise InputError(
            f"The captions have no column {' and no column '.join(missing)}.",
            fix="A captions frame has text, start_ms, and end_ms or duration_ms.",
        )
    cues: list[Cue] = []
    loose = cast("Any", frame)
    records: list[dict[str, Any]] = loose.to_dict("records")
    for label, row in zip(loose.index.tolist(), records, strict=True):
        start = whole(row["start_ms"])
        end = whole(row.get("end_ms"))
        if end is None and start is not None:
            duration = whole(row.get("duration_ms"))
            end = None if duration is None else start + duration
        if start is None or end is None or end < start or not isinstance(row["text"], str):
            raise InputError(
                f"Row {label!r} of the captions is no cue.",
                f"start_ms is {row['start_ms']!r}, end_ms {row.get('end_ms')!r}, "
                f"text {row['text']!r}.",
                "Times are whole ms, the end is not before the start, the text is a string.",
            )
        style = row.get("style")
        cues.append(
            {
                "start_ms": start,
                "end_ms": end,
                "text": row["text"],
                "role": "title" if row.get("role") == "title" else "caption",
                "style": dict(cast("Mapping[str, Any]", style))
                if isinstance(style, Mapping)
                else {},
            }
        )
    return cues
