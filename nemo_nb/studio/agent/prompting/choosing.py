"""Genre, place, hour, light, colours, mood and style of a whole film: said, or chosen to fit."""

# ruff: noqa: RUF001 - Chinese is read and written with its own punctuation
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from nemo_nb.studio.agent.prompting.book import (
    Genre,
    Language,
    Light,
    Mood,
    Palette,
    Place,
    Style,
    Subject,
    book,
    table,
)
from nemo_nb.studio.agent.prompting.finding import finder
from nemo_nb.studio.agent.prompting.idea import Idea, Slot
from nemo_nb.studio.agent.prompting.world import FREE, TIMES, Chooser, World, situations

_FEW_TIMES: Final = 2
T = TypeVar("T", Mood, Style)


@dataclass(frozen=True, slots=True)
class Look:
    """What was chosen for the whole film."""

    genre: Genre
    thing: Subject | None
    world: World
    light: Light
    palette: Palette
    mood: Mood
    style: Style
    place_words: str


def look_of(idea: Idea, chooser: Chooser) -> Look:
    """Return what *idea* says of the whole film, and what is chosen where it says nothing."""
    known = book()
    genre = known.genres[idea.genre]
    things = finder("subjects").find(idea.subject) or finder("subjects").find(idea.words)[:1]
    # In "lighthouse keeper" the last word is what it is.
    thing = known.subjects[things[-1].id] if things else None
    place, place_words = _place(idea, genre, chooser)
    time = _time(idea, genre, place, chooser)
    world = World(place, time, idea.meant("weather"), situations(idea, place, time))
    mood = _of_book(idea, "mood", known.moods, genre.moods, chooser)
    light = _light(idea, genre, world, chooser)
    palette = _palette(idea, genre, world, mood, light, chooser)
    style = _of_book(idea, "style", known.styles, genre.styles, chooser)
    return Look(genre, thing, world, light, palette, mood, style, place_words)


def _of_book(
    idea: Idea, slot: Slot, entries: Mapping[str, T], usual: Sequence[str], chooser: Chooser
) -> T:
    """Return what was said for *slot*, or one of the *usual* entries."""
    asked = idea.meant(slot)
    return entries[asked] if asked in entries else entries[chooser.order(slot, usual)[0]]


def _place(idea: Idea, genre: Genre, chooser: Chooser) -> tuple[Place, str]:
    """Return where it plays and the words for it, the user's own where there are any."""
    places = book().places
    index = 1 if idea.language == "zh" else 0
    own = _where(idea.setting, idea.language)
    asked = places.get(idea.place)
    if own:
        found = asked or places[genre.places[0][2]]
        return found, own
    options = [option for option in genre.places if not asked or option[2] == asked.id]
    if asked and not options:
        return asked, _generic_place(asked, idea.language)
    fitting = [o for o in options if _place_fits(idea, places[o[2]], o)] or options
    chosen = chooser.order("place", fitting)[0]
    return places[chosen[2]], chosen[index]


def _place_fits(idea: Idea, place: Place, option: tuple[str, str, str]) -> bool:
    time = idea.meant("time")
    if (idea.meant("weather") or time in ("golden", "dawn")) and place.inside:
        return False
    lamp = book().lights.get(idea.meant("light"))
    if lamp and lamp.backdrops and place.backdrop not in lamp.backdrops:
        return False
    if lamp and lamp.where not in ("any", "in" if place.inside else "out"):
        return False
    moves = [book().moves[said.id] for said in idea.all_said("move") if said.id]
    if place.inside and any(move.outside for move in moves):
        return False
    world = World(place, time or FREE, "", situations(idea, place, time or FREE))
    return world.fits(*option[:2])


def _where(setting: str, language: Language) -> str:
    """Return *setting* if it names more than a time or the weather."""
    rest = setting
    for kind in ("times", "weather"):
        for found in reversed(finder(kind).find(rest)):
            rest = rest[: found.start] + rest[found.end :]
    small = {*table("reading")["split"]["prepositions"], "the", "a", "an", "of", "and"}
    left = [word for word in re.findall(r"[\w'-]+", rest) if word.lower() not in small]
    if language == "zh":
        return setting if re.sub(r"[在的里中下上时，]", "", rest) else ""
    return setting if left else ""


def _generic_place(place: Place, language: Language) -> str:
    """Return a plain name of *place*."""
    han = [word for word in place.words if not word.isascii()]
    if language == "zh":
        return han[0]
    preposition = "on" if place.id in ("stage", "road", "mountains", "skyline") else "in"
    article = "" if place.id in ("space", "snow", "underwater", "abstract") else "the "
    word = {"underwater": "clear deep water", "abstract": "open space", "mountains": "mountain"}
    return f"{preposition} {article}{word.get(place.id, place.words[0])}"


def _time(idea: Idea, genre: Genre, place: Place, chooser: Chooser) -> str:
    if place.always:
        return place.always
    if asked := idea.meant("time"):
        return asked
    lamp = book().lights.get(idea.meant("light"))
    if lamp:
        possible = [time for time in lamp.times if time != FREE]
        if not place.inside and possible:
            return chooser.order("time", possible)[0]
        if len(possible) == 1 and FREE not in lamp.times:
            return possible[0]
    if place.inside:
        return FREE
    lights = [book().lights[name] for name in genre.lights]
    times = {
        time
        for light in lights
        if light.where != "in" and (not light.backdrops or place.backdrop in light.backdrops)
        for time in light.times
        if time != FREE
    }
    return chooser.order("time", [time for time in TIMES if time in times] or ["day"])[0]


def _light(idea: Idea, genre: Genre, world: World, chooser: Chooser) -> Light:
    lights = book().lights
    asked = idea.meant("light")
    if asked:
        return lights[asked]
    names = [name for name in (*genre.lights, "cinematic") if world.lit_by(lights[name])]
    if world.place.always:
        # Under water and in space there is light that is nowhere else.
        own = [n for n, light in lights.items() if world.place.backdrop in light.backdrops]
        names = [name for name in own if world.lit_by(lights[name])] or names
    names = names or [name for name, light in lights.items() if world.lit_by(light)]
    ordered = chooser.order("light", [lights[name] for name in dict.fromkeys(names)])
    if world.time != FREE:
        # What belongs to the hour comes before what could be at any.
        ordered.sort(key=lambda light: len(light.times) > _FEW_TIMES)
    if idea.exposure:
        # The sort is stable: of lights as strong, the one drawn first stays first.
        ordered.sort(key=lambda light: light.power, reverse=idea.exposure > 0)
    return ordered[0]


def _palette(
    idea: Idea, genre: Genre, world: World, mood: Mood, light: Light, chooser: Chooser
) -> Palette:
    palettes = book().palettes
    if asked := idea.meant("palette"):
        return palettes[asked]
    usual = chooser.order("palette", [palettes[name] for name in genre.palettes])
    rest = chooser.order("other palettes", [p for p in palettes.values() if p not in usual])
    if light.palettes:
        usual = [p for p in usual if p.id in light.palettes]
        rest = [p for p in rest if p.id in light.palettes]
        usual = usual or rest
    fitting = [p for p in (*usual, *rest) if world.colored(p, mood, light)]
    fitting = fitting or [p for p in palettes.values() if world.time in p.times and not p.mono]
    wanted = [
        p
        for p in fitting
        if (not idea.exposure or p.tone * idea.exposure > 0 or (idea.exposure < 0 and p.tone < 0))
        and (not idea.warmth or p.warm * idea.warmth > 0)
    ]
    return (wanted or fitting)[0]
