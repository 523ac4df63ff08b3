"""Variants of one cut, side by side: aligned captions, metrics, lint, pictures."""

from __future__ import annotations

import base64
import json
import os
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from html import escape
from pathlib import Path
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any, Final, cast

from nemo_nb.captions import lint as linting
from nemo_nb.captions.align import Cue, aligned, aligned_frame, cues_of, differences, style_of
from nemo_nb.captions.certificate import Certificate, certify
from nemo_nb.captions.contrast import Look
from nemo_nb.captions.looks import looks_of
from nemo_nb.captions.metrics import FLOAT_COLUMNS, WHOLE_COLUMNS, metrics, metrics_frame
from nemo_nb.errors import InputError, NemoError
from nemo_nb.timeline.columns import rows
from nemo_nb.timeline.html import STYLE, UNKNOWN, figure, table
from nemo_nb.timeline.summary import seconds, shortened
from nemo_nb.timeline.timeline import Timeline

if TYPE_CHECKING:
    import pandas as pd

Groups = Sequence[Sequence[Sequence[Cue]]]

_FIRST_GROUPS: Final = 20
_PICTURE_WIDTH: Final = 320
_MEASURED_UNASKED: Final = 100
_HEADS: Final = {
    "cues": "cues",
    "words": "words",
    "chars": "characters",
    "coverage": "coverage, %",
    "cps_mean": "chars/s, mean",
    "cps_max": "chars/s, max",
    "wpm": "words/min",
    "chars_per_line_max": "longest line",
    "lines_max": "most lines",
    "duration_ms_min": "shortest, s",
    "duration_ms_max": "longest, s",
    "gap_ms_min": "smallest gap, s",
    "flesch": "Flesch ease",
    "contrast_min": "lowest contrast",
    "area_mean": "text box, % of picture",
    "style": "style",
}


class Comparison:
    """Two or more variants of one cut, in the order given; the first is the reference.

    Args:
        timelines: The variants by name.

    Raises:
        InputError: There are fewer than two.
    """

    def __init__(self, timelines: Mapping[str, Timeline]) -> None:
        if len(timelines) < 2:  # noqa: PLR2004 - a comparison takes two
            raise InputError(
                "A comparison needs two variants or more.", f"There is {len(timelines)}."
            )
        self._timelines = dict(timelines)
        self._looks: dict[int, Mapping[int, Look] | None] = {}

    @property
    def variants(self) -> dict[str, Timeline]:
        """The variants by name."""
        return dict(self._timelines)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the variants."""
        return tuple(self._timelines)

    @cached_property
    def _groups(self) -> Groups:
        return aligned(
            [cues_of(one.captions, at) for at, one in enumerate(self._timelines.values())]
        )

    @property
    def captions(self) -> pd.DataFrame:
        """The cues side by side: a row an aligned group, columns ``(variant, field)``.

        ``captions["A"]`` is one variant's side, ``captions["A"]["text"]`` its words; see
        :func:`nemo_nb.captions.align.aligned_frame`.
        """
        return aligned_frame(self._groups, self.names)

    @property
    def metrics(self) -> pd.DataFrame:
        """A row a variant; columns in :func:`nemo_nb.captions.metrics.metrics`.

        ``contrast_min`` and ``area_mean`` are measured on frames, which takes a moment a cue.
        Beyond 100 cues they stay NaN until a lint of pixels (``lint("wcag")``) has measured.
        """
        if sum(len(one.captions) for one in self._timelines.values()) <= _MEASURED_UNASKED:
            for one in self._timelines.values():
                self._look(one)
        return self._metrics()

    def _metrics(self) -> pd.DataFrame:
        return metrics_frame(
            {
                name: metrics(one.captions, one.duration_ms, self._looks.get(id(one)))
                for name, one in self._timelines.items()
            }
        )

    def lint(self, profile: str | os.PathLike[str] | Mapping[str, Any] = "netflix") -> pd.DataFrame:
        """Return a row a violation of *profile*; see :func:`nemo_nb.captions.lint.lint`."""
        return linting.lint(self._timelines, profile, self._look)

    def only_captions_differ(self, *, every_ms: int = 1000) -> Certificate:
        """Return whether the variants are one cut: the rest of the picture, compared by pixel.

        Args:
            every_ms: How far apart the frames are that are compared.

        Raises:
            NotSupported: A variant has no frames to compare.
        """
        return certify(self._timelines, every_ms=every_ms)

    def _look(self, timeline: Timeline) -> Mapping[int, Look] | None:
        """Return how a variant's cues look, measured once; None where nothing draws it."""
        if id(timeline) not in self._looks:
            looks = None
            if timeline.has_frames:
                # What needs no picture is still told when the studio behind it has stopped.
                with suppress(NemoError):
                    looks = looks_of(timeline)
            self._looks[id(timeline)] = looks
        return self._looks[id(timeline)]

    def __repr__(self) -> str:
        return (
            f"Comparison of {', '.join(self.names)}\n{cast('Any', self._metrics().T).to_string()}"
        )

    def _repr_html_(self) -> str:
        title = "Comparison of " + ", ".join(self.names)
        return (
            f'{STYLE}<div class="nemo-data"><p><strong>{escape(title)}</strong></p>'
            f"{self._pictures_html()}{self._metrics_html()}{self._lint_html()}"
            f"{self._captions_html()}</div>"
        )

    def _metrics_html(self) -> str:
        records: list[dict[str, Any]] = cast("Any", self._metrics()).to_dict("records")
        # A measure a row: the variants stand side by side, as their pictures do.
        lines = [
            (head, *(_metric(column, record[column]) for record in records))
            for column, head in _HEADS.items()
        ]
        return table(("", *self.names), lines, "Metrics", named_rows=True)

    def _lint_html(self) -> str:
        found = self.lint()
        counts = Counter(rows(found, "variant", "severity"))
        told = "; ".join(
            f"{name}: {_counted(counts[name, 'error'], 'error')}, "
            f"{_counted(counts[name, 'warning'], 'warning')}"
            for name in self.names
        )
        return f'<p class="note">Lint (netflix): {escape(told)}</p>'

    def _captions_html(self) -> str:
        groups = self._groups
        if not groups:
            return '<p class="note">There are no captions.</p>'
        shown = groups[:_FIRST_GROUPS]
        lines = [
            (
                seconds(min(cue.start_ms for cues in group for cue in cues)),
                ", ".join(differences(group)) or "nothing",
                *(" / ".join(cue.text for cue in cues) or UNKNOWN for cues in group),
            )
            for group in shown
        ]
        count = (
            str(len(groups))
            if len(shown) == len(groups)
            else f"first {len(shown)} of {len(groups)}"
        )
        return table(
            ("at, s", "differs in", *self.names), lines, f"Aligned captions ({count})", (0,)
        )

    def _pictures_html(self) -> str:
        """Return one picture a variant at the first cue that differs; "" where none can be had."""
        nothing: list[list[Cue]] = [[] for _ in self._timelines]
        differing = (group for group in self._groups if differences(group))
        group = next(differing, self._groups[0] if self._groups else nothing)
        moments = _moments(group, list(self._timelines.values()))
        figures: list[str] = []
        for (name, one), at_ms, cues in zip(self._timelines.items(), moments, group, strict=True):
            if not one.has_frames or at_ms is None:
                continue
            try:
                jpeg = one.frame_jpeg(at_ms, _PICTURE_WIDTH)
            except NemoError:
                # A display must not fail because the studio behind it has stopped.
                continue
            words = shortened(" / ".join(cue.text for cue in cues))
            said = f"with the caption “{words}” ({style_of(cues)})" if cues else "without a caption"
            alt = f"{name} at {seconds(at_ms)} s, {said}"
            data = base64.b64encode(jpeg).decode("ascii")
            figures.append(
                f'<figure style="margin:0"><img src="data:image/jpeg;base64,{data}" '
                f'alt="{escape(alt)}" style="max-width:100%;width:{_PICTURE_WIDTH}px">'
                f'<figcaption class="note">{escape(f"{name}, {seconds(at_ms)} s")}</figcaption>'
                "</figure>"
            )
        if not figures:
            return ""
        return f'<div style="display:flex;flex-wrap:wrap;gap:12px">{"".join(figures)}</div>'


def compare(a: Any, b: Any = None, *more: Any, names: Sequence[str] | None = None) -> Comparison:
    """Compare two or more variants.

    Args:
        a: A `Session`, a `Timeline`, the path of a subtitle file, a captions frame, or a
            draft; or, alone, what `batch` returned, whose finished rows are the variants.
        b: Another.
        *more: And others.
        names: A name for each; else file names, and A, B, … where there are none.

    Raises:
        InputError: One of them is none of these, or the names do not fit.
    """
    if b is None and not more and _is_manifest(a):
        made = _batch_drafts(a)
        sources: tuple[Any, ...] = tuple(made.values())
        names = names or list(made)
    else:
        sources = (a, b, *more)
    timelines = [_timeline(source) for source in sources]
    chosen = _names(sources) if names is None else [str(name) for name in names]
    if len(chosen) != len(timelines) or len(set(chosen)) != len(chosen):
        raise InputError(
            f"{len(timelines)} variants need as many different names.",
            f"Given: {', '.join(map(repr, chosen))}.",
        )
    return Comparison(dict(zip(chosen, timelines, strict=True)))


def _is_manifest(source: Any) -> bool:
    return {"name", "status", "draft"} <= {str(name) for name in getattr(source, "columns", ())}


def _batch_drafts(manifest: Any) -> dict[str, dict[str, Any]]:
    """Return the drafts of the finished rows of a batch, by name, from their records."""
    done = manifest[manifest["status"] == "done"]
    return {
        name: json.loads(Path(record).read_text("utf-8"))["draft"]
        for name, record in rows(done, "name", "draft")
    }


def _timeline(source: Any) -> Timeline:
    if isinstance(source, Timeline):
        return source
    if isinstance(source, (str, os.PathLike)) or hasattr(source, "columns"):
        return Timeline.from_captions(cast("Any", source))
    if isinstance(source, Mapping):
        return Timeline.from_draft(cast("Mapping[str, Any]", source))
    read: Callable[[], Any] | None = getattr(source, "timeline", None)
    if callable(read):
        found = read()
        if isinstance(found, Timeline):
            return found
        if isinstance(found, Coroutine):
            cast("Coroutine[Any, Any, Any]", found).close()
            raise InputError(
                "An AsyncSession cannot be read here.",
                fix="Pass what it reads: compare(await session.timeline(), …).",
            )
    raise InputError(
        f"{type(source).__name__} is nothing that can be compared.",
        fix="Pass a Session, a Timeline, a subtitle file, a captions frame or a draft.",
    )


def _names(sources: Sequence[Any]) -> list[str]:
    """Return the stems of files, letters for everything else; letters alone on a clash."""
    letters = [
        ascii_uppercase[at] if at < len(ascii_uppercase) else f"V{at + 1}"
        for at in range(len(sources))
    ]
    names = [
        Path(cast("str", source)).stem if isinstance(source, (str, os.PathLike)) else letter
        for source, letter in zip(sources, letters, strict=True)
    ]
    return names if len(set(names)) == len(names) else letters


def _moments(group: Sequence[Sequence[Cue]], timelines: Sequence[Timeline]) -> list[int | None]:
    """Return when to look at each variant: at one moment if all show a cue then, else apart."""
    cues = [cue for own in group for cue in own]
    middles = [(cue.start_ms + cue.end_ms) // 2 for cue in cues]

    def shows(own: Sequence[Cue], at_ms: int) -> bool:
        return any(cue.start_ms <= at_ms < cue.end_ms for cue in own)

    shared = next((at for at in middles if all(shows(own, at) for own in group if own)), None)
    moments: list[int | None] = []
    for own, timeline in zip(group, timelines, strict=True):
        if shared is not None:
            at_ms = shared
        elif cues:
            nearest = own[0] if own else cues[0]
            at_ms = (nearest.start_ms + nearest.end_ms) // 2
        else:
            at_ms = timeline.duration_ms // 2
        moments.append(at_ms if 0 <= at_ms < timeline.duration_ms else None)
    return moments


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _metric(column: str, value: Any) -> str:
    if column in ("coverage", "area_mean"):
        return figure(value * 100)
    if column.startswith(("duration_ms", "gap_ms")):
        text = figure(value)
        return seconds(int(value)) if text.lstrip("-").isdigit() else text
    if column in WHOLE_COLUMNS:
        return figure(value)
    return figure(value, 1) if column in FLOAT_COLUMNS else str(value)
