"""Forecast: how many new clients and how much income the next months are likely to bring.

Five hundred futures are drawn from the process that the history follows (`process` says what is counted,
`chances` and `arrivals` how sure it is, `outlook` how futures are drawn): who is where, and for how long,
moves on as others did; new people keep arriving as they do; clients buy again as clients did. What is told of
a month is the median of the draws, and the narrowest interval that holds so large a share of them as the
caution asks for. Months are counted from `as_of`: each ends on the same day of a month, so that none is cut
short; from the end of a month on they are calendar months.

A new client is somebody who stands in a stage of role `client` for the first time. Income is what is paid,
in the currency of most purchases, by new clients and by those who were clients before, less what is given
back of it (`payments`). What the people in a stage are worth is how many of them are to be expected as
clients in that time, times the mean of the first purchases. Amounts are given to two digits: nobody knows
better.

How far off it would have been on past days of the last year is told beside the forecast that anybody can
make, as many as in the three months before (`outlook.try_past`); where that is clearly better, it is said
first.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from leadline.engine import charts
from leadline.engine.clocks import to_local
from leadline.engine.estimates import USUAL, Caution, TooEarly, TooFewConversions
from leadline.engine.instants import DAY, to_datetime
from leadline.engine.money import money_words
from leadline.engine.outlook import (
    WEEKS_NEEDED,
    Outlook,
    Range,
    Tried,
    central,
    count_past,
    expect_clients,
    expect_daily,
    foresee,
    month_ends,
    narrowest,
    period_words,
    rounded,
    too_little,
    try_past,
)
from leadline.engine.process import estimate_process
from leadline.engine.wording import counted, day_words, numbered, percent

if TYPE_CHECKING:
    import altair as alt

    from leadline.engine.history import History
    from leadline.engine.outlook import Floats
    from leadline.engine.process import Process
    from leadline.engine.touches import Column, Touches

_MOST_PAST = 12
_NEAR = 3
_HARDLY = 0.1
_TRIED_ENOUGH = 3


@dataclass(frozen=True)
class Month:
    """A month ahead (instants): new clients and income, the income None where there is no money on record.

    `known` is the share of the new clients to be expected who are on record already; None where none are
    expected.
    """

    starts: int
    ends: int
    clients: Range
    income: Range | None
    known: float | None


@dataclass(frozen=True)
class Prospect:
    """Those of an open stage who never were clients: how many, and how many clients to be expected of them.

    `worth` is what these would pay; None where no money is on record, or hardly a client is to be expected.
    """

    stage: str
    people: int
    clients: float
    worth: int | None


@dataclass(frozen=True)
class Forecast:
    """The months ahead, or why nothing is said of them; `near` is all of the first three (or fewer).

    `past` has (end, new clients, income) of up to twelve whole months on record, the latest last. `tried` is
    None where nothing is foreseen. `begins`: the instant since when new clients are on record, where others
    were on their way before it. `undated` subjects have no touch at all and are in no figure, nor is
    what was paid in another currency.
    """

    unit: str
    level: float
    as_of: int
    currency: str | None
    months: tuple[Month, ...] | TooFewConversions | TooEarly
    near: Month | None
    past: tuple[tuple[int, int, int], ...]
    prospects: tuple[Prospect, ...]
    tried: Tried | None
    begins: int | None
    undated: int

    def rows(self) -> list[dict[str, Any]]:
        """A dict for each month ahead; where nothing is said, one with the reason."""
        if not isinstance(self.months, tuple):
            return [{"month": None, "unsaid": self.months.reason}]
        return [_row(number, month, self.currency) for number, month in enumerate(self.months, 1)]

    def prospect_rows(self) -> list[dict[str, Any]]:
        """A dict for each open stage: people, clients to be expected of them, and their worth."""
        return [
            vars(one)
            | {"clients": round(one.clients, 1), "worth": None if one.worth is None else rounded(one.worth)}
            | {"currency": self.currency}
            for one in self.prospects
        ]

    def sentences(self) -> list[str]:
        """What is likely, beside what was; where it comes from; what the open stages are worth."""
        if isinstance(self.months, TooEarly):
            weeks = counted(self.months.found, "whole week")
            return [f"The record covers {weeks}: too few to foresee anything, which takes {WEEKS_NEEDED}."]
        if not isinstance(self.months, tuple) or self.near is None:
            return [_too_few(self.months, self.unit)] if isinstance(self.months, TooFewConversions) else []
        tried = self._tried()
        worse = self.tried is not None and self.tried.worse
        return [
            *(tried if worse else []),
            self._clients(self.months[0], self.near),
            *self._income(self.months[0], self.near),
            *self._before(self.near),
            *self._belt(self.months),
            *(self._prospect(one) for one in self.prospects),
            *([] if worse else tried),
            *self._left_out(),
        ]

    def chart(self, of: Literal["clients", "income"] = "clients") -> alt.Chart:
        """The months that were, and those ahead with their interval: new clients, or income."""
        what = "New clients" if of == "clients" else "Income"
        ahead = "a forecast not to rely on" if self.tried and self.tried.worse else "what is likely"
        title, description = f"{what} a month, and {ahead}", " ".join(self.sentences()[:3])
        if not isinstance(self.months, tuple) or (of == "income" and self.currency is None):
            return charts.note(title, description)
        places = {"clients": 1, "income": 2}
        points = [_point(past[0], past[places[of]], None, "past") for past in self.past]
        points += [_point(one.ends, 0, getattr(one, of), "ahead") for one in self.months]
        unit = "clients" if of == "clients" else self.currency or ""
        return charts.fan(points, title, description, axis="month to", unit=unit)

    def _clients(self, first: Month, near: Month) -> str:
        said = f"In {period_words(first.starts, first.ends)}, {_likely(first.clients)}"
        if near.ends == first.ends:
            return said + "."
        return f"{said}; in the {_count_months(near)}, {_number(near.clients)}."

    def _income(self, first: Month, near: Month) -> list[str]:
        if first.income is None or near.income is None:
            return []
        said = f"The income of {period_words(first.starts, first.ends)} is likely to be about "
        said += self._money(first.income)
        if near.ends == first.ends:
            return [said + "."]
        return [f"{said}; that of the {_count_months(near)}, {self._money(near.income)}."]

    def _money(self, some: Range) -> str:
        value, low, high = (money_words(rounded(one), self.currency or "") for one in _limits(some))
        if low == high:
            return value
        return f"{value} (between {low.removesuffix(' ' + (self.currency or ''))} and {high})"

    def _before(self, near: Month) -> list[str]:
        months = _length(near)
        if len(self.past) < months:
            return []
        clients, income = (sum(one[place] for one in self.past[-months:]) for place in (1, 2))
        paid = f" and {money_words(rounded(income), self.currency)}" if self.currency is not None else ""
        before = "The month before brought" if months == 1 else f"The {months} months before brought"
        return [f"{before} {counted(clients, 'new client')}{paid}."]

    def _belt(self, months: tuple[Month, ...]) -> list[str]:
        first, last = months[0], months[-1]
        if first.known is None or last.known is None or len(months) == 1:
            return []
        if all(not month.known for month in months):
            return ["None of the new clients to come is on record yet: all have still to hear of you."]
        said = f"Of the new clients of {period_words(first.starts, first.ends)}, {percent(first.known)} "
        said += f"would come if nobody new arrived; of those of {period_words(last.starts, last.ends)}, "
        rest = f"{percent(last.known)}: the rest has" if last.known else "none: they have"
        return [f"{said}{rest} still to hear of you."]

    def _tried(self) -> list[str]:
        """How far off it would have been, beside the plain forecast."""
        tried = self.tried
        if tried is None or tried.days < _TRIED_ENOUGH or not tried.came:
            return []
        off, plain = (percent(one / tried.came) for one in (tried.off, tried.plain_off))
        said = f"On {tried.days} days of the last year, such a forecast would have been {off} off in the new "
        said += f"clients of the next three months; guessing as many as in the three months before, {plain}."
        if not tried.worse:
            return [said]
        return [f"Don't rely on this forecast: your new clients don't come as it supposes. {said}"]

    def _left_out(self) -> list[str]:
        """What is on record and in no figure."""
        said = []
        if self.begins is not None:
            said.append(
                f"Before {day_words(self.begins)} hardly anybody is on record as a new client, though people "
                "were on their way: what came before that day doesn't count."
            )
        if self.undated:
            who = counted(self.undated, self.unit) + (" has" if self.undated == 1 else " have")
            said.append(f"{who} no date on record: nothing is foreseen of them.")
        return said

    def _prospect(self, one: Prospect) -> str:
        many = one.people > 1
        people = f"The {one.people:,} people" if many else "The one person"
        new, are = ("who never were clients", "are") if many else ("who never was a client", "is")
        months = len(self.months) if isinstance(self.months, tuple) else 0
        said = f"{people} now in “{one.stage}” {new} {are} likely to bring {_expected(one.clients)} "
        said += "within the month" if months == 1 else f"within {months} months"
        if one.worth is None or not one.worth or self.currency is None:
            return said + "."
        return f"{said}, worth about {money_words(rounded(one.worth), self.currency)} in first purchases."


def forecast(
    history: History,
    touches: Touches,
    *,
    months: int = 6,
    draws: int = 500,
    seed: int = 1,
    caution: Caution = USUAL,
    unit: str = "contact",
    whose: Column | None = None,
    process: Process | None = None,
) -> Forecast:
    """The next months of a business from its history and touches, as far as they were known at `as_of`.

    It says nothing where fewer became clients than the caution needs, or less than 8 weeks are on record.
    `whose` says of which subject each touch is, where that is not its contact (`history.subjects_of`).
    `process`: the one that the history follows, where it was estimated before.
    """
    process = process or estimate_process(history, touches, whose=whose)
    ends = month_ends(process.as_of, months)
    unsaid = too_little(process, caution)
    ahead: tuple[Month, ...] = ()
    tried = None
    if unsaid is None:
        days = -(-(ends[-1] - process.as_of) // DAY)
        with ThreadPoolExecutor(max_workers=1) as pool:  # drawing holds no interpreter lock
            trial = pool.submit(try_past, process, seed)
            whole, tried = foresee(process, days, draws, seed), trial.result()
        known = expect_daily(process, days, seed)
        ahead = tuple(_month(whole, known, ends, [n], caution.level) for n in range(months))
        near = _month(whole, known, ends, list(range(min(months, _NEAR))), caution.level)
    return Forecast(
        unit=unit,
        level=caution.level,
        as_of=process.as_of,
        currency=process.currency,
        months=unsaid or ahead,
        near=near if ahead else None,
        past=_past(process),
        prospects=_prospects(process, history, ends[-1]) if ahead else (),
        tried=tried,
        begins=process.since if process.course.late else None,
        undated=_undated(touches.contact if whose is None else whose),
    )


def _month(whole: Outlook, known: Floats, ends: list[int], months: list[int], level: float) -> Month:
    """These months of the outlook as one; `known` clients a day are to be expected if nobody new came."""
    clients = whole.months(whole.clients)[:, months].sum(axis=1)
    without = whole.months(known[None])[0, months].sum()
    income = whole.months(whole.income)[:, months].sum(axis=1)
    return Month(
        starts=ends[months[0]],
        ends=ends[months[-1] + 1],
        clients=narrowest(clients, level),
        income=None if whole.currency is None else central(income, level),
        known=min(float(without / clients.mean()), 1.0) if clients.any() else None,
    )


def _undated(whose: Column) -> int:
    """How many subjects have no touch."""
    found = np.zeros(len(whose.labels) + 1, dtype=bool)
    found[whose.codes] = True  # -1, nobody, is the last place
    return int(np.count_nonzero(~found[:-1]))


def _past(process: Process) -> tuple[tuple[int, int, int], ...]:
    ends = [end for end in month_ends(process.as_of, -_MOST_PAST) if end >= process.since][::-1]
    clients, income = count_past(process, ends)
    return tuple(zip(ends[1:], clients.tolist(), income.tolist(), strict=True))


def _prospects(process: Process, history: History, until: int) -> tuple[Prospect, ...]:
    """The open stages with people in them, the last one first."""
    expected = expect_clients(process, (until - process.as_of) // DAY)
    people = process.people.waiting.sum(axis=1)
    value = process.first_value
    found = []
    for number, stage in enumerate(history.funnel.stages, 1):
        states = np.array([state[0] == number for state in process.states], dtype=bool)
        if stage.role == "open" and people[states].sum():
            clients = float(expected[states].sum())
            worth = None if value is None or clients < _HARDLY else round(clients * value)
            found.append(Prospect(stage.name, int(people[states].sum()), clients, worth))
    return tuple(found[::-1])


def _row(number: int, month: Month, currency: str | None) -> dict[str, Any]:
    starts, ends = (to_local(one).date().isoformat() for one in (month.starts, month.ends))
    row: dict[str, Any] = {"month": number, "starts": starts, "ends": ends}
    income = None if month.income is None else Range(*(rounded(one) for one in _limits(month.income)))
    for name, some in (("clients", month.clients), ("income", income)):
        row |= dict(zip((name, f"{name}_low", f"{name}_high"), _limits(some), strict=True))
    return row | {"currency": currency, "known": month.known, "unsaid": None}


def _limits(some: Range | None) -> tuple[Any, Any, Any]:
    return (None, None, None) if some is None else (some.value, some.low, some.high)


def _point(end: int, value: int, some: Range | None, part: str) -> dict[str, Any]:
    value, low, high = (value, value, value) if some is None else _limits(some)
    return {"time": to_datetime(end).isoformat(), "value": value, "low": low, "high": high, "part": part}


def _too_few(unsaid: TooFewConversions, unit: str) -> str:
    return (
        f"Too few ever became clients to foresee how many will: {counted(unsaid.found, unit)}, "
        f"at least {unsaid.needed} needed."
    )


def _likely(clients: Range) -> str:
    if not clients.value:
        return "there is most likely no new client" + (f" (at most {clients.high:,})" if clients.high else "")
    verb = "is" if clients.value == 1 else "are"
    return f"{counted(clients.value, 'new client')} {verb} likely{_between(clients)}"


def _number(clients: Range) -> str:
    if not clients.value:
        return "none" + (f" (at most {clients.high:,})" if clients.high else "")
    return f"{clients.value:,}{_between(clients)}"


def _between(some: Range) -> str:
    return f" (between {some.low:,} and {some.high:,})" if some.low < some.high else ""


def _length(near: Month) -> int:
    return max(round((near.ends - near.starts) / (30.4 * DAY)), 1)


def _count_months(near: Month) -> str:
    words = {2: "two months", 3: "three months"}[_length(near)]
    return f"{words} to {period_words(near.starts, near.ends, end_only=True)}"


def _expected(clients: float) -> str:
    if clients < _HARDLY:
        return "hardly a client"
    text = f"{clients:.1f}" if clients < 3 else f"{clients:,.0f}"
    return numbered(text.removesuffix(".0"), "client")
