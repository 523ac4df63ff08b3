"""Places under the sky, under water and in space."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (numpy's random draws come out as Any)

from __future__ import annotations

from typing import Final

import numpy as np

from nemo_nb.studio.cards import paint
from nemo_nb.studio.cards.paint import Picture, mix
from nemo_nb.studio.cards.scene import (
    BLACK,
    WHITE,
    Scene,
    hills,
    open_air,
    shafts,
    sky_tones,
    stars,
)

_TOWARDS: Final = 0.6  # of the glints lie under the light
_RIM: Final = 0.35  # how far round a planet its light reaches


def mountains(size: tuple[int, int], scene: Scene) -> Picture:
    """Return the place as a picture of (width, height)."""
    return hills(open_air(size, scene), scene, 4, 0.42)


def field(size: tuple[int, int], scene: Scene) -> Picture:
    """Return the place as a picture of (width, height)."""
    picture = hills(open_air(size, scene), scene, 2, 0.13)
    _, low, ground = sky_tones(scene)
    blades = scene.rng.random((320, 3))
    grass = [
        [(x, 1.02), (x + 0.004, 1.02), (x + 0.012 * (lean - 0.5), 0.97 - 0.13 * tall)]
        for x, tall, lean in blades
    ]
    paint.shapes(picture, grass, mix(ground, BLACK, 0.45), 0.85)
    paint.shapes(picture, grass[::5], mix(ground, low, 0.5), 0.5)
    return picture


def desert(size: tuple[int, int], scene: Scene) -> Picture:
    """Return the place as a picture of (width, height)."""
    picture = open_air(size, scene)
    _, low, ground = sky_tones(scene)
    for row in range(4):
        base = scene.horizon + 0.03 + 0.11 * row
        across = np.linspace(0, 1, 60)
        phase, width = scene.rng.random() * 6, 1.2 + scene.rng.random()
        crest = base - 0.06 * np.sin(across * width * np.pi + phase)
        outline = [(float(x), float(y)) for x, y in zip(across, crest, strict=True)]
        paint.shape(
            picture,
            [(0, 1), *outline, (1, 1)],
            mix(mix(low, scene.tones[2], 0.5), ground, 0.2 + 0.2 * row),
        )
        lee = [*outline, *((x, y + 0.03 + 0.05 * x) for x, y in reversed(outline))]
        paint.shapes(picture, [lee], mix(low, scene.lamp, 0.5), 0.22)
    return picture


def sea(size: tuple[int, int], scene: Scene) -> Picture:
    """Return the place as a picture of (width, height)."""
    picture = open_air(size, scene)
    top, low, _ = sky_tones(scene)
    at = scene.horizon
    water = [(0, at), (1, at), (1, 1), (0, 1)]
    paint.shape(picture, water, mix(top, scene.tones[1], 0.5))
    for row in range(46):
        depth = (row / 46) ** 1.7
        y = at + 0.004 + (1 - at) * depth
        near = np.exp(-(((scene.rng.random(7) - 0.5) * 2) ** 2))
        waves = []
        for _ in near:
            x = float(
                scene.rng.normal(scene.light_x, 0.1 + 0.35 * depth)
                if scene.rng.random() < _TOWARDS
                else scene.rng.random()
            )
            wide = 0.012 + 0.09 * depth * float(scene.rng.random())
            waves.append(
                [
                    (x - wide, y),
                    (x, y - 0.002 - 0.005 * depth),
                    (x + wide, y),
                    (x, y + 0.002 + 0.004 * depth),
                ]
            )
        paint.shapes(picture, waves, mix(low, WHITE, 0.3), 0.42 * scene.power)
    return picture


def snow(size: tuple[int, int], scene: Scene) -> Picture:
    """Return the place as a picture of (width, height)."""
    picture = hills(open_air(size, scene), scene, 3, 0.3)
    low = sky_tones(scene)[1]
    for row in range(3):
        tone = mix(
            mix(scene.tones[4], low, 0.25),
            scene.tones[1],
            0.28 * (scene.time in ("night", "blue")) + 0.06 * row,
        )
        paint.ridge(picture, scene.rng, scene.horizon + 0.07 + 0.11 * row, 0.05, tone, 4)
    return picture


def forest(size: tuple[int, int], scene: Scene) -> Picture:
    """Return the place as a picture of (width, height)."""
    top, low, ground = sky_tones(scene)
    picture = paint.gradient(
        size,
        [
            (0, mix(top, low, 0.4)),
            (0.6, low),
            (0.75, mix(ground, low, 0.3)),
            (1, mix(ground, BLACK, 0.4)),
        ],
    )
    paint.glow(picture, scene.light_x, 0.3, 0.6, scene.lamp, 0.6 * scene.power)
    for row in range(4):
        share = (row + 1) / 4
        tone = mix(low, mix(ground, BLACK, 0.45), 0.25 + 0.7 * share)
        trunks = []
        for _ in range(14 - 2 * row):
            x, wide = (
                float(scene.rng.random()),
                (0.005 + 0.014 * share) * (0.6 + float(scene.rng.random())),
            )
            lean = 0.02 * float(scene.rng.normal())
            trunks.append(
                [
                    (x - wide, 1),
                    (x + wide, 1),
                    (x + wide * 0.6 + lean, -0.02),
                    (x - wide * 0.6 + lean, -0.02),
                ]
            )
        paint.shapes(picture, trunks, tone, 0.92)
        paint.ridge(picture, scene.rng, 0.8 + 0.06 * row, 0.05, mix(tone, ground, 0.4), 5)
        paint.glow(picture, scene.light_x, 0.35, 0.55, scene.lamp, 0.13 * scene.power)
    shafts(picture, scene, 5, 0.2)
    return picture


def road(size: tuple[int, int], scene: Scene) -> Picture:
    """Return the place as a picture of (width, height)."""
    picture = hills(open_air(size, scene), scene, 3, 0.22)
    _, low, ground = sky_tones(scene)
    at, bend = scene.horizon + 0.1, 0.18 * (1 if scene.side <= 0 else -1)
    depth = np.linspace(0, 1, 40)
    middle = 0.5 + bend * (1 - depth) ** 2 * np.cos(depth * 2.4)
    half = 0.006 + 0.36 * depth**1.7
    left = [
        (float(m - h), float(at + (1 - at) * d))
        for m, h, d in zip(middle, half, depth, strict=True)
    ]
    right = [
        (float(m + h), float(at + (1 - at) * d))
        for m, h, d in zip(middle, half, depth, strict=True)
    ]
    paint.shape(
        picture, [*left, *reversed(right)], mix(mix(ground, BLACK, 0.45), scene.tones[1], 0.15)
    )
    dashes = []
    for start in np.linspace(0.05, 0.95, 10):
        a, b = start**1.6, (start + 0.05) ** 1.6
        x = [float(np.interp(v, depth, middle)) for v in (a, b)]
        w = [0.0012 + 0.007 * v for v in (a, b)]
        y = [float(at + (1 - at) * v) for v in (a, b)]
        dashes.append(
            [(x[0] - w[0], y[0]), (x[0] + w[0], y[0]), (x[1] + w[1], y[1]), (x[1] - w[1], y[1])]
        )
    paint.shapes(picture, dashes, mix(low, WHITE, 0.5), 0.8)
    return picture


def sky(size: tuple[int, int], scene: Scene) -> Picture:
    """Return the place as a picture of (width, height)."""
    top, low, _ = sky_tones(scene)
    picture = paint.gradient(size, [(0, top), (0.75, low), (1, mix(low, scene.tones[4], 0.4))])
    paint.glow(picture, scene.light_x, 0.42, 0.6, scene.lamp, 0.6 * scene.power)
    for row in range(7):
        y, share = 0.62 + 0.07 * row, row / 6
        for x in scene.rng.random(9):
            paint.glow(
                picture,
                float(x),
                y + 0.03 * float(scene.rng.random()),
                0.07 + 0.09 * share,
                mix(low, WHITE, 0.5),
                0.22,
            )
    return picture


def space(size: tuple[int, int], scene: Scene) -> Picture:
    """Return the place as a picture of (width, height)."""
    deep, low, mid, accent, light = scene.tones
    picture = paint.gradient(size, [(0, mix(deep, BLACK, 0.75)), (1, mix(deep, BLACK, 0.5))])
    paint.glow(picture, 0.3, 0.35, 0.6, mix(low, mid, 0.3), 0.32)
    paint.glow(picture, 0.72, 0.6, 0.5, mix(low, accent, 0.4), 0.2)
    stars(picture, scene, 1.0, 520)
    side = scene.light_x
    center, radius = (0.5 - 0.42 * scene.side, 1.05), 0.62
    angle = np.linspace(0, 2 * np.pi, 160)
    squeeze = size[1] / size[0]
    planet = [
        (float(center[0] + radius * np.cos(a) * squeeze), float(center[1] + radius * np.sin(a)))
        for a in angle
    ]
    paint.glow(picture, *center, radius * 1.5, mid, 0.3)
    paint.shape(picture, planet, mix(deep, low, 0.7))
    lit = [
        (float(center[0] + radius * np.cos(a) * squeeze), float(center[1] + radius * np.sin(a)))
        for a in angle
        if np.cos(a) * scene.side - np.sin(a) > _RIM
    ]
    rim = [
        *lit,
        *((x + (center[0] - x) * 0.022, y + (center[1] - y) * 0.022) for x, y in reversed(lit)),
    ]
    halo = np.zeros_like(picture)
    paint.shapes(halo, [rim], WHITE)
    paint.screen(picture, paint.soften(halo, 0.02)[..., 0] * 0.9, mix(mid, light, 0.4))
    paint.shapes(picture, [rim], mix(light, accent, 0.25), 0.75)
    paint.glow(picture, side, 0.16, 0.2, WHITE, 0.5)
    return picture


def underwater(size: tuple[int, int], scene: Scene) -> Picture:
    """Return the place as a picture of (width, height)."""
    deep, low, mid, _, light = scene.tones
    picture = paint.gradient(
        size, [(0, mix(mid, light, 0.45)), (0.35, mix(low, mid, 0.5)), (1, mix(deep, BLACK, 0.35))]
    )
    shafts(picture, scene, 7, 0.34)
    paint.ridge(picture, scene.rng, 0.95, 0.14, mix(deep, BLACK, 0.3), 6)
    for x, y, tall in scene.rng.random((70, 3)):
        paint.glow(picture, float(x), float(y), 0.004 + 0.006 * float(tall), WHITE, 0.5)
    return picture
