# pyright: reportUnknownMemberType=false
# (pandas has no complete types)
"""What ``abtest`` answers: frames, a verdict, a figure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any, Final, cast

from nemo_nb.experiments.forest import Line, Panel, forest
from nemo_nb.experiments.verdict import number, percent, signed_points
from nemo_nb.figures import Picture
from nemo_nb.timeline.html import STYLE, UNKNOWN, table

if TYPE_CHECKING:
    import pandas as pd

    from nemo_nb.experiments.continuous import Cuped
    from nemo_nb.experiments.srm import SampleRatio

_HEADS: Final = {
    "variant": "variant",
    "n": "n",
    "successes": "successes",
    "sd": "sd",
    "rate": "rate",
    "mean": "mean",
    "low": "from",
    "high": "to",
    "diff": "difference",
    "diff_low": "from",
    "diff_high": "to",
    "lift": "lift",
    "p": "p",
    "p_adjusted": "p, Holm",
    "p_best": "P(best)",
    "loss": "expected loss",
}
_LEAST_SHOWN: Final = 0.001
_LEAST_LOSS: Final = 0.0001


def _count(value: float) -> str:
    return f"{value:,}"


def _probability(value: float) -> str:
    if value < _LEAST_SHOWN:
        return f"< {_LEAST_SHOWN}"
    return f"> {1 - _LEAST_SHOWN}" if value > 1 - _LEAST_SHOWN else f"{value:.3f}"


def _relative(value: float) -> str:
    return f"{value:+.1%}"


_CELLS: Final[dict[str, Callable[[float], str]]] = {
    "n": _count,
    "successes": _count,
    "lift": _relative,
    "p": _probability,
    "p_adjusted": _probability,
    "p_best": _probability,
}


@dataclass(frozen=True)
class Power:
    """What the views at hand can show, and what it would take to tell.

    Attributes:
        mde: Minimum detectable effect: the smallest difference upwards that this many views
            notice with 80 % power, absolute; NaN where none is.
        mde_lift: The same relative to the reference.
        planned_lift: The relative difference that ``needed`` is for: the leading variant's,
            held between 10 % and 50 %. None where nothing can be planned.
        needed: Views of all variants for 80 % power.
        more: How many of them are missing.
        more_days: The same at the pace so far; None without days.
        formula: Its name and source.
    """

    mde: float
    mde_lift: float
    planned_lift: float | None
    needed: int | None
    more: int | None
    more_days: int | None
    formula: str = field(repr=False)


@dataclass(frozen=True, eq=False)
class ABResult:
    """The comparison of two or more variants; the first is the reference.

    Attributes:
        table: A row a variant. Rates: ``variant, n, successes, rate, low, high`` (Wilson),
            ``diff, diff_low, diff_high`` (Newcombe, against the reference), ``lift``,
            ``p`` (two-sided z), ``p_adjusted`` (Holm), ``p_best``, ``loss``. Means:
            ``variant, n, sd, mean, low, high`` (Student), then the same, by Welch.
        comparisons: A row a variant but the reference: ``diff`` and ``lift`` with intervals,
            ``statistic, p, p_holm, p_bh``, and ``p_exact`` (Fisher) or ``boot_low,
            boot_high`` (bootstrap, BCa).
        posterior: A row a variant: the posterior's mean, credible interval, P(best) and
            expected loss; for rates also its Beta parameters.
        sequential: A row a variant but the reference: the always-valid interval of the
            difference, valid however often one looks; with method and tuning.
        looks: With a date column, a row a day and variant: counts so far, the interval of one
            look (``low, high``) and the always-valid one. Else None.
        srm: The check of the split.
        power: What the views at hand can show.
        chi2: χ² of the omnibus test that all are equal; NaN for means.
        p_value: Its p; for means that of Welch's analysis of variance.
        cuped: What the covariate took out; None without one.
        prior: Name of the prior.
        design: "randomised" or "observational".
        alpha: One minus the confidence level of every interval.
        days: How long it ran, if known.
        notes: What else a careful reader should know, sentence by sentence.
        verdict: One sentence.
    """

    table: pd.DataFrame
    comparisons: pd.DataFrame
    posterior: pd.DataFrame
    sequential: pd.DataFrame
    looks: pd.DataFrame | None
    srm: SampleRatio
    power: Power
    chi2: float
    p_value: float
    cuped: Cuped | None
    prior: str
    design: str
    alpha: float
    days: float | None
    notes: tuple[str, ...]
    verdict: str

    @property
    def title(self) -> str:
        """What kind of comparison this is."""
        if self.design == "observational":
            return "Comparison of groups, not randomised"
        return "A/B test"

    def plot(self) -> Picture:
        """Return the intervals as a static figure with a text alternative.

        The thick bar is the interval of one look, the thin one the always-valid one. It shows
        itself in a notebook; ``.save("result.svg")`` keeps it.
        """
        rate = "rate" in self.table
        kind = "rate" if rate else "mean"
        say, say_diff = (percent, signed_points) if rate else (number, number)
        level = f"{1 - self.alpha:.0%} intervals"
        values = tuple(
            Line(str(row["variant"]), row[kind], row["low"], row["high"])
            for row in _records(self.table)
        )
        reference = values[0].label
        differences = tuple(
            Line(
                str(row["variant"]),
                row["diff"],
                row["diff_low"],
                row["diff_high"],
                (wide["low"], wide["high"]) if wide["low"] <= wide["high"] else None,
            )
            for row, wide in zip(_records(self.comparisons), _records(self.sequential), strict=True)
        )
        return forest(
            [
                Panel(f"{kind.capitalize()}, {level}", values, say),
                Panel(
                    f"Difference from {reference}, {level} (thin: always valid)",
                    differences,
                    say_diff,
                    0.0,
                ),
            ],
            self.title,
        )

    def __repr__(self) -> str:
        text = cast("str", cast("Any", self.table).to_string(index=False))
        return "\n".join([f"{self.title}: {self.verdict}", text, *self.notes])

    def _repr_html_(self) -> str:
        columns = [name for name in self.table.columns if not self._is_repeated(name)]
        lines = [
            tuple(self._cell(column, row[column]) for column in columns)
            for row in _records(self.table)
        ]
        heads = [_HEADS[column] for column in columns]
        notes = "".join(f'<p class="note">{escape(note)}</p>' for note in self.notes)
        frame = table(
            heads, lines, f"{self.title}: a row a variant", range(1, len(heads)), named_rows=True
        )
        return (
            f'{STYLE}<div class="nemo-data"><p><strong>{escape(self.verdict)}</strong></p>'
            f"{self.plot().svg}{frame}{notes}</div>"
        )

    def _is_repeated(self, column: str) -> bool:
        """With one comparison there is nothing to adjust its p for."""
        return column == "p_adjusted" and len(self.comparisons) == 1

    def _cell(self, column: str, value: Any) -> str:
        if isinstance(value, str):
            return value
        if value != value:  # noqa: PLR0124 - NaN
            return UNKNOWN
        say = _CELLS.get(column)
        if column == "loss" and "rate" in self.table and value < _LEAST_LOSS:
            return f"< {_LEAST_LOSS:.2%}"
        if say is None:
            say = number
            if "rate" in self.table:
                say = signed_points if column.startswith("diff") else percent
        return say(value)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return cast("Any", frame).to_dict("records")
