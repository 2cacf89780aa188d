"""The best that can be done: which link was made weak, by Bayes' theorem, for who knows more than reports.

They know how the businesses of `businesses` are drawn (levels and spreads of every rate), that just one link
of this one was made weak, by which of `KEEPS`, and that it costs `COSTLY` at least; and of each link the same
counts as the reports. They don't know what sort of path each is: warmth, and the usual share that responds,
are to them one more spread, as they are to Leadline, which has never seen another business. No rule by those
counts names the weak link more often, on average, than the one that takes the highest posterior chance. (That
a path may be warm at all of its links is not used: each link is judged by its own counts.)

    log P(counts | link l of path p keeps k) − log P(counts), with d of n binomial, given the rate

where the rate of a path is logistic(level + N(0, spread)), times k for the weak link; level and spread are
common to the paths of a business.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import log

import numpy as np
import numpy.typing as npt

from bench.truths import COSTLY, KEEPS, Step, cost_of
from leadline.engine.cycle.judgement import LinkReport
from leadline.engine.simulate import Business, Simulation
from leadline.engine.simulate.business import LEAKS

Floats = npt.NDArray[np.float64]
Counts = dict[Step, tuple[float, float]]

WARMTH = 0.3
"""How far (in log odds) trades differ in warmth, as one more spread."""
SPREADS = np.hypot(np.array([0.3, 0.375, 0.45]), WARMTH)
LEVELS = {"nurture": (0.18, 0.42), "ask": (0.45, 0.85), "answer": (0.15, 0.4), "renew": (0.4, 0.85)}
AUDIENCES = {"open": (-6.0, -2.0), "closed": (-3.5, 1.5)}
"""The log odds that people respond lie around a level between these, `APART` of it."""
APART = 0.9
_Z = np.linspace(-4.5, 4.5, 61)
_WEIGHTS = np.exp(-0.5 * _Z**2) / np.exp(-0.5 * _Z**2).sum()


def most_likely(leaky: Business, links: Iterable[LinkReport], whole: Simulation, cut: int) -> Step | None:
    """The link that is most likely the weak one, of those that would cost so much; None where none would."""
    posterior: dict[Step, float] = {}
    for (step, keeps), chance in _log_chances(leaky, _counts(links)).items():
        if _costly(leaky, step, keeps, whole, cut):
            posterior[step] = float(np.logaddexp(posterior.get(step, -np.inf), chance))
    return max(posterior, key=lambda step: posterior[step], default=None)


def _counts(links: Iterable[LinkReport]) -> Counts:
    known = ((one, one.figures.rate) for one in links)
    return {
        Step(one.path, one.link): (min(rate.passed, rate.weight), rate.weight)
        for one, rate in known
        if rate is not None and rate.weight > 0
    }


def _costly(leaky: Business, step: Step, keeps: float, whole: Simulation, cut: int) -> bool:
    """Whether the business would have had so many clients more, were it this link that keeps so much."""
    weak = leaky.path(step.path)
    full = {name: getattr(weak, name) / keeps for name in LEAKS[step.link]}
    if (step.link == "nurture" and not weak.reached_per_month) or full[LEAKS[step.link][0]] >= 1:
        return False
    return cost_of(leaky.with_path(step.path, **full), leaky, step, whole, cut) >= COSTLY


def _log_chances(leaky: Business, counts: Counts) -> Mapping[tuple[Step, float], float]:
    """For each link, and what it keeps, the log chance of all counts, beside that of nothing being weak."""
    found = {}
    for group in {_group(leaky, step) for step in counts}:
        mine = {step: count for step, count in counts.items() if _group(leaky, step) == group}
        by_nature = {step: _chances(group, *count) for step, count in mine.items()}
        together = np.sum(list(by_nature.values()), axis=0)
        for step, count in mine.items():
            for keeps in (one for one in KEEPS if one):
                weak = together - by_nature[step] + _chances(group, *count, keeps)
                found[step, keeps] = _log_mean(weak) - _log_mean(together)
    return found


def _group(leaky: Business, step: Step) -> tuple[str, str]:
    """The links whose rates have their level in common."""
    return step.link, leaky.path(step.path).cycle if step.link == "generate" else ""


def _chances(group: tuple[str, str], passed: float, of: float, keeps: float = 1) -> Floats:
    """The log chance of a count, by the spread of the rates (rows) and their level (columns)."""
    link, cycle = group
    if link == "generate":
        levels, spreads = np.linspace(*AUDIENCES[cycle], 41), np.array([APART])
    else:
        rates = np.linspace(*LEVELS[link], 31)
        levels, spreads = np.log(rates / (1 - rates)), SPREADS
    odds = levels[None, :, None] + spreads[:, None, None] * _Z
    rate = np.clip(keeps / (1 + np.exp(-odds)), 1e-12, 1 - 1e-12)
    chance = passed * np.log(rate) + (of - passed) * np.log1p(-rate)
    best = chance.max(axis=-1, keepdims=True)
    found: Floats = best[..., 0] + np.log(np.exp(chance - best) @ _WEIGHTS)
    return found


def _log_mean(logs: Floats) -> float:
    return float(np.logaddexp.reduce(logs, axis=None)) - log(logs.size)
