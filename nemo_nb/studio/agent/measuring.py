"""What the agent measures on pictures, where the studio lends it eyes."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from nemo_nb.errors import NemoError

if TYPE_CHECKING:
    from nemo_nb.studio.agent.plan import Plan

_WIDTH: Final = 160
_MIDDLE: Final = 50.0  # percent of white, as displayed: where a well exposed picture's mean lies
_NEAR: Final = 6.0
_MOST_STEP: Final = 40.0


def brightness_step(plan: Plan, ids: set[str] | None) -> tuple[float, float] | None:
    """Return the mean brightness of the pictures, percent, and the step to the middle.

    The step is 0 where the mean lies near the middle already; None without eyes.
    """
    eyes = plan.project.eyes
    if eyes is None:
        return None
    from PIL import Image, ImageStat  # noqa: PLC0415 - only who looks at frames pays for it

    shown = plan.pictures() if ids is None else plan.segment(ids)
    means: list[float] = []
    for picture in shown[:4]:
        try:
            png = eyes.draw(plan.draft, picture["s"] + picture["d"] // 2, _WIDTH)
        except NemoError:
            return None
        with Image.open(io.BytesIO(png)) as image:
            means.append(ImageStat.Stat(image.convert("L")).mean[0] / 2.55)
    mean = sum(means) / len(means) if means else _MIDDLE
    step = max(-_MOST_STEP, min(_MOST_STEP, round(_MIDDLE - mean)))
    return mean, 0.0 if abs(step) < _NEAR else step


def focus_points(plan: Plan) -> dict[str, tuple[float, float]]:
    """Return where the subject of each photo lies, percent; those that have none are left out."""
    eyes = plan.project.eyes
    if eyes is None:
        return {}
    sources = dict.fromkeys(str(p["m"].get("src")) for p in plan.photos())
    found = {source: eyes.focus(source) for source in sources}
    return {source: point for source, point in found.items() if point is not None}


def taken_times(plan: Plan) -> dict[str, str]:
    """Return when each photo was taken, as its EXIF says; those that do not say are left out."""
    eyes = plan.project.eyes
    if eyes is None:
        return {}
    sources = dict.fromkeys(str(p["m"].get("src")) for p in plan.photos())
    found = {source: eyes.taken(source) for source in sources}
    return {source: when for source, when in found.items() if when}
