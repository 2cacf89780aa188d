"""The touches that journeys are made of: one row for everything that happened."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from leadline.engine.instants import DAY, NEVER
from leadline.engine.simulate.business import Business, Mix, Renewal
from leadline.engine.simulate.draws import (
    HOUR,
    MINUTE,
    SECOND,
    Floats,
    Ints,
    Run,
    draw_kinds,
    draw_places,
    settle,
)
from leadline.engine.simulate.journeys import NO, NOT_NOW, SILENCE, YES, Journeys
from leadline.engine.touches import MISSING

Codes = npt.NDArray[np.uint16]

PRICED = {"asked_renewal", "renewed"}


@dataclass(frozen=True, eq=False)
class Happened:
    """Rows of what happened: the person, the kind's code, when, on which path; what for and for how much.

    `content` and `campaign` are places in `content_names` and `campaign_names`, `offer` in the business's
    offers, -1 for none; `value` is in minor units or MISSING.
    """

    person: Ints
    kind: Codes
    happened_at: Ints
    path: Ints
    offer: Ints
    value: Ints
    content: Ints
    campaign: Ints

    def __len__(self) -> int:
        return len(self.person)

    def take(self, rows: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> Happened:
        """Some of the rows."""
        return Happened(**{one.name: getattr(self, one.name)[rows] for one in fields(self)})

    @staticmethod
    def joined(parts: list[Happened]) -> Happened:
        """The rows of all parts, one part after the other."""
        names = [one.name for one in fields(Happened)]
        return Happened(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def content_names(business: Business) -> list[str]:
    """Every piece of content: what people respond to, then what they are nurtured with."""
    magnets = [name for path in business.paths for name in path.magnets]
    return list(dict.fromkeys([*magnets, *business.articles]))


def campaign_names(business: Business) -> list[str]:
    """Every campaign of every path."""
    return list(dict.fromkeys(name for path in business.paths for name in path.campaigns))


def campaigns_at(business: Business, path: Ints, at: Ints) -> Ints:
    """The campaign that ran on each path at each instant, as a place in `campaign_names`; -1 for none."""
    names, campaign = campaign_names(business), np.full(len(path), -1)
    quarter = at.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64) // 3
    for code, one in enumerate(business.paths):
        if one.campaigns:
            places = np.array([names.index(name) for name in one.campaigns])
            campaign = np.where(path == code, places[quarter % len(places)], campaign)
    return campaign


def write_down(run: Run, journeys: Journeys) -> Happened:
    """Everything that happened to everybody, in the order of instants, then people."""
    book = _Book(run, journeys)
    book.generation()
    book.nurturing()
    book.conversations()
    book.asking()
    book.clients()
    book.leave_taking()
    rows = Happened.joined(book.rows)
    return rows.take(np.lexsort((rows.kind, rows.person, rows.happened_at)))


class _Book:
    """The rows written so far, and how each part of a journey adds its own."""

    def __init__(self, run: Run, journeys: Journeys) -> None:
        self.run, self.journeys = run, journeys
        self.business, self.draws, self.kinds = run.business, run.draws, run.kinds
        self.goes_out = np.array([kind.direction != "in" for kind in run.kinds.kinds])
        self.rows: list[Happened] = []

    def generation(self) -> None:
        who = np.flatnonzero(self.run.closed[self.journeys.path])
        path, at = self.journeys.path[who], self.journeys.reached_at[who]
        self._add(who, self._draw("reach_by", path), at, path, campaign=campaigns_at(self.business, path, at))
        who = np.flatnonzero(self.journeys.lead_at < NEVER)
        path, at = self.journeys.path[who], self.journeys.lead_at[who]
        magnets = self._contents([one.magnets for one in self.business.paths], path)
        # on closed paths the campaign is that of the touch that reached them
        campaign = np.where(self.run.closed[path], -1, campaigns_at(self.business, path, at))
        self._add(who, self._draw("respond_by", path), at, path, content=magnets, campaign=campaign)

    def nurturing(self) -> None:
        lives = self.journeys
        who = np.flatnonzero((lives.lead_at < NEVER) & ~lives.skipped)
        path, since, until = lives.nurture_path[who], lives.lead_at[who], lives.nurtured_until[who]
        self._nurture(who, path, since, until, self._mean("nurture_touches", path), "nurture")
        asks = lives.asks
        for number in range(2, self.business.again.asks_at_most + 1):
            later, earlier = asks.number == number, asks.number == number - 1
            asked_before = np.full(len(lives), NEVER)
            asked_before[asks.person[earlier]] = asks.asked_at[earlier]
            who, path, until = asks.person[later], asks.path[later], asks.asked_at[later]
            touches = self._mean("nurture_touches", path)
            self._nurture(who, path, asked_before[who] + MINUTE, until, touches, f"nurture again {number}")

    def conversations(self) -> None:
        lives = self.journeys
        who = np.flatnonzero(lives.warm_at < NEVER)
        path, at = lives.nurture_path[who], lives.warm_at[who]
        self._add(who, self._draw("warm_by", path), at, path)
        for fact, share in self.business.facts.items():
            told = self.draws.of(f"fact {fact}").random(len(lives))[who] < share
            self._add(who[told], self._same(fact, told.sum()), at[told], path[told])
        who = np.flatnonzero(lives.first_asked_at < NEVER)
        path = lives.ask_path[who]
        since, until = lives.warm_at[who], lives.first_asked_at[who]
        place, at = self._between(since, until, self._mean("prove_touches", path), "prove")
        kind = self._draw("prove_by", path[place])
        self._add(who[place], kind, self._at_hours(kind, at, since[place], until[place]), path[place])

    def asking(self) -> None:
        asks, offer, value = self.journeys.asks, self.journeys.offer, self.journeys.value
        who = asks.person
        kind = self._draw("ask_by", asks.path)
        self._add(who, kind, asks.asked_at, asks.path, offer=offer[who], value=value[who])
        for answer, name in ((YES, "said_yes"), (NO, "said_no"), (NOT_NOW, "said_not_now")):
            said = asks.answer == answer
            self._add(who[said], self._same(name, said.sum()), asks.answered_at[said], asks.path[said])
        for fact, share in self.business.refusal_facts.items():
            told = self.draws.of(f"refusal {fact}").random(len(asks.person)) < share
            told &= (asks.answer != YES) & (asks.answer != SILENCE)
            self._add(who[told], self._same(fact, told.sum()), asks.answered_at[told], asks.path[told])

    def clients(self) -> None:
        lives = self.journeys
        who = np.flatnonzero(lives.bought_at < NEVER)
        offer, value, path = lives.offer[who], lives.value[who], lives.ask_path[who]
        self._add(who, self._same("bought", len(who)), lives.bought_at[who], path, offer=offer, value=value)
        if self.business.renewal is not None:
            self._care(self.business.renewal)
            self._ends_of_terms(self.business.renewal)

    def _care(self, renewal: Renewal) -> None:
        """Conversations with clients, in terms that ended and in those that run."""
        lives, ends = self.journeys, self.journeys.renewals
        last, runs = lives.bought_at.copy(), lives.bought_at < NEVER
        np.maximum.at(last, ends.person, ends.due_at)
        runs[ends.person[~ends.renewed]] = False
        who = np.concatenate([ends.person, np.flatnonzero(runs)])
        since = np.concatenate([ends.since, last[runs]])
        until = since + int(renewal.term_days * DAY)
        place, at = self._between(since, until, np.full(len(who), renewal.care_touches), "care")
        path = lives.ask_path[who[place]]
        kind = self._draw("warm_by", path)
        self._add(who[place], kind, self._at_hours(kind, at, since[place], until[place]), path)

    def _ends_of_terms(self, renewal: Renewal) -> None:
        lives, ends = self.journeys, self.journeys.renewals
        who, path = ends.person, lives.ask_path[ends.person]
        gives_notice = self.draws.of("notice").random(len(who)) < renewal.notice_rate
        for name, rows, at in (
            ("asked_renewal", ends.asked, ends.asked_at),
            ("renewed", ends.renewed, ends.settled_at),
            ("churned", ~ends.renewed & gives_notice, ends.settled_at),
            ("lapsed", ~ends.renewed & ~gives_notice, ends.settled_at),
        ):
            own = who[rows]
            priced = {"offer": lives.offer[own], "value": lives.value[own]} if name in PRICED else {}
            self._add(own, self._same(name, len(own)), at[rows], path[rows], **priced)

    def leave_taking(self) -> None:
        lives = self.journeys
        who = np.flatnonzero(lives.left_at < NEVER)
        path = np.where(lives.warm_at[who] < NEVER, lives.ask_path[who], lives.nurture_path[who])
        self._add(who, self._draw("leave_by", path), lives.left_at[who], path)

    def _nurture(self, who: Ints, path: Ints, since: Ints, until: Ints, mean: Floats, step: str) -> None:
        """Our touches in a span of time, and those of them that are heeded."""
        place, at = self._between(since, until, mean, step)
        who, path, since, until = who[place], path[place], since[place], until[place]
        kind = self._draw("nurture_by", path)
        at = self._at_hours(kind, at, since, until)
        article = self._contents([self.business.articles] * len(self.business.paths), path)
        article = np.where(kind == self.kinds.code("sent_content"), article, -1)
        self._add(who, kind, at, path, content=article)
        rng = self.draws.of(f"heed {step}")
        heeded = rng.random(len(who)) < self._mean("heed_rate", path)
        later = at + (rng.lognormal(0, 1.2, len(who)) * 2 * HOUR).astype(np.int64)
        later += np.where(later % DAY < 6 * HOUR, 7 * HOUR, 0)  # the night is for sleeping
        seen_at = np.minimum(later, np.maximum(until - MINUTE, at + SECOND)) // SECOND * SECOND
        answer = self._draw("heed_by", path[heeded])
        self._add(who[heeded], answer, seen_at[heeded], path[heeded], content=article[heeded])

    def _between(self, since: Ints, until: Ints, mean: Floats, step: str) -> tuple[Ints, Ints]:
        """Poisson numbers of instants in spans of time: which span each one is in, and when."""
        rng = self.draws.of(step)
        place = np.repeat(np.arange(len(since)), rng.poisson(mean))
        return place, since[place] + (rng.random(len(place)) * (until - since)[place]).astype(np.int64)

    def _at_hours(self, kind: Codes, at: Ints, since: Ints, until: Ints) -> Ints:
        """The instants moved to plausible hours, kept inside their spans."""
        rng = self.draws.of(f"hours {len(self.rows)}")
        moved = settle(rng, at, since, self.goes_out[kind])
        last = until - rng.integers(MINUTE, 3 * HOUR, len(at))
        kept: Ints = np.maximum(np.minimum(moved, last), since + SECOND)
        return kept // SECOND * SECOND

    def _contents(self, choices: list[tuple[str, ...]], path: Ints) -> Ints:
        """For each row one piece out of those of its path, -1 where its path has none."""
        names, rng = content_names(self.business), self.draws.of(f"contents {len(self.rows)}")
        content = np.full(len(path), -1)
        for code, own in enumerate(choices):
            mine = np.flatnonzero(path == code)
            if own:
                chosen = draw_places(rng, [1 / (2 + rank) for rank in range(len(own))], len(mine))
                content[mine] = np.array([names.index(name) for name in own])[chosen]
        return content

    def _draw(self, parameter: str, path: Ints) -> Codes:
        mixes: list[Mix] = [getattr(one, parameter) for one in self.business.paths]
        return draw_kinds(self.draws.of(f"{parameter} {len(self.rows)}"), self.kinds, mixes, path)

    def _same(self, name: str, n: int) -> Codes:
        return np.full(n, self.kinds.code(name), dtype=np.uint16)

    def _mean(self, parameter: str, path: Ints) -> Floats:
        mean: Floats = self.run.each(parameter)[path]
        return mean

    def _add(self, who: Ints, kind: Codes, at: Ints, path: Ints, **more: Ints) -> None:
        empty = {"offer": -1, "value": MISSING, "content": -1, "campaign": -1}
        columns = {name: np.full(len(who), nothing) for name, nothing in empty.items()} | more
        self.rows.append(Happened(person=who, kind=kind, happened_at=at, path=path, **columns))
