"""A version comes into force little by little: every moment of it is whole, and a crash loses nothing."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest

from leadline.engine.funnel import dump_funnel, load_funnel
from leadline.engine.instants import DAY
from leadline.web import listing, warehouse
from leadline.web.actions import rebuilding, standings, touches, webhooks
from leadline.web.actions.funnels import publish, retire, save_draft
from leadline.web.filters import Filters
from leadline.web.jobs import standings as jobs
from leadline.web.models import Contact, Delivery, FunnelVersion, Job, Standing
from tests.web.conftest import NOW

SHIFTED = dump_funnel(load_funnel("voltage")).replace(
    "[[stages]]",
    """[[stages]]
name = "somebody"
means = "Anything at all happened."
role = "open"
when = { any = ["listed", "downloaded", "replied", "met"] }

[[stages]]""",
    1,
)
"""Everybody's stage has another number in it."""
KINDS = ("listed", "downloaded", "replied", "met", "asked", "bought")
PEOPLE = 11


class Crash(Exception):
    """The worker was killed."""


@pytest.fixture
def people(actor, owner, funnels, monkeypatch):
    monkeypatch.setattr(standings, "BATCH", 3)
    monkeypatch.setattr("leadline.web.actions.funnels.BATCH", 3)
    made = [Contact.objects.create(name=f"c{number}", owner=owner) for number in range(PEOPLE)]
    for number, contact in enumerate(made):
        for later, kind in enumerate(KINDS[: number % 7]):
            touches.record(actor, contact, kind, NOW - (40 - later) * DAY)
    return made


def read(funnels):
    """Where everybody stands, in words, as somebody reads it who looked at the funnels at some time."""
    names = {funnels.kept_as[slug]: (slug, funnel.stage_names) for slug, funnel in funnels.items()}
    rows = Standing.objects.filter(funnel__in=names).exclude(stage=0)
    return {(names[kept][0], who, names[kept][1][stage], at) for kept, who, stage, at in rows.values_list(
        "funnel", "contact_id", "stage", "entered_at")}  # fmt: skip


def follows(funnels):
    """The same by the engine, from all touches."""
    log = warehouse.every_touch()
    return {
        (slug, one.contact_id, funnel.stage_names[one.stage], one.entered_at)
        for slug, funnel in funnels.items()
        for one in standings.stand(slug, funnel, log, NOW)
        if one.stage
    }


def listed(owner, stage):
    """Whom the list of contacts shows in a stage of voltage."""
    sought = Filters.of({"funnel": "voltage", "stage": stage}).sought(owner, NOW)
    return set(listing.turn(sought, "last").numbers)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_moment_of_it_is_whole_whatever_happens_meanwhile(people, actor, owner, monkeypatch, seed):
    chance, looks = random.Random(seed), []
    webhooks.make(actor, "https://example.org/", ["stage.changed"])

    def meanwhile(seconds):
        known = warehouse.funnels()
        assert read(known) == follows(known)
        assert rebuilding.differing([one.pk for one in Contact.objects.all()], NOW) == 0
        looks.append(known.kept_as["voltage"])
        touches.record(actor, chance.choice(people), chance.choice(KINDS), NOW - chance.randrange(30) * DAY)
        if chance.random() < 0.3:
            people.append(Contact.objects.create(name="new", owner=owner))
            touches.record(actor, people[-1], "met", NOW - DAY)
        assert read(known) == follows(known)
        if len(looks) == 3:
            raise Crash

    monkeypatch.setattr(standings.time, "sleep", meanwhile)
    version = publish(actor, save_draft(actor, "voltage", SHIFTED))
    payload, before = Job.objects.get(kind="funnel.publish").payload, warehouse.funnels()
    told = Delivery.objects.count()
    with suppress(Crash):
        jobs.publish(payload, NOW)
    assert not FunnelVersion.objects.get(pk=version.pk).in_force
    jobs.publish(payload, NOW)
    assert len(looks) >= 7
    assert set(looks) == {"voltage"}

    after, old = warehouse.funnels(), follows(before)
    assert after["voltage"].stage_names[1] == "somebody"
    assert read(after) == follows(after)
    assert read(before) == old  # whoever looked before reads on
    assert listed(owner, "somebody") == {who for slug, who, stage, _ in read(after) if stage == "somebody"}
    assert {one.body["data"]["after"] for one in Delivery.objects.all()[told:]}.isdisjoint({"somebody"})

    monkeypatch.undo()
    jobs.forget({}, NOW)
    assert set(Standing.objects.values_list("funnel", flat=True)) == set(after.kept_as.values())
    assert read(after) == follows(after)


@pytest.mark.django_db
def test_what_is_forgotten_waits_until_nobody_reads_it_and_is_forgotten_once(people, actor):
    publish(actor, save_draft(actor, "voltage", SHIFTED))
    jobs.publish(Job.objects.get(kind="funnel.publish").payload, NOW)
    job = Job.objects.get(kind="standings.forget")
    assert (job.due_at.timestamp() * 1_000_000) == NOW + standings.READ
    kept = Standing.objects.filter(funnel="voltage").count()
    assert kept > 4
    assert standings.forget(4) == 4
    assert standings.forget(1000) == kept - 4
    assert standings.forget(1000) == 0


@pytest.mark.django_db
def test_a_touch_after_the_change_tells_of_the_stage_by_the_version_in_force(people, actor):
    publish(actor, save_draft(actor, "voltage", SHIFTED))
    jobs.publish(Job.objects.get(kind="funnel.publish").payload, NOW)
    webhooks.make(actor, "https://example.org/", ["stage.changed"])
    touches.record(actor, people[0], "listed", NOW - DAY)
    said = [one.body["data"] for one in Delivery.objects.all()]
    voltage = [(one["before"], one["after"]) for one in said if one["funnel"] == "voltage"]
    known = warehouse.funnels()
    here = Standing.objects.get(contact=people[0], funnel=known.kept_as["voltage"])
    assert voltage == [("stranger", known["voltage"].stage_names[here.stage])]


@pytest.mark.django_db
def test_a_funnel_taken_out_of_force_while_a_version_comes_leaves_nobody_in_it(people, actor):
    version = publish(actor, save_draft(actor, "voltage", SHIFTED))
    assert standings.prepare(version, NOW)
    retire(actor, "voltage")
    jobs.publish({"version": version.pk}, NOW)
    assert set(warehouse.funnels()) == {"sales-cycle"}
    jobs.forget({}, NOW)
    assert set(Standing.objects.values_list("funnel", flat=True)) == {"sales-cycle"}
