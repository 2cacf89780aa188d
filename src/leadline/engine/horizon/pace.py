"""Pace: how many new clients a month come, and how many it takes.

*Now*: those who became clients for the first time in the last year, or since the log begins. *Needed*, with a
goal: its number of new clients over the months that are left; an income is divided by what a new client
stands for, the income of the last year over its new clients, so that renewals are in it. *Needed*, without
one: as many as keep today's number of clients. Of n clients, hazard · n are lost a month; the hazard is the
endings of the last year less the returns, over the time that all clients were clients in it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from leadline.engine.conditions import phrases
from leadline.engine.estimates import Caution, Quantity, TooFewConversions
from leadline.engine.horizon.ranges import Said, around, count_per, ratio_of_sums, year_of
from leadline.engine.instants import DAY, MONTH, NEVER, YEAR
from leadline.engine.touches import MISSING

if TYPE_CHECKING:
    from leadline.engine.cycle.cycles import Cycles
    from leadline.engine.history import History
    from leadline.engine.plan.goals import Goal

Basis = Literal["goal", "keep", "pace"]


@dataclass(frozen=True)
class Pace:
    """New clients a month: `monthly`, as they come, and as `needed` for what `basis` says.

    `goal`: for a goal; `keep`: to keep the number of clients; `pace`: as many as come, where there are no
    clients today, or too few were lost to say how many are. `clients` are those of today; `new_clients` came
    in so many `months`. `silent` clients of today became one and last bought over a year ago, under a funnel
    in which nobody stops being a client by buying nothing; None under one in which they do.
    """

    basis: Basis
    clients: int
    monthly: Quantity
    new_clients: int
    months: float
    needed: Said
    silent: int | None

    @property
    def purpose(self) -> str:
        """What the needed number is needed for, as the end of a sentence."""
        if self.basis == "goal":
            return "for the goal"
        if self.basis == "keep":
            return "to keep today's number of clients"
        return "to go on winning as many clients as now"


def pace(history: History, cycles: Cycles, goal: Goal | None, caution: Caution) -> Pace:
    """The pace of new clients, now and as it is needed."""
    begin, months = year_of(cycles.since, cycles.as_of)
    new = int(np.count_nonzero((cycles.client_at > begin) & (cycles.client_at <= cycles.as_of)))
    monthly = count_per(new, months, caution.level)
    spans = client_spans(history)
    clients = int(np.count_nonzero(spans[2] == NEVER))
    basis, needed = _needed(cycles, spans, begin, goal, caution)
    if cycles.young:
        basis, needed = "pace", TooFewConversions(0, caution.needed)
    elif needed is None:
        few = new < max(caution.needed, 1)
        basis, needed = "pace", TooFewConversions(new, caution.needed) if few else monthly
    return Pace(basis, clients, monthly, new, months, needed, _silent(history, cycles, spans))


def _silent(history: History, cycles: Cycles, spans: tuple[Any, Any, Any]) -> int | None:
    """How many clients of today did nothing for a year, where nothing but a touch ends being a client."""
    stages = [stage for stage in history.funnel.stages if stage.role == "client"]
    if any(phrase.days for stage in stages for phrase in phrases(stage.when)):
        return None
    contact, entered, left = spans
    last = np.full(len(cycles), np.iinfo(np.int64).min)
    bought = cycles.purchases
    last[bought.contact] = bought.bought_at  # in order of time, so that the last one stays
    here = left == NEVER
    latest = np.maximum(last[contact[here]], entered[here])
    return int(np.count_nonzero(latest <= cycles.as_of - YEAR))


def client_spans(history: History) -> tuple[Any, Any, Any]:
    """Who was a client from when to when (NEVER: still), stages of role `client` taken together."""
    client = np.array([False, *(stage.role == "client" for stage in history.funnel.stages)])
    rows = np.flatnonzero(client[history.stage])
    contact, entered, left = history.contact[rows], history.entered_at[rows], history.left_at[rows]
    goes_on = np.zeros(len(rows) + 1, dtype=bool)
    goes_on[1:-1] = (contact[1:] == contact[:-1]) & (entered[1:] == left[:-1])
    return contact[~goes_on[:-1]], entered[~goes_on[:-1]], left[~goes_on[1:]]


def income_of(cycles: Cycles, begin: int, end: int) -> Any:
    """For each subject what it paid after `begin`, up to and with `end`; all 0 without money on record."""
    bought = cycles.purchases
    known = (bought.value != MISSING) & (bought.bought_at > begin) & (bought.bought_at <= end)
    return np.bincount(bought.contact[known], bought.value[known], minlength=len(cycles))


def _needed(
    cycles: Cycles, spans: tuple[Any, Any, Any], begin: int, goal: Goal | None, caution: Caution
) -> tuple[Basis, Said | None]:
    if goal is not None:
        left = goal.days_from(cycles.as_of) * DAY / MONTH
        return "goal", _for_goal(cycles, begin, goal, left, caution)
    return "keep", _to_keep(spans, begin, cycles.as_of, caution)


def _for_goal(cycles: Cycles, begin: int, goal: Goal, months: float, caution: Caution) -> Said:
    if goal.clients is not None:
        return Quantity(goal.clients, goal.clients, goal.clients).times(1 / months)
    new = ((cycles.client_at > begin) & (cycles.client_at <= cycles.as_of)).astype(np.float64)
    income = income_of(cycles, begin, cycles.as_of)
    if new.sum() < max(caution.needed, 1) or income.sum() <= 0:
        return TooFewConversions(int(new.sum()) if income.sum() > 0 else 0, caution.needed)
    return ratio_of_sums(new, income, caution).times(goal.target / months)


def _to_keep(spans: tuple[Any, Any, Any], begin: int, as_of: int, caution: Caution) -> Quantity | None:
    """Lost clients a month at today's number, returns taken off; None without clients, or too few losses."""
    contact, entered, left = spans
    returns = np.zeros(len(contact), dtype=bool)
    returns[1:] = contact[1:] == contact[:-1]
    ended = int(np.count_nonzero((left > begin) & (left <= as_of)))
    returned = int(np.count_nonzero(returns & (entered > begin)))
    time = float((np.minimum(left, as_of) - np.maximum(entered, begin)).clip(0).sum())
    lost = ended - returned
    clients = int(np.count_nonzero(left == NEVER))
    if lost < max(caution.needed, 1) or not clients:
        return None
    return around(lost / time * MONTH * clients, math.sqrt(ended + returned) / lost, caution.level)
