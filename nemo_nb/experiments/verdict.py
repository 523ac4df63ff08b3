"""The numbers as one sentence, honest at small n.

The rule, in this order: a broken split overrides everything; a difference is claimed where
its Holm-adjusted p is below alpha (and, where counts are too small for z, Fisher's exact p
is too); otherwise the sentence says that it cannot tell, and what it would take.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from nemo_nb.experiments.srm import SampleRatio

# A planned lift is the observed one, held within these: below, no affordable number of views
# helps; above, an observed lift is mostly luck (Gelman and Carlin 2014, Perspectives on
# Psychological Science 9, 641-651).
LEAST_LIFT: Final = 0.1
MOST_LIFT: Final = 0.5

# So few clicks that the sentence says how many.
_HANDFUL: Final = 20


@dataclass(frozen=True)
class Versus:
    """One variant against the reference, as the sentence needs it."""

    name: str
    estimate: float
    diff: float
    low: float
    high: float
    p: float
    significant: bool
    always: tuple[float, float]


@dataclass(frozen=True)
class Plan:
    """What it would take to tell.

    Attributes:
        lift: The relative difference that is planned for.
        more: Views still missing for 80 % power, all variants together; 0 if there were
            enough.
        days: The same at the pace so far; None if that is not known.
    """

    lift: float
    more: int
    days: int | None


@dataclass(frozen=True)
class Facts:
    """All that a verdict depends on.

    Attributes:
        reference: Name of the first variant.
        estimate: Its rate or mean.
        others: The rest against it.
        ratio: The check of the split.
        names: All variants, in order.
        plan: For the leading variant; None where nothing can be planned.
        randomised: Whether visitors were assigned at random.
        rate: Whether the estimates are rates (else means).
        alpha: One minus the confidence level.
        successes: Of all variants; None for means.
    """

    reference: str
    estimate: float
    others: tuple[Versus, ...]
    ratio: SampleRatio
    names: tuple[str, ...]
    plan: Plan | None
    randomised: bool
    rate: bool
    alpha: float
    successes: int | None = None


def verdict(facts: Facts) -> str:
    """Return the verdict: one sentence."""
    if facts.ratio.alarm:
        return _broken_split(facts)
    ahead = [one for one in facts.others if one.significant and one.diff > 0]
    behind = [one for one in facts.others if one.significant and one.diff < 0]
    if ahead:
        best = max(ahead, key=lambda one: one.estimate)
        also = [one.name for one in ahead if one is not best]
        return _clear(facts, best, also)
    if behind and len(behind) == len(facts.others):
        return _clear(facts, min(behind, key=lambda one: abs(one.diff)), [])
    return _unclear(facts, behind)


def _clear(facts: Facts, one: Versus, also: Sequence[str]) -> str:
    say = percent if facts.rate else number
    winner, loser = (one.name, facts.reference) if one.diff > 0 else (facts.reference, one.name)
    values = (one.estimate, facts.estimate) if one.diff > 0 else (facts.estimate, one.estimate)
    low, high = (one.low, one.high) if one.diff > 0 else (-one.high, -one.low)
    others = [v.name for v in facts.others if v is not one] if one.diff < 0 else []
    losers = _and([loser, *others])
    did = "beats" if facts.randomised else "had the higher value than"
    also_words = f" (so {'does' if len(also) == 1 else 'do'} {_and(also)})" if also else ""
    numbers = (
        f"{winner} {did} {losers}{also_words}: {say(values[0])} against {say(values[1])}"
        f"{f' of {loser}' if others else ''}, a difference of "
        f"{_span(low, high, facts, signed=low < 0)} ({1 - facts.alpha:.0%} interval, p {_p(one.p)})"
    )
    if not facts.randomised:
        return (
            f"{numbers}, but the groups were not assigned at random: who saw which may be "
            "all there is to it."
        )
    if one.always[0] > 0 or one.always[1] < 0:
        return f"{numbers}, and it holds however often you looked."
    return (
        f"{numbers}, if this was the one planned look; after several looks wait, since the "
        "always-valid interval still includes no difference."
    )


def _unclear(facts: Facts, behind: Sequence[Versus]) -> str:
    say = percent if facts.rate else number
    open_ones = [one for one in facts.others if one not in behind]
    lead = max(open_ones, key=lambda one: one.estimate)
    plan = facts.plan
    dropped = f" ({_and([one.name for one in behind])} did worse)" if behind else ""
    numbers = (
        f"{facts.reference} has {say(facts.estimate)}, {lead.name} {say(lead.estimate)}{dropped}"
    )
    span = _span(lead.low, lead.high, facts, signed=True)
    left = f"anything from {span} is possible"
    if plan is None:
        return f"Cannot tell yet: {numbers}, and {left}."
    if not plan.more:
        return (
            f"No difference shown: {numbers}; there were views enough to notice a change of "
            f"{plan.lift:.0%} (power 80%), and {span} remain possible."
        )
    few = ""
    if facts.successes is not None and facts.successes < _HANDFUL:
        clicks = "one click" if facts.successes == 1 else f"{facts.successes or 'no'} clicks"
        few = f"with {clicks} so far, "
    pace = "" if plan.days is None else f", {plan.days:,} day{'' if plan.days == 1 else 's'},"
    return (
        f"Cannot tell yet: {few}{numbers}, and {left}; about {_rounded(plan.more):,} more "
        f"views{pace} would show a change of {plan.lift:.0%} (power 80%)."
    )


def _broken_split(facts: Facts) -> str:
    views = ", ".join(
        f"{name} {seen:,} (expected {round(wanted):,})"
        for name, seen, wanted in zip(
            facts.names, facts.ratio.observed, facts.ratio.expected, strict=True
        )
    )
    return (
        f"Do not read this result: the views are not split as intended, {views}, "
        f"p {_p(facts.ratio.p)}; find what loses or doubles views of one variant first."
    )


def _span(low: float, high: float, facts: Facts, *, signed: bool = False) -> str:
    """Return "0.35 to 2.27 points", signed where it may cross zero."""
    scale, unit = (100, " points") if facts.rate else (1, "")
    digits = _digits(max(abs(low), abs(high)) * scale)
    sign = "+" if signed else ""
    texts = [f"{bound * scale:{sign}.{digits}f}" for bound in (low, high)]
    return f"{texts[0]} to {texts[1]}{unit}"


def percent(rate: float) -> str:
    """Return a rate with three significant digits: 6.00%, 0.215%."""
    return f"{rate:.{_digits(rate * 100)}%}"


def number(value: float) -> str:
    """Return a mean with three significant digits."""
    return f"{value:,.{_digits(value)}f}"


def signed_points(difference: float) -> str:
    """Return a difference of rates in percentage points: +1.31 pp."""
    sign = "+" if difference else ""
    return f"{difference * 100:{sign}.{_digits(difference * 100)}f} pp"


def _digits(value: float) -> int:
    """Return the decimals that leave three significant digits."""
    if not value or not math.isfinite(value):
        return 0
    return min(max(2 - math.floor(math.log10(abs(value))), 0), 8)


def _p(p: float) -> str:
    return "< 0.0001" if p < 0.0001 else f"= {p:.2g}"  # noqa: PLR2004 - further digits say nothing


def _rounded(count: int) -> int:
    """Return two significant digits: a plan is no more exact than that."""
    digits = max(len(str(count)) - 2, 0)
    return math.ceil(count / 10**digits) * 10**digits


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
