"""Values that a model may answer with: each shape as JSON Schema, and read by the same rule. Pure.

A schema only invites: servers differ in what of it they keep to. `read` is what holds, and it
takes nothing that the schema does not.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, cast

Schema = dict[str, Any]

MOST_CHARS: Final = 2000
_COLOR: Final = re.compile(r"#[0-9a-fA-F]{6}(?:[0-9a-fA-F]{2})?")
_MISSING: Final = object()


class Unfit(Exception):
    """A value that has not this shape; the sentence says which and why."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the user has given, which an answer may name but not invent.

    Attributes:
        words: Returns the user's words that a text stands for, or raises `Unfit`.
        file: The same for the name of a file.
    """

    words: Callable[[str], str]
    file: Callable[[str], str]


class Shape(Protocol):
    """What a value may be."""

    @property
    def brief(self) -> str:
        """A few words for the model."""
        ...

    def schema(self) -> Schema:
        """Return it as JSON Schema; records are ``$ref``."""
        ...

    def read(self, value: Any, given: Given) -> Any:
        """Return the Python value of a JSON value.

        Raises:
            Unfit: It is not of this shape.
        """
        ...


@dataclass(frozen=True, slots=True)
class Number:
    """A number between two others, both included."""

    low: float
    high: float
    whole: bool = False
    unit: str = ""

    @property
    def brief(self) -> str:  # noqa: D102 - see Shape, as for all below
        return self.unit or f"{self.low:g} to {self.high:g}"

    def schema(self) -> Schema:  # noqa: D102
        kind = "integer" if self.whole else "number"
        return {"type": kind, "minimum": self.low, "maximum": self.high}

    def read(self, value: Any, given: Given) -> Any:  # noqa: ARG002, D102
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise Unfit(f"{_shown(value)} is no number")
        # Before anything is computed with it: JSON's integers have no end.
        if not self.low <= value <= self.high:
            raise Unfit(f"{_shown(value)} is outside {self.low:g} to {self.high:g}")
        if not self.whole:
            return float(value)
        if not math.isclose(value, round(value)):
            raise Unfit(f"{_shown(value)} is no whole number")
        return round(value)


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no."""

    brief: str = "true|false"

    def schema(self) -> Schema:  # noqa: D102
        return {"type": "boolean"}

    def read(self, value: Any, given: Given) -> Any:  # noqa: ARG002, D102
        if not isinstance(value, bool):
            raise Unfit(f"{_shown(value)} is neither true nor false")
        return value


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words or numbers."""

    values: tuple[Any, ...]

    @property
    def brief(self) -> str:  # noqa: D102
        return "|".join(str(value) or '""' for value in self.values)

    def schema(self) -> Schema:  # noqa: D102
        return {"enum": list(self.values)}

    def read(self, value: Any, given: Given) -> Any:  # noqa: ARG002, D102
        if isinstance(value, bool) or value not in self.values:
            raise Unfit(f"{_shown(value)} is none of {self.brief}")
        return value


@dataclass(frozen=True, slots=True)
class Color:
    """A colour; empty where none is one, too."""

    may_be_none: bool = False

    @property
    def brief(self) -> str:  # noqa: D102
        return '#rrggbb or ""' if self.may_be_none else "#rrggbb"

    def schema(self) -> Schema:  # noqa: D102
        return {"type": "string"}

    def read(self, value: Any, given: Given) -> Any:  # noqa: ARG002, D102
        if self.may_be_none and value == "":
            return value
        if not isinstance(value, str) or not _COLOR.fullmatch(value):
            raise Unfit(f"{_shown(value)} is no colour")
        return value.lower()


@dataclass(frozen=True, slots=True)
class UserWords:
    """Words that the user wrote."""

    brief: str = "words"

    def schema(self) -> Schema:  # noqa: D102
        return {"type": "string", "minLength": 1}

    def read(self, value: Any, given: Given) -> Any:  # noqa: D102
        return given.words(_text(value))


@dataclass(frozen=True, slots=True)
class FileName:
    """A file of the session."""

    brief: str = "file"

    def schema(self) -> Schema:  # noqa: D102
        return {"type": "string", "minLength": 1}

    def read(self, value: Any, given: Given) -> Any:  # noqa: D102
        return given.file(_text(value))


@dataclass(frozen=True, slots=True)
class Listed:
    """Several of one shape, as a tuple."""

    item: Shape
    most: int = 20
    least: int = 0

    @property
    def brief(self) -> str:  # noqa: D102
        return f"[{self.item.brief}]"

    def schema(self) -> Schema:  # noqa: D102
        bounds = {"minItems": self.least, "maxItems": self.most}
        return {"type": "array", "items": self.item.schema(), **bounds}

    def read(self, value: Any, given: Given) -> Any:  # noqa: D102
        items = _items(value)
        if not self.least <= len(items) <= self.most:
            raise Unfit(f"{len(items)} of them are too many or too few")
        return tuple(self.item.read(item, given) for item in items)


@dataclass(frozen=True, slots=True)
class Row:
    """So many values, each of its own shape, as a tuple."""

    items: tuple[Shape, ...]

    @property
    def brief(self) -> str:  # noqa: D102
        return f"[{', '.join(item.brief for item in self.items)}]"

    def schema(self) -> Schema:  # noqa: D102
        # `prefixItems` is what many grammars of local servers do not know.
        kinds = [item.schema() for item in self.items]
        count = len(kinds)
        return {"type": "array", "items": {"anyOf": kinds}, "minItems": count, "maxItems": count}

    def read(self, value: Any, given: Given) -> Any:  # noqa: D102
        items = _items(value)
        if len(items) != len(self.items):
            raise Unfit(f"{_shown(value)} has not {len(self.items)} values")
        pairs = zip(self.items, items, strict=True)
        return tuple(shape.read(item, given) for shape, item in pairs)


@dataclass(frozen=True, slots=True)
class Either:
    """The first of some shapes that fits."""

    shapes: tuple[Shape, ...]

    @property
    def brief(self) -> str:  # noqa: D102
        return " or ".join(s.brief for s in self.shapes if not isinstance(s, Nothing))

    def schema(self) -> Schema:  # noqa: D102
        return {"anyOf": [shape.schema() for shape in self.shapes]}

    def read(self, value: Any, given: Given) -> Any:  # noqa: D102
        for shape in self.shapes[:-1]:
            try:
                return shape.read(value, given)
            except Unfit:
                continue
        return self.shapes[-1].read(value, given)


@dataclass(frozen=True, slots=True)
class Nothing:
    """No value."""

    brief: str = "null"

    def schema(self) -> Schema:  # noqa: D102
        return {"type": "null"}

    def read(self, value: Any, given: Given) -> Any:  # noqa: ARG002, D102
        if value is not None:
            raise Unfit(f"{_shown(value)} is not null")
        return None


@dataclass(frozen=True, slots=True)
class Record:
    """An object with these fields and no others.

    Attributes:
        name: Of its definition.
        make: Makes the Python value of its fields.
        fields: Their shapes.
        required: The names of those without which it means nothing.
        least: How many there must be.
    """

    name: str
    make: Callable[..., Any]
    fields: Mapping[str, Shape]
    required: frozenset[str] = frozenset()
    least: int = 0

    @property
    def brief(self) -> str:  # noqa: D102
        return self.name

    def schema(self) -> Schema:  # noqa: D102
        return {"$ref": f"#/$defs/{self.name}"}

    def definition(self, **more: Schema) -> Schema:
        """Return what the reference points to; *more* are fields before its own."""
        own = {name: shape.schema() for name, shape in self.fields.items()}
        return {
            "type": "object",
            "properties": more | own,
            "required": [*more, *(name for name in self.fields if name in self.required)],
            "additionalProperties": False,
            **({"minProperties": self.least} if self.least else {}),
        }

    def read(self, value: Any, given: Given) -> Any:  # noqa: D102
        if not isinstance(value, Mapping):
            raise Unfit(f"{_shown(value)} is no object")
        found = cast("Mapping[str, Any]", value)
        for name in found:
            if name not in self.fields:
                raise Unfit(f"{self.name} has no {_shown(name)}")
        values: dict[str, Any] = {}
        for name, shape in self.fields.items():
            item = found.get(name, _MISSING)
            # Many models write null for what they leave out.
            if item is _MISSING or (item is None and name not in self.required):
                if name in self.required:
                    raise Unfit(f"{self.name} lacks {name}")
                continue
            values[name] = shape.read(item, given)
        if len(values) < self.least:
            raise Unfit(f"{self.name} is empty")
        return self.make(**values)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > MOST_CHARS:
        raise Unfit(f"{_shown(value)} is no text")
    return value


def _items(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise Unfit(f"{_shown(value)} is no list")
    return cast("list[Any]", value)


def _shown(value: Any) -> str:
    """Return *value* cut short, on one line."""
    text = " ".join(repr(value).split()) if not isinstance(value, int) else f"{value:.3g}"
    return text if len(text) <= 40 else f"{text[:39]}…"  # noqa: PLR2004 - a few words
