"""Edits that are undone: each gives back what was there before, unless somebody changed it since."""

from __future__ import annotations

import pytest

from leadline.web.actions import addresses, companies, contacts, notes, profiles, reverting, several
from leadline.web.actions.acting import Actor
from leadline.web.models import AuditEntry, Company, Contact, Field, Note, Profile, SavedView, Tag
from tests.web.conftest import NOW


def last(action: str) -> AuditEntry:
    return AuditEntry.objects.filter(action=action).latest("pk")


def told(contact: Contact) -> tuple:
    contact = Contact.objects.get(pk=contact.pk)
    return (contact.name, contact.job_title, str(contact.company or ""), contact.fields, contact.owner)


@pytest.fixture
def size(db: None) -> Field:
    return Field.objects.create(of="contact", name="size", label="Size", type="number")


@pytest.mark.usefixtures("size")
def test_what_was_known_of_somebody_comes_back_and_goes_again(actor, contact, member):
    contacts.edit_contact(actor, contact, job_title="Cook", company="Acme", fields={"size": "3"})
    before = told(contact)
    contacts.edit_contact(actor, contact, name="Eero C.", company="", fields={"size": "4"}, owner=member)
    after = told(contact)
    assert reverting.revert(actor, [last("contact.changed")]) == (1, [])
    assert told(contact) == before
    assert reverting.revert(actor, [last("contact.changed")]) == (1, [])
    assert told(contact) == after


def test_what_was_changed_again_since_stays(actor, contact):
    contacts.edit_contact(actor, contact, name="One", job_title="Cook")
    first = last("contact.changed")
    contacts.edit_contact(actor, contact, name="Two")
    assert reverting.revert(actor, [first]) == (1, [])
    assert told(contact)[:2] == ("Two", "")
    assert reverting.revert(actor, [first]) == (0, [first])


def test_tags_addresses_and_notes_come_back_as_they_were(actor, contact):
    contacts.set_tags(actor, contact, ["warm", "fair"])
    contacts.set_tags(actor, contact, ["fair", "cold"])
    retagged = last("contact.tagged")
    contacts.change_contacts(actor, [contact.pk], {"do": "tags", "add": "new", "remove": ""})
    reverting.revert(actor, [retagged])
    assert set(contact.tags.values_list("name", flat=True)) == {"warm", "fair", "new"}
    mail = addresses.add_address(actor, contact, "email", "eero@example.org", "work")
    addresses.remove_address(actor, mail)
    reverting.revert(actor, [last("address.removed")])
    assert [(one.value, one.label) for one in contact.addresses.all()] == [("eero@example.org", "work")]
    note = notes.write_note(actor, contact, "Likes tea.")
    notes.remove_note(actor, note)
    reverting.revert(actor, [last("note.removed")])
    back = Note.objects.get()
    assert (back.text, back.author, back.written_at) == ("Likes tea.", actor.user, note.written_at)


def test_many_that_were_changed_at_once_are_given_back_at_once(actor, owner, member, enter):
    people = [Contact.objects.create(name=f"No {n}", owner=owner if n % 2 else None) for n in range(6)]
    people[0].tags.add(Tag.objects.create(name="warm"))
    numbers = [one.pk for one in people]
    client = enter(owner)
    for change in ({"do": "owner", "owner": member.pk}, {"do": "tags", "add": "warm"}):
        page = client.post("/contacts/change/", {"id": numbers, **change}, follow=True)
        *_, said = page.context["messages"]
        assert said.extra_tags.startswith("/changes/undo/")
        assert f'action="{said.extra_tags}"' in page.content.decode()
        assert client.post(said.extra_tags).status_code == 303
    owners = dict(Contact.objects.values_list("name", "owner__name"))
    assert owners == {f"No {n}": "Ada" if n % 2 else None for n in range(6)}
    assert [one.tags.count() for one in people] == [1, 0, 0, 0, 0, 0]


def test_it_is_said_of_whom_the_undoing_left_what_others_changed_again(actor, owner, member, enter):
    people = [Contact.objects.create(name=f"No {n}", owner=owner) for n in range(6)]
    client, numbers = enter(owner), [one.pk for one in people]
    page = client.post("/contacts/change/", {"id": numbers, "do": "tags", "add": "warm"}, follow=True)
    [tagged] = page.context["messages"]
    several_of = {"do": "tags", "add": "", "remove": "warm"}
    contacts.change_contacts(Actor.of(member, NOW), [numbers[4]], several_of)
    said = [str(one) for one in client.post(tagged.extra_tags, follow=True).context["messages"]]
    assert said == ["5 edits undone. What was changed again since stays as it is: No 4."]
    said = [str(one) for one in client.post(tagged.extra_tags, follow=True).context["messages"]]
    assert said == ["What was changed again since stays as it is: No 3, No 4, No 5 and 3 more."]


def test_who_gave_a_contact_away_can_take_that_back_and_nobody_undoes_what_they_do_not_see(
    member, owner, reader, enter
):
    mine = Contact.objects.create(name="Eero", owner=member, team=member.team)
    contacts.change_contacts(Actor.of(member, NOW), [mine.pk], several.to_owner(owner, None))
    given = last("contact.changed")
    assert enter(reader).post(f"/changes/undo/{given.pk}/{given.pk}/").status_code == 403
    assert enter(member).post(f"/changes/undo/{given.pk}/{given.pk}/").status_code == 303
    mine.refresh_from_db()
    assert mine.owner == member
    other = Contact.objects.create(name="Zoe", owner=owner)
    contacts.edit_contact(Actor.of(owner, NOW), other, name="Zoë")
    edited = last("contact.changed")
    assert enter(member).post(f"/changes/undo/{edited.pk}/{edited.pk}/").status_code == 404


def test_a_company_comes_back_and_a_way_back_leads_nowhere_else(actor, owner, enter):
    company = Company.objects.create(name="Acme")
    companies.edit_company(actor, company, name="Acme Ltd", domain="acme.example")
    pk = last("company.changed").pk
    answer = enter(owner).post(f"/changes/undo/{pk}/{pk}/", {"next": "https://evil.example/"})
    assert answer.headers["Location"] == "/changes/"
    company.refresh_from_db()
    assert (company.name, company.domain) == ("Acme", "")


@pytest.mark.usefixtures("size", "funnels")
def test_whoever_comes_to_match_the_ideal_customer_fits_at_once_and_no_more_when_that_is_undone(
    actor, contact
):
    rules = [{"field": "contact.fields.size", "test": "at least", "value": "10"}]
    profiles.declare(actor, None, "Large ones", rules)
    assert Profile.objects.count() == 1
    contacts.edit_contact(actor, contact, fields={"size": "12"})
    said = contact.touches.order_by("pk").values_list("kind", flat=True)
    assert list(said) == ["matched_profile"]
    reverting.revert(actor, [last("contact.changed")])
    assert list(said.all()) == ["matched_profile", "mismatched_profile"]


@pytest.mark.django_db
def test_who_may_only_read_undoes_what_they_did_with_their_views(reader, contact, actor, enter):
    client = enter(reader)
    client.post("/contacts/views/save/", {"of": "contacts", "name": "Mine", "query": "q=a"})
    page = client.post(f"/contacts/views/{SavedView.objects.get().pk}/remove/", follow=True)
    [*_, said] = page.context["messages"]
    assert client.post(said.extra_tags).status_code == 303
    assert SavedView.objects.get().name == "Mine"
    contacts.edit_contact(actor, contact, name="Other")
    first, end = said.extra_tags.rstrip("/").split("/")[-2:]
    assert client.post(f"/changes/undo/{first}/{int(end) + 9}/").status_code == 403


@pytest.mark.django_db
def test_a_view_that_was_removed_is_kept_again(owner, enter):
    client = enter(owner)
    SavedView.objects.create(of="contacts", name="Mine", owner=owner, default=True)
    told = {"of": "contacts", "name": "Warm", "query": "q=a&col=email", "shared": "1"}
    client.post("/contacts/views/save/", told)
    [view] = SavedView.objects.filter(name="Warm")
    page = client.post(f"/contacts/views/{view.pk}/remove/", follow=True)
    assert not SavedView.objects.filter(name="Warm").exists()
    undo = [str(one.extra_tags) for one in page.context["messages"]][-1]
    client.post(undo)
    again = SavedView.objects.get(name="Warm")
    assert (again.query, again.columns, again.shared, again.owner) == ({"q": "a"}, ["email"], True, owner)
    client.post(undo)
    assert SavedView.objects.filter(name="Warm").count() == 1


@pytest.mark.django_db
def test_an_owner_removes_what_somebody_shares_and_nobody_else_does(owner, member, manager, enter):
    mine, shared = (
        SavedView.objects.create(of="contacts", name=str(shared), owner=member, shared=shared)
        for shared in (False, True)
    )
    assert enter(manager).post(f"/contacts/views/{shared.pk}/remove/").status_code == 403
    assert enter(owner).post(f"/contacts/views/{mine.pk}/remove/").status_code == 404
    assert enter(owner).post(f"/contacts/views/{shared.pk}/remove/").status_code == 303
    assert list(SavedView.objects.all()) == [mine]
