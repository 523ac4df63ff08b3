"""The subject on a card: its body, the light along its edge, its shadow."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (cv2's stubs leave arrays open)

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from nemo_nb.studio.cards import paint
from nemo_nb.studio.cards.paint import Mask, Picture, mix
from nemo_nb.studio.cards.scene import BLACK, WHITE, Scene, sky_tones
from nemo_nb.studio.cards.silhouettes import Pose, Silhouette, mask_of, silhouette
from nemo_nb.studio.cards.spec import Card

CLOSE: Final = 1.3
"""From this scale on a shot is a close one."""

_CROPPED: Final = 0.8
_GOLDEN_LOW: Final = ("golden", "dawn")


def subject(picture: Picture, card: Card, scene: Scene) -> None:
    """Draw the subject of *card* in place, at the size of its shot."""
    figure = silhouette(str(card.look["silhouette"]))
    if not figure.shapes or card.size == "pov":
        return
    size = (card.width, card.height)
    pose = _pose(card, figure, scene)
    body = mask_of(figure.shapes, pose, size, smooth=figure.round)
    _shadow(picture, card, figure, pose, scene)
    if card.size == "macro":
        body = paint.soften(np.repeat(body[..., None], 3, axis=2), 0.002)[..., 0]
    top, low, _ = sky_tones(scene)
    dark = mix(scene.tones[0], BLACK, 0.35)
    bright = mix(scene.tones[0], scene.tones[1], 0.7 if scene.dark else 0.45)
    # Far things take the colour of the air.
    air = max(0.0, 0.4 - card.scale) * 1.2
    shade = paint.gradient(size, [(0, mix(bright, low, air)), (1, mix(dark, low, air * 0.7))])
    side = scene.side if not (pose.flipped and scene.side == 0) else 0.2
    across = np.linspace(0, 1, card.width, dtype=np.float32)[None, :]
    toward = np.clip(0.5 + (across - card.subject_x) * 2.4 * (1 if side >= 0 else -1), 0, 1)
    paint.screen(
        shade,
        np.broadcast_to(toward * np.float32(0.3 * scene.power), body.shape),
        mix(scene.lamp, top, 0.2),
    )
    paint.blend(picture, body, shade)
    _rim(picture, body, pose, scene)
    if figure.panes:
        panes = np.minimum(mask_of(figure.panes, pose, size), body)
        paint.screen(
            picture, panes * np.float32(0.3 * scene.power), mix(scene.lamp, scene.tones[4], 0.4)
        )
    if figure.lights:
        lit = mask_of(figure.lights, pose, size)
        # A window shines at night; by day it is only a lighter spot.
        power = 0.95 if scene.dark else 0.4
        paint.blend(picture, lit * power, mix(scene.tones[3], WHITE, 0.35))
        halo = paint.soften(np.repeat(lit[..., None], 3, axis=2), 0.02)[..., 0]
        paint.screen(picture, halo * (1.2 if scene.dark else 0.3), scene.tones[3])
    if figure.steam and card.scale > 0.3:  # noqa: PLR2004 - too small to see before
        _steam(picture, figure.steam, pose, scene)


def _pose(card: Card, figure: Silhouette, scene: Scene) -> Pose:
    reach = min(card.height * 0.86, card.width * 0.95)
    scale = card.scale * reach
    x = card.subject_x * card.width
    # It looks into the wider part of the frame.
    flipped = card.subject_x > 0.5 or (card.subject_x == 0.5 and scene.side < 0)  # noqa: PLR2004 - the middle
    if card.scale > _CROPPED and not (figure.floats and card.scale < CLOSE):
        fx, fy = figure.focus
        x -= (-fx if flipped else fx) * scale
        return Pose(x, card.height * 0.45 + fy * scale, scale, flipped)
    if card.size == "overhead" or figure.floats:
        return Pose(x, card.height * 0.47 + 0.5 * scale, scale, flipped)
    ground = card.height * min(0.86, scene.horizon + 0.06 + 0.3 * card.scale)
    return Pose(x, ground, scale, flipped)


def _shadow(picture: Picture, card: Card, figure: Silhouette, pose: Pose, scene: Scene) -> None:
    """Set the subject on its ground: a soft dark under it, long towards us under a low sun."""
    if figure.floats or card.scale > _CROPPED:
        return
    width, height = card.width, card.height
    mask = np.zeros((height // 4, width // 4), np.uint8)
    center = (round(pose.x / 4), round(pose.y / 4))
    axes = (max(2, round(pose.scale * 0.34 / 4)), max(1, round(pose.scale * 0.045 / 4)))
    cv2.ellipse(mask, center, axes, 0, 0, 360, 255, -1, cv2.LINE_AA)
    if scene.time in _GOLDEN_LOW:
        foot = [pose.x - 0.12 * pose.scale, pose.x + 0.12 * pose.scale]
        lean = -scene.side * 0.7 * pose.scale
        far = pose.y + 0.5 * pose.scale
        points = (
            np.array(
                [(foot[0], pose.y), (foot[1], pose.y), (foot[1] + lean, far), (foot[0] + lean, far)]
            )
            / 4
        )
        cv2.fillPoly(mask, [np.rint(points).astype(np.int32)], 150, cv2.LINE_AA)
    soft = cv2.GaussianBlur(mask, (0, 0), max(1.0, pose.scale * 0.012)).astype(
        np.float32
    ) / np.float32(255)
    paint.blend(
        picture,
        np.asarray(cv2.resize(soft, (width, height)), np.float32) * 0.6,
        mix(scene.tones[0], BLACK, 0.6),
    )


def _rim(picture: Picture, body: Mask, pose: Pose, scene: Scene) -> None:
    """Draw the light along the edge that faces it."""
    reach = max(1.5, min(pose.scale * 0.011, 16.0))
    side = scene.side if abs(scene.side) > 0.15 else 0.15  # noqa: PLR2004 - from straight behind, both edges
    for direction, power in ((1.0 if side > 0 else -1.0, 0.95), (-1.0 if side > 0 else 1.0, 0.25)):
        moved = cv2.warpAffine(
            body, np.array([[1, 0, -direction * reach], [0, 1, reach * 0.7]]), body.shape[::-1]
        )
        edge = np.clip(body - np.asarray(moved, np.float32), 0, 1)
        edge = np.asarray(cv2.GaussianBlur(edge, (0, 0), max(0.8, reach * 0.22)), np.float32) * body
        paint.screen(
            picture, edge * power * (0.35 + 0.65 * scene.power), mix(scene.lamp, WHITE, 0.25)
        )
    if scene.light == "neon":
        moved = cv2.warpAffine(body, np.array([[1, 0, reach * 1.4], [0, 1, 0]]), body.shape[::-1])
        edge = np.clip(body - np.asarray(moved, np.float32), 0, 1)
        paint.screen(picture, edge * 0.7, scene.tones[2])


def _steam(picture: Picture, source: tuple[float, float], pose: Pose, scene: Scene) -> None:
    height, width = picture.shape[:2]
    side = -1 if pose.flipped else 1
    for n in range(26):
        rise = n / 26
        x = pose.x + side * (source[0] + 0.06 * np.sin(n * 0.9) * (0.3 + rise)) * pose.scale
        y = pose.y - (source[1] + 0.62 * rise) * pose.scale
        radius = (0.03 + 0.07 * rise) * pose.scale / height
        paint.glow(
            picture,
            float(x / width),
            float(y / height),
            radius,
            mix(scene.lamp, WHITE, 0.5),
            0.16 * (1 - rise),
        )


def bokeh(picture: Picture, scene: Scene) -> None:
    """Lay a few lights out of focus behind the subject."""
    height, width = picture.shape[:2]
    mask = np.zeros((height // 2, width // 2), np.uint8)
    for x, y, radius in scene.rng.random((11, 3)):
        center = (round(float(x) * width / 2), round(float(y) * 0.6 * height / 2))
        cv2.circle(
            mask, center, round((0.012 + 0.03 * float(radius)) * height), 110, -1, cv2.LINE_AA
        )
    soft = np.asarray(
        cv2.resize(cv2.GaussianBlur(mask, (0, 0), 2.5), (width, height)), np.float32
    ) / np.float32(255)
    paint.screen(picture, soft * np.float32(0.55), mix(scene.tones[3], scene.lamp, 0.4))
