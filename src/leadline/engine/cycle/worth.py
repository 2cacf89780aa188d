"""Worth: what it would bring to mend a link, followed through the rest of the cycle.

Per month, v people come to stand before the link (those of the last year, or of the whole log where that is
shorter). Mended, a share u of them gets through instead of r, and of those who get through a share b become
clients: the mending brings v · (u − r) · b clients a month once it has worked through.

* u is the rate that a path of this business usually has, from the other paths (`rates.Pool.usual`), moved by
  how far this path is ahead of them at its other links (of k links with differences z of log odds in
  common ρ: ρ/(1 + (k − 1)ρ) · Σz, the regression on equally correlated variables; each z shrunk by how well
  it is known); or the path's own rate of before, where it was better then.
* b follows from the links behind it: of those who talk on path p the share asked, of those asked on q the
  share that buys, with p → q as people went so far. Each rate is that of its path, with what the other paths
  have in common (`rates.Pool.given`), so that a link on which nothing is known counts as a usual one.
* v is Poisson, with the posterior Gamma(n + ½, months).

All of it is drawn `DRAWS` times (less often where paths are very many); a gain is the median of the draws and
the interval that holds the level's share of them. Delays are sums of delays seen at each link ahead;
`first_year` counts what comes within twelve months of mending, month after month. A capacity leaves no room
for more than it allows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from leadline.engine.cycle.cycles import LINKS, Cycles, Link
from leadline.engine.cycle.links import count_moves, measure_beside
from leadline.engine.cycle.rates import Floats, Pool, evidence, pool, spread_rates
from leadline.engine.estimates import Quantity
from leadline.engine.instants import MONTH, NEVER, YEAR
from leadline.engine.survival import HAPPENED
from leadline.engine.touches import MISSING

if TYPE_CHECKING:
    from leadline.engine.cycle.firsts import Integers
    from leadline.engine.cycle.links import LinkFigures
    from leadline.engine.estimates import Caution

DRAWS = 5000
FEWEST_DRAWS, MOST_OF_ALL = 1000, 25 * DRAWS
"""Of each of many paths less is drawn: so much of all together, but never less of one."""

WARM_LINKS: tuple[Link, ...] = ("nurture", "ask", "answer")
ALIKE = 0.4
"""How alike a path is taken to be in its links: the correlation of how far each is ahead, in log odds."""
UNLIKE = 0.5
"""How far (in log odds) paths are usually apart: what few people show of it counts for less."""
FURTHEST = 0.7
"""The most that a rate is moved for it: odds twice as good."""


@dataclass(frozen=True)
class Gain:
    """What mending a link is worth: clients (for renew: kept) and money a month, and clients in a year.

    `money` is minor units a month; None where no value is on record. `delay`: the time (microseconds) after
    which half of what a day of mending brings has come.
    """

    clients: Quantity
    money: Quantity | None
    first_year: Quantity
    delay: int


class Worth:
    """Draws of every rate of a business, and what mending each link would bring."""

    def __init__(
        self, cycles: Cycles, figures: list[LinkFigures], caution: Caution, seed: int, capacity: float | None
    ) -> None:
        self.cycles, self.caution, self.capacity = cycles, caution, capacity
        self.rng = np.random.default_rng(seed)
        self.draws = max(FEWEST_DRAWS, min(DRAWS, MOST_OF_ALL // max(len(cycles.paths), 1)))
        self.cells = {(one.place, one.link): one for one in figures}
        self.known = self._known()
        self.odds = {key: self._odds(rates) for key, rates in self.known.items()}
        self.pools = self._pools()
        self.ahead = {key: self._ahead(one) for key, one in self.cells.items()}
        self.delays = {step: self._delays_seen(*step) for step in {(one.link, one.until) for one in figures}}
        self.drawn: dict[tuple[int, Link, Link | None], Floats] = {}
        nurtured = np.zeros(len(cycles), dtype=bool)
        for one in figures:
            if one.link == "nurture":
                nurtured[one.some.contact] = True
        self.paid = [self._paid(renewing=renewing) for renewing in (False, True)]
        self.window = max(min(YEAR, cycles.as_of - cycles.since), MONTH)
        paths, responded = len(cycles.paths), cycles.responded_at < NEVER
        came = (cycles.path[some] % (paths + 1) for some in (responded, responded & ~nurtured))
        self.came = [np.bincount(path, minlength=paths + 1) for path in came]  # all, and those ready at once
        self.to_nurture = count_moves(cycles.path, cycles.nurture_path, responded, paths)
        self.to_ask = count_moves(cycles.warm_path, cycles.ask_path, cycles.asked, paths)

    def usual(self, one: LinkFigures) -> Floats | None:
        """The rate that a path like this usually has here, in draws; None where others tell too little."""
        others = [rate for place, rate in self.known[_kind(one)].items() if place != one.place]
        if sum(weight for _, weight in others) < max(self.caution.needed, 1):
            return None
        if one.link == "generate":
            return spread_rates(others, self.draws, self.rng)
        return self._warmed(one).usual(self.rng)

    def _warmed(self, one: LinkFigures, mending: Link | None = None) -> Pool:
        """What the other paths have in common, moved by how this path does at its other links.

        Who was recommended trusts at each link. A link of it that is to be mended tells nothing of that.
        """
        odds = [self.ahead[one.place, link] for link in WARM_LINKS if link not in {one.link, mending}]
        known = [ahead for ahead in odds if ahead is not None]
        usual = self.pools[one.place, one.link]
        if one.link not in WARM_LINKS or not known:
            return usual
        ahead = ALIKE / (1 + (len(known) - 1) * ALIKE) * sum(known)
        return usual.moved(max(-FURTHEST, min(ahead, FURTHEST)))

    def _ahead(self, one: LinkFigures) -> float | None:
        """By how much a path's log odds at a link are ahead of the other paths' median; None if unknown.

        Shrunk by how well it is known: the variance that paths have, beside that and the error's.
        """
        if one.rate is None or one.rate.weight < max(self.caution.needed, 1) or not one.rate.passed:
            return None
        places, odds = self.odds[_kind(one)]
        others = odds[places != one.place]
        if not len(others):
            return None
        ahead = _log_odds(one.rate.passed, one.rate.weight) - float(np.median(others))
        variance = 1 / (one.rate.passed + 0.5) + 1 / (max(one.rate.weight - one.rate.passed, 0) + 0.5)
        return ahead / (1 + variance / UNLIKE**2)

    def own(self, one: LinkFigures, *, staying: bool = False) -> Floats:
        """The rate of this path from its own figures alone (Jeffreys' prior), in draws."""
        assert one.rate is not None
        weight = one.rate.stayed if staying else one.rate.weight
        return self.rng.beta(one.rate.passed + 0.5, max(weight - one.rate.passed, 0) + 0.5, self.draws)

    def gain(self, one: LinkFigures, mended: Floats) -> Gain:
        """What it brings when this link gets through what `mended` says (draws)."""
        volume = self.rng.gamma(self._volume(one) + 0.5, MONTH / self.window, self.draws)
        ahead = _Ahead(self, one)
        more = volume * (mended - self.own(one)) * ahead.clients_each()
        if self.capacity is not None and one.link != "renew":
            more = np.minimum(more, np.maximum(self.capacity - self._clients_a_month(), 0))
        delays = self._delays(one)
        in_time = float(np.clip(1 - delays / YEAR, 0, 1).mean())
        value = self._value(renewing=one.link == "renew")
        return Gain(
            clients=self.told(more),
            money=None if value is None else self.told(more * value),
            first_year=self.told(more * 12 * in_time),
            delay=int(np.median(delays)),
        )

    def told(self, draws: Floats) -> Quantity:
        """The median of the draws and the caution's interval; a gain is not told below nothing."""
        tail = (1 - self.caution.level) / 2
        low, value, high = np.maximum(np.quantile(draws, [tail, 0.5, 1 - tail]), 0).tolist()
        return Quantity(value, low, high)

    def _known(self) -> dict[_Kind, dict[int, tuple[float, float]]]:
        """What each path got through at a link, of how many; like only beside like.

        Over a span of links that only some paths are judged by, what the others get through all of it.
        """
        known: dict[_Kind, dict[int, tuple[float, float]]] = {}
        for (place, _), one in self.cells.items():
            if _kind(one) not in known and one.until is not None:
                places = dict.fromkeys(place for place, _ in self.cells)
                rates = measure_beside(self.cycles, one, places, self.caution)
                enough = {place: rate for place, rate in rates.items() if rate.weight >= 1}
                known[_kind(one)] = {place: (rate.passed, rate.weight) for place, rate in enough.items()}
            here = known.setdefault(_kind(one), {})
            if one.rate is not None and one.rate.weight >= 1:
                here[place] = one.rate.passed, one.rate.weight
        return known

    def _odds(self, rates: dict[int, tuple[float, float]]) -> tuple[Integers, Floats]:
        """The log odds of each path of which something is known, and which paths these are."""
        return np.array([*rates]), np.array([_log_odds(*rate) for rate in rates.values()])

    def _pools(self) -> dict[tuple[int, Link], Pool]:
        """For each link of each path what the other paths have in common there."""
        each = {
            rate for rates in self.known.values() for rate in rates.values()
        }  # small ones are often equal
        told = {rate: evidence([rate]) for rate in each}
        everybody = {
            key: sum((told[rate] for rate in rates.values()), evidence([]))
            for key, rates in self.known.items()
        }
        found = {}
        for (place, link), one in self.cells.items():
            key = _kind(one)
            own = told[self.known[key][place]] if place in self.known[key] else 0.0
            found[place, link] = pool(everybody[key] - own, self.draws, self.rng)
        return found

    def rate(self, place: int, link: Link, mending: LinkFigures) -> Floats:
        """The rate of a path at a link, in draws: its own figures, and what the others have in common."""
        key = place, link, mending.link if mending.place == place else None
        if key not in self.drawn:
            one = self.cells[place, link]
            passed, weight = (0.0, 0.0) if one.rate is None else (one.rate.passed, one.rate.weight)
            self.drawn[key] = self._warmed(one, key[2]).given(passed, weight, self.rng)
        return self.drawn[key]

    def _volume(self, one: LinkFigures) -> int:
        """How many came to stand before a link within the window: terms do at their end."""
        since = self.cycles.as_of - self.window
        begun = one.some.start + (one.some.duration if one.link == "renew" else 0)
        named = int(np.count_nonzero(begun > since))
        if one.open_cycle:
            seen = self.cycles.audience
            return named + int(seen.n[(seen.path == one.place) & (seen.happened_at > since)].sum())
        unattended = max(one.rate.began - len(one.some), 0) if one.rate else 0
        return named + round(unattended * self.window / max(self.cycles.as_of - self.cycles.since, 1))

    def _clients_a_month(self) -> float:
        """New clients a month in the last quarter of a year."""
        since = self.cycles.as_of - min(self.window, 3 * MONTH)
        came = (self.cycles.client_at > since) & (self.cycles.client_at < NEVER)
        return float(np.count_nonzero(came)) * MONTH / min(self.window, 3 * MONTH)

    def _value(self, *, renewing: bool) -> Floats | None:
        """The mean worth of a first purchase (of a renewal), in draws: its mean and the error of that."""
        mean, error = self.paid[renewing]
        return None if mean is None else np.maximum(self.rng.normal(mean, error, self.draws), 0)

    def _paid(self, *, renewing: bool) -> tuple[float | None, float]:
        """The mean worth of a first purchase (of a renewal), None if none is known, and its error."""
        bought = self.cycles.purchases
        known = bought.value[(bought.value != MISSING) & (bought.first != renewing)].astype(np.float64)
        if not len(known):
            return None, 0.0
        known.sort()
        error = known.std() / np.sqrt(len(known)) if len(known) > 1 else known[0] / 2
        return float(known.mean()), float(error)

    def _delays(self, one: LinkFigures) -> Floats:
        """How long it takes from the mended link to a client: sums of delays seen at each link ahead."""
        ahead = LINKS[LINKS.index(one.link) : 4] if one.link != "renew" else ()
        cells = [self.cells[one.place, link] for link in ahead]
        total = np.zeros(self.draws)
        for cell in [cell for cell in cells if not cell.covered]:
            seen = self.delays[cell.link, cell.until]
            total += self.rng.choice(seen, self.draws) if len(seen) else 0
        return total

    def _delays_seen(self, link: Link, until: Link | None) -> Floats:
        """How long it took those who got through a link, or a span of them, on any path."""
        parts = [one.some for one in self.cells.values() if (one.link, one.until) == (link, until)]
        taken = [some.duration[some.outcome == HAPPENED].astype(np.float64) for some in parts]
        return np.sort(np.concatenate([np.zeros(0), *taken]))


class _Ahead:
    """What becomes of those who get through a link once it is mended."""

    def __init__(self, worth: Worth, mending: LinkFigures) -> None:
        self.worth, self.cycles, self.mending = worth, worth.cycles, mending

    def clients_each(self) -> Floats:
        """How many clients come of one who gets through the link."""
        if self.mending.link == "generate":
            return self._of_lead(self.mending.place)
        return self._beyond(self.mending)

    def _rate(self, place: int, link: Link) -> Floats:
        return self.worth.rate(place, link, self.mending)

    def _beyond(self, one: LinkFigures) -> Floats:
        """Clients of one who got through a link, or the last of its span."""
        if one.last == "nurture":
            return self._of_talk(one.place)
        return self._of_ask(one.place) if one.last == "ask" else np.ones(self.worth.draws)

    def _of_lead(self, place: int) -> Floats:
        """Clients of one who responded on a path: ready at once, or nurtured where leads of it usually go."""
        ready = self._ready_share(place)
        parts = _shares(self.worth.to_nurture, place).items()
        nurtured = np.sum([share * self._through(there, "nurture") for there, share in parts], axis=0)
        whole: Floats = nurtured  # of a span those who were ready are a part
        if self.worth.cells[place, "nurture"].until is None:
            whole = ready * self._of_talk(place) + (1 - ready) * nurtured
        return whole

    def _through(self, place: int, link: Link) -> Floats:
        return self._rate(place, link) * self._beyond(self.worth.cells[place, link])

    def _of_talk(self, place: int) -> Floats:
        return self._through(place, "ask")

    def _of_ask(self, place: int) -> Floats:
        """Clients of one who is asked, having talked with us on a path; there, where nobody was asked yet."""
        here = self.worth.cells[place, "ask"]
        parts = (_shares(self.worth.to_ask, place) if here.done or here.covered else {place: 1.0}).items()
        drawn: Floats = np.sum([share * self._rate(there, "answer") for there, share in parts], axis=0)
        return drawn

    def _ready_share(self, place: int) -> Floats:
        """Of those who responded on a path, the share that was ready at once; some that nobody has seen."""
        everyone, at_once = (int(count[place]) for count in self.worth.came)
        drawn: Floats = self.worth.rng.beta(at_once + 0.5, everyone - at_once + 4.5, self.worth.draws)
        return drawn


_Kind = tuple[Link, Link | None, bool]
"""What figures may be compared by: the link, the last of its span, and whether the cycle is open."""


def _kind(one: LinkFigures) -> _Kind:
    return one.link, one.until, one.open_cycle


def _log_odds(passed: float, weight: float) -> float:
    return math.log((passed + 0.5) / (max(weight - passed, 0) + 0.5))


def _shares(moves: Integers, place: int) -> dict[int, float]:
    """Where those of a path go next; they stay where nobody has gone yet."""
    here = moves[place]
    unknown = len(here) - 1
    there = {-1 if to == unknown else to: here[to] / here.sum() for to in np.flatnonzero(here).tolist()}
    return there or {place: 1.0}
