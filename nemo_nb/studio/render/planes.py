"""YUV 4:2:0 planes as numpy arrays: what the whole renderer paints on.

A picture is ``(Y, U, V)``: uint8, shapes (h, w), (h/2, w/2), (h/2, w/2), BT.709 limited
range. Arrays may be views into an ``av.VideoFrame``; writing into them writes the frame.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# cv2's stubs leave array types open; they are named again where its results are kept.

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange, Colorspace

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    Plane = NDArray[np.uint8]
    Planes = tuple[Plane, Plane, Plane]

BLACK_LUMA = 16
WHITE_LUMA = 235
NEUTRAL_CHROMA = 128


def new_frame(width: int, height: int) -> av.VideoFrame:
    """Return a frame of unset pixels, even sizes."""
    return av.VideoFrame(width, height, "yuv420p")


def views(frame: av.VideoFrame) -> Planes:
    """Return the planes of a yuv420p *frame* as writable views."""
    return cast("Planes", tuple(_view(plane) for plane in frame.planes))


def _view(plane: Any) -> Plane:
    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]


def window(planes: Planes, x: int, y: int, width: int, height: int) -> Planes:
    """Return views of a part of *planes*; even numbers."""
    luma, *chroma = planes
    half = slice(y // 2, (y + height) // 2), slice(x // 2, (x + width) // 2)
    return luma[y : y + height, x : x + width], chroma[0][half], chroma[1][half]


def clear(planes: Planes, luma: int = BLACK_LUMA) -> None:
    """Paint *planes* black, or the grey of that *luma*."""
    planes[0][...] = luma
    planes[1][...] = NEUTRAL_CHROMA
    planes[2][...] = NEUTRAL_CHROMA


def copy(source: Planes, target: Planes) -> None:
    """Write *source* into *target* of the same shapes."""
    for plane, out in zip(source, target, strict=True):
        out[...] = plane


def duplicate(planes: Planes) -> Planes:
    """Return a copy of *planes* that stands on its own."""
    return planes[0].copy(), planes[1].copy(), planes[2].copy()


def mix(under: Planes, over: Planes, weight: float) -> None:
    """Blend *over* into *under* in place; weight 0 leaves *under*, 1 gives *over*."""
    for base, top in zip(under, over, strict=True):
        base[...] = cv2.addWeighted(top, weight, base, 1 - weight, 0)


def turned(planes: Planes, degrees: int) -> Planes:
    """Return *planes* turned counter-clockwise by a multiple of 90 degrees."""
    quarters = degrees // 90 % 4
    return cast("Planes", tuple(np.rot90(plane, quarters) for plane in planes))


def backdrop(planes: Planes, canvas: tuple[int, int]) -> Planes:
    """Return *planes* cropped to cover *canvas*, strongly blurred and a little darker."""
    width, height = canvas
    small = width // 16 * 2, height // 16 * 2
    luma, u, v = (
        _blurred(plane, (small[0] // step, small[1] // step), (width // step, height // step))
        for plane, step in zip(planes, (1, 2, 2), strict=True)
    )
    # Darker by a third above black, so that the picture itself stands out.
    dark = cv2.convertScaleAbs(luma, alpha=0.67, beta=BLACK_LUMA * 0.33)
    return cast("Planes", (dark, u, v))


def _blurred(plane: Plane, small: tuple[int, int], full: tuple[int, int]) -> Any:
    height, width = plane.shape
    scale = max(small[0] / width, small[1] / height)
    part = max(1, round(small[0] / scale)), max(1, round(small[1] / scale))
    x, y = (width - part[0]) // 2, (height - part[1]) // 2
    crop = np.ascontiguousarray(plane[y : y + part[1], x : x + part[0]])
    tiny = cv2.resize(crop, (max(1, small[0]), max(1, small[1])), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(tiny, (0, 0), sigmaX=max(small) / 48)
    return cv2.resize(soft, full, interpolation=cv2.INTER_LINEAR)


def to_image(frame: av.VideoFrame, width: int | None = None) -> Image.Image:
    """Return a BT.709 limited yuv420p *frame* as an RGB picture, scaled to *width* if given."""
    from PIL import Image  # noqa: PLC0415  exports of films do without

    rgb = frame.to_ndarray(
        format="rgb24",
        src_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
    )
    if width is not None and width != frame.width:
        size = width, max(1, round(frame.height * width / frame.width))
        shrinks = width < frame.width
        rgb = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    return Image.fromarray(rgb)
