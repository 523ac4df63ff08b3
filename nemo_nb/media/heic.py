"""HEIC, which phones write and the upload endpoint does not take, to JPEG."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Final

from nemo_nb.media import stills

JPEG_QUALITY: Final = 92
"""High enough that a second encoding is not seen, a third of the size of quality 100."""


def heic_to_jpeg(source: Path | bytes) -> bytes:
    """Return the photo as an upright JPEG's bytes, in sRGB.

    Args:
        source: A path or the file's bytes.

    Raises:
        BrokenMedia: It cannot be read.
    """
    name = source.name if isinstance(source, Path) else "HEIC photo"
    image = stills.load(source, name)
    target = BytesIO()
    image.save(target, "JPEG", quality=JPEG_QUALITY, icc_profile=None)
    return target.getvalue()
