"""Wishes for the same as before: on something else, or more of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from nemo_nb.studio.agent.clauses import Clause
from nemo_nb.studio.agent.intents import Again, Intent
from nemo_nb.studio.agent.looks import look_of
from nemo_nb.studio.agent.reading import picked
from nemo_nb.studio.agent.reading_picture import which_of

_SAME: Final = frozenset({"noun", "filler", "polite", "prep", "sep"})


def again_of(clause: Clause) -> Intent | None:  # noqa: PLR0911 - one rule a line
    """Read "the same for photo 3", "a bit more", "and the one before too"."""
    span = clause.span
    if clause.has("again", "before") and set(clause.verbs) <= {"make", "change"}:
        return Again(span=span, kind="before", look=look_of(clause))
    which, pick = which_of(clause), picked(clause)
    edges = [str(token.value) for token in clause.all("edge")]
    if edges and not which.places and "photo" in clause.nouns:
        which = replace(which, places=(-1 if edges[0] == "last" else 0,))
    if clause.has("again", "same") and (which.places or which.file or which.every or pick):
        return Again(span=span, kind="same", which=which, pick=pick)
    kinds = {token.kind for token in clause.tokens}
    too = clause.has("polite", "too") or clause.has("again", "same")
    if too and clause.own_role and not pick and kinds <= _SAME | {"again"}:
        return Again(span=span, kind="same", role=clause.own_role)  # "and the title too"
    if too and which.every and kinds <= _SAME | {"scope", "again"} and not clause.own_role:
        return Again(span=span, kind="same", which=which)  # "all of them too"
    if kinds == {"polite"} and clause.has("polite", "again") and len(clause.tokens) == 1:
        return Again(span=span, kind="more")
    listed = {token.kind for token in clause.all("scope")} and which.every and which.it
    if listed and kinds <= _SAME | {"scope"}:
        return Again(span=span, kind="same", which=which)  # "all of them"
    going = len(which.places) > 1 and any(
        clause.has("prep", way) for way in ("to", "before", "after")
    )
    counted = (
        which.places and not going and kinds <= {"place", "noun", "filler", "polite", "prep", "sep"}
    )
    if counted and clause.nouns <= {"photo", "photos", "video", "it"}:
        return Again(span=span, kind="same", which=which)  # "photo 3 too"
    if clause.all("sign") and kinds <= {"sign", "degree", "filler", "polite", "playing"}:
        degree = float(clause.all("degree")[0].value) if clause.all("degree") else 1.0
        less = clause.has("sign", "-")
        return Again(span=span, kind="more", degree=-degree if less else degree)
    return None
