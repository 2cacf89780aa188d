"""What is wanted, what can be done, what paths cost, and how many people without names were reached."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from leadline.engine.clocks import begin_of
from leadline.engine.instants import DAY
from leadline.engine.plan.goals import Goal as Aim
from leadline.web import warehouse
from leadline.web.actions import checks, touches
from leadline.web.actions.acting import Actor, action, name_of, note_change
from leadline.web.actions.mirrors import note_stale
from leadline.web.errors import Conflict, Invalid
from leadline.web.models import Audience, Capacity, Goal, Materialised, PathCost, Touch

MOST_PEOPLE = 10**10
_TELL_OF = {
    "goal": ("asks", "balance"),
    "capacity": ("leaks", "balance"),
    "cost": ("compare",),
}
"""The reports that say something else once a goal, a capacity or a cost is another."""


@action
def set_goal(
    actor: Actor, by: date, clients: int | None = None, income: int | None = None, currency: str = ""
) -> Goal:
    """So many new clients, or so much income, by a day. The latest goal is the one that counts."""
    Aim.of(clients=clients, income=income, by=by).days_from(actor.now)
    income, currency = checks.money(income, currency, "An income")
    goal = Goal.objects.create(by=by, clients=clients, income=income, currency=currency)
    note_change(actor, "goal.set", goal, {}, {"by": str(by), "clients": clients, "income": income})
    _forget(actor, "goal")
    return goal


@action
def drop_goal(actor: Actor, goal: Goal) -> None:
    """A goal that is none any more."""
    before = {"by": str(goal.by), "clients": goal.clients, "income": goal.income, "currency": goal.currency}
    note_change(actor, "goal.dropped", goal, before, {})
    _forget(actor, "goal")
    goal.delete()


@action
def set_capacity(actor: Actor, since: date, clients_a_month: Decimal) -> Capacity:
    """How many new clients a month can be taken on, from a day."""
    if not 0 < clients_a_month < 10**6:
        found, allowed = str(clients_a_month), "new clients a month, a number above 0"
        raise Invalid("A capacity was given", found=found, allowed=allowed)
    capacity, _ = Capacity.objects.update_or_create(
        since=since, defaults={"clients_a_month": clients_a_month}
    )
    note_change(actor, "capacity.set", capacity, {}, {"since": str(since), "a_month": str(clients_a_month)})
    _forget(actor, "capacity")
    return capacity


@action
def drop_capacity(actor: Actor, capacity: Capacity) -> None:
    """A capacity that was noted wrongly: the one before it holds."""
    before = {"since": str(capacity.since), "a_month": str(capacity.clients_a_month)}
    note_change(actor, "capacity.dropped", capacity, before, {})
    capacity.delete()
    _forget(actor, "capacity")


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
    _forget(actor, "cost")
    return cost


@action
def drop_cost(actor: Actor, cost: PathCost) -> None:
    """A cost that was none."""
    note_change(actor, "cost.dropped", cost, {"path": cost.path, "amount": cost.amount}, {})
    _forget(actor, "cost")
    cost.delete()


@action
def restore(actor: Actor, what: Goal | PathCost) -> None:
    """Put back a goal or a cost that was taken back, as it was; a goal with the hour at which it was set."""
    if type(what)._default_manager.filter(pk=what.pk).exists():
        raise Conflict("Something was to be put back", found="that it is there")
    set_at = what.set_at if isinstance(what, Goal) else None
    what.save(force_insert=True)
    if set_at is not None:
        Goal.objects.filter(pk=what.pk).update(set_at=set_at)  # the column takes the hour of the insertion
    sort = "goal" if isinstance(what, Goal) else "cost"
    note_change(actor, f"{sort}.restored", what, {}, {"restored": name_of(what)})
    _forget(actor, sort)


@action
def count_audience(actor: Actor, path: str, kind: str, day: date, n: int, content: str = "") -> Audience:
    """So many people without names on a day: a touch of `n` people on that path."""
    path, content = checks.text(path, 80, "A path"), checks.text(content, 200, "A piece of content")
    if not 0 < n <= MOST_PEOPLE:
        raise Invalid("An audience is a number of people", found=f"{n:,}", allowed="1 and more")
    if day > checks.day_of(actor.now):
        raise Invalid("An audience was counted", found=f"{day}, which is to come", allowed="today, or before")
    _check_kind(kind)
    audience = Audience.objects.create(path=path, kind=kind, day=day, n=n, content=content)
    touches.add(
        actor, None, kind, min(begin_of(day) + DAY // 2, actor.now), path=path, content=content, n=n,
        origin=name_of(audience),
    )  # fmt: skip
    after = {"path": path, "kind": kind, "day": str(day), "n": n}
    note_change(actor, "audience.counted", audience, {}, after)
    note_stale(actor.now)
    return audience


@action
def drop_audience(actor: Actor, audience: Audience) -> None:
    """A count that was wrong: its touch is taken back."""
    for touch in Touch.objects.filter(origin=name_of(audience), in_force=True, retracts=None):
        touches.take_back(actor, touch)
    note_change(actor, "audience.dropped", audience, {"path": audience.path, "n": audience.n}, {})
    note_stale(actor.now)
    audience.delete()


def _forget(actor: Actor, what: str) -> None:
    """What reports said before is no longer so: they are worked out anew when looked at, or by the worker."""
    Materialised.objects.filter(name__in=_TELL_OF[what]).delete()
    note_stale(actor.now)


def _check_kind(kind: str) -> None:
    kinds = warehouse.kinds()
    found = kinds.kinds[kinds.code(kind)] if kind in kinds else None
    if found is None or found.machine or found.link not in ("generate", "nurture"):
        raise Invalid(
            "An audience came across something of yours",
            found=f"“{kind}”",
            allowed="a kind of lead generation or nurturing",
        )
