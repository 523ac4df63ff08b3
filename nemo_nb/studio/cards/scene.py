"""What all places of a card share: light, sky, ground, and what stands in many of them."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (numpy's random draws come out as Any)

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from nemo_nb.studio.cards import paint
from nemo_nb.studio.cards.paint import Color, Picture, mix

BLACK: Final[Color] = (0.0, 0.0, 0.0)
WHITE: Final[Color] = (1.0, 1.0, 1.0)
_WARM: Final[Color] = (1.0, 0.72, 0.42)
_COLD: Final[Color] = (0.62, 0.78, 1.0)
BRIGHT: Final = 0.95
"""From this power on a room is bright rather than dark."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a backdrop is painted from.

    Attributes:
        tones: The palette, dark to light; the fourth is the accent.
        time: dawn, day, golden, blue, night or free.
        side: Where the light stands, -1 left to 1 right.
        warm: -1 cold to 1 warm.
        power: How strong the light is, 0-1.
        light: The name of the light.
        horizon: Where the ground meets the sky, share of the height.
        rng: For what is scattered; the same seed scatters the same.
    """

    tones: tuple[Color, Color, Color, Color, Color]
    time: str
    side: float
    warm: float
    power: float
    light: str
    horizon: float
    rng: np.random.Generator

    @property
    def lamp(self) -> Color:
        """The colour of the light."""
        tinted = mix(WHITE, _WARM if self.warm > 0 else _COLD, abs(self.warm))
        return mix(tinted, self.tones[3], 0.25)

    @property
    def light_x(self) -> float:
        """Where the light stands across the picture, 0-1."""
        return 0.5 + 0.36 * self.side

    @property
    def dark(self) -> bool:
        """Whether it is night or a dark room."""
        return self.time in ("night", "blue") or (self.time == "free" and self.power < BRIGHT)


def sky_tones(scene: Scene) -> tuple[Color, Color, Color]:
    """Return the colours of the upper sky, the sky at the horizon, and the ground."""
    deep, low, mid, accent, light = scene.tones
    return {
        "night": (mix(deep, BLACK, 0.35), mix(low, mid, 0.2), mix(deep, BLACK, 0.55)),
        "blue": (mix(deep, low, 0.55), mix(mid, accent, 0.3), mix(deep, BLACK, 0.3)),
        "dawn": (mix(low, mid, 0.55), mix(light, accent, 0.4), mix(deep, low, 0.55)),
        "golden": (mix(low, mid, 0.5), mix(accent, light, 0.35), mix(deep, low, 0.35)),
        "day": (mix(mid, low, 0.35), mix(light, mid, 0.25), mix(low, mid, 0.45)),
    }.get(scene.time, (mix(deep, low, 0.35), mix(low, mid, 0.3), mix(deep, BLACK, 0.2)))


def open_air(size: tuple[int, int], scene: Scene, *, sun: bool = True) -> Picture:
    """Return a sky and a ground, the sun or moon in the sky."""
    top, low, ground = sky_tones(scene)
    at = scene.horizon
    near = mix(ground, BLACK, 0.35)
    picture = paint.gradient(
        size, [(0, top), (at - 0.001, low), (at, mix(ground, low, 0.25)), (1, near)]
    )
    if sun and scene.time != "free":
        high = {"day": 0.16, "night": 0.2}.get(scene.time, at - 0.06)
        wide = {"day": 0.5, "night": 0.22}.get(scene.time, 0.62)
        if scene.time != "blue":
            paint.glow(picture, scene.light_x, high, wide, scene.lamp, 0.75 * scene.power)
            paint.glow(picture, scene.light_x, high, 0.05, WHITE, 0.95)
        if scene.time == "night":
            stars(picture, scene, at)
    return picture


def stars(picture: Picture, scene: Scene, below: float, count: int = 220) -> None:
    """Scatter stars in place over the upper part *below* of the picture."""
    height, width = picture.shape[:2]
    for _ in range(count):
        x, y = scene.rng.integers(width), int(scene.rng.random() ** 1.4 * below * height * 0.95)
        shine = float(scene.rng.random()) ** 3
        picture[y, x] = np.minimum(1, picture[y, x] + 0.25 + 0.7 * shine)


def hills(picture: Picture, scene: Scene, rows: int, rise: float) -> Picture:
    """Draw *rows* of hills in place, one behind the other, and return the picture."""
    top, low, ground = sky_tones(scene)
    for row in range(rows):
        share = (row + 1) / rows
        tone = mix(low, mix(ground, BLACK, 0.3), 0.25 + 0.7 * share)
        paint.ridge(
            picture,
            scene.rng,
            scene.horizon + 0.03 + 0.13 * row / rows,
            rise * (1.1 - 0.55 * share),
            tone,
        )
        # Air between the ridges: what is further off takes the colour of the sky.
        paint.glow(picture, scene.light_x, scene.horizon, 0.5, mix(low, top, 0.1), 0.12)
    return picture


def shafts(picture: Picture, scene: Scene, count: int, power: float) -> None:
    """Lay beams of light over the picture, fanning out from the light."""
    beams = []
    for n in range(count):
        foot = scene.light_x + (n - (count - 1) / 2) * 0.2 - 0.25 * scene.side
        beams.append(
            [
                (scene.light_x - 0.01, -0.05),
                (scene.light_x + 0.012, -0.05),
                (foot + 0.06, 1.05),
                (foot - 0.05, 1.05),
            ]
        )
    layer = np.zeros_like(picture)
    paint.shapes(layer, beams, (power, power, power))
    soft = paint.soften(layer, 0.012)
    fade = np.linspace(1, 0.15, picture.shape[0], dtype=np.float32)[:, None]
    paint.screen(picture, soft[..., 0] * fade, scene.lamp)


def towers(
    picture: Picture, scene: Scene, base: float, tall: float, tone: Color, lit: Color | None
) -> None:
    """Draw a row of houses in place, their windows where *lit* is a colour."""
    x, blocks, windows = -0.05, [], []
    while x < 1:
        wide = 0.035 + 0.06 * float(scene.rng.random())
        top = base - tall * (0.35 + 0.65 * float(scene.rng.random()))
        blocks.append([(x, 1), (x, top), (x + wide, top), (x + wide, 1)])
        if lit is not None:
            rows, columns = int((base - top) / 0.03), max(2, int(wide / 0.013))
            for row in range(rows):
                for column in range(columns):
                    if scene.rng.random() < 0.34:  # noqa: PLR2004 - a third of the windows is lit
                        left = x + wide * (column + 0.25) / columns
                        upper = top + 0.014 + row * 0.03
                        across = wide * 0.45 / columns
                        windows.append(
                            [
                                (left, upper),
                                (left + across, upper),
                                (left + across, upper + 0.014),
                                (left, upper + 0.014),
                            ]
                        )
        x += wide + 0.004
    paint.shapes(picture, blocks, tone)
    if lit is not None:
        paint.shapes(picture, windows, lit, 0.85)
