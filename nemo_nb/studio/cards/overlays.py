"""What lies over a card: weather, and the camera's way as a storyboard marks it."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (cv2's stubs leave arrays open)

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from nemo_nb.studio.cards import paint
from nemo_nb.studio.cards.paint import Mask, Picture, mix
from nemo_nb.studio.cards.scene import BLACK, WHITE, Scene, sky_tones
from nemo_nb.studio.cards.spec import NEAR, Card


def weather(picture: Picture, weather: str, scene: Scene, *, near: bool) -> None:
    """Lay fog, rain or snow over the picture in place; *near* is before the subject."""
    height, width = picture.shape[:2]
    low = sky_tones(scene)[1]
    if weather == "fog" and not near:
        band = np.exp(-(((np.linspace(0, 1, height) - scene.horizon) / 0.22) ** 2)).astype(
            np.float32
        )
        paint.blend(
            picture,
            np.repeat(band[:, None], width, axis=1) * np.float32(0.6),
            mix(low, scene.tones[4], 0.3),
        )
    if weather not in ("rain", "snow"):
        return
    mask = np.zeros((height, width), np.uint8)
    unit = height / 540
    for x, y, far in scene.rng.random((420 if near else 260, 3)):
        at = (round(float(x) * width), round(float(y) * height))
        if weather == "rain":
            long = (10 + 34 * float(far)) * unit * (1 if near else 0.6)
            cv2.line(
                mask,
                at,
                (round(at[0] - long * 0.16), round(at[1] + long)),
                150,
                max(1, round(unit)),
                cv2.LINE_AA,
            )
        else:
            cv2.circle(
                mask, at, max(1, round((1 + 3.2 * float(far) ** 2) * unit)), 190, -1, cv2.LINE_AA
            )
    light: Mask = mask.astype(np.float32) / np.float32(255)
    paint.screen(
        picture, light * (0.38 if weather == "rain" else 0.8), mix(scene.tones[4], WHITE, 0.4)
    )


def marks(picture: Picture, card: Card) -> None:
    """Draw the camera's way as a storyboard does: the frame it ends in, and arrows to it."""
    width, height = card.width, card.height
    mask = np.zeros((height, width), np.uint8)
    unit = min(width, height) / 1080
    thin, bold = max(1, round(2.4 * unit)), max(2, round(4.2 * unit))
    x, half = card.subject_x * width, 0.5 / NEAR
    left = min(max(x - half * width, 0), width - 2 * half * width)
    box = (left, (0.5 - half) * height, left + 2 * half * width, (0.5 + half) * height)
    if card.motion in ("in", "out"):
        _dashed(mask, box, thin)
        inward = card.motion == "in"
        corners = (
            (0, 0, box[0], box[1]),
            (width, 0, box[2], box[1]),
            (0, height, box[0], box[3]),
            (width, height, box[2], box[3]),
        )
        for ox, oy, ix, iy in corners:
            if abs(ix - ox) < width * 0.03:
                continue
            outer, inner = (
                (ox + (ix - ox) * 0.3, oy + (iy - oy) * 0.3),
                (ox + (ix - ox) * 0.85, oy + (iy - oy) * 0.85),
            )
            _arrow(mask, *((outer, inner) if inward else (inner, outer)), bold)
    elif card.motion in ("left", "right", "up"):
        room = 0.13 if card.motion == "up" else 0.17
        cx = width * (0.9 if card.subject_x <= 0.5 else 0.1) if card.motion == "up" else width * 0.5  # noqa: PLR2004 - the middle
        cy = height * (0.5 if card.motion == "up" else 0.17 if height <= width else 0.2)
        dx = {"left": -room * width, "right": room * width}.get(card.motion, 0.0)
        dy = -room * height * 1.2 if card.motion == "up" else 0.0
        _arrow(mask, (cx - dx, cy - dy), (cx + dx, cy + dy), bold)
    elif card.motion == "orbit":
        center, axes = (
            (round(x), round(height * 0.7)),
            (round(0.24 * min(width, height)), round(0.05 * height)),
        )
        cv2.ellipse(mask, center, axes, 0, 20, 160, 255, bold, cv2.LINE_AA)
        tip = (
            center[0] + axes[0] * np.cos(np.radians(20)),
            center[1] + axes[1] * np.sin(np.radians(20)),
        )
        _arrow(
            mask,
            (tip[0] - 14 * unit, tip[1] + 9 * unit),
            (tip[0] + 4 * unit, tip[1] - 4 * unit),
            bold,
        )
    light: Mask = mask.astype(np.float32) / np.float32(255)
    shade = np.asarray(cv2.GaussianBlur(light, (0, 0), 3 * unit), np.float32)
    paint.blend(picture, np.clip(shade * np.float32(0.5), 0, 1), BLACK)
    paint.blend(picture, light * 0.82, WHITE)


def _dashed(mask: Any, box: tuple[float, float, float, float], thickness: int) -> None:
    left, top, right, bottom = box
    dash = (right - left) / 48
    for x in np.arange(left, right - dash / 2, 2 * dash):
        for y in (top, bottom):
            cv2.line(
                mask,
                (round(x), round(y)),
                (round(min(x + dash, right)), round(y)),
                200,
                thickness,
                cv2.LINE_AA,
            )
    for y in np.arange(top, bottom - dash / 2, 2 * dash):
        for x in (left, right):
            cv2.line(
                mask,
                (round(x), round(y)),
                (round(x), round(min(y + dash, bottom))),
                200,
                thickness,
                cv2.LINE_AA,
            )


def _arrow(mask: Any, start: tuple[float, float], end: tuple[float, float], thickness: int) -> None:
    long = float(np.hypot(end[0] - start[0], end[1] - start[1]))
    tip = min(0.45, 7 * thickness / max(long, 1))
    points = [(round(start[0]), round(start[1])), (round(end[0]), round(end[1]))]
    cv2.arrowedLine(mask, points[0], points[1], 255, thickness, cv2.LINE_AA, 0, tip)
