"""Moments of a metric → an ABResult: every method for means, put together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from nemo_nb.experiments import bayes, bootstrap, continuous, frequentist, sequential
from nemo_nb.experiments.common import (
    Settings,
    against_reference,
    common_notes,
    leading,
    plan_of,
    planned_power,
    sequential_frame,
)
from nemo_nb.experiments.counts import Means
from nemo_nb.experiments.result import ABResult
from nemo_nb.experiments.srm import SampleRatio, sample_ratio
from nemo_nb.experiments.verdict import Facts, Versus, verdict
from nemo_nb.timeline.columns import listed

METHOD: Final = "asymptotic confidence sequence (Waudby-Smith et al. 2024): valid once n is large"
TUNING: Final = f"tightest at n = {sequential.MEAN_TUNING_N:,} (both variants of a comparison)"
# Below this the always-valid interval's "asymptotic" is a hope, and Welch leans on normality.
_FEW: Final = 100


def analyse(means: Means, settings: Settings) -> ABResult:
    """Return the result for a continuous metric."""
    done: continuous.Cuped | None = None
    if means.covariate:
        means, done = continuous.cuped(means)
    count = len(means.names)
    reference = means.arms[0]
    ratio = sample_ratio(means.n, settings.shares)
    tests = [continuous.welch(reference, arm, settings.alpha) for arm in means.arms[1:]]
    booted = _bootstrap(means, settings)
    comparisons = _comparisons(means, tests, booted, settings)
    always = [
        (test.diff - reach, test.diff + reach)
        for test, arm in zip(tests, means.arms[1:], strict=True)
        for reach in [
            sequential.mean_half_width(
                test.standard_error, reference.n + arm.n, settings.alpha_each(count)
            )
        ]
    ]
    posterior = _posterior(means, settings)
    versus = [
        Versus(
            name=name,
            estimate=arm.mean,
            diff=test.diff,
            low=test.low,
            high=test.high,
            p=p,
            significant=p < settings.alpha,
            # An asymptotic interval is nothing to lean on before n is large.
            always=bounds if min(means.n) >= _FEW else (-math.inf, math.inf),
        )
        for name, arm, test, p, bounds in zip(
            means.names[1:],
            means.arms[1:],
            tests,
            listed(comparisons, "p_holm"),
            always,
            strict=True,
        )
    ]
    at = leading(versus)
    spread = math.sqrt(sum((arm.n - 1) * arm.var for arm in means.arms) / (sum(means.n) - count))
    able = planned_power(
        means.n, means.days, settings, reference.mean, (at, means.arms[at].mean), spread
    )
    return ABResult(
        table=_table(means, comparisons, posterior, settings.alpha),
        comparisons=comparisons,
        posterior=posterior,
        sequential=sequential_frame(
            means.names, [test.diff for test in tests], always, METHOD, TUNING
        ),
        looks=None,
        srm=ratio,
        power=able,
        chi2=math.nan,
        p_value=continuous.all_equal(means.arms),
        cuped=done,
        prior="flat",
        design=settings.design,
        alpha=settings.alpha,
        days=means.days,
        notes=_notes(means, done, booted, ratio, settings),
        verdict=verdict(
            Facts(
                reference=means.names[0],
                estimate=reference.mean,
                others=tuple(versus),
                ratio=ratio,
                names=means.names,
                plan=plan_of(able),
                randomised=settings.randomised,
                rate=False,
                alpha=settings.alpha,
            )
        ),
    )


def _bootstrap(means: Means, settings: Settings) -> list[tuple[float, float]]:
    """Return the bootstrap interval of each difference; none where it is left out."""
    samples = means.observed
    if not samples or not bootstrap.affordable(samples):
        return []
    return [
        bootstrap.bca_interval(samples[0], sample, settings.alpha, settings.seed)
        for sample in samples[1:]
    ]


def _comparisons(
    means: Means,
    tests: Sequence[continuous.Welch],
    booted: Sequence[tuple[float, float]],
    settings: Settings,
) -> pd.DataFrame:
    raw = [test.p for test in tests]
    lifts = [continuous.lift_interval(means.arms[0], arm, settings.alpha) for arm in means.arms[1:]]
    unknown = (math.nan, math.nan)
    bounds = list(booted) or [unknown for _ in tests]
    columns: dict[str, Any] = {
        "variant": list(means.names[1:]),
        "diff": [test.diff for test in tests],
        "diff_low": [test.low for test in tests],
        "diff_high": [test.high for test in tests],
        "lift": [lift for lift, _ in lifts],
        "lift_low": [low for _, (low, _) in lifts],
        "lift_high": [high for _, (_, high) in lifts],
        "statistic": [test.t for test in tests],
        "p": raw,
        "p_holm": frequentist.holm(raw),
        "p_bh": frequentist.benjamini_hochberg(raw),
        "boot_low": [low for low, _ in bounds],
        "boot_high": [high for _, high in bounds],
    }
    return pd.DataFrame(columns)


def _posterior(means: Means, settings: Settings) -> pd.DataFrame:
    draws = continuous.posterior_draws(means.arms, settings.seed, bayes.DRAWS)
    best, loss = bayes.monte_carlo(draws)
    bounds = [continuous.mean_interval(arm, settings.alpha) for arm in means.arms]
    return pd.DataFrame(
        {
            "variant": list(means.names),
            "mean": [arm.mean for arm in means.arms],
            # Under a flat prior the credible interval is Student's.
            "low": [low for low, _ in bounds],
            "high": [high for _, high in bounds],
            "p_best": best,
            "loss": loss,
        }
    )


def _table(
    means: Means, comparisons: pd.DataFrame, posterior: pd.DataFrame, alpha: float
) -> pd.DataFrame:
    bounds = [continuous.mean_interval(arm, alpha) for arm in means.arms]
    return pd.DataFrame(
        {
            "variant": list(means.names),
            "n": list(means.n),
            "sd": np.sqrt([arm.var for arm in means.arms]),
            "mean": [arm.mean for arm in means.arms],
            "low": [low for low, _ in bounds],
            "high": [high for _, high in bounds],
            **against_reference(comparisons, posterior),
        }
    )


def _notes(
    means: Means,
    done: continuous.Cuped | None,
    booted: Sequence[tuple[float, float]],
    ratio: SampleRatio,
    settings: Settings,
) -> tuple[str, ...]:
    notes = list[str]()
    if done is not None:
        raw = ", ".join(
            f"{name} {mean:.4g}" for name, mean in zip(means.names, done.raw, strict=True)
        )
        notes.append(
            f"CUPED: the covariate took out {done.variance_reduction:.0%} of the variance; "
            f"means before it: {raw}."
        )
    if not booted:
        notes.append(
            "No bootstrap: too many distinct values to resample, or they stayed with their "
            "engine; Welch stands alone."
        )
    if min(means.n) < _FEW:
        notes.append(
            f"Fewer than {_FEW} observations in a variant: Welch assumes the means are about "
            "normal, and the always-valid interval is a rough guide."
        )
    return (*notes, *common_notes(len(means.names), means.days, ratio, settings))
