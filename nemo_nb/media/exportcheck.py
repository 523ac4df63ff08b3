"""Whether a finished export is whole: the last check before a download counts as done."""

# pyright: reportUnknownMemberType=false
# PyAV's stubs leave the type of demux open.

from __future__ import annotations

from pathlib import Path
from typing import Final

from PIL import ImageSequence

from nemo_nb.errors import BrokenMedia
from nemo_nb.media import containers, stills
from nemo_nb.media.mp4check import check_playable
from nemo_nb.media.sniff import sniff_file

# How far before the length that the file claims its last picture may begin.
_SLACK_S: Final = 1.0
_PICTURES: Final = ("gif", "png")
_RIFF_HEADER: Final = 8


def check_export(path: Path) -> None:
    """Check that the file is by content what its extension says, and whole.

    Raises:
        BrokenMedia: It is another kind of file, cut short or damaged.
    """
    expected, name = path.suffix.lower().removeprefix("."), path.name
    if not path.exists() or path.stat().st_size == 0:
        raise BrokenMedia(f"{name} is empty.", fix="Download it again.")
    found = sniff_file(path)
    if found is None or found.format != expected:
        what = "something unknown" if found is None else found.format.upper()
        raise BrokenMedia(
            f"{name} is no {expected.upper()}.", f"It holds {what}.", "Export it again."
        )
    if expected == "mp4":
        check_playable(path)
    elif expected == "webm":
        check_playable(path)
        _check_end(path)
    elif expected in _PICTURES:
        with stills.naming(name), stills.opened(path, name) as image:
            for frame in ImageSequence.Iterator(image):
                frame.load()
    else:
        _check_riff(path)


def _check_end(path: Path) -> None:
    """A WebM says how long it is at its beginning; one that was cut plays up to the cut."""
    with containers.open_input(path, path.name) as container, containers.naming(path.name):
        video = containers.picture_stream(container)
        length_s = (container.duration or 0) / containers.MICROSECONDS
        container.seek(container.duration or 0)
        times = [float(p.pts * p.time_base) for p in container.demux(video) if p.pts is not None]
    if max(times, default=0.0) + _SLACK_S < length_s:
        raise BrokenMedia(f"{path.name} is not whole.", "It ends too early.", "Download it again.")


def _check_riff(path: Path) -> None:
    with path.open("rb") as file:
        header = file.read(_RIFF_HEADER)
    if int.from_bytes(header[4:], "little") + _RIFF_HEADER > path.stat().st_size:
        raise BrokenMedia(f"{path.name} is not whole.", "It ends too early.", "Download it again.")
