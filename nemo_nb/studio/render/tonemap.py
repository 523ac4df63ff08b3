"""HDR to SDR: the brightness curve, applied to 10-bit planes before swscale does the colours.

The curve is the EETF of Rec. ITU-R BT.2390-11, section 5.1: in the PQ domain everything
below a knee stays as it is, above it a Hermite spline brings the source's peak down to the
target's. The target's peak is 203 cd/m², the HDR reference white of BT.2408, which becomes
SDR white; with a source peak of 1000 cd/m² the knee lies at 85 cd/m², so that faces keep
their brightness and lamps keep their shape. Chroma shrinks with the luma, as the report has
it for Y'CbCr. What colours are left outside of BT.709, and the transfer to BT.1886, are
swscale's work.

The peak is that of the content (MaxCLL) or of the display it was graded on, where the file
tells, else 1000. HLG (BT.2100) is taken at its nominal 1000 cd/m² and system gamma of 1.2.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# cv2's stubs leave array types open; they are named again where its results are kept.

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import av
import cv2
import numpy as np
from av.sidedata.sidedata import Type
from av.video.reformatter import ColorTrc

if TYPE_CHECKING:
    from av.sidedata.sidedata import SideData
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

DEPTH_FORMAT: Final = "yuv420p10le"
"""What :func:`toned` takes and gives."""

SDR_WHITE: Final = 203.0
"""cd/m² that become SDR white: reference white of Rec. ITU-R BT.2408."""

NOMINAL_PEAK: Final = 1000.0
_LOWEST_PEAK: Final = 250.0
_PQ_PEAK: Final = 10_000.0

# 10 bit, limited range.
_BLACK: Final = 64
_SPAN: Final = 876
_NEUTRAL: Final = 512
_CODES: Final = 1 << 16  # whatever a broken stream holds, the table has it

# SMPTE ST 2084.
_M1: Final = 2610 / 16384
_M2: Final = 2523 / 4096 * 128
_C1: Final = 3424 / 4096
_C2: Final = 2413 / 4096 * 32
_C3: Final = 2392 / 4096 * 32
# HLG, BT.2100 table 5.
_A: Final = 0.17883277
_B: Final = 1 - 4 * _A
_C: Final = 0.5 - _A * float(np.log(4 * _A))
_SYSTEM_GAMMA: Final = 1.2

# AVMasteringDisplayMetadata, libavutil/mastering_display_metadata.h: ten AVRationals, the last
# of which is max_luminance, then two flags, has_primaries and has_luminance.
_MAX_LUMINANCE: Final = struct.Struct("@72x2i4x1i")
_MAX_CLL: Final = struct.Struct("@I")


class _Tables(NamedTuple):
    """By 10-bit luma: the new luma, and what chroma is multiplied by."""

    luma: NDArray[np.uint16]
    chroma: NDArray[np.float32]


def is_hdr(frame: av.VideoFrame) -> bool:
    """Whether *frame* is coded as PQ or HLG."""
    return frame.color_trc in (ColorTrc.SMPTE2084, ColorTrc.ARIB_STD_B67)


def toned(frame: av.VideoFrame, peak: float) -> av.VideoFrame:
    """Return a new frame like *frame*, an HDR one, whose lights end at SDR white.

    Args:
        frame: ``yuv420p10le``, limited range, tagged PQ or HLG.
        peak: The brightest light it holds, cd/m²; see :func:`peak_of`.
    """
    tables = _tables(frame.color_trc, peak)
    result = av.VideoFrame(frame.width, frame.height, DEPTH_FORMAT)
    result.colorspace, result.color_range = frame.colorspace, frame.color_range
    result.color_trc, result.color_primaries = frame.color_trc, frame.color_primaries
    (luma, *chroma), (out, *out_chroma) = _views(frame), _views(result)
    np.take(tables.luma, luma, out=out)
    height, width = chroma[0].shape
    quarter: Any = cv2.resize(luma, (width, height), interpolation=cv2.INTER_AREA)
    share = np.take(tables.chroma, quarter)
    for plane, target in zip(chroma, out_chroma, strict=True):
        shift = (plane.astype(np.float32) - _NEUTRAL) * share
        # 0.5 more, so that cutting off the fraction rounds.
        target[...] = shift + np.float32(_NEUTRAL + 0.5)
    return result


def peak_of(frame: av.VideoFrame) -> float:
    """Return the brightest light that *frame*'s stream holds, in cd/m², as far as it tells."""
    if frame.color_trc == ColorTrc.ARIB_STD_B67:
        return NOMINAL_PEAK
    for kind, read in (
        (Type.CONTENT_LIGHT_LEVEL, _content_peak),
        (Type.MASTERING_DISPLAY_METADATA, _display_peak),
    ):
        # Its iterator yields the data, not the keys that a mapping's would.
        every = cast("Iterator[SideData]", iter(frame.side_data))
        peak = max((read(bytes(data)) for data in every if data.type == kind), default=0.0)
        if peak:
            return min(_PQ_PEAK, max(_LOWEST_PEAK, peak))
    return NOMINAL_PEAK


def eetf(code: Numbers, peak: float) -> Numbers:
    """Return the PQ codes (0-1) that *code* becomes; BT.2390-11, section 5.1.2, black kept."""
    top = float(_pq(np.array(peak)))
    scaled = np.minimum(code / top, 1)
    limit = float(_pq(np.array(SDR_WHITE))) / top
    knee = 1.5 * limit - 0.5
    t = np.clip((scaled - knee) / (1 - knee), 0, 1)
    bent = (
        (2 * t**3 - 3 * t**2 + 1) * knee
        + (t**3 - 2 * t**2 + t) * (1 - knee)
        + (3 * t**2 - 2 * t**3) * limit
    )
    return np.where(scaled < knee, scaled, bent) * top


@lru_cache(maxsize=8)
def _tables(transfer: int, peak: float) -> _Tables:
    before = np.clip((np.arange(_CODES) - _BLACK) / _SPAN, 0, 1)
    if transfer == ColorTrc.ARIB_STD_B67:
        after = _to_hlg(eetf(_pq(_from_hlg(before)), peak))
    else:
        after = eetf(before, peak)
    share = np.divide(after, before, out=np.ones_like(before), where=before > 0)
    return _Tables(
        luma=np.rint(_BLACK + _SPAN * after).astype(np.uint16),
        chroma=np.minimum(share, 1).astype(np.float32),
    )


def _pq(light: Numbers) -> Numbers:
    """Return cd/m² as PQ codes."""
    power = (light / _PQ_PEAK) ** _M1
    return ((_C1 + _C2 * power) / (1 + _C3 * power)) ** _M2


def _light(code: Numbers) -> Numbers:
    """Return PQ codes as cd/m²."""
    power = code ** (1 / _M2)
    return _PQ_PEAK * (np.maximum(power - _C1, 0) / (_C2 - _C3 * power)) ** (1 / _M1)


def _from_hlg(code: Numbers) -> Numbers:
    """Return the cd/m² of a grey of that HLG code."""
    scene = np.where(code <= 0.5, code**2 / 3, (np.exp((code - _C) / _A) + _B) / 12)  # noqa: PLR2004  where the two parts of the curve meet
    return NOMINAL_PEAK * scene**_SYSTEM_GAMMA


def _to_hlg(pq: Numbers) -> Numbers:
    """Return the HLG code of a grey of that PQ code."""
    scene = (_light(pq) / NOMINAL_PEAK) ** (1 / _SYSTEM_GAMMA)
    curved = _A * np.log(np.maximum(12 * scene - _B, 1e-9)) + _C
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), curved)


def _content_peak(data: bytes) -> float:
    return float(_MAX_CLL.unpack_from(data)[0]) if len(data) >= _MAX_CLL.size else 0.0


def _display_peak(data: bytes) -> float:
    if len(data) < _MAX_LUMINANCE.size:
        return 0.0
    above, below, told = _MAX_LUMINANCE.unpack_from(data)
    return above / below if told and below else 0.0


def _views(frame: av.VideoFrame) -> list[NDArray[np.uint16]]:
    return [_view(plane) for plane in frame.planes]


def _view(plane: Any) -> NDArray[np.uint16]:
    rows = np.frombuffer(plane, np.uint16).reshape(-1, plane.line_size // 2)
    return rows[: plane.height, : plane.width]
