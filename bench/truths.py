"""What is true of an invented business: rates, and what leaks cost; by arithmetic, never from a report.

true_rates(business)["networking", "ask"]      # the share asked, of those who talked there
plant(business, whole, cut, rng)               # a leak that costs clients, and what mending it brings
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
import numpy.typing as npt

from leadline.engine.cycle.cycles import LINKS, Link
from leadline.engine.instants import DAY
from leadline.engine.simulate import Business, Path, Simulation
from leadline.engine.simulate.expected import client_chances, expected_clients, jump_shares, yes_chance

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

YEAR = 365 * DAY
COSTLY = 0.2
"""Only a leak that costs this share of clients has to be found."""
KEEPS = (0.0, 0.1, 0.25)
"""How much of what came through a link still does, once it leaks."""


@dataclass(frozen=True)
class Step:
    """One link of one path."""

    path: str
    link: Link


@dataclass(frozen=True)
class Planted:
    """A leak: `cost` is the share of clients it costs; `gain` the clients a month that mending it brings.

    The gain is that from people who stand before the link on this path, as the record has it: somebody who
    would have come over from another path, had there been anything to come for, is seen on that other one.
    For renew both are of clients kept: purchases and renewals. `stands_out`: nothing gets through, or less
    than on any other path. A path that is still better than another one can't be told from one that has
    always been so: nobody knows from one business how many people respond to a talk, and how many to a post.
    """

    path: str
    link: Link
    keeps: float
    cost: float
    gain: float
    stands_out: bool


def plant(
    business: Business,
    whole: Simulation,
    cut: int,
    rng: np.random.Generator,
    costs: float = COSTLY,
    links: Sequence[Link] = LINKS,
) -> Planted | None:
    """A leak on a random path and one of the links, of those that cost so much up to `cut`; None without any.

    Not nurture on a path that reaches nobody: a newsletter that is not sent leaves no trace of who missed it.
    """
    keeps = float(rng.choice(KEEPS))
    choices = [
        (path.name, link)
        for path in business.paths
        for link in links
        if link != "nurture" or path.reached_per_month
    ]
    for place in rng.permutation(len(choices)).tolist():
        path, link = choices[place]
        worth = _worth_of_renewals if link == "renew" else _worth
        leaky = business.with_leak(path, link, keeps)
        cost, gain = worth(business, leaky, Step(path, link), whole, cut)
        if cost >= costs:
            return Planted(path, link, keeps, cost, gain, _stands_out(leaky, path, link))
    return None


def _stands_out(leaky: Business, name: str, link: Link) -> bool:
    mine = leaky.path(name)
    others = [
        other.declared(link)
        for other in leaky.paths
        if other.name != name and (link != "generate" or (other.cycle == mine.cycle and other.generate_rate))
    ]
    return mine.declared(link) == 0 or mine.declared(link) < min(others, default=0.0)


def cost_of(full: Business, leaky: Business, step: Step, whole: Simulation, cut: int) -> float:
    """The share of clients (for renew: of clients kept) that a leak costs, of all who came up to `cut`."""
    return (_worth_of_renewals if step.link == "renew" else _worth)(full, leaky, step, whole, cut)[0]


def _worth(
    business: Business, leaky: Business, step: Step, whole: Simulation, cut: int
) -> tuple[float, float]:
    """The share of new clients that a leak costs, and how many a month come of those reached in a year."""
    mended, now = (expected_clients(one, _reached(whole, 0, cut)).sum() for one in (business, leaky))
    lately = _reached(whole, cut - YEAR, cut)
    return (float(1 - now / mended) if mended else 0.0), _gain(business, leaky, step, lately) / 12


def _gain(business: Business, leaky: Business, step: Step, reached: Ints) -> float:
    """The clients that mending a link brings, of so many people reached on each path."""
    paths, names = business.paths, [path.name for path in business.paths]
    here, one = names.index(step.path), business.path(step.path)
    if step.link in {"generate", "answer"}:
        return float((client_chances(business) - client_chances(leaky)) @ reached)
    leads = reached * np.array([path.generate_rate for path in paths])
    skips = np.array([path.skip_rate for path in paths])
    to_nurture, to_ask = jump_shares(business, to="nurture"), jump_shares(business, to="ask")
    if step.link == "ask":
        talked = leads[here] * skips[here] + (leads * (1 - skips)) @ to_nurture[:, here] * one.nurture_rate
        more = one.ask_rate - leaky.path(step.path).ask_rate
        return float(talked * to_ask[here, here] * more * yes_chance(business, one))
    won = to_ask[here] @ np.array([path.ask_rate * yes_chance(business, path) for path in paths])
    more = one.nurture_rate - leaky.path(step.path).nurture_rate
    return float(leads[here] * (1 - skips[here]) * to_nurture[here, here] * more * won)


def _worth_of_renewals(
    business: Business, leaky: Business, step: Step, whole: Simulation, cut: int
) -> tuple[float, float]:
    """The same for clients kept, given who bought when: a term that isn't renewed is followed by none."""
    bought = int((whole.truth.journeys.bought_at <= cut).sum())
    mended, now, ends, more = 0.0, 0.0, 0.0, 0.0
    for name, due in _ends_of_terms(business, whole, cut):
        full, weak = (one.path(name).declared("renew") for one in (business, leaky))
        number = np.arange(len(due))
        mended += float((full ** (number + 1)).sum())
        now += float((weak ** (number + 1)).sum())
        if name == step.path:
            ends += float((weak**number)[due > cut - YEAR].sum())
            more = full - weak
    return (mended - now) / max(bought + mended, 1), ends * more / 12


def _ends_of_terms(business: Business, whole: Simulation, cut: int) -> Iterator[tuple[str, Ints]]:
    """For each client the path, and the ends of terms up to the cut, if all were renewed."""
    if business.renewal is None:
        return
    lives, length = whole.truth.journeys, int(business.renewal.term_days * DAY)
    renews = np.array([offer.renews for offer in business.offers])[lives.offer]
    for who in np.flatnonzero((lives.bought_at <= cut) & renews).tolist():
        yield (
            business.paths[int(lives.ask_path[who])].name,
            np.arange(lives.bought_at[who] + length, cut + 1, length),
        )


def _reached(whole: Simulation, since: int, until: int) -> Ints:
    """How many people each path reached in a span of time."""
    occasions = whole.truth.journeys.occasions
    rows = (occasions.happened_at > since) & (occasions.happened_at <= until)
    return np.bincount(occasions.path[rows], occasions.reached[rows], len(whole.business.paths)).astype(int)


def true_rates(business: Business) -> dict[tuple[str, str], float]:
    """The share that gets through each link of each path in the end, as `attempts` says who stands there.

    Somebody who moves to another path before they are asked counts, at the ask, where they talked. Somebody
    of whom no nurturing is on record counts where they came from, unless the talk itself was elsewhere; and
    who talks within a week, unprompted, was ready at once. Generation is left out where a path reaches
    nobody itself, or some stay unknown.
    """
    paths = business.paths
    asked = jump_shares(business, to="ask") @ np.array([path.ask_rate for path in paths])
    nurtured = _true_nurture(business, jump_shares(business, to="nurture"))
    found = {}
    for place, path in enumerate(paths):
        if path.reached_per_month and not path.unnamed_rate:
            found[path.name, "generate"] = path.declared("generate")
        if nurtured[place] >= 0:
            found[path.name, "nurture"] = float(nurtured[place])
        found[path.name, "ask"] = float(asked[place])
        found[path.name, "answer"] = yes_chance(business, path)
        found[path.name, "renew"] = path.declared("renew")
    return found


def _true_nurture(business: Business, shares: Floats) -> Floats:
    """For each path the share; -1 where nobody is nurtured there."""
    paths = business.paths
    known = np.array([path.reached_per_month * path.generate_rate * (1 - path.skip_rate) for path in paths])
    here = known[:, None] * shares  # leads by where they came from (rows) and where they are nurtured
    warm = np.array([path.nurture_rate for path in paths])
    silent = np.array([exp(-path.nurture_touches) for path in paths])
    ready = silent * np.array([_within_a_week(path) for path in paths])
    through = (here * warm * (1 - ready)).sum(axis=0)
    nurtured = (here * (1 - warm) * (1 - silent)).sum(axis=0)
    forgotten = (here * (1 - warm) * silent).sum(axis=1)
    found: Floats = np.divide(
        through, through + nurtured + forgotten, out=np.full(len(paths), -1.0), where=through > 0
    )
    return found


def _within_a_week(path: Path) -> float:
    """The chance that the conversation comes within a week of the response."""
    rng, delay = np.random.default_rng(1), path.nurture
    if delay.shape == "gamma":
        days = rng.gamma(1 / delay.spread**2, delay.mean_days * delay.spread**2, 4000)
    else:
        sigma = np.sqrt(np.log1p(delay.spread**2))
        days = delay.mean_days * np.exp(sigma * rng.standard_normal(4000) - sigma**2 / 2)
    return float((days < 7).mean())
