"""Whom the palette finds."""

from __future__ import annotations

import pytest

from leadline.web.models import Address, Company, Contact
from tests.rows import kept
from tests.web.frame.test_doors import sign_in

pytestmark = pytest.mark.both


def found(client, words: str, of: str = "contacts") -> list[str]:
    return [one["name"] for one in client.get("/search", {"q": words}).json()[of]]


@kept
def people(owner, member, team) -> None:
    Contact.objects.create(name="Eero Cooper", owner=owner)
    theirs = Contact.objects.create(name="Erika Obi", owner=member, team=team)
    Address.objects.create(contact=theirs, sort="email", value="obi@example.org")
    Contact.objects.create(name="Ernst Gone", owner=owner, erased_at="2026-01-01T00:00Z")


@pytest.mark.django_db
def test_a_name_is_found_by_its_beginning_however_it_is_written(client, owner, people):
    sign_in(client, owner)
    assert found(client, "eer") == ["Eero Cooper"]
    assert found(client, "eero c") == ["Eero Cooper"]
    assert found(client, "Er") == ["Erika Obi"]
    assert found(client, "cooper eer") == []
    assert found(client, "Cooper, Eero") == ["Eero Cooper"]
    assert found(client, "coop Eero") == ["Eero Cooper"]


@pytest.mark.django_db
def test_somebody_is_found_by_their_address_once(client, owner, people):
    sign_in(client, owner)
    Address.objects.create(
        contact=Contact.objects.get(name="Erika Obi"), sort="email", value="erika@example.org"
    )
    assert found(client, "obi@") == ["Erika Obi"]
    assert found(client, "erika") == ["Erika Obi"]


@pytest.mark.django_db
def test_somebody_is_found_by_their_second_name_and_by_a_telephone_number(client, owner, people):
    sign_in(client, owner)
    Address.objects.create(contact=Contact.objects.get(name="Eero Cooper"), sort="phone", value="+49 30 99")
    assert found(client, "coop") == ["Eero Cooper"]
    assert found(client, "OBI") == ["Erika Obi"]
    assert found(client, "+49 30") == ["Eero Cooper"]


@pytest.mark.django_db
def test_who_begins_so_comes_before_whose_second_name_does(client, owner, people):
    sign_in(client, owner)
    for name in ("Cooper Ames", "Änne Öztürk"):
        Contact.objects.create(name=name, owner=owner)
    assert found(client, "cooper") == ["Cooper Ames", "Eero Cooper"]
    assert found(client, "ÖZT") == ["Änne Öztürk"]


@pytest.mark.django_db
def test_companies_are_found_too_by_whoever_sees_them(client, owner, member, people):
    seen = Company.objects.create(name="Obi Brothers", domain="obi.example", owner=member)
    Company.objects.create(name="Obius", owner=owner)
    sign_in(client, owner)
    assert found(client, "obi", "companies") == ["Obi Brothers", "Obius"]
    sign_in(client, member)
    told = client.get("/search", {"q": "obi"}).json()["companies"]
    assert told == [{"name": "Obi Brothers", "hint": "company, obi.example", "url": f"/companies/{seen.pk}/"}]


@pytest.mark.django_db
def test_nobody_finds_whom_they_may_not_see(client, member, people):
    sign_in(client, member)
    assert found(client, "Ee") == []
    assert found(client, "Er") == ["Erika Obi"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "words", ["", "e", "\0", "%", "_er", "'; DROP TABLE", "x" * 5000, "\U0001f600\u202e"]
)
def test_odd_words_find_nobody_and_break_nothing(client, owner, people, words):
    sign_in(client, owner)
    assert found(client, words) == []


@pytest.mark.django_db
def test_a_search_asks_the_database_little(client, owner, django_assert_max_num_queries):
    Contact.objects.bulk_create(Contact(name=f"Eva {number:03}", owner=owner) for number in range(50))
    sign_in(client, owner)
    with django_assert_max_num_queries(6):  # session, user, first names, addresses; companies
        assert found(client, "eva") == [f"Eva {number:03}" for number in range(8)]
