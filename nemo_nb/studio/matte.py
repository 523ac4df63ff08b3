"""What is the subject of a picture and what its background: an alpha for every pixel.

U²-Net (small; Qin et al. 2020) looks at the picture at 320 x 320 and says how much each
point belongs to the subject. A guided filter (He, Sun, Tang 2013; on a smaller copy as in He
and Sun 2015) then moves that soft outline onto the edges of the full picture, which brings
back hair and fur. Measured on composites with a known alpha at 1080p, where the subject was
found, the error along its outline falls by a third to four fifths against the scaled output
of the network.

In a clip the network looks at every second frame; in between its answer is carried along by
optical flow, and new answers are mixed with the one carried here, so that edges do not
flicker.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
# cv2's stubs leave array types open; they are named again where its results are kept.

from __future__ import annotations

from functools import cache
from importlib.resources import files
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, cast

import cv2
import numpy as np

from nemo_nb.errors import ConfigError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]
    Soft = NDArray[np.float32]

SIDE: Final = 320
"""What the network was trained on."""

# ImageNet's mean and deviation, with which U²-Net was trained.
_MEAN: Final = np.array([0.485, 0.456, 0.406], np.float32)
_DEVIATION: Final = np.array([0.229, 0.224, 0.225], np.float32)

# The guided filter: longer side of the small copy, radius on it in pixels, and how much
# variance counts as an edge (guides are 0-1). Found on the composites named above.
_GUIDE_SIDE: Final = 512
_RADIUS: Final = 16
_EPSILON: Final = 3e-5
# The network is rarely quite sure; below and above these it is taken at its word.
_SURELY_OUT: Final = 0.1
_SURELY_IN: Final = 0.9
# Less of the picture than this is no subject: what "remove the background" cannot mean.
_SMALLEST_SUBJECT: Final = 0.002

# A subject whose box with this much room on each side takes less than this share of a photo
# is looked at again, closer; a span below the least one is given room as if it were that.
_ROOM: Final = 0.25
_LEAST_SPAN: Final = 0.15
_SMALL_SHARE: Final = 0.4
_SAME: Final = 0.6

# Every second frame costs half of every frame and is hardly worse; every third one is.
_LOOK_EVERY: Final = 2
# How much of a new answer is taken: along outlines, and where a part of this many points
# across differs from the answer carried here.
_FRESH: Final = 0.9
_DOUBTED: Final = 0.3
_PART: Final = 21
# Mean step in grey (0-255) from one frame to the next that is a cut, not a motion.
_CUT: Final = 35.0

_lock = Lock()  # cv2.dnn.Net keeps its input inside: one picture at a time


def matte_of(rgb: Picture) -> Picture:
    """Return the subject's alpha of a picture, 255 where all is subject.

    A picture in which nothing stands out is all subject. Takes about 0.3 s on two cores.

    Args:
        rgb: uint8, shape (h, w, 3).

    Returns:
        uint8, shape (h, w).

    Raises:
        ConfigError: The network's weights were not built.
    """
    found = subject(rgb)
    if float((found > _SURELY_IN).mean()) < _SMALLEST_SUBJECT:
        return np.full(rgb.shape[:2], 255, np.uint8)
    whole = refined(rgb, found)
    box = _around(found, rgb.shape)
    if box is None:
        return whole
    part = np.ascontiguousarray(rgb[box])
    closer = np.zeros_like(whole)
    closer[box] = refined(part, subject(part))
    return closer if _alike(closer, whole) else whole


def _around(found: Soft, shape: tuple[int, ...]) -> tuple[slice, slice] | None:
    """Return where a small subject is, with room about it; None where a closer look is idle."""
    spans: list[slice] = []
    share = 1.0
    for axis in (1, 0):
        seen = np.flatnonzero((found > 0.5).any(axis=axis))  # noqa: PLR2004  rather in than out
        low, high = seen[0] / SIDE, (seen[-1] + 1) / SIDE
        room = _ROOM * max(high - low, _LEAST_SPAN)
        low, high = max(0.0, low - room), min(1.0, high + room)
        length = shape[1 - axis]
        spans.append(slice(int(low * length), max(int(low * length) + 1, round(high * length))))
        share *= high - low
    return (spans[0], spans[1]) if share < _SMALL_SHARE else None


def _alike(one: Picture, other: Picture) -> bool:
    """Whether a closer look saw the same thing: both are subject in most of where either is."""
    a, b = one > 127, other > 127  # noqa: PLR2004  the middle
    return bool((a & b).sum() >= _SAME * (a | b).sum())


class MovingMatte:
    """Alphas of a clip's frames, one after the other; use one for each clip."""

    def __init__(self) -> None:
        self._flow: Any = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        self._grey: Picture | None = None
        self._found: Soft | None = None
        self._age = 0

    def next(self, rgb: Picture) -> Picture:
        """Return the alpha, uint8 (h, w), of the next frame, uint8 (h, w, 3)."""
        small = cv2.resize(rgb, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        grey = cast("Picture", cv2.cvtColor(small, cv2.COLOR_RGB2GRAY))
        carried = self._carried(grey)
        self._age += 1
        if carried is None or self._age >= _LOOK_EVERY:
            found = subject(rgb)
            self._age = 0
            if carried is not None:
                found = _settled(found, carried)
        else:
            found = carried
        self._grey, self._found = grey, found
        return refined(rgb, found)

    def _carried(self, grey: Picture) -> Soft | None:
        """Return the last answer moved to where things are now; None at the start and at a cut."""
        if self._grey is None or self._found is None:
            return None
        if float(cv2.absdiff(grey, self._grey).mean()) > _CUT:
            return None
        flow = self._flow.calc(grey, self._grey, None)
        at = np.indices((SIDE, SIDE), dtype=np.float32)
        across, down = at[1] + flow[..., 0], at[0] + flow[..., 1]
        moved = cv2.remap(
            self._found, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return cast("Soft", moved)


def _settled(found: Soft, carried: Soft) -> Soft:
    """Mix a new answer with the one carried here.

    Along outlines, where they differ by a hair, the new one counts. Where a whole part comes
    or goes, the network may have changed its mind for a moment: that takes a few looks.
    """
    apart = cv2.blur(cv2.absdiff(found, carried), (_PART, _PART))
    fresh = np.clip(_FRESH * (1 - apart), _DOUBTED, _FRESH)
    return np.asarray(carried + fresh * (found - carried), np.float32)


def subject(rgb: Picture) -> Soft:
    """Return how much each point of the squared picture is subject: (320, 320), 0 to 1."""
    shrinks = min(rgb.shape[:2]) >= SIDE
    method = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    small = cv2.resize(rgb, (SIDE, SIDE), interpolation=method).astype(np.float32) / 255
    blob = np.ascontiguousarray(((small - _MEAN) / _DEVIATION).transpose(2, 0, 1)[None])
    with _lock:
        network = _network()
        network.setInput(blob)
        return np.asarray(network.forward(), np.float32)[0, 0].copy()


def refined(rgb: Picture, found: Soft) -> Picture:
    """Return *found* as an alpha of the picture's size that follows the picture's own edges."""
    height, width = rgb.shape[:2]
    scale = min(1.0, _GUIDE_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    guide = _guide(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA))
    soft = cv2.resize(found, size, interpolation=cv2.INTER_CUBIC).clip(0, 1).astype(np.float64)
    slopes = [
        cv2.resize(part, (width, height), interpolation=cv2.INTER_LINEAR)
        for part in _line(guide, soft)
    ]
    alpha = slopes[3]
    for slope, channel in zip(slopes[:3], cv2.split(rgb), strict=True):
        # The guide's zero is middle grey, see _guide.
        alpha += slope * (channel.astype(np.float32) / 255 - 0.5)
    alpha -= _SURELY_OUT
    alpha *= 255 / (_SURELY_IN - _SURELY_OUT)
    return np.rint(np.clip(alpha, 0, 255)).astype(np.uint8)


def _guide(rgb: Any) -> list[Any]:
    """Return the channels about zero, in doubles: grey pictures make the system near singular."""
    return [channel.astype(np.float64) / 255 - 0.5 for channel in cv2.split(rgb)]


def _line(guide: list[Any], soft: Any) -> list[Any]:
    """Fit ``soft = a · colour + b`` about every point: the three slopes, then b.

    He, Sun, Tang 2013, equations 19 and 20, the 3 x 3 system solved by cofactors.
    """
    means = [_mean(channel) for channel in guide]
    level = _mean(soft)
    to_soft = [
        _mean(channel * soft) - mean * level for channel, mean in zip(guide, means, strict=True)
    ]
    rr, rg, rb, gg, gb, bb = (
        _mean(guide[i] * guide[j]) - means[i] * means[j] + (_EPSILON if i == j else 0)
        for i, j in ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))
    )
    c00, c01, c02 = gg * bb - gb * gb, gb * rb - rg * bb, rg * gb - gg * rb
    c11, c12, c22 = rr * bb - rb * rb, rb * rg - rr * gb, rr * gg - rg * rg
    whole = rr * c00 + rg * c01 + rb * c02
    red, green, blue = to_soft
    slopes = [
        (c00 * red + c01 * green + c02 * blue) / whole,
        (c01 * red + c11 * green + c12 * blue) / whole,
        (c02 * red + c12 * green + c22 * blue) / whole,
    ]
    base = level - sum(slope * mean for slope, mean in zip(slopes, means, strict=True))
    return [_mean(part).astype(np.float32) for part in (*slopes, base)]


def _mean(values: Any) -> Any:
    side = 2 * _RADIUS + 1
    return cv2.blur(values, (side, side), borderType=cv2.BORDER_REFLECT)


@cache
def _network() -> cv2.dnn.Net:
    weights = files("nemo_nb.studio").joinpath("weights", "u2netp.onnx")
    if not weights.is_file():
        raise ConfigError(
            "Backgrounds cannot be removed.",
            "The network that finds the subject was not built into this installation.",
            "Install nemo_nb again (in a checkout: pip install -e .).",
        )
    return cv2.dnn.readNetFromONNX(np.frombuffer(weights.read_bytes(), np.uint8))
