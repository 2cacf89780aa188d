"""To undo an import: what it made goes, what it changed comes back, what somebody used since stays."""

from __future__ import annotations

import pytest

from leadline.engine.instants import DAY
from leadline.web.actions import touches
from leadline.web.actions.acting import Actor, note_change
from leadline.web.actions.importing import imports, undoing
from leadline.web.errors import Conflict
from leadline.web.models import (
    Address,
    AuditEntry,
    Company,
    Contact,
    Field,
    ImportChange,
    NextStep,
    Note,
    Standing,
    Touch,
)
from tests.web.conftest import NOW
from tests.web.importing.conftest import CONTACTS, take_in, undo, work
from tests.web.importing.test_loading import cache, rebuilt

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def test_nothing_is_left_of_an_import_that_nobody_used(funnels, owner, files):
    record = undo(owner, take_in(owner, files))
    assert (record.state, record.counts["removed"]) == ("undone", 3)
    for model in (Contact, Address, Company, Field, Touch, Standing, ImportChange):
        assert not model.objects.exists(), model
    assert AuditEntry.objects.filter(action="import.touches_removed", before__touches=5).exists()


def test_whom_nobody_used_goes_with_their_touches_and_undoing_goes_on_with_the_others(funnels, owner, files):
    record = take_in(owner, files)
    actor = Actor.of(owner, NOW)
    imports.start_undo(actor, record)
    record.refresh_from_db()
    assert undoing.undo_touches(actor, record, 0, lambda: None) is not None
    assert list(Contact.objects.values_list("key", flat=True)) == ["a3"]  # of whom the files tell no touch
    assert not Touch.objects.exists()
    assert not Standing.objects.exists()
    assert not NextStep.objects.exists()
    assert list(Address.objects.values_list("value", flat=True)) == ["cem@x.org"]
    work()
    record.refresh_from_db()
    assert (record.state, record.counts["removed"], record.counts["stayed"]) == ("undone", 3, 0)
    assert record.done == record.total
    assert not Contact.objects.exists()
    assert not ImportChange.objects.exists()


def test_what_was_there_before_is_as_it_was(funnels, owner, actor, files):
    there = Contact.objects.create(
        name="Ann A.", key="a1", fields={"city": "Bari", "shoe": "41"}, owner=owner
    )
    Address.objects.create(contact=there, sort="phone", value="+49 1")
    touches.record(actor, there, "downloaded", NOW - 100 * DAY, path="content")
    there.refresh_from_db()
    before = {**vars(there), "_state": None}, list(there.addresses.values_list("value")), cache()
    record = take_in(owner, files)
    there.refresh_from_db()
    assert there.fields == {"city": "Rome", "shoe": "41"}
    undo(owner, record)
    there.refresh_from_db()
    assert ({**vars(there), "_state": None}, list(there.addresses.values_list("value")), cache()) == before
    assert Contact.objects.count() == 1


def test_whom_somebody_touched_since_stays_and_is_listed(funnels, owner, actor, files):
    record = take_in(owner, files)
    touched, noted = Contact.objects.get(key="a1"), Contact.objects.get(key="a2")
    touches.record(actor, touched, "replied", NOW)
    Note.objects.create(contact=noted, text="Called back", author=owner)
    edited = Contact.objects.get(key="a3")
    note_change(actor, "contact.changed", edited, {"name": "Cem"}, {"name": "Cem C."})
    record = undo(owner, record)
    assert (record.counts["removed"], record.counts["stayed"]) == (0, 3)
    assert sorted(record.counts["stay"]) == ["Ann Abel", "Bob Bell", "Cem Cora"]
    assert list(touched.touches.values_list("kind", flat=True)) == ["replied"]
    assert cache() == rebuilt()
    assert set(Company.objects.values_list("name", flat=True)) == {"Acme", "Birch"}


def test_companies_go_some_at_a_time_and_those_that_somebody_uses_stay(funnels, owner, files, monkeypatch):
    monkeypatch.setattr(undoing, "BATCH", 1)
    record = take_in(owner, files)
    Contact.objects.create(name="New", company=Company.objects.get(name="Birch"))
    held = []
    actor = Actor.of(owner, NOW)
    imports.start_undo(actor, record)
    for step in (undoing.undo_touches, undoing.undo_changes, undoing.undo_made):
        while step(actor, record, 0, lambda: None) is not None:
            pass
    while undoing.undo_companies(actor, record, 0, lambda: held.append(Company.objects.count())) is not None:
        pass
    assert held == [2, 1, 1, 1, 1]  # first and last in each of two steps, and then there is none
    assert set(Company.objects.values_list("name", flat=True)) == {"Birch"}


def test_what_was_changed_again_since_stays_and_is_listed(funnels, owner, files):
    there = Contact.objects.create(name="Ann A.", key="a1", owner=owner)
    record = take_in(owner, files)
    Contact.objects.filter(pk=there.pk).update(name="Ann Abel-Zorn")
    record = undo(owner, record)
    there.refresh_from_db()
    assert (there.name, there.job_title, there.fields) == ("Ann Abel-Zorn", "", {})
    assert record.counts["kept"] == ["Ann Abel-Zorn: name"]


def test_a_touch_that_somebody_took_back_stays_with_its_retraction(funnels, owner, actor, files):
    record = take_in(owner, files)
    bought = Touch.objects.get(kind="bought")
    touches.retract(actor, bought)
    undo(owner, record)
    assert list(Touch.objects.order_by("id").values_list("kind", "in_force")) == [
        ("bought", False),
        ("bought", True),
    ]
    assert cache() == rebuilt() == {}


def test_a_touch_that_was_taken_back_and_given_back_is_taken_back(funnels, owner, actor, files):
    record = take_in(owner, files)
    taken = touches.retract(actor, Touch.objects.get(kind="bought"))
    touches.retract(actor, taken)
    undo(owner, record)
    assert not Touch.objects.filter(in_force=True, retracts=None).exists()
    assert cache() == rebuilt() == {}


def test_of_two_imports_the_first_can_be_undone_and_the_second_stays(funnels, owner, files):
    first = take_in(owner, files)
    second = take_in(owner, {"contacts.csv": CONTACTS.replace("Rome", "Turin")})
    first = undo(owner, first)
    assert sorted(Contact.objects.values_list("key", flat=True)) == [
        "a1",
        "a3",
    ]  # those that the second changed
    assert not Touch.objects.exists()
    undo(owner, second)
    assert Contact.objects.get(key="a1").fields == {"city": "Rome"}


def test_the_same_files_can_be_taken_in_again_after_undoing(funnels, owner, files):
    undo(owner, take_in(owner, files))
    record = take_in(owner, files)
    assert (record.counts["contacts"], record.counts["touches"]) == (3, 5)
    assert cache() == rebuilt()


def test_what_is_undone_is_not_undone_again(funnels, owner, files):
    record = undo(owner, take_in(owner, files))
    with pytest.raises(Conflict):
        undo(owner, record)
