"""Subtitle uploads as cues: SRT, WebVTT and ASS, by the reader of `timeline.subtitles`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from nemo_nb.errors import BrokenMedia, UnsupportedFile
from nemo_nb.studio.edits import Cue
from nemo_nb.timeline.subtitles import parse_subtitles

MAX_BYTES: Final = 20_000_000
"""A subtitle file above this is no subtitle file: a feature film's has about 0.1 MB."""


def read_cues(path: Path, name: str) -> list[Cue]:
    """Return the cues of a subtitle file in order of time, with the styles of an ASS file.

    Args:
        path: The file; its content decides the format.
        name: What people call it.

    Raises:
        BrokenMedia: It cannot be read, or holds no cue with words and a length.
    """
    if path.stat().st_size > MAX_BYTES:
        raise _broken(name, f"It is larger than {MAX_BYTES // 1_000_000} MB.")
    try:
        parsed = parse_subtitles(path.read_bytes(), name)
    except UnsupportedFile as error:
        raise _broken(name, "It is no SRT, WebVTT or ASS.") from error
    cues = [
        Cue(
            cue["start_ms"],
            cue["end_ms"],
            text,
            cue.get("style") or {},
            cue.get("role", "caption"),
            tuple(cue.get("left_out", ())),
        )
        for cue in sorted(parsed, key=lambda cue: (cue["start_ms"], cue["end_ms"]))
        if cue["end_ms"] > cue["start_ms"] >= 0 and (text := cue["text"].replace("\0", "").strip())
    ]
    if not cues:
        raise _broken(name, "It holds no subtitle with words and a length.")
    return cues


def left_out_notes(cues: Sequence[Cue], name: str) -> tuple[str, ...]:
    """Return what of the looks of *cues* has no place here, as a sentence; empty where all has."""
    what = dict.fromkeys(one for cue in cues for one in cue.left_out)
    if not what:
        return ()
    return (
        f"Of the looks in {name}, these have no place here and are left out: {', '.join(what)}.",
    )


def _broken(name: str, why: str) -> BrokenMedia:
    return BrokenMedia(
        f"{name} cannot be read as subtitles.", why, "Save it again as SRT in UTF-8.", code=4001
    )
