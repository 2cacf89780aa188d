"""Everything out: what somebody sees and no more, in three forms; and in again, to the same stages."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import date
from decimal import Decimal
from typing import get_args

import duckdb
import pytest
from django.urls import reverse

from leadline.engine.instants import DAY
from leadline.web import warehouse
from leadline.web.actions import definitions, offers, plans, touches
from leadline.web.actions.export_files import write_csv
from leadline.web.actions.exports import Dataset, datasets
from leadline.web.api.exports import Table
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


def read_back(connection, path):
    """A table as DuckDB reads it, in whichever form."""
    forms = {".csv": connection.read_csv, ".jsonl": connection.read_json, ".parquet": connection.read_parquet}
    return forms[path.suffix](str(path))


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


def test_a_program_that_guesses_how_a_file_is_written_finds_its_quotes(tmp_path):
    far = 25_000  # DuckDB looks at the first 20,480 lines
    cells = [(number, "plain") for number in range(far)] + [(far, 'said "no",\r\nthen yes')]
    table = Dataset("notes", "Notes.", (("id", "number"), ("note", "text")), lambda: iter(cells))
    path = tmp_path / "notes.csv"
    path.write_bytes(b"".join(write_csv(table)))
    with duckdb.connect() as connection:
        found = connection.execute("SELECT id, note FROM read_csv($path)", {"path": str(path)}).fetchall()
    assert (len(found), found[-1]) == (far + 1, cells[-1])


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


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_fields_that_are_called_alike_stay_apart(client, funnels, owner, form, tmp_path):
    for number, label in enumerate(["Size", "size", "Name", "Size (field)"]):
        Field.objects.create(of="contact", name=f"f{number}", label=label)
    Contact.objects.create(name="Dora", owner=owner, fields={"f0": "0", "f1": "1", "f2": "2", "f3": "3"})
    path = tmp_path / f"contacts.{form}"
    path.write_bytes(take_out(client, owner, form)[path.name])
    with duckdb.connect() as connection:
        found = read_back(connection, path)
        told = dict(zip(found.columns, map(str, found.fetchall()[0]), strict=True))
    own = ("Size", "size (field)", "Name (field)", "Size (field) (field)")
    assert [told[name] for name in ("name", *own)] == ["Dora", "0", "1", "2", "3"]


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_what_the_team_plans_and_means_is_taken_out_too(client, funnels, owner, actor, form, tmp_path):
    plans.set_goal(actor, date(2026, 12, 31), income=1_234_50, currency="EUR")
    plans.set_capacity(actor, date(2026, 1, 1), Decimal("2.5"))
    plans.record_cost(actor, "advertising", date(2026, 1, 1), date(2026, 1, 31), 99, "JPY")
    offers.declare(actor, offers.Terms("Course", price=890_00, currency="EUR", term_days=365))
    definitions.declare_field(
        actor, None, of="contact", name="size", label="Size", type="choice", choices=["S", "L"]
    )
    out = take_out(client, owner, form)
    with duckdb.connect() as connection:
        told = {}
        for name in ("goals", "capacities", "costs", "offers", "own_fields", "funnels"):
            path = tmp_path / f"{name}.{form}"
            path.write_bytes(out[path.name])
            found = read_back(connection, path)
            told[name] = [dict(zip(found.columns, map(str, row), strict=True)) for row in found.fetchall()]
    assert float(told["goals"][0]["income"]) == 1234.5
    assert told["goals"][0]["by"] == "2026-12-31"
    assert told["capacities"][0]["clients_a_month"].rstrip("0") == "2.5"
    assert (float(told["costs"][0]["amount"]), told["costs"][0]["path"]) == (99, "advertising")
    assert (float(told["offers"][0]["price"]), told["offers"][0]["term_days"]) == (890, "365")
    assert told["own_fields"][0]["choices"] == '["S", "L"]'
    assert {row["slug"] for row in told["funnels"]} == set(warehouse.funnels())
    assert "[[stages]]" in told["funnels"][0]["toml"]


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


def test_the_tables_are_listed_in_the_description_of_the_api(owner, funnels):
    assert list(get_args(Table)) == [one.name for one in datasets(owner)]
