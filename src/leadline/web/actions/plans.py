"""What is wanted, what can be done, what paths cost, and how many people without names were reached."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from leadline.engine.instants import DAY, to_instant
from leadline.engine.plan.goals import Goal as Aim
from leadline.web import warehouse
from leadline.web.actions import checks, touches
from leadline.web.actions.acting import Actor, action, name_of, note_change
from leadline.web.errors import Invalid
from leadline.web.models import Audience, Capacity, Goal, PathCost, Touch

MOST_PEOPLE = 10**10


@action
def set_goal(
    actor: Actor, by: date, clients: int | None = None, income: int | None = None, currency: str = ""
) -> Goal:
    """So many new clients, or so much income, by a day. The latest goal is the one that counts."""
    Aim.of(clients=clients, income=income, by=by).days_from(actor.now)
    income, currency = checks.money(income, currency, "An income")
    goal = Goal.objects.create(by=by, clients=clients, income=income, currency=currency)
    note_change(actor, "goal.set", goal, {}, {"by": str(by), "clients": clients, "income": income})
    return goal


@action
def drop_goal(actor: Actor, goal: Goal) -> None:
    """A goal that is none any more."""
    note_change(actor, "goal.dropped", goal, {"by": str(goal.by), "clients": goal.clients}, {})
    goal.delete()


@action
def set_capacity(actor: Actor, since: date, clients_a_month: Decimal) -> Capacity:
    """How many new clients a month can be taken on, from a day."""
    if not 0 <= clients_a_month < 10**6:
        raise Invalid(
            "A capacity is a number", found=str(clients_a_month), allowed="0 and more clients a month"
        )
    capacity, _ = Capacity.objects.update_or_create(
        since=since, defaults={"clients_a_month": clients_a_month}
    )
    note_change(actor, "capacity.set", capacity, {}, {"since": str(since), "a_month": str(clients_a_month)})
    return capacity


@action
def record_cost(
    actor: Actor, path: str, since: date, until: date, amount: int, currency: str, campaign: str = ""
) -> PathCost:
    """What a path cost from a day up to and with another."""
    path, campaign = checks.text(path, 80, "A path"), checks.text(campaign, 120, "A campaign")
    if not path:
        raise Invalid(
            "A cost is that of a path", found="none", allowed="as networking, content or advertising"
        )
    if until < since:
        raise Invalid("A cost has a first and a last day", found=f"{since} to {until}")
    _, currency = checks.money(amount, currency, "A cost")
    cost = PathCost.objects.create(
        path=path, campaign=campaign, since=since, until=until, amount=amount, currency=currency
    )
    after = {"path": path, "campaign": campaign, "since": str(since), "until": str(until), "amount": amount}
    note_change(actor, "cost.recorded", cost, {}, after)
    return cost


@action
def drop_cost(actor: Actor, cost: PathCost) -> None:
    """A cost that was none."""
    note_change(actor, "cost.dropped", cost, {"path": cost.path, "amount": cost.amount}, {})
    cost.delete()


@action
def count_audience(actor: Actor, path: str, kind: str, day: date, n: int, content: str = "") -> Audience:
    """So many people without names on a day: a touch of `n` people on that path."""
    path, content = checks.text(path, 80, "A path"), checks.text(content, 200, "A piece of content")
    if not 0 < n <= MOST_PEOPLE:
        raise Invalid("An audience is a number of people", found=f"{n:,}", allowed="1 and more")
    if to_instant(day) > actor.now:
        raise Invalid("An audience was counted", found=f"{day}, which is to come", allowed="today, or before")
    _check_kind(kind)
    audience = Audience.objects.create(path=path, kind=kind, day=day, n=n, content=content)
    touches.add(
        actor, None, kind, to_instant(day) + DAY // 2, path=path, content=content, n=n,
        origin=name_of(audience),
    )  # fmt: skip
    after = {"path": path, "kind": kind, "day": str(day), "n": n}
    note_change(actor, "audience.counted", audience, {}, after)
    return audience


@action
def drop_audience(actor: Actor, audience: Audience) -> None:
    """A count that was wrong: its touch is taken back."""
    for touch in Touch.objects.filter(origin=name_of(audience), in_force=True, retracts=None):
        touches.take_back(actor, touch)
    note_change(actor, "audience.dropped", audience, {"path": audience.path, "n": audience.n}, {})
    audience.delete()


def _check_kind(kind: str) -> None:
    kinds = warehouse.kinds()
    found = kinds.kinds[kinds.code(kind)] if kind in kinds else None
    if found is None or found.machine or found.link not in ("generate", "nurture"):
        raise Invalid(
            "An audience came across something of yours",
            found=f"“{kind}”",
            allowed="a kind of lead generation or nurturing",
        )
