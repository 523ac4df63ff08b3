"""Drafts as values, and what differs between two of them; facts.py is written in these."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nemo_nb.studio.music.spec import read_music
from nemo_nb.timeline.draft import Segment, Track, read_tracks
from nemo_nb.timeline.styles import resolve

Values = dict[str, Any]

_ADJUST = ("brightness", "contrast", "saturation", "warmth")
_ADJUST += ("sharpen", "blur", "grayscale", "sepia")
# What is told of a source, not what an edit means by it.
_HOUSEKEEPING = {"title", "length"}
_GROUPS = {"s": "time", "d": "time", "in": "time", "fade_in": "fade", "fade_out": "fade"}
_DERIVED = {"span", "gray"}


class Scene:
    """A draft, its parts at hand."""

    def __init__(self, draft: Values):
        tracks = read_tracks(draft)
        self.draft = draft
        self.layers: list[Track] = [t for t in tracks if t.kind == "video"]
        self.regions = [t for t in self.layers if t.meta.get("region") and t.segments]
        self._heard = [s for t in tracks if t.kind == "audio" for s in t.segments]
        self.texts: list[Segment] = [s for t in tracks if t.kind == "text" for s in t.segments]
        self.pictures = [picture(s) for t in self.layers[:1] for s in t.segments]
        self.overs = [
            picture(s) for t in self.layers[1:] for s in t.segments if not t.meta.get("region")
        ]
        self.sounds = [sound(s) for s in self._heard]

    def of(self, kind: str) -> list[Segment]:
        shown = [s for t in self.layers for s in t.segments]
        return {"picture": shown, "sound": self._heard, "text": self.texts}[kind]


def changes(before: Values, after: Values) -> set[str]:
    """Return what differs between two drafts.

    ``picture.<key>``, ``sound.<key>`` with the keys of docs/draft.md (``fade`` for both fades,
    ``time`` for where it stands and begins in its source); ``text.words``, ``text.look``,
    ``text.role``, ``text.time``; ``+picture`` ``-text`` and so on for what came or went (a
    piece of a picture that was there differs from it in its other keys too); ``canvas``;
    ``track`` for tracks of pictures and their regions; ``draft.<key>`` for the rest. In
    ``only``, ``time`` stands for all times and the texts that a cut takes with it.
    """
    old, new = Scene(before), Scene(after)
    found: set[str] = set()
    for key in {*before.get("m", {}), *after.get("m", {})} - _HOUSEKEEPING:
        if before.get("m", {}).get(key) != after.get("m", {}).get(key):
            found.add("canvas" if key in ("width", "height") else f"draft.{key}")
    if [t.meta.get("region") for t in old.layers] != [t.meta.get("region") for t in new.layers]:
        found.add("track")
    for kind, read in (("picture", picture), ("sound", sound), ("text", text_of)):
        then = {s.id: read(s) for s in old.of(kind)}
        now = {s.id: read(s) for s in new.of(kind)}
        found |= {f"-{kind}"} if then.keys() - now.keys() else set()
        for identity, values in now.items():
            origin = then.get(identity)
            if origin is None:
                found.add(f"+{kind}")
                of_it = (
                    v for v in then.values() if kind == "picture" and v["src"] == values["src"]
                )
                origin = next(of_it, values)
            found |= {
                f"{kind}.{_GROUPS.get(key.partition('.')[0], key.partition('.')[0])}"
                for key in origin.keys() | values.keys()
                if key not in _DERIVED and origin.get(key) != values.get(key)
            }
    return found


def picture(segment: Segment) -> Values:
    meta = segment.meta
    adjust: Values = meta.get("adjust") or {}
    crop: Values = meta.get("crop") or {}
    motion = meta.get("motion") or "zoom-in"
    transition: Values = meta.get("transition") or {}
    background: Values = meta.get("background") or {}
    kind = transition.get("kind") or "cut"
    values = _played(segment) | {
        "freeze": bool(meta.get("freeze")),
        "rotate": (meta.get("rotate") or 0) % 360,
        "flip": meta.get("flip") or "",
        "fit": meta.get("fit") or "contain",
        "scale": meta.get("scale", 1),
        "opacity": meta.get("opacity", 1),
        "motion": "custom" if isinstance(motion, Mapping) else motion,
        "position.x": (meta.get("position") or {}).get("x", 50),
        "position.y": (meta.get("position") or {}).get("y", 50),
        "transition.kind": kind,
        "transition.ms": 0 if kind == "cut" else transition.get("ms", 0),
        "transition.direction": transition.get("direction") or ("left", "in")[kind == "zoom"],
        "background.kind": background.get("kind") or "",
        "background.color": background.get("color") or "",
        "background.src": background.get("src") or "",
        "gray": adjust.get("grayscale", 0) >= 100 or adjust.get("saturation", 0) <= -100,
    }
    values |= {f"crop.{key}": crop.get(key, 0) for key in ("x", "y")}
    values |= {f"crop.{key}": crop.get(key, 100) for key in ("width", "height")}
    return values | {f"adjust.{key}": adjust.get(key, 0) for key in _ADJUST}


def sound(segment: Segment) -> Values:
    spec = read_music(segment.meta)
    return _played(segment) | {
        "duck": segment.meta.get("duck") or 0,
        "music.genre": spec.genre if spec else "",
        "music.mood": spec.mood if spec else "",
        "music.bpm": spec.bpm if spec else 0,
    }


def _played(segment: Segment) -> Values:
    meta = segment.meta
    volume = 1.0 if segment.volume is None else segment.volume
    return {
        "src": segment.source,
        "s": segment.start_ms,
        "d": segment.duration_ms,
        "span": f"{segment.start_ms}-{segment.end_ms}",
        "in": segment.source_in_ms,
        "speed": segment.speed,
        "volume": 0.0 if meta.get("mute") else volume,
        "reverse": bool(meta.get("reverse")),
        "loop": bool(meta.get("loop")),
        "fade_in": meta.get("fade_in") or 0,
        "fade_out": meta.get("fade_out") or 0,
    }


def text_of(segment: Segment) -> Values:
    return {
        "words": segment.text,
        "look": resolve(segment.style, segment.role),
        "role": segment.role,
        "s": segment.start_ms,
        "d": segment.duration_ms,
    }
