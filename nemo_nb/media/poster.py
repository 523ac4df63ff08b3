"""A picture of a clip, for whoever shows it before it plays."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from nemo_nb.errors import BrokenMedia
from nemo_nb.media import containers

if TYPE_CHECKING:
    from PIL import Image

# A second in, what fades in has come; a shorter clip shows its middle.
_AT_S: Final = 1.0


def poster_frame(path: Path) -> Image.Image:
    """Return a picture from early in the clip at *path*, in its coded orientation.

    Raises:
        BrokenMedia: It cannot be read, or holds no picture.
    """
    name = path.name
    with containers.open_input(path, name) as container, containers.naming(name):
        video = containers.picture_stream(container)
        if video is not None:
            containers.check_size(video, name)
            length_s = (container.duration or 0) / containers.MICROSECONDS
            at_s, picture = min(_AT_S, length_s / 2), None
            for picture in containers.decoded(container, video):
                if picture.time is None or picture.time >= at_s:
                    break
            if picture is not None:
                return cast("Image.Image", picture.to_image())
    raise BrokenMedia(f"{name} holds no picture.")
