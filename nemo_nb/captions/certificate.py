"""Whether variants differ in their captions alone: frames compared outside the caption boxes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import pandas as pd

from nemo_nb.captions.pixels import measured, pixels
from nemo_nb.timeline.columns import ints, rows
from nemo_nb.timeline.draft import (
    META_KEYS,
    NAME_KEYS,
    SEGMENT_KEYS,
    TRACK_KEYS,
    first,
    key_of,
    read_tracks,
)
from nemo_nb.timeline.html import STYLE
from nemo_nb.timeline.summary import seconds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nemo_nb.timeline.timeline import Timeline

    Picture = NDArray[np.uint8]

COLUMNS: Final = ("variant", "at_ms", "left", "top", "right", "bottom", "share", "level_max")

_MOST_FRAMES: Final = 120
_CAPTION: Final = ("start_ms", "end_ms", "role", "text", "style")


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a variant's picture differs from the reference's at one moment.

    Attributes:
        variant: Its name.
        at_ms: The moment.
        left, top, right, bottom: The box around what differs, 0-1 of the picture.
        share: How much of the picture differs, 0-1.
        level_max: By how much at most, 0-255.
    """

    variant: str
    at_ms: int
    left: float
    top: float
    right: float
    bottom: float
    share: float
    level_max: int


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a comparison of pictures and tracks has found; true where only captions differ.

    Attributes:
        names: The variants; the first is what the others are compared with.
        frames: How many moments were looked at, each in every variant.
        digest: SHA-256 over the reference's frames with the caption boxes of all variants
            blanked: whoever measures the same variants again gets the same.
        differences: Where pictures differ outside the captions.
        other: What else differs, in sentences: segments, files, canvas, length.
        same_captions: Whether the captions are the same, too.
    """

    names: tuple[str, ...]
    frames: int
    digest: str
    differences: tuple[Difference, ...]
    other: tuple[str, ...]
    same_captions: bool = False

    def __bool__(self) -> bool:
        return not self.differences and not self.other

    @property
    def frame(self) -> pd.DataFrame:
        """The differences, a row each; columns in :class:`Difference`."""
        values = [[getattr(one, name) for one in self.differences] for name in COLUMNS]
        columns: dict[str, Any] = dict(zip(COLUMNS, values, strict=True))
        columns["variant"] = pd.array(columns["variant"], dtype="str")
        for name in ("at_ms", "level_max"):
            columns[name] = ints(columns[name])
        for name in ("left", "top", "right", "bottom", "share"):
            columns[name] = np.array(columns[name], dtype=float)
        return pd.DataFrame(columns)

    @property
    def text(self) -> str:
        """The finding in words."""
        looked = f"{self.frames} frames of each were compared outside the caption boxes"
        if self:
            names = f"{', '.join(self.names[:-1])} and {self.names[-1]}"
            what = (
                f"{names} do not differ, nor do their captions"
                if self.same_captions
                else f"Only the captions of {names} differ"
            )
            return (
                f"{what}: {looked} and are identical, and their pictures and sound come from "
                "the same segments of the same files."
            )
        found = [f"{looked}."] if not self.differences else []
        if self.differences:
            worst = max(self.differences, key=lambda one: (one.share, one.level_max))
            where = (
                f"{100 * worst.left:.0f}-{100 * worst.right:.0f} % from the left, "
                f"{100 * worst.top:.0f}-{100 * worst.bottom:.0f} % from the top"
            )
            found.append(
                f"{looked}; {len(self.differences)} differ, most {worst.variant} at "
                f"{seconds(worst.at_ms)} s: {100 * worst.share:.2g} % of the picture ({where}), "
                f"by up to {worst.level_max} of 255."
            )
        return " ".join(["More than the captions differs:", *self.other, *found])

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<Certificate: {self.text}>"

    def _repr_html_(self) -> str:
        mark = "✓" if self else "✗"
        found = f"<p><strong>{mark}</strong> {escape(self.text)}</p>"
        return f'{STYLE}<div class="nemo-data">{found}</div>'


def certify(timelines: Mapping[str, Timeline], *, every_ms: int = 1000) -> Certificate:
    """Compare the variants with the first one: tracks by content, pictures by pixel.

    Args:
        timelines: By name; all must have frames.
        every_ms: How far apart the frames are; cues and shots that begin or end add theirs,
            up to 120 in all.

    Raises:
        NotSupported: One of them has no frames.
        NemoError: The studio could not draw them.
    """
    names, all_timelines = tuple(timelines), list(timelines.values())
    reference, *others = all_timelines
    for one in all_timelines:
        one.require_frames()
    moments = _moments(all_timelines, every_ms)
    pairs = [(one, one.with_draft(without_texts(one.draft))) for one in all_timelines]
    with ThreadPoolExecutor(2) as pool:
        looked = pool.map(partial(_stage, pairs), moments)
        stages = list(measured(looked, len(moments), "Comparing frames", "frame"))
    digest = hashlib.sha256()
    differences: list[Difference] = []
    for at_ms, pictures in zip(moments, stages, strict=True):
        base = pictures[0][0]
        # Pictures of another size cover nothing here; that they differ is told for itself.
        boxes = [box for _, box in pictures if box.shape == base.shape[:2]]
        covered = np.logical_or.reduce(boxes)
        digest.update(np.where(covered[..., None], 0, base).astype(np.uint8).tobytes())
        for name, (picture, _) in zip(names[1:], pictures[1:], strict=True):
            differences += _difference(name, at_ms, base, picture, covered)
    other = [
        sentence
        for name, one in zip(names[1:], others, strict=True)
        for sentence in _other(names[0], reference, name, one)
    ]
    said = [list(rows(one.captions, *_CAPTION)) for one in all_timelines]
    return Certificate(
        names,
        len(moments),
        digest.hexdigest(),
        tuple(differences),
        tuple(other),
        same_captions=all(one == said[0] for one in said),
    )


def _stage(
    pairs: Sequence[tuple[Timeline, Timeline]], at_ms: int
) -> list[tuple[Picture, NDArray[np.bool_]]]:
    """Return each variant's picture at *at_ms*, and which pixels its captions' boxes cover.

    Args:
        pairs: Each variant, and the same without texts.
        at_ms: The moment.
    """
    found: list[tuple[Picture, NDArray[np.bool_]]] = []
    for timeline, textless in pairs:
        shown, bare = pixels(timeline, at_ms), pixels(textless, at_ms)
        found.append((shown, _boxes((shown != bare).any(axis=2))))
    return found


def _boxes(marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return *marked* with the box around each group of rows filled: soft shadows, too."""
    filled = np.zeros_like(marked)
    seen = marked.any(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], seen, [False])).astype(np.int8)))
    for top, bottom in zip(edges[::2], edges[1::2], strict=True):
        columns = np.flatnonzero(marked[top:bottom].any(axis=0))
        filled[top:bottom, columns[0] : columns[-1] + 1] = True
    return filled


def _difference(
    name: str, at_ms: int, base: Picture, picture: Picture, covered: NDArray[np.bool_]
) -> Iterator[Difference]:
    if base.shape != picture.shape:
        return
    level = np.abs(base.astype(np.int16) - picture).max(axis=2)
    level[covered] = 0
    rows_, columns = np.nonzero(level)
    if not rows_.size:
        return
    height, width = level.shape
    yield Difference(
        name,
        at_ms,
        float(columns.min() / width),
        float(rows_.min() / height),
        float((columns.max() + 1) / width),
        float((rows_.max() + 1) / height),
        float(rows_.size / level.size),
        int(level.max()),
    )


def _other(base_name: str, base: Timeline, name: str, one: Timeline) -> Iterator[str]:
    """Yield what differs apart from pictures and captions."""
    if (base.canvas.width, base.canvas.height) != (one.canvas.width, one.canvas.height):
        yield (
            f"{name} is {one.canvas.width}x{one.canvas.height}, "
            f"{base_name} {base.canvas.width}x{base.canvas.height}."
        )
    if base.canvas.fps != one.canvas.fps:
        yield f"{name} has {one.canvas.fps:g} frames a second, {base_name} {base.canvas.fps:g}."
    if _length(base) != _length(one):
        yield f"{name} runs {seconds(_length(one))} s, {base_name} {seconds(_length(base))} s."
    for kind, word in (("video", "pictures"), ("audio", "sound"), ("other", "other tracks")):
        if _tracks(base, kind) != _tracks(one, kind):
            yield f"The {word} of {name} and {base_name} come from different segments."
    if _mix(base) != _mix(one):
        yield f"The sound of {name} and {base_name} is mixed to different levels."
    files, others = _files(base), _files(one)
    if swapped := sorted(file for file in files.keys() & others if files[file] != others[file]):
        yield f"{', '.join(swapped)} is another file in {name} than in {base_name}."


def _mix(timeline: Timeline) -> Any:
    meta = first(timeline.draft, META_KEYS)
    return cast("Mapping[str, Any]", meta).get("loudness") if isinstance(meta, Mapping) else None


def _files(timeline: Timeline) -> dict[str, str]:
    """Return the hash of each file of the pool that has one."""
    return {name: mark for name, mark in rows(timeline.media, "name", "hash") if mark}


def _length(timeline: Timeline) -> int:
    return max(
        (track.end_ms for track in read_tracks(timeline.draft) if track.kind != "text"), default=0
    )


def _tracks(timeline: Timeline, kind: str) -> list[Any]:
    """Return what the tracks of one kind hold, without ids, which copies have of their own.

    A title is for people; the rest of ``m`` says how a thing is shown or heard.
    """

    def told(meta: Mapping[str, Any]) -> str:
        kept = {key: value for key, value in meta.items() if key not in NAME_KEYS}
        return json.dumps(kept, sort_keys=True, default=str)

    return [
        (
            told(track.meta),
            [(one.start_ms, one.duration_ms, told(one.meta)) for one in track.segments],
        )
        for track in read_tracks(timeline.draft)
        if track.kind == kind
    ]


def without_texts(draft: Mapping[str, Any]) -> dict[str, Any]:
    """Return *draft* with its text tracks emptied; its length stays that of its pictures."""
    tracks = read_tracks(draft)
    kept: list[Mapping[str, Any]] = [
        {name: [] if name in SEGMENT_KEYS else value for name, value in track.raw.items()}
        if track.kind == "text"
        else track.raw
        for track in tracks
    ]
    return {**draft, key_of(draft, TRACK_KEYS): kept}


def _moments(timelines: Sequence[Timeline], every_ms: int) -> list[int]:
    """Return when to look: every so often, and where a cue or a shot begins or ends."""
    last = min(_length(one) or one.duration_ms for one in timelines) - 1
    if last < 0:
        return []
    found = set(range(0, last + 1, max(1, every_ms))) | {last}
    for timeline in timelines:
        for start, end in rows(timeline.segments, "start_ms", "end_ms"):
            found |= {at for at in (start, end - 1) if isinstance(at, int) and 0 <= at <= last}
    ordered = sorted(found)
    step = -(-len(ordered) // _MOST_FRAMES)
    return ordered[::step]
