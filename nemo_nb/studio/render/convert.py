"""Frames of any format to the planes that are painted: BT.709, limited range, 8 bit."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Final, cast

import av
import numpy as np
from av.video.reformatter import (
    ColorPrimaries,
    ColorRange,
    Colorspace,
    ColorTrc,
    Interpolation,
    VideoReformatter,
)

from nemo_nb.studio.render.planes import views
from nemo_nb.studio.render.tonemap import DEPTH_FORMAT, is_hdr, peak_of, toned

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nemo_nb.studio.render.planes import Plane, Planes

_HD_HEIGHT: Final = 720
_UNSPECIFIED: Final = 2  # AVCOL_SPC_UNSPECIFIED and its siblings, libavutil/pixfmt.h
_RGB_MATRIX: Final = 0  # AVCOL_SPC_RGB
_BT2020: Final = (9, 10)  # AVCOL_SPC_BT2020_NCL, _CL
_WIDE: Final = (ColorPrimaries.BT2020, ColorPrimaries.SMPTE431, ColorPrimaries.SMPTE432)
# swscale refuses the reserved numbers that a broken header may hold.
_TRANSFERS: Final = frozenset(int(known) for known in ColorTrc)
_KEPT: Final = 4


class Converter:
    """Scales frames of any format to BT.709 yuv420p; keeps the scaler between frames."""

    def __init__(self) -> None:
        self._scaler = VideoReformatter()

    def convert(self, frame: av.VideoFrame, width: int, height: int) -> Planes:
        """Return *frame* as planes of *width* x *height*, views valid while they are held.

        HDR is brought down to SDR, see :mod:`nemo_nb.studio.render.tonemap`; colours wider
        than BT.709's are brought inside.
        """
        matrix = _matrix(frame)
        if is_hdr(frame) or (frame.color_primaries in _WIDE and frame.color_trc in _TRANSFERS):
            return self._from_wide(frame, matrix, width, height)
        # Where colours are recomputed swscale's quick rounding darkens them by 1 in 100.
        exact = 0 if matrix == Colorspace.ITU709 else Interpolation.ACCURATE_RND
        result = self._scaler.reformat(
            frame,
            width,
            height,
            "yuv420p",
            src_colorspace=matrix,
            dst_colorspace=Colorspace.ITU709,
            interpolation=Interpolation.BICUBIC | exact,
            src_color_range=_range(frame),
            dst_color_range=ColorRange.MPEG,
            threads=1,
        )
        return views(result)

    def _from_wide(
        self, frame: av.VideoFrame, matrix: Colorspace, width: int, height: int
    ) -> Planes:
        """Scale with 10 bits first, then change the lights and the colours of what is left."""
        deep = self._scaler.reformat(
            frame,
            width,
            height,
            DEPTH_FORMAT,
            src_colorspace=matrix,
            dst_colorspace=matrix,
            interpolation=Interpolation.BICUBIC,
            src_color_range=_range(frame),
            dst_color_range=ColorRange.MPEG,
            threads=1,
        )
        if is_hdr(frame):
            deep = toned(deep, peak_of(frame))
        with _colours((width, height, frame.color_trc, frame.color_primaries)) as reformatter:
            result = reformatter.reformat(
                deep,
                format="yuv420p",
                src_colorspace=matrix,
                dst_colorspace=Colorspace.ITU709,
                interpolation=Interpolation.BICUBIC | Interpolation.ACCURATE_RND,
                src_color_range=ColorRange.MPEG,
                dst_color_range=ColorRange.MPEG,
                dst_color_trc=ColorTrc.BT709,
                dst_color_primaries=ColorPrimaries.BT709,
                threads=1,
            )
        return views(result)


_Key = tuple[int, int, int, int]
_lock = Lock()
_spare: list[tuple[_Key, VideoReformatter]] = []


@contextmanager
def _colours(key: _Key) -> Generator[VideoReformatter]:
    """Lend a reformatter that has done the same before: its table takes a second to make."""
    with _lock:
        same = [entry for entry in _spare if entry[0] == key]
        if same:
            _spare.remove(same[0])
    reformatter = same[0][1] if same else VideoReformatter()
    try:
        yield reformatter
    finally:
        with _lock:
            _spare.append((key, reformatter))
            del _spare[:-_KEPT]


def _matrix(frame: av.VideoFrame) -> Colorspace:
    """Return the matrix a frame was made with; untagged ones go by height, as in players."""
    if frame.colorspace in _BT2020:
        return Colorspace.BT2020
    if frame.colorspace == Colorspace.ITU709:
        return Colorspace.ITU709
    if frame.colorspace in (_UNSPECIFIED, _RGB_MATRIX):
        if is_hdr(frame):
            return Colorspace.BT2020
        return Colorspace.ITU709 if frame.height >= _HD_HEIGHT else Colorspace.ITU601
    return Colorspace.ITU601


def _range(frame: av.VideoFrame) -> ColorRange:
    full = frame.color_range == ColorRange.JPEG or frame.format.name.startswith(
        ("yuvj", "rgb", "gbr", "bgr", "gray", "pal")
    )
    return ColorRange.JPEG if full else ColorRange.MPEG


def from_rgb(rgb: NDArray[np.uint8], size: tuple[int, int] | None = None) -> Planes:
    """Return an RGB picture, shape (h, w, 3), as planes, scaled to *size* if given."""
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")
    width, height = size or (frame.width, frame.height)
    return Converter().convert(frame, width, height)


def to_rgb(planes: Planes) -> Plane:
    """Return *planes* as RGB, uint8, shape (h, w, 3)."""
    height, width = planes[0].shape
    frame = av.VideoFrame(width, height, "yuv420p")
    for plane, target in zip(planes, views(frame), strict=True):
        target[...] = plane
    rgb = frame.to_ndarray(
        format="rgb24",
        src_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
    )
    return cast("Plane", rgb)
