"""The typed intents as shapes: what a model may answer, made from the dataclasses themselves.

A field's type says most of it. What a type cannot say (which words a ``str`` may be, between
which values a number lies) stands in the tables here, taken from what the edits accept.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final, Literal, Union, cast, get_args, get_origin, get_type_hints

from nemo_nb.studio.agent.deeds import EDITS
from nemo_nb.studio.agent.intents import History, Intent
from nemo_nb.studio.agent.shapes import (
    Choice,
    Color,
    Either,
    FileName,
    Flag,
    Listed,
    Nothing,
    Number,
    Record,
    Row,
    Schema,
    Shape,
    UserWords,
)
from nemo_nb.studio.edits import FITS, RATIOS, SIDE_HIGH, SIDE_LOW
from nemo_nb.studio.edits_motion import MOTIONS
from nemo_nb.studio.edits_picture import ADJUSTMENTS, BACKGROUNDS
from nemo_nb.studio.edits_time import TRANSITIONS
from nemo_nb.studio.music.spec import MAX_BPM, MIN_BPM, genres, moods
from nemo_nb.timeline.styles import FONTS, POSITIONS, TextStyle, presets

MOST_INTENTS: Final = 12
"""Wishes in one message: more is a model that repeats itself."""

DAY_MS: Final = 86_400_000
_HIDDEN: Final = frozenset({"span", "skipped"})
_WAYS: Final = ("left", "right", "up", "down")
_OVERLAYS: Final = ("logo", "watermark", "pip")
_FIRST_LAST: Final = Number(-1000, 1000, whole=True, unit="place")
_SHARE: Final = Number(0, 1)
_PERCENT: Final = Number(0, 100)
_SIDE: Final = Number(SIDE_LOW, SIDE_HIGH, whole=True, unit="pixels")

_MOMENT: Final = Either((Number(0, DAY_MS, whole=True, unit="ms"), Nothing()))
_MUSIC: Final = Record(
    "Music",
    dict,
    {
        "genre": Choice(tuple(one.name for one in genres())),
        "mood": Choice(tuple(one.name for one in moods())),
        "bpm": Number(MIN_BPM, MAX_BPM),
        "seed": Number(0, 1_000_000, whole=True),
    },
)
_HINTS: Final = get_type_hints(TextStyle)
_STYLE: Final = Record(
    "Style",
    dict,
    {
        "preset": Choice(tuple(presets())),
        "color": Color(),
        "box": Color(may_be_none=True),
        "stroke": Color(may_be_none=True),
        "shadow": Color(may_be_none=True),
        "weight": Choice((400, 700)),
        "size": Number(1.5, 25),
        "position": Choice(POSITIONS),
        "font": Choice(FONTS),
        "animation": Choice(get_args(_HINTS["animation"])),
        "exit": Choice(get_args(_HINTS["exit"])),
        "karaoke": Choice(get_args(_HINTS["karaoke"])),
        "fade_ms": Number(0, 10_000, whole=True),
    },
)
_GROUND: Final = Record(
    "Ground",
    dict,
    {"kind": Choice(BACKGROUNDS), "color": Color(), "src": FileName()},
    frozenset({"kind"}),
)
_BOX: Final = Record("Box", dict, dict.fromkeys(("x", "y", "width", "height"), _PERCENT), least=1)
_AMOUNTS: Final = Record(
    "Amounts", dict, {key: Number(low, high) for key, (low, high) in ADJUSTMENTS.items()}, least=1
)

# By the name of a field, whatever record it belongs to.
_BY_NAME: Final[dict[str, Shape]] = {
    "text": UserWords(),
    "old": UserWords(),
    "title": UserWords(),
    "name": UserWords(),
    "file": FileName(),
    "files": Listed(FileName(), most=4),
    "ratio": Choice(tuple(RATIOS)),
    "fit": Choice(FITS),
    "corner": Choice(POSITIONS),
    "direction": Choice(_WAYS),
    "noun": Choice(("", "photo", "video", "music", "voice", *_OVERLAYS)),
    "voicing": Choice(("plain", "playful", "product")),
    "order": Choice(("reverse", "shuffle", "taken", "name")),
    "about": Choice(("style", "position", "wording")),
    "place": _FIRST_LAST,
    "places": Listed(_FIRST_LAST),
    "to": _FIRST_LAST,
    "low": _SHARE,
    "high": _SHARE,
    "level": _SHARE,
    "volume": _SHARE,
    "opacity": _SHARE,
    "scale": Number(0.01, 5),
    "factor": Number(0.01, 100),
    "grow": Number(0.05, 20),
    "tempo": Number(0.25, 4),
    "degrees": Number(-360, 360),
    "count": Number(2, 6, whole=True),
    "times": Number(1, 100, whole=True),
    "duck": Number(0, 60),
    "target": Number(-70, 0),
    "kinds": Listed(Choice(tuple(TRANSITIONS)), most=8),
    "keys": Listed(Choice(("adjust", "crop")), most=2),
    "spec": _MUSIC,
    "music": _MUSIC,
    "background": _GROUND,
    "box": _BOX,
}
# And those that mean different things in different records.
_BY_FIELD: Final[dict[tuple[str, str], Shape]] = {
    ("Look", "changes"): _STYLE,
    ("Ratio", "size"): Row((_SIDE, _SIDE)),
    ("Adjust", "changes"): _AMOUNTS,
    ("Timing", "moved_ms"): Number(-DAY_MS, DAY_MS, whole=True, unit="ms"),
    ("Timing", "longer_ms"): Number(-DAY_MS, DAY_MS, whole=True, unit="ms"),
    ("Timing", "share"): Row((_SHARE, Either((_SHARE, Nothing())))),
    ("Timing", "anchor"): Row(
        (Choice(("after", "before")), Choice(("caption", "title")), Listed(_FIRST_LAST))
    ),
    ("Motion", "kind"): Choice((*MOTIONS, "alternate")),
    ("AddOverlay", "kind"): Choice(_OVERLAYS),
    ("RemoveOverlay", "kind"): Choice(_OVERLAYS),
    ("Transitions", "kinds"): Listed(Choice(("none", *TRANSITIONS)), most=8, least=1),
    ("Freeze", "share"): _SHARE,
    ("Split", "share"): _SHARE,
    ("Split", "parts"): Number(2, 20, whole=True, unit="parts"),
    ("SwapPictures", "places"): Listed(_FIRST_LAST, most=2, least=2),
    ("AddCaptions", "cues"): Listed(Row((_MOMENT, _MOMENT, UserWords())), most=100, least=1),
}
# Null means something of its own there, so it has to be said.
_SAID: Final = frozenset({("Background", "background")})


@cache
def intents() -> Mapping[str, tuple[type[Intent], Record]]:
    """Return what a model may answer with, by name: the intent's class and its shape."""
    kinds: tuple[type[Intent], ...] = (*EDITS, History)
    return {wire_name(kind): (kind, _record(kind)) for kind in kinds}


def wire_name(kind: type[Intent]) -> str:
    """Return an intent's name on the wire: ``AddText`` → ``add_text``."""
    name = kind.__name__
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name).lstrip("_")


@cache
def answer_schema() -> Schema:
    """Return the JSON Schema of a whole answer."""
    kinds: list[Schema] = []
    shared: dict[str, Schema] = {}
    for name, (_, record) in intents().items():
        own = {"intent": {"enum": [name]}, "words": {"type": "string"}}
        kinds.append(record.definition(**own))
        for shape in record.fields.values():
            _define(shape, shared)
    listed = {"type": "array", "items": {"anyOf": kinds}, "maxItems": MOST_INTENTS}
    return {
        "type": "object",
        "properties": {"intents": listed},
        "required": ["intents"],
        "additionalProperties": False,
        "$defs": shared,
    }


@cache
def vocabulary() -> str:
    """Return the intents and their fields as a list for the model to read."""
    lines: list[str] = []
    shared: dict[str, Record] = {}
    for name, (kind, record) in intents().items():
        about = (kind.__doc__ or "").partition("\n")[0].replace("``", "")
        lines.append(f"- {name}({_fields(record)}): {about}")
        for shape in record.fields.values():
            _collect(shape, shared)
    lines += [f"{name}: {{{_fields(record)}}}" for name, record in shared.items()]
    return "\n".join(lines)


def _fields(record: Record) -> str:
    names = (name if name in record.required else f"{name}?" for name in record.fields)
    shapes = record.fields.values()
    return ", ".join(f"{name}: {shape.brief}" for name, shape in zip(names, shapes, strict=True))


def _define(shape: Shape, shared: dict[str, Schema]) -> None:
    found: dict[str, Record] = {}
    _collect(shape, found)
    for name, record in found.items():
        shared[name] = record.definition()


def _collect(shape: Shape, found: dict[str, Record]) -> None:
    """Gather the records that *shape* refers to."""
    inner: tuple[Shape, ...] = ()
    if isinstance(shape, Record) and shape.name not in found:
        found[shape.name] = shape
        inner = tuple(shape.fields.values())
    elif isinstance(shape, Listed):
        inner = (shape.item,)
    elif isinstance(shape, Row):
        inner = shape.items
    elif isinstance(shape, Either):
        inner = shape.shapes
    for one in inner:
        _collect(one, found)


def _record(kind: type[Any]) -> Record:
    """Return the shape of a dataclass."""
    hints = get_type_hints(kind)
    shapes: dict[str, Shape] = {}
    required: set[str] = set()
    empty: dict[str, Callable[[], Any]] = {"span": lambda: (0, 0)} if _is_intent(kind) else {}
    for field in dataclasses.fields(kind):
        if field.name in _HIDDEN:
            continue
        shape = shapes[field.name] = _shape(kind, field.name, hints[field.name])
        if (field.default, field.default_factory) == (dataclasses.MISSING,) * 2:
            nothing = _nothing(shape)
            if nothing is None or (kind.__name__, field.name) in _SAID:
                required.add(field.name)
            else:
                empty[field.name] = nothing

    def make(**values: Any) -> Any:
        return kind(**{name: nothing() for name, nothing in empty.items()} | values)

    return Record(kind.__name__, make, shapes, frozenset(required))


def _is_intent(kind: type[Any]) -> bool:
    return issubclass(kind, Intent)


def _nothing(shape: Shape) -> Callable[[], Any] | None:
    """Return what makes the value of a field about which nothing is said, if there is one."""
    if isinstance(shape, Either) and Nothing() in shape.shapes:
        return lambda: None
    if isinstance(shape, Record) and not shape.required and not shape.least:
        return shape.make
    return None


def _shape(  # noqa: PLR0911 - one kind of type a return
    kind: type[Any], name: str, hint: Any
) -> Shape:
    """Return the shape of the field *name* of *kind*, or of a part of it."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        some = tuple(_shape(kind, name, part) for part in parts if part is not types.NoneType)
        some += (Nothing(),) if types.NoneType in parts else ()
        return Either(some)
    if origin is Literal:
        return Choice(parts)
    if hint is bool:
        return Flag()
    known = _BY_FIELD.get((kind.__name__, name)) or _BY_NAME.get(name)
    if known is not None:
        return known
    if hint is int:
        return Number(1 if name == "length_ms" else 0, DAY_MS, whole=True, unit="ms")
    if dataclasses.is_dataclass(hint):
        return _record(cast("type[Any]", hint))
    if origin is tuple and parts[-1] is Ellipsis:
        return Listed(_shape(kind, name, parts[0]))
    if origin is tuple:
        return Row(tuple(_shape(kind, name, part) for part in parts))
    raise TypeError(f"{kind.__name__}.{name}: nothing says what it may be")
