"""Pictures that the studio drew itself, into a session's media pool, together with their draft."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager

from nemo_nb.models import MediaInfo
from nemo_nb.studio.agent.turn import MadeFile
from nemo_nb.studio.core import StudioCore


@contextmanager
def placed(
    core: StudioCore, session_id: str, files: Sequence[MadeFile]
) -> Generator[list[MediaInfo]]:
    """Lay *files* into the session's folder and lend what they hold; blocks.

    Their names say what they show (``animatic``), so a file that lies there already is the same.
    Commit the draft that shows them inside the block: if it raises, they are taken out again.
    """
    folder = core.media_folder(session_id)
    folder.mkdir(parents=True, exist_ok=True)
    known = {info.name for info in core.projects.media(session_id)}
    fresh = [file for file in files if file.name not in known]
    try:
        for file in fresh:
            (folder / file.name).write_bytes(file.content)
        yield [core.engine.probe(folder / file.name, file.name) for file in fresh]
    except BaseException:
        for file in fresh:
            (folder / file.name).unlink(missing_ok=True)
        raise
