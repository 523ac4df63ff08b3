"""Which variant is meant by how it looks: "the red one", 上面那个. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from nemo_nb.studio.agent.clauses import Clause
from nemo_nb.studio.agent.lexer import tokenize
from nemo_nb.studio.agent.looks import look_of
from nemo_nb.timeline.draft import TEXT
from nemo_nb.timeline.draft_shape import editable, segments
from nemo_nb.timeline.styles import TextStyle, resolve

_BOLD: Final = 600
# How far apart two colours may be that go by one name: yellows differ, yellow and white do more.
_NEAR: Final = 120.0
_DECORATIONS: Final = ("box", "stroke", "shadow")


def alike(variants: Sequence[tuple[str, Mapping[str, Any]]], words: str) -> tuple[int, ...]:
    """Return the places of the *variants* whose texts look as *words* say, from 0."""
    looks = look_of(Clause(tuple(tokenize(words)))).changes
    if not looks:
        return ()
    found: list[int] = []
    for place, (_, draft) in enumerate(variants):
        styles = list(_styles(draft))
        if styles and all(_has(style, looks) for style in styles):
            found.append(place)
    return tuple(found)


def _styles(draft: Mapping[str, Any]) -> Iterator[TextStyle]:
    for _, segment in segments(editable(draft), TEXT):
        meta = segment["m"]
        yield resolve(meta.get("style"), meta.get("role", "caption"))


def _has(style: TextStyle, looks: Mapping[str, Any]) -> bool:
    return all(_fits(field, getattr(style, field, None), said) for field, said in looks.items())


def _fits(field: str, own: Any, said: Any) -> bool:
    """Whether a style's own value of *field* is what people call *said*."""
    if field == "color":
        return _distance(own, said) <= _NEAR
    if field in _DECORATIONS:
        return bool(own) == bool(said)
    if field == "weight":
        return (own >= _BOLD) == (said >= _BOLD)
    if field == "position":
        return said == own or said in str(own).split("-")
    return own == said


def _distance(one: str, other: str) -> float:
    """Return how far two ``#rrggbb`` are apart, from 0 to 441."""
    pairs = [(int(one[n : n + 2], 16), int(other[n : n + 2], 16)) for n in (1, 3, 5)]
    return sum((a - b) ** 2 for a, b in pairs) ** 0.5
