"""Files into a session: checked by content, named uniquely, laid on the timeline.

Several files of one request are one step: either all of them join the session, or none does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from nemo_nb.errors import UnsupportedFile
from nemo_nb.media.sniff import HEAD_BYTES, sniff
from nemo_nb.models import MediaInfo
from nemo_nb.skills import FONT_FORMATS, SKILLS, SUBTITLE_FORMATS, UPLOAD_FORMATS
from nemo_nb.studio.core import StudioCore
from nemo_nb.studio.edits import Cue, add_media, add_subtitles
from nemo_nb.studio.projects import Change, StudioSession
from nemo_nb.studio.receiving import Received
from nemo_nb.studio.subtitles import left_out_notes, read_cues

_ACCEPTED: Final = UPLOAD_FORMATS + SUBTITLE_FORMATS + FONT_FORMATS
_SMALLEST_LIMIT: Final = min(skill.limit_bytes for skill in SKILLS.values())


def limit_bytes(skill: str | None) -> int:
    """Return the largest file that *skill* (``X-Skill-Source``) takes.

    Who names none of the five has the smallest limit.
    """
    known = SKILLS.get(skill or "")
    return known.limit_bytes if known else _SMALLEST_LIMIT


def admit(core: StudioCore, session: StudioSession, files: Sequence[Received]) -> list[MediaInfo]:
    """Take *files* into the session and return what each holds. Blocks.

    Call it while holding the session's lock.

    Raises:
        UnsupportedFile: 4001, by content.
        BrokenMedia: 4001, with the file's name and what is wrong.
        EditRefused: It holds nothing that fits the timeline.
        Refusal: 409; another studio changed the session meanwhile.
    """
    folder = core.media_folder(session.id)
    folder.mkdir(parents=True, exist_ok=True)
    # The folder too: another studio on this workspace may be placing a file right now.
    taken = {info.name.casefold() for info in core.projects.media(session.id)}
    taken |= {path.name.casefold() for path in folder.iterdir()}
    draft = session.draft
    infos: list[MediaInfo] = []
    subtitles: list[list[Cue]] = []
    for file in files:
        info = _check(core, file)
        name = _unique(info.name, taken)
        taken.add(name.casefold())
        info = replace(info, name=name)
        if info.kind == "subtitle":
            cues = read_cues(file.path, name)
            notes = (*info.notes, *left_out_notes(cues, name))
            info = replace(info, duration_ms=max(cue.end_ms for cue in cues), notes=notes)
            subtitles.append(cues)
        elif info.kind != "font":
            draft = add_media(draft, info)
        infos.append(info)
    # After all pictures of the request, whose end is where subtitles end too.
    for cues in subtitles:
        draft = add_subtitles(draft, cues)
    placed: list[Path] = []
    try:
        for file, info in zip(files, infos, strict=True):
            target = folder / info.name
            file.path.replace(target)
            placed.append(target)
        names = ", ".join(info.name for info in infos)
        core.projects.commit(session, Change(draft=draft, note=f"upload {names}", media=infos))
    except BaseException:
        for target in placed:
            target.unlink(missing_ok=True)
        raise
    return infos


def video_info(info: MediaInfo, base_url: str, session_id: str) -> dict[str, Any]:
    """Return *info* as the wire knows it: times in seconds, a URL on this studio."""
    return {
        "filename": info.name,
        "file_type": info.kind,
        "cdn_url": media_url(base_url, session_id, info.name),
        "duration": info.duration_ms / 1000,
        "width": info.width,
        "height": info.height,
        "fps": info.fps,
        "hash": info.hash,
        "size": info.size_bytes,
        "has_audio": info.has_audio,
        "notes": list(info.notes),
    }


def media_url(base_url: str, session_id: str, name: str) -> str:
    """Return where a file of the media pool is served; it needs the bearer token."""
    return f"{base_url}/media/{session_id}/{quote(name, safe='')}"


def _check(core: StudioCore, file: Received) -> MediaInfo:
    with file.path.open("rb") as opened:
        found = sniff(opened.read(HEAD_BYTES), file.name)
    if found is not None and found.format not in _ACCEPTED:
        raise UnsupportedFile(
            f"{file.name} is of a kind that is not accepted: {found.format.upper()}.",
            fix=f"Send {', '.join(_ACCEPTED)}.",
            status=415,
        )
    return core.engine.probe(file.path, file.name)


def _unique(name: str, taken: set[str]) -> str:
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, ""
    count, candidate = 1, name
    while candidate.casefold() in taken:
        count += 1
        candidate = f"{stem} ({count}){dot}{extension}"
    return candidate
