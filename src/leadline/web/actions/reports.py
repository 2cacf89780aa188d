"""Reports worked out ahead, and on demand."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np
from django.db.models import Count, F, Max, Min, Q, Sum
from django.db.models.functions import Mod

from leadline.engine.clocks import to_local
from leadline.engine.errors import LeadlineError
from leadline.engine.instants import DAY, to_instant
from leadline.engine.plan.goals import Goal as Aim
from leadline.engine.touches import Column
from leadline.web import access
from leadline.web.actions import mirrors
from leadline.web.actions.acting import action, enqueue
from leadline.web.errors import NotFound
from leadline.web.filters import Filters
from leadline.web.models import Capacity, Contact, Field, Goal, Materialised, PathCost, Touch, User
from leadline.web.models.people import Role
from leadline.web.warehouse import funnels, kinds, mirror
from leadline.web.warehouse.cases import FEW, Case, Mask, held_case, open_case, values_of
from leadline.web.warehouse.reports import BESIDES, REPORTS, Circumstances, Material, build, unsaid
from leadline.web.warehouse.zones import team_zone

MINUTE = 60 * 1_000_000
STALE = 10 * MINUTE
"""A report over the contacts that one person sees is worked out anew when it is older and looked at."""
_PRIME, _HALF = 2**31 - 1, 16
LOOK_EVERY = DAY // 24
"""That a report is looked at is noted so often."""
OWN, MOST_VALUES, OTHERS = "field.", 20, "others"
"""By `field.NAME` contacts are compared by a field of one's own; its rarer values are taken together."""
MOST_MADE = 8
"""So many reports wait for their charts to be asked for."""
FORM = 2
"""What is kept of a report: a greater number where that is something else, so that none is read as before."""
LOOKED_AT = 14 * DAY
"""The worker keeps those reports up to date that were looked at within this time."""


def scope_of(user: User) -> str:
    """Whose contacts somebody's reports are about: empty for all, else a name for just those they see."""
    if user.role == Role.OWNER:
        return ""
    spread = Sum(Mod(F("id") * F("id"), _PRIME))
    seen = access.counted_contacts(user).aggregate(
        n=Count("id"), last=Max("id"), total=Sum("id"), spread=spread
    )
    told = hashlib.sha256(repr(sorted(seen.items())).encode()).hexdigest()
    return f"user:{user.pk}:{told[:20]}"


def case_for(user: User | None, slug: str, now: int) -> tuple[Case, str]:
    """The case of the contacts that somebody sees (None: all), as of now, and the mark of its mirror.

    Raises NotFound for a funnel that isn't in force.
    """
    if slug not in funnels():
        raise NotFound(f"The funnel {slug} was asked for", found="none of that name in force")
    scope, zone = "" if user is None else scope_of(user), team_zone()
    if (held := held_case(slug, now, scope, zone)) is not None:
        return held
    if mirror.is_behind():
        mirrors.refresh(now)

    def seen() -> Collection[int]:
        assert user is not None
        return list(access.counted_contacts(user).values_list("pk", flat=True))

    return open_case(slug, now, scope, seen if scope else None, zone)


def is_at_hand(user: User | None, slug: str, now: int) -> bool:
    """Whether somebody's case can be had at once: it is held already, or there is little in it."""
    if max(mirror.size(), Touch.objects.aggregate(last=Max("id"))["last"] or 0) <= FEW:
        return True
    return held_case(slug, now, "" if user is None else scope_of(user), team_zone()) is not None


def kept_report(
    user: User, name: str, slug: str, now: int, parameters: Mapping[str, str]
) -> Materialised | None:
    """A report as it was worked out last; None where it never was. What is stale is renewed later."""
    scope = scope_of(user)
    found = Materialised.objects.filter(key=key_of(name, slug, scope, parameters)).first()
    if found is None:
        return None
    stale = found.mark[_HALF:] != _declared(slug) or bool(scope and now - found.as_of > STALE)
    if stale or now - found.asked_for_at > LOOK_EVERY:
        _look_at(found, now, stale=stale)
    return found


def report_for(
    user: User, name: str, slug: str, now: int, parameters: Mapping[str, str], *, anew: bool = False
) -> Materialised:
    """A report as it is kept, worked out where there is none or that is asked for; its charts come later."""
    found = None if anew else kept_report(user, name, slug, now, parameters)
    if found is not None:
        return found
    return materialise(user if scope_of(user) else None, name, slug, now, parameters, draw=False)


def with_pictures(kept: Materialised, user: User) -> Materialised:
    """A kept report with its charts, drawn now where they aren't yet."""
    if kept.pictures or not kept.result.get("charts"):
        return kept
    made = MADE.pop(kept.key, None)
    if made is None or made[0] != kept.as_of:
        parameters = dict(kept.parameters)
        slug = parameters.pop("funnel")
        return materialise(user if kept.scope else None, kept.name, slug, kept.as_of, parameters)
    return _draw(kept, made[1].draw())


def materialise(
    user: User | None,
    name: str,
    slug: str,
    now: int,
    parameters: Mapping[str, str],
    *,
    draw: bool = True,
    asked_for_at: int | None = None,
) -> Materialised:
    """Work out a report over the contacts that somebody sees (None: all), and keep it.

    Its charts are drawn at once, unless told otherwise.
    `asked_for_at`: when somebody last looked at it; None: now.
    """
    case, mark = case_for(user, slug, now)
    as_of = now
    try:
        now_of = case.lately(now)
        as_of = now_of.as_of
        with case.days():
            material = build(name, now_of, parameters, circumstances(now_of, parameters, whole=user is None))
    except LeadlineError as error:
        material = unsaid(error)
    scope = "" if user is None else scope_of(user)
    told: dict[str, Any] = {
        "name": name,
        "scope": scope,
        "parameters": {"funnel": slug, **parameters},
        "as_of": as_of,
        "mark": _mark(mark, slug),
        "result": material.result,
        "pictures": material.draw() if draw else [],
    }
    key = key_of(name, slug, scope, parameters)
    if not draw:
        while len(MADE) >= MOST_MADE:
            MADE.pop(next(iter(MADE)), None)
        MADE[key] = as_of, material
    return _keep(key, told, now if asked_for_at is None else asked_for_at)


def next_due() -> int | None:
    """When the first of the reports that are kept is a day old; None where none is kept."""
    first: int | None = Materialised.objects.aggregate(first=Min("as_of"))["first"]
    return None if first is None else first + DAY


def materialise_all(now: int, between: Callable[[], None] | None = None) -> int:
    """Bring the mirror up to date, and every report that is looked at; how many were worked out.

    `between` is called before each, and may end it. Those that nobody looks at any longer are forgotten.
    """
    mirrors.refresh(now)
    slugs = list(funnels())
    wanted = {("", name, slug, "{}"): now for name in REPORTS for slug in slugs[:1]}
    lately = Materialised.objects.filter(asked_for_at__gte=now - LOOKED_AT).order_by("asked_for_at")
    for one in lately.defer("result", "pictures"):
        parameters = dict(one.parameters)
        slug = parameters.pop("funnel", "")
        if slug in slugs and one.name in REPORTS | BESIDES:
            whose = ":".join(one.scope.split(":")[:2])
            wanted[whose, one.name, slug, json.dumps(parameters, sort_keys=True)] = one.asked_for_at
    count = 0
    for (whose, name, slug, text), asked_for_at in sorted(wanted.items()):
        if between is not None:
            between()
        count += _bring_up(whose, name, slug, json.loads(text), now, asked_for_at)
    _forget(now - DAY)
    return count


def _bring_up(
    whose: str, name: str, slug: str, parameters: dict[str, str], now: int, asked_for_at: int
) -> int:
    """Work a report out anew, for all or for whom it is about, unless it is as new as the mirror."""
    user = None
    if whose:
        user = User.objects.filter(pk=whose.removeprefix("user:"), is_active=True).first()
        if user is None or not scope_of(user):  # gone, or an owner by now
            return 0
    key = key_of(name, slug, scope_of(user) if user else "", parameters)
    fresh = Q(mark=_mark(mirror.mark(), slug)) & Q(as_of__gt=now - DAY)
    kept = Materialised.objects.filter(fresh, key=key)
    if any(one.pictures or not one.result.get("charts") for one in kept):
        return 0
    materialise(user, name, slug, now, parameters, asked_for_at=asked_for_at)
    return 1


def circumstances(case: Case, parameters: Mapping[str, str], *, whole: bool) -> Circumstances:
    """What a report needs besides touches, as it is set now.

    Goals, capacity and costs are everybody's: they count where the case is of all contacts, and not of some.
    """
    if not whole:
        asked = _asked_goal(parameters)
        return Circumstances(goal=asked, columns=_columns(case, parameters.get("by", "")))
    goal, told = _goal(case, parameters)
    today = to_local(case.as_of).date()
    limit = Capacity.objects.filter(since__lte=today).order_by("-since").first()
    currency = case.cycles.currency or ""
    spent = PathCost.objects.filter(currency=currency, since__lte=today).values_list("path")
    costs = {path: int(amount) for path, amount in spent.annotate(amount=Sum("amount")) if amount}
    capacity = float(limit.clients_a_month) if limit else None
    return Circumstances(goal, told, capacity, costs, _columns(case, parameters.get("by", "")))


def _mark(of_mirror: str, slug: str) -> str:
    """What a report was made of: the state of the mirror, and what is declared."""
    return of_mirror[:_HALF].rjust(_HALF, "-") + _declared(slug)


def _declared(slug: str) -> str:
    """The state of all that is declared, and that a report hangs on besides touches: funnel, kinds, plans."""
    plans = (Goal, Capacity, PathCost)
    told = [list(table._default_manager.order_by("pk").values_list()) for table in plans]
    said = repr([funnels().get(slug), kinds().kinds, told, team_zone()])
    return hashlib.sha256(said.encode()).hexdigest()[:_HALF]


def key_of(name: str, slug: str, scope: str, parameters: Mapping[str, str]) -> str:
    """What stands for a report with these parameters over these contacts."""
    said = json.dumps([FORM, name, slug, scope, sorted(parameters.items())])
    return hashlib.sha256(said.encode()).hexdigest()


def mask_of(case: Case, user: User, only: dict[str, str], at: int) -> Mask | None:
    """Which subjects are wanted; None: all."""
    if not only:
        return None
    wanted = np.ones(len(case.history.subjects), dtype=bool)
    if "path" in only:
        column = case.dimension("path")
        labels = [] if column is None else list(column.labels)
        code = labels.index(only["path"]) if only["path"] in labels else None
        wanted &= column.codes == code if column is not None and code is not None else False
    rest = {name: value for name, value in only.items() if name != "path"}
    if rest:
        rows = Filters(rest).apply(access.counted_contacts(user), user, at)
        wanted &= np.isin(np.array(case.history.subjects), np.array(rows.values_list("pk", flat=True)))
    return wanted


def _whole(text: str) -> int | None:
    """The number of an owner; None for what is nobody's."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


@action
def _look_at(found: Materialised, now: int, *, stale: bool) -> None:
    """Note that a report is looked at, so that the worker keeps it up to date; one that is stale at once."""
    Materialised.objects.filter(pk=found.pk).update(asked_for_at=now)
    if stale:
        enqueue(mirrors.JOB, {}, now, mirrors.JOB)


@action
def _forget(before: int) -> None:
    """Keep no report any longer that is as old and wasn't brought up to date."""
    Materialised.objects.filter(as_of__lte=before).delete()


@action
def _draw(found: Materialised, pictures: list[dict[str, str]]) -> Materialised:
    Materialised.objects.filter(pk=found.pk, as_of=found.as_of).update(pictures=pictures)
    found.pictures = pictures
    return found


@action
def _keep(key: str, told: dict[str, Any], asked_for_at: int) -> Materialised:
    scope = told["scope"]
    if scope:  # of contacts that somebody saw before, nothing is kept
        owner = scope.split(":")[1]
        Materialised.objects.filter(scope__startswith=f"user:{owner}:").exclude(scope=scope).delete()
    kept, _ = Materialised.objects.update_or_create(
        key=key, defaults=told, create_defaults={**told, "asked_for_at": asked_for_at}
    )
    return kept


def own_dimensions() -> list[tuple[str, str]]:
    """By what contacts can be compared besides touches: each with its label."""
    own = Field.objects.filter(of="contact").exclude(type__in=(Field.Type.NUMBER, Field.Type.DATE))
    fields = own.order_by("label").values_list("name", "label")
    return [("owner", "owner"), *((OWN + name, label) for name, label in fields)]


MADE: dict[str, tuple[int, Material]] = {}
"""Reports of which this process has yet to draw the charts: as of when, and what draws them."""


def _columns(case: Case, by: str) -> dict[str, Column]:
    """What records tell contacts apart by besides the touches: who owns them, and fields of one's own."""
    if by.startswith(OWN):
        return {by: _own_values(case, by.removeprefix(OWN))}
    if by != "owner":
        return {}
    owners = Contact.objects.exclude(owner=None).values_list("pk", "owner__name", "owner__email")
    return {"owner": values_of(case, {number: name or email for number, name, email in owners})}


def _own_values(case: Case, name: str) -> Column:
    """What each contact has in a field: one of the most frequent values, or another one."""
    rows = Contact.objects.filter(fields__has_key=name).values_list("pk", "fields")
    told = {pk: _said(fields[name]) for pk, fields in rows.iterator() if fields[name] not in (None, "")}
    most = {value for value, _ in Counter(told.values()).most_common(MOST_VALUES)}
    return values_of(case, {pk: value if value in most else OTHERS for pk, value in told.items()})


def _said(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _asked_goal(parameters: Mapping[str, str]) -> Aim | None:
    if not (parameters.get("clients") and parameters.get("by")):
        return None
    return Aim.of(clients=int(parameters["clients"]), by=parameters["by"])


def _goal(case: Case, parameters: Mapping[str, str]) -> tuple[Aim | None, tuple[str, ...]]:
    """The goal asked about, or the latest that was set, less what has come since; what to say of it."""
    today = to_local(case.as_of).date()
    if (asked := _asked_goal(parameters)) is not None:
        return asked, ()
    latest = Goal.objects.filter(by__gt=today).order_by("-set_at", "-id").first()
    if latest is None:
        return None, ()
    since = to_instant(latest.set_at)
    if latest.clients:
        came = int((case.process.became > since).sum())
        left = latest.clients - came
        what = f"{latest.clients:,} new clients by {latest.by:%d %B %Y}"
        if left <= 0:
            return None, (f"The goal of {what} is reached: {came:,} have come since it was set.",)
        told = (f"Of the goal of {what}, {came:,} have come since it was set.",) if came else ()
        return Aim.of(clients=left, by=latest.by), told
    if latest.income and latest.currency == (case.cycles.currency or ""):
        came = int(case.process.paid[case.process.paid_at > since].sum())
        left = latest.income - came
        return (
            (Aim.of(income=left, by=latest.by), ())
            if left > 0
            else (None, ("The income aimed at has come in.",))
        )
    return None, (
        "The goal is an income in a currency in which nothing was sold so far.",
    ) if latest.income else ()
