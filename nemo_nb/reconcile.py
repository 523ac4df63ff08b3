"""After a connection broke: look at the state until it tells what happened, send nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, Final

from nemo_nb.errors import NemoError, Unreachable
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
    """Return the timeline once it differs from *before*, or after three reads."""
    wait_s = min(_SILENT_WAIT_S, project.backend.settings.reconcile_s)
    for reading in range(SILENT_READS):
        if reading:
            await asyncio.sleep(wait_s)
        known = project.state
        timeline = await project.read()
        if differs(before, timeline) or _beside(known) != _beside(project.state):
            break
    return project.timeline


async def new_media(
    project: Project, known: Collection[str], count: int
) -> list[Mapping[str, Any]]:
    """Return the media that came beside *known*, once there are *count*, or after three reads."""
    wait_s = min(_SILENT_WAIT_S, project.backend.settings.reconcile_s)
    new: list[Mapping[str, Any]] = []
    for reading in range(SILENT_READS):
        if reading:
            await asyncio.sleep(wait_s)
        await project.read()
        new = [record for record in project.media if record.get("filename") not in known]
        if len(new) >= count:
            break
    return new


def differs(before: Timeline, after: Timeline) -> bool:
    """Whether the two show different things."""
    return before.draft != after.draft or before.canvas != after.canvas


async def _changed(project: Project, before: Timeline, *, studio: bool) -> bool:
    known = project.state
    try:
        timeline = await project.read()
    except NemoError as error:
        if studio and isinstance(error, Unreachable):
            raise
        # The network that broke the stream may be down still: an answer that never came
        # counts as one that shows no change.
        return False
    return differs(before, timeline) or _beside(known) != _beside(project.state)


def _beside(state: dict[str, object]) -> tuple[object, ...]:
    """What a turn can make besides a change of the timeline."""
    # A session that has just started was never read: nothing there is an empty list here.
    return tuple(state.get(key) or None for key in ("variants", "generated_media", "video_infos"))
