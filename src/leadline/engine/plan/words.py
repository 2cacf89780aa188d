"""A plan in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadline.engine.estimates import TooFewConversions
from leadline.engine.instants import DAY
from leadline.engine.money import money_words
from leadline.engine.plan.plans import A_DAY, FAR, Needed, Plan
from leadline.engine.plan.tallies import PACE_WEEKS
from leadline.engine.wording import (
    YOUNG,
    counted,
    day_words,
    listed,
    numbered,
    percent,
    plural,
    quantity_words,
    time_words,
)

if TYPE_CHECKING:
    from leadline.engine.estimates import Quantity
    from leadline.engine.plan.goals import Goal
    from leadline.engine.plan.plans import Lacks

_NOUNS = {"ask": "ask", "conversation": "new conversation", "lead": "new lead"}
_SOURCES = {
    "waiting": "from asks that wait for their answer",
    "asked again": "from asking again those who said no",
}
_UNLIKELY = 0.05
"""A goal with lower odds than this, however many are asked, is called one that can't be reached."""


def goal_words(goal: Goal, currency: str | None) -> str:
    """What is to be reached: “3 new clients by 30 September 2026”."""
    what = (
        counted(goal.clients, "new client")
        if goal.clients is not None
        else f"{money_words(goal.target, currency or '')} from new clients"
    )
    return f"{what} by {day_words(goal.by)}"


def unplanned_words(lacks: Lacks, few: TooFewConversions, goal: Goal, currency: str | None) -> str:
    """Why there is no plan, and what to record so that there will be one."""
    found, what = f"{few.found:,} of at least {few.needed:,}", goal_words(goal, currency)
    if lacks == "time":
        return f"{YOUNG} What {what} takes can't be planned yet."
    if lacks == "asks":
        known = f"an ask is on record of {few.found:,} of the {counted(few.needed, 'client')} only"
        return f"What {what} takes can't be planned, as {known}: record each ask, whoever makes it."
    if lacks == "values" and few.found >= few.needed:
        return f"The first purchases on record come to nothing in all, so that {what} can't be planned."
    if lacks == "values":
        advice = "record what each is worth, or plan a number of clients"
        return f"Too few first purchases have a value ({found}) to plan {what}: {advice}."
    advice = "record each ask of a person, and whether they said yes, no or not now"
    return f"Too few asks have an answer on record ({found}) to plan {what}: {advice}."


def plan_sentences(plan: Plan, ready: int, currency: str | None, unit: str) -> list[str]:
    """What it takes, what comes by itself, how far the pace leads, and the steps before the ask."""
    goal = goal_words(plan.goal, currency)
    if plan.soonest is None:
        return [f"What {goal} takes can't be said: nobody on record has become a client after an ask."]
    return [
        _asks(plan, goal, unit),
        *_most(plan, unit),
        *_expected(plan),
        _outlook(plan, currency),
        *_supply(plan, ready, unit),
        *_upstream(plan),
        *_timing(plan),
    ]


def _asks(plan: Plan, goal: str, unit: str) -> str:
    asks, wanted = plan.asks, _odds(plan.wanted)
    if asks.already >= plan.wanted:
        return f"The odds of {goal} are {_odds(asks.already)} without asking anybody new."
    if asks.enough is None or asks.is_far:
        never = f"{goal[0].upper()}{goal[1:]} can't be reached in that time"
        unsure = f"{wanted} odds of {goal} are out of reach"
        return f"{never if asks.odds(asks.most) < _UNLIKELY else unsure}{_too_late(plan)}."
    people = f"{counted(asks.enough, unit)} who {'was' if asks.enough == 1 else 'were'} never asked"
    even = f"; {asks.even:,} would give even odds" if asks.even and asks.even < asks.enough else ""
    return f"Ask {people}{_each_week(asks)} for {wanted} odds of {goal}{even}."


def _odds(share: float) -> str:
    """Odds that were drawn are neither nothing nor all."""
    return percent(min(max(share, 0.001), 0.999))


def _too_late(plan: Plan) -> str:
    """Why so few can still answer by the day; nothing where it is the goal that is too great."""
    left = time_words(int(plan.days * DAY))
    are = "is" if left.startswith("1 ") else "are"
    if plan.soonest is not None and plan.soonest > plan.days * DAY:
        took = f"the quickest client on record came {time_words(plan.soonest)} after the first ask"
    elif plan.usual is not None and plan.usual > plan.days * DAY:
        took = f"half of those who became clients took more than {time_words(plan.usual)} from the first ask"
    else:
        return ""
    return f": {took}, and {left} {are} left"


def _most(plan: Plan, unit: str) -> list[str]:
    """What could be reached instead: the odds of the most that can be tried, and when that is enough."""
    asks, wanted = plan.asks, _odds(plan.wanted)
    if not asks.is_far:
        return []
    many = f"{counted(asks.most, unit)} (the most that is sensible: {_effort(asks)})"
    odds = f"Asking {many} would give odds of {_odds(asks.odds(asks.most))}"
    if plan.later is None:
        return [f"{odds}, and going on like that would not give {wanted} within ten years."]
    return [f"{odds}; going on like that, they would be {wanted} by about {day_words(plan.later)}."]


def _effort(asks: Needed) -> str:
    return f"{A_DAY} a day" if FAR * asks.pace <= 7 * A_DAY else f"{FAR} times as many as of late"


def _each_week(step: Needed) -> str:
    lately = quantity_words(step.pace)
    if step.per_week is None or (step.enough is not None and step.per_week > step.enough):
        return f" (lately it was {lately} a week)"  # less than a week is left
    return f" ({quantity_words(step.per_week)} a week, lately {lately})"


def _expected(plan: Plan) -> list[str]:
    many = {name: plan.expected[name] for name in _SOURCES if plan.expected[name] >= 0.05}
    parts = [f"{quantity_words(number)} {_SOURCES[name]}" for name, number in many.items()]
    said = []
    if plan.asks.already < plan.wanted:
        said.append(f"without a new ask the odds are {_odds(plan.asks.already)}")
    if parts:
        first, *rest = parts
        number, _, source = first.partition(" ")
        first = f"{numbered(number, 'client')} may be expected {source}"
        said.append(listed([first, *rest]))
    text = "; ".join(said)
    return [f"{text[0].upper()}{text[1:]}."] if text else []


def _outlook(plan: Plan, currency: str | None) -> str:
    outlook = plan.outlook
    weeks = f"the last {PACE_WEEKS} weeks" if outlook.weeks >= PACE_WEEKS else "all weeks so far"
    rate = numbered(quantity_words(plan.asks.pace), "first ask")
    pace = f"At the pace of {weeks} ({rate} a week)"
    clients = f"{_range(outlook.clients)} new {'client' if outlook.clients.value == 1 else 'clients'}"
    income = (
        f" and {_money(outlook.income, currency or '')} from them"
        if outlook.income is not None and plan.goal.income is not None
        else ""
    )
    return f"{pace} there will be {clients}{income} by then: the odds are {_odds(outlook.odds)}."


def _range(some: Quantity) -> str:
    inside = f" (between {some.low:,.0f} and {some.high:,.0f})" if some.low < some.high else ""
    return f"{some.value:,.0f}{inside}"


def _money(some: Quantity, currency: str) -> str:
    """Money to two figures, as exactly as it is known."""
    low, value, high = (money_words(_rounded(limit), currency) for limit in (some.low, some.value, some.high))
    low = low.removesuffix(f" {currency}")
    return f"{value} (between {low} and {high})" if some.low != some.high else value


def _rounded(minor: float) -> int:
    digits = max(len(str(int(minor))) - 2, 0)
    return round(int(minor), -digits)


def _supply(plan: Plan, ready: int, unit: str) -> list[str]:
    """Whether there are enough people to ask."""
    enough = plan.asks.enough
    if not enough or plan.asks.is_far:
        return []
    if ready >= enough:
        who = counted(ready, unit)
        return [f"There are people enough to ask: {who} came to a conversation and were never asked."]
    if not ready:
        return ["Nobody is ready who was not asked: all of them have to come from new conversations."]
    was = "was" if ready == 1 else "were"
    more = enough - ready
    others = f"the other {more:,} have to come from new conversations"
    others = "one more has to come from a new conversation" if more == 1 else others
    return [f"Only {counted(ready, unit)} came to a conversation and {was} never asked: {others}."]


def _upstream(plan: Plan) -> list[str]:
    if plan.asks.already >= plan.wanted or plan.asks.is_far:
        return []
    steps = [step for step in (plan.conversations, plan.leads) if isinstance(step, Needed)]
    wanted = _odds(plan.wanted)
    if enough := [step for step in steps if step.enough == 0]:
        where = "conversations had" if enough[0].step == "conversation" else "leads there are"
        return [f"If everything goes on as usual, the {where} so far are enough for {wanted} odds."]
    near = [step for step in steps if not step.is_far]
    parts = [f"{counted(step.enough or 0, _NOUNS[step.step])}{_each_week(step)}" for step in near]
    said = (
        [f"If everything else goes on as usual, the same odds take {listed(parts, 'or')}."] if parts else []
    )
    far = [plural(_NOUNS[step.step]) for step in steps if step.is_far]
    return said + [f"More {listed(far, 'or')} alone would not be enough by that day."] * bool(far)


def _timing(plan: Plan) -> list[str]:
    if plan.usual is None or plan.usual < DAY or not plan.asks.enough or plan.asks.is_far:
        return []
    took = time_words(plan.usual)
    half = f"Half of those who became clients did so within {took} of the first ask"
    return [f"{half}; asks made less than {took} before {day_words(plan.goal.by)} mostly come too late."]
