"""A prompt's shot list → an animatic: a draft of cards, words and music, and the cards' files.

Each shot is one segment of exactly its length; the card moves as the camera would. Number,
size, lens, move and length stand above, what we see below. Pure but for the drawing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, cast

from nemo_nb.studio.agent.prompting.book import book, told
from nemo_nb.studio.agent.prompting.wording import clock, seconds
from nemo_nb.studio.cards.card import draw, motion_of
from nemo_nb.studio.cards.spec import Card
from nemo_nb.timeline.draft import AUDIO, TEXT, VIDEO

FPS: Final = 24
SIZES: Final = {
    "16:9": (1920, 1080),
    "9:16": (1080, 1920),
    "1:1": (1080, 1080),
    "4:5": (1080, 1350),
    "4:3": (1440, 1080),
    "21:9": (1920, 822),
}
"""Canvas sizes by aspect, pixels."""

NAMES: Final = {
    "en": ("Animatic", "Music", "Shot list", "Slate"),
    "zh": ("动态分镜", "音乐", "分镜", "场记"),
}

_VOLUME: Final = 0.7
_DISSOLVE_MS: Final = 400
_FADE_MS: Final = 300
_SLATE_SIZE: Final = 2.5
_WORD_SIZE: Final = 3.7
_THREADS: Final = 2
# The camera's frame and arrows end behind the words, not among them.
_PLATE: Final = {"box": "#0b1016e6", "padding": 40.0, "radius": 18.0, "shadow": ""}


@dataclass(frozen=True, slots=True)
class Animatic:
    """An animatic.

    Attributes:
        draft: The timeline (docs/draft.md); ``m.prompt`` holds the prompt.
        files: The cards that are not there yet: name and JPEG.
    """

    draft: dict[str, Any]
    files: tuple[tuple[str, bytes], ...]


def animatic(
    prompt: Mapping[str, Any], have: Collection[str] = (), *, short_side: int = 1080
) -> Animatic:
    """Return the animatic of *prompt*.

    Args:
        prompt: What ``prompting.compose`` made.
        have: Names of files that are in the media pool: a card is named after what it shows,
            so one of that name is that card.
        short_side: Of the canvas and the cards, pixels, even.
    """
    width, height = (_even(side * short_side / 1080) for side in SIZES[prompt["aspect"]])
    shots = cast("list[Mapping[str, Any]]", prompt["shots"])
    cards = [_card(shot, prompt, width, height) for shot in shots]
    names = [card.file_name for card in cards]
    new = [(name, card) for name, card in zip(names, cards, strict=True) if name not in have]
    with ThreadPoolExecutor(_THREADS) as pool:
        drawn = list(pool.map(draw, [card for _, card in new]))
    files = tuple((name, content) for (name, _), content in zip(new, drawn, strict=True))
    return Animatic(_draft(prompt, shots, cards, names), files)


def _even(side: float) -> int:
    return 2 * round(side / 2)


def _card(shot: Mapping[str, Any], prompt: Mapping[str, Any], width: int, height: int) -> Card:
    size, move = book().sizes[shot["size_id"]], book().moves[shot["move_id"]]
    return Card(
        number=shot["shot"],
        size=size.id,
        scale=size.scale,
        motion=move.motion,
        colors=tuple(prompt["palette"]["colors"]),
        look=prompt["look"],
        role=str(shot["key"]).partition(":")[0],
        width=width,
        height=height,
    )


def _draft(
    prompt: Mapping[str, Any],
    shots: list[Mapping[str, Any]],
    cards: list[Card],
    names: list[str],
) -> dict[str, Any]:
    total = int(prompt["duration_ms"])
    pictures: list[dict[str, Any]] = []
    words: list[dict[str, Any]] = []
    slates: list[dict[str, Any]] = []
    calm = int(prompt["look"]["pace"]) < 0
    for position, (shot, card, name) in enumerate(zip(shots, cards, names, strict=True)):
        start, length = int(shot["start_ms"]), int(shot["duration_ms"])
        meta: dict[str, Any] = {
            "src": name,
            "title": name,
            "fit": "cover",
            "motion": motion_of(card),
        }
        if calm and position and length > 3 * _DISSOLVE_MS:
            meta["transition"] = {"kind": "dissolve", "ms": _DISSOLVE_MS}
        if position == 0 and length > 2 * _FADE_MS:
            meta["fade_in"] = _FADE_MS
        if position == len(shots) - 1 and length > 2 * _FADE_MS:
            meta["fade_out"] = _FADE_MS
        pictures.append(_segment(f"s{4 * position + 1}", start, length, meta))
        words.append(
            _segment(f"s{4 * position + 2}", start, length, _words(str(shot["description"])))
        )
        slates.append(
            _segment(f"s{4 * position + 3}", start, length, _slate(shot, prompt, len(shots)))
        )
        slates.append(_segment(f"s{4 * position + 4}", start, length, _length(shot, prompt)))
    titles = NAMES[prompt["language"]]
    tracks = [
        {"tt": VIDEO, "id": "v1", "m": {"title": titles[0]}, "sg": pictures},
        {"tt": TEXT, "id": "x2", "m": {"title": titles[2]}, "sg": words},
        {"tt": TEXT, "id": "x3", "m": {"title": titles[3]}, "sg": slates},
    ]
    music = prompt["sound"]["music"]
    if music is not None:
        sound = {"music": dict(music), "title": titles[1], "volume": _VOLUME, "fade_in": _FADE_MS}
        segment = _segment(f"s{4 * len(shots) + 1}", 0, total, sound)
        tracks.insert(1, {"tt": AUDIO, "id": "a1", "m": {"title": titles[1]}, "sg": [segment]})
    meta = {
        "title": prompt["title"],
        "width": cards[0].width,
        "height": cards[0].height,
        "fps": FPS,
        "prompt": dict(prompt),
    }
    return {"d": total, "m": meta, "t": tracks}


def _segment(identity: str, start: int, length: int, meta: dict[str, Any]) -> dict[str, Any]:
    return {"id": identity, "s": start, "d": length, "m": meta}


def _words(text: str) -> dict[str, Any]:
    style = {
        "preset": "clean-white",
        "size": _WORD_SIZE,
        "position": "bottom-left",
        "align": "left",
        "margin": 6,
        "safe_area": "off",  # a working document, never shown below an app's buttons
        "max_width": 76,
        "line_height": 1.3,
        **_PLATE,
    }
    return {"text": text, "role": "caption", "style": style}


def _slate(shot: Mapping[str, Any], prompt: Mapping[str, Any], count: int) -> dict[str, Any]:
    language = prompt["language"]
    mark = told(book().moves[shot["move_id"]].mark, language)
    parts = [f"{shot['shot']}/{count}", str(shot["size"]).upper(), f"{shot['lens_mm']} mm", mark]
    return _label("  ·  ".join(parts), "top-left")


def _length(shot: Mapping[str, Any], prompt: Mapping[str, Any]) -> dict[str, Any]:
    unit = "秒" if prompt["language"] == "zh" else "s"
    times = f"{clock(int(shot['start_ms']))}-{clock(int(shot['end_ms']))}"
    return _label(f"{seconds(int(shot['duration_ms']))} {unit}  {times}", "top-right")


def _label(text: str, position: str) -> dict[str, Any]:
    style = {
        "preset": "clean-white",
        "font": "JetBrains Mono",
        "weight": 400,
        "size": _SLATE_SIZE,
        "position": position,
        "margin": 6,
        "safe_area": "off",  # a working document, never shown below an app's buttons
        "max_width": 90,
        **_PLATE,
    }
    return {"text": text, "role": "title", "style": style}
