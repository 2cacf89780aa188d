"""Asks: how many direct asks are made, what becomes of them, and how many it takes to reach a goal.

An ask is a touch of the link `ask`; who was a client before is asked to renew, which is counted apart. Yes,
no and not now are answers; what has none waits, until the contact is asked again, leaves or buys. A rate a
week is that of whole calendar weeks (UTC, Monday to Sunday) since the first ask on record. The share of yes
is that of asks older than nine in ten answers took (Wilson's interval), so that asks which merely wait don't
count against it. The way from the conversation to the ask has Aalen and Johansen's incidence, leaving and
buying without an ask being competing ends. The plan is `plans`, its arithmetic `odds`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.engine import charts
from leadline.engine.estimates import USUAL, Caution, Estimate, Share, TooFewConversions, share
from leadline.engine.instants import DAY, NEVER, to_datetime
from leadline.engine.plan import spells, tallies
from leadline.engine.plan.goals import BadGoal, Goal
from leadline.engine.plan.plans import Lacks, Plan, lacking, make_plan
from leadline.engine.plan.tallies import LATELY, Again, Calendar, Outstanding, Ready, Tally, Week
from leadline.engine.plan.words import goal_words, plan_sentences, unplanned_words
from leadline.engine.survival import Curve, incidence
from leadline.engine.wording import (
    counted,
    day_words,
    listed,
    percent,
    plural,
    quantity_words,
    share_words,
    time_words,
)

if TYPE_CHECKING:
    import altair as alt

    from leadline.engine.cycle.cycles import Cycles

_MOST_WEEKS, _MOST_PEOPLE = 13, 6
_WITHIN = 30 * DAY


@dataclass(frozen=True)
class Asks:
    """Asks up to `as_of`, and the plan for a goal where one is given.

    `total` and `people` tally asks of those who were no client yet, `renewals` those of clients. `usual` is
    the time (microseconds) in which nine in ten answers came. `waiting` is oldest first; `settled` counts the
    asks without an answer besides, of people who have left or bought since. `ready` has those who came to a
    conversation and were never asked, the latest first, of `talked` who ever did, of whom `asked` were asked.
    `to_ask` is the share asked by the time since the conversation. Of `clients`, `unasked` bought without an
    ask on record.
    """

    unit: str
    currency: str | None
    as_of: int
    first_ask: int | None
    last_ask: int | None
    people_asked: int
    total: Tally
    people: tuple[Tally, ...]
    renewals: Tally
    weeks: tuple[Week, ...]
    usual: int | None
    waiting: tuple[Outstanding, ...]
    settled: int
    again: Again
    ready: tuple[Ready, ...]
    talked: int
    asked: Share
    to_ask: Curve = field(repr=False, compare=False)
    clients: int
    unasked: int
    goal: Goal | None
    plan: Plan | TooFewConversions | None
    lacks: Lacks | None

    @property
    def on_record(self) -> bool:
        """Whether any ask is on record; without one nobody can be told from those who were never asked."""
        return self.total.asks + self.renewals.asks > 0

    @property
    def patchy(self) -> bool:
        """Whether many clients bought without an ask on record, so that not all asks are written down."""
        return self.on_record and spells.is_patchy(self.unasked, self.clients)

    def rows(self) -> list[dict[str, Any]]:
        """A dict for all asks, for each person who asks, and for the asks of clients (`sort` tells which)."""
        rows = [("all", self.total), *(("person", one) for one in self.people), ("renewals", self.renewals)]
        return [{"sort": sort} | one.fields() for sort, one in rows]

    def lists(self) -> dict[str, list[dict[str, Any]]]:
        """Dicts for whom to ask and who waits for an answer, for each week, and for each step of a plan."""
        asked = [vars(one) | {"asked_at": to_datetime(one.asked_at).isoformat()} for one in self.waiting]
        ready = [vars(one) | {"since": to_datetime(one.since).isoformat()} for one in self.ready]
        return {
            "ready": ready if self.on_record else [],
            "waiting": asked,
            "weeks": [vars(one) for one in self.weeks],
            "plan": self.plan.rows() if isinstance(self.plan, Plan) else [],
        }

    def sentences(self) -> list[str]:
        """The plan first, if there is a goal; then the asks made, answers, second asks, and who is ready."""
        if not self.on_record:
            return self._nothing()
        made = [*self._made(), *self._by_person(), *self._answered(), *self._waiting(), *self._settled()]
        unasked = self._unasked()
        first = [*unasked, *self.planned()] if self.patchy else self.planned()
        last = [] if self.patchy else unasked
        return [*first, *made, *self._again(), *self._ready(), *last, *self._renewed()]

    def chart(self) -> alt.Chart:
        """The odds of the goal by the number of asks; without a goal, the asks of the last weeks."""
        description = " ".join(self.sentences()[:3])
        if isinstance(self.plan, Plan) and self.plan.asks.enough:
            return self._odds_chart(self.plan, description)
        recent = self.weeks[-_MOST_WEEKS:]
        if not recent:
            return charts.note("Asks per week", "No ask is on record.")
        bars = [
            {
                "name": _week_words(week.monday),
                "count": week.asks,
                "label": f"{week.asks:,}" + ("" if week.whole else " so far"),
                "muted": not week.whole,
            }
            for week in recent
        ]
        return charts.bars(bars, "Asks per week", description)

    def _odds_chart(self, plan: Plan, description: str) -> alt.Chart:
        enough = None if plan.asks.is_far else plan.asks.enough
        last = max(2 * enough, 10) if enough is not None else plan.asks.most
        numbers = sorted({round(float(number)) for number in np.linspace(0, last, 61)} | {enough or 0})
        points = [{"x": number, "value": plan.asks.odds(number)} for number in numbers]
        title = f"Odds of {goal_words(plan.goal, self.currency)}"
        axis = f"{plural(self.unit)} asked for the first time by then"
        return charts.odds(points, title, description, axis=axis, mark=enough)

    def _nothing(self) -> list[str]:
        plan = "Without a direct ask there is no sale that you can plan"
        said = [f"No ask is on record. {plan}: record each one, with the day, the person and the answer."]
        said += self._unasked()
        if self.talked:
            who = counted(self.talked, self.unit).capitalize()
            said.append(f"{who} came to a conversation; which of them were asked can't be told.")
        return [*said, *self.planned()]

    def planned(self) -> list[str]:
        """What the goal takes; nothing where no goal is given."""
        if self.plan is None or self.goal is None:
            return []
        if not self.on_record:
            goal = goal_words(self.goal, self.currency)
            return [f"What {goal} takes can be said once some asks and their answers are on record."]
        if isinstance(self.plan, TooFewConversions):
            return [unplanned_words(self.lacks or "answers", self.plan, self.goal, self.currency)]
        return plan_sentences(self.plan, len(self.ready), self.currency, self.unit)

    def _made(self) -> list[str]:
        if not self.total.asks or self.first_ask is None or self.last_ask is None:
            return ["Nobody who is not a client yet was asked: every ask on record is of a client."]
        asks = f"{counted(self.total.asks, 'ask')} of {counted(self.people_asked, self.unit)}"
        whole = [week for week in self.weeks if week.whole]
        if self.total.per_week is None or not whole:
            return [f"{asks[0].upper()}{asks[1:]} so far, the first on {day_words(self.first_ask)}."]
        said = f"{asks} since {day_words(self.first_ask)}, {quantity_words(self.total.per_week)} a week"
        lately = [
            f"in the last {n} weeks {quantity_words(rate)}"
            for n, rate in zip(LATELY, self.total.lately, strict=True)
            if rate is not None and n < len(whole)
        ]
        said = f"{'; '.join([said, ' and '.join(lately)]) if lately else said}."
        empty = sum(week.asks == 0 for week in whole)
        none = f"In {empty:,} of {counted(len(whole), 'whole week')} nobody was asked." if empty else ""
        silent = self.as_of - self.last_ask
        last = f"The last ask was on {day_words(self.last_ask)}, {time_words(silent)} ago."
        return [said, *[none] * bool(none), *[last] * (silent > 28 * DAY)]

    def _by_person(self) -> list[str]:
        if not self.people:
            return []
        some, rest = self.people[:_MOST_PEOPLE], len(self.people) - _MOST_PEOPLE
        lately = [one.lately[0] for one in some]
        known = [rate for rate in lately if rate is not None]
        rates = [f" ({quantity_words(rate)})" for rate in known] or [""] * len(some)
        parts = [f"{one.person} {one.asks:,}{rate}" for one, rate in zip(some, rates, strict=True)]
        what = f"Asks by person{f', and a week in the last {LATELY[0]} weeks' if known else ''}"
        more = f"; the table has {rest:,} more" if rest > 0 else ""
        return [f"{what}: {listed(parts)}{more}."]

    def _answered(self) -> list[str]:
        total = self.total
        if not total.asks:
            return []
        counts = [
            f"{number:,} {words}"
            for number, words in (
                (total.yes, "yes"),
                (total.no, "no"),
                (total.not_now, "not now"),
                (total.superseded, "asked again before an answer came"),
                (total.waiting, "without an answer so far"),
            )
            if number
        ]
        said = [f"What came of them: {listed(counts)}."] * (total.waiting < total.asks)
        if isinstance(total.yes_share, Estimate):
            old = f" older than {time_words(self.usual)}" if self.usual else ""
            said.append(f"Of the asks{old}, {share_words(total.yes_share)} were answered with yes.")
        return said

    def _waiting(self) -> list[str]:
        if not self.waiting:
            return []
        n, oldest = len(self.waiting), self.waiting[0]
        again = sum(one.renewal for one in self.waiting)
        of = f" ({again:,} of {'a client' if again == 1 else 'clients'})" if again else ""
        said = f"{counted(n, 'ask')}{of} {'waits' if n == 1 else 'wait'} for an answer"
        late = sum(one.overdue for one in self.waiting)
        if self.usual is None or not late:
            since = time_words(int(oldest.days * DAY))
            return [f"{said}." if since == "at once" else f"{said}, the oldest for {since}."]
        usual = f"longer than nine in ten answers took ({time_words(self.usual)})"
        who = f"{late:,} of them" if late < n else "all of them" if n > 1 else "it has waited"
        return [f"{said}, {who} {usual}: ask those once more, or let them go."]

    def _settled(self) -> list[str]:
        if not self.settled:
            return []
        all_told = len(self.waiting) + self.settled
        whose = "of people who left or bought since"
        if not self.waiting:
            have = "has" if self.settled == 1 else "have"
            return [f"{counted(self.settled, 'ask')} {whose} {have} no answer on record."]
        return [f"With {self.settled:,} more {whose}, {all_told:,} asks have no answer on record."]

    def _again(self) -> list[str]:
        again = self.again
        if not again.refused:
            return []
        if not again.asked:
            n = again.refused
            return [f"{counted(n, 'answer').capitalize()} {_were(n)} no or not now; nobody was asked again."]
        yes = f"{again.yes:,} of these led to a yes" if again.yes else "none has led to a yes so far"
        rate = (
            f": {share_words(again.share)} of those old enough" if isinstance(again.share, Estimate) else ""
        )
        answers = f"{counted(again.refused, 'answer')} of no or not now"
        said = f"After {answers} came {counted(again.asked, 'further ask')}"
        return [f"{said}; {yes}{rate}."]

    def _ready(self) -> list[str]:
        if not self.talked:
            return []
        said = [f"{counted(self.talked, self.unit).capitalize()} came to a conversation."]
        if isinstance(self.asked, Estimate):
            month = self.to_ask.at(_WITHIN).value  # may be more than so far, as some came lately
            later = percent(month) != percent(self.asked.value) and month < self.asked.value
            soon = f", {percent(month)} within 30 days of it" if later else ""
            said[0] = f"{said[0][:-1]}, and {share_words(self.asked)} were asked so far{soon}."
        if self.ready:
            n = len(self.ready)
            never = "have no ask on record" if n > 1 else "has no ask on record"
            never = never if self.patchy else f"{_were(n)} never asked"
            still = f"{never} and {'is' if n == 1 else 'are'} still there"
            said.append(f"{counted(n, self.unit).capitalize()} {still}: ask the latest first.")
        return said

    def _unasked(self) -> list[str]:
        if not self.unasked:
            return []
        clients = counted(self.clients, "client")
        if self.unasked == self.clients:
            who = "The one client" if self.clients == 1 else f"All {clients}"
            return [f"{who} bought without an ask on record."]
        hint = ": not all asks are written down, and what is said here is of those that are"
        said = f"Of {clients}, {self.unasked:,} bought without an ask on record"
        return [f"{said}{hint if self.patchy else ''}."]

    def _renewed(self) -> list[str]:
        one = self.renewals
        if not one.asks:
            return []
        counts = {
            "yes": one.yes,
            "no or not now": one.no + one.not_now,
            "without an answer": one.waiting + one.superseded,
        }
        parts = [f"{number:,} {words}" for words, number in counts.items() if number]
        times = "once" if one.asks == 1 else f"{one.asks:,} times"
        return [f"Clients were asked {times} more, to renew or buy again: {listed(parts)}."]


def asks(
    cycles: Cycles, *, goal: Goal | None = None, odds: float = 0.8, seed: int = 1, caution: Caution = USUAL
) -> Asks:
    """The asks of everybody, and the plan that gives a goal these odds. Raises BadGoal.

    Takes O(n) and a sort of the conversations; the plan draws 2,000 times, the same with the same `seed`.
    """
    if not 0 < odds < 1:
        raise BadGoal("The odds of a goal lie between 0 and 1", found=str(odds), allowed="0.8 for 80 %")
    made = cycles.asks.take(~cycles.asks.renewal)
    calendar, usual = (
        Calendar.of(cycles.asks, cycles.since, cycles.as_of),
        tallies.usual_answer(made, caution),
    )
    again = cycles.asks.take(cycles.asks.renewal)
    talked = spells.ready(cycles)
    unasked = spells.unasked(cycles)
    waiting = tallies.outstanding(cycles, usual)
    short = lacking(cycles, goal, caution) if goal is not None else None
    return Asks(
        unit=cycles.unit,
        currency=cycles.currency,
        as_of=cycles.as_of,
        first_ask=int(made.asked_at[0]) if len(made) else None,
        last_ask=int(made.asked_at[-1]) if len(made) else None,
        people_asked=int(cycles.asked.sum()),
        total=tallies.tally(made, calendar, usual, caution),
        people=tallies.by_person(cycles, made, calendar, usual, caution),
        renewals=tallies.tally(again, calendar, usual, caution),
        weeks=calendar.weeks(cycles.asks),
        usual=usual,
        waiting=waiting,
        settled=int(tallies.unanswered(cycles).sum()) - len(waiting),
        again=tallies.second_asks(cycles, usual, caution),
        ready=tallies.never_asked(cycles, talked),
        talked=len(talked),
        asked=share(talked.ended("asked"), len(talked), caution),
        to_ask=incidence(talked.duration, talked.outcome, caution.level),
        clients=int((cycles.client_at < NEVER).sum()),
        unasked=int(unasked.sum()),
        goal=goal,
        plan=make_plan(cycles, goal, odds, caution, seed) if goal is not None else None,
        lacks=short[0] if short else None,
    )


def _week_words(monday: str) -> str:
    """A week by its first day: “from 6 April”."""
    day = date.fromisoformat(monday)
    return f"from {day.day} {day:%B}"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"
