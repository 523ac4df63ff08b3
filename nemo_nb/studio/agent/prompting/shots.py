"""The shot list: which shots, how long each, what each shows. Lengths add up exactly."""

# ruff: noqa: RUF001 - Chinese is read and written with its own punctuation
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from nemo_nb.studio.agent.prompting.book import Genre, Language, Light, Move, Size, book, say, told
from nemo_nb.studio.agent.prompting.idea import Idea
from nemo_nb.studio.agent.prompting.world import Chooser, World

MAX_SHOTS: Final = 24
LEAST_SHOT_MS: Final = 500

# Seconds a shot usually stands, by pace from calm to quick; the roles of a film by its shots.
_SHOT_SECONDS: Final = {-2: 6.0, -1: 4.5, 0: 3.75, 1: 2.5, 2: 1.8}
_STORY_MS: Final = 6000  # from here on it takes a beginning, a middle and an end
_ROLES: Final = {
    1: ("build",),
    2: ("open", "peak"),
    3: ("open", "build", "peak"),
    4: ("open", "build", "detail", "end"),
    5: ("open", "build", "detail", "peak", "end"),
    6: ("open", "build", "detail", "build", "peak", "end"),
    7: ("open", "build", "detail", "build", "detail", "peak", "end"),
}
_WEIGHTS: Final = {"open": 11, "build": 12, "detail": 8, "peak": 12, "end": 13, "extra": 9}
_AERIAL: Final = ("drone-forward", "drone-rise")
_EVERYWHERE: Final = ("locked", "handheld", "gimbal", "time-lapse")
_DETAIL_SIZES: Final = ("macro", "close-up")


@dataclass(frozen=True, slots=True)
class Shot:
    """One shot.

    Attributes:
        key: What it is called when it is taken out again.
        role: open, build, detail, peak, end or extra.
        size: The shot size.
        lens_mm: Focal length, full frame.
        move: The camera's move.
        text: What we see, a sentence without its full stop.
        start_ms, duration_ms: When, and how long.
    """

    key: str
    role: str
    size: Size
    lens_mm: int
    move: Move
    text: str
    start_ms: int = 0
    duration_ms: int = 0


@dataclass(frozen=True, slots=True)
class Words:
    """What the templates are filled with."""

    subject: str
    action: str
    place: str
    language: Language
    focus: str = ""
    own_action: bool = False

    def fill(self, template: str, detail: str) -> str:
        """Return *template* with its gaps filled."""
        if self.own_action:
            # The user's verb may be finite ("walks"): it follows its subject as in a sentence.
            template = template.replace("{S} {P}, {A}", "{S} {A} {P}").replace(
                "{S}, {A}", "{S} {A}"
            )
        values = {"S": self.subject, "A": self.action, "P": self.place, "D": detail}
        values["F"] = self.focus or self.subject
        # In one pass: what the user wrote may hold braces of its own.
        text = re.sub(r"\{([SAPDF])\}", lambda gap: values[gap[1]], template)
        if self.language == "zh":
            return text
        # Only a template's own beginning is made a capital; the user's words stay as they are.
        return text[:1].upper() + text[1:]


def count(idea: Idea, duration_ms: int, pace: int) -> int:
    """Return how many shots the idea gets, those asked for extra included."""
    room = max(1, duration_ms // LEAST_SHOT_MS)
    if idea.shots is not None:
        return min(idea.shots, room, MAX_SHOTS)
    seconds = _SHOT_SECONDS[max(-2, min(2, pace + idea.pace))]
    fewest = 3 if duration_ms >= _STORY_MS else 1
    usual = max(fewest, min(12, round(duration_ms / 1000 / seconds)))
    return max(1, min(usual + len(idea.extras) - len(idea.removed), room, MAX_SHOTS))


def lengths(total_ms: int, roles: Sequence[str]) -> list[int]:
    """Share *total_ms* out to shots of these roles: round lengths, exactly adding up."""
    number = len(roles)
    step = next(
        (step for step in (500, 100) if total_ms % step == 0 and total_ms >= 2 * step * number), 1
    )
    units = total_ms // step
    weights = [_WEIGHTS[role] for role in roles]
    shares = [units * weight / sum(weights) for weight in weights]
    given = [max(1, int(share)) for share in shares]
    order = sorted(range(number), key=lambda n: shares[n] - int(shares[n]), reverse=True)
    position = 0
    while sum(given) != units:
        change = 1 if sum(given) < units else -1
        index = (
            order[position % number] if change > 0 else max(range(number), key=given.__getitem__)
        )
        given[index] += change
        position += 1
    return [units * step for units in given]


def shot_list(
    idea: Idea,
    genre: Genre,
    world: World,
    light: Light,
    words: Words,
    details: Sequence[str],
    duration_ms: int,
    pace: int,
    chooser: Chooser,
) -> list[Shot]:
    """Return the shots of *idea*; see the module."""
    number = count(idea, duration_ms, pace)
    extras = list(enumerate(idea.extras))[:number]
    plain = number - len(extras)
    beats = list(_beats(idea, genre, world, chooser, plain + len(idea.removed)))
    beats = [beat for beat in beats if beat[0] not in idea.removed][:plain]
    if not beats and not extras:
        beats = list(_beats(idea, genre, world, chooser, 1))
    given = iter([*details, *details, *details])
    shots: list[Shot] = []
    sizes = _sizes(idea, [size for _, _, size, _ in beats], [role for _, role, _, _ in beats])
    for (key, role, usual, template), size in zip(beats, sizes, strict=True):
        if size != usual:
            template = told(book().sizes[size].seen, idea.language)  # noqa: PLW2901
        detail = next(given, "") if "{D}" in template else ""
        shots.append(_shot(key, role, size, words.fill(template, detail), chooser))
    place = len(shots) - 1 if shots and shots[-1].role == "end" else len(shots)
    for position, extra in extras:
        text = say("say", "close_on", idea.language, what=extra.what)
        text = text[:1].upper() + text[1:]
        made = _shot(f"extra:{position}", "extra", extra.size, text, chooser)
        shots.insert(place + position, made)
    return list(_timed(_moved(idea, world, shots, pace, chooser), duration_ms, light, world, words))


def _beats(
    idea: Idea, genre: Genre, world: World, chooser: Chooser, number: int
) -> Iterator[tuple[str, str, str, str]]:
    """Yield (key, role, size, template) for *number* shots."""
    index = 2 if idea.language == "en" else 3
    usable: dict[str, list[tuple[str, str, str, str]]] = {}
    for position, beat in enumerate(genre.beats):
        if world.fits(beat[2], beat[3]):
            entry = (f"{beat[0]}:{position}", beat[0], beat[1], beat[index])
            usable.setdefault(beat[0], []).append(entry)
    waiting = {role: chooser.order(f"beat {role}", found) for role, found in usable.items()}
    details = usable.get("detail") or usable.get("build") or next(iter(usable.values()))
    repeats = 0
    for role in _roles(number):
        if waiting.get(role):
            yield waiting[role].pop(0)
        elif waiting.get("build"):
            yield waiting["build"].pop(0)
        else:
            key, kind, size, template = details[repeats % len(details)]
            repeats += 1
            yield f"{key}:{repeats}", kind, size, template


def _roles(number: int) -> list[str]:
    if number in _ROLES:
        return list(_ROLES[number])
    middle = ["detail" if n % 2 else "build" for n in range(number - 4)]
    return ["open", "open", *middle, "peak", "end"][:number]


def _sizes(idea: Idea, sizes: list[str], roles: list[str]) -> list[str]:
    """Return *sizes* with those that were asked for put where they fit best."""
    asked = list(dict.fromkeys(said.id for said in idea.all_said("size") if said.id))
    aerial = any(said.id in _AERIAL for said in idea.all_said("move"))
    if aerial and not {"extreme-wide", "wide"} & {*sizes, *asked}:
        asked.append("extreme-wide")
    result, taken = list(sizes), set[int]()
    for size in asked:
        close = size in _DETAIL_SIZES
        liked = [
            n for n, role in enumerate(roles) if (role == "detail") == close and n not in taken
        ]
        free = liked or [n for n in range(len(roles)) if n not in taken]
        if size in result:
            taken.add(result.index(size))
        elif free:
            result[free[0]] = size
            taken.add(free[0])
    return result


def _shot(key: str, role: str, size: str, text: str, chooser: Chooser) -> Shot:
    entry = book().sizes[size]
    lens = chooser.order(f"lens {key}", entry.lenses)[0]
    return Shot(key, role, entry, lens, book().moves["locked"], text)


def _moved(
    idea: Idea, world: World, shots: list[Shot], pace: int, chooser: Chooser
) -> Iterator[Shot]:
    """Yield the shots with a move for each; none twice in a row where it can be helped."""
    moves = book().moves
    asked = [said.id for said in idea.all_said("move") if said.id]
    asked = list(dict.fromkeys(asked))
    lens = [int(found) for said in idea.all_said("lens") if (found := _digits(said.text))]
    energy = pace + idea.pace
    unplaced = [move for move in asked if move not in _EVERYWHERE]
    last = ""
    for number, shot in enumerate(shots):
        always = next((move for move in asked if move in _EVERYWHERE), "")
        own = [name for name in shot.size.moves if world.allows(moves[name]) and name not in _LAPSE]
        calm = [name for name in own if moves[name].energy <= 1 or energy > 0]
        ordered = chooser.order(f"move {shot.key}", calm or own or ["locked"])
        chosen = next((name for name in ordered if name != last), ordered[0])
        rest = len(shots) - number
        suited = [move for move in unplaced if _suits(move, shot.size)]
        if suited or (unplaced and rest <= len(unplaced)):
            chosen = (suited or unplaced)[0]
            unplaced.remove(chosen)
        elif always:
            chosen = always
        last = chosen
        focal = lens[number % len(lens)] if lens else shot.lens_mm
        yield _with(shot, moves[chosen], focal)


_LAPSE: Final = ("time-lapse",)


def _suits(move: str, size: Size) -> bool:
    if move in _AERIAL:
        return size.id in ("extreme-wide", "wide")
    return move in size.moves


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isascii() and letter.isdecimal())[:3]


def _with(shot: Shot, move: Move, lens_mm: int) -> Shot:
    return Shot(shot.key, shot.role, shot.size, lens_mm, move, shot.text)


def _timed(
    shots: Iterator[Shot], duration_ms: int, light: Light, world: World, words: Words
) -> Iterator[Shot]:
    listed = list(shots)
    touches = [t for t in light.touch if world.fits(*t)]
    start = 0
    spread = zip(listed, lengths(duration_ms, [shot.role for shot in listed]), strict=True)
    for number, (shot, length) in enumerate(spread):
        text = shot.text
        # Every third shot is told with its light: in all of them it would be noise.
        if touches and number % 3 == 1:
            touch = told(touches[(number // 3) % len(touches)], words.language)
            text += ("，" if words.language == "zh" else "; ") + touch
        yield Shot(shot.key, shot.role, shot.size, shot.lens_mm, shot.move, text, start, length)
        start += length
