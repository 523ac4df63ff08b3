"""Variants of one cut, side by side: aligned captions, metrics, lint, pictures."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, cast

from nemo_nb.captions import lint as linting
from nemo_nb.captions.align import Groups, aligned, aligned_frame, cues_of
from nemo_nb.captions.certificate import Certificate, certify
from nemo_nb.captions.contrast import Look
from nemo_nb.captions.looks import looks_of
from nemo_nb.captions.metrics import metrics, metrics_frame
from nemo_nb.captions.pacing import pacing
from nemo_nb.captions.profiles import load_profile
from nemo_nb.comparison_html import comparison_html, comparison_text
from nemo_nb.errors import InputError, NemoError, NotSupported
from nemo_nb.figures import Picture
from nemo_nb.records import records_frame
from nemo_nb.timeline.layouts import side_by_side, stacked
from nemo_nb.timeline.timeline import Timeline

if TYPE_CHECKING:
    import pandas as pd

    from nemo_nb.experiments.result import ABResult
    from nemo_nb.experiments.vote_result import VoteResult
    from nemo_nb.notebook.widgets.compare import Player

_LAYOUTS: Final = {"side-by-side": side_by_side, "stacked": stacked}
_MEASURED_UNASKED: Final = 100
VOTE_COLUMNS: Final = ("voter", "cue", "left", "right", "winner")
TIE: Final = "tie"


class Comparison:
    """Two or more variants of one cut, in the order given; the first is the reference.

    Args:
        timelines: The variants by name.

    Attributes:
        exporter: The `Session.export` of the studio they came from, if they did.
        filmers: What renders a variant for the player, by name (`nemo_nb.films`).

    Raises:
        InputError: There are fewer than two.
    """

    def __init__(self, timelines: Mapping[str, Timeline]) -> None:
        if len(timelines) < 2:  # noqa: PLR2004 - a comparison takes two
            raise InputError(
                "A comparison needs two variants or more.", f"There is {len(timelines)}."
            )
        self._timelines = dict(timelines)
        self.exporter: Callable[..., Any] | None = None
        self.filmers: dict[str, Any] = {}
        self._votes: list[tuple[str, str, str, str, str]] = []
        self._vote_listeners: list[Callable[[], None]] = []
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
    def groups(self) -> Groups:
        """The aligned cues: for each group, for each variant, its cues there."""
        return aligned(
            [cues_of(one.captions, at) for at, one in enumerate(self._timelines.values())]
        )

    @property
    def captions(self) -> pd.DataFrame:
        """The cues side by side: a row an aligned group, columns ``(variant, field)``.

        ``captions["A"]`` is one variant's side, ``captions["A"]["text"]`` its words; see
        :func:`nemo_nb.captions.align.aligned_frame`.
        """
        return aligned_frame(self.groups, self.names)

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

    def results(
        self,
        data: Any = None,
        *,
        views: Any = None,
        clicks: Any = None,
        metric: Any = None,
        **options: Any,
    ) -> ABResult:
        """Return what viewers did with the variants; see :func:`nemo_nb.abtest`.

        Args:
            data: A frame of counts or a log, if the next three name columns of it.
            views: How often each variant was seen: numbers in the order of :attr:`names`, or
                by name.
            clicks: How often each succeeded, likewise.
            metric: Instead of clicks: numbers of each variant, likewise.
            **options: As `abtest` takes them: ``design``, ``split``, ``days``, …

        Raises:
            InputError: The numbers do not fit the variants, or cannot be counts.
        """
        from nemo_nb.experiments.abtest import abtest  # noqa: PLC0415 - loads scipy

        if data is not None:
            options.setdefault("reference", self.names[0])
            return abtest(data, views=views, clicks=clicks, metric=metric, **options)
        given = {"views": views, "clicks": clicks, "metric": metric}
        named = {key: self._by_name(key, value) for key, value in given.items()}
        return abtest(**named, **options)

    def _by_name(self, what: str, values: Any) -> Any:
        if values is None or isinstance(values, Mapping):
            return cast("Any", values)
        listed = list(values)
        if len(listed) != len(self.names):
            raise InputError(
                f"{what} has {len(listed)} entries for {len(self.names)} variants.",
                f"They are {', '.join(self.names)}, in this order.",
            )
        return dict(zip(self.names, listed, strict=True))

    @property
    def votes(self) -> pd.DataFrame:
        """Blind votes so far, a row each: ``voter, cue, left, right, winner``."""
        return records_frame([list(vote) for vote in self._votes], VOTE_COLUMNS)

    def vote(self, cue: object, left: str, right: str, winner: str, *, voter: str = "me") -> None:
        """Note one vote.

        Args:
            cue: What was looked at.
            left: The variant shown on the left.
            right: The variant shown on the right.
            winner: One of the two, or ``"tie"``.
            voter: Who.

        Raises:
            InputError: A name is none of a variant.
        """
        known = left in self.names and right in self.names and left != right
        if not known or winner not in (left, right, TIE):
            raise InputError(
                f"{left!r} against {right!r}, winner {winner!r}, is no vote.",
                f"The variants are {', '.join(self.names)}; a tie is {TIE!r}.",
            )
        self._votes.append((voter, str(cue), left, right, winner))
        for listener in tuple(self._vote_listeners):
            listener()

    def on_vote(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Have *listener* called after each vote; return what ends that."""
        self._vote_listeners.append(listener)

        def forget() -> None:
            if listener in self._vote_listeners:
                self._vote_listeners.remove(listener)

        return forget

    def preferences(self, votes: Any = None) -> VoteResult:
        """Return how strongly each variant is preferred.

        Args:
            votes: A frame of votes, such as several people's put together; None: :attr:`votes`.

        Raises:
            InputError: There are no votes, or a row is none.
        """
        from nemo_nb.experiments.votes import fit_votes  # noqa: PLC0415 - loads scipy

        return fit_votes(self.votes if votes is None else votes)

    def player(
        self,
        *,
        voter: str = "me",
        blind: bool = False,
        films: Mapping[str, Any] | None = None,
        session: Any = None,
    ) -> Player:
        """Return the player: the variants in step, A/B switch, wipe, difference, blind votes.

        Show it as the last line of a cell. Where the variants came from a studio, it renders
        them; where nothing can be rendered, it plays the captions alone.

        Args:
            voter: Whose votes it takes, for :attr:`votes`.
            blind: Open with a blind vote.
            films: Exported videos to play, by variant: paths, or what `Session.export` returns.
            session: Renders variants that came from nowhere else, such as edited timelines.

        Raises:
            InputError: A film is of no variant, or cannot be played.
        """
        from nemo_nb.notebook.widgets.compare import Player  # noqa: PLC0415 - loads anywidget

        return Player(self, voter=voter, blind=blind, films=films, session=session)

    def plot(self, profile: str | os.PathLike[str] | Mapping[str, Any] = "netflix") -> Picture:
        """Return how fast the captions of each variant read over time, as a static figure.

        Args:
            profile: Whose limit of characters a second is marked.
        """
        rule = load_profile(profile).rules.get("reading_speed")
        limit = rule.limit if rule is not None and rule.unit == "cps" else None
        return pacing({name: one.captions for name, one in self._timelines.items()}, limit)

    def layout(self, layout: str = "side-by-side", *, labels: bool = True) -> Timeline:
        """Return the variants in one picture, as a timeline of its own.

        Args:
            layout: ``side-by-side`` or ``stacked``.
            labels: Write each variant's name over it.

        Raises:
            InputError: There is no such layout.
        """
        if layout not in _LAYOUTS:
            raise InputError(f"There is no layout {layout!r}.", fix=f"Use {' or '.join(_LAYOUTS)}.")
        first, *_ = self._timelines.values()
        drafts = [one.draft for one in self._timelines.values()]
        return first.with_draft(_LAYOUTS[layout](drafts, labels=self.names if labels else None))

    def export(
        self,
        path: str | os.PathLike[str] | None = None,
        layout: str = "side-by-side",
        *,
        labels: bool = True,
        **wish: Any,
    ) -> Any:
        """Render the variants in one picture; returns what `Session.export` does.

        Args:
            path: As `Session.export` takes it.
            layout: ``side-by-side`` or ``stacked``.
            labels: Write each variant's name over it.
            **wish: As `Session.export` takes them: ``format``, ``quality``, ``wait``, …

        Raises:
            InputError: There is no such layout.
            NotSupported: The variants did not come from `Session.ab` on a studio.
        """
        timeline = self.layout(layout, labels=labels)
        if self.exporter is None:
            raise NotSupported(
                "This comparison has no session to render with.",
                "It was made by compare(), by an AsyncSession or on a backend that cannot.",
                "On a studio: session.export(path, timeline=comparison.layout()).",
            )
        return self.exporter(path, timeline=timeline, **wish)

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
        return comparison_text(self.names, self._metrics())

    def _repr_html_(self) -> str:
        return comparison_html(self._timelines, self.groups, self._metrics(), self.lint())
