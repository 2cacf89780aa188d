"""The process that a history follows: who moves on from where after how long, who arrives, who buys again.

Time is cut into weeks that end at `as_of`. Everybody who was never a client stands at each week's end in a
state (a stage of the funnel, with its step; and whether they have been there or further before, since who
comes back after a no is not who comes for the first time) for so many whole weeks; by the next week's end
they are where they were, or moved: to another state, or to being a client. Of each state and age the
process holds how many were seen there and how many moved where: enough for a semi-Markov process, whose
chances depend on the state and on the time spent in it. Visits that last until `as_of` count for as long as
they were seen.

Who is a client (a first time in a stage of role `client`; under a funnel that has none, a first purchase)
is followed from purchase to purchase in the same way: by how many there were before, how much the last one
was worth, and how many weeks ago it was. What somebody buys in one week is one purchase. What was given back
is taken off the purchase (`payments`).

Only moves of the last `RECENT` weeks count, since a business changes; `course` has how that is counted, and
where a record begins that holds no ends of what began before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from leadline.engine.arrivals import Arrivals
from leadline.engine.course import RECENT, Course, Lives, Waits, course_at
from leadline.engine.instants import NEVER, WEEK
from leadline.engine.payments import payments_of
from leadline.engine.touches import MISSING

if TYPE_CHECKING:
    from leadline.engine.history import History
    from leadline.engine.touches import Column, Touches

OLDEST_PURCHASE = 110
"""Weeks from which on a purchase is as long ago as another."""

Integers = npt.NDArray[np.int64]
Codes = npt.NDArray[Any]
State = tuple[int, int, int]
"""The numbers of a stage and its step, and 1 for those who came back to it."""


@dataclass(frozen=True, eq=False)
class Process:
    """What `outlook.foresee` draws futures from.

    `people` waits in states (the last way to move is to become a client); `states` names them by the
    numbers of stage and step, and 1 for those who came back; `entries` has the arrivals in each state,
    and as clients at once. `buyers` waits for the next purchase in classes: 0 for clients who have not
    paid yet, then by size of the last purchase those with one, then those with more; its ways to move
    are the sizes. `at_once`: recent new clients who paid in the week in which they became one, and who
    didn't. `first_sizes` counts recent first purchases by size, `values` holds the recent amounts of
    each size. `became` has the instants at which people became clients, in order; `paid_at` those of
    every purchase, and `paid` what it was.
    """

    as_of: int
    since: int
    currency: str | None
    states: tuple[State, ...]
    course: Course
    lives: Lives
    arrived: Integers
    buyers: Waits
    at_once: tuple[int, int]
    first_sizes: Integers
    values: tuple[Integers, ...]
    became: Integers
    paid_at: Integers
    paid: Integers

    @property
    def people(self) -> Waits:
        """Those who were never a client, by state and age."""
        return self.course.people

    @property
    def entries(self) -> tuple[Arrivals, ...]:
        """Who arrives in each state, and as a client at once."""
        return self.course.entries

    @property
    def weeks(self) -> int:
        """How many whole weeks are on record."""
        return max((self.as_of - self.since) // WEEK, 0)

    @property
    def first_value(self) -> float | None:
        """The mean of the recent first purchases, by the means of their sizes; None without money."""
        if self.currency is None or not self.first_sizes.any():
            return None
        means = [float(values.mean()) if len(values) else 0.0 for values in self.values]
        return float(np.average(means, weights=self.first_sizes))


@dataclass(frozen=True, eq=False)
class _Spells:
    """Times spent somewhere, in weeks ago: at the week's ends `first` (the earlier) down to `last`."""

    place: Integers
    first: Integers
    last: Integers

    def take(self, rows: Codes) -> _Spells:
        return _Spells(self.place[rows], self.first[rows], self.last[rows])


def estimate_process(history: History, touches: Touches, *, whose: Column | None = None) -> Process:
    """The process of a history, up to its `as_of`; works for any history, also an empty one.

    `whose` says of which subject each touch is, where that is not its contact (`history.subjects_of`).
    """
    since = int(history.entered_at.min()) if len(history) else history.as_of
    paid = _purchases(history, touches, whose)
    client_at = _client_at(history, paid)
    states, spells, contact = _visits(history, client_at)
    ways = len(states) + 1
    client_week = np.where(client_at < NEVER, _weeks_ago(history, client_at), -1)
    then, arrived, arrived_in = _moves(spells, contact, client_week, ways)
    lives = Lives.of(spells.place, spells.first, spells.last, then, len(states), ways)
    weeks = max((history.as_of - since) // WEEK, 0)
    kept = arrived < weeks
    by_week = np.bincount(arrived_in[kept] * weeks + arrived[kept], minlength=ways * weeks)
    by_week = by_week.reshape(ways, weeks)
    course = course_at(lives, by_week, history.as_of)
    if course.late:
        since = history.as_of - course.weeks * WEEK
    buyers, at_once, first_sizes, values = _buyers(paid, client_week)
    return Process(
        as_of=history.as_of,
        since=since,
        currency=paid.currency,
        states=states,
        course=course,
        lives=lives,
        arrived=by_week,
        buyers=buyers,
        at_once=at_once,
        first_sizes=first_sizes,
        values=values,
        became=np.sort(client_at[client_at < NEVER]),
        paid_at=paid.single_at,
        paid=paid.single,
    )


def _weeks_ago(history: History, instants: Integers) -> Integers:
    """The number of the first week's end at or after each instant, 0 being `as_of`."""
    return (history.as_of - instants) // WEEK


def client_instants(history: History) -> Integers:
    """For each subject the instant at which it first stood in a stage of role `client`; NEVER if never."""
    role = np.array([False, *(stage.role == "client" for stage in history.funnel.stages)])
    at = np.full(len(history.subjects), NEVER)
    rows = np.flatnonzero(role[history.stage])[::-1]
    at[history.contact[rows]] = history.entered_at[rows]  # backwards in time, so that the first one stays
    return at


def _client_at(history: History, paid: _Paid) -> Integers:
    """The same, or under a funnel without such a stage that of the first purchase."""
    if any(stage.role == "client" for stage in history.funnel.stages):
        return client_instants(history)
    at = np.full(len(history.subjects), NEVER)
    at[paid.contact[::-1]] = paid.at[::-1]
    return at


def _visits(
    history: History, client_at: Integers
) -> tuple[tuple[tuple[int, int, int], ...], _Spells, Integers]:
    """The states there are, and each visit to one that was seen at a week's end, before being a client."""
    rows = np.flatnonzero(history.entered_at < client_at[history.contact])
    contact = history.contact[rows]
    code = history.stage[rows].astype(np.int64) * 256 + history.step[rows]
    code = code * 2 + _returning(contact, code)
    codes = np.flatnonzero(np.bincount(code, minlength=1)) if len(code) else np.zeros(0, np.int64)
    place = np.searchsorted(codes, code)
    left = np.minimum(history.left_at[rows], client_at[contact])
    first = _weeks_ago(history, history.entered_at[rows])
    last = np.where(left > history.as_of, 0, (history.as_of - np.minimum(left, history.as_of)) // WEEK + 1)
    seen = np.flatnonzero(first >= last)
    states = tuple((int(one) // 512, int(one) // 2 % 256, int(one) % 2) for one in codes)
    return states, _Spells(place, first, last).take(seen), contact[seen].astype(np.int64)


def _returning(contact: Codes, code: Integers) -> Integers:
    """1 for visits to where the contact has been before, or to what comes before that; 0 for the others."""
    furthest = np.maximum.accumulate((contact.astype(np.int64) << 20) + code)
    returning = np.zeros(len(code), dtype=np.int64)
    same = contact[1:] == contact[:-1]
    returning[1:] = same & ((contact[1:].astype(np.int64) << 20) + code[1:] <= furthest[:-1])
    return returning


def _moves(
    spells: _Spells, contact: Integers, client_week: Integers, ways: int
) -> tuple[Integers, Integers, Integers]:
    """Where each visit led; when everybody arrived (weeks ago), and where."""
    starts = np.ones(len(contact), dtype=bool)
    starts[1:] = contact[1:] != contact[:-1]
    then = np.full(len(contact), ways - 1)
    goes_on = np.flatnonzero(~starts[1:])
    then[goes_on] = spells.place[goes_on + 1]
    direct = client_week >= 0
    direct[contact] = False
    arrived = np.concatenate([spells.first[starts], client_week[direct]])
    arrived_in = np.concatenate([spells.place[starts], np.full(np.count_nonzero(direct), ways - 1)])
    return then, arrived, arrived_in


@dataclass(frozen=True, eq=False)
class _Paid:
    """Purchases by contact and week, in order: whose, when, how many weeks ago, for how much.

    `single_at` and `single` are the instant and the amount of each by itself, in order of time.
    """

    contact: Integers
    at: Integers
    week: Integers
    value: Integers
    single_at: Integers
    single: Integers
    currency: str | None


def _purchases(history: History, touches: Touches, whose: Column | None) -> _Paid:
    """What each bought in each week; amounts in other currencies than the usual one count as nothing."""
    whose = touches.contact if whose is None else whose
    payments = payments_of(touches, whose, history.as_of)
    subject, instants = whose.codes[payments.row], touches.happened_at[payments.row]
    order = np.lexsort((instants, subject))
    contact, at = subject[order].astype(np.int64), instants[order]
    value = np.where(payments.value == MISSING, 0, payments.value)[order]
    week = _weeks_ago(history, at)
    first = np.ones(len(order), dtype=bool)
    first[1:] = (contact[1:] != contact[:-1]) | (week[1:] != week[:-1])
    start = np.flatnonzero(first)
    total = np.add.reduceat(value, start) if len(start) else value
    by_time = np.argsort(at, kind="stable")
    currency = payments.usual_name
    return _Paid(contact[start], at[start], week[start], total, at[by_time], value[by_time], currency)


def _buyers(
    paid: _Paid, client_week: Integers
) -> tuple[Waits, tuple[int, int], Integers, tuple[Integers, ...]]:
    """How clients wait for their next purchase, what the first ones were like, and the amounts by size."""
    size, sizes = _sizes(paid.value)
    first = np.ones(len(paid.week), dtype=bool)
    first[1:] = paid.contact[1:] != paid.contact[:-1]
    again = np.flatnonzero(~first)
    last = np.zeros(len(paid.week), dtype=np.int64)
    last[again - 1] = paid.week[again] + 1
    then = np.zeros(len(paid.week), dtype=np.int64)
    then[again - 1] = size[again]
    place = 1 + size + sizes * (~first)

    first_week = np.full(len(client_week), -1)
    first_week[paid.contact[first]] = paid.week[first]
    first_size = np.zeros(len(client_week), dtype=np.int64)
    first_size[paid.contact[first]] = size[first]
    client = client_week >= 0
    prompt = client & (first_week >= client_week)
    unpaid = np.flatnonzero(client & ~prompt)
    spells = _Spells(
        np.concatenate([np.zeros(len(unpaid), dtype=np.int64), place]),
        np.concatenate([client_week[unpaid], paid.week]),
        np.concatenate([first_week[unpaid] + 1, last]),
    )
    then = np.concatenate([first_size[unpaid], then])
    recent = client & (client_week < RECENT)
    bought = first & (paid.week < RECENT)
    at_once = int(np.count_nonzero(prompt & recent)), int(np.count_nonzero(recent & ~prompt))
    values = tuple(_recent(paid.value[size == one], paid.week[size == one]) for one in range(sizes))
    lives = Lives.of(spells.place, spells.first, spells.last, then, 1 + 2 * sizes, sizes)
    waits = lives.waits(OLDEST_PURCHASE, RECENT)
    return waits, at_once, np.bincount(size[bought], minlength=sizes), values


def _recent(value: Integers, week: Integers) -> Integers:
    recent = week < RECENT
    return np.sort(value[recent] if recent.any() else value)


def _sizes(value: Integers) -> tuple[Integers, int]:
    """The size of each purchase, 0 for small, and how many sizes there are: one for each 40 purchases."""
    wanted = min(max(len(value) // 40, 1), 3)
    edges = np.unique(np.quantile(value, np.arange(1, wanted) / wanted)) if wanted > 1 else np.zeros(0)
    edges = edges[edges > value.min()] if len(edges) else edges
    return np.searchsorted(edges, value, side="right").astype(np.int64), len(edges) + 1
