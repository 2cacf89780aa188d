"""What the page of an upload shows of files with very many rows or columns."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.urls import reverse

from leadline.engine.importers import Mapping
from leadline.web.actions import merging
from leadline.web.actions.acting import Actor
from leadline.web.actions.importing import imports, proposals, uploads
from leadline.web.errors import Invalid
from leadline.web.jobs.worker import now
from leadline.web.models import Contact, Import, Touch
from tests.web.conftest import NOW
from tests.web.importing.conftest import take_in, undo, upload, work
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


def test_who_is_said_to_be_a_contact_who_is_there_goes_to_that_one_and_undoing_brings_back_what_was(
    client, funnels, owner
):
    enter(client, owner)
    ann, cem = Contact.objects.create(name="Ann Lee"), Contact.objects.create(name="Cem Ay")
    send(
        client,
        people_csv="Name,Email,Subscribed\nann lee,ann@x.org,2026-01-03\nCem Ay,cem@x.org,2026-01-04\n",
    )
    record = Import.objects.get()
    meanings, run = (reverse(f"import-{what}", args=[record.pk]) for what in ("meanings", "run"))
    client.post(meanings, {"path": "", "same": ["0", "1"]})
    record.refresh_from_db()
    assert record.counts["look"]["found"] == {"said": 2}
    shown = page_of(client, record)
    assert len(re.findall(r'name="same" value="\d" checked', shown)) == 2
    assert "are there already, as you say" in shown

    client.post(run, {"path": "", "same": ["0"]})
    work(now)
    record.refresh_from_db()
    assert record.counts["matched"] == {"said": 1}
    assert record.counts["contacts"] == 1
    assert "1 as you said" in page_of(client, record)
    assert [one.value for one in ann.addresses.all()] == ["ann@x.org"]
    assert Touch.objects.filter(contact=ann, kind="subscribed", in_force=True).count() == 1
    assert not cem.addresses.exists()
    assert Contact.objects.filter(name="Cem Ay").count() == 2

    undo(owner, record)
    ann.refresh_from_db()
    assert ann.name == "Ann Lee"
    assert not ann.addresses.exists()
    assert not Touch.objects.filter(contact=ann, in_force=True, retracts=None).exists()
    assert Contact.objects.count() == 2


def test_somebody_said_to_be_nobody_who_is_seen_is_refused_and_one_who_is_gone_meanwhile_is_left_out(
    funnels, owner
):
    ann = Contact.objects.create(name="Ann Lee")
    files = {"people.csv": "Name,Email\nAnn Lee,ann@x.org\n"}
    with pytest.raises(Invalid, match="a contact who is there"):
        take_in(owner, files, Mapping(same={"ann@x.org": ann.pk + 1}))
    folder, kept = uploads.keep([upload(name, text) for name, text in files.items()])
    look = proposals.look(owner, folder, kept, Mapping(same={"ann@x.org": ann.pk}), NOW)
    record = imports.propose(Actor.of(owner, NOW), folder, kept, look)
    ann.delete()
    imports.start(Actor.of(owner, NOW), record)
    work()
    record.refresh_from_db()
    assert record.counts["refused"] == 1
    assert not Contact.objects.exists()


def test_who_is_said_to_be_a_contact_that_was_merged_meanwhile_is_whom_that_became(funnels, owner):
    ann, kept = Contact.objects.create(name="Ann Lee"), Contact.objects.create(name="Anne Leeds")
    files = {"people.csv": "Name,Email\nAnn Lee,ann@x.org\n"}
    folder, uploaded = uploads.keep([upload(name, text) for name, text in files.items()])
    look = proposals.look(owner, folder, uploaded, Mapping(same={"ann@x.org": ann.pk}), NOW)
    record = imports.propose(Actor.of(owner, NOW), folder, uploaded, look)
    merging.merge_contacts(Actor.of(owner, NOW), kept, ann)
    imports.start(Actor.of(owner, NOW), record)
    work()
    assert [one.value for one in kept.addresses.all()] == ["ann@x.org"]


def test_a_file_that_is_no_table_is_refused_where_it_was_sent(client, funnels, owner):
    enter(client, owner)
    refused = client.post(reverse("imports"), {"files": [upload("photo.jpg", "no table")]})
    assert refused.status_code == 422
    assert "Try other files" in refused.content.decode()
    assert not Import.objects.exists()
