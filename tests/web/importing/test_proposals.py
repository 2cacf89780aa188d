"""What the page of an upload shows of files with very many rows or columns."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.urls import reverse

from leadline.web.models import Contact, Import
from tests.web.importing.test_pages import enter, send

pytestmark = pytest.mark.django_db


def page_of(client, record, **asked):
    return client.get(reverse("import", args=[record.pk]), asked).content.decode()


def test_rows_that_are_alike_are_told_as_one_and_each_of_them_is_one_click_away(client, funnels, owner):
    enter(client, owner)
    ann, bea = "ann@x.org,Ann,2026-01-03\n", "bea@x.org,Bea,2026-02-03\n"
    send(client, people_csv=f"Email,Name,Subscribed\n{ann}{bea}{bea * 30},,\n{ann}")
    record = Import.objects.get()
    look = record.counts["look"]
    assert look["unused_count"] == 32
    told = [(row["count"], row["lines"], row["reason"], row["others"]) for row in look["unused"]]
    assert told == [
        (31, [4, 5, 6, 7, 8], "the same as line 3", ["the same as line 2"]),
        (1, [34], "blank row", []),
    ]
    shown = page_of(client, record)
    assert shown.count("the same as line") == 2
    address = reverse("import-unused", args=[record.pk])
    assert f'href="{address}"' in shown
    rows = list(csv.DictReader(io.StringIO(b"".join(client.get(address)).decode("utf-8-sig"))))
    assert sorted(int(row["line"]) for row in rows) == [*range(4, 34), 34, 35]


def test_of_very_many_columns_some_are_shown_at_a_time_and_what_was_said_of_the_others_stays(
    client, funnels, owner
):
    enter(client, owner)
    others = [f"answer {place} of the survey" for place in range(400)]
    row = ",".join(f"word {place}" for place in range(400))
    send(client, people_csv=f"{','.join(others)},Email\n{row},ann@x.org\n{row},bea@x.org\n")
    record = Import.objects.get()
    shown = page_of(client, record)
    assert len(shown) < 2_000_000
    assert re.findall(r'name="means-0-(\d+)"', shown) == ["400", *map(str, range(99))]
    assert "Columns 1 to 100 of 401" in shown
    further = page_of(client, record, **{"from-0": "380"})
    assert re.findall(r'name="means-0-(\d+)"', further) == [str(place) for place in range(379, 400)]

    meanings = reverse("import-meanings", args=[record.pk])
    answer = client.post(f"{meanings}?from-0=380", {"means-0-390": "note"})
    assert answer.url == f"{reverse('import', args=[record.pk])}?from-0=380"
    client.post(meanings, {"means-0-400": "e-mail"})
    record.refresh_from_db()
    means = {one: said["means"] for one, said in record.mapping["files"][0]["columns"].items()}
    assert (means["answer 390 of the survey"], means["Email"]) == ("note", "e-mail")


def test_who_is_new_and_called_as_somebody_who_is_there_is_told(client, funnels, owner):
    enter(client, owner)
    ann = Contact.objects.create(name="Ann Lee")
    for _ in range(2):
        Contact.objects.create(name="Bob Ray")
    send(client, people_csv="Name,Email\nann lee,ann@x.org\nBob Ray,bob@x.org\nCem Ay,cem@x.org\n")
    record = Import.objects.get()
    told = record.counts["look"]["namesakes"]
    assert told == [{"who": "ann@x.org", "name": "Ann Lee", "contact": ann.pk}]
    shown = page_of(client, record)
    assert "Called as somebody who is there" in shown
    assert f'href="{reverse("contact", args=[ann.pk])}"' in shown
    assert record.counts["look"]["found"] == {"new": 3}
