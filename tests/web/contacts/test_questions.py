"""How often a list of contacts asks the database: no more for many rows, and once for all that it offers."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leadline.web.models import Company, Contact, PathDefinition, Tag, Team
from leadline.web.pages.columns import LABELS
from leadline.web.pages.many import offered
from tests.web.contacts.conftest import get

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def test_a_list_with_every_column_asks_no_more_for_three_contacts_than_for_one(crew, signed_in):
    client = signed_in("owner")
    get(client, "contacts", all=1)  # what a process asks at first
    asked = []
    for number in range(3):
        company = Company.objects.create(name=f"Company {number}", domain=f"{number}.example.org")
        person = Contact.objects.create(
            name=f"Person {number}",
            company=company,
            owner=crew.member,
            team=crew.member.team,
            job_title="Cook",
        )
        person.tags.create(name=f"tag {number}")
        person.addresses.create(sort="email", value=f"{number}@example.org")
        with CaptureQueriesContext(connection) as seen:
            answer = get(client, "contacts", all=1, col=list(LABELS["contact"]))
        assert f"Company {number}" in answer.content.decode()
        assert f"{number}@example.org" in answer.content.decode()
        asked.append(len(seen))
    assert asked[0] == asked[1] == asked[2]


def test_what_a_list_offers_is_one_question_and_as_it_is_now(crew, django_assert_num_queries):
    seen, hidden = Contact.objects.create(name="Seen", owner=crew.member), Contact.objects.create(name="Not")
    seen.tags.add(Tag.objects.create(name="theirs"))
    hidden.tags.add(Tag.objects.create(name="another's"))
    offered(crew.member)
    Team.objects.create(name="Aaa")
    PathDefinition.objects.create(name="by boat", position=0)
    crew.reader.is_active = False
    crew.reader.save()
    with django_assert_num_queries(1):
        found = offered(crew.member)
    assert found["tags"] == ["theirs"]
    assert found["teams"][0][1] == "Aaa"
    assert "by boat" in found["paths"]
    assert found["owners"][-1] == (str(crew.reader.pk), f"{crew.reader} (let go)")
    assert str(crew.reader.pk) not in [number for number, _ in found["takers"]]
