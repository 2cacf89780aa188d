"""The cache of stages, worked out for everybody: equal to what a touch at a time gives, and to the engine."""

from __future__ import annotations

import pytest

from leadline.engine.funnel import dump_funnel, load_funnel
from leadline.engine.instants import DAY
from leadline.web import warehouse
from leadline.web.actions import standings, touches
from leadline.web.actions.funnels import finish, publish, retire, save_draft
from leadline.web.errors import Conflict, NotFound
from leadline.web.jobs import standings as jobs
from leadline.web.models import Contact, FunnelVersion, Job, Standing, Touch
from tests.rows import kept
from tests.web.conftest import NOW

pytestmark = pytest.mark.both

COLUMNS = ("funnel", "contact_id", "stage", "step", "entered_at", "changes_at", "cause_id")
LOOSER = dump_funnel(load_funnel("voltage")).replace(
    'when = "responded"', 'when = { any = ["responded", "identified"] }'
)


def stands() -> set[tuple]:
    """Where everybody stands by the versions in force, told by slug."""
    names = {name: slug for slug, name in warehouse.funnels().kept_as.items()}
    rows = Standing.objects.filter(funnel__in=names).values_list(*COLUMNS)
    return {(names[kept], *row) for kept, *row in rows}


def follows(funnel: str) -> set[tuple]:
    """What follows from all touches, by the engine: where everybody stands in a funnel in force."""
    found = standings.stand(funnel, warehouse.funnels()[funnel], warehouse.every_touch(), NOW)
    return {tuple(getattr(one, name) for name in COLUMNS) for one in found}


@kept
def people(funnels, actor, owner) -> list[Contact]:
    """Seven contacts with lives of their own: one was never touched."""
    made = [Contact.objects.create(name=f"c{number}", owner=owner) for number in range(7)]
    kinds = ["listed", "downloaded", "replied", "met", "asked", "bought"]
    for number, contact in enumerate(made):
        for later, kind in enumerate(kinds[:number]):
            touches.record(actor, contact, kind, NOW - (40 - later) * DAY)
    return made


@pytest.mark.django_db
def test_a_rebuild_gives_what_a_touch_at_a_time_gave(funnels, people, monkeypatch):
    monkeypatch.setattr(standings, "BATCH", 3)
    before = stands()
    Standing.objects.filter(funnel="voltage", contact=people[3]).delete()
    Standing.objects.filter(funnel="voltage", contact=people[4]).update(stage=1, cause=None)
    assert stands() != before
    assert standings.rebuild("voltage", NOW) == 7
    assert stands() == before
    with pytest.raises(NotFound):
        standings.rebuild("nothing", NOW)


@pytest.mark.django_db
def test_where_few_are_known_a_version_is_in_force_at_once(funnels, people, actor):
    draft = save_draft(actor, "voltage", LOOSER)
    published = publish(actor, draft)
    assert published.in_force
    assert {row for row in stands() if row[0] == "voltage"} == follows("voltage")
    assert list(FunnelVersion.objects.filter(slug="voltage", in_force=True)) == [draft]


@pytest.mark.django_db
def test_a_funnel_keeps_its_place_among_the_others_when_a_version_is_published(funnels, actor):
    shorter = dump_funnel(load_funnel("sales-cycle")).replace('name = "asked"', 'name = "was asked"')
    publish(actor, save_draft(actor, "sales-cycle", shorter))
    known = warehouse.funnels()
    assert list(known) == ["sales-cycle", "voltage"]
    assert "was asked" in known["sales-cycle"].stage_names


@pytest.mark.django_db
def test_where_many_are_known_everybody_stands_as_before_until_the_job_is_through(
    funnels, people, actor, monkeypatch
):
    monkeypatch.setattr(standings, "BATCH", 3)
    monkeypatch.setattr("leadline.web.actions.funnels.BATCH", 3)
    before = stands()
    draft = publish(actor, save_draft(actor, "voltage", LOOSER))
    assert (draft.in_force, draft.coming) == (False, True)
    assert stands() == before
    assert standings.prepare(draft, NOW)
    assert stands() == before
    touches.record(actor, people[0], "downloaded", NOW)  # meanwhile
    job = Job.objects.get(kind="funnel.publish")
    jobs.publish(job.payload, NOW)
    now = stands()
    assert now == follows("voltage") | follows("sales-cycle") != before
    standings.restate([one.pk for one in people], NOW)
    assert stands() == now
    assert FunnelVersion.objects.get(slug="voltage", in_force=True) == draft
    jobs.publish(job.payload, NOW)  # done twice, it changes nothing
    assert stands() == now


@pytest.mark.django_db
def test_a_touch_between_prepare_and_the_change_counts_in_the_version_to_come(
    funnels, people, actor, monkeypatch
):
    monkeypatch.setattr("leadline.web.actions.funnels.BATCH", 3)
    draft = publish(actor, save_draft(actor, "voltage", LOOSER))
    assert standings.prepare(draft, NOW)
    touches.record(actor, people[0], "downloaded", NOW)
    assert finish(draft, NOW)
    found = Standing.objects.get(contact=people[0], funnel=warehouse.funnels().kept_as["voltage"])
    assert warehouse.funnels()["voltage"].stage_names[found.stage] == "lead"


@pytest.mark.django_db
def test_of_two_that_are_published_one_after_the_other_the_last_is_in_force(
    funnels, people, actor, monkeypatch
):
    monkeypatch.setattr("leadline.web.actions.funnels.BATCH", 3)
    first = publish(actor, save_draft(actor, "voltage", LOOSER))
    second = publish(actor, save_draft(actor, "voltage", LOOSER.replace("180 days", "90 days")))
    assert not standings.prepare(first, NOW)
    assert not finish(first, NOW)
    jobs.publish({"version": second.pk}, NOW)
    jobs.publish({"version": first.pk}, NOW)
    assert FunnelVersion.objects.get(slug="voltage", in_force=True) == second


@pytest.mark.django_db
def test_a_funnel_out_of_force_leaves_nobody_standing_in_it_and_one_stays(funnels, people, actor):
    retire(actor, "voltage")
    assert {row[0] for row in stands()} == {"sales-cycle"}
    jobs.forget({}, NOW)
    assert set(Standing.objects.values_list("funnel", flat=True)) == {"sales-cycle"}
    with pytest.raises(Conflict):
        retire(actor, "sales-cycle")


@pytest.mark.django_db
def test_whoever_stands_nowhere_any_longer_is_among_those_who_moved(funnels, actor, contact):
    touch = touches.record(actor, contact, "met", NOW - DAY)
    Touch.objects.filter(pk=touch.pk).update(in_force=False)
    moved = {(one.funnel, one.stage, before) for one, before in standings.restate([contact.pk], NOW)}
    assert moved == {("sales-cycle", 0, 1), ("voltage", 0, 2)}
