"""Sentences: keys of ``phrases.toml`` and values to Markdown, in English or Chinese."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

from nemo_nb.studio.agent.intents import Look
from nemo_nb.studio.agent.lexicon import lexicon
from nemo_nb.studio.music.spec import MusicSpec, genres, moods
from nemo_nb.timeline.styles import presets

Language = Literal["en", "zh"]

_FILES: Final = ("phrases.toml", "phrases_media.toml", "phrases_ab.toml")
_CHINESE: Final = re.compile(r"[\u3400-\u9fff]")
_LATIN: Final = re.compile(r"[A-Za-z]{2,}")
_QUOTED: Final = re.compile(r"\"[^\"]*\"|“[^”]*”|「[^」]*」|『[^』]*』|'[^']*'|[\w\-.]+\.\w{3,4}\b")
_BOLD: Final = 600
_MARKDOWN: Final = re.compile(r"([\\`*_\[\]<>#|])")


def language_of(message: str, fallback: str) -> Language:
    """Return the language of *message* outside its quotes, or *fallback* if it shows none."""
    outside = _QUOTED.sub(" ", message)
    for text in (outside, message):
        if _CHINESE.search(text):
            return "zh"
        if _LATIN.search(text):
            return "en"
    return "zh" if fallback.startswith("zh") else "en"


def say(section: str, key: str, language: Language, **values: Any) -> str:
    """Return the sentence *key*; texts of the user in it are escaped for Markdown."""
    shown = {
        name: escape(value)
        if name in ("text", "old", "texts", "file", "files", "source")
        else value
        for name, value in values.items()
    }
    return _phrases()[section][key][language].format(**shown)


def escape(text: Any) -> str:
    """Return *text* on one line, its Markdown marks made plain."""
    return _MARKDOWN.sub(r"\\\1", " ".join(str(text).split()))


def seconds(ms: int) -> str:
    """Return ms as seconds without needless zeros: 1500 → 1.5."""
    return f"{round(ms / 1000, 2):g}"


def name(key: str, language: Language, **values: Any) -> str:
    """Return the word for *key*."""
    return say("name", key, language, **values)


def look_words(look: Look, language: Language) -> str:
    """Return *look* in words: "in the style “Bold yellow”, at the top"."""
    words: list[str] = []
    changes = look.changes
    if "preset" in changes:
        named = presets()[changes["preset"]]
        title = named.title_zh if language == "zh" else named.title
        words.append(name("preset", language, preset=title))
    if "weight" in changes:
        words.append(name("bold" if changes["weight"] >= _BOLD else "regular", language))
    if "color" in changes:
        words.append(name("in_color", language, color=color_name(changes["color"], language)))
    words += [
        name(key if changes[key] else f"no_{key}", language)
        for key in ("box", "stroke", "shadow")
        if key in changes
    ]
    words += _moving_words(changes, language)
    if "size" in changes:
        words.append(name("size", language, size=f"{changes['size']:g}"))
    if look.grow != 1.0:
        key = "bigger" if look.grow > 1 else "smaller"
        words.append(name(key, language, percent=f"{abs(look.grow - 1) * 100:.0f}"))
    if "position" in changes:
        words.append(name("at", language, place=name(changes["position"], language)))
    return ("，" if language == "zh" else ", ").join(words)  # noqa: RUF001 - a Chinese comma


def _moving_words(changes: Mapping[str, Any], language: Language) -> list[str]:
    """Return the font and how a text comes and goes, in words."""
    words: list[str] = []
    if font := changes.get("font_file") or changes.get("font"):
        words.append(name("font", language, font=escape(font)))
    if "animation" in changes:
        words.append(name(f"animation_{changes['animation'] or 'none'}", language))
    if changes.get("exit"):
        words.append(name("exit", language))
    if changes.get("fade_ms"):
        words.append(name("faded", language))
    if changes.get("karaoke"):
        words.append(name("karaoke", language))
    return words


def amount_words(changes: Mapping[str, float], language: Language) -> str:
    """Return adjustments in words: "brightness +20, warmth +10"."""
    words: list[str] = []
    for field, value in changes.items():
        shown = name(field, language)
        whole = field in ("grayscale", "sepia") and value == 100  # noqa: PLR2004 - percent
        words.append(shown if whole else f"{shown} {value:+g}")
    return ("，" if language == "zh" else ", ").join(words)  # noqa: RUF001 - a Chinese comma


def music_words(spec: MusicSpec, language: Language) -> str:
    """Return which music a spec means: "Lo-fi, calm, 78 bpm"."""
    titles = {one.name: one for one in (*genres(), *moods())}
    shown = [titles[spec.genre], titles[spec.mood]]
    words = [one.zh if language == "zh" else one.en for one in shown]
    words.append(f"{spec.bpm:g} BPM" if language == "zh" else f"{spec.bpm:g} bpm")
    return ("、" if language == "zh" else ", ").join(words)


def color_name(color: str, language: Language) -> str:
    """Return the word for a colour, or its code."""
    forms = lexicon().chinese if language == "zh" else lexicon().latin
    return next(
        (form for form, entry in forms.items() if (entry.kind, entry.value) == ("color", color)),
        color,
    )


def abilities(language: Language, keys: Sequence[str] = ()) -> list[str]:
    """Return example messages for *keys*, or for everything the agent can do."""
    table = _phrases()["ability"]
    return [table[key][language] for key in keys or table]


def voiced(noun: str, voicing: str, language: Language) -> str:
    """Return a caption of a described photo: its noun, worded plainly, playfully or to sell.

    Nothing is added about the picture: the tone is all that differs.
    """
    bare = noun.split(" ", 1)[1] if noun.split(" ", 1)[0] in ("a", "an", "the") else noun
    said = say("voicing", voicing, language, noun=noun, bare=bare)
    return said[:1].upper() + said[1:]


def bullets(items: Sequence[str]) -> str:
    """Return a Markdown list of messages."""
    return "\n".join(f"- {item}" for item in items)


@cache
def _phrases() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    found: dict[str, dict[str, Mapping[str, str]]] = {}
    for file in _FILES:
        text = files("nemo_nb.studio.agent").joinpath(file).read_text("utf-8")
        for section, entries in tomllib.loads(text).items():
            found.setdefault(section, {}).update(entries)
    return found
