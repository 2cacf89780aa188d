"""A touch of which only the day is known counts from one instant on, for the cache, reasons and reports.

The oracle is the engine, given touches that were placed by hand: a whole day at its midnight
where the team is.
"""

from __future__ import annotations

from datetime import date, datetime, time
from importlib import import_module
from random import Random
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.db import connection

from leadline.engine.clocks import days_of
from leadline.engine.explain import why
from leadline.engine.funnel import load_funnel
from leadline.engine.instants import DAY, to_datetime, to_instant
from leadline.engine.kinds import Kinds
from leadline.engine.touches import Touches
from leadline.web import warehouse
from leadline.web.actions import me, rebuilding, reports, standings
from leadline.web.actions import touches as acts
from leadline.web.actions.acting import Actor
from leadline.web.actions.settling import settle
from leadline.web.jobs import standings as jobs
from leadline.web.models import Contact, HeldFact, Job, Standing, Touch
from leadline.web.pages.entries import entries_of
from leadline.web.pages.reasons import facts_of, places_of
from leadline.web.warehouse import mirror
from leadline.web.warehouse.days import stage_of

pytestmark = pytest.mark.django_db
ZONES = (
    "Pacific/Auckland",
    "America/Los_Angeles",
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
    "Europe/London",
    "UTC",
)
KINDS = (
    "listed",
    "downloaded",
    "replied",
    "met",
    "called",
    "told_need",
    "asked",
    "said_no",
    "bought",
    "read",
)
HOUR = DAY // 24


def begin(day: date, zone: str) -> int:
    """The instant at which a day begins in a zone, by the calendar of Python."""
    return to_instant(datetime.combine(day, time(), tzinfo=ZoneInfo(zone)))


def by_hand(contact: Contact, zone: str) -> Touches:
    """What happened with somebody, whole days placed by hand."""
    rows = []
    for one in Touch.objects.filter(contact=contact, in_force=True, retracts=None).order_by("pk"):
        whole = one.happened_at % DAY == 0
        at = begin(to_datetime(one.happened_at).date(), zone) if whole else one.happened_at
        rows.append({"contact": contact.pk, "kind": one.kind, "happened_at": at})
    return Touches.of(rows, Kinds.shipped())


def said_by_engine(contact: Contact, slug: str, zone: str, now: int) -> tuple[str, int | None]:
    """Stage and since when."""
    reason = why(by_hand(contact, zone), load_funnel(slug), contact.pk, now)
    return reason.stage_name, reason.since


def said_by_cache(contact: Contact, slug: str) -> tuple[str, int | None]:
    """The same as it is kept."""
    here = Standing.objects.get(contact=contact, funnel=warehouse.funnels().kept_as[slug])
    return load_funnel(slug).stage_names[here.stage], here.entered_at if here.stage else None


def move_to(owner, zone: str) -> None:
    owner.zone = zone
    owner.save()


def live(random: Random, contact: Contact, now: int) -> None:
    """A random life: half of the touches are whole days, many of them around now; one is taken back."""
    for _ in range(random.randint(1, 8)):
        back = random.choice([0, 1, 2, 29, 30, 31, 89, 90, 91, 179, 180, 181, 400])
        at = (now // DAY + 1 - back) * DAY
        if random.random() < 0.5:
            at += random.randint(-30, 0) * HOUR + HOUR // 4
        if at <= now + 14 * HOUR and (at % DAY == 0 or at <= now):
            Touch.objects.create(contact=contact, kind=random.choice(KINDS), happened_at=at, recorded_at=now)


@pytest.mark.parametrize("seed", range(len(ZONES)))
def test_cache_reasons_and_reports_say_what_the_engine_says_in_every_zone_at_every_hour(
    funnels, owner, enter, seed
):
    random = Random(seed)
    zone = ZONES[seed]
    now = to_instant("2026-04-05") + random.randint(0, 47) * HOUR + HOUR // 2  # where clocks are put back
    move_to(owner, zone)
    people = [Contact.objects.create(name=f"c{n}", owner=owner) for n in range(8)]
    for one in people:
        live(random, one, now)
    if gone := Touch.objects.order_by("?").first():
        acts.retract(Actor.of(owner, now), gone)
    people = [
        one for one in people if Touch.objects.filter(contact=one, in_force=True, retracts=None).exists()
    ]
    settle([one.pk for one in people], now)
    for later in (now, now + 7 * HOUR, now + 20 * HOUR, now + 31 * DAY):
        while standings.sweep(later):
            pass
        for slug in funnels:
            case = reports.case_for(None, slug, later)[0].at(later)
            stages = dict(zip(case.history.subjects, stage_of(case.history, later).tolist(), strict=True))
            for one in people:
                told = said_by_engine(one, slug, zone, later)
                assert said_by_cache(one, slug) == told
                assert load_funnel(slug).stage_names[stages[one.pk]] == told[0]
            shown = places_of(warehouse.touches_of([one.pk]), one.pk, later, owner)
            reason = next(place.reason for place in shown if place.slug == slug)
            assert (reason.stage_name, reason.since) == told
        assert rebuilding.differing([one.pk for one in people], later) == 0


def test_a_touch_of_today_counts_in_auckland_from_the_morning_on(funnels, owner):
    """8 in the morning of Monday, 2 March, there is 19:00 of Sunday in UTC, where Monday is still to come."""
    now, monday = to_instant("2026-03-01T19:00Z"), to_instant("2026-03-02")
    move_to(owner, "Pacific/Auckland")
    contact = Contact.objects.create(name="Aroha", owner=owner)
    acts.record(Actor.of(owner, now), contact, "met", monday)
    here = Standing.objects.get(contact=contact, funnel=warehouse.funnels().kept_as["voltage"])
    assert (here.stage > 0, here.entered_at) == (True, to_instant("2026-03-01T11:00Z"))
    assert Touch.objects.get().happened_at == monday  # as it was recorded
    contact.refresh_from_db()
    assert contact.last_touch_at == to_instant("2026-03-01T11:00Z")


def test_what_counts_for_a_year_from_a_whole_day_ends_at_the_midnight_there(funnels, owner):
    """A need counts for 365 days; Los Angeles is eight hours behind."""
    move_to(owner, "America/Los_Angeles")
    contact = Contact.objects.create(name="Dana", owner=owner)
    acts.record(Actor.of(owner, to_instant("2026-03-03")), contact, "told_need", to_instant("2026-03-02"))
    [fact] = HeldFact.objects.filter(contact=contact, name="need")
    assert fact.since == to_instant("2026-03-02T08:00Z")
    assert fact.until == to_instant("2027-03-02T08:00Z")
    for at, holds in ((fact.until - 1, True), (fact.until, False)):
        known = facts_of(warehouse.touches_of([contact.pk]), at, owner.zone)
        assert [one.holds for one in known if one.name == "need"] == [holds]


def test_a_day_that_has_begun_nowhere_is_to_come(funnels, owner):
    now = to_instant("2026-03-01T09:30Z")  # 23:30 of 1 March in Kiritimati, fourteen hours ahead
    contact = Contact.objects.create(name="Tio", owner=owner)
    with pytest.raises(acts.Invalid, match="a day to come"):
        acts.record(Actor.of(owner, now), contact, "met", to_instant("2026-03-02"))
    acts.record(Actor.of(owner, now + HOUR), contact, "met", to_instant("2026-03-02"))
    assert said_by_cache(contact, "voltage") == ("stranger", None)  # in UTC it begins in thirteen hours
    assert standings.sweep(to_instant("2026-03-02")) == 1
    assert said_by_cache(contact, "voltage")[1] == to_instant("2026-03-02")


def test_where_the_team_moves_everything_is_worked_out_for_the_days_there(funnels, owner):
    now = to_instant("2026-03-05T12:00Z")
    actor = Actor.of(owner, now)
    days, hours = (Contact.objects.create(name=name, owner=owner) for name in ("Days", "Hours"))
    acts.record(actor, days, "met", to_instant("2026-03-02"))
    acts.record(actor, hours, "met", to_instant("2026-03-02T10:00Z"))
    chosen = {"name": "Ada", "locale": "en"}
    me.prefer(actor, owner, zone="UTC", **chosen)
    assert not Job.objects.filter(kind=rebuilding.MOVE).exists()
    me.prefer(actor, owner, zone="Asia/Kathmandu", **chosen)
    [job] = Job.objects.filter(kind=rebuilding.MOVE)
    assert rebuilding.differing([days.pk], now) > 0
    jobs.move(job.payload, now)
    assert rebuilding.differing([days.pk, hours.pk], now) == 0
    assert said_by_cache(days, "voltage")[1] == to_instant("2026-03-01T18:15Z")  # 5:45 ahead
    assert said_by_cache(hours, "voltage")[1] == to_instant("2026-03-02T10:00Z")
    days.refresh_from_db()
    assert days.last_touch_at == to_instant("2026-03-01T18:15Z")


def test_an_installation_of_before_has_it_worked_out_once(funnels, owner, contact):
    ask_anew = import_module("leadline.web.migrations.0012_days").ask_anew
    here = SimpleNamespace(connection=connection)
    ask_anew(apps, here)
    move_to(owner, "Asia/Kathmandu")
    ask_anew(apps, here)
    assert not Job.objects.exists()  # nothing was recorded
    Touch.objects.create(contact=contact, kind="met", happened_at=to_instant("2026-03-02"), recorded_at=0)
    move_to(owner, "UTC")
    ask_anew(apps, here)
    assert not Job.objects.exists()
    move_to(owner, "Asia/Kathmandu")
    ask_anew(apps, here)
    assert Job.objects.get().kind == rebuilding.MOVE


def test_the_mirror_and_the_database_place_days_alike(funnels, owner):
    move_to(owner, "America/Los_Angeles")
    contact = Contact.objects.create(name="Dana", owner=owner)
    acts.record(Actor.of(owner, to_instant("2026-03-03")), contact, "met", to_instant("2026-03-02"))
    reports.case_for(None, "voltage", to_instant("2026-03-03"))
    found = mirror.read_mirror()
    assert found is not None
    assert found.happened_at.tolist() == [to_instant("2026-03-02T08:00Z")]
    assert warehouse.every_touch().happened_at.tolist() == [to_instant("2026-03-02T08:00Z")]


@pytest.mark.parametrize("home", ZONES)
@pytest.mark.parametrize("reader", ZONES)
def test_a_whole_day_is_shown_as_that_day_to_every_reader(funnels, owner, member, contact, home, reader):
    move_to(owner, home)
    member.zone = reader
    now = to_instant("2026-03-12T09:30Z")
    acts.record(Actor.of(owner, now), contact, "met", to_instant("2026-03-02"))
    with days_of(reader, home):
        happened = warehouse.touches_of([contact.pk])
        place = places_of(happened, contact.pk, now, member)[0]
        assert place.since == "2 Mar 2026"
        assert "on 2 March 2026" in " ".join(place.reason.sentences())
        assert [entry.when for entry in entries_of(contact, member)[0]] == ["2 Mar 2026"]


def test_an_hour_that_falls_on_a_midnight_of_utc_stays_an_hour(funnels, owner, enter):
    """Four in the afternoon of 2 February in Los Angeles is midnight in UTC."""
    move_to(owner, "America/Los_Angeles")
    contact = Contact.objects.create(name="Dana", owner=owner)
    client = enter(owner)
    answer = client.post(f"/contacts/{contact.pk}/touch/", {"kind": "met", "day": "2026-02-02T16:00"})
    assert answer.status_code < 400
    assert Touch.objects.get().happened_at == to_instant("2026-02-03") + 1
    assert [entry.when for entry in entries_of(contact, owner)[0]] == ["2 Feb 2026, 16:00"]
    client.post(f"/contacts/{contact.pk}/touch/", {"kind": "called", "day": "2026-02-01"})
    assert Touch.objects.get(kind="called").happened_at == to_instant("2026-02-01")
    assert entries_of(contact, owner)[0][1].when == "1 Feb 2026"
