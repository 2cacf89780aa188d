"""What is known of people: checked, written, and written down."""

from __future__ import annotations

import pytest

from leadline.web.actions import addresses, companies, contacts, notes, several, tasks, views
from leadline.web.actions.acting import Actor
from leadline.web.errors import Conflict, Forbidden, Invalid
from leadline.web.models import Address, AuditEntry, Company, Contact, Field, SavedView, Tag
from tests.web.conftest import NOW

pytestmark = pytest.mark.django_db


def test_a_contact_belongs_to_whoever_made_it_and_has_its_addresses(member):
    ben = Actor.of(member, NOW)
    made = contacts.create_contact(
        ben, " Ida Moe ", email="Ida@Example.org", phone="+49 30  901820", company="Moe Ltd"
    )
    assert (made.name, made.owner, made.team) == ("Ida Moe", member, member.team)
    assert set(made.addresses.values_list("sort", "value")) == {
        ("email", "ida@example.org"),
        ("phone", "+49 30 901820"),
    }
    assert made.company.name == "Moe Ltd"
    assert contacts.create_contact(ben, "Jo", company="moe ltd").company == made.company


def test_a_contact_needs_a_name_or_an_address(actor):
    with pytest.raises(Invalid, match="neither a name nor an address"):
        contacts.create_contact(actor, "  ")
    assert not Contact.objects.exists()


@pytest.mark.parametrize(
    ("sort", "value"),
    [
        ("email", "no at sign"),
        ("email", "a@b@c.org"),
        ("email", "<script>@example.org"),
        ("phone", "call me"),
        ("phone", "=1+1"),
        ("phone", "12"),
        ("pigeon", "coo"),
        ("social", ""),
        ("social", "x" * 301),
        ("postal", "a\x00b"),
    ],
)
def test_what_is_no_address_is_refused(actor, contact, sort, value):
    with pytest.raises(Invalid):
        addresses.add_address(actor, contact, sort, value)
    assert not Address.objects.exists()


def test_the_same_address_is_not_added_twice_and_can_be_taken_away(actor, contact):
    one = addresses.add_address(actor, contact, "email", "eero@example.org", "work")
    with pytest.raises(Conflict):
        addresses.add_address(actor, contact, "email", "EERO@example.org")
    addresses.remove_address(actor, one)
    assert not contact.addresses.exists()
    entry = AuditEntry.objects.get(action="address.removed")
    assert entry.before == {"email": "eero@example.org", "label": "work"}


def test_a_change_is_kept_with_what_was_there_before(actor, contact):
    contacts.edit_contact(actor, contact, name="Eero J. Cooper", job_title="Buyer")
    entry = AuditEntry.objects.get(action="contact.changed")
    assert entry.before == {"name": "Eero Cooper", "job_title": ""}
    assert entry.after == {"name": "Eero J. Cooper", "job_title": "Buyer"}
    assert entry.record == f"contact:{contact.pk}"


@pytest.mark.parametrize("name", ["x" * 201, "a\x00b"])
def test_a_name_too_long_or_with_a_nul_is_refused(actor, contact, name):
    with pytest.raises(Invalid):
        contacts.edit_contact(actor, contact, name=name)
    contact.refresh_from_db()
    assert contact.name == "Eero Cooper"


@pytest.fixture
def own_fields(db):
    for name, sort, choices in (
        ("seats", "number", []),
        ("since", "date", []),
        ("size", "choice", ["small", "large"]),
        ("vip", "flag", []),
        ("hobby", "text", []),
    ):
        Field.objects.create(of="contact", name=name, label=name.title(), type=sort, choices=choices)


def test_own_fields_are_read_by_their_types(actor, contact, own_fields):
    given = {"seats": "12.5", "since": "2026-02-28", "size": "small", "vip": "yes", "hobby": "=rowing"}
    contacts.edit_contact(actor, contact, fields=given)
    contact.refresh_from_db()
    assert contact.fields == given | {"seats": 12.5, "vip": True}
    contacts.edit_contact(actor, contact, fields={"hobby": ""})
    contact.refresh_from_db()
    assert "hobby" not in contact.fields
    assert contact.fields["vip"] is True


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seats", "many"),
        ("seats", "nan"),
        ("seats", "1e300"),
        ("since", "2026-02-30"),
        ("size", "huge"),
        ("vip", "maybe"),
        ("hobby", "x" * 1001),
        ("seat", "1"),
    ],
)
def test_a_value_that_is_not_of_its_fields_type_is_refused(actor, contact, own_fields, name, value):
    with pytest.raises(Invalid):
        contacts.edit_contact(actor, contact, fields={name: value})


def test_many_are_tagged_and_given_to_somebody_at_once(actor, owner, member):
    people = [Contact.objects.create(name=f"P{n}") for n in range(5)]
    numbers = [one.pk for one in people]
    assert (
        contacts.change_contacts(actor, numbers, {"do": "tags", "add": "warm, fair 2026", "remove": ""}) == 5
    )
    assert (
        contacts.change_contacts(
            actor, numbers[:2], {"do": "tags", "add": "warm", "remove": "fair 2026, unheard of"}
        )
        == 2
    )
    assert {t.name: t.contacts.count() for t in Tag.objects.all()} == {"warm": 5, "fair 2026": 3}
    assert contacts.change_contacts(actor, numbers, several.to_owner(member, member.team)) == 5
    assert Contact.objects.filter(owner=member, team=member.team).count() == 5
    entry = AuditEntry.objects.filter(action="contact.changed").first()
    assert entry.before == {"owner": "", "team": "", "owner_id": None, "team_id": None}
    assert entry.after == {"owner": "Ben", "team": "North", "owner_id": member.pk, "team_id": member.team_id}
    with pytest.raises(Invalid):
        contacts.change_contacts(actor, [], {"do": "tags", "add": "warm", "remove": ""})


def test_tags_of_one_are_set_as_a_whole(actor, contact):
    contacts.set_tags(actor, contact, ["a", " b  c ", "a", ""])
    contacts.set_tags(actor, contact, ["b c"])
    assert list(contact.tags.values_list("name", flat=True)) == ["b c"]
    with pytest.raises(Invalid):
        contacts.set_tags(actor, contact, ["x" * 61])


def test_there_are_no_two_companies_of_one_name(actor):
    one = companies.create_company(actor, "Moe Ltd", domain="moe.example")
    with pytest.raises(Conflict):
        companies.create_company(actor, "MOE LTD")
    companies.edit_company(actor, one, name="Moe Limited")
    assert Company.objects.get().name == "Moe Limited"
    with pytest.raises(Invalid):
        companies.edit_company(actor, one, name=" ")


def test_notes_and_tasks_are_written_and_done(actor, contact):
    note = notes.write_note(actor, contact, "Prefers the phone")
    notes.remove_note(actor, note)
    assert AuditEntry.objects.get(action="note.removed").before["note"] == "Prefers the phone"
    task = tasks.add_task(actor, contact, "Ring her")
    tasks.finish_task(actor, task)
    with pytest.raises(Conflict):
        tasks.finish_task(actor, task)
    tasks.reopen_task(actor, task)
    assert task.done_at is None
    with pytest.raises(Invalid):
        tasks.add_task(actor, contact, "")


def test_a_view_of_the_same_name_is_replaced_and_only_ones_own_is_removed(actor, member):
    views.save_view(actor, "contacts", "Warm", {"tag": "warm"}, ["name"], default=True)
    kept = views.save_view(actor, "contacts", "Warm", {"tag": "hot"}, ["name"], shared=True)
    assert [view.query for view in SavedView.objects.all()] == [{"tag": "hot"}]
    with pytest.raises(Forbidden):
        views.remove_view(Actor.of(member, NOW), kept)
    views.remove_view(actor, kept)
    assert not SavedView.objects.exists()
