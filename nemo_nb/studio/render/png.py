"""One frame of the film as a PNG, in a file or to be measured."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from nemo_nb.studio.render import planes as px
from nemo_nb.studio.render.compose import Compositor
from nemo_nb.studio.render.plan import Plan
from nemo_nb.studio.render.shots import shots_at
from nemo_nb.studio.render.watch import Watch

if TYPE_CHECKING:
    from PIL import Image

_FULL: Final = 255.0
_ROUNDING: Final = 3 / _FULL


def write_png(
    plan: Plan, assets: Mapping[str, Path], path: Path, at_ms: int | None, watch: Watch
) -> None:
    """Write the frame that shows at *at_ms*, or the one in the middle, to *path*.

    Where a background was taken out it is transparent, as far as nothing else lies there.
    """
    watch.check()
    index = plan.frames // 2 if at_ms is None else plan.frame_at(at_ms)
    image = _frame(plan, assets, index, px.BLACK_LUMA)
    if _is_cut_out(plan, plan.time_ms(index)):
        watch.check()
        image = see_through(image, _frame(plan, assets, index, px.WHITE_LUMA))
    watch.check()
    image.save(path, "PNG")


def _frame(plan: Plan, assets: Mapping[str, Path], index: int, ground: int) -> Image.Image:
    with closing(Compositor(plan, assets, ground=ground)) as compositor:
        return px.to_image(compositor.frame(index))


def _is_cut_out(plan: Plan, at_ms: float) -> bool:
    shown = (shot for lane in plan.lanes for shot in shots_at(lane, at_ms))
    return any(shot.background and shot.background.kind == "transparent" for shot in shown)


def see_through(on_black: Image.Image, on_white: Image.Image) -> Image.Image:
    """Return the RGBA picture that looks like the one on black and like the other on white."""
    from PIL import Image  # noqa: PLC0415  exports of films do without

    dark = np.asarray(on_black).astype(np.float32)
    gap = np.asarray(on_white).astype(np.float32) - dark
    alpha = np.clip(1 - gap.mean(axis=2, keepdims=True) / _FULL, 0, 1)
    # A step or two are what conversion rounds to.
    alpha = np.where(alpha > 1 - _ROUNDING, 1, np.where(alpha < _ROUNDING, 0, alpha))
    colour = np.clip(dark / np.maximum(alpha, _ROUNDING), 0, _FULL) * (alpha > 0)
    rgba = np.dstack([colour, alpha * _FULL]).round().astype(np.uint8)
    return Image.fromarray(rgba)


def encoded(image: Image.Image) -> bytes:
    """Return an RGB *image* as a PNG that is measured and not kept: quickly, not tightly."""
    # Pillow tries every filter on every row, which takes three times as long.
    bgr = np.asarray(image)[..., ::-1]
    _, data = cv2.imencode(".png", bgr, (cv2.IMWRITE_PNG_COMPRESSION, 1))
    return data.tobytes()
