"""Eyes for the films that the skills make: decoded frames, where the ink is, its contrast."""

from __future__ import annotations

import cv2
import numpy as np

from mediakit import frames_of


class Film:
    """A decoded film: RGB frames by time."""

    def __init__(self, path):
        self.frames = frames_of(path)

    def at(self, ms):
        """Return the frame that shows at *ms*, float32 of shape (h, w, 3)."""
        shown = [pixels for seconds, pixels in self.frames if seconds * 1000 <= ms + 1]
        return (shown or [self.frames[0][1]])[-1].astype(np.float32)


def without_text(timeline):
    """Return *timeline* without its texts."""
    draft = timeline.draft
    return timeline.with_draft({**draft, "t": [t for t in draft["t"] if t["tt"] != 7]})


def ink(shown, bare, least=24):
    """Return where two frames differ clearly: a mask of shape (h, w)."""
    return np.abs(shown - bare).max(axis=2) > least


def box_of(mask):
    """Return the box around a mask as shares of the picture: left, top, right, bottom."""
    rows, columns = np.nonzero(mask)
    assert rows.size, "nothing is there"
    height, width = mask.shape
    return (
        columns.min() / width,
        rows.min() / height,
        (columns.max() + 1) / width,
        (rows.max() + 1) / height,
    )


def luminance(pixels):
    """Return WCAG's relative luminance of sRGB pixels 0-255."""
    share = np.asarray(pixels, np.float64) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def contrast(shown, bare, letters=(255, 255, 255)):
    """Return the WCAG ratio of letters of a colour to what lies right around them."""
    seen = ink(shown, bare, 12)
    inside = seen & (np.abs(shown - np.array(letters)).max(axis=2) < 60)
    near = np.ones((3, 3), np.uint8)
    grown = cv2.dilate(inside.astype(np.uint8), near, iterations=1)
    ring = cv2.dilate(grown, near, iterations=2).astype(bool) & ~grown.astype(bool)
    assert inside.sum() > 50, "no letters are there"
    one, other = np.median(luminance(shown[inside])), np.median(luminance(shown[ring]))
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)
