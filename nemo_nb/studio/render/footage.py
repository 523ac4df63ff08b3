"""What reads a moving source: by what it is, and by how it will be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nemo_nb.media.sniff import sniff_file
from nemo_nb.studio.render.animated import Animation
from nemo_nb.studio.render.backwards import Backwards
from nemo_nb.studio.render.clips import Clip, FrameSource
from nemo_nb.studio.render.keyframes import KeyFrames


@dataclass(frozen=True, slots=True)
class Viewing:
    """How a film is looked at.

    Attributes:
        in_order: Frame after frame; otherwise any moment after any other, and what is shown at
            one must not depend on those before.
        exact: False lets clips show the key frame before the moment: most of the work saved.
        decoders: How many threads decode a clip of up to 1080p, 0 for as many as there are
            cores. Beside an encoder, which takes every core, one keeps pace and holds 50 MB
            less of frames under way.
    """

    in_order: bool = True
    exact: bool = True
    decoders: int = 0


def open_clip(
    path: Path, name: str, viewing: Viewing | None = None, *, backwards: bool = False
) -> FrameSource:
    """Open the clip or animation at *path*, *backwards* if its times will mostly fall.

    Raises:
        BrokenMedia: It cannot be played.
    """
    viewing = viewing or Viewing()
    found = sniff_file(path)
    if found is not None and found.kind == "image":
        return Animation(path, name)
    if not viewing.exact:
        return KeyFrames(path, name)
    clip = Clip(path, name, decoders=viewing.decoders)
    return Backwards(clip) if backwards and viewing.in_order else clip
