"""After a connection broke: look at the state until it tells what happened, send nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from nemo_nb.errors import NemoError, SessionLost, StudioGone, Unreachable
from nemo_nb.redact import logger

if TYPE_CHECKING:
    from nemo_nb.project import Project
    from nemo_nb.timeline.timeline import Timeline

_log = logger("nemo_nb.reconcile")

# PROTOCOL.md: wait 30 s, then ask every 60 s, five unchanged answers at most. The first wait
# is the knob `reconcile_s`, the others are twice as long.
UNCHANGED_AT_MOST: Final = 5

# A silent edit may be stored a moment after the stream has ended.
SILENT_READS: Final = 3
_SILENT_WAIT_S: Final = 1.0


async def after_a_break(project: Project, before: Timeline) -> Timeline | None:
    """Return the changed timeline, or None where five answers show no change.

    Raises:
        Unreachable: A studio has stopped; nothing will change any more.
        SessionLost: Nor where the server has lost the session.
    """
    long_s = project.backend.settings.reconcile_s
    # A studio ends the turn with the connection: what it has done is there at once.
    studio = await project.is_studio()
    wait_s, next_s = (0.0, min(_SILENT_WAIT_S, long_s)) if studio else (long_s, long_s * 2)
    for look in range(1, UNCHANGED_AT_MOST + 1):
        await asyncio.sleep(wait_s)
        changed = await _changed(project, before, studio=studio)
        _log.debug("look %s after a break, %s s later: changed %s", look, wait_s, changed)
        if changed:
            return project.timeline
        wait_s = next_s
    return None


async def after_silence(project: Project, before: Timeline) -> Timeline:
    """Return the timeline once it differs from *before*, or after three reads.

    Raises:
        NemoError: The last of the reads failed.
    """
    wait_s = min(_SILENT_WAIT_S, project.backend.settings.reconcile_s)
    for reading in range(1, SILENT_READS + 1):
        known = project.state
        try:
            timeline = await project.read()
        except (SessionLost, StudioGone):
            raise
        except NemoError:
            if reading == SILENT_READS:
                raise
        else:
            if differs(before, timeline) or _beside(known) != _beside(project.state):
                break
        if reading < SILENT_READS:
            await asyncio.sleep(wait_s)
    return project.timeline


async def new_media(project: Project, known: Counter[str], count: int) -> list[Mapping[str, Any]]:
    """Return the media that came beside *known*, once there are *count*, or after three reads.

    Args:
        project: Whose media.
        known: How many there were of each name: a server may keep two files of one name.
        count: How many are awaited.
    """
    wait_s = min(_SILENT_WAIT_S, project.backend.settings.reconcile_s)
    new: list[Mapping[str, Any]] = []
    for reading in range(SILENT_READS):
        if reading:
            await asyncio.sleep(wait_s)
        await project.read()
        new = _beyond(known, project.media)
        if len(new) >= count:
            break
    return new


def _beyond(known: Counter[str], media: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    left = known.copy()
    new: list[Mapping[str, Any]] = []
    for record in media:
        name = str(record.get("filename", ""))
        if left[name] > 0:
            left[name] -= 1
        else:
            new.append(record)
    return new


def differs(before: Timeline, after: Timeline) -> bool:
    """Whether the two show different things."""
    return before.draft != after.draft or before.canvas != after.canvas


async def _changed(project: Project, before: Timeline, *, studio: bool) -> bool:
    known = project.state
    try:
        timeline = await project.read()
    except NemoError as error:
        if isinstance(error, SessionLost) or (studio and isinstance(error, Unreachable)):
            raise
        # The network that broke the stream may be down still: an answer that never came
        # counts as one that shows no change.
        return False
    return differs(before, timeline) or _beside(known) != _beside(project.state)


def _beside(state: dict[str, object]) -> tuple[object, ...]:
    """What a turn can make besides a change of the timeline."""
    # A session that has just started was never read: nothing there is an empty list here.
    return tuple(state.get(key) or None for key in ("variants", "generated_media", "video_infos"))
