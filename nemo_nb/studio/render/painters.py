"""Painting one shot onto the canvas, or handing it over as a layer to be mixed with another."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from nemo_nb.studio.render import planes as px
from nemo_nb.studio.render.footage import Viewing
from nemo_nb.studio.render.geometry import Size, View, coverage
from nemo_nb.studio.render.layer import (
    Layer,
    faded,
    halved,
    lay,
    multiplied,
    nothing,
    spread,
    straight,
)
from nemo_nb.studio.render.pictures import open_pictures
from nemo_nb.studio.render.shots import Shot
from nemo_nb.studio.render.warp import Picture


class Painter:
    """Paints one shot.

    Args:
        shot: What to paint.
        assets: The media files by their name in the draft.
        size: Width and height of what it is painted on: the canvas, or the shot's region.
        viewing: How the film is looked at.

    Raises:
        BrokenMedia: The source cannot be read.
    """

    def __init__(
        self, shot: Shot, assets: Mapping[str, Path], size: Size, viewing: Viewing | None = None
    ) -> None:
        self._shot = shot
        self._size = size
        self._pictures = open_pictures(shot, assets, size, viewing or Viewing())
        self._spot = self._pictures.spot
        self._part = self._spot.visible(size)
        self._motion = None if shot.motion is None else shot.motion.within(self._spot)
        self._mask = None
        if self._spot.slanted and self._seen:
            alpha = coverage(self._spot, self._part)
            self._mask = alpha, halved(alpha)
        self._covers = shot.framing.fit == "blur" or self._spot.covers(size)
        self._drawn: tuple[Picture, View, Layer] | None = None
        self._grounded: tuple[Picture, px.Planes] | None = None

    def covers(self, at_ms: float) -> bool:
        """Whether it leaves nothing to be seen of what lies below at *at_ms*."""
        if not self._covers or self._shot.opacity_at(at_ms) < 1:
            return False
        return self._shot.framing.fit == "blur" or self._picture(at_ms).opaque

    def paint(self, target: px.Planes, at_ms: float) -> None:
        """Paint the shot as it looks at *at_ms* over what *target* holds."""
        opacity = self._shot.opacity_at(at_ms)
        if opacity <= 0:
            return
        if self._shot.framing.fit == "blur":
            if opacity < 1:
                lay(target, self.layer(at_ms))
                return
            px.copy(self._ground(self._picture(at_ms)), target)
        if self._seen:
            lay(px.window(target, *self._part), self._shown(at_ms), opacity)

    def layer(self, at_ms: float) -> Layer:
        """Return the shot as it looks at *at_ms*, as large as what it is painted on."""
        if self._shot.framing.fit == "blur":
            ground = px.duplicate(self._ground(self._picture(at_ms)))
            if self._seen:
                lay(px.window(ground, *self._part), self._shown(at_ms))
            whole = Layer(ground)
        elif self._seen:
            x, y, _, _ = self._part
            whole = spread(self._shown(at_ms), x, y, self._size)
        else:
            whole = nothing(self._size)
        return faded(whole, self._shot.opacity_at(at_ms))

    def close(self) -> None:
        """Let go of files and memory."""
        self._pictures.close()

    @property
    def _seen(self) -> bool:
        return self._part[2] > 0 and self._part[3] > 0

    def _picture(self, at_ms: float) -> Picture:
        return self._pictures.at(self._shot.source_ms(at_ms))

    def _shown(self, at_ms: float) -> Layer:
        """Return the part of the picture on the canvas; what was drawn last is not drawn again."""
        picture = self._picture(at_ms)
        view = View() if self._motion is None else self._motion.at(self._shot.progress(at_ms))
        if self._drawn is None or self._drawn[:2] != (picture, view):
            self._drawn = picture, view, self._draw(picture, view)
        return self._drawn[2]

    def _draw(self, picture: Picture, view: View) -> Layer:
        x, y, width, height = self._part
        spot = self._spot
        stands = self._motion is None and not spot.tilt
        if stands and picture.size == (spot.width, spot.height):
            left = (spot.width - spot.box_width) // 4 * 2 + x - spot.box_x
            top = (spot.height - spot.box_height) // 4 * 2 + y - spot.box_y
            return picture.window(left, top, width, height)
        matrix = spot.matrix(view, picture.size, (x, y))
        layer = picture.through(matrix, (width, height))
        return layer if self._mask is None else multiplied(layer, self._mask)

    def _ground(self, picture: Picture) -> px.Planes:
        if self._grounded is None or self._grounded[0] is not picture:
            self._grounded = picture, px.backdrop(straight(picture.whole), self._size)
        return self._grounded[1]
