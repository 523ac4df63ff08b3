"""One frame of the film as a PNG."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from nemo_nb.studio.render import planes as px
from nemo_nb.studio.render.compose import Compositor
from nemo_nb.studio.render.plan import Plan
from nemo_nb.studio.render.watch import Watch


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
