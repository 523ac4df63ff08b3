"""Opening photos as people have them: rotated, CMYK, 16 bit, with alpha, HEIC, or a bomb."""

# pyright: reportUnknownMemberType=false
# pillow-heif ships no complete types; its one call is used for its effect alone.

from __future__ import annotations

import struct
import warnings
import zlib
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
from nemo_nb.media import colour

MAX_PIXELS: Final = 178_956_970
"""Photos of more pixels are refused before they are decoded. It is where Pillow calls a
picture a bomb (twice its ``MAX_IMAGE_PIXELS``): 0.5 GB of RGB."""

# What Pillow and its plugins raise for bytes they cannot make sense of.
_BROKEN: Final = (
    UnidentifiedImageError,
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    RuntimeError,  # libheif's
    struct.error,
    zlib.error,
)

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
        with _quietly():
            image = Image.open(BytesIO(source) if isinstance(source, bytes) else source)
        with image:
            yield image


@contextmanager
def _quietly() -> Generator[None]:
    """Pass over Pillow's warnings.

    They come from half its own limit on, about honest photos of large sensors, and about
    metadata that is broken where the picture is not.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


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
    except _BROKEN as error:
        raise BrokenMedia(
            f"The photo {name} cannot be read.",
            "It is damaged, or it ends too early.",
            "Save it again from the program it came from, or copy it once more.",
            code=4001,
        ) from error


def upright_size(image: Image.Image) -> tuple[int, int]:
    """Return width and height in pixels after EXIF orientation, without decoding."""
    with _quietly():
        swapped = image.getexif().get(_ORIENTATION_TAG) in _SWAPPED_ORIENTATIONS
    return (image.height, image.width) if swapped else (image.width, image.height)


def is_animated(image: Image.Image) -> bool:
    """Whether it has more than one frame to play (GIF, WebP), not just several pages."""
    # Not by n_frames: Pillow walks through the whole file for that.
    return image.format in ("GIF", "WEBP") and bool(getattr(image, "is_animated", False))


def has_alpha(image: Image.Image) -> bool:
    """Whether something may shine through."""
    return image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info


def load(
    source: Path | bytes,
    name: str,
    *,
    at_least: tuple[int, int] | None = None,
    ground: tuple[int, int, int] = (0, 0, 0),
) -> Image.Image:
    """Return a photo as upright sRGB, what is transparent laid over *ground*.

    Args:
        source: A path or the file's bytes.
        name: What to call it in an error.
        at_least: A width and height in pixels that will do; larger photos are then made
            smaller, never below it.
        ground: RGB 0-255.

    Raises:
        BrokenMedia: See :func:`opened`.
    """
    with naming(name):
        return _over(load_clear(source, name, at_least=at_least), ground)


def load_clear(
    source: Path | bytes, name: str, *, at_least: tuple[int, int] | None = None
) -> Image.Image:
    """Like :func:`load`, but as straight RGBA where something may shine through."""
    with opened(source, name) as image:
        if at_least is not None and image.format == "JPEG":
            longest = max(at_least)
            image.draft("RGB", (longest, longest))
        image.load()
        # In place: it would copy the whole picture even where nothing is to be turned.
        with _quietly():
            ImageOps.exif_transpose(image, in_place=True)
        small = image if at_least is None else _reduced(image, at_least)
        upright = colour.to_srgb(_plain(small))
        return upright if upright.mode in ("RGB", "RGBA") else upright.convert("RGB")


def to_rgb(image: Image.Image) -> Image.Image:
    """Return *image* as 8-bit RGB: 16 bit scaled down, alpha over black, CMYK converted."""
    return _over(_plain(image), (0, 0, 0))


def _plain(image: Image.Image) -> Image.Image:
    """Return *image* in a mode of 8 bits whose numbers are colours: RGB, RGBA, L or CMYK."""
    if image.mode.startswith(("I", "F")):
        return _eight_bit(image)
    if has_alpha(image):
        return image if image.mode == "RGBA" else image.convert("RGBA")
    return image if image.mode in ("RGB", "L", "CMYK") else image.convert("RGB")


def _over(image: Image.Image, ground: tuple[int, int, int]) -> Image.Image:
    if image.mode == "RGBA":
        under = Image.new("RGBA", image.size, (*ground, 255))
        return Image.alpha_composite(under, image).convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")


def _reduced(image: Image.Image, at_least: tuple[int, int]) -> Image.Image:
    """Return *image* made smaller by a whole number: what follows then costs less memory."""
    factor = min(image.size) // max(1, *at_least)
    if factor <= 1 or image.mode not in ("RGB", "RGBA", "L", "CMYK"):
        return image
    reduced = image.reduce(factor)
    reduced.info = dict(image.info)  # its colour profile travels with it
    return reduced


def _eight_bit(image: Image.Image) -> Image.Image:
    """Scale 16-bit grey to 8 bit; Pillow's own conversion clips it to white."""
    values = np.asarray(image, dtype=np.float32)
    if image.mode.startswith("I"):
        values = values / 257.0
    return Image.fromarray(np.clip(np.rint(values), 0, 255).astype(np.uint8))


@cache
def _register_heif() -> None:
    pillow_heif.register_heif_opener()
