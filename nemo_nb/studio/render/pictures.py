"""A shot's source as pictures ready to be laid on the canvas: upright, cropped, turned, adjusted.

A source gives a :class:`~nemo_nb.studio.render.warp.Picture` for each of its moments, and the
very same object for as long as it shows the same: painters keep what they made of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

import cv2
import numpy as np
from PIL import Image, ImageOps

from nemo_nb.media import stills
from nemo_nb.media.sniff import sniff_file
from nemo_nb.studio.render import background as backgrounds
from nemo_nb.studio.render import planes as px
from nemo_nb.studio.render.adjust import adjusted
from nemo_nb.studio.render.clips import FrameSource
from nemo_nb.studio.render.convert import Converter, from_rgb, to_rgb
from nemo_nb.studio.render.footage import Viewing, open_clip
from nemo_nb.studio.render.geometry import Crop, Framing, Size, Spot, even, place
from nemo_nb.studio.render.layer import Layer, from_rgba, premultiplied, straight, with_alpha
from nemo_nb.studio.render.shots import Shot
from nemo_nb.studio.render.warp import Picture

if TYPE_CHECKING:
    import av
    from numpy.typing import NDArray

    from nemo_nb.studio.render.planes import Plane, Planes

LARGEST: Final = 1 << 25
"""The most pixels a picture is held at: 8K whole, 50 MB of planes."""

_WHOLE: Final = Crop(0, 0, 100, 100)
_ALPHA_FORMATS: Final = ("rgba", "argb", "bgra", "abgr", "gbrap", "ya8", "ya16")


class Pictures(Protocol):
    """A source. ``spot`` is where its pictures go, whole."""

    spot: Spot

    def at(self, source_ms: float) -> Picture:
        """Return the picture that shows at *source_ms*."""
        ...

    def close(self) -> None:
        """Let go of files and memory."""
        ...


def open_pictures(
    shot: Shot, assets: Mapping[str, Path], canvas: Size, viewing: Viewing
) -> Pictures:
    """Open the source of *shot* for a *canvas* of that size.

    Raises:
        BrokenMedia: It cannot be read.
    """
    if shot.kind == "image":
        return Still(shot, assets, canvas)
    return Moving(shot, assets, canvas, viewing)


class Still:
    """A photo: read once."""

    def __init__(self, shot: Shot, assets: Mapping[str, Path], canvas: Size) -> None:
        crop, path = shot.framing.crop or _WHOLE, assets[shot.name]
        with stills.opened(path, shot.name) as image:
            whole = stills.upright_size(image)
        part = whole[0] * crop.width / 100, whole[1] * crop.height / 100
        self.spot = place(_turned(part, shot.framing), canvas, shot.framing)
        size = _working_size(self.spot, shot, part, canvas)
        needed = round(size[0] * 100 / crop.width), round(size[1] * 100 / crop.height)
        image = _cropped(stills.load_clear(path, shot.name, at_least=needed), crop)
        layer = _scaled(image, size)
        self._picture = Picture(_Finish(shot, assets, moving=False).finish(layer))

    def at(self, source_ms: float) -> Picture:  # noqa: ARG002  it is always the same
        """Return the photo."""
        return self._picture

    def close(self) -> None:
        """Nothing is held open."""


class Moving:
    """A clip or an animation: its frame of the moment."""

    def __init__(
        self, shot: Shot, assets: Mapping[str, Path], canvas: Size, viewing: Viewing
    ) -> None:
        crop = shot.framing.crop or _WHOLE
        path = assets[shot.name]
        self._clip: FrameSource = open_clip(path, shot.name, viewing, backwards=shot.reverse)
        width, height = self._clip.size
        part = width * crop.width / 100, height * crop.height / 100
        self.spot = place(_turned(part, shot.framing), canvas, shot.framing)
        size = _working_size(self.spot, shot, part, canvas)
        self._whole = even(size[0] * 100 / crop.width), even(size[1] * 100 / crop.height)
        self._part = _window(crop, self._whole, size)
        self._converter = Converter()
        self._finish = _Finish(shot, assets, moving=viewing.in_order and not shot.freeze)
        self._frame: av.VideoFrame | None = None
        self._picture: Picture | None = None

    def at(self, source_ms: float) -> Picture:
        """Return the frame at *source_ms*; a frame shown again is the same object."""
        frame = self._clip.at(source_ms)
        if self._picture is None or frame is not self._frame:
            self._picture = Picture(self._finish.finish(self._upright(frame)))
            self._frame = frame
        return self._picture

    def close(self) -> None:
        """Close the file."""
        self._clip.close()

    def _upright(self, frame: av.VideoFrame) -> Layer:
        rotation = self._clip.rotation
        width, height = self._whole[::-1] if rotation // 90 % 2 else self._whole
        layer = self._scaled(frame, width, height)
        if rotation:
            layer = layer.each(lambda plane, _: np.rot90(plane, rotation // 90))
        if self._part == (0, 0, *layer.size):
            return layer
        return Picture(layer).window(*self._part)

    def _scaled(self, frame: av.VideoFrame, width: int, height: int) -> Layer:
        form = frame.format.name
        if form.startswith("yuva"):
            alpha = frame.reformat(width, height, "yuva420p").planes[3]
            rows = np.frombuffer(cast("Any", alpha), np.uint8).reshape(-1, alpha.line_size)
            planes = self._converter.convert(frame, width, height)
            return with_alpha(planes, rows[:height, :width])
        if form.startswith(_ALPHA_FORMATS):
            return _scaled_rgba(cast("Any", frame.to_ndarray(format="rgba")), (width, height))
        return Layer(self._converter.convert(frame, width, height))


class _Finish:
    """What is done to every picture of a shot after it was scaled: colours, cut-out, turns."""

    def __init__(self, shot: Shot, assets: Mapping[str, Path], *, moving: bool) -> None:
        self._shot = shot
        self._assets = assets
        self._moving = moving
        self._matte: Callable[[NDArray[np.uint8]], Plane] | None = None
        self._photo: Planes | None = None

    def finish(self, layer: Layer) -> Layer:
        """Return *layer*, upright and cropped, as it is to be laid on the canvas."""
        adjust, framing = self._shot.adjust, self._shot.framing
        if self._shot.background is not None:
            layer = self._cut_out(layer, self._shot.background)
        elif adjust is not None and layer.alphas is None:
            layer = Layer(adjusted(layer.planes, adjust))
        elif adjust is not None and layer.alphas is not None:
            layer = with_alpha(adjusted(straight(layer), adjust), layer.alphas[0])
        if not (framing.quarters or framing.flip_x or framing.flip_y):
            return layer
        across, down = (-1 if flip else 1 for flip in (framing.flip_x, framing.flip_y))
        return layer.each(lambda plane, _: np.rot90(plane, -framing.quarters)[::down, ::across])

    def _cut_out(self, layer: Layer, background: backgrounds.Background) -> Layer:
        planes = straight(layer)
        alpha = self._alpha(planes) if layer.alphas is None else layer.alphas[0]
        if self._shot.adjust is not None:
            planes = adjusted(planes, self._shot.adjust)
        subject = backgrounds.cut_out(planes, alpha) if layer.alphas is None else planes
        photo = None
        if background.kind == "picture":
            photo = self._photo = self._photo or self._behind(background.src, layer.size)
        under = backgrounds.behind(background, planes, alpha, photo)
        if under is None:
            return with_alpha(subject, alpha)
        ground = px.duplicate(under)
        backgrounds.lay(ground, subject, alpha)
        return Layer(ground)

    def _alpha(self, planes: Planes) -> Plane:
        if self._matte is None:
            # The network is loaded by the first picture that needs it.
            from nemo_nb.studio.matte import MovingMatte, matte_of  # noqa: PLC0415  as told above

            self._matte = MovingMatte().next if self._moving else matte_of
        return self._matte(to_rgb(planes))

    def _behind(self, name: str, size: Size) -> Planes:
        """Return the picture called *name*, cut to cover *size*; of a clip its first frame."""
        path = self._assets[name]
        found = sniff_file(path)
        if found is not None and found.kind == "image":
            image = stills.load(path, name, at_least=size)
        else:
            clip = open_clip(path, name)
            try:
                frame = clip.at(0)
                whole = Converter().convert(frame, even(frame.width), even(frame.height))
                turned = px.turned(whole, clip.rotation)
                image = Image.fromarray(to_rgb(turned)).resize(clip.size)
            finally:
                clip.close()
        fitted = ImageOps.fit(image, size, Image.Resampling.BICUBIC)
        return from_rgb(np.asarray(fitted))


def _working_size(
    spot: Spot, shot: Shot, part: tuple[float, float], canvas: Size
) -> tuple[int, int]:
    """Return at how many pixels the cropped source is held, before any turn; even.

    A picture that stands needs exactly what is seen. One that moves needs that at its closest;
    but never much more than either the canvas or the source has.
    """
    shown = spot.width, spot.height
    width, height = shown[::-1] if shot.framing.quarters % 2 else shown
    zoom = shot.motion.closest if shot.motion else 1.0
    crop = shot.framing.crop or _WHOLE
    # A clip is scaled whole and then cropped.
    share = crop.width * crop.height / 10_000 if shot.kind == "video" else 1.0
    most = min(LARGEST, max(4 * canvas[0] * canvas[1], part[0] * part[1] / share)) * share
    smaller = min(1.0, math.sqrt(most / (width * height * zoom * zoom)))
    return even(width * zoom * smaller), even(height * zoom * smaller)


def _turned(size: tuple[float, float], framing: Framing) -> tuple[float, float]:
    return (size[1], size[0]) if framing.quarters % 2 else size


def _cropped(image: Image.Image, crop: Crop) -> Image.Image:
    if crop == _WHOLE:
        return image
    left, top = int(image.width * crop.x / 100), int(image.height * crop.y / 100)
    right = max(left + 1, round(image.width * (crop.x + crop.width) / 100))
    bottom = max(top + 1, round(image.height * (crop.y + crop.height) / 100))
    return image.crop((left, top, min(right, image.width), min(bottom, image.height)))


def _scaled(image: Image.Image, size: Size) -> Layer:
    pixels = np.asarray(image)
    return Layer(from_rgb(pixels, size)) if image.mode == "RGB" else _scaled_rgba(pixels, size)


def _scaled_rgba(rgba: NDArray[np.uint8], size: Size) -> Layer:
    """Return straight RGBA as a layer of *size*: colours are scaled as much as they show."""
    if rgba[..., 3].min() == 255:  # noqa: PLR2004  nothing shines through
        return Layer(from_rgb(rgba[..., :3], size))
    shrinks = size[0] < rgba.shape[1]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return from_rgba(cast("Any", cv2.resize(premultiplied(rgba), size, interpolation=method)))


def _window(crop: Crop, whole: Size, size: Size) -> tuple[int, int, int, int]:
    x = min(int(whole[0] * crop.x / 100) // 2 * 2, max(0, whole[0] - size[0]))
    y = min(int(whole[1] * crop.y / 100) // 2 * 2, max(0, whole[1] - size[1]))
    return x, y, min(size[0], whole[0]), min(size[1], whole[1])
