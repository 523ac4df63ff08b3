"""What ``fit_votes`` answers: strengths, pairs, agreement, a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, cast

from nemo_nb.experiments.agreement import RELIABLE, TENTATIVE, Agreement
from nemo_nb.experiments.forest import Line, Panel, forest
from nemo_nb.figures import Picture
from nemo_nb.timeline.columns import rows
from nemo_nb.timeline.html import STYLE, table

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class VoteResult:
    """Preferences from blind votes.

    Attributes:
        table: A row a variant: ``variant, wins, ties, losses, strength, low, high``. Strengths
            sum to one; with two variants a strength is the share of decided votes.
        pairs: A row a pair: ``a, b, votes, preferred_a`` (chance that a is preferred in a
            decided vote) with ``low, high``, ``tie`` (chance of a tie), ``p`` (that both are
            equally strong, Wald) and ``p_holm``.
        votes: How many.
        voters: By how many people.
        ties: How many of the votes.
        tie_parameter: Davidson's; 0 without ties.
        chi2: Likelihood ratio statistic that all are equally strong.
        p_value: Its p.
        agreement: Krippendorff's alpha over cues that more than one person voted on.
        left_share: Share of decided votes that went to the left side.
        left_p: Exact binomial p that sides do not matter.
        alpha: One minus the confidence level.
        notes: What else a careful reader should know.
        verdict: One sentence.
    """

    table: pd.DataFrame
    pairs: pd.DataFrame
    votes: int
    voters: int
    ties: int
    tie_parameter: float
    chi2: float
    p_value: float
    agreement: Agreement
    left_share: float
    left_p: float
    alpha: float
    notes: tuple[str, ...]
    verdict: str

    def plot(self) -> Picture:
        """Return the strengths as a static figure; the dashed line is "all alike"."""
        lines = tuple(
            Line(name, strength, low, high)
            for name, strength, low, high in rows(self.table, "variant", "strength", "low", "high")
        )
        title = f"Strength, {1 - self.alpha:.0%} intervals"
        return forest([Panel(title, lines, "{:.0%}".format, 1 / len(lines))], "Blind votes")

    @property
    def agreement_words(self) -> str:
        """The agreement as a sentence."""
        found = self.agreement
        if found.alpha != found.alpha:
            why = (
                "no cue was voted on by two people"
                if not found.units
                else "everyone always gave the same answer"
            )
            return f"Agreement cannot be measured: {why}."
        grade = (
            "reliable"
            if found.alpha >= RELIABLE
            else "tentative"
            if found.alpha >= TENTATIVE
            else "a matter of taste, or of chance"
        )
        span = f" ({found.low:.2f} to {found.high:.2f})" if found.units > 1 else ""
        return f"Agreement between voters: Krippendorff's alpha {found.alpha:.2f}{span}, {grade}."

    def __repr__(self) -> str:
        text = cast("str", cast("Any", self.table).to_string(index=False))
        return "\n".join([self.verdict, text, self.agreement_words, *self.notes])

    def _repr_html_(self) -> str:
        columns = ("variant", "wins", "ties", "losses", "strength", "low", "high")
        strengths = [
            tuple(f"{cell:.1%}" if isinstance(cell, float) else str(cell) for cell in row)
            for row in rows(self.table, *columns)
        ]
        heads = (*columns[:-2], "from", "to")
        notes = "".join(
            f'<p class="note">{escape(note)}</p>' for note in (self.agreement_words, *self.notes)
        )
        frame = table(heads, strengths, "Blind votes", range(1, len(heads)), named_rows=True)
        return (
            f'{STYLE}<div class="nemo-data"><p><strong>{escape(self.verdict)}</strong></p>'
            f"{self.plot().svg}{frame}{notes}</div>"
        )


def told(table: pd.DataFrame, pairs: pd.DataFrame, votes: int, voters: int, alpha: float) -> str:
    """Return the verdict: one sentence."""
    ranked = sorted(rows(table, "variant", "strength", "low", "high"), key=lambda row: -row[1])
    leader, strength, low, high = ranked[0]
    clear: list[str] = []
    for a, b, p in rows(pairs, "a", "b", "p_holm"):
        if leader in (a, b) and p < alpha:
            clear.append(b if a == leader else a)
    people = "one person" if voters == 1 else f"{voters:,} people"
    cast_by = f"{votes:,} vote{'' if votes == 1 else 's'} by {people}"
    two = len(ranked) == 2  # noqa: PLR2004 - then a strength is a share of votes
    share = "of decided votes" if two else "of all strength"
    interval = f"{1 - alpha:.0%} interval {low:.0%} to {high:.0%}"
    numbers = f"an estimated {strength:.0%} {share} ({interval}) in {cast_by}"
    others = [name for name, *_ in ranked[1:]]
    unclear = [name for name in others if name not in clear]
    if not unclear:
        return f"{leader} is preferred to {_and(others)}: {numbers}."
    if clear:
        return f"{leader} is preferred to {_and(clear)}, not clearly to {_and(unclear)}: {numbers}."
    return f"No clear preference yet: {leader} leads with {numbers}."


def _and(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
