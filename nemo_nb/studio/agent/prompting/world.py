"""The situation an idea is in, and what fits into it: nothing chosen may contradict it."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

from nemo_nb.studio.agent.prompting.book import Light, Mood, Move, Palette, Place, table
from nemo_nb.studio.agent.prompting.idea import Idea

TIMES: Final = ("dawn", "day", "golden", "blue", "night")
FREE: Final = "free"

# What "no people" forbids is asked for in other words, too.
_PEOPLE: Final = (
    "people",
    "person",
    "humans",
    "human",
    "faces",
    "hands",
    "人",
    "人物",
    "行人",
    "人脸",
    "手",
)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class World:
    """Where and when everything happens.

    Attributes:
        place: The place; its backdrop is what the cards show.
        time: One of :data:`TIMES`, or ``free`` where the time of day does not show.
        weather: ``rain``, ``snow``, ``fog`` or an empty string.
        situations: Tables of ``reading.toml`` [clashes] whose words do not fit here.
    """

    place: Place
    time: str
    weather: str
    situations: frozenset[str]

    def fits(self, *texts: str) -> bool:
        """Whether nothing in *texts* contradicts the situation."""
        clashes = table("reading")["clashes"]
        words = [word for name in self.situations for word in clashes.get(name, ())]
        return not any(word in text.casefold() for text in texts for word in words)

    def lit_by(self, light: Light) -> bool:
        """Whether *light* can be here at this time."""
        if self.time not in light.times or light.where not in ("any", self.where):
            return False
        return not light.backdrops or self.place.backdrop in light.backdrops

    def colored(self, palette: Palette, mood: Mood, light: Light) -> bool:
        """Whether *palette* suits the time, the light and the mood."""
        if self.time not in palette.times or palette.mono:
            return False
        opposed = palette.warm * light.warm < -0.5  # noqa: PLR2004 - golden light is no ice blue
        return not opposed and palette.tone * mood.tone >= 0 and palette.warm * mood.warm >= 0

    def allows(self, move: Move) -> bool:
        """Whether a camera can move like that here."""
        ground = not self.place.inside and not self.place.always
        return (ground or not move.outside) and self.fits(*move.name)

    @property
    def where(self) -> str:
        """``in`` or ``out``."""
        return "in" if self.place.inside else "out"


def situations(idea: Idea, place: Place, time: str) -> frozenset[str]:
    """Return the situations that *idea* is in."""
    found = {time, place.id}
    found.add("inside" if place.inside else "outside")
    if any(said.text.casefold() in _PEOPLE for said in idea.all_said("no")):
        found.add("no_people")
    if idea.meant("speed") == "slow-motion":
        found.add("slow_motion")
    if any(said.id == "time-lapse" for said in idea.all_said("move")):
        found.add("time_lapse")
    if idea.meant("palette") == "monochrome":
        found.add("mono")
    return frozenset(found)


class Chooser:
    """Draws by the idea's key: each slot by itself, so that one change leaves the rest alone.

    Args:
        key: The same key draws the same.
        take: Another take draws the next option of every slot.
    """

    def __init__(self, key: str, take: int) -> None:
        self._key = key
        self._take = take

    def order(self, slot: str, options: Iterable[T]) -> list[T]:
        """Return *options* in the order of preference for this idea and take."""
        drawn = list(options)
        random.Random(f"{self._key}|{slot}").shuffle(drawn)  # noqa: S311 - taste, no secret
        turn = self._take % len(drawn) if drawn else 0
        return drawn[turn:] + drawn[:turn]
