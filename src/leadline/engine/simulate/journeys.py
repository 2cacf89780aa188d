"""What really happens to everybody whom a business reaches, recorded or not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from leadline.engine.instants import DAY, NEVER
from leadline.engine.simulate.business import Mix, Path
from leadline.engine.simulate.draws import (
    MONTH_DAYS,
    Draws,
    Floats,
    Ints,
    Mask,
    Run,
    draw_delays,
    draw_places,
    settle,
)

YES, NO, NOT_NOW, SILENCE = range(4)
ANSWERS = ("yes", "no", "not now", "silence")
"""What is answered to an ask, by its code."""


@dataclass(frozen=True, eq=False)
class Occasions:
    """Posts, talks, events, mailings: the path (its place in the business), when, how many they reached."""

    path: Ints
    happened_at: Ints
    reached: Ints


@dataclass(frozen=True, eq=False)
class Asks:
    """Direct asks, first ones first: of whom, on which path, the how-many-th; answered NEVER when silent."""

    person: Ints
    path: Ints
    number: Ints
    asked_at: Ints
    answer: Ints
    answered_at: Ints


@dataclass(frozen=True, eq=False)
class Renewals:
    """Ends of terms up to `as_of`: of whom, whether asked, whether renewed, and when that was settled."""

    person: Ints
    term: Ints
    since: Ints
    due_at: Ints
    asked: Mask
    asked_at: Ints
    renewed: Mask
    settled_at: Ints


@dataclass(frozen=True, eq=False)
class Journeys:
    """One entry a person, in order of arrival; instants are NEVER for what doesn't come.

    `path`, `nurture_path` and `ask_path` are where generation, nurturing and asking take place (places in
    the business's paths). Instants go on after `as_of`, as lives do; a log ends there.
    """

    path: Ints
    nurture_path: Ints
    ask_path: Ints
    reached_at: Ints
    lead_at: Ints
    skipped: Mask
    named: Mask
    nurtured_until: Ints
    warm_at: Ints
    left_at: Ints
    offer: Ints
    value: Ints
    first_asked_at: Ints
    bought_at: Ints
    asks: Asks
    renewals: Renewals
    occasions: Occasions

    def __len__(self) -> int:
        return len(self.path)


def live(run: Run) -> Journeys:
    """Everybody reached from `start` to `as_of`, and what becomes of them."""
    draws, occasions = run.draws, _occasions(run)
    path, reached_at, responds = _arrivals(run, occasions)
    lead_at, n = _responses(run, path, reached_at), len(path)
    skipped = responds & (draws.of("skip").random(n) < run.each("skip_rate")[path])
    nurture_path = _jump(run, "jump to nurture", [one.jumps for one in run.business.paths], path)
    nurture_path = np.where(skipped, path, nurture_path)
    warms = responds & (skipped | (draws.of("warm").random(n) < run.each("nurture_rate")[nurture_path]))
    delay = draw_delays(draws.of("nurture"), run.delays("nurture"), nurture_path)
    until = lead_at + np.where(skipped, 0, delay)
    until = settle(draws.of("warm hour"), until, lead_at, run.in_office(n))

    ask_path = _jump(run, "jump to ask", [one.jumps_to_ask for one in run.business.paths], nurture_path)
    asks = _asks(run, warms, until, ask_path)
    offer, value = _prices(run, n)
    bought_at = _purchases(run, asks, ask_path)
    ended_at = np.where(warms, _last_refusal(asks, n), until)
    leaves = responds & (bought_at == NEVER) & _takes_leave(run, np.where(warms, ask_path, nurture_path))
    unnamed = draws.of("unnamed").random(n) < run.each("unnamed_rate")[path]
    return Journeys(
        path=path,
        nurture_path=nurture_path,
        ask_path=ask_path,
        reached_at=reached_at,
        lead_at=np.where(responds, lead_at, NEVER),
        skipped=skipped,
        named=run.closed[path] | ~unnamed,
        nurtured_until=until,
        warm_at=np.where(warms, until, NEVER),
        left_at=np.where(leaves, ended_at, NEVER),
        offer=offer,
        value=value,
        first_asked_at=_first_ask(asks, n),
        bought_at=bought_at,
        asks=asks,
        renewals=_renewals(run, ask_path, offer, bought_at),
        occasions=occasions,
    )


def _occasions(run: Run) -> Occasions:
    """Evenly spaced with some jitter; Poisson numbers of people by rate, growth and season."""
    parts = [_occasions_of(run, path) for path in run.business.paths]
    return Occasions(
        path=np.concatenate([np.full(len(at), code) for code, (at, _) in enumerate(parts)]),
        happened_at=np.concatenate([at for at, _ in parts]),
        reached=np.concatenate([reached for _, reached in parts]),
    )


def _occasions_of(run: Run, path: Path) -> tuple[Ints, Ints]:
    rng, business = run.draws.of(f"occasions of {path.name}"), run.business
    start, as_of = run.start, run.as_of
    gap = MONTH_DAYS / path.occasions_per_month * DAY
    places = np.arange(int(np.ceil((as_of - start) / gap)))
    at = start + ((places + 0.5 * rng.random(len(places))) * gap).astype(np.int64)
    at = settle(rng, at, np.full(len(at), start), np.ones(len(at), dtype=bool))
    months = at.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64) % 12
    years = (at - start) / (365.25 * DAY)
    usual = path.reached_per_month / path.occasions_per_month
    mean = usual * np.array(business.season)[months] * (1 + business.growth_per_year) ** years
    reached = run.draws.of(f"reached on {path.name}").poisson(mean)
    return at[at <= as_of], reached[at <= as_of]


def _arrivals(run: Run, occasions: Occasions) -> tuple[Ints, Ints, Mask]:
    """The path, instant and response of each person, in order of instant; unknown audiences are left out."""
    paths, instants, responses = [], [], []
    for code, path in enumerate(run.business.paths):
        mine = occasions.path == code
        at, responds = _people_of(run.draws, path, occasions.happened_at[mine], occasions.reached[mine])
        paths.append(np.full(len(at), code))
        instants.append(at)
        responses.append(responds)
    at = np.concatenate(instants)
    order = np.argsort(at, kind="stable")
    return np.concatenate(paths)[order], at[order], np.concatenate(responses)[order]


def _people_of(draws: Draws, path: Path, occasion_at: Ints, reached: Ints) -> tuple[Ints, Mask]:
    rng = draws.of(f"people of {path.name}")
    if path.cycle == "open":
        responding = rng.binomial(reached, path.generate_rate)
        occasion = np.repeat(occasion_at, responding)
        responds = np.ones(len(occasion), dtype=bool)
    else:
        occasion = np.repeat(occasion_at, reached)
        responds = rng.random(len(occasion)) < path.generate_rate
    echo = draw_delays(rng, [path.echo], np.zeros(len(occasion), dtype=np.int64))
    at_work = np.full(len(occasion), path.cycle == "closed")
    return settle(rng, occasion + echo, occasion, at_work), responds


def _responses(run: Run, path: Ints, reached_at: Ints) -> Ints:
    """When each person responds, or would: on open paths by noticing, on closed ones some time later."""
    n, delays = len(path), run.delays("respond")
    response = reached_at + draw_delays(run.draws.of("respond"), delays, path)
    response = settle(run.draws.of("respond hour"), response, reached_at, np.zeros(n, dtype=bool))
    return np.where(run.closed[path], response, reached_at)


def _takes_leave(run: Run, path: Ints) -> Mask:
    chance = run.draws.of("leave").random(len(path))
    takes: Mask = chance < run.each("leave_rate")[path]
    return takes


def _jump(run: Run, step: str, jumps: list[Mix], path: Ints) -> Ints:
    """The path of each person after the jumps that are declared for its path."""
    places = {one.name: code for code, one in enumerate(run.business.paths)}
    chance, landed = run.draws.of(step).random(len(path)), path.copy()
    for code, one in enumerate(jumps):
        targets = np.array([*(places[name] for name in one), code])
        chosen = targets[np.searchsorted(np.cumsum([*one.values()]), chance, side="right")]
        landed = np.where(path == code, chosen, landed)
    return landed


def _asks(run: Run, warms: Mask, warm_at: Ints, path: Ints) -> Asks:
    """The first asks, and after each round without a yes the next one."""
    n, rounds, again, draws = len(path), [], run.business.again, run.draws
    asked = warms & (draws.of("ask").random(n) < run.each("ask_rate")[path])
    ready_at = warm_at + draw_delays(draws.of("ask delay"), run.delays("ask"), path)
    earliest, at_work = warm_at, run.in_office(n)
    for number in range(1, again.asks_at_most + 1):
        rng = draws.of(f"ask {number}")
        asked_at = settle(rng, ready_at, earliest, at_work)
        yes_rate = run.each("yes_rate")[path] * again.yes_factor ** (number - 1)
        answer = _answers(run, rng, yes_rate)
        due = asked_at + draw_delays(rng, run.delays("answer"), path)
        due = settle(rng, due, asked_at, at_work)
        who = np.flatnonzero(asked)
        answered_at = np.where(answer == SILENCE, NEVER, due)
        rounds.append(
            [who, path[who], np.full(len(who), number), asked_at[who], answer[who], answered_at[who]]
        )
        asked = asked & (answer != YES) & (rng.random(n) < again.rate)
        earliest, ready_at = due, due + draw_delays(rng, [again.delay], np.zeros(n, dtype=np.int64))
    return Asks(*(np.concatenate(column).astype(np.int64) for column in zip(*rounds, strict=True)))


def _answers(run: Run, rng: np.random.Generator, yes_rate: Floats) -> Ints:
    chance, otherwise = rng.random(len(yes_rate)), rng.random(len(yes_rate))
    not_now = run.business.not_now_rate
    silence = not_now + run.business.silence_rate
    refusal = np.select([otherwise < not_now, otherwise < silence], [NOT_NOW, SILENCE], NO)
    return np.where(chance < yes_rate, YES, refusal).astype(np.int64)


def _prices(run: Run, n: int) -> tuple[Ints, Ints]:
    """The offer that each person would be made, and its price in minor units."""
    rng, offers = run.draws.of("price"), run.business.offers
    offer = draw_places(rng, [one.weight for one in offers], n)
    price = np.array([one.price for one in offers])[offer]
    sigma = np.sqrt(np.log1p(np.array([one.spread for one in offers])[offer] ** 2))
    drawn = price * np.exp(sigma * rng.standard_normal(n) - sigma**2 / 2)
    step = 10.0 ** np.floor(np.log10(np.maximum(drawn, 1)) - 1)  # two leading digits, as prices are made
    rounded = np.maximum(np.round(drawn / step), 1) * step
    return offer, np.round(np.where(sigma > 0, rounded, price) * 100).astype(np.int64)


def _purchases(run: Run, asks: Asks, path: Ints) -> Ints:
    rng, yes_at = run.draws.of("closing"), np.full(len(path), NEVER)
    said = asks.answer == YES
    yes_at[asks.person[said]] = asks.answered_at[said]
    known = np.where(yes_at < NEVER, yes_at, 0)
    closed = known + draw_delays(rng, [run.business.closing], np.zeros(len(path), dtype=np.int64))
    bought = settle(rng, closed, known, run.in_office(len(path)))
    return np.where(yes_at < NEVER, bought, NEVER)


def _first_ask(asks: Asks, n: int) -> Ints:
    first, at = asks.number == 1, np.full(n, NEVER)
    at[asks.person[first]] = asks.asked_at[first]
    return at


def _last_refusal(asks: Asks, n: int) -> Ints:
    """When the last ask was answered with no; NEVER where it wasn't, or is still open."""
    at = np.full(n, NEVER)
    at[asks.person] = np.where(asks.answer == NO, asks.answered_at, NEVER)
    return at


def _renewals(run: Run, path: Ints, offer: Ints, bought_at: Ints) -> Renewals:
    """Term after term for those who bought what renews, until one isn't renewed or ends after `as_of`."""
    none, never = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool)
    terms = [Renewals(none, none, none, none, never, none, never, none)]
    if run.business.renewal:
        length = int(run.business.renewal.term_days * DAY)
        renews = np.array([one.renews for one in run.business.offers])[offer]
        who = np.flatnonzero(renews & (bought_at <= run.as_of))
        since = bought_at[who]
        while len(who):
            ends = since + length <= run.as_of
            ended = _term(run, len(terms), path, who[ends], since[ends])
            terms.append(ended)
            who, since = ended.person[ended.renewed], ended.due_at[ended.renewed]
    columns = zip(*(vars(term).values() for term in terms), strict=True)
    return Renewals(*(np.concatenate(column) for column in columns))


def _term(run: Run, number: int, path: Ints, who: Ints, since: Ints) -> Renewals:
    """How everybody's term of this number ends."""
    assert run.business.renewal is not None
    length, at_work = int(run.business.renewal.term_days * DAY), np.ones(len(who), dtype=bool)
    due_at, rng = since + length, run.draws.of(f"renewal {number}")
    asked = rng.random(len(path))[who] < run.each("renewal_ask_rate")[path[who]]
    renewed = asked & (rng.random(len(path))[who] < run.each("renew_rate")[path[who]])
    asked_at = settle(rng, due_at - min(15 * DAY, length // 4), since, at_work)
    settled_at = settle(rng, due_at + np.where(renewed, 0, 7 * DAY), np.maximum(due_at, asked_at), at_work)
    return Renewals(who, np.full(len(who), number), since, due_at, asked, asked_at, renewed, settled_at)
