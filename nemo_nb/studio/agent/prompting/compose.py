"""An idea → the finished prompt as a dict: every choice made, nothing contradicting another.

What the user said is taken word for word; the rest is drawn by the idea's key from what fits
the situation (:mod:`nemo_nb.studio.agent.prompting.world`).
"""

# ruff: noqa: RUF001 - Chinese is read and written with its own punctuation
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from nemo_nb.studio.agent.prompting.book import (
    Language,
    Pair,
    book,
    say,
    table,
    told,
)
from nemo_nb.studio.agent.prompting.choosing import Look, look_of
from nemo_nb.studio.agent.prompting.finding import finder
from nemo_nb.studio.agent.prompting.idea import Idea, Slot
from nemo_nb.studio.agent.prompting.shots import Shot, Words, shot_list
from nemo_nb.studio.agent.prompting.wording import prompt_text
from nemo_nb.studio.agent.prompting.world import FREE, Chooser
from nemo_nb.studio.music import Choice, genres, moods, read_music
from nemo_nb.studio.music.spec import find

DEFAULT_ASPECT: Final = "16:9"

_COMMON_NEGATIVE: Final[tuple[Pair, ...]] = (
    ("watermarks", "水印"),
    ("flicker", "画面闪烁"),
    ("morphing shapes", "形体融变"),
    ("subtitles", "字幕"),
)
_ARTICLE: Final = re.compile(r"(?:an?|one|my|our|some|this|the|his|her|their)\s+", re.IGNORECASE)
_FOOD: Final = "food"
_EDIBLE: Final = ("cup", "bowl", "loaf", "bottle")
_PLAIN: Final = frozenset(("with", "that", "from", "into", "more", "than", "over", "many", "wrong"))


def compose(idea: Idea) -> dict[str, Any]:
    """Return the prompt of *idea*; docs/draft.md lists its keys. The same idea, the same prompt."""
    prompt = _compose(idea)
    prompt["variants"] = [_variant(idea, step) for step in (1, 2)]
    prompt["text"] = prompt_text(prompt)
    return prompt


def variant_name(take: int) -> str:
    """Return what the version number *take* is called: A, B, C, then D and on."""
    return chr(ord("A") + take % 26)


def _compose(idea: Idea) -> dict[str, Any]:
    chooser = Chooser(idea.key, idea.take)
    look = look_of(idea, chooser)
    language = idea.language
    duration_ms = idea.duration_ms or look.genre.seconds * 1000
    subject = idea.subject or told(look.genre.subject, language)
    actions = [pair for pair in look.genre.actions if look.world.fits(*pair)] or look.genre.actions
    action = idea.action or told(chooser.order("action", actions)[0], language)
    focus = _focus(idea, look)
    own = bool(idea.action) and language == "en"
    words = Words(definite(subject, language), action, look.place_words, language, focus, own)
    details = _details(look, chooser, language)
    listed = shot_list(
        idea,
        look.genre,
        look.world,
        look.light,
        words,
        details,
        duration_ms,
        look.mood.pace,
        chooser,
    )
    quick = look.mood.pace + idea.pace >= 0
    return {
        "version": 1,
        "composed_by": "rules",
        "variant": variant_name(idea.take),
        "language": language,
        "idea": idea.words,
        "title": _title(subject, language),
        "genre": look.genre.id,
        "genre_name": told(look.genre.name, language),
        "subject": subject,
        "action": re.sub(r"^(?:who|that|which)\s+", "", action),
        "setting": _setting(idea, look),
        "duration_ms": duration_ms,
        "aspect": idea.aspect or DEFAULT_ASPECT,
        "style": _spoken(idea, "style", told(look.style.name, language)),
        "camera": _camera(idea, look, listed, chooser),
        "lighting": _lighting(idea, look, chooser),
        "palette": {
            "name": _spoken(idea, "palette", told(look.palette.name, language)),
            "colors": list(look.palette.colors),
        },
        "mood": _spoken(idea, "mood", told(look.mood.name, language)),
        "editing": say("say", "cuts" if quick else "dissolves", language),
        "sound": _sound(idea, look, chooser),
        "negative": _negative(idea, look),
        "shots": [_shot_dict(number, shot, language) for number, shot in enumerate(listed, 1)],
        "variants": [],
        "look": _drawn(idea, look),
        "wish": idea.to_dict(),
    }


def _variant(idea: Idea, step: int) -> dict[str, Any]:
    """Return another take on *idea* in short: what is different about it."""
    other = _compose(replace(idea, take=idea.take + step, extras=(), removed=()))
    parts = [other["style"], other["lighting"], other["palette"]["name"], other["mood"]]
    opening = other["shots"][0]
    mark = "；" if idea.language == "zh" else "; "
    return {
        "name": other["variant"],
        "style": other["style"],
        "lighting": other["lighting"],
        "palette": other["palette"],
        "mood": other["mood"],
        "text": mark.join([*parts, f"{opening['size']}: {opening['description']}"]),
    }


def _details(look: Look, chooser: Chooser, language: Language) -> list[str]:
    own = chooser.order("own details", look.thing.details if look.thing else ())
    usual = chooser.order("details", look.genre.details)
    if look.genre.id == _FOOD and look.thing and look.thing.silhouette not in _EDIBLE:
        own = []
    # The subject's own first, then in turns.
    mixed = [*own[:2], *usual[:2], *own[2:], *usual[2:]]
    fitting = [pair for pair in mixed if look.world.fits(*pair)]
    return [told(pair, language) for pair in fitting or mixed]


def _focus(idea: Idea, look: Look) -> str:
    """Return what is eaten where somebody else is the subject: "the ramen" of a cooking robot."""
    if look.genre.id != _FOOD:
        return ""
    known = book().subjects
    edible = [f for f in finder("subjects").find(idea.words) if known[f.id].silhouette in _EDIBLE]
    if edible:
        return edible[0].text if idea.language == "zh" else f"the {edible[0].text}"
    named = look.thing is None or look.thing.silhouette in _EDIBLE
    return "" if named else told(look.genre.subject, idea.language)


def _setting(idea: Idea, look: Look) -> str:
    language, world = idea.language, look.world
    parts = [look.place_words]
    # "At sunset" alone is no place; it follows the one that was chosen, in the user's words.
    if idea.setting and idea.setting != look.place_words:
        parts.append(idea.setting)
    elif world.time != FREE and not finder("times").find(idea.words):
        parts.append(told(tuple(table("reading")["time_words"][world.time]), language))
    if world.weather:
        parts.append(say("say", world.weather, language))
    return ("，" if language == "zh" else ", ").join(parts)


def _spoken(idea: Idea, slot: Slot, chosen: str) -> str:
    """Return the user's words for *slot*, filled out by the book where it knows them."""
    own = list(dict.fromkeys(said.text for said in idea.all_said(slot)))
    if not own:
        return chosen
    words = ("，" if idea.language == "zh" else ", ").join(own)
    if not idea.meant(slot) or chosen.casefold() in words.casefold():
        return words
    return f"{words}（{chosen}）" if idea.language == "zh" else f"{words}: {chosen}"


def _camera(idea: Idea, look: Look, shots: Sequence[Shot], chooser: Chooser) -> str:
    language = idea.language
    low, high = min(shot.lens_mm for shot in shots), max(shot.lens_mm for shot in shots)
    own = [said.text for said in idea.all_said("lens")]
    parts = own or [say("say", "lens" if low == high else "lenses", language, low=low, high=high)]
    glass = idea.all_said("glass")
    if glass:
        parts += [said.text for said in glass]
    else:
        options = [book().glass[name] for name in ("clean", "shallow", "anamorphic", "vintage")]
        chosen = next(one for one in chooser.order("glass", options) if look.world.fits(*one.name))
        parts.append(told(chosen.name, language))
    parts += [said.text for said in idea.all_said("move")]
    if not idea.all_said("move"):
        parts += list(dict.fromkeys(told(shot.move.name, language) for shot in shots))[:3]
    parts += [said.text for said in idea.all_said("size")]
    parts += [
        _spoken(idea, "speed", told(book().speeds[said.id].name, language))
        for said in idea.all_said("speed")[:1]
    ]
    joint = "，" if language == "zh" else ", "
    return joint.join(dict.fromkeys(parts))


def _lighting(idea: Idea, look: Look, chooser: Chooser) -> str:
    language = idea.language
    own = list(dict.fromkeys(said.text for said in idea.all_said("light")))
    name = ", ".join(own) or told(look.light.name, language)
    fitting = [how for how in look.light.how if look.world.fits(*how)]
    parts = [name]
    # Light of the user's own that the book does not know is not explained: that would be a guess.
    if fitting and (not own or idea.meant("light")):
        how = told(chooser.order("how", fitting)[0], language)
        parts = [f"{name}：{how}" if language == "zh" else f"{name}: {how}"]
    for steps, down, up in (
        (idea.exposure, "darker", "brighter"),
        (idea.warmth, "cooler", "warmer"),
    ):
        if steps:
            stops = say("say", "stop" if abs(steps) == 1 else "stops", language)
            parts.append(say("say", down if steps < 0 else up, language, stops=stops))
    return ("，" if language == "zh" else "; ").join(parts)


def _sound(idea: Idea, look: Look, chooser: Chooser) -> dict[str, Any]:
    """Return the sound: its words, the effects, and the music an animatic can play, or None."""
    language, no = idea.language, {said.text.casefold() for said in idea.all_said("no")}
    own = [said.text for said in idea.all_said("sound")]
    silent = bool(no & {"sound", "audio", "sounds", "声音"})
    music: dict[str, Any] | None = dict(look.mood.music)
    for words in own:
        parts = [words, *re.findall(r"[\w-]+", words)]
        if named := next((g for part in parts if (g := find("genres", part))), ""):
            music = {"genre": named}
        if feeling := next((m for part in parts if (m := find("moods", part))), ""):
            music = {**(music or {}), "mood": feeling}
    if no & {"music", "soundtrack", "音乐", "配乐"} or silent:
        music = None
    effects: list[str] = []
    if not silent:
        options = [s for s in (*look.genre.sounds, *look.world.place.sounds) if look.world.fits(*s)]
        effects = [told(pair, language) for pair in chooser.order("sounds", options)[:2]]
    parts = [*own, *effects]
    if silent:
        parts.append(say("say", "silent", language))
    elif music is None:
        parts.append(say("say", "no_music", language))
    elif not any(re.search(r"music|score|soundtrack|beat|track|音乐|配乐", words) for words in own):
        parts.append(say("say", "music", language, music=_music_words(music, language)))
    if music is not None:
        music["seed"] = idea.key
    joint = "，" if language == "zh" else "; "
    return {"text": joint.join(parts), "effects": effects, "music": music}


def _music_words(music: dict[str, Any], language: Language) -> str:
    spec = read_music({"music": music})
    if spec is None:
        return ""
    feeling, kind = _titled(moods(), spec.mood, language), _titled(genres(), spec.genre, language)
    return feeling + kind if language == "zh" else f"{feeling} {kind}".lower()


def _titled(choices: Sequence[Choice], name: str, language: Language) -> str:
    found = next(choice for choice in choices if choice.name == name)
    return found.zh if language == "zh" else found.en


def _negative(idea: Idea, look: Look) -> list[str]:
    own = [said.text for said in idea.all_said("no")]
    asked = idea.words.casefold()
    for said in idea.all_said("no"):
        asked = asked.replace(said.text.casefold(), "")
    composed = (*look.style.negative, *look.genre.negative, *_COMMON_NEGATIVE)
    given = {word.casefold() for words in own for word in re.findall(r"\w+", words)}
    kept = [
        told(pair, idea.language)
        for pair in composed
        if not _asked_for(pair, asked) and not given & set(re.findall(r"\w+", pair[0].casefold()))
    ]
    return [*dict.fromkeys([*own, *kept])]


def _asked_for(pair: Pair, asked: str) -> bool:
    """Whether something that is to be avoided is what the idea shows."""
    words = [word for word in re.findall(r"[a-z]{4,}", pair[0].casefold()) if word not in _PLAIN]
    stems = [word.rstrip("s") for word in words]
    parts = [part for part in re.split(r"[的与和或、]", pair[1]) if len(part) > 1]
    return any(re.search(rf"\b{stem}", asked) for stem in stems) or any(p in asked for p in parts)


def _shot_dict(number: int, shot: Shot, language: Language) -> dict[str, Any]:
    return {
        "shot": number,
        "start_ms": shot.start_ms,
        "end_ms": shot.start_ms + shot.duration_ms,
        "duration_ms": shot.duration_ms,
        "size": told(shot.size.name, language),
        "lens_mm": shot.lens_mm,
        "movement": told(shot.move.name, language),
        "description": shot.text,
        "key": shot.key,
        "size_id": shot.size.id,
        "move_id": shot.move.id,
    }


def _drawn(idea: Idea, look: Look) -> dict[str, Any]:
    """Return what the cards of the animatic are drawn from."""
    silhouette = look.thing.silhouette if look.thing else look.genre.silhouette
    under = silhouette == "fish" and look.world.place.backdrop == "sea"
    return {
        "backdrop": "underwater" if under else look.world.place.backdrop,
        "silhouette": silhouette,
        "time": look.world.time,
        "weather": look.world.weather,
        "side": look.light.side,
        "warm": max(-1.0, min(1.0, look.light.warm + 0.5 * idea.warmth)),
        "power": look.light.power,
        "light": look.light.id,
        "exposure": idea.exposure,
        "mono": look.palette.mono,
        "pace": max(-2, min(2, look.mood.pace + idea.pace)),
    }


def definite(subject: str, language: Language) -> str:
    """Return *subject* as it is called once it is known: "a red fox" → "the red fox"."""
    if language == "zh":
        return re.sub(
            r"^(?:一[只个位名辆台座条艘匹朵棵款群对双头把支枝张片杯碗瓶块]|我的|我们的)",
            "",
            subject,
        )
    bare = _ARTICLE.sub("", subject, count=1) if _ARTICLE.match(subject) else subject
    if bare == subject and subject[:1].isupper():
        return subject
    return f"the {bare}"


def _title(subject: str, language: Language) -> str:
    name = definite(subject, language).removeprefix("the ")
    return name[:1].upper() + name[1:]
