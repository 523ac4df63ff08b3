"""Painting one shot onto the canvas: stills with their gentle move, clips frame by frame."""

# pyright: reportUnknownMemberType=false
# cv2's stubs leave the array types of warpAffine open; it writes into planes of known type.

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import cv2
import numpy as np

from nemo_nb.media import stills
from nemo_nb.models import Canvas
from nemo_nb.studio.render import planes as px
from nemo_nb.studio.render.clips import open_clip
from nemo_nb.studio.render.fit import Placement, place
from nemo_nb.studio.render.shots import Shot

if TYPE_CHECKING:
    import av

ZOOM: Final = 1.12
"""How much closer a still comes over its whole showing: seen as alive, not as a zoom."""


class Painter(Protocol):
    """Paints one shot. ``covers``: whether it leaves nothing of the canvas beside it."""

    covers: bool

    def paint(self, canvas: px.Planes, at_ms: float) -> None:
        """Paint the shot as it looks at the timeline's *at_ms*."""
        ...

    def close(self) -> None:
        """Let go of files and memory."""
        ...


def open_painter(shot: Shot, path: Path, canvas: Canvas) -> Painter:
    """Return the painter of *shot*, whose source lies at *path*.

    Raises:
        BrokenMedia: The source cannot be read.
    """
    kind = StillPainter if shot.kind == "image" else ClipPainter
    return kind(shot, path, canvas)


class StillPainter:
    """A photo, scaled once, then warped by fractions of a pixel on its planes."""

    def __init__(self, shot: Shot, path: Path, canvas: Canvas) -> None:
        self._shot = shot
        self._zoom = 1.0 if shot.motion == "none" else ZOOM
        size = canvas.width, canvas.height
        with stills.opened(path, shot.name) as image:
            self._place = place(stills.upright_size(image), size, shot.fit)
        room = round(self._place.width * self._zoom), round(self._place.height * self._zoom)
        room = room[0] + room[0] % 2, room[1] + room[1] % 2
        image = stills.load(path, shot.name, at_least=room)
        self._photo = px.from_rgb(np.asarray(image), room)
        self._ground = px.backdrop(self._photo, size) if shot.fit == "blur" else None
        self.covers = shot.fit == "blur" or self._place.covers(size)

    def paint(self, canvas: px.Planes, at_ms: float) -> None:
        """Paint the photo at its zoom of that moment."""
        if self._ground is not None:
            px.copy(self._ground, canvas)
        spot = self._place
        box = px.window(canvas, spot.box_x, spot.box_y, spot.box_width, spot.box_height)
        zoom = self._zoom_at(self._shot.progress(at_ms))
        for plane, target in zip(self._photo, box, strict=True):
            _show(plane, target, self._zoom / zoom)

    def close(self) -> None:
        """Nothing is held open."""

    def _zoom_at(self, progress: float) -> float:
        if self._shot.motion == "none":
            return 1.0
        # Half smoothstep, half linear: it starts and ends softly and never stands still.
        eased = 0.5 * progress + 0.5 * progress * progress * (3 - 2 * progress)
        step = eased if self._shot.motion == "zoom-in" else 1 - eased
        return 1 + (ZOOM - 1) * step


def _show(plane: px.Plane, target: px.Plane, scale: float) -> None:
    """Fill *target* from the middle of *plane*, *scale* source pixels to one of its own."""
    height, width = target.shape
    # Pixel centres lie at + 0.5, hence the (scale - 1) / 2.
    left = (plane.shape[1] - width * scale) / 2 + (scale - 1) / 2
    top = (plane.shape[0] - height * scale) / 2 + (scale - 1) / 2
    matrix = np.array([[scale, 0, left], [0, scale, top]], dtype=np.float32)
    target[...] = cv2.warpAffine(
        plane,
        matrix,
        (width, height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )


class ClipPainter:
    """A clip: its frame of the moment, scaled and turned onto the canvas."""

    def __init__(self, shot: Shot, path: Path, canvas: Canvas) -> None:
        self._shot = shot
        self._clip = open_clip(path, shot.name)
        self._size = canvas.width, canvas.height
        self._place: Placement = place(self._clip.size, self._size, shot.fit)
        self._converter = px.Converter()
        self._source: av.VideoFrame | None = None
        self._scaled: px.Planes | None = None
        self._ground: px.Planes | None = None
        self.covers = shot.fit == "blur" or self._place.covers(self._size)

    def paint(self, canvas: px.Planes, at_ms: float) -> None:
        """Paint the frame that shows at that moment."""
        scaled = self._scaled_at(at_ms)
        if self._ground is not None:
            px.copy(self._ground, canvas)
        spot = self._place
        box = px.window(canvas, spot.box_x, spot.box_y, spot.box_width, spot.box_height)
        crop = px.window(scaled, spot.crop_x, spot.crop_y, spot.box_width, spot.box_height)
        px.copy(crop, box)

    def close(self) -> None:
        """Close the file."""
        self._clip.close()

    def _scaled_at(self, at_ms: float) -> px.Planes:
        """Return the frame scaled and upright; a frame shown again is not scaled again."""
        frame = self._clip.at(self._shot.source_ms(at_ms))
        if self._scaled is None or frame is not self._source:
            sideways = self._clip.rotation // 90 % 2
            size = self._place.width, self._place.height
            width, height = size[::-1] if sideways else size
            self._scaled = px.turned(
                self._converter.convert(frame, width, height), self._clip.rotation
            )
            self._source = frame
            if self._shot.fit == "blur":
                self._ground = px.backdrop(self._scaled, self._size)
        return self._scaled
