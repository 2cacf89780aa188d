"""Deals that name people by their name only, beside contacts that are known with an address."""

from __future__ import annotations

import pytest

from leadline.engine.importers import Mapping
from leadline.web.actions.importing import proposals, uploads
from leadline.web.models import Ask, Company, Contact, Touch, User
from tests.rows import kept
from tests.web.conftest import NOW
from tests.web.importing.conftest import take_in, undo, upload
from tests.web.importing.test_deals_beside import unused

pytestmark = [pytest.mark.django_db, pytest.mark.both]

DEALS = """Deal ID,Deal Title,Deal Owner,Contact person,Organization,Value,Currency,Status,Deal created
1,Roof,Eva,Élodie Sand,Sand AG,900,EUR,Open,2026-01-10
2,Cellar,Eva,Max Moor,,400,EUR,Open,2026-01-11
3,Fence,Jan,Pia Fern,Fern KG,300,EUR,Open,2026-01-12
"""
PREVIEW = {"name": 1, "doubtful": 1, "new": 1}


def look(user):
    folder, kept = uploads.keep([upload("deals.csv", DEALS)])
    return proposals.look(user, folder, kept, Mapping(), NOW)


@kept
def known(funnels, owner):
    """Élodie is there once; two are called Max Moor; the Pia Fern who is there works elsewhere."""
    sand, other = Company.objects.create(name="Sand AG"), Company.objects.create(name="Other Ltd")
    for name, company in (
        ("élodie sand", sand),
        ("Max Moor", None),
        ("Max Moor", other),
        ("Pia Fern", other),
    ):
        contact = Contact.objects.create(name=name, company=company, owner=owner)
        contact.addresses.create(sort="email", value=f"{contact.pk}@known.example")
    return Contact.objects.get(name="élodie sand")


def test_the_one_contact_of_a_name_is_met_and_the_preview_says_so(known, owner):
    assert look(owner)["found"] == PREVIEW
    record = take_in(owner, {"deals.csv": DEALS})
    assert record.counts["matched"] == {"name": 1}
    assert Ask.objects.get(key="1").contact == known
    known.refresh_from_db()
    assert known.key is None  # a name that others may have too is no key


def test_of_whom_several_are_called_so_nobody_is_guessed(known, owner):
    [doubt] = look(owner)["doubts"]
    said = "2 contacts are called “Max Moor”, and no e-mail or id says which of them is meant"
    assert doubt == {"who": "Max Moor", "why": said}
    record = take_in(owner, {"deals.csv": DEALS})
    assert not Ask.objects.filter(key="2").exists()
    assert [said in line for line in unused(record)] == [True]


def test_whoever_works_elsewhere_is_somebody_else(known, owner):
    take_in(owner, {"deals.csv": DEALS})
    fern = Ask.objects.get(key="3").contact
    assert (fern.company.name, Contact.objects.filter(name="Pia Fern").count()) == ("Fern KG", 2)


def test_the_company_tells_which_of_two_is_meant(known, owner):
    take_in(owner, {"deals.csv": DEALS.replace("Max Moor,,", "Max Moor,Other Ltd,")})
    assert Ask.objects.get(key="2").contact == Contact.objects.get(name="Max Moor", company__name="Other Ltd")


def test_again_nothing_changes_and_undone_only_the_contact_is_left(known, owner):
    first = take_in(owner, {"deals.csv": DEALS})
    there = (Contact.objects.count(), Ask.objects.count(), Touch.objects.count())
    again = take_in(owner, {"deals.csv": DEALS + "\n"})
    assert (Contact.objects.count(), Ask.objects.count(), Touch.objects.count()) == there
    for record in (again, first):
        undo(owner, record)
    assert (Contact.objects.count(), Ask.objects.count(), Touch.objects.count()) == (4, 0, 0)


def test_whoever_is_not_seen_is_not_met(known, member):
    User.objects.filter(pk=member.pk).update(role="manager")
    member.refresh_from_db()
    assert look(member)["found"] == {"new": 3}
    take_in(member, {"deals.csv": DEALS})
    assert Ask.objects.get(key="1").contact != known


def test_a_deal_is_done_by_who_has_it_whosesoever_its_contact_is(known, owner):
    User.objects.create_user("eva@example.org", "correct horse battery", role="member", name="Eva")
    take_in(owner, {"deals.csv": DEALS.replace("Roof,Eva", "Roof,eva@example.org")})
    ask = Ask.objects.get(key="1")
    assert (ask.contact.owner, ask.touch.actor) == (owner, "Eva")
    assert Ask.objects.get(key="3").touch.actor == "Jan"


def test_a_company_is_called_by_its_name_and_not_by_its_number(funnels, owner):
    listed = "Record ID,Company name,Create Date\n9003,Alder GmbH,2026-01-05\n9004,Birch GmbH,2026-01-06\n"
    take_in(owner, {"companies.csv": listed})
    assert sorted(Contact.objects.values_list("name", "key")) == [
        ("Alder GmbH", "9003"), ("Birch GmbH", "9004"),
    ]  # fmt: skip
