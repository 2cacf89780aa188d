"""The list of changes leads from a contact to the import that made or changed them."""

from __future__ import annotations

import pytest

from leadline.web.models import AuditEntry, Company, Contact
from tests.web.importing.conftest import take_in
from tests.web.importing.test_pages import BACKEND

pytestmark = pytest.mark.django_db


def listed(client, record):
    rows = client.get(f"/changes/?record={record}").context["changes"]
    return [
        (row["did"], row["on"].get("href"), {name: after for name, _, after in row["what"]}) for row in rows
    ]


def test_who_made_a_contact_is_found_among_the_changes(client, funnels, owner, files):
    record = take_in(owner, files)
    client.force_login(owner, backend=BACKEND)
    ann = Contact.objects.get(key="a1")
    counted = {
        "contacts made": "3", "touches recorded": "5", "companies made": "2", "fields declared": "1",
        "touches in the files": "5", "people in the files": "3",
    }  # fmt: skip
    there = f"/imports/{record.pk}/"
    assert listed(client, f"contact:{ann.pk}") == [("done", there, counted)]
    assert listed(client, f"company:{Company.objects.get(name='Acme').pk}") == [("done", there, counted)]
    assert "import of contacts.csv, touches.csv" in client.get("/changes/").content.decode()
    assert AuditEntry.objects.filter(record=f"contact:{ann.pk}").count() == 0, "no row for each of many"


def test_who_was_only_given_tags_is_led_to_that_import_too(client, funnels, owner, files):
    take_in(owner, files)
    second = take_in(owner, {"more.csv": "contact id,name,email,tags\na1,Ann Abel,ann@x.org,fair\n"})
    client.force_login(owner, backend=BACKEND)
    ann = Contact.objects.get(key="a1")
    found = listed(client, f"contact:{ann.pk}")
    assert [did for did, _, _ in found] == ["done", "import updated", "done"]
    assert found[0][1] == f"/imports/{second.pk}/"
    assert found[1][2] == {"tags": "fair"}


def test_whoever_may_not_open_an_import_sees_that_it_was_one(client, funnels, owner, member, files):
    record = take_in(owner, files)
    Contact.objects.filter(key="a1").update(owner=member)
    client.force_login(member, backend=BACKEND)
    [(did, href, _)] = listed(client, f"contact:{Contact.objects.get(key='a1').pk}")
    assert (did, href) == ("done", None)
    assert client.get(f"/changes/?record=import:{record.pk}").context["changes"] == []
