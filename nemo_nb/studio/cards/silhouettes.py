"""What stands on a card, as masks: the shapes of ``silhouettes.toml`` at any size."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (cv2's stubs leave arrays open)

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, cast

import cv2
import numpy as np

from nemo_nb.studio.cards.paint import Mask

_SHIFT: Final = 4
_ARC_POINTS: Final = 72
_DEFAULT: Final = "person"


@dataclass(frozen=True, slots=True)
class Silhouette:
    """Shapes in units of the larger side; see the head of the TOML file.

    Attributes:
        shapes: The body.
        lights: What shines by itself: windows, eyes, screens.
        panes: What takes the light: glass, edges.
        focus: Where a close-up looks.
        floats: It stands on nothing.
        round: Its corners are smoothed.
        steam: Where steam rises from, if it does.
    """

    shapes: tuple[str, ...]
    lights: tuple[str, ...] = ()
    panes: tuple[str, ...] = ()
    focus: tuple[float, float] = (0.0, 0.5)
    floats: bool = False
    round: bool = False
    steam: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a silhouette stands: the point of the picture for its (0, 0), and its scale, px."""

    x: float
    y: float
    scale: float
    flipped: bool = False


def silhouette(name: str) -> Silhouette:
    """Return the silhouette *name*, a person where there is none."""
    return _all().get(name) or _all()[_DEFAULT]


def names() -> tuple[str, ...]:
    """Return the names of all silhouettes."""
    return tuple(_all())


@cache
def _all() -> Mapping[str, Silhouette]:
    text = files("nemo_nb.studio.cards").joinpath("silhouettes.toml").read_text("utf-8")
    table: dict[str, dict[str, Any]] = tomllib.loads(text)
    return {
        name: Silhouette(**{key: _frozen(value) for key, value in entry.items()})
        for name, entry in table.items()
    }


def _frozen(value: Any) -> Any:
    return tuple(cast("list[Any]", value)) if isinstance(value, list) else value


def mask_of(
    shapes: Sequence[str], pose: Pose, size: tuple[int, int], *, smooth: bool = False
) -> Mask:
    """Return *shapes* in *pose* as a mask of 0-1 for a picture of (width, height)."""
    mask = np.zeros((size[1], size[0]), np.uint8)
    for text in shapes:
        kind, *numbers = text.split()
        values = [float(number) for number in numbers]
        if kind in "EH":
            points = _ellipse(values)
            _fill(mask, points, pose, 0 if kind == "H" else 255)
        elif kind == "P":
            corners = np.array(values).reshape(-1, 2)
            _fill(mask, _rounded(corners, closed=True) if smooth else corners, pose, 255)
        else:
            line = np.array(values[:-1]).reshape(-1, 2)
            _stroke(mask, _rounded(line, closed=False) if smooth else line, values[-1], pose)
    return mask.astype(np.float32) / np.float32(255)


def _ellipse(values: Sequence[float]) -> np.ndarray[Any, Any]:
    x, y, across, up = values[:4]
    turn = np.radians(values[4]) if len(values) > 4 else 0.0  # noqa: PLR2004 - the fifth is the angle
    angle = np.linspace(0, 2 * np.pi, _ARC_POINTS, endpoint=False)
    dx, dy = across * np.cos(angle), up * np.sin(angle)
    return np.stack(
        [x + dx * np.cos(turn) - dy * np.sin(turn), y + dx * np.sin(turn) + dy * np.cos(turn)],
        axis=1,
    )


def _rounded(points: np.ndarray[Any, Any], *, closed: bool) -> np.ndarray[Any, Any]:
    """Return *points* with their corners cut off three times (G. Chaikin, 1974): a smooth curve."""
    for _ in range(3):
        following = np.roll(points, -1, axis=0) if closed else points[1:]
        before = points if closed else points[:-1]
        near, far = 0.8 * before + 0.2 * following, 0.2 * before + 0.8 * following
        cut = np.stack([near, far], axis=1).reshape(-1, 2)
        points = cut if closed else np.concatenate([points[:1], cut, points[-1:]])
    return points


def _placed(points: np.ndarray[Any, Any], pose: Pose) -> np.ndarray[Any, Any]:
    side = -1 if pose.flipped else 1
    x = pose.x + side * points[:, 0] * pose.scale
    y = pose.y - points[:, 1] * pose.scale
    return np.rint(np.stack([x, y], axis=1) * (1 << _SHIFT)).astype(np.int32)


def _fill(mask: Any, points: np.ndarray[Any, Any], pose: Pose, value: int) -> None:
    cv2.fillPoly(mask, [_placed(points, pose)], value, cv2.LINE_AA, _SHIFT)


def _stroke(mask: Any, points: np.ndarray[Any, Any], width: float, pose: Pose) -> None:
    thickness = max(1, round(width * pose.scale))
    cv2.polylines(mask, [_placed(points, pose)], False, 255, thickness, cv2.LINE_AA, _SHIFT)  # noqa: FBT003 - cv2's flag
