"""Two records of one person: one subject of the fold, and two again when that was wrong."""

from __future__ import annotations

import pytest

from leadline.engine.history import derive
from leadline.engine.instants import DAY
from leadline.web import access, warehouse
from leadline.web.actions import addresses, merging, notes, standings, touches
from leadline.web.errors import Conflict, Invalid
from leadline.web.models import Contact, Standing, Touch
from tests.rows import kept
from tests.web.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def stage_of(contact, slug="sales-cycle") -> str:
    row = Standing.objects.filter(contact=contact, funnel=slug).first()
    return warehouse.funnels()[slug].stage_names[row.stage] if row else "no row"


@kept
def double(funnels, actor, owner) -> tuple[Contact, Contact]:
    """One who was met, and the same person under another number, who bought."""
    kept = Contact.objects.create(name="Eero Cooper", owner=owner)
    twin = Contact.objects.create(name="E. Cooper", owner=owner, job_title="Buyer", fields={"vip": True})
    touches.record(actor, kept, "met", NOW - 20 * DAY, path="networking")
    touches.record(actor, twin, "bought", NOW - 10 * DAY, value=100_00, currency="EUR", path="website")
    return kept, twin


def test_merged_contacts_are_one_subject_and_keep_their_touches(actor, double, owner):
    kept, twin = double
    addresses.add_address(actor, twin, "email", "e@example.org")
    notes.write_note(actor, twin, "Likes rowing")
    merging.merge_contacts(actor, kept, twin)
    assert stage_of(kept) == "client"
    assert stage_of(twin) == "no row"
    kept.refresh_from_db()
    assert (kept.last_touch_at, kept.path, kept.job_title) == (NOW - 10 * DAY, "networking", "Buyer")
    assert kept.addresses.get().value == "e@example.org"
    assert kept.notes.count() == 1
    assert Touch.objects.get(kind="bought").contact == twin
    assert access.touches(kept).count() == 2
    assert list(access.contacts(owner)) == [kept]


def test_what_the_engine_says_of_the_merged_is_what_is_kept(actor, double):
    kept, twin = double
    merging.merge_contacts(actor, kept, twin)
    history = derive(
        warehouse.read(Touch.objects.all(), {}),
        warehouse.funnels()["sales-cycle"],
        NOW,
        merged={twin.pk: kept.pk},
    )
    assert history.of_contact(kept.pk)[-1]["stage"] == stage_of(kept)
    rebuilt = standings.stand("sales-cycle", warehouse.funnels()["sales-cycle"], warehouse.every_touch(), NOW)
    assert [(one.contact_id, one.stage, one.entered_at) for one in rebuilt] == list(
        Standing.objects.filter(funnel="sales-cycle").values_list("contact", "stage", "entered_at")
    )


def test_a_touch_of_the_second_record_moves_the_first(actor, double):
    kept, twin = double
    merging.merge_contacts(actor, kept, twin)
    touches.retract(actor, Touch.objects.get(kind="bought"))
    assert stage_of(kept) == "knows of you"
    assert stage_of(twin) == "no row"


def test_a_merge_is_undone_with_everything_that_moved(actor, double):
    kept, twin = double
    addresses.add_address(actor, twin, "email", "e@example.org")
    notes.write_note(actor, twin, "Likes rowing")
    merging.merge_contacts(actor, kept, twin)
    twin.refresh_from_db()
    merging.part_contacts(actor, twin)
    for one in double:
        one.refresh_from_db()
    assert (stage_of(kept), stage_of(twin)) == ("knows of you", "client")
    assert (kept.job_title, kept.fields, kept.last_touch_at) == ("", {}, NOW - 20 * DAY)
    assert (twin.addresses.count(), twin.notes.count(), kept.notes.count()) == (1, 1, 0)


def test_merges_of_merges_are_undone_in_any_order(actor, double):
    kept, twin = double
    third = Contact.objects.create(name="Third")
    touches.record(actor, third, "met", NOW - DAY)
    merging.merge_contacts(actor, kept, twin)
    merging.merge_contacts(actor, third, kept)
    twin.refresh_from_db()
    assert twin.merged_into == third
    assert stage_of(third) == "client"
    merging.part_contacts(actor, twin)
    assert (stage_of(third), stage_of(twin)) == ("knows of you", "client")
    kept.refresh_from_db()
    merging.part_contacts(actor, kept)
    assert (stage_of(third), stage_of(twin), stage_of(kept)) == ("knows of you", "client", "knows of you")
    assert not Contact.objects.exclude(merged_into=None).exists()


def test_nobody_is_merged_into_themselves_or_twice_and_nothing_is_undone_that_was_not_done(actor, double):
    kept, twin = double
    with pytest.raises(Invalid):
        merging.merge_contacts(actor, kept, kept)
    with pytest.raises(Conflict):
        merging.part_contacts(actor, twin)
    merging.merge_contacts(actor, kept, twin)
    with pytest.raises(Conflict):
        merging.merge_contacts(actor, twin, kept)
