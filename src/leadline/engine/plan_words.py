"""A plan in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadline.engine.estimates import TooFewConversions
from leadline.engine.instants import DAY
from leadline.engine.money import money_words
from leadline.engine.plans import PACE_WEEKS, Needed, Plan, Range
from leadline.engine.wording import counted, day_words, listed, percent, plural, time_words

if TYPE_CHECKING:
    from leadline.engine.goals import Goal

_NOUNS = {"ask": "ask", "conversation": "new conversation", "lead": "new lead"}
_SOURCES = {
    "waiting": "from asks that wait for their answer",
    "asked again": "from asking again those who said no",
    "without an ask": "from sales without an ask on record",
}


def rate_words(rate: float) -> str:
    """A number a week: “2.1”, “14”, “under 0.1”."""
    if 0 < rate < 0.05:
        return "under 0.1"
    return f"{rate:.1f}".removesuffix(".0") if rate < 10 else f"{rate:,.0f}"


def goal_words(goal: Goal, currency: str | None) -> str:
    """What is to be reached: “3 new clients by 30 September 2026”."""
    what = (
        counted(goal.clients, "new client")
        if goal.clients is not None
        else f"{money_words(goal.target, currency or '')} from new clients"
    )
    return f"{what} by {day_words(goal.by)}"


def unplanned_words(few: TooFewConversions, goal: Goal, currency: str | None, *, no_values: bool) -> str:
    """Why there is no plan, and what to record so that there will be one."""
    found = f"{few.found:,} of at least {few.needed:,}"
    if no_values:
        return (
            f"Too few first purchases have a value ({found}) to plan {goal_words(goal, currency)}: record what "
            f"each is worth, or plan a number of clients."
        )
    return (
        f"Too few asks have an answer on record ({found}) to plan {goal_words(goal, currency)}: record each ask "
        f"of a person, and whether they said yes, no or not now."
    )


def plan_sentences(plan: Plan, ready: int, currency: str | None, unit: str) -> list[str]:
    """What it takes, what comes by itself, how far the pace leads, and the steps before the ask."""
    goal = goal_words(plan.goal, currency)
    return [
        _asks(plan, goal, unit),
        *_expected(plan),
        _outlook(plan, currency),
        *_supply(plan, ready, unit),
        *_upstream(plan),
        *_timing(plan),
    ]


def _asks(plan: Plan, goal: str, unit: str) -> str:
    asks, wanted = plan.asks, percent(plan.wanted)
    if asks.already >= plan.wanted:
        return f"The odds of {goal} are {percent(asks.already)} without asking anybody new."
    if asks.enough is None:
        return f"No number of asks gives {wanted} odds of {goal}: {_too_late(plan)}."
    people = f"{counted(asks.enough, unit)} who {'was' if asks.enough == 1 else 'were'} never asked"
    first = f"Asking {people} gives {wanted} odds of {goal}"
    even = f"; {asks.even:,} would give even odds" if asks.even and asks.even < asks.enough else ""
    return f"{first}{_each_week(asks)}{even}."


def _too_late(plan: Plan) -> str:
    if plan.soonest is None:
        return "nobody on record has become a client after an ask"
    left = time_words(int(plan.days * DAY))
    are = "is" if left.startswith("1 ") else "are"
    return (
        f"the quickest client on record came {time_words(plan.soonest)} after the ask, and {left} {are} left"
    )


def _each_week(step: Needed) -> str:
    if step.per_week is None:
        return ""
    if step.enough is not None and step.per_week > step.enough:  # less than a week is left
        return f" (lately it was {rate_words(step.pace)} a week)"
    return f", {rate_words(step.per_week)} a week (lately it was {rate_words(step.pace)})"


def _expected(plan: Plan) -> list[str]:
    if plan.asks.already >= plan.wanted or plan.asks.enough is None:
        start = "To be expected"
    else:
        start = f"Without a new ask the odds are {percent(plan.asks.already)}; to be expected"
    parts = [f"{rate_words(n)} {_SOURCES[name]}" for name, n in plan.expected.items() if n >= 0.05]
    total = sum(plan.expected.values())
    if not parts:
        return []
    clients = "is 1 client" if rate_words(total) == "1" else f"are {rate_words(total)} clients"
    return [f"{start} by then {clients}: {listed(parts)}."]


def _outlook(plan: Plan, currency: str | None) -> str:
    outlook = plan.outlook
    pace = f"At the pace of the last {PACE_WEEKS} weeks ({rate_words(plan.asks.pace)} new asks a week)"
    clients = f"{_range(outlook.clients)} new {'client' if outlook.clients.value == 1 else 'clients'}"
    income = (
        f" and {_money(outlook.income, currency or '')} from them"
        if outlook.income is not None and plan.goal.income is not None
        else ""
    )
    return f"{pace} there will be {clients}{income} by then: the odds are {percent(outlook.odds)}."


def _range(some: Range) -> str:
    inside = f" (between {some.low:,.0f} and {some.high:,.0f})" if some.low < some.high else ""
    return f"{some.value:,.0f}{inside}"


def _money(some: Range, currency: str) -> str:
    """Money to two figures, as exactly as it is known."""
    low, value, high = (money_words(_rounded(limit), currency) for limit in (some.low, some.value, some.high))
    return f"{value} (between {low} and {high})" if low != high else value


def _rounded(minor: float) -> int:
    digits = max(len(str(int(minor))) - 2, 0)
    return round(int(minor), -digits)


def _supply(plan: Plan, ready: int, unit: str) -> list[str]:
    """Whether there are enough people to ask."""
    enough = plan.asks.enough
    if not enough:
        return []
    if ready >= enough:
        who = counted(ready, unit)
        return [f"There are people enough to ask: {who} came to a conversation and were never asked."]
    if not ready:
        return ["Nobody is ready who was not asked: all of them have to come from new conversations."]
    was = "was" if ready == 1 else "were"
    return [
        f"Only {counted(ready, unit)} came to a conversation and {was} never asked: the other "
        f"{enough - ready:,} have to come from new conversations."
    ]


def _upstream(plan: Plan) -> list[str]:
    steps = [step for step in (plan.conversations, plan.leads) if isinstance(step, Needed)]
    wanted = percent(plan.wanted)
    if plan.asks.already >= plan.wanted:
        return []
    if enough := [step for step in steps if step.enough == 0]:
        where = "conversations had" if enough[0].step == "conversation" else "leads there are"
        return [f"If everything goes on as usual, the {where} so far are enough for {wanted} odds."]
    parts = [
        f"{counted(step.enough, _NOUNS[step.step])}{_each_week(step)}"
        for step in steps
        if step.enough is not None
    ]
    said = (
        [f"If everything else goes on as usual, the same odds take {listed(parts, 'or')}."] if parts else []
    )
    late = [plural(_NOUNS[step.step]) for step in steps if step.enough is None]
    if late and plan.asks.enough is not None:
        said.append(
            f"No number of {listed(late, 'or')} gives these odds: they would come too late for that day."
        )
    return said


def _timing(plan: Plan) -> list[str]:
    if plan.usual is None or plan.usual < DAY:
        return []
    took = time_words(plan.usual)
    return [
        f"Half of those who became clients did so within {took} of the first ask; asks in the last {took} "
        f"mostly come too late."
    ]
