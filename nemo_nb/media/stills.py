"""Opening photos as people have them: rotated, CMYK, 16 bit, with alpha, HEIC, or a bomb."""

# pyright: reportUnknownMemberType=false
# pillow-heif ships no complete types; its one call is used for its effect alone.

from __future__ import annotations

import warnings
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

import numpy as np
import pillow_heif
from PIL import Image, ImageOps, UnidentifiedImageError

from nemo_nb.errors import BrokenMedia

MAX_PIXELS: Final = 178_956_970
"""Photos of more pixels are refused before they are decoded. It is where Pillow calls a
picture a bomb (twice its ``MAX_IMAGE_PIXELS``): 0.5 GB of RGB."""

_SWAPPED_ORIENTATIONS: Final = (5, 6, 7, 8)
_ORIENTATION_TAG: Final = 0x0112


@contextmanager
def opened(source: Path | bytes, name: str) -> Generator[Image.Image]:
    """Open a photo whose header is sound and whose size is bearable; nothing is decoded yet.

    Raises:
        BrokenMedia: It cannot be read, or has more than :data:`MAX_PIXELS` pixels. Errors
            inside the ``with`` block that come from broken pixels are turned into it too.
    """
    _register_heif()
    with naming(name):
        with warnings.catch_warnings():
            # Pillow warns from half its own limit on, about honest photos of large sensors.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(BytesIO(source) if isinstance(source, bytes) else source)
        with image:
            yield image


@contextmanager
def naming(name: str) -> Generator[None]:
    """Turn Pillow's errors inside the block into a BrokenMedia that names the file."""
    try:
        yield
    except Image.DecompressionBombError as error:
        raise BrokenMedia(
            f"The photo {name} is refused.",
            f"It claims more pixels than the limit of {MAX_PIXELS // 1_000_000} megapixels.",
            "Scale it down first.",
            code=4001,
        ) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise BrokenMedia(
            f"The photo {name} cannot be read.",
            "It is damaged, or it ends too early.",
            "Save it again from the program it came from, or copy it once more.",
            code=4001,
        ) from error


def upright_size(image: Image.Image) -> tuple[int, int]:
    """Return width and height in pixels after EXIF orientation, without decoding."""
    swapped = image.getexif().get(_ORIENTATION_TAG) in _SWAPPED_ORIENTATIONS
    return (image.height, image.width) if swapped else (image.width, image.height)


def is_animated(image: Image.Image) -> bool:
    """Whether it has more than one frame to play (GIF, WebP), not just several pages."""
    return image.format in ("GIF", "WEBP") and getattr(image, "n_frames", 1) > 1


def load(
    source: Path | bytes, name: str, *, at_least: tuple[int, int] | None = None
) -> Image.Image:
    """Return a photo as upright RGB, transparency laid over black.

    Args:
        source: A path or the file's bytes.
        name: What to call it in an error.
        at_least: A width and height in pixels that will do; large JPEGs are then decoded
            smaller, never below it.

    Raises:
        BrokenMedia: See :func:`opened`.
    """
    with opened(source, name) as image:
        if at_least is not None and image.format == "JPEG":
            longest = max(at_least)
            image.draft("RGB", (longest, longest))
        image.load()
        return to_rgb(ImageOps.exif_transpose(image))


def to_rgb(image: Image.Image) -> Image.Image:
    """Return *image* as 8-bit RGB: 16 bit scaled down, alpha over black, CMYK converted."""
    if image.mode.startswith(("I", "F")):
        image = _eight_bit(image)
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        layer = image.convert("RGBA")
        ground = Image.new("RGBA", layer.size, (0, 0, 0, 255))
        return Image.alpha_composite(ground, layer).convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")


def _eight_bit(image: Image.Image) -> Image.Image:
    """Scale 16-bit grey to 8 bit; Pillow's own conversion clips it to white."""
    values = np.asarray(image, dtype=np.float32)
    if image.mode.startswith("I"):
        values = values / 257.0
    return Image.fromarray(np.clip(np.rint(values), 0, 255).astype(np.uint8))


@cache
def _register_heif() -> None:
    pillow_heif.register_heif_opener()
