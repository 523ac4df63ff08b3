"""A frame of votes → votes, checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import narwhals as nw

from nemo_nb.errors import InputError
from nemo_nb.experiments.counts import enough_variants
from nemo_nb.experiments.frames import frame_of

COLUMNS: Final = ("voter", "cue", "left", "right", "winner")
TIE: Final = "tie"
SIDES: Final = ("left", "right")

# The outcome of a vote that prefers neither.
TIED: Final = 2


@dataclass(frozen=True)
class Vote:
    """One vote between two variants.

    Attributes:
        voter: Who.
        cue: What was looked at.
        first: Index of the variant whose name sorts first.
        second: Index of the other.
        outcome: 0 if the first is preferred, 1 if the second, :data:`TIED`.
        left_won: Whether the left side was preferred; None for a tie.
    """

    voter: str
    cue: str
    first: int
    second: int
    outcome: int
    left_won: bool | None


def read_votes(frame: Any) -> tuple[list[str], list[Vote]]:
    """Return the variants in alphabetical order, and the votes.

    Raises:
        InputError: A column is missing, or a row is no vote.
    """
    native = frame_of(frame)
    known = list(native.collect_schema())
    lacking = [column for column in COLUMNS if column not in known]
    if lacking:
        raise InputError(
            f"The votes lack {', '.join(map(repr, lacking))}.",
            f"Their columns are {', '.join(map(repr, known))}.",
            f"A row a vote takes {', '.join(COLUMNS)}.",
        )
    chosen = native.select(*COLUMNS)
    eager = chosen.collect() if isinstance(chosen, nw.LazyFrame) else chosen
    rows = [tuple(_text(cell) for cell in row) for row in eager.rows()]
    names = sorted({name for _, _, left, right, _ in rows for name in (left, right)} - {""})
    enough_variants(names)
    if taken := {TIE, *SIDES} & set(names):
        raise InputError(
            f"A variant is called {taken.pop()!r}.", "In a vote that word means something else."
        )
    places = {name: at for at, name in enumerate(names)}
    votes: list[Vote] = []
    for at, (voter, cue, left, right, said) in enumerate(rows):
        winner = {"left": left, "right": right}.get(said, said)
        if not left or not right or left == right or winner not in {left, right, TIE}:
            raise InputError(
                f"Row {at} (counting from 0) is no vote: {left!r} against {right!r}, "
                f"winner {said!r}.",
                "It takes two different variants, and one of them, or a tie, as the winner.",
            )
        first, second = sorted((left, right))
        outcome = TIED if winner == TIE else int(winner == second)
        left_won = None if winner == TIE else winner == left
        votes.append(Vote(voter, cue, places[first], places[second], outcome, left_won))
    return names, votes


def _text(cell: Any) -> str:
    return "" if cell is None or cell != cell else str(cell)  # noqa: PLR0124 - NaN
