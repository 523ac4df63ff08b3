"""One shot → one card: its place, its subject at the size of the shot, the camera's way marked.

The card shows what the prompt says and no more: where the subject stands in the frame and how
large, where the light comes from, which colours, and where the camera goes. The dashed frame is
where the move ends (or begins), and the animatic's own movement arrives exactly there.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (cv2's stubs leave arrays open)

from __future__ import annotations

import hashlib
import json
from io import BytesIO
from typing import Any, Final, cast

import numpy as np
from PIL import Image

from nemo_nb.studio.cards import figure, overlays, paint
from nemo_nb.studio.cards.backdrops import backdrop
from nemo_nb.studio.cards.paint import Color, Picture, mix
from nemo_nb.studio.cards.scene import BLACK, WHITE, Scene
from nemo_nb.studio.cards.spec import NEAR, Card

_SIDEWAYS: Final = 1.16
_QUALITY: Final = 92


def draw(card: Card) -> bytes:
    """Return *card* as a JPEG of its size."""
    picture = _picture(card)
    target = BytesIO()
    pixels = np.clip(picture * 255 + 0.5, 0, 255).astype(np.uint8)
    Image.fromarray(pixels).save(target, "JPEG", quality=_QUALITY, subsampling=0)
    return target.getvalue()


def motion_of(card: Card) -> str | dict[str, Any]:  # noqa: PLR0911 - a case a return
    """Return ``m.motion`` (docs/draft.md) of the segment that shows *card*."""
    x, y = 100 * card.subject_x, 50.0
    half = 50 / _SIDEWAYS
    whole = {"x": 50, "y": 50, "zoom": 1}
    middle = {"x": 50, "y": 50, "zoom": _SIDEWAYS}
    match card.motion:
        case "in":
            return {"from": whole, "to": {"x": x, "y": y, "zoom": NEAR}}
        case "out":
            return {"from": {"x": x, "y": y, "zoom": NEAR}, "to": whole}
        case "left":
            return {"from": {**middle, "x": 100 - half}, "to": {**middle, "x": half}}
        case "right":
            return {"from": {**middle, "x": half}, "to": {**middle, "x": 100 - half}}
        case "up":
            return {"from": {**middle, "y": 100 - half}, "to": {**middle, "y": half}}
        case "orbit":
            return {"from": {**middle, "x": half, "zoom": 1.1}, "to": {**middle, "x": 100 - half}}
        case "drift":
            return {
                "from": {"x": 47, "y": 52, "zoom": 1.08},
                "to": {"x": 53, "y": 48, "zoom": 1.12},
            }
        case _:
            return "none"


def _picture(card: Card) -> Picture:
    look, size = card.look, (card.width, card.height)
    seed = int(card.digest, 16) if card.size == "macro" else _scenery(card)
    scene = _scene(card, np.random.default_rng(seed))
    close = card.scale > figure.CLOSE
    # The backdrop is soft anyway: half the size is a quarter of the work.
    picture = backdrop(look["backdrop"], (card.width // 2, card.height // 2), scene)
    overlays.weather(picture, str(look["weather"]), scene, near=False)
    if card.size == "overhead":
        picture = _from_above(picture, scene)
    picture = paint.soften(picture, 0.016 if close else 0.004 if card.scale > 0.5 else 0.0008)  # noqa: PLR2004 - from a full shot on
    picture = paint.enlarge(picture, size)
    if close and scene.dark:
        figure.bokeh(picture, scene)
    figure.subject(picture, card, scene)
    overlays.weather(picture, str(look["weather"]), scene, near=True)
    _finish(picture, card)
    return picture


def _scenery(card: Card) -> int:
    """Return the seed of the place: the same in all shots, so that they are one place."""
    told = json.dumps([card.look["backdrop"], card.colors])
    return int(hashlib.sha256(told.encode()).hexdigest()[:8], 16)


def _scene(card: Card, rng: np.random.Generator) -> Scene:
    look = card.look
    tones = tuple(paint.color(text) for text in card.colors)
    horizon = {"low": 0.84, "extreme-wide": 0.68, "pov": 0.52}.get(card.size, 0.62)
    return Scene(
        cast("tuple[Color, Color, Color, Color, Color]", tones),
        str(look["time"]),
        float(look["side"]),
        0.0 if look["mono"] else float(look["warm"]),
        float(look["power"]),
        str(look["light"]),
        horizon,
        rng,
    )


def _from_above(picture: Picture, scene: Scene) -> Picture:
    """Return the ground alone, lit from one side: what a camera overhead sees."""
    height, width = picture.shape[:2]
    ground = picture[int(height * 0.8)].mean(axis=0)
    tone = mix((float(ground[0]), float(ground[1]), float(ground[2])), scene.tones[2], 0.3)
    flat = paint.gradient(
        (width, height), [(0, mix(tone, WHITE, 0.06)), (1, mix(tone, BLACK, 0.25))]
    )
    paint.glow(flat, scene.light_x, 0.1, 0.9, scene.lamp, 0.4 * scene.power)
    lines = [[(x, 0), (x + 0.0015, 0), (x + 0.0015, 1), (x, 1)] for x in np.linspace(0.08, 0.92, 8)]
    paint.shapes(flat, lines, mix(tone, BLACK, 0.5), 0.35)
    return flat


def _finish(picture: Picture, card: Card) -> None:
    """Expose, darken the edges and the ground for words, mark the camera's way, add grain."""
    height, width = picture.shape[:2]
    if exposure := int(card.look["exposure"]):
        picture *= 2.0 ** (0.55 * exposure)
    down = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    across = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    picture *= (1 - 0.24 * np.clip(np.hypot(down * 0.8, across) - 0.45, 0, 1))[..., None]
    if card.look["mono"]:
        grey = picture @ np.array([0.2126, 0.7152, 0.0722], np.float32)
        picture[...] = grey[..., None]
    floor = (
        np.clip((down[:, 0] - 0.38) / 0.5, 0, 1) * 0.72
        + np.clip((-down[:, 0] - 0.66) / 0.34, 0, 1) * 0.42
    )
    picture *= (1 - floor)[:, None, None]
    overlays.marks(picture, card)
    paint.grain(picture, np.random.default_rng(card.number), 0.007)
