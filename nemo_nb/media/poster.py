"""The first picture of a clip, for whoever shows it before it plays."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from nemo_nb.errors import BrokenMedia
from nemo_nb.media import containers

if TYPE_CHECKING:
    from PIL import Image


def first_frame(path: Path) -> Image.Image:
    """Return the first picture of the clip at *path*, in its coded orientation.

    Raises:
        BrokenMedia: It cannot be read, or holds no picture.
    """
    name = path.name
    with containers.open_input(path, name) as container, containers.naming(name):
        video = containers.picture_stream(container)
        if video is not None:
            containers.check_size(video, name)
            for frame in container.decode(video):
                # PyAV leaves this one without types.
                return cast("Image.Image", cast("Any", frame).to_image())
    raise BrokenMedia(f"{name} holds no picture.")
