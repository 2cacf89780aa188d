"""Whether what Leadline says comes true: over invented businesses whose truth is known.

    python -m bench.truth                                  # 200 businesses, some minutes on 2 cores
    python -m bench.truth --businesses 50 --part leaks     # only leaks, rates and gains
    python -m bench.truth --show "no false alarm"          # which businesses fell short, and in what
    python -m bench.truth --only 17 --show all             # all that was said of one business

`businesses.py` invents them, `trials.py` asks the reports and holds the answers to what is true, `truths.py`
works that out. A claim about shares holds where the share that was found does, give or take its error.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from math import sqrt

from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.trials import PARTS, Outcome, try_business

FIRST_SEED = 1_000
"""Businesses are numbered from here; the smaller numbers are for those who write reports."""
BINS = 5


@dataclass(frozen=True)
class Verdict:
    """A claim, what was found in how many trials, what was wanted, and whether that is so, in words."""

    claim: str
    found: str
    trials: int
    wanted: str
    said: str


def main() -> None:
    """Measure as the command line says, and print the table."""
    raw = argparse.RawDescriptionHelpFormatter
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    asked.add_argument("--businesses", type=int, default=200)
    asked.add_argument("--seed", type=int, default=FIRST_SEED, help="the number of the first business")
    asked.add_argument("--only", type=int, nargs="+", help="numbers of businesses, instead of a whole run")
    asked.add_argument("--part", choices=PARTS, nargs="+", default=PARTS, help="what to try")
    asked.add_argument("--show", metavar="CLAIM", help="list where a claim fell short; all: every outcome")
    asked.add_argument("--processes", type=int, default=2)
    given = asked.parse_args()
    seeds = given.only or range(given.seed, given.seed + given.businesses)
    outcomes = measure(list(seeds), given.part, given.processes)
    console = Console(width=None if sys.stdout.isatty() else 120)
    for one in sorted(outcomes, key=lambda one: (one.claim, one.groups, one.seed)) if given.show else ():
        if given.show == "all" or (given.show in one.claim and not one.right):
            console.print(f"{one.seed} {one.claim}: {'' if one.right else 'NOT '}so: {one.detail}")
    table = Table("claim", "found", "trials", "wanted", "verdict", title=f"{len(seeds)} invented businesses")
    for verdict in judge(outcomes):
        table.add_row(verdict.claim, verdict.found, str(verdict.trials), verdict.wanted, verdict.said)
    console.print(table)


def measure(seeds: Sequence[int], parts: Sequence[str] = PARTS, processes: int = 2) -> list[Outcome]:
    """What all these businesses show."""
    one = partial(try_business, parts=tuple(parts))
    if processes <= 1:
        return [outcome for seed in seeds for outcome in one(seed)]
    with ProcessPoolExecutor(processes) as pool:
        done = track(pool.map(one, seeds), total=len(seeds), console=Console(stderr=True), transient=True)
        return [outcome for found in done for outcome in found]


def judge(outcomes: Iterable[Outcome]) -> list[Verdict]:
    """A verdict on every claim, and what was found in each group of its trials."""
    by_claim: dict[str, list[Outcome]] = {}
    for one in outcomes:
        by_claim.setdefault(one.claim, []).append(one)
    verdicts = []
    for claim, judged in JUDGES.items():
        if trials := by_claim.get(claim):
            verdicts += judged(claim, trials)
    return verdicts


def _often(claim: str, trials: list[Outcome]) -> list[Verdict]:
    return [_share(claim, trials, 0.95, 1.0), *_of_groups(trials)]


def _unclaimed(claim: str, trials: list[Outcome]) -> list[Verdict]:
    return [replace(_share(claim, trials, 0, 1), wanted="", said=""), *_of_groups(trials)]


def _covered(claim: str, trials: list[Outcome]) -> list[Verdict]:
    return [_share(f"90 % intervals: {claim}", trials, 0.85, 0.95), *_of_groups(trials)]


def _of_groups(trials: list[Outcome]) -> list[Verdict]:
    """What was found in each group, of which nothing is claimed."""
    found = []
    for group in sorted({group for one in trials for group in one.groups}):
        mine = _share(f"  {group}", [one for one in trials if group in one.groups], 0, 1)
        found.append(replace(mine, wanted="", said=""))
    return found if len(found) > 1 else []


def _share(claim: str, trials: list[Outcome], low: float, high: float) -> Verdict:
    share = sum(one.right for one in trials) / len(trials)
    error = sqrt(max(share * (1 - share), 0.25 / len(trials)) / len(trials))
    wanted = f"at least {low:.0%}" if high == 1 else f"{low:.0%} to {high:.0%}"
    return Verdict(claim, f"{share:.1%} ± {error:.1%}", len(trials), wanted, _say(low <= share <= high))


def _say(holds: bool) -> str:
    return "holds" if holds else "FALLS SHORT"


def _forecast(claim: str, trials: list[Outcome]) -> list[Verdict]:
    """Coverage, and the mean absolute error as a share of a usual quarter, beside that of simpler ways."""
    covered = _share(f"90 % intervals: {claim}", trials, 0.85, 0.95)
    errors = [
        sum(abs(one.figures[place] - one.figures[0]) / one.figures[4] for one in trials) / len(trials)
        for place in (1, 2, 3)
    ]
    names = ("same as last quarter", "open deals × win rate")
    beaten = [
        Verdict(
            f"error of {claim.removeprefix('forecast of ')}",
            f"{errors[0]:.1%} of a quarter, {name} {error:.1%}",
            len(trials),
            f"less than {name}",
            _say(errors[0] < error),
        )
        for name, error in zip(names, errors[1:], strict=True)
    ]
    return [covered, *beaten]


def _odds(claim: str, trials: list[Outcome]) -> list[Verdict]:
    """Stated odds in five bins, and how often they came true."""
    found = []
    for place in range(BINS):
        mine = [one for one in trials if min(int(one.figures[0] * BINS), BINS - 1) == place]
        if not mine:
            continue
        stated = sum(one.figures[0] for one in mine) / len(mine)
        came = sum(one.right for one in mine) / len(mine)
        error = sqrt(max(stated * (1 - stated), 0.25 / len(mine)) / len(mine))
        words = f"said {stated:.0%}, came true {came:.0%} ± {error:.0%}"
        name = f"{claim}: {place / BINS:.0%} to {(place + 1) / BINS:.0%}"
        apart = abs(came - stated) - 0.05
        said = "too few to say" if 0 < apart <= 2 * error else _say(apart <= 0)
        found.append(Verdict(name, words, len(mine), "within 5 points", said))
    return found


JUDGES: dict[str, Callable[[str, list[Outcome]], list[Verdict]]] = {
    "missing link ranked first": _often,
    "weak link ranked first": _often,
    "weak link named by who knows how it was drawn": _unclaimed,
    "link weak but not weakest ranked first": _unclaimed,
    "planted link called a leak": _unclaimed,
    "no false alarm": _often,
    "missing link ranked first, no ask on record": _often,
    "weak link ranked first, no ask on record": _unclaimed,
    "planted link called a leak, no ask on record": _unclaimed,
    "no false alarm, no ask on record": _often,
    "rates, perfect records": _covered,
    "rates, flawed records": _covered,
    "gains": _covered,
    "forecast of clients": _forecast,
    "forecast of income": _forecast,
    "odds of the plan": _odds,
}


if __name__ == "__main__":
    main()
