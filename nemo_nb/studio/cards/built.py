"""Places that people made: rooms, streets, stages."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (numpy's random draws come out as Any)

from __future__ import annotations

import numpy as np

from nemo_nb.studio.cards import paint
from nemo_nb.studio.cards.paint import Color, Picture, mix
from nemo_nb.studio.cards.scene import (
    BLACK,
    BRIGHT,
    WHITE,
    Scene,
    open_air,
    sky_tones,
    towers,
)


def skyline(size: tuple[int, int], scene: Scene) -> Picture:
    """Return the place as a picture of (width, height)."""
    picture = open_air(size, scene)
    top, low, ground = sky_tones(scene)
    lit = mix(scene.tones[3], WHITE, 0.3) if scene.time in ("night", "blue") else None
    for row in range(3):
        tone = mix(low, mix(ground, BLACK, 0.4), 0.35 + 0.28 * row)
        towers(picture, scene, scene.horizon + 0.05 * row, 0.34 - 0.06 * row, tone, lit)
    edge = scene.horizon + 0.16
    paint.shape(
        picture, [(0, edge), (1, edge), (1, 1), (0, 1)], mix(mix(ground, top, 0.2), BLACK, 0.35)
    )
    paint.shape(
        picture, [(0, edge), (1, edge), (1, edge + 0.012), (0, edge + 0.012)], mix(low, ground, 0.4)
    )
    return picture


def street(size: tuple[int, int], scene: Scene) -> Picture:
    """Return the place as a picture of (width, height)."""
    picture = open_air(size, scene)
    _, low, ground = sky_tones(scene)
    meet = (0.5 + 0.08 * scene.side, scene.horizon - 0.02)
    lit = mix(scene.tones[3], WHITE, 0.35)
    night = scene.time in ("night", "blue")
    towers(
        picture, scene, scene.horizon + 0.02, 0.3, mix(low, ground, 0.45), lit if night else None
    )
    paint.glow(picture, meet[0], meet[1], 0.32, scene.lamp, 0.55 * scene.power)
    paint.shape(
        picture,
        [(0, 1), (1, 1), (meet[0] + 0.05, meet[1] + 0.02), (meet[0] - 0.05, meet[1] + 0.02)],
        mix(ground, BLACK, 0.25),
    )
    for side in (-1, 1):
        for step in range(5):
            far, near = 0.82**step, 0.82 ** (step + 1) if step < 4 else 0.2  # noqa: PLR2004 - the last row ends far off
            xs = [meet[0] + side * 0.62 * f**1.6 for f in (far, near)]
            tall = [
                meet[1] - (0.75 + 0.2 * float(scene.rng.random())) * f**1.5 for f in (far, near)
            ]
            feet = [meet[1] + 0.55 * f**1.6 for f in (far, near)]
            tone = mix(mix(ground, BLACK, 0.3), low, 0.08 + 0.1 * step)
            wall = [
                (xs[0], feet[0]),
                (xs[0], tall[0]),
                (xs[1], tall[0] * 0.3 + tall[1] * 0.7),
                (xs[1], feet[1]),
            ]
            paint.shape(picture, wall, tone)
            _signs(
                picture,
                scene,
                xs,
                meet[1],
                far,
                lit if night else mix(low, WHITE, 0.2),
                night=night,
            )
    if night or scene.light == "neon":
        _wet(picture, scene)
    return picture


def _signs(
    picture: Picture,
    scene: Scene,
    xs: list[float],
    horizon: float,
    far: float,
    lit: Color,
    *,
    night: bool,
) -> None:
    tones = (scene.tones[3], scene.tones[2], lit)
    for n in range(3):
        across = 0.15 + 0.7 * float(scene.rng.random())
        x = xs[0] + (xs[1] - xs[0]) * across
        y = horizon - far**1.5 * (0.08 + 0.4 * float(scene.rng.random()))
        wide, tall = 0.012 + 0.028 * far, (0.03 + 0.1 * float(scene.rng.random())) * far
        paint.shapes(
            picture,
            [[(x, y), (x + wide, y), (x + wide, y + tall), (x, y + tall)]],
            tones[n],
            0.9 if night else 0.35,
        )
        if night:
            paint.glow(picture, x + wide / 2, y + tall / 2, 0.16 * far, tones[n], 0.4)


def _wet(picture: Picture, scene: Scene) -> None:
    """Mirror what is above the horizon into the ground, blurred downwards."""
    height = picture.shape[0]
    at = int(height * (scene.horizon + 0.02))
    rest = height - at
    above = picture[max(0, at - rest) : at][::-1]
    fade = np.linspace(0.5, 0.12, len(above), dtype=np.float32)[:, None, None]
    mirrored = paint.soften(np.ascontiguousarray(above), 0.006)
    picture[at : at + len(above)] = picture[at : at + len(above)] * (1 - fade) + mirrored * fade


def stadium(size: tuple[int, int], scene: Scene) -> Picture:
    """Return the place as a picture of (width, height)."""
    picture = open_air(size, scene, sun=scene.time not in ("night", "free"))
    _, low, ground = sky_tones(scene)
    at = scene.horizon
    paint.shape(
        picture,
        [(0, at - 0.16), (0.5, at - 0.09), (1, at - 0.16), (1, at + 0.02), (0, at + 0.02)],
        mix(ground, BLACK, 0.35),
    )
    crowd = [
        [(x, y), (x + 0.004, y), (x + 0.004, y + 0.006), (x, y + 0.006)]
        for x, y in zip(scene.rng.random(500), at - 0.1 + 0.1 * scene.rng.random(500), strict=True)
    ]
    paint.shapes(picture, crowd, mix(low, scene.tones[4], 0.4), 0.3)
    for n in range(7):
        spread = (n - 3) / 3
        lane = [
            (0.5 + 0.1 * spread, at + 0.02),
            (0.5 + 0.1 * spread + 0.002, at + 0.02),
            (0.5 + 1.1 * spread + 0.012, 1),
            (0.5 + 1.1 * spread, 1),
        ]
        paint.shapes(picture, [lane], mix(scene.tones[4], ground, 0.2), 0.55)
    for x in (0.1, 0.36, 0.64, 0.9):
        paint.glow(picture, x, at - 0.34, 0.26, scene.lamp, 0.5 * scene.power)
        paint.glow(picture, x, at - 0.34, 0.035, WHITE, 0.95)
    return picture


def studio(size: tuple[int, int], scene: Scene) -> Picture:
    """Return the place as a picture of (width, height)."""
    deep, low, mid, _, light = scene.tones
    bright = scene.power >= BRIGHT
    wall, floor = (
        (mix(light, mid, 0.25), mix(light, mid, 0.1))
        if bright
        else (mix(deep, BLACK, 0.25), mix(deep, low, 0.5))
    )
    at = scene.horizon + 0.06
    picture = paint.gradient(
        size,
        [
            (0, mix(wall, BLACK, 0.2)),
            (at - 0.1, wall),
            (at + 0.06, floor),
            (1, mix(floor, BLACK, 0.25)),
        ],
    )
    paint.glow(
        picture, scene.light_x, at - 0.28, 0.75, mix(scene.lamp, mid, 0.25), 0.5 * scene.power
    )
    paint.glow(picture, 0.5, at + 0.14, 0.38, scene.lamp, 0.3 * scene.power)
    return picture


def room(size: tuple[int, int], scene: Scene) -> Picture:
    """Return the place as a picture of (width, height)."""
    deep, low, mid, accent, light = scene.tones
    bright = scene.power >= BRIGHT
    wall = mix(light, mid, 0.4) if bright else mix(low, mid, 0.25)
    at = scene.horizon + 0.1
    picture = paint.gradient(
        size,
        [
            (0, mix(wall, deep, 0.45)),
            (at - 0.001, wall),
            (at, mix(wall, deep, 0.55)),
            (1, mix(deep, low, 0.25)),
        ],
    )
    left = 0.1 if scene.side <= 0 else 0.66
    shine = mix(scene.lamp, light, 0.5) if scene.time != "night" else mix(deep, low, 0.8)
    panes = [
        [
            (left + 0.13 * c, 0.12 + 0.2 * r),
            (left + 0.12 + 0.13 * c, 0.12 + 0.2 * r),
            (left + 0.12 + 0.13 * c, 0.3 + 0.2 * r),
            (left + 0.13 * c, 0.3 + 0.2 * r),
        ]
        for c in (0, 1)
        for r in (0, 1)
    ]
    paint.glow(picture, left + 0.13, 0.32, 0.62, scene.lamp, 0.4 * scene.power)
    paint.shapes(picture, panes, shine)
    slant = 0.22 if scene.side <= 0 else -0.22
    pool = [
        [
            (x + slant, at + 0.05),
            (x + slant + 0.12, at + 0.05),
            (x + 2 * slant + 0.16, 0.99),
            (x + 2 * slant + 0.02, 0.99),
        ]
        for x in (left, left + 0.13)
    ]
    paint.shapes(picture, pool, shine, 0.28 * scene.power)
    lamp = 0.86 if scene.side <= 0 else 0.14
    paint.shape(
        picture,
        [(lamp - 0.002, 0), (lamp + 0.002, 0), (lamp + 0.002, 0.2), (lamp - 0.002, 0.2)],
        mix(deep, BLACK, 0.2),
    )
    paint.shape(
        picture,
        [(lamp - 0.02, 0.2), (lamp + 0.02, 0.2), (lamp + 0.045, 0.27), (lamp - 0.045, 0.27)],
        mix(accent, deep, 0.35),
    )
    paint.glow(picture, lamp, 0.29, 0.24, mix(accent, WHITE, 0.4), 0.45)
    return picture


def table(size: tuple[int, int], scene: Scene) -> Picture:
    """Return the place as a picture of (width, height)."""
    deep, low, mid, accent, light = scene.tones
    bright = scene.power >= BRIGHT
    at = scene.horizon + 0.08
    wall = mix(light, mid, 0.35) if bright else mix(deep, low, 0.55)
    top = mix(mid, light, 0.4) if bright else mix(low, mid, 0.35)
    picture = paint.gradient(size, [(0, mix(wall, deep, 0.3)), (at, wall), (1, wall)])
    for n, x in enumerate(scene.rng.random(16)):
        tone = (accent, light, mid)[n % 3]
        paint.glow(
            picture,
            float(x),
            0.06 + 0.4 * float(scene.rng.random()),
            0.03 + 0.05 * float(scene.rng.random()),
            tone,
            0.22,
        )
    picture = paint.soften(picture, 0.006)
    paint.shape(picture, [(0, at), (1, at), (1, 1), (0, 1)], top)
    planks = [
        [
            (0.5 + (n - 5) * 0.16, at),
            (0.5 + (n - 5) * 0.16 + 0.003, at),
            (0.5 + (n - 5) * 0.34 + 0.006, 1),
            (0.5 + (n - 5) * 0.34, 1),
        ]
        for n in range(11)
    ]
    paint.shapes(picture, planks, mix(top, deep, 0.6), 0.5)
    paint.shape(
        picture, [(0, at), (1, at), (1, at + 0.006), (0, at + 0.006)], mix(top, light, 0.45)
    )
    paint.glow(picture, scene.light_x, 0.1, 0.85, scene.lamp, 0.42 * scene.power)
    return picture


def stage(size: tuple[int, int], scene: Scene) -> Picture:
    """Return the place as a picture of (width, height)."""
    deep, low, mid, accent, light = scene.tones
    picture = paint.gradient(
        size,
        [
            (0, mix(deep, BLACK, 0.6)),
            (0.7, mix(deep, low, 0.5)),
            (0.76, mix(low, deep, 0.3)),
            (1, mix(deep, BLACK, 0.6)),
        ],
    )
    for n, x in enumerate((0.12, 0.32, 0.5, 0.68, 0.88)):
        tone = (accent, mid, light)[n % 3]
        foot = 0.5 + (x - 0.5) * 0.1 + 0.12 * float(scene.rng.normal())
        layer = np.zeros_like(picture)
        paint.shapes(
            layer,
            [[(x - 0.006, -0.02), (x + 0.006, -0.02), (foot + 0.13, 0.84), (foot - 0.13, 0.84)]],
            (0.42, 0.42, 0.42),
        )
        fade = np.linspace(1, 0.25, picture.shape[0], dtype=np.float32)[:, None]
        paint.screen(picture, paint.soften(layer, 0.006)[..., 0] * fade * scene.power, tone)
        paint.glow(picture, x, 0.0, 0.07, WHITE, 0.8)
    paint.glow(picture, 0.5, 0.82, 0.42, scene.lamp, 0.4)
    return picture


def abstract(size: tuple[int, int], scene: Scene) -> Picture:
    """Return the place as a picture of (width, height)."""
    deep, low, mid, accent, light = scene.tones
    picture = paint.gradient(size, [(0, mix(deep, BLACK, 0.4)), (1, mix(deep, low, 0.4))])
    for n in range(14):
        tone = (low, mid, accent, light)[n % 4]
        paint.glow(
            picture,
            float(scene.rng.random()),
            float(scene.rng.random()),
            0.15 + 0.4 * float(scene.rng.random()),
            tone,
            0.22,
        )
    across = np.linspace(-0.05, 1.05, 80)
    for n in range(9):
        wave = 0.5 + 0.34 * np.sin(across * (2 + 0.35 * n) + n * 0.55 + 6 * scene.rng.random()) * (
            0.3 + 0.08 * n
        )
        line = [(float(x), float(y)) for x, y in zip(across, wave, strict=True)]
        back = [(x, y + 0.003 + 0.002 * n) for x, y in reversed(line)]
        paint.shapes(picture, [[*line, *back]], (mid, accent, light)[n % 3], 0.3)
    return picture
