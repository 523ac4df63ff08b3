"""How the agent looks at the pictures of a session: frames, subjects, dates. Every call blocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from nemo_nb.errors import NemoError
from nemo_nb.studio.engine import Engine

_EXIF_BLOCK: Final = 0x8769
_TAKEN: Final = (0x9003, 0x9004)  # DateTimeOriginal, DateTimeDigitized
_SUBJECT: Final = 0.5
_LEAST, _MOST = 0.01, 0.9  # a mask of nothing, or of everything, points nowhere


@dataclass(frozen=True, slots=True)
class StudioEyes:
    """The eyes that :class:`~nemo_nb.studio.agent.turn.Eyes` asks for.

    Attributes:
        engine: Draws.
        assets: The session's files by name.
    """

    engine: Engine
    assets: Mapping[str, Path]

    def draw(self, draft: Mapping[str, Any], at_ms: int, width: int | None) -> bytes:
        """Return a frame of *draft* as a PNG."""
        return self.engine.frame(draft, self.assets, at_ms, width, lossless=True)

    def focus(self, name: str) -> tuple[float, float] | None:
        """Return where the subject of a photo lies, percent of its sides."""
        path = self.assets.get(name)
        if path is None:
            return None
        # The network takes a second to load: only a show that looks for subjects pays for it.
        import numpy as np  # noqa: PLC0415

        from nemo_nb.media import stills  # noqa: PLC0415
        from nemo_nb.studio import matte  # noqa: PLC0415

        try:
            with stills.opened(path, name) as image:
                image.thumbnail((640, 640))
                rgb = np.asarray(stills.to_rgb(image))
        except (NemoError, OSError):
            return None
        mask = matte.subject(rgb) > _SUBJECT
        if not _LEAST <= mask.mean() <= _MOST:
            return None
        rows, columns = np.nonzero(mask)
        height, width = mask.shape
        return float(100 * columns.mean() / width), float(100 * rows.mean() / height)

    def taken(self, name: str) -> str | None:
        """Return when a photo was taken, as EXIF writes it: ``2024:07:01 12:30:00``."""
        path = self.assets.get(name)
        if path is None:
            return None
        from PIL import Image  # noqa: PLC0415 - only who asks for dates pays for it

        try:
            with Image.open(path) as image:
                block = image.getexif().get_ifd(_EXIF_BLOCK)
        except OSError:
            return None
        found = next((str(block[tag]).strip() for tag in _TAKEN if block.get(tag)), "")
        return found if found[:4].isdigit() else None
