"""Pictures with a colour profile of their own, brought to sRGB: what everything here paints in."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# Pillow's ImageCms has no complete types for its profiles.

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final, cast

from PIL import Image, ImageCms

if TYPE_CHECKING:
    from PIL.ImageCms import ImageCmsTransform

# The modes that LittleCMS reads from Pillow, and how many channels their profiles have.
_SPACES: Final = {"RGB": "RGB", "RGBA": "RGB", "L": "GRAY", "CMYK": "CMYK"}
_LARGEST_PROFILE: Final = 8_000_000


def to_srgb(image: Image.Image) -> Image.Image:
    """Return *image* in sRGB, as RGB or RGBA, where it names another space; else itself.

    A profile that is broken, or does not fit the picture, is passed over: viewers do so too.
    """
    profile = image.info.get("icc_profile")
    if not isinstance(profile, bytes) or not 0 < len(profile) <= _LARGEST_PROFILE:
        return image
    transform = _transform(profile, image.mode)
    if transform is None:
        return image
    return cast("Any", ImageCms.applyTransform(image, transform))


@lru_cache(maxsize=16)
def _transform(profile: bytes, mode: str) -> ImageCmsTransform | None:
    """Return the way to sRGB, None where there is none or nothing would change."""
    try:
        source: Any = ImageCms.ImageCmsProfile(BytesIO(profile))
        if _SPACES.get(mode) != source.profile.xcolor_space.strip() or _is_srgb(source):
            return None
        target = "RGBA" if mode == "RGBA" else "RGB"
        return ImageCms.buildTransform(
            source,
            ImageCms.createProfile("sRGB"),
            mode,
            target,
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def _is_srgb(profile: Any) -> bool:
    return "sRGB" in (profile.profile.profile_description or "")
