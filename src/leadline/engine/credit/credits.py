"""Credits: who gets how much of a conversion, by seven models.

A journey of n touchpoints shares out one conversion (or what it was worth):

* *first*, *last*: all to the first, to the last touchpoint.
* *linear*: 1/n to each touchpoint; a value that comes up twice gets it twice.
* *position*: a share to the first, a share to the last, and the rest in equal parts to those between. Of
  two, the first and the last share in proportion; one gets all.
* *decay*: to each touchpoint in proportion to 2^(−a/H), a being the time from it to the conversion and H the
  half-life.
* *markov*: the removal effect of each value (`chains`), scaled so that all of them add up to the
  conversions. Journeys that led to nothing count here, and here only.
* *shapley*: the Shapley value of the game in which a set S of values earns the conversions of the journeys
  whose values all lie in S. That game is a sum of unanimity games, one a journey, and the value of such a
  game is shared equally among its members (L. S. Shapley, A value for n-person games (1953)): so a journey's
  conversion is shared equally among its *distinct* values, and no coalition needs to be looked at.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from leadline.engine.credit.chains import ORDERS, Chain, count_chain, removal_effects
from leadline.engine.errors import LeadlineError, UnknownName, nearest
from leadline.engine.estimates import Caution, Estimate, Share, TooFewConversions, normal_quantile, wilson
from leadline.engine.instants import DAY
from leadline.engine.lots import dealt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from leadline.engine.credit.journeys import Journeys

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

MODELS = ("first", "last", "linear", "position", "decay", "markov", "shapley")
"""The models, in the order in which they are shown."""

GROUPS = 200
"""Journeys are resampled in so many groups, drawn by chance; where there are fewer, one by one."""
RESAMPLES = 400
_MOST_STATES = 150  # chains of more states are not solved hundreds of times
_DIGITS = 3  # of a unit
_BATCH = 50
_NOTHING = 1e-12
_SAME = 1e-6


class BadRules(LeadlineError):
    """Rules by which no credit can be shared out."""

    code, exit_code = "bad-rules", 3


def choose_models(names: Iterable[str]) -> tuple[str, ...]:
    """The models of these names, in the order of MODELS. Raises UnknownName."""
    chosen = [name.strip().casefold() for name in names]
    for name in chosen or [""]:
        if name not in MODELS:
            raise UnknownName(
                "A model of attribution was asked for",
                found=f"“{name}”",
                allowed=", ".join(MODELS),
                suggestion=nearest(name, MODELS),
            )
    return tuple(model for model in MODELS if model in chosen)


@dataclass(frozen=True)
class Rules:
    """What can be set in the models: the chain's order (1 to 3), the shares by position, the half-life.

    With `lookback_days` only touchpoints of so many days before the conversion count. Raises BadRules.
    """

    order: int = 1
    position: tuple[float, ...] = (0.4, 0.2, 0.4)
    half_life_days: float = 7.0
    lookback_days: float | None = None

    def __post_init__(self) -> None:
        if self.order not in ORDERS:
            raise BadRules(
                "A Markov chain was asked for", found=f"of order {self.order}", allowed="1, 2 or 3"
            )
        if len(self.position) != 3 or min(self.position) < 0 or abs(sum(self.position) - 1) > 1e-9:
            raise BadRules(
                "Shares by position were asked for",
                found=" / ".join(f"{part:g}" for part in self.position),
                allowed="three shares (first, between, last) that add up to 1, as 0.4, 0.2, 0.4",
            )
        for name, days in (("half-life", self.half_life_days), ("lookback", self.lookback_days)):
            if days is not None and not 0 < days < float("inf"):
                raise BadRules(f"A {name} was asked for", found=f"{days:g} days", allowed="more than 0 days")


@dataclass(frozen=True)
class Credit:
    """What one value gets: by each model its conversions, its share of them, and its money (minor units).

    It was on the way of `present` conversions; it came first and not last in `opened`, last and not first in
    `closed` of them.
    """

    name: str
    present: int
    opened: int
    closed: int
    credits: dict[str, float]
    shares: dict[str, Share]
    money: dict[str, int]

    def parts(self, whole: int) -> list[float]:
        """Its part of so many conversions by each model, however few they are."""
        return [credit / max(whole, 1) for credit in self.credits.values()]

    def apart(self, whole: int) -> float:
        """How far apart the least and the greatest of these parts are."""
        return max(self.parts(whole)) - min(self.parts(whole))

    @property
    def whole(self) -> float:
        """What it gets by all models together."""
        return sum(self.credits.values())

    def is_level(self, other: Credit) -> bool:
        """Whether the two get the same by every model."""
        return all(abs(self.credits[model] - other.credits[model]) < _SAME for model in self.credits)


def credits_of(journeys: Journeys, rules: Rules, chain: Chain | None = None) -> dict[str, Floats]:
    """For each model the conversions credited to each value; each model's sum is that of `journeys.won`.

    `chain` is the journeys' chain, where it has been counted already.
    """
    chain = chain or count_chain(journeys, rules.order)
    shared = {name: grouped[0] for name, grouped in share_out(journeys, rules, journeys.won)}
    return _ordered(shared, removal_effects(chain)[0], int(journeys.won.sum()))


def money_of(journeys: Journeys, rules: Rules, chain: Chain | None = None) -> dict[str, Integers]:
    """For each model the minor units credited to each value; each model's sum is that of `journeys.worth`."""
    chain = chain or count_chain(journeys, rules.order)
    shared = {name: grouped[0] for name, grouped in share_out(journeys, rules, journeys.worth)}
    whole = int(journeys.worth.sum())
    found = _ordered(shared, removal_effects(chain, money=True)[0], whole)
    return {name: _whole_units(credit, whole) for name, credit in found.items()}


def share_out(
    journeys: Journeys, rules: Rules, what: Integers, group: Integers | None = None, groups: int = 1
) -> Iterator[tuple[str, Floats]]:
    """For each model but Markov's, the credits of `what` was earned: a row a group, a column a value."""
    some = journeys.take(what > 0)
    earned, width = what[what > 0].astype(np.float64), len(journeys.names)
    many = np.zeros(len(some), np.int64) if group is None else group[what > 0]
    first, last, journey = some.starts[:-1], some.starts[1:] - 1, some.journey

    def add(where: Any, value: Any, portion: Any) -> Floats:
        cells = many[where] * width + value
        counted = np.bincount(cells, earned[where] * portion, groups * width)
        return counted.astype(np.float64).reshape(groups, width)

    yield "first", add(slice(None), some.value[first], 1.0)
    yield "last", add(slice(None), some.value[last], 1.0)
    yield "linear", add(journey, some.value, (1 / some.lengths)[journey])
    yield "position", add(journey, some.value, _by_position(some, rules.position))
    yield "decay", add(journey, some.value, _by_decay(some, rules.half_life_days * DAY))
    members, value = some.members()
    yield (
        "shapley",
        add(members, value, (1 / np.maximum(np.bincount(members, minlength=len(some)), 1))[members]),
    )


@dataclass(frozen=True, eq=False)
class Draws:
    """Journeys in groups drawn by chance, and RESAMPLES resamples of the groups: how often each one counts.

    `chain` is counted by group where it is small enough to be solved for each resample, else as a whole.
    """

    group: Integers
    groups: int
    mixes: Floats
    chain: Chain
    solvable: bool

    @staticmethod
    def of(journeys: Journeys, rules: Rules, seed: int) -> Draws:
        """The draws of these journeys; the same seed gives the same ones."""
        rng = np.random.default_rng(seed)
        groups = max(min(len(journeys), GROUPS), 1)
        group = dealt(journeys.hashes(), groups, seed)
        mixes = rng.multinomial(groups, np.full(groups, 1 / groups), RESAMPLES).astype(np.float64)
        won = mixes @ np.bincount(group, journeys.won, groups)
        solvable = (len(journeys.names) + 1) ** rules.order <= _MOST_STATES
        parts = (group, groups) if solvable else ()
        return Draws(group, groups, mixes[won > 0], count_chain(journeys, rules.order, *parts), solvable)


def resampled(journeys: Journeys, rules: Rules, draws: Draws) -> dict[str, Floats]:
    """For each model the shares of each value, a row a resample in which anything was won.

    Markov's is missing where the chain has too many states to be solved so often.
    """
    mixes, group, groups = draws.mixes, draws.group, draws.groups
    won = (mixes @ np.bincount(group, journeys.won, groups))[:, None]
    found = {
        name: mixes @ grouped / won
        for name, grouped in share_out(journeys, rules, journeys.won, group, groups)
    }
    if not draws.solvable or not len(mixes):
        return found
    batches = (mixes[at : at + _BATCH] for at in range(0, len(mixes), _BATCH))
    return _ordered(found, np.concatenate([removal_effects(draws.chain, batch) for batch in batches]), 1)


def _ordered(shared: dict[str, Floats], effects: Floats, whole: int) -> dict[str, Floats]:
    """The credits by model, with Markov's: the removal effects, scaled to the whole."""
    total = effects.sum(axis=-1, keepdims=True)
    markov = np.divide(effects, total, out=np.zeros_like(effects), where=total > 0) * whole
    return {name: markov if name == "markov" else shared[name] for name in MODELS}


def _by_position(some: Journeys, position: tuple[float, ...]) -> Floats:
    """The portion of each touchpoint by its place in the journey."""
    opening, between, closing = position
    lengths = some.lengths
    portion: Floats = np.repeat(between / np.maximum(lengths - 2, 1), lengths)
    both = opening + closing
    pair = opening / both if both > 0 else 0.5
    portion[some.starts[1:] - 1] = np.where(lengths == 2, 1 - pair, closing)
    portion[some.starts[:-1]] = np.where(lengths == 1, 1.0, np.where(lengths == 2, pair, opening))
    return portion


def _by_decay(some: Journeys, half_life: float) -> Floats:
    """The portion of each touchpoint by its age; ages are taken from the last, which cancels out."""
    journey = some.journey
    since = some.age - some.age[some.starts[1:] - 1][journey]
    weight = np.exp2(-since / half_life)
    portion: Floats = weight / np.bincount(journey, weight, len(some))[journey]
    return portion


def _whole_units(credit: Floats, whole: int) -> Integers:
    """Credits in whole units that add up to the whole: the largest remainders are rounded up."""
    credit = np.round(credit, _DIGITS)  # sums in another order differ in their last digits
    units = np.floor(credit).astype(np.int64)
    most = np.argsort(units - credit, kind="stable")[: max(whole - int(units.sum()), 0)]
    units[most] += 1
    return units


def list_credits(
    journeys: Journeys, rules: Rules, caution: Caution, seed: int, *, money: bool
) -> tuple[Credit, ...]:
    """Of each value what it gets, the most first."""
    draws = Draws.of(journeys, rules, seed)
    shared = credits_of(journeys, rules, draws.chain)
    paid = money_of(journeys, rules, draws.chain) if money else {}
    shares = _shares(journeys, shared, rules, caution, draws)
    present, opened, closed = _places(journeys.take(journeys.won > 0))
    found = [
        Credit(
            name=name,
            present=int(present[value]),
            opened=int(opened[value]),
            closed=int(closed[value]),
            credits={model: float(shared[model][value]) for model in MODELS},
            shares={model: shares[model][value] for model in MODELS},
            money={model: int(paid[model][value]) for model in paid},
        )
        for value, name in enumerate(journeys.names)
    ]
    return tuple(sorted(found, key=lambda one: (-sum(one.credits.values()), one.name)))


def _shares(
    journeys: Journeys, shared: dict[str, Floats], rules: Rules, caution: Caution, draws: Draws
) -> dict[str, list[Share]]:
    """For each model the share of each value, with its interval."""
    whole = int(journeys.won.sum())
    if whole < max(caution.needed, 1):
        few = TooFewConversions(whole, caution.needed)
        return {model: [few] * len(journeys.names) for model in MODELS}
    sampled = resampled(journeys, rules, draws)
    tail = tail_of(whole, caution.level)
    found: dict[str, list[Share]] = {}
    for model in MODELS:
        scored = [_scored(credit, whole, caution.level) for credit in shared[model].tolist()]
        if model in sampled and model not in {"first", "last"}:
            limits = np.quantile(sampled[model], [tail, 1 - tail], axis=0).T.tolist()
            found[model] = [_bounded(one, *limit) for one, limit in zip(scored, limits, strict=True)]
        else:
            found[model] = list(scored)
    return found


def tail_of(whole: int, level: float) -> float:
    """The share of resamples to leave out at each end, so that the rest holds the truth as often as `level`.

    Percentiles of resamples lie too close together where they are of few: with n of them and t Student's
    quantile of n − 1 degrees of freedom the tail is Φ(−√(n/(n−1)) t) (T. Hesterberg, What teachers should
    know about the bootstrap, The American Statistician 69 (2015) 371–386). t by its expansion around the
    normal quantile (R. A. Fisher and E. A. Cornish, Technometrics 2 (1960) 209–225).
    """
    z, freedom = normal_quantile(level), max(whole - 1, 1)
    t = z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
    return NormalDist().cdf(-t * math.sqrt((freedom + 1) / freedom))


def _scored(credit: float, whole: int, level: float) -> Estimate:
    """The share with Wilson's interval, which holds for parts of conversions too, if wider than need be."""
    return wilson(min(max(credit, 0.0), whole), whole, level)


def _bounded(scored: Estimate, low: float, high: float) -> Estimate:
    """The share with these limits; where it is nothing or all, with Wilson's, as resamples can't differ."""
    if scored.value <= _NOTHING or scored.value >= 1 - _NOTHING:
        return scored
    return Estimate(scored.value, min(low, scored.value), max(high, scored.value))


def _places(won: Journeys) -> tuple[npt.NDArray[np.intp], ...]:
    """On the way of how many conversions each value was, came first and not last, last and not first."""
    width = len(won.names)
    first, last = won.value[won.starts[:-1]], won.value[won.starts[1:] - 1]
    turned = first != last
    values = (won.members()[1], first[turned], last[turned])
    return tuple(np.bincount(value, minlength=width) for value in values)
