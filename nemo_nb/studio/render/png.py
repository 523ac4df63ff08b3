"""One frame of the film as a PNG, in a file or to be measured."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from nemo_nb.studio.render import planes as px
from nemo_nb.studio.render.compose import Compositor
from nemo_nb.studio.render.plan import Plan
from nemo_nb.studio.render.watch import Watch

if TYPE_CHECKING:
    from PIL import Image


def write_png(
    plan: Plan, assets: Mapping[str, Path], path: Path, at_ms: int | None, watch: Watch
) -> None:
    """Write the frame that shows at *at_ms*, or the one in the middle, to *path*."""
    watch.check()
    index = plan.frames // 2 if at_ms is None else plan.frame_at(at_ms)
    with closing(Compositor(plan, assets)) as compositor:
        image = px.to_image(compositor.frame(index))
    watch.check()
    image.save(path, "PNG")


def encoded(image: Image.Image) -> bytes:
    """Return an RGB *image* as a PNG that is measured and not kept: quickly, not tightly."""
    # Pillow tries every filter on every row, which takes three times as long.
    bgr = np.asarray(image)[..., ::-1]
    _, data = cv2.imencode(".png", bgr, (cv2.IMWRITE_PNG_COMPRESSION, 1))
    return data.tobytes()
