"""An idea as it was understood: what stays of the user's words, and what they decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, cast

from nemo_nb.studio.agent.prompting.book import Language

Slot = Literal[
    "light", "palette", "mood", "style", "size", "move", "speed", "glass", "sound", "no",
    "time", "weather", "lens",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """Something the user said about the look or the sound.

    Attributes:
        slot: What it is about.
        text: The user's own words.
        id: What they mean in the book, or an empty string for words of the user's own.
    """

    slot: Slot
    text: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Extra:
    """A shot that was asked for: its size, and what it shows in the user's words."""

    size: str
    what: str


@dataclass(frozen=True, slots=True)
class Idea:
    """What a prompt is composed from; the same idea gives the same prompt.

    Attributes:
        words: The idea in the user's words, without the words that ask for a prompt.
        language: In which the prompt is written.
        subject, action, setting: Parts of *words*; empty where the user did not say.
        genre: A name of the book's genres.
        place: A name of the book's places, where the words name one.
        duration_ms, aspect, shots: As asked for; None where not.
        said: Everything said about look and sound.
        extras: Shots asked for beside the composed ones.
        removed: Keys of shots that were taken out.
        exposure, warmth, pace: Steps from the usual, -2 to 2.
        take: 0 for the first version; each other one chooses differently.
        key: What the choices are drawn by.
    """

    words: str
    language: Language
    subject: str = ""
    action: str = ""
    setting: str = ""
    genre: str = "story"
    place: str = ""
    duration_ms: int | None = None
    aspect: str | None = None
    shots: int | None = None
    said: tuple[Said, ...] = ()
    extras: tuple[Extra, ...] = ()
    removed: tuple[str, ...] = ()
    exposure: int = 0
    warmth: int = 0
    pace: int = 0
    take: int = 0
    key: str = field(default="")

    def all_said(self, slot: Slot) -> tuple[Said, ...]:
        """Return what was said about *slot*, in order."""
        return tuple(said for said in self.said if said.slot == slot)

    def meant(self, slot: Slot) -> str:
        """Return the last known meaning said about *slot*, or an empty string."""
        return next((said.id for said in reversed(self.all_said(slot)) if said.id), "")

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Idea:
        """Return what :meth:`to_dict` made.

        Raises:
            TypeError: It is something else.
            KeyError: Likewise.
        """
        values = dict(raw)
        values["said"] = tuple(Said(**item) for item in _items(values["said"]))
        values["extras"] = tuple(Extra(**item) for item in _items(values["extras"]))
        values["removed"] = tuple(cast("list[str]", values["removed"]))
        return cls(**values)


def _items(raw: Any) -> list[dict[str, Any]]:
    return [dict(item) for item in cast("list[Mapping[str, Any]]", raw)]
