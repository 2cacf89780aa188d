"""Privacy: the person goes, and the past's counts stand."""

from __future__ import annotations

import pytest

from leadline.engine.history import derive
from leadline.engine.instants import DAY
from leadline.web import access, warehouse
from leadline.web.actions import addresses, contacts, erasure, merging, notes, tasks, touches
from leadline.web.errors import Conflict
from leadline.web.models import AuditEntry, Company, Contact, Standing, Touch
from tests.web.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture
def known(funnels, actor, contact) -> Contact:
    """Somebody of whom everything is known, under two numbers."""
    contact.company, contact.key = Company.objects.create(name="Moe Ltd"), "eero-1"
    contact.save()
    twin = Contact.objects.create(name="E. Cooper")
    addresses.add_address(actor, contact, "email", "eero@example.org")
    contacts.set_tags(actor, contact, ["rower"])
    contacts.edit_contact(actor, contact, job_title="Buyer of oars")
    notes.write_note(actor, contact, "Eero likes rowing")
    tasks.add_task(actor, contact, "Ring Eero")
    touches.record(actor, contact, "met", NOW - 9 * DAY, path="networking", note="Eero rowed past")
    touches.record(actor, contact, "proposed", NOW - 8 * DAY, content="For EERO COOPER", offer="Oars")
    touches.record(actor, contact, "told_need", NOW - 7 * DAY, note="oars", content="A guide")
    touches.record(actor, twin, "bought", NOW - 6 * DAY, value=100_00, currency="EUR")
    merging.merge_contacts(actor, contact, twin)
    contact.refresh_from_db()
    return contact


def histories() -> dict[str, list[dict]]:
    log = warehouse.every_touch()
    return {slug: derive(log, funnel, NOW).rows() for slug, funnel in warehouse.funnels().items()}


def test_the_past_stands_as_it_was(actor, known):
    before, cached = histories(), list(Standing.objects.order_by("id").values())
    erasure.erase_contact(actor, known)
    assert histories() == before
    assert list(Standing.objects.order_by("id").values()) == cached


def test_nothing_is_left_that_could_name_them(actor, known, owner):
    erasure.erase_contact(actor, known)
    said = repr([list(model.objects.values()) for model in (Contact, AuditEntry, Touch)]).casefold()
    for word in ("eero", "cooper", "rower", "buyer of oars", "moe ltd"):
        assert word not in said
    assert not known.addresses.exists()
    assert not known.notes.exists()
    assert not known.tasks.exists()
    assert not known.tags.exists()
    assert not access.contacts(owner).exists()
    assert set(Touch.objects.values_list("note", flat=True)) == {""}
    kept = Touch.objects.get(kind="told_need")
    assert (kept.content, Touch.objects.get(kind="proposed").offer) == ("A guide", "Oars")
    assert AuditEntry.objects.filter(action="contact.erased", by="Ada").count() == 1


def test_nobody_is_erased_twice(actor, known):
    erasure.erase_contact(actor, known)
    with pytest.raises(Conflict):
        erasure.erase_contact(actor, known)
