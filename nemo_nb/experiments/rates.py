"""Counts → an ABResult: every method for rates, put together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd

from nemo_nb.experiments import bayes, frequentist, sequential
from nemo_nb.experiments.common import (
    Settings,
    against_reference,
    common_notes,
    leading,
    plan_of,
    planned_power,
    sequential_frame,
)
from nemo_nb.experiments.counts import Rates
from nemo_nb.experiments.result import ABResult, Power
from nemo_nb.experiments.srm import SampleRatio, sample_ratio
from nemo_nb.experiments.verdict import Facts, Versus, verdict
from nemo_nb.timeline.columns import listed, rows

METHOD: Final = "betting confidence sequence, exact (Waudby-Smith and Ramdas 2024)"


def analyse(rates: Rates, settings: Settings) -> ABResult:
    """Return the result for counts."""
    count, alpha = len(rates.names), settings.alpha
    others = range(1, count)
    reference = rates.arm(0)
    ratio = sample_ratio(rates.n, settings.shares)
    comparisons = _comparisons(rates, settings)
    always = [
        sequential.rate_difference_sequence(
            reference, rates.arm(at), settings.alpha_each(count), settings.pair_share(at, rates.n)
        )
        for at in others
    ]
    prior, a, b = bayes.prior_of(settings.prior)
    posterior = _posterior(rates, a, b, settings)
    chi2, p_value = frequentist.chi_square(rates.successes, rates.n)
    versus = _versus(rates, comparisons, always, settings)
    able = _power(rates, versus, settings)
    return ABResult(
        table=_table(rates, comparisons, posterior, alpha),
        comparisons=comparisons,
        posterior=posterior,
        sequential=sequential_frame(
            rates.names, [one.diff for one in versus], always, METHOD, sequential.RATE_TUNING
        ),
        looks=_looks(rates, settings) if rates.daily else None,
        srm=ratio,
        power=able,
        chi2=chi2,
        p_value=p_value,
        cuped=None,
        prior=prior,
        design=settings.design,
        alpha=alpha,
        days=rates.days,
        notes=_notes(rates, comparisons, ratio, settings),
        verdict=verdict(
            Facts(
                reference=rates.names[0],
                estimate=reference[0] / reference[1],
                others=tuple(versus),
                ratio=ratio,
                names=rates.names,
                plan=plan_of(able),
                randomised=settings.randomised,
                rate=True,
                alpha=alpha,
                successes=sum(rates.successes),
            )
        ),
    )


def _comparisons(rates: Rates, settings: Settings) -> pd.DataFrame:
    reference, alpha = rates.arm(0), settings.alpha
    arms = [rates.arm(at) for at in range(1, len(rates.names))]
    intervals = [frequentist.newcombe(reference, arm, alpha) for arm in arms]
    lifts = [frequentist.lift_interval(reference, arm, alpha) for arm in arms]
    tests = [frequentist.z_test(reference, arm) for arm in arms]
    raw = [p for _, p in tests]
    base = reference[0] / reference[1]
    return pd.DataFrame(
        {
            "variant": list(rates.names[1:]),
            "diff": [successes / n - base for successes, n in arms],
            "diff_low": [low for low, _ in intervals],
            "diff_high": [high for _, high in intervals],
            "lift": [frequentist.lift(reference, arm) for arm in arms],
            "lift_low": [low for low, _ in lifts],
            "lift_high": [high for _, high in lifts],
            "statistic": [z for z, _ in tests],
            "p": raw,
            "p_holm": frequentist.holm(raw),
            "p_bh": frequentist.benjamini_hochberg(raw),
            "p_exact": [frequentist.fisher(reference, arm) for arm in arms],
        }
    )


def _posterior(rates: Rates, a: float, b: float, settings: Settings) -> pd.DataFrame:
    arms = bayes.posteriors(rates.successes, rates.n, a, b)
    best, loss = bayes.best_and_loss(arms, settings.seed)
    bounds = [bayes.credible(arm, settings.alpha) for arm in arms]
    return pd.DataFrame(
        {
            "variant": list(rates.names),
            "a": [arm[0] for arm in arms],
            "b": [arm[1] for arm in arms],
            "mean": [arm[0] / sum(arm) for arm in arms],
            "low": [low for low, _ in bounds],
            "high": [high for _, high in bounds],
            "p_best": best,
            "loss": loss,
        }
    )


def _table(
    rates: Rates, comparisons: pd.DataFrame, posterior: pd.DataFrame, alpha: float
) -> pd.DataFrame:
    bounds = [frequentist.wilson(*rates.arm(at), alpha) for at in range(len(rates.names))]
    return pd.DataFrame(
        {
            "variant": list(rates.names),
            "n": list(rates.n),
            "successes": list(rates.successes),
            "rate": [s / n for s, n in zip(rates.successes, rates.n, strict=True)],
            "low": [low for low, _ in bounds],
            "high": [high for _, high in bounds],
            **against_reference(comparisons, posterior),
        }
    )


def _versus(
    rates: Rates,
    comparisons: pd.DataFrame,
    always: Sequence[tuple[float, float]],
    settings: Settings,
) -> list[Versus]:
    exact = frequentist.holm(listed(comparisons, "p_exact"))
    numbers = rows(comparisons, "diff", "diff_low", "diff_high", "p_holm")
    found: list[Versus] = []
    for at, (diff, low, high, adjusted) in enumerate(numbers, start=1):
        p = max(adjusted, exact[at - 1]) if _rough(rates, at) else adjusted
        found.append(
            Versus(
                name=rates.names[at],
                estimate=rates.successes[at] / rates.n[at],
                diff=diff,
                low=low,
                high=high,
                p=p,
                significant=p < settings.alpha,
                always=always[at - 1],
            )
        )
    return found


def _rough(rates: Rates, at: int) -> bool:
    """Whether the counts are too small for the z test."""
    return frequentist.least_expected(rates.arm(0), rates.arm(at)) < frequentist.LEAST_EXPECTED


def _power(rates: Rates, versus: Sequence[Versus], settings: Settings) -> Power:
    # Half a success more and half a failure: a plan must survive a variant without clicks.
    smooth = [(s + 0.5) / (n + 1) for s, n in zip(rates.successes, rates.n, strict=True)]
    at = leading(versus)
    return planned_power(rates.n, rates.days, settings, smooth[0], (at, smooth[at]), None)


def _looks(rates: Rates, settings: Settings) -> pd.DataFrame:
    """Return what one would have seen on every day: both intervals of the counts so far."""
    count = len(rates.names)
    n, successes = [0] * count, [0] * count
    seen: list[tuple[Any, ...]] = []
    for day in rates.daily:
        n = [old + new for old, new in zip(n, day.n, strict=True)]
        successes = [old + new for old, new in zip(successes, day.successes, strict=True)]
        for at in range(1, count):
            if not (n[0] and n[at]):
                continue
            pair = (successes[0], n[0]), (successes[at], n[at])
            share = settings.pair_share(at, n)
            seen.append(
                (
                    day.day,
                    rates.names[at],
                    n[at],
                    successes[at],
                    successes[at] / n[at] - successes[0] / n[0],
                    *frequentist.newcombe(*pair, settings.alpha),
                    *sequential.rate_difference_sequence(*pair, settings.alpha_each(count), share),
                )
            )
    columns = ["day", "variant", "n", "successes", "diff", "low", "high"]
    return pd.DataFrame(seen, columns=[*columns, "always_low", "always_high"])


def _notes(
    rates: Rates, comparisons: pd.DataFrame, ratio: SampleRatio, settings: Settings
) -> tuple[str, ...]:
    exact = zip(rates.names[1:], listed(comparisons, "p_exact"), strict=True)
    rough = [
        f"{name}: p = {p:.3g}" for at, (name, p) in enumerate(exact, start=1) if _rough(rates, at)
    ]
    notes = list[str]()
    if rough:
        notes.append(
            f"Fewer than {frequentist.LEAST_EXPECTED} clicks, or views without one, are expected "
            "in a variant if they are equal: z and χ² are rough there, and the verdict also asks "
            f"Fisher's exact test ({'; '.join(rough)})."
        )
    return (*notes, *common_notes(len(rates.names), rates.days, ratio, settings))
