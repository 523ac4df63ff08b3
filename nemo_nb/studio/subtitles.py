"""Subtitle files as cues: SRT, WebVTT and ASS, read by pysubs2."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pysubs2 import SSAFile
from pysubs2.exceptions import Pysubs2Error

from nemo_nb.errors import BrokenMedia
from nemo_nb.studio.edits import Cue

MAX_BYTES: Final = 20_000_000
"""A subtitle file above this is no subtitle file: a feature film's has about 0.1 MB."""


def read_cues(path: Path, name: str, kind: str) -> list[Cue]:
    """Return the cues of a subtitle file in order of time, markup removed.

    Comments, drawings, and cues without words or length are left out.

    Args:
        path: The file.
        name: What people call it.
        kind: Its format: ``srt``, ``vtt`` or ``ass`` (SSA is read as ASS).

    Raises:
        BrokenMedia: It cannot be read, or holds no cue.
    """
    if path.stat().st_size > MAX_BYTES:
        raise _broken(name, f"It is larger than {MAX_BYTES // 1_000_000} MB.")
    try:
        parsed = SSAFile.from_string(_decode(path.read_bytes()), format_=kind)
    except (Pysubs2Error, ValueError) as error:
        raise _broken(name, f"{error}.") from error
    cues = [
        Cue(event.start, event.end, text)
        for event in sorted(parsed, key=lambda event: (event.start, event.end))
        if not event.is_comment
        and not event.is_drawing
        and event.end > event.start >= 0
        and (text := event.plaintext.replace("\0", "").strip())
    ]
    if not cues:
        raise _broken(name, "It holds no subtitle with words and a length.")
    return cues


def _decode(raw: bytes) -> str:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What is not UTF-8 is most often a Windows file of western Europe.
        return raw.decode("cp1252", errors="replace")


def _broken(name: str, why: str) -> BrokenMedia:
    return BrokenMedia(
        f"{name} cannot be read as subtitles.", why, "Save it again as SRT in UTF-8.", code=4001
    )
