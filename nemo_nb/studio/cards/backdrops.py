"""The places of a card by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from nemo_nb.studio.cards import built, outdoors
from nemo_nb.studio.cards.paint import Picture
from nemo_nb.studio.cards.scene import Scene

_KINDS: Final[dict[str, Callable[[tuple[int, int], Scene], Picture]]] = {
    "mountains": outdoors.mountains,
    "field": outdoors.field,
    "desert": outdoors.desert,
    "sea": outdoors.sea,
    "snow": outdoors.snow,
    "forest": outdoors.forest,
    "skyline": built.skyline,
    "street": built.street,
    "road": outdoors.road,
    "stadium": built.stadium,
    "sky": outdoors.sky,
    "space": outdoors.space,
    "underwater": outdoors.underwater,
    "studio": built.studio,
    "room": built.room,
    "table": built.table,
    "stage": built.stage,
    "abstract": built.abstract,
}


def backdrop(kind: str, size: tuple[int, int], scene: Scene) -> Picture:
    """Return the backdrop *kind* as a picture of (width, height)."""
    return _KINDS.get(kind, outdoors.field)(size, scene)


def kinds() -> tuple[str, ...]:
    """Return the backdrops there are."""
    return tuple(_KINDS)
