"""A film cut into groups of pictures, each with a key that says what is drawn in it.

A group (GOP) begins with a key frame and refers to no other, so its packets can be taken from
an earlier film wherever the keys agree. A key covers everything that reaches the pixels: the
canvas, what shows and is written in the group's time, the files it comes from, and the code
that draws it. What it cannot place in time counts for every group, which costs speed and
never correctness.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import av

from nemo_nb import __version__, media, studio, timeline
from nemo_nb.errors import BrokenMedia
from nemo_nb.studio.render.plan import Plan
from nemo_nb.studio.render.stacking import between, stacked

_BY_TIME: Final = ("lanes", "words")
_SOUND_ONLY: Final = ("sounds", "loudness")
_EDGE_BYTES: Final = 1 << 16
# A shot or text may be seen a rounding earlier or later than its numbers say.
_SLACK_MS: Final = 2.0


@dataclass(frozen=True, slots=True)
class Gop:
    """A group of pictures: frames ``first`` to ``first + count``."""

    first: int
    count: int
    key: str


def gop_length(rate: Fraction, every_s: float) -> int:
    """Return how many frames a group has, at *every_s* seconds each."""
    return max(1, round(rate * Fraction(every_s)))


def cut(plan: Plan, files: Mapping[str, str], recipe: str, length: int) -> tuple[Gop, ...]:
    """Return the groups of *plan*.

    Args:
        plan: What is rendered.
        files: What tells each source from another (:func:`identity`), by its name.
        recipe: What tells the encoder's settings from others.
        length: Frames a group; the last one may have fewer.
    """
    common = _digest(recipe, engine(), _rest(plan))
    drawn: dict[int, list[str]] = {}
    step_ms = float(length * 1000 / plan.rate)
    groups = -(-plan.frames // length)
    for from_ms, to_ms, text in _drawn(plan, files):
        low = max(0, int((from_ms - _SLACK_MS) // step_ms))
        high = min(groups - 1, int((to_ms + _SLACK_MS) // step_ms))
        for group in range(low, high + 1):
            drawn.setdefault(group, []).append(text)
    result: list[Gop] = []
    for group in range(groups):
        first = group * length
        count = min(length, plan.frames - first)
        key = _digest(common, str(first), str(count), *drawn.get(group, ()))
        result.append(Gop(first, count, key))
    return tuple(result)


def sound_key(plan: Plan, files: Mapping[str, str], recipe: str) -> str:
    """Return the key of the whole sound track."""
    whole = [f"{field.name}={getattr(plan, field.name)!r}" for field in fields(plan)]
    heard = [text for text in whole if not text.startswith("words=")]
    return _digest(recipe, engine(), *heard, *_files_in("".join(heard), files))


def identities(assets: Mapping[str, Path]) -> dict[str, str]:
    """Return :func:`identity` of those of *assets* that are there; others cannot be shown."""
    found: dict[str, str] = {}
    for name, path in assets.items():
        with suppress(BrokenMedia):
            found[name] = identity(path, name)
    return found


def identity(path: Path, name: str) -> str:
    """Return what tells the file at *path* from another, or from itself when changed.

    Raises:
        BrokenMedia: It is gone, or cannot be read.
    """
    try:
        stat = path.stat()
        return _identity(path, stat.st_size, stat.st_mtime_ns)
    except FileNotFoundError as error:
        raise BrokenMedia(
            f"{name} is gone.", "Its file no longer exists.", "Upload it again."
        ) from error
    except OSError as error:
        raise BrokenMedia(
            f"{name} cannot be read.", f"{error.strerror}.", "Upload it again."
        ) from error


@lru_cache(maxsize=256)
def _identity(path: Path, size: int, mtime_ns: int) -> str:
    with path.open("rb") as file:
        head = file.read(_EDGE_BYTES)
        file.seek(max(0, size - _EDGE_BYTES))
        edges = head + file.read(_EDGE_BYTES)
    return f"{size} {mtime_ns} {hashlib.sha256(edges).hexdigest()}"


@lru_cache(maxsize=1)
def engine() -> str:
    """Return what tells this code from a version that might draw or encode otherwise."""
    marks = [__version__, av.__version__, repr(sorted(av.library_versions.items()))]
    for package in (studio, media, timeline):
        for folder in package.__path__:
            for path in sorted(Path(folder).rglob("*")):
                if path.is_file() and path.suffix != ".pyc":
                    stat = path.stat()
                    marks.append(f"{path.name} {stat.st_size} {stat.st_mtime_ns}")
    return _digest(*marks)


def _drawn(plan: Plan, files: Mapping[str, str]) -> Iterator[tuple[float, float, str]]:
    """Yield all that is drawn: from when, to when, and as text what it is."""
    for level, lane in enumerate(plan.lanes):
        for shot in lane:
            text = repr(shot)
            marks = " ".join((str(level), text, *_files_in(text, files)))
            yield shot.shown_from_ms, shot.shown_to_ms, marks
    words = stacked(plan.words, plan.canvas)
    for one in words:
        # How high it stands follows from those between it and the edge.
        near = between(one, words, plan.canvas) if one.row else ()
        text = f"{one!r} {near!r}"
        yield one.start_ms, one.end_ms, " ".join((text, *_files_in(text, files)))


def _rest(plan: Plan) -> str:
    left_out = {*_BY_TIME, *_SOUND_ONLY, "frames"}
    return repr([getattr(plan, field.name) for field in fields(plan) if field.name not in left_out])


def _files_in(text: str, files: Mapping[str, str]) -> list[str]:
    return [f"{name} {mark}" for name, mark in sorted(files.items()) if repr(name) in text]


def _digest(*parts: Any) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
