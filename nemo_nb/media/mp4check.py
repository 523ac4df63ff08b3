"""Whether a finished MP4 plays: the last check before a download counts as done."""

from __future__ import annotations

from pathlib import Path

from nemo_nb.errors import BrokenMedia
from nemo_nb.media import containers


def check_playable(path: Path) -> None:
    """Check that the file is whole, and that its first and last pictures decode.

    Raises:
        BrokenMedia: It is cut short, damaged, or holds no picture.
    """
    name = path.name
    if not path.exists() or path.stat().st_size == 0:
        raise BrokenMedia(f"{name} is empty.", fix="Download it again.")
    if containers.is_iso(path):
        _check_whole(path)
    with containers.open_input(path, name) as container, containers.naming(name):
        video = containers.picture_stream(container)
        if video is None:
            raise BrokenMedia(f"{name} holds no picture.", fix="Export it again.")
        containers.check_size(video, name)
        first = next(container.decode(video), None)
        if container.duration:
            container.seek(container.duration)
        rest = sum(1 for _ in container.decode(video))
        if first is None or rest == 0:
            raise BrokenMedia(
                f"{name} does not play.", "Its pictures cannot be decoded.", "Export it again."
            )


def _check_whole(path: Path) -> None:
    """Both boxes must lie whole in the file, whichever of them comes last."""
    if not {b"moov", b"mdat"} <= {kind for kind, _, _ in containers.boxes(path)}:
        raise BrokenMedia(f"{path.name} is not whole.", "It ends too early.", "Download it again.")
