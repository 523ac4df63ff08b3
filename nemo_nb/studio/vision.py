"""What a photo shows, as one plain noun, or nothing.

An honest offline caption is "a cat", never "a tabby lying on a couch": 1,000 ImageNet
classes are grouped into plain nouns (``nouns.toml``), the probabilities of a group are
added, and below :data:`MIN_CONFIDENCE` nothing is said. Flat graphics, scans and noise are
not photos and are never described.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, cast

import cv2
import numpy as np

from nemo_nb.media import stills
from nemo_nb.studio import vision_net

if TYPE_CHECKING:
    from numpy.typing import NDArray

MODEL: Final = "EfficientNet-Lite0 (ImageNet)"

# Measured on scikit-image's pictures: right nouns reach 0.49 (a small rocket) to 0.97, the
# wrong ones that pass the test for photos stay at 0.20 or less.
MIN_CONFIDENCE: Final = 0.42

# Measured likewise, on the picture at 256 pixels. Photos: the 16 commonest grey levels cover
# up to 0.80 (a dark sky 0.89), neighbours correlate at 0.60 (grass) and more. Silhouettes,
# boards and drawings: 0.97 and more is covered. Noise: neighbours correlate at 0.09.
_MAX_FLATNESS: Final = 0.90
_MIN_CORRELATION: Final = 0.5
_PROBE_SIDE: Final = 256
_COMMON_LEVELS: Final = 16

# The share of the short side that each view of the picture shows to the network.
_VIEWS: Final = (1.0, 0.875)

_lock = Lock()  # cv2.dnn.Net keeps its input inside: one photo at a time


@dataclass(frozen=True, slots=True)
class Description:
    """A plain noun for a photo.

    Attributes:
        noun: With its article, in lower case, in English: ``a cat``.
        confidence: Probability of the noun's classes together, 0-1.
        by: Who says so.
        noun_zh: The same noun in Chinese.
    """

    noun: str
    confidence: float
    by: str = MODEL
    noun_zh: str = ""


@dataclass(frozen=True, slots=True)
class Noun:
    """One group of ``nouns.toml``."""

    en: str
    zh: str
    classes: tuple[int, ...]


def describe(path: Path) -> Description | None:
    """Return what the photo at *path* shows, or None where that cannot be told.

    Takes about 0.05 s, and half a second more at the first call.

    Args:
        path: A still picture that Pillow reads.

    Raises:
        BrokenMedia: It cannot be read.
    """
    picture = _read(path)
    if not looks_like_photo(picture):
        return None
    probabilities = classify(picture)
    best, total = None, 0.0
    for noun in nouns():
        share = float(probabilities[list(noun.classes)].sum())
        if share > total:
            best, total = noun, share
    if best is None or total < MIN_CONFIDENCE:
        return None
    return Description(best.en, round(total, 3), noun_zh=best.zh)


def classify(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the probabilities of the 1,000 classes, the mean over the views.

    Args:
        picture: (h, w, 3) RGB.
    """
    height, width = picture.shape[:2]
    total = np.zeros(vision_net.CLASSES, np.float32)
    for share in _VIEWS:
        side = max(int(min(height, width) * share), 1)
        top, left = (height - side) // 2, (width - side) // 2
        view = _resize(picture[top : top + side, left : left + side], vision_net.INPUT_SIDE)
        # The scaling of the TensorFlow weights: 127 and 128, not ImageNet's mean and deviation.
        blob = (view.astype(np.float32).transpose(2, 0, 1)[None] - 127.0) / 128.0
        with _lock:
            network = _network()
            network.setInput(blob)
            logits = cast("NDArray[np.float32]", network.forward())[0]
        exponents = np.exp(logits - logits.max())
        total += exponents / exponents.sum()
    return (total / len(_VIEWS)).astype(np.float32)


def looks_like_photo(picture: NDArray[np.uint8]) -> bool:
    """Whether *picture*, (h, w, 3) RGB, has a photo's colours and a photo's smoothness."""
    grey = cv2.cvtColor(_resize(picture, _PROBE_SIDE), cv2.COLOR_RGB2GRAY)
    counts = np.sort(np.bincount(grey.ravel(), minlength=256))[::-1]
    if counts[:_COMMON_LEVELS].sum() / grey.size > _MAX_FLATNESS:
        return False
    left, right = grey[:, :-1].ravel(), grey[:, 1:].ravel()
    return bool(np.corrcoef(left, right)[0, 1] > _MIN_CORRELATION)


@cache
def nouns() -> tuple[Noun, ...]:
    """Return the groups of ``nouns.toml``."""
    text = files("nemo_nb.studio").joinpath("nouns.toml").read_text("utf-8")
    return tuple(
        Noun(entry["en"], entry["zh"], tuple(_indices(entry["classes"])))
        for entry in tomllib.loads(text)["noun"]
    )


def _indices(classes: list[int | str]) -> list[int]:
    result: list[int] = []
    for entry in classes:
        low, _, high = str(entry).partition("-")
        result.extend(range(int(low), int(high or low) + 1))
    return result


@cache
def _network() -> cv2.dnn.Net:
    return vision_net.load()


def _read(path: Path) -> NDArray[np.uint8]:
    # Nothing here looks at more pixels than this.
    side = 2 * _PROBE_SIDE
    image = stills.load(path, path.name, at_least=(side, side), ground=(255, 255, 255))
    return np.asarray(image)


def _resize(picture: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    shrinks = min(picture.shape[:2]) >= side
    method = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    resized: Any = cv2.resize(picture, (side, side), interpolation=method)
    return resized
