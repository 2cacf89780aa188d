"""Everything out: what somebody sees and no more, in three forms; and in again, to the same stages."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import duckdb
import pytest
from django.urls import reverse

from leadline.engine.instants import DAY
from leadline.web import warehouse
from leadline.web.actions import touches
from leadline.web.models import (
    Address,
    Ask,
    AuditEntry,
    Contact,
    Field,
    Note,
    Standing,
    Touch,
    User,
)
from tests.web.conftest import NOW
from tests.web.importing.conftest import take_in
from tests.web.importing.test_pages import BACKEND

pytestmark = pytest.mark.django_db


def take_out(client, user, form="csv", tables=None):
    """The files of an export by name."""
    client.force_login(user, backend=BACKEND)
    if tables is None:
        tables = [one.name for one in client.get(reverse("exports")).context["datasets"]]
    answer = client.post(reverse("exports"), {"form": form, "tables": tables})
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def rows(found, name):
    return list(csv.DictReader(io.StringIO(found[f"{name}.csv"].decode("utf-8-sig"))))


def by_name():
    """The stages of everybody, by what they are called."""
    names = {slug: funnel.stage_names for slug, funnel in warehouse.funnels().items()}
    return {
        (one.contact.name, one.funnel): (
            names[one.funnel][one.stage],
            one.step,
            one.entered_at,
            one.changes_at,
        )
        for one in Standing.objects.select_related("contact")
    }


def test_what_is_taken_out_can_be_taken_in_again_to_the_same_stages(client, funnels, owner, actor, files):
    take_in(owner, files)
    dora = Contact.objects.create(name="=Dora", owner=owner, fields={"city": "Lund"}, job_title="@Coach")
    Address.objects.create(contact=dora, sort="email", value="dora@x.org")
    touches.record(
        actor, dora, "met", NOW - DAY + 123_456, path="speaking", note='"quoted",\nand more', channel="event"
    )
    touches.record(actor, dora, "bought", NOW - 5, value=99, currency="JPY", offer="+Plus")
    out = take_out(client, owner)
    before = by_name()
    told = sorted(
        Touch.objects.values_list("contact__name", "kind", "happened_at", "value", "currency", "path", "note")
    )
    people = sorted(Contact.objects.values_list("name", "job_title", "owner", "company__name"))
    Standing.objects.all().delete()
    Touch.objects.all().delete()
    Contact.objects.all().delete()
    Field.objects.all().delete()
    record = take_in(owner, {name: out[name] for name in ("contacts.csv", "touches.csv")})
    assert record.counts["unused"] == 0
    assert by_name() == before
    again = Touch.objects.values_list(
        "contact__name", "kind", "happened_at", "value", "currency", "path", "note"
    )
    assert sorted(again) == told
    assert sorted(Contact.objects.values_list("name", "job_title", "owner", "company__name")) == people
    assert Contact.objects.get(name="=Dora").fields == {"city": "Lund"}


def test_a_cell_that_would_be_a_formula_begins_with_an_apostrophe(client, funnels, owner):
    for start in "=+-@\t":
        Contact.objects.create(name=f"{start}1+1", owner=owner)
    found = rows(take_out(client, owner), "contacts")
    assert [row["name"] for row in found] == [f"'{start}1+1" for start in "=+-@\t"]


def test_members_of_a_team_get_their_own_and_no_more(client, funnels, owner, team, actor):
    manager = User.objects.create_user("mia@example.org", "correct horse battery", role="manager", team=team)
    for name, whose in (("Theirs", owner), ("Ours", manager)):
        contact = Contact.objects.create(name=name, owner=whose, key=name)
        touches.record(actor, contact, "met", NOW - DAY)
        Note.objects.create(contact=contact, text=f"about {name}", author=owner)
        Ask.objects.create(contact=contact, asked_at=NOW, amount=5, currency="EUR", title=name)
    out = take_out(client, manager)
    assert "audiences.csv" not in out
    assert not any(b"Theirs" in data for data in out.values())
    for name in ("contacts", "touches", "notes", "asks", "standings"):
        assert {row["contact_id"] for row in rows(out, name)} == {"Ours"}, name
    assert rows(out, "asks")[0]["value"] == "0.05"
    assert AuditEntry.objects.filter(action="export", who=manager).exists()


def test_erased_people_are_in_no_export(client, funnels, owner):
    Contact.objects.create(name="Gone", owner=owner, erased_at="2026-01-01T00:00:00Z")
    assert not any(b"Gone" in data for data in take_out(client, owner).values())


def test_the_same_rows_in_each_form(client, funnels, owner, files, tmp_path):
    take_in(owner, files)
    plain = rows(take_out(client, owner), "touches")
    lines = take_out(client, owner, "jsonl")["touches.jsonl"].decode().splitlines()
    assert [json.loads(line)["contact_id"] for line in lines] == [row["contact_id"] for row in plain]
    path = tmp_path / "touches.parquet"
    path.write_bytes(take_out(client, owner, "parquet")["touches.parquet"])
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        query = "SELECT contact_id, kind, value::VARCHAR, happened_at::VARCHAR FROM read_parquet($path)"
        found = connection.execute(query, {"path": str(path)}).fetchall()
    assert found[2] == ("a1", "bought", "1200.5000", "2026-02-03 09:30:00+00")
    assert len(found) == len(plain) == 5


def test_an_empty_workplace_can_be_taken_out_in_each_form(client, owner):
    for form in ("csv", "jsonl", "parquet"):
        assert f"contacts.{form}" in take_out(client, owner, form)


def test_no_table_or_an_unknown_form_is_refused(client, owner):
    client.force_login(owner, backend=BACKEND)
    assert client.post(reverse("exports"), {"form": "csv"}).status_code == 422
    assert client.post(reverse("exports"), {"form": "xml", "tables": ["contacts"]}).status_code == 422


def test_who_may_not_export_gets_nothing(client, member):
    client.force_login(member, backend=BACKEND)
    assert client.post(reverse("exports"), {"form": "csv", "tables": ["contacts"]}).status_code == 403
